// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/stage_ladder.h"

#include <algorithm>

#include "app/desktop/models/session.h"
#include "engine/trace/function_catalogue.h"

namespace chimneylab::desktop {

trace::EventId LadderCall::last_at(trace::EventId at) const {
    const auto after = std::upper_bound(events.begin(), events.end(), at);
    return after == events.begin() ? trace::EventId() : *std::prev(after);
}

std::vector<LadderCall> ladder_of(const trace::History& history, const trace::Operation& operation) {
    const trace::Trace& trace = history.trace();
    const int lanes = static_cast<int>(trace.layers().size());
    std::vector<LadderCall> ladder;
    const auto add = [&](trace::Rung rung, int lane, bool upward, bool leaves) {
        ladder.push_back({to_qstring(trace::rung_name(operation.kind, rung)), lane, upward, leaves, {}});
    };
    for (int lane = 0; lane < lanes; ++lane) {
        if (lane > 0) add(trace::Rung::miniport_handler, lane, false, false);
        if (lane < lanes - 1) add(trace::Rung::call_ndis, lane, false, true);
    }
    for (int lane = lanes - 1; lane >= 0; --lane) {
        if (lane < lanes - 1) add(trace::Rung::protocol_handler, lane, true, false);
        if (lane > 0) add(trace::Rung::complete_ndis, lane, true, true);
    }
    for (const trace::EventId id : operation.crossings) {
        const trace::Event& event = trace.event(id);
        const bool to_ndis = event.layer == trace::ndis_layer;
        const int lane = to_ndis ? event.other_layer : event.layer;
        const QString name = to_qstring(trace.text(event.name));
        for (LadderCall& call : ladder) {
            if (call.lane == lane && call.leaves_lane == to_ndis && call.function == name) call.events.push_back(id);
        }
    }
    return ladder;
}

std::vector<LadderCall> passing_call(const trace::History& history, trace::EventId at) {
    const trace::Trace& trace = history.trace();
    const int lanes = static_cast<int>(trace.layers().size());
    std::vector<LadderCall> ladder;
    trace::EventId outermost;
    const trace::Function* function = nullptr;
    for (const trace::EventId open : history.open_calls(at)) {
        const trace::Function* found = trace::find_function(trace.text(trace.event(open).name));
        if (found == nullptr) continue;
        // Inside one of the five operations the picture stays the operation's.
        if (found->group == trace::FunctionGroup::state_manipulation) return {};
        const bool passes = found->group == trace::FunctionGroup::offloaded_io || found->group == trace::FunctionGroup::indication;
        if (passes && !outermost.valid() && found->side == trace::Side::driver_calls_ndis && !found->counterpart.empty()) {
            outermost = open;
            function = found;
        }
    }
    if (function == nullptr) return ladder;
    const bool upward = function->direction == trace::Direction::up;
    const auto add = [&](std::string_view name, int lane, bool leaves) { ladder.push_back({to_qstring(name), lane, upward, leaves, {}}); };
    for (int i = 0; i < lanes; ++i) {
        const int lane = upward ? lanes - 1 - i : i;
        if (i > 0) add(function->counterpart, lane, false);
        if (i < lanes - 1) add(function->name, lane, true);
    }
    const trace::EventId returns = trace.leave_of(outermost);
    const std::uint32_t end = returns.valid() ? returns.value : static_cast<std::uint32_t>(trace.size());
    for (std::uint32_t i = outermost.value; i < end; ++i) {
        const trace::Event& event = trace.event(trace::EventId(i));
        if (event.kind != trace::EventKind::enter) continue;
        const bool to_ndis = event.layer == trace::ndis_layer;
        const QString name = to_qstring(trace.text(event.name));
        for (LadderCall& call : ladder) {
            if (call.lane == (to_ndis ? event.other_layer : event.layer) && call.leaves_lane == to_ndis && call.function == name) {
                call.events.emplace_back(i);
            }
        }
    }
    return ladder;
}

int present_call(const std::vector<LadderCall>& ladder, trace::EventId at) {
    int present = -1;
    trace::EventId latest;
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        const trace::EventId last = ladder[i].last_at(at);
        if (last.valid() && (!latest.valid() || last > latest)) {
            latest = last;
            present = static_cast<int>(i);
        }
    }
    return present;
}

}  // namespace chimneylab::desktop
