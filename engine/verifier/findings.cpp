// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/findings.h"

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "engine/trace/text.h"
#include "engine/trace/value_text.h"
#include "engine/verifier/scene.h"
#include "engine/verifier/strict_readings.h"

namespace chimneylab::verifier {

std::vector<ViolationGroup> group_by_first_cause(std::span<const Violation> violations) {
    std::vector<ViolationGroup> groups;
    std::unordered_map<std::uint32_t, std::size_t> group_of;  // by the index of the first cause
    for (std::uint32_t i = 0; i < violations.size(); ++i) {
        if (!violations[i].first_cause) continue;
        group_of.emplace(i, groups.size());
        groups.push_back({.first_cause = i});
    }
    for (std::uint32_t i = 0; i < violations.size(); ++i) {
        if (violations[i].first_cause) continue;
        const auto found = group_of.find(violations[i].cause);
        if (found == group_of.end()) {  // what it follows from was left out: it stands for itself
            groups.push_back({.first_cause = i});
            continue;
        }
        ViolationGroup& group = groups[found->second];
        group.consequences.push_back(i);
        const auto same = std::ranges::find_if(group.counted, [&](const CountedConsequence& each) {
            return violations[each.first].rule == violations[i].rule;
        });
        if (same == group.counted.end())
            group.counted.push_back({.first = i, .count = 1});
        else
            ++same->count;
    }
    std::ranges::stable_sort(groups, {}, &ViolationGroup::first_cause);
    return groups;
}

std::vector<ViolationRow> violation_rows(const trace::History& history, std::span<const Violation> violations) {
    std::vector<ViolationRow> rows;
    rows.reserve(violations.size());
    for (const Violation& each : violations) {
        ViolationRow row;
        row.rule = each.rule;
        row.severity = to_text(each.severity);
        row.event = each.event;
        row.noticed = each.noticed;
        row.operation = each.operation;
        if (each.operation_kind != trace::OperationKind::none) row.operation_kind = trace::to_text(each.operation_kind);
        row.layer = history.layer_name(each.layer);
        if (each.block.valid()) row.block = trace::region_text(history, each.block);
        row.member = each.member;
        row.offset = each.offset;
        row.expected = trace::hex_bytes(each.expected);
        row.seen = trace::hex_bytes(each.seen);
        row.expected_text = each.expected_text;
        row.seen_text = each.seen_text;
        row.explanation = each.explanation;
        row.source = each.source;
        row.first_cause = each.first_cause;
        row.cause = each.cause;
        row.ladder = ladder_position(history, each);
        row.ladder_drawing = ladder_drawing(history, row.ladder);
        row.ladder_text = ladder_text(history, row.ladder);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<const Rule*> rules_judged(const trace::Trace& trace, const VerifierOptions& options) {
    const bool strict = of_strict_machine(trace.description());
    std::vector<std::string_view> readings = readings_of(trace.description());
    readings.insert(readings.end(), options.strict.begin(), options.strict.end());
    const auto only_by_a_reading = [&](const Rule& rule) {  // that is switched off
        const StrictReading* reading = strict_reading_alone(rule);
        return reading && std::ranges::find(readings, reading->name) == readings.end();
    };
    std::vector<const Rule*> judged;
    for (const Rule& rule : catalogue()) {
        if (only_by_a_reading(rule)) continue;
        if (!rule.checked || std::ranges::find(options.without, rule.id) != options.without.end()) continue;
        if (rule.strict_only && !(strict && options.strict_rules)) continue;
        if (!options.machine_findings && rule.id.starts_with("MEM")) continue;
        if (!options.warnings && (rule.severity == Severity::warning || rule.severity == Severity::note)) continue;
        judged.push_back(&rule);
    }
    return judged;
}

std::string_view rule_id(std::string_view written) {
    std::string letters, digits;
    for (const char c : written) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalpha(byte) && digits.empty())
            letters += static_cast<char>(std::toupper(byte));
        else if (std::isdigit(byte))
            digits += c;
        else if (c != '-' || !digits.empty())
            return {};
    }
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.empty() || digits.size() > 3) return {};
    const std::string id = (letters.empty() ? "IM" : letters) + "-" + std::string(3 - digits.size(), '0') + digits;
    const Rule* rule = find(id);
    return rule ? rule->id : std::string_view{};
}

}  // namespace chimneylab::verifier
