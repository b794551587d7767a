// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Fingerprints of the shipped scenarios. They change when an event, a byte or a virtual time of a run changes: look at
// what changed (chimneylab-cli run ID --all before and after), and write the new number here when it was meant.
#include <gtest/gtest.h>

#include "engine/scenario/library.h"
#include "engine/scenario/run.h"
#include "engine/trace/fingerprint.h"

namespace chimneylab::scenario {
namespace {

struct Golden {
    const char* id;
    const char* fingerprint;
};

constexpr Golden goldens[] = {
    {"m1", "ac741905d326fdf2"},
    {"m2", "7cf1cab63edf52fc"},
    {"m3", "f95dd74f03a2e238"},
    {"m4", "ab0ed5418161b383"},
    {"m5", "f675b17628f763b7"},
    {"m6", "5de288bd541182bb"},
    {"m7", "7e6998373114fdca"},
    {"m8", "cc206ebf7834e07f"},
    {"m9", "7e9d6ba0899386a0"},
    {"m10", "1dddb65d616a807e"},
    {"m11", "576a37ba36a8be16"},
    {"m12", "e4b0c8e3df56a0f8"},
    {"m13", "a4b65daba99742d2"},
    {"m14", "29c89e0c30df9853"},
};

TEST(Golden, FingerprintsOfTheShippedScenariosInFifoOrder) {
    for (const Golden& golden : goldens) {
        const Loaded loaded = find_scenario(golden.id);
        ASSERT_TRUE(loaded.scenario) << golden.id;
        RunOptions options;
        options.schedule = machine::Schedule{};
        EXPECT_EQ(trace::fingerprint_text(run(*loaded.scenario, options).fingerprint), golden.fingerprint) << golden.id;
    }
}

}  // namespace
}  // namespace chimneylab::scenario
