// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A trace seen from afar: what happened in every 256 events, in every 4096, in every 65,536 and so on, each level sixteen
// times as coarse. A time line that shows ten million events on a thousand pixels reads a thousand buckets, not the
// events. Times never go back along a trace, so the buckets of a span of time are found by binary search.
// Thread rule: add() is a writer, everything else reads.
#pragma once

#include <span>
#include <vector>

#include "engine/trace/event.h"

namespace chimneylab::trace {

struct Bucket {
    std::uint32_t first_event = 0;
    std::uint32_t events = 0;
    Nanoseconds virtual_start = 0, virtual_end = 0;  // times of its first and last event
    Nanoseconds measured_start = 0, measured_end = 0;
    std::uint32_t calls = 0;
    std::uint32_t conversions = 0;
    std::uint32_t operations_started = 0, operations_finished = 0;
    std::uint32_t call_entries_recognised = 0, call_entries_released = 0;
    std::uint32_t findings = 0;
    std::uint32_t steps = 0;
    std::uint32_t changes = 0;  // events that changed watched bytes
    std::uint16_t deepest = 0;  // nesting of calls
    friend bool operator==(const Bucket&, const Bucket&) = default;
};

class Overview {
public:
    static constexpr std::uint32_t finest = 256;  // events in a bucket of level 0
    static constexpr std::uint32_t step = 16;     // how many buckets of one level make one of the next

    void add(const Event& event);  // in order
    // For readers of files: the next bucket of a level, as it was written.
    void add_bucket(std::size_t level, const Bucket& bucket);

    [[nodiscard]] std::size_t levels() const { return levels_.size(); }
    // The last bucket of a level may be still growing.
    [[nodiscard]] std::span<const Bucket> level(std::size_t level) const { return levels_[level]; }
    // The coarsest level that still has at least `wanted` buckets over these events; 0 when even the finest has fewer.
    [[nodiscard]] std::size_t level_for(std::uint32_t events, std::size_t wanted) const;
    [[nodiscard]] std::uint32_t events() const { return events_; }

private:
    std::vector<std::vector<Bucket>> levels_;
    std::uint32_t events_ = 0;
};

}  // namespace chimneylab::trace
