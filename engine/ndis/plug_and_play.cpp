// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// NetPnP events to protocol drivers, among them the pause and the restart of a binding.
#include "engine/ndis/driver_call.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

using machine::passive_level;

NDIS_STATUS System::send_event(ProtocolDriver& protocol, Binding* binding, NET_PNP_EVENT_CODE code, PVOID buffer, ULONG length) {
    if (protocol.characteristics.NetPnPEventHandler == nullptr) return NDIS_STATUS_NOT_SUPPORTED;
    auto notification = std::make_unique<NET_PNP_EVENT_NOTIFICATION>();
    notification->Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, NDIS_SIZEOF_NET_PNP_EVENT_NOTIFICATION_REVISION_1};
    notification->NetPnPEvent.NetEvent = code;
    notification->NetPnPEvent.Buffer = buffer;
    notification->NetPnPEvent.BufferLength = length;
    NDIS_HANDLE const context = binding ? binding->context : nullptr;
    if (binding) {
        binding->event_in_progress = notification.get();
        binding->event_result.reset();
    }
    NDIS_STATUS status;
    {
        machine::CallDetails details = about(context, passive_level);
        details.detail = static_cast<std::uint64_t>(code);
        machine::DriverCall call(machine_, protocol.layer, "ProtocolNetPnPEvent", details);
        status = call.returns(protocol.characteristics.NetPnPEventHandler(context, notification.get()));
    }
    if (status == NDIS_STATUS_PENDING && binding) {
        wait([&] { return binding->event_result.has_value(); }, "a NetPnP event at " + who(protocol.layer));
        status = binding->event_result.value_or(NDIS_STATUS_FAILURE);
    }
    if (binding) binding->event_in_progress = nullptr;
    return status;
}

void System::pause(Binding& binding, ULONG reason) {
    if (binding.state != BindingState::running) return;
    NDIS_PROTOCOL_PAUSE_PARAMETERS parameters{};
    parameters.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, sizeof(parameters)};
    parameters.PauseReason = reason;
    set_state(binding, BindingState::pausing);
    send_event(*binding.protocol, &binding, NetEventPause, &parameters, sizeof(parameters));
    if (binding.sends_outstanding)
        wait([&] { return binding.sends_outstanding == 0; }, "the sends of " + who(binding.protocol->layer) + " before its pause");
    set_state(binding, BindingState::paused);
}

bool System::restart(Binding& binding) {
    NDIS_PROTOCOL_RESTART_PARAMETERS parameters{};
    parameters.Header = {NDIS_OBJECT_TYPE_PROTOCOL_RESTART_PARAMETERS, 1, NDIS_SIZEOF_PROTOCOL_RESTART_PARAMETERS_REVISION_1};
    parameters.BoundIfIndex = binding.adapter->interface_index;
    parameters.BoundIfNetluid = binding.adapter->luid;
    set_state(binding, BindingState::restarting);
    const NDIS_STATUS status = send_event(*binding.protocol, &binding, NetEventRestart, &parameters, sizeof(parameters));
    // A protocol that knows no events has nothing to say against it.
    if (status != NDIS_STATUS_SUCCESS && status != NDIS_STATUS_NOT_SUPPORTED) {
        machine_.finding_about(binding.protocol->layer, machine::FindingKind::driver_refused,
                               "the restart of the binding of " + who(binding.protocol->layer) + " to " + binding.adapter->name +
                                   " failed with " + hexadecimal(status));
        set_state(binding, BindingState::paused);
        return false;
    }
    set_state(binding, BindingState::running);
    return true;
}

}  // namespace chimneylab::ndis

using chimneylab::ndis::System;
namespace machine = chimneylab::machine;

extern "C" {

VOID NdisCompleteNetPnPEvent(NDIS_HANDLE NdisBindingHandle, PNET_PNP_EVENT_NOTIFICATION NetPnPEvent, NDIS_STATUS Status) {
    System& system = System::of_call("NdisCompleteNetPnPEvent");
    machine::NdisCall call(system.machine(), "NdisCompleteNetPnPEvent", chimneylab::ndis::about(NdisBindingHandle));
    system.machine().irql().require_passive("NdisCompleteNetPnPEvent");
    auto* binding = system.binding(NdisBindingHandle, "NdisCompleteNetPnPEvent");
    if (binding == nullptr) return;
    if (binding->event_in_progress == nullptr || binding->event_in_progress != NetPnPEvent) {
        system.machine().strict_finding("NdisCompleteNetPnPEvent for an event that is not in progress");
        return;
    }
    binding->event_result = Status;
}

NDIS_STATUS NdisMNetPnPEvent(NDIS_HANDLE MiniportAdapterHandle, PNET_PNP_EVENT_NOTIFICATION NetPnPEvent) {
    System& system = System::of_call("NdisMNetPnPEvent");
    machine::NdisCall call(system.machine(), "NdisMNetPnPEvent", chimneylab::ndis::about(MiniportAdapterHandle));
    system.machine().irql().require_passive("NdisMNetPnPEvent");
    auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMNetPnPEvent");
    if (adapter == nullptr || NetPnPEvent == nullptr) return call.returns(NDIS_STATUS_FAILURE);
    NDIS_STATUS result = NDIS_STATUS_SUCCESS;
    const std::vector<chimneylab::ndis::Binding*> above = adapter->bindings;
    for (auto* binding : above) {
        const NDIS_STATUS status = system.send_event(*binding->protocol, binding, NetPnPEvent->NetPnPEvent.NetEvent,
                                                     NetPnPEvent->NetPnPEvent.Buffer, NetPnPEvent->NetPnPEvent.BufferLength);
        if (status != NDIS_STATUS_SUCCESS && status != NDIS_STATUS_NOT_SUPPORTED) result = status;
    }
    return call.returns(result);
}

}  // extern "C"
