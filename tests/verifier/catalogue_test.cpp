// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "engine/verifier/causes.h"
#include "engine/verifier/scene.h"

namespace chimneylab::verifier {
namespace {

TEST(Catalogue, HasEveryRuleOnceInOrder) {
    std::vector<std::string> wanted;
    for (int number = 1; number <= 123; ++number) wanted.push_back("IM-" + std::string(number < 10 ? "00" : number < 100 ? "0" : "") + std::to_string(number));
    for (const char* injected : {"INJ-001", "INJ-002"}) wanted.emplace_back(injected);
    for (int number = 1; number <= 14; ++number) wanted.push_back("MEM-" + std::string(number < 10 ? "00" : "0") + std::to_string(number));
    std::vector<std::string> seen;
    for (const Rule& rule : catalogue()) seen.emplace_back(rule.id);
    EXPECT_EQ(seen, wanted);
}

TEST(Catalogue, EveryRuleSaysWhatItIsAndWhereItComesFrom) {
    for (const Rule& rule : catalogue()) {
        SCOPED_TRACE(rule.id);
        EXPECT_GT(rule.statement.size(), 20u);
        EXPECT_TRUE(rule.statement.ends_with('.'));
        EXPECT_FALSE(rule.source.empty());
        EXPECT_FALSE(rule.how.empty());
        EXPECT_NE(evidence_text(rule), "");
        for (const std::string_view scenario : scenarios_of(rule)) EXPECT_THAT(scenario, testing::StartsWith("m"));
        EXPECT_EQ(find(rule.id), &rule);
    }
    EXPECT_EQ(find("IM-000"), nullptr);
    EXPECT_EQ(find(""), nullptr);
}

// A rule is called checked exactly when some unit checks it.
TEST(Catalogue, CheckedMeansThatAUnitIsRegistered) {
    std::set<std::string_view> registered;
    for (const Unit& unit : units()) {
        EXPECT_NE(find(unit.rule), nullptr) << unit.rule;
        EXPECT_NE(unit.check, nullptr) << unit.rule;
        registered.insert(unit.rule);
    }
    for (const Rule& rule : catalogue()) EXPECT_EQ(rule.checked, registered.contains(rule.id)) << rule.id;
}

TEST(Catalogue, EveryFindingKindHasARule) {
    using trace::FindingKind;
    EXPECT_EQ(rule_of(FindingKind::none), nullptr);
    std::set<const Rule*> rules;
    for (int kind = 1; kind <= static_cast<int>(FindingKind::driver_hung); ++kind) {
        const Rule* rule = rule_of(static_cast<FindingKind>(kind));
        ASSERT_NE(rule, nullptr) << kind;
        EXPECT_TRUE(rules.insert(rule).second) << rule->id;
    }
}

TEST(Causes, OnlyRulesOfTheCatalogueFollowFromEachOther) {
    EXPECT_TRUE(can_follow("IM-050", "MEM-007"));
    EXPECT_FALSE(can_follow("MEM-007", "IM-050"));
    EXPECT_FALSE(can_follow("IM-009", "IM-050"));
    for (const Rule& rule : catalogue()) EXPECT_FALSE(can_follow(rule.id, rule.id) && rule.id == "IM-050");
}

}  // namespace
}  // namespace chimneylab::verifier
