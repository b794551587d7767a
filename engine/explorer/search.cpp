// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/search.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace chimneylab::explorer {

using scenario::Choice;

namespace {

constexpr std::size_t tasks_of_wave = 64;

}  // namespace

Exploration Search::go() {
    if (!textbook_order()) return std::move(answer_);
    systematic();
    if (!answer_.complete) at_random();
    shorten();
    answer_.different = histories_.size();
    answer_.end_states.assign(end_states_.begin(), end_states_.end());
    std::ranges::sort(answer_.end_states);
    return std::move(answer_);
}

void Search::say_progress(std::size_t under_way) const {
    if (options_.progress) options_.progress(answer_.schedules + under_way);
}

// What is wrong in a schedule; each rule and layer is told once.
void Search::take(const Leaf& leaf) {
    if (leaf.pruned) ++answer_.pruned;
    else ++answer_.schedules;
    if (leaf.end_state != 0) end_states_.insert(leaf.end_state);
    if (!leaf.pruned && !leaf.wrong.empty()) ++answer_.violating;
    for (const Wrong& wrong : leaf.wrong) {
        const auto known = std::ranges::find_if(answer_.found, [&](const Found& each) { return each.rule == wrong.rule && each.layer == wrong.layer; });
        const bool shorter = known != answer_.found.end() && leaf.schedule.deviates.size() < known->deviates.size();
        if (known != answer_.found.end()) {
            ++known->seen_in;
            if (!shorter) continue;
        }
        Found found;
        found.rule = wrong.rule;
        found.severity = wrong.severity;
        found.layer = wrong.layer;
        found.layer_name = wrong.layer_name;
        found.explanation = wrong.explanation;
        found.event = wrong.event;
        found.choices = leaf.schedule.choices;
        found.deviates = leaf.schedule.deviates;
        found.seen_in = shorter ? known->seen_in : 1;
        if (shorter) *known = std::move(found);
        else answer_.found.push_back(std::move(found));
    }
}

bool Search::textbook_order() {
    Leaf leaf;
    workers_.carry_out({[&](Walk& walk) {
        walk.begin();
        answer_.problems = walk.problems();
        SeenStates seen(states_);
        if (answer_.problems.empty()) follow(walk, leaf, options_.failures, options_.reduction ? &seen : nullptr);
        textbook_ = walk.choices();
    }});
    if (!answer_.problems.empty()) return false;
    take(leaf);
    answer_.points = leaf.schedule.alternatives.size();
    states_.insert(leaf.states.begin(), leaf.states.end());
    histories_.insert(leaf.history);
    level_.push_back(std::move(leaf.schedule));
    return true;
}

void Search::systematic() {
    // The random part has a quarter, unless nothing is left to try before.
    const std::size_t budget = options_.budget - options_.budget / 4;
    if (fits(budget)) {
        from_end_to_end(budget);
        return;
    }
    for (std::size_t deviations = 1; deviations <= options_.most_deviations; ++deviations) {
        next_.clear();
        if (!level(budget)) return;
        answer_.complete_up_to = deviations;
        if (next_.empty()) {
            answer_.complete = true;
            return;
        }
        level_ = std::move(next_);
    }
}

// If every schedule had the points and the alternatives of the textbook order.
bool Search::fits(std::size_t budget) const {
    std::size_t schedules = 1;
    for (const std::uint32_t others : level_.front().alternatives) {
        if (schedules > budget / (std::size_t{others} + 1)) return false;
        schedules *= std::size_t{others} + 1;
    }
    return true;
}

