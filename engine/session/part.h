// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A run of consecutive events with all that belongs to them: what a session file keeps in one chunk, and what a producer
// hands to the writer. Self-contained but for names and for regions born earlier. Positions of changes and bytes count
// from the part's own first change and first byte; identifiers are the trace's. No thread rule: plain data.
#pragma once

#include <string>
#include <vector>

#include "engine/trace/trace.h"

namespace chimneylab::session {

// A part is closed with the event that reaches one of these.
inline constexpr std::size_t events_in_part = 4096;
inline constexpr std::size_t bytes_in_part = std::size_t{4} << 20;

// What became known of a region after the part of its birth was closed.
struct Amendment {
    trace::RegionId region;
    trace::EventId died;
    trace::StringId label;
};

// An event of this part that closes one of an earlier part: freed, leave, released …
struct Closing {
    trace::EventId opening;
    trace::EventId closing;
};

struct Part {
    std::uint32_t first_event = 0;
    std::uint32_t first_region = 0;
    std::uint64_t first_change = 0;
    std::uint64_t first_byte = 0;
    std::vector<trace::Event> events;
    std::vector<trace::Change> changes;
    std::vector<std::byte> bytes;  // before and after of changes, initial bytes of regions
    std::vector<trace::Region> regions;  // born with an event of this part
    std::vector<Amendment> amendments;
    std::vector<std::string> names;  // new ones, in the order of their numbers

    [[nodiscard]] bool full() const { return events.size() >= events_in_part || bytes.size() >= bytes_in_part; }
    void clear();      // keeps the memory
    void follow_on();  // becomes the empty part that comes after this one
    void join(const Part& next);  // takes in the part that follows on this one

    // Copies one event of the trace with its changes. Regions born with it and names must be copied by the caller.
    void copy_event(const trace::Trace& trace, trace::EventId id);
    void copy_region(const trace::Trace& trace, trace::RegionId id);
};

}  // namespace chimneylab::session
