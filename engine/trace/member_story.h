// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The story of a member of a block list or of an NDIS_OFFLOAD_HANDLE: who writes it, who reads it, how long its value
// means something, which rules of the catalogue protect it and where that is written. For whoever points at a member and
// asks why. Data only, thread safe; rule identifiers are those of engine/verifier.
// Sources: the reference pages named in `source`; what those leave open follows the behaviour of release builds of NDIS.
#pragma once

#include <string_view>

#include "engine/trace/member_layout.h"

namespace chimneylab::trace {

struct MemberStory {
    std::string_view writer;
    std::string_view reader;
    std::string_view lifetime;
    std::string_view rules;   // identifiers separated by blanks: "IM-050 IM-101"; may be empty
    std::string_view source;  // title of the page
};

// nullptr where nothing is published: a driver's own memory, an offset between members, state behind a block.
// `type` tells the two names of slots A and B apart; it does not matter for other members.
[[nodiscard]] const MemberStory* member_story(RegionKind kind, BlockType type, std::uint32_t offset);

}  // namespace chimneylab::trace
