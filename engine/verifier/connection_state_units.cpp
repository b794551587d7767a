// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the target may do depends on how far a connection has come: which halves are closed, what was indicated before.
// Sources: "NDIS_TCP_OFFLOAD_RECEIVE_COMPLETE", "Posting and Completing Receive Requests", "NDIS_TCP_OFFLOAD_EVENT_INDICATE".
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {
namespace {


// Receive requests that the target completes with this call.
template <typename Look>
void each_request_completed(const Scene& scene, Look look) {
    const trace::Function* function = scene.replay().function(scene.event);
    if (!scene.by_offload_target() || function->side != trace::Side::driver_calls_ndis || !function->completion || transfer_kind(*function) != TransferKind::receive) return;
    for (const auto& [address, region] : scene.model.lists().chain(scene.event.detail)) {
        const ListRecord* record = scene.model.lists().list(address);
        const ObjectRecord* object = record ? scene.model.object(record->handle) : nullptr;
        if (record && record->kind == TransferKind::receive && object) look(*record, *object, region, scene.model.lists().status(region));
    }
}

void completed_only_when_full(const Scene& scene, const Report& report) {
    each_request_completed(scene, [&](const ListRecord& record, const ObjectRecord& object, RegionId region, std::int32_t status) {
        const std::uint64_t placed = scene.model.lists().bytes_transferred(region);
        const WireConnection* connection = scene.model.wire().connection_of(record, scene.driver);
        const bool ends = object.terminates > 0 || object.fin_received || (connection != nullptr && connection->fin_received) || object.abort_indicated.valid() || (object.disconnects & 2) != 0;
        if (!record.no_push || status != 0 || placed >= record.length || ends) return;
        report.add(report.draft(scene).block(region).member("TcpOffloadBytesTransferred", net_buffer_list_offset::bytes_transferred).values(record.length, placed),
                   scene.who() + " completes " + scene.replay().region_name(region) + " with " + std::to_string(placed) + " of " + std::to_string(record.length) +
                       " bytes although it was posted without push: such a request waits until it is full.");
    });
}

void nothing_after_the_end_of_stream(const Scene& scene, const Report& report) {
    each_request_completed(scene, [&](const ListRecord& record, const ObjectRecord& object, RegionId region, std::int32_t status) {
        constexpr std::int32_t invalid_state = static_cast<std::int32_t>(0xC0000184);
        if (status != 0 || !object.disconnect_indicated.valid() || record.began < object.disconnect_indicated) return;
        const EventId back = scene.replay().trace().closed_by(object.disconnect_indicated);
        if (!back.valid() || record.began < back) return;
        report.add(report.draft(scene).block(region).member("Status", net_buffer_list_offset::status).statuses(invalid_state, status),
                   scene.who() + " completes " + scene.replay().region_name(region) + " with success although it was posted after the peer's FIN was indicated.");
    });
}

bool asks_in_close(const Scene& scene, const ObjectRecord*& object) {
    constexpr std::uint64_t retrieve = 3;
    if (!scene.by_offload_target() || scene.function_name() != "NdisTcpOffloadEventHandler" || scene.event.detail != retrieve) return false;
    object = scene.model.object(scene.model.host_handle(scene.event.subject));
    const bool reset = object && (object->disconnects & 2) != 0;
    return object && !reset && object->fin_sent != object->fin_received;  // FIN_WAIT1, FIN_WAIT2; CLOSE_WAIT
}

void tell_asking(const Scene& scene, const Report& report, const ObjectRecord& object) {
    report.add(report.draft(scene).block(object.block).seen_only(scene.event.argument, 4),
               scene.who() + " asks for " + scene.replay().region_name(object.block) + " while one half of it is closed and the other is not; that is no time to move it.");
}

constexpr bool optional_reason(std::uint32_t reason) { return (reason >= 1 && reason <= 4) || reason == 6 || reason == 7; }

void no_wishes_in_close(const Scene& scene, const Report& report) {
    const ObjectRecord* object = nullptr;
    if (asks_in_close(scene, object) && optional_reason(scene.event.argument)) tell_asking(scene, report, *object);
}

void no_demands_in_close(const Scene& scene, const Report& report) {
    const ObjectRecord* object = nullptr;
    if (asks_in_close(scene, object) && !optional_reason(scene.event.argument)) tell_asking(scene, report, *object);
}

// ---- the end ----

void end_told_once(const Scene& scene, const Report& report) {
    const std::string_view name = scene.function_name();
    constexpr std::uint64_t disconnect = 2;
    const bool tells = name == "NdisTcpOffloadEventHandler" && scene.event.detail == disconnect;
    if (!scene.by_offload_target() || (!tells && name != "NdisTcpOffloadReceiveHandler")) return;
    const ObjectRecord* object = scene.model.object(scene.model.host_handle(scene.event.subject));
    if (!object || !object->disconnect_indicated.valid()) return;
    report.add(report.draft(scene).block(object->block),
               scene.who() + (tells ? " tells the end of " : " shows data of ") + scene.replay().region_name(object->block) +
                   (tells ? " a second time." : " after it has told that the stream has ended."));
}

// Sends, receives and disconnects that the target completes with UPLOAD_IN_PROGRESS.
void aborted_not_uploaded(const Scene& scene, const Report& report) {
    const trace::Function* function = scene.replay().function(scene.event);
    if (!scene.by_offload_target() || function->side != trace::Side::driver_calls_ndis || !function->completion) return;
    for (const auto& [address, region] : scene.model.lists().chain(scene.event.detail)) {
        const ListRecord* record = scene.model.lists().list(address);
        const ObjectRecord* object = record && record->kind != TransferKind::forward ? scene.model.object(record->handle) : nullptr;
        if (!object || !object->abort_indicated.valid() || object->retrieve_for_failure.valid()) continue;
        if (static_cast<std::uint32_t>(scene.model.lists().status(region)) != wdk::upload_in_progress) continue;
        report.add(report.draft(scene).block(region).member("Status", net_buffer_list_offset::status).values(wdk::request_aborted, wdk::upload_in_progress, 4),
                   scene.who() + " completes " + scene.replay().region_name(region) + " as if it were uploaded, though the connection has been reset.");
    }
}

void stops_after_a_demand(const Scene& scene, const Report& report) {
    constexpr std::uint32_t invalid_state = 9;
    const trace::Function* function = scene.replay().function(scene.event);
    if (!scene.by_offload_target() || function->side != trace::Side::driver_calls_ndis || !function->completion || transfer_kind(*function) != TransferKind::send) return;
    for (const auto& [address, region] : scene.model.lists().chain(scene.event.detail)) {
        const ListRecord* record = scene.model.lists().list(address);
        const ObjectRecord* object = record ? scene.model.object(record->handle) : nullptr;
        // A path that is linked to a valid neighbor may send again.
        if (!object || object->must_upload_reason == 0 || object->must_upload_reason == invalid_state) continue;
        if (record->began < object->must_upload || scene.model.lists().status(region) != 0) continue;
        report.add(report.draft(scene).block(region), scene.who() + " has sent " + scene.replay().region_name(region) +
                                                          ", which was given to it after it had said that it cannot go on with the connection.");
    }
}

}  // namespace

std::span<const Unit> connection_state_units() {
    static constexpr Unit all[] = {
        {"OT-078", Moment::transfer, completed_only_when_full},
        {"OT-086", Moment::transfer, nothing_after_the_end_of_stream},
        {"OT-097", Moment::indication, end_told_once},
        {"OT-098", Moment::transfer, aborted_not_uploaded},
        {"OT-100", Moment::transfer, stops_after_a_demand},
        {"OT-101", Moment::indication, no_wishes_in_close},
        {"OT-101", Moment::indication, no_demands_in_close, "mandatory-in-close"},
    };
    return all;
}

}  // namespace chimneylab::verifier
