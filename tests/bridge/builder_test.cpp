// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// From frames to a trace, without a socket: whole traces come through unchanged in pieces of any size and any order of
// records, and what is missing is counted and never makes a trace that does not hold together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "driver-bridge/server/conversation.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/integrity.h"
#include "tests/bridge/test_producer.h"
#include "tests/trace/random_trace.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::bridge {
namespace {

using testing::HasSubstr;

// A recorder without a socket.
struct Recorder {
    std::optional<SessionBuilder> builder;
    Conversation conversation;

    explicit Recorder(BuilderLimits limits = {}, Token token = {})
        : conversation({std::move(token), std::chrono::seconds(1), std::chrono::seconds(10)},
                       [this, limits](const chimney_wire_hello& hello) {
                           builder.emplace(hello, limits);
                           return Conversation::Admission{&*builder, {}};
                       }) {}

    bool feed(const Bytes& bytes, std::size_t piece = ~std::size_t{0}) {
        for (std::size_t at = 0; at < bytes.size();) {
            const auto space = conversation.receive_space();
            const std::size_t count = std::min({piece, space.size(), bytes.size() - at});
            std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, space.begin());
            at += count;
            if (!conversation.received(count)) return false;
        }
        return true;
    }
    trace::Trace finish() {
        return builder->finish(conversation.ending().text, conversation.ending().expected_next);
    }
};

Bytes whole_session(const trace::Trace& trace) {
    return hello_bytes() + trace_bytes(trace) + goodbye_bytes(TraceEncoder(trace).end());
}

void expect_same(const trace::Trace& recorded, const trace::Trace& original) {
    EXPECT_EQ(trace::integrity_problem(recorded).value_or(""), "");
    EXPECT_EQ(trace::fingerprint(recorded), trace::fingerprint(original));
    EXPECT_EQ(recorded.size(), original.size());
}

TEST(Builder, ASessionComesThroughUnchangedInPiecesOfAnySize) {
    const trace::Trace original = trace::synthetic::five_operations(2);
    const Bytes bytes = whole_session(original);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, ~std::size_t{0}}) {
        Recorder recorder;
        EXPECT_FALSE(recorder.feed(bytes, piece));  // the goodbye ends it
        EXPECT_EQ(recorder.conversation.ending().text, "");
        EXPECT_FALSE(recorder.builder->losses().any());
        expect_same(recorder.finish(), original);
    }
}

TEST(Builder, RandomTracesComeThroughUnchanged) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const trace::Trace original = trace::synthetic::random_trace(seed, 60).trace;
        Recorder recorder;
        recorder.feed(whole_session(original));
        EXPECT_FALSE(recorder.builder->losses().any()) << seed;
        const trace::Trace recorded = recorder.finish();
        expect_same(recorded, original);
        EXPECT_TRUE(std::ranges::equal(recorded.events(), original.events())) << seed;  // measured times too
    }
}

// Single records, so that a test can order and lose them.
std::vector<Bytes> records_of(const trace::Trace& trace) {
    const TraceEncoder encoder(trace);
    std::vector<Bytes> records;
    for (std::uint64_t next = 0; next < encoder.end();) {
        Bytes frame;
        next = encoder.put_events(next, 1, frame);
        records.emplace_back(frame.begin() + chimney_wire_header_size, frame.end());
    }
    return records;
}

Bytes joined(const std::vector<Bytes>& records) {
    Bytes all;
    for (const Bytes& each : records) all.insert(all.end(), each.begin(), each.end());
    return all;
}

TEST(Builder, RecordsAreSortedByTheirNumbers) {
    const trace::Trace original = trace::synthetic::five_operations(1);
    std::vector<Bytes> records = records_of(original);
    std::mt19937 random(7);
    std::ranges::shuffle(records, random);
    Recorder recorder;
    recorder.feed(hello_bytes() + trace_bytes(original, 0, 0));
    for (const Bytes& record : records) EXPECT_TRUE(recorder.feed(events_frame(record)));
    EXPECT_EQ(recorder.builder->next_sequence(), records.size());
    recorder.feed(goodbye_bytes(records.size()));
    EXPECT_FALSE(recorder.builder->losses().any());
    expect_same(recorder.finish(), original);
}

