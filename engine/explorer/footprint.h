// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What one dispatch touched, and whether two of them have nothing to do with each other: then both orders lead to the same
// rest, and one of them need not be run. Made of what the run itself shows: the events between two choice points, and the bytes
// of the pool before and after.
//
// Two dispatches that were both made from one point are independent when
//   - neither may have touched everything (below),
//   - no operation, block, entry, handle or freed allocation is named by events of both (connections show as their handles),
//   - no pool allocation has other bytes after both of them,
//   - neither wrote into an allocation that is nothing of its own (an adapter's context, a list's head) and whose owner is a layer
//     that the other one entered: what that one read there is not known.
// "Everything" is the answer wherever it is not known what was touched: a dispatch that allocates (who comes first gets the lower
// address), queues or cancels work (when it is due depends on what came before), opens or closes a handle, changes a state, sends
// or receives a frame, prints, breaks a rule of the machine, comes with a failure, lets the scenario take its next step, writes
// to variables of a driver's image or outside any allocation. So is a dispatch of a run that another process makes.
// Virtual times and the order in which released memory leaves quarantine differ between the two orders; nothing above sees them.
// Private to engine/explorer; plain values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/machine/pool.h"
#include "engine/trace/trace.h"

namespace chimneylab::explorer {

struct Footprint {
    bool everything = true;
    std::vector<std::uint64_t> objects = {};  // ascending
    std::vector<std::uint64_t> written = {};  // allocations, by place in the pool, ascending
    std::uint64_t entered = 0;                // layers, as bits
    std::uint64_t shared_written = 0;         // owners of written allocations that are nothing of its own
};

[[nodiscard]] bool independent(const Footprint& a, const Footprint& b);

// Of the events from `first` on. `before`: the bytes in use of the pool when it began.
[[nodiscard]] Footprint footprint_of(const trace::Trace& trace, std::size_t first, const machine::Pool& pool, std::span<const std::byte> before);

}  // namespace chimneylab::explorer
