// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/load.h"

#include <algorithm>
#include <tuple>

#include "engine/report/occupancy_meter.h"

namespace chimneylab::report {

Load load_over_time(const trace::History& history, Clock clock, const Control& control) {
    Load load;
    const trace::Trace& trace = history.trace();
    if (trace.empty()) return load;
    load.begin = time_of(trace.events().front(), clock);
    load.end = std::max(load.begin, time_of(trace.events().back(), clock));
    const std::vector<Metered> all = occupancy_meters(history);
    for (std::size_t i = 0; i < all.size() && !control.cancelled(); ++i) {
        control.tell(static_cast<int>(90 * i / all.size()));
        load.occupancy.push_back({all[i].what, all[i].layer, all[i].name, all[i].meter.curve(trace, clock)});
    }
    for (const trace::Operation& operation : history.operations()) {
        if (!operation.started.valid() || !operation.finished.valid()) continue;
        load.finishes.push_back({time_of(trace.event(operation.finished), clock), operation.finished, operation.id,
                                 static_cast<std::uint32_t>(operation.blocks.size())});
    }
    std::ranges::sort(load.finishes, {}, [](const Finish& each) { return std::tuple(each.time, each.event); });
    return load;
}

}  // namespace chimneylab::report
