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
    {"m1", "52f86b1e03518e60"},
    {"m2", "c41b421ae192ac82"},
    {"m3", "474443feb1a41e5c"},
    {"m4", "ddca9913a8e14b5e"},
    {"m5", "ec6bfd6962b5118b"},
    {"m6", "2eebad313e4d0afb"},
    {"m7", "a1e1ba9afd48caff"},
    {"m8", "84f354b174c9db9b"},
    {"m9", "49dc27a16cdc8300"},
    {"m10", "1112b453d9bb0ec6"},
    {"m11", "a854b98ebf5e7653"},
    {"m12", "cfbc059a4ffc0e99"},
    {"m13", "2cb7b65656576347"},
    {"m14", "4a4e996484eeb28e"},
    {"s1", "a34ef0caebfc2ad8"},
    {"s2", "ada4996cf9ee5483"},
    {"s3", "e893aa8510acf126"},
    {"s4", "b7ac68310fbb4ba4"},
    {"s5", "31819158401e6d97"},
    {"s6", "b5856e280c9e9156"},
    {"s7", "15ca3af94975c0cd"},
    {"s8", "51b296f2c727d095"},
    {"s9", "dda0aa6668c5cdeb"},
    {"s10", "91b646dddc7080fc"},
    {"s11", "418929416dc6aac1"},
    {"s12", "590e16e27f238cd3"},
    {"s13", "cba3ef75e10d24d2"},
    {"s14", "b5af02b775874694"},
    {"s15", "0dc581d070c04a47"},
    {"s16", "66ad7640dda11262"},
    {"s17", "7b3090af3f94eb59"},
    {"s18", "56d7778318a83745"},
    {"s19", "e2e800110c08f506"},
    {"s20", "682878d151749db2"},
    {"s21", "9f5144e4b3ea5aed"},
    {"s22", "46a2e1637269449d"},
    {"s23", "c2bda1b86292e8ef"},
    {"s24", "b73ecfc633d2b8c3"},
    {"s25", "39d5203a82b19972"},
    {"s26", "34589f0332254604"},
    {"s27", "66ad745cd02a8626"},
    {"s28", "bb7fd443d90a5c6d"},
    {"s29", "9e7e385a046cd186"},
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
