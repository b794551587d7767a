// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/occupancy_meter.h"

#include <algorithm>
#include <map>

namespace chimneylab::report {

void OccupancyMeter::add(EventId begin, EventId end, std::uint64_t weight) {
    steps_.push_back({begin, static_cast<std::int64_t>(weight)});
    if (end.valid() && begin <= end) steps_.push_back({end, -static_cast<std::int64_t>(weight)});
    taken_ += weight;
}

std::vector<OccupancyMeter::Step> OccupancyMeter::in_order() const {
    std::vector<Step> steps = steps_;
    std::ranges::stable_sort(steps, {}, &Step::event);
    return steps;
}

Occupancy OccupancyMeter::measure(const trace::Trace& trace, Clock clock) const {
    const std::vector<Step> steps = in_order();
    Occupancy result;
    result.taken = static_cast<std::size_t>(taken_);
    const Nanoseconds first = time_of(trace.events().front(), clock), last = time_of(trace.events().back(), clock);
    std::int64_t present = 0;
    double area = 0;
    Nanoseconds since = first;
    const auto pass = [&](Nanoseconds now) {
        if (now <= since) return;
        area += static_cast<double>(present) * static_cast<double>(now - since);
        if (present >= 2) result.overlapping += now - since;
        since = now;
    };
    for (const Step& step : steps) {
        pass(time_of(trace.event(step.event), clock));
        present += step.change;
        if (present > static_cast<std::int64_t>(result.high_water)) {
            result.high_water = static_cast<std::size_t>(present);
            result.high_water_at = step.event;
        }
    }
    pass(last);
    result.at_end = static_cast<std::size_t>(std::max<std::int64_t>(present, 0));
    result.mean = last > first ? area / static_cast<double>(last - first) : 0;
    return result;
}

std::vector<LoadStep> OccupancyMeter::curve(const trace::Trace& trace, Clock clock) const {
    std::vector<LoadStep> curve;
    std::int64_t present = 0;
    Nanoseconds last = 0;
    for (const Step& step : in_order()) {
        present = std::max<std::int64_t>(present + step.change, 0);
        // Times of a trace never go back; what is read from a file may.
        last = std::max(last, time_of(trace.event(step.event), clock));
        curve.push_back({last, step.event, static_cast<std::uint64_t>(present)});
    }
    return curve;
}

std::vector<Metered> occupancy_meters(const trace::History& history) {
    using What = Occupancy::What;
    const trace::Trace& trace = history.trace();
    OccupancyMeter operations, target;
    std::map<LayerIndex, OccupancyMeter> entries, bytes;
    for (const trace::Operation& operation : history.operations()) {
        if (operation.started.valid()) operations.add(operation.started, operation.finished);
        for (const trace::Passage& passage : operation.passages) {
            const bool is_target = passage.layer < trace.layers().size() &&
                                   trace.layers()[passage.layer].role == trace::LayerRole::offload_target;
            if (is_target && passage.arrived.valid()) target.add(passage.arrived, passage.completed);
        }
    }
    for (const trace::CallEntry& entry : history.call_entries()) entries[entry.layer].add(entry.recognised, entry.released);
    for (std::uint32_t i = 0; i < trace.size(); ++i) {
        const trace::Event& event = trace.event(EventId(i));
        if (event.kind == trace::EventKind::memory_allocated)
            bytes[event.layer].add(EventId(i), trace.closed_by(EventId(i)), event.detail & 0xFFFFFFFF);
    }
    std::vector<Metered> all;
    const auto take = [&](What what, LayerIndex layer, std::string name, OccupancyMeter meter) {
        if (!meter.empty()) all.push_back({what, layer, std::move(name), std::move(meter)});
    };
    const auto of = [&](LayerIndex layer) { return layer == trace::machine_layer ? std::string() : " of " + history.layer_name(layer); };
    take(What::operations, trace::machine_layer, "operations in progress", std::move(operations));
    take(What::at_target, trace::machine_layer, "operations at the offload target", std::move(target));
    for (auto& [layer, meter] : entries) take(What::call_entries, layer, "call entries" + of(layer), std::move(meter));
    for (auto& [layer, meter] : bytes) take(What::pool_bytes, layer, "pool bytes" + of(layer), std::move(meter));
    return all;
}

}  // namespace chimneylab::report
