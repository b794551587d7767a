// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What shows on the wire: whether the offload target sends what it was given, completes it when the peer has it, acknowledges
// and answers as it should, and stops when the connection is not its own any more. Silent for traces without frames.
#include <string>

#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"
#include "engine/verifier/wire_scene.h"

namespace chimneylab::verifier {
namespace {

using ConnectionState = WireConnection::State;


// ---- headers ----

void addresses_itself_apart(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || sent->frame.route.ip_version != 4) return;
    if (sent->frame.route.dont_fragment == 0)
        report.add(about(scene, report, *sent->connection).meanings("DF set", "DF clear"),
                   scene.who() + " sends a datagram of " + connection_name(scene, *sent->connection) + " that may be fragmented.");
    else if (sent->frame.route.identification < 0x8000)
        report.add(about(scene, report, *sent->connection).seen_only(sent->frame.route.identification, 2),
                   scene.who() + " takes an IP identification from the half that belongs to the host stack.");
}

void timestamps_as_agreed(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || (sent->frame.segment.has_timestamps != 0) == sent->connection->timestamps) return;
    report.add(about(scene, report, *sent->connection),
               scene.who() + (sent->connection->timestamps ? " leaves the timestamp out of a segment of " : " puts a timestamp into a segment of ") +
                   connection_name(scene, *sent->connection) + (sent->connection->timestamps ? ", whose constant flags demand one." : ", whose constant flags have none."));
}

void timestamps_go_forward(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || !sent->frame.segment.has_timestamps || !sent->last_timestamp || !before(sent->frame.segment.timestamp_value, *sent->last_timestamp)) return;
    report.add(about(scene, report, *sent->connection).values(*sent->last_timestamp, sent->frame.segment.timestamp_value, 4),
               "The timestamps of " + connection_name(scene, *sent->connection) + " step back.");
}

// ---- what is sent ----

void what_was_sent_before_first(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || sent->frame.segment.payload_bytes == 0 || sent->connection->data_sent || sent->connection->snd_nxt == sent->connection->snd_max) return;
    const std::uint32_t from = before(sent->connection->snd_nxt, sent->connection->acknowledged) ? sent->connection->acknowledged : sent->connection->snd_nxt;
    if (!before(from, sent->frame.segment.sequence)) return;
    report.add(about(scene, report, *sent->connection).member("SndNxt", 0).values(from, sent->frame.segment.sequence, 4),
               scene.who() + " does not begin with what is to be sent again: it leaves out " +
                   std::to_string(sent->frame.segment.sequence - from) + " bytes from SndNxt on.");
}

void no_hole_in_the_stream(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || sent->frame.segment.payload_bytes == 0 || !before(sent->connection->sent, sent->frame.segment.sequence)) return;
    report.add(about(scene, report, *sent->connection).values(sent->connection->sent, sent->frame.segment.sequence, 4),
               scene.who() + " leaves out " + std::to_string(sent->frame.segment.sequence - sent->connection->sent) + " bytes of the stream of " +
                   connection_name(scene, *sent->connection) + ".");
}

void stays_in_the_window(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || sent->frame.segment.payload_bytes <= 1) return;  // one byte may be the probe of a closed window
    const std::uint32_t end = sent->frame.segment.sequence + static_cast<std::uint32_t>(sent->frame.segment.payload_bytes);
    if (!before(sent->connection->window, end)) return;
    report.add(about(scene, report, *sent->connection).values(sent->connection->window, end, 4),
               scene.who() + " sends " + std::to_string(end - sent->connection->window) + " bytes beyond the window of the peer.");
}

// Whether or not it marks the end of each list: where everything that is queued has an end, a list has one.
void pushes_what_ends_the_queue(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || (sent->purpose != Purpose::new_data && sent->purpose != Purpose::again) || sent->frame.segment.payload_bytes == 0) return;
    const std::uint32_t end = sent->frame.segment.sequence + static_cast<std::uint32_t>(sent->frame.segment.payload_bytes);
    if (end != sent->connection->posted || (sent->frame.segment.flags & CHIMNEY_TCP_PSH) != 0) return;
    report.add(about(scene, report, *sent->connection).meanings("PSH set", "PSH clear"),
               scene.who() + " sends the last of what is queued on " + connection_name(scene, *sent->connection) + " and does not push it.");
}

void fin_behind_everything(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || (sent->frame.segment.flags & CHIMNEY_TCP_FIN) == 0) return;
    const std::uint32_t at = sequence_end(sent->frame.segment) - 1;
    if (at == sent->connection->posted && sent->connection->fin_posted) return;
    report.add(about(scene, report, *sent->connection).values(sent->connection->posted, at, 4),
               scene.who() + (sent->connection->fin_posted ? " sends its FIN before all that was queued." : " sends a FIN that nobody asked for."));
}

