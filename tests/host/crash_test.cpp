// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Drivers that end badly, compiled by the command line that the README gives, with both compilers: each is answered in
// time with a report that a student can use, and the recording up to there is whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <ostream>
#include <set>
#include <string>
#include <tuple>

#include "driver-bridge/host_client/protections.h"
#include "driver-bridge/host_client/run_in_host.h"
#include "engine/scenario/library.h"
#include "engine/session/session.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/integrity.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::driver_host {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

// A sanitizer makes everything slower, and finds some of it itself.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

constexpr auto patience = std::chrono::milliseconds(sanitized ? 6000 : 1500);

unsigned line_of(const std::string& mark) {
    std::ifstream source(DEFECTS_SOURCE);
    std::string line;
    for (unsigned number = 1; std::getline(source, line); ++number)
        if (line.find("mark: " + mark + " ") != std::string::npos) return number;
    return 0;
}

HostRun run_with(const std::string& defect, const std::string& driver = DEFECTS_GCC) {
    setenv("DEFECT", defect.c_str(), 1);
    setenv("CHIMNEYLAB_HOST", HOST_PROGRAM, 1);
    setenv("CHIMNEYLAB_SYMBOLS", SYMBOLS_PROGRAM, 1);
    HostRequest request;
    request.scenario = "m1";
    request.drivers = {driver};
    request.limits.no_progress = patience;
    return run_in_host(request);
}

std::string told(const HostRun& run) {
    std::string text = run.result.failure;
    for (const scenario::Problem& problem : run.result.problems) text += problem.to_text() + "\n";
    if (run.crash) text += "\n" + std::string(to_text(run.crash->kind)) + "\n" + run.crash->backtrace_text();
    return text + "\n" + run.output;
}

// True of every crash, whatever it was.
void expect_whole_report(const HostRun& run) {
    ASSERT_TRUE(run.crash) << told(run);
    const trace::Trace& trace = run.result.trace;
    EXPECT_EQ(run.exit_code(), 1);
    EXPECT_EQ(trace::integrity_problem(trace), std::nullopt);
    ASSERT_FALSE(trace.empty());
    const trace::Event& last = trace.events().back();
    EXPECT_EQ(last.kind, trace::EventKind::finding);
    EXPECT_EQ(last.detail, static_cast<std::uint64_t>(run.crash->hung() ? trace::FindingKind::driver_hung
                                                                      : trace::FindingKind::driver_crashed));
    EXPECT_EQ(trace.text(last.name), run.crash->explanation());
    EXPECT_EQ(run.crash->finding.value, trace.size() - 1);
    EXPECT_EQ(trace.description().scenario, "m1");
    std::set<std::string_view> rules;
    for (const verifier::Violation& violation : verifier::verify(trace)) rules.insert(violation.rule);
    EXPECT_THAT(rules, Contains(std::string_view(run.crash->hung() ? "MEM-014" : "MEM-013")));
}

struct Case {
    const char* defect;
    CrashKind kind;
    const char* function;  // empty: cannot be told
    const char* words;
    bool has_line = true;
};
void PrintTo(const Case& value, std::ostream* out) { *out << value.defect; }

const Case cases[] = {
    {"null-dereference", CrashKind::null_dereference, "DereferenceNull", "wrote to address 0, through a NULL pointer"},
    {"null-call", CrashKind::wild_call, "Defect", "called a function through a NULL pointer"},
    {"wild-call", CrashKind::wild_call, "Defect", "called a function at 0x1234567890"},
    {"wild-address", CrashKind::wild_address, "Defect", "wrote to address 0x7000000000"},
    {"impossible-address", CrashKind::wild_address, "Defect", "an address that cannot exist"},
    {"recursion", CrashKind::stack_overflow, "Recurse", "used up its stack", false},
    {"endless-loop", CrashKind::hang, "LoopForEver", sanitized ? "nothing happened for 6 seconds" : "nothing happened for 1.5 seconds"},
    {"sleeps", CrashKind::hang, "Defect", "did not come back"},
    {"exit", CrashKind::exit_called, "Defect", "ended the process it runs in, with exit code 0"},
    {"abort", CrashKind::aborted, "Defect", "called abort()"},
    {"divide", CrashKind::divide_error, "Defect", "divided by zero"},
    {"illegal", CrashKind::illegal_instruction, "Defect", "no instruction"},
    {"driver-entry", CrashKind::null_dereference, "DriverEntry", "through a NULL pointer"},
    {"timer", CrashKind::null_dereference, "TimerFires", "through a NULL pointer"},
};

