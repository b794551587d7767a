// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Load over time as figures: occupancy as a stair, throughput as operations a second, both with at most two points for a
// pixel whatever the run's length, and the same as tables. Pure functions; times are nanoseconds of one clock.
#pragma once

#include <QPointF>
#include <memory>
#include <span>
#include <vector>

#include "app/desktop/models/figure_table.h"
#include "app/desktop/models/time_axis.h"
#include "engine/report/load.h"

namespace chimneylab::desktop {

// A stair through (time, how many): of every column of pixels the least and the most that was there. Begins and ends at
// the ends of the span.
[[nodiscard]] std::vector<QPointF> occupancy_stair(std::span<const report::LoadStep> steps, TimeSpan span, int pixels);
// How many there were at that time.
[[nodiscard]] std::uint64_t present_at(std::span<const report::LoadStep> steps, double time);

struct ThroughputBar {
    double from = 0, to = 0;
    std::size_t first = 0;  // of the finishes
    std::size_t operations = 0, blocks = 0;
    [[nodiscard]] double operations_per_second() const { return to > from ? static_cast<double>(operations) * 1e9 / (to - from) : 0; }
};
// Bars of equal, round width that stand still while one pans; empty ones included.
[[nodiscard]] std::vector<ThroughputBar> throughput_bars(std::span<const report::Finish> finishes, TimeSpan span, int most);

[[nodiscard]] FigureTable occupancy_table(const QString& title, std::shared_ptr<const void> alive, std::span<const report::LoadStep> steps, const QString& what);
[[nodiscard]] FigureTable throughput_table(const QString& title, std::shared_ptr<const void> alive, std::span<const report::Finish> finishes, std::vector<ThroughputBar> bars);

}  // namespace chimneylab::desktop
