// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A tree of offload blocks as it lay in watched memory at one event: its blocks in NDIS's walking order, the bytes of
// each, of the state behind it, of the handle in slot B, and of its NET_BUFFER_LISTs. Two images of one tree are compared
// index by index. Source: "Offload State Tree", "Placeholders, Linkers, and New Offloads".
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "engine/trace/member_layout.h"
#include "engine/verifier/replay.h"

namespace chimneylab::verifier {

namespace block_offset = trace::block_offset;
namespace handle_offset = trace::handle_offset;
namespace net_buffer_list_offset = trace::net_buffer_list_offset;
namespace net_buffer_offset = trace::net_buffer_offset;
namespace list_context_offset = trace::list_context_offset;

enum class Role : std::uint8_t { placeholder, linker, new_offload, reference };
enum class Layer : std::uint8_t { unknown, neighbor, path, connection };

[[nodiscard]] Layer layer_of_type(std::uint8_t state_type);  // Header.Type
[[nodiscard]] std::string_view to_text(Layer layer);          // "neighbor"

// One block of a tree and how it hangs in it. Does not change while the operation is under way.
struct BlockRef {
    RegionId region;
    Address address = 0;
    std::uint32_t parent = none;     // index of the block it depends on
    bool first_dependent = false;    // reached through DependentBlockList
    Role role = Role::reference;
    Layer layer = Layer::unknown;
    static constexpr std::uint32_t none = 0xFFFFFFFF;
};

enum class ShapeDefect : std::uint8_t { none, cycle, unwatched_link };

static_assert(std::endian::native == std::endian::little);

struct TreeShape {
    std::vector<BlockRef> blocks;  // blocks[0] is the root
    ShapeDefect defect = ShapeDefect::none;
    std::uint32_t defect_block = 0;   // the block whose link is bad
    std::uint32_t defect_member = 0;  // offset of that link
    Address defect_target = 0;
};

struct NetBufferListImage {
    Address address = 0;
    RegionId region;
    std::uint64_t source_handle = 0;
    std::int32_t status = 0;
    std::optional<std::uint32_t> depth;  // bytes in use on its context stack; none: not watched
};

struct BlockImage {
    std::array<std::byte, block_offset::size> bytes{};
    RegionId following_region;
    std::vector<std::byte> following;
    RegionId handle_region;              // of the handle in slot B; none for a placeholder or unwatched memory
    std::uint64_t handle_reserved = 0;   // its NdisReserved[0]
    std::uint64_t handle_context = 0;    // its MiniportOffloadContext
    std::vector<NetBufferListImage> chain;

    [[nodiscard]] std::uint64_t word(std::uint32_t offset, std::uint32_t size = 8) const {
        std::uint64_t value = 0;
        std::memcpy(&value, bytes.data() + offset, size);  // little-endian, as this machine is
        return value;
    }
    [[nodiscard]] std::uint64_t slot_a() const { return word(block_offset::slot_a); }
    [[nodiscard]] std::uint64_t slot_b() const { return word(block_offset::slot_b); }
    [[nodiscard]] std::uint64_t source_handle() const { return word(block_offset::source_handle); }
    [[nodiscard]] std::uint8_t type() const { return static_cast<std::uint8_t>(word(block_offset::type, 1)); }
    [[nodiscard]] std::int32_t status() const { return static_cast<std::int32_t>(word(block_offset::status, 4)); }
};

struct TreeImage {
    EventId event;  // none: not taken
    std::vector<BlockImage> blocks;
    [[nodiscard]] bool taken() const { return event.valid(); }
    void drop() { *this = {}; }
};

// Follows the links from a root as they are now. Roles are those of a tree about to go down with this operation.
[[nodiscard]] TreeShape walk_tree(const Replay& replay, RegionId root, OperationKind kind);
// The present bytes of exactly these blocks, whatever their links say now.
[[nodiscard]] TreeImage capture(const Replay& replay, const TreeShape& shape);
// By block: does the walk from the root reach it by the links of this image?
[[nodiscard]] std::vector<bool> reached(const TreeShape& shape, const TreeImage& image);
// Bytes in use on the context stack of a NET_BUFFER_LIST; none when a part of the stack is not watched.
[[nodiscard]] std::optional<std::uint32_t> context_depth(const Replay& replay, RegionId list);
// The structures behind a block, by Header.Type: where each class begins, none for a class that the type does not carry.
// Source: "OFFLOAD_STATE_TYPE" and the pages of the structures; sizes and offsets of the x64 ABI.
struct StateParts {
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    Layer layer = Layer::unknown;
    std::uint32_t constant = none, cached = none, delegated = none, size = 0;
};
[[nodiscard]] StateParts parts_of(std::uint8_t state_type);
namespace tcp_state {  // offsets within TCP_OFFLOAD_STATE_CONST, _CACHED and _DELEGATED
inline constexpr std::uint32_t const_flags = 0x08, remote_port = 0x0A, local_port = 0x0C, wind_scales = 0x0E, remote_mss = 0x10;
inline constexpr std::uint32_t cached_flags = 0x08, initial_rcv_wnd = 0x0C, ka_probe_count = 0x14, ka_timeout = 0x18, ka_interval = 0x1C;
inline constexpr std::uint32_t max_rt = 0x20, flow_label = 0x24, ttl_or_hop_limit = 0x28, tos_or_traffic_class = 0x29, user_priority = 0x2A;
inline constexpr std::uint32_t connection_state = 0x08, rcv_nxt = 0x10, rcv_wnd = 0x14, snd_una = 0x18, snd_nxt = 0x1C, snd_max = 0x20;
inline constexpr std::uint32_t snd_wnd = 0x24, max_snd_wnd = 0x28, send_wl1 = 0x2C, srtt = 0x38, ts_time = 0x44, total_rt = 0x48;
inline constexpr std::uint32_t dup_ack_count = 0x4C, keep_alive_probe_count = 0x50, keep_alive_timeout = 0x54, retransmit_count = 0x58;
inline constexpr std::uint32_t retransmit_timeout = 0x5C, send_data_head = 0x60, send_data_tail = 0x68, buffered_data = 0x70;
}  // namespace tcp_state
// A little-endian number in the state behind a block; 0 when it is not watched that far.
[[nodiscard]] std::uint64_t state_word(const BlockImage& image, std::uint32_t offset, std::uint32_t size);
// BufferedData of the delegated state behind a connection's block, as far as it is watched: the lists in their order.
[[nodiscard]] std::vector<Address> buffered_data(const Replay& replay, const BlockRef& block, const BlockImage& image);
// Whether two shapes correspond block by block (a tree and its converted copy).
[[nodiscard]] bool corresponds(const TreeShape& a, const TreeShape& b);

}  // namespace chimneylab::verifier
