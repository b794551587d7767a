// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/statistics.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "engine/report/occupancy_meter.h"
#include "engine/trace/text.h"

namespace chimneylab::report {

namespace {

using trace::Event;
using trace::EventKind;
using trace::History;
using trace::Operation;
using trace::OperationKind;
using trace::Passage;

using Key = std::tuple<Subject, LayerIndex, OperationKind, trace::ConversionKind, std::string>;

class Collector {
public:
    Collector(const History& history, Clock clock, const Control& control)
        : history_(history), trace_(history.trace()), clock_(clock), control_(control) {
        result_.clock = clock;
        result_.events = trace_.size();
        if (!trace_.empty()) result_.duration = at(EventId(static_cast<std::uint32_t>(trace_.size() - 1))) - at(EventId(0));
    }

    Statistics collect() {
        const std::size_t operations = history_.operations().size();
        for (std::size_t i = 0; i < operations; ++i) {
            if (i % 1024 == 0) {
                if (control_.cancelled()) return std::move(result_);
                control_.tell(static_cast<int>(40 * i / operations));
            }
            take_in(history_.operations()[i]);
        }
        for (const trace::CallEntry& entry : history_.call_entries()) {
            if (!entry.released.valid()) continue;
            const Operation* operation = history_.operation(entry.operation);
            add({Subject::call_entry, entry.layer, operation ? operation->kind : OperationKind::none, {}, {}}, entry.recognised,
                entry.released);
        }
        const std::pair<int, void (Collector::*)()> rest[] = {{40, &Collector::take_in_work},
                                                              {60, &Collector::measure_occupancy},
                                                              {80, &Collector::measure_allocations},
                                                              {90, &Collector::measure_throughput}};
        for (const auto& [percent, part] : rest) {
            if (control_.cancelled()) return std::move(result_);
            control_.tell(percent);
            (this->*part)();
        }
        for (auto& [key, series] : series_) {
            series.times.settle();
            series.name = name_of(series);
            result_.series.push_back(std::move(series));
        }
        return std::move(result_);
    }

private:
    Nanoseconds at(EventId id) const { return time_of(trace_.event(id), clock_); }
    Nanoseconds between(EventId from, EventId to) const {
        // A clock of the real world never runs backwards here; what is read from a file may.
        return at(to) > at(from) ? at(to) - at(from) : 0;
    }
    const std::string& driver_of(LayerIndex layer) {
        static const std::string none;
        if (layer >= trace_.layers().size()) return none;
        std::string& name = drivers_[layer];
        if (name.empty()) name = trace_.text(trace_.layers()[layer].driver);
        return name;
    }

    void add(Key key, EventId from, EventId to, Nanoseconds without = 0, std::size_t events_without = 0) {
        const Nanoseconds whole = between(from, to);
        add_value(std::move(key), from, whole > without ? whole - without : 0,
                  static_cast<std::size_t>(to.value - from.value) - events_without);
    }
    void add_value(Key key, EventId event, Nanoseconds value, std::size_t events) {
        Series& series = series_[key];
        std::tie(series.subject, series.layer, series.kind, series.conversion, series.driver) = std::move(key);
        series.times.add(value, event);
        series.events_within += events;
    }

    void take_in(const Operation& operation) {
        if (operation.started.valid() && operation.finished.valid())
            add({Subject::operation, trace::machine_layer, operation.kind, {}, {}}, operation.started, operation.finished);
        else
            ++result_.unfinished;
        for (const Passage& passage : operation.passages) take_in(operation, passage);
        for (std::size_t i = 0; i < operation.conversions.size(); ++i) {
            const trace::Conversion& conversion = history_.conversions()[operation.conversions[i]];
            EventId before = i > 0 ? history_.conversions()[operation.conversions[i - 1]].event : operation.started;
            const auto crossing = std::ranges::lower_bound(operation.crossings, conversion.event);
            if (crossing != operation.crossings.begin() && (!before.valid() || before < *(crossing - 1))) before = *(crossing - 1);
            if (!before.valid() || before > conversion.event) continue;
            add({Subject::conversion, conversion.lane, OperationKind::none, conversion.kind, {}}, before, conversion.event);
        }
    }

    void take_in(const Operation& operation, const Passage& passage) {
        const bool below = passage.handed_on.valid() && passage.came_back.valid() && passage.handed_on < passage.came_back;
        const Nanoseconds below_time = below ? between(passage.handed_on, passage.came_back) : 0;
        const std::size_t below_events = below ? passage.came_back.value - passage.handed_on.value : 0;
        if (!passage.arrived.valid()) return;  // the host stack: what is below it is the operation itself
        if (below) {
            add({Subject::layer_below, passage.layer, operation.kind, {}, {}}, passage.handed_on, passage.came_back);
            add({Subject::driver_below, trace::machine_layer, OperationKind::none, {}, driver_of(passage.layer)}, passage.handed_on,
                passage.came_back);
        }
        if (!passage.completed.valid() || passage.completed < passage.arrived) return;
        if (passage.handed_on.valid() && !below) return;
        add({Subject::layer_total, passage.layer, operation.kind, {}, {}}, passage.arrived, passage.completed);
        // A completion that comes inside the call down does not end before the call does: nothing is counted twice.
        add({Subject::layer_own, passage.layer, operation.kind, {}, {}}, passage.arrived, passage.completed, below_time,
            below_events);
        add({Subject::driver_own, trace::machine_layer, OperationKind::none, {}, driver_of(passage.layer)}, passage.arrived,
            passage.completed, below_time, below_events);
    }

