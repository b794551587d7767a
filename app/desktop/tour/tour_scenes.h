// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a pane needs before it has something to show: a stream, a manual run with two branches, another session to compare
// with, a driver on the bench. GUI thread; each runs an event loop of its own until its scene is set.
#pragma once

#include <memory>

#include "app/desktop/main_window/main_window.h"

namespace chimneylab::desktop {

// Lasts while the pane is pictured, and tidies up after it.
class TourScene {
public:
    TourScene() = default;
    virtual ~TourScene() = default;
    TourScene(const TourScene&) = delete;
    TourScene& operator=(const TourScene&) = delete;
};

// Runs the scenario and waits for it; what is wrong, empty when it is on stage.
[[nodiscard]] QString open_and_wait(MainWindow& window, const QString& scenario, const QString& variant);

// Null for a pane that shows what is on stage already.
[[nodiscard]] std::unique_ptr<TourScene> make_scene(MainWindow& window, const QString& pane);

// Nobody has written any in a run of the tour.
void write_notes(MainWindow& window);
// The first question wrongly, the second rightly, so that both can be seen.
void answer_questions(MainWindow& window);

// Layouts, polishing and queued updates beget one another a few times.
void settle();

}  // namespace chimneylab::desktop
