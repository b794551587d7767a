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

// What one run costs: as it is, written to a session while it goes on, and that judged by every rule besides.
struct RunCosts {
    double plain = 0, recorded = 0, verified = 0;
    std::size_t events = 0;
};

void keep_best(double& best, double now) { best = best == 0 ? now : std::min(best, now); }

std::filesystem::path scratch_file() {
    return std::filesystem::temp_directory_path() / ("chimneylab-benchmark-" + std::to_string(getpid()) + ".chimney");
}

// False: it could not be recorded, and the benchmark says so.
bool measure(benchmark::State& state, const scenario::Scenario& what, RunCosts& costs) {
    double start = process_time_ns();
    costs.events = scenario::run(what).trace.size();
    keep_best(costs.plain, process_time_ns() - start);
    start = process_time_ns();
    session::RunRecording recording(scratch_file());
    scenario::RunOptions options;
    options.sink = [&] { return recording.begin(); };
    const scenario::RunResult result = scenario::run(what, options);
    if (const auto problem = recording.finish(result.trace, result.fingerprint)) {
        state.SkipWithError(problem->to_text().c_str());
        return false;
    }
    keep_best(costs.recorded, process_time_ns() - start);
    benchmark::DoNotOptimize(verifier::verify(result.trace));
    keep_best(costs.verified, process_time_ns() - start);
    return true;
}

// m3, its operations over and over: long enough that making the file is not most of it.
void recorded_and_verified_run(benchmark::State& state) {
    const scenario::Loaded loaded = scenario::find_scenario("m3");
    if (!loaded.scenario) {
        state.SkipWithError("the scenario library was not found; set CHIMNEYLAB_SCENARIOS");
        return;
    }
    constexpr int rounds = 60;
    scenario::Scenario longer = *loaded.scenario;
    longer.expectations.clear();  // they count what one round does
    for (int i = 1; i < rounds; ++i) longer.steps.insert(longer.steps.end(), loaded.scenario->steps.begin(), loaded.scenario->steps.end());
    RunCosts costs;
    for (auto _ : state)
        if (!measure(state, longer, costs)) break;
    std::filesystem::remove(scratch_file());
    const auto count = static_cast<double>(costs.events);
    benchmark_support::compare_also(state, "recorded", costs.recorded / count, costs.plain / count, 0, "ns");
    benchmark_support::compare_also(state, "recorded_and_verified", costs.verified / count, costs.plain / count, 3.0, "ns");
}
BENCHMARK(recorded_and_verified_run)->Unit(benchmark::kMillisecond)->Iterations(7);

// One round alone, as it is run by hand: a few hundred events, and a file made for them. That file by itself: begun and
// closed again, without an event.
void recorded_short_run(benchmark::State& state) {
    const scenario::Loaded loaded = scenario::find_scenario("m3");
    if (!loaded.scenario) {
        state.SkipWithError("the scenario library was not found; set CHIMNEYLAB_SCENARIOS");
        return;
    }
    RunCosts costs;
    double file = 0;
    for (auto _ : state) {
        if (!measure(state, *loaded.scenario, costs)) break;
        const double start = process_time_ns();
        auto created = session::Writer::create(scratch_file());
        if (auto* writer = std::get_if<std::unique_ptr<session::Writer>>(&created)) (void)(*writer)->finish();
        keep_best(file, process_time_ns() - start);
    }
    std::filesystem::remove(scratch_file());
    benchmark_support::compare_also(state, "file_without_an_event", file / 1e6, costs.plain / 1e6, 0, "ms");
    benchmark_support::compare_also(state, "recorded", costs.recorded / 1e6, costs.plain / 1e6, 0, "ms");
    benchmark_support::compare_also(state, "recorded_and_verified", costs.verified / 1e6, costs.plain / 1e6, 0, "ms");
}
BENCHMARK(recorded_short_run)->Unit(benchmark::kMillisecond)->Iterations(20);

void save_and_load_session(benchmark::State& state) {
    trace::synthetic::Options options;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::terminate};
    options.repeat = 500;
    const trace::Trace trace = trace::synthetic::make_trace(options);
    const std::filesystem::path file = scratch_file();
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
