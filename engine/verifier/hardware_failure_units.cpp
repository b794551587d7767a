// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Queries answered with what is there, and the choreography when the hardware is gone: FAILURE, TcpIndicateRetrieve with
// HardwareFailure, TcpIndicateAbort, and at the terminate that follows REQUEST_ABORTED. Until then nothing is freed.
// Sources: "Filling In the Queried State", "Returning the Completion Status of a Query Offload Operation" and its siblings.
#include <algorithm>
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {
namespace {

using State = ObjectRecord::State;


void state_is_filled_in(const Scene& scene, const Report& report) {
    constexpr std::uint32_t header = 8;
    if (!target_completes(scene, OperationKind::query)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& now = scene.now->blocks[i];
        const BlockImage& then = scene.passage->at_arrival.blocks[i];
        const StateParts parts = parts_of(now.type());
        // A connection is never all zeros, nor what the host stack happened to leave there.
        if (parts.layer != Layer::connection || now.status() != 0 || parts.delegated == StateParts::none) continue;
        if (now.following.size() != then.following.size() || now.following.size() <= parts.delegated + header) continue;
        if (!std::equal(now.following.begin() + parts.delegated + header, now.following.end(), then.following.begin() + parts.delegated + header)) continue;
        report.add(at_block(scene, report, i).member("state", parts.delegated),
                   scene.who() + " completes the query of " + scene.block_name(i) + " with success and has not filled in what was asked for.");
    }
}

// A FAILURE is followed by HardwareFailure; one that is not, while another query of the object was under way, was a refusal.
void refused_beside_another(const Scene& scene, const Report& report) {
    if (scene.model.disturbed()) return;
    for (const OperationRecord& operation : scene.model.operations()) {
        if (operation.kind != OperationKind::query) continue;
        const auto passage = std::ranges::find_if(operation.passages, [&](const Passage& each) { return scene.replay().is_offload_target(each.layer); });
        if (passage == operation.passages.end() || !passage->refused_object) continue;
        const ObjectRecord* object = scene.model.object(passage->refused_object);
        if (!object || object->layer != Layer::connection || object->state != State::offloaded || object->since > passage->completed) continue;
        if (object->retrieve_for_failure.valid()) continue;
        report.add(report.draft(scene).by(passage->layer).at(passage->completed).operation(operation).block(object->block),
                   scene.replay().layer_name(passage->layer) + " fails a query of " + scene.replay().region_name(object->block) +
                       " because another one is in progress; any number may be.");
    }
}

bool concerns(const Scene& scene, const ObjectRecord& connection, EventId& since) {
    for (const auto& [address, object] : scene.model.objects())
        if (object.owner == connection.owner && object.corrupt.valid() && scene.model.depends_on(connection, address)) {
            since = object.corrupt;
            return true;
        }
    return false;
}

// At the end: every connection that a failure concerned and that is still there has been asked back, then aborted.
void failure_is_announced(const Scene& scene, const Report& report) {
    if (scene.model.disturbed() || !scene.model.knows_arguments()) return;
    for (const auto& [address, object] : scene.model.objects()) {
        if (!scene.replay().is_host_stack(object.owner) || object.layer != Layer::connection || object.state != State::offloaded || object.terminates > 0) continue;
        EventId since;
        if (object.since.valid() && concerns(scene, object, since) && since > object.since) {
            const bool asked = object.retrieve_for_failure.valid(), aborted = object.abort_indicated.valid();
            if (asked && aborted && object.retrieve_for_failure < object.abort_indicated) continue;
            const auto target = std::ranges::find(scene.replay().trace().layers(), trace::LayerRole::offload_target, &trace::Layer::role);
            const auto layer = static_cast<LayerIndex>(target - scene.replay().trace().layers().begin());
            report.add(report.draft(scene).by(layer).at(since).block(object.block),
                       "The target has failed an operation that concerns " + scene.replay().region_name(object.block) + ", which means that its state is lost, and " +
                           (asked ? "has not aborted it." : "has not asked for it with HardwareFailure."));
        }
    }
}

// Whoever aborts such a connection has asked for it before.
void asked_before_aborted(const Scene& scene, const Report& report) {
    constexpr std::uint64_t abort = 4;
    if (!scene.by_offload_target() || scene.function_name() != "NdisTcpOffloadEventHandler" || scene.event.detail != abort) return;
    const ObjectRecord* object = scene.model.object(scene.model.host_handle(scene.event.subject));
    EventId since;
    if (!object || !scene.model.knows_arguments() || object->retrieve_for_failure.valid() || !concerns(scene, *object, since)) return;
    report.add(report.draft(scene).block(object->block), scene.who() + " aborts " + scene.replay().region_name(object->block) +
                                                             ", whose state it has lost, and has not asked for its upload with HardwareFailure first.");
}

// I/O of a connection whose hardware is gone is aborted, not uploaded.
void aborted_at_the_terminate(const Scene& scene, const Report& report) {
    const trace::Function* function = scene.replay().function(scene.event);
    if (!scene.by_offload_target() || !function || function->side != trace::Side::driver_calls_ndis || !function->completion) return;
    for (const auto& [address, region] : scene.model.lists().chain(scene.event.detail)) {
        const ListRecord* record = scene.model.lists().list(address);
        if (!record || (record->kind != TransferKind::send && record->kind != TransferKind::receive)) continue;
        if (static_cast<std::uint32_t>(scene.model.lists().status(region)) != wdk::upload_in_progress) continue;
        const ObjectRecord* object = scene.model.object(record->handle);
        if (!object || !object->retrieve_for_failure.valid() || !object->abort_indicated.valid()) continue;
        report.add(report.draft(scene).block(region).member("Status", net_buffer_list_offset::status).values(wdk::request_aborted, wdk::upload_in_progress, 4),
                   scene.who() + " completes the " + std::string(to_text(record->kind)) + " " + scene.replay().region_name(region) +
                       " as if it were uploaded, though it has said that the hardware is gone.");
    }
}

// Objects below the last owner, whose contexts lie in the target's memory.
template <typename Look>
void each_held(const Scene& scene, Look look) {
    for (const auto& [address, object] : scene.model.objects()) {
        if (object.lower != 0 || object.state != State::offloaded) continue;
        const RegionId handle = scene.replay().region_at(RegionKind::offload_handle, address);
        const std::uint64_t context = handle.valid() ? scene.replay().word(handle, handle_offset::miniport_offload_context) : 0;
        if (context != 0) look(object, context);
    }
}

void kept_until_terminated(const Scene& scene, const Report& report) {
    const AllocationRecord* allocation = scene.replay().allocation(scene.event.subject);
    if (!allocation || !scene.replay().is_offload_target(allocation->owner)) return;
    each_held(scene, [&](const ObjectRecord& object, std::uint64_t context) {
        if (context < allocation->address || context >= allocation->address + allocation->size || object.terminates > 0 || object.terminate_failed) return;
        report.add(report.draft(scene).by(allocation->owner).block(object.block),
                   scene.replay().layer_name(allocation->owner) + " frees what it keeps of " + scene.replay().region_name(object.block) + ", which nobody has terminated.");
    });
}

void kept_after_a_failure(const Scene& scene, const Report& report) {
    if (!target_completes(scene, OperationKind::terminate)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const ObjectRecord* object = scene.model.object(scene.passage->at_arrival.blocks[i].slot_b());
        if (scene.shape().blocks[i].role == Role::placeholder || scene.now->blocks[i].status() >= 0 || !object) continue;
        const ObjectRecord* at_host = scene.model.object(scene.model.host_handle(object->handle));
        if (object->terminate_failed || (at_host && at_host->terminate_failed)) continue;  // the second one ends it
        const AllocationRecord* context = scene.replay().allocation(scene.now->blocks[i].handle_context);
        if (!context || context->owner != scene.driver || context->live()) continue;
        report.add(at_block(scene, report, i), scene.who() + " fails the terminate of " + scene.block_name(i) + " and has freed it all the same; it has to be there for the next one.");
    }
}

}  // namespace

std::span<const Unit> hardware_failure_units() {
    static constexpr Unit all[] = {
        {"OT-037", Moment::operation_completed, state_is_filled_in},
        {"OT-040", Moment::run_ended, refused_beside_another},
        {"OT-047", Moment::run_ended, failure_is_announced},
        {"OT-047", Moment::indication, asked_before_aborted},
        {"OT-047", Moment::transfer, aborted_at_the_terminate},
        {"OT-048", Moment::memory_freed, kept_until_terminated},
        {"OT-048", Moment::operation_completed, kept_after_a_failure},
    };
    return all;
}

}  // namespace chimneylab::verifier
