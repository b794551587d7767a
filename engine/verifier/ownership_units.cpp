// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Who may touch a tree when: nothing of it after it was passed on, nothing kept in members that others may overwrite,
// operations that a driver answers by itself, and handlers that wait.
#include <algorithm>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

// The writer's code that was running: inside its handler for the way down, or inside the one for the way up?
bool in_completion_handler(const Scene& scene) {
    const EventId frame = scene.replay().frame_of(scene.driver);
    if (!frame.valid()) return false;
    const trace::Function* function = scene.replay().function(scene.replay().trace().event(frame));
    return function && function->group == trace::FunctionGroup::state_manipulation && function->completion;
}

std::string_view changed_member(const Scene& scene, const trace::Region& region) {
    return region.kind == RegionKind::block_list ? member_name(scene.change->offset, false) : std::string_view("state");
}

Draft written(const Scene& scene, const Report& report) {
    const trace::Region& region = scene.replay().trace().region(scene.change->region);
    const bool state = region.kind == RegionKind::following_state;
    return std::move(report.draft(scene).block(state ? region.parent : scene.change->region)
                         .member(changed_member(scene, region), scene.change->offset)
                         .bytes(scene.replay().trace().before(*scene.change), scene.replay().trace().after(*scene.change)));
}

void tree_untouched_after_call(const Scene& scene, const Report& report) {
    if (!scene.operation || !scene.passage || !scene.passage->arrived.valid() || !scene.passage->handed_on.valid()) return;
    const bool gone_up = scene.passage->completed.valid();
    if (!scene.passage->below() && !(gone_up && !in_completion_handler(scene))) return;
    report.add(written(scene, report), scene.who() + " wrote to " + scene.replay().region_name(scene.change->region) +
                                           " after it had passed the tree down; by then the drivers below hold it, or have "
                                           "completed it.");
}

// The entries of the call, written by the code behind the downward call in the same handler.
void entries_untouched_after_call(const Scene& scene, const Report& report) {
    const trace::Region& region = scene.replay().trace().region(scene.change->region);
    if (region.kind != RegionKind::call_entry && region.kind != RegionKind::offload_entry) return;
    if (region.owner != scene.driver) return;
    const EventId frame = scene.replay().frame_of(scene.driver);
    if (!frame.valid()) return;
    const trace::Event& handler = scene.replay().trace().event(frame);
    const OperationRecord* operation = scene.model.operation_of_block(handler.region);
    const Passage* passage = operation ? operation->passage(scene.driver) : nullptr;
    if (!passage || passage->arrived != frame || !passage->call_returned.valid()) return;
    if (passage->came_back.valid() && !passage->completed.valid()) return;  // it has the operation back
    bool of_this_call = region.kind == RegionKind::call_entry && passage->call_entry >= region.address &&
                        passage->call_entry < region.address + region.size;
    if (region.kind == RegionKind::offload_entry)
        for (auto at = scene.model.objects().lower_bound(region.address);
             at != scene.model.objects().end() && at->first < region.address + region.size; ++at)
            of_this_call = of_this_call || (at->second.initiate == operation->id && operation->kind == OperationKind::initiate);
    if (!of_this_call) return;
    report.add(report.draft(scene).operation(*operation).block(scene.change->region)
                   .bytes(scene.replay().trace().before(*scene.change), scene.replay().trace().after(*scene.change)),
               scene.who() + " wrote to " + scene.replay().region_name(scene.change->region) +
                   " behind its downward call; the completion may already have run and released it.");
}

void entries_kept_during_call(const Scene& scene, const Report& report) {
    const AllocationRecord* allocation = scene.replay().allocation(scene.event.subject);
    if (!allocation) return;
    const Address end = allocation->address + allocation->size;
    if (const auto use = scene.model.call_entries().find(allocation->address); use != scene.model.call_entries().end()) {
        const OperationRecord& operation = scene.model.operations()[use->second.operation];
        const Passage* passage = operation.passage(use->second.layer);
        if (passage && passage->below() && !operation.finished.valid() && passage->call_entry >= allocation->address &&
            passage->call_entry < end)
            report.add(report.draft(scene).by(use->second.layer).operation(operation).block(passage->call_entry_region),
                       scene.replay().layer_name(use->second.layer) +
                           " released its call entry while the operation is still with the drivers below.");
    }
    for (auto at = scene.model.objects().lower_bound(allocation->address);
         at != scene.model.objects().end() && at->first < end; ++at) {
        if (at->second.owner != allocation->owner || at->second.state != ObjectRecord::State::offloading) continue;
        if (!scene.replay().is_intermediate_driver(at->second.owner)) continue;
        const OperationRecord* operation = scene.model.operation_of_block(at->second.block);
        Draft draft = report.draft(scene).by(at->second.owner).block(at->second.block);
        if (operation) draft.operation(*operation);
        report.add(std::move(draft), scene.replay().layer_name(at->second.owner) + " released the offload entry of " +
                                         scene.replay().region_name(at->second.block) +
                                         " while its initiate is still with the drivers below.");
    }
}

