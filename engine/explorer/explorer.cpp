// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/explorer.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <unordered_set>

#include "engine/trace/history.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::explorer {

using scenario::Choice;
using scenario::ChoicePoint;

namespace {

constexpr std::int32_t failure = static_cast<std::int32_t>(0xC0000001);  // NDIS_STATUS_FAILURE
constexpr std::size_t most_alternatives = 16;                            // items at one point

// Choices of which the last is a deviation; `deviates` are the places of all of them.
struct Node {
    std::vector<Choice> choices;
    std::vector<std::size_t> deviates;
};

std::vector<Choice> alternatives(const ChoicePoint& point, bool failures) {
    std::vector<Choice> list;
    if (!point.taken) return list;
    for (std::uint32_t i = 0; i < point.pending.size() && i < most_alternatives; ++i)
        if (i != point.taken->item) list.push_back({.item = i});
    if (!failures) return list;
    if (point.pending[point.taken->item].completes_operation) list.push_back({.item = point.taken->item, .status = failure});
    list.push_back({.item = point.taken->item, .fault = Choice::Fault::allocation});
    return list;
}

std::string in_words(const ChoicePoint& point, const Choice& choice, std::size_t place) {
    std::string text = "choice " + std::to_string(place + 1) + ": ";
    if (choice.item < point.pending.size()) text += point.pending[choice.item].label;
    if (choice.status != 0) return text + ", and the target fails a block";
    if (choice.fault == Choice::Fault::allocation) return text + ", and the next allocation fails";
    std::uint32_t first = 0;
    for (std::uint32_t i = 1; i < point.pending.size(); ++i)
        if (point.pending[i].due < point.pending[first].due) first = i;
    if (first != choice.item && first < point.pending.size()) text += " before " + point.pending[first].label;
    return text;
}

class Search {
public:
    Search(const Runner& run, const Options& options) : run_(run), options_(options) {}

    Exploration go() {
        systematic();
        if (answer_.problems.empty()) at_random();
        for (Found& each : answer_.found) shorten(each);
        answer_.different = seen_.size();
        return std::move(answer_);
    }

private:
    [[nodiscard]] bool spent(std::size_t budget) const { return answer_.runs >= budget || (options_.cancel && *options_.cancel); }

    Outcome make(const std::vector<Choice>& choices) {
        ++answer_.runs;
        if (options_.progress) options_.progress(answer_.runs);
        return run_(choices);
    }

    // What is wrong in the run; the first violation of each rule and layer.
    static std::map<std::pair<std::string, trace::LayerIndex>, Found> judge(const Outcome& outcome, const Node& node) {
        std::map<std::pair<std::string, trace::LayerIndex>, Found> wrong;
        const trace::Trace& trace = outcome.result.trace;
        const trace::History history(trace);
        for (const verifier::Violation& each : verifier::verify(trace)) {
            if (!each.first_cause || each.rule.starts_with("INJ")) continue;
            Found found;
            found.rule = each.rule;
            found.severity = each.severity;
            found.layer = each.layer;
            found.layer_name = history.layer_name(each.layer);
            found.explanation = each.explanation;
            wrong.emplace(std::pair{found.rule, found.layer}, std::move(found));
        }
        // A crash is a finding of the machine, so a rule tells it, unless nothing was recorded.
        if (wrong.empty() && (!outcome.crash.empty() || outcome.result.crashed)) {
            Found found;
            found.layer = outcome.crashed_layer;
            found.layer_name = history.layer_name(found.layer);
            found.explanation = outcome.crash.empty() ? outcome.result.failure : outcome.crash;
            wrong.emplace(std::pair{std::string(), found.layer}, std::move(found));
        }
        for (auto& [key, found] : wrong) {
            found.choices = node.choices;
            for (const std::size_t place : node.deviates)
                if (place < outcome.result.choice_points.size())
                    found.deviations.push_back(in_words(outcome.result.choice_points[place], node.choices[place], place));
        }
        return wrong;
    }

    void take(const Outcome& outcome, const Node& node) {
        for (auto& [key, found] : judge(outcome, node)) {
            const auto known = std::find_if(answer_.found.begin(), answer_.found.end(),
                                            [&](const Found& each) { return each.rule == found.rule && each.layer == found.layer; });
            if (known != answer_.found.end()) {
                ++known->seen_in;
                continue;
            }
            found.seen_in = 1;
            deviates_.push_back(node.deviates);
            answer_.found.push_back(std::move(found));
        }
    }

    static std::vector<Choice> taken(const Outcome& outcome, std::size_t count) {
        std::vector<Choice> choices;
        for (std::size_t i = 0; i < count && i < outcome.result.choice_points.size(); ++i)
            choices.push_back(outcome.result.choice_points[i].taken.value_or(Choice{}));
        return choices;
    }

