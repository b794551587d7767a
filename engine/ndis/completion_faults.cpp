// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/completion_faults.h"

#include <algorithm>
#include <string>

#include "engine/machine/machine.h"

namespace chimneylab::ndis {

using trace::CompletionFault;

namespace {

trace::OperationKind kind_of(CHIMNEY_OPERATION operation) {
    return static_cast<trace::OperationKind>(operation);  // both count the five from 1
}
static_assert(static_cast<int>(trace::OperationKind::initiate) == ChimneyInitiate);
static_assert(static_cast<int>(trace::OperationKind::query) == ChimneyQuery);
static_assert(static_cast<int>(trace::OperationKind::update) == ChimneyUpdate);
static_assert(static_cast<int>(trace::OperationKind::invalidate) == ChimneyInvalidate);
static_assert(static_cast<int>(trace::OperationKind::terminate) == ChimneyTerminate);

}  // namespace

void CompletionFaults::record(const Armed& what, const std::string& text) {
    trace::Event event;
    event.kind = trace::EventKind::fault_injected;
    event.layer = what.layer;
    event.operation = what.operation;
    event.operation_kind = what.kind;
    event.region = what.region;
    event.subject = machine_.address_space().translate(what.root);
    event.detail = static_cast<std::uint64_t>(what.fault);
    event.name = machine_.recorder().intern(text);
    machine_.record(event);
}

void CompletionFaults::arrives(const CHIMNEY_CALL& call, trace::LayerIndex layer, trace::RegionId root,
                               trace::OperationId operation) {
    arrived_.push_back({layer, call.Block, CompletionFault::none, root, operation, kind_of(call.Operation)});
    for (CompletionFaultOrder& order : orders_) {
        if (order.layer != layer || order.operation != kind_of(call.Operation)) continue;
        const bool every = order.occurrence == 0;
        if (!every && --order.occurrence > 0) continue;
        if (!every) order.layer = trace::machine_layer;  // spent
        const Armed armed{layer, call.Block, order.fault, root, operation, kind_of(call.Operation)};
        switch (order.fault) {
        case CompletionFault::delayed:
            record(armed, machine_.layer_name(layer) + " completes this operation " + std::to_string(order.delay) + " ns later than it would");
            break;
        case CompletionFault::reordered:
            record(armed, machine_.layer_name(layer) + " lets the youngest operation pass before it completes this one");
            break;
        case CompletionFault::early:
            record(armed, machine_.layer_name(layer) + " completes this operation inside the downward call");
            break;
        case CompletionFault::dropped:
        case CompletionFault::doubled: armed_.push_back(armed); break;
        case CompletionFault::none: break;
        }
    }
    std::erase_if(orders_, [](const CompletionFaultOrder& order) { return order.layer == trace::machine_layer; });
}

bool CompletionFaults::arm(CompletionFault fault, trace::LayerIndex layer, trace::OperationId operation) {
    const auto found = std::ranges::find_if(
        arrived_, [&](const Armed& arrived) { return arrived.layer == layer && arrived.operation == operation; });
    if (found == arrived_.end()) return false;
    Armed armed = *found;
    armed.fault = fault;
    armed_.push_back(armed);
    return true;
}

std::optional<ArrivedOperation> CompletionFaults::arrived_at(trace::LayerIndex layer, const void* root) const {
    // The youngest: a root may have come by before, with an operation whose completion was lost.
    const auto found = std::find_if(arrived_.rbegin(), arrived_.rend(), [&](const Armed& arrived) { return arrived.layer == layer && arrived.root == root; });
    if (found == arrived_.rend()) return std::nullopt;
    return ArrivedOperation{found->operation, found->kind};
}

CompletionFault CompletionFaults::completes(const CHIMNEY_CALL& call, trace::LayerIndex layer) {
    std::erase_if(arrived_, [&](const Armed& arrived) { return arrived.layer == layer && arrived.root == call.Block; });
    const auto found = std::ranges::find_if(armed_, [&](const Armed& armed) { return armed.layer == layer && armed.root == call.Block; });
    if (found == armed_.end()) return CompletionFault::none;
    const Armed armed = *found;
    armed_.erase(found);
    record(armed, armed.fault == CompletionFault::dropped
                      ? std::string(call.Name) + " of " + machine_.layer_name(layer) + " is lost: nobody above is called"
                      : std::string(call.Name) + " of " + machine_.layer_name(layer) + " arrives twice");
    return armed.fault;
}

}  // namespace chimneylab::ndis
