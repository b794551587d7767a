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
    {"m1", "b082d471342f6429"},
    {"m2", "9e8140b15b766ac9"},
    {"m3", "f16beb9bda10bf97"},
    {"m4", "ee624dd22ea038ff"},
    {"m5", "34f98fe3a3e04082"},
    {"m6", "648c51d502bf10c1"},
    {"m7", "b8bc5e09b4650a46"},
    {"m8", "80915cbb18f86abb"},
    {"m9", "43ea6717c237f5f1"},
    {"m10", "1afa9a0fa81a4062"},
    {"m11", "1fa3802394c4693d"},
    {"m12", "2af8ba2e109ec2d0"},
    {"m13", "ad86bf389c7798c3"},
    {"m14", "b1b34a7d3e02f947"},
    {"s1", "d5256fee18ed27e2"},
    {"s3", "c197934be788a9c1"},
    {"s4", "decc3f85e12b50b5"},
    {"s5", "61bfa08666e2e316"},
    {"s6", "e7f07f7822f3803f"},
    {"s10", "c7e70e128d197629"},
    {"s16", "760c974dfcdb2516"},
    {"s17", "a80a3259b4d0fbff"},
    {"s18", "aa8e7b88f69bed24"},
    {"s20", "b79061655015d5ec"},
    {"s22", "61c32f6f6605c293"},
    {"s25", "259f49c685b8d489"},
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
