// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Latencies drawn by Qt Charts over a logarithm of time: a histogram with its percentiles and what stands apart, or the
// curves of the percentiles. Where the present event stands is marked by a line with words. A click on a bar or a mark
// goes to its event; Up and Down go from bar to bar, Return to the event of the chosen one; + and −, or Ctrl and the
// wheel, zoom. GUI thread only.
#pragma once

#include <QtCharts/QAreaSeries>
#include <QtCharts/QCategoryAxis>
#include <QtCharts/QChartView>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>

#include "app/desktop/charts/chart_rows.h"
#include "app/desktop/models/latency_figure.h"
#include "app/desktop/models/timing_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class LatencyView : public QChartView, public ChartRows {
    Q_OBJECT
public:
    LatencyView(PlaybackModel& playback, const Theme& theme, QWidget* parent = nullptr);

    // The series of a subject: one of them, or −1 for all together. Null timing empties the view.
    void show_series(TimingPointer timing, report::Subject subject, int series, bool percentiles);
    [[nodiscard]] std::span<const report::Sample> samples() const;
    [[nodiscard]] const std::vector<HistogramBar>& bars() const { return bars_; }
    [[nodiscard]] const std::vector<QLineSeries*>& curves() const { return curves_; }
    [[nodiscard]] std::vector<const report::Series*> shown_series() const;
    [[nodiscard]] QRectF plot() const { return chart()->plotArea(); }
    [[nodiscard]] double x_of(double value) const;
    [[nodiscard]] double y_of(double value) const;
    // The present event's sample; −1: none of these.
    [[nodiscard]] int present_sample() const { return finder_.at(sample_event()); }
    [[nodiscard]] TimeSpan range() const { return range_; }  // of logarithms
    void zoom(double factor, double centre);
    void show_whole();
    [[nodiscard]] FigureTable bars_as_table() const;
    void paint(QPainter& painter, QSize size);
    QRect accessible_row_rect(int row) const override;
    QSize sizeHint() const override { return {220, 180}; }
    QSize minimumSizeHint() const override { return {120, 80}; }

Q_SIGNALS:
    void range_changed();

protected:
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void rebuild();
    void apply_theme();
    [[nodiscard]] trace::EventId sample_event() const;
    [[nodiscard]] int bar_at(QPointF at) const;
    [[nodiscard]] trace::EventId target_at(QPointF at) const;
    void go(trace::EventId event);
    void draw_histogram_marks(QPainter& painter);
    void draw_curve_marks(QPainter& painter);

    PlaybackModel& playback_;
    const Theme& theme_;
    TimingPointer timing_;
    report::Subject subject_ = report::Subject::operation;
    int series_ = -1;
    bool percentiles_ = false;
    QCategoryAxis* time_axis_ = nullptr;     // x of the histogram
    QValueAxis* count_axis_ = nullptr;       // y of the histogram
    QCategoryAxis* percent_axis_ = nullptr;  // x of the curves
    QCategoryAxis* latency_axis_ = nullptr;  // y of the curves
    QAreaSeries* area_ = nullptr;
    QLineSeries* outline_ = nullptr;
    std::vector<QLineSeries*> curves_;
    std::vector<HistogramBar> bars_;
    std::vector<report::Sample> outliers_;
    SampleFinder finder_;
    TimeSpan whole_, range_;
    int chosen_ = -1;  // bar
};

}  // namespace chimneylab::desktop
