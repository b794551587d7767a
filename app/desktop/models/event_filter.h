// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one filter that all views share: an expression (engine/trace/filter.h) and two marks that a person switches on,
// "findings" and "completions". An event passes when the expression lets it pass and, if a mark is on, when it has one of
// the marks that are on. Views that list events leave the others out, views that draw a whole dim them.
// A short run is filtered at once, a long one on a worker thread: until then what was in force stays in force, only the
// latest request counts, and cancel() goes back to what is in force. Asking is O(1). Owned by PlaybackModel. GUI thread only.
#pragma once

#include <QObject>
#include <QString>

#include "app/desktop/models/background.h"
#include "app/desktop/models/session.h"
#include "app/desktop/models/shown_events.h"

namespace chimneylab::desktop {

class EventFilter : public QObject {
    Q_OBJECT
public:
    static constexpr std::uint32_t at_once = 50'000;  // events that are filtered without a worker

    explicit EventFilter(QObject* parent = nullptr);

    void open(const SessionPointer& session);  // keeps expression and marks
    void session_grew();  // what is asked for holds for what has come since, at once; what was is not looked at again
    void look_again();    // at all of it: what counts as a finding has changed, or the session rests
    // Returns what is wrong with the expression, empty if it is accepted. A wrong one leaves the old one in force.
    QString set_expression(const QString& expression);
    void show_only_findings(bool on);
    void show_only_completions(bool on);
    void show_irql_changes(bool on);  // they have rows; an expression that names them shows them anyway
    void clear();
    void cancel();

    // What a person has asked for last.
    [[nodiscard]] const QString& expression() const { return wanted_.expression; }
    [[nodiscard]] bool only_findings() const { return wanted_.findings; }
    [[nodiscard]] bool only_completions() const { return wanted_.completions; }
    // What is in force.
    [[nodiscard]] bool active() const { return result_ && result_->active; }
    [[nodiscard]] bool passes(trace::EventId event) const {
        return !active() || (event.value < result_->passes.size() && result_->passes[event.value]);
    }
    [[nodiscard]] const std::shared_ptr<const ShownEvents>& result() const { return result_; }  // null: no session
    [[nodiscard]] bool working() const { return worker_.busy(); }
    [[nodiscard]] int percent() const { return worker_.percent(); }

Q_SIGNALS:
    void grew();              // there is more, and nothing else has changed
    void changed();           // other events pass, or other settings are in force
    void settings_changed();  // something else is asked for; it may take a while until it is in force
    void working_changed();   // begins, is further on, ends

private:
    struct Settings {
        QString expression;
        bool findings = false, completions = false, irql_changes = false;
        friend bool operator==(const Settings&, const Settings&) = default;
    };
    void ask(const Settings& settings);
    void work_out();  // from wanted_
    void filter_at_once();
    void put_in_force(std::shared_ptr<const ShownEvents> result, const Settings& settings);
    [[nodiscard]] ShownRequest request() const;

    SessionPointer session_;
    Settings wanted_, in_force_;
    std::shared_ptr<const ShownEvents> result_;
    std::shared_ptr<ShownEvents> growing_;  // result_, while a filter is in force in a session that grows
    ShownRequest asked_;                    // what it was made with
    Background worker_;
};

}  // namespace chimneylab::desktop
