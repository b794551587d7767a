// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The ordinary half of the test drivers: registration, adapters, bindings, OIDs, sends.
#include <cstring>

#include "engine/machine/unicode.h"
#include "tests/ndis/rig.h"

namespace chimneylab::ndis::test {

namespace {

BindingState_& binding_of(NDIS_HANDLE context) { return *static_cast<BindingState_*>(context); }

NDIS_STATUS mp_set_options(NDIS_HANDLE handle, NDIS_HANDLE context) {
    auto& driver = *static_cast<DriverState*>(context);
    driver.rig->note(driver.layer, "MiniportSetOptions");
    if (driver.habits.chimney) register_chimney_miniport(driver, handle);
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS mp_initialize(NDIS_HANDLE handle, NDIS_HANDLE context, PNDIS_MINIPORT_INIT_PARAMETERS parameters) {
    auto& driver = *static_cast<DriverState*>(context);
    driver.rig->note(driver.layer, "MiniportInitializeEx");
    auto& adapter = *driver.adapters.emplace_back(std::make_unique<AdapterState_>());
    adapter.driver = &driver;
    adapter.handle = handle;
    if (parameters->IMDeviceInstanceContext) adapter.lower = binding_of(parameters->IMDeviceInstanceContext).handle;
    if (!driver.habits.set_attributes) return driver.habits.initialize_status;
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes{};
    const auto registration = [&] {
        attributes = {};
        auto& part = attributes.RegistrationAttributes;
        part.Header = {NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES, 1, sizeof(part)};
        part.MiniportAdapterContext = &adapter;
        return NdisMSetMiniportAttributes(handle, &attributes);
    };
    if (!driver.habits.general_first) registration();
    static NDIS_OID oids[] = {OID_GEN_SUPPORTED_LIST, OID_GEN_STATISTICS, OID_GEN_CURRENT_PACKET_FILTER};
    attributes = {};
    auto& general = attributes.GeneralAttributes;
    general.Header = {NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, 1, sizeof(general)};
    general.MediaType = NdisMedium802_3;
    general.MtuSize = 1500;
    general.XmitLinkSpeed = general.RcvLinkSpeed = general.MaxXmitLinkSpeed = general.MaxRcvLinkSpeed = 10'000'000'000;
    general.MacAddressLength = 6;
    general.CurrentMacAddress[5] = driver.layer;
    general.SupportedOidList = oids;
    general.SupportedOidListLength = sizeof(oids);
    driver.rig->note(driver.layer, "general attributes: " + std::to_string(NdisMSetMiniportAttributes(handle, &attributes)));
    if (driver.habits.general_first) registration();
    if (driver.habits.chimney) {
        PNDIS_OFFLOAD_EVENT_HANDLERS handlers = nullptr;
        if (NdisMGetOffloadHandlers(handle, NdisTcpChimneyOffload, &handlers) == NDIS_STATUS_SUCCESS)
            std::memcpy(&driver.ndis, handlers, sizeof(driver.ndis));
    }
    if (driver.layer == driver.rig->target_layer()) driver.rig->target_adapter = handle;
    return driver.habits.initialize_status;
}

VOID mp_halt(NDIS_HANDLE context, NDIS_HALT_ACTION) {
    auto& adapter = adapter_of(context);
    adapter.halted = true;
    adapter.driver->rig->note(adapter.driver->layer, "MiniportHaltEx");
}

NDIS_STATUS mp_pause(NDIS_HANDLE context, PNDIS_MINIPORT_PAUSE_PARAMETERS) {
    auto& adapter = adapter_of(context);
    adapter.driver->rig->note(adapter.driver->layer, "MiniportPause");
    if (!adapter.driver->habits.pause_pends) return NDIS_STATUS_SUCCESS;
    later(*adapter.driver, "pause", [&adapter] { NdisMPauseComplete(adapter.handle); });
    return NDIS_STATUS_PENDING;
}

NDIS_STATUS mp_restart(NDIS_HANDLE context, PNDIS_MINIPORT_RESTART_PARAMETERS parameters) {
    auto& adapter = adapter_of(context);
    adapter.driver->rig->note(adapter.driver->layer, "MiniportRestart");
    if (parameters->RestartAttributes == nullptr || parameters->RestartAttributes->Oid != OID_GEN_MINIPORT_RESTART_ATTRIBUTES)
        return NDIS_STATUS_FAILURE;
    if (!adapter.driver->habits.restart_pends) return adapter.driver->habits.restart_status;
    later(*adapter.driver, "restart", [&adapter] { NdisMRestartComplete(adapter.handle, adapter.driver->habits.restart_status); });
    return NDIS_STATUS_PENDING;
}

NDIS_STATUS mp_oid(NDIS_HANDLE context, PNDIS_OID_REQUEST request) {
    auto& adapter = adapter_of(context);
    DriverState& driver = *adapter.driver;
    driver.rig->note(driver.layer, "MiniportOidRequest " + std::to_string(reinterpret_cast<std::uintptr_t>(request->RequestId)));
    if (driver.habits.oid_completes_inside) {
        NdisMOidRequestComplete(adapter.handle, request, NDIS_STATUS_SUCCESS);
        return NDIS_STATUS_PENDING;
    }
    if (driver.habits.oid_status == NDIS_STATUS_PENDING) adapter.oid = request;
    return driver.habits.oid_status;
}

VOID mp_cancel_oid(NDIS_HANDLE context, PVOID id) {
    auto& adapter = adapter_of(context);
    adapter.driver->rig->note(adapter.driver->layer, "MiniportCancelOidRequest " + std::to_string(reinterpret_cast<std::uintptr_t>(id)));
}

VOID mp_send(NDIS_HANDLE context, PNET_BUFFER_LIST chain, NDIS_PORT_NUMBER, ULONG) {
    auto& adapter = adapter_of(context);
    adapter.driver->rig->note(adapter.driver->layer, "MiniportSendNetBufferLists");
    for (PNET_BUFFER_LIST list = chain; list; list = list->Next) list->Status = NDIS_STATUS_SUCCESS;
    if (!adapter.driver->habits.send_pends) {
        NdisMSendNetBufferListsComplete(adapter.handle, chain, 0);
        return;
    }
    later(*adapter.driver, "send", [&adapter, chain] { NdisMSendNetBufferListsComplete(adapter.handle, chain, 0); });
}

VOID mp_return(NDIS_HANDLE context, PNET_BUFFER_LIST, ULONG) {
    auto& adapter = adapter_of(context);
    adapter.driver->rig->note(adapter.driver->layer, "MiniportReturnNetBufferLists");
}

VOID mp_cancel_send(NDIS_HANDLE context, PVOID) {
    auto& adapter = adapter_of(context);
    adapter.driver->rig->note(adapter.driver->layer, "MiniportCancelSend");
}

VOID mp_shutdown(NDIS_HANDLE context, NDIS_SHUTDOWN_ACTION) {
    auto& adapter = adapter_of(context);
    adapter.driver->rig->note(adapter.driver->layer, "MiniportShutdownEx");
}

VOID mp_event(NDIS_HANDLE, PNET_DEVICE_PNP_EVENT) {}

VOID deregister(DriverState& driver) {
    if (driver.habits.forget_to_deregister) return;
    if (driver.protocol) NdisDeregisterProtocolDriver(driver.protocol);
    if (driver.miniport) NdisMDeregisterMiniportDriver(driver.miniport);
    driver.protocol = driver.miniport = nullptr;
}

VOID unload(PDRIVER_OBJECT) {
    Rig& rig = Rig::current();
    DriverState& driver = rig.driver(rig.machine.current_layer());
    rig.note(driver.layer, "unload");
    deregister(driver);
}

NDIS_STATUS pt_set_options(NDIS_HANDLE handle, NDIS_HANDLE context) {
    auto& driver = *static_cast<DriverState*>(context);
    driver.rig->note(driver.layer, "ProtocolSetOptions");
    if (driver.habits.chimney) register_chimney_protocol(driver, handle);
    return NDIS_STATUS_SUCCESS;
}

void create_virtual_miniports(BindingState_& binding) {
    DriverState& driver = *binding.driver;
    for (unsigned number = 1; number <= driver.habits.virtual_miniports; ++number) {
        std::u16string name = machine::to_utf16(driver.rig->virtual_name(driver.layer, number));
        NDIS_STRING text{};
        text.Buffer = reinterpret_cast<PWSTR>(name.data());
        text.Length = text.MaximumLength = static_cast<USHORT>(name.size() * 2);
        NdisIMInitializeDeviceInstanceEx(driver.miniport, &text, &binding);
    }
}

NDIS_STATUS open_lower(BindingState_& binding, PNDIS_BIND_PARAMETERS parameters) {
    NDIS_MEDIUM media[] = {NdisMedium802_5, NdisMedium802_3};
    UINT selected = 99;
    NDIS_OPEN_PARAMETERS open{};
    open.Header = {NDIS_OBJECT_TYPE_OPEN_PARAMETERS, 1, sizeof(open)};
    open.AdapterName = parameters->AdapterName;
    open.MediumArray = media;
    open.MediumArraySize = 2;
    open.SelectedMediumIndex = &selected;
    NDIS_STATUS status = NdisOpenAdapterEx(binding.driver->protocol, &binding, &open, binding.bind_context, &binding.handle);
    if (status == NDIS_STATUS_PENDING) {
        DriverState& driver = *binding.driver;
        driver.rig->machine.wait_until([&] { return binding.handle != nullptr; }, std::nullopt, "open");
        status = NDIS_STATUS_SUCCESS;
    }
    if (status == NDIS_STATUS_SUCCESS && selected != 1) return NDIS_STATUS_FAILURE;
    return status;
}

NDIS_STATUS pt_bind(NDIS_HANDLE context, NDIS_HANDLE bind_context, PNDIS_BIND_PARAMETERS parameters) {
    auto& driver = *static_cast<DriverState*>(context);
    driver.rig->note(driver.layer, "ProtocolBindAdapterEx");
    if (driver.habits.forget_to_open) return NDIS_STATUS_SUCCESS;
    if (driver.habits.bind_status != NDIS_STATUS_SUCCESS) return driver.habits.bind_status;
    auto& binding = *driver.bindings.emplace_back(std::make_unique<BindingState_>());
    binding.driver = &driver;
    binding.bind_context = bind_context;
    binding.adapter = machine::to_utf8(parameters->AdapterName);
    binding.seen = *parameters;
    const NDIS_STATUS status = open_lower(binding, parameters);
    if (status != NDIS_STATUS_SUCCESS) return status;
    if (driver.habits.miniport) create_virtual_miniports(binding);
    if (!driver.habits.bind_pends) return NDIS_STATUS_SUCCESS;
    if (driver.habits.bind_completes_early) {
        NdisCompleteBindAdapterEx(bind_context, NDIS_STATUS_SUCCESS);
    } else {
        later(driver, "bind", [bind_context] { NdisCompleteBindAdapterEx(bind_context, NDIS_STATUS_SUCCESS); });
    }
    return NDIS_STATUS_PENDING;
}

NDIS_STATUS pt_unbind(NDIS_HANDLE unbind_context, NDIS_HANDLE context) {
    auto& binding = binding_of(context);
    DriverState& driver = *binding.driver;
    driver.rig->note(driver.layer, "ProtocolUnbindAdapterEx");
    if (driver.habits.miniport) {
        for (const auto& adapter : driver.adapters) {
            if (!adapter->halted && adapter->lower == binding.handle) NdisIMDeInitializeDeviceInstance(adapter->handle);
        }
    }
    if (driver.habits.forget_to_close) return NDIS_STATUS_SUCCESS;
    const NDIS_HANDLE handle = binding.handle;
    if (driver.habits.unbind_pends) {
        later(driver, "unbind", [handle, unbind_context] {
            NdisCloseAdapterEx(handle);
            NdisCompleteUnbindAdapterEx(unbind_context);
        });
        return NDIS_STATUS_PENDING;
    }
    driver.rig->note(driver.layer, "close: " + std::to_string(NdisCloseAdapterEx(handle)));
    return NDIS_STATUS_SUCCESS;
}

VOID pt_open_complete(NDIS_HANDLE context, NDIS_STATUS) {
    auto& binding = binding_of(context);
    binding.driver->rig->note(binding.driver->layer, "ProtocolOpenAdapterCompleteEx");
}

VOID pt_close_complete(NDIS_HANDLE context) {
    auto& binding = binding_of(context);
    binding.driver->rig->note(binding.driver->layer, "ProtocolCloseAdapterCompleteEx");
}

NDIS_STATUS pt_event(NDIS_HANDLE context, PNET_PNP_EVENT_NOTIFICATION notification) {
    if (context == nullptr) return NDIS_STATUS_SUCCESS;
    auto& binding = binding_of(context);
    DriverState& driver = *binding.driver;
    const auto code = notification->NetPnPEvent.NetEvent;
    driver.rig->note(driver.layer, code == NetEventPause ? "NetEventPause" : code == NetEventRestart ? "NetEventRestart" : "NetEvent");
    if (!driver.habits.event_pends) return NDIS_STATUS_SUCCESS;
    later(driver, "event", [&binding, notification] { NdisCompleteNetPnPEvent(binding.handle, notification, NDIS_STATUS_SUCCESS); });
    return NDIS_STATUS_PENDING;
}

VOID pt_oid_complete(NDIS_HANDLE context, PNDIS_OID_REQUEST request, NDIS_STATUS status) {
    auto& binding = binding_of(context);
    binding.oid_results.push_back(status);
    binding.oids_completed.push_back(request);
}

VOID pt_status(NDIS_HANDLE context, PNDIS_STATUS_INDICATION indication) { binding_of(context).statuses.push_back(indication->StatusCode); }

VOID pt_receive(NDIS_HANDLE context, PNET_BUFFER_LIST chain, NDIS_PORT_NUMBER, ULONG, ULONG flags) {
    auto& binding = binding_of(context);
    binding.received.emplace_back(chain, flags);
    if (!NDIS_TEST_RECEIVE_CANNOT_PEND(flags) && !binding.keep_received) NdisReturnNetBufferLists(binding.handle, chain, 0);
}

VOID pt_send_complete(NDIS_HANDLE context, PNET_BUFFER_LIST chain, ULONG) {
    for (; chain; chain = chain->Next) binding_of(context).sends_completed.emplace_back(chain, chain->Status);
}

}  // namespace

NTSTATUS rig_driver_entry(PDRIVER_OBJECT object, PUNICODE_STRING path) {
    Rig& rig = Rig::current();
    DriverState& driver = rig.driver(rig.machine.current_layer());
    rig.note(driver.layer, "DriverEntry");
    object->DriverUnload = unload;
    if (driver.habits.lookaside_call_entry)
        NdisInitializeNPagedLookasideList(&driver.lookaside, nullptr, nullptr, 0, sizeof(CallEntry), call_entry_tag, 0);
    if (driver.habits.miniport) {
        NDIS_MINIPORT_DRIVER_CHARACTERISTICS table{};
        table.Header = {NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS, 1, sizeof(table)};
        table.MajorNdisVersion = 6;
        table.Flags = driver.habits.protocol ? NDIS_INTERMEDIATE_DRIVER : 0;
        table.SetOptionsHandler = mp_set_options;
        table.InitializeHandlerEx = mp_initialize;
        table.HaltHandlerEx = mp_halt;
        table.UnloadHandler = unload;
        table.PauseHandler = mp_pause;
        table.RestartHandler = mp_restart;
        table.OidRequestHandler = mp_oid;
        table.CancelOidRequestHandler = mp_cancel_oid;
        table.SendNetBufferListsHandler = mp_send;
        table.ReturnNetBufferListsHandler = mp_return;
        table.CancelSendHandler = mp_cancel_send;
        table.ShutdownHandlerEx = mp_shutdown;
        table.DevicePnPEventNotifyHandler = mp_event;
        const NDIS_STATUS status = NdisMRegisterMiniportDriver(object, path, &driver, &table, &driver.miniport);
        if (status != NDIS_STATUS_SUCCESS) return status;
    }
    if (driver.habits.protocol) {
        NDIS_PROTOCOL_DRIVER_CHARACTERISTICS table{};
        table.Header = {NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS, 1, sizeof(table)};
        table.MajorNdisVersion = 6;
        NDIS_STRING name = NDIS_STRING_CONST("TEST");
        table.Name = name;
        table.SetOptionsHandler = pt_set_options;
        table.BindAdapterHandlerEx = pt_bind;
        table.UnbindAdapterHandlerEx = pt_unbind;
        table.OpenAdapterCompleteHandlerEx = pt_open_complete;
        table.CloseAdapterCompleteHandlerEx = pt_close_complete;
        table.NetPnPEventHandler = pt_event;
        table.OidRequestCompleteHandler = pt_oid_complete;
        table.StatusHandlerEx = pt_status;
        table.ReceiveNetBufferListsHandler = pt_receive;
        table.SendNetBufferListsCompleteHandler = pt_send_complete;
        const NDIS_STATUS status = NdisRegisterProtocolDriver(&driver, &table, &driver.protocol);
        if (status != NDIS_STATUS_SUCCESS) return status;
    }
    if (driver.habits.miniport && driver.habits.protocol) NdisIMAssociateMiniport(driver.miniport, driver.protocol);
    if (driver.habits.entry_status != 0) deregister(driver);
    return driver.habits.entry_status;
}

}  // namespace chimneylab::ndis::test
