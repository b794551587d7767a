// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Faults on a running machine: what a scenario file, a person or an explorer asks for goes to whoever can do it. Allocation
// failures to the pool; statuses and the times of completions to the offload target, which may lawfully choose them; lost and
// doubled completions to NDIS's way up (engine/ndis/completion_faults.h says why there).
// Every fault is recorded as fault_injected: when an allocation fails, when the operation concerned reaches the target
// or its completion is lost or doubled; a chosen status, when it is asked for.
// One thread at a time, like the machine. All that is referred to must outlive it.
#pragma once

#include <optional>
#include <span>

#include "engine/scenario/target_client.h"

namespace chimneylab::scenario {

using ndis::ArrivedOperation;

class FaultInjector {
public:
    FaultInjector(machine::Machine& machine, ndis::Ndis& ndis, TargetClient& target)
        : machine_(machine), ndis_(ndis), target_(target) {}

    // From now on. The refusal names the fault; those before it stand.
    Refusal inject(const Fault& fault);
    Refusal inject(std::span<const Fault> faults);
    // The completion of this operation by the offload target, which has it now, is lost or comes twice.
    Refusal inject_into(trace::OperationId operation, trace::CompletionFault fault);
    // The operation with this root block, as the driver has it, if the offload target has it now.
    [[nodiscard]] std::optional<ArrivedOperation> held_by_target(const void* root) const;
    // Takes back what has not happened yet.
    Refusal clear();

private:
    [[nodiscard]] std::optional<trace::LayerIndex> layer_of(const std::string& name) const;
    Refusal inject_allocation_failure(const Fault& fault);
    Refusal inject_status(const Fault& fault);

    machine::Machine& machine_;
    ndis::Ndis& ndis_;
    TargetClient& target_;
};

}  // namespace chimneylab::scenario
