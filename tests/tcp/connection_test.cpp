// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cstring>
#include <new>
#include <vector>

#include "tests/tcp/two_ends.h"

namespace chimneylab::network {
namespace {

chimney_tcp_segment to_left(const TwoEnds&, std::uint32_t sequence, std::uint8_t flags) {
    chimney_tcp_segment segment{};
    segment.source_port = 80;
    segment.destination_port = 49152;
    segment.sequence = sequence;
    segment.acknowledgement = 0xFFFFFF00;
    segment.flags = flags;
    segment.window = 65535;
    return segment;
}

TEST(TcpConnection, SendsWholeSegmentsAndPushesTheLast) {
    TwoEnds both({});
    both.left().send(4000, both.now());
    both.settle();
    const auto& sent = both.sent(0);
    ASSERT_GE(sent.size(), 3u);
    EXPECT_EQ(sent[0].payload_bytes, 1460u);
    EXPECT_EQ(sent[0].flags, CHIMNEY_TCP_ACK);
    EXPECT_EQ(sent[2].payload_bytes, 1080u);
    EXPECT_EQ(sent[2].flags, CHIMNEY_TCP_ACK | CHIMNEY_TCP_PSH);
    EXPECT_EQ(both.left().acknowledged(), 4000u);
    EXPECT_EQ(both.right().received(), 4000u);
}

TEST(TcpConnection, AcknowledgesEverySecondSegmentAndTheLastAfterTheDelay) {
    TwoEnds both({});
    both.right().set_reading(false, both.now());  // else the room that reading makes is told as well
    both.left().send(3 * 1460, both.now());
    const std::uint32_t began = both.now();
    both.settle();
    EXPECT_EQ(both.sent(1).size(), 2u);
    EXPECT_GE(both.now() - began, 200u);
}

TEST(TcpConnection, NagleHoldsASmallSegmentBackUntilTheRestIsAcknowledged) {
    Ends left = left_end();
    left.settings.nagle = 1;
    TwoEnds both({}, left);
    both.left().send(10, both.now());
    both.left().send(10, both.now());
    both.left().send(10, both.now());
    EXPECT_EQ(both.sent(0).size(), 1u);
    both.settle();
    EXPECT_EQ(both.sent(0).size(), 2u);
    EXPECT_EQ(both.right().received(), 30u);
}

TEST(TcpConnection, ThreeDuplicatesBringTheLostSegmentBackWithoutATimeout) {
    Ends left = left_end();
    left.state.cwnd = 20 * 1460;
    TwoEnds both({}, left);
    both.lose_next(0, 1);
    const std::uint32_t began = both.now();
    both.left().send(10 * 1460, both.now());
    both.run(50);
    EXPECT_EQ(both.right().received(), 14600u);
    EXPECT_LT(both.now() - began, 1000u);
    EXPECT_EQ(both.left().connection().retransmit_count, 0u);
}

TEST(TcpConnection, AfterATimeoutSndNxtLiesBeforeSndMax) {
    TwoEnds both({});
    both.lose_next(0, 100);
    both.left().send(2 * 1460, both.now());
    both.run(1500 + 3000);
    chimney_tcp_state state;
    chimney_tcp_export(&both.left().connection(), &state, both.now());
    EXPECT_EQ(state.snd_max - state.snd_una, 2920u);
    EXPECT_EQ(state.snd_nxt - state.snd_una, 1460u);  // the congestion window let one of them out again
    EXPECT_GE(state.retransmit_count, 1u);
    EXPECT_NE(state.retransmit_timeout_delta, CHIMNEY_TCP_NOT_RUNNING);
}

TEST(TcpConnection, GivesUpAfterTheRetransmissionsThatAreAllowed) {
    TwoEnds both({});
    both.lose_next(0, 100);
    both.left().send(100, both.now());
    both.run(400'000);
    EXPECT_NE(both.left().events() & CHIMNEY_TCP_TIMED_OUT, 0u);
    EXPECT_EQ(both.sent(0).size(), 6u);
}

TEST(TcpConnection, MaxRtOverridesTheNumberOfRetransmissions) {
    Ends left = left_end();
    left.settings.max_rt = 3000;
    TwoEnds both({}, left);
    both.lose_next(0, 100);
    both.left().send(100, both.now());
    both.run(400'000);
    EXPECT_NE(both.left().events() & CHIMNEY_TCP_TIMED_OUT, 0u);
    EXPECT_EQ(both.sent(0).size(), 2u);
    EXPECT_GE(both.left().connection().total_rt, 3000u);
}

TEST(TcpConnection, AClosedWindowIsProbedInRoundsUntilItOpens) {
    Ends right = right_end();
    right.settings.receive_window = right.state.rcv_wnd = 2920;
    Ends left = left_end();
    left.state.snd_wnd = left.state.max_snd_wnd = 2920;
    TwoEnds both({}, left, right);
    both.right().set_reading(false, both.now());
    both.left().send(5000, both.now());
    both.run(100'000);
    EXPECT_EQ(both.right().received(), 2920u);
    EXPECT_GT(both.left().connection().snd_wnd_probe_count, 1u);
    EXPECT_EQ(both.left().events() & CHIMNEY_TCP_TIMED_OUT, 0u);  // the peer answers: nobody gives up
    both.right().set_reading(true, both.now());
    both.run(100'000);
    EXPECT_EQ(both.right().received(), 5000u);
    EXPECT_EQ(both.right().damaged(), 0u);
}

TEST(TcpConnection, ProbesWithoutAnAnswerEndAfterTheRetransmissionsThatAreAllowed) {
    Ends left = left_end();
    left.state.snd_wnd = 0;
    TwoEnds both({}, left);
    both.lose_next(0, 100);
    both.left().send(500, both.now());
    both.run(4'000'000);
    EXPECT_NE(both.left().events() & CHIMNEY_TCP_TIMED_OUT, 0u);
    EXPECT_EQ(both.sent(0).size(), 6u);
}

TEST(TcpConnection, KeepaliveProbesADeadPeerAndGivesUp) {
    Ends left = left_end();
    left.settings.keep_alive = 1;
    left.settings.ka_timeout = 7'200'000;
    left.settings.ka_interval = 1000;
    left.settings.ka_probe_count = 5;
    TwoEnds both({}, left);
    both.run(7'300'000);
    EXPECT_EQ(both.sent(0).size(), 1u);  // answered
    EXPECT_EQ(both.left().connection().keep_alive_probe_count, 0u);
    both.lose_next(1, 100);
    both.run(7'300'000);
    EXPECT_EQ(both.sent(0).size(), 6u);
    EXPECT_NE(both.left().events() & CHIMNEY_TCP_TIMED_OUT, 0u);
    EXPECT_EQ(both.left().connection().state, CHIMNEY_TCP_CLOSED);
}

TEST(TcpConnection, BothHalvesCloseAndFinWait2TimesOut) {
    TwoEnds both({});
    both.left().send(100, both.now());
    both.left().close(both.now());
    both.settle();
    EXPECT_EQ(both.left().connection().state, CHIMNEY_TCP_FIN_WAIT_2);
    EXPECT_EQ(both.right().connection().state, CHIMNEY_TCP_CLOSE_WAIT);
    both.right().send(50, both.now());
    both.settle();
    EXPECT_EQ(both.left().received(), 50u);
    both.right().close(both.now());
    both.settle();
    EXPECT_EQ(both.left().connection().state, CHIMNEY_TCP_TIME_WAIT);
    EXPECT_EQ(both.right().connection().state, CHIMNEY_TCP_CLOSED);

    TwoEnds silent({});
    silent.left().close(silent.now());
    silent.run(119'000);
    EXPECT_EQ(silent.left().connection().state, CHIMNEY_TCP_FIN_WAIT_2);
    silent.run(2'000);
    EXPECT_EQ(silent.left().connection().state, CHIMNEY_TCP_CLOSED);
    EXPECT_NE(silent.left().events() & CHIMNEY_TCP_TIMED_OUT, 0u);
}

TEST(TcpConnection, OnlyAResetWithTheExpectedNumberIsBelieved) {
    TwoEnds both({});
    both.inject(0, to_left(both, 5000 + 70'000, CHIMNEY_TCP_RST));  // outside: silence
    EXPECT_TRUE(both.sent(0).empty());
    both.inject(0, to_left(both, 5100, CHIMNEY_TCP_RST));  // inside: a challenge
    both.inject(0, to_left(both, 5200, CHIMNEY_TCP_RST));  // one for each validation
    EXPECT_EQ(both.sent(0).size(), 1u);
    EXPECT_EQ(both.left().connection().state, CHIMNEY_TCP_ESTABLISHED);
    EXPECT_LE(both.left().next_timer(true, both.now()), 300'000u);
    both.inject(0, to_left(both, 5000, CHIMNEY_TCP_RST));
    EXPECT_EQ(both.left().connection().state, CHIMNEY_TCP_CLOSED);
    EXPECT_NE(both.left().events() & CHIMNEY_TCP_RESET_RECEIVED, 0u);
}

TEST(TcpConnection, ASynIsChallengedInTheWindowAndUploadsWhenItIsInOrder) {
    TwoEnds both({});
    both.inject(0, to_left(both, 5100, CHIMNEY_TCP_SYN));
    both.inject(0, to_left(both, 5100, CHIMNEY_TCP_SYN));
    EXPECT_EQ(both.sent(0).size(), 1u);  // at most one in three seconds
    both.run(3000);
    both.inject(0, to_left(both, 5100, CHIMNEY_TCP_SYN));
    EXPECT_EQ(both.sent(0).size(), 2u);
    both.inject(0, to_left(both, 5000, CHIMNEY_TCP_SYN));
    EXPECT_NE(both.left().events() & CHIMNEY_TCP_SYN_IN_ORDER, 0u);
    EXPECT_EQ(both.left().connection().state, CHIMNEY_TCP_CLOSED);
}

TEST(TcpConnection, UrgentDataIsLeftToTheHostUnacknowledged) {
    Ends left = left_end();
    left.settings.offload_target = 1;
    TwoEnds both({}, left);
    chimney_tcp_segment urgent = to_left(both, 5000, CHIMNEY_TCP_ACK | CHIMNEY_TCP_URG);
    const std::uint8_t data[3] = {1, 2, 3};
    urgent.payload = data;
    urgent.payload_bytes = 3;
    both.inject(0, urgent);
    both.run(1000);
    EXPECT_TRUE(both.sent(0).empty());
    EXPECT_EQ(both.left().received(), 0u);
    EXPECT_NE(both.left().events() & CHIMNEY_TCP_URGENT_RECEIVED, 0u);
}

TEST(TcpConnection, TimestampsGoOnWhereTheOtherClockStopped) {
    Ends left = left_end();
    left.settings.timestamps = 1;
    left.state.ts_time = 100;  // while the clock here stands at 1000
    TwoEnds both({}, left);
    both.run(5);
    both.left().send(10, both.now());
    ASSERT_EQ(both.sent(0).size(), 1u);
    EXPECT_EQ(both.sent(0)[0].timestamp_value, 105u);
    both.run(45);
    chimney_tcp_state state;
    chimney_tcp_export(&both.left().connection(), &state, both.now());
    EXPECT_EQ(state.ts_time, 150u);
}

TEST(TcpConnection, RoundTripsAreKeptTimesEightAndTimesFour) {
    Ends left = left_end();
    left.settings.timestamps = 1;
    LinkSettings link;
    link.delay = 20'000'000;
    Ends right = right_end();
    right.settings.timestamps = 1;
    right.settings.delayed_ack_ticks = 0;
    TwoEnds both(link, left, right);
    both.left().send(10, both.now());
    both.settle();
    EXPECT_EQ(both.left().connection().srtt, 40u * 8);
    EXPECT_EQ(both.left().connection().rtt_var, 20u * 4);
}

TEST(TcpConnection, WhatIsTakenOutIsWhatIsPutIn) {
    Ends left = left_end();
    left.settings.keep_alive = 1;
    left.settings.ka_timeout = 5000;
    left.settings.timestamps = 1;
    left.state.srtt = 160;
    left.state.rtt_var = 40;
    left.state.ts_recent = 77;
    left.state.ts_recent_age = 12;
    left.state.ts_time = 3456;
    left.state.total_rt = 9;
    left.state.dup_ack_count = 1;
    left.state.snd_max = left.state.snd_una + 100;
    left.state.snd_nxt = left.state.snd_una + 50;
    left.state.retransmit_count = 1;
    left.state.retransmit_timeout_delta = 0;
    left.state.keep_alive_timeout_delta = 4000;
    left.state.keep_alive_probe_count = 1;
    chimney_tcp_callbacks callbacks{};
    chimney_tcp tcp;
    chimney_tcp_import(&tcp, &left.settings, &callbacks, &left.state, 100, 123456);
    chimney_tcp_state state;
    chimney_tcp_export(&tcp, &state, 123456);
    EXPECT_EQ(std::memcmp(&state, &left.state, sizeof(state)), 0);
    chimney_tcp_export(&tcp, &state, 123466);
    EXPECT_EQ(state.ts_recent_age, 22u);
    EXPECT_EQ(state.ts_time, 3466u);
    EXPECT_EQ(state.retransmit_timeout_delta, 0u);
    EXPECT_EQ(state.keep_alive_timeout_delta, 3990u);
}

TEST(TcpConnection, DueAcknowledgementsLeaveBeforeTheStateDoes) {
    TwoEnds both({});
    both.left().send(10, both.now());
    both.run(10);
    EXPECT_TRUE(both.sent(1).empty());  // delayed
    auto& right = const_cast<chimney_tcp&>(both.right().connection());
    chimney_tcp_quiesce(&right, both.now());
    ASSERT_EQ(both.sent(1).size(), 1u);
    EXPECT_EQ(both.right().next_timer(false, both.now()), CHIMNEY_TCP_NOT_RUNNING);
}

// One end alone, whose memory and data the test has in hand.
struct Alone {
    explicit Alone(std::uint32_t queued = 0) {
        settings.maximum_segment = 536;
        settings.receive_window = 4096;
        settings.ticks_per_second = 1000;
        settings.ack_frequency = 2;
        settings.delayed_ack_ticks = 200;
        settings.maximum_retransmissions = 5;
        settings.duplicate_ack_threshold = 3;
        state.state = CHIMNEY_TCP_ESTABLISHED;
        state.rcv_wnd = state.snd_wnd = 4096;
        state.cwnd = 1072;
        state.ss_thresh = 65535;
        state.keep_alive_timeout_delta = state.retransmit_timeout_delta = CHIMNEY_TCP_NOT_RUNNING;
        callbacks.context = this;
        callbacks.allocate = [](void*, std::size_t bytes) { return ::operator new(bytes, std::nothrow); };
        callbacks.release = [](void*, void* memory) { ::operator delete(memory); };
        callbacks.read = [](void* context, std::uint32_t, std::uint8_t* into, std::size_t bytes) {
            ++static_cast<Alone*>(context)->reads;
            std::memset(into, 0, bytes);
        };
        callbacks.transmit = [](void* context, const chimney_tcp_segment* segment) {
            auto& self = *static_cast<Alone*>(context);
            ++self.sent;
            self.acknowledged = segment->acknowledgement;
            self.sent_bytes += segment->payload_bytes;
        };
        callbacks.receive = [](void* context, const std::uint8_t*, std::size_t bytes, int) {
            auto& self = *static_cast<Alone*>(context);
            if (self.room == 0) return 0;
            --self.room;
            self.received += bytes;
            return 1;
        };
        chimney_tcp_import(&tcp, &settings, &callbacks, &state, queued, 1);
    }
    ~Alone() { chimney_tcp_release(&tcp); }
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;
    void arrives(std::uint32_t sequence, std::size_t bytes, std::uint32_t acknowledgement = 0) {
        const std::vector<std::uint8_t> data(bytes);
        chimney_tcp_segment segment{};
        segment.sequence = sequence;
        segment.acknowledgement = acknowledgement;
        segment.flags = CHIMNEY_TCP_ACK;
        segment.window = 4096;
        segment.payload = data.data();
        segment.payload_bytes = bytes;
        chimney_tcp_input(&tcp, &segment, 10);
    }
    chimney_tcp_settings settings{};
    chimney_tcp_state state{};
    chimney_tcp_callbacks callbacks{};
    chimney_tcp tcp;
    int room = 0, reads = 0, sent = 0;  // room: for so many pieces
    std::uint32_t acknowledged = 0;
    std::size_t received = 0, sent_bytes = 0;
};

TEST(TcpConnection, WhatThereIsNoMemoryForCountsAsLost) {
    Alone end;
    end.arrives(0, 100);
    chimney_tcp_timer(&end.tcp, 5000);
    EXPECT_EQ(end.tcp.rcv_nxt, 0u);
    EXPECT_EQ(end.tcp.rcv_wnd, 4096u);
    EXPECT_EQ(end.sent, 0) << "nothing is acknowledged that nobody keeps";
    end.room = 1;
    end.arrives(100, 100);  // early: kept
    end.arrives(0, 100);    // room for this one, not for the other
    EXPECT_EQ(end.tcp.rcv_nxt, 100u);
    EXPECT_EQ(end.acknowledged, 100u);
    end.room = 2;
    end.arrives(100, 100);
    EXPECT_EQ(end.tcp.rcv_nxt, 200u);
    EXPECT_EQ(end.received, 200u) << "each byte once";
    EXPECT_EQ(end.room, 1);
}

TEST(TcpConnection, WhatWentBackToItsOwnerIsNotReadAnyMore) {
    Alone end(3000);
    chimney_tcp_start(&end.tcp, 1);
    const std::size_t before = end.sent_bytes;
    const int reads = end.reads;
    ASSERT_GT(before, 0u);
    ASSERT_LT(before, 3000u);
    chimney_tcp_data_is_gone(&end.tcp);
    end.room = 9;
    end.arrives(0, 100, 536);  // opens the window and brings data
    end.arrives(100, 100, 536);
    for (std::uint32_t now = 1000; now < 60'000; now += 500) chimney_tcp_timer(&end.tcp, now);
    EXPECT_EQ(end.sent_bytes, before);
    EXPECT_EQ(end.reads, reads);
    EXPECT_EQ(end.acknowledged, 200u) << "what comes is acknowledged as before";
}

}  // namespace
}  // namespace chimneylab::network
