// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

using nlohmann::json;

class RunVerb : public testing::TestWithParam<const char*> {};

TEST_P(RunVerb, RunsTheScenarioAndNothingIsToReport) {
    const Ended ended = run_program({"run", GetParam(), "--json"});
    ASSERT_EQ(ended.code, 0) << ended.out << ended.err;
    EXPECT_EQ(ended.err, "");
    const json report = ended.json();
    EXPECT_THAT(report.at("fingerprint").get<std::string>(), testing::MatchesRegex("[0-9a-f]{16}"));
    EXPECT_GT(report.at("events").get<int>(), 100);
    EXPECT_FALSE(report.at("operations").empty());
    for (const json& operation : report.at("operations")) {
        EXPECT_EQ(operation.at("state"), "finished");
        for (const json& block : operation.at("blocks")) EXPECT_EQ(block.at("status"), "NDIS_STATUS_SUCCESS");
    }
    EXPECT_TRUE(report.at("violations").empty());
    EXPECT_TRUE(report.at("findings").empty());
    EXPECT_TRUE(report.at("leaks").empty());
    EXPECT_EQ(report.at("crashed"), false);
    EXPECT_FALSE(report.at("expectations").empty());
    for (const json& expectation : report.at("expectations")) EXPECT_EQ(expectation.at("met"), true) << expectation;
}

TEST_P(RunVerb, NarratesReadablyWithoutMeasuredTimes) {
    const Ended first = run_program({"run", GetParam()});
    EXPECT_EQ(first.code, 0) << first.err;
    EXPECT_THAT(first.out, testing::HasSubstr("Step 1: "));
    EXPECT_THAT(first.out, testing::HasSubstr("The ledger of call entries"));
    EXPECT_THAT(first.out, testing::HasSubstr("held at the end 0"));
    EXPECT_THAT(first.out, testing::Not(testing::HasSubstr("NOT MET")));
    EXPECT_THAT(first.out, testing::Not(testing::HasSubstr("measured")));
    EXPECT_EQ(first.out.find('\x1b'), std::string::npos);
    EXPECT_EQ(run_program({"run", GetParam()}).out, first.out);
    EXPECT_NE(run_program({"--color", "always", "run", GetParam()}).out.find('\x1b'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, RunVerb, testing::Values("m1", "m2", "m3", "m4"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(RunVerbRecord, TwoRunsOfASeedAreIdentical) {
    const ScratchDirectory scratch;
    const std::string file = scratch.file("a.chimney");
    const std::vector<std::string> command{"run", "m3", "--schedule", "seed:7", "--record", file};
    const Ended first = run_program(command);
    ASSERT_LE(first.code, 1) << first.err;
    ASSERT_TRUE(std::filesystem::exists(file));
    const Ended second = run_program(command);
    EXPECT_EQ(first.out, second.out);
    EXPECT_EQ(first.code, second.code);
    EXPECT_EQ(run_program({"run", "m3", "--schedule", "seed:7", "--json"}).json().at("fingerprint"),
              run_program({"show", file, "--json"}).json().at("fingerprint"));
}

TEST(RunVerbRecord, ASessionIsShownAsItWasRun) {
    const ScratchDirectory scratch;
    const std::string file = scratch.file("m1.chimney");
    const json run = run_program({"run", "m1", "--json", "--record", file}).json();
    const Ended shown = run_program({"show", file, "--json"});
    EXPECT_EQ(shown.code, 0) << shown.err;
    const json show = shown.json();
    for (const char* key : {"scenario", "schedule", "mode", "layers", "fingerprint", "events", "conversions",
                            "call_entries", "offload_entries", "virtual_ns"}) {
        EXPECT_EQ(run.at(key), show.at(key)) << key;
    }
    // Told in the same words.
    const Ended told = run_program({"show", file});
    EXPECT_THAT(told.out, testing::HasSubstr("First conversion, protocol to miniport, by NDIS."));
}

TEST(RunVerbOptions, AnotherScheduleIsAnotherRunOfTheSameScenario) {
    for (const char* schedule : {"lifo", "seed:1", "seed:2", "seed:12345"}) {
        const json report = run_program({"run", "m1", "--schedule", schedule, "--json"}).json();
        EXPECT_EQ(report.at("schedule"), schedule);
        EXPECT_TRUE(report.at("findings").empty()) << schedule;
    }
}

TEST(RunVerbOptions, TimingAddsMeasuredTimes) {
    const json report = run_program({"run", "m1", "--json", "--timing"}).json();
    EXPECT_GT(report.at("measured_ns").get<std::int64_t>(), 0);
    EXPECT_FALSE(run_program({"run", "m1", "--json"}).json().contains("measured_ns"));
}

TEST(RunVerbExit, AnExpectationThatIsNotMetIsReported) {
    const ScratchDirectory scratch;
    const std::string file = scratch.write("hopeful.yaml", R"(id: hopeful
title: Expects what does not happen
teaches: Exit code 1.
machine: { intermediate_drivers: [ { driver: reference } ] }
objects:
  neighbors: { N1: { DlDestinationAddress: 02-00-5e-10-00-01 } }
steps:
  - { name: offload, initiate: N1 }
  - { name: again, initiate: N1 }
expectations:
  - { step: offload, statuses: { N1: NDIS_STATUS_FAILURE } }
  - { call_entries: { live: 3 } }
)");
    const Ended ended = run_program({"run", file, "--json"});
    EXPECT_EQ(ended.code, 1) << ended.err;
    std::vector<bool> met;
    std::string details;
    const json report = ended.json();
    for (const json& expectation : report.at("expectations")) {
        met.push_back(expectation.at("met"));
        details += expectation.at("detail").get<std::string>() + "\n";
    }
    // The second step is refused: the block would be a linker without a dependent.
    EXPECT_THAT(met, testing::ElementsAre(false, false, false)) << details;
    EXPECT_THAT(details, testing::HasSubstr("N1 SUCCESS instead of FAILURE (" + file + ":11)"));
    EXPECT_THAT(details, testing::HasSubstr("HS-017"));
}

}  // namespace
}  // namespace chimneylab::command_line
