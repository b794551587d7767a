// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/benchmark/baseline.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <vector>

#include "engine/trace/event.h"

namespace chimneylab::benchmark_support {

namespace {

struct Memory {
    std::vector<trace::Event> events;
    std::vector<std::byte> heap;
};

double round_ns(Memory& memory, std::size_t count) {
    memory.events.clear();
    memory.heap.clear();
    std::array<std::byte, 152> block{};
    trace::Event event;
    const double start = processor_time_ns();
    for (std::size_t i = 0; i < count; ++i) {
        event.subject = i;
        block[i % block.size()] = static_cast<std::byte>(i);
        memory.events.push_back(event);
        memory.heap.insert(memory.heap.end(), block.begin(), block.end());
        benchmark::ClobberMemory();
    }
    return (processor_time_ns() - start) / static_cast<double>(count);
}

// From the first block of this size on the C library keeps memory that is given back, up to twice as much, so that later rounds do
// not pay for pages that the system has to clear.
void keep_freed_memory() {
    constexpr std::size_t most_that_counts = std::size_t{31} << 20;
    for (int i = 0; i < 2; ++i) benchmark::DoNotOptimize(std::vector<std::byte>(most_that_counts).data());
}

double one_round_ns() {
    Memory fresh;
    return round_ns(fresh, events_in_a_round);
}

}  // namespace

double append_and_copy_ns() {
    keep_freed_memory();
    double best = one_round_ns();
    for (int round = 0; round < 3; ++round) best = std::min(best, one_round_ns());
    return best;
}

double append_and_copy_in_used_memory_ns(std::size_t bytes) {
    const std::size_t count = bytes / (sizeof(trace::Event) + 152);
    Memory memory;
    round_ns(memory, count);
    double best = round_ns(memory, count);
    for (int round = 0; round < 20; ++round) best = std::min(best, round_ns(memory, count));
    return best;
}

}  // namespace chimneylab::benchmark_support
