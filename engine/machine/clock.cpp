// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/clock.h"

namespace chimneylab::machine {
namespace {

// 2007-01-30 00:00:00 UTC, the day Windows Vista became available: when every simulated machine is switched on.
constexpr std::int64_t switched_on = 128145888000000000;

}  // namespace

std::int64_t Clock::system_time() const { return switched_on + static_cast<std::int64_t>(now_ / 100); }

std::int64_t Clock::up_time_milliseconds() const { return static_cast<std::int64_t>(now_ / 1'000'000); }

std::int64_t Clock::performance_counter() const {
    return static_cast<std::int64_t>(now_ / (1'000'000'000 / static_cast<Nanoseconds>(performance_frequency)));
}

Nanoseconds Clock::due_time(std::int64_t kernel_time) const {
    // Longer than a century is for ever; the bound keeps the arithmetic in range.
    constexpr std::int64_t century = std::int64_t{100} * 366 * 86400 * 10'000'000;
    std::int64_t from_now = 0;
    if (kernel_time < 0) {
        from_now = kernel_time < -century ? century : -kernel_time;
    } else {
        from_now = kernel_time - system_time();
        if (from_now < 0) from_now = 0;
        if (from_now > century) from_now = century;
    }
    return now_ + static_cast<Nanoseconds>(from_now) * 100;
}

}  // namespace chimneylab::machine
