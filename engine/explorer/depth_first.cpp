// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/depth_first.h"

#include <algorithm>
#include <utility>

#include "engine/explorer/hash.h"

namespace chimneylab::explorer {

using scenario::Choice;

namespace {

// The order alone: nothing is made to fail.
bool plain(const Choice& choice) { return choice.status == 0 && choice.fault == Choice::Fault::none; }

// With others asleep the rest is another one, so it is another state.
std::uint64_t with(std::uint64_t state, const std::vector<Sleeper>& asleep) {
    if (asleep.empty()) return state;
    std::uint64_t sleepers = 0;
    for (const Sleeper& each : asleep) {
        Hash hash;
        hash.text(each.item.label);
        hash.word(each.item.queued_at);
        hash.word(std::uint64_t{each.item.layer} << 32 | each.item.operation.value);
        sleepers += hash.value();
    }
    Hash hash;
    hash.word(state);
    hash.word(sleepers);
    return hash.value();
}

}  // namespace

bool DepthFirst::stopped() const {
    if (limits_.cancel != nullptr && *limits_.cancel) return true;
    std::size_t run = run_;
    for (const std::atomic<std::size_t>& each : limits_.earlier) run += each.load(std::memory_order_relaxed);
    return run >= limits_.schedules;
}

// The point where the walk stands, with what is to be tried there. False: everything sleeps.
bool DepthFirst::push(std::vector<Sleeper> asleep) {
    const scenario::ChoicePoint& point = walk_.point();
    Frame frame;
    frame.depth = walk_.depth();
    frame.deviations = deviates_.size();
    frame.several = point.pending.size() > 1;
    frame.choices = alternatives(point, limits_.failures);
    frame.choices.insert(frame.choices.begin(), first_due(point));
    if (!asleep.empty()) {
        result_.skipped += std::erase_if(frame.choices, [&](const Choice& choice) {
            return plain(choice) && std::ranges::any_of(asleep, [&](const Sleeper& each) { return each.is(point.pending[choice.item]); });
        });
    }
    frame.asleep = std::move(asleep);
    if (frame.choices.empty()) return false;
    if (frame.choices.size() > 1) walk_.mark();
    frames_.push_back(std::move(frame));
    return true;
}

// False: the choice cannot be made. What sleeps after it is told; from then on the item that was taken sleeps beside its siblings.
bool DepthFirst::make(Frame& frame, const Choice& choice, std::vector<Sleeper>& asleep_then) {
    const bool footprint_matters = limits_.reduction && plain(choice) && frame.several;
    Sleeper taken;
    if (footprint_matters) taken.item = walk_.point().pending[choice.item];
    if (!walk_.take(choice)) return false;
    if (!footprint_matters) return true;
    taken.footprint = walk_.touched_by_last();
    for (const Sleeper& each : frame.asleep)
        if (independent(each.footprint, taken.footprint)) asleep_then.push_back(each);
    frame.asleep.push_back(std::move(taken));
    return true;
}

void DepthFirst::end(bool pruned, std::vector<std::uint64_t> states) {
    Leaf leaf;
    leaf.pruned = pruned;
    if (!pruned) {
        leaf.history = walk_.history();
        leaf.end_state = walk_.end_state();
        ++run_;
        if (limits_.own != nullptr) limits_.own->store(run_, std::memory_order_relaxed);
    }
    leaf.skipped = std::exchange(result_.skipped, 0);
    leaf.wrong = walk_.judgement();
    leaf.states = std::move(states);
    leaf.schedule.deviates = deviates_;
    if (!leaf.wrong.empty()) {
        leaf.schedule.choices = walk_.choices();
        leaf.schedule.choices.resize(deviates_.empty() ? 0 : deviates_.back() + 1);  // the rest is fifo's
    }
    result_.leaves.push_back(std::move(leaf));
}

void DepthFirst::arrive(std::vector<Sleeper> asleep) {
    if (!walk_.ended()) {
        const std::uint64_t state = seen_ != nullptr ? walk_.state() : 0;
        const bool known = state != 0 && !seen_->add(with(state, asleep));
        if (!known) {
            if (state != 0) states_.push_back(with(state, asleep));
            push(std::move(asleep));
            return;
        }
    }
    end(!walk_.ended(), std::exchange(states_, {}));
}

void DepthFirst::alternative(std::size_t which) {
    deviates_.clear();
    if (stopped()) {
        result_.cut = true;
        return;
    }
    if (!push({})) return;
    Frame root = std::move(frames_.back());
    frames_.clear();
    const std::vector<Choice> all = root.choices;
    if (which + 1 >= all.size()) return;
    std::vector<Sleeper> asleep;
    // What was taken before it at this point is run elsewhere; here it is only looked at.
    for (std::size_t i = 0; i <= which && limits_.reduction && root.several && plain(all[which + 1]); ++i) {
        if (!plain(all[i])) continue;
        std::vector<Sleeper> unused;
        make(root, all[i], unused);
        walk_.back(root.depth);
    }
    if (limits_.deviations == 0) {
        result_.cut = true;
        return;
    }
    if (!make(root, all[which + 1], asleep)) return;
    deviates_.push_back(root.depth);
    arrive(std::move(asleep));
    while (!frames_.empty()) {
        Frame& frame = frames_.back();
        if (frame.next == frame.choices.size()) {
            frames_.pop_back();
            continue;
        }
        if (stopped()) {
            result_.cut = true;
            break;
        }
        const Choice choice = frame.choices[frame.next++];
        walk_.back(frame.depth);
        deviates_.resize(frame.deviations);
        const bool deviates = choice != first_due(walk_.point());
        if (deviates && deviates_.size() >= limits_.deviations) {
            result_.cut = true;
            continue;
        }
        const std::size_t depth = frame.depth;
        std::vector<Sleeper> asleep_then;
        if (!make(frame, choice, asleep_then)) continue;
        if (deviates) deviates_.push_back(depth);
        arrive(std::move(asleep_then));
    }
    frames_.clear();
    walk_.back(root.depth);
}

}  // namespace chimneylab::explorer
