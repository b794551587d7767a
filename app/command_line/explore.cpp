// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/explorer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "app/command_line/json_text.h"
#include "app/command_line/tell.h"
#include "app/command_line/verbs.h"
#include "app/command_line/version.h"
#include "driver-bridge/host_client/run_in_host.h"
#include "engine/scenario/choices.h"
#include "engine/scenario/library.h"

namespace chimneylab::command_line {

namespace {

// With drivers that are loaded into a process of their own, a fresh one for each run: a crash or a hang ends that run only.
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

// Shows the run at the event that breaks the rule, in the window.
std::string desktop_command(const ExploreOptions& options, const explorer::Found& found) {
    std::string text = "chimneylab --scenario " + options.scenario;
    if (!options.variant.empty()) text += " --variant '" + options.variant + "'";
    for (const std::string& driver : options.drivers) text += " --driver " + driver;
    text += found.choices.empty() ? " --schedule fifo" : " --choices '" + scenario::to_text(found.choices) + "'";
    if (found.event.valid()) text += " --event " + std::to_string(found.event.value);
    return text;
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
            {"event", found.event.valid() ? Json(found.event.value) : Json(nullptr)},
            {"choices", scenario::to_text(found.choices)},
            {"seen_in_schedules", found.seen_in},
            {"command", command(options, found)},
            {"desktop", desktop_command(options, found)}};
}

}  // namespace

int explore_scenario(const ExploreOptions& options, Console& console) {
    const scenario::Loaded loaded = scenario::find_scenario(options.scenario);
    if (!loaded.scenario) return refuse(loaded.problems, console);
    explorer::Options search;
    search.budget = options.budget;
    search.seed = options.seed;
    search.failures = options.failures;
    search.reduction = options.reduction;
    search.workers = options.workers != 0 ? options.workers : std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
    const bool elsewhere = !options.drivers.empty() || scenario::needs_driver_host(*loaded.scenario, options.variant);
    const auto begun = std::chrono::steady_clock::now();
    const explorer::Exploration exploration = elsewhere ? explorer::explore(in_the_host(options), search)
                                                        : explorer::explore(*loaded.scenario, options.variant, search);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    if (!exploration.problems.empty()) return refuse(exploration.problems, console);
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(exploration.schedules) / std::max(seconds, 1e-9));

    if (options.json) {
        Json found = Json::array();
        for (const explorer::Found& each : exploration.found) found.push_back(found_json(options, each));
        console.out << json_text({{"scenario", loaded.scenario->id},
                                  {"variant", options.variant.empty() ? Json(nullptr) : Json(options.variant)},
                                  {"schedules", exploration.schedules},
                                  {"pruned", exploration.pruned},
                                  {"skipped", exploration.skipped},
                                  {"different", exploration.different},
                                  {"end_states", exploration.end_states.size()},
                                  {"violating", exploration.violating},
                                  {"choice_points", exploration.points},
                                  {"complete", exploration.complete},
                                  {"complete_up_to_deviations", exploration.complete_up_to},
                                  {"seconds", seconds},
                                  {"schedules_per_second", rate},
                                  {"found", std::move(found)}});
    } else {
        console.out << fmt::format("{} schedules run, {} of them different, {} violating; {} more pruned, as another one has the same rest\n",
                                   exploration.schedules, exploration.different, exploration.violating, exploration.pruned);
        if (exploration.skipped > 0)
            console.out << fmt::format("{} choice{} skipped: only the order of independent work would be another\n", exploration.skipped,
                                       exploration.skipped == 1 ? "" : "s");
        console.out << fmt::format("{} choices in the textbook order; ", exploration.points);
        if (exploration.complete) console.out << "there are no other schedules";
        else console.out << fmt::format("all with up to {} deviation{} were tried", exploration.complete_up_to, exploration.complete_up_to == 1 ? "" : "s");
        console.out << fmt::format("; {:.2f} s, {} schedules a second\n", seconds, rate);
        if (exploration.found.empty()) console.out << "No rule was broken.\n";
        for (const explorer::Found& each : exploration.found) {
            console.out << fmt::format("\n{} {}, {} (in {} schedule{})\n", console.terminal.in(Tone::bad, "✗"),
                                       each.rule.empty() ? "crash" : each.rule, printable(each.layer_name), each.seen_in, each.seen_in == 1 ? "" : "s");
            console.out << folded(printable(each.explanation), console.terminal.width, "    ", "    ") << "\n";
            if (each.deviations.empty()) console.out << "    In the textbook order already.\n";
            for (const std::string& deviation : each.deviations)
                console.out << folded(printable(deviation), console.terminal.width, "    · ", "      ") << "\n";
            console.out << "    " << printable(console.terminal.as_typed(command(options, each))) << "\n";
            console.out << "    " << printable(console.terminal.as_typed(desktop_command(options, each))) << "\n";
        }
    }
    return exploration.found.empty() ? exit_done : exit_report;
}

}  // namespace chimneylab::command_line