    void systematic() {
        // The random part has a quarter, unless nothing is left to try before.
        const std::size_t budget = options_.budget - options_.budget / 4;
        std::deque<Node> waiting{{}};
        std::size_t level = 0;
        while (!waiting.empty() && !spent(budget)) {
            const Node node = std::move(waiting.front());
            waiting.pop_front();
            if (node.deviates.size() > level) {
                answer_.complete_up_to = level;
                level = node.deviates.size();
            }
            const Outcome outcome = make(node.choices);
            if (!outcome.result.problems.empty()) {
                answer_.problems = outcome.result.problems;
                return;
            }
            take(outcome, node);
            if (node.choices.empty()) {
                answer_.points = outcome.result.choice_points.size();
                base_ = outcome.result.choice_points;
            }
            if (!seen_.insert(outcome.result.fingerprint).second || node.deviates.size() == options_.most_deviations) continue;
            for (std::size_t place = node.choices.size(); place < outcome.result.choice_points.size(); ++place) {
                for (const Choice& other : alternatives(outcome.result.choice_points[place], options_.failures)) {
                    if (waiting.size() > options_.budget) break;  // more than can ever be tried
                    Node child{taken(outcome, place), node.deviates};
                    child.choices.push_back(other);
                    child.deviates.push_back(place);
                    waiting.push_back(std::move(child));
                }
            }
        }
        if (waiting.empty()) answer_.complete_up_to = options_.most_deviations;
    }

    // Walks: at places drawn from the run so far, one deviation after the other.
    void at_random() {
        machine::RandomSequence random(options_.seed);
        while (!spent(options_.budget) && !base_.empty()) {
            Node node;
            std::vector<ChoicePoint> points = base_;
            const std::size_t deviations = 2 + random.below(5);
            for (std::size_t k = 0; k < deviations && !spent(options_.budget); ++k) {
                const std::size_t from = node.choices.size();
                if (from >= points.size()) break;
                const std::size_t place = from + random.below(std::min<std::size_t>(points.size() - from, 1 + points.size() / 3));
                const auto others = alternatives(points[place], options_.failures);
                if (others.empty()) continue;
                for (std::size_t i = node.choices.size(); i < place; ++i) node.choices.push_back(points[i].taken.value_or(Choice{}));
                node.choices.push_back(others[random.below(others.size())]);
                node.deviates.push_back(place);
                const Outcome outcome = make(node.choices);
                take(outcome, node);
                seen_.insert(outcome.result.fingerprint);
                points = outcome.result.choice_points;
                if (!outcome.crash.empty()) break;
            }
        }
    }

    // Without each of the deviations in turn: is it still there? Not part of the budget, there are few.
    void shorten(Found& found) {
        std::vector<std::size_t> places = deviates_[static_cast<std::size_t>(&found - answer_.found.data())];
        for (std::size_t leave = 0; leave < places.size() && places.size() > 1;) {
            std::map<std::size_t, Choice> kept;
            for (std::size_t i = 0; i < places.size(); ++i)
                if (i != leave) kept[places[i]] = found.choices[places[i]];
            Node node;
            Outcome outcome = make({});
            bool possible = true;
            for (const auto& [place, choice] : kept) {
                const auto& points = outcome.result.choice_points;
                possible = possible && place < points.size() && choice.item < points[place].pending.size() &&
                           (choice.status == 0 || points[place].pending[choice.item].completes_operation);
                if (!possible) break;
                node.choices = taken(outcome, place);
                node.choices.push_back(choice);
                node.deviates.push_back(place);
                outcome = make(node.choices);
            }
            bool same = false;
            if (possible) {
                for (auto& [key, other] : judge(outcome, node)) {
                    if (other.rule != found.rule || other.layer != found.layer) continue;
                    other.seen_in = found.seen_in;
                    found = other;
                    places = node.deviates;
                    same = true;
                }
            }
            if (!same) ++leave;
        }
    }

    const Runner& run_;
    const Options& options_;
    Exploration answer_;
    std::vector<std::vector<std::size_t>> deviates_;  // of each found
    std::vector<ChoicePoint> base_;
    std::unordered_set<std::uint64_t> seen_;
};

}  // namespace

Exploration explore(const Runner& run, const Options& options) { return Search(run, options).go(); }

Runner in_this_process(const scenario::Scenario& scenario, const std::string& variant) {
    return [&scenario, variant](const std::vector<Choice>& choices) {
        scenario::RunOptions options;
        options.variant = variant;
        options.schedule = machine::Schedule{};
        options.choices = choices;
        options.schedule_goes_on = true;
        options.every_point = true;
        Outcome outcome;
        outcome.result = scenario::run(scenario, options);
        return outcome;
    };
}

}  // namespace chimneylab::explorer
