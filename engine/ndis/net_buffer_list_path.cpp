// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The ordinary data path. Ownership of a chain moves with the call; every NET_BUFFER_LIST comes back once. Completions go
// to the binding its SourceHandle names, run by run. When several protocols listen, all but the last get the lists lent for
// the call (RESOURCES), the last one may keep them.
#include <algorithm>

#include "engine/ndis/chimney_platform.h"
#include "engine/ndis/core/chimney_walk.h"
#include "engine/ndis/driver_call.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

using machine::HandleKind;

namespace {

// How many lists a chain has; no value when it leads nowhere or never ends.
std::optional<ULONG> length(System& system, const char* function, PNET_BUFFER_LIST chain) {
    ULONG count = 0;
    for (; chain; chain = chain->Next) {
        if (!ChimneyAccessible(system.chimney_platform(), chain, sizeof(*chain)) || ++count > CHIMNEY_WALK_LIMIT) {
            system.machine().finding(machine::FindingKind::foreign_handle,
                                     std::string(function) + ": the chain leads to something that is no NET_BUFFER_LIST", chain);
            return std::nullopt;
        }
    }
    return count;
}

void set_status(PNET_BUFFER_LIST chain, NDIS_STATUS status) {
    for (; chain; chain = chain->Next) chain->Status = status;
}

}  // namespace

void System::send(Binding& binding, PNET_BUFFER_LIST chain, NDIS_PORT_NUMBER port, ULONG flags) {
    Adapter& adapter = *binding.adapter;
    const auto count = length(*this, "NdisSendNetBufferLists", chain);
    if (!count) return;
    for (PNET_BUFFER_LIST list = chain; list; list = list->Next) {
        if (list->SourceHandle != binding.handle)
            machine_.strict_finding(who(binding.protocol->layer) + " sends a NET_BUFFER_LIST whose SourceHandle is not its binding", list);
    }
    if (binding.state != BindingState::running)
        machine_.strict_finding(who(binding.protocol->layer) + " sends on a binding that is " + std::string(to_text(binding.state)));
    binding.sends_outstanding += *count;
    const auto handler = adapter.driver->characteristics.SendNetBufferListsHandler;
    if (handler == nullptr || adapter.state == AdapterState::paused || adapter.state == AdapterState::halted) {
        set_status(chain, NDIS_STATUS_PAUSED);
        for (PNET_BUFFER_LIST list = chain; list; list = list->Next) list->SourceHandle = binding.handle;
        complete_send(adapter, chain, 0);
        return;
    }
    machine::DriverCall call(machine_, adapter.driver->layer, "MiniportSendNetBufferLists", about(adapter.context));
    handler(adapter.context, chain, port, flags);
}

void System::complete_send(Adapter&, PNET_BUFFER_LIST chain, ULONG flags) {
    if (!length(*this, "NdisMSendNetBufferListsComplete", chain)) return;
    while (chain) {
        PNET_BUFFER_LIST last = chain;
        std::size_t count = 1;
        while (last->Next && last->Next->SourceHandle == chain->SourceHandle) {
            last = last->Next;
            ++count;
        }
        PNET_BUFFER_LIST const rest = last->Next;
        last->Next = nullptr;
        if (Binding* receiver = binding(chain->SourceHandle, "NdisMSendNetBufferListsComplete")) {
            receiver->sends_outstanding -= std::min(count, receiver->sends_outstanding);
            if (const auto handler = receiver->protocol->characteristics.SendNetBufferListsCompleteHandler) {
                machine::DriverCall call(machine_, receiver->protocol->layer, "ProtocolSendNetBufferListsComplete", about(receiver->context));
                handler(receiver->context, chain, flags);
            }
            finish_close_if_idle(*receiver);
        }
        chain = rest;
    }
}

void System::indicate_receive(Adapter& adapter, PNET_BUFFER_LIST chain, NDIS_PORT_NUMBER port, ULONG count, ULONG flags) {
    const auto actual = length(*this, "NdisMIndicateReceiveNetBufferLists", chain);
    if (!actual) return;
    if (*actual != count)
        machine_.strict_finding(who(adapter.driver->layer) + " indicates " + std::to_string(*actual) + " NET_BUFFER_LISTs and says " + std::to_string(count));
    for (PNET_BUFFER_LIST list = chain; list; list = list->Next) {
        if (list->SourceHandle != adapter.handle)
            machine_.strict_finding(who(adapter.driver->layer) + " indicates a NET_BUFFER_LIST whose SourceHandle is not its adapter handle", list);
    }
    std::vector<Binding*> listeners;
    for (Binding* binding : adapter.bindings) {
        if (binding->opened && binding->state != BindingState::opening && binding->protocol->characteristics.ReceiveNetBufferListsHandler)
            listeners.push_back(binding);
    }
    const bool lent = NDIS_TEST_RECEIVE_CANNOT_PEND(flags);
    for (Binding* binding : listeners) {
        const bool last = binding == listeners.back();
        const ULONG given = last ? flags : flags | NDIS_RECEIVE_FLAGS_RESOURCES;
        if (last && !lent) binding->receives_outstanding += *actual;
        machine::DriverCall call(machine_, binding->protocol->layer, "ProtocolReceiveNetBufferLists", about(binding->context));
        binding->protocol->characteristics.ReceiveNetBufferListsHandler(binding->context, chain, port, *actual, given);
    }
    if (!listeners.empty() || lent) return;
    if (const auto handler = adapter.driver->characteristics.ReturnNetBufferListsHandler) {
        machine::DriverCall call(machine_, adapter.driver->layer, "MiniportReturnNetBufferLists", about(adapter.context));
        handler(adapter.context, chain, 0);
    }
}

