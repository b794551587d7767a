// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Well-formedness of trees and order of operations: duties of whoever begins an operation, looked at where it begins.
#include <algorithm>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

using State = ObjectRecord::State;

bool starts_operation(const Scene& scene) { return scene.operation->starter == scene.driver; }

// The layer of the list a block stands in: that of the first block in it that has a type; else what its parent implies.
Layer layer_of_list(const TreeShape& shape, std::uint32_t parent) {
    for (const BlockRef& block : shape.blocks)
        if (block.parent == parent && block.role != Role::placeholder && block.layer != Layer::unknown) return block.layer;
    if (parent == BlockRef::none) return Layer::unknown;
    const Layer above = layer_of_list(shape, shape.blocks[parent].parent);
    if (above == Layer::neighbor) return Layer::path;
    if (above == Layer::path) return Layer::connection;
    return Layer::unknown;
}

void siblings_of_one_layer(const Scene& scene, const Report& report) {
    if (!starts_operation(scene)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        if (block.role == Role::placeholder) continue;
        const auto type = static_cast<std::uint8_t>(scene.now->blocks[i].word(block_offset::type, 1));
        if (block.layer == Layer::unknown) {
            report.add(report.draft(scene).block(block.region).member("Header.Type", 0).seen_only(type, 1),
                       "Header.Type of " + scene.block_name(i) + " names no layer of the offload state tree.");
            continue;
        }
        const Layer list = layer_of_list(scene.shape(), block.parent);
        if (list == block.layer) continue;
        report.add(report.draft(scene).block(block.region).member("Header.Type", 0).seen_only(type, 1)
                       .meanings(std::string(to_text(list)), trace::state_type_text(type)),
                   scene.block_name(i) + " is a " + std::string(to_text(block.layer)) + " block, but it is linked by NextBlock to " +
                       std::string(to_text(list)) + " blocks.");
    }
}

void dependents_one_layer_up(const Scene& scene, const Report& report) {
    if (!starts_operation(scene)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        if (!block.first_dependent) continue;
        const BlockRef& parent = scene.shape().blocks[block.parent];
        const Layer above = layer_of_list(scene.shape(), parent.parent);
        const Layer below = layer_of_list(scene.shape(), block.parent);
        std::uint32_t depth = 1;
        for (std::uint32_t at = block.parent; at != BlockRef::none; at = scene.shape().blocks[at].parent) ++depth;
        const bool known = above != Layer::unknown && below != Layer::unknown;
        const bool fits = known ? static_cast<int>(below) == static_cast<int>(above) + 1 : above != Layer::connection;
        if (fits && depth <= 3) continue;
        report.add(report.draft(scene).block(parent.region).member("DependentBlockList", block_offset::dependent_block_list)
                       .seen_only(block.address),
                   "DependentBlockList of " + scene.block_name(block.parent) + " (" + std::string(to_text(above)) +
                       ") leads to " + scene.block_name(i) + " (" + std::string(to_text(below)) +
                       "); only neighbor to path and path to TCP connection are possible.");
    }
}

void no_cycles(const Scene& scene, const Report& report) {
    const TreeShape& shape = scene.operation->shapes.back();
    if (!starts_operation(scene) || shape.defect != ShapeDefect::cycle) return;
    const std::string_view member = member_name(shape.defect_member, false);
    report.add(report.draft(scene).block(shape.blocks[shape.defect_block].region).member(member, shape.defect_member)
                   .seen_only(shape.defect_target),
               std::string(member) + " of " + scene.block_name(shape.defect_block) +
                   " leads to a block that the walk has met before: NDIS would walk it twice, or for ever.");
}

void contexts_fit_roles(const Scene& scene, const Report& report) {
    if (!starts_operation(scene)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        const BlockImage& image = scene.now->blocks[i];
        if (block.role == Role::placeholder || !image.handle_region.valid()) continue;
        const ObjectRecord* object = scene.model.object(image.slot_b());
        const auto draft = [&] {
            return report.draft(scene).block(image.handle_region)
                .member("MiniportOffloadContext", handle_offset::miniport_offload_context);
        };
        if (block.role == Role::linker && object && !object->exists())
            report.add(draft().at_host("HS-059").values(0, image.handle_context),
                       "The handle of " + scene.block_name(i) + " holds a MiniportOffloadContext although the object is not "
                       "offloaded: NDIS and the drivers below take it for a linker. Its owner must clear it after a terminate.");
        else if (block.role == Role::new_offload && object && object->state == State::offloaded)
            report.add(draft().at_host("HS-021").seen_only(0),
                       scene.block_name(i) + " is offloaded, but its handle holds no MiniportOffloadContext any more: the "
                       "drivers below take it for a new offload.");
        else if (block.role == Role::reference && image.handle_context != 0 && object && !object->exists())
            report.add(draft().at_host("HS-059").values(0, image.handle_context), scene.block_name(i) + " refers to an object that is no longer "
                                                                "offloaded, although its handle still holds a context.");
        else if (block.role == Role::reference && image.handle_context == 0 && (!object || object->state != State::offloading))
            report.add(draft().at_host(object && object->state == State::not_offloaded ? "HS-034" : "HS-075").seen_only(0),
                       scene.block_name(i) + " refers to an object that is not offloaded: its handle "
                                                                   "holds no MiniportOffloadContext.");
    }
}

