// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One mistake at a time on the wire: a correct run's frames are changed after the fact, and the rule that the change breaks is
// named, and no other. A frame that is blanked was never sent, or never came, as far as anybody can see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/scenario/library.h"
#include "engine/scenario/load.h"
#include "engine/scenario/run.h"
#include "engine/tcp/frame.h"
#include "engine/trace/member_layout.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::verifier {
namespace {

constexpr const char* text = R"(
id: w
title: w
teaches: w
machine:
  intermediate_drivers: [{ driver: reference }]
  network: { delay: 50 us }
objects:
  neighbors: { N1: { DlDestinationAddress: 02-00-5e-10-00-01 } }
  paths: { P1: { neighbor: N1, SourceAddress: 192.0.2.10, DestinationAddress: 198.51.100.7 } }
  connections:
    T1: { path: P1, LocalPort: 1001, const_flags: [TCP_FLAG_TIMESTAMP_ENABLED], TsTime: 5000, SndWnd: 6000, MaxSndWnd: 6000 }
    T2: { path: P1, LocalPort: 1002 }
    T3: { path: P1, LocalPort: 1003 }
    T4: { path: P1, LocalPort: 1004 }
    T5: { path: P1, LocalPort: 1005 }
    T6: { path: P1, LocalPort: 1006, SndUna: 0x10000001, SndNxt: 0x10000001, SndMax: 0x10000b69 }
steps:
  - { name: offload, initiate: 'N1{P1{T1,T3,T4,T5}}' }
  - { name: half sent, initiate: 'N1{P1{T6}}', send_data: { T6: { buffers: 2, bytes: 2920 } } }
  - { name: guess, peer_segment: T3, tcp_flags: [RST], offset: 500 }
  - { name: upload T3, terminate: T3 }
  - { name: send, send: T1, buffers: 3, bytes: 4000 }
  - { name: peer sends, peer_sends: T1, bytes: 2920 }
  - { name: in the host, send: T2, bytes: 100 }
  - { name: send more, send: T1, bytes: 100 }
  - { name: close, disconnect: T1, bytes: 50 }
  - { name: peer closes, peer_closes: T1 }
  - { name: abort, disconnect: T4, abortive: true }
  - { name: reset, peer_resets: T5 }
  - { name: upload, terminate: 'N1{P1{T1,T4,T5,T6}}' }
)";

struct Seen {
    bool sent = false;  // by the target's adapter; else it reached it
    chimney_frame_route route{};
    chimney_tcp_segment segment{};
    std::vector<std::uint8_t> payload;
    std::uint16_t port = 0;  // the local one
    std::size_t number = 0;  // among the frames of its port and direction that carry data, from 1; 0: no data
    bool blank = false;
};
using Mutation = std::function<void(Seen&)>;

// Of the scenario above, or of one of the library.
trace::Trace correct_run(const std::string& id = {}) {
    const scenario::Loaded loaded = id.empty() ? scenario::load_text("w.yaml", text) : scenario::find_scenario(id);
    EXPECT_TRUE(loaded.scenario) << (loaded.problems.empty() ? "" : loaded.problems.front().what);
    scenario::RunResult result = scenario::run(*loaded.scenario);
    EXPECT_EQ(result.failure, "");
    for (const machine::Finding& finding : result.findings) ADD_FAILURE() << finding.explanation;
    return std::move(result.trace);
}

trace::Trace changed(trace::Trace trace, const Mutation& mutate) {
    std::map<std::pair<std::uint16_t, bool>, std::size_t> counts;
    std::set<std::uint32_t> done;
    for (std::uint32_t at = 0; at < trace.size(); ++at) {
        const trace::Event event = trace.event(trace::EventId(at));
        if (event.kind != trace::EventKind::frame_sent || !done.insert(event.region.value).second) continue;
        const auto bytes = trace.initial_bytes(trace.region(event.region));
        chimney_frame frame;
        if (chimney_frame_parse(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), &frame) != CHIMNEY_FRAME_TCP) continue;
        Seen seen;
        seen.sent = event.layer != trace::machine_layer;
        seen.route = frame.route;
        seen.segment = frame.segment;
        seen.payload.assign(frame.segment.payload, frame.segment.payload + frame.segment.payload_bytes);
        seen.port = seen.sent ? frame.segment.source_port : frame.segment.destination_port;
        if (!seen.payload.empty()) seen.number = ++counts[{seen.port, seen.sent}];
        mutate(seen);
        seen.segment.payload = seen.payload.data();
        seen.segment.payload_bytes = seen.payload.size();
        std::vector<std::uint8_t> made(CHIMNEY_FRAME_MAXIMUM_BYTES);
        made.resize(chimney_frame_build(&seen.route, &seen.segment, made.data(), made.size()));
        if (seen.blank) made[12] = 0x12;  // a type that is not TCP's
        trace::Region& region = trace.mutable_region(event.region);
        region.size = static_cast<std::uint32_t>(made.size());
        region.initial_bytes = trace.store_bytes(std::as_bytes(std::span(made)));
    }
    return trace;
}