void System::return_lists(Binding& binding, PNET_BUFFER_LIST chain, ULONG flags) {
    const auto count = length(*this, "NdisReturnNetBufferLists", chain);
    if (!count) return;
    if (binding.receives_outstanding < *count)
        machine_.strict_finding(who(binding.protocol->layer) + " returns more NET_BUFFER_LISTs than it was given");
    binding.receives_outstanding -= std::min<std::size_t>(*count, binding.receives_outstanding);
    Adapter& adapter = *binding.adapter;
    if (const auto handler = adapter.driver->characteristics.ReturnNetBufferListsHandler) {
        machine::DriverCall call(machine_, adapter.driver->layer, "MiniportReturnNetBufferLists", about(adapter.context));
        handler(adapter.context, chain, flags);
    }
    finish_close_if_idle(binding);
}

}  // namespace chimneylab::ndis

using chimneylab::ndis::System;
namespace ndis = chimneylab::ndis;
namespace machine = chimneylab::machine;

extern "C" {

VOID NdisSendNetBufferLists(NDIS_HANDLE NdisBindingHandle, PNET_BUFFER_LIST NetBufferLists, NDIS_PORT_NUMBER PortNumber, ULONG SendFlags) {
    System& system = System::of_call("NdisSendNetBufferLists");
    machine::NdisCall call(system.machine(), "NdisSendNetBufferLists", ndis::about(NdisBindingHandle));
    system.machine().irql().require_dispatch_or_below("NdisSendNetBufferLists");
    if (auto* binding = system.binding(NdisBindingHandle, "NdisSendNetBufferLists")) system.send(*binding, NetBufferLists, PortNumber, SendFlags);
}

VOID NdisMSendNetBufferListsComplete(NDIS_HANDLE MiniportAdapterHandle, PNET_BUFFER_LIST NetBufferLists, ULONG SendCompleteFlags) {
    System& system = System::of_call("NdisMSendNetBufferListsComplete");
    machine::NdisCall call(system.machine(), "NdisMSendNetBufferListsComplete", ndis::about(MiniportAdapterHandle));
    system.machine().irql().require_dispatch_or_below("NdisMSendNetBufferListsComplete");
    if (auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMSendNetBufferListsComplete"))
        system.complete_send(*adapter, NetBufferLists, SendCompleteFlags);
}

VOID NdisMIndicateReceiveNetBufferLists(NDIS_HANDLE MiniportAdapterHandle, PNET_BUFFER_LIST NetBufferLists, NDIS_PORT_NUMBER PortNumber,
                                        ULONG NumberOfNetBufferLists, ULONG ReceiveFlags) {
    System& system = System::of_call("NdisMIndicateReceiveNetBufferLists");
    machine::NdisCall call(system.machine(), "NdisMIndicateReceiveNetBufferLists", ndis::about(MiniportAdapterHandle));
    system.machine().irql().require_dispatch_or_below("NdisMIndicateReceiveNetBufferLists");
    if (auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMIndicateReceiveNetBufferLists"))
        system.indicate_receive(*adapter, NetBufferLists, PortNumber, NumberOfNetBufferLists, ReceiveFlags);
}

VOID NdisReturnNetBufferLists(NDIS_HANDLE NdisBindingHandle, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags) {
    System& system = System::of_call("NdisReturnNetBufferLists");
    machine::NdisCall call(system.machine(), "NdisReturnNetBufferLists", ndis::about(NdisBindingHandle));
    system.machine().irql().require_dispatch_or_below("NdisReturnNetBufferLists");
    if (auto* binding = system.binding(NdisBindingHandle, "NdisReturnNetBufferLists")) system.return_lists(*binding, NetBufferLists, ReturnFlags);
}

VOID NdisCancelSendNetBufferLists(NDIS_HANDLE NdisBindingHandle, PVOID CancelId) {
    System& system = System::of_call("NdisCancelSendNetBufferLists");
    machine::NdisCall call(system.machine(), "NdisCancelSendNetBufferLists", ndis::about(NdisBindingHandle));
    system.machine().irql().require_dispatch_or_below("NdisCancelSendNetBufferLists");
    auto* binding = system.binding(NdisBindingHandle, "NdisCancelSendNetBufferLists");
    if (binding == nullptr) return;
    if (const auto handler = binding->adapter->driver->characteristics.CancelSendHandler) {
        machine::DriverCall handler_call(system.machine(), binding->adapter->driver->layer, "MiniportCancelSend", ndis::about(binding->adapter->context));
        handler(binding->adapter->context, CancelId);
    }
}

}  // extern "C"
