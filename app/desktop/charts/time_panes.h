// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The panes of the waterfall and of the call-entry map: their charts with the controls around them. GUI thread only.
#pragma once

#include "app/desktop/charts/chart_pane.h"
#include "app/desktop/charts/entry_map_view.h"
#include "app/desktop/charts/waterfall_view.h"

namespace chimneylab::desktop {

class WaterfallPane : public ChartPane {
    Q_OBJECT
public:
    WaterfallPane(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] WaterfallView* view() const { return view_; }

protected:
    QString nothing_to_show() const override;
    void show_figure() override;
    FigureTable figure_table() const override { return view_->as_table(); }
    QString figure_summary() const override;
    void paint_figure(QPainter& painter, QSize size) override { view_->paint(painter, size); }

private:
    WaterfallView* view_ = nullptr;
};

class EntryMapPane : public ChartPane {
    Q_OBJECT
public:
    EntryMapPane(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] EntryMapView* view() const { return view_; }

protected:
    QString nothing_to_show() const override;
    void show_figure() override;
    FigureTable figure_table() const override { return view_->as_table(); }
    QString figure_summary() const override;
    void paint_figure(QPainter& painter, QSize size) override { view_->paint(painter, size); }

private:
    EntryMapView* view_ = nullptr;
};

}  // namespace chimneylab::desktop
