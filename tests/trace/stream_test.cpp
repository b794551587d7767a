// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A trace as a stream: what goes in comes out, at every event of its growth; damage of any kind is told and never gives
// a trace that would be unsafe to read.
#include "engine/trace/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "engine/trace/integrity.h"
#include "engine/trace/recorder.h"
#include "engine/trace/stream_bytes.h"
#include "tests/trace/random_trace.h"

namespace chimneylab::trace {
namespace {

using synthetic::Bytes;
using synthetic::random_trace;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Bytes written(const Trace& trace) {
    Bytes bytes;
    StreamWriter writer([&](std::span<const std::byte> data) { bytes.insert(bytes.end(), data.begin(), data.end()); });
    writer.sync(trace, {});
    return bytes;
}

std::uint32_t length_at(const Bytes& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);
    return value;
}

// Makes damage that no check sum betrays.
void correct_check_sums(Bytes& bytes) {
    for (std::size_t at = stream::head_size; at + stream::frame_head <= bytes.size();) {
        const std::size_t length = length_at(bytes, at);
        const std::size_t end = at + stream::frame_head + length;
        if (length > bytes.size() || end + stream::frame_tail > bytes.size()) return;
        const std::uint32_t sum = stream::check_sum(std::to_integer<std::uint8_t>(bytes[at + 4]),
                                                    std::span(bytes).subspan(at + stream::frame_head, length));
        for (std::size_t i = 0; i < 4; ++i) bytes[end + i] = static_cast<std::byte>(sum >> (8 * i));
        at = end + stream::frame_tail;
    }
}

TEST(Stream, GivesBackAnyTraceInPiecesOfAnySize) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const Trace trace = random_trace(seed, 120).trace;
        const Bytes bytes = written(trace);
        StreamReader whole;
        ASSERT_TRUE(whole.feed(bytes)) << whole.problem();
        EXPECT_TRUE(whole.trace() == trace) << seed;

        std::mt19937_64 random(seed);
        StreamReader reader;
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t piece = std::min<std::size_t>(1 + random() % 50, bytes.size() - at);
            ASSERT_TRUE(reader.feed(std::span(bytes).subspan(at, piece))) << reader.problem();
            at += piece;
        }
        EXPECT_TRUE(reader.trace() == trace) << seed;
        EXPECT_FALSE(reader.inside_frame());
    }
}

TEST(Stream, IsUpToDateAfterEveryEvent) {
    StreamReader reader;
    StreamWriter writer([&](std::span<const std::byte> data) { ASSERT_TRUE(reader.feed(data)) << reader.problem(); });
    Recorder recorder;
    std::size_t compared = 0;
    struct Follower final : Sink {
        Follower(StreamWriter& to, const StreamReader& from, std::size_t& count) : writer(to), reader(from), compared(count) {}
        void appended(const Trace& trace, EventId) override {
            writer.sync(trace, amended_regions);
            amended_regions.clear();
            EXPECT_TRUE(reader.trace() == trace) << "after event " << trace.size() - 1;
            ++compared;
        }
        void amended(const Trace&, RegionId region) override { amended_regions.push_back(region); }
        StreamWriter& writer;
        const StreamReader& reader;
        std::size_t& compared;
        std::vector<RegionId> amended_regions;
    } follower(writer, reader, compared);
    recorder.set_sink(&follower);
    recorder.trace().set_layers({{LayerRole::host_stack, recorder.intern("host stack"), recorder.intern("x")}});
    Bytes bytes(24);
    RegionId region;
    for (int i = 0; i < 30; ++i) {
        if (i % 10 == 0) {
            region = recorder.begin_region({}, bytes);
            recorder.set_label(region, "T" + std::to_string(i));
        }
        bytes[static_cast<std::size_t>(i) % bytes.size()] = static_cast<std::byte>(i + 1);
        recorder.observe(region, bytes, 1);
        if (i % 7 == 0) recorder.set_label(region, "renamed " + std::to_string(i));
        if (i % 10 == 8) recorder.end_region(region);
        Event event;
        event.kind = EventKind::message;
        event.name = recorder.intern("event " + std::to_string(i));
        event.region = region;
        recorder.leave(recorder.enter(event), i, true);
    }
    EXPECT_EQ(compared, 60u);
}

