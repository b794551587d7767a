// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/cursor.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/trace/random_trace.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::trace {
namespace {

using synthetic::random_trace;
using synthetic::RandomTrace;

// What a cursor shows must be what the memory really held.
bool shows_the_truth(const RandomTrace& made, const Cursor& cursor) {
    if (!cursor.position().valid()) return true;
    const auto& live = made.live[cursor.position().value];
    for (std::uint32_t i = 0; i < made.trace.region_count(); ++i) {
        const auto truth = live.find(i);
        if (cursor.alive(RegionId(i)) != (truth != live.end())) return false;
        if (truth != live.end() && !std::ranges::equal(cursor.bytes(RegionId(i)), truth->second)) return false;
        if (made.trace.region(RegionId(i)).born > cursor.position() && !cursor.bytes(RegionId(i)).empty()) return false;
    }
    return true;
}

RC_GTEST_PROP(CursorProperty, every_step_forward_and_back_shows_the_truth, (std::uint64_t seed)) {
    const RandomTrace made = random_trace(seed, 40);
    Cursor cursor(made.trace);
    while (cursor.step_forward()) RC_ASSERT(shows_the_truth(made, cursor));
    RC_ASSERT(cursor.position().value + 1 == made.trace.size());
    while (cursor.step_back()) RC_ASSERT(shows_the_truth(made, cursor));
    RC_ASSERT(!cursor.position().valid());
    for (std::uint32_t i = 0; i < made.trace.region_count(); ++i) RC_ASSERT(cursor.bytes(RegionId(i)).empty());
}

RC_GTEST_PROP(CursorProperty, seeking_anywhere_equals_replay, (std::uint64_t seed, std::vector<std::uint8_t> jumps)) {
    const RandomTrace made = random_trace(seed, 50);
    Cursor cursor(made.trace);
    for (const std::uint8_t jump : jumps) {
        const EventId target = jump == 0 ? EventId{} : EventId((jump - 1u) % 50);
        cursor.seek(target);
        RC_ASSERT(cursor.position() == target);
        RC_ASSERT(shows_the_truth(made, cursor));
    }
}

RC_GTEST_PROP(RegionChangesProperty, gives_every_region_at_every_event, (std::uint64_t seed)) {
    const RandomTrace made = random_trace(seed, 60);
    RegionChanges changes(made.trace);
    for (std::uint32_t i = 0; i < made.trace.size(); ++i) changes.take_in(EventId(i));
    for (std::uint32_t i = 0; i < made.trace.size(); ++i)
        for (const auto& [region, truth] : made.live[i]) RC_ASSERT(changes.bytes(RegionId(region), EventId(i)) == truth);
}

// A region that is written at every event, one that is written now and then, and others that come and go.
Trace busy_trace(std::uint32_t events) {
    Recorder recorder;
    std::vector<std::byte> busy(200), calm(16);
    const RegionId often = recorder.begin_region({}, busy), seldom = recorder.begin_region({}, calm);
    for (std::uint32_t i = 0; i < events; ++i) {
        busy[i % busy.size()] = static_cast<std::byte>(i * 7);
        busy[(i * 31) % busy.size()] = static_cast<std::byte>(i >> 3);
        recorder.observe(often, busy, 1);
        if (i % 97 == 0) {
            calm[i % 16] = static_cast<std::byte>(i);
            recorder.observe(seldom, calm, 2);
        }
        const std::vector<std::byte> passing(8, static_cast<std::byte>(i));
        const RegionId short_lived = recorder.begin_region({}, passing);
        recorder.append({});
        recorder.end_region(short_lived);
    }
    return recorder.take();
}

TEST(Cursor, a_far_jump_shows_what_replay_shows_and_can_be_stepped_on_from) {
    const Trace trace = busy_trace(6000);
    RegionChanges changes(trace);
    for (std::uint32_t i = 0; i < trace.size(); ++i) changes.take_in(EventId(i));
    Cursor replaying(trace), jumping(trace, &changes);
    const auto agree = [&] {
        if (replaying.position() != jumping.position()) return false;
        for (std::uint32_t region = 0; region < trace.region_count(); ++region)
            if (!std::ranges::equal(replaying.bytes(RegionId(region)), jumping.bytes(RegionId(region)))) return false;
        return true;
    };
    for (const std::uint32_t target : {3u, 5000u, 4u, 2500u, 2507u, 5999u, 0u, 4100u}) {
        replaying.seek(EventId(target));
        jumping.seek(EventId(target));
        ASSERT_TRUE(agree()) << "at event " << target;
        for (int i = 0; i < 5; ++i) {
            replaying.step_back();
            jumping.step_back();
        }
        ASSERT_TRUE(agree()) << "five before event " << target;
        for (int i = 0; i < 9; ++i) {
            replaying.step_forward();
            jumping.step_forward();
        }
        ASSERT_TRUE(agree()) << "four after event " << target;
    }
    jumping.seek({});
    EXPECT_TRUE(jumping.bytes(RegionId(0)).empty());
}

TEST(RegionChanges, keyframes_cost_no_more_than_the_changes) {
    const Trace trace = busy_trace(20'000);
    RegionChanges changes(trace);
    for (std::uint32_t i = 0; i < trace.size(); ++i) changes.take_in(EventId(i));
    EXPECT_GT(changes.keyframe_bytes(), 0u);
    EXPECT_LE(changes.keyframe_bytes(), trace.change_count() * 8);
    EXPECT_EQ(RegionChanges::keyframe_distance(8), 64u);
    EXPECT_EQ(RegionChanges::keyframe_distance(4096), 512u);
    EXPECT_FALSE(changes.next(RegionId(99'999), 0, 8, {}).valid()) << "a region that never changed";
}

TEST(Cursor, seeking_past_the_end_stops_at_the_last_event) {
    const Trace trace = synthetic::one_completion_travels_up();
    Cursor cursor(trace);
    cursor.seek(EventId(4'000'000'000));
    EXPECT_EQ(cursor.position().value + 1, trace.size());
    EXPECT_FALSE(cursor.step_forward());
    const Trace nothing;
    Cursor empty(nothing);
    empty.seek(EventId(3));
    EXPECT_FALSE(empty.position().valid());
    EXPECT_FALSE(empty.step_forward());
    EXPECT_FALSE(empty.step_back());
}

TEST(Cursor, words_are_little_endian_and_bounded) {
    Recorder recorder;
    const std::vector<std::byte> bytes{std::byte{0x10}, std::byte{0xA1}, std::byte{0}, std::byte{0xFF}};
    const RegionId region = recorder.begin_region({}, bytes);
    recorder.append({});
    const Trace trace = recorder.take();
    Cursor cursor(trace);
    EXPECT_EQ(cursor.word(region, 0, 4), std::nullopt) << "before its birth";
    cursor.step_forward();
    EXPECT_EQ(cursor.word(region, 0, 4), 0xFF00A110u);
    EXPECT_EQ(cursor.word(region, 1, 2), 0x00A1u);
    EXPECT_EQ(cursor.word(region, 1, 4), std::nullopt);
    EXPECT_EQ(cursor.word(region, 0xFFFFFFFF, 4), std::nullopt);
    EXPECT_EQ(cursor.word(region, 0, 8), std::nullopt);
    EXPECT_EQ(cursor.word(RegionId{}, 0, 1), std::nullopt);
}

TEST(Cursor, knows_the_open_calls) {
    const Trace trace = synthetic::five_operations(2);
    Cursor cursor(trace);
    std::vector<EventId> stack;
    while (cursor.step_forward()) {
        const Event& event = trace.event(cursor.position());
        if (event.kind == EventKind::enter) stack.push_back(cursor.position());
        if (event.kind == EventKind::leave) stack.pop_back();
        EXPECT_EQ(cursor.open_calls(), stack) << "at event " << cursor.position().value;
    }
}

}  // namespace
}  // namespace chimneylab::trace
