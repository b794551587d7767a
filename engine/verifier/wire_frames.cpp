// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The half of the WireLedger that takes in frames: what each was for, and what it makes due.
#include <algorithm>

#include "engine/verifier/wire_ledger.h"

namespace chimneylab::verifier {

namespace {

constexpr Time prompt = 20'000'000;  // nothing keeps it from leaving: so long a target may take to get to it
constexpr std::size_t most_early = 4096;

bool acknowledges(const chimney_tcp_segment& segment) { return (segment.flags & CHIMNEY_TCP_ACK) != 0 && (segment.flags & CHIMNEY_TCP_RST) == 0; }

}  // namespace

std::uint32_t sequence_end(const chimney_tcp_segment& segment) {
    return segment.sequence + static_cast<std::uint32_t>(segment.payload_bytes) + ((segment.flags & CHIMNEY_TCP_FIN) != 0 ? 1u : 0u);
}

Purpose WireLedger::purpose_of(const WireConnection& connection, const chimney_tcp_segment& segment) const {
    if ((segment.flags & CHIMNEY_TCP_RST) != 0) return Purpose::reset;
    if (segment.sequence == connection.acknowledged - 1 && segment.payload_bytes == 0 && (segment.flags & CHIMNEY_TCP_FIN) == 0)
        return Purpose::keep_alive_probe;
    if (sequence_end(segment) == segment.sequence) return Purpose::acknowledgement;
    if (connection.snd_wnd == 0 && segment.sequence == connection.acknowledged) return Purpose::window_probe;
    return before(segment.sequence, connection.sent) ? Purpose::again : Purpose::new_data;
}

void WireLedger::look_at(const trace::Event& event) {
    frame_.reset();
    frames_seen_ = true;
    const bool sent = event.kind == trace::EventKind::frame_sent;
    if ((!sent && event.kind != trace::EventKind::frame_received) || !replay_->is_offload_target(event.layer) || !event.region.valid()) return;
    if (!sent) received_at_.reset();
    const auto bytes = replay_->trace().initial_bytes(replay_->trace().region(event.region));
    WireFrame seen;
    const auto kind = chimney_frame_parse(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), &seen.frame);
    const chimney_tcp_segment& segment = seen.frame.segment;
    if (kind == CHIMNEY_FRAME_OPTIONS && !sent)
        if (WireConnection* connection = find_ports(segment.destination_port, segment.source_port)) connection->course.with_options = true;
    if (kind != CHIMNEY_FRAME_TCP) return;
    const Ports ports = sent ? Ports(segment.source_port, segment.destination_port) : Ports(segment.destination_port, segment.source_port);
    seen.connection = find_ports(ports.first, ports.second);
    seen.from_target = sent;
    seen.flow = &flows_[ports];
    seen.last_timestamp = seen.flow->last_timestamp;
    if (sent) {
        const EventId call = replay_->frame_of(event.layer);
        seen.of_the_host = call.valid() && replay_->trace().text(replay_->trace().event(call).name) == "MiniportSendNetBufferLists";
    }
    if (sent && seen.connection) {
        const WireConnection& connection = *seen.connection;
        seen.purpose = purpose_of(connection, segment);
        seen.by_timeout = seen.purpose == Purpose::again && segment.sequence == connection.acknowledged && connection.state == WireConnection::State::offloaded &&
                          !just_now(connection.course.last_heard) && !just_now(connection.course.offloaded) && !connection.course.fast_due;
    }
    if (seen.connection) frame_ = seen;
    else flow_moves(*seen.flow, segment, sent);
}

void WireLedger::forget_frame() {
    if (!frame_) return;
    drop_overdue(*frame_->connection);
    if (!frame_->from_target) frame_received();
    else if (!frame_->of_the_host) frame_sent();
    if (auto& upload = frame_->flow->upload; upload && upload->told != 0) {  // whatever brought it about, the timer has been dealt with
        const chimney_tcp_segment& segment = frame_->frame.segment;
        upload->resent = upload->resent || (frame_->from_target ? segment.payload_bytes > 0 && segment.sequence == upload->snd_una
                                                                : before(upload->snd_una, segment.acknowledgement));
    }
    flow_moves(*frame_->flow, frame_->frame.segment, frame_->from_target);
    waits(*frame_->connection);
    frame_.reset();
}

