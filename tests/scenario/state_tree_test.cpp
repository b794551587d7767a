// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/state_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace chimneylab::scenario {
namespace {

std::optional<StateLayer> layer_of(std::string_view name) {
    switch (name.front()) {
        case 'N':
            return StateLayer::neighbor;
        case 'P':
            return StateLayer::path;
        case 'T':
            return StateLayer::connection;
        default:
            return std::nullopt;
    }
}

std::optional<StateTree> parse(std::string_view text, Problems& problems) {
    return parse_state_tree(text, {1, 1}, layer_of, {"N1", "P1", "T1"}, problems);
}

StateTree good(std::string_view text) {
    Problems problems("tree");
    std::optional<StateTree> tree = parse(text, problems);
    EXPECT_TRUE(tree) << text << ": " << (problems.empty() ? "" : problems.take().front().to_text());
    return tree.value_or(StateTree{});
}

std::string objection_to_tree(std::string_view text) {
    Problems problems("tree");
    EXPECT_FALSE(parse(text, problems)) << text;
    const auto found = problems.take();
    return found.empty() ? "" : found.front().to_text();
}

TEST(StateTree, VisitsBlockThenDependentsThenNextSibling) {
    const StateTree tree = good("N1{P1{T1,T2},P2{T3}}, N2{P3{T4,T5}}");
    std::vector<std::string> order;
    for (const auto& block : tree.blocks) order.push_back(block.object);
    EXPECT_THAT(order, testing::ElementsAre("N1", "P1", "T1", "T2", "P2", "T3", "N2", "P3", "T4", "T5"));
    EXPECT_EQ(tree.blocks[3].parent, 1);
    EXPECT_EQ(tree.blocks[4].parent, 0);
    EXPECT_EQ(tree.blocks[6].parent, -1);
    EXPECT_EQ(tree.blocks[5].layer, StateLayer::connection);
}

TEST(StateTree, PlaceholdersTakeTheLayerTheyStandIn) {
    const StateTree tree = good("_{_{T1},P2}");
    EXPECT_EQ(tree.blocks[0].layer, StateLayer::neighbor);
    EXPECT_EQ(tree.blocks[1].layer, StateLayer::path);
    EXPECT_TRUE(tree.blocks[1].object.empty());
    EXPECT_EQ(good("_{T1}").blocks[0].layer, StateLayer::path);
    EXPECT_EQ(good("T1").blocks[0].layer, StateLayer::connection);
}

TEST(StateTree, RefusesWhatIsNoLegalTree) {
    EXPECT_THAT(objection_to_tree("N1{P1{N1}}"), testing::HasSubstr("cycle"));
    EXPECT_THAT(objection_to_tree("N1{P1{T1,T1}}"), testing::HasSubstr("twice"));
    EXPECT_THAT(objection_to_tree("N1{T1}"), testing::HasSubstr("stands where a path belongs"));
    EXPECT_THAT(objection_to_tree("N1,P1"), testing::HasSubstr("stands where a neighbor belongs"));
    EXPECT_THAT(objection_to_tree("T1{T2}"), testing::HasSubstr("'T2'"));
    EXPECT_THAT(objection_to_tree("N1{X1}"), testing::HasSubstr("no object"));
    EXPECT_THAT(objection_to_tree("N1{P1{T1{T2}}}"), testing::HasSubstr("three layers"));
    for (const char* text : {"", "N1{", "N1}", "N1{}", "N1{P1,}", ",N1", "N1 P1", "N1{P1}{P2}", "N1(P1)", "{N1}"}) {
        EXPECT_THAT(objection_to_tree(text), testing::HasSubstr("in the tree:")) << text;
    }
}

TEST(StateTree, PointsAtTheOffendingBlock) {
    EXPECT_THAT(objection_to_tree("N1{P1{T1,N1}}"), testing::StartsWith("tree:1:10:"));
}

TEST(StateTree, PrintsWhatItRead) {
    std::mt19937 random(11);
    for (int round = 0; round < 200; ++round) {
        StateTree tree;
        const auto add = [&](StateLayer layer, std::int32_t parent) {
            StateTree::Block block;
            if (random() % 4 != 0)
                block.object = std::string(1, "NPT"[static_cast<int>(layer)]) + std::to_string(tree.blocks.size());
            block.layer = layer;
            block.depth = static_cast<std::int32_t>(layer);
            block.parent = parent;
            tree.blocks.push_back(block);
            return static_cast<std::int32_t>(tree.blocks.size()) - 1;
        };
        for (unsigned n = 0; n <= random() % 3; ++n) {
            const auto neighbor = add(StateLayer::neighbor, -1);
            for (unsigned p = 0; p < random() % 4; ++p) {
                const auto path = add(StateLayer::path, neighbor);
                for (unsigned t = 0; t < random() % 4; ++t) add(StateLayer::connection, path);
            }
        }
        const StateTree again = good(tree.to_text());
        ASSERT_EQ(again.blocks.size(), tree.blocks.size());
        for (std::size_t i = 0; i < tree.blocks.size(); ++i) {
            EXPECT_EQ(again.blocks[i].object, tree.blocks[i].object);
            EXPECT_EQ(again.blocks[i].parent, tree.blocks[i].parent);
        }
    }
}

}  // namespace
}  // namespace chimneylab::scenario
