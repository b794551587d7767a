// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// ARP messages: what is built is what RFC 826 says, what is parsed is what was built, and anything else is none.
#include "engine/tcp/address_resolution.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

namespace chimneylab {
namespace {

using Frame = std::array<std::uint8_t, CHIMNEY_ARP_FRAME_BYTES>;

Frame request() {
    chimney_arp message{};
    message.operation = 1;
    const std::uint8_t to[6] = {2, 0, 0x5E, 0x10, 0, 1}, from[6] = {2, 0x43, 0x4C, 0, 0, 1};
    const std::uint8_t asked[4] = {198, 51, 100, 7}, asking[4] = {192, 0, 2, 10};
    std::memcpy(message.destination_hardware, to, 6);
    std::memcpy(message.sender_hardware, from, 6);
    std::memcpy(message.sender, asking, 4);
    std::memcpy(message.target, asked, 4);
    Frame frame{};
    chimney_arp_build(&message, frame.data());
    return frame;
}

TEST(AddressResolution, ARequestHasTheBytesOfTheStandard) {
    const Frame frame = request();
    const std::array<std::uint8_t, 42> expected{2,    0, 0x5E, 0x10, 0, 1, 2, 0x43, 0x4C, 0,   0,   1,    8,    6, 0, 1, 8,   0,  6,   4, 0,
                                                1,    2, 0x43, 0x4C, 0, 0, 1, 192,  0,    2,   10,  0,    0,    0, 0, 0, 0,   198, 51, 100, 7};
    EXPECT_EQ(std::memcmp(frame.data(), expected.data(), expected.size()), 0);
}

TEST(AddressResolution, WhatIsBuiltIsParsed) {
    const Frame frame = request();
    chimney_arp seen{};
    ASSERT_EQ(chimney_arp_parse(frame.data(), frame.size(), &seen), 1);
    EXPECT_EQ(seen.operation, 1u);
    EXPECT_EQ(seen.destination_hardware[5], 1u);
    EXPECT_EQ(seen.sender_hardware[1], 0x43u);
    EXPECT_EQ(seen.sender[3], 10u);
    EXPECT_EQ(seen.target[0], 198u);
}

TEST(AddressResolution, AnythingElseIsNone) {
    chimney_arp seen{};
    Frame frame = request();
    EXPECT_EQ(chimney_arp_parse(frame.data(), 41, &seen), 0) << "cut off";
    EXPECT_EQ(chimney_arp_parse(frame.data(), 0, &seen), 0);
    frame[21] = 3;
    EXPECT_EQ(chimney_arp_parse(frame.data(), frame.size(), &seen), 0) << "neither request nor reply";
    frame = request();
    frame[13] = 0;
    EXPECT_EQ(chimney_arp_parse(frame.data(), frame.size(), &seen), 0) << "IPv4";
    frame = request();
    frame[18] = 8;
    EXPECT_EQ(chimney_arp_parse(frame.data(), frame.size(), &seen), 0) << "other addresses";
}

}  // namespace
}  // namespace chimneylab
