// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/chimney_platform.h"

#include "engine/ndis/core/chimney_dispatch.h"
#include "engine/ndis/driver_call.h"

namespace chimneylab::ndis {

using machine::FindingKind;
using machine::HandleKind;

namespace {

ChimneyPlatform& self(void* pointer) { return *static_cast<ChimneyPlatform*>(pointer); }

[[nodiscard]] bool carries_lists(const CHIMNEY_CALL& call) { return call.Transfer != ChimneyNoTransfer || call.NetBufferLists != nullptr; }
[[nodiscard]] bool shows_block(const CHIMNEY_CALL& call) { return call.Kind == ChimneyIndicationUp && call.Block != nullptr; }
[[nodiscard]] const Binding& owner(const CHIMNEY_BINDING& binding) { return *static_cast<const Binding*>(binding.Owner); }

}  // namespace

ChimneyPlatform::ChimneyPlatform(System& system)
    : system_(system), machine_(system.machine()), observer_(system.observer()), circulation_(system),
      completion_faults_(machine_) {
    platform_.Self = this;
    platform_.Strict = machine_.strict() ? TRUE : FALSE;
    platform_.ResolveBinding = [](void* pointer, const CHIMNEY_CALL* call, const void* value) -> const CHIMNEY_BINDING* {
        const Binding* binding = self(pointer).system_.binding(const_cast<NDIS_HANDLE>(value), call->Name);
        return binding ? &binding->chimney : nullptr;
    };
    platform_.BindingOnMiniport = [](void* pointer, const CHIMNEY_CALL* call, NDIS_HANDLE miniport, ULONG index) -> const CHIMNEY_BINDING* {
        const Adapter* adapter = self(pointer).system_.adapter(miniport, call->Name);
        return adapter && index < adapter->bindings.size() ? &adapter->bindings[index]->chimney : nullptr;
    };
    platform_.Accessible = [](void* pointer, const void* address, SIZE_T size) -> BOOLEAN {
        return self(pointer).observer_.memory().writable(address, size) ? TRUE : FALSE;
    };
    platform_.Admit = [](void* pointer, const CHIMNEY_CALL* call, const CHIMNEY_BINDING* recipient) -> BOOLEAN {
        ChimneyPlatform& platform = self(pointer);
        if (!platform.faults_.empty() && platform.faults_.back() == trace::CompletionFault::dropped) return FALSE;
        return platform.circulation_.admit(*call, owner(*recipient), platform.system_.caller()) ? TRUE : FALSE;
    };
    platform_.Report = [](void* pointer, const CHIMNEY_CALL* call, CHIMNEY_FINDING finding, const void* subject, const char* explanation) {
        self(pointer).report(*call, finding, subject, explanation);
    };
    platform_.NdisCallBegins = [](void* pointer, CHIMNEY_CALL* call) { self(pointer).ndis_call_begins(*call); };
    platform_.NdisCallEnds = [](void* pointer, CHIMNEY_CALL* call) { self(pointer).ndis_call_ends(*call); };
    platform_.HandlerBegins = [](void* pointer, CHIMNEY_CALL* call) { self(pointer).handler_begins(*call); };
    platform_.HandlerEnds = [](void* pointer, CHIMNEY_CALL* call) { self(pointer).handler_ends(*call); };
    platform_.Converted = [](void* pointer, const CHIMNEY_CALL* call) {
        ChimneyPlatform& platform = self(pointer);
        if (call->Kind == ChimneyOperationDown) platform.circulation_.goes_down(call->Block, call->Binding->Handle);
        platform.observer_.converted(*call, platform.system_.caller());
    };
    platform_.NetBufferListGoesDown = [](void* pointer, const CHIMNEY_CALL* call, PNET_BUFFER_LIST list) {
        self(pointer).circulation_.goes_down(list, call->Binding->Handle);
    };
}

void ChimneyPlatform::ndis_call_begins(CHIMNEY_CALL& call) {
    const LayerIndex caller = machine_.current_layer();
    if (call.Kind == ChimneyOperationDown) observer_.before_down(call, caller);
    if (call.Kind == ChimneyOperationUp) observer_.before_up(call, caller);
    if (carries_lists(call)) observer_.list_call_begins(call, caller);
    if (shows_block(call)) observer_.block_call_begins(call, caller);
    machine::CallDetails details = observer_.details(call);
    details.looked = call.Kind == ChimneyOperationDown || call.Kind == ChimneyOperationUp;
    ndis_calls_.emplace_back(machine_, call.Name, details);
    faults_.push_back(call.Kind == ChimneyOperationUp ? completion_faults_.completes(call, caller) : trace::CompletionFault::none);
    // The pages give a level for the indications only.
    if (call.Kind == ChimneyIndicationUp && machine_.strict()) machine_.irql().require_exactly(machine::dispatch_level, call.Name);
}

void ChimneyPlatform::ndis_call_ends(CHIMNEY_CALL& call) {
    if (call.ReturnsStatus) ndis_calls_.back().set_status(call.Status);
    if (carries_lists(call)) observer_.list_call_ends(call, machine_.current_layer());
    if (shows_block(call)) observer_.block_call_ends(call, machine_.current_layer());
    if (call.Kind == ChimneyIndicationUp) ndis_calls_.back().set_argument(call.NetBufferLists ? call.Argument : 0);
    ndis_calls_.pop_back();
    const bool again = faults_.back() == trace::CompletionFault::doubled;
    faults_.pop_back();
    if (again)
        ChimneyOperationCompletes(&platform_, call.Operation, const_cast<NDIS_HANDLE>(call.Handle),
                                  static_cast<PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST>(call.Block));
}

void ChimneyPlatform::handler_begins(CHIMNEY_CALL& call) {
    const Binding& binding = owner(*call.Binding);
    const bool down = call.Kind == ChimneyOperationDown || call.Kind == ChimneyTransferDown;
    const LayerIndex layer = down ? binding.adapter->driver->layer : binding.protocol->layer;
    const machine::CallDetails details = observer_.details(call);
    if (carries_lists(call)) observer_.list_handler_begins(call, layer);
    handler_calls_.emplace_back(machine_, layer, call.Name, details);
    if (call.Kind == ChimneyOperationDown) {
        observer_.miniport_entered(call, layer);
        completion_faults_.arrives(call, layer, details.region, details.operation);
    }
    if (call.Kind == ChimneyOperationUp) observer_.completion_entered(call, layer);
}

void ChimneyPlatform::handler_ends(CHIMNEY_CALL& call) {
    const Binding& binding = owner(*call.Binding);
    if (call.Kind == ChimneyOperationUp) observer_.completion_returns(call, binding.protocol->layer);
    if (carries_lists(call)) observer_.list_handler_ends(call, binding.protocol->layer);
    if (call.ReturnsStatus) handler_calls_.back().set_status(call.Status);
    if (call.Kind == ChimneyIndicationUp && call.NetBufferLists) handler_calls_.back().set_argument(call.Argument);
    handler_calls_.pop_back();
    circulation_.delivered(call, binding);
}

void ChimneyPlatform::report(const CHIMNEY_CALL& call, CHIMNEY_FINDING finding, const void* subject, const char* explanation) {
    const LayerIndex caller = system_.caller();
    std::string text = system_.who(caller) + " calls " + call.Name + ": " + explanation;
    if (finding == ChimneyStrictFinding) {
        machine_.strict_finding(std::move(text), subject);
        return;
    }
    FindingKind kind = FindingKind::foreign_handle;
    if (finding == ChimneyWalkOverrun) kind = FindingKind::buffer_overrun;
    if (finding == ChimneyEndlessWalk) kind = FindingKind::endless_completion;
    if (finding == ChimneyBadAddress) {
        const machine::Allocation* allocation = machine_.pool().find(subject);
        if (allocation && !allocation->live()) {
            kind = FindingKind::use_after_free;
            text += " (memory of " + system_.who(allocation->owner) + " with tag '" + machine::tag_text(allocation->tag) + "', released by " +
                    system_.who(allocation->freed_by) + " at event " + std::to_string(allocation->freed.value) + ")";
        }
    }
    machine_.finding_about(caller, kind, text + "; the call went no further", subject);
}

}  // namespace chimneylab::ndis

extern "C" const CHIMNEY_PLATFORM* ChimneyCurrentPlatform(void) {
    auto* machine = chimneylab::machine::Machine::current();
    auto* system = machine ? machine->attachment<chimneylab::ndis::System>() : nullptr;
    return system ? system->chimney_platform() : nullptr;
}