class Defects : public testing::TestWithParam<std::tuple<Case, const char*>> {};

TEST_P(Defects, AreToldWithFunctionAndLine) {
    const auto& [test, driver] = GetParam();
    const auto begin = Clock::now();
    const HostRun run = run_with(test.defect, driver);
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(10));
    expect_whole_report(run);
    ASSERT_TRUE(run.crash);
    EXPECT_EQ(to_text(run.crash->kind), to_text(test.kind)) << told(run);
    EXPECT_THAT(run.crash->what, HasSubstr(test.words));
    EXPECT_EQ(run.crash->layer_name, "IM 1");
    EXPECT_EQ(run.crash->driver, std::filesystem::path(driver).filename().string());
    ASSERT_TRUE(run.crash->where) << told(run);
    const CrashFrame& frame = run.crash->backtrace[*run.crash->where];
    EXPECT_EQ(frame.function, test.function) << told(run);
    EXPECT_THAT(frame.file, testing::EndsWith("defects.c"));
    if (test.has_line) EXPECT_EQ(frame.line, line_of(test.defect)) << told(run);
    EXPECT_THAT(run.crash->explanation(), HasSubstr("defects.c:"));
    EXPECT_THAT(run.crash->explanation(), HasSubstr("after event "));
    if (test.function != std::string("DriverEntry") && test.function != std::string("TimerFires")) {
        EXPECT_EQ(run.crash->function, "MiniportInitiateOffload");
        EXPECT_TRUE(run.crash->operation.valid());
    }
}

std::string with_compiler(const testing::TestParamInfo<std::tuple<Case, const char*>>& tested) {
    std::string name = std::get<0>(tested.param).defect;
    std::replace(name.begin(), name.end(), '-', '_');
    return name + (std::get<1>(tested.param) == std::string(DEFECTS_GCC) ? "_gcc" : "_clang");
}
INSTANTIATE_TEST_SUITE_P(Gcc, Defects, testing::Combine(testing::ValuesIn(cases), testing::Values(DEFECTS_GCC)), with_compiler);
#ifdef DEFECTS_CLANG
INSTANTIATE_TEST_SUITE_P(Clang, Defects, testing::Combine(testing::ValuesIn(cases), testing::Values(DEFECTS_CLANG)), with_compiler);
#endif

// What happens then depends on the compiler and on luck; that it is told does not.
class Damage : public testing::TestWithParam<const char*> {};

TEST_P(Damage, IsAnsweredInTime) {
    const auto begin = Clock::now();
    const HostRun run = run_with(GetParam());
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(sanitized ? 30 : 10));
    expect_whole_report(run);
}

