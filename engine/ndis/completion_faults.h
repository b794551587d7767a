// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Faults in the completions of state-manipulation operations, on request. An order names the driver that completes (the
// offload target, or an intermediate driver at its upper edge), the operation and how many of them go by before.
//
// dropped and doubled happen here, between the driver's NdisMXxxOffloadComplete and NDIS's call above it: the driver has
// done its part, and its call is lost, or arrives a second time as it was made. Neither the completing driver nor the ones
// above can be blamed for what follows; the checker groups it under the fault (INJ-001, INJ-002).
// A call that is doubled is routed twice. The second time the owner may have released the tree; if not, SourceHandle of the
// root is what the drivers above have restored, and the call goes past them.
// delayed, reordered and early are the target's own doing (engine/offload_target/completion_order.c), as they are in a real
// adapter; here they are only announced, so that the trace tells them: fault_injected when the operation reaches the target.
//
// Deterministic; one thread at a time, like the machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/ndis/core/chimney_platform.h"
#include "engine/trace/event.h"

namespace chimneylab::machine {
class Machine;
}

namespace chimneylab::ndis {

struct CompletionFaultOrder {
    trace::CompletionFault fault = trace::CompletionFault::dropped;
    trace::LayerIndex layer = 0;  // whose completion
    trace::OperationKind operation = trace::OperationKind::query;
    unsigned occurrence = 1;        // n-th operation of this kind that reaches the layer from now on; 0: every one
    trace::Nanoseconds delay = 0;   // delayed: told in the event
};

struct ArrivedOperation {
    trace::OperationId operation;
    trace::OperationKind kind = trace::OperationKind::none;
};

class CompletionFaults {
public:
    explicit CompletionFaults(machine::Machine& machine) : machine_(machine) {}

    void add(const CompletionFaultOrder& order) { orders_.push_back(order); }
    // dropped or doubled, for one operation that has reached the layer and not been completed by it yet. False if there
    // is no such operation there.
    bool arm(trace::CompletionFault fault, trace::LayerIndex layer, trace::OperationId operation);
    // The operation with this root block, if it has reached the layer and not been completed by it yet.
    [[nodiscard]] std::optional<ArrivedOperation> arrived_at(trace::LayerIndex layer, const void* root) const;
    void clear() { orders_.clear(), armed_.clear(); }

    // --- asked by the chimney platform ---
    // The operation reaches the upper edge of a driver; details describe the call.
    void arrives(const CHIMNEY_CALL& call, trace::LayerIndex layer, trace::RegionId root, trace::OperationId operation);
    // That driver completes it. dropped or doubled, once; recorded.
    [[nodiscard]] trace::CompletionFault completes(const CHIMNEY_CALL& call, trace::LayerIndex layer);

private:
    struct Armed {
        trace::LayerIndex layer;
        const void* root;
        trace::CompletionFault fault;
        trace::RegionId region;
        trace::OperationId operation;
        trace::OperationKind kind;
    };
    void record(const Armed& what, const std::string& text);

    machine::Machine& machine_;
    std::vector<CompletionFaultOrder> orders_;
    std::vector<Armed> armed_;
    std::vector<Armed> arrived_;  // at a driver, and not completed by it yet
};

}  // namespace chimneylab::ndis
