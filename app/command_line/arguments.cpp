// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The verbs' options. Bad usage is one line on the error stream and exit code 2.
#include <CLI/CLI.hpp>

#include <algorithm>

#include "app/command_line/verbs.h"
#include "app/command_line/version.h"
#include "engine/scenario/languages.h"
#include "engine/session/session.h"

namespace chimneylab::command_line {

const char* version_text() { return CHIMNEYLAB_VERSION; }

int refuse(std::span<const scenario::Problem> problems, Console& console) {
    for (const scenario::Problem& problem : problems) console.err << printable(console.terminal.as_typed(problem.to_text())) << "\n";
    return exit_bad_input;
}

int refuse(const std::string& what, const std::string& remedy, Console& console) {
    const scenario::Problem problem{"chimneylab-cli", 0, 0, what, remedy};
    return refuse({&problem, 1}, console);
}

int refuse(const session::Problem& problem, Console& console) {
    console.err << "chimneylab-cli: " << printable(console.terminal.as_typed(problem.to_text())) << "\n";
    return exit_bad_input;
}

namespace {

void add_run_choice(CLI::App* verb, TraceName& name) {
    verb->add_option("--variant", name.variant, "A variant of the scenario");
    verb->add_option("--schedule", name.schedule, "Order of pending work: fifo, lifo or seed:N");
}

void add_language(CLI::App* verb, std::string& language) {
    std::vector<std::string> codes;
    for (const scenario::Language& each : scenario::languages()) codes.emplace_back(each.code);
    verb->add_option("--language", language, "Of the scenario's texts: en, ja or sv (the environment's if it is one of them)")
        ->check(CLI::IsMember(codes));
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
                     bool out_is_terminal) {
    CLI::App app{"ChimneyLab: what happens to an offload block list on its way through NDIS and intermediate drivers.",
                 "chimneylab-cli"};
    app.require_subcommand(0, 1);
    app.failure_message(CLI::FailureMessage::simple);

    std::string color = "auto";
    app.add_option("--color", color, "auto, always or never")->check(CLI::IsMember({"auto", "always", "never"}));
    bool version = false, include = false;
    app.add_flag("--version", version, "Print the version");
    app.add_flag("--ddi-include", include, "Print the directory of ndis.h, for the compiler's -I");
    app.fallthrough();

    LayoutOptions layout_options;
    CLI::App* layout_verb = app.add_subcommand("layout", "Member, offset and size of the DDI structures");
    layout_verb->add_option("STRUCT", layout_options.structure, "One structure, e.g. NDIS_MINIPORT_OFFLOAD_BLOCK_LIST");
    layout_verb->add_option("--arch", layout_options.arch, "x64 or x86");
    layout_verb->add_flag("--json", layout_options.json, "One JSON document");

    ScenariosOptions scenarios_options;
    CLI::App* scenarios_verb = app.add_subcommand("scenarios", "The scenario library");
    add_language(scenarios_verb, scenarios_options.language);
    scenarios_verb->add_flag("--json", scenarios_options.json, "One JSON document");

    RunVerbOptions run_options;
    CLI::App* run_verb = app.add_subcommand("run", "Run a scenario to its end and tell what happened");
    run_verb->add_option("SCENARIO", run_options.scenario, "An id of the library, e.g. m1, or the path of a file")
        ->required();
    run_verb->add_option("--variant", run_options.variant, "A variant of the scenario");
    run_verb->add_option("--driver", run_options.drivers,
                         "For the topmost intermediate driver: a shared object compiled against --ddi-include, or a driver "
                         "that scenarios can name; again for the ones below. It runs in a process of its own")
        ->type_name("FILE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    run_verb->add_option("--time-limit", run_options.time_limit,
                         "Seconds after which a driver from a file is stopped (usually 8)")
        ->check(CLI::Range(0.5, 3600.0));
    run_verb->add_option("--schedule", run_options.schedule, "Order of pending work: fifo, lifo or seed:N");
    run_verb->add_option("--choices", run_options.choices, "What is taken at each point where something is pending, as explore tells it");
    run_verb->add_option("--strict-reading", run_options.readings,
                            "Judge by a strict reading of a rule too, e.g. inside-handler, or by all; may be repeated")
        ->type_name("NAME")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    run_verb->add_option("--record", run_options.record, "Write the session to this file");
    run_verb->add_flag("--json", run_options.json, "One JSON document");
    add_language(run_verb, run_options.language);
    run_verb->add_flag("--all", run_options.all, "Tell every event, not only the important ones");
    run_verb->add_flag("--timing", run_options.timing, "Measured times too (they differ from run to run)");

    ExploreOptions explore_options;
    CLI::App* explore_verb = app.add_subcommand("explore", "Look for an order of events in which a driver breaks a rule");
    explore_verb->add_option("SCENARIO", explore_options.scenario, "An id of the library, e.g. m1, or the path of a file")->required();
    explore_verb->add_option("--variant", explore_options.variant, "A variant of the scenario");
    explore_verb->add_option("--driver", explore_options.drivers, "As for run: for the topmost intermediate driver, again for the ones below")
        ->type_name("FILE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    explore_verb->add_option("--budget", explore_options.budget, "Schedules to run, besides those that shorten what was found (usually 1000)")
        ->check(CLI::Range(1, 10'000'000));
    explore_verb->add_option("--workers", explore_options.workers, "Threads (usually one for each processor); they change the time, not the answer")
        ->check(CLI::Range(1, 16));
    explore_verb->add_flag("!--no-reduction", explore_options.reduction, "Run every order, even those that come to the same state as another");
    explore_verb->add_option("--seed", explore_options.seed, "Of the random part (usually 1)");
    explore_verb->add_flag("!--no-failures", explore_options.failures, "Other orders only: nothing fails at the target, no allocation fails");
    explore_verb->add_flag("--json", explore_options.json, "One JSON document");

    ShowOptions show_options;
    CLI::App* show_verb = app.add_subcommand("show", "Tell a recorded session");
    show_verb->add_option("SESSION", show_options.session, "A file written by run --record")->required();
    add_language(show_verb, show_options.language);
    show_verb->add_flag("--json", show_options.json, "One JSON document");
    show_verb->add_flag("--all", show_options.all, "Tell every event, not only the important ones");
    show_verb->add_flag("--timing", show_options.timing, "Measured times too");

    RulesOptions rules_options;
    CLI::App* rules_verb = app.add_subcommand("rules", "The rules that drivers and NDIS must keep");
    rules_verb->add_option("ID", rules_options.rule, "One rule in full, e.g. IM-050");
    rules_verb->add_flag("--json", rules_options.json, "One JSON document");

    VerifyOptions verify_options;
    CLI::App* verify_verb = app.add_subcommand("verify", "Judge a recorded session by the rules");
    verify_verb->add_option("SESSION", verify_options.session, "A file written by run --record")->required();
    verify_verb->add_option("--without", verify_options.without, "Leave out this rule; may be repeated")
        ->allow_extra_args(false);
    verify_verb->add_flag("--strict,!--no-strict", verify_options.strict,
                          "Also rules that show only in sessions of a strict machine (the default)");
    verify_verb->add_option("--strict-reading", verify_options.readings,
                            "Judge by a strict reading of a rule too, e.g. inside-handler, or by all; may be repeated")
        ->type_name("NAME")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    verify_verb->add_flag("--errors-only", verify_options.errors_only, "No warnings and notes");
    verify_verb->add_flag("--json", verify_options.json, "One JSON document");

    StatsOptions stats_options;
    CLI::App* stats_verb = app.add_subcommand("stats", "Times, occupancy and throughput of a session or a scenario");
    stats_verb->add_option("SESSION", stats_options.input.name, "A recorded session, or a scenario to run")->required();
    add_run_choice(stats_verb, stats_options.input);
    stats_verb->add_flag("--json", stats_options.json, "One JSON document");
    stats_verb->add_flag("--timing", stats_options.timing, "Measured times too, beside what recording costs");

    CompareOptions compare_options;
    CLI::App* compare_verb = app.add_subcommand("compare", "Two sessions, aligned by causal order: where they part");
    compare_verb->add_option("A", compare_options.a, "A recorded session, or a scenario to run")->required();
    compare_verb->add_option("B", compare_options.b, "Another one")->required();
    compare_verb->add_option("--threshold", compare_options.threshold_percent,
                             "Change of a median time that is tolerated, in per cent (5)");
    compare_verb->add_flag("--timing", compare_options.timing, "Compare measured times, with confidence, not virtual ones");
    compare_verb->add_flag("--no-times", compare_options.no_times, "Compare only what happens");
    compare_verb->add_flag("--json", compare_options.json, "One JSON document");

    ExportVerbOptions export_options;
    CLI::App* export_verb = app.add_subcommand("export", "A session for other programs, and for people");
    export_verb->add_option("SESSION", export_options.input.name, "A recorded session, or a scenario to run")->required();
    add_run_choice(export_verb, export_options.input);
    export_verb->add_option("--format", export_options.format, "perfetto, csv, json, html, svg, pcapng or ctf")->required();
    export_verb->add_option("-o,--output", export_options.file, "The file to write (ctf: a directory)")->required();
    export_verb->add_flag("--timing", export_options.timing, "Measured times instead of virtual ones");
    export_verb->add_option("--from", export_options.from, "First event of the picture (svg, html)")->check(CLI::NonNegativeNumber);
    export_verb->add_option("--to", export_options.to, "Last event of the picture (svg, html)")->check(CLI::NonNegativeNumber);

    ImportOptions import_options;
    CLI::App* import_verb = app.add_subcommand("import", "An exported perfetto, csv or json file back into a session");
    import_verb->add_option("FILE", import_options.file, "A file that export wrote")->required();
    import_verb->add_option("-o,--output", import_options.session, "The session to write")->required();
    NewDriverOptions new_driver_options;
    CLI::App* new_driver_verb = app.add_subcommand("new-driver", "Begin a driver of your own: a folder that builds and runs");
    new_driver_verb->add_option("NAME", new_driver_options.name, "The folder to make; its last part is the driver's name")->required();
    new_driver_verb->add_flag("--json", new_driver_options.json, "One JSON document");

    RecordOptions record_options;
    CLI::App* record_verb = app.add_subcommand("record", "Record the sessions of live producers");
    record_verb->add_option("--listen", record_options.listen, "tcp:ADDRESS:PORT (port 0: any) or unix:PATH")->required();
    record_verb->add_option("-o,--output", record_options.output, "The session file; later ones get -2, -3 …")->required();
    record_verb->add_option("--token-file", record_options.token_file, "Only producers with this file's line may connect");
    record_verb->add_option("--sessions", record_options.sessions, "End after so many sessions, not only with Ctrl-C")
        ->check(CLI::Range(1u, 1'000'000u));
    record_verb->add_option("--limit", record_options.limit_mib, "What one session may hold before it is packed, MiB (no limit)")
        ->check(CLI::Range(1u, 1u << 20));
    record_verb->add_flag("--json", record_options.json, "One JSON document at the end; progress goes to the error stream");

    ReplayVerbOptions replay_options;
    CLI::App* replay_verb = app.add_subcommand("replay", "Send a recorded session to a recorder, as a live driver would");
    replay_verb->add_option("SESSION", replay_options.session, "A session file")->required();
    replay_verb->add_option("--connect", replay_options.connect, "Where the recorder listens, e.g. tcp:127.0.0.1:4710")
        ->required();
    replay_verb->add_option("--token-file", replay_options.token_file, "The recorder's token");
    replay_verb->add_option("--rate", replay_options.rate, "Events in a second; without it as fast as they go")
        ->check(CLI::Range(0.01, 1e9));
    replay_verb->add_flag("--json", replay_options.json, "One JSON document");

    std::string upgrade_file;
    CLI::App* upgrade_verb = app.add_subcommand("upgrade", "Bring a session of an older format to the present one");
    upgrade_verb->add_option("SESSION", upgrade_file, "Its old self stays beside it")->required();

    bool doctor_json = false;
    CLI::App* doctor_verb = app.add_subcommand("doctor", "What is installed, what is missing, what to do");
    doctor_verb->add_flag("--json", doctor_json, "One JSON document");

    Console console{out, err, make_terminal(ColorWish::automatic, out_is_terminal)};
    try {
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // what CLI11 wants
        app.parse(std::move(reversed));
    } catch (const CLI::CallForHelp&) {
        const auto chosen = app.get_subcommands();
        out << (chosen.empty() ? app.help() : chosen.front()->help());
        return exit_done;
    } catch (const CLI::ParseError& error) {
        std::string what = error.what();
        std::replace(what.begin(), what.end(), '\n', ' ');
        // An argument that is not expected is most often a misspelt verb.
        const auto chosen = app.get_subcommands();
        std::string remedy = chosen.empty() ? "'chimneylab-cli --help' lists the verbs and their options."
                                            : "'chimneylab-cli " + chosen.front()->get_name() + " --help' tells what it takes.";
        static constexpr std::string_view verbs[] = {"layout", "scenarios", "run", "explore", "show", "rules", "verify", "stats", "compare", "export", "import", "new-driver", "record", "replay", "upgrade", "doctor"};
        if (chosen.empty() && !arguments.empty() && !arguments.front().starts_with("-")) {
            const std::string suggestion = scenario::suggest(arguments.front(), verbs);
            what = "there is no verb " + scenario::in_quotes(arguments.front());
            remedy = suggestion;
        }
        return refuse(what, remedy, console);
    }
    console.terminal = make_terminal(color == "always"  ? ColorWish::always
                                     : color == "never" ? ColorWish::never
                                                        : ColorWish::automatic,
                                     out_is_terminal);

    if (version) {
        out << "chimneylab-cli " << version_text() << "\n";
        return exit_done;
    }
    if (include) return ddi_include(console);
    if (*layout_verb) return layout(layout_options, console);
    if (*scenarios_verb) return list_scenarios(scenarios_options, console);
    if (*run_verb) return run_scenario(run_options, console);
    if (*explore_verb) return explore_scenario(explore_options, console);
    if (*show_verb) return show_session(show_options, console);
    if (*rules_verb) return list_rules(rules_options, console);
    if (*verify_verb) return verify_session(verify_options, console);
    if (*stats_verb) return tell_statistics(stats_options, console);
    if (*compare_verb) return compare_traces(compare_options, console);
    if (*export_verb) return export_session(export_options, console);
    if (*import_verb) return import_session(import_options, console);
    if (*new_driver_verb) return new_driver(new_driver_options, console);
    if (*record_verb) return record_sessions(record_options, console);
    if (*replay_verb) return replay_session(replay_options, console);
    if (*upgrade_verb) return upgrade_session(upgrade_file, console);
    if (*doctor_verb) return doctor(doctor_json, console);
    return refuse("no verb was given",
                  "'chimneylab-cli --help' lists them; 'chimneylab-cli run m1' is a good beginning.", console);
}

}  // namespace chimneylab::command_line
