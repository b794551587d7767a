// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What happens to the adapter as a whole, with one thing changed in a correct run after the fact: a status, a code, a byte of a
// buffer. The rule that the change breaks is named, and no other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/scenario/load.h"
#include "engine/scenario/run.h"
#include "engine/verifier/verifier.h"
#include "tests/verifier/synthetic_stack.h"

namespace chimneylab::verifier {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using trace::Event;
using trace::EventKind;

constexpr const char* administration_text = R"(
id: a
title: a
teaches: a
machine:
  intermediate_drivers: []
objects:
  neighbors: { N1: { DlDestinationAddress: 02-00-5e-10-00-01 } }
  paths:
    P1: { neighbor: N1, SourceAddress: 192.0.2.10, DestinationAddress: 198.51.100.7 }
    P2: { neighbor: N1, SourceAddress: "2001:db8::10", DestinationAddress: "2001:db8:1::7" }
  connections:
    T1: { path: P1, LocalPort: 1001 }
    T2: { path: P2, LocalPort: 1002 }
    T3: { path: P1, LocalPort: 1003 }
steps:
  - { name: offload, initiate: 'N1{P1{T1},P2{T2}}' }
  - { name: out, link: down }
  - { name: backlog, indicate: T1, event: TcpIndicateSendBacklogChange, information: 8192 }
  - { name: in, link: up }
  - { name: pause, status: NDIS_STATUS_OFFLOAD_PAUSE }
  - { name: resume, status: NDIS_STATUS_OFFLOAD_RESUME, capabilities: false }
  - { name: third, initiate: 'N1{P1{T3}}' }
  - { name: off, request: OID_TCP_OFFLOAD_PARAMETERS, TcpConnectionIPv4: disabled }
  - { name: sleep, sleep: offload target }
  - { name: wake, wake: offload target }
)";

constexpr std::uint64_t switches = 0xFC01020C, power = 0xFD010101, current_config = 0xFC01020E, link_state = 0x40010017;

const trace::Trace& correct() {
    static const trace::Trace trace = [] {
        const scenario::Loaded loaded = scenario::load_text("a.yaml", administration_text);
        EXPECT_TRUE(loaded.scenario) << (loaded.problems.empty() ? "" : loaded.problems.front().to_text());
        scenario::RunResult result = scenario::run(*loaded.scenario);
        EXPECT_EQ(result.failure, "");
        for (const machine::Finding& finding : result.findings) ADD_FAILURE() << finding.explanation;
        for (const auto& each : result.expectations) EXPECT_TRUE(each.met) << each.text << ": " << each.detail;
        return std::move(result.trace);
    }();
    return trace;
}

// A copy in which events are changed. The events themselves stay where they are, and so do all numbers.
trace::Trace changed(const std::function<void(const trace::Trace&, Event&)>& change) {
    const trace::Trace& from = correct();
    trace::Trace to;
    for (std::size_t i = 0; i < from.string_count(); ++i) to.intern(from.text(trace::StringId(static_cast<std::uint32_t>(i))));
    for (const trace::Region& region : from.regions()) to.add_region(region, from.initial_bytes(region));
    to.set_layers({from.layers().begin(), from.layers().end()});
    to.set_description(from.description());
    for (const Event& each : from.events()) {
        Event event = each;
        std::vector<trace::Change> changes(from.changes(each).begin(), from.changes(each).end());
        for (trace::Change& written : changes) {
            const auto before = from.before(written), after = from.after(written);
            written.before = to.store_bytes(before);
            written.after = to.store_bytes(after);
        }
        change(from, event);
        to.append(event, changes);
    }
    return to;
}

std::set<std::string> broken(const trace::Trace& trace) {
    std::set<std::string> rules;
    for (const Violation& each : verify(trace)) rules.emplace(each.rule);
    return rules;
}

std::set<std::string> broken(const std::function<void(const trace::Trace&, Event&)>& change) { return broken(changed(change)); }

bool is(const trace::Trace& trace, const Event& event, EventKind kind, std::string_view function) {
    return event.kind == kind && trace.text(event.name) == function;
}

TEST(Administration, ACorrectRunIsSilentAndItsCopyToo) {
    EXPECT_THAT(broken(correct()), IsEmpty());
    EXPECT_THAT(broken([](const trace::Trace&, Event&) {}), IsEmpty());
}

