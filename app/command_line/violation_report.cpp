// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "app/command_line/violation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "app/command_line/tell.h"
#include "engine/scenario/library.h"
#include "engine/trace/text.h"

namespace chimneylab::command_line {

namespace {

using verifier::Violation;
using verifier::ViolationGroup;
using verifier::ViolationRow;

constexpr std::size_t most_consequences = 12;  // told one by one under a first cause

Json text_or_null(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }

Json ladder_json(const trace::History& history, const ViolationRow& row) {
    Json layers = Json::array();
    for (std::size_t i = 0; i < history.trace().layers().size(); ++i)
        layers.push_back(history.layer_name(static_cast<trace::LayerIndex>(i)));
    const verifier::LadderPosition& position = row.ladder;
    const bool converts = position.conversion_number > 0;
    return {{"layers", std::move(layers)},
            {"layer", position.on_ladder() ? Json(history.layer_name(position.layer)) : Json(nullptr)},
            {"index", position.on_ladder() ? Json(position.layer) : Json(nullptr)},
            {"edge", text_or_null(to_text(position.edge))},
            {"direction", text_or_null(to_text(position.way))},
            {"conversion", converts ? Json(trace::to_text(position.conversion)) : Json(nullptr)},
            {"conversion_number", converts ? Json(position.conversion_number) : Json(nullptr)},
            {"conversions", position.conversions},
            {"drawing", row.ladder_drawing},
            {"text", row.ladder_text}};
}

Json as_json(const Judgement& judgement, const trace::History& history, const ViolationRow& row) {
    const bool about_member = !row.member.empty();
    Json json{{"rule", row.rule},
              {"severity", row.severity},
              {"event", row.event.value},
              {"noticed", row.noticed.valid() ? Json(row.noticed.value) : Json(row.event.value)},
              {"operation", row.operation.valid() ? Json(row.operation.value) : Json(nullptr)},
              {"operation_kind", text_or_null(row.operation_kind)},
              {"layer", row.layer},
              {"block", text_or_null(row.block)},
              {"member", text_or_null(row.member)},
              {"offset", about_member ? Json(row.offset) : Json(nullptr)},
              {"expected", text_or_null(row.expected)},
              {"expected_text", text_or_null(row.expected_text)},
              {"seen", text_or_null(row.seen)},
              {"seen_text", text_or_null(row.seen_text)},
              {"explanation", row.explanation},
              {"source", row.source},
              {"first_cause", row.first_cause},
              {"cause", row.cause},
              {"ladder", ladder_json(history, row)}};
    if (!judgement.variant.empty()) json["declared"] = judgement.is_declared(row.rule);
    return json;
}

// "event 41, Initiate #1, IM 1" and what is concerned.
std::string place_text(const ViolationRow& row, const Violation& violation) {
    std::string text = fmt::format("event {}", row.event.value);
    if (row.operation.valid())
        text += fmt::format(", {} (operation {})", violation.operation_kind == trace::OperationKind::none
                                                       ? "an operation"
                                                       : trace::operation_title(violation.operation_kind),
                            row.operation.value + 1);
    text += ", " + row.layer;
    if (!row.block.empty()) text += ", " + row.block;
    if (!row.member.empty()) text += fmt::format(" . {} (+0x{:x})", row.member, row.offset);
    if (row.noticed.valid() && row.noticed != row.event) text += fmt::format("; certain at event {}", row.noticed.value);
    return printable(text);
}

std::string value_text(std::string_view bytes, std::string_view meaning) {
    if (bytes.empty()) return std::string(meaning);
    if (meaning.empty() || meaning == bytes) return std::string(bytes);
    return fmt::format("{}  {}", bytes, meaning);
}

class Teller {
public:
    Teller(const Judgement& judgement, const trace::History& history, Console& console)
        : judgement_(judgement), rows_(verifier::violation_rows(history, judgement.violations)), console_(console) {}

