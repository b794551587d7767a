// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Bad input and bad usage: exit code 2, nothing on the output, one line for each problem on the error stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

struct Usage {
    const char* name;
    std::vector<std::string> arguments;
    const char* told;
};

class BadUsage : public testing::TestWithParam<Usage> {};

TEST_P(BadUsage, IsRefusedInOneLine) {
    const Ended ended = run_program(GetParam().arguments);
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.error_lines(), 1u) << ended.err;
    EXPECT_THAT(ended.err, testing::HasSubstr(GetParam().told));
}

const Usage usages[] = {
    {"NoVerb", {}, "no verb was given"},
    {"UnknownVerb", {"rnu", "m1"}, "there is no verb 'rnu'. Did you mean 'run'?"},
    {"UnknownOption", {"layout", "--jsno"}, "--jsno"},
    {"MissingScenario", {"run"}, "SCENARIO is required"},
    {"TooManyArguments", {"run", "m1", "m2"}, "m2"},
    {"UnknownColor", {"--color", "sometimes", "doctor"}, "sometimes"},
    {"UnknownStructure", {"layout", "NDIS_OFFLOAD_HANDEL"}, "Did you mean 'NDIS_OFFLOAD_HANDLE'?"},
    {"UnknownArchitecture", {"layout", "--arch", "arm64"}, "Use --arch x64 or --arch x86."},
    {"UnknownScenario", {"run", "m0"}, "no scenario 'm0'"},
    {"UnknownVariant", {"run", "m1", "--variant", "nonsense"}, "no variant 'nonsense'"},
    {"BadSchedule", {"run", "m1", "--schedule", "sometimes"}, "--schedule"},
    {"BadSeed", {"run", "m1", "--schedule", "seed:x"}, "--schedule"},
    {"DriverFile", {"run", "m1", "--driver", "x.so"}, "x.so: cannot open the driver: No such file or directory. Check the path"},
    {"DriverName", {"run", "m1", "--driver", "source-handle-forgoten"}, "no driver of this name"},
    {"TooManyDrivers", {"run", "m1", "--driver", "reference", "--driver", "reference"}, "has 1 intermediate driver"},
    {"NoDriverAtAll", {"run", "m1", "--driver", CHIMNEYLAB_CLI}, "cannot be loaded"},
    {"NoSuchFile", {"run", "./no-such-file.yaml"}, "./no-such-file.yaml: there is no such file"},
    {"ADirectory", {"run", "/tmp/"}, "no regular file"},
    {"NoSuchSession", {"show", "/no/such/session.chimney"}, "/no/such/session.chimney"},
    {"NotASession", {"show", CHIMNEYLAB_CLI}, CHIMNEYLAB_CLI},
    {"VerifyNothing", {"verify"}, "SESSION is required"},
    {"VerifyNoSuchSession", {"verify", "/no/such/session.chimney", "--json"}, "/no/such/session.chimney"},
    {"VerifyNotASession", {"verify", CHIMNEYLAB_CLI}, CHIMNEYLAB_CLI},
    {"UnknownRule", {"rules", "IM-999"}, "there is no rule 'IM-999'"},
    {"StatsOfNothing", {"stats", "/no/such/session.chimney"}, "/no/such/session.chimney"},
    {"StatsNotASession", {"stats", CHIMNEYLAB_CLI}, CHIMNEYLAB_CLI},
    {"StatsBadSchedule", {"stats", "m1", "--schedule", "seed:x"}, "--schedule"},
    {"CompareOne", {"compare", "m1"}, "B is required"},
    {"CompareNothing", {"compare", "m1", "/no/such/session.chimney"}, "/no/such/session.chimney"},
    {"CompareThreshold", {"compare", "m1", "m1", "--threshold", "-1"}, "--threshold"},
    {"CompareThresholdWord", {"compare", "m1", "m1", "--threshold", "much"}, "--threshold"},
    {"UnwritableRecord", {"run", "m1", "--json", "--record", "/no/such/directory/a.chimney"}, "/no/such/directory"},
};

INSTANTIATE_TEST_SUITE_P(All, BadUsage, testing::ValuesIn(usages),
                         [](const auto& tested) { return tested.param.name; });

TEST(BadScenario, IsToldWithFileLineColumnAndRemedy) {
    const ScratchDirectory scratch;
    const std::string file = scratch.write("broken.yaml", "id: broken\ntitle: x\nteaches: y\nmachin: {}\n");
    const Ended ended = run_program({"run", file, "--json"});
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err,
                testing::HasSubstr(file + ":4:1: unknown key 'machin' in a scenario. Did you mean 'machine'?\n"));
}

TEST(BadScenario, ControlCharactersOfAFileDoNotReachTheTerminal) {
    const ScratchDirectory scratch;
    const std::string file = scratch.write("evil.yaml", "\"\\e[2Jid\": x\n");
    const Ended ended = run_program({"run", file});
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.err.find('\x1b'), std::string::npos);
}

TEST(Output, AFullDiskIsReported) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP();
    const int code = std::system((std::string(CHIMNEYLAB_CLI) + " layout --json >/dev/full 2>/dev/null").c_str());
    EXPECT_EQ(WEXITSTATUS(code), 2);
}

}  // namespace
}  // namespace chimneylab::command_line
