// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The life of a miniport adapter: Halted → Initializing → Paused ⇄ (Restarting → Running → Pausing). A stack is paused top
// first and restarted bottom first; an adapter is halted only when Paused and with nothing bound to it.
#include <algorithm>

#include "engine/machine/unicode.h"
#include "engine/ndis/driver_call.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

using machine::FindingKind;
using machine::HandleKind;
using machine::passive_level;

Adapter& System::create_adapter(MiniportDriver& driver, std::u16string name) {
    auto& adapter = *adapters_.emplace_back(std::make_unique<Adapter>());
    adapter.driver = &driver;
    adapter.name = machine::to_utf8(name);
    adapter.name_text.assign(std::move(name));
    adapter.handle = machine_.handles().open(HandleKind::miniport_adapter, driver.layer, &adapter);
    adapter.alive = true;
    adapter.interface_index = next_interface_++;
    constexpr ULONG64 ethernet = 6;  // IF_TYPE_ETHERNET_CSMACD
    adapter.luid.Info.NetLuidIndex = adapter.interface_index & 0xFFFFFF;
    adapter.luid.Info.IfType = ethernet;
    const auto device = [&] {
        auto* object = static_cast<PDEVICE_OBJECT>(machine_.pool().allocate_quietly(sizeof(DEVICE_OBJECT), 0x6576654E, trace::ndis_layer));
        if (object == nullptr) return object;
        *object = DEVICE_OBJECT{};
        object->Size = sizeof(DEVICE_OBJECT);
        object->DriverObject = driver.driver->object;
        return object;
    };
    adapter.physical_device = device();
    adapter.functional_device = device();
    return adapter;
}

NDIS_STATUS System::initialize(Adapter& adapter) {
    MiniportDriver& driver = *adapter.driver;
    NDIS_MINIPORT_INIT_PARAMETERS parameters{};
    parameters.Header = {NDIS_OBJECT_TYPE_MINIPORT_INIT_PARAMETERS, 1, NDIS_SIZEOF_MINIPORT_INIT_PARAMETERS_REVISION_1};
    parameters.IMDeviceInstanceContext = adapter.device_context;
    parameters.IfIndex = adapter.interface_index;
    parameters.NetLuid = adapter.luid;
    adapter.waiting_for_initialize = false;
    set_state(adapter, AdapterState::initializing);
    NDIS_STATUS status;
    {
        machine::DriverCall call(machine_, driver.layer, "MiniportInitializeEx", about(adapter.handle, passive_level));
        status = call.returns(driver.characteristics.InitializeHandlerEx(adapter.handle, driver.context, &parameters));
    }
    if (status == NDIS_STATUS_SUCCESS && !(adapter.attributes.registration_set && adapter.attributes.general_set)) {
        machine_.finding_about(driver.layer, FindingKind::driver_refused,
                               "MiniportInitializeEx of " + who(driver.layer) + " succeeded for " + adapter.name +
                                   " without setting registration and general attributes; the adapter cannot be used");
        if (adapter.attributes.registration_set) {  // else there is no context to name the adapter by
            machine::DriverCall call(machine_, driver.layer, "MiniportHaltEx", about(adapter.context, passive_level));
            driver.characteristics.HaltHandlerEx(adapter.context, NdisHaltDeviceInitializationFailed);
        }
        status = NDIS_STATUS_FAILURE;
    } else if (status != NDIS_STATUS_SUCCESS) {
        machine_.finding_about(driver.layer, FindingKind::driver_refused,
                               "MiniportInitializeEx of " + who(driver.layer) + " returned " + hexadecimal(status) + " for " + adapter.name);
    }
    if (status == NDIS_STATUS_SUCCESS) {
        set_state(adapter, AdapterState::paused);
        return status;
    }
    set_state(adapter, AdapterState::halted);
    adapter.alive = false;
    machine_.handles().close(adapter.handle, HandleKind::miniport_adapter, "MiniportInitializeEx");
    return status;
}

void System::pause(Adapter& adapter, ULONG reason) {
    const std::vector<Binding*> above = adapter.bindings;
    for (Binding* binding : above) pause(*binding, reason);
    if (adapter.state != AdapterState::running) return;
    MiniportDriver& driver = *adapter.driver;
    NDIS_MINIPORT_PAUSE_PARAMETERS parameters{};
    parameters.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, sizeof(parameters)};
    parameters.PauseReason = reason;
    set_state(adapter, AdapterState::pausing);
    adapter.pause_result.reset();
    NDIS_STATUS status;
    {
        machine::DriverCall call(machine_, driver.layer, "MiniportPause", about(adapter.context, passive_level));
        status = call.returns(driver.characteristics.PauseHandler(adapter.context, &parameters));
    }
    if (status == NDIS_STATUS_PENDING) {
        wait([&] { return adapter.pause_result.has_value(); }, "the pause of " + adapter.name);
    } else if (status != NDIS_STATUS_SUCCESS) {
        machine_.finding_about(driver.layer, FindingKind::driver_refused,
                               "MiniportPause of " + who(driver.layer) + " returned " + hexadecimal(status) + "; a pause cannot fail");
    }
    set_state(adapter, AdapterState::paused);
}

