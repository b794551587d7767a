// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/session.h"

#include <QFileInfo>

namespace chimneylab::desktop {

SessionPointer make_session(std::shared_ptr<const trace::Trace> trace, QString id, QString path,
                            std::function<QString(trace::EventId)> scenario_words,
                            std::vector<Expectation> expectations) {
    auto session = std::make_shared<Session>();
    session->history = std::make_unique<const trace::History>(*trace);
    session->id = std::move(id);
    session->path = std::move(path);
    session->title = to_qstring(trace->description().title);
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
    session->trace = std::move(trace);
    return session;
}

}  // namespace chimneylab::desktop
