// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A scenario's document, read and ready to be carried where there is no YAML library: the tree of engine/scenario/document.h
// as text, one node a line.
//
//     chimneylab plan 1
//     <kind> <line> <column> <quoted> <number>        then, for a scalar, <number> bytes and a line feed
//
// kind is '-' (nothing), 's' (a scalar, its bytes follow), 'l' (a list of <number> nodes) or 'm' (a mapping of <number> pairs
// of nodes); the nodes follow in their order. Places are those of the YAML file, so that messages name them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/scenario/document.h"

namespace chimneylab::windows {

[[nodiscard]] std::string write_plan(const scenario::Node& root);

// No value when the text is no plan, or is beyond the limits of a document.
[[nodiscard]] std::optional<scenario::Node> read_plan(std::string_view text, const scenario::DocumentLimits& limits = {});

}  // namespace chimneylab::windows
