// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/hash.h"

#include <gtest/gtest.h>

#include <random>

namespace chimneylab::explorer {
namespace {

std::uint64_t hash_of(std::span<const std::byte> memory) {
    MemoryHash fresh;
    return fresh.of(memory, {});
}

TEST(MemoryHash, SaysTheSameOfMemoryHoweverItCameToBe) {
    std::mt19937 random(7);
    MemoryHash kept;
    std::vector<std::byte> memory(5000);
    for (int round = 0; round < 2000; ++round) {
        const std::uint64_t before = kept.of(memory, {});
        if (round % 10 == 0) {
            memory.resize(random() % 6000 + 1);  // grown and cut, within lines of 64 bytes too
        } else {
            std::byte& one = memory[random() % memory.size()];
            one ^= static_cast<std::byte>(random() % 255 + 1);
            EXPECT_NE(kept.of(memory, {}), before) << "round " << round;
        }
        ASSERT_EQ(kept.of(memory, {}), hash_of(memory)) << "round " << round;
    }
}

TEST(MemoryHash, TheSameBytesElsewhereAreOtherMemory) {
    std::vector<std::byte> one(1024), other(1024);
    one[100] = other[164] = std::byte{1};
    EXPECT_NE(hash_of(one), hash_of(other));
}

TEST(MemoryHash, PointersCountByThePlaceTheyNameInTheirStretch) {
    const auto with_pointer = [](std::uint64_t base, std::uint64_t place) {
        std::vector<std::uint64_t> words(64, 5);
        words[9] = base + place;
        const Hash::Stretch stretch{base, 4096};
        MemoryHash hash;
        return hash.of(std::as_bytes(std::span(words)), std::span(&stretch, 1));
    };
    EXPECT_EQ(with_pointer(0x7F0000000000, 80), with_pointer(0x7E0000000000, 80));
    EXPECT_NE(with_pointer(0x7F0000000000, 80), with_pointer(0x7F0000000000, 88));
}

}  // namespace
}  // namespace chimneylab::explorer
