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
#include "engine/verifier/wire_course.h"
#include "engine/verifier/wire_routes.h"

namespace chimneylab::verifier {

struct WireConnection {
    enum class State : std::uint8_t { taken_over, offloaded, terminating, over };  // taken_over: the initiate is not complete yet
    Address handle = 0;  // by which the target knows it
    RegionId block;      // of its initiate, for its name
    std::uint16_t local_port = 0, remote_port = 0;
    State state = State::taken_over;
    Address path = 0;    // by which the target knows that
    bool timestamps = false;
    std::uint8_t snd_wind_scale = 0, rcv_wind_scale = 0;
    std::uint32_t remote_mss = 0;
    Changing<WireCached> cached;
    bool window_told = false;    // an update under way says UPDATE_RCV_WND
    bool update_failed = false;  // of it or of what it depends on
    bool terminate_failed = false;
    bool invalid = false;        // invalidated itself
    std::uint32_t connection_state = 0, srtt = 0, ts_time = 0, retransmit_delta = 0, keep_alive_delta = 0, total_rt = 0;  // at the offload
    std::optional<chimney_frame_route> peer_route;  // of the first segment of the peer that reached the adapter
    WireCourse course;
    // the target's sending half
    std::uint32_t snd_nxt = 0, snd_max = 0;  // at the offload
    std::uint32_t posted = 0;                // behind the last byte that the host stack gave it
    std::uint32_t sent = 0;                  // behind the last that was ever sent
    std::uint32_t acknowledged = 0;          // by segments that have reached the target
    std::uint32_t window = 0;                // right edge of the peer's window, likewise; the furthest
    std::uint32_t snd_wnd = 0, max_snd_wnd = 0, send_wl1 = 0;  // the window as the last segment told it
    std::uint32_t completed = 0;             // behind the last byte of the sends that were completed with success
    bool data_sent = false, fin_posted = false, fin_sent = false, abort_requested = false, reset_sent = false;
    // and the receiving one
    std::uint32_t rcv_nxt = 0, first_rcv_nxt = 0;
    std::uint32_t advertised = 0;            // right edge of the window that the peer has been told
    std::optional<std::uint32_t> last_ack;   // that the target has sent
    std::uint32_t received_end = 0;          // behind the last byte that has come, in order or not
    std::uint64_t delivered = 0;             // bytes, by completions and indications
    bool partly_accepted = false;            // an indication of data was answered so
    std::uint64_t buffered = 0;              // bytes that came with the initiate
    bool fin_received = false, reset_received = false, odd_reset_received = false, hardware_failure = false, abort_indicated = false;
    bool silenced = false;                   // something was invalidated: nothing may be sent, not even an ACK
    std::optional<std::uint32_t> urgent;     // sequence of the first urgent segment
    [[nodiscard]] bool fin_in_order() const { return course.fin_at && static_cast<std::int32_t>(*course.fin_at - rcv_nxt) < 0; }
    // Bytes that the target holds or held in order: what came along, and what the wire brought.
    [[nodiscard]] std::uint64_t in_order() const { return buffered + (rcv_nxt - first_rcv_nxt) - (fin_in_order() ? 1 : 0); }
    // Whether the target is bound to do anything for it at the moment.
    [[nodiscard]] bool working() const {
        return state == State::offloaded && !course.stopped && !reset_received && !abort_requested && !reset_sent && !urgent && !silenced && !terminate_failed;
    }
};

// Both ends of one connection by its ports, whoever holds it at the moment.
struct WireFlow {
    std::optional<std::uint32_t> last_timestamp;  // sent from here
    Time timestamp_at = 0;
    std::optional<std::uint32_t> last_ack;        // likewise
    std::optional<std::uint32_t> received;        // behind the last byte that came
    std::optional<std::uint32_t> sent, acknowledged;  // behind the last byte sent from here; by the peer
    Time sent_first = 0, sent_last = 0;           // of what is outstanding
    std::optional<double> shortest, longest;      // round trips in seconds since the state was handed over
    // What the last upload has left to the host stack.
    struct Upload {
        Time at = 0, told = 0;  // completed by the target; reached the host stack
        bool timestamps = false, alive = false, resent = false;
        std::uint32_t ts_time = 0, srtt = 0, retransmit_delta = 0, snd_una = 0, snd_max = 0, end = 0, snd_wnd = 0;
        RegionId block;
    };
    std::optional<Upload> upload;
};

// The frame of the present event, if it concerns a connection that is or was offloaded.
struct WireFrame {
    chimney_frame frame{};
    WireConnection* connection = nullptr;  // the youngest with these ports
    bool from_target = false;              // else it has reached it
    bool of_the_host = false;              // sent by the target for the host stack, on the ordinary path
    Purpose purpose = Purpose::acknowledgement;   // of what the target sends
    bool by_timeout = false;                      // of a segment sent again: nothing came that would be the reason
    WireFlow* flow = nullptr;
    std::optional<std::uint32_t> last_timestamp;  // of earlier frames of this connection, whoever held it
};

class WireLedger {
public:
    explicit WireLedger(const Replay& replay) : replay_(&replay) {}
    [[nodiscard]] const std::optional<WireFrame>& frame() const { return frame_; }
    [[nodiscard]] const WireConnection* connection(Address handle) const;
    [[nodiscard]] const std::vector<WireConnection>& connections() const { return connections_; }
    // The list that the target completes: its bytes, and whose it is.
    [[nodiscard]] const WireConnection* connection_of(const ListRecord& list, LayerIndex target) const;
    [[nodiscard]] const WireRoutes& routes() const { return routes_; }
    [[nodiscard]] const WireParameters& parameters() const { return parameters_; }
    [[nodiscard]] const std::map<std::pair<std::uint16_t, std::uint16_t>, WireFlow>& flows() const { return flows_; }
    [[nodiscard]] Time now() const { return replay_->event().virtual_time; }
    // Everything that was due has run when it was due. A schedule that lets work wait makes every timer late.
    [[nodiscard]] bool punctual() const { return punctual_; }
    // Whose segment reached the target last, while nothing else has happened since.
    [[nodiscard]] const WireConnection* just_received() const;

