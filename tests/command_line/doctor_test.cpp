// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

TEST(DoctorVerb, FindsWhatThisMachineHas) {
    const Ended ended = run_program({"doctor", "--json"});
    EXPECT_EQ(ended.code, 0) << ended.out;
    const auto report = ended.json();
    EXPECT_EQ(report.at("complete"), true);
    std::vector<std::string> names;
    for (const auto& check : report.at("checks")) names.push_back(check.at("name"));
    EXPECT_THAT(names, testing::IsSupersetOf(
                           {"scenario library", "DDI headers", "C compiler", "display", "desktop", "sqlite3"}));
}

TEST(DoctorVerb, ReportsWhatIsMissingWithARemedy) {
    const Ended ended = run_program({"doctor", "--json"}, {"PATH=/nonexistent"});
    EXPECT_EQ(ended.code, 1);
    bool told = false;
    const auto report = ended.json();
    for (const auto& check : report.at("checks")) {
        if (check.at("name") != "C compiler") continue;
        told = true;
        EXPECT_EQ(check.at("found"), false);
        EXPECT_THAT(check.at("remedy").get<std::string>(), testing::HasSubstr("apt-get install gcc"));
    }
    EXPECT_TRUE(told);
    const Ended text = run_program({"doctor"}, {"PATH=/nonexistent"});
    EXPECT_EQ(text.code, 1);
    EXPECT_THAT(text.out, testing::HasSubstr("MISSING C compiler"));
}

TEST(DoctorVerb, TellsWhetherThereIsADisplay) {
    const auto state = [](const std::vector<std::string>& environment) {
        const auto report = run_program({"doctor", "--json"}, environment).json();
        for (const auto& check : report.at("checks")) {
            if (check.at("name") == "display") return check.at("found").get<bool>();
        }
        return false;
    };
    EXPECT_FALSE(state({"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}));
    EXPECT_TRUE(state({"DISPLAY=:1", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}));
    EXPECT_TRUE(state({"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM=offscreen"}));
}

}  // namespace
}  // namespace chimneylab::command_line
