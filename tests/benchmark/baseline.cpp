// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/benchmark/baseline.h"

#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "engine/trace/event.h"

namespace chimneylab::benchmark_support {

double append_and_copy_ns() {
    constexpr std::size_t rounds = 200'000;
    std::vector<trace::Event> events;
    std::vector<std::byte> heap;
    std::array<std::byte, 152> block{};
    trace::Event event;
    const double start = processor_time_ns();
    for (std::size_t i = 0; i < rounds; ++i) {
        event.subject = i;
        block[i % block.size()] = static_cast<std::byte>(i);
        events.push_back(event);
        heap.insert(heap.end(), block.begin(), block.end());
        benchmark::ClobberMemory();
    }
    return (processor_time_ns() - start) / rounds;
}

}  // namespace chimneylab::benchmark_support
