// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A run in this process on a stack, a heap and a pool of its own (run_memory.h). It stops at every choice point; the marks are
// copies of its memory, the rules' own state among it, so that going back costs a copy and going on costs only what comes
// after. The run is the one that scenario::run makes with the same choices, event for event. Drivers' own variables are put
// back too; what they get from the C library behind the machine's back is not.
#pragma once

#include <memory>
#include <optional>

#include "engine/explorer/driver_images.h"
#include "engine/explorer/hash.h"
#include "engine/explorer/run_memory.h"
#include "engine/explorer/stack_switch.h"
#include "engine/explorer/walk.h"

namespace chimneylab::explorer {

class CheckpointedWalk final : public Walk {
public:
    // The scenario must outlive it. `load`: drivers that are not linked; may be empty. Throws NotPossible.
    CheckpointedWalk(std::unique_ptr<RunMemory> memory, const scenario::Scenario& scenario, std::string variant, LoadDriver load);
    ~CheckpointedWalk() override;

    // The run does something whose memory is not put back (a system thread), or there was not memory enough.
    struct NotPossible {};

    void begin() override;
    [[nodiscard]] bool ended() const override { return now_.ended; }
    [[nodiscard]] const scenario::ChoicePoint& point() const override { return *now_.point; }
    bool take(const scenario::Choice& choice) override;
    void mark() override;
    [[nodiscard]] std::uint64_t state() override;
    [[nodiscard]] std::uint64_t end_state() override { return now_.watcher != nullptr ? state() : 0; }  // of a run that had a machine
    [[nodiscard]] Footprint touched_by_last() override;
    [[nodiscard]] std::uint64_t history() override;
    [[nodiscard]] Judgement judgement() override;
    [[nodiscard]] const std::vector<scenario::Problem>& problems() const override { return problems_; }

private:
    class Hand;
    struct Watcher;  // lives in the run's memory
    // Where the run stands; goes with every mark.
    struct Standing {
        const scenario::ChoicePoint* point = nullptr;  // in the run's memory
        Watcher* watcher = nullptr;  // null before the machine is up and when it is gone
        bool ended = false;
        bool refused = false;
        std::uint64_t work_done = 0;  // what was taken, whatever the order
        std::size_t failures_wanted = 0;  // allocations that were to fail
        std::size_t events = 0;
    };
    struct Mark {
        std::size_t depth = 0;
        Standing standing;
        StackPointer paused = nullptr;
        RunMemory::Image image;
        std::vector<std::byte> variables;  // of the drivers' images
    };

    void back_towards(std::size_t depth) override;
    void run_outside();
    void make_tables();
    static void enter(void* walk);
    void run();
    void use_images(scenario::RunOptions& options);
    void resume();
    void pause();  // called by the run

    std::unique_ptr<RunMemory> memory_;
    const scenario::Scenario& scenario_;
    std::string variant_;
    DriverImages images_;
    std::unique_ptr<Hand> hand_;
    StackPointer outside_ = nullptr, paused_ = nullptr;  // paused_: where the run goes on
    std::optional<scenario::Choice> next_;
    Standing now_;
    std::vector<Mark> marks_;  // ascending depth; the first one is the first point
    std::size_t marked_ = 0;   // how many of them are in use
    std::size_t pool_touched_ = 0;  // bytes from its start that are perhaps not zero
    MemoryHash pool_hash_;
    std::vector<Hash::Stretch> stretches_;  // of memory that lies elsewhere in another walk
    std::vector<scenario::Problem> problems_;
    Judgement judgement_;  // of a run that has no machine any more
    const scenario::RunResult* without_end_ = nullptr;  // in the run's memory
};

}  // namespace chimneylab::explorer