TEST(Stream, CutOffAnywhereKeepsEveryWholeEvent) {
    const Trace trace = random_trace(3, 25).trace;
    const Bytes bytes = written(trace);
    std::size_t most = 0;
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
        StreamReader reader;
        ASSERT_TRUE(reader.feed(std::span(bytes).first(length))) << reader.problem();
        ASSERT_EQ(integrity_problem(reader.trace()), std::nullopt) << length;
        ASSERT_GE(reader.trace().size(), most);
        most = reader.trace().size();
        for (std::size_t i = 0; i < most; ++i) {
            Event expected = trace.events()[i];
            expected.first_change = reader.trace().events()[i].first_change;
            ASSERT_EQ(reader.trace().events()[i], expected);
        }
    }
    EXPECT_EQ(most, trace.size());
}

TEST(Stream, NeverGivesATraceThatIsUnsafeToRead) {
    std::mt19937_64 random(42);
    std::size_t refused = 0;
    for (int round = 0; round < 4000; ++round) {
        Bytes bytes = written(random_trace(static_cast<std::uint64_t>(round % 7 + 1), 15).trace);
        for (std::uint64_t edits = 1 + random() % 4; edits > 0; --edits) {
            const std::size_t at = random() % bytes.size();
            if (random() % 8 == 0) bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at));
            else bytes[at] = static_cast<std::byte>(random() % 3 == 0 ? 0xFF : random());
        }
        if (round % 4 != 0) correct_check_sums(bytes);
        StreamReader reader;
        if (!reader.feed(bytes)) {
            ++refused;
            EXPECT_THAT(reader.problem(), HasSubstr("of the recording"));
            EXPECT_FALSE(reader.feed(bytes));  // and stays so
        }
        ASSERT_EQ(integrity_problem(reader.trace()), std::nullopt) << "round " << round;
    }
    EXPECT_GT(refused, 2000u);
}

TEST(Stream, EveryDamagedByteIsNoticed) {
    const Bytes bytes = written(random_trace(5, 10).trace);
    const Trace trace = random_trace(5, 10).trace;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        Bytes damaged = bytes;
        damaged[at] ^= std::byte{0x10};
        StreamReader reader;
        const bool taken = reader.feed(damaged);
        EXPECT_FALSE(taken && !reader.inside_frame()) << at;
    }
}

TEST(Stream, RefusesWhatIsNoRecordingAndOtherVersions) {
    Bytes bytes = written(random_trace(1, 3).trace);
    bytes[stream::magic.size()] = std::byte{9};
    StreamReader newer;
    EXPECT_FALSE(newer.feed(bytes));
    EXPECT_THAT(newer.problem(), HasSubstr("version 9, this program reads 1"));
    bytes[0] = std::byte{'x'};
    StreamReader other;
    EXPECT_FALSE(other.feed(bytes));
    EXPECT_THAT(other.problem(), HasSubstr("not a recording"));
}

TEST(Stream, HandsOverWhatIsNotAboutTheTrace) {
    Bytes bytes;
    StreamWriter writer([&](std::span<const std::byte> data) { bytes.insert(bytes.end(), data.begin(), data.end()); });
    const std::string word = "result";
    writer.put_foreign(200, std::as_bytes(std::span(word)));
    std::string got;
    StreamReader reader([&](std::uint8_t kind, std::span<const std::byte> payload) {
        EXPECT_EQ(kind, 200);
        got.assign(reinterpret_cast<const char*>(payload.data()), payload.size());
    });
    EXPECT_TRUE(reader.feed(bytes)) << reader.problem();
    EXPECT_EQ(got, word);
    EXPECT_TRUE(reader.trace().empty());
}

}  // namespace
}  // namespace chimneylab::trace
