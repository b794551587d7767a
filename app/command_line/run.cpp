// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/run.h"

#include "app/command_line/finished_run.h"
#include "app/command_line/run_report.h"
#include "app/command_line/tell.h"
#include "app/command_line/told_scenario.h"
#include "app/command_line/verbs.h"
#include "engine/scenario/library.h"
#include "engine/session/violations.h"
#include "engine/session/writer.h"

namespace chimneylab::command_line {

int run_scenario(const RunVerbOptions& options, Console& console) {
    const auto readings = readings_named(options.readings, console);
    if (!readings) return exit_bad_input;
    const scenario::Loaded loaded = scenario::find_scenario(options.scenario);
    if (!loaded.scenario) return refuse(loaded.problems, console);

    // A run in this process goes to the disk while it goes on: whatever happens, the session is there.
    session::RunRecording recording(options.record);
    const FinishedRun run = finish_run(*loaded.scenario, options, &recording);
    const scenario::RunResult& result = run.result;
    if (!result.problems.empty()) return refuse(result.problems, console);

    // Before anything is told: what is asked for is the file as well as the words.
    if (!options.record.empty()) {
        if (const auto problem = recording.finish(result.trace, result.fingerprint)) return refuse(*problem, console);
    }
    const trace::History history(result.trace);
    Judgement judgement = judge(result.trace, {.without = {}, .strict = *readings});
    judgement.take_declaration(&*loaded.scenario, options.variant);
    if (!options.record.empty() && !judgement.silent()) {
        const auto rows = stored_violations(judgement, history);
        if (const auto problem = session::store_violations(options.record, rows)) return refuse(*problem, console);
    }
    if (options.json) {
        Json json = run_json(result, history, judgement, options.timing);
        add_crash_json(run, history, json);
        console.out << json_text(json);
    } else {
        const scenario::Scenario told = told_in(options.language, *loaded.scenario, console);
        tell_heading(history, &told, console);
        tell_events(history, &told, {options.all, options.timing}, console);
        tell_crash(run, history, console);
        tell_outcome(result, history, judgement, console);
    }
    if (!options.record.empty() && !options.json) {
        console.out << "The session is in " << printable(options.record) << ".\n";
    }
    if (result.crashed) {
        console.err << "chimneylab-cli: internal fault while the scenario ran: " << printable(result.failure) << "\n";
        return exit_fault;
    }
    if (const int code = run.exit_code(); code != exit_done) return code;
    return judgement.silent() ? exit_done : exit_report;
}

}  // namespace chimneylab::command_line
