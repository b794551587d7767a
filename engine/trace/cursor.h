// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Time travel: the watched memory as it was at one event. Moving forward applies changes, moving back undoes them, so a
// step costs what the step changed; a long jump replays from the nearest side. With the changes of every region at hand
// (History::region_changes(), or a trace on the disk) a long jump costs nothing: the bytes of a region are looked up when
// they are asked for and followed from then on.
// The state at event E includes E's own changes. A cursor may also stand before the first event (no event).
// Not thread safe; any number of cursors may read one finished trace.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/trace/region_changes.h"
#include "engine/trace/trace.h"

namespace chimneylab::trace {

class Cursor {
public:
    // `changes`, if given, must have taken in the whole trace and outlive the cursor.
    explicit Cursor(const Trace& trace, const RegionChanges* changes = nullptr);

    [[nodiscard]] EventId position() const { return position_; }  // none: before the first event
    void seek(EventId event);                                     // clamps to the last event; none: before the first
    bool step_forward();                                          // false at the end
    bool step_back();                                             // false before the first event

    [[nodiscard]] bool alive(RegionId region) const;
    // Bytes at the cursor. After its death a region keeps its last bytes; before its birth the span is empty.
    [[nodiscard]] std::span<const std::byte> bytes(RegionId region) const;
    [[nodiscard]] std::optional<std::uint64_t> word(RegionId region, std::uint32_t offset,
                                                    std::uint32_t size = 8) const;

    // Calls open at the cursor, outermost first.
    [[nodiscard]] std::vector<EventId> open_calls() const;

    [[nodiscard]] const Trace& trace() const { return *trace_; }

private:
    void apply(const Event& event, bool forward);
    void rewind();
    void bear_up_to(std::uint32_t event);
    void unbear_from(std::uint32_t event);
    [[nodiscard]] std::vector<std::byte>* image(RegionId region);

    const Trace* trace_;
    const RegionChanges* changes_;
    bool looks_up_;  // holds the bytes of what was asked for since the last jump, not of everything
    EventId position_;
    std::uint32_t born_ = 0;  // regions are stored in the order of their birth: this many exist at the cursor
    std::vector<std::vector<std::byte>> regions_;
    // What has been asked for since the last jump.
    mutable std::unordered_map<std::uint32_t, std::vector<std::byte>> looked_up_;
};

}  // namespace chimneylab::trace