TEST(Administration, ATargetMayNotSleepWithConnections) {
    EXPECT_THAT(broken([](const trace::Trace& trace, Event& event) {
                    if (is(trace, event, EventKind::leave, "MiniportOidRequest") && trace.event(event.partner).detail == power) event.status = 0;
                }),
                ElementsAre("OT-121"));
}

TEST(Administration, AHostStackBeginsToTerminateBeforeTheAdapterSleeps) {
    // The request that switches IPv4 off taken for one that sends the adapter to sleep: T2 is offloaded then.
    EXPECT_THAT(broken([](const trace::Trace& trace, Event& event) {
                    if (is(trace, event, EventKind::enter, "MiniportOidRequest") && event.detail == switches) event.detail = power;
                }),
                ElementsAre("HS-060", "OT-121"));
}

TEST(Administration, NobodyUsesAVersionOfIpThatIsSwitchedOff) {
    trace::Trace trace = changed([](const trace::Trace&, Event&) {});
    for (const Event& event : correct().events()) {
        if (!is(correct(), event, EventKind::enter, "NdisOidRequest") || event.detail != switches) continue;
        const auto bytes = correct().initial_bytes(correct().region(event.region));
        std::vector<std::byte> other(bytes.begin(), bytes.end());
        ASSERT_EQ(other.at(13), std::byte{1});  // TcpConnectionIPv4
        std::swap(other.at(13), other.at(14));  // TcpConnectionIPv6: T2 uses that
        trace.mutable_region(event.region).initial_bytes = trace.store_bytes(other);
    }
    EXPECT_THAT(broken(trace), ElementsAre("HS-007"));
}

TEST(Administration, CapabilitiesAreKnownBeforeAnInitiate) {
    EXPECT_THAT(broken([](const trace::Trace& trace, Event& event) {
                    if (is(trace, event, EventKind::enter, "NdisOidRequest") && event.detail == current_config) event.detail = 0x00010202;
                }),
                ElementsAre("HS-008"));
}

TEST(Administration, ALostLinkIsTold) {
    EXPECT_THAT(broken([](const trace::Trace& trace, Event& event) {
                    if (is(trace, event, EventKind::enter, "NdisMIndicateStatusEx") && event.detail == link_state) event.detail = 0x4001000B;
                }),
                ElementsAre("OT-107"));
}

TEST(Administration, NothingIsAskedBackForALostLink) {
    constexpr std::uint32_t retrieve = 3, upload_requested = 10, low_activity = 1;
    const auto with_reason = [](std::uint32_t reason) {
        return [reason](const trace::Trace& trace, Event& event) {
            if (!is(trace, event, EventKind::enter, "NdisTcpOffloadEventHandler") && !is(trace, event, EventKind::enter, "ProtocolTcpOffloadEvent")) return;
            event.detail = retrieve;
            event.argument = reason;
        };
    };
    EXPECT_THAT(broken(with_reason(upload_requested)), ElementsAre("OT-107"));
    EXPECT_THAT(broken(with_reason(low_activity)), IsEmpty()) << "a wish leaves the decision to the host stack";
}

TEST(Administration, ALinkCountsFromTheMomentItIsMade) {
    using enum trace::OperationKind;
    const auto rules_of = [](bool waits) {
        synthetic::Stack stack{synthetic::Settings{}};
        const std::size_t n = stack.neighbor(), p = stack.path(), t = stack.connection();
        stack.run(initiate, {{.object = n}, {.object = p, .parent = 0}});
        const std::size_t later = stack.begin(initiate, {{.object = n}, {.object = p, .parent = 0}, {.object = t, .parent = 1}});
        if (waits) {
            stack.complete(later);
            stack.run(terminate, {{.object = t}});
        }
        stack.begin(terminate, {{.object = n}, {.object = p, .parent = 0}});
        std::set<std::string> rules;
        for (const Violation& each : verify(stack.finish(), synthetic::without_values()))
            if (each.rule.starts_with("HS-")) rules.emplace(each.rule);
        return rules;
    };
    EXPECT_THAT(rules_of(true), IsEmpty());
    EXPECT_THAT(rules_of(false), ElementsAre("HS-036"));
}

}  // namespace
}  // namespace chimneylab::verifier
