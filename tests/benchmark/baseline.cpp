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

double one_round_ns() {
    std::vector<trace::Event> events;
    std::vector<std::byte> heap;
    std::array<std::byte, 152> block{};
    trace::Event event;
    const double start = processor_time_ns();
    for (std::size_t i = 0; i < events_in_a_round; ++i) {
        event.subject = i;
        block[i % block.size()] = static_cast<std::byte>(i);
        events.push_back(event);
        heap.insert(heap.end(), block.begin(), block.end());
        benchmark::ClobberMemory();
    }
    return (processor_time_ns() - start) / static_cast<double>(events_in_a_round);
}

}  // namespace

double append_and_copy_ns() {
    double best = one_round_ns();
    for (int round = 0; round < 3; ++round) best = std::min(best, one_round_ns());
    return best;
}

}  // namespace chimneylab::benchmark_support
