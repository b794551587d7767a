// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/verifier/rules.h"
#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

using nlohmann::json;

TEST(RulesVerb, ListsTheWholeCatalogue) {
    const Ended ended = run_program({"rules", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    const json rules = ended.json().at("rules");
    ASSERT_EQ(rules.size(), verifier::catalogue().size());
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const verifier::Rule& rule = verifier::catalogue()[i];
        EXPECT_EQ(rules[i].at("id"), rule.id);
        EXPECT_EQ(rules[i].at("severity"), to_text(rule.severity));
        EXPECT_EQ(rules[i].at("checked"), rule.checked);
        EXPECT_EQ(rules[i].at(rule.checked ? "how" : "reason"), rule.how);
        EXPECT_FALSE(rules[i].contains(rule.checked ? "reason" : "how"));
        EXPECT_EQ(rules[i].at("evidence"), evidence_text(rule));
        EXPECT_EQ(rules[i].at("source"), rule.source);
        EXPECT_EQ(rules[i].at("statement"), rule.statement);
        EXPECT_EQ(rules[i].at("strict_only"), rule.strict_only);
        EXPECT_TRUE(rules[i].at("scenarios").is_array());
    }
    const Ended told = run_program({"rules"});
    EXPECT_EQ(told.code, 0);
    for (const verifier::Rule& rule : verifier::catalogue()) EXPECT_THAT(told.out, testing::HasSubstr(std::string(rule.id)));
}

TEST(RulesVerb, TellsOneRuleInFull) {
    const Ended ended = run_program({"rules", "im-50"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    for (const char* part : {"IM-050", "SourceHandle", "severity", "source", "known how", "looked at", "may bring"})
        EXPECT_THAT(ended.out, testing::HasSubstr(part));
    const json rules = run_program({"rules", "IM-050", "--json"}).json().at("rules");
    ASSERT_EQ(rules.size(), 1u);
    EXPECT_EQ(rules[0].at("id"), "IM-050");
    EXPECT_THAT(run_program({"rules", "IM-013"}).out, testing::HasSubstr("not checked"));
}

TEST(RulesVerb, AnUnknownRuleIsRefusedWithTheNearestOnes) {
    for (const auto& [written, told] : {std::pair{"IM-200", "IM-123"}, {"MEM-099", "MEM-012"}, {"XX-050", "IM-050"}, {"source", "rule"}}) {
        const Ended ended = run_program({"rules", written, "--json"});
        EXPECT_EQ(ended.code, 2) << written;
        EXPECT_EQ(ended.out, "");
        EXPECT_EQ(ended.error_lines(), 1u) << ended.err;
        EXPECT_THAT(ended.err, testing::HasSubstr(written));
        EXPECT_THAT(ended.err, testing::HasSubstr(told));
        EXPECT_LT(ended.err.size(), 600u);
    }
}

}  // namespace
}  // namespace chimneylab::command_line
