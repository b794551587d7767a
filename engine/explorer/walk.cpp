// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/walk.h"

#include <algorithm>
#include <map>
#include <utility>

namespace chimneylab::explorer {

Judgement judgement_of(std::span<const verifier::Violation> violations, const trace::Trace& trace) {
    std::map<std::pair<std::string, trace::LayerIndex>, Wrong> wrong;
    for (const verifier::Violation& each : violations) {
        if (!each.first_cause || each.rule.starts_with("INJ")) continue;
        std::string name = each.layer == trace::ndis_layer ? "NDIS" : "the machine";
        if (each.layer < trace.layers().size()) name = trace.text(trace.layers()[each.layer].name);
        wrong.emplace(std::pair{std::string(each.rule), each.layer},
                      Wrong{std::string(each.rule), each.severity, each.layer, std::move(name), each.explanation, each.event});
    }
    Judgement list;
    for (auto& [key, each] : wrong) list.push_back(std::move(each));
    return list;
}

void Walk::go_to(std::span<const scenario::Choice> choices) {
    const auto common = static_cast<std::size_t>(std::mismatch(choices_.begin(), choices_.end(), choices.begin(), choices.end()).first - choices_.begin());
    if (common < choices_.size()) back_towards(common);
    // What is on the way was possible before.
    while (choices_.size() < choices.size() && take(choices[choices_.size()])) {
    }
}

void Walk::back(std::size_t depth) {
    if (depth >= choices_.size()) return;
    const std::vector<scenario::Choice> there(choices_.begin(), choices_.begin() + static_cast<std::ptrdiff_t>(depth));
    go_to(there);
}

scenario::Choice first_due(const scenario::ChoicePoint& point) {
    scenario::Choice choice;
    for (std::uint32_t i = 1; i < point.pending.size(); ++i)
        if (point.pending[i].due < point.pending[choice.item].due) choice.item = i;
    return choice;
}

}  // namespace chimneylab::explorer
