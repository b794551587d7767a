// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a schedule costs the explorer. M8 with the lab's own drivers: the time of one schedule, run to its end and judged by
// every rule, against the time that 20,000 a second leave; and against a run from boot to judgement. The time of a whole
// exploration, threads, boot and all, divided by the schedules that were run: pruned and skipped ones do not count. M8 has fewer
// schedules than the budget allows, so what is done once weighs heavily.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

#include "engine/explorer/explorer.h"
#include "engine/scenario/library.h"
#include "engine/verifier/verifier.h"
#include "tests/benchmark/comparison.h"

namespace chimneylab {
namespace {

double since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}

void explorer_m8(benchmark::State& state) {
    const scenario::Loaded loaded = scenario::find_scenario("m8");
    if (!loaded.scenario) {
        state.SkipWithError("the scenario library was not found; set CHIMNEYLAB_SCENARIOS");
        return;
    }
    constexpr double goal = 1e6 / 20'000;
    explorer::Options options;
    options.budget = 100'000;
    options.workers = 2;
    double schedule = 0, without_pruning = 0, plain = 0;
    const auto keep_best = [](double& best, double now) { best = best == 0 ? now : std::min(best, now); };
    for (auto _ : state) {
        for (const bool reduction : {true, false}) {
            options.reduction = reduction;
            const auto start = std::chrono::steady_clock::now();
            const explorer::Exploration exploration = explorer::explore(*loaded.scenario, {}, options);
            keep_best(reduction ? schedule : without_pruning, since(start) / static_cast<double>(exploration.schedules));
            if (!exploration.found.empty()) state.SkipWithError("a rule was broken");
        }
        const auto start = std::chrono::steady_clock::now();
        const scenario::RunResult result = scenario::run(*loaded.scenario);
        benchmark::DoNotOptimize(verifier::verify(result.trace));
        keep_best(plain, since(start));
    }
    benchmark_support::compare_also(state, "schedule", schedule, goal, 1.0, "us");
    benchmark_support::compare_also(state, "schedule_without_pruning", without_pruning, goal, 1.0, "us");
    benchmark_support::compare_also(state, "schedule_against_a_run", without_pruning, plain, 0, "us");
}
BENCHMARK(explorer_m8)->Unit(benchmark::kMillisecond)->Iterations(3);

}  // namespace
}  // namespace chimneylab
