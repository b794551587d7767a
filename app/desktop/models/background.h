// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One thing to be worked out beside the window, of which only the latest request counts. GUI thread, except for the work.
#pragma once

#include <QObject>
#include <functional>
#include <set>

class QThread;

namespace chimneylab::desktop {

class Background : public QObject {
    Q_OBJECT
public:
    // Runs on a thread of its own and gives back what is then to be done on the GUI thread, unless it was overtaken.
    using Work = std::function<std::function<void()>()>;

    explicit Background(QObject* parent = nullptr);
    ~Background() override;  // waits for what is still running

    void start(Work work);
    void forget();  // nothing that was started will be delivered any more
    [[nodiscard]] bool busy() const { return busy_; }

private:
    std::set<QThread*> threads_;
    std::uint64_t number_ = 0;
    bool busy_ = false;
};

}  // namespace chimneylab::desktop
