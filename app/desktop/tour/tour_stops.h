// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the tour stops: which view, in which scenario, at which moment. A moment is a filter expression and which of its
// events is meant, never an event number, so that it stays right when a scenario grows. Data.
#pragma once

#include <QSize>
#include <QString>
#include <vector>

#include "app/desktop/main_window/pane_layout.h"
#include "app/desktop/models/session.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

struct TourMoment {
    QString scenario;
    QString filter;    // engine/trace/filter.h; empty: the first event at which the checker found something broken
    bool last = true;  // the last event that passes it, else the first
    QString variant{}; // empty: the correct run
};

struct TourStop {
    QString file;   // without theme and ending: "sequence"
    QString title;
    QString words;  // what to look at
    TourMoment moment;
    QString pane;   // alone in the window; empty: the window in its layout
    QString front;  // … with this pane before the others of its place
    PaneLayout layout = layout_learn;
    QSize size{1366, 768};
    double scale = 1;
    std::vector<Theme::Choice> themes{Theme::Choice::light, Theme::Choice::dark};
    bool whole = false;    // the sequence diagram zoomed out to the whole run …
    bool by_time = false;  // … or with virtual time as its axis
};

// The stops for the window itself and for each of these panes; a pane that is not in the table stops at the main moment.
[[nodiscard]] std::vector<TourStop> tour_stops(const std::vector<std::pair<QString, QString>>& panes_and_titles);

// None when no event passes, or the expression is wrong.
[[nodiscard]] trace::EventId find_moment(const Session& session, const TourMoment& moment);

}  // namespace chimneylab::desktop