TEST(Builder, WhatCameTwiceIsTakenOnce) {
    const trace::Trace original = trace::synthetic::five_operations(1);
    const std::vector<Bytes> records = records_of(original);
    Recorder recorder;
    recorder.feed(hello_bytes() + trace_bytes(original));
    recorder.feed(events_frame(joined(records)));
    EXPECT_EQ(recorder.builder->losses().repeated, records.size());
    EXPECT_FALSE(recorder.builder->losses().any());
    expect_same(recorder.finish(), original);
}

TEST(Builder, WhatIsMissingIsCountedExactlyAndTheRestHoldsTogether) {
    const trace::Trace original = trace::synthetic::five_operations(2);
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        std::vector<Bytes> records = records_of(original);
        const std::size_t all = records.size();
        std::mt19937 random(seed);
        std::erase_if(records, [&](const Bytes&) { return random() % 4 == 0; });
        Recorder recorder;
        recorder.feed(hello_bytes() + trace_bytes(original, 0, 0) + events_frame(joined(records)) + goodbye_bytes(all));
        const trace::Trace recorded = recorder.finish();
        EXPECT_EQ(recorder.builder->losses().missing, all - records.size());
        EXPECT_EQ(trace::integrity_problem(recorded).value_or(""), "");
        ASSERT_EQ(recorded.size(), records.size() + 1);  // and one message that says so
        EXPECT_EQ(recorded.events().back().kind, trace::EventKind::message);
        EXPECT_THAT(std::string(recorded.text(recorded.events().back().name)),
                    HasSubstr(std::to_string(all - records.size()) + " event"));
    }
}

TEST(Builder, TheRoomForRecordsThatAreAheadIsBounded) {
    BuilderLimits limits;
    limits.waiting_records = 10;
    Recorder recorder(limits);
    recorder.feed(hello_bytes());
    for (std::uint64_t i = 1; i <= 11; ++i) EXPECT_TRUE(recorder.feed(events_frame(record_bytes(message_event(i)))));
    EXPECT_EQ(recorder.builder->trace().size(), 11u);  // number 0 was given up
    EXPECT_EQ(recorder.builder->losses().missing, 1u);
    EXPECT_TRUE(recorder.feed(events_frame(record_bytes(message_event(0)))));
    EXPECT_EQ(recorder.builder->losses().repeated, 1u);
}

