// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Load over time, drawn by Qt Charts: how many there were at once as a stair with its high water, or operations a second
// as bars. Shares its span of time with the other charts of time (time_gestures.h); a click goes to the event that made
// the step, or to the first operation of the bar. GUI thread only.
#pragma once

#include <QtCharts/QAreaSeries>
#include <QtCharts/QCategoryAxis>
#include <QtCharts/QChartView>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>

#include "app/desktop/charts/chart_rows.h"
#include "app/desktop/charts/time_gestures.h"
#include "app/desktop/models/load_figure.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class LoadView : public QChartView, public ChartRows {
    Q_OBJECT
public:
    enum class Figure { occupancy, throughput };
    LoadView(Figure figure, PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent = nullptr);

    void show_timing(TimingPointer timing, int curve);  // which occupancy; ignored for throughput
    [[nodiscard]] const report::LoadCurve* curve() const;
    [[nodiscard]] const QLineSeries* line() const { return line_; }
    [[nodiscard]] const std::vector<ThroughputBar>& bars() const { return bars_; }
    [[nodiscard]] QRectF plot() const { return chart()->plotArea(); }
    [[nodiscard]] double x_of(double time) const { return gestures_->x_of(time); }
    [[nodiscard]] double y_of(double value) const;
    [[nodiscard]] FigureTable as_table() const;
    void paint(QPainter& painter, QSize size);
    QRect accessible_row_rect(int row) const override;
    QSize sizeHint() const override { return {220, 160}; }
    QSize minimumSizeHint() const override { return {120, 80}; }

protected:
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void rebuild();
    void apply_theme();
    void click(QPointF at);
    void step(int direction);
    [[nodiscard]] trace::EventId target_at(QPointF at) const;

    Figure figure_;
    PlaybackModel& playback_;
    TimingModel& timing_model_;
    const Theme& theme_;
    TimingPointer timing_;
    int curve_ = 0;
    TimeGestures* gestures_ = nullptr;
    QCategoryAxis* time_axis_ = nullptr;
    QValueAxis* value_axis_ = nullptr;
    QAreaSeries* area_ = nullptr;
    QLineSeries* line_ = nullptr;
    std::vector<ThroughputBar> bars_;
};

}  // namespace chimneylab::desktop
