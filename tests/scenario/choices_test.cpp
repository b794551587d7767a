// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Manual runs: the same choices give the same run, byte for byte; a fork shares everything up to where it parts; what
// cannot be chosen is told and nothing is lost.
#include "engine/scenario/choices.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/scenario/library.h"
#include "engine/scenario/run.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/history.h"
#include "tests/scenario/scenario_texts.h"

namespace chimneylab::scenario {
namespace {

// Two operations under way at once, so that there is something to choose between.
std::string two_at_once() {
    return std::string(small_scenario) + R"(  - { name: first, query: "T1", settle: false }
  - { name: second, query: "T2" }
)";
}

Scenario scenario_of(std::string_view text) {
    Loaded loaded = load_text("x1.yaml", text);
    for (const Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_text();
    return loaded.scenario.value_or(Scenario{});
}

RunResult run_with(const Scenario& scenario, std::vector<Choice> choices, bool goes_on = false) {
    RunOptions options;
    options.choices = std::move(choices);
    options.schedule_goes_on = goes_on;
    return run(scenario, options);
}

// Always the first item, to the end.
std::vector<Choice> to_the_end(const Scenario& scenario, std::vector<Choice> choices) {
    while (true) {
        const RunResult result = run_with(scenario, choices);
        EXPECT_TRUE(result.failure.empty()) << result.failure;
        if (!result.stopped_at_choice || choices.size() > 100) return choices;
        choices.push_back({});
    }
}

TEST(Choices, TextAndBack) {
    std::vector<Choice> choices(4);
    choices[1].item = 3;
    choices[2] = {1, static_cast<std::int32_t>(0xC0000001), 2, Choice::Fault::none};
    choices[3] = {0, 0, 0, Choice::Fault::dropped};
    const std::string text = to_text(choices);
    EXPECT_EQ(text, "0,3,1=FAILURE@2,0!drop");
    const auto back = parse_choices(text);
    ASSERT_TRUE(std::holds_alternative<std::vector<Choice>>(back));
    EXPECT_EQ(std::get<std::vector<Choice>>(back), choices);
    EXPECT_TRUE(std::get<std::vector<Choice>>(parse_choices("")).empty());
    for (const char* wrong : {"x", "1,", "-1", "1=", "1=NOTHING_LIKE_IT", "1@2", "0!explode", "1=FAILURE@x", "99999999999", " 1"}) {
        const auto result = parse_choices(wrong);
        if (std::string_view(wrong) == "1,") continue;  // a comma at the end adds nothing
        EXPECT_TRUE(std::holds_alternative<std::string>(result)) << wrong;
    }
}

TEST(Choices, ARunStopsAtTheFirstUndecidedPointAndLosesNothing) {
    const Scenario scenario = scenario_of(two_at_once());
    const RunResult stopped = run_with(scenario, {});
    EXPECT_TRUE(stopped.failure.empty()) << stopped.failure;
    EXPECT_TRUE(stopped.stopped_at_choice);
    ASSERT_EQ(stopped.choice_points.size(), 1U);
    const ChoicePoint& point = stopped.choice_points.front();
    EXPECT_FALSE(point.taken);
    ASSERT_FALSE(point.pending.empty());
    EXPECT_EQ(point.after.value + 1, stopped.trace.size()) << "the trace ends where the person is asked";
    EXPECT_TRUE(stopped.leaks.empty()) << "nothing is leaked in a run that has not ended";
    EXPECT_TRUE(stopped.expectations.empty());
    const auto completing = std::find_if(point.pending.begin(), point.pending.end(), [](const PendingItem& item) { return item.completes_operation; });
    ASSERT_NE(completing, point.pending.end());
    EXPECT_EQ(completing->operation_kind, OperationKind::initiate);
}

TEST(Choices, TheSameChoicesGiveTheSameRunAndEachOneOnlyAddsToIt) {
    const Scenario scenario = scenario_of(two_at_once());
    const std::vector<Choice> all = to_the_end(scenario, {});
    ASSERT_GE(all.size(), 3U);
    RunResult before = run_with(scenario, {});
    for (std::size_t count = 1; count <= all.size(); ++count) {
        const std::vector<Choice> some(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
        const RunResult once = run_with(scenario, some);
        const RunResult twice = run_with(scenario, some);
        EXPECT_EQ(once.fingerprint, twice.fingerprint);
        ASSERT_GT(once.trace.size(), before.trace.size());
        for (std::uint32_t i = 0; i < before.trace.size(); ++i) {
            ASSERT_EQ(once.trace.event(trace::EventId(i)).kind, before.trace.event(trace::EventId(i)).kind) << i;
            ASSERT_EQ(once.trace.event(trace::EventId(i)).virtual_time, before.trace.event(trace::EventId(i)).virtual_time) << i;
        }
        before = run_with(scenario, some);
    }
    EXPECT_FALSE(before.stopped_at_choice);
    EXPECT_TRUE(before.findings.empty());
}

TEST(Choices, AForkCompletesInTheOtherOrder) {
    const Scenario scenario = scenario_of(two_at_once());
    // Up to where both queries wait for the target.
    std::vector<Choice> choices;
    RunResult at;
    while (true) {
        at = run_with(scenario, choices);
        ASSERT_TRUE(at.stopped_at_choice);
        const auto& pending = at.choice_points.back().pending;
        if (std::count_if(pending.begin(), pending.end(), [](const PendingItem& item) { return item.completes_operation; }) == 2) break;
        choices.push_back({});
        ASSERT_LT(choices.size(), 50U);
    }
    const auto& pending = at.choice_points.back().pending;
    const auto order = [&](bool second_first) {
        std::vector<Choice> branch = choices;
        Choice choice;
        for (std::uint32_t i = 0; i < pending.size(); ++i) {
            if (!pending[i].completes_operation) continue;
            choice.item = i;
            if (!second_first) break;
        }
        branch.push_back(choice);
        const RunResult result = run_with(scenario, branch, true);
        EXPECT_TRUE(result.failure.empty()) << result.failure;
        EXPECT_FALSE(result.stopped_at_choice);
        EXPECT_TRUE(result.findings.empty()) << "a correct driver does not mind";
        return std::pair(result.operations.at(1).finish_order, result.operations.at(2).finish_order);
    };
    EXPECT_LT(order(false).first, order(false).second);
    EXPECT_GT(order(true).first, order(true).second);
}

TEST(Choices, AStatusAndALostCompletionAreWhatTheHostSees) {
    const Scenario scenario = scenario_of(two_at_once());
    RunResult stopped = run_with(scenario, {});
    std::uint32_t item = 0;
    while (!stopped.choice_points.back().pending[item].completes_operation) ++item;
    Choice fails;
    fails.item = item;
    fails.status = static_cast<std::int32_t>(0xC0000001);
    fails.block = 2;  // N1, P1, T1
    const RunResult failed = run_with(scenario, {fails}, true);
    EXPECT_TRUE(failed.failure.empty()) << failed.failure;
    const auto& blocks = failed.operations.front().blocks;
    EXPECT_TRUE(std::any_of(blocks.begin(), blocks.end(), [&](const BlockResult& block) { return block.object == "T1" && block.status == fails.status; }));

    Choice lost;
    lost.item = item;
    lost.fault = Choice::Fault::dropped;
    const RunResult dropped = run_with(scenario, {lost}, true);
    EXPECT_TRUE(dropped.failure.empty()) << dropped.failure;
    EXPECT_FALSE(dropped.operations.front().finished) << "its completion never came";
    const auto events = dropped.trace.events();
    EXPECT_TRUE(std::any_of(events.begin(), events.end(), [](const trace::Event& event) { return event.kind == trace::EventKind::fault_injected; }));
}

// A step lets the target complete what it holds; the pending completion is known as that operation's all the same.
TEST(Choices, ACompletionThatAStepReleasedCanGetAStatus) {
    const Scenario scenario = scenario_of(std::string(small_scenario) + R"(  - { name: hold, target: { completion: held } }
  - { name: first, query: "T1" }
  - { name: second, terminate: "T2" }
  - { name: youngest, release: youngest }
  - { name: oldest, release: oldest }
)");
    std::vector<Choice> choices;
    const auto next_completion = [&](OperationKind kind) {
        for (int i = 0; i < 50; ++i) {
            const RunResult at = run_with(scenario, choices);
            EXPECT_TRUE(at.failure.empty()) << at.failure;
            if (!at.stopped_at_choice) break;
            const auto& pending = at.choice_points.back().pending;
            for (std::uint32_t item = 0; item < pending.size(); ++item)
                if (pending[item].completes_operation && pending[item].operation_kind == kind) return std::optional(item);
            choices.push_back({});
        }
        return std::optional<std::uint32_t>{};
    };
    const auto terminate = next_completion(OperationKind::terminate);
    ASSERT_TRUE(terminate) << "the youngest is the terminate";
    Choice fails;
    fails.item = *terminate;
    fails.status = static_cast<std::int32_t>(0xC0000001);
    choices.push_back(fails);
    const auto query = next_completion(OperationKind::query);
    ASSERT_TRUE(query);
    Choice lost;
    lost.item = *query;
    lost.fault = Choice::Fault::dropped;
    choices.push_back(lost);
    const RunResult result = run_with(scenario, choices, true);
    EXPECT_TRUE(result.failure.empty()) << result.failure;
    ASSERT_EQ(result.operations.size(), 3U);
    EXPECT_TRUE(result.operations[2].finished);
    EXPECT_EQ(result.operations[2].blocks.back().status, fails.status);
    EXPECT_FALSE(result.operations[1].finished) << "its completion was lost";
}

TEST(Choices, WhatCannotBeChosenIsTold) {
    const Scenario scenario = scenario_of(two_at_once());
    Choice beyond;
    beyond.item = 99;
    const RunResult result = run_with(scenario, {beyond});
    EXPECT_TRUE(result.stopped_at_choice);
    EXPECT_NE(result.failure.find("choice 1 cannot be made: it names item 99"), std::string::npos) << result.failure;
    EXPECT_FALSE(result.trace.empty());
}

TEST(Choices, AHandThatNeverComesToRestIsToldSo) {
    class First final : public LiveHand {
    public:
        bool wants_to_choose() override { return true; }
        std::optional<Choice> choose(const ChoicePoint&, const std::string&) override { return Choice{}; }
        Choice::Fault take_fault() override { return Choice::Fault::none; }
    } hand;
    const Scenario scenario = scenario_of(two_at_once());
    RunOptions options;
    options.hand = &hand;
    const auto endless = [](const RunResult& result) {
        return std::ranges::any_of(result.findings, [](const machine::Finding& each) { return each.kind == trace::FindingKind::endless_completion; });
    };
    EXPECT_FALSE(endless(run(scenario, options)));
    options.dispatch_limit = 1;
    EXPECT_TRUE(endless(run(scenario, options)));
}

}  // namespace
}  // namespace chimneylab::scenario
