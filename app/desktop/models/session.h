// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window looks at: one finished trace, the history derived from it, and where it came from. Built on a worker
// thread, then handed over whole; from then on only read, by the GUI thread.
#pragma once

#include <QString>
#include <functional>
#include <memory>
#include <vector>

#include "engine/trace/history.h"
#include "engine/trace/trace.h"

namespace chimneylab::desktop {

struct Expectation {
    QString text;
    QString detail;
    bool met = false;
};

struct Session {
    std::shared_ptr<const trace::Trace> trace;
    std::unique_ptr<const trace::History> history;
    QString id;     // scenario id, empty for a file
    QString title;
    QString path;   // session file, empty for a run
    // A scenario's own words about an event; empty where it has none. May be null.
    std::function<QString(trace::EventId)> scenario_words;
    std::vector<Expectation> expectations;
    // Where a newcomer should stand: the host stack's first call of an operation, else the first event.
    trace::EventId opening;
};

using SessionPointer = std::shared_ptr<const Session>;

// Takes the trace and derives the rest. Linear in the trace: not for the GUI thread when the trace may be long.
// The result is the caller's to complete until it hands it on as a SessionPointer.
[[nodiscard]] std::shared_ptr<Session> make_session(std::shared_ptr<const trace::Trace> trace, QString id, QString path,
                                          std::function<QString(trace::EventId)> scenario_words,
                                          std::vector<Expectation> expectations);

[[nodiscard]] inline QString to_qstring(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

}  // namespace chimneylab::desktop
