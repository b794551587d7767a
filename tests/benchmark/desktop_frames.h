// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the benchmarks of the desktop have in common: the application, one session of a million events, and how frames are
// timed. GUI thread only.
#pragma once

#include <benchmark/benchmark.h>

#include <QWidget>
#include <functional>

#include "app/desktop/models/session.h"

namespace chimneylab::desktop {

inline constexpr double frame_milliseconds = 1000.0 / 60;

void prepare_application();  // once is enough
[[nodiscard]] SessionPointer long_session();  // the same for all
// Milliseconds of processor time of the GUI thread: the median, and what 99 of 100 frames keep to.
struct FrameTimes {
    double typical = 0, worst = 0;
};
[[nodiscard]] FrameTimes frame_times(QWidget& widget, const std::function<void(int)>& change);
// Runs `change` and renders the widget, again and again; reports the median and the 99th percentile in milliseconds of
// processor time of the GUI thread, against a sixtieth of a second.
void measure_frames(benchmark::State& state, QWidget& widget, const std::function<void(int)>& change);

}  // namespace chimneylab::desktop