void tree_untouched_after_completion(const Scene& scene, const Report& report) {
    if (!scene.operation || !scene.passage || !scene.passage->arrived.valid() || !scene.passage->completed.valid()) return;
    if (scene.passage->handed_on.valid() && !in_completion_handler(scene)) return;  // IM-043
    report.add(written(scene, report),
               scene.who() + " wrote to " + scene.replay().region_name(scene.change->region) +
                   " after it had completed the operation upward; the tree belongs to the drivers above again.");
}

// The tree has been released by its owner meanwhile, and the write shows in the released memory.
void released_tree_written(const Scene& scene, const Report& report, bool on_the_way_up) {
    if (static_cast<trace::FindingKind>(scene.event.detail) != trace::FindingKind::use_after_free) return;
    const AllocationRecord* allocation = scene.replay().allocation(scene.event.subject);
    if (!allocation) return;
    const auto [block, operation] = scene.model.block_of_past(allocation->address, allocation->address + allocation->size);
    const Passage* passage = operation ? operation->passage(scene.driver) : nullptr;
    if (!passage || !passage->arrived.valid() || !passage->completed.valid()) return;
    const bool behind_completion = in_completion_handler(scene) || !passage->handed_on.valid();
    if (behind_completion != on_the_way_up) return;
    report.add(report.draft(scene).operation(*operation).block(block),
               scene.who() + " wrote to the tree of " + scene.replay().region_name(block) +
                   (on_the_way_up ? " after it had completed the operation upward" : " after it had passed it down") +
                   "; its owner has released it by now.");
}

// The call entry of the call, released inside it by the completion that ran there.
void released_entry_written_after_call(const Scene& scene, const Report& report) {
    if (static_cast<trace::FindingKind>(scene.event.detail) != trace::FindingKind::use_after_free) return;
    const AllocationRecord* allocation = scene.replay().allocation(scene.event.subject);
    const EventId frame = scene.replay().frame_of(scene.driver);
    if (!allocation || !frame.valid() || allocation->owner != scene.driver) return;
    const trace::Event& handler = scene.replay().trace().event(frame);
    const OperationRecord* operation = scene.model.operation_of_block(handler.region);
    const Passage* passage = operation ? operation->passage(scene.driver) : nullptr;
    if (!passage || passage->arrived != frame || !passage->call_returned.valid()) return;
    if (passage->call_entry < allocation->address || passage->call_entry >= allocation->address + allocation->size) return;
    report.add(report.draft(scene).operation(*operation).block(passage->call_entry_region),
               scene.who() + " wrote to its call entry behind its downward call; the completion had run inside the call and "
                             "released it.");
}

void released_tree_written_after_call(const Scene& scene, const Report& report) { released_tree_written(scene, report, false); }
void released_tree_written_after_completion(const Scene& scene, const Report& report) { released_tree_written(scene, report, true); }

// A strict machine fills these members on the way down; the pattern in a place for saved values gives the driver away.
void nothing_kept_in(const Scene& scene, const Report& report, std::uint64_t pattern, std::string_view member) {
    if (!scene.passage->handed_on.valid()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i)
        for (const std::uint32_t offset : {block_offset::slot_b, block_offset::im_reserved_0, block_offset::im_reserved_1,
                                           block_offset::source_handle}) {
            if (scene.now->blocks[i].word(offset) != pattern) continue;
            report.add(report.draft(scene).block(scene.operation->shapes[scene.passage->upper_shape].blocks[i].region)
                           .member(member_name(offset, true), offset)
                           .values(scene.passage->at_arrival.blocks[i].word(offset), pattern),
                       scene.who() + " restored " + std::string(member_name(offset, true)) + " of " + scene.block_name(i) +
                           " from " + std::string(member) + ", which others may overwrite during the call down.");
            return;
        }
}

constexpr std::uint64_t scratch_pattern = 0x5C5C5C5C5C5C5C5C;
constexpr std::uint64_t miniport_reserved_pattern = 0x3D3D3D3D3D3D3D3D;

void nothing_kept_in_scratch(const Scene& scene, const Report& report) {
    nothing_kept_in(scene, report, scratch_pattern, "Scratch");
}

void nothing_kept_in_miniport_reserved(const Scene& scene, const Report& report) {
    nothing_kept_in(scene, report, miniport_reserved_pattern, "MiniportReserved");
}

bool fails(std::int32_t status) { return status < 0; }

