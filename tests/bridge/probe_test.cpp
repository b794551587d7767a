// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The probe under several threads: what it says it recorded comes out whole, once and in an order that respects who came
// before whom; what it could not keep is counted to the last one.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>

#include "driver-bridge/probe/probe.h"
#include "engine/trace/integrity.h"
#include "tests/bridge/test_producer.h"

namespace chimneylab::bridge {
namespace {

struct Probe {
    std::vector<std::uint8_t> memory;
    chimney_probe* probe = nullptr;

    explicit Probe(std::uint32_t processors, std::size_t ring = chimney_probe_smallest_ring)
        : memory(chimney_probe_memory(processors, ring) + 64) {
        void* at = memory.data();
        std::size_t room = memory.size();
        probe = chimney_probe_start(std::align(64, room - 64, at, room), processors, ring);
    }
};

chimney_wire_event event_about(std::uint64_t subject) {
    chimney_wire_event event = message_event(0);
    event.subject = subject;
    return event;
}

chimney_wire_piece snapshot_of(const std::uint8_t* bytes, std::uint32_t length) {
    chimney_wire_piece piece{};
    piece.kind = chimney_wire_snapshot;
    piece.region = 1;
    piece.length = length;
    piece.bytes = bytes;
    return piece;
}

// Everything in the rings now; checks that frames and records are whole.
void drain(chimney_probe* probe, std::vector<chimney_wire_event>& events, std::uint64_t& dropped,
           const std::function<void(const chimney_wire_record&)>& look = {}) {
    Bytes buffer(chimney_probe_smallest_drain);
    while (const std::size_t size = chimney_probe_drain(probe, buffer.data(), buffer.size())) {
        for (std::size_t at = 0; at < size;) {
            chimney_wire_frame frame;
            ASSERT_EQ(chimney_wire_find(buffer.data() + at, size - at, chimney_wire_payload_limit, &frame),
                      chimney_wire_found_frame);
            at += chimney_wire_header_size + frame.size;
            if (frame.type == chimney_wire_drops_frame) {
                chimney_wire_drops drops;
                ASSERT_TRUE(chimney_wire_get_drops(frame.payload, frame.size, &drops));
                dropped = drops.dropped;
                continue;
            }
            ASSERT_EQ(frame.type, chimney_wire_events_frame);
            std::size_t position = 0;
            chimney_wire_record record;
            while (chimney_wire_next_record(frame.payload, frame.size, &position, &record)) {
                events.push_back(record.event);
                if (look) look(record);
            }
            ASSERT_EQ(position, frame.size);
        }
    }
}

TEST(Probe, RefusesMemoryThatCannotBe) {
    EXPECT_EQ(chimney_probe_memory(0, chimney_probe_smallest_ring), 0u);
    EXPECT_EQ(chimney_probe_memory(1, chimney_probe_smallest_ring + 1), 0u);
    EXPECT_EQ(chimney_probe_memory(1, 1024), 0u);
    EXPECT_GE(chimney_probe_memory(4, chimney_probe_smallest_ring), 4u * chimney_probe_smallest_ring);
}

TEST(Probe, ManyRoundsOfRecordsOfEverySizeComeOutAsTheyWentIn) {
    Probe own(1);
    std::uint8_t block[600];
    std::uint64_t taken = 0, dropped = 0;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        const auto length = static_cast<std::uint32_t>(i % sizeof block);
        std::memset(block, static_cast<int>(i % 251), sizeof block);
        const chimney_wire_event event = event_about(i);
        const chimney_wire_piece piece = snapshot_of(block, length);
        ASSERT_TRUE(chimney_probe_record(own.probe, &event, &piece, 1));
        if (i % 50 != 0) continue;
        std::vector<chimney_wire_event> events;
        drain(own.probe, events, dropped, [&](const chimney_wire_record& record) {
            EXPECT_EQ(record.event.subject, taken);
            EXPECT_EQ(record.event.sequence, taken);
            std::uint32_t at = 0;
            chimney_wire_piece got;
            ASSERT_TRUE(chimney_wire_next_piece(&record, &at, &got));
            ASSERT_EQ(got.length, taken % sizeof block);
            for (std::uint32_t k = 0; k < got.length; ++k) ASSERT_EQ(got.bytes[k], taken % 251);
            ++taken;
        });
    }
    EXPECT_GE(taken, 19'950u);
    EXPECT_EQ(dropped, 0u);
}

TEST(Probe, AFullRingDropsAndCountsAndGoesOn) {
    Probe own(1);
    std::uint64_t kept = 0;
    for (std::uint64_t i = 0; i < 2'000; ++i) {
        const chimney_wire_event event = event_about(i);
        kept += static_cast<std::uint64_t>(chimney_probe_record(own.probe, &event, nullptr, 0));
    }
    EXPECT_EQ(kept, chimney_probe_smallest_ring / 128u);
    EXPECT_EQ(chimney_probe_dropped(own.probe), 2'000 - kept);
    EXPECT_EQ(chimney_probe_recorded(own.probe), kept);
    std::vector<chimney_wire_event> events;
    std::uint64_t dropped = 0;
    drain(own.probe, events, dropped);
    EXPECT_EQ(events.size(), kept);
    EXPECT_EQ(dropped, 2'000 - kept);
    const chimney_wire_event event = event_about(1);
    EXPECT_TRUE(chimney_probe_record(own.probe, &event, nullptr, 0));
}

TEST(Probe, ARecordThatIsTooLargeIsDroppedAndCounted) {
    Probe own(1);
    const Bytes large(chimney_probe_largest_record);
    const chimney_wire_event event = event_about(1);
    const chimney_wire_piece piece = snapshot_of(large.data(), static_cast<std::uint32_t>(large.size()));
    EXPECT_FALSE(chimney_probe_record(own.probe, &event, &piece, 1));
    EXPECT_EQ(chimney_probe_dropped(own.probe), 1u);
}

TEST(Probe, ManyThreadsAndOneDrain) {
    constexpr std::uint64_t threads = 4, each = 20'000;
    Probe own(2, 256 * 1024);
    std::atomic<std::uint64_t> kept{0}, running{threads};
    std::vector<std::thread> producers;
    for (std::uint64_t thread = 0; thread < threads; ++thread)
        producers.emplace_back([&, thread] {
            std::uint8_t block[152];
            for (std::uint64_t i = 0; i < each; ++i) {
                std::memset(block, static_cast<int>((thread * 31 + i) & 0xFF), sizeof block);
                const chimney_wire_event event = event_about(thread << 32 | i);
                const chimney_wire_piece piece = snapshot_of(block, sizeof block);
                if (chimney_probe_record(own.probe, &event, &piece, 1)) ++kept;
            }
            --running;
        });
    std::vector<chimney_wire_event> events;
    std::uint64_t dropped = 0;
    const auto look = [](const chimney_wire_record& record) {
        const std::uint64_t thread = record.event.subject >> 32, i = record.event.subject & 0xFFFFFFFF;
        std::uint32_t at = 0;
        chimney_wire_piece got;
        ASSERT_TRUE(chimney_wire_next_piece(&record, &at, &got));
        ASSERT_EQ(got.length, 152u);
        for (std::uint32_t k = 0; k < got.length; ++k) ASSERT_EQ(got.bytes[k], (thread * 31 + i) & 0xFF);
    };
    while (running > 0) drain(own.probe, events, dropped, look);
    for (std::thread& thread : producers) thread.join();
    drain(own.probe, events, dropped, look);
    EXPECT_EQ(events.size(), kept);
    EXPECT_EQ(dropped + kept, threads * each);
    // Numbers without a gap, each once; and each thread's events in its order, whatever ring they came through.
    std::ranges::sort(events, {}, &chimney_wire_event::sequence);
    std::uint64_t last[threads] = {};
    for (std::uint64_t i = 0; i < events.size(); ++i) {
        ASSERT_EQ(events[i].sequence, i);
        const std::uint64_t thread = events[i].subject >> 32, place = (events[i].subject & 0xFFFFFFFF) + 1;
        ASSERT_GT(place, last[thread]);
        last[thread] = place;
    }
}

TEST(Probe, ADriversSessionBecomesATrace) {
    Probe own(2);
    chimney_wire_hello hello;
    chimney_probe_introduce(own.probe, &hello);
    EXPECT_GT(hello.clock_frequency, 0u);
    SessionBuilder builder(hello, {});
    std::uint8_t block[152] = {};
    chimney_wire_piece birth = snapshot_of(block, sizeof block);
    birth.kind = chimney_wire_birth;
    birth.label = birth.parent = CHIMNEY_WIRE_NONE32;
    chimney_wire_event event = event_about(1);
    event.kind = static_cast<std::uint8_t>(trace::EventKind::enter);
    ASSERT_TRUE(chimney_probe_record(own.probe, &event, &birth, 1));
    block[40] = 7;
    const chimney_wire_piece snapshot = snapshot_of(block, sizeof block);
    event.kind = static_cast<std::uint8_t>(trace::EventKind::leave);
    ASSERT_TRUE(chimney_probe_record(own.probe, &event, &snapshot, 1));
    Bytes buffer(chimney_probe_smallest_drain);
    while (const std::size_t size = chimney_probe_drain(own.probe, buffer.data(), buffer.size()))
        EXPECT_EQ(builder.events(std::span(buffer).subspan(chimney_wire_header_size, size - chimney_wire_header_size))
                      .value_or(""),
                  "");
    const trace::Trace trace = builder.finish("", {});
    ASSERT_EQ(trace.size(), 2u);
    EXPECT_EQ(trace.event(trace::EventId(1)).partner, trace::EventId(0));
    ASSERT_EQ(trace.all_changes().size(), 1u);
    EXPECT_EQ(trace.all_changes()[0].offset, 40u);
    EXPECT_EQ(trace.all_changes()[0].length, 1u);
    EXPECT_GT(trace.event(trace::EventId(1)).measured_time, trace.event(trace::EventId(0)).measured_time);
}

}  // namespace
}  // namespace chimneylab::bridge
