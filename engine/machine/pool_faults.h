// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Allocation failures on request: what a driver does when memory runs out. Several orders may stand at a time; each
// failure is recorded as fault_injected. Deterministic: a probability draws from a generator of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/machine/schedule.h"
#include "engine/trace/types.h"

namespace chimneylab::machine {

// Which allocations an order is about. No value: any.
struct FaultFilter {
    std::optional<std::uint32_t> tag{};
    std::optional<trace::LayerIndex> owner{};
};

class PoolFaults {
public:
    // Fails the n-th matching allocation from now (1 = the next one), once.
    void fail_nth(std::uint64_t n, FaultFilter filter = {});
    // Fails each matching allocation from the n-th on.
    void fail_from(std::uint64_t n, FaultFilter filter = {});
    // Fails each matching allocation with this probability, 0 to 1.
    void fail_with_probability(double probability, std::uint64_t seed, FaultFilter filter = {});
    void clear() { orders_.clear(); }

    // Asked once per allocation. A value is the reason: this allocation fails.
    [[nodiscard]] std::optional<std::string> should_fail(std::uint32_t tag, trace::LayerIndex owner);

private:
    struct Order {
        enum class Kind : std::uint8_t { nth, from, probability } kind;
        std::uint64_t remaining = 0;
        double probability = 0;
        RandomSequence random{0};
        FaultFilter filter;
        bool spent = false;
    };
    std::vector<Order> orders_;
};

}  // namespace chimneylab::machine
