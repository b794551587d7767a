// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/frame_flights.h"

#include <QRegularExpression>
#include <algorithm>

namespace chimneylab::desktop {

using trace::EventId;
using trace::EventKind;

void FrameFlights::add(EventId id, const trace::Event& event) {
    switch (event.kind) {
        case EventKind::frame_sent:
            ++told_;
            open_[id.value] = flights_.size();
            flights_.push_back({id, {}, false, false, event.layer != trace::machine_layer});
            return;
        case EventKind::frame_received:
        case EventKind::frame_dropped: {
            ++told_;
            // A recording may have lost the event that sent it.
            const auto its = event.partner.valid() ? open_.find(event.partner.value) : open_.end();
            if (its == open_.end()) return;
            FrameFlight flight = flights_[its->second];
            const bool again = flight.ended.valid();
            flight.ended = id;
            flight.lost = event.kind == EventKind::frame_dropped;
            flight.copy = again;
            if (again) flights_.push_back(flight);
            else flights_[its->second] = flight;
            return;
        }
        default: return;
    }
}

void FrameFlights::finish() {
    open_.clear();
    ending_.clear();
    latest_.clear();
    std::ranges::stable_sort(flights_, {}, &FrameFlight::sent);
    EventId latest(0);
    for (std::size_t i = 0; i < flights_.size(); ++i) {
        const EventId end = flights_[i].ended.valid() ? flights_[i].ended : EventId(0xFFFFFFFE);
        latest = std::max(latest, end);
        latest_.push_back(latest);
        if (flights_[i].ended.valid()) ending_[flights_[i].ended.value] = i;
    }
}

std::vector<FrameFlight> FrameFlights::between(EventId from, EventId to, std::size_t most) const {
    std::vector<FrameFlight> found;
    const auto after = std::ranges::upper_bound(flights_, to, {}, &FrameFlight::sent);
    for (auto i = static_cast<std::size_t>(after - flights_.begin()); i-- > 0 && found.size() < most;) {
        if (latest_[i] < from) break;
        if (!flights_[i].ended.valid() || flights_[i].ended >= from) found.push_back(flights_[i]);
    }
    std::ranges::reverse(found);
    return found;
}

const FrameFlight* FrameFlights::of(EventId event) const {
    if (const auto its = ending_.find(event.value); its != ending_.end()) return &flights_[its->second];
    const auto its = std::ranges::lower_bound(flights_, event, {}, &FrameFlight::sent);
    return its != flights_.end() && its->sent == event ? &*its : nullptr;
}

FrameWords frame_words(const QString& description) {
    static const QRegularExpression form(QStringLiteral("^\\d+ → \\d+((?: [A-Z]{3})*) seq (\\d+) ack (\\d+) win (\\d+) len (\\d+)$"));
    FrameWords words;
    const QRegularExpressionMatch match = form.match(description);
    if (!match.hasMatch()) return words;
    words.told = true;
    words.flags = match.captured(1).trimmed();
    words.seq = match.captured(2);
    if (words.flags.contains(QLatin1String("ACK"))) words.ack = match.captured(3);  // else the number means nothing
    words.win = match.captured(4);
    words.length = match.captured(5).toInt();
    return words;
}

QString FrameWords::brief() const {
    if (!told) return {};
    QString text = flags;
    if (!text.isEmpty()) text += QLatin1Char(' ');
    text += QStringLiteral("seq ") + seq;
    if (length > 0) text += QStringLiteral(" len %1").arg(length);
    if (!ack.isEmpty()) text += QStringLiteral(" ack ") + ack;
    return text;
}

}  // namespace chimneylab::desktop
