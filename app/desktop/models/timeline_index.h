// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The most telling event of any stretch of a trace, for a time line that has one column of pixels for thousands of events:
// a pyramid, each level sixteen times as coarse. Made on whatever thread, and extended as the trace grows; asking costs some dozen looks however long
// the stretch is. Keeps two bytes an event and nothing of the trace: an event that is on the disk is not read to be painted.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/trace/trace.h"

namespace chimneylab::desktop {

class TimelineIndex {
public:
    // More telling is greater; of equals the first of a stretch is taken.
    enum Weight : std::uint8_t { nothing, irql_change, other, call, operation_call, call_entry, conversion, finding };

    void add(const trace::Event& event, bool is_finding);  // in order
    void finish();  // after the last so far; from then on it may be asked. Costs what came since the last time
    void mark(const std::vector<trace::EventId>& findings);  // that became known after that

    struct Telling {
        trace::EventId event;
        Weight weight = nothing;
        trace::LayerIndex layer = trace::machine_layer;  // whose doing it is
    };
    // Among the events [first, last).
    [[nodiscard]] Telling most_telling(std::uint32_t first, std::uint32_t last) const;
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(weights_.size()); }

private:
    static constexpr std::uint32_t step = 16;
    [[nodiscard]] Telling at(std::size_t level, std::uint32_t index) const;

    std::vector<std::uint8_t> weights_;        // by event
    std::vector<trace::LayerIndex> actors_;    // by event
    std::vector<std::vector<Telling>> levels_;  // of 16, 256, 4096 … events
};

}  // namespace chimneylab::desktop
