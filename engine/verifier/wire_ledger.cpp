// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/wire_ledger.h"

#include <algorithm>
#include <set>

#include "engine/verifier/model.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {

namespace {

constexpr std::uint64_t hardware_failure_reason = 11;
constexpr std::uint32_t fin_wait_2_state = 6, close_wait_state = 7, closing_state = 8, last_ack_state = 9;
constexpr std::uint32_t keep_alive_restart = 0x04, max_rt_restart = 0x08, update_rcv_wnd = 0x10;
constexpr std::uint32_t commands = keep_alive_restart | max_rt_restart | update_rcv_wnd;

std::uint16_t port(std::uint64_t network_order) {
    return static_cast<std::uint16_t>((network_order & 0xFF) << 8 | (network_order >> 8 & 0xFF));
}

bool has_sent_fin(std::uint64_t state) { return state == 5 || state == closing_state || state == last_ack_state; }
bool has_received_fin(std::uint64_t state) { return state == close_wait_state || state == closing_state || state == last_ack_state; }

bool is_mandatory(std::uint64_t reason) { return reason == 5 || (reason >= 8 && reason <= 11); }

WireCached cached_of(const BlockImage& image, std::uint32_t at) {
    const auto word = [&](std::uint32_t offset, std::uint32_t size) { return static_cast<std::uint32_t>(state_word(image, at + offset, size)); };
    WireCached cached;
    cached.flags = word(tcp_state::cached_flags, 2);
    cached.receive_window = word(tcp_state::initial_rcv_wnd, 4);
    cached.ka_probe_count = word(tcp_state::ka_probe_count, 1);
    cached.ka_timeout = word(tcp_state::ka_timeout, 4);
    cached.ka_interval = word(tcp_state::ka_interval, 4);
    cached.max_rt = word(tcp_state::max_rt, 4);
    cached.flow_label = word(tcp_state::flow_label, 4) & 0xFFFFF;
    cached.hop_limit = word(tcp_state::ttl_or_hop_limit, 1);
    cached.traffic_class = word(tcp_state::tos_or_traffic_class, 1);
    cached.priority = word(tcp_state::user_priority, 1) & 7;
    return cached;
}

}  // namespace

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

const WireConnection* WireLedger::just_received() const {
    return received_last_ < connections_.size() && just_now(received_at_) ? &connections_[received_last_] : nullptr;
}

std::uint32_t largest_segment(const WireLedger& ledger, const WireConnection& connection) {
    const WirePath* path = ledger.routes().path(connection.path);
    const std::uint32_t headers = (path && path->ip_version == 6 ? 40u : 20u) + CHIMNEY_TCP_HEADER_BYTES;
    std::uint32_t room = path && path->mtu.now > headers ? path->mtu.now - headers : 1;
    if (connection.remote_mss > 0) room = std::min(room, connection.remote_mss);
    const std::uint32_t options = connection.timestamps ? CHIMNEY_TCP_TIMESTAMP_BYTES : 0;
    return room > options ? room - options : 1;
}

void WireLedger::parameters_told(const trace::Event& event) {
    constexpr std::uint64_t offload_parameters = 0xFC030201, set = 1;
    if (event.detail != offload_parameters || event.argument != set || !event.region.valid() || !replay_->is_offload_target(event.layer)) return;
    const auto word = [&](std::uint32_t offset, std::uint32_t size) { return static_cast<std::uint32_t>(replay_->word(event.region, offset, size)); };
    WireParameters told;
    told.ticks_per_second = word(0x20, 4);
    if (told.ticks_per_second == 0) return;
    told.known = true;
    told.ack_frequency = word(0x24, 1);
    told.delayed_ack = word(0x25, 1);
    told.maximum_retransmissions = word(0x26, 1);
    told.sws_prevention = word(0x28, 4);
    told.duplicate_ack_threshold = word(0x2C, 4);
    told.push = word(0x30, 4);
    parameters_ = told;
}

// ---- operations ----

