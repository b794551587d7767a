// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What running costs: a scenario from boot to judgement, and the same run saved as a session and read back.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "engine/scenario/library.h"
#include "engine/scenario/run.h"
#include "engine/session/session.h"
#include "engine/session/writer.h"
#include "engine/verifier/verifier.h"
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

// Processor time of all threads, the recording's own too; the best of several, the two sides by turns.
double process_time_ns() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// A run that is written to a session while it goes on and then judged by every rule, against the same run that is
// neither.
void recorded_and_verified_run(benchmark::State& state) {
    scenario::Loaded loaded = scenario::find_scenario("m3");
    if (!loaded.scenario) {
        state.SkipWithError("the scenario library was not found; set CHIMNEYLAB_SCENARIOS");
        return;
    }
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("chimneylab-benchmark-" + std::to_string(getpid()) + ".chimney");
    double plain = 0, recorded = 0, verified = 0;
    std::size_t events = 0;
    const auto keep_best = [](double& best, double now) { best = best == 0 ? now : std::min(best, now); };
    for (auto _ : state) {
        double start = process_time_ns();
        events = scenario::run(*loaded.scenario).trace.size();
        keep_best(plain, process_time_ns() - start);
        start = process_time_ns();
        session::RunRecording recording(file);
        scenario::RunOptions options;
        options.sink = [&] { return recording.begin(); };
        const scenario::RunResult result = scenario::run(*loaded.scenario, options);
        if (const auto problem = recording.finish(result.trace, result.fingerprint)) {
            state.SkipWithError(problem->to_text().c_str());
            break;
        }
        keep_best(recorded, process_time_ns() - start);
        benchmark::DoNotOptimize(verifier::verify(result.trace));
        keep_best(verified, process_time_ns() - start);
    }
    std::filesystem::remove(file);
    const auto count = static_cast<double>(events);
    benchmark_support::compare_also(state, "recorded", recorded / count, plain / count, 0, "ns");
    benchmark_support::compare_also(state, "recorded_and_verified", verified / count, plain / count, 3.0, "ns");
}
BENCHMARK(recorded_and_verified_run)->Unit(benchmark::kMillisecond)->Iterations(20);

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
