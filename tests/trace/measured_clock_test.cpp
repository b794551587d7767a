// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/measured_clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

namespace chimneylab::trace {
namespace {

// A counter and a steady clock that go as the test says. Every reading takes a few ticks, as it does in earnest.
struct Hardware {
    double nanoseconds = 1e12, ticks = 5e9;
    double rate = 2.5;  // ticks a nanosecond
    double each_reading = 4;
    std::uint64_t steady_readings = 0;

    void pass(double time) {
        nanoseconds += time;
        ticks += time * rate;
    }
    MeasuredClock::Sources sources() {
        MeasuredClock::Sources sources;
        sources.ticks = [](void* context) {
            auto& self = *static_cast<Hardware*>(context);
            self.pass(self.each_reading);
            return static_cast<std::uint64_t>(self.ticks);
        };
        sources.nanoseconds = [](void* context) {
            auto& self = *static_cast<Hardware*>(context);
            ++self.steady_readings;
            self.pass(self.each_reading);
            return static_cast<std::uint64_t>(self.nanoseconds);
        };
        sources.context = this;
        return sources;
    }
};

// Reads `count` times with `step` nanoseconds between, and tells by how much the clock was off at most.
double worst(Hardware& hardware, MeasuredClock& clock, double begun, int count, double step, Nanoseconds& last) {
    double off = 0;
    for (int i = 0; i < count; ++i) {
        hardware.pass(step);
        const Nanoseconds now = clock.now();
        EXPECT_GE(now, last) << "it went back";
        last = now;
        off = std::max(off, std::abs(static_cast<double>(now) - (hardware.nanoseconds - begun)));
    }
    return off;
}

TEST(MeasuredClock, keeps_to_the_steady_clock_and_hardly_asks_it) {
    Hardware hardware;
    const double begun = hardware.nanoseconds;
    MeasuredClock clock(hardware.sources());
    Nanoseconds last = 0;
    EXPECT_LT(worst(hardware, clock, begun, 200'000, 50, last), 100);
    EXPECT_LT(hardware.steady_readings, 2'000u) << "one in a hundred at most";
    EXPECT_GT(hardware.steady_readings, 30u);
}

TEST(MeasuredClock, knows_the_rate_after_a_long_time_as_well) {
    Hardware hardware;
    const double begun = hardware.nanoseconds;
    MeasuredClock clock(hardware.sources());
    Nanoseconds last = 0;
    // Three seconds: the baseline has begun anew more than once.
    EXPECT_LT(worst(hardware, clock, begun, 3'000'000, 1000, last), 100);
}

TEST(MeasuredClock, a_long_pause_is_told_by_the_steady_clock) {
    Hardware hardware;
    const double begun = hardware.nanoseconds;
    MeasuredClock clock(hardware.sources());
    Nanoseconds last = 0;
    worst(hardware, clock, begun, 10'000, 50, last);
    hardware.pass(3.6e12);
    EXPECT_LT(worst(hardware, clock, begun, 10'000, 50, last), 100);
}

TEST(MeasuredClock, follows_a_steady_clock_that_is_adjusted) {
    Hardware hardware;
    const double begun = hardware.nanoseconds;
    MeasuredClock clock(hardware.sources());
    Nanoseconds last = 0;
    worst(hardware, clock, begun, 100'000, 100, last);
    hardware.rate *= 1.0005;  // as fast as time services adjust it
    EXPECT_LT(worst(hardware, clock, begun, 3'000'000, 1000, last), 500);
}

TEST(MeasuredClock, a_counter_that_was_set_back_or_ahead_is_not_believed) {
    for (const double leap : {-4e9, -1e6, -1e4, 1e5, 1e6, 1e12}) {
        Hardware hardware;
        const double begun = hardware.nanoseconds;
        MeasuredClock clock(hardware.sources());
        Nanoseconds last = 0;
        worst(hardware, clock, begun, 10'000, 50, last);
        hardware.ticks += leap;
        // At once it may be off by as much as it believes the counter without asking, a quarter of a millisecond.
        EXPECT_LT(worst(hardware, clock, begun, 20'000, 50, last), 260'000) << leap;
        EXPECT_LT(worst(hardware, clock, begun, 20'000, 50, last), 100) << leap;
    }
}

TEST(MeasuredClock, a_counter_that_stands_still_is_not_believed) {
    Hardware hardware;
    hardware.rate = 0;
    const double begun = hardware.nanoseconds;
    MeasuredClock clock(hardware.sources());
    Nanoseconds last = 0;
    EXPECT_LT(worst(hardware, clock, begun, 10'000, 50, last), 10);
    EXPECT_EQ(hardware.steady_readings, 10'001u);
}

TEST(MeasuredClock, of_this_machine_agrees_with_its_steady_clock) {
    using Steady = std::chrono::steady_clock;
    const auto before = Steady::now();
    MeasuredClock clock;
    const auto after = Steady::now();
    const auto elapsed = [](Steady::time_point from) {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(Steady::now() - from).count();
    };
    Nanoseconds last = 0;
    for (int i = 0; i < 200'000; ++i) {
        const auto least = elapsed(after);
        const Nanoseconds now = clock.now();
        const auto most = elapsed(before);
        ASSERT_GE(now, last);
        last = now;
        // However long the test was interrupted between the readings, the clock lies between them.
        ASSERT_GT(static_cast<std::int64_t>(now), least - 5'000);
        ASSERT_LT(static_cast<std::int64_t>(now), most + 5'000);
    }
}

}  // namespace
}  // namespace chimneylab::trace
