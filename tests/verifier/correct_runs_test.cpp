// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A false alarm is a defect: nothing that correct drivers do may trip a rule. CHIMNEYLAB_RANDOM_RUNS sets how many runs
// are tried, CHIMNEYLAB_RANDOM_SEED where they begin.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "engine/verifier/verifier.h"
#include "tests/verifier/random_runs.h"

namespace chimneylab::verifier {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string told(const trace::Trace& trace, std::span<const Violation> violations) {
    std::string text;
    for (const Violation& each : violations.first(std::min<std::size_t>(violations.size(), 6)))
        text += std::string(each.rule) + " @" + std::to_string(each.event.value) + " " +
                std::string(trace.text(trace.event(each.event).name)) + " layer " + std::to_string(each.layer) + " [" + each.member +
                "] " + each.explanation + " (expected " + each.expected_text + ", seen " + each.seen_text + ")\n";
    return text;
}

// What the runs amounted to: a test that nothing happens in proves nothing.
struct Happened {
    std::map<std::string, std::size_t> calls;  // by function
    std::size_t faults = 0, data = 0, failures = 0;
    void add(const trace::Trace& trace) {
        for (const trace::Event& event : trace.events()) {
            if (event.kind == trace::EventKind::enter) ++calls[std::string(trace.text(event.name))];
            if (event.kind == trace::EventKind::fault_injected) ++faults;
            if (event.kind == trace::EventKind::operation_finished && event.status < 0) ++failures;
        }
        for (const trace::Region& region : trace.regions())
            if (region.kind == trace::RegionKind::net_buffer_list) ++data;
    }
};

TEST(CorrectRuns, TripNothing) {
    Happened happened;
    const std::uint64_t first = number_from("CHIMNEYLAB_RANDOM_SEED", 1), count = number_from("CHIMNEYLAB_RANDOM_RUNS", 200);
    std::size_t operations = 0, alarms = 0;
    for (std::uint64_t seed = first; seed < first + count && alarms < 10; ++seed) {
        const RandomRun run = random_run(seed, 24);
        operations += run.operations;
        happened.add(run.trace);
        const auto violations = verify(run.trace);
        if (violations.empty()) continue;
        ++alarms;
        ADD_FAILURE() << run.description << ", " << run.trace.size() << " events, " << violations.size() << " violations\n"
                      << told(run.trace, violations) << run.machine_findings;
    }
    EXPECT_GT(operations, count * 4) << "the runs must do something";
    for (const char* function : {"MiniportInitiateOffload", "MiniportQueryOffload", "MiniportUpdateOffload",
                                 "MiniportInvalidateOffload", "MiniportTerminateOffload", "MiniportTcpOffloadSend",
                                 "MiniportTcpOffloadReceive", "MiniportTcpOffloadForward", "MiniportTcpOffloadReceiveReturn",
                                 "ProtocolTcpOffloadSendComplete", "ProtocolTcpOffloadReceiveComplete",
                                 "ProtocolTcpOffloadForwardComplete", "ProtocolTcpOffloadReceiveIndicate", "ProtocolTcpOffloadEvent"})
        EXPECT_GT(happened.calls[function], count / 4) << function;
    EXPECT_GT(happened.faults, count / 10) << "allocation failures";
    EXPECT_GT(happened.data, count / 10) << "send data in blocks";
    EXPECT_GT(happened.failures, count / 10) << "operations that failed";
}

// Runs in which the host stack once gave up before a pause: a terminate had failed on one binding, and the neighbor was offloaded
// anew on the other.
TEST(CorrectRuns, ThoseThatWereOnceNotCorrect) {
    for (const std::uint64_t seed : {3357u, 8956u}) {
        const RandomRun run = random_run(seed, 24);
        const auto violations = verify(run.trace);
        EXPECT_TRUE(violations.empty()) << run.description << "\n" << told(run.trace, violations);
    }
}

// What adds up over a long run: counters that are never taken back, lists that only grow.
TEST(CorrectRuns, LongOnesTripNothingEither) {
    for (const std::uint64_t seed : {2, 5, 8}) {
        const RandomRun run = random_run(seed, 2500);
        const auto violations = verify(run.trace);
        EXPECT_TRUE(violations.empty()) << run.description << "\n" << told(run.trace, violations);
    }
}

// A verifier that follows a growing trace says the same as one that gets it whole.
TEST(CorrectRuns, OneLookOrManyMakesNoDifference) {
    const RandomRun run = random_run(5, 24);
    Verifier verifier(run.trace);
    verifier.extend();
    EXPECT_EQ(verifier.violations().size(), verify(run.trace).size());
    EXPECT_FALSE(verifier.extend());
}

}  // namespace
}  // namespace chimneylab::verifier
