// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What is refused, with its place and its remedy: a small good scenario with one thing replaced in it at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "engine/scenario/load.h"
#include "tests/scenario/scenario_texts.h"

namespace chimneylab::scenario {
namespace {

struct Case {
    const char* name;
    const char* replaced;
    const char* by;
    int line;
    int column;
    const char* what;    // part of the message
    const char* remedy;  // part of the remedy
};

const Case cases[] = {
    {"UnknownKey", "title: A", "tilte: A", 1, 1, "needs the key 'title'", "Add 'title:'"},
    {"UnknownTopKey", "title: A small one", "title: A small one\nscedule: fifo", 3, 1,
     "unknown key 'scedule' in a scenario", "Did you mean 'schedule'?"},
    {"UnknownStepKey", "initiate:", "innitiate:", 16, 22, "unknown key 'innitiate' in a step",
     "Did you mean 'initiate'?"},
    {"UnknownObjectKey", "{ path: P1 }", "{ path: P1, RcvNext: 5 }", 13, 21, "unknown key 'RcvNext' in a connection",
     "Did you mean 'RcvNxt'?"},
    {"DuplicateKey", "title: A small one", "title: A small one\ntitle: Again", 3, 1, "'title' stands twice",
     "Keep one"},
    {"TextForNumber", "{ path: P1 }", "{ path: P1, LocalPort: http }", 13, 32, "LocalPort should be a number",
     "0 to 65535"},
    {"QuotedNumber", "{ path: P1 }", "{ path: P1, LocalPort: \"80\" }", 13, 32, "LocalPort should be a number",
     "0 to 65535"},
    {"NumberTooLarge", "{ path: P1 }", "{ path: P1, LocalPort: 65536 }", 13, 32, "cannot be '65536'", "0 to 65535"},
    {"NegativeNumber", "{ path: P1 }", "{ path: P1, RcvNxt: -1 }", 13, 29, "cannot be '-1'", "whole number"},
    {"Fraction", "{ path: P1 }", "{ path: P1, RcvNxt: 1.5 }", 13, 29, "RcvNxt", "whole number"},
    {"OverflowingNumber", "{ path: P1 }", "{ path: P1, RcvNxt: 99999999999999999999999 }", 13, 29, "cannot be",
     "whole number"},
    {"ListForMapping", "objects:\n", "objects: []\nx:\n", 7, 10, "is a mapping", "key: value"},
    {"MappingForList", "  intermediate_drivers:\n    - { driver: reference }",
     "  intermediate_drivers: { driver: reference }", 5, 25, "should be a list", "Write a list"},
    {"TextForList", "  intermediate_drivers:\n    - { driver: reference }", "  intermediate_drivers: 3", 5, 25,
     "should be a list", "Write a list"},
    {"ListForText", "title: A small one", "title: [A, small, one]", 2, 8, "should be text, but this is a list",
     "one value"},
    {"NothingForText", "title: A small one", "title:", 2, 1, "should be text, but this is nothing", "one value"},
    {"UnknownFault", "objects:\n", "  faults: [{ fault: memory-fails }]\nobjects:\n", 7, 21, "memory-fails",
     "Use one of: allocation-fails"},
    {"FaultWithoutWay", "objects:\n", "  faults: [{ fault: allocation-fails }]\nobjects:\n", 7, 12, "does not say which allocations fail",
     "nth (one of them)"},
    {"FaultWithTwoWays", "objects:\n", "  faults: [{ fault: allocation-fails, nth: 1, from: 2 }]\nobjects:\n", 7, 12, "does not say which allocations fail",
     "nth (one of them)"},
    {"FaultKeyOutOfPlace", "objects:\n", "  faults: [{ fault: completion-early, operation: query, by: 5 us }]\nobjects:\n", 7, 57, "'by' has no meaning beside 'completion-early'",
     "Remove it"},
    {"FaultWithoutOperation", "objects:\n", "  faults: [{ fault: completion-dropped }]\nobjects:\n", 7, 12, "does not say which operation",
     "operation: query"},
    {"FaultWithoutDelay", "objects:\n", "  faults: [{ fault: completion-delayed, operation: query }]\nobjects:\n", 7, 12, "by how much",
     "by: 50 us"},
    {"FaultWithoutStatus", "objects:\n", "  faults: [{ fault: status-chosen, operation: query }]\nobjects:\n", 7, 12, "which status",
     "NDIS_STATUS_FAILURE"},
    {"FaultWithWrongStatus", "objects:\n", "  faults: [{ fault: status-chosen, operation: query, status: NDIS_STATUS_RESOURCES }]\nobjects:\n", 7, 62, "NDIS_STATUS_SUCCESS and NDIS_STATUS_FAILURE only",
     "belong to initiate"},
    {"FaultOfUnknownObject", "objects:\n", "  faults: [{ fault: status-chosen, operation: query, object: T9, status: NDIS_STATUS_FAILURE }]\nobjects:\n", 7, 62, "there is no object 'T9'",
     "Did you mean 'T1'"},
    {"FaultOfUnknownLayer", "objects:\n", "  faults: [{ fault: allocation-fails, layer: IM 7, nth: 1 }]\nobjects:\n", 7, 46, "there is no driver 'IM 7'",
     "Did you mean 'IM 1'"},
    {"FaultOfTheHostStack", "objects:\n", "  faults: [{ fault: completion-dropped, layer: host stack, operation: query }]\nobjects:\n", 7, 48, "there is no driver 'host stack'",
     "Use one of: IM 1, offload target"},
    {"FaultWithShortTag", "objects:\n", "  faults: [{ fault: allocation-fails, tag: IM, nth: 1 }]\nobjects:\n", 7, 44, "four characters",
     "IMce"},
    {"UnloadTheTarget", "initiate: \"N1{P1{T1,T2}}\"", "unload: offload target", 16, 30, "stays loaded", "another layer"},
    {"BindTheTarget", "initiate: \"N1{P1{T1,T2}}\"", "bind: offload target", 16, 28, "has no protocol edge", "another layer"},
    {"HaltTheHostStack", "initiate: \"N1{P1{T1,T2}}\"", "halt: host stack", 16, 28, "has no adapter", "another layer"},
    {"PauseNobody", "initiate: \"N1{P1{T1,T2}}\"", "pause: IM 9", 16, 29, "there is no layer 'IM 9'", "Did you mean 'IM 1'"},
    {"UnknownOid", "initiate: \"N1{P1{T1,T2}}\"", "request: OID_X", 16, 31, "OID_X", "Use one of: OID_GEN"},
    {"ValueOfAQuery", "initiate: \"N1{P1{T1,T2}}\"", "request: OID_GEN_STATISTICS, value: 3", 16, 51, "is not set to a number", "Remove 'value'"},
    {"SwitchOfAnotherOid", "initiate: \"N1{P1{T1,T2}}\"", "request: OID_GEN_STATISTICS, TcpConnectionIPv4: disabled", 16, 51, "belongs to OID_TCP_OFFLOAD_PARAMETERS", "Remove it"},
    {"OddSwitch", "initiate: \"N1{P1{T1,T2}}\"", "request: OID_TCP_OFFLOAD_PARAMETERS, TcpConnectionIPv6: no", 16, 78, "'enabled' or 'disabled'", "without the key nothing changes"},
    {"NoSwitch", "initiate: \"N1{P1{T1,T2}}\"", "request: OID_TCP_OFFLOAD_PARAMETERS", 16, 31, "does not say to what", "Add 'TcpConnectionIPv4: disabled'"},
    {"OddLink", "initiate: \"N1{P1{T1,T2}}\"", "link: sideways", 16, 28, "a link goes 'up' or 'down'", "Write one of the two"},
    {"SleepOfTheTop", "initiate: \"N1{P1{T1,T2}}\"", "sleep: host stack", 16, 29, "the host stack has no adapter", "Name another layer"},
    {"CapabilitiesOfAPause", "initiate: \"N1{P1{T1,T2}}\"", "status: NDIS_STATUS_OFFLOAD_PAUSE, capabilities: no", 16, 57, "come with NDIS_STATUS_OFFLOAD_RESUME", "Remove it"},
    {"MissingDriver", "driver: reference", "driver: refrence", 6, 17, "there is no driver 'refrence'",
     "Did you mean 'reference'?"},
    {"UnknownDriver", "driver: reference", "driver: windows", 6, 17, "there is no driver 'windows'",
     "Use one of: reference, no-provider-generic-table"},
    {"NoDriver", "{ driver: reference }", "{ name: IM 1 }", 6, 7, "needs the key 'driver'", "Add 'driver:'"},
    {"TooManyDrivers", "    - { driver: reference }",
     "    - { driver: reference }\n    - { driver: reference }\n    - { driver: reference }\n    - { driver: reference "
     "}\n"
     "    - { driver: reference }\n    - { driver: reference }\n    - { driver: reference }\n    - { driver: reference "
     "}\n"
     "    - { driver: reference }",
     6, 5, "has 9 items, more than 8", "Keep it to 8"},
    {"TwoDriversOfOneName", "    - { driver: reference }",
     "    - { name: X, driver: reference }\n    - { name: X, driver: reference }", 7, 15, "taken by another layer",
     "another name"},
    {"AbsurdVirtualMiniports", "driver: reference", "driver: reference, virtual_miniports: 1000000", 6, 47,
     "cannot be '1000000'", "1 to 8"},
    {"UnknownMode", "machine:\n", "machine:\n  mode: stirct\n", 5, 9, "'stirct' is not a machine mode",
     "Did you mean 'strict'?"},
    {"TwoObjectsOfOneName", "P1: {", "N1: {", 11, 5, "two objects with the name 'N1'", "its own name"},
    {"UnknownNeighbor", "neighbor: N1", "neighbor: N7", 11, 21, "there is no neighbor 'N7'", "Did you mean 'N1'?"},
    {"UnknownPath", "T2: { path: P1 }", "T2: { path: Q9 }", 14, 17, "there is no path 'Q9'", "P1"},
    {"BadHardwareAddress", "02-00-5e-10-00-01", "02-00-5e-10-00", 9, 33, "DlDestinationAddress cannot be", "six bytes"},
    {"BadAddress", "192.0.2.10", "192.0.2.300", 11, 40, "SourceAddress cannot be '192.0.2.300'", "IPv4 or IPv6"},
    {"MixedFamilies", "198.51.100.7", "\"2001:db8::7\"", 11, 72, "different families", "IPv4 or IPv6"},
    {"BadObjectName", "T2: {", "\"T 2\": {", 14, 5, "cannot be 'T 2'", "letters, digits"},
    {"PlaceholderAsName", "T2: {", "_: {", 14, 5, "cannot be '_'", "letters"},
    {"NoSteps", "steps:\n  - { name: offload, initiate: \"N1{P1{T1,T2}}\" }", "steps: []", 15, 8, "at least one step",
     "Add a step"},
    {"StepDoesNothing", ", initiate: \"N1{P1{T1,T2}}\"", "", 16, 5, "this step does nothing", "initiate"},
    {"StepDoesTwoThings", ", initiate:", ", query: T1, initiate:", 16, 22, "does one thing", "two steps"},
    {"CycleInTree", "N1{P1{T1,T2}}", "N1{P1{N1}}", 16, 39, "a cycle in the tree: 'N1' depends on itself", "one block"},
    {"TwiceInTree", "N1{P1{T1,T2}}", "N1{P1{T1,T1}}", 16, 42, "'T1' stands twice", "one block"},
    {"UnknownObjectInTree", "N1{P1{T1,T2}}", "N1{P1{T1,T3}}", 16, 42, "'T3', which is no object", "Did you mean 'T"},
    {"WrongLayerInTree", "N1{P1{T1,T2}}", "N1{T1}", 16, 36, "'T1' is a connection but stands where a path belongs",
     "siblings are of one layer"},
    {"BracketMissing", "N1{P1{T1,T2}}", "N1{P1{T1,T2}", 16, 45, "'}' is missing", "N1{P1{"},
    {"KeyWithoutMeaning", "name: offload,", "name: offload, bytes: 5,", 16, 22,
     "'bytes' has no meaning beside 'initiate'", "Remove it"},
    {"NoSuchVirtualMiniport", "name: offload,", "name: offload, virtual_miniport: 2,", 16, 40,
     "bound to 1 adapter, not to 2", "virtual_miniports"},
    {"BadSchedule", "steps:\n", "schedule: random\nsteps:\n", 15, 11, "'random' is no schedule", "seed:7"},
    {"BadSeed", "steps:\n", "schedule: \"seed:-1\"\nsteps:\n", 15, 11, "is no schedule", "seed:7"},
    {"BadDuration", "machine:\n", "machine:\n  target: { per_block: 5 }\n", 5, 24, "cannot be '5'", "500 ns"},
    {"AbsurdDuration", "machine:\n", "machine:\n  target: { per_block: 99999999 s }\n", 5, 24, "longer than an hour",
     "shorter"},
    {"BadRule", "title: A small one", "title: A small one\nrules: [IM-1]", 3, 9, "'IM-1' is no rule number", "IM-049"},
    {"BadId", "id: small", "id: Small One", 1, 5, "the id cannot be", "small letters"},
    {"WrongParent", "N1{P1{T1,T2}}", "N1{P2{T1}}", 16, 36, "'P2', which is no object", "Did you mean 'P1'?"},
};

class ScenarioProblem : public testing::TestWithParam<Case> {};

TEST_P(ScenarioProblem, IsToldWithPlaceAndRemedy) {
    const Case& wrong = GetParam();
    std::string text = small_scenario;
    const std::size_t at = text.find(wrong.replaced);
    ASSERT_NE(at, std::string::npos) << wrong.replaced;
    text.replace(at, std::strlen(wrong.replaced), wrong.by);
    const Loaded loaded = load_text("small.yaml", text);
    EXPECT_FALSE(loaded.scenario);
    ASSERT_FALSE(loaded.problems.empty());
    std::string all;
    bool found = false;
    for (const Problem& problem : loaded.problems) {
        all += problem.to_text() + "\n";
        EXPECT_EQ(problem.file, "small.yaml");
        EXPECT_FALSE(problem.remedy.empty()) << problem.to_text();
        found = found || (problem.line == wrong.line && problem.column == wrong.column &&
                          problem.what.find(wrong.what) != std::string::npos &&
                          problem.remedy.find(wrong.remedy) != std::string::npos);
    }
    EXPECT_TRUE(found) << "expected " << wrong.line << ":" << wrong.column << " " << wrong.what << " / " << wrong.remedy
                       << "\n"
                       << all << text;
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioProblem, testing::ValuesIn(cases),
                         [](const auto& tested) { return tested.param.name; });

TEST(ScenarioFile, TheSmallScenarioIsGood) {
    const Loaded loaded = load_text("small.yaml", small_scenario);
    for (const Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_text();
    ASSERT_TRUE(loaded.scenario);
    EXPECT_EQ(loaded.scenario->machine.intermediate_drivers.at(0).name, "IM 1");
    EXPECT_EQ(loaded.scenario->steps.at(0).tree.to_text(), "N1{P1{T1,T2}}");
    EXPECT_NE(loaded.scenario->objects.connections[0].LocalPort, loaded.scenario->objects.connections[1].LocalPort);
}

TEST(ScenarioFile, TellsSeveralProblemsAtOnceInTheOrderOfTheFile) {
    std::string text = small_scenario;
    text.replace(text.find("driver: reference"), 17, "driver: x, y: 1");
    text.replace(text.find("T2: { path: P1 }"), 16, "T2: { path: P9 }");
    const Loaded loaded = load_text("small.yaml", text);
    ASSERT_EQ(loaded.problems.size(), 3u);
    EXPECT_EQ(loaded.problems[0].line, 6);
    EXPECT_EQ(loaded.problems[1].line, 6);
    EXPECT_LT(loaded.problems[0].column, loaded.problems[1].column);
    EXPECT_EQ(loaded.problems[2].line, 14);
}

TEST(ScenarioFile, ManyProblemsAreCutOff) {
    std::string text = small_scenario;
    for (int i = 0; i < 5000; ++i) text += "key" + std::to_string(i) + ": 1\n";
    EXPECT_EQ(load_text("small.yaml", text).problems.size(), Problems::most);
}

TEST(ScenarioFile, FilesThatAreNoFilesAreRefused) {
    EXPECT_THAT(load_file("/no/such/file.yaml").problems.at(0).to_text(),
                testing::HasSubstr("/no/such/file.yaml: there is no such file"));
    EXPECT_THAT(load_file("/dev/zero").problems.at(0).what, testing::HasSubstr("no regular file"));
    EXPECT_THAT(load_file(std::filesystem::temp_directory_path()).problems.at(0).what,
                testing::HasSubstr("no regular file"));
}

}  // namespace
}  // namespace chimneylab::scenario
