// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/stage_wire.h"

#include <algorithm>

#include "app/desktop/models/frame_flights.h"
#include "app/desktop/models/session.h"

namespace chimneylab::desktop {

namespace {

constexpr std::size_t most_on_wire = 24;
constexpr double frame_width = 14, frame_height = 10;
constexpr double peer_width = 54;

// 0 at who sent it, 1 at who gets it.
double way_of(const FrameFlight& flight, const trace::Trace& trace, trace::EventId at) {
    if (flight.ended == at) return flight.lost ? 0.5 : 1;
    if (flight.sent == at) return 0;
    // Whoever is sent last would be alone at the start for ever if the end were not known.
    if (!flight.ended.valid()) return 0.5;
    const double sent = static_cast<double>(trace.event(flight.sent).virtual_time), ended = static_cast<double>(trace.event(flight.ended).virtual_time);
    const double now = static_cast<double>(trace.event(at).virtual_time);
    const double way = ended > sent ? std::clamp((now - sent) / (ended - sent), 0.0, 1.0) : 0.5;
    return flight.lost ? way / 2 : way;
}

}  // namespace

void place_wire(StageScene& scene, const StageRequest& request) {
    if (request.frames == nullptr || request.frames->empty() || scene.lanes.empty()) return;
    const trace::Trace& trace = request.history->trace();
    const QRectF& lowest = scene.lanes.back().box;
    StageWire& wire = scene.wire;
    wire.shown = true;
    wire.box = QRectF(lowest.left(), lowest.bottom() + 6, lowest.width(), wire_height - 8);
    wire.peer = QRectF(wire.box.right() - peer_width - 6, wire.box.bottom() - 20, peer_width, 16);
    wire.from = QPointF(wire.box.left() + 140, wire.peer.center().y());
    wire.to = QPointF(wire.peer.left() - 4, wire.peer.center().y());
    for (const FrameFlight& flight : request.frames->between(request.at, request.at, most_on_wire)) {
        StageFrame frame;
        frame.sent = flight.sent;
        frame.ended = flight.ended;
        frame.to_peer = flight.to_peer;
        frame.lost = flight.lost && flight.ended == request.at;
        frame.copy = flight.copy;
        frame.present = flight.ended == request.at || flight.sent == request.at;
        const double way = way_of(flight, trace, request.at);
        const double across = flight.to_peer ? way : 1 - way;
        const double middle = wire.from.x() + 12 + (wire.to.x() - wire.from.x() - 24) * across;
        frame.box = QRectF(middle - frame_width / 2, wire.from.y() - frame_height / 2, frame_width, frame_height);
        const QString whole = to_qstring(trace.text(trace.event(flight.sent).name));
        const FrameWords words = frame_words(whole);
        frame.text = words.told ? words.brief() : whole;
        wire.frames.push_back(frame);
    }
    // One has its words above it: the one that the event is about, else the last that was sent.
    if (wire.frames.empty()) return;
    auto told = std::ranges::find(wire.frames, true, &StageFrame::present);
    if (told == wire.frames.end()) told = std::prev(wire.frames.end());
    wire.words = (told->to_peer ? told->text + QStringLiteral(" →") : QStringLiteral("← ") + told->text) + (told->lost ? QStringLiteral(", lost") : told->copy ? QStringLiteral(", again") : QString());
    const double wide = static_cast<double>(wire.words.size() + 2) * request.metrics.small_advance * 1.1;
    const double left = std::clamp(told->box.center().x() - wide / 2, wire.from.x(), std::max(wire.from.x(), wire.box.right() - wide - 4));
    wire.words_box = QRectF(left, wire.box.top() - 1, std::min(wide, wire.box.right() - left), 13);
}

}  // namespace chimneylab::desktop
