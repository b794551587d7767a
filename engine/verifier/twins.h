// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Promises that stand in more than one catalogue. What the rules for intermediate drivers ask of "a driver" the other two ask
// of the host stack and of the offload target by name; one unit looks, and a violation carries the name of the rule of
// whoever broke it. Fixed at compile time; thread safe.
#pragma once

#include <span>
#include <string_view>

#include "engine/trace/event.h"

namespace chimneylab::verifier {

struct Twin {
    std::string_view rule;  // under which the unit is registered: "IM-049"
    trace::LayerRole role = trace::LayerRole::host_stack;
    std::string_view twin;  // what it is when a driver of this role breaks it: "OT-009"
};

[[nodiscard]] std::span<const Twin> twins();
[[nodiscard]] std::string_view twin_of(std::string_view rule, trace::LayerRole role);  // empty: the rule has none there

}  // namespace chimneylab::verifier
