// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One schedule: leads a walk along its choices and by fifo to the end, or to where it does what an earlier one has done
// already. Private to engine/explorer.
#pragma once

#include <map>
#include <optional>
#include <unordered_set>

#include "engine/explorer/walk.h"

namespace chimneylab::explorer {

// A schedule that was made: its last choice is its last deviation, the rest is fifo.
struct Schedule {
    std::vector<scenario::Choice> choices;
    std::vector<std::size_t> deviates;       // places of the deviations
    std::vector<std::uint32_t> alternatives;  // at each of its own points, from the first after `choices`
};

struct Leaf {
    Schedule schedule;
    bool pruned = false;        // from here on it is as an earlier one
    std::uint64_t history = 0;  // of a run to the end
    std::uint64_t end_state = 0;  // likewise; 0: not known
    std::size_t skipped = 0;      // choices that were not made since the leaf before, because they slept
    Judgement wrong;
    std::vector<std::uint64_t> states;  // that it came through as the first
};

[[nodiscard]] std::vector<scenario::Choice> alternatives(const scenario::ChoicePoint& point, bool failures);
[[nodiscard]] std::string in_words(const scenario::ChoicePoint& point, const scenario::Choice& choice, std::size_t place);

// States that were come through: those of earlier waves, which nobody changes now, and those of this task.
class SeenStates {
public:
    explicit SeenStates(const std::unordered_set<std::uint64_t>& before) : before_(before) {}
    // False: it was there.
    bool add(std::uint64_t state) { return !before_.contains(state) && own_.insert(state).second; }

private:
    const std::unordered_set<std::uint64_t>& before_;
    std::unordered_set<std::uint64_t> own_;
};

// From where the walk stands, after the last deviation.
void follow(Walk& walk, Leaf& leaf, bool failures, SeenStates* seen);

// Several random deviations.
[[nodiscard]] Leaf at_random(Walk& walk, std::uint64_t seed, std::size_t points, bool failures);

// With these deviations only: what is wrong then, and how that reads. No value: they cannot all be made.
struct Attempt {
    Schedule schedule;
    Judgement wrong;
    std::vector<std::string> words;
};
[[nodiscard]] std::optional<Attempt> attempt(Walk& walk, const std::map<std::size_t, scenario::Choice>& deviations);

}  // namespace chimneylab::explorer
