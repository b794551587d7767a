// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "app/command_line/run_report.h"
#include "app/command_line/tell.h"
#include "app/command_line/verbs.h"
#include "engine/session/session.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/text.h"

namespace chimneylab::command_line {

int show_session(const ShowOptions& options, Console& console) {
    const std::variant<trace::Trace, session::Problem> loaded = session::load(options.session);
    if (const auto* problem = std::get_if<session::Problem>(&loaded)) {
        console.err << "chimneylab-cli: " << printable(problem->to_text()) << "\n";
        return exit_bad_input;
    }
    const trace::Trace& trace = std::get<trace::Trace>(loaded);
    const trace::History history(trace);
    Judgement judgement = judge(trace);
    // The scenario's own words, and what its variant declares, when the library still has it.
    const std::optional<scenario::Scenario> own = scenario_of(trace);
    const scenario::Scenario* scenario = own ? &*own : nullptr;
    judgement.take_declaration(scenario, trace.description().variant);
    const bool findings = history.next(trace::Landmark::finding, trace::EventId()).valid() || !judgement.silent();
    if (options.json) {
        Json json = trace_json(history, options.timing);
        add_json(judgement, history, json);
        console.out << json_text(json);
        return findings ? exit_report : exit_done;
    }
    tell_heading(history, scenario, console);
    tell_events(history, scenario, {options.all, options.timing}, console);
    tell_ledger(history, console);
    tell_violations(judgement, history, console);
    console.out << "\n"
                << fmt::format("{} events, {} conversions, fingerprint {}\n", trace.size(),
                               history.conversions().size(), trace::fingerprint_text(trace::fingerprint(trace)));
    return findings ? exit_report : exit_done;
}

}  // namespace chimneylab::command_line
