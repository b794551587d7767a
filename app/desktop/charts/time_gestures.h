// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Zooming and panning that all charts of time have in common: Ctrl and the wheel zoom about the pointer, the wheel and
// dragging move along, + and − zoom about the present event, 0 shows the whole run, Shift with the arrow keys moves along, Up and
// Down go from row to row of the chart, Return comes back to the present event. A press that is no drag is a click.
// GUI thread only; owned by the view it watches.
#pragma once

#include <QAbstractScrollArea>
#include <QObject>
#include <functional>

#include "app/desktop/models/timing_model.h"

namespace chimneylab::desktop {

class TimeGestures : public QObject {
public:
    struct Answers {
        std::function<QRectF()> plot;                // where time runs, in the viewport
        std::function<void(QPointF)> click;
        std::function<void(int direction)> step;     // Up and Down
    };
    TimeGestures(QAbstractScrollArea& view, PlaybackModel& playback, TimingModel& timing, Answers answers);
    [[nodiscard]] double x_of(double time) const;
    [[nodiscard]] double time_at(double x) const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    bool key(int key, Qt::KeyboardModifiers modifiers, bool act);
    [[nodiscard]] double centre() const;

    QAbstractScrollArea& view_;
    PlaybackModel& playback_;
    TimingModel& timing_;
    Answers answers_;
    QPointF pressed_at_;
    TimeSpan pressed_span_;
    int pressed_scroll_ = 0;
    bool pressed_ = false;
    bool dragging_ = false;
};

}  // namespace chimneylab::desktop
