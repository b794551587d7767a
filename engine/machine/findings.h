// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the machine found wrong while it ran: misuse of memory, handles, levels and locks. Each finding is also a
// `finding` event of the trace; this is the same list for the program that runs the machine.
#pragma once

#include <string>

#include "engine/trace/event.h"

namespace chimneylab::machine {

using trace::FindingKind;

struct Finding {
    FindingKind kind = FindingKind::none;
    std::string explanation;  // a sentence: what, by whom, which object
    trace::EventId event;     // the finding event
    trace::LayerIndex layer = trace::machine_layer;  // whose code ran, or who owns the object
    trace::Address subject = 0;                      // translated
};

[[nodiscard]] std::string_view to_text(FindingKind kind);  // "use after free"

}  // namespace chimneylab::machine