    void take_in_work() {
        std::map<std::uint64_t, EventId> queued;  // by item number
        for (std::uint32_t i = 0; i < trace_.size(); ++i) {
            const Event& event = trace_.event(EventId(i));
            if (event.kind == EventKind::work_queued) queued[event.subject] = EventId(i);
            if (event.kind != EventKind::work_started) continue;
            const auto found = queued.find(event.subject);
            if (found == queued.end()) continue;
            const Event& wish = trace_.event(found->second);
            const Nanoseconds since = clock_ == Clock::virtual_time ? std::max(wish.detail, wish.virtual_time) : wish.measured_time;
            const Nanoseconds now = time_of(event, clock_);
            add_value({Subject::work_waiting, wish.layer, OperationKind::none, {}, {}}, EventId(i), now > since ? now - since : 0,
                      i - found->second.value);
            queued.erase(found);
        }
    }

    void measure_occupancy() {
        for (const Metered& each : occupancy_meters(history_)) {
            Occupancy occupancy = each.meter.measure(trace_, clock_);
            occupancy.what = each.what;
            occupancy.layer = each.layer;
            occupancy.name = each.name;
            result_.occupancy.push_back(std::move(occupancy));
        }
    }

    void measure_allocations() {
        std::map<LayerIndex, Allocations> by_layer;
        for (std::uint32_t i = 0; i < trace_.size(); ++i) {
            const Event& event = trace_.event(EventId(i));
            if (event.kind != EventKind::memory_allocated) continue;
            Allocations& layer = by_layer[event.layer];
            ++layer.count;
            layer.bytes += event.detail & 0xFFFFFFFF;
            layer.freed += trace_.closed_by(EventId(i)).valid() ? 1 : 0;
        }
        for (auto& [layer, each] : by_layer) {
            each.layer = layer;
            each.name = history_.layer_name(layer);
            if (result_.duration > 0) each.per_second = static_cast<double>(each.count) * 1e9 / static_cast<double>(result_.duration);
            result_.allocations.push_back(std::move(each));
        }
    }

    void measure_throughput() {
        Throughput& through = result_.throughput;
        EventId first, last;
        for (const Operation& operation : history_.operations()) {
            if (!operation.started.valid() || !operation.finished.valid()) continue;
            ++through.operations;
            through.blocks += operation.blocks.size();
            if (!first.valid() || operation.started < first) first = operation.started;
            if (!last.valid() || last < operation.finished) last = operation.finished;
        }
        if (!first.valid()) return;
        through.time = between(first, last);
        if (through.time == 0) return;
        const double seconds = static_cast<double>(through.time) / 1e9;
        through.operations_per_second = static_cast<double>(through.operations) / seconds;
        through.blocks_per_second = static_cast<double>(through.blocks) / seconds;
    }

    std::string name_of(const Series& series) const {
        const std::string layer = series.layer == trace::machine_layer ? "" : history_.layer_name(series.layer);
        const std::string kind(series.kind == OperationKind::none ? std::string_view{} : trace::to_text(series.kind));
        switch (series.subject) {
            case Subject::operation:
                return kind.empty() ? "operation" : kind;
            case Subject::driver_own:
            case Subject::driver_below:
                return series.driver.empty() ? "a driver without a name" : series.driver;
            case Subject::conversion: {
                const std::string title = trace::conversion_title(series.conversion);
                return title + (layer.empty() ? "" : ", " + layer);
            }
            case Subject::work_waiting:
                return layer.empty() ? "the machine" : layer;
            default:
                return layer + (kind.empty() ? "" : ", " + kind);
        }
    }

    const History& history_;
    const trace::Trace& trace_;
    Clock clock_;
    const Control& control_;
    Statistics result_;
    std::map<Key, Series> series_;
    std::map<LayerIndex, std::string> drivers_;
};

}  // namespace

Nanoseconds time_of(const Event& event, Clock clock) {
    return clock == Clock::virtual_time ? event.virtual_time : event.measured_time;
}

std::string_view to_text(Clock clock) { return clock == Clock::virtual_time ? "virtual" : "measured"; }

std::string_view to_text(Subject subject) {
    switch (subject) {
        case Subject::operation:
            return "operation";
        case Subject::layer_total:
            return "layer_total";
        case Subject::layer_own:
            return "layer_own";
        case Subject::layer_below:
            return "layer_below";
        case Subject::driver_own:
            return "driver_own";
        case Subject::driver_below:
            return "driver_below";
        case Subject::conversion:
            return "conversion";
        case Subject::call_entry:
            return "call_entry";
        case Subject::work_waiting:
            break;
    }
    return "work_waiting";
}

std::string subject_title(Subject subject) {
    switch (subject) {
        case Subject::operation:
            return "Operations, from the host stack's call to its completion handler";
        case Subject::layer_total:
            return "Layers, from MiniportXxxOffload to the layer's completion";
        case Subject::layer_own:
            return "Layers, their own time";
        case Subject::layer_below:
            return "Layers, the time below them";
        case Subject::driver_own:
            return "Drivers, their own time";
        case Subject::driver_below:
            return "Drivers, the time below them";
        case Subject::conversion:
            return "Conversions, since the crossing or conversion before";
        case Subject::call_entry:
            return "Call entries, how long they are held";
        case Subject::work_waiting:
            break;
    }
    return "Pending work, how long it waits";
}

std::string_view to_text(Occupancy::What what) {
    switch (what) {
        case Occupancy::What::operations:
            return "operations";
        case Occupancy::What::at_target:
            return "at_target";
        case Occupancy::What::call_entries:
            return "call_entries";
        case Occupancy::What::pool_bytes:
            break;
    }
    return "pool_bytes";
}

Statistics statistics(const History& history, Clock clock, const Control& control) { return Collector(history, clock, control).collect(); }

}  // namespace chimneylab::report
