// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/wire_ledger.h"

#include "engine/verifier/model.h"

namespace chimneylab::verifier {

namespace {

constexpr std::uint32_t graceful_close = 1, abortive_close = 2;
constexpr std::uint32_t snd_wind_scale = 0x0E, snd_wnd = 0x24;  // in TCP_OFFLOAD_STATE_CONST and _DELEGATED
constexpr std::uint64_t retrieve = 3, abort_event = 4, hardware_failure = 11;

std::uint16_t port(std::uint64_t network_order) {
    return static_cast<std::uint16_t>((network_order & 0xFF) << 8 | (network_order >> 8 & 0xFF));
}

bool has_sent_fin(std::uint64_t state) { return state == 5 || state == 8 || state == 9; }

}  // namespace

std::uint32_t sequence_end(const chimney_tcp_segment& segment) {
    return segment.sequence + static_cast<std::uint32_t>(segment.payload_bytes) + ((segment.flags & CHIMNEY_TCP_FIN) != 0 ? 1u : 0u);
}

WireConnection* WireLedger::find(Address handle) {
    for (auto at = connections_.rbegin(); at != connections_.rend(); ++at)
        if (at->handle == handle && at->state != WireConnection::State::over) return &*at;
    return nullptr;
}

WireConnection* WireLedger::find_ports(std::uint16_t local, std::uint16_t remote) {
    for (auto at = connections_.rbegin(); at != connections_.rend(); ++at)
        if (at->local_port == local && at->remote_port == remote) return &*at;
    return nullptr;
}

const WireConnection* WireLedger::connection(Address handle) const {
    return frames_seen_ ? const_cast<WireLedger*>(this)->find(handle) : nullptr;
}

const WireConnection* WireLedger::connection_of(const ListRecord& list, LayerIndex target) const {
    const ListPassage* passage = list.passage(target);
    return passage ? connection(passage->upper) : nullptr;
}

// ---- frames ----

void WireLedger::look_at(const trace::Event& event) {
    frame_.reset();
    frames_seen_ = true;
    const bool sent = event.kind == trace::EventKind::frame_sent;
    if ((!sent && event.kind != trace::EventKind::frame_received) || !replay_->is_offload_target(event.layer) || !event.region.valid()) return;
    const auto bytes = replay_->trace().initial_bytes(replay_->trace().region(event.region));
    WireFrame seen;
    if (chimney_frame_parse(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), &seen.frame) != CHIMNEY_FRAME_TCP) return;
    const chimney_tcp_segment& segment = seen.frame.segment;
    const auto ports = sent ? std::pair(segment.source_port, segment.destination_port) : std::pair(segment.destination_port, segment.source_port);
    seen.connection = find_ports(ports.first, ports.second);
    seen.from_target = sent;
    if (sent) {
        const EventId call = replay_->frame_of(event.layer);
        seen.of_the_host = call.valid() && replay_->trace().text(replay_->trace().event(call).name) == "MiniportSendNetBufferLists";
        if (const auto last = timestamps_.find(ports); last != timestamps_.end()) seen.last_timestamp = last->second;
        if (segment.has_timestamps) timestamps_[ports] = segment.timestamp_value;
    }
    if (seen.connection) frame_ = seen;
}

void WireLedger::forget_frame() {
    if (!frame_) return;
    if (!frame_->from_target) frame_received();
    else if (!frame_->of_the_host) frame_sent();
    frame_.reset();
}

void WireLedger::frame_sent() {
    WireConnection& connection = *frame_->connection;
    const chimney_tcp_segment& segment = frame_->frame.segment;
    if (before(connection.sent, sequence_end(segment))) connection.sent = sequence_end(segment);
    connection.data_sent = connection.data_sent || segment.payload_bytes > 0;
    connection.fin_sent = connection.fin_sent || (segment.flags & CHIMNEY_TCP_FIN) != 0;
    connection.reset_sent = connection.reset_sent || (segment.flags & CHIMNEY_TCP_RST) != 0;
    if ((segment.flags & CHIMNEY_TCP_ACK) == 0 || (segment.flags & CHIMNEY_TCP_RST) != 0) return;
    if (!connection.last_ack || before(*connection.last_ack, segment.acknowledgement)) connection.last_ack = segment.acknowledgement;
    if (before(connection.rcv_nxt, segment.acknowledgement)) connection.rcv_nxt = segment.acknowledgement;
}

void WireLedger::frame_received() {
    WireConnection& connection = *frame_->connection;
    const chimney_tcp_segment& segment = frame_->frame.segment;
    if (connection.state == WireConnection::State::over) return;
    if ((segment.flags & CHIMNEY_TCP_RST) != 0) {
        const bool exact = segment.sequence == connection.rcv_nxt;
        connection.reset_received = connection.reset_received || exact;
        connection.odd_reset_received = connection.odd_reset_received || !exact;
        return;
    }
    if ((segment.flags & CHIMNEY_TCP_SYN) != 0) return;
    if ((segment.flags & CHIMNEY_TCP_URG) != 0 && !connection.urgent) connection.urgent = segment.sequence;
    if ((segment.flags & CHIMNEY_TCP_FIN) != 0) connection.fin_received = true;
    if (segment.payload_bytes > 0 && before(connection.received_end, sequence_end(segment))) connection.received_end = sequence_end(segment);
    if (!before(connection.rcv_nxt, segment.sequence) && before(connection.rcv_nxt, sequence_end(segment)) && !connection.urgent)
        connection.rcv_nxt = sequence_end(segment);
    if ((segment.flags & CHIMNEY_TCP_ACK) == 0 || before(connection.sent, segment.acknowledgement)) return;
    if (before(connection.acknowledged, segment.acknowledgement)) connection.acknowledged = segment.acknowledgement;
    const std::uint32_t edge = segment.acknowledgement + (std::uint32_t{segment.window} << connection.snd_wind_scale);
    if (before(connection.window, edge)) connection.window = edge;
}

