// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The machine's virtual clock, in nanoseconds since the machine was switched on. It moves only when the machine says so:
// to the due time of the item taken next, and by small fixed costs, so that the times of two events never coincide.
// Kernel times derived from it: system time (100 ns units since 1601), up-time (ms), performance counter (10 MHz).
// Owned by Machine; single-threaded like it.
#pragma once

#include "engine/trace/types.h"

namespace chimneylab::machine {

using trace::Nanoseconds;

class Clock {
public:
    explicit Clock(Nanoseconds start = 0) : now_(start) {}

    [[nodiscard]] Nanoseconds now() const { return now_; }
    void advance(Nanoseconds by) { now_ += by; }
    void move_to(Nanoseconds time) { if (time > now_) now_ = time; }  // never backwards

    [[nodiscard]] std::int64_t system_time() const;          // 100 ns units since 1601-01-01
    [[nodiscard]] std::int64_t up_time_milliseconds() const;
    [[nodiscard]] std::int64_t performance_counter() const;  // ticks of performance_frequency
    static constexpr std::int64_t performance_frequency = 10'000'000;
    static constexpr std::int64_t clock_tick = 156'250;      // KeQueryTickCount unit: 15.625 ms in 100 ns units

    // Meaning of the kernel's LARGE_INTEGER times: negative = from now, else an absolute system time. Past times give now.
    [[nodiscard]] Nanoseconds due_time(std::int64_t kernel_time) const;

private:
    Nanoseconds now_;
};

}  // namespace chimneylab::machine
