// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A TCP connection with an application at it that sends the pattern of stream_byte.h and checks that it receives the
// pattern: the connection state machine of engine/tcp in C++ clothes. Positions count from the first byte of each stream.
// Time is given in ticks with every call; who owns the endpoint drives its timers. Single-threaded.
#pragma once

#include <cstdint>
#include <functional>

#include "engine/tcp/tcp.h"

namespace chimneylab::network {

class Endpoint {
public:
    using Transmit = std::function<void(const chimney_tcp_segment&)>;

    // send_position, receive_position: of the bytes at SndUna and RcvNxt. queued: bytes from SndUna on that wait already.
    Endpoint(const chimney_tcp_settings& settings, const chimney_tcp_state& state, std::uint32_t queued,
             std::uint32_t send_position, std::uint32_t receive_position, std::uint32_t now, Transmit transmit);
    ~Endpoint();
    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;

    chimney_tcp_disposition input(const chimney_tcp_segment& segment, std::uint32_t now);
    void send(std::uint32_t bytes, std::uint32_t now);
    void sent_by_hand(std::uint32_t bytes, std::uint32_t now);  // data at SndNxt that somebody else has put on the wire
    void close(std::uint32_t now);
    void abort(std::uint32_t now);
    void timer(std::uint32_t now);
    void set_reading(bool reading, std::uint32_t now);  // false: received data stays where it is and closes the window
    [[nodiscard]] std::uint32_t next_timer(bool patient, std::uint32_t now) const;

    [[nodiscard]] const chimney_tcp& connection() const { return tcp_; }
    [[nodiscard]] std::uint32_t acknowledged() const { return acknowledged_; }  // bytes of ours that the other side has
    [[nodiscard]] std::uint32_t received() const { return received_; }          // bytes in order
    [[nodiscard]] std::uint32_t damaged() const { return damaged_; }            // of them, other than the pattern
    [[nodiscard]] std::uint32_t events() const { return events_; }              // every chimney_tcp_event so far

private:
    void take_outcome(std::uint32_t now);

    chimney_tcp tcp_{};
    Transmit transmit_;
    std::uint32_t send_position_;
    std::uint32_t receive_position_;
    std::uint32_t acknowledged_ = 0, received_ = 0, damaged_ = 0, unread_ = 0, events_ = 0;
    bool reading_ = true;
};

}  // namespace chimneylab::network