INSTANTIATE_TEST_SUITE_P(All, Damage,
                         testing::Values("stack-overrun", "frees-block-list-to-c", "scribble-heap", "_exit", "raise",
                                         "kill-itself", "closes-everything", "thread", "endless-allocation", "endless-calls",
                                         "prints-endlessly", "blocks-signals"),
                         [](const auto& tested) {
                             std::string name = tested.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(Damage, ThatTheMachineNoticesIsAFindingOfTheMachine) {
    for (const char* defect : {"frees-block-list", "scribble-block"}) {
        const HostRun run = run_with(defect);
        EXPECT_EQ(run.exit_code(), 1) << told(run);
        EXPECT_FALSE(run.result.findings.empty()) << defect;
        EXPECT_EQ(trace::integrity_problem(run.result.trace), std::nullopt);
    }
}

TEST(Damage, ByOverrunOfALocalArrayNamesTheFunction) {
    const HostRun run = run_with("stack-overrun");
    ASSERT_TRUE(run.crash);
    EXPECT_EQ(run.crash->kind, CrashKind::stack_overwritten) << told(run);
    EXPECT_THAT(run.crash->backtrace_text(), HasSubstr("OverwriteStack")) << told(run);
}

// The variants of the library that end so: the rule that they declare is the first cause, at the driver that is at fault.
TEST(Variants, ThatBringTheirProcessDownAreTold) {
    setenv("CHIMNEYLAB_HOST", HOST_PROGRAM, 1);
    setenv("CHIMNEYLAB_SYMBOLS", SYMBOLS_PROGRAM, 1);
    std::set<std::string> told_of;
    for (const scenario::Scenario& item : scenario::load_library().scenarios) {
        for (const scenario::Variant& variant : item.variants) {
            const bool ends = std::ranges::any_of(variant.breaks, [](const std::string& rule) { return rule == "MEM-013" || rule == "MEM-014"; });
            if (!ends) continue;
            HostRequest request;
            request.scenario = item.id;
            request.variant = variant.name;
            request.limits.no_progress = patience;
            const HostRun run = run_in_host(request);
            ASSERT_TRUE(run.crash) << told(run);
            EXPECT_EQ(run.crash->layer_name, variant.drivers.begin()->first) << told(run);
            std::set<std::string> first_causes;
            for (const verifier::Violation& violation : verifier::verify(run.result.trace))
                if (violation.first_cause) first_causes.emplace(violation.rule);
            EXPECT_EQ(first_causes, std::set<std::string>(variant.breaks.begin(), variant.breaks.end())) << told(run);
            told_of.insert(first_causes.begin(), first_causes.end());
        }
    }
    EXPECT_EQ(told_of, (std::set<std::string>{"MEM-013", "MEM-014"}));
}

TEST(Output, IsKeptAndHarmsNothing) {
    const HostRun quiet = run_with("none");
    EXPECT_EQ(quiet.exit_code(), 0) << told(quiet);
    for (const char* defect : {"prints", "writes-everywhere", "forks"}) {
        const HostRun run = run_with(defect);
        EXPECT_FALSE(run.crash) << told(run);
        EXPECT_EQ(run.exit_code(), 0) << told(run);
        EXPECT_EQ(run.result.fingerprint, quiet.result.fingerprint) << defect;
        EXPECT_EQ(run.output.empty(), defect == std::string("forks")) << run.output;
    }
    EXPECT_THAT(run_with("prints").output, AnyOf(HasSubstr("hello from"), HasSubstr("and an error")));
    const HostRun endless = run_with("prints-endlessly");
    EXPECT_LE(endless.output.size(), Limits{}.output);
    EXPECT_GT(endless.output_dropped, 0u);
}

TEST(Output, AHugeMessageIsNoProblem) {
    const HostRun run = run_with("huge-message");
    EXPECT_FALSE(run.crash) << told(run).substr(0, 2000);
    EXPECT_EQ(trace::integrity_problem(run.result.trace), std::nullopt);
}

TEST(DebugInformation, WithoutItTheFunctionIsNamedAndWithoutAnythingThePlace) {
    const HostRun plain = run_with("driver-entry", DEFECTS_PLAIN);
    expect_whole_report(plain);
    ASSERT_TRUE(plain.crash && plain.crash->where) << told(plain);
    EXPECT_EQ(plain.crash->backtrace[*plain.crash->where].function, "DriverEntry");
    EXPECT_EQ(plain.crash->backtrace[*plain.crash->where].line, 0u);
    const HostRun stripped = run_with("null-dereference", DEFECTS_STRIPPED);
    expect_whole_report(stripped);
    ASSERT_TRUE(stripped.crash && stripped.crash->where) << told(stripped);
    EXPECT_THAT(stripped.crash->explanation(), HasSubstr("defects-stripped.so+0x"));
}

TEST(DebugInformation, AMissingProgramForNamesLeavesAReport) {
    setenv("CHIMNEYLAB_HOST", HOST_PROGRAM, 1);
    setenv("CHIMNEYLAB_SYMBOLS", "/nonexistent", 1);
    setenv("DEFECT", "null-dereference", 1);
    HostRequest request;
    request.scenario = "m1";
    request.drivers = {DEFECTS_GCC};
    const HostRun run = run_in_host(request);
    expect_whole_report(run);
    EXPECT_THAT(run.crash->explanation(), HasSubstr("defects-gcc.so+0x"));
}

TEST(Loading, ACrashInAConstructorIsTold) {
    const HostRun run = run_with("constructor");
    expect_whole_report(run);
    ASSERT_TRUE(run.crash && run.crash->where) << told(run);
    EXPECT_EQ(run.crash->backtrace[*run.crash->where].function, "Loaded");
    EXPECT_EQ(run.crash->backtrace[*run.crash->where].line, line_of("constructor"));
}

TEST(Loading, APathWithSpacesIsAPath) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("a folder, with spaces " + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::filesystem::copy_file(DEFECTS_GCC, folder / "my driver.so", std::filesystem::copy_options::overwrite_existing);
    const HostRun run = run_with("null-dereference", folder / "my driver.so");
    expect_whole_report(run);
    EXPECT_EQ(run.crash->driver, "my driver.so");
    EXPECT_THAT(run.crash->explanation(), HasSubstr("DereferenceNull (defects.c:"));
    std::filesystem::remove_all(folder);
}

TEST(Host, ARunOfACorrectDriverIsTheRunInThisProcess) {
    for (const char* id : {"m1", "m2", "m3", "m4"}) {
        const scenario::Loaded loaded = scenario::find_scenario(id);
        ASSERT_TRUE(loaded.scenario);
        scenario::RunOptions options;
        options.producer = "chimneylab-host";
        const scenario::RunResult here = scenario::run(*loaded.scenario, options);
        setenv("DEFECT", "none", 1);
        setenv("CHIMNEYLAB_HOST", HOST_PROGRAM, 1);
        HostRequest request;
        request.scenario = id;
        request.confine = false;  // the description would say so
        // The bytes of pointers to code differ, for a loaded image has its own place; nothing else does. The file has the
        // name that the linked driver has.
        request.drivers.assign(loaded.scenario->machine.intermediate_drivers.size(), REFERENCE_NAMED_ALIKE);
        const HostRun there = run_in_host(request);
        EXPECT_EQ(there.exit_code(), 0) << told(there);
        EXPECT_EQ(there.result.fingerprint, run_in_host(request).result.fingerprint) << id;
        ASSERT_EQ(there.result.trace.size(), here.trace.size()) << id;
        EXPECT_TRUE(there.result.trace.description() == here.trace.description());
        EXPECT_TRUE(std::ranges::equal(there.result.trace.layers(), here.trace.layers()));
        for (std::size_t i = 0; i < here.trace.size(); ++i) {
            const trace::Event& a = here.trace.events()[i];
            const trace::Event& b = there.result.trace.events()[i];
            ASSERT_EQ(a.kind, b.kind) << id << " " << i;
            ASSERT_EQ(here.trace.text(a.name), there.result.trace.text(b.name)) << id << " " << i;
            ASSERT_EQ(std::tuple(a.virtual_time, a.operation, a.operation_kind, a.partner, a.parent, a.region, a.layer,
                                 a.other_layer, a.status, a.irql, a.depth),
                      std::tuple(b.virtual_time, b.operation, b.operation_kind, b.partner, b.parent, b.region, b.layer,
                                 b.other_layer, b.status, b.irql, b.depth))
                << id << " " << i;
        }
        EXPECT_EQ(there.result.operations.size(), here.operations.size());
        for (std::size_t i = 0; i < here.operations.size(); ++i) {
            EXPECT_EQ(there.result.operations[i].tree, here.operations[i].tree);
            EXPECT_EQ(there.result.operations[i].virtual_finished, here.operations[i].virtual_finished);
            EXPECT_EQ(there.result.operations[i].blocks.size(), here.operations[i].blocks.size());
        }
        ASSERT_EQ(there.result.expectations.size(), here.expectations.size());
        for (std::size_t i = 0; i < here.expectations.size(); ++i) {
            EXPECT_EQ(there.result.expectations[i].text, here.expectations[i].text);
            EXPECT_EQ(there.result.expectations[i].events, here.expectations[i].events);
        }
    }
}

// A driver that reaches beyond its run gets what available_protections() says that it gets.
TEST(Protections, ADriverReachesNothingOutside) {
    const Protections there = available_protections();
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("chimneylab-reach-" + std::to_string(getpid()));
    const std::filesystem::path own = folder / "own";
    std::filesystem::create_directories(own);
    std::filesystem::copy_file(DEFECTS_GCC, own / "reach.so", std::filesystem::copy_options::overwrite_existing);
    setenv("OUTSIDE", (folder / "outside.txt").c_str(), 1);
    setenv("INSIDE", (own / "inside.txt").c_str(), 1);
    const HostRun run = run_with("reaches-out", own / "reach.so");
    EXPECT_FALSE(run.crash) << told(run);
    const auto refused = [&](const std::string& what) { return run.output.find(what + ": done") == std::string::npos; };
    EXPECT_EQ(refused("network"), there.no_network && there.no_programs) << run.output;  // a namespace alone lets sockets be made
    EXPECT_EQ(refused("file outside"), there.no_writes) << run.output;
    EXPECT_EQ(std::filesystem::exists(folder / "outside.txt"), !there.no_writes);
    EXPECT_EQ(refused("file in its folder"), there.no_writes_at_all) << run.output;
    if (there.no_programs) EXPECT_THAT(run.output, HasSubstr("program: Operation not permitted"));
    // The session says what was in force.
    EXPECT_THAT(run.result.trace.description().producer, HasSubstr("drivers confined: " + there.to_text()));
    std::filesystem::remove_all(folder);
}

TEST(Protections, WhatIsMissingIsSaid) {
    EXPECT_THAT(Protections{}.to_text(), HasSubstr("none: "));
    Protections some;
    some.no_network = true;
    EXPECT_EQ(some.to_text(), "no network");
    EXPECT_FALSE(some.all());
}

TEST(Host, ARunCanBeCancelled) {
    setenv("DEFECT", "endless-loop", 1);
    setenv("CHIMNEYLAB_HOST", HOST_PROGRAM, 1);
    std::atomic<bool> cancel{false};
    HostRequest request;
    request.scenario = "m1";
    request.drivers = {DEFECTS_GCC};
    request.cancel = &cancel;
    request.limits.no_progress = std::chrono::seconds(60);
    request.limits.set_total(60);
    std::size_t told_events = 0;
    request.progress = [&](const scenario::Progress& progress) {
        told_events = progress.events;
        if (progress.events > 0) cancel = true;
    };
    const auto begin = Clock::now();
    const HostRun run = run_in_host(request);
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(10));
    EXPECT_TRUE(run.result.cancelled);
    EXPECT_FALSE(run.crash);
    EXPECT_GT(told_events, 0u);
    EXPECT_EQ(run.result.trace.size() >= told_events, true);
    EXPECT_EQ(trace::integrity_problem(run.result.trace), std::nullopt);
}

TEST(Host, ACrashCanBeSavedAndComesBack) {
    const HostRun run = run_with("null-dereference");
    const std::filesystem::path file = std::filesystem::temp_directory_path() / ("crash-" + std::to_string(getpid()) + ".chimney");
    EXPECT_EQ(session::save(run.result.trace, file), std::nullopt);
    const auto loaded = session::load(file);
    ASSERT_TRUE(std::holds_alternative<trace::Trace>(loaded)) << std::get<session::Problem>(loaded).to_text();
    EXPECT_TRUE(std::get<trace::Trace>(loaded) == run.result.trace);
    std::filesystem::remove(file);
}

}  // namespace
}  // namespace chimneylab::driver_host
