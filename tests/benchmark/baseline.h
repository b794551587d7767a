// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the same work costs without the lab, measured on this machine in this run. Nanoseconds of processor time of this
// thread per piece of work, so that a busy machine does not spoil the ratios.
#pragma once

#include <cstddef>
#include <ctime>

namespace chimneylab::benchmark_support {

inline double processor_time_ns() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// One 80-byte record appended to a vector and one 152-byte block copied behind it: the floor under any recorder. The best of
// several rounds of as many events as the benchmarks beside it take, so that the memory has been used before, as theirs has.
double append_and_copy_ns();
// The same into this many bytes that were used just before, as a ring's are: nothing grows and no page is touched for the first
// time.
double append_and_copy_in_used_memory_ns(std::size_t bytes);
inline constexpr std::size_t events_in_a_round = 50'000;

}  // namespace chimneylab::benchmark_support