void Search::from_end_to_end(std::size_t budget) {
    struct Part {
        std::size_t depth, alternative;
        Subtree result;
    };
    const std::vector<std::uint32_t>& alternatives = level_.front().alternatives;
    std::vector<Part> all;
    for (std::size_t depth = 0; depth < alternatives.size(); ++depth)
        for (std::size_t i = 0; i < alternatives[depth]; ++i) all.push_back({depth, i, {}});
    bool cut = false;
    for (std::size_t at = 0; at < all.size() && !cut;) {
        if (answer_.schedules >= budget || cancelled()) {
            cut = true;
            break;
        }
        const std::span<Part> wave = std::span(all).subspan(at, std::min(tasks_of_wave, all.size() - at));
        at += wave.size();
        const std::size_t left = budget - answer_.schedules;
        std::array<std::atomic<std::size_t>, tasks_of_wave> run{};
        std::vector<Workers::Task> tasks;
        for (std::size_t i = 0; i < wave.size(); ++i) {
            tasks.emplace_back([&, i](Walk& walk) {
                const DepthFirst::Limits limits{.schedules = left,
                                                .deviations = options_.most_deviations,
                                                .failures = options_.failures,
                                                .reduction = options_.reduction,
                                                .cancel = options_.cancel,
                                                .earlier = std::span(run).first(i),
                                                .own = &run[i]};
                below(walk, wave[i].depth, wave[i].alternative, limits, wave[i].result);
            });
        }
        workers_.carry_out(tasks, [&] { say_progress(std::min(std::accumulate(run.begin(), run.end(), std::size_t{0}), left)); });
        for (Part& part : wave) {
            cut = cut || part.result.cut;
            bool whole = true;
            for (const Leaf& leaf : part.result.leaves) {
                if (answer_.schedules >= budget) {  // its task did not know what the others used
                    cut = true;
                    whole = false;
                    break;
                }
                take(leaf);
                answer_.skipped += leaf.skipped;
                deepest_ = std::max(deepest_, leaf.schedule.deviates.size());
                states_.insert(leaf.states.begin(), leaf.states.end());
                if (!leaf.pruned) histories_.insert(leaf.history);
            }
            if (whole && !part.result.cut) answer_.skipped += part.result.skipped;
            part.result = {};
        }
        say_progress();
    }
    answer_.complete = !cut;
    if (!cut) answer_.complete_up_to = deepest_;
}

void Search::below(Walk& walk, std::size_t depth, std::size_t alternative, DepthFirst::Limits limits, Subtree& result) const {
    if (cancelled()) {
        result.cut = true;
        return;
    }
    // Along the textbook order, with marks where others will start.
    const auto ways_part = static_cast<std::size_t>(std::ranges::mismatch(walk.choices(), textbook_).in1 - walk.choices().begin());
    walk.back(std::min(ways_part, depth));
    while (walk.depth() < depth) {
        if (level_.front().alternatives[walk.depth()] > 0) walk.mark();
        if (!walk.take(textbook_[walk.depth()])) return;
    }
    SeenStates seen(states_);
    DepthFirst(walk, limits, options_.reduction ? &seen : nullptr, result).alternative(alternative);
}

// False: it was not finished.
bool Search::level(std::size_t budget) {
    std::vector<Unit> units;
    for (const Schedule& schedule : level_)
        for (std::size_t i = 0; i < schedule.alternatives.size(); ++i)
            if (schedule.alternatives[i] > 0) units.push_back({&schedule, schedule.choices.size() + i, schedule.alternatives[i], schedule.alternatives[i]});
    for (std::size_t at = 0; at < units.size();) {
        if (answer_.schedules >= budget || cancelled()) return false;
        std::size_t left = budget - answer_.schedules;
        // A wave: tasks of neighbouring units, no more of them than the budget has room for.
        std::vector<std::span<const Unit>> parts;
        while (parts.size() < tasks_of_wave && at < units.size() && left > 0) {
            const std::size_t from = at;
            for (std::size_t size = 0; at < units.size() && size < task_size_ && left > 0; ++at) {
                units[at].most = std::min(units[at].count, left);
                left -= units[at].most;
                size += units[at].most;
            }
            parts.emplace_back(units.data() + from, at - from);
        }
        std::vector<TaskResult> results(parts.size());
        std::vector<Workers::Task> tasks;
        for (std::size_t i = 0; i < parts.size(); ++i) tasks.emplace_back([&, i](Walk& walk) { make(walk, parts[i], results[i]); });
        workers_.carry_out(tasks);
        for (TaskResult& result : results) {
            for (Leaf& leaf : result.leaves) {
                take(leaf);
                states_.insert(leaf.states.begin(), leaf.states.end());
                // A run with the same history as another one has nothing after it that the other has not.
                const bool fresh = leaf.pruned || histories_.insert(leaf.history).second;
                if (fresh && !leaf.schedule.alternatives.empty()) next_.push_back(std::move(leaf.schedule));
            }
        }
        say_progress();
        // The last one may have been cut: what the budget had room for was less than it has.
        const Unit& last = units[at - 1];
        if (last.most < last.count) return false;
    }
    return true;
}

