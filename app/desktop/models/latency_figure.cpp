// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/latency_figure.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <limits>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/session.h"
#include "app/desktop/models/time_axis.h"

namespace chimneylab::desktop {

namespace {

QString latency_tr(const char* text) { return QCoreApplication::translate("LatencyFigure", text); }

// The first value that belongs to the bar above the edge.
trace::Nanoseconds first_at_or_above(double logarithm) {
    return logarithm <= 0 ? 0 : static_cast<trace::Nanoseconds>(std::ceil(std::pow(10, logarithm) * (1 - 1e-12)));
}

}  // namespace

std::vector<HistogramBar> histogram_bars(std::span<const report::Sample> samples, double low, double high, int most) {
    std::vector<HistogramBar> bars;
    if (samples.empty() || most < 1 || high <= low) return bars;
    const double step = (high - low) / most;
    auto from = std::ranges::lower_bound(samples, first_at_or_above(low), {}, &report::Sample::value);
    for (int i = 0; i < most && from != samples.end(); ++i) {
        const double end = i + 1 == most ? high : low + (i + 1) * step;
        // What stands at the very end belongs to the last bar.
        const auto edge = i + 1 == most ? static_cast<trace::Nanoseconds>(std::floor(std::pow(10, high) * (1 + 1e-12))) + 1 : first_at_or_above(end);
        const auto to = std::ranges::lower_bound(from, samples.end(), edge, {}, &report::Sample::value);
        if (to != from) bars.push_back({low + i * step, end, static_cast<std::size_t>(from - samples.begin()), static_cast<std::size_t>(to - from)});
        from = to;
    }
    return bars;
}

double percentile_reach(std::size_t samples) { return std::max(1.0, samples < 2 ? 0.0 : std::log10(static_cast<double>(samples))) + 0.1; }

std::vector<QPointF> percentile_curve(std::span<const report::Sample> samples, double high, int pixels) {
    std::vector<QPointF> points;
    if (samples.empty() || pixels < 2) return points;
    const double count = static_cast<double>(samples.size());
    for (int i = 0; i < pixels; ++i) {
        const double x = high * i / (pixels - 1);
        const double share = 1 - std::pow(10, -x);
        const auto index = static_cast<std::size_t>(std::max(std::ceil(share * count - 1e-9), 1.0)) - 1;
        const double y = logarithm_of(samples[std::min(index, samples.size() - 1)].value);
        // A flat piece needs its two ends only; a step is drawn as one.
        if (!points.empty() && points.back().y() != y) points.emplace_back(x, points.back().y());
        else if (points.size() >= 2 && points[points.size() - 2].y() == y) points.pop_back();
        points.emplace_back(x, y);
    }
    return points;
}

SampleFinder::SampleFinder(std::span<const report::Sample> samples) {
    by_event_.reserve(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) by_event_.emplace_back(samples[i].event, static_cast<int>(i));
    std::ranges::sort(by_event_);
}

int SampleFinder::at(trace::EventId event) const {
    if (!event.valid()) return -1;
    const auto after = std::ranges::upper_bound(by_event_, std::pair(event, std::numeric_limits<int>::max()));
    return after == by_event_.begin() ? -1 : std::prev(after)->second;
}

FigureTable series_table(const QString& title, std::shared_ptr<const void> alive, std::vector<const report::Series*> series, std::optional<double> recorder_per_event) {
    FigureTable table;
    table.title = title;
    table.headings = {latency_tr("series"), latency_tr("count"), latency_tr("min"), latency_tr("median"), latency_tr("p90"), latency_tr("p99"), latency_tr("p99.9"), latency_tr("max"), latency_tr("stand apart")};
    if (recorder_per_event) table.headings << latency_tr("recorder");
    table.rows = static_cast<int>(series.size());
    table.event = [alive, series](int row) { return series[static_cast<std::size_t>(row)]->times.samples().back().event; };
    table.cell = [alive, series, recorder_per_event](int row, int column) {
        const report::Series& each = *series[static_cast<std::size_t>(row)];
        const report::Distribution& times = each.times;
        switch (column) {
            case 0: return to_qstring(each.name);
            case 1: return QString::number(times.count());
            case 2: return time_text(times.min());
            case 3: return time_text(times.median());
            case 4: return time_text(times.percentile(90));
            case 5: return time_text(times.percentile(99));
            case 6: return time_text(times.percentile(99.9));
            case 7: return time_text(times.max());
            case 8: return QString::number(times.outliers(times.count()).size());
            case 9: return short_time(static_cast<double>(each.events_within) / static_cast<double>(std::max<std::size_t>(times.count(), 1)) * recorder_per_event.value_or(0));
            default: return QString();
        }
    };
    return table;
}

FigureTable bars_table(const QString& title, std::shared_ptr<const void> alive, std::span<const report::Sample> samples, std::vector<HistogramBar> bars) {
    FigureTable table;
    table.title = title;
    table.headings = {latency_tr("from"), latency_tr("to"), latency_tr("count"), latency_tr("share"), latency_tr("first event"), latency_tr("longest")};
    table.rows = static_cast<int>(bars.size());
    table.event = [alive, samples, bars](int row) { return samples[bars[static_cast<std::size_t>(row)].first].event; };
    table.cell = [alive, samples, bars](int row, int column) {
        const HistogramBar& bar = bars[static_cast<std::size_t>(row)];
        switch (column) {
            case 0: return short_time(std::pow(10, bar.low));
            case 1: return short_time(std::pow(10, bar.high));
            case 2: return QString::number(bar.count);
            case 3: return QString::number(100.0 * static_cast<double>(bar.count) / static_cast<double>(samples.size()), 'f', 1) + QStringLiteral(" %");
            case 4: return QString::number(samples[bar.first].event.value);
            case 5: return time_text(samples[bar.first + bar.count - 1].value);
            default: return QString();
        }
    };
    return table;
}

}  // namespace chimneylab::desktop