// What was due has been looked at: it is told once.
void WireLedger::drop_overdue(WireConnection& connection) {
    WireCourse& course = connection.course;
    const auto drop = [&](std::optional<Time>& due) {
        if (due && *due < now()) due.reset();
    };
    if (course.ack_due && *course.ack_due < now()) course.unacknowledged = 0;
    drop(course.ack_due);
    drop(course.fast_due);
    drop(course.window_due);
}

// ---- both ends, whoever holds the connection ----

void WireLedger::flow_moves(WireFlow& flow, const chimney_tcp_segment& segment, bool sent) {
    const std::uint32_t end = sequence_end(segment);
    if (sent) {
        if (segment.has_timestamps) {
            flow.last_timestamp = segment.timestamp_value;
            flow.timestamp_at = now();
        }
        if (acknowledges(segment) && (!flow.last_ack || before(*flow.last_ack, segment.acknowledgement))) flow.last_ack = segment.acknowledgement;
        if (end == segment.sequence) return;
        if (!flow.acknowledged) flow.acknowledged = segment.sequence;
        if (!flow.sent || !before(*flow.acknowledged, *flow.sent)) flow.sent_first = now();
        if (!flow.sent || before(*flow.sent, end)) flow.sent = end;
        flow.sent_last = now();
        return;
    }
    if (segment.payload_bytes > 0 && (segment.flags & (CHIMNEY_TCP_SYN | CHIMNEY_TCP_RST | CHIMNEY_TCP_URG)) == 0 && (!flow.received || before(*flow.received, end)))
        flow.received = end;
    if (!acknowledges(segment) || !flow.sent || before(*flow.sent, segment.acknowledgement)) return;
    if (!flow.acknowledged || !before(*flow.acknowledged, segment.acknowledgement)) return;
    flow.acknowledged = segment.acknowledgement;
    const double shortest = static_cast<double>(now() - flow.sent_last) / 1e9, longest = static_cast<double>(now() - flow.sent_first) / 1e9;
    flow.shortest = std::min(flow.shortest.value_or(shortest), shortest);
    flow.longest = std::max(flow.longest.value_or(longest), longest);
}

// ---- sent by the target ----

void WireLedger::frame_sent() {
    WireConnection& connection = *frame_->connection;
    WireCourse& course = connection.course;
    const chimney_tcp_segment& segment = frame_->frame.segment;
    course.last_sent = now();
    switch (frame_->purpose) {
    case Purpose::window_probe:
        if (course.probes == 0 && course.closed_since) course.round_delay = now() - *course.closed_since;
        if (course.probes > 0) course.probe_interval = now() - course.last_probe;
        ++course.probes;
        course.last_probe = now();
        break;
    case Purpose::keep_alive_probe:
        ++course.ka_probes;
        course.ka_last_probe = now();
        course.ka_handed_over.reset();
        break;
    case Purpose::again:
        if (segment.sequence != connection.acknowledged) break;
        course.fast_due.reset();
        course.head_sent = now();
        if (!frame_->by_timeout) break;
        ++course.retransmissions;
        course.duplicate_acks = 0;
        course.recover = connection.sent;
        if (!course.first_retransmission) course.first_retransmission = now();
        break;
    case Purpose::new_data:
        if (connection.acknowledged == connection.sent) course.head_sent = now();
        break;
    case Purpose::acknowledgement:
    case Purpose::reset: break;
    }
    if (before(connection.sent, sequence_end(segment))) connection.sent = sequence_end(segment);
    connection.data_sent = connection.data_sent || segment.payload_bytes > 0;
    connection.fin_sent = connection.fin_sent || (segment.flags & CHIMNEY_TCP_FIN) != 0;
    connection.reset_sent = connection.reset_sent || (segment.flags & CHIMNEY_TCP_RST) != 0;
    if (!acknowledges(segment)) return;
    if (!connection.last_ack || before(*connection.last_ack, segment.acknowledgement)) connection.last_ack = segment.acknowledgement;
    if (before(connection.rcv_nxt, segment.acknowledgement)) connection.rcv_nxt = segment.acknowledgement;
    if (!before(segment.acknowledgement, connection.rcv_nxt)) {
        course.unacknowledged = 0;
        course.ack_due.reset();
    }
    const std::uint32_t edge = segment.acknowledgement + (std::uint32_t{segment.window} << connection.rcv_wind_scale);
    if (!before(connection.advertised, edge)) return;
    connection.advertised = edge;
    course.window_due.reset();
    course.window_told_since = connection.cached.other.has_value();
}

// ---- received by it ----

