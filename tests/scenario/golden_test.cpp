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
    {"m1", "e8c0ed16e95604e4"},
    {"m2", "fc30a89a20d27084"},
    {"m3", "68a429bcc27192e2"},
    {"m4", "63dc6b278f7cde86"},
    {"m5", "1d13cd3fdbea0bc4"},
    {"m6", "ba192c8f166a0295"},
    {"m7", "cc8f5848e1706d87"},
    {"m8", "5450dd1652ca7b5d"},
    {"m9", "968806ab6cbfe4ae"},
    {"m10", "020a7022efb612e3"},
    {"m11", "85a862050a85735a"},
    {"m12", "02c843c3ed616d08"},
    {"m13", "1c6f78d1c60af776"},
    {"m14", "6fb67b3e14d3f925"},
    {"s1", "0d501b1e3bf93d8a"},
    {"s2", "b8ee6a0aa4777dfe"},
    {"s3", "2656eebc1dfe92b8"},
    {"s4", "60a584a7f808b843"},
    {"s5", "e2a5825c61d480ce"},
    {"s6", "ba0f4bf1553c8d62"},
    {"s7", "8c2053da72229ef6"},
    {"s8", "9dab9ba809a7dd76"},
    {"s9", "df12a6fcbdcd81aa"},
    {"s10", "5a1bf1fb52c26e18"},
    {"s11", "d0784684ce94085c"},
    {"s12", "4430e98171dc1d4c"},
    {"s13", "0fd35d79c02a809d"},
    {"s14", "d811d737f64fde7e"},
    {"s15", "17c5d29d1b20e8f9"},
    {"s16", "e21c73b14196ffc4"},
    {"s17", "0e2d1f6c7bc9114d"},
    {"s18", "92c2798c3cffa25b"},
    {"s19", "afea6b8c12dc155a"},
    {"s20", "a1cb875c20fe7c7e"},
    {"s21", "e608d96ed7a0edc3"},
    {"s22", "09f4a23524d06cc3"},
    {"s23", "a69a8f5e6c47fd82"},
    {"s24", "7940d53d25c6fe85"},
    {"s25", "eb5355fea1439954"},
    {"s26", "5a3b0210966daa20"},
    {"s27", "89cd4677dde97734"},
    {"s28", "d6c8a2d81637e512"},
    {"s29", "b34dd72faf86c1c3"},
    {"s30", "b2612dec665aa355"},
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
