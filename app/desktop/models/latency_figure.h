// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Latencies as figures: the bars of a histogram over a logarithm of time, the curves of percentiles, where the present
// event stands among them, and the same as tables. Pure functions of settled distributions; times are nanoseconds of one
// clock, which the caller names. Nothing is made for pixels that do not exist: bars and points are limited by the width.
#pragma once

#include <QPointF>
#include <span>
#include <vector>

#include "app/desktop/models/figure_table.h"
#include "engine/report/statistics.h"

namespace chimneylab::desktop {

struct HistogramBar {
    double low = 0, high = 0;   // logarithms: the bar's place
    std::size_t first = 0;      // index of its first sample
    std::size_t count = 0;
};

// At most `most` bars over [low, high]; empty ones are left out. Samples in order of value.
[[nodiscard]] std::vector<HistogramBar> histogram_bars(std::span<const report::Sample> samples, double low, double high, int most);

// (−log10(1 − share), logarithm of the time), at most two points for each of `pixels` columns up to `high`.
[[nodiscard]] std::vector<QPointF> percentile_curve(std::span<const report::Sample> samples, double high, int pixels);
// How far the axis of percentiles goes for so many samples.
[[nodiscard]] double percentile_reach(std::size_t samples);

// The sample whose piece begins at the event, or is the last that began before it; −1 when none had begun.
class SampleFinder {
public:
    SampleFinder() = default;
    explicit SampleFinder(std::span<const report::Sample> samples);
    [[nodiscard]] int at(trace::EventId event) const;

private:
    std::vector<std::pair<trace::EventId, int>> by_event_;
};

// Some words on each series: count, percentiles, what recording cost.
[[nodiscard]] FigureTable series_table(const QString& title, std::shared_ptr<const void> alive, std::vector<const report::Series*> series, std::optional<double> recorder_per_event);
[[nodiscard]] FigureTable bars_table(const QString& title, std::shared_ptr<const void> alive, std::span<const report::Sample> samples, std::vector<HistogramBar> bars);

}  // namespace chimneylab::desktop
