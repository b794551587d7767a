// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// NdisIM…: what makes a driver with two edges an intermediate driver. A virtual miniport is initialised on a worker, or
// inside the call where the machine says so; a device that is not started waits.
#include <algorithm>

#include "engine/machine/unicode.h"
#include "engine/ndis/driver_call.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

using machine::HandleKind;

namespace {

std::u16string folded(std::u16string name) {
    for (char16_t& character : name) character = machine::upcase(character);
    return name;
}

}  // namespace

NDIS_STATUS System::initialize_device_instance(MiniportDriver& driver, std::u16string name, NDIS_HANDLE device_context) {
    if (!driver.intermediate()) {
        machine_.finding(machine::FindingKind::driver_refused,
                         who(driver.layer) + " creates a virtual miniport and did not register with NDIS_INTERMEDIATE_DRIVER");
        return NDIS_STATUS_FAILURE;
    }
    if (name.empty()) return NDIS_STATUS_FAILURE;
    if (find_adapter(std::u16string_view(name))) return NDIS_STATUS_NOT_ACCEPTED;
    const bool started = !stopped_devices_.contains(folded(name));
    Adapter& adapter = create_adapter(driver, std::move(name));
    adapter.is_virtual = true;
    adapter.device_context = device_context;
    adapter.waiting_for_initialize = true;
    if (!started) return NDIS_STATUS_SUCCESS;
    if (options_.initialize_inside_call) {
        initialize(adapter);
    } else {
        queue_initialize(adapter);
    }
    return NDIS_STATUS_SUCCESS;
}

void System::queue_initialize(Adapter& adapter) {
    queue_boot_work("initialise " + adapter.name, trace::ndis_layer, [this, &adapter] {
        if (!adapter.alive || !adapter.waiting_for_initialize) return;
        if (initialize(adapter) != NDIS_STATUS_SUCCESS) return;
        for (const auto& protocol : protocol_drivers_) {
            if (protocol->registered) offer_wanted_adapters(*protocol);
        }
    });
}

NDIS_STATUS System::cancel_device_instance(MiniportDriver& driver, std::u16string_view name) {
    Adapter* adapter = find_adapter(name);
    if (adapter == nullptr || adapter->driver != &driver || !adapter->waiting_for_initialize) return NDIS_STATUS_FAILURE;
    halt(*adapter, NdisHaltDeviceDisabled);
    return NDIS_STATUS_SUCCESS;
}

void System::set_device_started(std::u16string name, bool started) {
    if (!started) {
        stopped_devices_.insert(folded(std::move(name)));
        return;
    }
    if (stopped_devices_.erase(folded(name)) == 0) return;
    Adapter* adapter = find_adapter(std::u16string_view(name));
    if (adapter && adapter->waiting_for_initialize) queue_initialize(*adapter);
}

}  // namespace chimneylab::ndis

using chimneylab::ndis::System;
namespace machine = chimneylab::machine;

extern "C" {

VOID NdisIMAssociateMiniport(NDIS_HANDLE DriverHandle, NDIS_HANDLE ProtocolHandle) {
    System& system = System::of_call("NdisIMAssociateMiniport");
    machine::NdisCall call(system.machine(), "NdisIMAssociateMiniport", chimneylab::ndis::about(DriverHandle));
    system.machine().irql().require_passive("NdisIMAssociateMiniport");
    auto* miniport = system.miniport_driver(DriverHandle, "NdisIMAssociateMiniport");
    auto* protocol = system.protocol_driver(ProtocolHandle, "NdisIMAssociateMiniport");
    if (miniport == nullptr || protocol == nullptr) return;
    miniport->associated = protocol;
    protocol->associated = miniport;
}

NDIS_STATUS NdisIMInitializeDeviceInstanceEx(NDIS_HANDLE DriverHandle, PNDIS_STRING DriverInstance, NDIS_HANDLE DeviceContext) {
    System& system = System::of_call("NdisIMInitializeDeviceInstanceEx");
    machine::NdisCall call(system.machine(), "NdisIMInitializeDeviceInstanceEx", chimneylab::ndis::about(DriverHandle));
    system.machine().irql().require_passive("NdisIMInitializeDeviceInstanceEx");
    auto* driver = system.miniport_driver(DriverHandle, "NdisIMInitializeDeviceInstanceEx");
    if (driver == nullptr) return call.returns(NDIS_STATUS_FAILURE);
    return call.returns(system.initialize_device_instance(*driver, std::u16string(machine::view(DriverInstance)), DeviceContext));
}

NDIS_STATUS NdisIMCancelInitializeDeviceInstance(NDIS_HANDLE DriverHandle, PNDIS_STRING DeviceInstance) {
    System& system = System::of_call("NdisIMCancelInitializeDeviceInstance");
    machine::NdisCall call(system.machine(), "NdisIMCancelInitializeDeviceInstance", chimneylab::ndis::about(DriverHandle));
    system.machine().irql().require_passive("NdisIMCancelInitializeDeviceInstance");
    auto* driver = system.miniport_driver(DriverHandle, "NdisIMCancelInitializeDeviceInstance");
    if (driver == nullptr) return call.returns(NDIS_STATUS_FAILURE);
    return call.returns(system.cancel_device_instance(*driver, machine::view(DeviceInstance)));
}

NDIS_STATUS NdisIMDeInitializeDeviceInstance(NDIS_HANDLE NdisMiniportHandle) {
    System& system = System::of_call("NdisIMDeInitializeDeviceInstance");
    machine::NdisCall call(system.machine(), "NdisIMDeInitializeDeviceInstance", chimneylab::ndis::about(NdisMiniportHandle));
    system.machine().irql().require_passive("NdisIMDeInitializeDeviceInstance");
    auto* adapter = system.adapter(NdisMiniportHandle, "NdisIMDeInitializeDeviceInstance");
    if (adapter == nullptr || !adapter->is_virtual) return call.returns(NDIS_STATUS_FAILURE);
    system.halt(*adapter, NdisHaltDeviceInstanceDeInitialized);
    return call.returns(NDIS_STATUS_SUCCESS);
}

NDIS_HANDLE NdisIMGetBindingContext(NDIS_HANDLE NdisBindingHandle) {
    System& system = System::of_call("NdisIMGetBindingContext");
    machine::NdisCall call(system.machine(), "NdisIMGetBindingContext", chimneylab::ndis::about(NdisBindingHandle));
    auto* binding = system.binding(NdisBindingHandle, "NdisIMGetBindingContext");
    return binding ? binding->adapter->device_context : nullptr;
}

}  // extern "C"
