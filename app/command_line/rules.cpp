// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "app/command_line/json_text.h"
#include "app/command_line/verbs.h"
#include "engine/verifier/causes.h"
#include "engine/verifier/findings.h"
#include "engine/verifier/strict_readings.h"

namespace chimneylab::command_line {

namespace {

using verifier::Rule;

Json as_json(const Rule& rule) {
    Json json{{"id", rule.id},
              {"severity", to_text(rule.severity)},
              {"checked", rule.checked},
              {rule.checked ? "how" : "reason", rule.how},
              {"evidence", evidence_text(rule)},
              {"source", rule.source},
              {"statement", rule.statement},
              {"scenarios", verifier::scenarios_of(rule)},
              {"strict_only", rule.strict_only},
              {"strict_readings", Json::array()}};
    for (const verifier::StrictReading& reading : verifier::strict_readings())
        if (reading.rule == rule.id) json["strict_readings"].push_back({{"name", reading.name}, {"demands", reading.demands}});
    return json;
}

std::string listed(const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
    return text;
}

void tell_field(std::string_view name, std::string_view text, Console& console) {
    if (text.empty()) return;
    console.out << folded(text, console.terminal.width, console.terminal.in(Tone::dim, padded(name, 16)), std::string(16, ' '))
                << "\n";
}

std::string severity_meaning(verifier::Severity severity) {
    switch (severity) {
        case verifier::Severity::fatal:
            return "fatal: memory is corrupted, something goes to the wrong place, or the machine hangs";
        case verifier::Severity::error:
            return "error: the contract is broken";
        case verifier::Severity::warning:
            return "warning: a recommendation is not followed, or robustness suffers";
        case verifier::Severity::note:
            break;
    }
    return "note";
}

std::string evidence_meaning(const Rule& rule) {
    std::string text;
    const auto add = [&](unsigned bit, const char* words) {
        if (rule.evidence & bit) text += (text.empty() ? "" : "; ") + std::string(words);
    };
    add(verifier::documented, "documented: a published page or a public header says so");
    add(verifier::behaviour, "behaviour: release builds of NDIS do so");
    add(verifier::inferred, "inferred: follows from the rest where the pages are silent");
    return text;
}

void tell_rule(const Rule& rule, Console& console) {
    console.out << console.terminal.in(Tone::strong, rule.id) << "\n"
                << folded(rule.statement, console.terminal.width, "", "") << "\n\n";
    tell_field("severity", severity_meaning(rule.severity), console);
    tell_field("source", rule.source, console);
    tell_field("known how", evidence_meaning(rule), console);
    if (rule.checked)
        tell_field("looked at", rule.how, console);
    else
        tell_field("not checked", rule.how, console);
    if (rule.strict_only)
        tell_field("needs", "a machine in strict mode: in a faithful one nothing of it can be seen", console);
    for (const verifier::StrictReading& reading : verifier::strict_readings())
        if (reading.rule == rule.id)
            tell_field("strict reading", "--strict-reading " + std::string(reading.name) + ": " + std::string(reading.demands), console);
    std::vector<std::string_view> effects, causes;
    for (const Rule& other : verifier::catalogue()) {
        if (verifier::can_follow(rule.id, other.id)) effects.push_back(other.id);
        if (verifier::can_follow(other.id, rule.id)) causes.push_back(other.id);
    }
    tell_field("may bring", listed(effects), console);
    tell_field("may come from", listed(causes), console);
    tell_field("scenarios", listed(verifier::scenarios_of(rule)), console);
}

void tell_table(Console& console) {
    std::size_t checked = 0;
    console.out << console.terminal.in(Tone::strong, "rule      severity  checked  statement") << "\n";
    for (const Rule& rule : verifier::catalogue()) {
        checked += rule.checked ? 1 : 0;
        const std::string first = padded(rule.id, 10) + padded(to_text(rule.severity), 10) +
                                  padded(rule.checked ? (rule.strict_only ? "strict" : "yes") : "no", 9);
        console.out << folded(rule.statement, console.terminal.width, first, std::string(29, ' ')) << "\n";
    }
    console.out << "\n"
                << fmt::format("{} rules, {} of them checked.", verifier::catalogue().size(), checked) << " "
                << console.terminal.in(Tone::dim, console.terminal.as_typed("chimneylab-cli rules IM-050 tells one in full.")) << "\n";
}

std::string nearest_rules(const std::string& written) {
    std::vector<std::string_view> all;
    for (const Rule& rule : verifier::catalogue()) all.push_back(rule.id);
    // A number that lies between two: its neighbours are nearer than anything spelt alike.
    std::string upper = written;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const std::size_t digits = upper.find_first_of("0123456789");
    const std::string family = upper.starts_with("MEM") ? "MEM-" : upper.starts_with("INJ") ? "INJ-" : "IM-";
    if (digits != std::string::npos && upper.size() - digits <= 6 &&
        upper.find_first_not_of("0123456789", digits) == std::string::npos) {
        const long number = std::stol(upper.substr(digits));
        std::vector<std::pair<long, std::string_view>> near;
        for (const std::string_view id : all) {
            if (id.starts_with(family)) near.emplace_back(std::labs(std::stol(std::string(id.substr(family.size()))) - number), id);
        }
        std::ranges::stable_sort(near, {}, &std::pair<long, std::string_view>::first);
        near.resize(std::min<std::size_t>(near.size(), 3));
        std::ranges::sort(near, {}, &std::pair<long, std::string_view>::second);
        std::vector<std::string_view> names;
        for (const auto& [distance, id] : near) names.push_back(id);
        return "The nearest are " + listed(names) + "; 'chimneylab-cli rules' lists all.";
    }
    const std::string suggestion = scenario::suggest(written, all);
    return suggestion.starts_with("Did you mean") ? suggestion : "'chimneylab-cli rules' lists all of them.";
}

}  // namespace

int unknown_rule(const std::string& written, Console& console) {
    return refuse("there is no rule " + scenario::in_quotes(written), nearest_rules(written), console);
}

int list_rules(const RulesOptions& options, Console& console) {
    const Rule* one = nullptr;
    if (!options.rule.empty()) {
        one = verifier::find(verifier::rule_id(options.rule));
        if (!one) return unknown_rule(options.rule, console);
    }
    if (options.json) {
        Json rules = Json::array();
        for (const Rule& rule : verifier::catalogue()) {
            if (!one || one == &rule) rules.push_back(as_json(rule));
        }
        console.out << json_text({{"rules", std::move(rules)}});
    } else if (one) {
        tell_rule(*one, console);
    } else {
        tell_table(console);
    }
    return exit_done;
}

}  // namespace chimneylab::command_line
