// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One row of the table that `./lab bench` prints: what the lab costs, what the reference costs that was measured (or is
// given) in the same run, and how many times the reference it may cost.
#pragma once

#include <benchmark/benchmark.h>

namespace chimneylab::benchmark_support {

// `unit` is that of both figures. A goal of 0: for information, nothing is asked.
inline void compare(benchmark::State& state, double ours, double reference, double goal, const char* unit) {
    state.counters["ours"] = ours;
    state.counters["reference"] = reference;
    state.counters["goal"] = goal;
    state.SetLabel(unit);
}

}  // namespace chimneylab::benchmark_support
