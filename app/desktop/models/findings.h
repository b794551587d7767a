// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the checker found in a session, in the form in which the views ask for it: a row for each broken promise with its
// words ready, first causes with what followed from them, and quick answers to "is something broken at this event?".
// Also which rules the checker looks at an event for. Built on a worker thread together with the session, then only read.
#pragma once

#include <QString>
#include <span>
#include <string_view>
#include <vector>

#include "engine/trace/history.h"
#include "engine/verifier/violation.h"

namespace chimneylab::desktop {

struct Finding {
    QString rule;  // "IM-050"
    verifier::Severity severity = verifier::Severity::error;
    trace::EventId event;    // where it broke
    trace::EventId noticed;  // where that became certain
    trace::OperationId operation;
    trace::LayerIndex layer = trace::machine_layer;
    QString layer_name;
    trace::RegionId block;
    QString block_name;  // "T1"; empty: no block is concerned
    QString member;      // "SourceHandle"; empty: no member is concerned
    std::uint32_t offset = 0;
    QString expected, seen;            // bytes in memory order, empty when it is not about a value
    QString expected_text, seen_text;  // what they mean
    QString explanation;
    QString source;
    QString ladder;      // where on the ladder it is, drawn in one line; empty where it is nowhere on it
    QString ladder_text;  // … and said
    bool first_cause = true;
    [[nodiscard]] QString place() const;  // "T1.SourceHandle", "T1", "SourceHandle" or nothing
    [[nodiscard]] QString severity_text() const;
};

struct FindingGroup {
    std::uint32_t first_cause = 0;  // index into Findings::rows
    std::vector<std::uint32_t> consequences;
};

struct Findings {
    std::vector<Finding> rows;         // in the order of events
    std::vector<FindingGroup> groups;  // in the order of first causes
    std::vector<trace::EventId> events;  // where something is broken, each once, in order
    std::size_t rules_judged = 0;

    [[nodiscard]] bool any_at(trace::EventId event) const;
    // Rows of this event: [first, last).
    [[nodiscard]] std::pair<std::size_t, std::size_t> at(trace::EventId event) const;
    [[nodiscard]] trace::EventId next(trace::EventId from, int direction) const;  // none when there is none
};

// Judges the trace of the history. Linear in the trace; for the worker thread.
[[nodiscard]] Findings find_broken_promises(const trace::History& history);

// The rules that the checker holds against what happens at this event, in order; a conversion is judged at the call that
// follows it, and stands for that here.
[[nodiscard]] std::vector<std::string_view> rules_judged_at(const trace::History& history, trace::EventId event);

}  // namespace chimneylab::desktop