    // --- moved by the Verifier ---
    void look_at(const trace::Event& event);  // frame() from now on, until forget_frame()
    void forget_frame();                      // and takes in what it brought
    void chosen() { punctual_ = false; }      // the schedule has taken something else than what was due first
    void parameters_told(const trace::Event& event);  // enter of MiniportOidRequest
    void operation_arrives(const OperationRecord& operation, const Passage& passage, const ListLedger& lists);
    void operation_completed(const OperationRecord& operation, const Passage& passage);
    void terminate_reaches_host(const OperationRecord& operation, const Passage& first);
    void transfer(const trace::Event& event, const trace::Function& function, const ListLedger& lists, LayerIndex target);
    void indicated(const trace::Event& event);                          // enter of NdisTcpOffloadEventHandler
    void data_answered(const trace::Event& event, const ListLedger& lists);  // leave of NdisTcpOffloadReceiveHandler

private:
    using Ports = std::pair<std::uint16_t, std::uint16_t>;
    [[nodiscard]] WireConnection* find(Address handle);
    [[nodiscard]] WireConnection* find_ports(std::uint16_t local, std::uint16_t remote);
    void taken_over(const OperationRecord& operation, const Passage& passage, std::size_t block, const ListLedger& lists);
    void changes(const BlockImage& image);
    void ends(WireConnection& connection, const OperationRecord& operation, const Passage& passage, std::size_t block);
    [[nodiscard]] Purpose purpose_of(const WireConnection& connection, const chimney_tcp_segment& segment) const;
    void flow_moves(WireFlow& flow, const chimney_tcp_segment& segment, bool sent);
    void frame_sent();
    void frame_received();
    void data_received(WireConnection& connection, const chimney_frame& frame);
    void acknowledged(WireConnection& connection, const chimney_tcp_segment& segment);
    // In the piece of work that goes on: that takes microseconds, and timers are at least a tick apart.
    [[nodiscard]] bool just_now(std::optional<Time> moment) const { return moment && now() - *moment < 100'000; }
    void waits(WireConnection& connection);  // looks again whether something keeps its data from leaving
    void drop_overdue(WireConnection& connection);
    void forget_old_connections();

    const Replay* replay_;
    WireRoutes routes_;
    WireParameters parameters_;
    std::vector<WireConnection> connections_;  // oldest first; of those that are over the youngest
    std::size_t forget_at_ = 256;              // so many of them
    std::map<Ports, WireFlow> flows_;
    std::optional<WireFrame> frame_;
    bool frames_seen_ = false;  // without a wire nothing can be said of what is on it
    bool punctual_ = true;
    std::size_t received_last_ = static_cast<std::size_t>(-1);
    std::optional<Time> received_at_;
};

[[nodiscard]] inline bool before(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) < 0; }
[[nodiscard]] std::uint32_t sequence_end(const chimney_tcp_segment& segment);  // behind data and FIN
[[nodiscard]] std::uint32_t largest_segment(const WireLedger& ledger, const WireConnection& connection);  // bytes of payload

}  // namespace chimneylab::verifier
