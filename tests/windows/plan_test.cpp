// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A scenario's document comes back from its plan as it was, and what is no plan is refused.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "driver-bridge/windows/plan/plan.h"
#include "engine/scenario/library.h"

namespace chimneylab {
namespace {

using scenario::Node;

void expect_same(const Node& a, const Node& b) {
    ASSERT_EQ(a.kind, b.kind);
    EXPECT_EQ(a.where, b.where);
    EXPECT_EQ(a.quoted, b.quoted);
    EXPECT_EQ(a.scalar, b.scalar);
    ASSERT_EQ(a.items.size(), b.items.size());
    for (std::size_t i = 0; i < a.items.size(); ++i) expect_same(a.items[i], b.items[i]);
    ASSERT_EQ(a.entries.size(), b.entries.size());
    for (std::size_t i = 0; i < a.entries.size(); ++i) {
        expect_same(a.entries[i].key, b.entries[i].key);
        expect_same(a.entries[i].value, b.entries[i].value);
    }
}

std::vector<std::string> library_texts() {
    std::vector<std::string> texts;
    for (const scenario::Scenario& each : scenario::load_library().scenarios) {
        std::ifstream file(each.source, std::ios::binary);
        texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return texts;
}

TEST(Plan, EveryScenarioOfTheLibraryComesBackAsItWas) {
    const std::vector<std::string> texts = library_texts();
    ASSERT_GE(texts.size(), 20u);
    for (const std::string& text : texts) {
        scenario::Problems problems("scenario");
        const std::optional<Node> root = scenario::parse_document(text, problems);
        ASSERT_TRUE(root);
        const std::optional<Node> back = windows::read_plan(windows::write_plan(*root));
        ASSERT_TRUE(back);
        expect_same(*root, *back);
    }
}

TEST(Plan, KeepsLineFeedsQuotesAndWordsForNothing) {
    scenario::Problems problems("scenario");
    const auto root = scenario::parse_document("a: \"two\\nlines\"\nb: ~\nc: []\nd: {}\ne:\n", problems);
    ASSERT_TRUE(root);
    const auto back = windows::read_plan(windows::write_plan(*root));
    ASSERT_TRUE(back);
    expect_same(*root, *back);
}

TEST(Plan, RefusesWhatIsCutShortAtAnyByte) {
    scenario::Problems problems("scenario");
    const auto root = scenario::parse_document("a: [1, 2, {b: c}]\nd: text\n", problems);
    ASSERT_TRUE(root);
    const std::string plan = windows::write_plan(*root);
    for (std::size_t size = 0; size < plan.size(); ++size) EXPECT_FALSE(windows::read_plan(plan.substr(0, size))) << size;
    EXPECT_FALSE(windows::read_plan(plan + "x"));
}

TEST(Plan, RefusesNonsenseAndWhatIsBeyondTheLimits) {
    EXPECT_FALSE(windows::read_plan("chimneylab plan 2\n- 1 1 0 0\n\n"));
    EXPECT_FALSE(windows::read_plan("chimneylab plan 1\nq 1 1 0 0\n"));
    EXPECT_FALSE(windows::read_plan("chimneylab plan 1\ns 1 1 0 99999999999999999999\n\n"));
    EXPECT_FALSE(windows::read_plan("chimneylab plan 1\nl 1 1 0 1000000\n"));
    std::string deep = "chimneylab plan 1\n";
    for (int i = 0; i < 100; ++i) deep += "l 1 1 0 1\n";
    EXPECT_FALSE(windows::read_plan(deep + "s 1 1 0 1\nx\n"));
}

}  // namespace
}  // namespace chimneylab
