// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The panes of load over time: how many there were at once (operations, call entries of a layer, bytes of its pool), or how
// many operations a second came to their end. GUI thread only.
#pragma once

#include "app/desktop/charts/chart_pane.h"
#include "app/desktop/charts/load_view.h"

namespace chimneylab::desktop {

class LoadPane : public ChartPane {
    Q_OBJECT
public:
    LoadPane(LoadView::Figure figure, PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] LoadView* view() const { return view_; }
    [[nodiscard]] QComboBox* curve_box() const { return curve_; }  // null for throughput
    [[nodiscard]] QString words() const { return words_->text(); }

protected:
    QString nothing_to_show() const override;
    void show_figure() override;
    void hide_figure() override { words_->clear(); }
    FigureTable figure_table() const override { return view_->as_table(); }
    QString figure_summary() const override;
    void paint_figure(QPainter& painter, QSize size) override { view_->paint(painter, size); }

private:
    void fill_box();

    LoadView::Figure its_;
    LoadView* view_ = nullptr;
    QComboBox* curve_ = nullptr;
    QLabel* words_ = nullptr;
    TimingPointer filled_;
    QString wanted_;
};

}  // namespace chimneylab::desktop
