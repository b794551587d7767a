// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a number in a driver's memory means at one event: "call entry #7 of IM 1", "binding IM 1 → IM 2", "handle T1",
// "freed memory". Unknown values stay numbers. Thread rule: that of History.
#pragma once

#include <string>

#include "engine/trace/history.h"

namespace chimneylab::trace {

enum class ValueKind : std::uint8_t {
    number,  // nothing is known about it
    null,
    block,
    following_state,
    offload_handle,
    offload_context_slot,  // &handle->MiniportOffloadContext
    call_entry,
    offload_entry,
    net_buffer_list,  // or what hangs from one
    binding,
    other_handle,  // a handle that is no binding
    allocation,    // live pool memory that is nothing of the above
    freed_memory,  // points into memory that had been freed by then
    poison,        // is the pattern that freed memory is filled with
};

struct ValueMeaning {
    ValueKind kind = ValueKind::number;
    std::string text;  // never empty
    RegionId region;   // what it points to, if that is watched
    LayerIndex owner = machine_layer;
};

// What an 8-byte value means when seen at this event.
[[nodiscard]] ValueMeaning value_meaning(const History& history, EventId at, std::uint64_t value);
[[nodiscard]] std::string value_text(const History& history, EventId at, std::uint64_t value);
// The same for a value that is known to be a miniport offload context: an intermediate driver's context is its offload
// entry, even where the handle inside that entry lies at the same address.
[[nodiscard]] std::string context_text(const History& history, EventId at, std::uint64_t value);
// The value of one member: statuses, headers and port numbers by their own rules, all else by value_meaning.
[[nodiscard]] std::string member_text(const History& history, EventId at, RegionKind kind, const Member& member,
                                      std::uint64_t value);
// The object a block, handle or offload entry stands for: "T1", also where the label says whose it is ("T1 at IM 1").
[[nodiscard]] std::string object_name(const History& history, RegionId region);
// A watched region by name: "T1", "call entry #7 of IM 1", "handle T1 of IM 1".
[[nodiscard]] std::string region_text(const History& history, RegionId region);

}  // namespace chimneylab::trace
