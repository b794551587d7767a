// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The remote end of one connection: TCP with an application that sends the stream pattern when it is told to and reads what
// it gets, and that can put segments of any kind on the wire. Its ticks are milliseconds of the machine's clock.
// Owned by Network; single-threaded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/machine/dispatch_queue.h"
#include "engine/network/endpoint.h"
#include "engine/tcp/address_resolution.h"
#include "engine/tcp/frame.h"

namespace chimneylab::network {

class Network;

struct PeerDescription {
    std::string connection;     // its name in the scenario
    chimney_frame_route route;  // from the peer to the adapter
    chimney_tcp_settings settings;
    chimney_tcp_state state;  // with rcv_nxt where the local stream has position receive_position
    std::uint32_t receive_position = 0;
};

// A segment made by hand. Numbers are relative to what the peer would use: 0 is its SndNxt, and the ACK its RcvNxt. Data
// at its place counts as sent: the peer sends it again, as ordinary data, until it is acknowledged.
struct OddSegment {
    std::uint8_t flags = 0;
    std::int32_t sequence_offset = 0;
    std::uint32_t bytes = 0;  // of the pattern at that place
    bool ip_options = false;  // with IPv4 options or an IPv6 extension header, which mean nothing
};

class Peer {
public:
    Peer(Network& network, const PeerDescription& description);
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    [[nodiscard]] const std::string& connection() const { return description_.connection; }
    [[nodiscard]] const Endpoint& endpoint() const { return *endpoint_; }
    [[nodiscard]] bool is_addressed_by(const chimney_frame& frame) const;

    void arrive(const chimney_frame& frame);
    // An ARP request for its address: answered at once. False: it is for somebody else.
    bool resolve(const chimney_arp& request);
    void send(std::uint32_t bytes);
    void close();
    void abort();  // a RST with the expected number
    void send_odd(const OddSegment& segment);
    void set_reading(bool reading);

private:
    [[nodiscard]] std::uint32_t now() const;
    void transmit(const chimney_tcp_segment& segment, bool ip_options = false);
    void set_timers();
    void set_timer(bool patient);

    Network& network_;
    PeerDescription description_;
    std::unique_ptr<Endpoint> endpoint_;
    struct Timer {
        machine::WorkId work;
        trace::Nanoseconds due = 0;
    };
    Timer timers_[2];
};

}  // namespace chimneylab::network
