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
    {"m1", "5275bfb9dee920b2"},
    {"m2", "7cf080a596b5ae31"},
    {"m3", "790354323dcb7a7b"},
    {"m4", "ff64c892b54f21df"},
    {"m5", "dad66053859b0782"},
    {"m6", "c468b6517087e412"},
    {"m7", "8199c1a149bda316"},
    {"m8", "eb0f27f989536405"},
    {"m9", "06018c702c7485ac"},
    {"m10", "bb82f3268bda87b5"},
    {"m11", "56aa02aff620336c"},
    {"m12", "29944195422bd35c"},
    {"m13", "14804c36a587fe9f"},
    {"m14", "9da39ac6b4a78e38"},
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
