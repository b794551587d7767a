// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Writes a trace. The producer says what happened (append) and hands over the present bytes of watched memory
// (observe); the recorder keeps a shadow of every live region and stores only the bytes that differ. Changes found by
// observe() go with the next event that is appended. Bytes and addresses given here are already translated (see
// machine::AddressSpace). Not thread safe.
#pragma once

#include <functional>
#include <memory>

#include "engine/trace/measured_clock.h"
#include "engine/trace/trace.h"

namespace chimneylab::trace {

// Is told on the producer's thread what a recorder has just added, so that somebody can follow a trace as it grows
// (session::Writer does). What it needs it copies: the trace goes on growing as soon as the call returns.
class Sink {
public:
    virtual ~Sink() = default;
    virtual void appended(const Trace& trace, EventId event) = 0;  // with its changes; regions that die with it have died
    virtual void amended(const Trace& trace, RegionId region) = 0;  // a region's label or death became known after its birth
};

class Recorder {
public:
    Recorder();

    // Source of virtual time, asked at every append.
    void set_clock(std::function<Nanoseconds()> clock) { clock_ = std::move(clock); }

    // Source of measured time, nanoseconds since the run began. Default: a MeasuredClock, begun at construction.
    void set_measured_clock(std::function<Nanoseconds()> clock) { measured_clock_ = std::move(clock); }

    // May be set while a trace grows: what was recorded before is told with the next event. Not owned; must outlive the
    // recorder or be taken away with nullptr.
    void set_sink(Sink* sink) { sink_ = sink; }

    // Fills in times, parent and depth, then stores the event with all changes observed since the last one. Without a
    // clock the event keeps the virtual time it came with. work_started opens a nesting, work_finished closes it.
    EventId append(const Event& event);

    // Enter and leave keep the nesting; leave() takes the enter's id and fills in its name, layers and operation.
    EventId enter(Event event);
    EventId leave(EventId enter, std::int32_t status, bool has_status, std::uint32_t argument = 0);
    [[nodiscard]] EventId innermost() const;

    RegionId begin_region(Region region, std::span<const std::byte> bytes);
    // Compares with the shadow. A shorter span is an error of the producer and ignored. Returns whether anything
    // changed.
    bool observe(RegionId region, std::span<const std::byte> bytes, LayerIndex writer);
    void end_region(RegionId region);  // dies with the next appended event
    void set_label(RegionId region, std::string_view label);
    [[nodiscard]] bool has_unreported_changes() const { return trace_.unclaimed_changes() != 0; }
    // The present bytes of a live region, as last observed.
    [[nodiscard]] std::span<const std::byte> shadow(RegionId region) const;

    StringId intern(std::string_view text) { return trace_.intern(text); }
    OperationId next_operation() { return OperationId(operations_++); }
    [[nodiscard]] Trace& trace() { return trace_; }
    [[nodiscard]] const Trace& trace() const { return trace_; }
    // Ends recording. Changes observed since the last event are dropped: nobody could have seen them.
    Trace take();

private:
    struct Shadow {
        std::unique_ptr<std::byte[]> bytes;  // none: it has died
        std::size_t size = 0;
    };
    void close_until(EventId opening);
    void end_regions(EventId id);
    [[nodiscard]] const Shadow* shadow_of(RegionId region) const;

    Trace trace_;
    std::function<Nanoseconds()> clock_;
    std::function<Nanoseconds()> measured_clock_;
    Sink* sink_ = nullptr;
    MeasuredClock steady_clock_;
    std::vector<RegionId> ending_;
    std::vector<EventId> nesting_;
    std::vector<Shadow> shadows_;  // by RegionId
    std::uint32_t operations_ = 0;
    std::uint16_t open_calls_ = 0;  // how many of nesting_ are enters
};

}  // namespace chimneylab::trace
