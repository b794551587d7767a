// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The lab's own drivers in every shipped scenario, in other orders, with blocks that the target fails and memory that cannot be
// had: what is found is a defect, of a driver or of the checker. With CHIMNEYLAB_EXPLORE_BUDGET=4000 in the environment as many
// schedules of each as that.
#include <gtest/gtest.h>

#include <cstdlib>

#include "engine/explorer/explorer.h"
#include "engine/scenario/choices.h"
#include "engine/scenario/library.h"

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

std::vector<std::string> shipped() {
    std::vector<std::string> ids;
    for (const scenario::Scenario& each : scenario::load_library().scenarios) ids.push_back(each.id);
    return ids;
}

INSTANTIATE_TEST_SUITE_P(Shipped, EveryScenario, testing::ValuesIn(shipped()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace chimneylab::explorer
