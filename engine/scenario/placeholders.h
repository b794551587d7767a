// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// {layer}, {block} and the like in the narration of a scenario: which there are. Values: narrator.h. Thread safe.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace chimneylab::scenario {

[[nodiscard]] std::span<const std::string_view> placeholder_names();  // without the braces
// The first {…} in a text that is no placeholder; empty when all are known. The braces of a tree, N1{P1}, are none.
[[nodiscard]] std::string unknown_placeholder(std::string_view text);

}  // namespace chimneylab::scenario
