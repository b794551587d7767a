// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/session/session.h"
#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

std::string content(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

class ComesBack : public testing::TestWithParam<const char*> {};

TEST_P(ComesBack, AnEqualSession) {
    const ScratchDirectory scratch;
    const std::string session = scratch.file("a.chimney"), exported = scratch.file("a.out"), back = scratch.file("b.chimney");
    ASSERT_EQ(run_program({"run", "m2", "--record", session}).code, 0);
    const Ended out = run_program({"export", session, "--format", GetParam(), "-o", exported});
    ASSERT_EQ(out.code, 0) << out.err;
    const Ended in = run_program({"import", exported, "-o", back});
    ASSERT_EQ(in.code, 0) << in.err;
    const auto before = session::load(session), after = session::load(back);
    ASSERT_TRUE(std::holds_alternative<trace::Trace>(before) && std::holds_alternative<trace::Trace>(after));
    EXPECT_EQ(std::get<trace::Trace>(before), std::get<trace::Trace>(after));
}

INSTANTIATE_TEST_SUITE_P(Formats, ComesBack, testing::Values("perfetto", "csv", "json"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(ExportVerb, WritesEachFormat) {
    const ScratchDirectory scratch;
    for (const auto& [format, beginning] : {std::pair{"perfetto", "{\"displayTimeUnit\""}, {"csv", "record,"}, {"json", "{\"format\""},
                                            {"html", "<!DOCTYPE html>"}, {"svg", "<?xml"}, {"pcapng", "\x0A\x0D\x0D\x0A"}}) {
        const std::string file = scratch.file(std::string("m1.") + format);
        const Ended ended = run_program({"export", "m1", "--format", format, "-o", file});
        ASSERT_EQ(ended.code, 0) << format << ": " << ended.err;
        EXPECT_EQ(content(file).rfind(beginning, 0), 0u) << format;
        EXPECT_THAT(ended.out, testing::HasSubstr(" events are in "));
    }
    const std::string directory = scratch.file("m1-ctf");
    ASSERT_EQ(run_program({"export", "m1", "--format", "ctf", "-o", directory}).code, 0);
    EXPECT_EQ(content(directory + "/metadata").rfind("/* CTF 1.8 */", 0), 0u);
    EXPECT_EQ(content(directory + "/stream").rfind("\xC1\x1F\xFC\xC1", 0), 0u);
    // A real run is broken by nothing: the report says so.
    EXPECT_THAT(content(scratch.file("m1.html")), testing::HasSubstr("rules were judged"));
}

TEST(ExportVerb, BadInputIsOneLineAndWritesNothing) {
    const ScratchDirectory scratch;
    const std::string file = scratch.file("a.out"), garbage = scratch.write("garbage.csv", "a,b\n1,2\n");
    const struct {
        std::vector<std::string> arguments;
        const char* told;
    } cases[] = {
        {{"export", "m1", "--format", "perfeto", "-o", file}, "Did you mean 'perfetto'?"},
        {{"export", "m1", "--format", "csv"}, "--output is required"},
        {{"export", "m1", "-o", file}, "--format is required"},
        {{"export", "/no/such.chimney", "--format", "csv", "-o", file}, "/no/such.chimney"},
        {{"export", "m1", "--format", "csv", "-o", "/no/such/directory/a.csv"}, "cannot be written"},
        {{"export", "m1", "--format", "csv", "-o", "/tmp"}, "is a directory"},
        {{"export", "m1", "--format", "svg", "--from", "100000", "-o", file}, "there is no event 100000"},
        {{"export", "m1", "--format", "svg", "--from", "20", "--to", "10", "-o", file}, "--to lies before --from"},
        {{"import", garbage, "-o", file}, "is no exported session"},
        {{"import", "/no/such.json", "-o", file}, "no such file"},
        {{"import", garbage}, "--output is required"},
    };
    for (const auto& each : cases) {
        const Ended ended = run_program(each.arguments);
        EXPECT_EQ(ended.code, 2) << ended.out;
        EXPECT_EQ(ended.out, "");
        EXPECT_EQ(ended.error_lines(), 1u) << ended.err;
        EXPECT_THAT(ended.err, testing::HasSubstr(each.told));
        EXPECT_FALSE(std::filesystem::exists(file));
    }
}

}  // namespace
}  // namespace chimneylab::command_line
