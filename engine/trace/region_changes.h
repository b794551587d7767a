// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What happened to each watched region, region by region: which event wrote which of its bytes, and what its bytes were
// after any event. A region that changes often has keyframes, so that looking it up replays a few dozen changes however
// long the trace is; keyframes take at most as many bytes as are recorded for the changes anyway.
// Of a trace on the disk (pages.h) only this is kept: in which stretches of a few thousand events a region was written, and
// roughly where in it. A question then looks at those stretches' events, so millions of changes cost next to no memory.
// Thread rule: take_in() is a writer, everything else reads. The trace must outlive it and stay where it is.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/trace/trace.h"

namespace chimneylab::trace {

class RegionChanges {
public:
    explicit RegionChanges(const Trace& trace) : trace_(&trace) {}

    void take_in(EventId event);  // in order, each event once
    void settle();                // to be called before something is asked

    // The nearest event after (before) `from` that wrote to bytes [offset, offset + size); none when there is none. From
    // none (before the first event) `next` finds the first. Linear in the changes of that region in between.
    [[nodiscard]] EventId next(RegionId region, std::uint32_t offset, std::uint32_t size, EventId from) const;
    [[nodiscard]] EventId previous(RegionId region, std::uint32_t offset, std::uint32_t size, EventId from) const;

    // The bytes of a region after an event that has been taken in; before its first change those it was born with.
    // O(log n) and at most keyframe_distance() changes.
    [[nodiscard]] std::vector<std::byte> bytes(RegionId region, EventId at) const;

    // Changes between two keyframes of a region of so many bytes.
    [[nodiscard]] static std::size_t keyframe_distance(std::uint32_t region_size);
    [[nodiscard]] std::size_t keyframe_bytes() const { return keyframe_bytes_; }

private:
    struct Written {
        EventId event;
        std::uint32_t offset, length;
    };
    struct Keyframe {
        std::uint32_t changes;  // how many of the region's changes are in it
        std::vector<std::byte> bytes;
    };
    struct Story {
        std::vector<Written> changes;
        std::vector<Keyframe> keyframes;
    };
    // Of a trace on the disk.
    static constexpr std::uint32_t events_in_stretch = 4096;
    struct Stretch {
        std::uint32_t region;
        std::uint32_t number;  // which events: [number, number + 1) * events_in_stretch
        std::uint64_t places;  // a bit for each 64th of the region that was written in it
    };
    [[nodiscard]] std::uint64_t places(RegionId region, std::uint32_t offset, std::uint32_t size) const;
    void close_stretch();
    [[nodiscard]] std::span<const Stretch> stretches_of(RegionId region) const;
    // The first (last) event among [first, last) that wrote there; none when there is none.
    [[nodiscard]] EventId seek(RegionId region, std::uint32_t offset, std::uint32_t size, std::uint32_t first,
                               std::uint32_t last, bool backwards) const;
    [[nodiscard]] std::vector<std::byte> replay(const Story& story, RegionId region, std::size_t changes) const;

    const Trace* trace_;
    std::vector<Story> stories_;  // by region; of a trace in memory
    std::vector<Stretch> stretches_;  // by region and number as far as they are settled
    std::size_t settled_ = 0;
    std::vector<Stretch> present_;  // of the stretch that is being taken in: one for each change
    std::uint32_t present_number_ = 0;
    std::size_t keyframe_bytes_ = 0;
};

}  // namespace chimneylab::trace
