// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/event_filter.h"

#include <algorithm>

namespace chimneylab::desktop {

EventFilter::EventFilter(QObject* parent) : QObject(parent) { connect(&worker_, &Background::changed, this, &EventFilter::working_changed); }

void EventFilter::open(const SessionPointer& session) {
    session_ = session;
    // What a new session shows without a filter is known already; a filter follows.
    worker_.forget();
    growing_.reset();
    result_ = session ? session->usually_shown : nullptr;
    in_force_ = {};
    if (session && wanted_ != in_force_) work_out();
    else in_force_ = wanted_;
}

void EventFilter::session_grew() {
    if (!session_) return;
    if (growing_) extend_shown(*growing_, *session_->trace, asked_);
    Q_EMIT grew();
}

void EventFilter::look_again() {
    if (!session_) return;
    worker_.forget();
    if (wanted_ == Settings{}) put_in_force(session_->usually_shown, wanted_);
    else filter_at_once();
}

QString EventFilter::set_expression(const QString& expression) {
    Settings settings = wanted_;
    settings.expression = expression.trimmed();
    auto compiled = trace::Filter::compile(settings.expression.toStdString());
    if (const auto* problem = std::get_if<trace::FilterProblem>(&compiled)) return QString::fromStdString(problem->to_text());
    ask(settings);
    return {};
}

void EventFilter::show_only_findings(bool on) {
    Settings settings = wanted_;
    settings.findings = on;
    ask(settings);
}

void EventFilter::show_only_completions(bool on) {
    Settings settings = wanted_;
    settings.completions = on;
    ask(settings);
}

void EventFilter::show_irql_changes(bool on) {
    Settings settings = wanted_;
    settings.irql_changes = on;
    ask(settings);
}

void EventFilter::clear() {
    Settings settings;
    settings.irql_changes = wanted_.irql_changes;
    ask(settings);
}

void EventFilter::cancel() {
    if (!worker_.busy()) return;
    worker_.forget();
    wanted_ = in_force_;
    Q_EMIT settings_changed();
}

void EventFilter::ask(const Settings& settings) {
    if (settings == wanted_) return;
    wanted_ = settings;
    Q_EMIT settings_changed();
    if (session_) {
        work_out();
    } else {
        in_force_ = wanted_;
        Q_EMIT changed();
    }
}

ShownRequest EventFilter::request() const {
    ShownRequest made;
    auto compiled = trace::Filter::compile(wanted_.expression.toStdString());
    if (auto* filter = std::get_if<trace::Filter>(&compiled)) made.filter = std::move(*filter);
    made.findings = wanted_.findings;
    made.completions = wanted_.completions;
    // Asking for IRQL changes by name shows them.
    made.irql_changes = wanted_.irql_changes || wanted_.expression.contains(QLatin1String("irql"));
    // Asked beside the window, where what is found may change meanwhile: those of now.
    if (made.findings)
        made.is_finding = [trace = session_->trace, broken = session_->findings.events](trace::EventId event) {
            return std::binary_search(broken.begin(), broken.end(), event) || trace->event(event).kind == trace::EventKind::finding;
        };
    return made;
}

void EventFilter::work_out() {
    // Back to what is usual, or to what is in force: nothing to be done.
    if (wanted_ == Settings{}) {
        worker_.forget();
        return put_in_force(session_->usually_shown, wanted_);
    }
    if (wanted_ == in_force_) return worker_.forget();
    if (session_->growing || session_->trace->size() <= at_once) return filter_at_once();
    worker_.start([this, session = session_, asked = request(), settings = wanted_](Background::Control& control) -> std::function<void()> {
        auto made = shown_events(*session->trace, asked, [&control](int percent) {
            control.percent = percent;
            return !control.cancel;
        });
        if (!made) return {};
        return [this, made, settings] { put_in_force(made, settings); };
    });
}

void EventFilter::filter_at_once() {
    worker_.forget();
    asked_ = request();
    auto made = std::make_shared<ShownEvents>();
    extend_shown(*made, *session_->trace, asked_);
    put_in_force(made, wanted_);
    if (session_->growing) growing_ = made;
}

void EventFilter::put_in_force(std::shared_ptr<const ShownEvents> result, const Settings& settings) {
    growing_.reset();
    result_ = std::move(result);
    in_force_ = settings;
    Q_EMIT changed();
}

}  // namespace chimneylab::desktop

#include "moc_event_filter.cpp"
