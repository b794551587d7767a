// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The frames on the modelled network: each flight from the event that sent it to the event at which it arrived or was lost. A
// frame that the network doubles is two flights. Built in one walk over a trace, in order; read-only afterwards. Any thread.
#pragma once

#include <QString>
#include <unordered_map>
#include <vector>

#include "engine/trace/trace.h"

namespace chimneylab::desktop {

struct FrameFlight {
    trace::EventId sent;
    trace::EventId ended;  // frame_received or frame_dropped; none: still under way when the trace ends
    bool lost = false;
    bool copy = false;      // a second arrival of the same frame
    bool to_peer = false;   // else to the offload target
};

class FrameFlights {
public:
    void add(trace::EventId id, const trace::Event& event);  // every event of the trace, in order
    void finish();
    [[nodiscard]] std::size_t told() const { return told_; }  // events that were about a frame

    [[nodiscard]] bool empty() const { return flights_.empty(); }
    [[nodiscard]] const std::vector<FrameFlight>& all() const { return flights_; }  // by the event that sent them
    // Those under way somewhere in the events from … to, both included; the latest of them, at most `most`, in the order sent.
    [[nodiscard]] std::vector<FrameFlight> between(trace::EventId from, trace::EventId to, std::size_t most) const;
    // The flight that begins or ends with this event; null: none.
    [[nodiscard]] const FrameFlight* of(trace::EventId event) const;

private:
    std::vector<FrameFlight> flights_;
    std::size_t told_ = 0;
    std::vector<trace::EventId> latest_;  // the latest end among flights_[0 … i]
    std::unordered_map<std::uint32_t, std::size_t> open_;    // by the event that sent it
    std::unordered_map<std::uint32_t, std::size_t> ending_;  // by the event that ends it
};

// What chimney_frame_describe() says, in parts. Not told: a frame that is no TCP segment, or a text of another maker.
struct FrameWords {
    bool told = false;
    QString flags;  // "ACK PSH"
    QString seq, ack, win;  // ack is empty without the flag
    int length = 0;  // of the data
    [[nodiscard]] QString brief() const;  // "ACK PSH seq 1 len 1460 ack 1"
};
[[nodiscard]] FrameWords frame_words(const QString& description);

}  // namespace chimneylab::desktop
