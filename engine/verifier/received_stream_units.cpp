// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The received stream, counted: what came off the wire against what the target has delivered by completions and indications.
// Which bytes they are a trace does not tell; a byte that is delivered twice shows as one that never came. Sources:
// "Receive Side Scaling on an Offloaded TCP Connection", "NDIS_TCP_OFFLOAD_RECEIVE_INDICATE", "Delivery Algorithm".
#include <algorithm>
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

constexpr std::uint64_t time_to_complete = 1'000'000;  // nanoseconds from a request to its completion with data that is there

// Bytes that can have been delivered: everything that came, in order or not.
std::uint64_t arrived(const WireConnection& connection) {
    const std::uint32_t end = before(connection.rcv_nxt, connection.received_end) ? connection.received_end : connection.rcv_nxt;
    return connection.buffered + (end - connection.first_rcv_nxt);
}

struct Delivery {
    const WireConnection* connection = nullptr;
    std::uint64_t bytes = 0;
};

Delivery delivery_of(const Scene& scene) {
    Delivery result;
    if (!scene.by_offload_target()) return result;
    const std::string_view name = scene.function_name();
    if (name == "NdisTcpOffloadReceiveHandler") {
        result.connection = scene.model.wire().connection(scene.event.subject);
        if (const auto data = scene.model.lists().data(scene.event.region)) result.bytes = data->length;
    } else if (name == "NdisTcpOffloadReceiveComplete") {
        for (const ListLedger::Link& link : scene.model.lists().chain(scene.event.detail)) {
            const ListRecord* record = scene.model.lists().list(link.address);
            if (!record) continue;
            result.connection = scene.model.wire().connection_of(*record, scene.driver);
            result.bytes += scene.model.lists().bytes_transferred(link.region);
        }
    }
    return result;
}

// Without such an answer before it, it is OT-076's (wire_receive_units.cpp).
void goes_on_after_a_part(const Scene& scene, const Report& report) {
    const Delivery delivery = delivery_of(scene);
    if (!delivery.connection || !delivery.connection->partly_accepted) return;
    const std::uint64_t came = arrived(*delivery.connection), given = delivery.connection->delivered + delivery.bytes;
    if (given <= came) return;
    report.add(report.draft(scene).block(delivery.connection->block).values(came, given),
               scene.who() + " has delivered " + std::to_string(given) + " bytes of " + scene.replay().region_name(delivery.connection->block) + ", of which " +
                   std::to_string(came) + " have come: what was accepted in part has been shown again.");
}

// At rest, when the connection is taken back or the machine stops: a request that what is there would fill.
void look_at_requests(const Scene& scene, const Report& report, LayerIndex target, Address connection_handle) {
    const WireConnection* connection = scene.model.wire().connection(connection_handle);
    if (!connection || connection->state == WireConnection::State::taken_over || !connection->last_ack) return;
    const std::uint64_t acknowledged = connection->buffered + (*connection->last_ack - connection->first_rcv_nxt) - (connection->fin_received ? 1 : 0);
    if (acknowledged <= connection->delivered || connection->abort_indicated || connection->reset_received) return;
    const std::uint64_t waiting = acknowledged - connection->delivered;
    const ListRecord* oldest = nullptr;
    for (const auto& [address, record] : scene.model.lists().lists()) {
        const ListPassage* passage = record.passage(target);
        if (record.kind != TransferKind::receive || !passage || passage->upper != connection_handle || passage->completed.valid()) continue;
        if (!oldest || record.number < oldest->number) oldest = &record;
    }
    if (!oldest || oldest->length == 0 || oldest->length > waiting) return;
    const EventId posted = oldest->passage(target)->arrived;
    if (scene.event.virtual_time - scene.replay().trace().event(posted).virtual_time < time_to_complete) return;
    report.add(std::move(report.draft(scene).by(target).at(posted).block(connection->block)),
               "A request for " + std::to_string(oldest->length) + " bytes has been posted on " + scene.replay().region_name(connection->block) + ", " +
                   std::to_string(waiting) + " bytes are waiting, and the target has not filled it.");
}

void nothing_waits_at_a_terminate(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.operation->kind != OperationKind::terminate) return;
    for (const BlockImage& image : scene.now->blocks)
        if (image.slot_b() != 0) look_at_requests(scene, report, scene.driver, image.slot_b());
}

void nothing_waits_at_the_end(const Scene& scene, const Report& report) {
    if (scene.model.disturbed()) return;
    const auto layers = static_cast<LayerIndex>(scene.replay().trace().layers().size());
    for (const auto& [handle, object] : scene.model.objects()) {
        if (object.lower != 0 || object.layer != Layer::connection || object.state != ObjectRecord::State::offloaded) continue;
        for (LayerIndex layer = 0; layer < layers; ++layer)
            if (scene.replay().is_offload_target(layer)) look_at_requests(scene, report, layer, handle);
    }
}

}  // namespace

std::span<const Unit> received_stream_units() {
    static constexpr Unit all[] = {
        {"OT-083", Moment::indication, goes_on_after_a_part},
        {"OT-083", Moment::transfer, goes_on_after_a_part},
        {"OT-126", Moment::operation_arrives, nothing_waits_at_a_terminate},
        {"OT-126", Moment::run_ended, nothing_waits_at_the_end},
    };
    return all;
}

}  // namespace chimneylab::verifier