void WireLedger::data_received(WireConnection& connection, const chimney_frame& frame) {
    WireCourse& course = connection.course;
    const chimney_tcp_segment& segment = frame.segment;
    const std::uint32_t data_end = segment.sequence + static_cast<std::uint32_t>(segment.payload_bytes), old = connection.rcv_nxt;
    if (segment.payload_bytes > 0 && before(old, segment.sequence) && course.early.size() < most_early)
        course.early.emplace_back(segment.sequence, data_end);
    // Once more what was there: the target may have had no memory for the first one.
    if (segment.payload_bytes > 0 && data_end == old && (segment.flags & CHIMNEY_TCP_PSH) != 0) course.pushed = true;
    if (before(old, segment.sequence) || !before(old, sequence_end(segment))) return;
    const std::uint64_t held = connection.in_order();
    if (before(connection.rcv_nxt, data_end)) connection.rcv_nxt = data_end;
    bool merged = false;
    for (bool again = true; again;) {
        again = false;
        for (const auto& [first, behind] : course.early)
            if (!before(connection.rcv_nxt, first) && before(connection.rcv_nxt, behind)) {
                connection.rcv_nxt = behind;
                again = merged = true;
            }
    }
    std::erase_if(course.early, [&](const auto& piece) { return !before(connection.rcv_nxt, piece.second); });
    if (course.fin_at && *course.fin_at == connection.rcv_nxt) ++connection.rcv_nxt;
    if (segment.payload_bytes > 0) {
        if (held <= connection.delivered) course.data_since = now();
        course.last_data = now();
        course.pushed = (segment.flags & CHIMNEY_TCP_PSH) != 0;
        course.merged = merged;
    }
    // A segment that begins beyond what was advertised may be dropped.
    if (!connection.working() || before(connection.advertised, data_end) || segment.payload_bytes == 0) return;
    const WireNeighbor* hop = nullptr;
    if (const WirePath* path = routes_.path(connection.path)) hop = routes_.neighbor(path->neighbor.now);
    if (course.unacknowledged++ == 0) {
        course.with_tag = hop && hop->vlan == 0 && frame.route.tagged != 0;
        const auto& to = frame.route.destination_hardware;
        const bool own = hop && hop->source != HardwareAddress{} && std::equal(hop->source.begin(), hop->source.end(), to);
        course.to_other_address = own || (to[0] & 1) != 0;
        if (parameters_.known) course.ack_due = now() + parameters_.ticks(parameters_.delayed_ack) + parameters_.slack();
    }
    if (parameters_.known && parameters_.ack_frequency > 0 && course.unacknowledged >= parameters_.ack_frequency)
        course.ack_due = std::min(course.ack_due.value_or(now() + parameters_.slack()), now() + parameters_.slack());
}

void WireLedger::acknowledged(WireConnection& connection, const chimney_tcp_segment& segment) {
    WireCourse& course = connection.course;
    if ((segment.flags & CHIMNEY_TCP_ACK) == 0 || before(connection.sent, segment.acknowledgement)) return;
    const std::uint32_t window = std::uint32_t{segment.window} << connection.snd_wind_scale;
    if (before(connection.acknowledged, segment.acknowledgement)) {
        connection.acknowledged = segment.acknowledgement;
        course.progress = true;
        course.retransmissions = course.duplicate_acks = 0;
        course.first_retransmission.reset();
        course.fast_due.reset();
        course.head_sent = now();
        if (course.recover && !before(connection.acknowledged, *course.recover)) course.recover.reset();
        if (connection.fin_sent && connection.acknowledged == connection.posted + 1) {
            if (!connection.fin_in_order()) course.fin_wait_2 = now();
            else if (course.closed_first) course.time_wait = now();
        }
    } else if (segment.acknowledgement == connection.acknowledged && segment.payload_bytes == 0 && (segment.flags & CHIMNEY_TCP_FIN) == 0 &&
               window == connection.snd_wnd && window > 0 && before(connection.acknowledged, connection.sent)) {
        ++course.duplicate_acks;
        if (course.duplicate_acks == parameters_.duplicate_ack_threshold && parameters_.known && connection.working() && !course.recover) {
            course.fast_due = now() + parameters_.slack();
            course.recover = connection.sent;
        }
    }
    const std::uint32_t edge = segment.acknowledgement + window;
    if (before(connection.window, edge)) connection.window = edge;
    if (before(segment.sequence, connection.send_wl1) || before(segment.acknowledgement, connection.acknowledged)) return;
    connection.send_wl1 = segment.sequence;
    if (window == 0 && connection.snd_wnd == 0 && course.closed_since && course.probes > 0) {  // the answer to a probe: the next round
        ++course.rounds;
        course.closed_since = now();
        course.probes = 0;
        course.probe_interval.reset();
    }
    connection.snd_wnd = window;
    connection.max_snd_wnd = std::max(connection.max_snd_wnd, window);
}

