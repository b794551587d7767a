// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/session.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace chimneylab::desktop {

std::shared_ptr<Session> make_session(std::shared_ptr<const trace::Trace> trace, QString id, QString path,
                                      std::function<QString(trace::EventId)> scenario_words,
                                      std::vector<Expectation> expectations) {
    auto session = std::make_shared<Session>();
    session->history = std::make_unique<const trace::History>(*trace);
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
    session->findings = find_broken_promises(*session->history);
    session->trace = std::move(trace);
    return session;
}

}  // namespace chimneylab::desktop
