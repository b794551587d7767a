// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What comes in: whether it is acknowledged in time, delivered once, and pushed to the application when its timer says so.
#include "engine/verifier/units.h"
#include "engine/verifier/wire_scene.h"

namespace chimneylab::verifier {
namespace {

using ConnectionState = WireConnection::State;

std::string_view called(const Scene& scene) { return scene.function_name(); }

// ---- acknowledging ----

// Whose promise it was that these segments be acknowledged: that of a failed update, of the VLAN, of the address, of the half
// that is still open; or just that of the delayed-ACK timer.
std::string_view promised_by(const WireConnection& connection) {
    if (connection.update_failed) return "OT-044";
    if (connection.course.with_tag) return "OT-113";
    if (connection.course.to_other_address) return "OT-130";
    if (connection.fin_sent) return "OT-096";
    return "OT-127";
}

void acknowledged_in_time(const Scene& scene, const Report& report) {
    each_owing(scene, [&](const WireConnection& connection) {
        const WireCourse& course = connection.course;
        const Time now = scene.model.wire().now();
        if (!course.ack_due || now <= *course.ack_due || promised_by(connection) != report.rule().id) return;
        const std::string_view rule = report.rule().id;
        report.add(about(scene, report, connection).values(connection.rcv_nxt, connection.last_ack.value_or(connection.first_rcv_nxt), 4),
                   target_name(scene) + (own_frame(scene) ? " acknowledges " : " does not acknowledge ") + std::to_string(course.unacknowledged) + " segments of " +
                       connection_name(scene, connection) + (own_frame(scene) ? " only " + seconds_text(now - *course.ack_due) + " after it was due" : ", though that is due") +
                       (rule == "OT-113"   ? "; they carry a tag, which says nothing where the neighbor has no VLAN."
                        : rule == "OT-130" ? "; they came to the hardware address that its neighbor was given, or to a multicast address."
                        : rule == "OT-044" ? "; an update of it has failed, which is no reason to stop."
                        : rule == "OT-096" ? "; it has closed its own half, which leaves the other one open."
                                           : "."));
    });
}

void larger_window_is_told(const Scene& scene, const Report& report) {
    each_owing(scene, [&](const WireConnection& connection) {
        if (!connection.course.window_due || scene.model.wire().now() <= *connection.course.window_due) return;
        report.add(about(scene, report, connection).member("InitialRcvWnd", 0).seen_only(connection.advertised - connection.rcv_nxt, 4),
                   target_name(scene) + " was told to take a larger window for " + connection_name(scene, connection) + ", and the peer has not heard of it.");
    });
}

// ---- delivering ----

void nothing_is_delivered_twice(const Scene& scene, const Report& report, const WireConnection& connection, std::uint64_t more) {
    if (connection.course.forwards > 0 || connection.course.foreign || connection.course.with_options || connection.urgent || connection.state == ConnectionState::over) return;
    if (connection.partly_accepted) return;  // OT-083's (received_stream_units.cpp)
    const std::uint64_t delivered = connection.delivered + more;
    if (delivered <= connection.in_order()) return;
    report.add(about(scene, report, connection).values(connection.in_order(), delivered),
               target_name(scene) + " has delivered " + std::to_string(delivered) + " bytes of " + connection_name(scene, connection) + ", of which " +
                   std::to_string(connection.in_order()) + " have come in order.");
}

void completed_receives(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || called(scene) != "NdisTcpOffloadReceiveComplete") return;
    std::uint64_t more = 0;
    const WireConnection* last = nullptr;
    for (const ListLedger::Link& link : scene.model.lists().chain(scene.event.detail)) {
        const ListRecord* record = scene.model.lists().list(link.address);
        const WireConnection* connection = record ? scene.model.wire().connection_of(*record, scene.driver) : nullptr;
        if (!connection) continue;
        if (connection != last) more = 0;
        last = connection;
        more += scene.model.lists().bytes_transferred(link.region);
        nothing_is_delivered_twice(scene, report, *connection, more);
    }
}

void accepted_indications(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || called(scene) != "NdisTcpOffloadReceiveHandler" || !scene.event.partner.valid()) return;
    const WireConnection* connection = scene.model.wire().connection(scene.replay().trace().event(scene.event.partner).subject);
    if (connection) nothing_is_delivered_twice(scene, report, *connection, 0);
}

// Segments beyond RcvNxt come to the host stack with the upload although nobody has acknowledged them.
void nothing_beyond_is_handed_over(const Scene& scene, const Report& report) {
    each_told(scene, OperationKind::terminate, [&](std::size_t i, const WireConnection& connection, std::uint32_t delegated) {
        const std::uint64_t received = connection.buffered + (told_word(scene, i, delegated + tcp_state::rcv_nxt) - connection.first_rcv_nxt);
        std::uint64_t handed = connection.delivered;
        for (const Address list : buffered_data(scene.replay(), scene.shape().blocks[i], scene.now->blocks[i]))
            if (const auto data = scene.model.lists().data(scene.replay().region_at(RegionKind::net_buffer_list, list))) handed += data->length;
        if (handed <= received || connection.course.early.empty()) return;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region).member("BufferedData", 0).values(received, handed),
                   scene.who() + " hands over " + std::to_string(handed - received) + " bytes of " + connection_name(scene, connection) +
                       " that lie beyond RcvNxt; the peer will send them again.");
    });
}

