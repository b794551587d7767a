// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// How the load of a run went, over time: how many of something there were at each moment, and when operations finished.
// What Statistics tells in single figures (high water, operations a second), event by event, by one clock at a time.
// Reads the trace only. Thread rule: that of History; values afterwards.
#pragma once

#include <string>
#include <vector>

#include "engine/report/statistics.h"

namespace chimneylab::report {

struct LoadStep {
    Nanoseconds time = 0;
    EventId event;              // that changed how many there are
    std::uint64_t present = 0;  // after it
    friend bool operator==(const LoadStep&, const LoadStep&) = default;
};

struct LoadCurve {
    Occupancy::What what = Occupancy::What::operations;
    LayerIndex layer = trace::machine_layer;
    std::string name;             // as in Occupancy
    std::vector<LoadStep> steps;  // in order, none empty
};

struct Finish {
    Nanoseconds time = 0;
    EventId event;
    trace::OperationId operation;
    std::uint32_t blocks = 0;
};

struct Load {
    Nanoseconds begin = 0, end = 0;    // first and last event of the trace
    std::vector<LoadCurve> occupancy;  // in the order of Statistics::occupancy
    std::vector<Finish> finishes;      // by time
};

[[nodiscard]] Load load_over_time(const trace::History& history, Clock clock, const Control& control = {});

}  // namespace chimneylab::report
