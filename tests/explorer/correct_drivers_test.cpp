// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The lab's own drivers in every shipped scenario, in other orders, with blocks that the target fails and memory that cannot be
// had: what is found is a defect, of a driver or of the checker. With CHIMNEYLAB_EXPLORE_BUDGET=4000 in the environment as many
// schedules of each as that.
#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>
#include <variant>

#include "engine/explorer/explorer.h"
#include "engine/scenario/choices.h"
#include "engine/scenario/library.h"
#include "engine/scenario/run.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::explorer {
namespace {

class EveryScenario : public testing::TestWithParam<std::string> {};

TEST_P(EveryScenario, BreaksNoRuleWhateverFailsAndInWhichOrder) {
    const scenario::Loaded loaded = scenario::find_scenario(GetParam());
    ASSERT_TRUE(loaded.scenario);
    Options options;
    const char* const budget = std::getenv("CHIMNEYLAB_EXPLORE_BUDGET");
    options.budget = budget != nullptr ? std::strtoul(budget, nullptr, 10) : 250;
    const Exploration exploration = explore(*loaded.scenario, {}, options);
    EXPECT_TRUE(exploration.problems.empty());
    EXPECT_GT(exploration.schedules, 0u);
    for (const Found& each : exploration.found)
        ADD_FAILURE() << each.rule << " (" << each.layer_name << "): " << each.explanation << "\nchimneylab-cli run " << GetParam() << " --choices '"
                      << scenario::to_text(each.choices) << "'";
}

// What exploring has found once: a schedule of each defect.
TEST(OneSchedule, ThatOnceBrokeARuleBreaksNoneAnyMore) {
    constexpr std::pair<const char*, const char*> found[] = {
        {"m10", "0,0!allocation,0,0,0,0,0,0,0!allocation"},  // freed what it had failed to give back
        {"s24", "0,0!allocation"},                           // acknowledged what it could not keep
        {"s26", "0,0,0=FAILURE"},                            // went on sending without hardware
        {"s25", "0=FAILURE"},                                // resumed before all was back
        {"s27", "0,0,0,1,1,0,1,1,0,0,1,1,0=FAILURE"},        // a relink that failed and said nothing
        {"s27", "0,0,1!allocation,0,0,1,0,0,1,1,0,0,0,0=FAILURE,0!allocation,0,0,0=FAILURE"},  // a failure lost for want of a task
        {"s27", "0,0,0,1,1,0,1,1,0,0,1,1,0,0,0,0,1,0,0,1!allocation,1,1,0,0,0=FAILURE"},       // the checker believed a failed update
        {"s19", "0,0,0,0,1,1,0,0,0,1,1,1,0,0,1,1,0,1!allocation"},                             // and a segment that was not kept
        {"s15", "0,1,1,0,0,2!allocation"},
        {"s15", "0,1,1,0,0,2,0,2,1,0,0!allocation,0,1,0!allocation,0,0,1,0!allocation,1!allocation,0!allocation"},  // sent what had gone back
    };
    for (const auto& [id, text] : found) {
        SCOPED_TRACE(std::string(id) + " --choices " + text);
        const scenario::Loaded loaded = scenario::find_scenario(id);
        ASSERT_TRUE(loaded.scenario);
        scenario::RunOptions options;
        options.choices = std::get<std::vector<scenario::Choice>>(scenario::parse_choices(text));
        options.schedule_goes_on = true;
        const scenario::RunResult result = scenario::run(*loaded.scenario, options);
        EXPECT_FALSE(result.crashed) << result.failure;
        EXPECT_FALSE(result.stopped_at_choice);
        for (const verifier::Violation& each : verifier::verify(result.trace))
            EXPECT_GT(each.severity, verifier::Severity::warning) << each.rule << ": " << each.explanation;
    }
}

std::vector<std::string> shipped() {
    std::vector<std::string> ids;
    for (const scenario::Scenario& each : scenario::load_library().scenarios) ids.push_back(each.id);
    return ids;
}

INSTANTIATE_TEST_SUITE_P(Shipped, EveryScenario, testing::ValuesIn(shipped()), [](const auto& each) { return each.param; });

}  // namespace
}  // namespace chimneylab::explorer
