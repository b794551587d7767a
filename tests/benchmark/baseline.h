// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the same work costs without the lab, measured on this machine in this run. Nanoseconds per piece of work.
#pragma once

#include <chrono>
#include <cstddef>

namespace chimneylab::benchmark_support {

using Clock = std::chrono::steady_clock;

inline double nanoseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

// One 80-byte record appended to a vector and one 152-byte block copied behind it: the floor under any recorder.
double append_and_copy_ns();

// std::malloc and std::free of a call entry's size: the floor under any pool.
double allocate_and_free_ns();

}  // namespace chimneylab::benchmark_support
