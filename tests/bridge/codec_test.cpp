// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What is put is got again, field by field; what is cut short anywhere is refused; the layout is the one PROTOCOL.md draws.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "tests/bridge/test_producer.h"

namespace chimneylab::bridge {
namespace {

chimney_wire_text view(std::string_view text) { return {text.data(), static_cast<std::uint32_t>(text.size())}; }
std::string text(const chimney_wire_text& view) { return std::string(view.data, view.size); }

chimney_wire_frame only_frame(const Bytes& bytes) {
    chimney_wire_frame frame{};
    EXPECT_EQ(chimney_wire_find(bytes.data(), bytes.size(), chimney_wire_payload_limit, &frame), chimney_wire_found_frame);
    EXPECT_EQ(bytes.size(), chimney_wire_header_size + frame.size);
    return frame;
}

// Every shorter payload, each in a block of its own size, so that a sanitizer sees a read beyond it.
template <typename Get>
void expect_no_prefix_is_taken(const chimney_wire_frame& frame, Get get) {
    for (std::uint32_t size = 0; size < frame.size; ++size) {
        const auto copy = std::make_unique<std::uint8_t[]>(size);
        std::memcpy(copy.get(), frame.payload, size);
        EXPECT_FALSE(get(copy.get(), size)) << size << " of " << frame.size;
    }
}

template <typename Put>
Bytes put(Put writer) {
    Bytes out(8192);
    out.resize(writer(out.data(), out.size()));
    // One byte too little is refused.
    if (!out.empty()) {
        Bytes small(out.size() - 1);
        EXPECT_EQ(writer(small.data(), small.size()), 0u);
    }
    return out;
}

TEST(Codec, HelloComesBackAsItWas) {
    chimney_wire_hello hello{};
    hello.lowest_version = 1;
    hello.highest_version = 7;
    hello.pointer_size = 4;
    hello.resumes = 1;
    hello.clock_frequency = 3'579'545;
    hello.clock_origin = 0x0102030405060708;
    hello.wall_clock = 42;
    for (std::uint8_t i = 0; i < 16; ++i) hello.session[i] = i;
    hello.capabilities = chimney_wire_can_resume;
    hello.event_cost_picoseconds = 31'000;
    hello.first_sequence = 99;
    hello.token = view("0123456789abcdef");
    hello.producer = view("driver.sys");
    hello.build = view("1.2");
    const Bytes bytes = put([&](auto* out, auto room) { return chimney_wire_put_hello(out, room, &hello); });
    const chimney_wire_frame frame = only_frame(bytes);
    chimney_wire_hello got;
    ASSERT_TRUE(chimney_wire_get_hello(frame.payload, frame.size, &got));
    EXPECT_EQ(got.highest_version, 7);
    EXPECT_EQ(got.pointer_size, 4);
    EXPECT_EQ(got.resumes, 1);
    EXPECT_EQ(got.clock_frequency, 3'579'545u);
    EXPECT_EQ(got.clock_origin, 0x0102030405060708u);
    EXPECT_EQ(got.wall_clock, 42u);
    EXPECT_EQ(std::memcmp(got.session, hello.session, 16), 0);
    EXPECT_EQ(got.capabilities, std::uint32_t{chimney_wire_can_resume});
    EXPECT_EQ(got.event_cost_picoseconds, 31'000u);
    EXPECT_EQ(got.first_sequence, 99u);
    EXPECT_EQ(text(got.token) + text(got.producer) + text(got.build), "0123456789abcdefdriver.sys1.2");
    expect_no_prefix_is_taken(frame, [](auto* at, auto size) {
        chimney_wire_hello short_one;
        return chimney_wire_get_hello(at, size, &short_one) != 0;
    });
}

TEST(Codec, HelloWithoutAClockIsRefused) {
    Bytes bytes = hello_bytes();
    std::fill_n(bytes.begin() + 8 + 16, 8, std::uint8_t{0});
    const chimney_wire_frame frame = only_frame(bytes);
    chimney_wire_hello got;
    EXPECT_FALSE(chimney_wire_get_hello(frame.payload, frame.size, &got));
}

TEST(Codec, HelloOfALaterVersionTellsItsVersions) {
    HelloWords words;
    words.lowest = 5;
    words.highest = 6;
    Bytes bytes = hello_bytes(words);
    bytes.resize(chimney_wire_header_size + 12);  // what comes after the versions may look different then
    chimney_wire_hello got;
    ASSERT_TRUE(chimney_wire_get_hello(bytes.data() + chimney_wire_header_size, 12, &got));
    EXPECT_EQ(got.lowest_version, 5);
    EXPECT_EQ(got.highest_version, 6);
}

TEST(Codec, EveryOtherFrameComesBackAsItWas) {
    const chimney_wire_welcome welcome{1, 1000, 250, 3000, 77};
    Bytes bytes = put([&](auto* out, auto room) { return chimney_wire_put_welcome(out, room, &welcome); });
    chimney_wire_frame frame = only_frame(bytes);
    chimney_wire_welcome got_welcome;
    ASSERT_TRUE(chimney_wire_get_welcome(frame.payload, frame.size, &got_welcome));
    EXPECT_EQ(got_welcome.next_sequence, 77u);
    EXPECT_EQ(got_welcome.silence_milliseconds, 3000u);
    expect_no_prefix_is_taken(frame, [](auto* at, auto size) {
        chimney_wire_welcome got;
        return chimney_wire_get_welcome(at, size, &got) != 0;
    });

    chimney_wire_run run{5, view("m1"), view("One completion"), view("late"), view("seed:7"), view("strict")};
    bytes = put([&](auto* out, auto room) { return chimney_wire_put_run(out, room, &run); });
    frame = only_frame(bytes);
    chimney_wire_run got_run;
    ASSERT_TRUE(chimney_wire_get_run(frame.payload, frame.size, &got_run));
    EXPECT_EQ(got_run.clock_start, 5u);
    EXPECT_EQ(text(got_run.scenario) + text(got_run.title) + text(got_run.variant) + text(got_run.schedule) +
                  text(got_run.mode),
              "m1One completionlateseed:7strict");
    expect_no_prefix_is_taken(frame, [](auto* at, auto size) {
        chimney_wire_run got;
        return chimney_wire_get_run(at, size, &got) != 0;
    });

    const chimney_wire_layer layers[2] = {{0, 1, 2}, {1, 3, CHIMNEY_WIRE_NONE32}};
    bytes = put([&](auto* out, auto room) { return chimney_wire_put_layers(out, room, layers, 2); });
    frame = only_frame(bytes);
    chimney_wire_layer got_layers[chimney_wire_layer_limit];
    std::uint32_t count = 0;
    ASSERT_TRUE(chimney_wire_get_layers(frame.payload, frame.size, got_layers, &count));
    ASSERT_EQ(count, 2u);
    EXPECT_EQ(got_layers[1].name, 3u);
    EXPECT_EQ(got_layers[1].driver, CHIMNEY_WIRE_NONE32);
    expect_no_prefix_is_taken(frame, [](auto* at, auto size) {
        chimney_wire_layer got[chimney_wire_layer_limit];
        std::uint32_t ignored;
        return chimney_wire_get_layers(at, size, got, &ignored) != 0;
    });

    const chimney_wire_goodbye goodbye{chimney_wire_silent, 12, view("nobody there")};
    bytes = put([&](auto* out, auto room) { return chimney_wire_put_goodbye(out, room, &goodbye); });
    frame = only_frame(bytes);
    chimney_wire_goodbye got_goodbye;
    ASSERT_TRUE(chimney_wire_get_goodbye(frame.payload, frame.size, &got_goodbye));
    EXPECT_EQ(got_goodbye.reason, std::uint32_t{chimney_wire_silent});
    EXPECT_EQ(text(got_goodbye.text), "nobody there");
    expect_no_prefix_is_taken(frame, [](auto* at, auto size) {
        chimney_wire_goodbye got;
        return chimney_wire_get_goodbye(at, size, &got) != 0;
    });

    const chimney_wire_control control{9, chimney_wire_step, 3, view("x")};
    bytes = put([&](auto* out, auto room) { return chimney_wire_put_control(out, room, &control); });
    frame = only_frame(bytes);
    chimney_wire_control got_control;
    ASSERT_TRUE(chimney_wire_get_control(frame.payload, frame.size, &got_control));
    EXPECT_EQ(got_control.request, 9u);
    EXPECT_EQ(got_control.command, chimney_wire_step);
    EXPECT_EQ(got_control.number, 3u);
    expect_no_prefix_is_taken(frame, [](auto* at, auto size) {
        chimney_wire_control got;
        return chimney_wire_get_control(at, size, &got) != 0;
    });

    const chimney_wire_answer answer{9, 1, view("no")};
    bytes = put([&](auto* out, auto room) { return chimney_wire_put_answer(out, room, &answer); });
    frame = only_frame(bytes);
    chimney_wire_answer got_answer;
    ASSERT_TRUE(chimney_wire_get_answer(frame.payload, frame.size, &got_answer));
    EXPECT_EQ(got_answer.refused, 1u);
    EXPECT_EQ(text(got_answer.text), "no");
    expect_no_prefix_is_taken(frame, [](auto* at, auto size) {
        chimney_wire_answer got;
        return chimney_wire_get_answer(at, size, &got) != 0;
    });

    const std::uint32_t names[3] = {4, 5, 6};
    bytes = put([&](auto* out, auto room) {
        return chimney_wire_put_state(out, room, chimney_wire_waits_for_choice, names, 3);
    });
    frame = only_frame(bytes);
    chimney_wire_state got_state;
    ASSERT_TRUE(chimney_wire_get_state(frame.payload, frame.size, &got_state));
    EXPECT_EQ(got_state.state, chimney_wire_waits_for_choice);
    EXPECT_EQ(chimney_wire_state_name(&got_state, 2), 6u);
    EXPECT_EQ(chimney_wire_state_name(&got_state, 3), CHIMNEY_WIRE_NONE32);
    expect_no_prefix_is_taken(frame, [](auto* at, auto size) {
        chimney_wire_state got;
        return chimney_wire_get_state(at, size, &got) != 0;
    });
}

TEST(Codec, ARecordAndItsPiecesComeBackAsTheyWere) {
    const std::uint8_t bytes[13] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
    chimney_wire_piece birth{};
    birth.kind = chimney_wire_birth;
    birth.region_kind = 3;
    birth.owner = 2;
    birth.region = 17;
    birth.length = 13;
    birth.bytes = bytes;
    birth.address = 0xFFFFFA8000001000;
    birth.label = 5;
    birth.parent = 16;
    birth.tag = 0x6C614343;
    birth.ordinal = 4;
    chimney_wire_piece snapshot{};
    snapshot.kind = chimney_wire_snapshot;
    snapshot.writer = 1;
    snapshot.region = 17;
    snapshot.offset = 5;
    snapshot.length = 3;
    snapshot.bytes = bytes + 10;
    chimney_wire_piece label{};
    label.kind = chimney_wire_label;
    label.region = 17;
    label.label = 8;
    chimney_wire_piece death{};
    death.kind = chimney_wire_death;
    death.region = 17;
    chimney_wire_event event = message_event(3);
    event.status = -1073741823;
    event.flags = chimney_wire_has_status;
    event.partner = 1;
    event.depth = 513;
    event.irql = 2;
    event.context = 77;
    const Bytes record = record_bytes(event, {birth, snapshot, label, death});
    ASSERT_EQ(record.size(), 96u + (16 + 24 + 16) + (16 + 8) + 16 + 16);

    std::size_t position = 0;
    chimney_wire_record got;
    ASSERT_TRUE(chimney_wire_next_record(record.data(), record.size(), &position, &got));
    EXPECT_EQ(position, record.size());
    EXPECT_FALSE(chimney_wire_next_record(record.data(), record.size(), &position, &got));
    EXPECT_EQ(got.event.sequence, 3u);
    EXPECT_EQ(got.event.status, -1073741823);
    EXPECT_EQ(got.event.flags, chimney_wire_has_status);
    EXPECT_EQ(got.event.partner, 1u);
    EXPECT_EQ(got.event.parent, CHIMNEY_WIRE_NONE64);
    EXPECT_EQ(got.event.depth, 513);
    EXPECT_EQ(got.event.irql, 2);
    EXPECT_EQ(got.event.context, 77u);
    std::uint32_t at = 0;
    chimney_wire_piece piece;
    ASSERT_TRUE(chimney_wire_next_piece(&got, &at, &piece));
    EXPECT_EQ(piece.kind, chimney_wire_birth);
    EXPECT_EQ(piece.address, 0xFFFFFA8000001000u);
    EXPECT_EQ(piece.parent, 16u);
    EXPECT_EQ(piece.tag, 0x6C614343u);
    EXPECT_EQ(piece.ordinal, 4);
    EXPECT_EQ(piece.label, 5u);
    EXPECT_EQ(std::memcmp(piece.bytes, bytes, 13), 0);
    ASSERT_TRUE(chimney_wire_next_piece(&got, &at, &piece));
    EXPECT_EQ(piece.offset, 5u);
    EXPECT_EQ(piece.length, 3u);
    EXPECT_EQ(std::memcmp(piece.bytes, bytes + 10, 3), 0);
    ASSERT_TRUE(chimney_wire_next_piece(&got, &at, &piece));
    EXPECT_EQ(piece.label, 8u);
    ASSERT_TRUE(chimney_wire_next_piece(&got, &at, &piece));
    EXPECT_EQ(piece.kind, chimney_wire_death);
    EXPECT_FALSE(chimney_wire_next_piece(&got, &at, &piece));

    // Cut short anywhere, or with a length inside that lies, it is no record.
    for (std::size_t size = 0; size < record.size(); ++size) {
        const auto copy = std::make_unique<std::uint8_t[]>(size);
        std::memcpy(copy.get(), record.data(), size);
        position = 0;
        EXPECT_FALSE(chimney_wire_next_record(copy.get(), size, &position, &got));
    }
    for (const std::uint32_t lie : {0u, 1u, 8u, 24u, 4096u, 0x7FFFFFFFu, 0xFFFFFFF8u, 0xFFFFFFFFu}) {
        Bytes lying = record;
        std::memcpy(lying.data() + 96 + 12, &lie, 4);  // the length of the birth's bytes
        position = 0;
        EXPECT_FALSE(chimney_wire_next_record(lying.data(), lying.size(), &position, &got)) << lie;
    }
}

TEST(Codec, RecordsThatHaveNoPlaceAreNotWritten) {
    const Bytes large(chimney_wire_record_limit);
    chimney_wire_piece piece{};
    piece.kind = chimney_wire_snapshot;
    piece.bytes = large.data();
    piece.length = static_cast<std::uint32_t>(large.size());
    EXPECT_EQ(chimney_wire_record_size(&piece, 1), 0u);
    piece.length -= 96 + 16;
    EXPECT_EQ(chimney_wire_record_size(&piece, 1), std::size_t{chimney_wire_record_limit});
    piece.kind = 99;
    EXPECT_EQ(chimney_wire_record_size(&piece, 1), 0u);
}

TEST(Codec, LayoutIsTheOneOnThePage) {
    const Bytes record = record_bytes([] {
        chimney_wire_event event = message_event(0x1122334455667788);
        event.name = 0xA1A2A3A4;
        event.kind = 0x0C;
        return event;
    }());
    EXPECT_THAT(Bytes(record.begin(), record.begin() + 16),
                testing::ElementsAre(96, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11));
    EXPECT_THAT(Bytes(record.begin() + 48, record.begin() + 52), testing::ElementsAre(0xA4, 0xA3, 0xA2, 0xA1));
    EXPECT_EQ(record[86], 0x0C);
    const Bytes hello = hello_bytes();
    EXPECT_EQ(std::string(hello.begin() + 8, hello.begin() + 16), "ChimneyB");
    EXPECT_EQ(hello[4], chimney_wire_hello_frame);
    EXPECT_EQ(hello.size(), 8u + 80 + std::string("test producer").size());
}

}  // namespace
}  // namespace chimneylab::bridge