void WireLedger::taken_over(const OperationRecord& operation, const Passage& passage, std::size_t index, const ListLedger& lists) {
    const BlockImage& image = passage.at_arrival.blocks[index];
    const BlockRef& block = operation.shapes[passage.upper_shape].blocks[index];
    const StateParts parts = parts_of(image.type());
    if (block.role != Role::new_offload || parts.layer != Layer::connection || parts.constant == StateParts::none || parts.delegated == StateParts::none)
        return;
    const auto delegated = [&](std::uint32_t offset, std::uint32_t size = 4) {
        return static_cast<std::uint32_t>(state_word(image, parts.delegated + offset, size));
    };
    WireConnection made;
    made.handle = image.slot_b();
    made.block = block.region;
    made.path = WireRoutes::parent(operation, passage, index);
    made.local_port = port(state_word(image, parts.constant + tcp_state::local_port, 2));
    made.remote_port = port(state_word(image, parts.constant + tcp_state::remote_port, 2));
    made.remote_mss = static_cast<std::uint32_t>(state_word(image, parts.constant + tcp_state::remote_mss, 2));
    const std::uint64_t flags = state_word(image, parts.constant + tcp_state::const_flags, 2);
    const auto scales = static_cast<std::uint8_t>((flags & 4) != 0 ? state_word(image, parts.constant + tcp_state::wind_scales, 1) : 0);
    made.timestamps = (flags & 1) != 0;
    made.snd_wind_scale = scales & 0x0F;
    made.rcv_wind_scale = scales >> 4;
    if (parts.cached != StateParts::none) made.cached.now = cached_of(image, parts.cached);
    made.acknowledged = made.completed = made.posted = delegated(tcp_state::snd_una);
    made.snd_nxt = delegated(tcp_state::snd_nxt);
    made.snd_max = made.sent = delegated(tcp_state::snd_max);
    made.snd_wnd = delegated(tcp_state::snd_wnd);
    made.max_snd_wnd = std::max(made.snd_wnd, delegated(tcp_state::max_snd_wnd));
    made.send_wl1 = delegated(tcp_state::send_wl1);
    made.window = made.acknowledged + made.snd_wnd;
    made.rcv_nxt = made.first_rcv_nxt = made.received_end = delegated(tcp_state::rcv_nxt);
    made.advertised = made.rcv_nxt + delegated(tcp_state::rcv_wnd);
    made.connection_state = delegated(tcp_state::connection_state);
    made.srtt = delegated(tcp_state::srtt, 2);
    made.ts_time = delegated(tcp_state::ts_time);
    made.total_rt = delegated(tcp_state::total_rt);
    made.retransmit_delta = delegated(tcp_state::retransmit_timeout);
    made.keep_alive_delta = delegated(tcp_state::keep_alive_timeout);
    made.fin_posted = made.fin_sent = has_sent_fin(made.connection_state);
    made.fin_received = has_received_fin(made.connection_state);
    for (const NetBufferListImage& list : image.chain)
        if (const auto data = lists.data(list.region)) made.posted += static_cast<std::uint32_t>(data->length);
    for (const Address list : buffered_data(*replay_, block, image))
        if (const auto data = lists.data(replay_->region_at(RegionKind::net_buffer_list, list))) made.buffered += data->length;

    WireCourse& course = made.course;
    course.taken_over = course.head_sent = course.ka_since = course.data_since = course.last_data = now();
    course.retransmissions = made.snd_wnd > 0 && before(made.acknowledged, made.sent) ? delegated(tcp_state::retransmit_count, 1) : 0;
    course.duplicate_acks = delegated(tcp_state::dup_ack_count, 1);
    course.ka_probes = delegated(tcp_state::keep_alive_probe_count, 1);
    course.challenged = made.keep_alive_delta != wdk::not_running && (made.cached.now.flags & wdk::keep_alive_enabled) == 0;
    course.closed_first = made.connection_state == 5 || made.connection_state == fin_wait_2_state || made.connection_state == closing_state;
    course.merged = made.buffered > 0;
    connections_.push_back(made);
    WireFlow& flow = flows_[{made.local_port, made.remote_port}];
    flow.shortest.reset();
    flow.longest.reset();
    flow.upload.reset();
}

// Cached variables, and commands among the flags.
void WireLedger::changes(const BlockImage& image) {
    WireConnection* connection = find(image.slot_b());
    const StateParts parts = parts_of(image.type());
    if (!connection || parts.layer != Layer::connection || parts.cached == StateParts::none || image.following.empty()) return;
    const WireCached told = cached_of(image, parts.cached);
    connection->window_told = (told.flags & update_rcv_wnd) != 0;
    if ((told.flags & max_rt_restart) != 0) {
        connection->total_rt = 0;
        connection->course.first_retransmission.reset();
    }
    connection->course.ka_since = now();  // whichever of the two flags is read to restart it
    connection->course.ka_handed_over.reset();
    WireCached level = told;
    level.flags &= ~commands;
    connection->cached.begin(level);
}

