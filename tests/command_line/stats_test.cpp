// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

using nlohmann::json;

TEST(StatsVerb, TellsASessionAsItTellsTheRunItCameFrom) {
    const ScratchDirectory scratch;
    const std::string file = scratch.file("m3.chimney");
    const json run = run_program({"run", "m3", "--json", "--record", file}).json();
    const Ended of_session = run_program({"stats", file, "--json"}), of_scenario = run_program({"stats", "m3", "--json"});
    ASSERT_EQ(of_session.code, 0) << of_session.err;
    ASSERT_EQ(of_scenario.code, 0) << of_scenario.err;
    EXPECT_EQ(of_session.json().at("virtual"), of_scenario.json().at("virtual"));
    const json figures = of_session.json().at("virtual");
    EXPECT_FALSE(of_session.json().contains("measured"));
    std::size_t operations = 0;
    for (const json& series : figures.at("series")) {
        if (series.at("subject") == "operation") operations += series.at("count").get<std::size_t>();
        std::size_t held = 0;
        for (const json& bucket : series.at("histogram")) held += bucket.at("count").get<std::size_t>();
        EXPECT_EQ(held, series.at("count").get<std::size_t>());
        EXPECT_LE(series.at("min"), series.at("median"));
        EXPECT_LE(series.at("median"), series.at("p99"));
        EXPECT_LE(series.at("p99_9"), series.at("max"));
        EXPECT_FALSE(series.contains("recorder_ns"));  // costs no virtual time
    }
    EXPECT_EQ(operations, run.at("operations").size());
}

TEST(StatsVerb, ShowsHowTheTimesSpread) {
    const Ended told = run_program({"stats", "m3"});
    EXPECT_EQ(told.code, 0) << told.err;
    EXPECT_THAT(told.out, testing::ContainsRegex(" up to +[0-9.]+ (ns|µs|ms) +█"));
}

TEST(StatsVerb, AVariantIsFoundByItsNameWithHyphens) {
    const Ended spelled = run_program({"stats", "m12", "--variant", "entry freed", "--json"});
    const Ended hyphenated = run_program({"stats", "m12", "--variant", "entry-freed", "--json"});
    EXPECT_EQ(spelled.code, 0) << spelled.err;
    EXPECT_EQ(hyphenated.json().at("variant"), "entry freed");
    EXPECT_EQ(hyphenated.json(), spelled.json());
    EXPECT_NE(run_program({"stats", "m12", "--variant", "entry-freedom"}).code, 0);
}

TEST(StatsVerb, MeasuredTimesStandApartAndBesideWhatRecordingCosts) {
    const json report = run_program({"stats", "m3", "--json", "--timing"}).json();
    EXPECT_GT(report.at("measured").at("recorder").at("ns_per_event").get<double>(), 0);
    for (const json& series : report.at("measured").at("series")) EXPECT_TRUE(series.contains("recorder_ns"));
    const Ended told = run_program({"stats", "m3", "--timing"});
    EXPECT_THAT(told.out, testing::HasSubstr("Virtual time"));
    EXPECT_THAT(told.out, testing::HasSubstr("Measured time"));
    EXPECT_THAT(told.out, testing::HasSubstr("Recording one event"));
    const Ended without = run_program({"stats", "m3"});
    EXPECT_THAT(without.out, testing::Not(testing::HasSubstr("Measured time\n")));
    EXPECT_EQ(without.out, run_program({"stats", "m3"}).out);
}

TEST(CompareVerb, TheSameScenarioDoesNotDiffer) {
    const Ended ended = run_program({"compare", "m3", "m3", "--json"});
    EXPECT_EQ(ended.code, 0) << ended.out;
    EXPECT_EQ(ended.json().at("same"), true);
    EXPECT_EQ(ended.json().at("compared_a"), ended.json().at("matched"));
    EXPECT_EQ(run_program({"compare", "m3", "m3"}).code, 0);
}

TEST(CompareVerb, TwoSchedulesDoTheSameThingsAtOtherTimes) {
    const ScratchDirectory scratch;
    const std::string a = scratch.file("a.chimney"), b = scratch.file("b.chimney");
    run_program({"run", "m3", "--record", a});
    run_program({"run", "m3", "--schedule", "lifo", "--record", b});
    const Ended ended = run_program({"compare", a, b, "--json", "--no-times"});
    EXPECT_EQ(ended.json().at("rules"), json::array());
    EXPECT_EQ(ended.json().at("differing_chains"), 0) << ended.json().at("divergences").dump(1);
    EXPECT_EQ(ended.code, 0);
}

TEST(CompareVerb, TwoScenariosDifferAndTheExitCodeSaysSo) {
    const Ended ended = run_program({"compare", "m1", "m2", "--json"});
    EXPECT_EQ(ended.code, 1);
    EXPECT_EQ(ended.json().at("same"), false);
    EXPECT_FALSE(ended.json().at("first_divergence").is_null());
    const Ended told = run_program({"compare", "m1", "m2"});
    EXPECT_EQ(told.code, 1);
    EXPECT_THAT(told.out, testing::HasSubstr("First divergence: "));
    EXPECT_THAT(told.out, testing::HasSubstr("A has 3 layers and B has 4"));
}

}  // namespace
}  // namespace chimneylab::command_line
