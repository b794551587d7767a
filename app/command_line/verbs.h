// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The command line as functions: each verb reads its options, writes to the streams it is given and returns the exit
// code.
//   0  done and nothing wrong
//   1  done and something to report: broken rules, leaks, failed expectations, something missing
//   2  bad input or bad usage; one clear line on the error stream for each problem: what, where, what to do
//   3  an internal fault
// Human text by default, one JSON document with --json. No verb keeps state; several may run in one process, one after
// the other (colour and signals are the program's).
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/command_line/terminal.h"
#include "engine/scenario/problem.h"

namespace chimneylab::session {
struct Problem;
}

namespace chimneylab::command_line {

enum ExitCode : int { exit_done = 0, exit_report = 1, exit_bad_input = 2, exit_fault = 3 };

// Where a verb writes, and how.
struct Console {
    std::ostream& out;
    std::ostream& err;
    Terminal terminal;  // colour and width of `out`
};

struct LayoutOptions {
    std::string structure;  // empty: all
    std::string arch = "x64";
    bool json = false;
};
int layout(const LayoutOptions& options, Console& console);

struct ScenariosOptions {
    std::string language;  // of the texts; empty: the environment's
    bool json = false;
};
int list_scenarios(const ScenariosOptions& options, Console& console);

struct RunVerbOptions {
    std::string scenario;  // id or path
    std::string variant;
    std::vector<std::string> drivers;  // from the top: files, or names of scenario::known_drivers()
    std::string schedule;   // empty: the scenario's own
    std::string choices;    // scenario::parse_choices; what comes then is in the order of fifo
    double time_limit = 0;  // seconds a run with drivers from files may take; 0: the usual
    std::string record;    // file to write the session to
    std::string language;  // that it is told in; empty: the environment's
    bool json = false;
    bool timing = false;  // measured times too; these differ from run to run
    bool all = false;     // narrate every event, not only the important ones
    std::vector<std::string> readings = {};  // strict ones of rules, by name; "all"
};
int run_scenario(const RunVerbOptions& options, Console& console);

struct ExploreOptions {
    std::string scenario;  // id or path
    std::string variant;
    std::vector<std::string> drivers;
    unsigned budget = 1000;  // schedules
    unsigned workers = 0;    // threads; 0: one for each processor
    std::uint64_t seed = 1;
    bool failures = true;
    bool reduction = true;
    bool json = false;
};
int explore_scenario(const ExploreOptions& options, Console& console);

struct NewDriverOptions {
    std::string name;  // of the folder to make, with or without a path before it
    bool json = false;
};
int new_driver(const NewDriverOptions& options, Console& console);

struct ShowOptions {
    std::string session;
    std::string language;  // as for run
    bool json = false;
    bool timing = false;
    bool all = false;
};
int show_session(const ShowOptions& options, Console& console);

struct RulesOptions {
    std::string rule;  // empty: the whole catalogue
    bool json = false;
};
int list_rules(const RulesOptions& options, Console& console);
// Refuses a rule that is not in the catalogue and names the nearest ones.
int unknown_rule(const std::string& written, Console& console);

struct VerifyOptions {
    std::string session;
    std::vector<std::string> without;  // rules that are not judged
    bool strict = true;                // rules that show only in traces of a strict machine
    std::vector<std::string> readings;  // strict ones, beside those of the run; "all"
    bool errors_only = false;          // no warnings and notes
    bool json = false;
};
int verify_session(const VerifyOptions& options, Console& console);
// The readings of these names; refuses a name that is none and gives no value.
std::optional<std::vector<std::string_view>> readings_named(const std::vector<std::string>& names, Console& console);

// A recorded session, or a scenario to run: by id or path.
struct TraceName {
    std::string name;
    std::string variant;   // of a scenario
    std::string schedule;  // of a scenario; empty: its own
};

struct StatsOptions {
    TraceName input;
    bool json = false;
    bool timing = false;  // measured times too
};
int tell_statistics(const StatsOptions& options, Console& console);

struct CompareOptions {
    std::string a, b;              // sessions or scenarios
    double threshold_percent = 5;  // change of a median that is tolerated
    bool timing = false;           // measured times instead of virtual ones
    bool no_times = false;         // only what happens
    bool json = false;
};
int compare_traces(const CompareOptions& options, Console& console);

struct ExportVerbOptions {
    TraceName input;
    std::string format;
    std::string file;
    bool timing = false;              // the measured clock instead of the virtual one
    std::int64_t from = -1, to = -1;  // events of the pictures; -1: from the first, to the last
};
int export_session(const ExportVerbOptions& options, Console& console);

struct ImportOptions {
    std::string file;     // that export wrote
    std::string session;  // to be written
};
int import_session(const ImportOptions& options, Console& console);
struct RecordOptions {
    std::string listen;
    std::string output;
    std::string token_file;
    unsigned sessions = 0;  // 0: until interrupted
    unsigned limit_mib = 0;  // 0: none
    bool json = false;
};
// Until so many sessions have ended, or SIGINT or SIGTERM, which the verb takes for itself while it runs.
int record_sessions(const RecordOptions& options, Console& console);

struct ReplayVerbOptions {
    std::string session;
    std::string connect;
    std::string token_file;
    double rate = 0;
    bool json = false;
};
int replay_session(const ReplayVerbOptions& options, Console& console);

// A session of an older format becomes one of the present format; the old file stays beside it.
int upgrade_session(const std::string& session, Console& console);

int doctor(bool json, Console& console);

// The directory that holds ndis.h, for -I.
int ddi_include(Console& console);

// One line for each problem on the error stream; returns exit_bad_input.
int refuse(std::span<const scenario::Problem> problems, Console& console);
int refuse(const std::string& what, const std::string& remedy, Console& console);
int refuse(const session::Problem& problem, Console& console);

// The whole program: arguments without the program's name.
int run_command_line(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
                     bool out_is_terminal);

}  // namespace chimneylab::command_line