struct Plant {
    const char* name;
    const char* rule;
    Mutation mutate;
    const char* scenario = "";  // of the library; else the one above
    const char* also = "";      // what the change says beside it, because frames are missing that others count on
};
void PrintTo(const Plant& plant, std::ostream* out) { *out << plant.name; }

// A pure acknowledgement of the target.
bool answers(const Seen& it, std::uint16_t port, std::uint32_t number) {
    return it.sent && it.port == port && it.number == 0 && it.segment.acknowledgement == number && (it.segment.flags & CHIMNEY_TCP_FIN) == 0;
}
bool of_peer(const Seen& it, std::uint16_t port, std::size_t number) { return !it.sent && it.port == port && it.number == number; }

constexpr std::uint32_t first = 0x20000001, second = 0x20010001;  // RcvNxt of the first two connections of a scenario

bool data(const Seen& it, std::uint16_t port, std::size_t number) { return it.sent && it.port == port && it.number == number; }

const std::vector<Plant>& plants() {
    static const std::vector<Plant> all = {
        {"FragmentsAllowed", "OT-072", [](Seen& it) { if (data(it, 1001, 2)) it.route.dont_fragment = 0; }},
        {"IdentificationOfTheHost", "OT-072", [](Seen& it) { if (data(it, 1001, 2)) it.route.identification &= 0x7FFF; }},
        {"TimestampMissing", "OT-123", [](Seen& it) { if (data(it, 1001, 2)) it.segment.has_timestamps = 0; }},
        {"TimestampUnwanted", "OT-123", [](Seen& it) { if (data(it, 1006, 1)) it.segment.has_timestamps = 1; }},
        {"TimestampsBack", "OT-120", [](Seen& it) { if (data(it, 1001, 3)) it.segment.timestamp_value -= 100; }},
        {"HoleInTheStream", "OT-066", [](Seen& it) { it.blank = data(it, 1001, 1); }},
        {"NothingPushed", "OT-071", [](Seen& it) { if (it.sent && it.port == 1006) it.segment.flags &= static_cast<std::uint8_t>(~CHIMNEY_TCP_PSH); }},
        {"BeginsBehindSndNxt", "OT-032", [](Seen& it) { it.blank = data(it, 1006, 1); }},
        {"BeyondTheWindow", "OT-124", [](Seen& it) { if (!it.sent && it.port == 1001) it.segment.window = 0; }},
        {"FinUnasked", "OT-090", [](Seen& it) { if (data(it, 1001, 10)) it.segment.flags |= CHIMNEY_TCP_FIN; }},
        {"ResetUnasked", "OT-094", [](Seen& it) { if (data(it, 1001, 2)) it.segment.flags |= CHIMNEY_TCP_RST; }},
        {"ResetMissing", "OT-093", [](Seen& it) { it.blank = it.sent && it.port == 1004; }},
        {"CompletedUnacknowledged", "OT-067", [](Seen& it) { it.blank = !it.sent && it.port == 1006; }, "", "OT-057"},
        {"FinUnacknowledged", "OT-092", [](Seen& it) {
             // The peer's acknowledgements cover the data and not the FIN.
             if (!it.sent && it.port == 1001 && it.segment.acknowledgement == 0x10000001u + 12000 + 100 + 50 + 1) --it.segment.acknowledgement;
         }},
        {"DisconnectWithoutFin", "OT-097", [](Seen& it) {
             if (!it.sent && it.port == 1001) it.segment.flags &= static_cast<std::uint8_t>(~CHIMNEY_TCP_FIN);
         }},
        {"GuessedReset", "OT-112", [](Seen& it) { if (!it.sent && it.port == 1005 && (it.segment.flags & CHIMNEY_TCP_RST) != 0) it.segment.sequence += 5; }},
        {"ResetNotTold", "OT-098", [](Seen& it) { if (!it.sent && it.port == 1003 && (it.segment.flags & CHIMNEY_TCP_RST) != 0) it.segment.sequence -= 500; }},
        {"UrgentDataAcknowledged", "OT-111", [](Seen& it) { if (!it.sent && it.port == 1001 && it.number == 1) it.segment.flags |= CHIMNEY_TCP_URG; }},
        {"SegmentAfterTheUpload", "OT-061", [](Seen& it) {
             if (it.sent && it.port == 1001 && it.number == 0 && it.segment.acknowledgement == 0x20000001 + 2920) it.segment.source_port = 1003;
         }, "", "OT-127"},
        {"HostSendsItself", "HS-035", [](Seen& it) { if (data(it, 1002, 1)) it.segment.source_port = 1005; }},
        {"TagMissing", "OT-073", [](Seen& it) { if (data(it, 49153, 1)) it.route.tagged = 0; }, "s27"},
        {"WrongHopLimit", "OT-073", [](Seen& it) { if (data(it, 49153, 1)) it.route.hop_limit = 3; }, "s27"},
        {"OtherNeighbor", "OT-020", [](Seen& it) { if (data(it, 49152, 1)) it.route.destination_hardware[5] = 0x77; }, "s27"},
        {"OldNeighbor", "OT-043", [](Seen& it) { if (data(it, 49152, 3)) it.route.destination_hardware[5] = 0x01; }, "s27"},
        {"OldHopLimit", "OT-041", [](Seen& it) { if (data(it, 49152, 2)) it.route.hop_limit = 128; }, "s27"},
        {"OtherAddress", "OT-015", [](Seen& it) { if (data(it, 49152, 2)) it.route.source[3] ^= 1; }, "s27"},
        {"OldWindow", "OT-042", [](Seen& it) { if (it.sent && it.port == 49152) it.segment.window = std::min<std::uint16_t>(it.segment.window, 19800); }, "s27"},
        {"OtherVlanTaken", "OT-113", [](Seen& it) { if (of_peer(it, 49153, 1)) it.route.vlan_id = 8; }, "s27"},
        {"TaggedUnanswered", "OT-113", [](Seen& it) { it.blank = answers(it, 49152, first + 200); }, "s27", "OT-042"},
        {"OwnAddressUnanswered", "OT-130", [](Seen& it) { it.blank = answers(it, 49153, second + 600); }, "s27"},
        {"AckTooLate", "OT-127", [](Seen& it) { it.blank = answers(it, 49152, first + 400); }, "s26"},
        {"KeepaliveUnasked", "OT-118", [](Seen& it) { if (answers(it, 49152, first + 400)) --it.segment.sequence; }, "s26"},
        {"ProbeMissing", "OT-116", [](Seen& it) { it.blank = it.sent && it.port == 49153 && it.payload.size() == 1 && it.number % 2 == 0; }, "s26"},
        {"GivenUpTooSoon", "OT-115", [](Seen& it) { it.blank = it.sent && it.port == 49156 && it.number > 1; }, "s26"},
        {"PushedWithoutPush", "OT-079", [](Seen& it) { if (of_peer(it, 49152, 5)) it.segment.flags &= static_cast<std::uint8_t>(~CHIMNEY_TCP_PSH); }, "s19"},
        {"ClockAhead", "OT-057", [](Seen& it) { if (data(it, 49152, 8)) it.segment.timestamp_value += 50; }, "s28"},
        {"AnotherClock", "HS-058", [](Seen& it) { if (data(it, 49152, 9)) it.segment.timestamp_value += 50; }, "s28"},
        {"AckDueAtTheOffload", "HS-024", [](Seen& it) { it.blank = answers(it, 49152, first + 700); }, "s28"},
        {"DeafAfterClose", "OT-096", [](Seen& it) { it.blank = answers(it, 49153, second + 800); }, "s28"},
        {"MoreThanCame", "OT-076", [](Seen& it) { it.blank = of_peer(it, 49153, 2); }, "s28"},
        {"AckDueAtTheUpload", "OT-060", [](Seen& it) { if (it.sent && it.port == 1001) it.segment.acknowledgement = 0x20000001; }, "", "OT-127"},
    };
    return all;
}

