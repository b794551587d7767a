// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "engine/verifier/causes.h"
#include "engine/verifier/scene.h"
#include "engine/verifier/twins.h"

namespace chimneylab::verifier {
namespace {

TEST(Catalogue, HasEveryRuleOnceInOrder) {
    std::vector<std::string> wanted;
    const auto numbered = [&](const std::string& prefix, int last) {
        for (int number = 1; number <= last; ++number)
            wanted.push_back(prefix + std::string(number < 10 ? "00" : number < 100 ? "0" : "") + std::to_string(number));
    };
    numbered("HS-", 79);
    numbered("IM-", 123);
    numbered("INJ-", 2);
    numbered("MEM-", 14);
    numbered("OT-", 133);
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
        for (const std::string_view scenario : scenarios_of(rule)) EXPECT_THAT(std::string(scenario), testing::MatchesRegex("[ms][0-9]+"));
        EXPECT_EQ(find(rule.id), &rule);
    }
    EXPECT_EQ(find("IM-000"), nullptr);
    EXPECT_EQ(find(""), nullptr);
}

// A rule is called checked exactly when some unit checks it, under its name or under that of which it is a twin.
TEST(Catalogue, CheckedMeansThatAUnitIsRegistered) {
    std::set<std::string_view> registered;
    for (const Unit& unit : units()) {
        EXPECT_NE(find(unit.rule), nullptr) << unit.rule;
        EXPECT_NE(unit.check, nullptr) << unit.rule;
        registered.insert(unit.rule);
    }
    for (const Twin& twin : twins()) {
        EXPECT_NE(find(twin.twin), nullptr) << twin.twin;
        EXPECT_TRUE(twin.twin.starts_with(twin.role == trace::LayerRole::host_stack ? "HS-" : "OT-")) << twin.twin;
        EXPECT_TRUE(registered.contains(twin.rule)) << twin.rule << " " << twin.twin;
    }
    for (const Twin& twin : twins()) registered.insert(twin.twin);
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