TEST(Builder, ATraceDoesNotGrowBeyondItsLimit) {
    BuilderLimits limits;
    limits.trace_bytes = 100'000;
    Recorder recorder(limits);
    recorder.feed(hello_bytes());
    std::uint64_t next = 0;
    while (next < 100'000 && recorder.feed(events_frame(record_bytes(message_event(next))))) ++next;
    EXPECT_LT(next, 2'000u);
    EXPECT_GT(next, 500u);
    EXPECT_EQ(recorder.conversation.ending().reason, chimney_wire_limit_reached);
    EXPECT_THAT(recorder.conversation.ending().text, HasSubstr("limit"));
    EXPECT_EQ(trace::integrity_problem(recorder.finish()).value_or(""), "");
}

TEST(Builder, ASnapshotOfAnUnknownRegionIsCountedAndIgnored) {
    const std::uint8_t bytes[8] = {};
    chimney_wire_piece snapshot{};
    snapshot.kind = chimney_wire_snapshot;
    snapshot.region = 5;
    snapshot.length = 8;
    snapshot.bytes = bytes;
    Recorder recorder;
    EXPECT_TRUE(recorder.feed(hello_bytes() + events_frame(record_bytes(message_event(0), {snapshot}))));
    EXPECT_EQ(recorder.builder->losses().unresolved, 1u);
    EXPECT_EQ(recorder.finish().size(), 2u);
}

// What a driver's probe tells: no references, no virtual time, calls of two threads mixed.
TEST(Builder, FindsWhatBelongsTogetherForAProducerThatDoesNotSay) {
    using trace::EventKind;
    HelloWords words;
    words.capabilities = 0;
    Recorder recorder;
    recorder.feed(hello_bytes(words));
    Bytes names(64);
    auto put_name = [&, used = std::size_t{0}](std::uint32_t number, std::string_view text) mutable {
        used += chimney_wire_put_name(names.data() + used, names.size() - used, number,
                                      {text.data(), static_cast<std::uint32_t>(text.size())});
        return used;
    };
    put_name(0, "A");
    names.resize(put_name(1, "B"));
    Bytes frame(chimney_wire_header_size);
    chimney_wire_put_header(frame.data(), chimney_wire_names_frame, static_cast<std::uint32_t>(names.size()));
    recorder.feed(frame + names);
    std::uint64_t sequence = 0;
    const auto tell = [&](EventKind kind, std::uint32_t context, std::uint32_t name, std::uint64_t subject = 0) {
        chimney_wire_event event = message_event(sequence++);
        event.kind = static_cast<std::uint8_t>(kind);
        event.context = context;
        event.name = name;
        event.subject = subject;
        EXPECT_TRUE(recorder.feed(events_frame(record_bytes(event))));
    };
    tell(EventKind::enter, 1, 0);                                            // 0
    tell(EventKind::enter, 2, 0);                                            // 1
    tell(EventKind::enter, 1, 1);                                            // 2
    tell(EventKind::memory_allocated, 1, CHIMNEY_WIRE_NONE32, 0x1000);       // 3
    tell(EventKind::leave, 2, 0);                                            // 4 → 1
    tell(EventKind::leave, 1, CHIMNEY_WIRE_NONE32);                          // 5 → 2, completed from it
    tell(EventKind::memory_freed, 2, CHIMNEY_WIRE_NONE32, 0x1000);           // 6 → 3
    tell(EventKind::leave, 1, 0);                                            // 7 → 0
    tell(EventKind::leave, 1, 1);                                            // 8 → nothing
    const trace::Trace trace = recorder.finish();
    ASSERT_EQ(trace.size(), 9u);
    const auto event = [&](std::uint32_t id) { return trace.event(trace::EventId(id)); };
    EXPECT_EQ(event(4).partner, trace::EventId(1));
    EXPECT_EQ(event(5).partner, trace::EventId(2));
    EXPECT_EQ(trace.text(event(5).name), "B");
    EXPECT_EQ(event(6).partner, trace::EventId(3));
    EXPECT_EQ(event(7).partner, trace::EventId(0));
    EXPECT_FALSE(event(8).partner.valid());
    EXPECT_EQ(event(3).parent, trace::EventId(2));
    EXPECT_EQ(event(3).depth, 2);
    EXPECT_EQ(event(6).depth, 0);
    EXPECT_EQ(event(3).virtual_time, event(3).measured_time);
    EXPECT_EQ(trace::integrity_problem(trace).value_or(""), "");
}

TEST(Conversation, AWrongVersionIsToldWithBothVersionsAndTheRemedy) {
    HelloWords words;
    words.lowest = 2;
    words.highest = 3;
    Recorder recorder;
    EXPECT_FALSE(recorder.feed(hello_bytes(words)));
    EXPECT_EQ(recorder.conversation.ending().reason, chimney_wire_no_common_version);
    EXPECT_THAT(recorder.conversation.ending().text,
                testing::AllOf(HasSubstr("versions 2 to 3"), HasSubstr("version 1"), HasSubstr("Update the recorder")));
    words.lowest = words.highest = 0;
    Recorder another;
    EXPECT_FALSE(another.feed(hello_bytes(words)));
    EXPECT_THAT(another.conversation.ending().text, HasSubstr("Update the producer"));
}

TEST(Conversation, TheHighestCommonVersionIsTaken) {
    HelloWords words;
    words.lowest = 0;
    words.highest = 9;
    Recorder recorder;
    EXPECT_TRUE(recorder.feed(hello_bytes(words)));
    const Bytes output = recorder.conversation.take_output();
    chimney_wire_welcome welcome;
    ASSERT_TRUE(chimney_wire_get_welcome(output.data() + chimney_wire_header_size,
                                         output.size() - chimney_wire_header_size, &welcome));
    EXPECT_EQ(welcome.version, 1);
}

TEST(Conversation, OnlyTheRightTokenOpens) {
    const std::string secret = "correct horse battery";
    for (const std::string& offered : {std::string(), std::string("correct horse batterx"), std::string("correct"),
                                       secret + "!", secret + secret}) {
        Recorder recorder({}, Token(secret));
        HelloWords words;
        words.token = offered;
        EXPECT_FALSE(recorder.feed(hello_bytes(words))) << offered;
        EXPECT_EQ(recorder.conversation.ending().reason, chimney_wire_refused_token);
        EXPECT_THAT(recorder.conversation.ending().text, testing::Not(HasSubstr("horse")));
    }
    Recorder recorder({}, Token(secret));
    HelloWords words;
    words.token = secret;
    EXPECT_TRUE(recorder.feed(hello_bytes(words)));
    EXPECT_THAT(recorder.builder->trace().description().producer, testing::Not(HasSubstr("horse")));
}

}  // namespace
}  // namespace chimneylab::bridge