void reset_on_request_only(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || (sent->frame.segment.flags & CHIMNEY_TCP_RST) == 0 || sent->connection->abort_requested) return;
    report.add(about(scene, report, *sent->connection), scene.who() + " sends a RST although no abortive disconnect was requested.");
}

void urgent_data_unacknowledged(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || !sent->connection->urgent || (sent->frame.segment.flags & CHIMNEY_TCP_ACK) == 0) return;
    if (!before(*sent->connection->urgent, sent->frame.segment.acknowledgement)) return;
    report.add(about(scene, report, *sent->connection).values(*sent->connection->urgent, sent->frame.segment.acknowledgement, 4),
               scene.who() + " acknowledges urgent data, which the host stack now will not receive again.");
}

void silent_after_the_upload(const Scene& scene, const Report& report) {
    const auto& frame = scene.model.wire().frame();
    if (!frame || !frame->from_target || frame->of_the_host || frame->connection->state != ConnectionState::over) return;
    report.add(about(scene, report, *frame->connection),
               scene.who() + " sends a segment of " + connection_name(scene, *frame->connection) + ", which it has given back.");
}

void host_leaves_it_to_the_target(const Scene& scene, const Report& report) {
    const auto& frame = scene.model.wire().frame();
    if (!frame || !frame->from_target || !frame->of_the_host || frame->connection->state == ConnectionState::over) return;
    report.add(about(scene, report, *frame->connection).by(0),
               "The host stack sends a segment of " + connection_name(scene, *frame->connection) + " itself although the offload target has it.");
}

// ---- completions ----

std::vector<std::pair<const ListRecord*, RegionId>> completed_lists(const Scene& scene, std::string_view function) {
    std::vector<std::pair<const ListRecord*, RegionId>> lists;
    if (!scene.by_offload_target() || scene.function_name() != function) return lists;
    for (const ListLedger::Link& link : scene.model.lists().chain(scene.event.detail))
        if (const ListRecord* record = scene.model.lists().list(link.address)) lists.emplace_back(record, link.region);
    return lists;
}

void sends_complete_when_acknowledged(const Scene& scene, const Report& report) {
    std::uint32_t behind = 0;
    for (const auto& [record, region] : completed_lists(scene, "NdisTcpOffloadSendComplete")) {
        const WireConnection* connection = scene.model.wire().connection_of(*record, scene.driver);
        if (!connection || scene.model.lists().status(region) != 0) continue;
        behind += static_cast<std::uint32_t>(record->length);
        const std::uint32_t end = connection->completed + behind;
        if (!before(connection->acknowledged, end)) continue;
        report.add(report.draft(scene).block(region).values(end, connection->acknowledged, 4),
                   scene.who() + " completes a send of " + connection_name(scene, *connection) + " with success although the peer has not acknowledged its last " +
                       std::to_string(end - connection->acknowledged) + " bytes.");
        return;
    }
}

void disconnect_completes_when_acknowledged(const Scene& scene, const Report& report) {
    for (const auto& [record, region] : completed_lists(scene, "NdisTcpOffloadDisconnectComplete")) {
        const WireConnection* connection = scene.model.wire().connection_of(*record, scene.driver);
        if (!connection || scene.model.lists().status(region) != 0 || (record->flags & wdk::graceful_close) == 0) continue;
        if (connection->fin_sent && connection->acknowledged == connection->posted + 1) continue;
        report.add(report.draft(scene).block(region).values(connection->posted + 1, connection->acknowledged, 4),
                   scene.who() + " completes a graceful disconnect with success although the peer has not acknowledged the FIN.");
    }
}

void abort_sends_a_reset(const Scene& scene, const Report& report) {
    for (const auto& [record, region] : completed_lists(scene, "NdisTcpOffloadDisconnectComplete")) {
        const WireConnection* connection = scene.model.wire().connection_of(*record, scene.driver);
        if (!connection || scene.model.lists().status(region) != 0 || (record->flags & wdk::abortive_close) == 0 || connection->reset_sent) continue;
        if (connection->silenced || connection->course.stopped || connection->course.timed_out) continue;  // nothing may be sent, or nobody is there to be told
        report.add(report.draft(scene).block(region), scene.who() + " completes an abortive disconnect with success and has sent no RST.");
    }
}

// ---- events ----

constexpr std::uint64_t disconnect_event = 2;

void disconnect_follows_a_fin(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.function_name() != "NdisTcpOffloadEventHandler" || scene.event.detail != disconnect_event) return;
    const WireConnection* connection = scene.model.wire().connection(scene.event.subject);
    if (!connection || connection->fin_received) return;
    report.add(about(scene, report, *connection), scene.who() + " tells of a disconnect although no FIN has come.");
}

void abort_follows_an_exact_reset(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.function_name() != "NdisTcpOffloadEventHandler" || scene.event.detail != wdk::abort_event) return;
    const WireConnection* connection = scene.model.wire().connection(scene.event.subject);
    if (!connection || connection->reset_received || !connection->odd_reset_received || connection->hardware_failure) return;
    report.add(about(scene, report, *connection).seen_only(connection->rcv_nxt, 4),
               scene.who() + " believes a RST whose sequence number is not the one that is expected: anybody could have guessed it.");
}

