// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A driver of one's own, as its owner goes: make the folder, build it, run it, break it, and read which promise it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

using testing::HasSubstr;

int shell(const std::string& command) { return std::system((command + " > /dev/null 2>&1").c_str()); }

std::string read(const std::string& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

TEST(NewDriver, IsBuiltRunBrokenAndJudged) {
    const ScratchDirectory scratch;
    const std::string folder = scratch.file("demo"), module = folder + "/build/demo.so";
    const Ended made = run_program({"new-driver", folder});
    ASSERT_EQ(made.code, 0) << made.err;
    EXPECT_THAT(made.out, HasSubstr("cmake -S " + folder));
    ASSERT_EQ(shell("cmake -S " + folder + " -B " + folder + "/build && cmake --build " + folder + "/build"), 0);
    for (const char* scenario : {"m5", "m14"}) {
        const Ended run = run_program({"run", scenario, "--driver", module, "--json"});
        EXPECT_EQ(run.code, 0) << scenario << run.err;
        EXPECT_TRUE(run.json().at("violations").empty()) << scenario;
    }
    // What the page proposes as the first thing to try.
    const std::string file = folder + "/call_entry.c";
    const std::string whole = read(file);
    const std::string broken = std::regex_replace(whole, std::regex("\n[^\n]*->SourceHandle = CallEntry[^;]*;"), "\n");
    ASSERT_NE(broken, whole);
    std::ofstream(file) << broken;
    ASSERT_EQ(shell("cmake --build " + folder + "/build"), 0);
    const Ended run = run_program({"run", "m2", "--driver", module, "--json"});
    EXPECT_EQ(run.code, 1) << run.err;
    EXPECT_THAT(run.out, HasSubstr("IM-050"));
}

TEST(NewDriver, TouchesNothingThatIsThere) {
    const ScratchDirectory scratch;
    const std::string folder = scratch.file("mine");
    std::filesystem::create_directory(folder);
    scratch.write("mine/notes.txt", "keep me");
    const Ended refused = run_program({"new-driver", folder});
    EXPECT_EQ(refused.code, 2);
    EXPECT_EQ(refused.error_lines(), 1u);
    EXPECT_THAT(refused.err, HasSubstr("is not empty"));
    EXPECT_EQ(read(folder + "/notes.txt"), "keep me");
    for (const char* name : {"9lives", "a b", "x.so"}) {
        const Ended bad = run_program({"new-driver", scratch.file(name)});
        EXPECT_EQ(bad.code, 2) << name;
        EXPECT_FALSE(std::filesystem::exists(scratch.file(name))) << name;
    }
}

}  // namespace
}  // namespace chimneylab::command_line
