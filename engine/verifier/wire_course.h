// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The course of one connection in time, as frames and calls at the offload target show it: what is due and since when, what
// was sent again and how often, how far its closing has come. Virtual nanoseconds. What is due is forgotten when it was done,
// or once it has been told that it was not. Rules read it; only the WireLedger moves it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "engine/trace/types.h"

namespace chimneylab::verifier {

using Time = trace::Nanoseconds;

// NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS as the adapter was told them last; nothing is said of members that are 0.
struct WireParameters {
    bool known = false;
    std::uint32_t ticks_per_second = 1000, ack_frequency = 0, delayed_ack = 0, maximum_retransmissions = 0;
    std::uint32_t sws_prevention = 0, duplicate_ack_threshold = 0, push = 0;
    [[nodiscard]] Time ticks(std::uint64_t count) const { return count * 1'000'000'000u / ticks_per_second; }
    [[nodiscard]] Time slack() const { return ticks(2) + 1'000'000; }  // clocks of whole ticks, and some work
};

// The cached variables of a connection that show on the wire.
struct WireCached {
    std::uint32_t flags = 0, receive_window = 0, ka_probe_count = 0, ka_timeout = 0, ka_interval = 0, max_rt = 0;
    std::uint32_t flow_label = 0, hop_limit = 0, traffic_class = 0, priority = 0;
    friend bool operator==(const WireCached&, const WireCached&) = default;
};

// What a segment that the target sends is for.
enum class Purpose : std::uint8_t { acknowledgement, new_data, again, window_probe, keep_alive_probe, reset };

struct WireRequest {  // a posted receive request
    Time posted = 0;
    std::uint64_t length = 0;
    bool no_push = false;
};

struct WireCourse {
    Time taken_over = 0;              // the initiate reached the target
    std::optional<Time> offloaded;    // and was completed
    std::optional<Time> last_received, last_heard;  // a segment that was certainly acceptable; any segment
    std::optional<Time> last_sent;
    bool stopped = false;             // aborted, reset, or asked back for a mandatory reason: nothing more is owed

    // receiving
    std::vector<std::pair<std::uint32_t, std::uint32_t>> early;  // what came before its time: [first, behind the last)
    std::optional<std::uint32_t> fin_at;                         // the sequence number of the peer's FIN
    std::uint32_t unacknowledged = 0;                            // segments in order since the last acknowledgement
    std::optional<Time> ack_due;
    bool with_tag = false, to_other_address = false;             // of the first of them
    std::optional<std::uint32_t> foreign;                        // where a segment of another VLAN lay
    bool with_options = false;                                   // a segment of it came in a packet that is for the host stack
    Time data_since = 0, last_data = 0;                          // undelivered bytes: the first, and the last
    bool pushed = false, merged = false;                         // of the last: PSH; or it closed a hole
    std::deque<WireRequest> requests;
    std::uint32_t forwards = 0;

    // sending again
    std::uint32_t retransmissions = 0;                // of what is at SndUna, by timeout
    Time head_sent = 0;                               // when that left last, or its timer began anew
    std::optional<Time> first_retransmission;
    bool progress = false;                            // something was acknowledged since the offload
    std::uint32_t duplicate_acks = 0;
    std::optional<Time> fast_due;
    std::optional<std::uint32_t> recover;             // until this is acknowledged, holes are filled without being asked

    // waiting for the window, or for nothing
    std::optional<Time> closed_since;                 // with data waiting: the beginning of the round
    std::uint32_t probes = 0, rounds = 0;             // in the round; rounds that are over
    Time last_probe = 0;
    std::optional<Time> probe_interval, round_delay;  // between the last two; from the beginning of the last round to its first
    std::optional<Time> small_due;                    // data that nothing keeps from leaving

    // keepalive
    std::uint32_t ka_probes = 0;                      // that were not answered
    std::optional<Time> ka_last_probe;
    Time ka_since = 0;                                // its timer began
    std::optional<Time> ka_handed_over;               // when the timer that came with the offload runs out
    bool challenged = false;                          // a doubtful RST or SYN may have begun a validation

    // closing
    std::optional<Time> fin_wait_2, time_wait;        // since when
    bool closed_first = false;                        // our FIN left before the peer's came
    bool timed_out = false, asked_back = false;       // TimeoutExpiration; any upload reason
    std::optional<Time> window_due;                   // a larger window has to be told
    bool window_told_since = false;                   // it was, before the update was complete
};

}  // namespace chimneylab::verifier
