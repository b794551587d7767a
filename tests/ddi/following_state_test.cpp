// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The one rule for the state behind a block: where each class is, how much there is, and that writing through the
// accessors touches exactly that.
#include <chimneylab/following_state.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace {

constexpr ULONG none = CHIMNEYLAB_NO_STATE;

struct Row {
    UCHAR type;
    ULONG constant, cached, delegated, size;
    UCHAR family;
};

// From the end of the block, x64.
constexpr Row blocks[] = {
    {NeighborOffloadConstState, 0, none, none, 44, 0},
    {NeighborOffloadCachedState, none, 0, none, 44, 0},
    {NeighborOffloadDelegatedState, none, none, 0, 12, 0},
    {NeighborOffloadState, 0, 44, 88, 100, 0},
    {Ip4OffloadConstState, 0, none, none, 24, 4},
    {Ip4OffloadCachedState, none, 0, none, 12, 4},
    {Ip4OffloadDelegatedState, none, none, 0, 8, 4},
    {Ip4OffloadState, 0, 24, 36, 44, 4},
    {Ip6OffloadConstState, 0, none, none, 24, 6},
    {Ip6OffloadCachedState, none, 0, none, 12, 6},
    {Ip6OffloadDelegatedState, none, none, 0, 8, 6},
    {Ip6OffloadState, 0, 24, 36, 44, 6},
    {TcpOffloadConstState, 0, none, none, 24, 0},
    {TcpOffloadCachedState, none, 0, none, 44, 0},
    {TcpOffloadDelegatedState, none, none, 0, 120, 0},
    {TcpOffloadState, 0, 24, 72, 192, 0},
};

TEST(FollowingState, EveryTypeHasItsPlacement)
{
    for (const auto& row : blocks) {
        const auto placement = ChimneylabStatePlacement(row.type);
        EXPECT_EQ(placement.ConstOffset, row.constant) << int(row.type);
        EXPECT_EQ(placement.CachedOffset, row.cached) << int(row.type);
        EXPECT_EQ(placement.DelegatedOffset, row.delegated) << int(row.type);
        EXPECT_EQ(placement.StateSize, row.size) << int(row.type);
        EXPECT_EQ(placement.AddressFamily, row.family) << int(row.type);
        EXPECT_EQ(ChimneylabBlockAndStateSize(row.type), 152u + row.size) << int(row.type);
    }
}

TEST(FollowingState, AllOtherTypesCarryNothing)
{
    unsigned with_state = 0;
    for (unsigned type = 0; type <= 0xFF; ++type) {
        const auto placement = ChimneylabStatePlacement(static_cast<UCHAR>(type));
        if (placement.Layer == ChimneylabNoLayer) {
            EXPECT_EQ(placement.StateSize, 0u) << type;
            EXPECT_EQ(placement.ConstOffset, none) << type;
            EXPECT_EQ(placement.CachedOffset, none) << type;
            EXPECT_EQ(placement.DelegatedOffset, none) << type;
        } else {
            ++with_state;
        }
    }
    EXPECT_EQ(with_state, std::size(blocks));
    EXPECT_EQ(ChimneylabStateLayer(TcpOffloadResourceState), ChimneylabNoLayer);
    EXPECT_EQ(ChimneylabStateLayer(FilterReservedOffloadState), ChimneylabNoLayer);
}

// Enough for the largest block, its state and a guard; aligned as pool memory is.
struct alignas(16) Memory {
    std::array<unsigned char, 152 + 192 + 16> bytes;
};

Memory block_of(UCHAR type)
{
    Memory memory;
    memory.bytes.fill(0xA5);
    auto* block = reinterpret_cast<PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST>(memory.bytes.data());
    block->Header.Type = type;
    return memory;
}

TEST(FollowingState, InitialisingTouchesTheStateAndNothingElse)
{
    for (const auto& row : blocks) {
        Memory memory = block_of(row.type);
        ChimneylabInitializeFollowingState(memory.bytes.data());
        const auto* begin = memory.bytes.data();
        EXPECT_TRUE(std::all_of(begin + 1, begin + 152, [](unsigned char c) { return c == 0xA5; })) << int(row.type);
        EXPECT_TRUE(std::all_of(begin + 152 + row.size, begin + memory.bytes.size(),
                                [](unsigned char c) { return c == 0xA5; }))
            << int(row.type);
        const auto placement = ChimneylabStatePlacement(row.type);
        ULONG lengths = 0;
        for (const ULONG offset : {placement.ConstOffset, placement.CachedOffset, placement.DelegatedOffset}) {
            if (offset != none) {
                lengths += reinterpret_cast<const OFFLOAD_STATE_HEADER*>(begin + 152 + offset)->Length;
            }
        }
        // Between the two 4-aligned structures of a TCP connection and the pointers of the third lie 4 bytes.
        EXPECT_EQ(lengths, row.type == TcpOffloadState ? row.size - 4 : row.size) << int(row.type);
    }
}

TEST(FollowingState, AccessorsGiveOnlyWhatTheTypeCarries)
{
    Memory tcp = block_of(TcpOffloadState);
    const auto* block = tcp.bytes.data();
    EXPECT_EQ(static_cast<void*>(ChimneylabTcpConst(block)), block + 152);
    EXPECT_EQ(static_cast<void*>(ChimneylabTcpCached(block)), block + 176);
    EXPECT_EQ(static_cast<void*>(ChimneylabTcpDelegated(block)), block + 224);
    EXPECT_EQ(ChimneylabNeighborConst(block), nullptr);
    EXPECT_EQ(ChimneylabPathCached(block), nullptr);

    Memory query = block_of(Ip6OffloadDelegatedState);
    EXPECT_EQ(static_cast<void*>(ChimneylabPathDelegated(query.bytes.data())), query.bytes.data() + 152);
    EXPECT_EQ(ChimneylabPathConst(query.bytes.data()), nullptr);
    EXPECT_EQ(ChimneylabTcpDelegated(query.bytes.data()), nullptr);

    Memory neighbor = block_of(NeighborOffloadCachedState);
    EXPECT_EQ(static_cast<void*>(ChimneylabNeighborCached(neighbor.bytes.data())), neighbor.bytes.data() + 152);
    EXPECT_EQ(ChimneylabNeighborDelegated(neighbor.bytes.data()), nullptr);

    Memory nothing = block_of(TcpOffloadResourceState);
    EXPECT_EQ(ChimneylabTcpConst(nothing.bytes.data()), nullptr);
    EXPECT_EQ(ChimneylabPathConst(nothing.bytes.data()), nullptr);
}

TEST(FollowingState, WhatIsWrittenIsRead)
{
    Memory memory = block_of(TcpOffloadState);
    ChimneylabInitializeFollowingState(memory.bytes.data());
    ChimneylabTcpConst(memory.bytes.data())->RcvWindScale = 9;
    ChimneylabTcpCached(memory.bytes.data())->TtlOrHopLimit = 64;
    ChimneylabTcpCached(memory.bytes.data())->UserPriority = 5;
    ChimneylabTcpDelegated(memory.bytes.data())->SndNxt = 0x01020304;
    const Memory copy = memory;
    EXPECT_EQ(ChimneylabTcpConst(copy.bytes.data())->RcvWindScale, 9);
    EXPECT_EQ(ChimneylabTcpCached(copy.bytes.data())->UserPriority, 5);
    EXPECT_EQ(ChimneylabTcpDelegated(copy.bytes.data())->SndNxt, 0x01020304u);
    // The Windows place of TtlOrHopLimit: byte 40 of the cached structure.
    EXPECT_EQ(copy.bytes[152 + 24 + 40], 64);
}

} // namespace
