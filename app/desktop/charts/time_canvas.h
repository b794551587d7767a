// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A chart of time that is painted by hand, because it holds more things than Qt Charts draws in a frame: an axis of time
// above, names at the left, rows below each other, the present event as a line through all of it. What happens in the
// rows is the subclass's. GUI thread only.
#pragma once

#include <QAbstractScrollArea>

#include "app/desktop/charts/chart_rows.h"
#include "app/desktop/charts/time_gestures.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class TimeCanvas : public QAbstractScrollArea, public ChartRows {
    Q_OBJECT
public:
    // What lies at a place: where a click goes, and what is said about it.
    struct Hit {
        trace::EventId event;
        trace::OperationId operation;  // becomes the chosen one
        trace::RegionId region;        // becomes the chosen one
        QString words;
    };

    void show_timing(TimingPointer timing);
    [[nodiscard]] QRectF plot() const;  // where time runs
    [[nodiscard]] double x_of(double time) const { return gestures_->x_of(time); }
    [[nodiscard]] virtual Hit hit(QPointF at) const = 0;
    // How many rectangles, lines and marks the last picture took: never more than a few for each pixel of a row.
    [[nodiscard]] std::size_t drawn() const { return drawn_; }
    [[nodiscard]] FigureTable as_table() const { return rows(); }
    void paint(QPainter& painter, QSize size);
    QSize sizeHint() const override { return {400, 220}; }
    QSize minimumSizeHint() const override { return {160, 90}; }

protected:
    static constexpr double header = 20;

    TimeCanvas(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent);
    [[nodiscard]] const TimingPointer& timing() const { return timing_; }
    [[nodiscard]] QSizeF canvas() const;
    [[nodiscard]] double top() const;   // of the rows, in the viewport: scrolled
    [[nodiscard]] virtual double gutter() const = 0;  // width of the names
    [[nodiscard]] virtual double rows_height() const = 0;
    [[nodiscard]] virtual FigureTable make_table() const = 0;
    virtual void paint_rows(QPainter& painter) = 0;    // clipped to the plot
    virtual void paint_names(QPainter& painter) = 0;   // clipped to the names' column
    // Brings the thing of the present event into sight.
    virtual void reveal() {}
    void scroll_to(double from, double to);
    void take_new_heights();

    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;

    PlaybackModel& playback_;
    TimingModel& timing_model_;
    const Theme& theme_;
    TimeGestures* gestures_ = nullptr;
    std::size_t drawn_ = 0;

private:
    void paint_all(QPainter& painter);
    void click(QPointF at);
    void step(int direction);

    TimingPointer timing_;
    QSizeF other_size_;  // while painting for a file
};

}  // namespace chimneylab::desktop
