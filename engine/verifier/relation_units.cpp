// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// How objects hang together, and who may change that: updates and the links in them, invalidates, the headers of states.
// Sources: "Reasons for Updating Offloaded State Objects", "Linking Path State Objects to a New Neighbor State Object",
// "Invalidate Offload Sequence", "OFFLOAD_STATE_HEADER".
#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {


constexpr std::uint32_t size_of_class(Layer layer, unsigned which) {  // 0 const, 1 cached, 2 delegated; revision 1, x64
    constexpr std::array<std::array<std::uint32_t, 3>, 4> sizes{{{0, 0, 0}, {44, 44, 12}, {24, 12, 8}, {24, 44, 120}}};
    return sizes[static_cast<std::size_t>(layer)][which];
}

// At the target, whoever filled the length in; 0 is taken for a producer that leaves it to NDIS.
void lengths(const Scene& scene, const Report& report, bool zero_allowed) {
    if (!scene.by_offload_target() || !scene.operation || !scene.replay().is_host_stack(scene.operation->starter)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        if (scene.shape().blocks[i].role == Role::placeholder || image.following.empty()) continue;
        const StateParts parts = parts_of(image.type());
        const std::array<std::uint32_t, 3> at{parts.constant, parts.cached, parts.delegated};
        for (unsigned which = 0; which < 3; ++which) {
            const std::uint32_t wanted = size_of_class(parts.layer, which);
            if (at[which] == StateParts::none || wanted == 0 || image.following.size() < at[which] + wanted) continue;
            const std::uint64_t length = state_word(image, at[which], 4);
            const bool delegated_of_6_1 = which == 2 && parts.layer == Layer::connection && length == 128;
            if (length == wanted || delegated_of_6_1 || (length == 0 && zero_allowed)) continue;
            report.add(at_block(scene, report, i).by(scene.operation->starter).member("Length", at[which]).values(wanted, length, 4),
                       "The state behind " + scene.block_name(i) + " says it is " + std::to_string(length) + " bytes long; that structure has " +
                           std::to_string(wanted) + ".");
            break;
        }
    }
}
void lengths_agree(const Scene& scene, const Report& report) { lengths(scene, report, true); }
void lengths_are_there(const Scene& scene, const Report& report) { lengths(scene, report, false); }

// The handle that the block above stands for; 0 when there is none or a placeholder.
Address above(const Scene& scene, std::size_t i) {
    const std::uint32_t parent = scene.shape().blocks[i].parent;
    return parent == BlockRef::none ? 0 : scene.now->blocks[parent].slot_b();
}

void connections_stay_on_their_path(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::update)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const ObjectRecord* object = scene.model.object(scene.now->blocks[i].slot_b());
        const Address path = above(scene, i);
        if (scene.shape().blocks[i].layer != Layer::connection || !object || path == 0 || object->parent == 0 || object->parent == path) continue;
        report.add(at_block(scene, report, i),
                   "The update would move " + scene.block_name(i) + " to another path; a connection stays on the path it was offloaded with.");
    }
}

void relinked_to_what_is_there(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::update)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const ObjectRecord* path = scene.model.object(scene.now->blocks[i].slot_b());
        const Address to = above(scene, i);
        if (scene.shape().blocks[i].layer != Layer::path || !path || to == 0 || path->parent == to) continue;
        const ObjectRecord* neighbor = scene.model.object(to);
        if (neighbor && neighbor->state == ObjectRecord::State::offloaded && !neighbor->invalidated && neighbor->terminates == 0) continue;
        report.add(at_block(scene, report, i),
                   "The update links " + scene.block_name(i) + " to a neighbor that is not offloaded, or has been invalidated.");
    }
}

// The hardware address of another neighbor is that of another next hop.
void same_next_hop(const Scene& scene, const Report& report) {
    constexpr std::size_t address = 8, length = 6;  // DlDestinationAddress in NEIGHBOR_OFFLOAD_STATE_CACHED
    if (!host_begins(scene, OperationKind::update)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        const StateParts parts = parts_of(image.type());
        if (parts.layer != Layer::neighbor || parts.cached == StateParts::none || image.following.size() < parts.cached + address + length) continue;
        const auto told = std::span(image.following).subspan(parts.cached + address, length);
        for (const auto& [handle, other] : scene.model.objects()) {
            if (handle == image.slot_b() || other.owner != scene.driver || other.layer != Layer::neighbor || !other.exists()) continue;
            if (other.cached.size() < address + length || !std::equal(told.begin(), told.end(), other.cached.begin() + address)) continue;
            report.add(at_block(scene, report, i).member("DlDestinationAddress", parts.cached + address).bytes({}, told),
                       "The update gives " + scene.block_name(i) + " the hardware address of " + scene.replay().region_name(other.block) +
                           ", another next hop: its paths should be linked to that neighbor instead.");
            break;
        }
    }
}

// Of memory that is just a block and the state of its type, the state belongs to the tree.
void no_state_behind_an_invalidate(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::invalidate)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        const AllocationRecord* allocation = scene.replay().allocation(block.address);
        const std::uint32_t size = parts_of(scene.now->blocks[i].type()).size;
        if (block.role == Role::placeholder || size == 0 || !allocation || allocation->address != block.address || allocation->size < block_offset::size + size) continue;
        if (allocation->size >= block_offset::size + size + 16) continue;  // some larger thing of the host stack's own
        report.add(at_block(scene, report, i).member("Header.Type", 0).seen_only(scene.now->blocks[i].type(), 1),
                   "A state follows " + scene.block_name(i) + " in the tree of an invalidate, which carries none.");
    }
}

}  // namespace

std::span<const Unit> relation_units() {
    static constexpr Unit all[] = {
        {"HS-015", Moment::operation_arrives, lengths_agree},
        {"HS-015", Moment::operation_arrives, lengths_are_there, "state-length"},
        {"HS-042", Moment::operation_handed_on, connections_stay_on_their_path},
        {"HS-043", Moment::operation_handed_on, relinked_to_what_is_there},
        {"HS-044", Moment::operation_handed_on, same_next_hop},
        {"HS-047", Moment::operation_handed_on, no_state_behind_an_invalidate},
    };
    return all;
}

}  // namespace chimneylab::verifier
