// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/explorer.h"

#include <fmt/format.h>

#include "app/command_line/json_text.h"
#include "app/command_line/tell.h"
#include "app/command_line/verbs.h"
#include "app/command_line/version.h"
#include "driver-bridge/host_client/run_in_host.h"
#include "engine/scenario/choices.h"
#include "engine/scenario/library.h"

namespace chimneylab::command_line {

namespace {

explorer::Runner in_the_host(const ExploreOptions& options) {
    return [&options](const std::vector<scenario::Choice>& choices) {
        driver_host::HostRequest request;
        request.scenario = options.scenario;
        request.variant = options.variant;
        request.drivers = options.drivers;
        request.schedule = "fifo";
        request.producer = std::string("chimneylab-cli ") + version_text();
        request.choices = choices;
        request.schedule_goes_on = true;
        request.every_point = true;
        driver_host::HostRun run = driver_host::run_in_host(request);
        explorer::Outcome outcome;
        outcome.result = std::move(run.result);
        if (run.crash) {
            outcome.crash = run.crash->explanation();
            outcome.crashed_layer = run.crash->layer;
        }
        return outcome;
    };
}

std::string command(const ExploreOptions& options, const explorer::Found& found) {
    std::string text = "chimneylab-cli run " + options.scenario;
    if (!options.variant.empty()) text += " --variant '" + options.variant + "'";
    for (const std::string& driver : options.drivers) text += " --driver " + driver;
    return text + (found.choices.empty() ? " --schedule fifo" : " --choices '" + scenario::to_text(found.choices) + "'");
}

Json found_json(const ExploreOptions& options, const explorer::Found& found) {
    return {{"rule", found.rule.empty() ? Json(nullptr) : Json(found.rule)},
            {"severity", verifier::to_text(found.severity)},
            {"layer", found.layer_name},
            {"explanation", found.explanation},
            {"deviations", found.deviations},
            {"choices", scenario::to_text(found.choices)},
            {"seen_in_runs", found.seen_in},
            {"command", command(options, found)}};
}

}  // namespace

int explore_scenario(const ExploreOptions& options, Console& console) {
    const scenario::Loaded loaded = scenario::find_scenario(options.scenario);
    if (!loaded.scenario) return refuse(loaded.problems, console);
    explorer::Options search;
    search.budget = options.budget;
    search.seed = options.seed;
    search.failures = options.failures;
    const bool elsewhere = !options.drivers.empty() || scenario::needs_driver_host(*loaded.scenario, options.variant);
    const explorer::Runner runner = elsewhere ? in_the_host(options) : explorer::in_this_process(*loaded.scenario, options.variant);
    const explorer::Exploration exploration = explorer::explore(runner, search);
    if (!exploration.problems.empty()) return refuse(exploration.problems, console);

    if (options.json) {
        Json found = Json::array();
        for (const explorer::Found& each : exploration.found) found.push_back(found_json(options, each));
        console.out << json_text({{"scenario", loaded.scenario->id},
                                  {"variant", options.variant.empty() ? Json(nullptr) : Json(options.variant)},
                                  {"runs", exploration.runs},
                                  {"different_runs", exploration.different},
                                  {"choice_points", exploration.points},
                                  {"complete_up_to_deviations", exploration.complete_up_to},
                                  {"found", std::move(found)}});
    } else {
        console.out << fmt::format("{} runs, {} of them different; {} choices in the textbook order; all with up to {} deviation{} were tried\n",
                                   exploration.runs, exploration.different, exploration.points, exploration.complete_up_to,
                                   exploration.complete_up_to == 1 ? "" : "s");
        if (exploration.found.empty()) console.out << "No rule was broken.\n";
        for (const explorer::Found& each : exploration.found) {
            console.out << fmt::format("\n{} {}, {} (in {} run{})\n", console.terminal.in(Tone::bad, "✗"),
                                       each.rule.empty() ? "crash" : each.rule, printable(each.layer_name), each.seen_in, each.seen_in == 1 ? "" : "s");
            console.out << folded(printable(each.explanation), console.terminal.width, "    ", "    ") << "\n";
            if (each.deviations.empty()) console.out << "    In the textbook order already.\n";
            for (const std::string& deviation : each.deviations)
                console.out << folded(printable(deviation), console.terminal.width, "    · ", "      ") << "\n";
            console.out << "    " << printable(command(options, each)) << "\n";
        }
    }
    return exploration.found.empty() ? exit_done : exit_report;
}

}  // namespace chimneylab::command_line
