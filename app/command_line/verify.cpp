// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>

#include "app/command_line/run_report.h"
#include "app/command_line/tell.h"
#include "app/command_line/verbs.h"
#include "app/command_line/violation_report.h"
#include "engine/session/session.h"
#include "engine/trace/fingerprint.h"
#include "engine/verifier/strict_readings.h"

namespace chimneylab::command_line {

std::optional<std::vector<std::string_view>> readings_named(const std::vector<std::string>& names, Console& console) {
    std::vector<std::string_view> readings;
    for (const std::string& name : names) {
        const verifier::StrictReading* known = verifier::find_strict_reading(name);
        if (known) readings.push_back(known->name);
        if (known || name == "all") continue;
        std::vector<std::string_view> all;
        for (const verifier::StrictReading& each : verifier::strict_readings()) all.push_back(each.name);
        refuse("there is no strict reading " + scenario::in_quotes(name), scenario::suggest(name, all), console);
        return std::nullopt;
    }
    if (std::find(names.begin(), names.end(), "all") != names.end()) {
        readings.clear();
        for (const verifier::StrictReading& each : verifier::strict_readings()) readings.push_back(each.name);
    }
    return readings;
}

int verify_session(const VerifyOptions& options, Console& console) {
    verifier::VerifierOptions rules;
    rules.strict_rules = options.strict;
    rules.warnings = !options.errors_only;
    for (const std::string& written : options.without) {
        const std::string_view id = verifier::rule_id(written);
        if (id.empty()) return unknown_rule(written, console);
        rules.without.push_back(id);
    }
    const auto readings = readings_named(options.readings, console);
    if (!readings) return exit_bad_input;
    rules.strict = *readings;
    std::string notice;
    const std::variant<trace::Trace, session::Problem> loaded = session::load(options.session, &notice);
    if (const auto* problem = std::get_if<session::Problem>(&loaded)) return refuse(*problem, console);
    const trace::Trace& trace = std::get<trace::Trace>(loaded);
    if (!notice.empty()) console.err << "chimneylab-cli: " << printable(options.session) << ": " << printable(notice) << "\n";
    const trace::History history(trace);
    Judgement judgement = judge(trace, rules);
    const std::optional<scenario::Scenario> own = scenario_of(trace);
    judgement.take_declaration(own ? &*own : nullptr, trace.description().variant);
    if (options.json) {
        const trace::RunDescription& run = trace.description();
        Json json{{"session", options.session},
                  {"scenario", run.scenario},
                  {"variant", run.variant},
                  {"schedule", run.schedule},
                  {"mode", run.mode},
                  {"fingerprint", trace::fingerprint_text(trace::fingerprint(trace))},
                  {"events", trace.size()},
                  {"notice", notice}};
        add_json(judgement, history, json);
        console.out << json_text(json);
    } else {
        tell_heading(history, nullptr, console);
        tell_violations(judgement, history, console);
    }
    return judgement.silent() ? exit_done : exit_report;
}

}  // namespace chimneylab::command_line
