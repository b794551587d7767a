// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The correct run of every scenario that comes with the lab is silent, in whatever order its completions come.
#include <gtest/gtest.h>

#include <string>

#include "engine/scenario/library.h"
#include "engine/scenario/run.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::verifier {
namespace {

TEST(Scenarios, CorrectRunsAreSilent) {
    for (const char* id : {"m1", "m2", "m3", "m4"}) {
        const scenario::Loaded loaded = scenario::find_scenario(id);
        ASSERT_TRUE(loaded.scenario) << id;
        for (const char* schedule : {"fifo", "lifo", "seed:1", "seed:7", "seed:42"}) {
            scenario::RunOptions options;
            const auto parsed = machine::Schedule::parse(schedule);
            ASSERT_TRUE(parsed.schedule) << schedule;
            options.schedule = *parsed.schedule;
            const scenario::RunResult result = scenario::run(*loaded.scenario, options);
            std::string told;
            for (const Violation& each : verify(result.trace))
                told += std::string(each.rule) + " @" + std::to_string(each.event.value) + " " + each.explanation + "\n";
            EXPECT_EQ(told, "") << id << " " << schedule;
        }
    }
}

}  // namespace
}  // namespace chimneylab::verifier
