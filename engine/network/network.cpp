// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/network/network.h"

#include "engine/machine/crossing.h"

namespace chimneylab::network {

struct Network::Flight {
    std::vector<std::uint8_t> bytes;
    std::string text;  // what it is, for people
    trace::EventId sent;
    trace::RegionId region;
    std::size_t copies = 0;  // that have not arrived yet
};

Network::Network(machine::Machine& machine, const LinkSettings& settings, trace::LayerIndex target)
    : machine_(machine), target_(target), links_{Link(settings, 0), Link(settings, 1)} {}

Network::~Network() { *alive_ = false; }

Peer& Network::add_peer(const PeerDescription& description) {
    peers_.push_back(std::make_unique<Peer>(*this, description));
    return *peers_.back();
}

Peer* Network::peer(std::string_view connection) {
    for (const auto& peer : peers_) {
        if (peer->connection() == connection) return peer.get();
    }
    return nullptr;
}

void Network::change_link(const LinkSettings& settings) {
    for (Link& link : links_) link.change(settings);
}

trace::EventId Network::record(trace::EventKind kind, trace::LayerIndex layer, const Flight& flight) {
    trace::Event event;
    event.kind = kind;
    event.layer = layer;
    event.name = machine_.recorder().intern(flight.text);
    event.region = flight.region;
    event.partner = flight.sent;
    event.detail = flight.bytes.size();
    return machine_.record(event);
}

void Network::put_on_link(Direction direction, std::span<const std::uint8_t> frame) {
    const trace::LayerIndex sender = direction == Direction::to_peer ? target_ : trace::machine_layer;
    const trace::LayerIndex receiver = direction == Direction::to_peer ? trace::machine_layer : target_;
    auto flight = std::make_shared<Flight>();
    flight->bytes.assign(frame.begin(), frame.end());
    char text[160];
    chimney_frame_describe(frame.data(), frame.size(), text, sizeof(text));
    flight->text = text;
    trace::Region region;
    region.kind = trace::RegionKind::frame;
    region.owner = sender;
    region.size = static_cast<std::uint32_t>(frame.size());
    region.address = next_address_;
    region.label = machine_.recorder().intern(flight->text);
    next_address_ += (frame.size() + 63) / 64 * 64;
    flight->region = machine_.recorder().begin_region(region, std::as_bytes(frame));
    flight->sent = record(trace::EventKind::frame_sent, sender, *flight);
    const std::vector<Nanoseconds> arrivals = connected_ ? links_[static_cast<int>(direction)].fate() : std::vector<Nanoseconds>{};
    flight->copies = arrivals.size();
    if (arrivals.empty()) {
        machine_.recorder().end_region(flight->region);
        record(trace::EventKind::frame_dropped, sender, *flight);
        return;
    }
    for (const Nanoseconds delay : arrivals) {
        machine::WorkRequest work;
        work.label = direction == Direction::to_peer ? "a frame reaches the peer" : "a frame reaches the adapter";
        work.layer = receiver;
        work.irql = machine::dispatch_level;
        work.delay = delay;
        work.run = [this, alive = alive_, direction, flight] {
            if (*alive) arrive(direction, flight);
        };
        machine_.queue_work(std::move(work));
    }
}

void Network::arrive(Direction direction, const std::shared_ptr<Flight>& flight) {
    const trace::LayerIndex receiver = direction == Direction::to_peer ? trace::machine_layer : target_;
    if (--flight->copies == 0) machine_.recorder().end_region(flight->region);
    record(trace::EventKind::frame_received, receiver, *flight);
    if (direction == Direction::to_target) {
        if (!receive_) return;  // the adapter is gone
        machine::CallDetails details;
        details.caller = trace::machine_layer;
        details.detail = flight->bytes.size();
        machine::DriverCall call(machine_, target_, "MiniportInterruptDPC", details);
        receive_(flight->bytes);
        return;
    }
    chimney_arp question;
    if (chimney_arp_parse(flight->bytes.data(), flight->bytes.size(), &question) != 0) {
        for (const auto& peer : peers_) {
            if (peer->resolve(question)) return;
        }
        return;
    }
    chimney_frame frame;
    if (chimney_frame_parse(flight->bytes.data(), flight->bytes.size(), &frame) != CHIMNEY_FRAME_TCP) return;
    for (const auto& peer : peers_) {
        if (peer->is_addressed_by(frame)) return peer->arrive(frame);
    }
}

}  // namespace chimneylab::network