void Search::make(Walk& walk, std::span<const Unit> units, TaskResult& result) const {
    SeenStates seen(states_);
    const Schedule* standing_in = nullptr;
    for (const Unit& unit : units) {
        if (cancelled()) return;
        if (unit.schedule != standing_in) walk.go_to(unit.schedule->choices);
        standing_in = unit.schedule;
        while (walk.depth() < unit.depth && !walk.ended()) {
            walk.mark();
            if (!walk.take(first_due(walk.point()))) break;
        }
        if (walk.depth() != unit.depth || walk.ended()) continue;
        walk.mark();
        const std::vector<Choice> here = walk.choices();
        const std::vector<Choice> others = alternatives(walk.point(), options_.failures);
        for (std::size_t i = 0; i < others.size() && i < unit.most; ++i) {
            if (!walk.take(others[i])) continue;
            Leaf leaf;
            leaf.schedule.choices = walk.choices();
            leaf.schedule.deviates = unit.schedule->deviates;
            leaf.schedule.deviates.push_back(unit.depth);
            follow(walk, leaf, options_.failures, options_.reduction ? &seen : nullptr);
            result.leaves.push_back(std::move(leaf));
            walk.go_to(here);
        }
    }
}

void Search::at_random() {
    std::uint64_t number = 0;
    while (answer_.schedules < options_.budget && answer_.points > 0 && !cancelled()) {
        const std::size_t count = std::min(options_.budget - answer_.schedules, tasks_of_wave * task_size_);
        std::vector<Leaf> leaves(count);
        std::vector<Workers::Task> tasks;
        for (std::size_t from = 0; from < count; from += task_size_) {
            tasks.emplace_back([&, from](Walk& walk) {
                for (std::size_t i = from; i < std::min(from + task_size_, count) && !cancelled(); ++i)
                    leaves[i] = explorer::at_random(walk, options_.seed * 0x9E3779B97F4A7C15 + number + i, answer_.points, options_.failures);
            });
        }
        workers_.carry_out(tasks);
        if (cancelled()) return;
        number += count;
        for (const Leaf& leaf : leaves) {
            take(leaf);
            histories_.insert(leaf.history);
        }
        say_progress();
    }
}

void Search::shorten() {
    std::vector<Workers::Task> tasks;
    for (Found& found : answer_.found) tasks.emplace_back([this, &found](Walk& walk) { shorten(walk, found); });
    workers_.carry_out(tasks);
}

// Without each of the deviations in turn: is it still there? Not part of the budget, there are few.
void Search::shorten(Walk& walk, Found& found) const {
    std::map<std::size_t, Choice> deviations;
    for (const std::size_t place : found.deviates) deviations[place] = found.choices[place];
    const auto still_there = [&](const std::map<std::size_t, Choice>& kept) {
        const std::optional<Attempt> made = attempt(walk, kept);
        if (!made) return false;
        const auto same = std::ranges::find_if(made->wrong, [&](const Wrong& each) { return each.rule == found.rule && each.layer == found.layer; });
        if (same == made->wrong.end()) return false;
        found.explanation = same->explanation;
        found.event = same->event;
        found.choices = made->schedule.choices;
        found.deviates = made->schedule.deviates;
        found.deviations = made->words;
        return true;
    };
    still_there(deviations);  // puts it into words
    for (std::size_t leave = 0; leave < found.deviates.size() && found.deviates.size() > 1;) {
        std::map<std::size_t, Choice> kept;
        for (const std::size_t place : found.deviates) kept[place] = found.choices[place];
        kept.erase(found.deviates[leave]);
        if (!still_there(kept)) ++leave;
    }
}

}  // namespace chimneylab::explorer
