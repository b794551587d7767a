// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The compact notation of offload state trees: N1{P1{T1,T2},P2{T3}}. A name is a block of that object, braces hold the
// DependentBlockList, commas the NextBlock chain, _ is a placeholder. Whether a named block is a new offload, a linker
// or a plain reference is not written: it follows from what is offloaded when the step runs. Pages: "Offload State
// Tree", "Placeholders, Linkers, and New Offloads".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/scenario/problem.h"

namespace chimneylab::scenario {

enum class StateLayer : std::uint8_t { neighbor, path, connection };
[[nodiscard]] std::string_view to_text(StateLayer layer);

struct StateTree {
    // In the order in which blocks are visited: block, its dependents, its next sibling.
    struct Block {
        std::string object;  // empty: placeholder
        StateLayer layer = StateLayer::neighbor;
        std::int32_t parent = -1;  // index of the block whose dependent it is; -1 in the root chain
        std::int32_t depth = 0;
        int column = 0;  // 0-based position in the notation
    };
    std::vector<Block> blocks;

    [[nodiscard]] bool empty() const { return blocks.empty(); }
    [[nodiscard]] std::string to_text() const;
};

// `layer_of` tells which objects exist. Problems are placed at `where` plus the position in the notation.
[[nodiscard]] std::optional<StateTree> parse_state_tree(
    std::string_view notation, Location where,
    const std::function<std::optional<StateLayer>(std::string_view)>& layer_of,
    std::vector<std::string_view> object_names, Problems& problems);

}  // namespace chimneylab::scenario
