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
    {"m1", "347802576d8a8e08"},
    {"m2", "21c8f185c33b5eb7"},
    {"m3", "f88ccef6db10ea65"},
    {"m4", "9af6da425356d150"},
    {"m5", "85c1ccc8d2fe8f20"},
    {"m6", "7ac47a892bb8bcc0"},
    {"m7", "22eb883a79b6a056"},
    {"m8", "18fb6812a38d7fe6"},
    {"m9", "add24e6e237c32be"},
    {"m10", "0a2d7e01862f2f5e"},
    {"m11", "b40e6b8ad31df9fb"},
    {"m12", "cb2c5a20c6d063ef"},
    {"m13", "97c4723d9e41715d"},
    {"m14", "5d1275786cda2d79"},
    {"s1", "85c480bb5215648b"},
    {"s2", "ca6d4ee8e3153579"},
    {"s3", "18772dc4ff63e6fa"},
    {"s4", "00a638f8c350b17b"},
    {"s5", "7416b2ebeace5f3a"},
    {"s6", "0a4089a29fb74f12"},
    {"s7", "4fb2e73288f60bd7"},
    {"s8", "ff506446868034c7"},
    {"s9", "8e2871dce0f092a5"},
    {"s10", "a1b6f6597a8f4bc7"},
    {"s11", "b71f0c4b307d1809"},
    {"s12", "af3d157665840230"},
    {"s13", "5787f0c2a8939f9d"},
    {"s14", "64de3c99b0821056"},
    {"s15", "7a5d7ed05ec23ff5"},
    {"s16", "e3a863e8ab322efa"},
    {"s17", "952bdeecf0690d8d"},
    {"s18", "fb2d773944228377"},
    {"s19", "d4f02a66037506aa"},
    {"s20", "9ec9db461f74d635"},
    {"s22", "eb8e105d8b0e5ea9"},
    {"s23", "7152e8964c7f258a"},
    {"s24", "30df31e741e4a447"},
    {"s25", "4aecd461a11a04be"},
    {"s26", "029eb19987eeccf6"},
    {"s27", "cc4e58675633384b"},
    {"s28", "e21cc1d880ee086b"},
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
