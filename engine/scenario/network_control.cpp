// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/network_control.h"

#include <algorithm>
#include <cstring>

namespace chimneylab::scenario {

namespace {

constexpr std::uint8_t adapter_hardware_address[6] = {0x02, 0x43, 0x4C, 0x00, 0x00, 0x01};

// The other end of a connection: what is sent here is received there.
network::PeerDescription peer_of(const Objects& objects, const Connection& connection, const network::LinkSettings& link) {
    const Path& path = *objects.path(connection.path);
    const Neighbor& neighbor = *objects.neighbor(path.neighbor);
    network::PeerDescription peer{};
    peer.connection = connection.name;

    chimney_frame_route& route = peer.route;
    const bool own_source = std::any_of(neighbor.DlSourceAddress.begin(), neighbor.DlSourceAddress.end(), [](auto b) { return b != 0; });
    std::memcpy(route.destination_hardware, own_source ? neighbor.DlSourceAddress.data() : adapter_hardware_address, 6);
    std::memcpy(route.source_hardware, neighbor.DlDestinationAddress.data(), 6);
    route.vlan_id = static_cast<std::uint16_t>(neighbor.VlanId);
    route.priority = static_cast<std::uint8_t>(connection.UserPriority);
    route.tagged = route.vlan_id != 0 || route.priority != 0;
    route.ip_version = path.ipv6 ? 6 : 4;
    route.hop_limit = 64;
    route.dont_fragment = 1;
    std::memcpy(route.source, path.DestinationAddress.data(), 16);
    std::memcpy(route.destination, path.SourceAddress.data(), 16);

    const bool scaling = (connection.const_flags & 4) != 0;
    const bool timestamps = (connection.const_flags & 1) != 0;
    chimney_tcp_settings& settings = peer.settings;
    settings.local_port = static_cast<std::uint16_t>(connection.RemotePort);
    settings.remote_port = static_cast<std::uint16_t>(connection.LocalPort);
    const std::uint32_t headers = (path.ipv6 ? 40u : 20u) + CHIMNEY_TCP_HEADER_BYTES;
    const std::uint32_t room = path.PathMtu > headers + 64 ? path.PathMtu - headers : 64;
    settings.maximum_segment = std::min(room, connection.RemoteMss) - (timestamps ? CHIMNEY_TCP_TIMESTAMP_BYTES : 0u);
    settings.timestamps = timestamps;
    settings.snd_wind_scale = scaling ? static_cast<std::uint8_t>(connection.RcvWindScale) : 0;
    settings.rcv_wind_scale = scaling ? static_cast<std::uint8_t>(connection.SndWindScale) : 0;
    settings.receive_window = connection.SndWnd;
    settings.ticks_per_second = 1000;
    settings.ack_frequency = 2;
    settings.delayed_ack_ticks = 200;
    settings.maximum_retransmissions = link.peer_retransmissions;
    settings.duplicate_ack_threshold = 3;
    settings.sws_prevention_ticks = 5000;

    chimney_tcp_state& state = peer.state;
    state.state = CHIMNEY_TCP_ESTABLISHED;
    state.rcv_nxt = connection.SndUna;
    state.rcv_wnd = connection.SndWnd;
    state.snd_una = state.snd_nxt = state.snd_max = connection.RcvNxt;
    state.snd_wnd = state.max_snd_wnd = connection.RcvWnd;
    state.send_wl1 = connection.SndUna;
    state.cwnd = 10 * settings.maximum_segment;
    state.ss_thresh = 65535;
    state.keep_alive_timeout_delta = state.retransmit_timeout_delta = CHIMNEY_TCP_NOT_RUNNING;
    return peer;
}

}  // namespace

Refusal NetworkControl::attach(TargetClient& target, const Objects& objects) {
    for (const Connection& connection : objects.connections) network_.add_peer(peer_of(objects, connection, settings_));
    chimney_target_wire wire{};
    wire.wire = &network_;
    wire.transmit = [](void* network, const std::uint8_t* frame, std::uint32_t bytes) {
        static_cast<network::Network*>(network)->transmit({frame, bytes});
    };
    wire.detach = [](void* network) { static_cast<network::Network*>(network)->connect_adapter({}); };
    if (Refusal refusal = target.attach_wire(wire); !refusal.empty()) return refusal;
    network_.connect_adapter([receive = wire.receive, adapter = wire.target](std::span<const std::uint8_t> frame) {
        receive(adapter, frame.data(), static_cast<std::uint32_t>(frame.size()));
    });
    return {};
}

Refusal NetworkControl::act(const Step& step) {
    network::Peer* peer = step.object.empty() ? nullptr : network_.peer(step.object);
    switch (step.action) {
        case StepAction::network:
            network_.change_link(*step.link);
            return {};
        case StepAction::lose:
            network_.lose_next(step.to_target ? network::Direction::to_target : network::Direction::to_peer, step.frames);
            return {};
        case StepAction::peer_sends:
            peer->send(step.data.bytes);
            return {};
        case StepAction::peer_closes:
            peer->close();
            return {};
        case StepAction::peer_resets:
            peer->abort();
            return {};
        case StepAction::peer_segment:
            peer->send_odd({step.tcp_flags, step.sequence_offset, step.data.bytes, step.ip_options});
            return {};
        case StepAction::peer_reads:
            peer->set_reading(step.reading);
            return {};
        default:
            return {};
    }
}

std::vector<StreamResult> NetworkControl::streams(HostStackClient& host) {
    std::vector<StreamResult> results;
    for (const auto& peer : network_.peers()) {
        StreamResult result;
        result.connection = peer->connection();
        result.by_peer = peer->endpoint().received();
        result.damaged = peer->endpoint().damaged();
        host.read_stream(result);
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace chimneylab::scenario
