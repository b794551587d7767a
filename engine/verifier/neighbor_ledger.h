// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// When each offloaded neighbor was last heard of, as far as a trace tells: by what the host stack said at the offload and in its
// answers, and by the frames of the connections behind it; and what the host stack has done since it answered 0. Times are those
// of the virtual clock, ages in ticks of OID_TCP_CONNECTION_OFFLOAD_PARAMETERS. Rules read it; only the Verifier moves it.
// Not thread safe. Source: "Making a NeighborReachabilityQuery Indication".
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>

#include "engine/verifier/tree_image.h"

namespace chimneylab::verifier {

class Model;
struct OperationRecord;
struct Passage;
using SignedTime = std::int64_t;  // nanoseconds; before the run began: negative

// A moment of which is known only that it lies between two others.
struct Between {
    SignedTime earliest = 0, latest = 0;
};

struct NeighborRecord {
    LayerIndex host = trace::machine_layer;
    RegionId block;  // of its initiate, for its name
    std::array<std::uint8_t, 6> hardware_address{};
    bool offloaded = false;
    SignedTime confirmed = 0;   // by the host stack, as it said at the offload; it may know better since
    Between host_moment, nic_moment;  // HRT and NRT of the target
    SignedTime nic_changed = 0;  // when a frame last moved the latter
    // After an answer of 0:
    EventId doubt;        // that answer; none: settled
    SignedTime doubt_since = 0;
    std::uint32_t indicated_delta = 0;
    bool asked = false;   // NicReachabilityDelta has been queried since
    EventId unconfirmed;  // the query that showed no progress; none: it did, or nobody has asked
    SignedTime unconfirmed_since = 0;
};

class NeighborLedger {
public:
    explicit NeighborLedger(const Replay& replay) : replay_(&replay) {}
    [[nodiscard]] const std::map<Address, NeighborRecord>& records() const { return records_; }
    [[nodiscard]] const NeighborRecord* find(Address host_handle) const;
    [[nodiscard]] std::uint32_t stale_ticks() const { return stale_ticks_; }  // NceStaleTicks; 0: the trace does not tell
    [[nodiscard]] SignedTime tick() const { return tick_; }
    [[nodiscard]] SignedTime now() const { return static_cast<SignedTime>(replay_->event().virtual_time); }
    [[nodiscard]] bool frames_seen() const { return frames_seen_; }
    // The neighbor through which the frame of the present event leaves, if it is an IP datagram of the host stack.
    [[nodiscard]] const NeighborRecord* host_datagram() const { return host_datagram_; }

    // --- moved by the Verifier ---
    void configured(const trace::Event& event);  // enter of NdisOidRequest
    void handed_on(const OperationRecord& operation, const Passage& passage);        // by the host stack
    void completed(const OperationRecord& operation, const Passage& passage, const Model& model);  // by the target
    void comes_back(const OperationRecord& operation, const Passage& passage);       // to the host stack
    void answered(const trace::Event& event);    // leave of ProtocolIndicateOffloadEvent at the host stack
    void frame(const trace::Event& event, const Model& model);  // before the wire ledger takes it in
    void frame_over() { host_datagram_ = nullptr; }

private:
    void confirmed(NeighborRecord& record);
    const Replay* replay_;
    std::map<Address, NeighborRecord> records_;  // by the host stack's handle
    const NeighborRecord* host_datagram_ = nullptr;
    std::uint32_t stale_ticks_ = 0;
    SignedTime tick_ = 1'000'000;
    bool frames_seen_ = false;
};

// In the state behind the block of a question about a neighbor, or behind a block of a tree.
[[nodiscard]] std::uint32_t host_reachability_delta(const Replay& replay, RegionId block);
[[nodiscard]] std::uint32_t nic_reachability_delta(const Replay& replay, RegionId block);

}  // namespace chimneylab::verifier
