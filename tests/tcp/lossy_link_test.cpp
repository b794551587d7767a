// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What one end sends is what the other receives, byte for byte, whatever the link does to the frames.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/tcp/two_ends.h"

namespace chimneylab::network {
namespace {

RC_GTEST_PROP(LossyLink, DeliversEveryByteInOrder, ()) {
    LinkSettings link;
    link.loss_percent = *rc::gen::inRange(0u, 61u);
    link.duplication_percent = *rc::gen::inRange(0u, 40u);
    link.reordering_percent = *rc::gen::inRange(0u, 40u);
    link.delay = *rc::gen::inRange(1'000u, 40'000'000u);
    link.reordering_delay = *rc::gen::inRange(0u, 90'000'000u);
    link.seed = *rc::gen::arbitrary<std::uint64_t>();
    Ends left = left_end(), right = right_end();
    left.settings.maximum_retransmissions = right.settings.maximum_retransmissions = 200;
    left.settings.timestamps = right.settings.timestamps = *rc::gen::inRange<std::uint8_t>(0, 2);
    left.settings.nagle = *rc::gen::inRange<std::uint8_t>(0, 2);
    if (*rc::gen::arbitrary<bool>()) left.settings.maximum_segment = right.settings.maximum_segment = 100;
    const auto window = *rc::gen::inRange(200u, 65536u);
    right.settings.receive_window = right.state.rcv_wnd = left.state.snd_wnd = left.state.max_snd_wnd = window;
    TwoEnds both(link, left, right);
    std::uint32_t sent[2] = {0, 0};
    for (const std::uint32_t bytes : *rc::gen::container<std::vector<std::uint32_t>>(6, rc::gen::inRange(1u, 20'000u))) {
        both.left().send(bytes, both.now());
        sent[0] += bytes;
        both.right().send(bytes / 3, both.now());
        sent[1] += bytes / 3;
        if (*rc::gen::arbitrary<bool>()) both.settle();
    }
    // Persist and retransmission timers are patient (64 s at most), so much time has to pass on a bad link.
    constexpr int Rounds = 4'000;
    constexpr std::uint32_t RoundTicks = 64'000;
    const auto delivered = [&] { return both.right().received() == sent[0] && both.left().received() == sent[1]; };
    // An end that has closed waits 120 s in FIN_WAIT_2, and a run of losses can be longer: what the other still sends is lost then.
    const bool early = *rc::gen::arbitrary<bool>();
    const auto gave_up = [&] { return early && (both.left().events() & CHIMNEY_TCP_TIMED_OUT) != 0; };
    if (early) both.left().close(both.now());
    for (int i = 0; i < Rounds && !delivered() && !gave_up(); ++i) both.run(RoundTicks);
    if (!early) both.left().close(both.now());
    for (int i = 0; i < Rounds && (both.left().events() & CHIMNEY_TCP_FIN_ACKNOWLEDGED) == 0; ++i) both.run(RoundTicks);
    RC_ASSERT(both.right().received() == sent[0]);
    if (!gave_up()) RC_ASSERT(both.left().received() == sent[1]);
    RC_ASSERT(both.right().damaged() == 0u);
    RC_ASSERT(both.left().damaged() == 0u);
    RC_ASSERT((both.right().events() & CHIMNEY_TCP_FIN_RECEIVED) != 0u);
    RC_ASSERT(both.right().connection().state == CHIMNEY_TCP_CLOSE_WAIT);
}

TEST(LossyLink, TheSameSeedGivesTheSameFrames) {
    LinkSettings link;
    link.loss_percent = 20;
    link.reordering_percent = 20;
    const auto frames = [&](std::uint64_t seed) {
        link.seed = seed;
        TwoEnds both(link);
        both.left().send(200'000, both.now());
        both.settle();
        return both.frames();
    };
    EXPECT_EQ(frames(7), frames(7));
    EXPECT_NE(frames(7), frames(8));
}

}  // namespace
}  // namespace chimneylab::network
