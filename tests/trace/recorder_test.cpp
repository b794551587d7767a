// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/recorder.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace chimneylab::trace {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(const std::vector<std::uint8_t>& values) {
    Bytes bytes;
    for (std::uint8_t value : values) bytes.push_back(std::byte{value});
    return bytes;
}

RC_GTEST_PROP(RecorderProperty, differences_are_complete_and_minimal, (std::vector<std::uint8_t> first)) {
    const auto second =
        *rc::gen::container<std::vector<std::uint8_t>>(first.size(), rc::gen::inRange<std::uint8_t>(0, 4));
    for (std::uint8_t& each : first) each %= 4;  // so that many bytes stay equal
    const Bytes before = bytes_of(first), after = bytes_of(second);
    Recorder recorder;
    const RegionId region = recorder.begin_region({}, before);
    recorder.append({});
    RC_ASSERT(recorder.observe(region, after, 3) == (before != after));
    const EventId id = recorder.append({});
    const Trace& trace = recorder.trace();

    Bytes replayed = before;
    std::int64_t last_end = -2;
    for (const Change& change : trace.changes(trace.event(id))) {
        RC_ASSERT(change.length > 0u);
        RC_ASSERT(change.writer == 3);
        RC_ASSERT(std::int64_t{change.offset} > last_end);  // apart from each other, or they would be one
        last_end = std::int64_t{change.offset} + change.length;
        for (std::uint32_t i = 0; i < change.length; ++i) {
            RC_ASSERT(trace.before(change)[i] == before[change.offset + i]);
            RC_ASSERT(trace.before(change)[i] != trace.after(change)[i]);
            replayed[change.offset + i] = trace.after(change)[i];
        }
    }
    RC_ASSERT(replayed == after);
    RC_ASSERT(std::ranges::equal(recorder.shadow(region), after));
}

TEST(Recorder, tells_short_and_long_stretches_of_one_look_in_order) {
    struct Stretch {
        std::uint32_t begin, end;
    };
    const std::vector<std::vector<Stretch>> looks = {
        {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {9, 10}},                        // more than fits in a word
        {{0, 4}, {5, 9}, {596, 601}},                                      // over the end of a word, and to the very end
        {{3, 4}, {10, 310}, {311, 312}, {400, 528}, {529, 601}},           // more than is put together in one piece
        {{0, 601}},
        {{7, 9}, {15, 17}, {20, 150}, {151, 279}, {280, 281}, {600, 601}},
    };
    Recorder recorder;
    Bytes memory(601, std::byte{1});
    const RegionId region = recorder.begin_region({}, memory);
    recorder.append({});
    for (const std::vector<Stretch>& look : looks) {
        const Bytes before = memory;
        for (const Stretch& stretch : look)
            for (std::uint32_t i = stretch.begin; i < stretch.end; ++i) memory[i] ^= static_cast<std::byte>(1 + i % 255);
        EXPECT_TRUE(recorder.observe(region, memory, 0));
        EXPECT_FALSE(recorder.observe(region, memory, 0)) << "it was told already";
        const EventId id = recorder.append({});
        const Trace& trace = recorder.trace();
        const auto changes = trace.changes(trace.event(id));
        ASSERT_EQ(changes.size(), look.size());
        for (std::size_t i = 0; i < look.size(); ++i) {
            EXPECT_EQ(changes[i].offset, look[i].begin);
            EXPECT_EQ(changes[i].length, look[i].end - look[i].begin);
            EXPECT_TRUE(std::ranges::equal(trace.before(changes[i]), std::span(before).subspan(changes[i].offset, changes[i].length)));
            EXPECT_TRUE(std::ranges::equal(trace.after(changes[i]), std::span(memory).subspan(changes[i].offset, changes[i].length)));
        }
    }
}

TEST(Recorder, changes_that_no_event_has_told_are_seen_by_nobody) {
    Recorder recorder;
    const RegionId region = recorder.begin_region({}, bytes_of({1, 2}));
    recorder.append({});
    recorder.observe(region, bytes_of({9, 2}), 1);
    EXPECT_EQ(recorder.trace().change_count(), 0u);
    EXPECT_TRUE(recorder.trace().all_changes().empty());
    const Trace copy = recorder.trace();
    recorder.append({});
    EXPECT_EQ(recorder.trace().change_count(), 1u);
    recorder.observe(region, bytes_of({9, 7}), 1);
    const Trace taken = recorder.take();
    EXPECT_EQ(copy.change_count(), 0u);
    EXPECT_EQ(taken.change_count(), 1u);
    EXPECT_EQ(taken.all_changes().size(), 1u);
    EXPECT_TRUE(recorder.trace().empty());
}

