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
    EXPECT_EQ(told.at("runs"), 60);
    EXPECT_TRUE(told.at("found").empty());
    EXPECT_EQ(run_program({"explore", "m1", "--budget", "60", "--json"}).out, ended.out);
}

TEST(ExploreVerb, TellsARunThatShowsIt) {
    const Ended ended = run_program({"explore", "m1", "--driver", "source-handle-forgotten", "--budget", "3", "--json"});
    ASSERT_EQ(ended.code, 1) << ended.out << ended.err;
    const auto told = ended.json();
    ASSERT_FALSE(told.at("found").empty());
    EXPECT_EQ(told.at("found").at(0).at("rule"), "IM-050");
    EXPECT_THAT(told.at("found").at(0).at("command").get<std::string>(), testing::HasSubstr("--driver source-handle-forgotten --schedule fifo"));
}

TEST(ExploreVerb, RefusesWhatItCannotRead) {
    EXPECT_EQ(run_program({"explore", "no-such-scenario"}).code, 2);
    EXPECT_EQ(run_program({"run", "m1", "--choices", "first"}).code, 2);
    EXPECT_EQ(run_program({"run", "m1", "--choices", "0,0"}).code, 0);
}

}  // namespace
}  // namespace chimneylab::command_line