void undone_when_refused(const Scene& scene, const Report& report) {
    if (!scene.passage->completed_locally() || scene.operation->kind != OperationKind::initiate ||
        !scene.by_intermediate_driver())
        return;
    constexpr std::uint32_t restored[] = {block_offset::slot_a, block_offset::slot_b, block_offset::im_reserved_0,
                                          block_offset::im_reserved_1, block_offset::source_handle};
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& now = scene.now->blocks[i];
        const BlockImage& then = scene.passage->at_arrival.blocks[i];
        const auto draft = [&] { return report.draft(scene).block(scene.shape().blocks[i].region); };
        for (const std::uint32_t offset : restored)
            if (now.word(offset) != then.word(offset)) {
                report.add(draft().member(member_name(offset, true), offset).values(then.word(offset), now.word(offset)),
                           scene.who() + " refused the initiate but did not put " + std::string(member_name(offset, true)) +
                               " of " + scene.block_name(i) + " back: a half-converted tree goes up.");
                break;
            }
        const Role role = scene.shape().blocks[i].role;
        if ((role == Role::new_offload || role == Role::linker) && !fails(now.status()))
            report.add(draft().member("Status", block_offset::status)
                           .statuses(static_cast<std::int32_t>(0xC000009A), now.status()),
                       scene.who() + " refused the initiate, but Status of " + scene.block_name(i) + " does not say so.");
    }
}

void not_failed_for_memory(const Scene& scene, const Report& report) {
    if (!scene.passage->completed_locally() || scene.operation->kind == OperationKind::initiate ||
        !scene.by_intermediate_driver())
        return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (!fails(scene.now->blocks[i].status())) continue;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region).member("Status", block_offset::status)
                       .statuses(0, scene.now->blocks[i].status()),
                   scene.who() + " failed the " + std::string(trace::to_text(scene.operation->kind)) +
                       " by itself; the host stack takes such a failure for lost state. Memory for it must be kept in reserve.");
        return;
    }
}

// Does the handler of the tree still run, with a dispatch inside it in which the present event happens?
bool waits_in_handler(const Scene& scene, const Passage& passage) {
    bool dispatch = false;
    const trace::Trace& trace = scene.replay().trace();
    for (EventId at = scene.event.parent; at.valid(); at = trace.event(at).parent) {
        if (trace.event(at).kind == trace::EventKind::work_started) dispatch = true;
        if (at == passage.arrived) return dispatch;
    }
    return false;
}

void handler_does_not_wait(const Scene& scene, const Report& report) {
    if (!scene.passage->arrived.valid() || !waits_in_handler(scene, *scene.passage)) return;
    report.add(report.draft(scene).at(scene.passage->arrived).block(scene.shape().blocks.front().region),
               "The handler of " + scene.who() + " has been waiting until the operation completed instead of returning.");
}

void deadlock_in_handler(const Scene& scene, const Report& report) {
    if (static_cast<trace::FindingKind>(scene.event.detail) != trace::FindingKind::deadlock) return;
    const trace::Trace& trace = scene.replay().trace();
    for (EventId at = scene.event.parent; at.valid(); at = trace.event(at).parent) {
        const trace::Event& call = trace.event(at);
        const trace::Function* function = call.kind == trace::EventKind::enter ? scene.replay().function(call) : nullptr;
        if (!function || function->group != trace::FunctionGroup::state_manipulation || function->completion ||
            function->side != trace::Side::ndis_calls_driver)
            continue;
        report.add(report.draft(scene).by(call.layer).block(call.region),
                   std::string(function->name) + " of " + scene.replay().layer_name(call.layer) +
                       " waits for something that can only happen after it has returned.");
        return;
    }
}

}  // namespace

std::span<const Unit> ownership_units() {
    static constexpr Unit all[] = {
        {"IM-043", Moment::memory_written, tree_untouched_after_call},
        {"IM-043", Moment::memory_written, entries_untouched_after_call},
        {"IM-043", Moment::memory_freed, entries_kept_during_call},
        {"IM-043", Moment::found_by_machine, released_tree_written_after_call},
        {"IM-043", Moment::found_by_machine, released_entry_written_after_call},
        {"IM-044", Moment::operation_completed, nothing_kept_in_scratch},
        {"IM-045", Moment::operation_completed, nothing_kept_in_miniport_reserved},
        {"IM-046", Moment::operation_completed, undone_when_refused},
        {"IM-047", Moment::operation_completed, not_failed_for_memory},
        {"IM-048", Moment::completion_arrives, handler_does_not_wait},
        {"IM-048", Moment::found_by_machine, deadlock_in_handler},
        {"IM-066", Moment::memory_written, tree_untouched_after_completion},
        {"IM-066", Moment::found_by_machine, released_tree_written_after_completion},
    };
    return all;
}

}  // namespace chimneylab::verifier
