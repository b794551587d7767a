// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/findings.h"

#include <algorithm>
#include <optional>

#include "app/desktop/models/growing_session.h"
#include "app/desktop/models/session.h"
#include "engine/verifier/findings.h"
#include "engine/verifier/scene.h"
#include "engine/verifier/strict_readings.h"

namespace chimneylab::desktop {

using trace::EventKind;
using trace::FunctionGroup;
using verifier::Moment;

QString Finding::place() const {
    if (block_name.isEmpty()) return member;
    return member.isEmpty() ? block_name : block_name + QLatin1Char('.') + member;
}

QString Finding::severity_text() const { return to_qstring(verifier::to_text(severity)); }

bool Findings::any_at(trace::EventId event) const { return std::binary_search(events.begin(), events.end(), event); }

std::pair<std::size_t, std::size_t> Findings::at(trace::EventId event) const {
    const auto first = std::lower_bound(rows.begin(), rows.end(), event, [](const Finding& row, trace::EventId wanted) { return row.event < wanted; });
    auto last = first;
    while (last != rows.end() && last->event == event) ++last;
    return {static_cast<std::size_t>(first - rows.begin()), static_cast<std::size_t>(last - rows.begin())};
}

trace::EventId Findings::next(trace::EventId from, int direction) const {
    if (!from.valid()) return events.empty() || direction < 0 ? trace::EventId() : events.front();
    if (direction > 0) {
        const auto after = std::upper_bound(events.begin(), events.end(), from);
        return after == events.end() ? trace::EventId() : *after;
    }
    const auto here = std::lower_bound(events.begin(), events.end(), from);
    return here == events.begin() ? trace::EventId() : *(here - 1);
}

Findings find_broken_promises(const trace::History& history) { return tell_findings(history, verifier::verify(history.trace())); }

Findings tell_findings(const trace::History& history, const std::vector<verifier::Violation>& violations) {
    Findings found;
    const std::vector<verifier::ViolationRow> words = verifier::violation_rows(history, violations);
    for (std::size_t i = 0; i < violations.size(); ++i) {
        const verifier::Violation& each = violations[i];
        const verifier::ViolationRow& said = words[i];
        Finding row;
        row.rule = to_qstring(each.rule);
        row.severity = each.severity;
        row.event = each.event;
        row.noticed = each.noticed;
        row.operation = each.operation;
        row.layer = each.layer;
        row.layer_name = QString::fromStdString(said.layer);
        row.block = each.block;
        row.block_name = QString::fromStdString(said.block);
        row.member = QString::fromStdString(each.member);
        row.offset = each.offset;
        row.expected = QString::fromStdString(said.expected);
        row.seen = QString::fromStdString(said.seen);
        row.expected_text = QString::fromStdString(said.expected_text);
        row.seen_text = QString::fromStdString(said.seen_text);
        row.explanation = QString::fromStdString(said.explanation);
        row.source = to_qstring(each.source);
        row.ladder = QString::fromStdString(said.ladder_drawing);
        row.ladder_text = QString::fromStdString(said.ladder_text);
        row.first_cause = each.first_cause;
        found.rows.push_back(std::move(row));
        if (each.event.valid() && (found.events.empty() || found.events.back() != each.event)) found.events.push_back(each.event);
    }
    for (const verifier::ViolationGroup& group : verifier::group_by_first_cause(violations)) found.groups.push_back({group.first_cause, group.consequences});
    found.rules_judged = verifier::rules_judged(history.trace()).size();
    return found;
}

namespace {

std::optional<Moment> moment_of(const trace::History& history, const trace::Event& event) {
    if (event.kind == EventKind::conversion) {
        switch (static_cast<trace::ConversionKind>(event.detail)) {
            case trace::ConversionKind::protocol_to_miniport_by_ndis: return Moment::operation_arrives;
            case trace::ConversionKind::miniport_to_protocol_by_driver: return Moment::operation_handed_on;
            case trace::ConversionKind::miniport_to_protocol_by_ndis: return Moment::completion_arrives;
            case trace::ConversionKind::protocol_to_miniport_by_driver: return Moment::operation_completed;
            case trace::ConversionKind::none: return {};
        }
    }
    if (event.kind == EventKind::memory_freed) return Moment::memory_freed;
    if (event.kind == EventKind::run_finished) return Moment::run_ended;
    if (event.kind != EventKind::enter && event.kind != EventKind::leave) return {};
    const trace::Function* function = trace::find_function(history.trace().text(event.name));
    if (function == nullptr) return {};
    const bool driver_calls = function->side == trace::Side::driver_calls_ndis;
    if (event.kind == EventKind::leave) {
        if (function->group == FunctionGroup::offloaded_io && driver_calls && function->completion) return Moment::transfer_returned;
        if (function->group == FunctionGroup::offloaded_io && !driver_calls && !function->completion) return Moment::transfer_handler_returned;
        if (function->name == "NdisMGetOffloadHandlers" || function->name == "DriverEntry") return Moment::registration;
        return {};
    }
    switch (function->group) {
        case FunctionGroup::state_manipulation:
            if (!function->completion) return driver_calls ? Moment::operation_handed_on : Moment::operation_arrives;
            return driver_calls ? Moment::operation_completed : Moment::completion_arrives;
        case FunctionGroup::offloaded_io: return Moment::transfer;
        case FunctionGroup::indication: return driver_calls ? std::optional(Moment::indication) : std::nullopt;
        default: return function->name == "NdisSetOptionalHandlers" ? std::optional(Moment::registration) : std::nullopt;
    }
}

}  // namespace

std::vector<std::string_view> rules_judged_at(const trace::History& history, trace::EventId event) {
    std::vector<std::string_view> rules;
    if (!event.valid() || event.value >= history.trace().size()) return rules;
    const std::optional<Moment> moment = moment_of(history, history.trace().event(event));
    if (!moment) return rules;
    const bool strict = verifier::of_strict_machine(history.trace().description());
    const std::vector<std::string_view> readings = verifier::readings_of(history.trace().description());
    for (const verifier::Unit& unit : verifier::units()) {
        if (unit.moment != *moment) continue;
        if (!unit.strict.empty() && std::find(readings.begin(), readings.end(), unit.strict) == readings.end()) continue;
        const verifier::Rule* rule = verifier::find(unit.rule);
        if (rule == nullptr || (rule->strict_only && !strict)) continue;
        if (std::find(rules.begin(), rules.end(), rule->id) == rules.end()) rules.push_back(rule->id);
    }
    std::sort(rules.begin(), rules.end());
    return rules;
}

}  // namespace chimneylab::desktop
