// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The drivers as .sys files that import NDIS.SYS, loaded by Wine, recorded by the probe and streamed by the relay: the recorder
// has the same history, event by event, as when the same scenario runs here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

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
    // A driver with a mistake is no .sys file: one clear sentence, and nothing hangs.
    const Outcome refused = run("--scenario m2 --variant 'ImReserved not restored'");
    EXPECT_EQ(refused.exit_code, 2) << refused.words;
    EXPECT_THAT(refused.words, HasSubstr("not built as .sys files"));
}

}  // namespace
}  // namespace chimneylab