TEST(Recorder, changes_go_with_the_next_event) {
    Recorder recorder;
    const RegionId region = recorder.begin_region({}, bytes_of({1, 2, 3}));
    const EventId first = recorder.append({});
    EXPECT_FALSE(recorder.has_unreported_changes());
    recorder.observe(region, bytes_of({1, 9, 3}), 1);
    recorder.observe(region, bytes_of({7, 9, 3}), 2);
    EXPECT_TRUE(recorder.has_unreported_changes());
    const EventId second = recorder.append({});
    EXPECT_FALSE(recorder.has_unreported_changes());
    const Trace trace = recorder.take();
    EXPECT_TRUE(trace.changes(trace.event(first)).empty());
    const auto changes = trace.changes(trace.event(second));
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_EQ(changes[0].writer, 1);
    EXPECT_EQ(changes[1].writer, 2);
    EXPECT_EQ(changes[1].offset, 0u);
}

TEST(Recorder, a_region_lives_from_its_next_event_to_its_last) {
    Recorder recorder;
    recorder.append({});
    const RegionId region = recorder.begin_region({}, bytes_of({1}));
    const EventId birth = recorder.append({});
    recorder.end_region(region);
    EXPECT_TRUE(recorder.observe(region, bytes_of({2}), 1)) << "it lives until the next event";
    const EventId death = recorder.append({});
    EXPECT_FALSE(recorder.observe(region, bytes_of({3}), 1));
    EXPECT_TRUE(recorder.shadow(region).empty());
    EXPECT_EQ(recorder.trace().region(region).born, birth);
    EXPECT_EQ(recorder.trace().region(region).died, death);
}

TEST(Recorder, a_span_that_is_too_short_is_ignored_and_a_longer_one_cut) {
    Recorder recorder;
    const RegionId region = recorder.begin_region({}, bytes_of({1, 2}));
    EXPECT_FALSE(recorder.observe(region, bytes_of({9}), 1));
    EXPECT_FALSE(recorder.observe(RegionId(77), bytes_of({9, 9}), 1));
    EXPECT_TRUE(recorder.observe(region, bytes_of({1, 3, 4, 5}), 1));
    EXPECT_TRUE(std::ranges::equal(recorder.shadow(region), bytes_of({1, 3})));
}

TEST(Recorder, nesting_gives_parents_and_depth) {
    Recorder recorder;
    Event event;
    event.kind = EventKind::work_started;
    const EventId work = recorder.append(event);
    event.name = recorder.intern("Outer");
    event.layer = 2;
    event.other_layer = ndis_layer;
    const EventId outer = recorder.enter(event);
    event.name = recorder.intern("Inner");
    const EventId inner = recorder.enter(event);
    EXPECT_EQ(recorder.innermost(), inner);
    const EventId inner_leave = recorder.leave(inner, -1, true);
    const EventId outer_leave = recorder.leave(outer, 0, false);
    event = {};
    event.kind = EventKind::work_finished;
    event.partner = work;
    const EventId done = recorder.append(event);
    EXPECT_FALSE(recorder.innermost().valid());
    const Trace trace = recorder.take();
    EXPECT_EQ(trace.event(outer).parent, work);
    EXPECT_EQ(trace.event(inner).parent, outer);
    EXPECT_EQ(trace.event(inner_leave).parent, outer);
    EXPECT_EQ(trace.event(outer_leave).parent, work);
    EXPECT_FALSE(trace.event(done).parent.valid());
    EXPECT_EQ(trace.event(outer).depth, 0);
    EXPECT_EQ(trace.event(inner).depth, 1);
    EXPECT_EQ(trace.event(inner_leave).depth, 1);
    EXPECT_EQ(trace.text(trace.event(inner_leave).name), "Inner");
    EXPECT_EQ(trace.event(inner_leave).layer, 2);
    EXPECT_EQ(trace.event(inner_leave).status, -1);
    EXPECT_EQ(trace.event(inner_leave).has_status, 1);
}

TEST(Recorder, work_that_ends_closes_calls_that_never_returned) {
    Recorder recorder;
    Event event;
    event.kind = EventKind::work_started;
    const EventId work = recorder.append(event);
    recorder.enter({});
    recorder.enter({});
    event.kind = EventKind::work_finished;
    event.partner = work;
    recorder.append(event);
    EXPECT_FALSE(recorder.innermost().valid());
    const EventId next = recorder.append({});
    EXPECT_EQ(recorder.trace().event(next).depth, 0);
}

TEST(Recorder, takes_its_times_from_its_clocks) {
    Recorder recorder;
    Event event;
    event.virtual_time = 4711;
    EXPECT_EQ(recorder.trace().event(recorder.append(event)).virtual_time, 4711u);
    recorder.set_clock([] { return Nanoseconds{12}; });
    recorder.set_measured_clock([] { return Nanoseconds{34}; });
    const EventId id = recorder.append(event);
    EXPECT_EQ(recorder.trace().event(id).virtual_time, 12u);
    EXPECT_EQ(recorder.trace().event(id).measured_time, 34u);
}

}  // namespace
}  // namespace chimneylab::trace
