// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An event as one row of a list: a few words, whose it is, and by which mark it is known. The sentence for it is the
// narrator's. Pure functions of a finished trace.
#pragma once

#include <QString>

#include "engine/trace/history.h"

namespace chimneylab::desktop {

// The shape by which an event, a lane or a pane is known. Views draw it; see theme/marks.h.
enum class EventMark { host_stack, intermediate_driver, offload_target, ndis, machine, call_entry, conversion, finding, memory };

struct EventText {
    QString what;
    bool is_function_name = false;  // set in the monospaced face
    bool is_return = false;         // a leave: said quietly
    EventMark mark = EventMark::machine;
    trace::LayerIndex layer = trace::machine_layer;  // whose doing it is: the caller of a call, the converter …
};

// Whose doing an event is. A call is its caller's: a driver calls NDIS, or NDIS calls a driver's handler.
[[nodiscard]] trace::LayerIndex actor_of(const trace::Event& event);
[[nodiscard]] EventText event_text(const trace::History& history, trace::EventId event);
[[nodiscard]] EventMark mark_of_layer(const trace::Trace& trace, trace::LayerIndex layer);
// "41.250 µs"
[[nodiscard]] QString time_text(trace::Nanoseconds time);
// "41.250": microseconds for a column whose heading has the unit.
[[nodiscard]] QString microseconds_text(trace::Nanoseconds time);
// "Host", "IM 1", "Target", "NDIS", "Machine": a layer where there is little room.
[[nodiscard]] QString short_layer_name(const trace::History& history, trace::LayerIndex layer);
// "1 query", empty for an event of no operation.
[[nodiscard]] QString operation_text(const trace::History& history, trace::OperationId operation);
// 1, 2, 3 … in the order of starting; 0 for none.
[[nodiscard]] int operation_ordinal(const trace::History& history, trace::OperationId operation);
[[nodiscard]] QString operation_name(trace::OperationKind kind);  // "query"
// "protocol → miniport"
[[nodiscard]] QString short_conversion(trace::ConversionKind kind);

}  // namespace chimneylab::desktop
