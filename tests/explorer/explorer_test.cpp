// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/explorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "engine/explorer/footprint.h"
#include "engine/explorer/search.h"
#include "engine/explorer/workers.h"
#include "engine/scenario/library.h"

namespace chimneylab::explorer {
namespace {

using scenario::Choice;

// Ten points with three items each; it crashes when the second item is taken at the third point and a block fails at the sixth.
Outcome fragile(const std::vector<Choice>& choices) {
    Outcome outcome;
    for (std::uint32_t i = 0; i < 10; ++i) {
        scenario::ChoicePoint point;
        for (std::uint32_t k = 0; k < 3; ++k) {
            scenario::PendingItem item;
            item.label = "work " + std::to_string(k);
            item.due = k;
            item.completes_operation = true;
            point.pending.push_back(item);
        }
        point.taken = i < choices.size() ? choices[i] : Choice{};
        outcome.result.fingerprint = outcome.result.fingerprint * 1000003 + point.taken->item * 7 + static_cast<std::uint32_t>(point.taken->status) +
                                     static_cast<std::uint32_t>(point.taken->fault) * 3;
        outcome.result.choice_points.push_back(point);
    }
    const auto& points = outcome.result.choice_points;
    if (points[2].taken->item == 1 && points[5].taken->status != 0) outcome.crash = "it fell over";
    return outcome;
}

TEST(Explorer, FindsWhatNeedsTwoDeviationsAndTellsNoMore) {
    for (const std::uint64_t seed : {1, 2, 3}) {
        Options options;
        options.budget = 2000;
        options.seed = seed;
        const Exploration exploration = explore(fragile, options);
        ASSERT_EQ(exploration.found.size(), 1u);
        const Found& found = exploration.found.front();
        EXPECT_EQ(found.explanation, "it fell over");
        EXPECT_THAT(found.deviations, testing::ElementsAre("choice 3: work 1 before work 0", "choice 6: work 0, and the target fails a block"));
        EXPECT_EQ(found.choices.size(), 6u);
        EXPECT_EQ(fragile(found.choices).crash, "it fell over");
        EXPECT_GE(exploration.complete_up_to, 1u);
        EXPECT_EQ(exploration.schedules, options.budget);
        EXPECT_FALSE(exploration.complete);
        EXPECT_GT(exploration.violating, 0u);
    }
}

TEST(Explorer, ShortensWhatWasFoundAtRandom) {
    Options options;
    options.budget = 20000;
    options.most_deviations = 1;  // the systematic part cannot find it
    const Exploration exploration = explore(fragile, options);
    ASSERT_EQ(exploration.found.size(), 1u);
    EXPECT_EQ(exploration.found.front().deviations.size(), 2u);
}

TEST(Explorer, FindsNothingWithCorrectDriversAndDoesTheSameWithAnyNumberOfWorkers) {
    // M1 waits once, for its completion; M8 has several under way.
    for (const auto& [id, points, different] : {std::tuple{"m1", 1u, 3u}, std::tuple{"m8", 5u, 20u}}) {
        const scenario::Loaded loaded = scenario::find_scenario(id);
        ASSERT_TRUE(loaded.scenario);
        Options options;
        options.budget = 1000;
        options.workers = 1;
        const Exploration exploration = explore(*loaded.scenario, {}, options);
        EXPECT_TRUE(exploration.problems.empty());
        EXPECT_GE(exploration.different, different) << id;
        EXPECT_GE(exploration.points, points) << id;
        for (const Found& each : exploration.found) ADD_FAILURE() << id << " " << each.rule << " " << each.explanation << " " << scenario::to_text(each.choices);
        for (const std::size_t workers : {2, 3}) {
            options.workers = workers;
            const Exploration again = explore(*loaded.scenario, {}, options);
            EXPECT_EQ(again.schedules, exploration.schedules) << id;
            EXPECT_EQ(again.pruned, exploration.pruned) << id;
            EXPECT_EQ(again.skipped, exploration.skipped) << id;
            EXPECT_EQ(again.different, exploration.different) << id;
            EXPECT_EQ(again.end_states, exploration.end_states) << id;
            EXPECT_EQ(again.complete, exploration.complete) << id;
        }
    }
}

TEST(Explorer, AsksNoFurtherWhenNothingIsLeft) {
    const scenario::Loaded loaded = scenario::find_scenario("m1");
    ASSERT_TRUE(loaded.scenario);
    Options options;
    options.budget = 100'000;
    const Exploration exploration = explore(*loaded.scenario, {}, options);
    EXPECT_TRUE(exploration.complete);
    EXPECT_LT(exploration.schedules, 1000u);
}

// Memory that is put back must give the runs that are made from their beginnings.
TEST(Explorer, MakesTheSameRunsWithMarksAndWithout) {
    for (const char* id : {"m1", "m6", "m8", "m13", "s6"}) {
        const scenario::Loaded loaded = scenario::find_scenario(id);
        ASSERT_TRUE(loaded.scenario) << id;
        Options options;
        options.budget = 300;
        options.reduction = false;
        const Exploration marks = explore(*loaded.scenario, {}, options);
        const Exploration runs = explore(in_this_process(*loaded.scenario), options);
        EXPECT_EQ(marks.schedules, runs.schedules) << id;
        EXPECT_EQ(marks.different, runs.different) << id;
        EXPECT_EQ(marks.points, runs.points) << id;
        EXPECT_EQ(marks.complete, runs.complete) << id;
        EXPECT_EQ(marks.violating, runs.violating) << id;
        EXPECT_EQ(marks.pruned, 0u);
    }
}

using Told = std::set<std::pair<std::string, trace::LayerIndex>>;  // rule and layer of what was found
Told told(const Exploration& exploration) {
    Told list;
    for (const Found& each : exploration.found) list.emplace(each.rule, each.layer);
    return list;
}

// Leaving out equal orders and equal states loses nothing: the same rules break, and the runs end in the same states.
TEST(Explorer, FindsTheSameWithReductionAndWithout) {
    std::size_t left_out = 0, compared = 0;
    const auto compare = [&](const scenario::Scenario& scenario, const std::string& variant, bool failures) {
        Options options;
        options.budget = 700;
        options.failures = failures;
        options.reduction = false;
        const Exploration all = explore(scenario, variant, options);
        if (!all.problems.empty() || !all.complete) return;  // faulty drivers live elsewhere; larger spaces take too long here
        options.reduction = true;
        const Exploration some = explore(scenario, variant, options);
        ++compared;
        left_out += some.pruned + some.skipped;
        EXPECT_TRUE(some.complete) << scenario.id << " " << variant;
        EXPECT_EQ(told(some), told(all)) << scenario.id << " " << variant;
        EXPECT_EQ(some.end_states, all.end_states) << scenario.id << " " << variant;
        EXPECT_LE(some.schedules, all.schedules) << scenario.id << " " << variant;
    };
    for (const char* id : {"m1", "m2", "m3", "m4", "m8", "m11", "m12", "s1", "s6"}) {
        const scenario::Loaded loaded = scenario::find_scenario(id);
        ASSERT_TRUE(loaded.scenario) << id;
        compare(*loaded.scenario, {}, false);
        compare(*loaded.scenario, {}, true);
        for (const scenario::Variant& variant : loaded.scenario->variants) compare(*loaded.scenario, variant.name, false);
    }
    EXPECT_GE(compared, 20u);
    EXPECT_GT(left_out, 0u);
}

Footprint touching(std::vector<std::uint64_t> objects, std::vector<std::uint64_t> written, std::uint64_t entered, std::uint64_t shared) {
    return {.everything = false, .objects = std::move(objects), .written = std::move(written), .entered = entered, .shared_written = shared};
}

TEST(Explorer, TakesForIndependentOnlyWhatHasNothingInCommon) {
    const Footprint one = touching({1, 5}, {100}, 0b0111, 0), other = touching({2, 6}, {200}, 0b0111, 0);
    EXPECT_TRUE(independent(one, other));
    EXPECT_TRUE(independent(other, one));
    EXPECT_FALSE(independent(one, one));
    EXPECT_FALSE(independent(one, Footprint{})) << "what is not known touches everything";
    EXPECT_FALSE(independent(one, touching({5, 9}, {200}, 0b0111, 0))) << "an object in common";
    EXPECT_FALSE(independent(one, touching({2}, {50, 100}, 0b0111, 0))) << "an allocation in common";
    EXPECT_FALSE(independent(one, touching({2}, {200}, 0b1000, 0b0010))) << "it may have read what the other one wrote";
    EXPECT_TRUE(independent(one, touching({2}, {200}, 0b1000, 0b1000))) << "written for a layer that the first one never entered";
}

// Four items, each taken once. The first two write to one place, the last two to another; what ends where tells who of each
// pair was last.
class TwoPairs final : public Walk {
public:
    TwoPairs() { begin(); }
    void begin() override {
        choices_.clear();
        look();
    }
    [[nodiscard]] bool ended() const override { return point_.pending.empty(); }
    [[nodiscard]] const scenario::ChoicePoint& point() const override { return point_; }
    bool take(const Choice& choice) override {
        if (choice.item >= point_.pending.size()) return false;
        choices_.push_back(choice);
        look();
        return true;
    }
    [[nodiscard]] std::uint64_t state() override { return 0; }
    [[nodiscard]] std::uint64_t end_state() override {
        std::uint64_t last[2] = {0, 0};
        for (const std::uint64_t item : taken_) last[item / 2] = item;
        return last[0] * 8 + last[1];
    }
    [[nodiscard]] Footprint touched_by_last() override { return touching({}, {taken_.back() / 2}, 1, 0); }
    [[nodiscard]] std::uint64_t history() override {
        std::uint64_t number = 0;
        for (const std::uint64_t item : taken_) number = number * 4 + item;
        return number + 1;
    }
    [[nodiscard]] Judgement judgement() override { return {}; }
    [[nodiscard]] const std::vector<scenario::Problem>& problems() const override { return problems_; }

private:
    void back_towards(std::size_t depth) override {
        choices_.resize(depth);
        look();
    }
    void look() {
        std::vector<std::uint64_t> left{0, 1, 2, 3};
        taken_.clear();
        for (const Choice& choice : choices_) {
            taken_.push_back(left[choice.item]);
            left.erase(left.begin() + choice.item);
        }
        point_ = {};
        for (const std::uint64_t item : left) {
            scenario::PendingItem pending;
            pending.label = "item";
            pending.queued_at = item;
            pending.due = item;
            point_.pending.push_back(pending);
        }
    }

