// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A tree of offload blocks as it lay in watched memory at one event: its blocks in NDIS's walking order, the bytes of
// each, of the state behind it, of the handle in slot B, and of its NET_BUFFER_LISTs. Two images of one tree are compared
// index by index. Source: "Offload State Tree", "Placeholders, Linkers, and New Offloads".
#pragma once

#include <array>
#include <vector>

#include "engine/trace/member_layout.h"
#include "engine/verifier/replay.h"

namespace chimneylab::verifier {

namespace block_offset = trace::block_offset;
namespace handle_offset = trace::handle_offset;

enum class Role : std::uint8_t { placeholder, linker, new_offload, reference };
enum class Layer : std::uint8_t { unknown, neighbor, path, connection };

[[nodiscard]] Layer layer_of_type(std::uint8_t state_type);  // Header.Type
[[nodiscard]] std::string_view to_text(Layer layer);          // "neighbor"

// Where NET_BUFFER_LIST keeps what matters here (x64).
namespace net_buffer_list_offset {
inline constexpr std::uint32_t next = 0x00, source_handle = 0x78, status = 0x8C;
}

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
};

struct BlockImage {
    std::array<std::byte, block_offset::size> bytes{};
    RegionId following_region;
    std::vector<std::byte> following;
    RegionId handle_region;              // of the handle in slot B; none for a placeholder or unwatched memory
    std::uint64_t handle_reserved = 0;   // its NdisReserved[0]
    std::uint64_t handle_context = 0;    // its MiniportOffloadContext
    std::vector<NetBufferListImage> chain;

    [[nodiscard]] std::uint64_t word(std::uint32_t offset, std::uint32_t size = 8) const;
    [[nodiscard]] std::uint64_t slot_a() const { return word(block_offset::slot_a); }
    [[nodiscard]] std::uint64_t slot_b() const { return word(block_offset::slot_b); }
    [[nodiscard]] std::uint64_t source_handle() const { return word(block_offset::source_handle); }
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
// Whether two shapes correspond block by block (a tree and its converted copy).
[[nodiscard]] bool corresponds(const TreeShape& a, const TreeShape& b);

}  // namespace chimneylab::verifier
