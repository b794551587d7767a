// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a scenario can do to the wire, and what the target makes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/scenario/load.h"
#include "engine/scenario/run.h"

namespace chimneylab::scenario {
namespace {

constexpr const char* head =
    "id: w\ntitle: w\nteaches: w\nmachine:\n  intermediate_drivers: [{ driver: reference }]\n  network: { delay: 50 us }\n"
    "objects:\n  neighbors: { N1: { DlDestinationAddress: 02-00-5e-10-00-01, VlanId: 7 } }\n"
    "  paths: { P1: { neighbor: N1, SourceAddress: 'fd00::1', DestinationAddress: 'fd00::2' } }\n"
    "  connections: { T1: { path: P1 } }\nsteps:\n  - { name: offload, initiate: 'N1{P1{T1}}' }\n";

RunResult play(const std::string& steps) {
    const Loaded loaded = load_text("w.yaml", head + steps);
    EXPECT_TRUE(loaded.scenario) << (loaded.problems.empty() ? "" : loaded.problems.front().what);
    RunResult result = loaded.scenario ? run(*loaded.scenario) : RunResult{};
    EXPECT_EQ(result.failure, "");
    for (const machine::Finding& finding : result.findings) ADD_FAILURE() << finding.explanation;
    return result;
}

std::vector<std::uint64_t> events_told(const RunResult& result) {
    std::vector<std::uint64_t> told;
    for (const trace::Event& event : result.trace.events()) {
        if (event.kind == trace::EventKind::enter && result.trace.text(event.name) == "ProtocolTcpOffloadEvent" && event.layer == 0)
            told.push_back(event.detail << 8 | event.argument);
    }
    return told;
}

constexpr std::uint64_t told(std::uint64_t event, std::uint64_t reason = 0) { return event << 8 | reason; }
using testing::ElementsAre;

TEST(WireSteps, SendsAreCompleteWhenThePeerHasThem) {
    const RunResult result = play("  - { name: send, send: T1, buffers: 2, bytes: 4000 }\n");
    ASSERT_EQ(result.transfers.size(), 1u);
    EXPECT_EQ(result.transfers[0].completed, 2u);
    EXPECT_EQ(result.transfers[0].last_status, 0);
    EXPECT_EQ(result.streams[0].by_peer, 8000u);
    EXPECT_EQ(result.streams[0].damaged, 0u);
}

TEST(WireSteps, FramesCarryTheVlanOfTheNeighborAndAreInTheTrace) {
    const RunResult result = play("  - { name: send, send: T1, bytes: 10 }\n");
    std::size_t frames = 0;
    for (const trace::Event& event : result.trace.events()) {
        if (event.kind != trace::EventKind::frame_sent) continue;
        ++frames;
        const auto bytes = result.trace.initial_bytes(result.trace.region(event.region));
        EXPECT_EQ(std::to_integer<int>(bytes[12]), 0x81);
        EXPECT_EQ(std::to_integer<int>(bytes[15]), 7);
        EXPECT_EQ(std::to_integer<int>(bytes[16]), 0x86);  // IPv6
    }
    EXPECT_EQ(frames, 2u);
}

TEST(WireSteps, AFinIsToldWhenEverythingBeforeItIsConsumed) {
    const RunResult result = play(
        "  - { name: no, answer: refuse, connection: T1 }\n  - { name: data, peer_sends: T1, bytes: 100, settle: false }\n"
        "  - { name: fin, peer_closes: T1 }\n  - { name: take, receive: T1, bytes: 100 }\n");
    EXPECT_THAT(events_told(result), ElementsAre(told(2)));
    EXPECT_EQ(result.streams[0].by_application, 100u);
}

TEST(WireSteps, AResetInTheWindowIsChallengedAndAnExactOneBelieved) {
    const RunResult odd = play("  - { name: odd, peer_segment: T1, tcp_flags: [RST], offset: 500 }\n");
    EXPECT_THAT(events_told(odd), ElementsAre());
    const RunResult exact = play(
        "  - { name: hold, receive: T1, bytes: 100 }\n  - { name: reset, peer_resets: T1 }\n  - { name: late, send: T1, bytes: 5 }\n");
    EXPECT_THAT(events_told(exact), ElementsAre(told(4)));
    for (const TransferResult& transfer : exact.transfers) EXPECT_EQ(static_cast<std::uint32_t>(transfer.last_status), 0xC001000Cu);
}

TEST(WireSteps, UrgentDataGoesToTheHost) {
    const RunResult result = play(
        "  - { name: urgent, peer_segment: T1, tcp_flags: [ACK, URG], bytes: 20, settle: false }\n  - { name: w, wait: 1 ms }\n  - { name: upload, terminate: T1 }\n");
    EXPECT_THAT(events_told(result), ElementsAre(told(3, 5)));
    EXPECT_EQ(result.streams[0].by_application, 20u);  // by the host's own TCP, after the upload
    EXPECT_EQ(result.streams[0].damaged, 0u);
}

TEST(WireSteps, RetransmissionsEndInARequestForUpload) {
    const RunResult result = play("  - { name: cut, lose: 1000, direction: to peer }\n  - { name: send, send: T1, bytes: 100 }\n");
    EXPECT_THAT(events_told(result), ElementsAre(told(3, 8)));
}

TEST(WireSteps, FinWait2EndsAfterTwoMinutes) {
    const RunResult result = play("  - { name: bye, disconnect: T1 }\n  - { name: long, wait: 121 s }\n");
    EXPECT_THAT(events_told(result), ElementsAre(told(3, 8)));
    ASSERT_EQ(result.transfers.size(), 1u);
    EXPECT_EQ(result.transfers[0].last_status, 0);
}

TEST(WireSteps, WithoutANetworkItsStepsAreRefusedWithAPlace) {
    const Loaded loaded = load_text("w.yaml",
                                    "id: w\ntitle: w\nteaches: w\nmachine: { intermediate_drivers: [] }\nobjects: {}\n"
                                    "steps:\n  - { name: a, lose: 3, direction: to peer }\n");
    ASSERT_FALSE(loaded.scenario);
    ASSERT_EQ(loaded.problems.size(), 1u);
    EXPECT_EQ(loaded.problems[0].line, 7);
    EXPECT_THAT(loaded.problems[0].what, testing::HasSubstr("no network"));
}

}  // namespace
}  // namespace chimneylab::scenario
