// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/faults.h"

#include "engine/scenario/words.h"
#include "engine/trace/text.h"

namespace chimneylab::scenario {

namespace {

trace::CompletionFault completion_fault(FaultKind kind) {
    switch (kind) {
        case FaultKind::completion_delayed:
            return trace::CompletionFault::delayed;
        case FaultKind::completion_reordered:
            return trace::CompletionFault::reordered;
        case FaultKind::completion_early:
            return trace::CompletionFault::early;
        case FaultKind::completion_dropped:
            return trace::CompletionFault::dropped;
        case FaultKind::completion_doubled:
            return trace::CompletionFault::doubled;
        default:
            return trace::CompletionFault::none;
    }
}

std::uint32_t pool_tag(const std::string& text) {
    std::uint32_t tag = 0;
    for (std::size_t i = 0; i < 4 && i < text.size(); ++i)
        tag |= static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) << (8 * i);
    return tag;
}

}  // namespace

std::optional<trace::LayerIndex> FaultInjector::layer_of(const std::string& name) const {
    for (trace::LayerIndex layer = 0; layer < machine_.layer_count(); ++layer) {
        if (machine_.layer_name(layer) == name) return layer;
    }
    return std::nullopt;
}

Refusal FaultInjector::inject(std::span<const Fault> faults) {
    for (const Fault& fault : faults) {
        if (Refusal refusal = inject(fault); !refusal.empty())
            return std::string(fault_words().text(static_cast<std::int64_t>(fault.kind))) + ": " + refusal;
    }
    return {};
}

Refusal FaultInjector::inject(const Fault& fault) {
    if (fault.kind == FaultKind::allocation_fails) return inject_allocation_failure(fault);
    if (fault.kind == FaultKind::status_chosen) return inject_status(fault);
    ndis::CompletionFaultOrder order;
    order.fault = completion_fault(fault.kind);
    order.operation = fault.operation;
    order.occurrence = fault.occurrence;
    order.delay = fault.delay;
    const std::optional<trace::LayerIndex> layer = layer_of(fault.layer.empty() ? "offload target" : fault.layer);
    if (!layer) return "this machine has no layer '" + fault.layer + "'";
    order.layer = *layer;
    if (fault.kind != FaultKind::completion_dropped && fault.kind != FaultKind::completion_doubled) {
        if (Refusal refusal = target_.add_completion_order(fault); !refusal.empty()) return refusal;
    }
    ndis_.completion_faults().add(order);
    return {};
}

Refusal FaultInjector::inject_into(trace::OperationId operation, trace::CompletionFault fault) {
    const std::optional<trace::LayerIndex> target = layer_of("offload target");
    if (!target || !ndis_.completion_faults().arm(fault, *target, operation)) return "the offload target does not hold this operation";
    return {};
}

std::optional<ArrivedOperation> FaultInjector::held_by_target(const void* root) const {
    const std::optional<trace::LayerIndex> target = layer_of("offload target");
    return target ? ndis_.completion_faults().arrived_at(*target, root) : std::nullopt;
}

Refusal FaultInjector::inject_allocation_failure(const Fault& fault) {
    machine::FaultFilter filter;
    if (!fault.tag.empty()) filter.tag = pool_tag(fault.tag);
    if (!fault.layer.empty()) {
        filter.owner = layer_of(fault.layer);
        if (!filter.owner) return "this machine has no layer '" + fault.layer + "'";
    }
    machine::PoolFaults& faults = machine_.pool().faults();
    if (fault.nth > 0)
        faults.fail_nth(fault.nth, filter);
    else if (fault.from > 0)
        faults.fail_from(fault.from, filter);
    else
        faults.fail_with_probability(fault.percent / 100.0, fault.seed, filter);
    return {};
}

Refusal FaultInjector::inject_status(const Fault& fault) {
    TargetFailure failure;
    failure.operation = fault.operation;
    failure.object = fault.object;
    failure.occurrence = fault.occurrence;
    failure.status = fault.status;
    if (Refusal refusal = target_.add_failure(failure); !refusal.empty()) return refusal;
    const std::string when = fault.occurrence == 0   ? "every "
                             : fault.occurrence == 1 ? "the next "
                                                     : "the " + std::to_string(fault.occurrence) + "th ";
    trace::Event event;
    event.kind = trace::EventKind::fault_injected;
    event.layer = layer_of("offload target").value_or(trace::machine_layer);
    event.operation_kind = fault.operation;
    event.name = machine_.recorder().intern("the offload target is told to give " +
                                            (fault.object.empty() ? "a block" : fault.object) + " the status " +
                                            trace::status_text(fault.status) + " in " + when +
                                            std::string(trace::to_text(fault.operation)));
    machine_.record(event);
    return {};
}

Refusal FaultInjector::clear() {
    machine_.pool().faults().clear();
    ndis_.completion_faults().clear();
    return target_.clear_failures();
}

}  // namespace chimneylab::scenario
