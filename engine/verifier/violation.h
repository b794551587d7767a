// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One broken promise: which rule, at which event, by whom, at which member of which block, what should have been there and
// what was, in a sentence for somebody who is learning the subject. Values as bytes are in memory order (little-endian).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/verifier/rules.h"

namespace chimneylab::verifier {

struct Violation {
    std::string_view rule;  // "IM-050"; static storage
    std::string_view checked_as;  // the rule whose unit found it: the same, or that of which this is a twin
    Severity severity = Severity::error;
    trace::EventId event;            // where it broke
    trace::EventId noticed;          // when that became certain: the same, or later (a call entry that is never released)
    trace::OperationId operation;    // none when it belongs to none
    trace::OperationKind operation_kind = trace::OperationKind::none;
    trace::LayerIndex layer = trace::machine_layer;  // whose promise it was
    trace::RegionId block;           // the block (or handle, entry, NET_BUFFER_LIST) concerned; none when there is none
    std::string member;              // "SourceHandle"; empty when no member is concerned
    std::uint32_t offset = 0;        // of the member in the region
    std::vector<std::byte> expected, seen;      // empty when the rule is not about a value
    std::string expected_text, seen_text;       // what those values mean
    std::string explanation;
    std::string_view source;         // title of the page
    std::uint32_t cause = 0;         // index in the list of the violation this one follows from; itself for a first cause
    bool first_cause = true;
};

}  // namespace chimneylab::verifier
