// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/animation_clock.h"

#include <algorithm>

namespace chimneylab::desktop {

AnimationClock::AnimationClock(QObject* parent) : QObject(parent) {
    timer_.setInterval(16);
    timer_.setTimerType(Qt::PreciseTimer);
    connect(&timer_, &QTimer::timeout, this, [this] {
        const double milliseconds = static_cast<double>(elapsed_.nsecsElapsed()) / 1e6;
        elapsed_.restart();
        Q_EMIT tick(std::min(milliseconds, 250.0));
    });
}

void AnimationClock::start() {
    if (timer_.isActive()) return;
    elapsed_.start();
    timer_.start();
}

void AnimationClock::stop() { timer_.stop(); }

}  // namespace chimneylab::desktop

#include "moc_animation_clock.cpp"
