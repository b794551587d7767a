// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

using nlohmann::json;

std::uint64_t offset(const json& structure, const std::string& name) {
    for (const json& member : structure.at("members")) {
        if (member.at("name") == name) return member.at("offset");
    }
    return 0xFFFFFFFF;
}

// Offsets of the block lists: section 2.2 of the reference, observed in release builds of ndis.sys.
TEST(LayoutVerb, GivesTheBlockListsOfBothArchitectures) {
    const Ended x64 = run_program({"layout", "--json"});
    ASSERT_EQ(x64.code, 0) << x64.err;
    const json wide = x64.json();
    EXPECT_EQ(wide.at("arch"), "x64");
    const json& block = wide.at("structs").at("NDIS_MINIPORT_OFFLOAD_BLOCK_LIST");
    EXPECT_EQ(block.at("size"), 152);
    EXPECT_EQ(offset(block, "MiniportOffloadContext"), 0x30u);
    EXPECT_EQ(offset(block, "SourceHandle"), 0x80u);
    EXPECT_EQ(offset(wide.at("structs").at("NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST"), "OffloadHandle"), 0x38u);

    const Ended x86 = run_program({"layout", "--arch", "x86", "--json"});
    ASSERT_EQ(x86.code, 0);
    const json narrow = x86.json();
    EXPECT_EQ(narrow.at("arch"), "x86");
    EXPECT_EQ(narrow.at("structs").at("NDIS_MINIPORT_OFFLOAD_BLOCK_LIST").at("size"), 76);
    EXPECT_EQ(narrow.at("structs").size(), wide.at("structs").size());
    for (const json& member : block.at("members")) {
        EXPECT_TRUE(member.contains("name") && member.contains("offset") && member.contains("size"));
    }
}

TEST(LayoutVerb, GivesOneStructureAsTextAndAsJson) {
    const Ended text = run_program({"layout", "NDIS_OFFLOAD_HANDLE"});
    EXPECT_EQ(text.code, 0);
    EXPECT_THAT(text.out, testing::HasSubstr("NDIS_OFFLOAD_HANDLE  16 bytes"));
    EXPECT_THAT(text.out, testing::HasSubstr("MiniportOffloadContext"));
    EXPECT_EQ(run_program({"layout", "NDIS_OFFLOAD_HANDLE", "--json"}).json().at("structs").size(), 1u);
}

}  // namespace
}  // namespace chimneylab::command_line
