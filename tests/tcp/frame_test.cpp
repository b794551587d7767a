// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>
#include <vector>

#include "engine/tcp/frame.h"

namespace {

struct Made {
    chimney_frame_route route{};
    chimney_tcp_segment segment{};
    std::vector<std::uint8_t> payload;
    std::vector<std::uint8_t> bytes;
};

Made made(bool ipv6, bool tagged, bool timestamps, std::size_t payload) {
    Made it;
    it.payload.assign(payload, 0x5A);
    it.route.ip_version = ipv6 ? 6 : 4;
    it.route.tagged = tagged;
    it.route.vlan_id = 100;
    it.route.priority = 5;
    it.route.hop_limit = 64;
    it.route.traffic_class = 0x10;
    it.route.flow_label = ipv6 ? 0xABCDE : 0;
    it.route.identification = ipv6 ? 0 : 0x8001;
    it.route.dont_fragment = ipv6 ? 0 : 1;
    for (int i = 0; i < (ipv6 ? 16 : 4); ++i) {
        it.route.source[i] = static_cast<std::uint8_t>(10 + i);
        it.route.destination[i] = static_cast<std::uint8_t>(200 - i);
    }
    it.segment.source_port = 1;
    it.segment.destination_port = 65535;
    it.segment.sequence = 0xFFFFFFFF;
    it.segment.acknowledgement = 7;
    it.segment.flags = CHIMNEY_TCP_ACK | CHIMNEY_TCP_PSH;
    it.segment.window = 512;
    it.segment.has_timestamps = timestamps;
    it.segment.timestamp_value = 11;
    it.segment.timestamp_echo = 22;
    it.segment.payload = it.payload.data();
    it.segment.payload_bytes = payload;
    it.bytes.resize(CHIMNEY_FRAME_MAXIMUM_BYTES);
    it.bytes.resize(chimney_frame_build(&it.route, &it.segment, it.bytes.data(), it.bytes.size()));
    return it;
}

TEST(Frame, ComesBackAsItWasBuilt) {
    for (const bool ipv6 : {false, true}) {
        for (const bool tagged : {false, true}) {
            for (const bool timestamps : {false, true}) {
                const Made it = made(ipv6, tagged, timestamps, 33);
                chimney_frame frame;
                ASSERT_EQ(chimney_frame_parse(it.bytes.data(), it.bytes.size(), &frame), CHIMNEY_FRAME_TCP);
                EXPECT_EQ(frame.route.tagged, tagged);
                EXPECT_EQ(frame.route.vlan_id, tagged ? 100 : 0);
                EXPECT_EQ(frame.route.priority, tagged ? 5 : 0);
                EXPECT_EQ(frame.route.hop_limit, 64);
                EXPECT_EQ(frame.route.flow_label, it.route.flow_label);
                EXPECT_EQ(frame.route.identification, it.route.identification);
                EXPECT_EQ(std::memcmp(frame.route.source, it.route.source, 16), 0);
                EXPECT_EQ(frame.segment.sequence, 0xFFFFFFFFu);
                EXPECT_EQ(frame.segment.has_timestamps, timestamps);
                EXPECT_EQ(frame.segment.timestamp_echo, timestamps ? 22u : 0u);
                ASSERT_EQ(frame.segment.payload_bytes, 33u);
                EXPECT_EQ(std::memcmp(frame.segment.payload, it.payload.data(), 33), 0);
            }
        }
    }
}

TEST(Frame, OptionsAreSeenAndTheSegmentBehindThemIsFound) {
    for (const bool ipv6 : {false, true}) {
        Made it = made(ipv6, false, true, 33);
        const std::size_t plain = it.bytes.size();
        it.route.with_options = 1;
        it.bytes.resize(CHIMNEY_FRAME_MAXIMUM_BYTES);
        it.bytes.resize(chimney_frame_build(&it.route, &it.segment, it.bytes.data(), it.bytes.size()));
        EXPECT_EQ(it.bytes.size(), plain + (ipv6 ? 8 : 4));
        chimney_frame frame;
        ASSERT_EQ(chimney_frame_parse(it.bytes.data(), it.bytes.size(), &frame), CHIMNEY_FRAME_OPTIONS);
        EXPECT_TRUE(frame.route.with_options);
        EXPECT_EQ(frame.segment_length, it.bytes.size() - chimney_frame_header_bytes(&it.route));
        ASSERT_EQ(frame.segment.payload_bytes, 33u);
        EXPECT_EQ(std::memcmp(frame.segment.payload, it.payload.data(), 33), 0);
    }
}

TEST(Frame, ACheckSumKnownFromElsewhere) {
    // The IPv4 header of RFC 1071's favourite example: its sum is B861.
    const std::uint8_t header[20] = {0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0xB8, 0x61, 0xC0, 0xA8, 0, 1, 0xC0, 0xA8, 0, 0xC7};
    std::vector<std::uint8_t> bytes(12, 0);
    bytes.insert(bytes.end(), {0x08, 0x00});
    bytes.insert(bytes.end(), header, header + 20);
    bytes.resize(14 + 0x73);
    chimney_frame frame;
    EXPECT_EQ(chimney_frame_parse(bytes.data(), bytes.size(), &frame), CHIMNEY_FRAME_OTHER);  // UDP
    bytes[14 + 8] ^= 1;
    EXPECT_EQ(chimney_frame_parse(bytes.data(), bytes.size(), &frame), CHIMNEY_FRAME_DAMAGED);
}

RC_GTEST_PROP(Frame, AnySingleDamageIsSeen, ()) {
    const Made it = made(*rc::gen::arbitrary<bool>(), false, *rc::gen::arbitrary<bool>(), *rc::gen::inRange<std::size_t>(0, 64));
    std::vector<std::uint8_t> bytes = it.bytes;
    // In IPv6 nothing but the addresses and the length protects the header; look behind the Ethernet header's type.
    const std::size_t first = chimney_frame_header_bytes(&it.route);
    const auto at = *rc::gen::inRange(first, bytes.size());
    bytes[at] ^= static_cast<std::uint8_t>(1u << *rc::gen::inRange(0, 8));
    chimney_frame frame;
    RC_ASSERT(chimney_frame_parse(bytes.data(), bytes.size(), &frame) == CHIMNEY_FRAME_DAMAGED);
}

RC_GTEST_PROP(Frame, AnyBytesMayBeParsedAndDescribed, (const std::vector<std::uint8_t>& noise)) {
    std::vector<std::uint8_t> bytes = made(*rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>(), true, 5).bytes;
    for (std::size_t i = 0; i < noise.size() && i < bytes.size(); ++i) bytes[i] ^= noise[i];
    bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
    chimney_frame frame;
    (void)chimney_frame_parse(bytes.data(), bytes.size(), &frame);
    char text[24];
    chimney_frame_describe(bytes.data(), bytes.size(), text, sizeof(text));
    RC_ASSERT(std::strlen(text) < sizeof(text));
}

TEST(Frame, IsDescribedInWords) {
    const Made it = made(false, false, false, 1460);
    char text[120];
    chimney_frame_describe(it.bytes.data(), it.bytes.size(), text, sizeof(text));
    EXPECT_STREQ(text, "1 → 65535 ACK PSH seq 4294967295 ack 7 win 512 len 1460");
}

}  // namespace
