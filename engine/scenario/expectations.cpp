// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/expectations.h"

#include <algorithm>

#include "engine/scenario/pattern.h"
#include "engine/trace/text.h"

namespace chimneylab::scenario {

namespace {

using trace::EventId;

std::string plural(std::size_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string pattern_text(const EventPattern& pattern) {
    std::string text = pattern.function;
    if (text.empty() && pattern.conversion != trace::ConversionKind::none) text = trace::to_text(pattern.conversion);
    if (text.empty() && pattern.kind) text = trace::to_text(*pattern.kind);
    if (!pattern.caller.empty()) text += " by " + pattern.caller;
    if (!pattern.layer.empty()) text += " in " + pattern.layer;
    if (!pattern.step.empty()) text += " of step " + pattern.step;
    return text;
}

class Evaluator {
public:
    Evaluator(const Scenario& scenario, const trace::History& history, const RunResult& result)
        : history_(history), result_(result), matcher_(history.trace(), scenario) {}

    ExpectationResult evaluate(const Expectation& expectation) {
        ExpectationResult outcome;
        switch (expectation.kind) {
            case Expectation::Kind::statuses:
                outcome = statuses(expectation);
                break;
            case Expectation::Kind::call_entries:
                outcome = entries(expectation, history_.call_entries(), "call entry", "call entries");
                break;
            case Expectation::Kind::offload_entries:
                outcome = entries(expectation, history_.offload_entries(), "offload entry", "offload entries");
                break;
            case Expectation::Kind::events:
                outcome = events(expectation);
                break;
            case Expectation::Kind::order:
                outcome = order(expectation);
                break;
            case Expectation::Kind::findings:
                outcome = findings(expectation);
                break;
            case Expectation::Kind::received:
                outcome = received(expectation);
                break;
        }
        if (!expectation.text.empty()) outcome.text = expectation.text;
        return outcome;
    }

private:
    ExpectationResult statuses(const Expectation& expectation) {
        ExpectationResult outcome{"The statuses of step " + expectation.step, true, "", {}};
        const auto found =
            std::find_if(result_.operations.begin(), result_.operations.end(),
                         [&](const OperationResult& operation) { return operation.step == expectation.step; });
        if (found == result_.operations.end() || !found->finished) {
            outcome.met = false;
            outcome.detail = found == result_.operations.end() ? "the operation was never begun"
                             : found->started                  ? "the operation is still in progress"
                                                               : "the operation was refused: " + found->refusal;
            return outcome;
        }
        for (const auto& [object, status] : expectation.statuses) {
            for (const BlockResult& block : found->blocks) {
                if (block.object != object) continue;
                const bool same = block.status == status;
                outcome.met = outcome.met && same;
                if (!outcome.detail.empty()) outcome.detail += ", ";
                outcome.detail += object + " " + trace::short_status_text(block.status);
                if (!same) outcome.detail += " instead of " + trace::short_status_text(status);
            }
        }
        if (const trace::Operation* operation = found->id.valid() ? history_.operation(found->id) : nullptr) {
            if (operation->finished.valid()) outcome.events.push_back(operation->finished);
        }
        return outcome;
    }

    template <typename Entry>
    ExpectationResult entries(const Expectation& expectation, std::span<const Entry> all, const char* one,
                              const char* many) {
        std::size_t live = 0, released = 0;
        ExpectationResult outcome;
        for (const Entry& entry : all) {
            if (!expectation.layer.empty() && expectation.layer != "intermediate driver" &&
                matcher_.layer_name(entry.layer) != expectation.layer) {
                continue;
            }
            (entry.released.valid() ? released : live) += 1;
            outcome.events.push_back(entry.released.valid() ? entry.released : entry.recognised);
        }
        const std::string where = expectation.layer.empty() ? "" : " of " + expectation.layer;
        outcome.text = "The " + std::string(many) + where;
        outcome.met = (!expectation.live || *expectation.live == live) &&
                      (!expectation.released || *expectation.released == released);
        outcome.detail = std::to_string(live) + " live, " + std::to_string(released) + " released " +
                         (live + released == 1 ? one : many);
        if (!outcome.met) {
            outcome.detail += ", expected";
            if (expectation.live) outcome.detail += " " + std::to_string(*expectation.live) + " live";
            if (expectation.released) outcome.detail += " " + std::to_string(*expectation.released) + " released";
        }
        return outcome;
    }

    ExpectationResult events(const Expectation& expectation) {
        ExpectationResult outcome;
        const EventPattern& pattern = expectation.patterns.front();
        outcome.events = matcher_.find(pattern);
        outcome.met = outcome.events.size() == expectation.count;
        outcome.text = pattern_text(pattern) + ": " + plural(*expectation.count, "time");
        outcome.detail = plural(outcome.events.size(), "event");
        if (!outcome.met) outcome.detail += " instead of " + std::to_string(*expectation.count);
        return outcome;
    }

    ExpectationResult order(const Expectation& expectation) {
        ExpectationResult outcome{"Events in this order", true, "", {}};
        std::uint32_t from = 0;
        for (const EventPattern& pattern : expectation.patterns) {
            const std::vector<EventId> candidates = matcher_.find(pattern);
            const auto next = std::lower_bound(candidates.begin(), candidates.end(), EventId(from));
            if (next == candidates.end()) {
                outcome.met = false;
                outcome.detail = pattern_text(pattern) +
                                 (candidates.empty() ? " did not happen" : " did not come after the one before it");
                return outcome;
            }
            outcome.events.push_back(*next);
            from = next->value + 1;
        }
        outcome.detail = plural(outcome.events.size(), "event") + " in order";
        return outcome;
    }

    ExpectationResult findings(const Expectation& expectation) {
        ExpectationResult outcome;
        const std::size_t count = result_.findings.size();
        outcome.met = count == *expectation.count;
        outcome.text = *expectation.count == 0 ? "No findings" : plural(*expectation.count, "finding");
        outcome.detail = plural(count, "finding");
        if (!outcome.met && count > 0) outcome.detail += ", the first: " + result_.findings.front().explanation;
        for (const machine::Finding& finding : result_.findings) outcome.events.push_back(finding.event);
        return outcome;
    }

    // Every byte in its place, and exactly so many.
    ExpectationResult received(const Expectation& expectation) {
        ExpectationResult outcome{"What has arrived on " + expectation.connection, false, "nothing is known of it", {}};
        for (const StreamResult& stream : result_.streams) {
            if (stream.connection != expectation.connection) continue;
            outcome.met = (!expectation.by_application || *expectation.by_application == stream.by_application) &&
                          (!expectation.by_peer || *expectation.by_peer == stream.by_peer) && stream.damaged == 0;
            outcome.detail = plural(stream.by_application, "byte") + " at the application";
            if (expectation.by_application && *expectation.by_application != stream.by_application)
                outcome.detail += " instead of " + std::to_string(*expectation.by_application);
            outcome.detail += ", " + plural(stream.by_peer, "byte") + " at the peer";
            if (expectation.by_peer && *expectation.by_peer != stream.by_peer)
                outcome.detail += " instead of " + std::to_string(*expectation.by_peer);
            if (stream.damaged > 0) outcome.detail += ", " + plural(stream.damaged, "byte") + " not as sent";
        }
        return outcome;
    }

    const trace::History& history_;
    const RunResult& result_;
    PatternMatcher matcher_;
};

}  // namespace

std::vector<ExpectationResult> evaluate_expectations(const Scenario& scenario, const trace::History& history,
                                                     const RunResult& result) {
    Evaluator evaluator(scenario, history, result);
    std::vector<ExpectationResult> outcomes;
    for (const Expectation& expectation : scenario.expectations) {
        outcomes.push_back(evaluator.evaluate(expectation));
        if (!outcomes.back().met) {
            outcomes.back().detail += " (" + scenario.source + ":" + std::to_string(expectation.where.line) + ")";
        }
    }
    return outcomes;
}

}  // namespace chimneylab::scenario