// ---- operations ----

void WireLedger::operation_arrives(const OperationRecord& operation, const Passage& passage, const ListLedger& lists) {
    if (operation.kind == OperationKind::invalidate)
        for (WireConnection& connection : connections_) connection.silenced = true;
    for (std::size_t i = 0; i < passage.at_arrival.blocks.size(); ++i) {
        const BlockImage& image = passage.at_arrival.blocks[i];
        const BlockRef& block = operation.shapes[passage.upper_shape].blocks[i];
        if (operation.kind == OperationKind::terminate) {
            if (WireConnection* connection = find(image.slot_b())) connection->state = WireConnection::State::terminating;
            continue;
        }
        const StateParts parts = parts_of(image.type());
        if (operation.kind != OperationKind::initiate || block.role != Role::new_offload || parts.layer != Layer::connection ||
            parts.constant == StateParts::none || parts.delegated == StateParts::none)
            continue;
        const auto delegated = [&](std::uint32_t offset) { return static_cast<std::uint32_t>(state_word(image, parts.delegated + offset, 4)); };
        WireConnection made;
        made.handle = image.slot_b();
        made.block = block.region;
        made.local_port = port(state_word(image, parts.constant + tcp_state::local_port, 2));
        made.remote_port = port(state_word(image, parts.constant + tcp_state::remote_port, 2));
        const std::uint64_t flags = state_word(image, parts.constant + tcp_state::const_flags, 2);
        made.timestamps = (flags & 1) != 0;
        made.snd_wind_scale = (flags & 4) != 0 ? static_cast<std::uint8_t>(state_word(image, parts.constant + snd_wind_scale, 1) & 0x0F) : 0;
        made.acknowledged = made.completed = made.posted = delegated(tcp_state::snd_una);
        made.snd_nxt = delegated(tcp_state::snd_nxt);
        made.snd_max = made.sent = delegated(tcp_state::snd_max);
        made.window = made.acknowledged + delegated(snd_wnd);
        made.rcv_nxt = made.first_rcv_nxt = made.received_end = delegated(tcp_state::rcv_nxt);
        made.fin_posted = made.fin_sent = has_sent_fin(delegated(tcp_state::connection_state));
        for (const NetBufferListImage& list : image.chain)
            if (const auto data = lists.data(list.region)) made.posted += static_cast<std::uint32_t>(data->length);
        for (const Address list : buffered_data(*replay_, block, image))
            if (const auto data = lists.data(replay_->region_at(RegionKind::net_buffer_list, list))) made.buffered += data->length;
        connections_.push_back(made);
    }
}

void WireLedger::operation_completed(const OperationRecord& operation, const Passage& passage) {
    for (std::size_t i = 0; i < passage.at_completion.blocks.size(); ++i) {
        const BlockImage& image = passage.at_completion.blocks[i];
        WireConnection* connection = find(passage.at_arrival.taken() ? passage.at_arrival.blocks[i].slot_b() : 0);
        if (!connection) continue;
        if (operation.kind == OperationKind::initiate && connection->state == WireConnection::State::taken_over)
            connection->state = image.status() >= 0 ? WireConnection::State::offloaded : WireConnection::State::over;
        if (operation.kind == OperationKind::terminate && image.status() >= 0) connection->state = WireConnection::State::over;
    }
}

// ---- data ----

void WireLedger::transfer(const trace::Event& event, const trace::Function& function, const ListLedger& lists, LayerIndex target) {
    if (connections_.empty()) return;
    const TransferKind kind = transfer_kind(function);
    for (const ListLedger::Link& link : lists.chain(event.detail)) {
        const ListRecord* record = lists.list(link.address);
        const ListPassage* way = record ? record->passage(target) : nullptr;
        WireConnection* connection = way ? find(way->upper) : nullptr;
        if (!connection) continue;
        if (!function.completion) {
            if (kind == TransferKind::send || kind == TransferKind::disconnect) connection->posted += static_cast<std::uint32_t>(record->length);
            if (kind == TransferKind::disconnect && (record->flags & graceful_close) != 0) connection->fin_posted = true;
            if (kind == TransferKind::disconnect && (record->flags & abortive_close) != 0) connection->abort_requested = true;
        } else if (kind == TransferKind::send && lists.status(link.region) == 0) {
            connection->completed += static_cast<std::uint32_t>(record->length);
        } else if (kind == TransferKind::receive) {
            connection->delivered += lists.bytes_transferred(link.region);
        }
    }
}

void WireLedger::indicated(const trace::Event& event) {
    WireConnection* connection = connections_.empty() ? nullptr : find(event.subject);
    if (connection && event.detail == abort_event) connection->abort_indicated = true;
    if (connection && event.detail == retrieve && event.argument == hardware_failure) connection->hardware_failure = true;
}

void WireLedger::data_answered(const trace::Event& event, const ListLedger& lists) {
    constexpr std::uint32_t partially_accepted = 0xC0231010;
    const trace::Event& call = replay_->trace().event(event.partner);
    WireConnection* connection = connections_.empty() ? nullptr : find(call.subject);
    if (!connection) return;
    const LentRecord* record = lists.lent(call.detail);
    if (event.status == 0 && record) connection->delivered += record->length;
    if (static_cast<std::uint32_t>(event.status) == partially_accepted) {
        connection->delivered += event.argument;
        connection->partly_accepted = true;
    }
}

}  // namespace chimneylab::verifier
