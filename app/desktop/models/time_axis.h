// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Axes of time for the charts: spans in nanoseconds, and the places at which they are labelled. Pure functions.
#pragma once

#include <QString>
#include <vector>

#include "engine/trace/types.h"

namespace chimneylab::desktop {

// A piece of a run's time, in nanoseconds of whatever clock its owner says.
struct TimeSpan {
    double from = 0, to = 0;
    [[nodiscard]] double length() const { return to - from; }
    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

struct Tick {
    double at = 0;  // nanoseconds; of decade_ticks: their decimal logarithm
    QString text;
};

// At round values (1, 2, 5), at least `gap` pixels apart on `width` pixels. All in one unit, so that they can be compared.
[[nodiscard]] std::vector<Tick> time_ticks(TimeSpan span, double width, double gap);
// For a logarithmic axis: "1 µs", "2 µs", "5 µs", "10 µs" … between two logarithms, as many as stand `gap` pixels apart.
[[nodiscard]] std::vector<Tick> decade_ticks(double low, double high, double length, double gap);
// For percentiles on the axis −log10(1 − share): 0 %, 50 %, 90 %, 99 % … up to `high`.
[[nodiscard]] std::vector<Tick> percentile_ticks(double high);

// The logarithm under which a time stands; times below a nanosecond stand at one nanosecond.
[[nodiscard]] double logarithm_of(trace::Nanoseconds time);
[[nodiscard]] trace::Nanoseconds time_at_logarithm(double logarithm);

// "850 ns", "41.3 µs": three digits that matter.
[[nodiscard]] QString short_time(double nanoseconds);

// About `centre`, by `factor` (below 1: nearer), within `whole`, and never shorter than a nanosecond.
[[nodiscard]] TimeSpan zoomed(TimeSpan span, double factor, double centre, TimeSpan whole);
[[nodiscard]] TimeSpan moved(TimeSpan span, double by, TimeSpan whole);

}  // namespace chimneylab::desktop
