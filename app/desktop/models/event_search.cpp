// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/event_search.h"

#include <algorithm>

namespace chimneylab::desktop {

using trace::EventId;

EventSearch::EventSearch(QObject* parent) : QObject(parent) { connect(&worker_, &Background::changed, this, &EventSearch::working_changed); }

void EventSearch::start(SessionPointer session, trace::Filter filter, EventId from, int direction, EventId limit) {
    worker_.forget();
    const auto size = static_cast<std::int64_t>(session->trace->size());
    std::int64_t at = from.valid() ? std::int64_t{from.value} + direction : direction > 0 ? 0 : size - 1;
    const std::int64_t end = direction > 0 ? (limit.valid() ? limit.value : size) : (limit.valid() ? std::int64_t{limit.value} : -1);
    const auto fits = [&filter, &session](std::int64_t event) { return filter.matches(*session->trace, EventId(static_cast<std::uint32_t>(event))); };
    // Of a session that grows no other thread may read.
    const std::int64_t near = session->growing ? end : direction > 0 ? std::min<std::int64_t>(end, at + at_once) : std::max<std::int64_t>(end, at - at_once);
    for (; direction > 0 ? at < near : at > near; at += direction) {
        if (!fits(at)) continue;
        Q_EMIT found(EventId(static_cast<std::uint32_t>(at)));
        return;
    }
    if (direction > 0 ? at >= end : at <= end) {
        Q_EMIT found(EventId());
        return;
    }
    worker_.start([this, session, filter = std::move(filter), first = at, end, direction](Background::Control& control) -> std::function<void()> {
        const std::int64_t all = std::max<std::int64_t>(1, (end - first) * direction);
        for (std::int64_t i = first; direction > 0 ? i < end : i > end; i += direction) {
            const std::int64_t done = (i - first) * direction;
            if (done % 4096 == 0) {
                if (control.cancel) return {};
                control.percent = static_cast<int>(done * 100 / all);
            }
            const EventId event(static_cast<std::uint32_t>(i));
            if (filter.matches(*session->trace, event)) return [this, event] { Q_EMIT found(event); };
        }
        return [this] { Q_EMIT found(EventId()); };
    });
}

void EventSearch::cancel() { worker_.forget(); }

}  // namespace chimneylab::desktop

#include "moc_event_search.cpp"
