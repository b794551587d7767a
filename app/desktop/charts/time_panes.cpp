// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/time_panes.h"

#include "app/desktop/models/time_axis.h"

namespace chimneylab::desktop {

WaterfallPane::WaterfallPane(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent)
    : ChartPane(playback, timing, theme, tr("Waterfall"), parent) {
    add_zoom_buttons();
    auto* one = tool(tr("Operation"), tr("Zoom to the operation"), tr("The operation in focus over the whole width"));
    add_control(one);
    view_ = new WaterfallView(playback, timing, theme, this);
    connect(one, &QToolButton::clicked, view_, &WaterfallView::zoom_to_operation);
    set_chart(view_);
}

QString WaterfallPane::nothing_to_show() const {
    return timing()->session->history->operations().empty() ? tr("Operations are drawn here in the lanes of the layers that had them, and this session has none.\nRun a scenario with an initiate, such as M1.") : QString();
}

void WaterfallPane::show_figure() {
    view_->show_timing(timing());
    view_->setAccessibleName(tr("Waterfall of the operations, %1 time").arg(clock_word(timing()->kind)));
    view_->setAccessibleDescription(clock_explanation(timing()->kind));
}

QString WaterfallPane::figure_summary() const {
    QString words = tr("%1 · %L2 operations").arg(clock_word(timing()->kind)).arg(timing()->session->history->operations().size());
    if (timing()->waterfall.crowded()) words += tr(" · more overlap than %1 rows show").arg(WaterfallIndex::most_rows);
    if (timing()->cost) words += tr(" · recorder %1 an event").arg(short_time(timing()->cost->per_event));
    return words;
}

EntryMapPane::EntryMapPane(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent)
    : ChartPane(playback, timing, theme, tr("Call-entry map"), parent) {
    add_zoom_buttons();
    auto* fit = tool(tr("Fit"), tr("All addresses in sight"), tr("Every address in sight, however thin its row is"));
    fit->setCheckable(true);
    add_control(fit);
    view_ = new EntryMapView(playback, timing, theme, this);
    connect(fit, &QToolButton::toggled, view_, &EntryMapView::fit_rows);
    set_chart(view_);
}

QString EntryMapPane::nothing_to_show() const {
    return timing()->entries.rows().empty() ? tr("IM call entries are drawn here by address and time, and this session has none: nothing went through an intermediate driver that keeps one.\nRun a scenario such as M3.") : QString();
}

void EntryMapPane::show_figure() {
    view_->show_timing(timing());
    view_->setAccessibleName(tr("Map of the call entries by address and %1 time").arg(clock_word(timing()->kind)));
    view_->setAccessibleDescription(figure_summary() + QLatin1Char('\n') + clock_explanation(timing()->kind));
}

QString EntryMapPane::figure_summary() const {
    const EntryMapIndex& map = timing()->entries;
    QString words = tr("%1 · %L2 entries at %L3 addresses").arg(clock_word(timing()->kind)).arg(map.entries()).arg(map.rows().size());
    if (map.reused() > 0) words += tr(" · ↻ %L1 used again").arg(map.reused());
    if (map.leaks() > 0) words += tr(" · ✖ %L1 leaked").arg(map.leaks());
    return words;
}

}  // namespace chimneylab::desktop

#include "moc_time_panes.cpp"
