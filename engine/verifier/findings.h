// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Violations as people and tables want them: each first cause with what followed from it, and each violation as one row
// whose values are all text. What the desktop, the command line and a session's table show is made here. Reads the trace
// only. Thread rule: that of History.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/verifier/ladder_position.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::verifier {

// Consequences of one rule, counted: a lost completion leaves every later tree unfinished.
struct CountedConsequence {
    std::uint32_t first = 0;  // index of the first of them
    std::size_t count = 0;
};

struct ViolationGroup {
    std::uint32_t first_cause = 0;             // index into the violations
    std::vector<std::uint32_t> consequences = {};   // likewise, in the order of events
    std::vector<CountedConsequence> counted = {};   // the same, one entry for each rule, in the order in which they began
};

// In the order of the first causes; every violation is in exactly one group.
[[nodiscard]] std::vector<ViolationGroup> group_by_first_cause(std::span<const Violation> violations);

struct ViolationRow {
    std::string_view rule, severity;  // "IM-050", "error"
    trace::EventId event, noticed;
    trace::OperationId operation;     // none: of no operation
    std::string_view operation_kind;  // "initiate"; empty: none
    std::string layer;                // "IM 1", "NDIS"
    std::string block;                // "T1", "call entry #7 of IM 1"; empty: no block is concerned
    std::string member;               // "SourceHandle"; empty: no member
    std::uint32_t offset = 0;
    std::string expected, seen;            // bytes in memory order: "38 a1 00 …"; empty: not about a value
    std::string expected_text, seen_text;  // what they mean
    std::string explanation;
    std::string_view source;
    bool first_cause = true;
    std::uint32_t cause = 0;  // index of the row that this one follows from; itself for a first cause
    LadderPosition ladder;
    std::string ladder_drawing, ladder_text;
};

// One row for each violation, in the same order.
[[nodiscard]] std::vector<ViolationRow> violation_rows(const trace::History& history,
                                                       std::span<const Violation> violations);

// The rules that were judged on a trace with these options: checked, not left out, and visible in a machine of its mode.
[[nodiscard]] std::vector<const Rule*> rules_judged(const trace::Trace& trace, const VerifierOptions& options = {});

// The identifier as the catalogue spells it: "im-50", "IM050" and "50" are IM-050. Empty when there is no such rule.
[[nodiscard]] std::string_view rule_id(std::string_view written);

}  // namespace chimneylab::verifier