void WireLedger::operation_arrives(const OperationRecord& operation, const Passage& passage, const ListLedger& lists) {
    routes_.operation_arrives(operation, passage);
    if (operation.kind == OperationKind::invalidate)
        for (WireConnection& connection : connections_) connection.silenced = true;
    for (std::size_t i = 0; i < passage.at_arrival.blocks.size(); ++i) {
        const BlockImage& image = passage.at_arrival.blocks[i];
        if (operation.kind == OperationKind::terminate) {
            if (WireConnection* connection = find(image.slot_b())) connection->state = WireConnection::State::terminating;
        } else if (operation.kind == OperationKind::update) {
            changes(image);
        } else if (operation.kind == OperationKind::initiate) {
            taken_over(operation, passage, i, lists);
        }
    }
}

void WireLedger::ends(WireConnection& connection, const OperationRecord& operation, const Passage& passage, std::size_t index) {
    connection.state = WireConnection::State::over;
    const BlockImage& image = passage.at_completion.blocks[index];
    const StateParts parts = parts_of(image.type());
    WireFlow& flow = flows_[{connection.local_port, connection.remote_port}];
    flow.upload.reset();
    flow.shortest.reset();
    flow.longest.reset();
    if (parts.layer != Layer::connection || parts.delegated == StateParts::none) return;
    const auto delegated = [&](std::uint32_t offset, std::uint32_t size = 4) {
        return static_cast<std::uint32_t>(state_word(image, parts.delegated + offset, size));
    };
    WireFlow::Upload upload;
    upload.at = now();
    upload.block = operation.shape().blocks[index].region;
    upload.timestamps = connection.timestamps;
    upload.ts_time = delegated(tcp_state::ts_time);
    upload.srtt = delegated(tcp_state::srtt, 2);
    upload.retransmit_delta = delegated(tcp_state::retransmit_timeout);
    upload.snd_una = delegated(tcp_state::snd_una);
    upload.snd_max = delegated(tcp_state::snd_max);
    upload.snd_wnd = delegated(tcp_state::snd_wnd);
    upload.end = connection.posted;
    upload.alive = delegated(tcp_state::connection_state) != 0 && !connection.reset_received && !connection.abort_requested &&
                   !connection.course.stopped && !connection.terminate_failed;
    flow.upload = upload;
}

void WireLedger::operation_completed(const OperationRecord& operation, const Passage& passage) {
    routes_.operation_completed(operation, passage);
    for (std::size_t i = 0; i < passage.at_completion.blocks.size(); ++i) {
        const BlockImage& image = passage.at_completion.blocks[i];
        const Address handle = passage.at_arrival.taken() ? passage.at_arrival.blocks[i].slot_b() : 0;
        if (operation.kind == OperationKind::update && image.status() < 0 && handle != 0)
            for (WireConnection& each : connections_) {
                const WirePath* path = routes_.path(each.path);
                if (each.handle == handle || each.path == handle || (path && path->neighbor.now == handle)) each.update_failed = true;
            }
        WireConnection* connection = find(handle);
        if (!connection) continue;
        WireCourse& course = connection->course;
        if (operation.kind == OperationKind::update) {
            const std::uint32_t window = connection->cached.other ? connection->cached.other->receive_window : connection->cached.now.receive_window;
            connection->cached.end(image.status() >= 0);
            const std::uint32_t most = 0xFFFFu << connection->rcv_wind_scale;
            if (image.status() >= 0 && connection->window_told && connection->working() && !course.window_told_since &&
                window < std::min(connection->cached.now.receive_window, most))
                course.window_due = now() + parameters_.slack();
            connection->window_told = false;
            course.window_told_since = false;
        }
        if (operation.kind == OperationKind::initiate && connection->state == WireConnection::State::taken_over) {
            connection->state = image.status() >= 0 ? WireConnection::State::offloaded : WireConnection::State::over;
            course.offloaded = course.ka_since = course.head_sent = now();
            if (connection->connection_state == fin_wait_2_state) course.fin_wait_2 = now();
            if (connection->keep_alive_delta != wdk::not_running) course.ka_handed_over = now() + parameters_.ticks(connection->keep_alive_delta);
            waits(*connection);
        }
        if (operation.kind == OperationKind::invalidate && image.status() >= 0) connection->invalid = true;
        if (operation.kind == OperationKind::terminate) {
            if (image.status() >= 0) ends(*connection, operation, passage, i);
            else if (connection->state == WireConnection::State::terminating && !connection->terminate_failed) connection->terminate_failed = true;
        }
    }
    if (connections_.size() >= forget_at_) forget_old_connections();
}

