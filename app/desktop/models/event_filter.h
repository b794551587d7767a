// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one filter that all views share: an expression (engine/trace/filter.h) and two marks that a person switches on,
// "findings" and "completions". An event passes when the expression lets it pass and, if a mark is on, when it has one of
// the marks that are on. Views that list events leave the others out, views that draw a whole dim them.
// Walks the trace once for each change; asking is O(1). Owned by PlaybackModel. GUI thread only.
#pragma once

#include <QObject>
#include <QString>
#include <vector>

#include "app/desktop/models/session.h"

namespace chimneylab::desktop {

class EventFilter : public QObject {
    Q_OBJECT
public:
    explicit EventFilter(QObject* parent = nullptr) : QObject(parent) {}

    void open(const SessionPointer& session);  // keeps expression and marks
    // Returns what is wrong with the expression, empty if it is in force. A wrong one leaves the old one in force.
    QString set_expression(const QString& expression);
    void show_only_findings(bool on);
    void show_only_completions(bool on);
    void clear();

    [[nodiscard]] const QString& expression() const { return expression_; }
    [[nodiscard]] bool only_findings() const { return findings_; }
    [[nodiscard]] bool only_completions() const { return completions_; }
    [[nodiscard]] bool active() const { return active_; }
    [[nodiscard]] bool passes(trace::EventId event) const { return !active_ || (event.value < passes_.size() && passes_[event.value]); }
    // Whether an event is the call that completes something: NdisMXxxOffloadComplete, ProtocolXxxOffloadComplete and the
    // like, or the end of an operation.
    [[nodiscard]] static bool is_completion(const trace::Trace& trace, trace::EventId event);

Q_SIGNALS:
    void changed();

private:
    void rebuild();

    SessionPointer session_;
    QString expression_;
    bool findings_ = false;
    bool completions_ = false;
    bool active_ = false;
    std::vector<bool> passes_;
};

}  // namespace chimneylab::desktop
