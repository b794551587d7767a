// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/waterfall_index.h"

#include <QCoreApplication>
#include <algorithm>
#include <queue>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/session.h"

namespace chimneylab::desktop {

using trace::EventId;
using trace::Nanoseconds;
using trace::Operation;

WaterfallIndex::WaterfallIndex(const trace::History& history, report::Clock clock, const report::Control& control)
    : history_(&history), clock_(clock) {
    const trace::Trace& trace = history.trace();
    if (trace.empty()) return;
    whole_ = {static_cast<double>(report::time_of(trace.events().front(), clock)), static_cast<double>(report::time_of(trace.events().back(), clock))};
    const auto end_of_all = static_cast<Nanoseconds>(whole_.to);
    const auto operations = history.operations();
    const auto at = [&](EventId event) { return event.valid() ? time_of(event) : end_of_all; };

    // Rows: each operation takes the lowest that is free when it starts.
    row_.assign(operations.size(), 0);
    std::vector<std::uint32_t> order(operations.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::uint32_t i) { return operations[i].started; });
    std::priority_queue<std::pair<EventId, std::uint32_t>, std::vector<std::pair<EventId, std::uint32_t>>, std::greater<>> under_way;
    std::vector<bool> taken(most_rows, false);
    for (const std::uint32_t i : order) {
        if (!operations[i].started.valid()) continue;
        while (!under_way.empty() && under_way.top().first < operations[i].started) {
            taken[under_way.top().second] = false;
            under_way.pop();
        }
        std::uint32_t row = 0;
        while (row < most_rows && taken[row]) ++row;
        if (row == most_rows) {
            row_[i] = most_rows - 1;
            crowded_ = true;
            continue;
        }
        taken[row] = true;
        row_[i] = row;
        rows_ = std::max(rows_, row + 1);
        under_way.emplace(operations[i].finished.valid() ? operations[i].finished : EventId(EventId::none_value - 1), row);
    }

    lanes_.resize(trace.layers().size());
    for (Lane& lane : lanes_) {
        lane.bars.resize(rows_);
        lane.marks.resize(rows_);
    }
    std::size_t done = 0;
    for (const std::uint32_t i : order) {
        if (done++ % 1024 == 0) {
            if (control.cancelled()) return;
            control.tell(static_cast<int>(100 * done / order.size()));
        }
        const Operation& operation = operations[i];
        if (!operation.started.valid()) continue;
        for (const trace::Passage& passage : operation.passages) {
            if (passage.layer >= lanes_.size()) continue;
            WaterfallBar bar;
            bar.operation = i;
            // The host stack's part is the operation itself.
            bar.first = passage.arrived.valid() ? passage.arrived : operation.started;
            bar.last = passage.arrived.valid() ? passage.completed : operation.finished;
            if (bar.last.valid() && bar.last < bar.first) bar.last = {};
            bar.from = at(bar.first);
            bar.to = std::max(bar.from, at(bar.last));
            bar.below_from = bar.below_to = bar.to;
            if (passage.handed_on.valid()) {
                bar.below_from = std::clamp(at(passage.handed_on), bar.from, bar.to);
                bar.below_to = std::clamp(at(passage.came_back), bar.below_from, bar.to);
            }
            lanes_[passage.layer].bars[row_[i]].push_back(bar);
        }
        for (const std::uint32_t index : operation.conversions) {
            const trace::Conversion& conversion = history.conversions()[index];
            if (conversion.lane < lanes_.size()) lanes_[conversion.lane].marks[row_[i]].push_back({time_of(conversion.event), index});
        }
    }
    for (Lane& lane : lanes_) {
        for (auto& bars : lane.bars) std::ranges::sort(bars, {}, &WaterfallBar::from);
        for (auto& marks : lane.marks) std::ranges::sort(marks, {}, &WaterfallMark::time);
    }
}

