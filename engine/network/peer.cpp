// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/network/peer.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/network/network.h"
#include "engine/tcp/stream_byte.h"

namespace chimneylab::network {

namespace {

constexpr Nanoseconds tick = 1'000'000;
constexpr std::size_t largest_odd_payload = 1460;

}  // namespace

Peer::Peer(Network& network, const PeerDescription& description) : network_(network), description_(description) {
    endpoint_ = std::make_unique<Endpoint>(description.settings, description.state, 0, 0, description.receive_position, now(),
                                           [this](const chimney_tcp_segment& segment) { transmit(segment); });
}

Peer::~Peer() = default;

std::uint32_t Peer::now() const { return static_cast<std::uint32_t>(network_.machine_.clock().now() / tick); }

bool Peer::is_addressed_by(const chimney_frame& frame) const {
    const chimney_frame_route& own = description_.route;
    return frame.route.ip_version == own.ip_version && frame.segment.destination_port == description_.settings.local_port &&
           frame.segment.source_port == description_.settings.remote_port &&
           std::memcmp(frame.route.destination, own.source, sizeof(own.source)) == 0 &&
           std::memcmp(frame.route.source, own.destination, sizeof(own.destination)) == 0;
}

void Peer::transmit(const chimney_tcp_segment& segment, bool ip_options) {
    std::uint8_t bytes[CHIMNEY_FRAME_MAXIMUM_BYTES];
    chimney_frame_route route = description_.route;
    route.with_options = ip_options;
    const std::size_t length = chimney_frame_build(&route, &segment, bytes, sizeof(bytes));
    ++description_.route.identification;
    if (length > 0) network_.put_on_link(Direction::to_target, {bytes, length});
}

void Peer::arrive(const chimney_frame& frame) {
    endpoint_->input(frame.segment, now());
    set_timers();
}

bool Peer::resolve(const chimney_arp& request) {
    const chimney_frame_route& own = description_.route;
    const std::array<std::uint8_t, 6> everybody{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    if (request.operation != 1 || own.ip_version != 4 || std::memcmp(request.target, own.source, sizeof request.target) != 0 ||
        (std::memcmp(request.destination_hardware, own.source_hardware, 6) != 0 && std::memcmp(request.destination_hardware, everybody.data(), 6) != 0))
        return false;
    chimney_arp reply{};
    reply.operation = 2;
    std::memcpy(reply.destination_hardware, request.sender_hardware, 6);
    std::memcpy(reply.sender_hardware, own.source_hardware, 6);
    std::memcpy(reply.sender, own.source, sizeof reply.sender);
    std::memcpy(reply.target_hardware, request.sender_hardware, 6);
    std::memcpy(reply.target, request.sender, sizeof reply.target);
    std::array<std::uint8_t, CHIMNEY_ARP_FRAME_BYTES> bytes{};
    chimney_arp_build(&reply, bytes.data());
    network_.put_on_link(Direction::to_target, bytes);
    return true;
}

void Peer::send(std::uint32_t bytes) {
    endpoint_->send(bytes, now());
    set_timers();
}

void Peer::close() {
    endpoint_->close(now());
    set_timers();
}

void Peer::abort() {
    endpoint_->abort(now());
    set_timers();
}

void Peer::set_reading(bool reading) {
    endpoint_->set_reading(reading, now());
    set_timers();
}

void Peer::send_odd(const OddSegment& odd) {
    const chimney_tcp& tcp = endpoint_->connection();
    std::uint8_t data[largest_odd_payload];
    chimney_tcp_segment segment{};
    segment.source_port = description_.settings.local_port;
    segment.destination_port = description_.settings.remote_port;
    segment.sequence = tcp.snd_nxt + static_cast<std::uint32_t>(odd.sequence_offset);
    segment.acknowledgement = tcp.rcv_nxt;
    segment.flags = odd.flags;
    segment.window = static_cast<std::uint16_t>(tcp.rcv_wnd >> description_.settings.rcv_wind_scale);
    segment.payload = data;
    segment.payload_bytes = std::min<std::size_t>(odd.bytes, largest_odd_payload);
    segment.urgent_pointer = (odd.flags & CHIMNEY_TCP_URG) != 0 ? static_cast<std::uint16_t>(segment.payload_bytes) : 0;
    segment.has_timestamps = description_.settings.timestamps;
    segment.timestamp_value = now() + tcp.ts_delta;
    segment.timestamp_echo = tcp.ts_recent;
    const std::uint32_t position = segment.sequence - description_.state.snd_una;
    for (std::size_t i = 0; i < segment.payload_bytes; ++i) data[i] = chimney_stream_byte(position + static_cast<std::uint32_t>(i));
    transmit(segment, odd.ip_options);
    if (odd.sequence_offset == 0 && (odd.flags & (CHIMNEY_TCP_RST | CHIMNEY_TCP_SYN)) == 0 && segment.payload_bytes > 0) {
        endpoint_->sent_by_hand(static_cast<std::uint32_t>(segment.payload_bytes), now());
        set_timers();
    }
}

void Peer::set_timers() {
    set_timer(false);
    set_timer(true);
}

// One piece of pending work for each kind of timer; a patient one alone does not keep the machine busy.
void Peer::set_timer(bool patient) {
    machine::Machine& machine = network_.machine_;
    Timer& timer = timers_[patient ? 1 : 0];
    const std::uint32_t ticks = endpoint_->next_timer(patient, now());
    const Nanoseconds due = ticks == CHIMNEY_TCP_NOT_RUNNING ? 0 : (now() + Nanoseconds{ticks}) * tick;
    if (timer.work.valid() && timer.due == due) return;
    if (timer.work.valid()) machine.cancel_work(timer.work);
    timer = {};
    if (due == 0) return;
    machine::WorkRequest work;
    work.label = "a timer of the peer of " + description_.connection;
    work.irql = machine::dispatch_level;
    work.delay = due > machine.clock().now() ? due - machine.clock().now() : 0;
    work.recurring = patient;
    work.run = [this, alive = network_.alive_, &timer] {
        if (!*alive) return;
        timer = {};
        endpoint_->timer(now());
        set_timers();
    };
    timer.due = due;
    timer.work = machine.queue_work(std::move(work));
}

}  // namespace chimneylab::network
