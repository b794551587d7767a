// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/trace.h"

#include <gtest/gtest.h>

#include "engine/trace/fingerprint.h"
#include "engine/trace/integrity.h"
#include "tests/trace/random_trace.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::trace {
namespace {

using synthetic::random_trace;

TEST(Trace, gives_every_name_one_id) {
    Trace trace;
    const StringId first = trace.intern("NdisInitiateOffload");
    EXPECT_EQ(trace.intern("NdisInitiateOffload"), first);
    EXPECT_NE(trace.intern("NdisQueryOffloadState"), first);
    EXPECT_EQ(trace.text(first), "NdisInitiateOffload");
    EXPECT_EQ(trace.text(StringId{}), "");
}

TEST(Trace, a_copy_lives_on_its_own) {
    auto original = std::make_unique<Trace>(random_trace(3, 60).trace);
    Trace copy = *original;
    EXPECT_EQ(copy, *original);
    const StringId known = original->event(EventId(0)).name;
    const std::string text(original->text(known));
    original.reset();
    EXPECT_EQ(copy.intern(text), known);
    EXPECT_EQ(copy.text(known), text);
}

TEST(Trace, pairs_are_found_from_either_end) {
    const Trace trace = synthetic::one_completion_travels_up();
    int pairs = 0;
    for (std::uint32_t i = 0; i < trace.size(); ++i) {
        const Event& event = trace.event(EventId(i));
        if (event.kind == EventKind::leave || event.kind == EventKind::memory_freed) {
            EXPECT_EQ(trace.closed_by(event.partner), EventId(i));
            ++pairs;
        }
        if (event.kind == EventKind::enter) {
            EXPECT_TRUE(trace.leave_of(EventId(i)).valid());
        }
    }
    EXPECT_GE(pairs, 12);
}

TEST(Trace, equality_sees_every_byte_and_time) {
    const Trace trace = random_trace(11, 80).trace;
    EXPECT_EQ(trace, random_trace(11, 80).trace);
    EXPECT_FALSE(trace == random_trace(12, 80).trace);
    Trace other = trace;
    RunDescription description = other.description();
    description.variant = "faulty";
    other.set_description(description);
    EXPECT_FALSE(trace == other);
    other = trace;
    other.mutable_region(RegionId(0)).tag ^= 1;
    EXPECT_FALSE(trace == other);
}

TEST(Fingerprint, ignores_measured_time_and_the_order_of_names) {
    const auto record = [](Nanoseconds step, bool swapped) {
        Recorder recorder;
        Nanoseconds measured = 0;
        recorder.set_measured_clock([&] { return measured += step; });
        if (swapped) recorder.intern("second");
        recorder.intern("first");
        Event event;
        event.name = recorder.intern("first");
        recorder.append(event);
        event.name = recorder.intern("second");
        recorder.append(event);
        return recorder.take();
    };
    const Trace plain = record(10, false), slower = record(99, false), swapped = record(10, true);
    EXPECT_EQ(fingerprint(plain), fingerprint(slower));
    EXPECT_EQ(fingerprint(plain), fingerprint(swapped));
    EXPECT_NE(content_hash(plain), content_hash(slower));
    EXPECT_NE(content_hash(plain), content_hash(swapped));
    EXPECT_EQ(fingerprint_text(fingerprint(plain)).size(), 16u);
}

TEST(Fingerprint, sees_any_difference_in_the_history) {
    const Trace trace = random_trace(5, 50).trace;
    EXPECT_EQ(fingerprint(trace), fingerprint(random_trace(5, 50).trace));
    EXPECT_NE(fingerprint(trace), fingerprint(random_trace(5, 49).trace));
    Trace other = trace;
    other.mutable_region(RegionId(0)).address ^= 8;
    EXPECT_NE(fingerprint(trace), fingerprint(other));
    EXPECT_NE(fingerprint(synthetic::five_operations(1)), fingerprint(synthetic::five_operations(2)));
}

TEST(Integrity, accepts_what_a_recorder_wrote) {
    for (std::uint64_t seed = 0; seed < 40; ++seed)
        EXPECT_EQ(integrity_problem(random_trace(seed, 60).trace), std::nullopt);
    EXPECT_EQ(integrity_problem(synthetic::five_operations(3)), std::nullopt);
}

TEST(Integrity, refuses_what_would_lead_a_reader_astray) {
    const Trace sound = synthetic::one_completion_travels_up();
    const auto broken = [&](auto&& change) {
        Trace trace;
        for (std::uint32_t i = 0; i < sound.string_count(); ++i) trace.intern(sound.text(StringId(i)));
        trace.set_layers({sound.layers().begin(), sound.layers().end()});
        for (const Region& region : sound.regions()) trace.add_region(region, sound.initial_bytes(region));
        for (const Event& event : sound.events()) {
            std::vector<Change> changes;
            for (Change each : sound.changes(event)) {
                each.before = trace.store_bytes(sound.before(each));
                each.after = trace.store_bytes(sound.after(each));
                changes.push_back(each);
            }
            Event copy = event;
            change(trace.size(), copy, changes);
            trace.append(copy, changes);
        }
        return integrity_problem(trace);
    };
    EXPECT_EQ(broken([](auto...) {}), std::nullopt);
    EXPECT_NE(broken([](std::size_t i, Event& e, auto&) {
                  if (i == 9) e.name = StringId(100'000);
              }),
              std::nullopt);
    EXPECT_NE(broken([](std::size_t i, Event& e, auto&) {
                  if (i == 9) e.region = RegionId(100'000);
              }),
              std::nullopt);
    EXPECT_NE(broken([](std::size_t i, Event& e, auto&) {
                  if (i == 9) e.parent = EventId(9);
              }),
              std::nullopt);
    EXPECT_NE(broken([](std::size_t i, Event& e, auto&) {
                  if (i == 9) e.partner = EventId(10);
              }),
              std::nullopt);
    EXPECT_NE(broken([](std::size_t i, Event& e, auto&) {
                  if (i == 9) e.kind = static_cast<EventKind>(200);
              }),
              std::nullopt);
    EXPECT_NE(broken([](std::size_t i, Event& e, auto&) {
                  if (i == 9) e.operation = OperationId(4'000'000'000);
              }),
              std::nullopt);
    EXPECT_NE(broken([](std::size_t, Event&, std::vector<Change>& c) {
                  if (!c.empty()) c[0].offset = 4'000'000'000;
              }),
              std::nullopt);
    EXPECT_NE(broken([](std::size_t, Event&, std::vector<Change>& c) {
                  if (!c.empty()) c[0].after = 1ull << 60;
              }),
              std::nullopt);
    EXPECT_NE(broken([](std::size_t, Event&, std::vector<Change>& c) {
                  if (!c.empty()) c[0].region = RegionId{};
              }),
              std::nullopt);
}

}  // namespace
}  // namespace chimneylab::trace
