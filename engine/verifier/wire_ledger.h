// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the wire tells of every connection that the offload target holds or held: what it has sent, what has come in, what the
// peer has acknowledged, beside what the host stack gave to send and what it was given. Sequence numbers modulo 2^32.
// Empty for traces without frames. Rules read it; only the Verifier moves it. Not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "engine/tcp/frame.h"
#include "engine/verifier/list_ledger.h"

namespace chimneylab::verifier {

struct OperationRecord;
struct Passage;

struct WireConnection {
    enum class State : std::uint8_t { taken_over, offloaded, terminating, over };  // taken_over: the initiate is not complete yet
    Address handle = 0;  // by which the target knows it
    RegionId block;      // of its initiate, for its name
    std::uint16_t local_port = 0, remote_port = 0;
    State state = State::taken_over;
    bool timestamps = false;
    std::uint8_t snd_wind_scale = 0;
    // the target's sending half
    std::uint32_t snd_nxt = 0, snd_max = 0;  // at the offload
    std::uint32_t posted = 0;                // behind the last byte that the host stack gave it
    std::uint32_t sent = 0;                  // behind the last that was ever sent
    std::uint32_t acknowledged = 0;          // by segments that have reached the target
    std::uint32_t window = 0;                // right edge of the peer's window, likewise
    std::uint32_t completed = 0;             // behind the last byte of the sends that were completed with success
    bool data_sent = false, fin_posted = false, fin_sent = false, abort_requested = false, reset_sent = false;
    // and the receiving one
    std::uint32_t rcv_nxt = 0, first_rcv_nxt = 0;
    std::optional<std::uint32_t> last_ack;   // that the target has sent
    std::uint32_t received_end = 0;          // behind the last byte that has come, in order or not
    std::uint64_t delivered = 0;             // bytes, by completions and indications
    bool partly_accepted = false;            // an indication of data was answered so
    std::uint64_t buffered = 0;              // bytes that came with the initiate
    bool fin_received = false, reset_received = false, odd_reset_received = false, hardware_failure = false, abort_indicated = false;
    bool silenced = false;                   // something was invalidated: nothing may be sent, not even an ACK
    std::optional<std::uint32_t> urgent;     // sequence of the first urgent segment
};

// The frame of the present event, if it concerns a connection that is or was offloaded.
struct WireFrame {
    chimney_frame frame{};
    WireConnection* connection = nullptr;  // the youngest with these ports
    bool from_target = false;              // else it has reached it
    bool of_the_host = false;              // sent by the target for the host stack, on the ordinary path
    std::optional<std::uint32_t> last_timestamp;  // of earlier frames of this connection, whoever held it
};

class WireLedger {
public:
    explicit WireLedger(const Replay& replay) : replay_(&replay) {}
    [[nodiscard]] const std::optional<WireFrame>& frame() const { return frame_; }
    [[nodiscard]] const WireConnection* connection(Address handle) const;
    // The list that the target completes: its bytes, and whose it is.
    [[nodiscard]] const WireConnection* connection_of(const ListRecord& list, LayerIndex target) const;

    // --- moved by the Verifier ---
    void look_at(const trace::Event& event);  // frame() from now on, until forget_frame()
    void forget_frame();                      // and takes in what it brought
    void operation_arrives(const OperationRecord& operation, const Passage& passage, const ListLedger& lists);
    void operation_completed(const OperationRecord& operation, const Passage& passage);
    void transfer(const trace::Event& event, const trace::Function& function, const ListLedger& lists, LayerIndex target);
    void indicated(const trace::Event& event);                          // enter of NdisTcpOffloadEventHandler
    void data_answered(const trace::Event& event, const ListLedger& lists);  // leave of NdisTcpOffloadReceiveHandler

private:
    [[nodiscard]] WireConnection* find(Address handle);
    [[nodiscard]] WireConnection* find_ports(std::uint16_t local, std::uint16_t remote);
    void frame_sent();
    void frame_received();

    const Replay* replay_;
    std::vector<WireConnection> connections_;  // oldest first
    std::map<std::pair<std::uint16_t, std::uint16_t>, std::uint32_t> timestamps_;
    std::optional<WireFrame> frame_;
    bool frames_seen_ = false;  // without a wire nothing can be said of what is on it
};

[[nodiscard]] inline bool before(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) < 0; }
[[nodiscard]] std::uint32_t sequence_end(const chimney_tcp_segment& segment);  // behind data and FIN

}  // namespace chimneylab::verifier
