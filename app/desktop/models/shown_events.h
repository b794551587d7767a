// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which events of a session pass a filter: worked out once, on whatever thread, then only read. Linear in the trace. What a session
// that grows shows is extended as it grows, on the thread that extends the trace.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/trace/filter.h"
#include "engine/trace/trace.h"

namespace chimneylab::desktop {

struct ShownEvents {
    std::uint32_t events = 0;           // that were looked at: a session that grows has more
    bool active = false;                // a filter is in force
    std::vector<bool> passes;           // by event, while one is
    bool filtered = false;              // some event has no row
    std::vector<trace::EventId> shown;  // those that have one, in order; empty unless filtered
};

struct ShownRequest {
    trace::Filter filter;
    bool findings = false, completions = false;  // the marks that are asked for
    bool irql_changes = false;                   // have rows
    std::function<bool(trace::EventId)> is_finding;
};

// `go_on` is told now and then how far it is, in percent; when it says no, the result is null.
[[nodiscard]] std::shared_ptr<const ShownEvents> shown_events(const trace::Trace& trace, const ShownRequest& request,
                                                              const std::function<bool(int percent)>& go_on = {});

// Goes on with what has come since: costs what is new.
void extend_shown(ShownEvents& shown, const trace::Trace& trace, const ShownRequest& request, std::uint32_t most = 0xFFFFFFFF);

// Whether an event is the call that completes something: NdisMXxxOffloadComplete, ProtocolXxxOffloadComplete and the like,
// or the end of an operation.
[[nodiscard]] bool is_completion(const trace::Trace& trace, trace::EventId event);

}  // namespace chimneylab::desktop
