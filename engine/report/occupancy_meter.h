// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// How many of something there were at once: fed with the beginning and end of each, gives high water, mean and overlap.
// Internal to the statistics. Not thread safe.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/report/statistics.h"

namespace chimneylab::report {

class OccupancyMeter {
public:
    // `end` none: until the end of the trace.
    void add(EventId begin, EventId end, std::uint64_t weight = 1);
    [[nodiscard]] bool empty() const { return steps_.empty(); }
    [[nodiscard]] Occupancy measure(const trace::Trace& trace, Clock clock) const;

private:
    struct Step {
        EventId event;
        std::int64_t change = 0;
    };
    std::vector<Step> steps_;
    std::uint64_t taken_ = 0;
};

}  // namespace chimneylab::report
