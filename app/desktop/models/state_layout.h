// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What follows a block in memory, by its Header.Type: neighbor, path or TCP state, const, cached, delegated or all three,
// each where the one before it ends, rounded up to its own alignment (engine/ddi/include/chimneylab/following_state.h).
// Offsets and sizes in bytes, from the end of the block. Pure, thread safe.
// Source: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", "Offload State Structures".
#pragma once

#include <QString>
#include <vector>

#include "engine/ddi/layout/layout.h"

namespace chimneylab::desktop {

struct StatePart {
    QString structure;  // "TCP_OFFLOAD_STATE_CONST"
    QString word;       // "const"
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
};

// Empty for a type that carries no state known here.
[[nodiscard]] std::vector<StatePart> state_layout(std::uint8_t header_type, layout::Arch arch);
struct StateMember {
    QString name;  // "TCP const: Flags"
    QString type;
    std::uint32_t offset = 0;  // from the end of the block
    std::uint32_t size = 0;    // members that share a byte as bit fields are one entry each, with the same place
};
// The members of everything that follows, in the order of their places; members of members where they have names.
[[nodiscard]] std::vector<StateMember> state_members(std::uint8_t header_type, layout::Arch arch);

// "neighbor", "path", "TCP"; empty for a type that is none of them.
[[nodiscard]] QString state_layer(std::uint8_t header_type);

}  // namespace chimneylab::desktop
