// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What time travel costs: stepping forward and back over a trace, and building the derived history of one.
#include <benchmark/benchmark.h>

#include "engine/trace/cursor.h"
#include "engine/trace/history.h"
#include "tests/benchmark/baseline.h"
#include "tests/benchmark/comparison.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab {
namespace {

const trace::Trace& long_trace() {
    static const trace::Trace trace = [] {
        trace::synthetic::Options options;
        options.intermediate_drivers = 2;
        options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
        options.repeat = 500;
        return trace::synthetic::make_trace(options);
    }();
    return trace;
}

void cursor_steps(benchmark::State& state) {
    const trace::Trace& trace = long_trace();
    const double floor = benchmark_support::append_and_copy_ns();
    double spent = 0;
    std::size_t steps = 0;
    for (auto _ : state) {
        trace::Cursor cursor(trace);
        const double start = benchmark_support::processor_time_ns();
        while (cursor.step_forward()) ++steps;
        while (cursor.step_back()) ++steps;
        spent += benchmark_support::processor_time_ns() - start;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(steps));
    state.counters["events"] = static_cast<double>(trace.size());
    benchmark_support::compare(state, spent / static_cast<double>(steps), floor, 0, "ns");
}
BENCHMARK(cursor_steps)->Unit(benchmark::kMillisecond);

void history_of_a_trace(benchmark::State& state) {
    const trace::Trace& trace = long_trace();
    for (auto _ : state) {
        trace::History history(trace);
        benchmark::DoNotOptimize(history.operations().size());
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(trace.size()) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(history_of_a_trace)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chimneylab
