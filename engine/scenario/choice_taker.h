// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Carries out the choices of a manual run: takes the pending items that were chosen, orders the status or the fault that
// was chosen with them, and stops at the first point for which there is no choice; or asks a hand (LiveHand) when it wants to
// be asked. Private to engine/scenario.
#pragma once

#include <functional>
#include <span>
#include <unordered_map>

#include "engine/scenario/faults.h"
#include "engine/scenario/run.h"
#include "engine/scenario/target_client.h"

namespace chimneylab::scenario {

// Nothing is left to run but what comes back for ever, a driver's periodic timer. Waiting longer would never end.
[[nodiscard]] bool at_rest(machine::Machine& machine);

class ChoiceTaker {
public:
    // `options` and `result` outlive it; options.choices or options.hand must be there.
    ChoiceTaker(machine::Machine& machine, TargetClient& target, FaultInjector& faults, const RunOptions& options,
                RunResult& result)
        : machine_(machine), target_(target), faults_(faults), options_(options), result_(result) {}

    // Until nothing is pending, or a choice is missing, or `cancelled` says so. A choice that cannot be made ends the run
    // like a missing one and is told in RunResult::failure.
    void settle(const std::function<bool()>& cancelled);

    // A step has let the offload target complete a held operation: what was queued last will do it. `root` is the root
    // block as the target has it.
    void completion_queued(const void* root);

private:
    [[nodiscard]] std::vector<machine::PendingWork> candidates();
    [[nodiscard]] PendingItem describe(const machine::PendingWork& work);
    [[nodiscard]] static Choice first_due(const std::vector<machine::PendingWork>& pending);
    // Why it cannot be carried out; empty: it was.
    [[nodiscard]] Refusal carry_out(const Choice& choice, const machine::PendingWork& work, const PendingItem& item);
    [[nodiscard]] ChoicePoint point_here(const std::vector<machine::PendingWork>& pending);
    [[nodiscard]] Refusal make(const Choice& choice, const std::vector<machine::PendingWork>& pending, ChoicePoint& point);
    void settle_with_hand(const std::function<bool()>& cancelled);
    void inject_what_is_wanted();
    void stop(std::string why);

    machine::Machine& machine_;
    TargetClient& target_;
    FaultInjector& faults_;
    const RunOptions& options_;
    RunResult& result_;
    std::size_t taken_ = 0;
    Choice::Fault wanted_fault_ = Choice::Fault::none;
    std::uint32_t looked_at_ = 0;  // events whose work_queued are in queued_
    std::unordered_map<std::uint64_t, trace::EventId> queued_;
    std::unordered_map<std::uint64_t, ArrivedOperation> released_;  // by work item: what it completes
};

}  // namespace chimneylab::scenario
