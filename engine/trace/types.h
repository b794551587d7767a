// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The small strong types that every reader and writer of a trace shares. Identifiers are dense indices into one trace,
// starting at 0; they mean nothing in another trace. Times are whole nanoseconds.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace chimneylab::trace {

template <typename Tag>
struct Identifier {
    static constexpr std::uint32_t none_value = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t value = none_value;

    constexpr Identifier() = default;
    constexpr explicit Identifier(std::uint32_t index) : value(index) {}
    [[nodiscard]] constexpr bool valid() const { return value != none_value; }
    friend constexpr auto operator<=>(Identifier, Identifier) = default;
};

using EventId = Identifier<struct EventTag>;          // position in the ordered event history
using OperationId = Identifier<struct OperationTag>;  // one state-manipulation operation, host call to host completion
using RegionId = Identifier<struct RegionTag>;        // one piece of watched memory from its birth to its death
using StringId = Identifier<struct StringTag>;        // a name in the trace's string table

// A lane of the picture: 0 is the host stack, 1..N the intermediate drivers from top to bottom, N+1 the offload target.
using LayerIndex = std::uint8_t;
inline constexpr LayerIndex host_stack_layer = 0;
inline constexpr LayerIndex ndis_layer = 0xFE;     // NDIS itself, at any boundary
inline constexpr LayerIndex machine_layer = 0xFF;  // the machine: scheduler, scenario, nobody

using Nanoseconds = std::uint64_t;

// Virtual addresses in a trace are never addresses of this process: the recorder translates them (see
// machine::AddressSpace), so that a trace is the same on every run.
using Address = std::uint64_t;

}  // namespace chimneylab::trace
