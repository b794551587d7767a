// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Judges a trace: plays it once, shows every moment to the units of all rules, and lists what they found in the order of
// events, first causes marked and consequences grouped under them. Reads nothing but the trace, so it judges a run, a file
// and a live session alike.
//
//     for (const Violation& violation : verify(trace)) …
//
//     Verifier verifier(trace);        // while a trace grows: extend() as often as wanted
//     verifier.extend();
//
// The trace must be sound (trace::integrity_problem), outlive the verifier and stay where it is. Not thread safe.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/trace/trace.h"
#include "engine/verifier/violation.h"

namespace chimneylab::verifier {

struct VerifierOptions {
    bool machine_findings = true;     // what the machine found, as MEM rules
    bool strict_rules = true;         // rules that only a strict machine makes visible
    bool warnings = true;             // false: errors and fatal ones only
    std::vector<std::string_view> without;  // identifiers of rules to leave out
    std::vector<std::string_view> strict = {};  // strict readings beside those of the run (strict_readings.h)
    std::size_t most_per_rule = 1000;  // further ones are counted, not described
};

class Verifier {
public:
    explicit Verifier(const trace::Trace& trace, VerifierOptions options = {});
    ~Verifier();
    Verifier(Verifier&&) noexcept;
    Verifier& operator=(Verifier&&) noexcept;

    // Takes in what was appended since. True when violations were added.
    bool extend();
    // At most so many events, for whoever wants to stop on the way or to tell how far it is. False: there are none left.
    bool extend(std::uint32_t most);
    [[nodiscard]] std::span<const Violation> violations() const;
    [[nodiscard]] std::size_t left_out() const;  // violations beyond most_per_rule

private:
    class Inside;
    std::unique_ptr<Inside> inside_;
};

[[nodiscard]] std::vector<Violation> verify(const trace::Trace& trace, const VerifierOptions& options = {});

}  // namespace chimneylab::verifier