void linkers_link(const Scene& scene, const Report& report) {
    if (!starts_operation(scene)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        if (scene.shape().blocks[i].role != Role::linker) continue;
        if (scene.now->blocks[i].word(block_offset::dependent_block_list) != 0) continue;
        if (const ObjectRecord* object = scene.model.object(scene.now->blocks[i].slot_b()); object && !object->exists())
            continue;  // no linker at all: IM-019
        report.add(report.draft(scene).block(scene.shape().blocks[i].region)
                       .member("DependentBlockList", block_offset::dependent_block_list).seen_only(0),
                   scene.block_name(i) + " is a linker without dependents, so there is nothing it could link.");
    }
}

void one_binding(const Scene& scene, const Report& report) {
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        const Role role = scene.shape().blocks[i].role;
        if (role == Role::placeholder || role == Role::new_offload || !image.handle_region.valid()) continue;
        if (image.handle_reserved == 0 || image.handle_reserved == scene.event.subject) continue;
        report.add(report.draft(scene).block(image.handle_region).member("NdisReserved[0]", handle_offset::ndis_reserved)
                       .values(scene.event.subject, image.handle_reserved),
                   scene.block_name(i) + " was offloaded on " + scene.replay().meaning(image.handle_reserved) +
                       ", but the tree is passed down on " + scene.replay().meaning(scene.event.subject) + ".");
    }
}

void reserved_clear_at_initiate(const Scene& scene, const Report& report) {
    if (!starts_operation(scene)) return;  // an intermediate driver's own handle is IM-036
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        if (scene.shape().blocks[i].role != Role::new_offload || !image.handle_region.valid()) continue;
        if (image.handle_reserved == 0 || image.handle_reserved == scene.event.subject) continue;
        report.add(report.draft(scene).block(image.handle_region).member("NdisReserved[0]", handle_offset::ndis_reserved)
                       .values(0, image.handle_reserved),
                   "NdisReserved of the handle of " + scene.block_name(i) +
                       " still names another binding: NDIS never overwrites it and would send I/O there.");
    }
}

void reserved_is_ndis_own(const Scene& scene, const Report& report) {
    const trace::Region& region = scene.replay().trace().region(scene.change->region);
    if (region.kind != RegionKind::offload_handle || scene.change->offset >= handle_offset::miniport_offload_context) return;
    const ObjectRecord* object = scene.model.object(region.address);
    if (!object || !object->exists()) return;
    report.add(report.draft(scene).block(scene.change->region).member("NdisReserved[0]", handle_offset::ndis_reserved)
                   .bytes(scene.replay().trace().before(*scene.change), scene.replay().trace().after(*scene.change)),
               scene.who() + " wrote NdisReserved of " + scene.replay().region_name(scene.change->region) +
                   " while the object is offloaded; only NDIS may, it routes I/O and indications by it.");
}

void tree_stays_allocated(const Scene& scene, const Report& report) {
    const Address start = scene.event.subject;
    const AllocationRecord* allocation = scene.replay().allocation(start);
    const Address end = start + (allocation ? allocation->size : 0);
    const auto [block, operation] = scene.model.block_under_way(start, end);
    if (!operation) return;
    report.add(report.draft(scene).operation(*operation).block(block),
               "The memory of block " + scene.replay().region_name(block) +
                   " was released while its operation is still under way.");
}

void owner_leaves_tree_alone(const Scene& scene, const Report& report) {
    if (!scene.operation || !scene.passage || scene.operation->starter != scene.driver || !scene.passage->below()) return;
    const trace::Region& region = scene.replay().trace().region(scene.change->region);
    const bool block = region.kind == RegionKind::block_list;
    const bool own = block && scene.change->offset >= block_offset::protocol_reserved_0 &&
                     scene.change->offset < block_offset::miniport_reserved_0;
    if (own) return;
    report.add(report.draft(scene).block(block ? scene.change->region : region.parent)
                   .member(block ? member_name(scene.change->offset, false) : "state", scene.change->offset)
                   .at_host(block && scene.change->offset >= block_offset::miniport_reserved_0 &&
                                    scene.change->offset < block_offset::port_number ? "HS-020" : "HS-019")
                   .bytes(scene.replay().trace().before(*scene.change), scene.replay().trace().after(*scene.change)),
               scene.who() + " changed " + scene.replay().region_name(scene.change->region) +
                   " while the drivers below hold the tree.");
}

