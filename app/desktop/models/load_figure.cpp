// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/load_figure.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/event_text.h"

namespace chimneylab::desktop {

using report::LoadStep;

namespace {

QString load_tr(const char* text) { return QCoreApplication::translate("LoadFigure", text); }

// The first step after the time.
auto after(std::span<const LoadStep> steps, double time) {
    return std::ranges::upper_bound(steps, time, {}, [](const LoadStep& each) { return static_cast<double>(each.time); });
}

}  // namespace

std::uint64_t present_at(std::span<const LoadStep> steps, double time) {
    const auto next = after(steps, time);
    return next == steps.begin() ? 0 : std::prev(next)->present;
}

std::vector<QPointF> occupancy_stair(std::span<const LoadStep> steps, TimeSpan span, int pixels) {
    std::vector<QPointF> points;
    if (span.length() <= 0 || pixels < 1) return points;
    auto next = after(steps, span.from);
    double present = next == steps.begin() ? 0 : static_cast<double>(std::prev(next)->present);
    points.emplace_back(span.from, present);
    const auto add = [&](double x, double y) {
        if (points.back().y() != y) points.emplace_back(x, points.back().y());  // the stair's foot
        points.emplace_back(x, y);
    };
    const auto last = after(steps, span.to);
    if (last - next <= pixels / 2) {
        for (; next != last; ++next) add(static_cast<double>(next->time), static_cast<double>(next->present));
    } else {
        // Of each column the least and the most, in the order in which they came.
        const double column = span.length() / pixels;
        for (int i = 0; i < pixels && next != last; ++i) {
            const double begin = span.from + i * column, end = i + 1 == pixels ? span.to : begin + column;
            const auto stop = i + 1 == pixels ? last : after(steps.subspan(static_cast<std::size_t>(next - steps.begin())), end);
            if (stop == next) continue;
            const auto [least, most] = std::minmax_element(next, stop, [](const LoadStep& a, const LoadStep& b) { return a.present < b.present; });
            const auto& first = least < most ? *least : *most;
            const auto& second = least < most ? *most : *least;
            const double x = begin + column / 2;
            points.emplace_back(x, static_cast<double>(first.present));
            if (second.present != first.present) points.emplace_back(x, static_cast<double>(second.present));
            present = static_cast<double>(std::prev(stop)->present);
            next = stop;
        }
    }
    present = static_cast<double>(present_at(steps, span.to));
    points.emplace_back(span.to, points.back().y() == present ? present : points.back().y());
    if (points.back().y() != present) points.emplace_back(span.to, present);
    return points;
}

std::vector<ThroughputBar> throughput_bars(std::span<const report::Finish> finishes, TimeSpan span, int most) {
    std::vector<ThroughputBar> bars;
    if (span.length() <= 0 || most < 1) return bars;
    const double least = span.length() / most;
    const double decade = std::pow(10, std::floor(std::log10(least)));
    double width = decade;
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        width = decade * factor;
        if (width >= least) break;
    }
    const auto time = [](const report::Finish& each) { return static_cast<double>(each.time); };
    double from = std::floor(span.from / width) * width;
    auto next = std::ranges::lower_bound(finishes, from, {}, time);
    for (; from < span.to; from += width) {
        ThroughputBar bar{from, from + width, static_cast<std::size_t>(next - finishes.begin()), 0, 0};
        for (; next != finishes.end() && time(*next) < bar.to; ++next) {
            ++bar.operations;
            bar.blocks += next->blocks;
        }
        bars.push_back(bar);
    }
    return bars;
}

FigureTable occupancy_table(const QString& title, std::shared_ptr<const void> alive, std::span<const LoadStep> steps, const QString& what) {
    FigureTable table;
    table.title = title;
    table.headings = {load_tr("time"), load_tr("event"), what};
    table.rows = static_cast<int>(steps.size());
    table.event = [alive, steps](int row) { return steps[static_cast<std::size_t>(row)].event; };
    table.cell = [alive, steps](int row, int column) {
        const LoadStep& step = steps[static_cast<std::size_t>(row)];
        return column == 0 ? time_text(step.time) : QString::number(column == 1 ? step.event.value : step.present);
    };
    return table;
}

FigureTable throughput_table(const QString& title, std::shared_ptr<const void> alive, std::span<const report::Finish> finishes, std::vector<ThroughputBar> bars) {
    std::erase_if(bars, [](const ThroughputBar& bar) { return bar.operations == 0; });
    FigureTable table;
    table.title = title;
    table.headings = {load_tr("from"), load_tr("to"), load_tr("operations"), load_tr("blocks"), load_tr("operations a second"), load_tr("first event")};
    table.rows = static_cast<int>(bars.size());
    table.event = [alive, finishes, bars](int row) { return finishes[bars[static_cast<std::size_t>(row)].first].event; };
    table.cell = [alive, finishes, bars](int row, int column) {
        const ThroughputBar& bar = bars[static_cast<std::size_t>(row)];
        switch (column) {
            case 0: return short_time(bar.from);
            case 1: return short_time(bar.to);
            case 2: return QString::number(bar.operations);
            case 3: return QString::number(bar.blocks);
            case 4: return QString::number(bar.operations_per_second(), 'f', 0);
            case 5: return QString::number(finishes[bar.first].event.value);
            default: return QString();
        }
    };
    return table;
}

}  // namespace chimneylab::desktop
