// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Two endpoints with a link between them and a clock of their own: no machine, no driver. Frames are real bytes.
#pragma once

#include <memory>
#include <queue>
#include <vector>

#include "engine/network/endpoint.h"
#include "engine/network/link.h"

namespace chimneylab::network {

struct Ends {
    chimney_tcp_settings settings;
    chimney_tcp_state state;
};
// Two connections that fit each other, established, nothing sent yet.
Ends left_end();
Ends right_end();

class TwoEnds {
public:
    explicit TwoEnds(const LinkSettings& link, const Ends& left = left_end(), const Ends& right = right_end());

    Endpoint& left() { return *ends_[0]; }
    Endpoint& right() { return *ends_[1]; }
    // Until nothing is on its way and no timer runs that is not patient, or for so many ticks; patient ones run as well then.
    void settle();
    void run(std::uint32_t ticks);
    [[nodiscard]] std::uint32_t now() const { return now_; }
    [[nodiscard]] std::size_t frames() const { return frames_; }
    // What the side has sent last, and a segment made by hand.
    [[nodiscard]] const std::vector<chimney_tcp_segment>& sent(int side) const { return sent_[side]; }
    void inject(int to, chimney_tcp_segment segment);
    void lose_next(int from, unsigned frames) { links_[from].lose_next(frames); }

private:
    struct Arrival {
        std::uint64_t time;  // nanoseconds
        std::uint64_t number;
        int to;
        std::vector<std::uint8_t> bytes;
        bool operator<(const Arrival& other) const { return time != other.time ? time > other.time : number > other.number; }
    };
    void transmit(int from, const chimney_tcp_segment& segment);
    bool step(bool patient, std::uint64_t limit);

    std::unique_ptr<Endpoint> ends_[2];
    Link links_[2];
    std::priority_queue<Arrival> arrivals_;
    std::vector<chimney_tcp_segment> sent_[2];
    std::uint64_t nanoseconds_ = 1'000'000'000;
    std::uint32_t now_ = 1000;
    std::size_t frames_ = 0;
};

}  // namespace chimneylab::network