std::string told(const std::vector<Violation>& violations) {
    std::string lines;
    for (const Violation& each : violations) lines += std::string(each.rule) + " @" + std::to_string(each.event.value) + " " + each.explanation + "\n";
    return lines;
}

TEST(Wire, ACorrectRunIsSilent) { EXPECT_EQ(told(verify(correct_run())), ""); }

TEST(Wire, FramesThatAreBuiltAgainAreTheSame) { EXPECT_EQ(told(verify(changed(correct_run(), [](Seen&) {}))), ""); }

class WireDefects : public testing::TestWithParam<Plant> {};

TEST_P(WireDefects, AreNamedByTheirRule) {
    const std::vector<Violation> found = verify(changed(correct_run(GetParam().scenario), GetParam().mutate));
    std::set<std::string> rules;
    for (const Violation& each : found) rules.emplace(each.rule);
    std::set<std::string> wanted{GetParam().rule};
    if (*GetParam().also != '\0') wanted.insert(GetParam().also);
    EXPECT_EQ(rules, wanted) << told(found);
}

// ---- in the structures of the DDI ----

// Replaces the bytes that a watched structure had at first.
bool rewrite(trace::Trace& trace, trace::RegionKind kind, const std::function<bool(std::span<std::byte>)>& change) {
    for (std::uint32_t at = 0; at < trace.regions().size(); ++at) {
        const trace::RegionId id(at);
        if (trace.region(id).kind != kind) continue;
        const auto old = trace.initial_bytes(trace.region(id));
        std::vector<std::byte> bytes(old.begin(), old.end());
        if (!change(bytes)) continue;
        const std::uint64_t stored = trace.store_bytes(bytes);
        trace.mutable_region(id).initial_bytes = stored;
        return true;
    }
    return false;
}

