// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "app/command_line/run_report.h"
#include "app/command_line/tell.h"
#include "app/command_line/told_scenario.h"
#include "app/command_line/verbs.h"
#include "engine/session/notes.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/text.h"

namespace chimneylab::command_line {

int show_session(const ShowOptions& options, Console& console) {
    const std::variant<session::Opened, session::Problem> loaded = session::open(options.session);
    if (const auto* problem = std::get_if<session::Problem>(&loaded)) return refuse(*problem, console);
    const session::Opened& opened = std::get<session::Opened>(loaded);
    const trace::Trace& trace = opened.trace;
    // What is whole is told all the same.
    if (!opened.notice.empty()) console.err << "chimneylab-cli: " << printable(options.session) << ": " << printable(opened.notice) << "\n";
    const trace::History history(trace);
    Judgement judgement = judge(trace);
    // The scenario's own words, and what its variant declares, when the library still has it.
    const std::optional<scenario::Scenario> own = scenario_of(trace);
    const scenario::Scenario* scenario = own ? &*own : nullptr;
    judgement.take_declaration(scenario, trace.description().variant);
    const bool findings = opened.condition == session::Condition::damaged || history.next(trace::Landmark::finding, trace::EventId()).valid() || !judgement.silent();
    if (options.json) {
        Json json = trace_json(history, options.timing);
        json["notice"] = opened.notice;
        add_json(judgement, history, json);
        console.out << json_text(json);
        return findings ? exit_report : exit_done;
    }
    const std::optional<scenario::Scenario> told = own ? std::optional(told_in(options.language, *own, console)) : std::nullopt;
    tell_heading(history, told ? &*told : nullptr, console);
    tell_events(history, told ? &*told : nullptr, {options.all, options.timing}, console);
    tell_ledger(history, console);
    tell_violations(judgement, history, console);
    console.out << "\n"
                << fmt::format("{} events, {} conversions, fingerprint {}\n", trace.size(),
                               history.conversions().size(), trace::fingerprint_text(trace::fingerprint(trace)));
    return findings ? exit_report : exit_done;
}

int upgrade_session(const std::string& session, Console& console) {
    const auto upgraded = session::upgrade(session);
    if (const auto* problem = std::get_if<session::Problem>(&upgraded)) return refuse(*problem, console);
    const auto& backup = std::get<0>(upgraded);
    if (backup)
        console.out << printable(session) << " is of the present format now; as it was it is in "
                    << printable(backup->string()) << ".\n";
    else
        console.out << printable(session) << " is of the present format already.\n";
    return exit_done;
}

}  // namespace chimneylab::command_line
