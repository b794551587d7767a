// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One row of the table that `./lab bench` prints: what the lab costs, what the reference costs that was measured (or is
// given) in the same run, and how many times the reference it may cost.
#pragma once

#include <benchmark/benchmark.h>

#include <string>

namespace chimneylab::benchmark_support {

// `unit` is that of both figures. A goal of 0: for information, nothing is asked.
inline void compare(benchmark::State& state, double ours, double reference, double goal, const char* unit) {
    state.counters["ours"] = ours;
    state.counters["reference"] = reference;
    state.counters["goal"] = goal;
    state.SetLabel(unit);
}

// A row more of the same benchmark, named after it: several figures of one long preparation. Costs, as all of them: less is
// better; what is a rate elsewhere stands here as the time of one event. In the order in which they are told.
inline void compare_also(benchmark::State& state, const std::string& name, double ours, double reference, double goal,
                         const std::string& unit) {
    int rows = 0;
    for (const auto& [key, value] : state.counters) rows += key.ends_with("|ours") ? 1 : 0;
    const std::string row = std::to_string(100 + rows) + "|" + name + "|" + unit + "|";
    state.counters[row + "ours"] = ours;
    state.counters[row + "reference"] = reference;
    state.counters[row + "goal"] = goal;
}

}  // namespace chimneylab::benchmark_support
