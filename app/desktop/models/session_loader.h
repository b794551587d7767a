// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Gets a session on a worker thread: runs a scenario, or reads a file. One at a time; asking for another cancels the
// one under way and its outcome is dropped. Signals arrive on the GUI thread. The GUI thread never waits for the
// worker, except when the loader is destroyed, and then only after having asked it to stop.
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <functional>
#include <memory>

#include "app/desktop/models/session.h"

class QThread;

namespace chimneylab::desktop {

// What the worker may ask and tell while it works. Used from the worker thread.
struct LoadControl {
    std::atomic<bool> cancel{false};
    std::function<void(int percent)> progress;  // -1: unknown
};

// A session, or one clear sentence (or more lines) about why not. Work that makes no session, such as saving, says with
// `word` that it is done; of a session `word` says what there is to know about it.
struct LoadOutcome {
    SessionPointer session;
    QString problem;
    QString word;
};

using LoadWork = std::function<LoadOutcome(LoadControl&)>;

class SessionLoader : public QObject {
    Q_OBJECT
public:
    explicit SessionLoader(QObject* parent = nullptr);
    ~SessionLoader() override;

    void start(QString what, LoadWork work);
    [[nodiscard]] bool busy() const { return control_ != nullptr; }

public Q_SLOTS:
    void cancel();

Q_SIGNALS:
    void started(const QString& what);
    void progressed(int percent);
    void finished(chimneylab::desktop::SessionPointer session);
    void failed(const QString& what, const QString& problem);
    void done(const QString& word);
    void cancelled();

private:
    void deliver(std::uint64_t number, const QString& what, LoadOutcome outcome);

    std::shared_ptr<LoadControl> control_;
    std::vector<QThread*> threads_;
    std::uint64_t number_ = 0;
};

}  // namespace chimneylab::desktop
