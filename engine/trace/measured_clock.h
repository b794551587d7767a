// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The steady clock of this machine, cheap enough to stamp every event: nanoseconds since the clock was made, never going
// back. Where the processor has a counter that runs at one rate on all cores, whatever they do (x86-64 with an invariant
// time stamp counter), most readings take the counter; the steady clock is asked only every quarter of a millisecond, and
// gives the rate and the offset for the readings until then. What is told differs from the steady clock by about as much
// as two readings of it differ, some tens of nanoseconds. A reading long after the last one, or one that does not agree
// with the steady clock (the machine slept, the virtual machine was moved), is the steady clock's own. On other
// processors all readings are.
// Thread rule: one thread at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "engine/trace/types.h"

namespace chimneylab::trace {

class MeasuredClock {
public:
    // Where ticks and nanoseconds come from; tests have their own. Both may be read at any time.
    struct Sources {
        std::uint64_t (*ticks)(void* context) = nullptr;
        std::uint64_t (*nanoseconds)(void* context) = nullptr;
        void* context = nullptr;
    };

    MeasuredClock();
    // The counter of these sources is believed to run at one rate.
    explicit MeasuredClock(const Sources& sources);

    [[nodiscard]] Nanoseconds now() {
        const std::uint64_t since = ticks() - anchor_ticks_;
        // An older counter than at the anchor is a huge difference: not believed either.
        if (since >= believed_) [[unlikely]] return ask_steady_clock();
        return last_ = std::max(last_, anchor_ + ((since * rate_) >> rate_shift));
    }

private:
    static constexpr int rate_shift = 32;
    struct Pair {
        std::uint64_t ticks = 0;
        Nanoseconds time = 0;
    };
    [[nodiscard]] std::uint64_t ticks() const {
        if (sources_.ticks != nullptr) [[unlikely]] return sources_.ticks(sources_.context);
#if defined(__x86_64__)
        return __builtin_ia32_rdtsc();
#else
        return 0;
#endif
    }
    [[nodiscard]] Nanoseconds steady() const;
    bool read_both(Pair& pair) const;
    Nanoseconds ask_steady_clock();

    Sources sources_;
    bool counter_ = false;  // there is one to believe
    bool learning_ = false;  // first_ is set
    Nanoseconds last_ = 0;
    std::uint64_t anchor_ticks_ = 0;
    std::uint64_t believed_ = 0;  // ticks after the anchor; 0: every reading is the steady clock's
    std::uint64_t rate_ = 0;      // nanoseconds a tick, times 2^rate_shift
    Nanoseconds anchor_ = 0;
    Pair first_;  // from here on the rate is measured
    Nanoseconds started_ = 0;
};

}  // namespace chimneylab::trace