    void tell(const ViolationGroup& group) {
        tell_whole(group.first_cause);
        if (group.consequences.empty()) return;
        console_.out << "      "
                     << console_.terminal.in(Tone::dim, fmt::format("What follows from it ({} more{}):",
                                                                    group.consequences.size(), counts(group)))
                     << "\n";
        std::size_t told = 0;
        for (const std::uint32_t index : group.consequences) {
            if (told++ == most_consequences) {
                line("… and " + std::to_string(group.consequences.size() - most_consequences) + " further ones; --json has them all",
                     "        ", "        ");
                break;
            }
            const ViolationRow& row = rows_[index];
            line(fmt::format("{} {}, event {}, {}: {}", row.rule, row.severity, row.event.value, row.layer, row.explanation),
                 "        └ ", "          ");
        }
    }

    void tell_again(const std::vector<ViolationGroup>& groups) {
        if (groups.empty()) return;
        std::size_t consequences = 0;
        std::string events;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            consequences += groups[i].consequences.size();
            if (i < most_consequences) events += fmt::format("{}{}", i ? ", " : "", rows_[groups[i].first_cause].event.value);
        }
        if (groups.size() > most_consequences) events += fmt::format(" and {} further ones", groups.size() - most_consequences);
        std::string text = fmt::format("The same again at {} {}", groups.size() == 1 ? "event" : "events", events);
        if (consequences > 0) text += fmt::format(", with {} further {}", consequences, consequences == 1 ? "consequence" : "consequences");
        line(text + ".", "      ", "      ");
    }

private:
    std::string counts(const ViolationGroup& group) const {
        if (group.counted.size() == group.consequences.size()) return "";
        std::string text;
        for (const verifier::CountedConsequence& each : group.counted)
            text += fmt::format("{} {} × {}", text.empty() ? ":" : ",", each.count, rows_[each.first].rule);
        return text;
    }

    void tell_whole(std::uint32_t index) {
        const ViolationRow& row = rows_[index];
        std::string heading = fmt::format("✗ {}  {}", row.rule, row.severity);
        if (judgement_.is_declared(row.rule)) heading += ", as the variant declares";
        console_.out << "\n  " << console_.terminal.in(judgement_.is_declared(row.rule) ? Tone::strong : Tone::bad, heading)
                     << "  " << place_text(row, judgement_.violations[index]) << "\n";
        line(row.explanation, "      ", "      ");
        if (!row.expected.empty() || !row.expected_text.empty()) field("expected", value_text(row.expected, row.expected_text));
        if (!row.seen.empty() || !row.seen_text.empty()) field("seen", value_text(row.seen, row.seen_text));
        if (row.ladder.on_ladder()) {
            field("ladder", row.ladder_drawing);
            field("", row.ladder_text);
        }
        field("source", std::string(row.source));
    }

    void line(const std::string& text, std::string_view first, std::string_view rest) {
        console_.out << folded(printable(text), console_.terminal.width, first, rest) << "\n";
    }
    // One line that is folded only where it must be: bytes and drawings lose their sense when blanks change.
    void field(std::string_view name, const std::string& value) {
        console_.out << "      " << console_.terminal.in(Tone::dim, padded(name, 10)) << printable(value) << "\n";
    }

    const Judgement& judgement_;
    std::vector<ViolationRow> rows_;
    Console& console_;
};

}  // namespace

bool Judgement::is_declared(std::string_view rule) const { return std::ranges::find(declared, rule) != declared.end(); }

std::vector<std::string> Judgement::declared_but_not_broken() const {
    std::vector<std::string> missing;
    for (const std::string& rule : declared) {
        if (std::ranges::none_of(violations, [&](const Violation& each) { return each.rule == rule; }))
            missing.push_back(rule);
    }
    return missing;
}

void Judgement::take_declaration(const scenario::Scenario* scenario, std::string_view name) {
    const scenario::Variant* found = scenario ? scenario->variant(name) : nullptr;
    if (!found) return;
    variant = found->name;
    declared = found->breaks;
}

std::optional<scenario::Scenario> scenario_of(const trace::Trace& trace) {
    for (scenario::Scenario& item : scenario::load_library().scenarios) {
        if (item.id == trace.description().scenario) return std::move(item);
    }
    return {};
}

