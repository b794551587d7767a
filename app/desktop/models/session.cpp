// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/session.h"

#include <QFileInfo>
#include <QRegularExpression>
#include <algorithm>

#include "app/desktop/models/frame_flights.h"
#include "app/desktop/models/shown_events.h"
#include "app/desktop/models/timeline_index.h"

namespace chimneylab::desktop {
namespace {

constexpr std::uint32_t history_step = 50'000;  // events between two looks at whether it shall go on

}  // namespace

std::shared_ptr<Session> make_session(std::shared_ptr<const trace::Trace> trace, QString id, QString path,
                                      std::function<QString(trace::EventId)> scenario_words,
                                      std::vector<Expectation> expectations, const GoesOn& goes_on) {
    auto session = std::make_shared<Session>();
    // Most of the time goes into the history, the rest into the index.
    constexpr int history_share = 75;
    auto history = std::make_unique<trace::History>(*trace, trace::History::Later{});
    const std::size_t steps = trace->size() / history_step + 1;
    for (std::size_t step = 1; history->extend(history_step); ++step)
        if (goes_on && !goes_on(static_cast<int>(history_share * step / steps))) return nullptr;
    session->history = std::move(history);
    session->id = std::move(id);
    session->path = std::move(path);
    session->title = to_qstring(trace->description().title);
    // "M1 · One completion travels up": a scenario of the library is known by its number.
    static const QRegularExpression number(QStringLiteral("^[a-z]\\d+$"));
    const QString scenario = to_qstring(trace->description().scenario);
    if (number.match(scenario).hasMatch()) session->title = scenario.toUpper() + QStringLiteral(" · ") + session->title;
    if (session->title.isEmpty()) session->title = QFileInfo(session->path).fileName();
    session->scenario_words = std::move(scenario_words);
    session->expectations = std::move(expectations);
    if (!trace->empty()) session->opening = trace::EventId(0);
    for (const trace::Operation& operation : session->history->operations()) {
        if (!operation.crossings.empty()) {
            session->opening = operation.crossings.front();
            break;
        }
    }
    session->variant = to_qstring(trace->description().variant);
    session->schedule = to_qstring(trace->description().schedule);
    session->unjudged = trace->paged() != nullptr;
    if (!session->unjudged) session->findings = find_broken_promises(*session->history);
    session->trace = std::move(trace);
    const GoesOn share = [&goes_on](int percent) { return !goes_on || goes_on(history_share + percent * (100 - history_share) / 100); };
    if (!index_for_views(*session, share)) return nullptr;
    return session;
}

bool index_for_views(Session& session, const GoesOn& goes_on) {
    // In one walk: a long trace may lie on the disk.
    auto shown = std::make_shared<ShownEvents>();
    auto timeline = std::make_shared<TimelineIndex>();
    auto frames = std::make_shared<FrameFlights>();
    session.deepest = 0;
    const auto size = static_cast<std::uint32_t>(session.trace->size());
    if (size > history_step) shown->shown.reserve(size);  // growing would take three times as much for a moment
    for (std::uint32_t i = 0; i < size; ++i) {
        if (goes_on && i % history_step == history_step - 1 && !goes_on(static_cast<int>(std::uint64_t{i} * 100 / size))) return false;
        const trace::EventId id(i);
        const trace::Event& event = session.trace->event(id);
        if (event.kind != trace::EventKind::irql_changed) shown->shown.push_back(id);
        timeline->add(event, session.is_finding(id));
        frames->add(id, event);
        session.deepest = std::max<int>(session.deepest, event.depth);
    }
    shown->filtered = shown->shown.size() != session.trace->size();
    if (!shown->filtered) shown->shown = {};
    timeline->finish();
    frames->finish();
    session.frames = std::move(frames);
    session.usually_shown = std::move(shown);
    session.timeline = std::move(timeline);
    return true;
}

}  // namespace chimneylab::desktop