void object_is_free_for_it(const Scene& scene, const Report& report) {
    if (!starts_operation(scene)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        if (scene.shape().blocks[i].role == Role::placeholder) continue;
        const ObjectRecord* object = scene.model.object(scene.now->blocks[i].slot_b());
        if (!object || object->state != State::offloading) continue;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region)
                       .at_host(scene.operation->kind == OperationKind::initiate ? "HS-021" : "HS-033"),
                   "The initiate of " + scene.block_name(i) + " is still in progress; " +
                       std::string(trace::to_text(scene.operation->kind)) + " has to wait until it is complete.");
    }
}

void no_transfer_before_offload(const Scene& scene, const Report& report) {
    const trace::Function* function = scene.replay().function(scene.event);
    if (!scene.by_host_stack() || function->completion ||
        function->side != trace::Side::driver_calls_ndis)
        return;
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    if (!object || object->state != State::offloading) return;
    report.add(report.draft(scene).block(object->block),
               std::string(function->name) + " was called for " + scene.replay().region_name(object->block) +
                   " before its initiate was complete.");
}

// In an update tree a block that only holds dependents re-links them; it is not itself updated.
bool is_updated(const Scene& scene, std::size_t index) {
    if (scene.shape().blocks[index].role == Role::placeholder) return false;
    if (scene.now->blocks[index].word(block_offset::dependent_block_list) == 0) return true;
    const auto& state = scene.now->blocks[index].following;
    return state.size() >= 4 && (state[0] != std::byte{0} || state[1] != std::byte{0});
}

void one_update_at_a_time(const Scene& scene, const Report& report) {
    if (!starts_operation(scene) || scene.operation->kind != OperationKind::update) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        if (!is_updated(scene, i)) continue;
        const ObjectRecord* object = scene.model.object(scene.now->blocks[i].slot_b());
        if (!object) continue;
        if (object->updates > 0)
            report.add(report.draft(scene).block(scene.shape().blocks[i].region),
                       "An update of " + scene.block_name(i) + " is in progress; the next one has to wait for it.");
        else if (object->invalidated)
            report.add(report.draft(scene).block(scene.shape().blocks[i].region).at_host("HS-041"),
                       scene.block_name(i) + " has been invalidated: all that may follow is its terminate.");
    }
}

void terminate_waits(const Scene& scene, const Report& report) {
    if (!starts_operation(scene) || scene.operation->kind != OperationKind::terminate) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        const Address handle = scene.now->blocks[i].slot_b();
        const ObjectRecord* object = scene.model.object(handle);
        if (block.layer != Layer::connection || !object) continue;
        const std::uint32_t open = object->queries + object->updates + object->invalidates;
        if (open > 0)
            report.add(report.draft(scene).block(block.region),
                       "Terminate of " + scene.block_name(i) + " while " + std::to_string(open) +
                           (open == 1 ? " other operation" : " other operations") + " on it " +
                           (open == 1 ? "is" : "are") + " still in progress.");
        for (const Model::OpenTransfer& transfer : scene.model.open_transfers())
            if (transfer.handle == handle && transfer.caller == scene.driver &&
                (transfer.function->name == "NdisOffloadTcpReceive" || transfer.function->name == "NdisOffloadTcpDisconnect"))
                report.add(report.draft(scene).block(block.region).at_host("HS-050"), "Terminate of " + scene.block_name(i) + " while a call of " +
                                                                        std::string(transfer.function->name) +
                                                                        " on it has not returned.");
    }
}

}  // namespace

std::span<const Unit> tree_units() {
    static constexpr Unit all[] = {
        {"IM-016", Moment::operation_handed_on, siblings_of_one_layer},
        {"IM-017", Moment::operation_handed_on, dependents_one_layer_up},
        {"IM-018", Moment::operation_handed_on, no_cycles},
        {"IM-019", Moment::operation_handed_on, contexts_fit_roles},
        {"IM-020", Moment::operation_handed_on, linkers_link},
        {"IM-021", Moment::operation_handed_on, one_binding},
        {"IM-022", Moment::operation_handed_on, reserved_clear_at_initiate},
        {"IM-022", Moment::memory_written, reserved_is_ndis_own},
        {"IM-023", Moment::memory_freed, tree_stays_allocated},
        {"IM-023", Moment::memory_written, owner_leaves_tree_alone},
        {"IM-024", Moment::operation_handed_on, object_is_free_for_it},
        {"IM-024", Moment::transfer, no_transfer_before_offload},
        {"IM-025", Moment::operation_handed_on, one_update_at_a_time},
        {"IM-026", Moment::operation_handed_on, terminate_waits},
    };
    return all;
}

}  // namespace chimneylab::verifier
