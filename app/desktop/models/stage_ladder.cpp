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
