// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The rule catalogue: every promise that an intermediate driver, its neighbours and NDIS make to each other, in our own
// words, with where it is written, how well it is established, and whether the checker can see it in a trace.
// IM-001 … IM-123 concern chimney offload through intermediate drivers; INJ-001 … are no promises but injected faults that
// break some, listed so that what follows from them has a first cause; MEM-001 … are the misuses of memory, handles,
// levels and locks that the machine itself finds. A table fixed at compile time; thread safe.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/trace/event.h"

namespace chimneylab::verifier {

enum class Severity : std::uint8_t {
    fatal,    // memory corruption, misrouting or a hang
    error,    // the contract is broken
    warning,  // a recommendation is not followed, or robustness suffers
    note,
};

// How a rule is known: a bit set.
enum Evidence : std::uint8_t {
    documented = 1,  // a Microsoft page or a public header says so
    behaviour = 2,   // seen in release builds of NDIS
    inferred = 4,    // follows from the two above where the documents are silent
};

struct Rule {
    std::string_view id;  // "IM-050"
    Severity severity = Severity::error;
    std::uint8_t evidence = documented;
    std::string_view source;     // title of the page it comes from
    std::string_view statement;  // one sentence
    bool checked = false;
    std::string_view how;        // what the checker looks at; for a rule that is not checked, why not
    std::string_view scenarios;  // identifiers of the scenario library, separated by blanks
    bool strict_only = false;    // seen only in traces of a machine in strict mode
};

[[nodiscard]] std::span<const Rule> catalogue();           // in the order of the identifiers: IM, INJ, MEM
[[nodiscard]] const Rule* find(std::string_view id);       // nullptr: no such rule
[[nodiscard]] const Rule* rule_of(trace::FindingKind kind);  // the MEM rule that a machine finding breaks

[[nodiscard]] std::vector<std::string_view> scenarios_of(const Rule& rule);
[[nodiscard]] std::string_view to_text(Severity severity);  // "fatal", "error", "warning", "note"
[[nodiscard]] std::string_view evidence_text(const Rule& rule);  // "documented", "documented, inferred" …

}  // namespace chimneylab::verifier
