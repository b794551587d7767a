// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/server/event_linker.h"

#include <limits>

namespace chimneylab::bridge {
namespace {

using trace::EventId;
using trace::EventKind;

EventId taken(std::unordered_map<std::uint64_t, EventId>& openings, std::uint64_t key) {
    const auto found = openings.find(key);
    if (found == openings.end()) return {};
    const EventId id = found->second;
    openings.erase(found);
    return id;
}

}  // namespace

// Closes the innermost opening that this event can answer, and with it whatever was left open inside.
void EventLinker::close(Context& context, trace::Event& event) {
    const bool is_leave = event.kind == EventKind::leave;
    for (std::size_t i = context.open.size(); i-- > 0;) {
        const trace::Event& opening = context.open[i].event;
        const bool answers = is_leave ? opening.kind == EventKind::enter &&
                                            (!event.name.valid() || opening.name == event.name)
                                      : opening.kind == EventKind::work_started && opening.subject == event.subject;
        if (!answers) continue;
        event.partner = context.open[i].id;
        if (is_leave && !event.name.valid()) {
            event.name = opening.name;
            event.layer = opening.layer;
            event.other_layer = opening.other_layer;
            event.operation = opening.operation;
            event.operation_kind = opening.operation_kind;
            event.region = opening.region;
            event.subject = opening.subject;
        }
        for (std::size_t inner = i; inner < context.open.size(); ++inner)
            if (context.open[inner].event.kind == EventKind::enter) --context.calls;
        context.open.resize(i);
        return;
    }
}

void EventLinker::link(trace::Event& event, std::uint32_t number, EventId id) {
    Context& context = contexts_[number];
    event.partner = {};
    switch (event.kind) {
        case EventKind::leave:
        case EventKind::work_finished: close(context, event); break;
        case EventKind::memory_allocated: allocations_[event.subject] = id; break;
        case EventKind::memory_freed: event.partner = taken(allocations_, event.subject); break;
        case EventKind::handle_opened: handles_[event.subject] = id; break;
        case EventKind::handle_closed: event.partner = taken(handles_, event.subject); break;
        case EventKind::call_entry_recognised: call_entries_[event.region.value] = id; break;
        case EventKind::call_entry_released: event.partner = taken(call_entries_, event.region.value); break;
        case EventKind::offload_entry_recognised: offload_entries_[event.region.value] = id; break;
        case EventKind::offload_entry_released: event.partner = taken(offload_entries_, event.region.value); break;
        default: break;
    }
    event.parent = context.open.empty() ? EventId{} : context.open.back().id;
    event.depth = context.calls;
    const bool opens = event.kind == EventKind::enter || event.kind == EventKind::work_started;
    if (!opens || context.calls == std::numeric_limits<std::uint16_t>::max()) return;
    context.open.push_back({id, event});
    if (event.kind == EventKind::enter) ++context.calls;
}

}  // namespace chimneylab::bridge
