// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/event_filter.h"

#include "engine/trace/filter.h"
#include "engine/trace/function_catalogue.h"

namespace chimneylab::desktop {

void EventFilter::open(const SessionPointer& session) {
    session_ = session;
    rebuild();
}

QString EventFilter::set_expression(const QString& expression) {
    const QString wanted = expression.trimmed();
    auto compiled = trace::Filter::compile(wanted.toStdString());
    if (const auto* problem = std::get_if<trace::FilterProblem>(&compiled)) return QString::fromStdString(problem->to_text());
    if (wanted == expression_) return {};
    expression_ = wanted;
    rebuild();
    Q_EMIT changed();
    return {};
}

void EventFilter::show_only_findings(bool on) {
    if (on == findings_) return;
    findings_ = on;
    rebuild();
    Q_EMIT changed();
}

void EventFilter::show_only_completions(bool on) {
    if (on == completions_) return;
    completions_ = on;
    rebuild();
    Q_EMIT changed();
}

void EventFilter::clear() {
    if (!findings_ && !completions_ && expression_.isEmpty()) return;
    findings_ = completions_ = false;
    expression_.clear();
    rebuild();
    Q_EMIT changed();
}

bool EventFilter::is_completion(const trace::Trace& trace, trace::EventId event) {
    const trace::Event& what = trace.event(event);
    if (what.kind == trace::EventKind::operation_finished) return true;
    if (what.kind != trace::EventKind::enter) return false;
    const trace::Function* function = trace::find_function(trace.text(what.name));
    return function != nullptr && function->completion;
}

void EventFilter::rebuild() {
    trace::Filter filter;
    auto compiled = trace::Filter::compile(expression_.toStdString());
    if (const auto* wanted = std::get_if<trace::Filter>(&compiled)) filter = *wanted;
    active_ = findings_ || completions_ || !filter.passes_everything();
    passes_.clear();
    if (!active_ || !session_) return;
    const trace::Trace& trace = *session_->trace;
    passes_.resize(trace.size());
    for (std::uint32_t i = 0; i < trace.size(); ++i) {
        const trace::EventId id(i);
        const bool marked = (!findings_ && !completions_) || (findings_ && session_->is_finding(id)) || (completions_ && is_completion(trace, id));
        passes_[i] = marked && (filter.passes_everything() || filter.matches(trace, id));
    }
}

}  // namespace chimneylab::desktop
