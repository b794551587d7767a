// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Every member of the published structures has a story, and every rule it names is in the catalogue.
#include "engine/trace/member_story.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "engine/verifier/rules.h"

namespace chimneylab::trace {
namespace {

void expect_complete(RegionKind kind, BlockType type) {
    for (const Member& member : members_of(kind, type)) {
        const MemberStory* story = member_story(kind, type, member.offset);
        ASSERT_NE(story, nullptr) << member.name;
        EXPECT_FALSE(story->writer.empty()) << member.name;
        EXPECT_FALSE(story->reader.empty()) << member.name;
        EXPECT_FALSE(story->lifetime.empty()) << member.name;
        EXPECT_FALSE(story->source.empty()) << member.name;
        std::istringstream rules{std::string(story->rules)};
        for (std::string rule; rules >> rule;) EXPECT_NE(verifier::find(rule), nullptr) << member.name << " " << rule;
    }
}

TEST(MemberStory, every_member_of_both_blocks_and_of_the_handle_has_one) {
    expect_complete(RegionKind::block_list, BlockType::protocol);
    expect_complete(RegionKind::block_list, BlockType::miniport);
    expect_complete(RegionKind::offload_handle, BlockType::protocol);
}

TEST(MemberStory, the_two_slots_tell_another_story_under_their_other_name) {
    for (const std::uint32_t offset : {block_offset::slot_a, block_offset::slot_b}) {
        const MemberStory* protocol = member_story(RegionKind::block_list, BlockType::protocol, offset);
        const MemberStory* miniport = member_story(RegionKind::block_list, BlockType::miniport, offset);
        EXPECT_NE(protocol->writer, miniport->writer);
        EXPECT_NE(protocol->reader, miniport->reader);
    }
    EXPECT_EQ(member_story(RegionKind::block_list, BlockType::protocol, block_offset::source_handle),
              member_story(RegionKind::block_list, BlockType::miniport, block_offset::source_handle));
}

TEST(MemberStory, memory_without_a_published_layout_has_none) {
    EXPECT_EQ(member_story(RegionKind::call_entry, BlockType::protocol, 0), nullptr);
    EXPECT_EQ(member_story(RegionKind::block_list, BlockType::protocol, 4), nullptr);
    EXPECT_EQ(member_story(RegionKind::block_list, BlockType::protocol, block_offset::size), nullptr);
}

}  // namespace
}  // namespace chimneylab::trace
