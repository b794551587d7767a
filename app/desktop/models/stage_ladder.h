// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One operation as a ladder: every call that takes it down to the offload target and back up, in order, with the events
// at which the trace has it. Calls that the trace does not have (yet) are there too, by their names.
// Names: the WDK pages of the five state-manipulation operations, from the catalogue of engine/trace.
#pragma once

#include <QString>
#include <vector>

#include "engine/trace/history.h"

namespace chimneylab::desktop {

struct LadderCall {
    QString function;
    int lane = 0;              // index into Trace::layers()
    bool upward = false;
    bool leaves_lane = false;  // the lane's driver calls NDIS; otherwise NDIS calls the lane's driver
    std::vector<trace::EventId> events;  // its enters, ascending; several when it went round
    // The last one at or before the event, or none.
    [[nodiscard]] trace::EventId last_at(trace::EventId at) const;
};

[[nodiscard]] std::vector<LadderCall> ladder_of(const trace::History& history, const trace::Operation& operation);
// A call that carries no block list but passes through the stack all the same: I/O on an offloaded connection and its
// completion, and indications. Empty unless one is open at the event; then the way it goes, top to bottom or bottom to top.
[[nodiscard]] std::vector<LadderCall> passing_call(const trace::History& history, trace::EventId at);
// The call that brought the operation where it is at the event: index, or -1 before the first.
[[nodiscard]] int present_call(const std::vector<LadderCall>& ladder, trace::EventId at);

}  // namespace chimneylab::desktop
