// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// How long entries live: the offload entry as long as its object is offloaded, the call entry for one operation.
#include <algorithm>
#include <array>

#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

using State = ObjectRecord::State;

enum class TooEarly { none, linker_failed, partial, terminate_failed, offloaded };

// Why an entry that is being released should have been kept.
TooEarly too_early(const ObjectRecord& object) {
    if (object.state != State::offloaded) return TooEarly::none;
    if (object.terminate_failed) return TooEarly::terminate_failed;
    if (object.linker_failed.valid()) return TooEarly::linker_failed;
    if (object.partial) return TooEarly::partial;
    return TooEarly::offloaded;
}

// An adapter that goes away takes everything with it.
bool tears_down(const Scene& scene, LayerIndex layer) {
    const EventId frame = scene.replay().frame_of(layer);
    if (!frame.valid()) return false;
    const std::string_view name = scene.replay().trace().text(scene.replay().trace().event(frame).name);
    constexpr std::array<std::string_view, 7> ends{"MiniportHaltEx",      "MiniportShutdownEx",      "MiniportDriverUnload",
                                                   "DriverUnload",        "ProtocolUnbindAdapterEx", "ProtocolUninstall",
                                                   "ProtocolCloseAdapterCompleteEx"};
    return std::ranges::find(ends, name) != ends.end();
}

void released_too_early(const Scene& scene, const Report& report, TooEarly why, std::string_view sentence) {
    const AllocationRecord* allocation = scene.replay().allocation(scene.event.subject);
    if (!allocation || !scene.replay().is_intermediate_driver(allocation->owner)) return;
    for (auto at = scene.model.objects().lower_bound(allocation->address);
         at != scene.model.objects().end() && at->first < allocation->address + allocation->size; ++at) {
        const ObjectRecord& object = at->second;
        if (object.owner != allocation->owner || too_early(object) != why) continue;
        if (tears_down(scene, allocation->owner)) return;
        Draft draft = report.draft(scene).by(allocation->owner).block(object.block);
        if (why == TooEarly::linker_failed || why == TooEarly::partial || why == TooEarly::terminate_failed)
            if (const OperationRecord* operation = scene.model.operation_in_frame(allocation->owner)) draft.operation(*operation);
        report.add(std::move(draft), scene.replay().layer_name(allocation->owner) + " released its offload entry of " +
                                         scene.replay().region_name(object.block) + std::string(sentence));
    }
}

void partial_keeps_entry(const Scene& scene, const Report& report) {
    released_too_early(scene, report, TooEarly::partial,
                       ", which was offloaded with PARTIAL_SUCCESS: some of its dependents failed, not the object itself.");
}

void linker_keeps_entry(const Scene& scene, const Report& report) {
    released_too_early(scene, report, TooEarly::linker_failed,
                       ": it was a linker whose dependents failed, and is itself still offloaded.");
}

void failed_terminate_keeps_entry(const Scene& scene, const Report& report) {
    released_too_early(scene, report, TooEarly::terminate_failed,
                       " after a terminate that failed: the object is still used until the next terminate completes.");
}

void offloaded_keeps_entry(const Scene& scene, const Report& report) {
    released_too_early(scene, report, TooEarly::offloaded,
                       " while the object is offloaded: only a successful terminate ends the entry.");
}

// Entries that outlive their object until the run ends. A driver that keeps released entries in a list of its own, or in
// memory shared with others, cannot be judged this way.
void outlived(const Scene& scene, const Report& report, State state, std::string_view sentence) {
    for (const auto& [handle, object] : scene.model.objects()) {
        if (object.state != state || !object.allocated_for_it || object.recycled ||
            !scene.replay().is_intermediate_driver(object.owner))
            continue;
        const auto driver = scene.model.drivers().find(object.owner);
        if (driver != scene.model.drivers().end() && driver->second.reused_entries > 0) continue;
        const AllocationRecord* allocation = scene.replay().allocation(handle);
        if (!allocation || !allocation->live()) continue;
        const auto next = scene.model.objects().upper_bound(handle);
        if (next != scene.model.objects().end() && next->first < allocation->address + allocation->size) continue;
        Draft draft = report.draft(scene).by(object.owner).at(object.since).block(object.block);
        if (const OperationRecord* operation = scene.model.operation_numbered(object.last_operation)) draft.operation(*operation);
        report.add(std::move(draft), scene.replay().layer_name(object.owner) + " never released the offload entry of " +
                                         scene.replay().region_name(object.block) + std::string(sentence));
    }
}

void failed_object_releases_entry(const Scene& scene, const Report& report) {
    outlived(scene, report, State::not_offloaded, ", although the object was not offloaded.");
}

void terminated_object_releases_entry(const Scene& scene, const Report& report) {
    outlived(scene, report, State::terminated, ", although the object was terminated.");
}

// A driver that keeps spare call entries may put one from the pool in the place of a spare that it has used up.
void call_entry_released(const Scene& scene, const Report& report) {
    auto spares = scene.model.spare_call_entries_used();
    for (const auto& [address, use] : scene.model.call_entries()) {
        if (!use.allocated_for_it || use.reused) continue;
        const AllocationRecord* allocation = scene.replay().allocation(address);
        if (!allocation || !allocation->live() || allocation->allocated != use.allocated) continue;
        const OperationRecord& operation = scene.model.operations()[use.operation];
        const Passage* passage = operation.passage(use.layer);
        if (!passage || !passage->completed.valid()) continue;  // still needed, or lost with its operation
        if (std::uint32_t& spare = spares[use.layer]; spare > 0) {
            --spare;
            continue;
        }
        report.add(report.draft(scene).by(use.layer).operation(operation).at(passage->completed)
                       .block(passage->call_entry_region),
                   scene.replay().layer_name(use.layer) + " completed the operation but never released its call entry.");
    }
}

}  // namespace

std::span<const Unit> entry_units() {
    static constexpr Unit all[] = {
        {"IM-060", Moment::memory_freed, partial_keeps_entry},
        {"IM-061", Moment::run_ended, failed_object_releases_entry},
        {"IM-062", Moment::memory_freed, linker_keeps_entry},
        {"IM-063", Moment::memory_freed, offloaded_keeps_entry},
        {"IM-063", Moment::run_ended, terminated_object_releases_entry},
        {"IM-064", Moment::memory_freed, failed_terminate_keeps_entry},
        {"IM-065", Moment::run_ended, call_entry_released},
    };
    return all;
}

}  // namespace chimneylab::verifier
