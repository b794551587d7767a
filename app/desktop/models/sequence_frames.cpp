// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/sequence_frames.h"

#include "app/desktop/models/session.h"

namespace chimneylab::desktop {

using trace::EventId;
using trace::EventKind;

namespace {

constexpr std::size_t most_lines = 600;
constexpr double from_lifeline = 5;

}  // namespace

void place_frames(SequenceScene& scene, const SequenceRequest& request, EventId from, EventId to) {
    const SequenceIndex& index = *request.axis.index;
    const SequenceColumns& columns = index.columns();
    if (columns.peer() < 0) return;
    const trace::Trace& trace = index.history().trace();
    const auto shown = [&](EventId event) { return event.valid() && index.has_row(event); };
    for (const FrameFlight& flight : index.frames().between(from, to, most_lines)) {
        // A filter may leave out either end, or both.
        if (!shown(flight.sent) && !shown(flight.ended)) continue;
        const trace::LayerIndex sender = trace.event(flight.sent).layer;
        const int adapter = flight.to_peer ? columns.of_layer(sender) : static_cast<int>(columns.peer()) - 1;
        if (adapter < 0) continue;
        const double near_adapter = scene.lifelines[static_cast<std::size_t>(adapter)].x + from_lifeline;
        const double near_peer = scene.lifelines[static_cast<std::size_t>(columns.peer())].x - from_lifeline;
        SequenceFrame made;
        made.to_peer = flight.to_peer;
        made.lost = flight.lost;
        made.copy = flight.copy;
        made.under_way = !flight.ended.valid();
        made.sent = flight.sent;
        made.ended = flight.ended;
        const double end_y = made.under_way ? request.axis.height() : request.axis.y_of(flight.ended);
        made.from = QPointF(flight.to_peer ? near_adapter : near_peer, request.axis.y_of(flight.sent) - request.top);
        made.to = QPointF(flight.to_peer ? near_peer : near_adapter, end_y - request.top);
        if (flight.lost) made.to.setX((near_adapter + near_peer) / 2);
        // A frame of which one end is left out still comes from (goes to) its lifeline, a little above (below).
        if (!shown(flight.sent)) made.from.setY(made.to.y() - 8);
        if (flight.ended.valid() && !shown(flight.ended)) made.to.setY(made.from.y() + 8);
        made.future = request.at.valid() && flight.sent > request.at;
        made.present = request.at.valid() && (flight.ended == request.at || (flight.sent == request.at && !flight.copy));
        scene.frames.push_back(made);
    }
}

QString frame_label(const SequenceIndex& index, EventId id) {
    const trace::Trace& trace = index.history().trace();
    const trace::Event& event = trace.event(id);
    const QString whole = to_qstring(trace.text(event.name));
    const FrameWords words = frame_words(whole);
    if (event.kind == EventKind::frame_sent) return words.told ? words.brief() : whole;
    const QString which = words.told ? QStringLiteral("%1 seq %2").arg(words.flags, words.seq).trimmed() : whole;
    if (event.kind == EventKind::frame_dropped) return which + QStringLiteral(" is lost");
    const FrameFlight* flight = index.frames().of(id);
    return which + (flight != nullptr && flight->copy ? QStringLiteral(" arrives again") : QStringLiteral(" arrives"));
}

}  // namespace chimneylab::desktop
