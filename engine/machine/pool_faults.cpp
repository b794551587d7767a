// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/pool_faults.h"

namespace chimneylab::machine {
namespace {

bool matches(const FaultFilter& filter, std::uint32_t tag, trace::LayerIndex owner) {
    return (!filter.tag || *filter.tag == tag) && (!filter.owner || *filter.owner == owner);
}

}  // namespace

void PoolFaults::fail_nth(std::uint64_t n, FaultFilter filter) {
    if (n == 0) return;
    orders_.push_back({Order::Kind::nth, n, 0, RandomSequence(0), filter, false});
}

void PoolFaults::fail_from(std::uint64_t n, FaultFilter filter) {
    orders_.push_back({Order::Kind::from, n == 0 ? 1 : n, 0, RandomSequence(0), filter, false});
}

void PoolFaults::fail_with_probability(double probability, std::uint64_t seed, FaultFilter filter) {
    orders_.push_back({Order::Kind::probability, 0, probability, RandomSequence(seed), filter, false});
}

std::optional<std::string> PoolFaults::should_fail(std::uint32_t tag, trace::LayerIndex owner) {
    std::optional<std::string> reason;
    // Every order counts every matching allocation, also one that another order fails.
    for (Order& order : orders_) {
        if (order.spent || !matches(order.filter, tag, owner)) continue;
        switch (order.kind) {
        case Order::Kind::nth:
            if (--order.remaining == 0) {
                order.spent = true;
                reason = "this allocation was chosen to fail";
            }
            break;
        case Order::Kind::from:
            if (order.remaining > 1) --order.remaining;
            else reason = "allocations fail from here on";
            break;
        case Order::Kind::probability:
            if (order.random.unit() < order.probability) reason = "an allocation fails by chance";
            break;
        }
    }
    return reason;
}

}  // namespace chimneylab::machine