namespace {

// The registered general attributes in the form in which MiniportRestart and NetEventRestart show them.
struct RestartAttributes {
    alignas(MEMORY_ALLOCATION_ALIGNMENT) unsigned char memory[sizeof(NDIS_RESTART_ATTRIBUTES) + sizeof(NDIS_RESTART_GENERAL_ATTRIBUTES)] = {};

    explicit RestartAttributes(Adapter& adapter) {
        auto& entry = *list();
        const auto& general = adapter.attributes.general;
        entry.Oid = OID_GEN_MINIPORT_RESTART_ATTRIBUTES;
        entry.DataLength = sizeof(NDIS_RESTART_GENERAL_ATTRIBUTES);
        auto& attributes = *reinterpret_cast<NDIS_RESTART_GENERAL_ATTRIBUTES*>(entry.Data);
        attributes.Header = {NDIS_OBJECT_TYPE_RESTART_GENERAL_ATTRIBUTES, 1, NDIS_SIZEOF_RESTART_GENERAL_ATTRIBUTES_REVISION_1};
        attributes.MtuSize = general.MtuSize;
        attributes.MaxXmitLinkSpeed = general.MaxXmitLinkSpeed;
        attributes.MaxRcvLinkSpeed = general.MaxRcvLinkSpeed;
        attributes.LookaheadSize = general.LookaheadSize;
        attributes.MacOptions = general.MacOptions;
        attributes.SupportedPacketFilters = general.SupportedPacketFilters;
        attributes.MaxMulticastListSize = general.MaxMulticastListSize;
        attributes.AccessType = general.AccessType;
        attributes.ConnectionType = general.ConnectionType;
        attributes.SupportedStatistics = general.SupportedStatistics;
        attributes.DataBackFillSize = general.DataBackFillSize;
        attributes.ContextBackFillSize = general.ContextBackFillSize;
        attributes.SupportedOidList = adapter.attributes.supported_oids.data();
        attributes.SupportedOidListLength = static_cast<ULONG>(adapter.attributes.supported_oids.size() * sizeof(NDIS_OID));
    }
    [[nodiscard]] PNDIS_RESTART_ATTRIBUTES list() { return reinterpret_cast<PNDIS_RESTART_ATTRIBUTES>(memory); }
};

}  // namespace

bool System::restart(Adapter& adapter) {
    if (!adapter.alive || adapter.halting) return false;
    MiniportDriver& driver = *adapter.driver;
    if (adapter.state == AdapterState::paused) {
        RestartAttributes attributes(adapter);
        NDIS_MINIPORT_RESTART_PARAMETERS parameters{};
        parameters.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, NDIS_SIZEOF_MINIPORT_RESTART_PARAMETERS_REVISION_1};
        parameters.RestartAttributes = attributes.list();
        set_state(adapter, AdapterState::restarting);
        adapter.restart_result.reset();
        NDIS_STATUS status;
        {
            machine::DriverCall call(machine_, driver.layer, "MiniportRestart", about(adapter.context, passive_level));
            status = call.returns(driver.characteristics.RestartHandler(adapter.context, &parameters));
        }
        if (status == NDIS_STATUS_PENDING) {
            wait([&] { return adapter.restart_result.has_value(); }, "the restart of " + adapter.name);
            status = adapter.restart_result.value_or(NDIS_STATUS_FAILURE);
        }
        if (status != NDIS_STATUS_SUCCESS) {
            machine_.finding_about(driver.layer, FindingKind::driver_refused,
                                   "the restart of " + adapter.name + " by " + who(driver.layer) + " failed with " + hexadecimal(status));
            set_state(adapter, AdapterState::paused);
            return false;
        }
        set_state(adapter, AdapterState::running);
    }
    if (adapter.state != AdapterState::running) return false;
    const std::vector<Binding*> above = adapter.bindings;
    bool all = true;
    for (Binding* binding : above) {
        if (binding->state == BindingState::paused) all = restart(*binding) && all;
    }
    return all;
}

