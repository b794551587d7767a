// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/shown_events.h"

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

std::shared_ptr<const ShownEvents> shown_events(const trace::Trace& trace, const ShownRequest& request, const std::function<bool(int)>& go_on) {
    auto made = std::make_shared<ShownEvents>();
    const bool marks = request.findings || request.completions;
    const bool every = request.filter.passes_everything();
    const auto size = static_cast<std::uint32_t>(trace.size());
    made->active = marks || !every;
    if (made->active) made->passes.resize(size);
    for (std::uint32_t i = 0; i < size; ++i) {
        if (go_on && i % 4096 == 0 && !go_on(static_cast<int>(std::uint64_t{i} * 100 / size))) return nullptr;
        const EventId id(i);
        bool passes = true;
        if (made->active) {
            passes = !marks || (request.findings && request.is_finding && request.is_finding(id)) || (request.completions && is_completion(trace, id));
            passes = passes && (every || request.filter.matches(trace, id));
            made->passes[i] = passes;
        }
        if (passes && (request.irql_changes || trace.event(id).kind != EventKind::irql_changed)) made->shown.push_back(id);
    }
    made->filtered = made->shown.size() != size;
    if (!made->filtered) made->shown = {};
    made->shown.shrink_to_fit();
    return made;
}

}  // namespace chimneylab::desktop
