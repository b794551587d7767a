// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The clock that moves pictures: about 60 ticks a second of real time while it runs, and nothing to do with the model's
// virtual time. Each owner has its own. GUI thread only (needs an event loop).
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace chimneylab::desktop {

class AnimationClock : public QObject {
    Q_OBJECT
public:
    explicit AnimationClock(QObject* parent = nullptr);
    void start();
    void stop();
    [[nodiscard]] bool running() const { return timer_.isActive(); }

Q_SIGNALS:
    void tick(double milliseconds);  // since the last tick; never more than 250, so that a pause is not caught up with

private:
    QTimer timer_;
    QElapsedTimer elapsed_;
};

}  // namespace chimneylab::desktop
