// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/shown_events.h"

#include <algorithm>

#include "engine/trace/function_catalogue.h"

namespace chimneylab::desktop {

using trace::EventId;
using trace::EventKind;

bool is_completion(const trace::Trace& trace, EventId event) {
    const trace::Event& what = trace.event(event);
    if (what.kind == EventKind::operation_finished) return true;
    if (what.kind != EventKind::enter) return false;
    const trace::Function* function = trace::find_function(trace.text(what.name));
    return function != nullptr && function->completion;
}

void extend_shown(ShownEvents& shown, const trace::Trace& trace, const ShownRequest& request, std::uint32_t most) {
    const bool marks = request.findings || request.completions;
    const bool every = request.filter.passes_everything();
    const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(trace.size(), std::size_t{shown.events} + most));
    shown.active = marks || !every;
    if (shown.active) shown.passes.resize(size);
    for (std::uint32_t i = shown.events; i < size; ++i) {
        const EventId id(i);
        bool passes = true;
        if (shown.active) {
            passes = !marks || (request.findings && request.is_finding && request.is_finding(id)) || (request.completions && is_completion(trace, id));
            passes = passes && (every || request.filter.matches(trace, id));
            shown.passes[i] = passes;
        }
        const bool has_row = passes && (request.irql_changes || trace.event(id).kind != EventKind::irql_changed);
        if (!has_row && !shown.filtered) {
            shown.filtered = true;  // up to here every event has a row
            for (std::uint32_t before = 0; before < i; ++before) shown.shown.emplace_back(before);
        }
        if (has_row && shown.filtered) shown.shown.push_back(id);
    }
    shown.events = size;
}

std::shared_ptr<const ShownEvents> shown_events(const trace::Trace& trace, const ShownRequest& request, const std::function<bool(int)>& go_on) {
    constexpr std::uint32_t in_one_go = 4096;
    auto made = std::make_shared<ShownEvents>();
    for (;;) {
        extend_shown(*made, trace, request, in_one_go);
        if (made->events >= trace.size()) break;
        if (go_on && !go_on(static_cast<int>(std::uint64_t{made->events} * 100 / trace.size()))) return nullptr;
    }
    made->shown.shrink_to_fit();
    return made;
}

}  // namespace chimneylab::desktop
