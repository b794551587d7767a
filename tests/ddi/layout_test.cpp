// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The computed layouts against the expected numbers (both architectures) and against what this compiler makes of
// the headers (x64), structure by structure and member by member, none left out on either side.
#include "engine/ddi/layout/declarations.h"
#include "engine/ddi/layout/layout.h"

#include <gtest/gtest.h>

#include <ndis.h>
#include <ndischimney.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <stdexcept>

#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wclass-memaccess"

namespace {

using namespace chimneylab::layout;

struct Expected {
    std::string structure;
    std::string member;
    std::map<Arch, std::pair<std::uint32_t, std::uint32_t>> place; // offset and size; bits: offset and width
    std::optional<BitRange> bits;
};

const std::vector<Expected>& expected_members()
{
#define LAYOUT_STRUCTURE(structure, size64, size86)
#define LAYOUT_REVISION(macro, size64, size86)
#define LAYOUT_MEMBER(structure, member, offset64, size64, offset86, size86) \
    {#structure, #member, {{Arch::x64, {offset64, size64}}, {Arch::x86, {offset86, size86}}}, std::nullopt},
#define LAYOUT_MEMBER_X64(structure, member, offset, size) \
    {#structure, #member, {{Arch::x64, {offset, size}}}, std::nullopt},
#define LAYOUT_MEMBER_X86(structure, member, offset, size) \
    {#structure, #member, {{Arch::x86, {offset, size}}}, std::nullopt},
#define LAYOUT_BITS(structure, member, offset64, offset86, first, width)               \
    {#structure, #member, {{Arch::x64, {offset64, 0}}, {Arch::x86, {offset86, 0}}}, BitRange{first, width}},
#define LAYOUT_BITS_X64(structure, member, offset, first, width) \
    {#structure, #member, {{Arch::x64, {offset, 0}}}, BitRange{first, width}},
    static const std::vector<Expected> rows = {
#include "engine/ddi/layout_asserts/adapter_rows.h"
#include "engine/ddi/layout_asserts/chimney_rows.h"
#include "engine/ddi/layout_asserts/kernel_rows.h"
#include "engine/ddi/layout_asserts/net_buffer_rows.h"
#include "engine/ddi/layout_asserts/request_rows.h"
    };
#include "undefine_layout_rows.h"
    return rows;
}

struct ExpectedSize {
    std::string structure;
    std::uint32_t x64;
    std::uint32_t x86;
    std::uint32_t seen;
};

const std::vector<ExpectedSize>& expected_sizes()
{
#define LAYOUT_STRUCTURE(structure, size64, size86) {#structure, size64, size86, sizeof(structure)},
#define LAYOUT_REVISION(macro, size64, size86)
#define LAYOUT_MEMBER(structure, member, offset64, size64, offset86, size86)
#define LAYOUT_MEMBER_X64(structure, member, offset, size)
#define LAYOUT_MEMBER_X86(structure, member, offset, size)
#define LAYOUT_BITS(structure, member, offset64, offset86, first, width)
#define LAYOUT_BITS_X64(structure, member, offset, first, width)
    static const std::vector<ExpectedSize> rows = {
#include "engine/ddi/layout_asserts/adapter_rows.h"
#include "engine/ddi/layout_asserts/chimney_rows.h"
#include "engine/ddi/layout_asserts/kernel_rows.h"
#include "engine/ddi/layout_asserts/net_buffer_rows.h"
#include "engine/ddi/layout_asserts/request_rows.h"
    };
#include "undefine_layout_rows.h"
    return rows;
}

class Layout : public testing::TestWithParam<Arch> {};

TEST_P(Layout, EveryMemberIsWhereItIsExpected)
{
    for (const auto& row : expected_members()) {
        const auto place = row.place.find(GetParam());
        if (place == row.place.end()) {
            continue;
        }
        const auto* structure = find(row.structure, GetParam());
        ASSERT_NE(structure, nullptr) << row.structure;
        const auto* member = structure->member(row.member);
        ASSERT_NE(member, nullptr) << row.structure << '.' << row.member;
        EXPECT_EQ(member->offset, place->second.first) << row.structure << '.' << row.member;
        EXPECT_EQ(member->bits, row.bits) << row.structure << '.' << row.member;
        if (!row.bits) {
            EXPECT_EQ(member->size, place->second.second) << row.structure << '.' << row.member;
        }
    }
}

TEST_P(Layout, NoMemberIsWithoutAnExpectation)
{
    std::set<std::pair<std::string, std::string>> expected;
    for (const auto& row : expected_members()) {
        if (row.place.contains(GetParam())) {
            EXPECT_TRUE(expected.emplace(row.structure, row.member).second) << row.structure << '.' << row.member;
        }
    }
    std::size_t members = 0;
    for (const auto& structure : structures(GetParam())) {
        for (const auto& member : structure.members) {
            EXPECT_TRUE(expected.contains({structure.name, member.name})) << structure.name << '.' << member.name;
            ++members;
        }
    }
    EXPECT_EQ(members, expected.size());
    EXPECT_GT(members, 1000u);
}

TEST_P(Layout, EveryStructureHasItsSize)
{
    EXPECT_EQ(structures(GetParam()).size(), expected_sizes().size());
    for (const auto& row : expected_sizes()) {
        const auto* structure = find(row.structure, GetParam());
        ASSERT_NE(structure, nullptr) << row.structure;
        EXPECT_EQ(structure->size, GetParam() == Arch::x64 ? row.x64 : row.x86) << row.structure;
        EXPECT_EQ(structure->size % structure->alignment, 0u) << row.structure;
    }
}

TEST_P(Layout, NamesAreUniqueAndMembersStayInside)
{
    std::set<std::string> names;
    for (const auto& structure : structures(GetParam())) {
        EXPECT_TRUE(names.insert(structure.name).second) << structure.name;
        for (const auto& member : structure.members) {
            EXPECT_LE(member.offset + member.size, structure.size) << structure.name << '.' << member.name;
            if (member.bits) {
                EXPECT_LE(member.bits->first + member.bits->width, member.size * 8) << member.name;
            }
        }
    }
}

// Sizes and offsets as the pages and observed builds have them: x64, x86.
TEST_P(Layout, BlockListsAndHandlesAreTheKnownOnes)
{
    const bool x64 = GetParam() == Arch::x64;
    const auto size = [](const char* name) { return find(name, GetParam())->size; };
    EXPECT_EQ(size("NDIS_MINIPORT_OFFLOAD_BLOCK_LIST"), x64 ? 152u : 76u);
    EXPECT_EQ(size("NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST"), x64 ? 152u : 76u);
    EXPECT_EQ(size("NDIS_OFFLOAD_HANDLE"), x64 ? 16u : 8u);
    EXPECT_EQ(size("NDIS_OFFLOAD_HANDLE_PRIVATE"), x64 ? 24u : 12u);
    EXPECT_EQ(size("NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS"), x64 ? 48u : 28u);
    EXPECT_EQ(size("NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS"), x64 ? 56u : 32u);
    EXPECT_EQ(size("NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS"), x64 ? 56u : 32u);
    EXPECT_EQ(size("NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS"), x64 ? 64u : 36u);
    EXPECT_EQ(size("NDIS_TCP_OFFLOAD_EVENT_HANDLERS"), x64 ? 56u : 28u);
    EXPECT_EQ(size("TCP_OFFLOAD_STATE_DELEGATED"), x64 ? 120u : 108u);
    EXPECT_EQ(size("PATH_OFFLOAD_STATE_CONST"), x64 ? 24u : 16u);
    EXPECT_EQ(size("TCP_OFFLOAD_STATE_CACHED"), 44u);
    EXPECT_EQ(size("NET_BUFFER_LIST"), x64 ? 0x130u : 0xA0u);

    struct Slot {
        const char* miniport;
        const char* protocol;
        std::uint32_t x64;
        std::uint32_t x86;
    };
    const Slot slots[] = {
        {"Header", "Header", 0x00, 0x00},
        {"NextBlock", "NextBlock", 0x08, 0x04},
        {"DependentBlockList", "DependentBlockList", 0x10, 0x08},
        {"Status", "Status", 0x18, 0x0C},
        {"NdisReserved", "NdisReserved", 0x20, 0x10},
        {"NdisOffloadHandle", "OffloadHandle", 0x38, 0x1C},
        {"ProtocolReserved", "ProtocolReserved", 0x40, 0x20},
        {"MiniportReserved", "MiniportReserved", 0x50, 0x28},
        {"ImReserved", "ImReserved", 0x60, 0x30},
        {"Scratch", "Scratch", 0x70, 0x38},
        {"SourceHandle", "SourceHandle", 0x80, 0x40},
        {"PortNumber", "PortNumber", 0x88, 0x44},
        {"NetBufferListChain", "NetBufferListChain", 0x90, 0x48},
    };
    const auto* miniport = find("NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", GetParam());
    const auto* protocol = find("NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", GetParam());
    for (const auto& slot : slots) {
        EXPECT_EQ(miniport->member(slot.miniport)->offset, x64 ? slot.x64 : slot.x86) << slot.miniport;
        EXPECT_EQ(protocol->member(slot.protocol)->offset, x64 ? slot.x64 : slot.x86) << slot.protocol;
    }
    EXPECT_EQ(miniport->member("MiniportOffloadContext")->offset, x64 ? 0x30u : 0x18u);
    EXPECT_EQ(protocol->member("NdisReserved")->size, x64 ? 24u : 12u);
}

INSTANTIATE_TEST_SUITE_P(Both, Layout, testing::Values(Arch::x64, Arch::x86),
                         [](const auto& which) { return std::string(to_string(which.param)); });

TEST(LayoutQuery, AnswersForUnknownNames)
{
    EXPECT_EQ(find("NO_SUCH_STRUCTURE", Arch::x64), nullptr);
    EXPECT_EQ(find("NDIS_OFFLOAD_HANDLE", Arch::x64)->member("NoSuchMember"), nullptr);
    EXPECT_EQ(parse_arch("x86"), Arch::x86);
    EXPECT_EQ(parse_arch("arm"), std::nullopt);
    EXPECT_EQ(parse_arch(""), std::nullopt);
}

TEST(LayoutQuery, TypeTextNamesArrayLengthAndBits)
{
    const auto* block = find("NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", Arch::x64);
    EXPECT_EQ(block->member("NdisReserved")->type, "PVOID[3]");
    const auto* cached = find("TCP_OFFLOAD_STATE_CACHED", Arch::x86);
    EXPECT_EQ(cached->member("FlowLabel")->type, "ULONG:20, bits 0-19");
    EXPECT_EQ(cached->member("FlowLabel")->size, 4u);
    EXPECT_EQ(find("NDIS_OID_REQUEST", Arch::x86)->member("NdisReserved")->type, "UCHAR[64]");
    EXPECT_TRUE(find("NDIS_OID_REQUEST", Arch::x86)->member("DATA")->aggregate);
}

TEST(DeclarationReader, NamesTheLineOfAMistake)
{
    try {
        parse_declarations("struct A {\n    ULONG Member\n};\n");
        FAIL() << "accepted a declaration without its semicolon";
    } catch (const std::logic_error& error) {
        EXPECT_NE(std::string(error.what()).find("line 3"), std::string::npos) << error.what();
    }
    EXPECT_THROW(parse_declarations("class A { };"), std::logic_error);
    EXPECT_THROW(parse_declarations("struct A { ULONG x[4294967296]; };"), std::logic_error);
    EXPECT_THROW(parse_declarations("struct A { ULONG x;"), std::logic_error);
    EXPECT_EQ(simple_type_size("NO_SUCH_TYPE", Arch::x64), std::nullopt);
}

#if CHIMNEYLAB_DDI_64BIT

TEST(CompiledHeaders, EveryMemberIsWhereTheLayoutSaysItIs)
{
    const auto check = [](const char* structure_name, const char* member_name, std::size_t offset, std::size_t size) {
        const auto* structure = find(structure_name, Arch::x64);
        ASSERT_NE(structure, nullptr) << structure_name;
        const auto* member = structure->member(member_name);
        ASSERT_NE(member, nullptr) << structure_name << '.' << member_name;
        EXPECT_EQ(member->offset, offset) << structure_name << '.' << member_name;
        EXPECT_EQ(member->size, size) << structure_name << '.' << member_name;
    };
#define LAYOUT_STRUCTURE(structure, size64, size86) EXPECT_EQ(find(#structure, Arch::x64)->size, sizeof(structure));
#define LAYOUT_REVISION(macro, size64, size86) EXPECT_EQ(macro, static_cast<std::size_t>(size64)) << #macro;
#define LAYOUT_MEMBER(structure, member, offset64, size64, offset86, size86) \
    check(#structure, #member, offsetof(structure, member), sizeof(((structure*)nullptr)->member));
#define LAYOUT_MEMBER_X64(structure, member, offset, size) \
    check(#structure, #member, offsetof(structure, member), sizeof(((structure*)nullptr)->member));
#define LAYOUT_MEMBER_X86(structure, member, offset, size)
#define LAYOUT_BITS(structure, member, offset64, offset86, first, width)
#define LAYOUT_BITS_X64(structure, member, offset, first, width)
#include "engine/ddi/layout_asserts/adapter_rows.h"
#include "engine/ddi/layout_asserts/chimney_rows.h"
#include "engine/ddi/layout_asserts/kernel_rows.h"
#include "engine/ddi/layout_asserts/net_buffer_rows.h"
#include "engine/ddi/layout_asserts/request_rows.h"
#include "undefine_layout_rows.h"
}

// The place of a bit-field is read from memory: all its bits set in an otherwise empty structure.
template <typename S, typename Set>
void check_bits(const char* structure_name, const char* member_name, Set set)
{
    S object;
    std::memset(&object, 0, sizeof object);
    set(object);
    unsigned char bytes[sizeof object];
    std::memcpy(bytes, &object, sizeof object);
    std::vector<std::uint32_t> seen;
    for (std::uint32_t bit = 0; bit < sizeof bytes * 8; ++bit) {
        if ((bytes[bit / 8] >> (bit % 8)) & 1) {
            seen.push_back(bit);
        }
    }
    const auto* member = find(structure_name, Arch::x64)->member(member_name);
    ASSERT_NE(member, nullptr) << structure_name << '.' << member_name;
    ASSERT_TRUE(member->bits) << structure_name << '.' << member_name;
    ASSERT_EQ(seen.size(), member->bits->width) << structure_name << '.' << member_name;
    EXPECT_EQ(seen.front(), member->offset * 8 + member->bits->first) << structure_name << '.' << member_name;
    EXPECT_EQ(seen.back() - seen.front() + 1, member->bits->width) << structure_name << '.' << member_name;
}

TEST(CompiledHeaders, EveryBitFieldIsWhereTheLayoutSaysItIs)
{
#define LAYOUT_STRUCTURE(structure, size64, size86)
#define LAYOUT_REVISION(macro, size64, size86)
#define LAYOUT_MEMBER(structure, member, offset64, size64, offset86, size86)
#define LAYOUT_MEMBER_X64(structure, member, offset, size)
#define LAYOUT_MEMBER_X86(structure, member, offset, size)
#define LAYOUT_BITS(structure, member_path, offset64, offset86, first, width) \
    check_bits<structure>(#structure, #member_path, [](auto& object) { object.member_path--; });
#define LAYOUT_BITS_X64(structure, member_path, offset, first, width) \
    check_bits<structure>(#structure, #member_path, [](auto& object) { object.member_path--; });
#include "engine/ddi/layout_asserts/adapter_rows.h"
#include "engine/ddi/layout_asserts/chimney_rows.h"
#include "engine/ddi/layout_asserts/kernel_rows.h"
#include "engine/ddi/layout_asserts/net_buffer_rows.h"
#include "engine/ddi/layout_asserts/request_rows.h"
#include "undefine_layout_rows.h"
}

#endif

} // namespace
