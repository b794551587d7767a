// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/replayed_walk.h"

#include "engine/verifier/verifier.h"

namespace chimneylab::explorer {

using scenario::Choice;

namespace {

constexpr std::size_t most_kept = 4096;

KeptRuns::Kept what_came_of(const Outcome& outcome) {
    KeptRuns::Kept kept;
    kept.points = outcome.result.choice_points;
    kept.fingerprint = outcome.result.fingerprint;
    kept.crashed = !outcome.crash.empty();
    kept.problems = outcome.result.problems;
    kept.judgement = judgement_of(verifier::verify(outcome.result.trace), outcome.result.trace);
    // A crash is a finding of the machine, so a rule tells it, unless nothing was recorded.
    if (kept.judgement.empty() && (!outcome.crash.empty() || outcome.result.crashed)) {
        Wrong wrong;
        wrong.layer = outcome.crashed_layer;
        const auto layers = outcome.result.trace.layers();
        wrong.layer_name = wrong.layer < layers.size() ? std::string(outcome.result.trace.text(layers[wrong.layer].name)) : "the machine";
        wrong.explanation = outcome.crash.empty() ? outcome.result.failure : outcome.crash;
        kept.judgement.push_back(std::move(wrong));
    }
    return kept;
}

}  // namespace

std::shared_ptr<const KeptRuns::Kept> KeptRuns::run(const std::vector<Choice>& choices) {
    const std::string key = scenario::to_text(choices);
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = kept_.find(key); known != kept_.end()) return known->second;
    }
    auto fresh = std::make_shared<const Kept>(what_came_of(run_(choices)));
    const std::lock_guard lock(mutex_);
    if (kept_.emplace(key, fresh).second) order_.push_back(key);
    if (order_.size() > most_kept) {
        kept_.erase(order_.front());
        order_.pop_front();
    }
    return fresh;
}

void ReplayedWalk::begin() {
    choices_.clear();
    run_ = runs_.run({});
}

bool ReplayedWalk::take(const Choice& choice) {
    const scenario::ChoicePoint& here = point();
    if (choice.item >= here.pending.size() || (choice.status != 0 && !here.pending[choice.item].completes_operation)) return false;
    if (here.taken != choice) {
        std::vector<Choice> wanted = choices_;
        wanted.push_back(choice);
        // What fifo takes need not be said, so equal runs have equal names.
        while (!wanted.empty() && wanted.back() == first_due(run_->points[wanted.size() - 1])) wanted.pop_back();
        std::shared_ptr<const KeptRuns::Kept> other = runs_.run(wanted);
        if (!other->crashed && (other->points.size() <= depth() || other->points[depth()].taken != choice)) return false;
        run_ = std::move(other);
    }
    choices_.push_back(choice);
    return true;
}

}  // namespace chimneylab::explorer