std::set<std::string> rules_of(const std::vector<Violation>& found) {
    std::set<std::string> rules;
    for (const Violation& each : found) rules.emplace(each.rule);
    return rules;
}

// T3 is offloaded with an RcvNxt five bytes before the one that it comes back with: nobody ever gets these five.
TEST(Wire, AcknowledgedBytesThatNobodyGetsAreNamed) {
    trace::Trace trace = correct_run();
    constexpr std::size_t local_port = 0x0C, rcv_nxt = 72 + 0x10, whole = 72 + 120;
    ASSERT_TRUE(rewrite(trace, trace::RegionKind::following_state, [](std::span<std::byte> state) {
        if (state.size() < whole || state[local_port] != std::byte{1003 >> 8} || state[local_port + 1] != std::byte{1003 & 0xFF}) return false;
        std::uint32_t number = 0;
        std::memcpy(&number, &state[rcv_nxt], sizeof(number));
        number -= 5;
        std::memcpy(&state[rcv_nxt], &number, sizeof(number));
        return true;
    }));
    const std::vector<Violation> found = verify(trace);
    EXPECT_THAT(rules_of(found), testing::ElementsAre("OT-058")) << told(found);
}

// The request that comes back with a part was posted without push.
TEST(Wire, PartFilledRequestsWithoutPushAreNamed) {
    trace::Trace trace = correct_run("s19");
    unsigned number = 0;
    ASSERT_TRUE(rewrite(trace, trace::RegionKind::net_buffer_list, [&](std::span<std::byte> list) {
        if (++number != 2) return false;
        list[trace::net_buffer_list_offset::receive_no_push] = std::byte{1};
        return true;
    }));
    const std::vector<Violation> found = verify(trace);
    EXPECT_THAT(rules_of(found), testing::ElementsAre("OT-078")) << told(found);
}

INSTANTIATE_TEST_SUITE_P(All, WireDefects, testing::ValuesIn(plants()), [](const auto& plant) { return std::string(plant.param.name); });

}  // namespace
}  // namespace chimneylab::verifier