std::size_t WaterfallIndex::first_bar(std::size_t lane, std::uint32_t row, double time) const {
    const auto& bars = lanes_[lane].bars[row];
    // A shared row is searched by its beginnings: what reaches in from far to the left is not looked for.
    auto found = std::ranges::lower_bound(bars, time, {}, [](const WaterfallBar& bar) { return static_cast<double>(bar.from); });
    for (int back = 0; found != bars.begin() && back < 64 && (static_cast<double>(std::prev(found)->to) >= time || (crowded_ && row + 1 == rows_)); ++back) --found;
    return static_cast<std::size_t>(found - bars.begin());
}

std::size_t WaterfallIndex::first_mark(std::size_t lane, std::uint32_t row, double time) const {
    const auto& marks = lanes_[lane].marks[row];
    return static_cast<std::size_t>(std::ranges::lower_bound(marks, time, {}, [](const WaterfallMark& mark) { return static_cast<double>(mark.time); }) - marks.begin());
}

const WaterfallBar* WaterfallIndex::bar_of(std::uint32_t operation, std::size_t lane) const {
    const Operation& its = history_->operations()[operation];
    const trace::Passage* const passage = its.passage(static_cast<trace::LayerIndex>(lane));
    if (passage == nullptr || !its.started.valid()) return nullptr;
    const Nanoseconds from = time_of(passage->arrived.valid() ? passage->arrived : its.started);
    const auto& bars = lanes_[lane].bars[row_[operation]];
    for (auto bar = std::ranges::lower_bound(bars, from, {}, &WaterfallBar::from); bar != bars.end() && bar->from == from; ++bar)
        if (bar->operation == operation) return &*bar;
    return nullptr;
}

std::optional<WaterfallIndex::MarkPlace> WaterfallIndex::place_of_mark(std::uint32_t conversion) const {
    const trace::Conversion& its = history_->conversions()[conversion];
    const Operation* const operation = its.operation.valid() ? history_->operation(its.operation) : nullptr;
    if (operation == nullptr || its.lane >= lanes_.size()) return std::nullopt;
    return MarkPlace{its.lane, row_[static_cast<std::size_t>(operation - history_->operations().data())], time_of(its.event)};
}

FigureTable waterfall_table(const QString& title, std::shared_ptr<const void> alive, const WaterfallIndex& index) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("Waterfall", text); };
    FigureTable table;
    table.title = title;
    table.headings = {tr("operation"), tr("began"), tr("event"), tr("took")};
    const trace::History* history = index.history();
    if (history == nullptr) return table;
    const std::size_t layers = history->trace().layers().size();
    for (std::size_t layer = 1; layer < layers; ++layer) table.headings << tr("in %1").arg(to_qstring(history->layer_name(static_cast<trace::LayerIndex>(layer))));
    table.headings << tr("conversions");
    table.rows = static_cast<int>(history->operations().size());
    table.event = [alive, history](int row) { return history->operations()[static_cast<std::size_t>(row)].started; };
    table.cell = [alive, history, layers, clock = index.clock()](int row, int column) {
        const Operation& operation = history->operations()[static_cast<std::size_t>(row)];
        const auto of = [clock](const trace::Latency& latency) { return time_text(clock == report::Clock::virtual_time ? latency.virtual_time : latency.measured_time); };
        const auto layer = static_cast<std::size_t>(column - 3);
        if (column == 0) return operation_text(*history, operation.id);
        if (!operation.started.valid()) return QString();
        if (column == 1) return time_text(report::time_of(history->trace().event(operation.started), clock));
        if (column == 2) return QString::number(operation.started.value);
        if (column == 3) {
            const auto latency = history->latency(operation);
            return latency ? of(*latency) : QCoreApplication::translate("Waterfall", "not finished");
        }
        if (layer < layers) {
            const auto latency = history->layer_latency(operation, static_cast<trace::LayerIndex>(layer), true);
            return latency ? of(*latency) : QString();
        }
        return QString::number(operation.conversions.size());
    };
    return table;
}

}  // namespace chimneylab::desktop