    std::vector<std::uint64_t> taken_;
    scenario::ChoicePoint point_;
    std::vector<scenario::Problem> problems_;
};

TEST(Explorer, RunsOneOfAllOrdersThatDifferInIndependentWorkOnly) {
    Workers workers(2, [] { return std::make_unique<TwoPairs>(); });
    Options options;
    options.failures = false;
    options.reduction = false;
    const Exploration all = Search(workers, options, 1).go();
    EXPECT_TRUE(all.complete);
    EXPECT_EQ(all.schedules, 24u);
    EXPECT_EQ(all.different, 24u);
    options.reduction = true;
    const Exploration some = Search(workers, options, 1).go();
    EXPECT_TRUE(some.complete);
    EXPECT_EQ(some.schedules, 4u) << "two orders of either pair";
    EXPECT_EQ(some.different, 4u);
    EXPECT_GT(some.skipped, 0u);
    EXPECT_EQ(some.end_states, all.end_states);
    EXPECT_EQ(some.end_states.size(), 4u);
}

// The parts of a space are run at the same time; where the budget ends does not depend on who is faster.
TEST(Explorer, CutsAtTheBudgetWhateverTheNumberOfWorkers) {
    const scenario::Loaded loaded = scenario::find_scenario("m8");  // it has more schedules than its textbook order lets expect
    ASSERT_TRUE(loaded.scenario);
    Options options;
    options.budget = 480;
    options.reduction = false;
    options.workers = 1;
    std::size_t last_told = 0;
    options.progress = [&](std::size_t schedules) {
        EXPECT_GE(schedules, last_told);
        last_told = schedules;
    };
    const Exploration one = explore(*loaded.scenario, {}, options);
    EXPECT_LE(one.schedules, options.budget);
    EXPECT_EQ(last_told, one.schedules);
    last_told = 0;
    options.workers = 3;
    const Exploration three = explore(*loaded.scenario, {}, options);
    EXPECT_EQ(three.schedules, one.schedules);
    EXPECT_EQ(three.pruned, one.pruned);
    EXPECT_EQ(three.different, one.different);
    EXPECT_EQ(three.end_states, one.end_states);
}

TEST(Explorer, EndsWhenItIsCancelled) {
    const scenario::Loaded loaded = scenario::find_scenario("m8");
    ASSERT_TRUE(loaded.scenario);
    std::atomic<bool> cancel = true;
    Options options;
    options.budget = 1'000'000;
    options.cancel = &cancel;
    const Exploration exploration = explore(*loaded.scenario, {}, options);
    EXPECT_EQ(exploration.schedules, 1u);
    EXPECT_FALSE(exploration.complete);
}

TEST(Explorer, SaysWhenAScenarioCannotBeRun) {
    const scenario::Loaded loaded = scenario::find_scenario("m1");
    ASSERT_TRUE(loaded.scenario);
    EXPECT_FALSE(explore(in_this_process(*loaded.scenario, "no such variant")).problems.empty());
    EXPECT_FALSE(explore(*loaded.scenario, "no such variant").problems.empty());
}

}  // namespace
}  // namespace chimneylab::explorer
