// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/occupancy_meter.h"

#include <algorithm>

namespace chimneylab::report {

void OccupancyMeter::add(EventId begin, EventId end, std::uint64_t weight) {
    steps_.push_back({begin, static_cast<std::int64_t>(weight)});
    if (end.valid() && begin <= end) steps_.push_back({end, -static_cast<std::int64_t>(weight)});
    taken_ += weight;
}

Occupancy OccupancyMeter::measure(const trace::Trace& trace, Clock clock) const {
    std::vector<Step> steps = steps_;
    std::ranges::stable_sort(steps, {}, &Step::event);
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

}  // namespace chimneylab::report
