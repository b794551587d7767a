// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The correct run of every scenario that comes with the lab is silent, in whatever order its completions come, and what the
// scenario expects holds. CHIMNEYLAB_SCENARIO_SEEDS sets how many seeded orders are tried.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "engine/scenario/library.h"
#include "engine/scenario/run.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::verifier {
namespace {

std::string told(const trace::Trace& trace) {
    std::string text;
    for (const Violation& each : verify(trace))
        text += std::string(each.rule) + " @" + std::to_string(each.event.value) + " " + each.explanation + "\n";
    return text;
}

scenario::RunResult run_in_order(const scenario::Scenario& item, const std::string& variant, const std::string& schedule) {
    scenario::RunOptions options;
    options.variant = variant;
    options.schedule = machine::Schedule::parse(schedule).schedule.value();
    return scenario::run(item, options);
}

// Also of the variants that are other correct runs: other depths, other allocations that fail.
TEST(Scenarios, CorrectRunsAreSilent) {
    std::vector<std::string> schedules{"fifo", "lifo", "seed:42"};
    const char* seeds = std::getenv("CHIMNEYLAB_SCENARIO_SEEDS");
    for (long seed = 1; seed <= (seeds ? std::strtol(seeds, nullptr, 10) : 7); seed += seeds ? 1 : 6) schedules.push_back("seed:" + std::to_string(seed));
    const scenario::Library library = scenario::load_library();
    ASSERT_GE(library.scenarios.size(), 12u);
    for (const scenario::Scenario& item : library.scenarios) {
        std::vector<std::string> variants{""};
        for (const scenario::Variant& variant : item.variants)
            if (variant.breaks.empty()) variants.push_back(variant.name);
        for (const std::string& variant : variants) {
            for (const std::string& schedule : schedules) {
                const scenario::RunResult result = run_in_order(item, variant, schedule);
                EXPECT_EQ(told(result.trace), "") << item.id << " " << variant << " " << schedule;
                for (const scenario::ExpectationResult& each : result.expectations)
                    EXPECT_TRUE(each.met) << item.id << " " << variant << " " << schedule << ": " << each.text << "; " << each.detail;
            }
        }
    }
}

// An order that S28 does not reckon with: the host stack's doubt about N1 runs out before the answer to its probes is let in. It
// invalidates N1, so T1's next offload is refused, and the tree that takes everything back in the end, too.
TEST(Scenarios, WhatTheHostStackGaveUpItTakesBackItself) {
    const scenario::RunResult result = run_in_order(*scenario::find_scenario("s28").scenario, "", "seed:24");
    const auto layers = result.trace.layers();
    const auto by_host_stack = [&](const trace::Event& event) { return event.other_layer < layers.size() && layers[event.other_layer].role == trace::LayerRole::host_stack; };
    std::size_t terminates = 0;
    for (const trace::Event& event : result.trace.events())
        terminates += event.kind == trace::EventKind::enter && result.trace.text(event.name) == "NdisTerminateOffload" && by_host_stack(event);
    EXPECT_EQ(terminates, 3u) << "T1; T2 and T3; and N1 with P1, which nobody names";
    EXPECT_EQ(told(result.trace), "");
}

}  // namespace
}  // namespace chimneylab::verifier
