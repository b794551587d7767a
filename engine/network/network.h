// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What lies beyond the offload target of a machine: a link and, at its other end, the peers of the connections. Frames are
// real bytes; each is recorded when it is sent (frame_sent, with its bytes as a region), when it arrives (frame_received)
// and when it is lost (frame_dropped). All of it happens as pending work on the machine's virtual clock, so a schedule
// decides about frames as about everything else, and the same seed gives the same run.
// Owned by whoever builds the machine; outlives the adapter that is connected to it. Single-threaded like the machine.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/machine/machine.h"
#include "engine/network/link.h"
#include "engine/network/peer.h"

namespace chimneylab::network {

enum class Direction : std::uint8_t { to_peer, to_target };

class Network {
public:
    // target: the layer that the network adapter belongs to.
    Network(machine::Machine& machine, const LinkSettings& settings, trace::LayerIndex target);
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    // The adapter's side: where frames go that arrive there (at DISPATCH_LEVEL, in the target's context), and how it sends.
    using Receive = std::function<void(std::span<const std::uint8_t> frame)>;
    void connect_adapter(Receive receive) { receive_ = std::move(receive); }
    void transmit(std::span<const std::uint8_t> frame) { put_on_link(Direction::to_peer, frame); }

    Peer& add_peer(const PeerDescription& description);
    [[nodiscard]] Peer* peer(std::string_view connection);
    [[nodiscard]] std::span<const std::unique_ptr<Peer>> peers() const { return peers_; }

    void change_link(const LinkSettings& settings);
    void connect_link(bool connected) { connected_ = connected; }  // while it is not, nothing that is sent arrives
    void lose_next(Direction direction, unsigned frames) { links_[static_cast<int>(direction)].lose_next(frames); }

private:
    friend class Peer;
    struct Flight;  // a frame on its way
    void put_on_link(Direction direction, std::span<const std::uint8_t> frame);
    void arrive(Direction direction, const std::shared_ptr<Flight>& flight);
    trace::EventId record(trace::EventKind kind, trace::LayerIndex layer, const Flight& flight);

    machine::Machine& machine_;
    trace::LayerIndex target_;
    Link links_[2];
    bool connected_ = true;
    Receive receive_;
    std::vector<std::unique_ptr<Peer>> peers_;
    std::uint64_t next_address_ = 0xFFFFFE0000000000;  // frames lie in memory of the adapter, which no driver sees
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // work that outlives the network does nothing
};

}  // namespace chimneylab::network
