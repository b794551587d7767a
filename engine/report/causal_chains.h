// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A trace taken apart into chains of events that follow from each other, each event with a key that says what happened
// but not where in memory, when, or in which order among the others. Internal to the comparison. Not thread safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/trace/history.h"

namespace chimneylab::report {

struct Link {
    trace::EventId event;
    std::uint64_t key = 0;
};

using Chains = std::map<std::string, std::vector<Link>>;

[[nodiscard]] Chains causal_chains(const trace::History& history);

// The parts that the key of an event is made of, to say in which one two events differ.
struct KeyPart {
    std::string name;   // "function", "layer", "SourceHandle of N1"
    std::string value;
};
[[nodiscard]] std::vector<KeyPart> key_parts(const trace::History& history, trace::EventId event);

}  // namespace chimneylab::report
