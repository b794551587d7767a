// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Broken rules as JSON and as text: shared by run, show and verify.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/command_line/json_text.h"
#include "app/command_line/verbs.h"
#include "engine/scenario/scenario.h"
#include "engine/session/violations.h"
#include "engine/verifier/findings.h"

namespace chimneylab::command_line {

// The judgement of one trace.
struct Judgement {
    std::vector<verifier::Violation> violations;
    std::size_t left_out = 0;      // further ones of rules that were broken very often
    std::size_t rules_checked = 0;
    // Rules that the variant which was run declares it breaks; those are told as expected. `variant` is empty otherwise.
    std::string variant;
    std::vector<std::string> declared;

    void take_declaration(const scenario::Scenario* scenario, std::string_view name);  // nullptr: nothing is declared
    [[nodiscard]] bool silent() const { return violations.empty(); }
    [[nodiscard]] bool is_declared(std::string_view rule) const;
    [[nodiscard]] std::vector<std::string> declared_but_not_broken() const;
};

// The scenario that a session was recorded from, when the library still has it.
[[nodiscard]] std::optional<scenario::Scenario> scenario_of(const trace::Trace& trace);
[[nodiscard]] Judgement judge(const trace::Trace& trace, const verifier::VerifierOptions& options = {});

// For the session file.
[[nodiscard]] std::vector<session::StoredViolation> stored_violations(const Judgement& judgement,
                                                                      const trace::History& history);
// Puts "violations", "rules_checked" and, for a variant, "breaks" into a document.
void add_json(const Judgement& judgement, const trace::History& history, Json& document);
// The section "Broken rules".
void tell_violations(const Judgement& judgement, const trace::History& history, Console& console);

}  // namespace chimneylab::command_line
