// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What running costs: a scenario from boot to judgement, and the same run saved as a session and read back.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>

#include "engine/scenario/library.h"
#include "engine/scenario/run.h"
#include "engine/session/session.h"
#include "tests/benchmark/baseline.h"
#include "tests/benchmark/comparison.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab {
namespace {

void run_scenario(benchmark::State& state, const char* id) {
    const scenario::Loaded loaded = scenario::find_scenario(id);
    if (!loaded.scenario) {
        state.SkipWithError("the scenario library was not found; set CHIMNEYLAB_SCENARIOS");
        return;
    }
    const double floor = benchmark_support::append_and_copy_ns();
    double spent = 0;
    std::size_t events = 0;
    for (auto _ : state) {
        const double start = benchmark_support::processor_time_ns();
        const scenario::RunResult result = scenario::run(*loaded.scenario);
        spent += benchmark_support::processor_time_ns() - start;
        events += result.trace.size();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(events));
    benchmark_support::compare(state, spent / static_cast<double>(events), floor, 0, "ns");
}
BENCHMARK_CAPTURE(run_scenario, m1, "m1")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run_scenario, m3, "m3")->Unit(benchmark::kMillisecond);

void save_and_load_session(benchmark::State& state) {
    trace::synthetic::Options options;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::terminate};
    options.repeat = 500;
    const trace::Trace trace = trace::synthetic::make_trace(options);
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("chimneylab-benchmark-" + std::to_string(getpid()) + ".chimney");
    for (auto _ : state) {
        if (const auto problem = session::save(trace, file)) {
            state.SkipWithError(problem->to_text().c_str());
            break;
        }
        benchmark::DoNotOptimize(session::load(file));
    }
    std::filesystem::remove(file);
    state.SetItemsProcessed(static_cast<std::int64_t>(trace.size()) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(save_and_load_session)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chimneylab
