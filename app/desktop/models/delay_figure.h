// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long events took from one moment to another: which share of them was there within which time. Every event counts once,
// however many came together. A histogram of half milliseconds, so that an hour costs no more than a second. Plain data.
#pragma once

#include <array>
#include <cstdint>

namespace chimneylab::desktop {

class DelayFigure {
public:
    void add(double milliseconds, std::uint64_t events);
    void add(const DelayFigure& other);
    // Milliseconds within which this share of the events was there, rounded up to the next half; 0: nothing was counted.
    [[nodiscard]] double within(double share) const;
    [[nodiscard]] double worst() const { return worst_; }
    [[nodiscard]] std::uint64_t events() const { return events_; }

private:
    static constexpr double step = 0.5;
    std::array<std::uint64_t, 4096> counts_{};  // the last one: longer than that
    std::uint64_t events_ = 0;
    double worst_ = 0;
};

}  // namespace chimneylab::desktop
