// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/tcp/two_ends.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/tcp/frame.h"

namespace chimneylab::network {

Ends left_end() {
    Ends end{};
    end.settings.local_port = 49152;
    end.settings.remote_port = 80;
    end.settings.maximum_segment = 1460;
    end.settings.receive_window = 65535;
    end.settings.ticks_per_second = 1000;
    end.settings.ack_frequency = 2;
    end.settings.delayed_ack_ticks = 200;
    end.settings.maximum_retransmissions = 5;
    end.settings.duplicate_ack_threshold = 3;
    end.settings.sws_prevention_ticks = 500;
    end.state.state = CHIMNEY_TCP_ESTABLISHED;
    end.state.rcv_nxt = 5000;
    end.state.rcv_wnd = 65535;
    end.state.snd_una = end.state.snd_nxt = end.state.snd_max = 0xFFFFFF00;  // wraps soon
    end.state.snd_wnd = end.state.max_snd_wnd = 65535;
    end.state.send_wl1 = 5000;
    end.state.cwnd = 2 * 1460;
    end.state.ss_thresh = 65535;
    end.state.keep_alive_timeout_delta = end.state.retransmit_timeout_delta = CHIMNEY_TCP_NOT_RUNNING;
    return end;
}

Ends right_end() {
    Ends end = left_end();
    std::swap(end.settings.local_port, end.settings.remote_port);
    end.state.rcv_nxt = 0xFFFFFF00;
    end.state.snd_una = end.state.snd_nxt = end.state.snd_max = 5000;
    end.state.send_wl1 = 0xFFFFFF00;
    return end;
}

TwoEnds::TwoEnds(const LinkSettings& link, const Ends& left, const Ends& right) : links_{Link(link, 0), Link(link, 1)} {
    const Ends* ends[2] = {&left, &right};
    for (int side = 0; side < 2; ++side) {
        ends_[side] = std::make_unique<Endpoint>(ends[side]->settings, ends[side]->state, 0, 0, 0, now_,
                                                 [this, side](const chimney_tcp_segment& segment) { transmit(side, segment); });
    }
}

void TwoEnds::transmit(int from, const chimney_tcp_segment& segment) {
    chimney_frame_route route{};
    route.ip_version = from == 0 ? 4 : 6;
    route.source[0] = 10;
    route.destination[0] = 11;
    std::vector<std::uint8_t> bytes(CHIMNEY_FRAME_MAXIMUM_BYTES);
    bytes.resize(chimney_frame_build(&route, &segment, bytes.data(), bytes.size()));
    ASSERT_FALSE(bytes.empty());
    ++frames_;
    sent_[from].push_back(segment);
    sent_[from].back().payload = nullptr;
    for (const Nanoseconds delay : links_[from].fate()) arrivals_.push({nanoseconds_ + delay, arrivals_.size() + frames_ * 4, 1 - from, bytes});
}

void TwoEnds::inject(int to, chimney_tcp_segment segment) { ends_[to]->input(segment, now_); }

bool TwoEnds::step(bool patient, std::uint64_t limit) {
    std::uint64_t next = UINT64_MAX;
    for (const auto& end : ends_) {
        for (const bool kind : {false, true}) {
            const std::uint32_t ticks = end->next_timer(kind, now_);
            if (ticks != CHIMNEY_TCP_NOT_RUNNING && (!kind || patient)) next = std::min(next, (now_ + std::uint64_t{ticks}) * 1'000'000);
        }
    }
    const bool arrival = !arrivals_.empty() && arrivals_.top().time <= next;
    if (arrival) next = arrivals_.top().time;
    if (next == UINT64_MAX || next > limit) return false;
    nanoseconds_ = std::max(nanoseconds_, next);
    now_ = static_cast<std::uint32_t>(nanoseconds_ / 1'000'000);
    if (!arrival) {
        for (const auto& end : ends_) end->timer(now_);
        return true;
    }
    const Arrival top = arrivals_.top();
    arrivals_.pop();
    chimney_frame frame;
    EXPECT_EQ(chimney_frame_parse(top.bytes.data(), top.bytes.size(), &frame), CHIMNEY_FRAME_TCP);
    ends_[top.to]->input(frame.segment, now_);
    return true;
}

void TwoEnds::settle() {
    for (int guard = 0; guard < 200'000 && step(false, UINT64_MAX); ++guard) {
    }
}

void TwoEnds::run(std::uint32_t ticks) {
    const std::uint64_t limit = nanoseconds_ + std::uint64_t{ticks} * 1'000'000;
    for (int guard = 0; guard < 200'000 && step(true, limit); ++guard) {
    }
    nanoseconds_ = std::max(nanoseconds_, limit);
    now_ = static_cast<std::uint32_t>(nanoseconds_ / 1'000'000);
}

}  // namespace chimneylab::network
