// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// run with drivers that are not linked: it goes through the driver host and reads the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

using testing::HasSubstr;

TEST(RunWithDrivers, TheReferenceByNameIsTheOrdinaryRun) {
    const Ended plain = run_program({"run", "m2", "--json"});
    const Ended named = run_program({"run", "m2", "--driver", "reference", "--driver", "reference", "--json"});
    EXPECT_EQ(named.code, 0) << named.err;
    EXPECT_EQ(named.out, plain.out);
    EXPECT_EQ(run_program({"run", "m2", "--driver", "reference"}).out, run_program({"run", "m2"}).out);
}

TEST(RunWithDrivers, AMistakeIsReportedByItsRule) {
    const Ended ended = run_program({"run", "m2", "--driver", "reference", "--driver", "source-handle-forgotten", "--json"});
    EXPECT_EQ(ended.code, 1) << ended.err;
    const auto json = ended.json();
    EXPECT_EQ(json["crashed"], false);
    EXPECT_FALSE(json.contains("crash"));
    EXPECT_EQ(json["layers"][2]["driver"], "source-handle-forgotten");
    EXPECT_THAT(ended.out, HasSubstr("IM-050"));
}

TEST(RunWithDrivers, AVariantWithADriverThatIsNotLinkedRuns) {
    const ScratchDirectory directory;
    const std::string file = directory.write("mine.yaml", R"(id: mine
title: Mine
teaches: What a leak is.
machine: { intermediate_drivers: [ { driver: reference } ] }
objects:
  neighbors:
    N1: { DlDestinationAddress: 02-00-5e-10-00-01 }
steps:
  - { name: offload, initiate: N1 }
variants:
  - { name: leaks, title: It leaks, breaks: [IM-065], drivers: { IM 1: call-entry-leaks } }
)");
    EXPECT_EQ(run_program({"run", file}).code, 0);
    const Ended ended = run_program({"run", file, "--variant", "leaks", "--json"});
    EXPECT_EQ(ended.json()["variant"], "leaks");
    EXPECT_EQ(ended.json()["layers"][1]["driver"], "call-entry-leaks");
    EXPECT_FALSE(ended.json()["leaks"].empty());
}

// The offload target works on a context that is NULL: what a driver did wrong makes somebody else crash.
TEST(RunWithDrivers, ACrashIsAReportAndNotTheEndOfTheProgram) {
    const std::vector<std::string> arguments{"run", "m2", "--driver", "reference", "--driver", "context-not-published"};
    const Ended words = run_program(arguments);
    EXPECT_EQ(words.code, 1) << words.err;
    EXPECT_THAT(words.out, HasSubstr("The driver crashed"));
    EXPECT_THAT(words.out, HasSubstr("after event "));
    std::vector<std::string> with_json = arguments;
    with_json.push_back("--json");
    const Ended ended = run_program(with_json);
    EXPECT_EQ(ended.code, 1);
    const auto json = ended.json();
    EXPECT_EQ(json["crashed"], true);
    const auto& crash = json["crash"];
    for (const char* key : {"kind", "what", "explanation", "layer", "after_event", "call", "finding", "backtrace"})
        EXPECT_TRUE(crash.contains(key)) << key;
    EXPECT_EQ(crash["finding"], json["events"].get<std::size_t>() - 1);
    EXPECT_EQ(json["findings"].back()["kind"], "driver_crashed");
    EXPECT_FALSE(json["operations"].empty());
}

}  // namespace
}  // namespace chimneylab::command_line
