// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The host program as a driver developer meets it: the real program, a real shared object, exit codes and words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <ostream>
#include <string>

#include "engine/scenario/scenario.h"
#include "engine/session/session.h"

namespace {

using namespace chimneylab;
using ::testing::HasSubstr;

struct Outcome {
    int exit_code = -1;
    std::string words;  // both streams
};

Outcome host(const std::string& arguments) {
    FILE* pipe = popen((std::string(HOST_PROGRAM) + " " + arguments + " 2>&1").c_str(), "r");
    Outcome outcome;
    if (!pipe) return outcome;
    std::array<char, 4096> buffer;
    while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) outcome.words.append(buffer.data(), got);
    const int status = pclose(pipe);
    if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
    return outcome;
}

const std::string reference = std::string("--driver ") + REFERENCE_DRIVER;

TEST(Host, RunsEveryScenarioAroundADriverFromAFile) {
    for (const std::string scenario : {"m1", "m2", "m3", "m4"}) {
        const Outcome outcome = host(reference + " --scenario " + scenario);
        EXPECT_EQ(outcome.exit_code, 0) << scenario << ": " << outcome.words;
        EXPECT_THAT(outcome.words, HasSubstr("fingerprint")) << scenario;
    }
}

TEST(Host, EveryLayerHasAnImageOfItsOwnAndEveryRunIsTheSame) {
    const std::string two_layers = reference + " " + reference + " --scenario m2 --schedule seed:7";
    const Outcome first = host(two_layers);
    EXPECT_EQ(first.exit_code, 0) << first.words;
    EXPECT_EQ(first.words, host(two_layers).words);
}

TEST(Host, RecordsASessionThatNamesTheDriver) {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("host-test-" + std::to_string(getpid()) + ".chimney");
    const Outcome outcome = host(reference + " --scenario m1 --record " + file.string());
    EXPECT_EQ(outcome.exit_code, 0) << outcome.words;
    const auto loaded = session::load(file);
    const auto* trace = std::get_if<trace::Trace>(&loaded);
    ASSERT_NE(trace, nullptr) << std::get<session::Problem>(loaded).to_text();
    ASSERT_EQ(trace->layers().size(), 3u);
    EXPECT_EQ(trace->text(trace->layers()[1].driver), std::filesystem::path(REFERENCE_DRIVER).filename().string());
    std::filesystem::remove(file);
}

// The name is the mistake: the machine itself has to notice that the completion comes back for ever.
TEST(Host, LoadsTheDriversWithMistakesThatScenariosName) {
    const Outcome outcome = host("--driver reference --driver source-handle-forgotten --scenario m2");
    EXPECT_EQ(outcome.exit_code, 1) << outcome.words;
    EXPECT_THAT(outcome.words, HasSubstr("finding"));
    const Outcome correct = host("--driver reference --driver reference --scenario m2");
    EXPECT_EQ(correct.exit_code, 0) << correct.words;
}

TEST(Host, LoadsEveryDriverWithAMistake) {
    for (const scenario::KnownDriver& driver : scenario::known_drivers()) {
        if (driver.role != trace::LayerRole::intermediate_driver) continue;  // scenario_variants_test runs those
        const Outcome outcome = host("--driver " + std::string(driver.name) + " --scenario m1");
        EXPECT_LE(outcome.exit_code, 1) << driver.name << ": " << outcome.words;
        EXPECT_GE(outcome.exit_code, 0) << driver.name << ": " << outcome.words;
    }
}

// Two layers, two mistakes: each image has its own globals.
TEST(Host, GivesEveryFloorItsOwnMistake) {
    const auto words = [](const char* upper, const char* lower) {
        return host(std::string("--scenario m2 --driver ") + upper + " --driver " + lower).words;
    };
    const std::string both = words("call-entry-leaks", "port-changed");
    EXPECT_NE(both, words("call-entry-leaks", "call-entry-leaks"));
    EXPECT_NE(both, words("port-changed", "port-changed"));
    EXPECT_NE(both, words("port-changed", "call-entry-leaks"));
}

struct BadInput {
    const char* arguments;
    const char* words;
    friend void PrintTo(const BadInput& input, std::ostream* out) { *out << input.words; }
};

class RefusedByTheHost : public testing::TestWithParam<BadInput> {};

TEST_P(RefusedByTheHost, SaysWhatAndExitsWithTwo) {
    const Outcome outcome = host(GetParam().arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.words;
    EXPECT_THAT(outcome.words, HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    Arguments, RefusedByTheHost,
    testing::Values(BadInput{"--driver /nonexistent.so", "cannot open the driver: No such file or directory"},
                    BadInput{"--driver /", "not a file"},
                    BadInput{"--driver /proc/self/status", "not a 64-bit ELF shared object"},
                    BadInput{"--driver " HOST_PROGRAM, "cannot be loaded"},
                    BadInput{"--driver " REFERENCE_DRIVER " --scenario nosuch", "there is no scenario 'nosuch'"},
                    BadInput{"--driver " REFERENCE_DRIVER " --driver " REFERENCE_DRIVER " --scenario m1",
                             "has 1 intermediate driver(s)"},
                    BadInput{"--driver " REFERENCE_DRIVER " --schedule backwards", "--schedule"},
                    BadInput{"--driver " REFERENCE_DRIVER " --record /nonexistent/folder/a.chimney", "/nonexistent/folder"}));

}  // namespace
