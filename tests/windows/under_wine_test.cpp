// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The drivers as .sys files that import NDIS.SYS, loaded by Wine, recorded by the probe and streamed by the relay: the recorder
// has the same history, event by event, as when the same scenario runs here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "engine/scenario/library.h"
#include "engine/scenario/run.h"
#include "engine/session/session.h"
#include "tests/windows/history_key.h"

namespace chimneylab {
namespace {

using ::testing::HasSubstr;

struct Outcome {
    int exit_code = -1;
    std::string words;
};

Outcome shell(const std::string& command) {
    Outcome outcome;
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    if (!pipe) return outcome;
    std::array<char, 4096> buffer;
    while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) outcome.words.append(buffer.data(), got);
    const int status = pclose(pipe);
    if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
    return outcome;
}

class UnderWine : public ::testing::Test {
protected:
    void SetUp() override {
        const Outcome build = shell(std::string(WINDOWS_SCRIPTS) + "/build.sh " + WINDOWS_BINARIES);
        if (build.exit_code == 77) GTEST_SKIP() << build.words;
        ASSERT_EQ(build.exit_code, 0) << build.words;
        std::string name = (std::filesystem::temp_directory_path() / "windows-test.XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override {
        if (!folder_.empty()) std::filesystem::remove_all(folder_);
    }
    [[nodiscard]] Outcome run(const std::string& options) const {
        return shell(std::string(WINDOWS_SCRIPTS) + "/run.sh --bin " + PROGRAMS + " --windows " + WINDOWS_BINARIES + " --into " +
                     folder_.string() + " " + options);
    }

    std::filesystem::path folder_;
};

TEST_F(UnderWine, HistoriesAreThoseOfLinuxEventByEvent) {
    const std::array scenarios{"m1", "m2", "m3", "m5", "m8"};
    std::string options;
    for (const char* id : scenarios) options += std::string(" --scenario ") + id;
    const Outcome outcome = run(options);
    if (outcome.exit_code == 77) GTEST_SKIP() << outcome.words;
    EXPECT_EQ(outcome.exit_code, 0) << outcome.words;
    for (const char* id : scenarios) {
        SCOPED_TRACE(id);
        const scenario::Loaded loaded = scenario::find_scenario(id);
        ASSERT_TRUE(loaded.scenario);
        const trace::Trace here = scenario::run(*loaded.scenario).trace;
        const auto there = session::load(folder_ / (std::string(id) + ".chimney"));
        ASSERT_TRUE(std::holds_alternative<trace::Trace>(there)) << outcome.words;
        const trace::Trace& recorded = std::get<trace::Trace>(there);
        EXPECT_EQ(first_difference(history_keys(here), history_keys(recorded)), "");
        EXPECT_EQ(recorded.description().scenario, id);
        EXPECT_THAT(recorded.description().producer, HasSubstr("chimneylab.sys"));
    }
}

// A driver of a person's own, from its source: the process that holds all drivers ends with it, and the session says so.
TEST_F(UnderWine, ADriverThatFaultsLeavesASessionThatTells) {
    const Outcome outcome = run("--scenario m2 --driver " CRASHING_DRIVER);
    if (outcome.exit_code == 77) GTEST_SKIP() << outcome.words;
    EXPECT_EQ(outcome.exit_code, 3) << outcome.words;
    EXPECT_THAT(outcome.words, HasSubstr("the process that holds all drivers has ended"));
    std::string notice;
    const auto recorded = session::load(folder_ / "m2.chimney", &notice);
    ASSERT_TRUE(std::holds_alternative<trace::Trace>(recorded)) << outcome.words;
    EXPECT_THAT(notice, HasSubstr("the driver's device is gone"));
    const trace::Trace& session = std::get<trace::Trace>(recorded);
    EXPECT_THAT(session.description().producer, HasSubstr("faulting_driver.sys"));
    // Up to the call in which it happened nothing is missing.
    const trace::Trace here = scenario::run(*scenario::find_scenario("m2").scenario).trace;
    std::vector<std::string> there_keys = history_keys(session), here_keys = history_keys(here);
    const auto call = std::find_if(here.events().begin(), here.events().end(), [&](const trace::Event& event) {
        return here.text(event.name) == "MiniportInitiateOffload";
    });
    ASSERT_NE(call, here.events().end());
    const std::size_t up_to = static_cast<std::size_t>(call - here.events().begin()) + 1;
    ASSERT_GE(there_keys.size(), up_to);
    there_keys.resize(up_to);
    here_keys.resize(up_to);
    EXPECT_EQ(first_difference(here_keys, there_keys), "");
}

// What cannot be run on Windows is told before anything of Wine is started: one clear sentence.
TEST(Refused, BeforeWineIsStarted) {
    if (shell("command -v wineserver").exit_code != 0) GTEST_SKIP() << "Wine is not installed";
    const std::string run = std::string(WINDOWS_SCRIPTS) + "/run.sh --bin " + PROGRAMS + " --windows " + WINDOWS_BINARIES + " ";
    for (const auto& [given, said] : {std::pair{"--driver /nowhere.sys", "there is no /nowhere.sys"},
                                      {"--driver /etc/hostname", "no .sys file, no .c file and no folder"},
                                      {"--driver " WINDOWS_SCRIPTS "/mingw", "there is no C source in"},
                                      {"--scenario m2 --variant 'ImReserved not restored'", "not built as .sys files"},
                                      {"--scenario m1 --scenario nosuch", "there is no scenario 'nosuch'"}}) {
        const Outcome outcome = shell(run + given);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.words;
        EXPECT_THAT(outcome.words, HasSubstr(said));
    }
}

}  // namespace
}  // namespace chimneylab
