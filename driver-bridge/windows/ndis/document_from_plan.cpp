// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// parse_document for ndis.sys, which has no YAML library: the text is a plan.
#include "driver-bridge/windows/plan/plan.h"
#include "engine/scenario/document.h"

namespace chimneylab::scenario {

std::string_view Node::kind_name() const {
    switch (kind) {
        case Kind::null: return "nothing";
        case Kind::scalar: return "a single value";
        case Kind::sequence: return "a list";
        case Kind::mapping: return "a mapping";
    }
    return "nothing";
}

std::optional<Node> parse_document(std::string_view text, Problems& problems, const DocumentLimits& limits) {
    std::optional<Node> root = windows::read_plan(text, limits);
    if (!root) problems.add({}, "this is no plan of a scenario", "Make one with chimneylab-windows-plan, of the same build as this ndis.sys.");
    return root;
}

}  // namespace chimneylab::scenario
