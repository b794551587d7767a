// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A run that is made from its beginning for every choice that fifo would not make, wherever the Runner makes it. What came of
// the latest runs is kept and shared by the walks of one exploration.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "engine/explorer/walk.h"

namespace chimneylab::explorer {

// Any thread.
class KeptRuns {
public:
    explicit KeptRuns(const Runner& run) : run_(run) {}

    struct Kept {
        std::vector<scenario::ChoicePoint> points;
        Judgement judgement;
        std::uint64_t fingerprint = 0;
        bool crashed = false;  // the points may end before the crash
        std::vector<scenario::Problem> problems;
    };
    // These choices, then fifo.
    [[nodiscard]] std::shared_ptr<const Kept> run(const std::vector<scenario::Choice>& choices);

private:
    const Runner& run_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<const Kept>> kept_;
    std::deque<std::string> order_;  // oldest first
};

class ReplayedWalk final : public Walk {
public:
    explicit ReplayedWalk(KeptRuns& runs) : runs_(runs) { begin(); }

    void begin() override;
    [[nodiscard]] bool ended() const override { return depth() >= run_->points.size(); }
    [[nodiscard]] const scenario::ChoicePoint& point() const override { return run_->points[depth()]; }
    bool take(const scenario::Choice& choice) override;
    [[nodiscard]] std::uint64_t state() override { return 0; }
    [[nodiscard]] std::uint64_t history() override { return run_->fingerprint; }
    [[nodiscard]] Judgement judgement() override { return run_->judgement; }
    [[nodiscard]] const std::vector<scenario::Problem>& problems() const override { return run_->problems; }

private:
    void back_towards(std::size_t depth) override { choices_.resize(depth); }

    KeptRuns& runs_;
    std::shared_ptr<const KeptRuns::Kept> run_;  // begins with choices_
};

}  // namespace chimneylab::explorer
