// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Which schedules are tried, in which order, until when. A small space from end to end, its parts by the first deviation; a large
// one level by level, each with one deviation more than the one before. Both are cut into tasks, whose results are put together
// in order, so the number of workers changes nothing but the time.
// Private to engine/explorer.
#pragma once

#include <unordered_set>

#include "engine/explorer/depth_first.h"
#include "engine/explorer/leaf.h"
#include "engine/explorer/workers.h"

namespace chimneylab::explorer {

class Search {
public:
    // A task has about `task_size` schedules.
    Search(Workers& workers, const Options& options, std::size_t task_size) : workers_(workers), options_(options), task_size_(task_size) {}

    [[nodiscard]] Exploration go();

private:
    // The alternatives of one schedule at one of its own points.
    struct Unit {
        const Schedule* schedule;
        std::size_t depth;
        std::size_t count;
        std::size_t most;  // fewer than count when the budget ends here
    };
    struct TaskResult {
        std::vector<Leaf> leaves;
    };

    [[nodiscard]] bool cancelled() const { return options_.cancel != nullptr && *options_.cancel; }
    [[nodiscard]] bool textbook_order();
    [[nodiscard]] bool fits(std::size_t budget) const;
    void systematic();
    void from_end_to_end(std::size_t budget);
    void below(Walk& walk, std::size_t depth, std::size_t alternative, DepthFirst::Limits limits, Subtree& result) const;
    bool level(std::size_t budget);
    void make(Walk& walk, std::span<const Unit> units, TaskResult& result) const;
    void at_random();
    void take(const Leaf& leaf);
    void shorten();
    void shorten(Walk& walk, Found& found) const;
    void say_progress(std::size_t under_way = 0) const;

    Workers& workers_;
    const Options& options_;
    std::size_t task_size_;
    Exploration answer_;
    std::vector<scenario::Choice> textbook_;  // all of them
    std::size_t deepest_ = 0;  // deviations in one schedule
    std::vector<Schedule> level_, next_;
    std::unordered_set<std::uint64_t> states_, histories_, end_states_;
};

}  // namespace chimneylab::explorer
