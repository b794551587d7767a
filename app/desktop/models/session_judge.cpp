// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/session_judge.h"

#include <algorithm>

#include "app/desktop/models/growing_session.h"
#include "app/desktop/models/timeline_index.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::desktop {

SessionJudge::SessionJudge(PlaybackModel& playback, QObject* parent) : QObject(parent), playback_(playback) {
    connect(&background_, &Background::changed, this, &SessionJudge::changed);
    connect(&playback, &PlaybackModel::session_changed, this, [this] {
        background_.forget();
        start();
    });
    start();
}

void SessionJudge::stop() { background_.forget(); }

void SessionJudge::start() {
    if (!outstanding() || judging()) return;
    background_.start([this, session = playback_.session()](Background::Control& control) -> std::function<void()> {
        constexpr std::uint32_t step = 20'000;
        const std::size_t size = std::max<std::size_t>(session->trace->size(), 1);
        verifier::Verifier verifier(*session->trace);
        for (std::size_t done = step; verifier.extend(step); done += step) {
            if (control.cancel) return {};
            control.percent = static_cast<int>(done * 100 / size);
        }
        if (control.cancel) return {};
        const auto violations = verifier.violations();
        auto judged_session = std::make_shared<Session>();  // for its findings and its time line alone
        judged_session->timeline = session->timeline;
        adopt_findings(*judged_session, tell_findings(*session->history, {violations.begin(), violations.end()}));
        return [this, session, judged_session] {
            if (playback_.session() != session) return;
            // Only this thread looks at the findings of a session that is on show.
            const auto shown = std::const_pointer_cast<Session>(session);
            shown->findings = std::move(judged_session->findings);
            shown->timeline = std::move(judged_session->timeline);
            shown->unjudged = false;
            Q_EMIT playback_.shown_events_changed();
            Q_EMIT judged();
        };
    });
}

void adopt_findings(Session& session, Findings findings) {
    session.findings = std::move(findings);
    if (!session.timeline || session.findings.events.empty()) return;
    auto timeline = std::make_shared<TimelineIndex>(*session.timeline);
    timeline->mark(session.findings.events);
    session.timeline = std::move(timeline);
}

Findings tell_stored(const trace::History& history, const std::vector<session::StoredViolation>& stored) {
    const auto fits = [&](const session::StoredViolation& each) { return each.event.valid() && each.event.value < history.trace().size(); };
    const auto severity_of = [](std::string_view word) {
        for (const auto each : {verifier::Severity::note, verifier::Severity::warning, verifier::Severity::error, verifier::Severity::fatal})
            if (word == verifier::to_text(each)) return each;
        return verifier::Severity::error;
    };
    // In the order of events, as every list of findings.
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < stored.size(); ++i)
        if (fits(stored[i])) order.push_back(i);
    std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return stored[i].event; });
    std::vector<std::uint32_t> row_of(stored.size(), UINT32_MAX);
    for (std::uint32_t row = 0; row < order.size(); ++row) row_of[order[row]] = row;

    Findings found;
    std::vector<std::uint32_t> group_of(order.size(), UINT32_MAX);
    for (const std::uint32_t i : order) {
        const session::StoredViolation& each = stored[i];
        Finding row;
        row.rule = to_qstring(each.rule);
        row.severity = severity_of(each.severity);
        row.event = each.event;
        row.noticed = each.noticed.valid() && each.noticed.value < history.trace().size() ? each.noticed : each.event;
        row.operation = each.operation;
        row.layer = each.layer;
        row.layer_name = QString::fromStdString(history.layer_name(each.layer));
        row.block_name = to_qstring(each.block);
        row.member = to_qstring(each.member);
        row.expected_text = to_qstring(each.expected);
        row.seen_text = to_qstring(each.seen);
        row.explanation = to_qstring(each.explanation);
        row.source = to_qstring(each.source);
        row.first_cause = !each.cause || row_of[*each.cause] == UINT32_MAX;
        found.rows.push_back(std::move(row));
        if (found.events.empty() || found.events.back() != each.event) found.events.push_back(each.event);
    }
    for (std::uint32_t row = 0; row < found.rows.size(); ++row) {
        if (!found.rows[row].first_cause) continue;
        group_of[row] = static_cast<std::uint32_t>(found.groups.size());
        found.groups.push_back({row, {}});
    }
    for (std::uint32_t row = 0; row < found.rows.size(); ++row) {
        if (found.rows[row].first_cause) continue;
        // Along the causes to the first one; a file that goes in circles has none.
        std::uint32_t cause = row;
        for (int steps = 0; steps < 64 && !found.rows[cause].first_cause; ++steps)
            cause = row_of[*stored[order[cause]].cause];
        if (!found.rows[cause].first_cause) {
            found.rows[row].first_cause = true;
            group_of[row] = static_cast<std::uint32_t>(found.groups.size());
            found.groups.push_back({row, {}});
            continue;
        }
        found.groups[group_of[cause]].consequences.push_back(row);
    }
    std::ranges::sort(found.groups, {}, &FindingGroup::first_cause);
    return found;
}

}  // namespace chimneylab::desktop

#include "moc_session_judge.cpp"
