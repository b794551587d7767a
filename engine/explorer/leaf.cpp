// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/leaf.h"

#include <algorithm>

namespace chimneylab::explorer {

using scenario::Choice;
using scenario::ChoicePoint;

namespace {

constexpr std::int32_t failure = static_cast<std::int32_t>(0xC0000001);  // NDIS_STATUS_FAILURE
constexpr std::uint32_t most_items = 16;                                 // that are tried at one point

}  // namespace

std::vector<Choice> alternatives(const ChoicePoint& point, bool failures) {
    std::vector<Choice> list;
    const std::uint32_t usual = first_due(point).item;
    const auto items = std::min(static_cast<std::uint32_t>(point.pending.size()), most_items);
    for (std::uint32_t i = 0; i < items; ++i)
        if (i != usual) list.push_back({.item = i});
    if (!failures) return list;
    const auto failing = [&](std::uint32_t i) {
        // A terminate that failed would have to be made again, which the scenario does not know.
        const scenario::PendingItem& item = point.pending[i];
        if (item.completes_operation && item.operation_kind != trace::OperationKind::terminate) list.push_back({.item = i, .status = failure});
        list.push_back({.item = i, .fault = Choice::Fault::allocation});
    };
    failing(usual);
    for (std::uint32_t i = 0; i < items; ++i)
        if (i != usual) failing(i);
    return list;
}

std::string in_words(const ChoicePoint& point, const Choice& choice, std::size_t place) {
    std::string text = "choice " + std::to_string(place + 1) + ": ";
    if (choice.item < point.pending.size()) text += point.pending[choice.item].label;
    const std::uint32_t usual = first_due(point).item;
    if (usual != choice.item && usual < point.pending.size()) text += " before " + point.pending[usual].label;
    if (choice.status != 0) text += ", and the target fails a block";
    if (choice.fault == Choice::Fault::allocation) text += ", and the next allocation fails";
    return text;
}

void follow(Walk& walk, Leaf& leaf, bool failures, SeenStates* seen) {
    while (!walk.ended()) {
        const std::uint64_t state = seen != nullptr ? walk.state() : 0;
        if (state != 0) {
            if (!seen->add(state)) {
                leaf.pruned = true;
                break;
            }
            leaf.states.push_back(state);
        }
        leaf.schedule.alternatives.push_back(static_cast<std::uint32_t>(alternatives(walk.point(), failures).size()));
        if (!walk.take(first_due(walk.point()))) break;
    }
    if (!leaf.pruned) {
        leaf.history = walk.history();
        leaf.end_state = walk.end_state();
    }
    leaf.wrong = walk.judgement();
}

Leaf at_random(Walk& walk, std::uint64_t seed, std::size_t points, bool failures) {
    machine::RandomSequence random(seed);
    const std::uint64_t wanted = 2 + random.below(5);
    Leaf leaf;
    walk.begin();
    while (!walk.ended()) {
        Choice choice = first_due(walk.point());
        if (leaf.schedule.deviates.size() < wanted && random.below(std::max<std::uint64_t>(points, 1)) < wanted) {
            const std::vector<Choice> others = alternatives(walk.point(), failures);
            if (!others.empty()) {
                const Choice other = others[random.below(others.size())];
                const std::size_t place = walk.depth();
                if (walk.take(other)) {
                    leaf.schedule.deviates.push_back(place);
                    leaf.schedule.choices = walk.choices();
                    continue;
                }
            }
        }
        if (!walk.take(choice)) break;
    }
    leaf.history = walk.history();
    leaf.end_state = walk.end_state();
    leaf.wrong = walk.judgement();
    return leaf;
}

std::optional<Attempt> attempt(Walk& walk, const std::map<std::size_t, Choice>& deviations) {
    Attempt result;
    walk.begin();
    while (!walk.ended()) {
        const std::size_t place = walk.depth();
        const auto wanted = deviations.find(place);
        const Choice choice = wanted != deviations.end() ? wanted->second : first_due(walk.point());
        std::string words;
        if (wanted != deviations.end()) words = in_words(walk.point(), choice, place);
        if (!walk.take(choice)) return std::nullopt;
        if (wanted == deviations.end()) continue;
        result.words.push_back(std::move(words));
        result.schedule.deviates.push_back(place);
        result.schedule.choices = walk.choices();
    }
    if (result.schedule.deviates.size() != deviations.size()) return std::nullopt;
    result.wrong = walk.judgement();
    return result;
}

}  // namespace chimneylab::explorer
