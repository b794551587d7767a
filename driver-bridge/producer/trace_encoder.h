// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A trace as frames of the wire protocol: what a producer sends that has a trace and not a driver. A recorder that gets
// all of them has the same trace again (the same fingerprint, the same measured times). Record numbers are the events'
// own; regions that were born after the last event, and names they got then, go in one record more. Only reads the trace,
// which must outlive it; after it has grown, extend() is called before anything else.
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
    explicit TraceEncoder(const trace::Trace& trace);  // a finished one
    // One that grows: nothing is taken in yet.
    struct Growing {};
    TraceEncoder(const trace::Trace& trace, Growing) : trace_(&trace), end_(0) {}
    // Takes in what was appended since. Finished: nothing will be appended any more. The trace may have moved.
    void extend(const trace::Trace& trace, bool finished);

    // What of the trace has no place in the protocol, if anything: then the rest must not be called.
    [[nodiscard]] const std::optional<std::string>& problem() const { return problem_; }
    // For a HELLO: clock, capabilities, producer. Its views are good while the trace lives.
    void introduce(chimney_wire_hello& hello) const;
    // Appends RUN, NAMES and LAYERS.
    void put_preamble(std::vector<std::uint8_t>& out) const;
    void put_description(std::vector<std::uint8_t>& out) const;  // RUN
    void put_layers(std::vector<std::uint8_t>& out) const;       // after their names
    // NAMES from the trace's number `first` on.
    void put_names(std::size_t first, std::vector<std::uint8_t>& out) const;
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

    struct Relabelling {
        std::uint64_t record;  // with which it is told
        trace::RegionId region;
        trace::StringId label;
    };
    const trace::Trace* trace_;
    std::vector<Death> deaths_;               // by event
    std::vector<Relabelling> relabellings_;   // by record
    std::vector<std::pair<trace::RegionId, trace::StringId>> living_;  // regions that have not died yet, with their labels
    std::size_t regions_taken_ = 0, names_checked_ = 0;
    std::uint64_t events_checked_ = 0;
    std::uint64_t end_;
    std::optional<std::string> problem_;
};

}  // namespace chimneylab::bridge
