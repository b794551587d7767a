// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the times of one trace amount to. Every figure belongs to one clock: virtual (the model's: good for order and
// proportion) or measured (nanoseconds on the machine that ran it, recorder included). A Statistics holds figures of one
// clock only, so that nobody can mix them. Reads the trace only. Thread rule: that of History; values afterwards.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/report/distribution.h"
#include "engine/trace/history.h"

namespace chimneylab::report {

using trace::LayerIndex;

enum class Clock : std::uint8_t { virtual_time, measured_time };

[[nodiscard]] Nanoseconds time_of(const trace::Event& event, Clock clock);
[[nodiscard]] std::string_view to_text(Clock clock);  // "virtual", "measured"

// What a series of times is about. "Below" is from handing an operation on to its coming back.
enum class Subject : std::uint8_t {
    operation,     // from the host stack's call to its completion handler; by kind
    layer_total,   // from MiniportXxxOffload to the layer's own completion call; by layer and kind
    layer_own,     // the same without the time below
    layer_below,   // the time below
    driver_own,    // as layer_own, all layers together that run the same driver
    driver_below,  // as layer_below
    conversion,    // from the crossing or conversion before it in the same operation; by conversion and lane
    call_entry,    // from the recognition of a call entry to its release; by layer
    work_waiting,  // pending work of a layer: virtual: beyond its due time; measured: since it was queued
};

struct Series {
    Subject subject = Subject::operation;
    trace::OperationKind kind = trace::OperationKind::none;  // none: all together
    LayerIndex layer = trace::machine_layer;                 // machine_layer: of no single layer
    std::string driver;                                      // driver_own, driver_below
    trace::ConversionKind conversion = trace::ConversionKind::none;
    std::string name;  // "initiate", "IM 1, initiate", "protocol → miniport, by NDIS, …, below IM 1"
    Distribution times;
    std::size_t events_within = 0;  // recorded inside all the pieces together: each cost the recorder's time
};

// How many there were at once, over time.
struct Occupancy {
    enum class What : std::uint8_t {
        operations,    // in progress at the same time
        at_target,     // operations that the offload target has: its queue
        call_entries,  // held by a layer
        pool_bytes,    // allocated by a layer
    };
    What what = What::operations;
    LayerIndex layer = trace::machine_layer;
    std::string name;          // "operations in progress", "call entries of IM 1"
    std::size_t taken = 0;     // how many (for pool_bytes: bytes) came in all
    std::size_t high_water = 0;
    EventId high_water_at;
    std::size_t at_end = 0;
    double mean = 0;           // over the whole run, weighted by time
    Nanoseconds overlapping = 0;  // time with two or more at once (operations, at_target, call_entries)
};

struct Allocations {
    LayerIndex layer = trace::machine_layer;
    std::string name;  // the layer's
    std::size_t count = 0, freed = 0;
    std::uint64_t bytes = 0;
    std::optional<double> per_second;  // none when no time passed
};

struct Throughput {
    std::size_t operations = 0, blocks = 0;  // finished
    Nanoseconds time = 0;                    // from the first start to the last finish
    std::optional<double> operations_per_second, blocks_per_second;
};

struct Statistics {
    Clock clock = Clock::virtual_time;
    Nanoseconds duration = 0;  // first to last event
    std::size_t events = 0;
    std::vector<Series> series;  // settled; by subject, then layer, kind, conversion; none of them empty
    std::vector<Occupancy> occupancy;
    std::vector<Allocations> allocations;  // layers that allocated something
    Throughput throughput;
    std::size_t unfinished = 0;  // operations still in progress at the end
};

// For whoever works beside a window: asked and told from the thread that computes.
struct Control {
    const std::atomic<bool>* cancel = nullptr;  // true: what comes back is of no use
    std::function<void(int percent)> progress;
    [[nodiscard]] bool cancelled() const { return cancel != nullptr && *cancel; }
    void tell(int percent) const {
        if (progress) progress(percent);
    }
};

[[nodiscard]] Statistics statistics(const trace::History& history, Clock clock, const Control& control = {});

[[nodiscard]] std::string_view to_text(Subject subject);  // "operation", "layer_total" …; stable, for JSON
[[nodiscard]] std::string_view to_text(Occupancy::What what);
[[nodiscard]] std::string subject_title(Subject subject);  // a heading for people

// What recording costs, measured now and on this machine by recording the events of this very trace (at most a hundred
// thousand of them) again: nanoseconds for one event with its changed bytes. Part of every measured time, of no virtual one.
struct RecorderCost {
    double per_event = 0;
    std::size_t events = 0;  // that were recorded to measure it
};
[[nodiscard]] RecorderCost measure_recorder_cost(const trace::Trace& trace);

}  // namespace chimneylab::report
