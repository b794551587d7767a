// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

TEST(ScenariosVerb, ListsTheLibrary) {
    const Ended ended = run_program({"scenarios", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    std::vector<std::string> ids;
    const auto library = ended.json();
    for (const auto& item : library.at("scenarios")) {
        ids.push_back(item.at("id"));
        EXPECT_FALSE(item.at("title").get<std::string>().empty());
        EXPECT_FALSE(item.at("teaches").get<std::string>().empty());
        EXPECT_FALSE(item.at("rules").empty());
        EXPECT_TRUE(item.at("variants").is_array());
    }
    EXPECT_THAT(ids, testing::IsSupersetOf({"m1", "m2", "m3", "m4"}));
    const Ended text = run_program({"scenarios"});
    EXPECT_EQ(text.code, 0);
    EXPECT_THAT(text.out, testing::HasSubstr("One completion travels up"));
}

TEST(ScenariosVerb, TellsWhichFileOfTheLibraryIsBroken) {
    const ScratchDirectory scratch;
    const std::string file = scratch.write("bad.yaml", "id: bad\ntilte: x\n");
    const std::string directory = std::filesystem::path(file).parent_path().string();
    const Ended ended = run_program({"scenarios", "--json"}, {"CHIMNEYLAB_SCENARIOS=" + directory});
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, testing::HasSubstr(file + ":2:1: unknown key 'tilte'"));
    EXPECT_FALSE(ended.json().at("scenarios").empty());
}

TEST(Program, KnowsItsVersionAndItsHeaders) {
    EXPECT_THAT(run_program({"--version"}).out, testing::MatchesRegex("chimneylab-cli [0-9]+\\.[0-9]+\\.[0-9]+\n"));
    const Ended include = run_program({"--ddi-include"});
    EXPECT_EQ(include.code, 0);
    const std::filesystem::path directory = include.out.substr(0, include.out.size() - 1);
    EXPECT_TRUE(std::filesystem::exists(directory / "ndis.h"));
    const Ended help = run_program({"--help"});
    EXPECT_EQ(help.code, 0);
    for (const char* verb : {"layout", "scenarios", "run", "show", "doctor"})
        EXPECT_THAT(help.out, testing::HasSubstr(verb));
    EXPECT_THAT(run_program({"run", "--help"}).out, testing::HasSubstr("--driver FILE"));
}

}  // namespace
}  // namespace chimneylab::command_line
