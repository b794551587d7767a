// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The pane of latencies: what about (operations, layers, drivers, conversions, call entries), which of them, histogram or
// percentiles; below the chart the figures in words and what recording costs. GUI thread only.
#pragma once

#include "app/desktop/charts/chart_pane.h"
#include "app/desktop/charts/latency_view.h"

namespace chimneylab::desktop {

class LatencyPane : public ChartPane {
    Q_OBJECT
public:
    LatencyPane(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] LatencyView* view() const { return view_; }
    [[nodiscard]] QComboBox* figure_box() const { return figure_box_; }
    [[nodiscard]] QComboBox* subject_box() const { return subject_; }
    [[nodiscard]] QComboBox* series_box() const { return series_; }
    [[nodiscard]] QString words() const { return words_->text(); }
    void show_subject(report::Subject subject);
    void show_percentiles(bool percentiles);

protected:
    QString nothing_to_show() const override;
    void show_figure() override;
    void hide_figure() override { words_->clear(); }
    FigureTable figure_table() const override;
    QString figure_summary() const override;
    void paint_figure(QPainter& painter, QSize size) override { view_->paint(painter, size); }

private:
    void fill_boxes();
    void tell();

    LatencyView* view_ = nullptr;
    QComboBox* figure_box_ = nullptr;
    QComboBox* subject_ = nullptr;
    QComboBox* series_ = nullptr;
    QLabel* words_ = nullptr;
    TimingPointer filled_;
    int wanted_subject_ = static_cast<int>(report::Subject::operation);
};

}  // namespace chimneylab::desktop