Judgement judge(const trace::Trace& trace, const verifier::VerifierOptions& options) {
    verifier::Verifier verifier(trace, options);
    verifier.extend();
    Judgement judgement;
    judgement.violations.assign(verifier.violations().begin(), verifier.violations().end());
    judgement.left_out = verifier.left_out();
    judgement.rules_checked = verifier::rules_judged(trace, options).size();
    return judgement;
}

std::vector<session::StoredViolation> stored_violations(const Judgement& judgement, const trace::History& history) {
    std::vector<session::StoredViolation> stored;
    const auto rows = verifier::violation_rows(history, judgement.violations);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const ViolationRow& row = rows[i];
        session::StoredViolation made;
        made.rule = row.rule;
        made.severity = row.severity;
        made.event = row.event;
        made.noticed = row.noticed;
        made.operation = row.operation;
        made.layer = judgement.violations[i].layer;
        made.block = row.block;
        made.member = row.member;
        made.expected = value_text(row.expected, row.expected_text);
        made.seen = value_text(row.seen, row.seen_text);
        made.explanation = row.explanation;
        made.source = row.source;
        if (!row.first_cause) made.cause = row.cause;
        stored.push_back(std::move(made));
    }
    return stored;
}

void add_json(const Judgement& judgement, const trace::History& history, Json& document) {
    Json violations = Json::array();
    for (const ViolationRow& row : verifier::violation_rows(history, judgement.violations))
        violations.push_back(as_json(judgement, history, row));
    document["violations"] = std::move(violations);
    document["violations_left_out"] = judgement.left_out;
    document["rules_checked"] = judgement.rules_checked;
    if (!judgement.variant.empty()) {
        document["breaks"] = judgement.declared;
        document["declared_but_not_broken"] = judgement.declared_but_not_broken();
    }
}

void tell_violations(const Judgement& judgement, const trace::History& history, Console& console) {
    section("Broken rules", console);
    if (judgement.silent()) {
        console.out << fmt::format("  none ({} rules were judged)\n", judgement.rules_checked);
    } else {
        const std::vector<ViolationGroup> groups = verifier::group_by_first_cause(judgement.violations);
        console.out << fmt::format("  {} first {}, {} {} in all ({} rules were judged)\n", groups.size(),
                                   groups.size() == 1 ? "cause" : "causes", judgement.violations.size(),
                                   judgement.violations.size() == 1 ? "violation" : "violations", judgement.rules_checked);
        Teller teller(judgement, history, console);
        // A mistake in a driver breaks the same rule again and again; the first time is told in full.
        for (std::size_t i = 0; i < groups.size(); ++i) {
            const auto same = [&](const ViolationGroup& other) {
                const Violation &a = judgement.violations[groups[i].first_cause], &b = judgement.violations[other.first_cause];
                return a.rule == b.rule && a.layer == b.layer && a.member == b.member && a.operation != b.operation;
            };
            if (std::any_of(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(i), same)) continue;
            teller.tell(groups[i]);
            std::vector<ViolationGroup> again;
            std::copy_if(groups.begin() + static_cast<std::ptrdiff_t>(i) + 1, groups.end(), std::back_inserter(again), same);
            teller.tell_again(again);
        }
        if (judgement.left_out > 0)
            console.out << fmt::format("\n  {} further ones of the same rules are not listed.\n", judgement.left_out);
        console.out << "\n  "
                    << console.terminal.in(Tone::dim,
                                           console.terminal.as_typed(fmt::format("chimneylab-cli rules {} tells the whole rule.",
                                                                                 judgement.violations[groups.front().first_cause].rule)))
                    << "\n";
    }
    for (const std::string& rule : judgement.declared_but_not_broken()) {
        console.out << "  "
                    << console.terminal.in(Tone::bad, fmt::format("The variant {} declares that it breaks {}, and it did not.",
                                                                  printable(judgement.variant), rule))
                    << "\n";
    }
}

}  // namespace chimneylab::command_line
