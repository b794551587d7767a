// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/measured_clock.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace chimneylab::trace {

namespace {

// The rate is known as well as its baseline is long: it serves for as long again, up to this.
constexpr Nanoseconds longest_belief = 250'000;
constexpr Nanoseconds shortest_baseline = 30'000;
// A baseline this old begins anew, so that the rate follows a steady clock that is being adjusted.
constexpr Nanoseconds longest_baseline = 1'000'000'000;
// Two readings of the counter around one of the clock that lie further apart were interrupted.
constexpr Nanoseconds longest_pair = 2'000;

// Bit 8 of EDX of leaf 0x80000007, "Invariant TSC" (AMD64 Architecture Programmer's Manual, volume 3, appendix E; Intel SDM,
// volume 3, "Invariant TSC"). Asked once: in a virtual machine the instruction is a visit to the hypervisor.
bool has_invariant_counter() {
#if defined(__x86_64__)
    static const bool has = [] {
        unsigned a = 0, b = 0, c = 0, d = 0;
        return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & (1U << 8)) != 0;
    }();
    return has;
#else
    return false;
#endif
}

}  // namespace

MeasuredClock::MeasuredClock() : counter_(has_invariant_counter()), started_(steady()) {}

MeasuredClock::MeasuredClock(const Sources& sources) : sources_(sources), counter_(true), started_(steady()) {}

Nanoseconds MeasuredClock::steady() const {
    if (sources_.nanoseconds != nullptr) return sources_.nanoseconds(sources_.context);
    return static_cast<Nanoseconds>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

// The counter in the middle of the reading of the clock. False when it was interrupted, as far as the rate is known.
bool MeasuredClock::read_both(Pair& pair) const {
    const std::uint64_t before = ticks();
    pair.time = steady() - started_;
    const std::uint64_t took = ticks() - before;
    pair.ticks = before + took / 2;
    // While the rate is not known, it is one tick a nanosecond or less than five.
    return rate_ == 0 ? took < longest_pair * 5 : took < (longest_pair << rate_shift) / rate_;
}

Nanoseconds MeasuredClock::ask_steady_clock() {
    if (!counter_) return last_ = std::max(last_, steady() - started_);
    Pair pair;
    const bool whole = read_both(pair);
    const std::uint64_t believed = believed_;
    believed_ = 0;
    if (!whole) return last_ = std::max(last_, pair.time);
    const Nanoseconds baseline = pair.time - first_.time;
    if (learning_ && baseline < shortest_baseline) return last_ = std::max(last_, pair.time);
    const std::uint64_t passed = pair.ticks - first_.ticks;
    // The counter has to have moved forward, and as fast as it did before.
    bool agrees = learning_ && passed > 0 && passed < std::uint64_t{1} << 62;
    double rate = 0;
    if (agrees) {
        rate = static_cast<double>(baseline) / static_cast<double>(passed);
        const double known = static_cast<double>(rate_) / static_cast<double>(std::uint64_t{1} << rate_shift);
        const double since_anchor = static_cast<double>(pair.ticks - anchor_ticks_) * known;
        const double really = static_cast<double>(pair.time) - static_cast<double>(anchor_);
        const double off = since_anchor > really ? since_anchor - really : really - since_anchor;
        if (rate_ != 0) agrees = off < static_cast<double>(longest_pair) + really / 1000;
    }
    if (!agrees) {  // the baseline begins here
        learning_ = true;
        first_ = pair;
        rate_ = 0;
        return last_ = std::max(last_, pair.time);
    }
    // What was told may be ahead of the clock by the error of a reading; the clock comes up with it by the end of what follows.
    last_ = std::max(last_, pair.time);
    const Nanoseconds ahead = last_ - pair.time;
    const Nanoseconds belief = std::min(baseline, longest_belief);
    anchor_ticks_ = pair.ticks;
    anchor_ = last_;
    believed_ = static_cast<std::uint64_t>(static_cast<double>(belief) / rate);
    rate_ = static_cast<std::uint64_t>(rate * (1 - static_cast<double>(std::min(ahead, belief / 2)) / static_cast<double>(belief)) *
                                       static_cast<double>(std::uint64_t{1} << rate_shift));
    if (believed == 0 || baseline < longest_baseline) return last_;
    first_ = pair;
    return last_;
}

}  // namespace chimneylab::trace
