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

// Also of the variants that are other correct runs: other depths, other allocations that fail.
TEST(Scenarios, CorrectRunsAreSilent) {
    const scenario::Library library = scenario::load_library();
    ASSERT_GE(library.scenarios.size(), 12u);
    for (const scenario::Scenario& item : library.scenarios) {
        std::vector<std::string> variants{""};
        for (const scenario::Variant& variant : item.variants)
            if (variant.breaks.empty()) variants.push_back(variant.name);
        for (const std::string& variant : variants) {
            for (const char* schedule : {"fifo", "lifo", "seed:1", "seed:7", "seed:42"}) {
                scenario::RunOptions options;
                options.variant = variant;
                const auto parsed = machine::Schedule::parse(schedule);
                ASSERT_TRUE(parsed.schedule) << schedule;
                options.schedule = *parsed.schedule;
                const scenario::RunResult result = scenario::run(item, options);
                std::string told;
                for (const Violation& each : verify(result.trace))
                    told += std::string(each.rule) + " @" + std::to_string(each.event.value) + " " + each.explanation + "\n";
                EXPECT_EQ(told, "") << item.id << " " << variant << " " << schedule;
            }
        }
    }
}

}  // namespace
}  // namespace chimneylab::verifier
