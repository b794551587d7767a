// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The trace's own tables of x64 members and statuses against the headers that drivers compile with.
#include <ndis.h>
#include <ndischimney.h>

#include <gtest/gtest.h>

#include <cstddef>

#include "engine/trace/member_layout.h"
#include "engine/trace/text.h"

namespace chimneylab::trace {
namespace {

#define EXPECT_MEMBER(members, structure, member, text)                                                    \
    do {                                                                                                   \
        const Member* found = member_at(members, static_cast<std::uint32_t>(offsetof(structure, member))); \
        ASSERT_NE(found, nullptr) << #structure "." text;                                                  \
        EXPECT_EQ(found->name, text);                                                                      \
        EXPECT_EQ(found->offset, offsetof(structure, member));                                             \
        EXPECT_EQ(found->size, sizeof(structure::member));                                                 \
    } while (false)

#define EXPECT_COMMON(members, structure)                                                \
    EXPECT_MEMBER(members, structure, Header, "Header");                                 \
    EXPECT_MEMBER(members, structure, NextBlock, "NextBlock");                           \
    EXPECT_MEMBER(members, structure, DependentBlockList, "DependentBlockList");         \
    EXPECT_MEMBER(members, structure, Status, "Status");                                 \
    EXPECT_MEMBER(members, structure, SourceHandle, "SourceHandle");                     \
    EXPECT_MEMBER(members, structure, PortNumber, "PortNumber");                         \
    EXPECT_MEMBER(members, structure, NetBufferListChain, "NetBufferListChain");         \
    EXPECT_EQ(offsetof(structure, ProtocolReserved), block_offset::protocol_reserved_0); \
    EXPECT_EQ(offsetof(structure, MiniportReserved), block_offset::miniport_reserved_0); \
    EXPECT_EQ(offsetof(structure, ImReserved), block_offset::im_reserved_0);             \
    EXPECT_EQ(offsetof(structure, Scratch), block_offset::scratch_0);                    \
    EXPECT_EQ(sizeof(structure), block_offset::size)

TEST(LayoutAgreement, both_block_lists) {
    EXPECT_COMMON(block_members(BlockType::miniport), NDIS_MINIPORT_OFFLOAD_BLOCK_LIST);
    EXPECT_COMMON(block_members(BlockType::protocol), NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST);
    EXPECT_MEMBER(block_members(BlockType::miniport), NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, MiniportOffloadContext,
                  "MiniportOffloadContext");
    EXPECT_MEMBER(block_members(BlockType::miniport), NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, NdisOffloadHandle,
                  "NdisOffloadHandle");
    EXPECT_MEMBER(block_members(BlockType::protocol), NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, OffloadHandle, "OffloadHandle");
    EXPECT_EQ(offsetof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, NdisReserved) + 16, block_offset::slot_a);
    EXPECT_EQ(member_at(block_members(BlockType::protocol), block_offset::slot_a)->name, "NdisReserved[2]");
}

TEST(LayoutAgreement, the_offload_handle) {
    EXPECT_MEMBER(offload_handle_members(), NDIS_OFFLOAD_HANDLE, MiniportOffloadContext, "MiniportOffloadContext");
    EXPECT_EQ(offsetof(NDIS_OFFLOAD_HANDLE, NdisReserved), handle_offset::ndis_reserved);
    EXPECT_EQ(sizeof(NDIS_OFFLOAD_HANDLE), handle_offset::size);
}

TEST(LayoutAgreement, the_net_buffer_list_and_what_hangs_from_it) {
    EXPECT_MEMBER(net_buffer_list_members(), NET_BUFFER_LIST, Next, "Next");
    EXPECT_MEMBER(net_buffer_list_members(), NET_BUFFER_LIST, FirstNetBuffer, "FirstNetBuffer");
    EXPECT_MEMBER(net_buffer_list_members(), NET_BUFFER_LIST, Context, "Context");
    EXPECT_MEMBER(net_buffer_list_members(), NET_BUFFER_LIST, ParentNetBufferList, "ParentNetBufferList");
    EXPECT_MEMBER(net_buffer_list_members(), NET_BUFFER_LIST, NdisPoolHandle, "NdisPoolHandle");
    EXPECT_MEMBER(net_buffer_list_members(), NET_BUFFER_LIST, Scratch, "Scratch");
    EXPECT_MEMBER(net_buffer_list_members(), NET_BUFFER_LIST, SourceHandle, "SourceHandle");
    EXPECT_MEMBER(net_buffer_list_members(), NET_BUFFER_LIST, ChildRefCount, "ChildRefCount");
    EXPECT_MEMBER(net_buffer_list_members(), NET_BUFFER_LIST, Flags, "Flags");
    EXPECT_MEMBER(net_buffer_list_members(), NET_BUFFER_LIST, Status, "Status");
    EXPECT_EQ(offsetof(NET_BUFFER_LIST, MiniportReserved), 0x60u);
    EXPECT_EQ(offsetof(NET_BUFFER_LIST, NetBufferListInfo) + 8 * TcpOffloadBytesTransferred, net_buffer_list_offset::bytes_transferred);
    EXPECT_EQ(offsetof(NET_BUFFER_LIST, NetBufferListInfo) + 8 * TcpReceiveNoPush, net_buffer_list_offset::receive_no_push);
    EXPECT_EQ(sizeof(NET_BUFFER_LIST), net_buffer_list_offset::size);
    EXPECT_MEMBER(net_buffer_members(), NET_BUFFER, Next, "Next");
    EXPECT_MEMBER(net_buffer_members(), NET_BUFFER, CurrentMdl, "CurrentMdl");
    EXPECT_MEMBER(net_buffer_members(), NET_BUFFER, CurrentMdlOffset, "CurrentMdlOffset");
    EXPECT_MEMBER(net_buffer_members(), NET_BUFFER, DataLength, "DataLength");
    EXPECT_MEMBER(net_buffer_members(), NET_BUFFER, MdlChain, "MdlChain");
    EXPECT_MEMBER(net_buffer_members(), NET_BUFFER, DataOffset, "DataOffset");
    EXPECT_MEMBER(net_buffer_members(), NET_BUFFER, ChecksumBias, "ChecksumBias");
    EXPECT_MEMBER(net_buffer_members(), NET_BUFFER, NdisPoolHandle, "NdisPoolHandle");
    EXPECT_EQ(sizeof(NET_BUFFER), net_buffer_offset::size);
    EXPECT_MEMBER(list_context_members(), NET_BUFFER_LIST_CONTEXT, Next, "Next");
    EXPECT_MEMBER(list_context_members(), NET_BUFFER_LIST_CONTEXT, Size, "Size");
    EXPECT_MEMBER(list_context_members(), NET_BUFFER_LIST_CONTEXT, Offset, "Offset");
    EXPECT_EQ(offsetof(NET_BUFFER_LIST_CONTEXT, ContextData), list_context_offset::data);
}

TEST(LayoutAgreement, statuses) {
#define EXPECT_STATUS(name) EXPECT_EQ(status_text(static_cast<std::int32_t>(name)), #name)
    EXPECT_STATUS(NDIS_STATUS_SUCCESS);
    EXPECT_STATUS(NDIS_STATUS_PENDING);
    EXPECT_STATUS(NDIS_STATUS_FAILURE);
    EXPECT_STATUS(NDIS_STATUS_RESOURCES);
    EXPECT_STATUS(NDIS_STATUS_NOT_SUPPORTED);
    EXPECT_STATUS(NDIS_STATUS_INVALID_STATE);
    EXPECT_STATUS(NDIS_STATUS_REQUEST_ABORTED);
    EXPECT_STATUS(NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS);
    EXPECT_STATUS(NDIS_STATUS_UPLOAD_IN_PROGRESS);
    EXPECT_STATUS(NDIS_STATUS_REQUEST_UPLOAD);
    EXPECT_STATUS(NDIS_STATUS_OFFLOAD_TCP_ENTRIES);
    EXPECT_STATUS(NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED);
}

}  // namespace
}  // namespace chimneylab::trace