// ---- push ----

// The request in front, when it asks for what there is, holds a part, and no PSH has said that this is all.
const WireRequest* part_filled(const WireConnection& connection) {
    const WireCourse& course = connection.course;
    if (course.requests.empty() || course.requests.front().no_push || course.pushed || course.merged || course.forwards > 0 || connection.fin_in_order()) return nullptr;
    const std::uint64_t held = connection.in_order() - std::min(connection.in_order(), connection.delivered);
    return held > 0 && held < course.requests.front().length ? &course.requests.front() : nullptr;
}

void pushes_not_too_soon(const Scene& scene, const Report& report) {
    const WireParameters& parameters = scene.model.wire().parameters();
    if (!scene.by_offload_target() || called(scene) != "NdisTcpOffloadReceiveComplete" || !parameters.known || parameters.push == 0) return;
    const ListLedger::Link link{scene.event.detail, scene.replay().region_at(RegionKind::net_buffer_list, scene.event.detail)};
    const ListRecord* record = scene.model.lists().list(link.address);
    const WireConnection* connection = record ? scene.model.wire().connection_of(*record, scene.driver) : nullptr;
    const WireRequest* request = connection && connection->working() ? part_filled(*connection) : nullptr;
    if (!request || scene.model.lists().status(link.region) != 0) return;
    const Time since = std::max(connection->course.data_since, request->posted), waited = scene.model.wire().now() - since;
    if (waited + parameters.slack() >= parameters.ticks(parameters.push)) return;
    report.add(report.draft(scene).block(link.region).meanings(seconds_text(parameters.ticks(parameters.push)), seconds_text(waited)),
               scene.who() + " completes a part-filled request " + seconds_text(waited) + " after its first byte; nothing was pushed, and TcpPushTicks are " +
                   seconds_text(parameters.ticks(parameters.push)) + ".");
}

void pushes_in_time(const Scene& scene, const Report& report) {
    each_owing(scene, [&](const WireConnection& connection) {
        const WireParameters& parameters = scene.model.wire().parameters();
        const WireRequest* request = parameters.push > 0 ? part_filled(connection) : nullptr;
        if (!request) return;
        const Time due = std::max(connection.course.last_data, request->posted) + parameters.ticks(parameters.push) + parameters.slack();
        if (scene.model.wire().now() <= due) return;
        report.add(about(scene, report, connection),
                   target_name(scene) + " keeps a part-filled request of " + connection_name(scene, connection) + " although its push timer has run out.");
    });
}

// ---- whose segments they are ----

void segments_of_the_target_stay(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || called(scene) != "NdisMIndicateReceiveNetBufferLists") return;
    const WireConnection* connection = scene.model.wire().just_received();
    const trace::Event* parent = scene.event.parent.valid() ? &scene.replay().trace().event(scene.event.parent) : nullptr;
    if (!connection || !connection->working() || !parent || scene.replay().trace().text(parent->name) != "MiniportInterruptDPC") return;
    if (connection->course.time_wait || connection->course.fin_wait_2 || connection->course.challenged || scene.model.disturbed()) return;
    if (connection->fin_sent && connection->acknowledged == connection->posted + 1) return;  // closed on both sides
    report.add(about(scene, report, *connection), target_name(scene) + " gives a segment of " + connection_name(scene, *connection) +
                                                       " to the host stack, which has not terminated it: the state is at the target.");
}

}  // namespace

std::span<const Unit> wire_receive_units() {
    static constexpr Unit all[] = {
        {"OT-042", Moment::frame, larger_window_is_told},
        {"OT-042", Moment::operation_arrives, larger_window_is_told},
        {"OT-042", Moment::run_ended, larger_window_is_told},
        {"OT-044", Moment::frame, acknowledged_in_time},
        {"OT-044", Moment::operation_arrives, acknowledged_in_time},
        {"OT-044", Moment::run_ended, acknowledged_in_time},
        {"OT-050", Moment::other_call, segments_of_the_target_stay},
        {"OT-062", Moment::operation_completed, nothing_beyond_is_handed_over},
        {"OT-076", Moment::transfer, completed_receives},
        {"OT-076", Moment::indication_returned, accepted_indications},
        {"OT-079", Moment::transfer, pushes_not_too_soon},
        {"OT-079", Moment::frame, pushes_in_time},
        {"OT-079", Moment::operation_arrives, pushes_in_time},
        {"OT-079", Moment::run_ended, pushes_in_time},
        {"OT-096", Moment::frame, acknowledged_in_time},
        {"OT-096", Moment::operation_arrives, acknowledged_in_time},
        {"OT-096", Moment::run_ended, acknowledged_in_time},
        {"OT-113", Moment::frame, acknowledged_in_time},
        {"OT-113", Moment::operation_arrives, acknowledged_in_time},
        {"OT-113", Moment::run_ended, acknowledged_in_time},
        {"OT-127", Moment::frame, acknowledged_in_time},
        {"OT-127", Moment::operation_arrives, acknowledged_in_time},
        {"OT-127", Moment::run_ended, acknowledged_in_time},
        {"OT-130", Moment::frame, acknowledged_in_time},
        {"OT-130", Moment::operation_arrives, acknowledged_in_time},
        {"OT-130", Moment::run_ended, acknowledged_in_time},
    };
    return all;
}

}  // namespace chimneylab::verifier
