// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A trace as frames of the wire protocol: what a producer sends that has a trace and not a driver. A recorder that gets
// all of them has the same trace again (the same fingerprint, the same measured times). Record numbers are the events'
// own; regions that were born after the last event go in one record more. Only reads the trace, which must outlive it
// and not grow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "driver-bridge/protocol/wire.h"
#include "engine/trace/trace.h"

namespace chimneylab::bridge {

class TraceEncoder {
public:
    explicit TraceEncoder(const trace::Trace& trace);

    // What of the trace has no place in the protocol, if anything: then the rest must not be called.
    [[nodiscard]] const std::optional<std::string>& problem() const { return problem_; }
    // For a HELLO: clock, capabilities, producer. Its views are good while the trace lives.
    void introduce(chimney_wire_hello& hello) const;
    // Appends RUN, NAMES and LAYERS.
    void put_preamble(std::vector<std::uint8_t>& out) const;
    // Appends one EVENTS frame with the records from `next` on, at most so many; returns the number of the first that is
    // not in it.
    std::uint64_t put_events(std::uint64_t next, std::uint64_t most, std::vector<std::uint8_t>& out) const;
    // One more than the number of the last record.
    [[nodiscard]] std::uint64_t end() const { return end_; }

private:
    struct Death {
        trace::EventId event;
        trace::RegionId region;
    };
    void collect(std::uint64_t record, std::vector<chimney_wire_piece>& pieces) const;
    [[nodiscard]] chimney_wire_event event(std::uint64_t record) const;

    const trace::Trace& trace_;
    std::vector<Death> deaths_;  // by event
    std::uint64_t end_;
    std::optional<std::string> problem_;
};

}  // namespace chimneylab::bridge
