// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A connection goes to the target and comes back while it carries data over a bad link, through intermediate drivers: what
// one application has sent is what the other has received, and the machine finds nothing wrong.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/scenario/load.h"
#include "engine/scenario/run.h"

namespace chimneylab::scenario {
namespace {

struct Story {
    std::string steps;
    std::uint32_t peer_sends = 0;
    unsigned number = 0;

    void add(const std::string& what, bool settle) {
        steps += "  - { name: s" + std::to_string(++number) + ", " + what + (settle ? "" : ", settle: false") + " }\n";
    }
};

std::string text_of(const Story& story, unsigned drivers, const std::string& network, const std::string& connection) {
    std::string text = "id: w\ntitle: w\nteaches: w\nmachine:\n  network: { " + network + " }\n  intermediate_drivers:";
    if (drivers == 0) text += " []";
    text += "\n";
    for (unsigned i = 0; i < drivers; ++i) text += "    - { driver: reference }\n";
    text += "objects:\n  neighbors: { N1: { DlDestinationAddress: 02-00-5e-10-00-01 } }\n"
            "  paths: { P1: { neighbor: N1, SourceAddress: 192.0.2.10, DestinationAddress: 198.51.100.7 } }\n"
            "  connections: { T1: { path: P1" + connection + " } }\nsteps:\n" + story.steps;
    return text;
}

bool calls(const trace::Trace& trace, std::string_view function) {
    return std::ranges::any_of(trace.events(), [&](const trace::Event& event) {
        return event.kind == trace::EventKind::enter && trace.text(event.name) == function;
    });
}

RC_GTEST_PROP(OffloadOverWire, EveryByteArrivesThroughOffloadUploadAndReoffload, ()) {
    Story story;
    const auto actions = *rc::gen::container<std::vector<int>>(*rc::gen::inRange<std::size_t>(4, 16), rc::gen::inRange(0, 7));
    for (const int action : actions) {
        const auto bytes = *rc::gen::inRange(1u, 12'000u);
        const bool settle = *rc::gen::arbitrary<bool>();
        switch (action) {
            case 0: case 1: story.add("send: T1, buffers: 2, bytes: " + std::to_string(bytes), settle); break;
            case 2: case 3:
                story.add("peer_sends: T1, bytes: " + std::to_string(bytes), settle);
                story.peer_sends += bytes;
                break;
            case 4: story.add("initiate: 'N1{P1{T1}}'", settle); break;
            case 5: story.add("terminate: T1", settle); break;
            default: story.add("wait: " + std::to_string(*rc::gen::inRange(1, 3000)) + " us", true); break;
        }
    }
    for (int i = 0; i < 12; ++i) story.add("wait: 500 s", true);
    // When enough is lost the host stack's probes are lost, too: it takes the neighbor for gone and invalidates it, and nothing moves
    // until everything is taken back. (Refused where there is nothing to take.)
    story.add("terminate: 'N1{P1{T1}}'", true);
    story.add("terminate: 'N1{P1}'", true);
    for (int i = 0; i < 12; ++i) story.add("wait: 500 s", true);
    const auto percent = [](unsigned most) { return std::to_string(*rc::gen::inRange(0u, most + 1)); };
    const std::string network = "loss: " + percent(45) + ", duplication: " + percent(20) + ", reordering: " + percent(30) +
                                ", seed: " + std::to_string(*rc::gen::inRange(0u, 1'000'000u)) + ", peer_retransmissions: 255";
    const std::string connection = std::string(", MaxRT: 4294967295") +
                                   (*rc::gen::arbitrary<bool>() ? ", const_flags: [TCP_FLAG_TIMESTAMP_ENABLED]" : "") +
                                   (*rc::gen::arbitrary<bool>() ? ", cached_flags: [TCP_FLAG_NAGLING_ENABLED]" : "");
    const unsigned drivers = *rc::gen::inRange(0u, 3u);
    const std::string text = text_of(story, drivers, network, connection);
    const Loaded loaded = load_text("w.yaml", text);
    if (!loaded.scenario) RC_FAIL(loaded.problems.empty() ? "?" : loaded.problems.front().what);
    RunOptions options;
    if (*rc::gen::inRange(0, 4) == 0) options.schedule = machine::Schedule{machine::Schedule::Order::seed, *rc::gen::inRange(0u, 1000u)};
    const RunResult result = run(*loaded.scenario, options);
    std::uint32_t sent = 0;
    for (const TransferResult& transfer : result.transfers) {
        const std::size_t step = std::stoul(transfer.step.substr(1)) - 1;
        if (transfer.started) sent += 2 * loaded.scenario->steps[step].data.bytes;
    }
    RC_LOG() << text;
    RC_ASSERT(result.failure == "");
    if (!result.findings.empty()) RC_FAIL(result.findings.front().explanation);
    RC_ASSERT(result.streams.size() == 1u);
    RC_ASSERT(result.streams[0].damaged == 0u);
    const bool given_up = calls(result.trace, "NdisInvalidateOffload");
    RC_CLASSIFY(given_up, "a neighbor was given up");
    const bool whole = result.streams[0].by_peer == sent && result.streams[0].by_application == story.peer_sends;
    // A step that settles may last until the peer has sent a segment 255 times; with the neighbor invalidated nobody acknowledges it,
    // and the peer gives the connection up before it is taken back.
    if (given_up && !whole) {
        RC_TAG("the peer gave up first");
        RC_ASSERT(result.streams[0].by_peer <= sent);
        RC_ASSERT(result.streams[0].by_application <= story.peer_sends);
        return;
    }
    RC_ASSERT(result.streams[0].by_peer == sent);
    RC_ASSERT(result.streams[0].by_application == story.peer_sends);
}

}  // namespace
}  // namespace chimneylab::scenario
