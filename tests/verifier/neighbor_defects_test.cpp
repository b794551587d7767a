// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Ages of a neighbor, planted into the question of a correct run after the fact: what the target states has to agree with the
// frames, and a question has to be due. (What the two ends do wrong by themselves is in the variants of the scenarios.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "engine/scenario/load.h"
#include "engine/scenario/run.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::verifier {
namespace {

constexpr const char* neighbor_text = R"(
id: n
title: n
teaches: n
machine:
  intermediate_drivers: [{ driver: reference }]
  network: { delay: 50 us }
objects:
  neighbors: { N1: { DlDestinationAddress: 02-00-5e-10-00-01, HostReachabilityDelta: 25000 } }
  paths: { P1: { neighbor: N1, SourceAddress: 192.0.2.10, DestinationAddress: 198.51.100.7 } }
  connections: { T1: { path: P1, LocalPort: 1001 } }
steps:
  - { name: offload, initiate: 'N1{P1{T1}}' }
  - { name: send, send: T1, bytes: 100 }
  - { name: silence, wait: 31 s }
  - { name: doubt, send: T1, bytes: 100 }
  - { name: back, terminate: 'N1{P1{T1}}' }
)";

constexpr std::uint32_t host_age_at = 44 + 40, nic_age_at = 44 + 44 + 8;  // behind the block: CONST, CACHED, DELEGATED

trace::Trace run_of_the_question() {
    const scenario::Loaded loaded = scenario::load_text("n.yaml", neighbor_text);
    EXPECT_TRUE(loaded.scenario) << (loaded.problems.empty() ? "" : loaded.problems.front().what);
    scenario::RunResult result = scenario::run(*loaded.scenario);
    EXPECT_EQ(result.failure, "");
    return std::move(result.trace);
}

// The state behind the block of the target's question, with other ages in it; 0: as it is.
trace::Trace with_ages(trace::Trace trace, std::uint32_t host_age, std::uint32_t nic_age) {
    trace::RegionId block;
    for (std::uint32_t at = 0; at < trace.size() && !block.valid(); ++at) {
        const trace::Event& event = trace.event(trace::EventId(at));
        if (event.kind == trace::EventKind::enter && trace.text(event.name) == "NdisMOffloadEventIndicate") block = event.region;
    }
    EXPECT_TRUE(block.valid()) << "the target has not asked";
    for (std::uint32_t at = 0; at < trace.region_count(); ++at) {
        const trace::RegionId id(at);
        if (trace.region(id).kind != trace::RegionKind::following_state || trace.region(id).parent != block) continue;
        const auto before = trace.initial_bytes(trace.region(id));
        std::vector<std::byte> bytes(before.begin(), before.end());
        if (host_age != 0) std::memcpy(bytes.data() + host_age_at, &host_age, sizeof host_age);
        if (nic_age != 0) std::memcpy(bytes.data() + nic_age_at, &nic_age, sizeof nic_age);
        trace.mutable_region(id).initial_bytes = trace.store_bytes(bytes);
    }
    return trace;
}

std::set<std::string> rules_broken(const trace::Trace& trace) {
    std::set<std::string> rules;
    for (const Violation& each : verify(trace)) rules.emplace(each.rule);
    return rules;
}

TEST(NeighborDefects, TheCorrectQuestionIsDueAndItsAgesAreTrue) { EXPECT_THAT(rules_broken(run_of_the_question()), testing::IsEmpty()); }

TEST(NeighborDefects, AnAgeThatTheFramesContradict) {
    EXPECT_THAT(rules_broken(with_ages(run_of_the_question(), 0, 56000)), testing::ElementsAre("OT-106")) << "as if the first acknowledgement had not come";
    EXPECT_THAT(rules_broken(with_ages(run_of_the_question(), 0, 30500)), testing::ElementsAre("OT-106")) << "as if a later one had";
    EXPECT_THAT(rules_broken(with_ages(run_of_the_question(), 31000, 0)), testing::ElementsAre("OT-106")) << "the host stack's word is older";
}

TEST(NeighborDefects, AQuestionThatIsNotDue) {
    EXPECT_THAT(rules_broken(with_ages(run_of_the_question(), 0, 30000)), testing::ElementsAre("OT-104", "OT-106"));
    EXPECT_THAT(rules_broken(with_ages(run_of_the_question(), 10, 0)), testing::ElementsAre("OT-104", "OT-106"));
}

}  // namespace
}  // namespace chimneylab::verifier
