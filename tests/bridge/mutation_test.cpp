// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A bounded share of what tests/fuzz does without end: valid streams with random damage. Nothing may crash or hang, and
// what was recorded has to hold together whatever came.
#include <gtest/gtest.h>

#include <random>

#include "tests/bridge/test_producer.h"
#include "tests/fuzz/exercise_codec.h"
#include "tests/fuzz/feed_recorder.h"
#include "tests/trace/random_trace.h"

namespace chimneylab::bridge {
namespace {

Bytes stream_of(std::uint64_t seed) {
    const trace::Trace trace = trace::synthetic::random_trace(seed, 25).trace;
    return hello_bytes() + trace_bytes(trace) + goodbye_bytes(TraceEncoder(trace).end());
}

TEST(Mutation, DamagedStreamsHarmNothing) {
    std::mt19937_64 random(4711);
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        const Bytes valid = stream_of(seed);
        for (int round = 0; round < 60; ++round) {
            Bytes damaged = valid;
            for (std::uint64_t bites = 1 + random() % 4; bites > 0; --bites) {
                const std::size_t at = random() % damaged.size();
                switch (random() % 4) {
                    case 0: damaged[at] = static_cast<std::uint8_t>(random()); break;
                    case 1: damaged[at] = random() % 2 ? 0xFF : 0x00; break;
                    case 2: damaged.erase(damaged.begin() + static_cast<std::ptrdiff_t>(at)); break;
                    default:
                        damaged.insert(damaged.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(random()));
                }
            }
            ASSERT_EQ(feed_recorder(damaged.data(), damaged.size()), "") << "seed " << seed << ", round " << round;
        }
    }
}

// Readers of the codec look at nothing beyond what they are given, at whatever byte a payload is cut and whatever is in it.
TEST(Mutation, EveryReaderStaysInItsPayload) {
    std::mt19937_64 random(1147);
    const Bytes valid = stream_of(5);
    for (int round = 0; round < 3000; ++round) {
        const std::size_t from = random() % valid.size(), size = random() % std::min<std::size_t>(valid.size() - from, 600);
        Bytes piece(valid.begin() + static_cast<std::ptrdiff_t>(from), valid.begin() + static_cast<std::ptrdiff_t>(from + size));
        for (std::uint64_t bites = random() % 3; bites > 0 && !piece.empty(); --bites) piece[random() % piece.size()] = static_cast<std::uint8_t>(random());
        piece.shrink_to_fit();  // so that a sanitizer sees the end
        (void)exercise_codec(piece.data(), piece.size());
    }
}

// As if the connection were lost after each byte.
TEST(Mutation, AStreamMayEndAtAnyByte) {
    const Bytes valid = stream_of(3);
    for (std::size_t size = 0; size <= valid.size(); size += 1 + size / 400)
        ASSERT_EQ(feed_recorder(valid.data(), size), "") << size;
}

}  // namespace
}  // namespace chimneylab::bridge
