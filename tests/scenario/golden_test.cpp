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
    {"m1", "2d29ae3e86ec700f"},
    {"m2", "07aa3ae4ac9922bf"},
    {"m3", "0792a6c409a25197"},
    {"m4", "38f5ea5b4006e4a0"},
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
