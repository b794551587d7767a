// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

TEST(ExploreVerb, FindsNothingWithCorrectDrivers) {
    const Ended ended = run_program({"explore", "m1", "--budget", "60", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.out << ended.err;
    const auto told = ended.json();
    EXPECT_EQ(told.at("complete"), true);
    EXPECT_GE(told.at("schedules"), 3);
    EXPECT_LE(told.at("schedules"), 60);
    EXPECT_EQ(told.at("violating"), 0);
    EXPECT_TRUE(told.at("found").empty());
    // All but the time.
    const auto without_time = [](auto json) {
        json.erase("seconds");
        json.erase("schedules_per_second");
        return json;
    };
    EXPECT_EQ(without_time(run_program({"explore", "m1", "--budget", "60", "--workers", "1", "--json"}).json()), without_time(told));
    EXPECT_EQ(without_time(run_program({"explore", "m1", "--budget", "60", "--workers", "3", "--json"}).json()), without_time(told));
}

TEST(ExploreVerb, TellsChoicesThatRunFindsTheSameEventWith) {
    const Ended ended = run_program({"explore", "m8", "--variant", "completion-twice", "--budget", "30", "--json"});
    const auto told = ended.json();
    for (const auto& found : told.at("found")) {
        if (found.at("rule").is_null()) continue;
        const std::string choices = found.at("choices");
        const auto run = run_program({"run", "m8", "--variant", "completion-twice", choices.empty() ? "--schedule" : "--choices", choices.empty() ? "fifo" : choices, "--json"}).json();
        bool there = false;
        for (const auto& violation : run.at("violations")) there = there || (violation.at("rule") == found.at("rule") && violation.at("event") == found.at("event"));
        EXPECT_TRUE(there) << found;
    }
}

TEST(ExploreVerb, TellsARunThatShowsIt) {
    const Ended ended = run_program({"explore", "m1", "--driver", "source-handle-forgotten", "--budget", "3", "--json"});
    ASSERT_EQ(ended.code, 1) << ended.out << ended.err;
    const auto told = ended.json();
    ASSERT_FALSE(told.at("found").empty());
    EXPECT_EQ(told.at("found").at(0).at("rule"), "IM-050");
    EXPECT_TRUE(told.at("found").at(0).at("event").is_number());
    EXPECT_THAT(told.at("found").at(0).at("desktop").get<std::string>(), testing::HasSubstr("chimneylab --scenario m1 --driver source-handle-forgotten --schedule fifo --event "));
    EXPECT_THAT(told.at("found").at(0).at("command").get<std::string>(), testing::HasSubstr("--driver source-handle-forgotten --schedule fifo"));
}

TEST(ExploreVerb, RefusesWhatItCannotRead) {
    EXPECT_EQ(run_program({"explore", "no-such-scenario"}).code, 2);
    EXPECT_EQ(run_program({"run", "m1", "--choices", "first"}).code, 2);
    EXPECT_EQ(run_program({"run", "m1", "--choices", "0,0"}).code, 0);
}

}  // namespace
}  // namespace chimneylab::command_line
