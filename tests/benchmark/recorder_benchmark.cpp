// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What recording costs: one event with a block list of 152 bytes looked at, of which two words changed.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

#include "engine/trace/recorder.h"
#include "tests/benchmark/baseline.h"
#include "tests/benchmark/comparison.h"

namespace chimneylab {
namespace {

// The clock that every event is stamped with, asked alone, beside the steady clock that it keeps to: part of what
// recorder_event_with_block shows.
void recorder_clock(benchmark::State& state) {
    constexpr int asked = 10'000;
    double best = 0, steady = 0;
    for (auto _ : state) {
        trace::MeasuredClock clock;
        double start = benchmark_support::processor_time_ns();
        for (int i = 0; i < asked; ++i) benchmark::DoNotOptimize(clock.now());
        const double each = (benchmark_support::processor_time_ns() - start) / asked;
        start = benchmark_support::processor_time_ns();
        for (int i = 0; i < asked; ++i) benchmark::DoNotOptimize(std::chrono::steady_clock::now());
        const double reference = (benchmark_support::processor_time_ns() - start) / asked;
        best = best == 0 ? each : std::min(best, each);
        steady = steady == 0 ? reference : std::min(steady, reference);
    }
    benchmark_support::compare(state, best, steady, 1.0, "ns");
}
BENCHMARK(recorder_clock)->Unit(benchmark::kMillisecond)->Iterations(20);

// The best round of each side.
void recorder_event_with_block(benchmark::State& state) {
    const double floor = benchmark_support::append_and_copy_ns();
    constexpr std::size_t events_per_trace = benchmark_support::events_in_a_round;
    double best = 0;
    std::size_t events = 0;
    for (auto _ : state) {
        trace::Recorder recorder;
        std::uint64_t now = 0;
        recorder.set_clock([&now] { return now += 150; });
        std::array<std::byte, 152> block{};
        trace::Region description;
        description.kind = trace::RegionKind::block_list;
        description.size = static_cast<std::uint32_t>(block.size());
        const trace::RegionId region = recorder.begin_region(description, block);
        trace::Event event;
        event.kind = trace::EventKind::enter;
        event.layer = 1;
        const double start = benchmark_support::processor_time_ns();
        for (std::size_t i = 0; i < events_per_trace; ++i) {
            std::memcpy(block.data() + 0x38, &i, sizeof i);
            std::memcpy(block.data() + 0x80, &i, sizeof i);
            recorder.observe(region, block, 1);
            recorder.append(event);
        }
        const double each = (benchmark_support::processor_time_ns() - start) / static_cast<double>(events_per_trace);
        best = best == 0 ? each : std::min(best, each);
        events += events_per_trace;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(events));
    benchmark_support::compare(state, best, floor, 2.0, "ns");
}
BENCHMARK(recorder_event_with_block)->Unit(benchmark::kMillisecond)->Iterations(15);

}  // namespace
}  // namespace chimneylab
