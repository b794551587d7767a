// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The x64 members of what a trace watches: the two block lists, NDIS_OFFLOAD_HANDLE, NET_BUFFER_LIST and what hangs from
// it, so that bytes can be shown as members without any driver header. (Every structure for both architectures: chimneylab_layout in engine/ddi.)
// Offsets and sizes in bytes. Source: ndischimney.h; a test compares these tables with the headers. Thread safe.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/trace/cursor.h"

namespace chimneylab::trace {

enum class BlockType : std::uint8_t { protocol, miniport };

struct Member {
    std::string_view name;  // "ImReserved[0]"
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    std::string_view type;     // "PVOID"
    std::string_view purpose;  // who writes it, who reads it: one line for a hover
};

// Offsets that readers of block lists need by name.
namespace block_offset {
inline constexpr std::uint32_t type = 0x00, next_block = 0x08, dependent_block_list = 0x10, status = 0x18;
inline constexpr std::uint32_t ndis_reserved_0 = 0x20, ndis_reserved_1 = 0x28, slot_a = 0x30, slot_b = 0x38;
inline constexpr std::uint32_t protocol_reserved_0 = 0x40, miniport_reserved_0 = 0x50;
inline constexpr std::uint32_t im_reserved_0 = 0x60, im_reserved_1 = 0x68, scratch_0 = 0x70;
inline constexpr std::uint32_t source_handle = 0x80, port_number = 0x88, net_buffer_list_chain = 0x90, size = 0x98;
}  // namespace block_offset
namespace handle_offset {
inline constexpr std::uint32_t ndis_reserved = 0x00, miniport_offload_context = 0x08, size = 0x10;
}  // namespace handle_offset
namespace net_buffer_list_offset {
inline constexpr std::uint32_t next = 0x00, first_net_buffer = 0x08, context = 0x10, source_handle = 0x78, status = 0x8C;
inline constexpr std::uint32_t bytes_transferred = 0x90, receive_no_push = 0xA0, size = 0x130;
}  // namespace net_buffer_list_offset
namespace net_buffer_offset {
inline constexpr std::uint32_t next = 0x00, data_length = 0x18, data_offset = 0x28, size = 0xB0;
}  // namespace net_buffer_offset
namespace list_context_offset {
inline constexpr std::uint32_t next = 0x00, capacity = 0x08, used_from = 0x0A, data = 0x10;  // Size, Offset, ContextData
}  // namespace list_context_offset

[[nodiscard]] std::string_view structure_name(BlockType type);  // "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST"
[[nodiscard]] std::span<const Member> block_members(BlockType type);
[[nodiscard]] std::span<const Member> offload_handle_members();
[[nodiscard]] std::span<const Member> net_buffer_list_members();
[[nodiscard]] std::span<const Member> net_buffer_members();
[[nodiscard]] std::span<const Member> list_context_members();  // without the data behind it
// Members of a region of this kind; empty for a kind that has no fixed layout (a driver's own entries, states).
[[nodiscard]] std::span<const Member> members_of(RegionKind kind, BlockType type);
[[nodiscard]] const Member* member_at(std::span<const Member> members, std::uint32_t offset);

// One member that an event changed, with its whole value before and after (not only the bytes that differ).
struct MemberChange {
    RegionId region;
    Member member;  // for a region without a layout: an 8-byte word named "+0x18"; name then points to static storage
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    LayerIndex writer = machine_layer;
};
// Everything the event at the cursor changed, member by member, in address order within each region. `type` names the
// block lists' members as the type they have after the event.
[[nodiscard]] std::vector<MemberChange> member_changes(const Cursor& at, BlockType type);

}  // namespace chimneylab::trace