void WireLedger::frame_received() {
    WireConnection& connection = *frame_->connection;
    WireCourse& course = connection.course;
    const chimney_tcp_segment& segment = frame_->frame.segment;
    received_last_ = static_cast<std::size_t>(&connection - connections_.data());
    received_at_ = now();
    course.last_heard = now();
    if (connection.state == WireConnection::State::over) return;
    if (!connection.peer_route) connection.peer_route = frame_->frame.route;
    if (const WirePath* path = routes_.path(connection.path))
        if (const WireNeighbor* hop = routes_.neighbor(path->neighbor.now);
            hop && hop->vlan != 0 && (!frame_->frame.route.tagged || frame_->frame.route.vlan_id != hop->vlan)) {
            course.foreign = sequence_end(segment);  // not for this connection
            return;
        }
    if ((segment.flags & CHIMNEY_TCP_RST) != 0) {
        const bool exact = segment.sequence == connection.rcv_nxt;
        connection.reset_received = connection.reset_received || exact;
        connection.odd_reset_received = connection.odd_reset_received || !exact;
        course.challenged = true;
        return;
    }
    if ((segment.flags & CHIMNEY_TCP_SYN) != 0) {
        course.challenged = true;
        course.stopped = course.stopped || segment.sequence == connection.rcv_nxt;
        return;
    }
    if ((segment.flags & CHIMNEY_TCP_URG) != 0 && !connection.urgent) connection.urgent = segment.sequence;
    if ((segment.flags & CHIMNEY_TCP_FIN) != 0) {
        connection.fin_received = true;
        course.fin_at = sequence_end(segment) - 1;
    }
    if (segment.payload_bytes > 0 && before(connection.received_end, sequence_end(segment))) connection.received_end = sequence_end(segment);
    const bool was_closed = connection.fin_in_order();
    const bool certain = acknowledges(segment) && (segment.sequence == connection.rcv_nxt ||
                                                   (before(segment.sequence, connection.rcv_nxt) && before(connection.rcv_nxt, sequence_end(segment))));
    if (!connection.urgent) data_received(connection, frame_->frame);
    acknowledged(connection, segment);
    if (certain && !connection.urgent) {
        course.last_received = course.ka_since = now();
        course.ka_probes = 0;
        course.ka_last_probe.reset();
        course.ka_handed_over.reset();
        if (course.fin_wait_2) course.fin_wait_2 = now();
    }
    if (connection.fin_in_order() && !was_closed) {
        course.closed_first = course.closed_first || connection.fin_sent;
        if (course.fin_wait_2) course.time_wait = now();
        course.fin_wait_2.reset();
    }
}

// ---- what nothing keeps from leaving ----

void WireLedger::waits(WireConnection& connection) {
    WireCourse& course = connection.course;
    const bool data = before(connection.acknowledged, connection.posted);
    const bool fin = connection.fin_posted && connection.acknowledged == connection.posted;
    if (!connection.working() || connection.snd_wnd > 0 || !(data || fin)) {
        course.closed_since.reset();
        course.round_delay.reset();
        course.probe_interval.reset();
        course.probes = course.rounds = 0;
    } else if (!course.closed_since) {
        course.closed_since = now();
    }
    const std::uint32_t rest = before(connection.sent, connection.posted) ? connection.posted - connection.sent : 0;
    if (!connection.working() || rest == 0 || connection.acknowledged != connection.sent || connection.snd_wnd == 0) {
        course.small_due.reset();
        return;
    }
    const bool fits = connection.snd_wnd >= std::min(rest, largest_segment(*this, connection));
    const bool at_once = fits || connection.snd_wnd >= connection.max_snd_wnd / 2 || parameters_.sws_prevention == 0;
    const Time due = now() + parameters_.slack() + (at_once ? prompt : parameters_.ticks(parameters_.sws_prevention));
    if (!course.small_due || due < *course.small_due) course.small_due = due;
}

}  // namespace chimneylab::verifier
