// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// How many of something there were at once: fed with the beginning and end of each, gives high water, mean and overlap,
// or the whole curve. Internal to the statistics and to load.h. Not thread safe.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/report/load.h"
#include "engine/report/statistics.h"

namespace chimneylab::report {

class OccupancyMeter {
public:
    // `end` none: until the end of the trace.
    void add(EventId begin, EventId end, std::uint64_t weight = 1);
    [[nodiscard]] bool empty() const { return steps_.empty(); }
    [[nodiscard]] Occupancy measure(const trace::Trace& trace, Clock clock) const;
    [[nodiscard]] std::vector<LoadStep> curve(const trace::Trace& trace, Clock clock) const;

private:
    struct Step {
        EventId event;
        std::int64_t change = 0;
    };
    [[nodiscard]] std::vector<Step> in_order() const;
    std::vector<Step> steps_;
    std::uint64_t taken_ = 0;
};

// Everything whose occupancy is told, in the order of Statistics::occupancy.
struct Metered {
    Occupancy::What what = Occupancy::What::operations;
    LayerIndex layer = trace::machine_layer;
    std::string name;
    OccupancyMeter meter;
};
[[nodiscard]] std::vector<Metered> occupancy_meters(const trace::History& history);

}  // namespace chimneylab::report
