// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One thing to be worked out beside the window, of which only the latest request counts: what was asked before is told to
// stop and its outcome is dropped. GUI thread, except for the work.
#pragma once

#include <QObject>
#include <QTimer>
#include <atomic>
#include <functional>
#include <memory>
#include <set>

class QThread;

namespace chimneylab::desktop {

class Background : public QObject {
    Q_OBJECT
public:
    // Between the work and who asked for it. Both sides may touch it at any time.
    struct Control {
        std::atomic<bool> cancel{false};  // the work looks at it now and then and ends early
        std::atomic<int> percent{0};
    };
    // Runs on a thread of its own and gives back what is then to be done on the GUI thread, unless it was overtaken. Work
    // that was cancelled may give back nothing.
    using Work = std::function<std::function<void()>(Control&)>;

    explicit Background(QObject* parent = nullptr);
    ~Background() override;  // stops what is still running and waits for it

    void start(Work work);
    void forget();  // nothing that was started will be delivered any more
    [[nodiscard]] bool busy() const { return control_ != nullptr; }
    [[nodiscard]] int percent() const { return control_ ? control_->percent.load() : 0; }

Q_SIGNALS:
    void changed();  // it begins, is further on (some ten times a second), ends

private:
    std::set<QThread*> threads_;
    std::shared_ptr<Control> control_;  // of the latest request while it is under way
    QTimer beat_;
};

}  // namespace chimneylab::desktop