void System::halt(Adapter& adapter, NDIS_HALT_ACTION action) {
    if (!adapter.alive || adapter.halting) return;
    if (adapter.waiting_for_initialize) {
        adapter.waiting_for_initialize = false;
        adapter.alive = false;
        machine_.handles().close(adapter.handle, HandleKind::miniport_adapter, "MiniportHaltEx");
        return;
    }
    adapter.halting = true;
    while (!adapter.bindings.empty()) {
        Binding& binding = *adapter.bindings.back();
        unbind(binding, false);
        std::erase(adapter.bindings, &binding);
    }
    if (action != NdisHaltDeviceSurpriseRemoved && action != NdisHaltDeviceFailed)
        pause(adapter, action == NdisHaltDevicePoweredDown ? NDIS_PAUSE_LOW_POWER : NDIS_PAUSE_MINIPORT_DEVICE_REMOVE);
    if (!adapter.oid_requests.empty())
        wait([&] { return adapter.oid_requests.empty(); }, "the OID requests of " + adapter.name);
    MiniportDriver& driver = *adapter.driver;
    {
        machine::DriverCall call(machine_, driver.layer, "MiniportHaltEx", about(adapter.context, passive_level));
        driver.characteristics.HaltHandlerEx(adapter.context, action);
    }
    set_state(adapter, AdapterState::halted);
    adapter.alive = false;
    machine_.handles().close(adapter.handle, HandleKind::miniport_adapter, "MiniportHaltEx");
}

void System::reset(Adapter& adapter) {
    MiniportDriver& driver = *adapter.driver;
    if (!adapter.alive || driver.characteristics.ResetHandlerEx == nullptr) return;
    const auto announce = [&](NDIS_STATUS code) {
        NDIS_STATUS_INDICATION indication{};
        indication.Header = {NDIS_OBJECT_TYPE_STATUS_INDICATION, 1, NDIS_SIZEOF_STATUS_INDICATION_REVISION_1};
        indication.SourceHandle = adapter.handle;
        indication.StatusCode = code;
        indicate_status(adapter, &indication);
    };
    announce(NDIS_STATUS_RESET_START);
    adapter.reset_result.reset();
    BOOLEAN addressing = FALSE;
    NDIS_STATUS status;
    {
        machine::DriverCall call(machine_, driver.layer, "MiniportResetEx", about(adapter.context));
        status = call.returns(driver.characteristics.ResetHandlerEx(adapter.context, &addressing));
    }
    if (status == NDIS_STATUS_PENDING) wait([&] { return adapter.reset_result.has_value(); }, "the reset of " + adapter.name);
    announce(NDIS_STATUS_RESET_END);
}

}  // namespace chimneylab::ndis

using chimneylab::ndis::System;
namespace machine = chimneylab::machine;

extern "C" {

VOID NdisMPauseComplete(NDIS_HANDLE MiniportAdapterHandle) {
    System& system = System::of_call("NdisMPauseComplete");
    machine::NdisCall call(system.machine(), "NdisMPauseComplete", chimneylab::ndis::about(MiniportAdapterHandle));
    system.machine().irql().require_dispatch_or_below("NdisMPauseComplete");
    auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMPauseComplete");
    if (adapter == nullptr) return;
    if (adapter->state != chimneylab::ndis::AdapterState::pausing || adapter->pause_result)
        system.machine().strict_finding("NdisMPauseComplete for " + adapter->name + ", which has no pause in progress");
    adapter->pause_result = NDIS_STATUS_SUCCESS;
}

VOID NdisMRestartComplete(NDIS_HANDLE MiniportAdapterHandle, NDIS_STATUS Status) {
    System& system = System::of_call("NdisMRestartComplete");
    machine::NdisCall call(system.machine(), "NdisMRestartComplete", chimneylab::ndis::about(MiniportAdapterHandle));
    system.machine().irql().require_dispatch_or_below("NdisMRestartComplete");
    auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMRestartComplete");
    if (adapter == nullptr) return;
    if (adapter->state != chimneylab::ndis::AdapterState::restarting || adapter->restart_result)
        system.machine().strict_finding("NdisMRestartComplete for " + adapter->name + ", which has no restart in progress");
    adapter->restart_result = Status;
}

VOID NdisMResetComplete(NDIS_HANDLE MiniportAdapterHandle, NDIS_STATUS Status, BOOLEAN) {
    System& system = System::of_call("NdisMResetComplete");
    machine::NdisCall call(system.machine(), "NdisMResetComplete", chimneylab::ndis::about(MiniportAdapterHandle));
    system.machine().irql().require_dispatch_or_below("NdisMResetComplete");
    if (auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMResetComplete")) adapter->reset_result = Status;
}

}  // extern "C"
