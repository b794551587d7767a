// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A tree of offload blocks as it lies in memory at one event: links followed from block to block through the watched
// regions, with what each block is, and what its two renamed slots hold and mean at that moment.
// Bad links (cycles, addresses that nobody watches) are told, never followed for ever. Thread rule: that of Cursor.
// Source: "Comparison of Offload Block List Types", "Offload State Tree".
#pragma once

#include <string>
#include <vector>

#include "engine/trace/history.h"

namespace chimneylab::trace {

struct SlotView {
    std::string_view name;  // "MiniportOffloadContext" or "NdisReserved[2]"; "NdisOffloadHandle" or "OffloadHandle"
    std::uint64_t value = 0;
    std::string meaning;  // "&T1.MiniportOffloadContext", "handle T1 of IM 1", "NULL"
};

struct BlockView {
    RegionId block;
    RegionId following_state;  // none: no state follows, or it is not watched
    std::string label;         // "T1"
    BlockRole role = BlockRole::reference;
    std::uint8_t state_type = 0;  // Header.Type
    std::int32_t status = 0;
    bool status_written = false;  // Status means something: a driver or NDIS wrote it in this operation, or completed it
    SlotView a, b;
    std::uint32_t parent = no_index;        // index of the block it depends on
    std::uint32_t depth = 0;                // 0 for the root and its siblings
    std::vector<std::uint32_t> dependents;  // indices, in NextBlock order
    static constexpr std::uint32_t no_index = 0xFFFFFFFF;
};

struct BlockTree {
    RegionId root;
    OperationId operation;  // none: not under way
    BlockType type = BlockType::protocol;
    LayerIndex holder = machine_layer;
    std::vector<BlockView> blocks;      // in NDIS's walking order; blocks[0] is the root
    std::vector<std::string> problems;  // "NextBlock of T2 leads back to T1", "… points to memory nobody watches"
};

[[nodiscard]] BlockTree block_tree(const History& history, const Cursor& at, RegionId root);
// The tree to show at an event: that of the current operation; empty before the first.
[[nodiscard]] BlockTree current_block_tree(const History& history, const Cursor& at);

[[nodiscard]] std::string_view to_text(BlockRole role);  // "new offload", "linker", "placeholder", "reference"
[[nodiscard]] std::string_view to_text(BlockType type);  // "PROTOCOL", "MINIPORT"

}  // namespace chimneylab::trace