// ---- upload ----

// For each connection of a terminate that the target completes with success.
template <typename Look>
void uploaded(const Scene& scene, Look look) {
    if (!scene.by_offload_target() || scene.operation->kind != OperationKind::terminate || !scene.passage->at_arrival.taken()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const WireConnection* connection = scene.model.wire().connection(scene.passage->at_arrival.blocks[i].slot_b());
        const StateParts parts = parts_of(scene.now->blocks[i].type());
        if (connection && scene.now->blocks[i].status() == 0 && parts.delegated != StateParts::none)
            look(i, *connection, parts.delegated);
    }
}

std::uint32_t delegated_word(const Scene& scene, std::size_t block, std::uint32_t offset) {
    return static_cast<std::uint32_t>(state_word(scene.now->blocks[block], offset, 4));
}

void everything_acknowledged_is_handed_over(const Scene& scene, const Report& report) {
    uploaded(scene, [&](std::size_t i, const WireConnection& connection, std::uint32_t delegated) {
        constexpr std::uint32_t closed = 0, close_wait = 7;
        const std::uint32_t state = delegated_word(scene, i, delegated + tcp_state::connection_state);
        if (state == closed || connection.abort_indicated) return;  // aborted, or given up
        const std::uint32_t rcv_nxt = delegated_word(scene, i, delegated + tcp_state::rcv_nxt);
        std::uint64_t handed = connection.delivered;
        for (const Address list : buffered_data(scene.replay(), scene.shape().blocks[i], scene.now->blocks[i]))
            if (const auto data = scene.model.lists().data(scene.replay().region_at(RegionKind::net_buffer_list, list))) handed += data->length;
        const std::uint64_t received = connection.buffered + (rcv_nxt - connection.first_rcv_nxt);
        if (handed >= received || (state >= close_wait && handed + 1 == received)) return;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region).values(received, handed),
                   scene.who() + " has acknowledged " + std::to_string(received - handed) + " bytes of " + connection_name(scene, connection) +
                       " that the host stack never gets.");
    });
}

void resets_are_told(const Scene& scene, const Report& report) {
    uploaded(scene, [&](std::size_t i, const WireConnection& connection, std::uint32_t) {
        if (!connection.reset_received || connection.abort_indicated) return;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region),
                   scene.who() + " has never told that the peer has reset " + connection_name(scene, connection) + ".");
    });
}

void due_acknowledgements_are_sent(const Scene& scene, const Report& report) {
    uploaded(scene, [&](std::size_t i, const WireConnection& connection, std::uint32_t delegated) {
        const std::uint32_t rcv_nxt = delegated_word(scene, i, delegated + tcp_state::rcv_nxt);
        const std::uint32_t told = connection.last_ack.value_or(connection.first_rcv_nxt);
        if (!before(told, rcv_nxt) || connection.reset_received || connection.abort_requested || connection.abort_indicated ||
            connection.urgent || connection.silenced)
            return;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region).member("RcvNxt", 0).values(rcv_nxt, told, 4),
                   scene.who() + " gives " + connection_name(scene, connection) + " back with an acknowledgement due: " +
                       std::to_string(rcv_nxt - told) + " bytes are not acknowledged.");
    });
}

}  // namespace

std::span<const Unit> wire_units() {
    static constexpr Unit all[] = {
        {"HS-035", Moment::frame, host_leaves_it_to_the_target},
        {"OT-032", Moment::frame, what_was_sent_before_first},
        {"OT-058", Moment::operation_completed, everything_acknowledged_is_handed_over},
        {"OT-060", Moment::operation_completed, due_acknowledgements_are_sent},
        {"OT-061", Moment::frame, silent_after_the_upload},
        {"OT-066", Moment::frame, no_hole_in_the_stream},
        {"OT-067", Moment::transfer, sends_complete_when_acknowledged},
        {"OT-071", Moment::frame, pushes_what_ends_the_queue},
        {"OT-072", Moment::frame, addresses_itself_apart},
        {"OT-090", Moment::frame, fin_behind_everything},
        {"OT-092", Moment::transfer, disconnect_completes_when_acknowledged},
        {"OT-093", Moment::transfer, abort_sends_a_reset},
        {"OT-094", Moment::frame, reset_on_request_only},
        {"OT-097", Moment::indication, disconnect_follows_a_fin},
        {"OT-098", Moment::operation_completed, resets_are_told},
        {"OT-111", Moment::frame, urgent_data_unacknowledged},
        {"OT-112", Moment::indication, abort_follows_an_exact_reset},
        {"OT-120", Moment::frame, timestamps_go_forward},
        {"OT-123", Moment::frame, timestamps_as_agreed},
        {"OT-124", Moment::frame, stays_in_the_window},
    };
    return all;
}

}  // namespace chimneylab::verifier
