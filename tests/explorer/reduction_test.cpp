// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What is pruned must not hide anything: with and without reduction, everything tried, the same rules are broken by the same
// layers; and each is there when its choices are run again. With the drivers that have a mistake, in a child process each,
// since some of them crash.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <set>

#include "driver-bridge/host/faulty_drivers.h"
#include "engine/explorer/explorer.h"
#include "engine/scenario/library.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::explorer {
namespace {

LoadDriver faulty_drivers() {
    return [drivers = std::make_shared<driver_host::FaultyDrivers>()](std::string_view name, trace::LayerIndex) { return drivers->load(name); };
}

std::set<std::pair<std::string, trace::LayerIndex>> broken(const Exploration& exploration) {
    std::set<std::pair<std::string, trace::LayerIndex>> list;
    for (const Found& each : exploration.found) list.emplace(each.rule, each.layer);
    return list;
}

bool there_again(const scenario::Scenario& scenario, const std::string& variant, const Found& found) {
    driver_host::FaultyDrivers drivers;
    scenario::RunOptions options;
    options.variant = variant;
    options.schedule = machine::Schedule{};
    options.choices = found.choices;
    options.schedule_goes_on = true;
    options.load_driver = [&](std::string_view name, trace::LayerIndex) { return drivers.load(name); };
    const scenario::RunResult result = scenario::run(scenario, options);
    for (const verifier::Violation& each : verifier::verify(result.trace))
        if (each.rule == found.rule && each.layer == found.layer && each.event == found.event) return true;
    return false;
}

// 0: all is well; 1: it is not, and why is on stderr; 2: too large to try everything.
int compare(const scenario::Scenario& scenario, const std::string& variant, std::size_t& pruned) {
    Options options;
    options.budget = 6000;
    options.workers = 1;
    options.most_deviations = 3;
    const Exploration reduced = explore(scenario, variant, options, faulty_drivers);
    options.reduction = false;
    const Exploration whole = explore(scenario, variant, options, faulty_drivers);
    if (whole.complete_up_to < options.most_deviations && !whole.complete) return 2;
    pruned = reduced.pruned;
    if (broken(reduced) != broken(whole)) {
        for (const Found& each : whole.found)
            if (!broken(reduced).contains({each.rule, each.layer}))
                std::cerr << "not found with reduction: " << each.rule << " of " << each.layer_name << ", " << scenario::to_text(each.choices) << "\n";
        for (const Found& each : reduced.found)
            if (!broken(whole).contains({each.rule, each.layer}))
                std::cerr << "found with reduction only: " << each.rule << " of " << each.layer_name << ", " << scenario::to_text(each.choices) << "\n";
        return 1;
    }
    for (const Found& each : reduced.found) {
        if (each.rule.empty() || there_again(scenario, variant, each)) continue;
        std::cerr << "not there again: " << each.rule << " of " << each.layer_name << " at " << each.event.value << ", " << scenario::to_text(each.choices) << "\n";
        return 1;
    }
    return 0;
}

TEST(Reduction, HidesNothing) {
    std::size_t compared = 0, with_pruning = 0;
    for (const char* id : {"m1", "m2", "m6", "m8", "m12", "s6", "s10"}) {
        const scenario::Loaded loaded = scenario::find_scenario(id);
        ASSERT_TRUE(loaded.scenario) << id;
        std::vector<std::string> variants{""};
        for (const scenario::Variant& each : loaded.scenario->variants) variants.push_back(each.name);
        for (const std::string& variant : variants) {
            int ends[2];
            ASSERT_EQ(pipe(ends), 0);
            const pid_t child = fork();
            ASSERT_GE(child, 0);
            if (child == 0) {
                close(ends[0]);
                std::size_t pruned = 0;
                const int code = compare(*loaded.scenario, variant, pruned);
                (void)!write(ends[1], &pruned, sizeof pruned);
                _exit(code);
            }
            close(ends[1]);
            std::size_t pruned = 0;
            (void)!read(ends[0], &pruned, sizeof pruned);
            close(ends[0]);
            int status = 0;
            ASSERT_EQ(waitpid(child, &status, 0), child);
            if (!WIFEXITED(status) || WEXITSTATUS(status) == 2) continue;  // the driver crashed, or there is too much to try
            EXPECT_EQ(WEXITSTATUS(status), 0) << id << " " << variant;
            ++compared;
            if (pruned > 0) ++with_pruning;
        }
    }
    EXPECT_GE(compared, 12u);
    EXPECT_GE(with_pruning, 1u);
}

}  // namespace
}  // namespace chimneylab::explorer
