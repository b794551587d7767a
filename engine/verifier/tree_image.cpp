// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/tree_image.h"

#include <algorithm>
#include <unordered_set>

namespace chimneylab::verifier {

Layer layer_of_type(std::uint8_t state_type) {
    if (state_type >= 1 && state_type <= 4) return Layer::neighbor;
    if (state_type >= 5 && state_type <= 12) return Layer::path;
    if (state_type >= 13 && state_type <= 17) return Layer::connection;
    return Layer::unknown;
}

std::string_view to_text(Layer layer) {
    switch (layer) {
    case Layer::neighbor: return "neighbor";
    case Layer::path: return "path";
    case Layer::connection: return "TCP connection";
    case Layer::unknown: break;
    }
    return "unknown";
}

std::optional<std::uint32_t> context_depth(const Replay& replay, RegionId list) {
    std::uint32_t depth = 0;
    Address at = replay.word(list, net_buffer_list_offset::context);
    for (std::size_t limit = 0; at != 0 && limit < std::size_t{64}; ++limit) {
        const RegionId region = replay.region_at(RegionKind::net_buffer_list_context, at);
        if (!region.valid()) return std::nullopt;
        depth += static_cast<std::uint32_t>(replay.word(region, list_context_offset::capacity, 2) -
                                            replay.word(region, list_context_offset::used_from, 2));
        at = replay.word(region, list_context_offset::next);
    }
    return depth;
}

namespace {

Role role_of(const Replay& replay, RegionId block, OperationKind kind) {
    const std::uint64_t handle = replay.word(block, block_offset::slot_b);
    if (handle == 0) return Role::placeholder;
    if (kind != OperationKind::initiate) return Role::reference;
    const RegionId region = replay.region_at(RegionKind::offload_handle, handle);
    return replay.word(region, handle_offset::miniport_offload_context) == 0 ? Role::new_offload : Role::linker;
}

std::vector<NetBufferListImage> capture_chain(const Replay& replay, Address head) {
    std::vector<NetBufferListImage> chain;
    for (Address at = head; at != 0;) {
        NetBufferListImage image;
        image.address = at;
        image.region = replay.region_at(RegionKind::net_buffer_list, at);
        const bool known = image.region.valid();
        image.source_handle = replay.word(image.region, net_buffer_list_offset::source_handle);
        image.status = static_cast<std::int32_t>(replay.word(image.region, net_buffer_list_offset::status, 4));
        if (known) image.depth = context_depth(replay, image.region);
        const bool again = std::ranges::any_of(chain, [at](const auto& seen) { return seen.address == at; });
        if (again) break;
        chain.push_back(image);
        at = known ? replay.word(image.region, net_buffer_list_offset::next) : 0;
    }
    return chain;
}

}  // namespace

StateParts parts_of(std::uint8_t type) {
    struct Sizes {
        std::uint32_t constant, cached, delegated, cached_at, delegated_at;
    };
    constexpr Sizes neighbor{44, 44, 12, 44, 88}, path{24, 12, 8, 24, 36}, connection{24, 44, 120, 24, 72};
    StateParts parts;
    parts.layer = layer_of_type(type);
    const Sizes* sizes = nullptr;
    unsigned which = 0;  // 1 const, 2 cached, 3 delegated, 4 all
    switch (parts.layer) {
    case Layer::neighbor: sizes = &neighbor; which = type; break;
    case Layer::path: sizes = &path; which = (type - 5u) % 4 + 1; break;
    case Layer::connection:
        sizes = &connection;
        which = type == 17 ? 4 : type == 16 ? 0 : type - 12u;
        break;
    case Layer::unknown: break;
    }
    if (!sizes || which == 0) return parts;
    if (which == 4) {
        parts.constant = 0;
        parts.cached = sizes->cached_at;
        parts.delegated = sizes->delegated_at;
        parts.size = sizes->delegated_at + sizes->delegated;
    } else {
        (which == 1 ? parts.constant : which == 2 ? parts.cached : parts.delegated) = 0;
        parts.size = which == 1 ? sizes->constant : which == 2 ? sizes->cached : sizes->delegated;
    }
    return parts;
}

std::uint64_t state_word(const BlockImage& image, std::uint32_t offset, std::uint32_t size) {
    if (std::size_t{offset} + size > image.following.size()) return 0;
    std::uint64_t value = 0;
    for (std::uint32_t at = 0; at < size; ++at) value |= std::to_integer<std::uint64_t>(image.following[offset + at]) << (8 * at);
    return value;
}

std::vector<Address> buffered_data(const Replay& replay, const BlockRef& block, const BlockImage& image) {
    std::vector<Address> lists;
    const StateParts parts = parts_of(image.type());
    if (block.layer != Layer::connection || block.role == Role::placeholder || parts.delegated == StateParts::none) return lists;
    Address at = state_word(image, parts.delegated + tcp_state::buffered_data, 8);
    for (std::size_t limit = 0; at != 0 && limit < 4096; ++limit) {
        const RegionId region = replay.region_at(RegionKind::net_buffer_list, at);
        if (!region.valid()) break;
        lists.push_back(at);
        at = replay.word(region, net_buffer_list_offset::next);
    }
    return lists;
}

TreeShape walk_tree(const Replay& replay, RegionId root, OperationKind kind) {
    struct Pending {
        RegionId block;
        std::uint32_t parent;
        bool first_dependent;
    };
    TreeShape shape;
    std::unordered_set<std::uint32_t> visited;
    std::vector<Pending> pending{{root, BlockRef::none, false}};
    while (!pending.empty()) {
        const Pending next = pending.back();
        pending.pop_back();
        const auto index = static_cast<std::uint32_t>(shape.blocks.size());
        BlockRef block;
        block.region = next.block;
        block.address = replay.trace().region(next.block).address;
        block.parent = next.parent;
        block.first_dependent = next.first_dependent;
        block.role = role_of(replay, next.block, kind);
        block.layer = layer_of_type(static_cast<std::uint8_t>(replay.word(next.block, block_offset::type, 1)));
        visited.insert(next.block.value);
        shape.blocks.push_back(block);
        const auto follow = [&](std::uint32_t member, std::uint32_t parent, bool dependent) {
            const Address target = replay.word(next.block, member);
            if (target == 0) return;
            const RegionId region = replay.region_at(RegionKind::block_list, target);
            const bool seen = region.valid() && (visited.contains(region.value) ||
                                                 std::ranges::any_of(pending, [&](const Pending& each) { return each.block == region; }));
            if (region.valid() && !seen) {
                pending.push_back({region, parent, dependent});
            } else if (shape.defect == ShapeDefect::none) {
                shape.defect = seen ? ShapeDefect::cycle : ShapeDefect::unwatched_link;
                shape.defect_block = index;
                shape.defect_member = member;
                shape.defect_target = target;
            }
        };
        follow(block_offset::next_block, next.parent, false);  // waits until everything below has been visited
        follow(block_offset::dependent_block_list, index, true);
    }
    return shape;
}

TreeImage capture(const Replay& replay, const TreeShape& shape) {
    TreeImage image;
    image.event = replay.now();
    image.blocks.resize(shape.blocks.size());
    for (std::size_t i = 0; i < shape.blocks.size(); ++i) {
        BlockImage& block = image.blocks[i];
        const auto bytes = replay.bytes(shape.blocks[i].region);
        std::copy_n(bytes.begin(), std::min(bytes.size(), block.bytes.size()), block.bytes.begin());
        block.following_region = replay.following_state_of(shape.blocks[i].region);
        const auto following = replay.bytes(block.following_region);
        block.following.assign(following.begin(), following.end());
        if (const std::uint64_t handle = block.slot_b(); handle != 0) {
            block.handle_region = replay.region_at(RegionKind::offload_handle, handle);
            block.handle_reserved = replay.word(block.handle_region, handle_offset::ndis_reserved);
            block.handle_context = replay.word(block.handle_region, handle_offset::miniport_offload_context);
        }
        if (const std::uint64_t chain = block.word(block_offset::net_buffer_list_chain); chain != 0)
            block.chain = capture_chain(replay, chain);
    }
    return image;
}

std::vector<bool> reached(const TreeShape& shape, const TreeImage& image) {
    std::vector<bool> seen(shape.blocks.size(), false);
    std::vector<std::size_t> pending{0};
    while (!pending.empty()) {
        const std::size_t index = pending.back();
        pending.pop_back();
        if (seen[index]) continue;
        seen[index] = true;
        for (const std::uint32_t link : {block_offset::next_block, block_offset::dependent_block_list}) {
            const std::uint64_t target = image.blocks[index].word(link);
            if (target == 0) continue;
            const auto found = std::ranges::find(shape.blocks, target, &BlockRef::address);
            if (found != shape.blocks.end()) pending.push_back(static_cast<std::size_t>(found - shape.blocks.begin()));
        }
    }
    return seen;
}

bool corresponds(const TreeShape& a, const TreeShape& b) {
    return std::ranges::equal(a.blocks, b.blocks, [](const BlockRef& x, const BlockRef& y) {
        return x.parent == y.parent && x.first_dependent == y.first_dependent && x.layer == y.layer;
    });
}

}  // namespace chimneylab::verifier