// A long session has tens of thousands. One that is over matters for frames that are late, as long as no younger one has its
// ports; hundreds of connections later no frame is that late.
void WireLedger::forget_old_connections() {
    constexpr std::size_t kept_when_over = 512;
    std::set<Ports> younger;
    std::vector<bool> kept(connections_.size());
    std::size_t over = 0;
    for (std::size_t i = connections_.size(); i-- > 0;) {
        const WireConnection& each = connections_[i];
        const bool has_its_ports = younger.emplace(each.local_port, each.remote_port).second;
        kept[i] = each.state != WireConnection::State::over || (has_its_ports && ++over <= kept_when_over);
    }
    std::size_t next = 0, last_received = static_cast<std::size_t>(-1);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (!kept[i]) continue;
        if (i == received_last_) last_received = next;
        if (i != next) connections_[next] = std::move(connections_[i]);
        ++next;
    }
    connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(next), connections_.end());
    received_last_ = last_received;
    forget_at_ = std::max<std::size_t>(256, 2 * next);
}

void WireLedger::terminate_reaches_host(const OperationRecord& operation, const Passage& first) {
    if (operation.kind != OperationKind::terminate || !frames_seen_) return;
    for (std::size_t i = 0; i < first.at_return.blocks.size(); ++i)
        for (auto& [ports, flow] : flows_)
            if (flow.upload && flow.upload->told == 0 && flow.upload->block == operation.shape().blocks[i].region) flow.upload->told = now();
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
        WireCourse& course = connection->course;
        if (!function.completion) {
            if (kind == TransferKind::send || kind == TransferKind::disconnect) connection->posted += static_cast<std::uint32_t>(record->length);
            if (kind == TransferKind::disconnect && (record->flags & wdk::graceful_close) != 0) connection->fin_posted = true;
            if (kind == TransferKind::disconnect && (record->flags & wdk::abortive_close) != 0) connection->abort_requested = true;
            if (kind == TransferKind::receive) course.requests.push_back({now(), record->length, record->no_push});
            if (kind == TransferKind::forward) ++course.forwards;
            waits(*connection);
        } else if (kind == TransferKind::send && lists.status(link.region) == 0) {
            connection->completed += static_cast<std::uint32_t>(record->length);
        } else if (kind == TransferKind::receive) {
            connection->delivered += lists.bytes_transferred(link.region);
            if (!course.requests.empty()) course.requests.pop_front();
        }
    }
}

void WireLedger::indicated(const trace::Event& event) {
    WireConnection* connection = connections_.empty() ? nullptr : find(event.subject);
    if (!connection) return;
    if (event.detail == wdk::abort_event) connection->abort_indicated = connection->course.stopped = true;
    if (event.detail != wdk::retrieve_event) return;
    connection->course.asked_back = true;
    if (event.argument == hardware_failure_reason) connection->hardware_failure = true;
    if (event.argument == wdk::timeout_expiration) connection->course.timed_out = true;
    if (is_mandatory(event.argument)) connection->course.stopped = true;
}

void WireLedger::data_answered(const trace::Event& event, const ListLedger& lists) {
    const trace::Event& call = replay_->trace().event(event.partner);
    WireConnection* connection = connections_.empty() ? nullptr : find(call.subject);
    if (!connection) return;
    const LentRecord* record = lists.lent(call.detail);
    if (event.status == 0 && record) connection->delivered += record->length;
    if (event.status == wdk::partially_accepted) {
        connection->delivered += event.argument;
        connection->partly_accepted = true;
    }
}

}  // namespace chimneylab::verifier
