// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Runs of the shipped scenarios on the real engine.
#include "engine/scenario/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "engine/scenario/library.h"
#include "engine/scenario/narrator.h"
#include "engine/scenario/pattern.h"
#include "engine/trace/fingerprint.h"
#include "tests/scenario/scenario_texts.h"

namespace chimneylab::scenario {
namespace {

Scenario shipped(std::string_view id) {
    Loaded loaded = find_scenario(id);
    EXPECT_TRUE(loaded.scenario) << id;
    return std::move(*loaded.scenario);
}

Scenario from_text(const std::string& text) {
    Loaded loaded = load_text("test.yaml", text);
    for (const Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_text();
    return loaded.scenario.value_or(Scenario{});
}

RunOptions with_schedule(std::string_view schedule) {
    RunOptions options;
    options.schedule = machine::Schedule::parse(schedule).schedule;
    return options;
}

std::string report(const RunResult& result) {
    std::string text = result.failure;
    for (const machine::Finding& finding : result.findings) text += "\nfinding: " + finding.explanation;
    for (const Leak& leak : result.leaks) text += "\nleak: " + leak.what;
    for (const ExpectationResult& expectation : result.expectations) {
        if (!expectation.met) text += "\nnot met: " + expectation.text + ": " + expectation.detail;
    }
    return text;
}

class ShippedScenario : public testing::TestWithParam<std::string> {};

std::vector<std::string> shipped_ids() {
    std::vector<std::string> ids;
    for (const Scenario& scenario : load_library().scenarios) ids.push_back(scenario.id);
    return ids;
}

TEST_P(ShippedScenario, MeetsItsExpectations) {
    const RunResult result = run(shipped(GetParam()));
    EXPECT_EQ(result.exit_code(), 0) << report(result);
    EXPECT_FALSE(result.expectations.empty());
}

TEST_P(ShippedScenario, RunsTheSameEveryTimeAlsoBesideOthers) {
    const Scenario scenario = shipped(GetParam());
    for (const char* schedule : {"fifo", "lifo", "seed:7"}) {
        const RunResult first = run(scenario, with_schedule(schedule));
        std::vector<std::uint64_t> others(3);
        std::vector<std::thread> threads;
        for (std::uint64_t& fingerprint : others) {
            threads.emplace_back([&] { fingerprint = run(scenario, with_schedule(schedule)).fingerprint; });
        }
        for (std::thread& thread : threads) thread.join();
        EXPECT_THAT(others, testing::Each(first.fingerprint)) << schedule;
        EXPECT_EQ(first.fingerprint, trace::fingerprint(first.trace));
    }
}

// Whatever the order of pending work: every operation finishes, no call entry is lost, every expectation is met.
TEST_P(ShippedScenario, IsTrueUnderAnySchedule) {
    const Scenario scenario = shipped(GetParam());
    if (scenario.needs_schedule) GTEST_SKIP() << "it holds under " << scenario.schedule << " alone, and says so";
    std::set<std::uint64_t> fingerprints;
    for (int seed = -1; seed < 25; ++seed) {
        const std::string schedule = seed < 0 ? "lifo" : "seed:" + std::to_string(seed);
        const RunResult result = run(scenario, with_schedule(schedule));
        EXPECT_EQ(result.exit_code(), 0) << schedule << report(result);
        const auto begins = [&](const std::string& name) {
            const auto step = std::ranges::find(scenario.steps, name, &Step::name);
            return step == scenario.steps.end() || !step->refused;
        };
        for (const OperationResult& operation : result.operations) {
            EXPECT_EQ(operation.finished, begins(operation.step)) << schedule << " " << operation.step;
        }
        fingerprints.insert(result.fingerprint);
    }
    // Where there is something to choose, the schedules must not all be the same run.
    const auto at_once = [](const Step& step) { return !step.settle; };
    EXPECT_GT(fingerprints.size(), std::any_of(scenario.steps.begin(), scenario.steps.end(), at_once) ? 1u : 0u);
}

// A narration or question that never speaks has lost the event it was written for.
TEST_P(ShippedScenario, EveryNarrationAndQuestionFindsItsEvent) {
    const Scenario scenario = shipped(GetParam());
    const RunResult result = run(scenario);
    const trace::History history(result.trace);
    const ScenarioNarrator narrator(history, scenario);
    const PatternMatcher matcher(result.trace, scenario);
    for (const Narration& narration : scenario.narration) {
        const std::vector<trace::EventId> events = matcher.find(narration.at);
        EXPECT_FALSE(events.empty()) << scenario.source << ":" << narration.at.where.line << " " << narration.say;
    }
    for (const Question& question : scenario.questions) {
        const std::vector<trace::EventId> at = matcher.find(question.at);
        EXPECT_FALSE(at.empty()) << scenario.source << ":" << question.at.where.line << " " << question.ask;
        if (!question.proof) continue;
        const std::vector<trace::EventId> proof = matcher.find(*question.proof);
        ASSERT_FALSE(proof.empty() || at.empty()) << scenario.source << ":" << question.proof->where.line << " " << question.ask;
        EXPECT_GT(proof.front(), at.front()) << scenario.source << ":" << question.proof->where.line << " " << question.ask;
    }
}

INSTANTIATE_TEST_SUITE_P(All, ShippedScenario, testing::ValuesIn(shipped_ids()), [](const auto& tested) { return tested.param; });

// In m1 every crossing and conversion of the operation has a sentence of its own.
TEST(Narration, M1SpeaksAtEveryImportantEvent) {
    const Scenario scenario = shipped("m1");
    const RunResult result = run(scenario);
    const trace::History history(result.trace);
    const ScenarioNarrator narrator(history, scenario);
    for (const trace::Operation& operation : history.operations()) {
        for (const trace::EventId crossing : operation.crossings)
            EXPECT_TRUE(narrator.own_sentence(crossing)) << narrator.heading(crossing);
    }
    std::set<std::string> said;
    for (const trace::Conversion& conversion : history.conversions()) {
        const auto sentence = narrator.own_sentence(conversion.event);
        ASSERT_TRUE(sentence) << narrator.heading(conversion.event);
        EXPECT_TRUE(said.insert(*sentence).second) << *sentence;
    }
    EXPECT_EQ(said.size(), 6u);
}

TEST(Narration, PlaceholdersAreReplaced) {
    std::string text = small_scenario;
    text +=
        "narration:\n  - { at: { function: NdisInitiateOffload }, say: \"{caller} calls {function} for the "
        "{operation}\" }\n";
    const Scenario scenario = from_text(text);
    const RunResult result = run(scenario);
    const trace::History history(result.trace);
    const ScenarioNarrator narrator(history, scenario);
    const auto events = PatternMatcher(result.trace, scenario).find(scenario.narration.at(0).at);
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(narrator.own_sentence(events[0]), "host stack calls NdisInitiateOffload for the initiate");
    EXPECT_EQ(narrator.own_sentence(events[1]), "IM 1 calls NdisInitiateOffload for the initiate");
    EXPECT_EQ(narrate(result.trace, scenario, events[1]), "IM 1 calls NdisInitiateOffload for the initiate");
}

std::string with_floors(int floors) {
    std::string text = small_scenario;
    std::string drivers;
    for (int i = 0; i < floors; ++i) drivers += "    - { driver: reference }\n";
    const std::string one = "  intermediate_drivers:\n    - { driver: reference }\n";
    text.replace(text.find(one), one.size(),
                 floors == 0 ? "  intermediate_drivers: []\n" : "  intermediate_drivers:\n" + drivers);
    return text;
}

TEST(Run, AnyNumberOfFloorsConvertsTwicePerFloorAndWay) {
    for (int floors = 0; floors <= 8; ++floors) {
        std::string text = with_floors(floors);
        text += "  - { name: end, terminate: \"N1{P1{T1,T2}}\" }\n";
        const RunResult result = run(from_text(text));
        EXPECT_EQ(result.exit_code(), 0) << floors << report(result);
        const trace::History history(result.trace);
        ASSERT_EQ(history.operations().size(), 2u) << floors;
        for (const trace::Operation& operation : history.operations()) {
            EXPECT_EQ(operation.conversions.size(), static_cast<std::size_t>(4 * floors + 2)) << floors;
        }
        EXPECT_EQ(history.call_entries().size(), static_cast<std::size_t>(2 * floors));
        for (const trace::OffloadEntry& entry : history.offload_entries()) EXPECT_TRUE(entry.released.valid());
    }
}

// A driver with a mistake in it, in the machine or in a variant, is loaded by who can; this process says that it cannot.
TEST(Run, DriversThatAreNotLinkedNeedALoader) {
    std::string text = small_scenario;
    text += "variants:\n  - { name: wrong, title: x, drivers: { IM 1: source-handle-forgotten } }\n";
    const Scenario in_variant = from_text(text);
    EXPECT_FALSE(needs_driver_host(in_variant, ""));
    EXPECT_TRUE(needs_driver_host(in_variant, "wrong"));
    EXPECT_EQ(run(in_variant).exit_code(), 0);
    text.replace(text.find("driver: reference"), 17, "driver: call-entry-leaks");
    const Scenario in_machine = from_text(text);
    EXPECT_TRUE(needs_driver_host(in_machine, ""));

    RunOptions options;
    options.variant = "wrong";
    for (const RunResult& result : {run(in_variant, options), run(in_machine)}) {
        ASSERT_EQ(result.problems.size(), 1u);
        EXPECT_EQ(result.exit_code(), 2);
        EXPECT_THAT(result.problems[0].to_text(), testing::HasSubstr("loaded into a process of their own. Use"));
    }

    std::vector<std::string> asked;
    options.load_driver = [&](std::string_view name, trace::LayerIndex) {
        asked.emplace_back(name);
        return LoadedDriver{nullptr, "not today"};
    };
    const RunResult result = run(in_variant, options);
    EXPECT_EQ(asked, std::vector<std::string>{"source-handle-forgotten"});
    ASSERT_EQ(result.problems.size(), 1u);
    EXPECT_THAT(result.problems[0].to_text(), testing::HasSubstr("'source-handle-forgotten' of IM 1 could not be loaded: not today"));

    // Named by the caller instead: nothing to load.
    options.drivers = {{nullptr, "reference"}};
    EXPECT_EQ(run(in_variant, options).exit_code(), 0);
}

TEST(Run, StepsReachTheTargetAndTheHost) {
    std::string text = small_scenario;
    text += R"(  - { name: answer, answer: accept and hold, connection: T1 }
  - { name: post, receive: T1, bytes: 500 }
  - { name: data, arrive: T1, bytes: 800 }
  - { name: give back, return_received: T1 }
  - { name: later, wait: 5 us }
  - { name: hold, target: { completion: held } }
  - { name: ask, query: T1, state: delegated }
  - { name: ask again, query: T2, state: all }
  - { name: let go, release: youngest }
  - { name: let go too, release: oldest }
  - { name: change, target: { completion: synchronous } }
  - { name: update, update: "N1{P1{T1}}", set: { T1: { TtlOrHopLimit: 64 }, P1: { PathMtu: 1400 } } }
  - { name: bye, disconnect: T1 }
  - { name: end, terminate: "N1{P1{T1,T2}}" }
)";
    const RunResult result = run(from_text(text));
    EXPECT_EQ(result.exit_code(), 0) << report(result);
    std::map<std::string, const OperationResult*> operations;
    for (const OperationResult& operation : result.operations) {
        EXPECT_TRUE(operation.finished) << operation.step << " " << operation.refusal;
        for (const BlockResult& block : operation.blocks)
            EXPECT_EQ(block.status, 0) << operation.step << " " << block.object;
        operations[operation.step] = &operation;
    }
    EXPECT_LT(operations.at("ask again")->finish_order, operations.at("ask")->finish_order);
    EXPECT_TRUE(operations.at("update")->completed_inside_call);
    EXPECT_FALSE(operations.at("offload")->completed_inside_call);
    for (const TransferResult& transfer : result.transfers)
        EXPECT_EQ(transfer.completed, transfer.buffers) << transfer.step << transfer.refusal;
}

TEST(Run, FailuresOfTheTargetReachTheHost) {
    std::string text = small_scenario;
    text.replace(text.find("objects:\n"), 9,
                 "  target:\n    failures:\n      - { operation: initiate, object: T2, occurrence: 1, status: "
                 "NDIS_STATUS_OFFLOAD_TCP_ENTRIES }\nobjects:\n");
    text += R"(expectations:
  - { step: offload, statuses: { N1: NDIS_STATUS_SUCCESS, P1: NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS, T1: NDIS_STATUS_SUCCESS, T2: NDIS_STATUS_OFFLOAD_TCP_ENTRIES } }
  - { offload_entries: { live: 3, released: 1 } }
)";
    const RunResult result = run(from_text(text));
    EXPECT_EQ(result.exit_code(), 0) << report(result);
}

TEST(Run, VariantsChangeTheMachine) {
    std::string text = small_scenario;
    text +=
        "variants:\n  - { name: at once, title: Completed inside the call, completion: synchronous, mode: strict, "
        "schedule: \"seed:3\" }\n";
    const Scenario scenario = from_text(text);
    RunOptions options;
    options.variant = "at once";
    const RunResult result = run(scenario, options);
    EXPECT_EQ(result.exit_code(), 0) << report(result);
    EXPECT_TRUE(result.operations.at(0).completed_inside_call);
    EXPECT_EQ(result.trace.description().schedule, "seed:3");
    EXPECT_EQ(result.trace.description().mode, "strict");
    EXPECT_EQ(result.trace.description().variant, "at once");
    options.variant = "at onec";
    const RunResult refused = run(scenario, options);
    EXPECT_EQ(refused.exit_code(), 2);
    EXPECT_THAT(refused.problems.at(0).to_text(), testing::HasSubstr("Did you mean 'at once'?"));
}

std::vector<std::string> faults_of(const trace::Trace& trace) {
    std::vector<std::string> names;
    for (const trace::Event& event : trace.events())
        if (event.kind == trace::EventKind::fault_injected) names.emplace_back(trace.text(event.name));
    return names;
}

RunResult run_with(const std::string& faults, const std::string& steps) {
    std::string text = small_scenario;
    text.replace(text.find("objects:"), 0, "  faults: [" + faults + "]\n");
    text += steps;
    const Loaded loaded = load_text("faults.yaml", text);
    for (const Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_text();
    return run(*loaded.scenario);
}

const OperationResult& last(const RunResult& result) { return result.operations.back(); }

TEST(Faults, AllocationsFailWhereAndWhenTheyAreToldTo) {
    const RunResult once = run_with("{ fault: allocation-fails, layer: IM 1, nth: 3 }", "  - { name: again, initiate: \"N1{P1{T1,T2}}\" }\n");
    EXPECT_THAT(faults_of(once.trace), testing::ElementsAre(testing::HasSubstr("tag IMoe")));
    EXPECT_EQ(once.operations[0].blocks[0].status, static_cast<std::int32_t>(0xC000009A));
    EXPECT_EQ(last(once).blocks[0].status, 0);
    EXPECT_EQ(once.exit_code(), 0);
    const RunResult always = run_with("{ fault: allocation-fails, tag: IMce, from: 1 }", "  - { name: again, initiate: \"N1{P1{T1,T2}}\" }\n");
    EXPECT_EQ(faults_of(always.trace).size(), 2u);
    EXPECT_LT(last(always).blocks[0].status, 0);
    const RunResult chance = run_with("{ fault: allocation-fails, layer: IM 1, percent: 100, seed: 3 }", "");
    EXPECT_LT(last(chance).blocks[0].status, 0);
}

TEST(Faults, OthersAreNotHit) {
    EXPECT_THAT(faults_of(run_with("{ fault: allocation-fails, layer: IM 1, tag: IMxx, nth: 1 }", "").trace), testing::IsEmpty());
    EXPECT_THAT(faults_of(run_with("{ fault: completion-dropped, operation: query }", "").trace), testing::IsEmpty());
}

TEST(Faults, CompletionsComeLateOrEarlyOrAfterOthers) {
    const std::string queries = "  - { name: one, query: T1, settle: false }\n  - { name: two, query: T2 }\n";
    const RunResult plain = run_with("", queries);
    ASSERT_EQ(plain.operations.size(), 3u);
    EXPECT_LT(plain.operations[1].finish_order, plain.operations[2].finish_order);

    const RunResult late = run_with("{ fault: completion-delayed, operation: query, occurrence: 1, by: 50 us }", queries);
    EXPECT_THAT(faults_of(late.trace), testing::ElementsAre(testing::HasSubstr("50000 ns later")));
    EXPECT_GT(late.operations[1].finish_order, late.operations[2].finish_order);
    EXPECT_GE(late.operations[1].virtual_finished, plain.operations[1].virtual_finished + 50000);

    const RunResult early = run_with("{ fault: completion-early, operation: query, occurrence: 2 }", queries);
    EXPECT_THAT(faults_of(early.trace), testing::ElementsAre(testing::HasSubstr("inside the downward call")));
    EXPECT_FALSE(early.operations[1].completed_inside_call);
    EXPECT_TRUE(early.operations[2].completed_inside_call);

    const RunResult reordered = run_with("{ fault: completion-reordered, operation: query, occurrence: 1 }", queries);
    EXPECT_THAT(faults_of(reordered.trace), testing::ElementsAre(testing::HasSubstr("youngest")));
    EXPECT_GT(reordered.operations[1].finish_order, reordered.operations[2].finish_order);
    for (const RunResult* result : {&late, &early, &reordered}) EXPECT_EQ(result->exit_code(), 0);
}

TEST(Faults, ALostCompletionLeavesTheOperationInProgress) {
    const RunResult result = run_with("{ fault: completion-dropped, operation: query, occurrence: 1 }",
                                      "  - { name: one, query: T1 }\n  - { name: two, query: T1 }\n");
    EXPECT_THAT(faults_of(result.trace), testing::ElementsAre(testing::HasSubstr("is lost")));
    EXPECT_FALSE(result.operations[1].finished);
    EXPECT_TRUE(result.operations[2].finished);
    EXPECT_EQ(result.exit_code(), 1);
}

TEST(Faults, ACompletionThatArrivesTwiceIsMadeTwice) {
    const RunResult result = run_with("{ fault: completion-doubled, operation: initiate, layer: offload target }", "");
    EXPECT_THAT(faults_of(result.trace), testing::ElementsAre(testing::HasSubstr("arrives twice")));
    EXPECT_TRUE(result.operations[0].finished);
    std::size_t completions = 0;
    for (const trace::Event& event : result.trace.events())
        if (event.kind == trace::EventKind::enter && result.trace.text(event.name) == "NdisMInitiateOffloadComplete" && event.other_layer == 2)
            ++completions;
    EXPECT_EQ(completions, 2u);
}

TEST(Faults, AnEmptyListTakesThemBack) {
    const RunResult result = run_with("{ fault: completion-dropped, operation: query }",
                                      "  - { name: clear, inject: [] }\n  - { name: one, query: T1 }\n");
    EXPECT_THAT(faults_of(result.trace), testing::IsEmpty());
    EXPECT_TRUE(last(result).finished);
}

TEST(Faults, AStatusIsChosen) {
    const RunResult result = run_with(
        "{ fault: status-chosen, operation: initiate, object: T2, status: NDIS_STATUS_OFFLOAD_TCP_ENTRIES, occurrence: 1 }", "");
    EXPECT_THAT(faults_of(result.trace), testing::ElementsAre(testing::HasSubstr("NDIS_STATUS_OFFLOAD_TCP_ENTRIES")));
    EXPECT_EQ(last(result).blocks[3].status, static_cast<std::int32_t>(0xC0231004));
}

TEST(Run, AStackIsTakenApartAndPutTogether) {
    const RunResult result = run_with("", R"(  - { name: pause, pause: IM 1 }
  - { name: restart, restart: IM 1 }
  - { name: again, initiate: "N1{P1{T1,T2}}" }
  - { name: unload, unload: IM 1 }
  - { name: load, load: IM 1 }
  - { name: bind, bind: IM 1 }
  - { name: at last, initiate: "N1{P1{T1}}" }
  - { name: halt, halt: IM 1 }
)");
    for (const ExpectationResult& each : result.expectations) EXPECT_TRUE(each.met) << each.text << ": " << each.detail;
    ASSERT_EQ(result.operations.size(), 3u);
    for (const OperationResult& operation : result.operations) {
        EXPECT_TRUE(operation.finished) << operation.step << operation.refusal;
        EXPECT_EQ(operation.blocks[0].status, 0);
    }
    EXPECT_EQ(result.exit_code(), 0);
}

TEST(Run, AnAdapterSleepsWhenEverythingIsBack) {
    const RunResult result = run_with("", "  - { name: sleep, sleep: offload target }\n  - { name: too early, initiate: \"N1{P1{T1}}\", refused: true }\n"
                                          "  - { name: wake, wake: offload target }\n  - { name: again, initiate: \"N1{P1{T1}}\" }\n");
    for (const ExpectationResult& each : result.expectations) EXPECT_TRUE(each.met) << each.text << ": " << each.detail;
    EXPECT_EQ(result.exit_code(), 0) << report(result);
    EXPECT_EQ(last(result).blocks[0].status, 0);
}

TEST(Run, WhatIsExpectedUnderOneScheduleIsNotLookedAtUnderAnother) {
    std::string text = small_scenario;
    text.insert(text.find("steps:"), "schedule: \"seed:3\"\n");
    text += "expectations:\n  - { text: Too many, events: { function: NdisInitiateOffload }, count: 9 }\n";
    const Loaded loaded = load_text("bound.yaml", text);
    ASSERT_TRUE(loaded.scenario);
    const RunResult own = run(*loaded.scenario);
    ASSERT_EQ(own.expectations.size(), 1u);
    EXPECT_FALSE(own.expectations[0].met);
    RunOptions options;
    options.schedule = machine::Schedule{};
    const RunResult other = run(*loaded.scenario, options);
    ASSERT_EQ(other.expectations.size(), 1u);
    EXPECT_TRUE(other.expectations[0].met);
    EXPECT_THAT(other.expectations[0].text, testing::HasSubstr("under the schedule seed:3"));
    EXPECT_THAT(other.expectations[0].detail, testing::HasSubstr("this run had fifo"));
}

TEST(Run, WhatTheAdministratorCannotDoIsToldAtTheStep) {
    const RunResult result = run_with("", "  - { name: restart, bind: host stack }\n  - { name: gone, halt: offload target }\n  - { name: twice, halt: offload target }\n");
    ASSERT_GE(result.expectations.size(), 2u);
    EXPECT_THAT(result.expectations[0].detail, testing::HasSubstr("already"));
    EXPECT_THAT(result.expectations[1].detail, testing::HasSubstr("halted already"));
}

TEST(Run, ATargetWithoutHandlersIsAnsweredForByNdis) {
    std::string text = small_scenario;
    text.replace(text.find("objects:"), 0, "  chimney_handlers: false\n");
    const Loaded loaded = load_text("plain.yaml", text);
    ASSERT_TRUE(loaded.scenario);
    const RunResult result = run(*loaded.scenario);
    for (const BlockResult& block : result.operations[0].blocks) EXPECT_EQ(block.status, static_cast<std::int32_t>(0xC00000BB));
    EXPECT_TRUE(result.operations[0].completed_inside_call);
}

TEST(Run, CanBeCancelledAndReportsProgress) {
    const Scenario scenario = shipped("m3");
    std::atomic<bool> cancel = false;
    RunOptions options;
    options.cancel = &cancel;
    std::vector<std::size_t> steps;
    options.progress = [&](const Progress& progress) {
        steps.push_back(progress.step);
        EXPECT_EQ(progress.steps, scenario.steps.size());
        if (progress.step == 2) cancel = true;
    };
    const RunResult result = run(scenario, options);
    EXPECT_TRUE(result.cancelled);
    EXPECT_EQ(result.exit_code(), 1);
    EXPECT_THAT(steps, testing::ElementsAre(0, 1, 2, scenario.steps.size()));
    EXPECT_LT(result.operations.size(), 3u);

    cancel = false;
    steps.clear();
    options.progress = [&](const Progress& progress) { steps.push_back(progress.step); };
    EXPECT_EQ(run(scenario, options).fingerprint, run(scenario).fingerprint);
    EXPECT_EQ(steps.size(), scenario.steps.size() + 1);
}

TEST(Run, ARefusedStepIsReportedWithItsLine) {
    std::string text = small_scenario;
    text += "  - { name: twice, query: \"P1\" }\n  - { name: wrong, terminate: N1 }\n";
    const RunResult result = run(from_text(text));
    EXPECT_EQ(result.exit_code(), 1);
    ASSERT_EQ(result.expectations.size(), 1u);
    EXPECT_FALSE(result.expectations[0].met);
    EXPECT_THAT(result.expectations[0].detail,
                testing::AllOf(testing::HasSubstr("HS-051"), testing::HasSubstr("test.yaml:18")));
    EXPECT_FALSE(result.operations.at(2).started);
}

}  // namespace
}  // namespace chimneylab::scenario
