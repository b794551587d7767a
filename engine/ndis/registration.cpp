// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Loading and unloading drivers, registering their two edges. NDIS copies the characteristics; SetOptions runs inside the
// registration call, before its out-parameter is written.
#include <algorithm>
#include <cstring>

#include "engine/machine/unicode.h"
#include "engine/ndis/driver_call.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

using machine::FindingKind;
using machine::HandleKind;

namespace {

// A driver gives the size of the revision it knows; what it does not know stays zero.
template <typename Characteristics>
Characteristics copy_of(const Characteristics& given) {
    Characteristics copy{};
    std::memcpy(&copy, &given, std::min<std::size_t>(given.Header.Size, sizeof(copy)));
    return copy;
}

}  // namespace

NTSTATUS System::load(const DriverDescription& description) {
    auto& driver = *drivers_.emplace_back(std::make_unique<LoadedDriver>());
    driver.description = description;
    driver.object = machine_.devices().create_driver_object(description.layer, description.name);
    if (!description.image.empty()) machine_.address_space().register_image(description.image, reinterpret_cast<const void*>(description.entry));
    Text registry_path(u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\" + machine::to_utf16(description.name));
    driver.object->DriverInit = description.entry;
    driver.loaded = true;
    driver.in_driver_entry = true;
    NTSTATUS status = 0;
    {
        machine::CallDetails details;
        details.caller = trace::machine_layer;
        details.subject = driver.object;
        machine::DriverCall call(machine_, description.layer, "DriverEntry", details);
        status = call.returns(description.entry(driver.object, registry_path.get()));
    }
    driver.in_driver_entry = false;
    if (status == STATUS_SUCCESS) return status;
    machine_.finding_about(description.layer, FindingKind::driver_refused,
                           "DriverEntry of " + who(description.layer) + " (" + description.name + ") returned " + hexadecimal(status));
    // A driver that fails deregisters by itself, its unload handler is not called.
    if (driver.protocol && driver.protocol->registered) {
        machine_.strict_finding("DriverEntry of " + who(description.layer) + " failed and left its protocol edge registered");
        deregister(*driver.protocol);
    }
    if (driver.miniport && driver.miniport->registered) {
        machine_.strict_finding("DriverEntry of " + who(description.layer) + " failed and left its miniport edge registered");
        deregister(*driver.miniport);
    }
    driver.loaded = false;
    return status;
}

NDIS_STATUS System::register_miniport_driver(LayerIndex caller, NDIS_HANDLE context, const NDIS_MINIPORT_DRIVER_CHARACTERISTICS* given, PNDIS_HANDLE handle) {
    LoadedDriver* loaded = driver_of(caller);
    if (loaded == nullptr || given == nullptr || handle == nullptr) return NDIS_STATUS_FAILURE;
    if (given->Header.Type != NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS ||
        given->Header.Size < NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1)
        return NDIS_STATUS_BAD_CHARACTERISTICS;
    if (given->MajorNdisVersion != 6) return NDIS_STATUS_BAD_VERSION;
    if (!given->InitializeHandlerEx || !given->HaltHandlerEx || !given->PauseHandler || !given->RestartHandler || !given->OidRequestHandler)
        return NDIS_STATUS_BAD_CHARACTERISTICS;
    if (machine_.strict() &&
        (!given->UnloadHandler || !given->SendNetBufferListsHandler || !given->ReturnNetBufferListsHandler || !given->CancelSendHandler ||
         !given->DevicePnPEventNotifyHandler || !given->ShutdownHandlerEx || !given->CancelOidRequestHandler))
        machine_.strict_finding(who(loaded->description.layer) + " registers a miniport edge without a handler that the page demands");

    auto& driver = *miniport_drivers_.emplace_back(std::make_unique<MiniportDriver>());
    driver.layer = loaded->description.layer;
    driver.driver = loaded;
    driver.context = context;
    driver.characteristics = copy_of(*given);
    driver.handle = machine_.handles().open(HandleKind::miniport_driver, driver.layer, &driver);
    driver.registered = true;
    loaded->miniport = &driver;
    if (driver.characteristics.SetOptionsHandler) {
        NDIS_STATUS status;
        {
            machine::DriverCall call(machine_, driver.layer, "MiniportSetOptions", about(driver.handle));
            status = call.returns(driver.characteristics.SetOptionsHandler(driver.handle, context));
        }
        if (status != NDIS_STATUS_SUCCESS) {
            deregister(driver);
            return status;
        }
    }
    *handle = driver.handle;
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS System::register_protocol_driver(LayerIndex caller, NDIS_HANDLE context, const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS* given, PNDIS_HANDLE handle) {
    LoadedDriver* loaded = driver_of(caller);
    if (loaded == nullptr || given == nullptr || handle == nullptr) return NDIS_STATUS_FAILURE;
    if (given->Header.Type != NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS ||
        given->Header.Size < NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1)
        return NDIS_STATUS_BAD_CHARACTERISTICS;
    if (given->MajorNdisVersion != 6) return NDIS_STATUS_BAD_VERSION;
    if (!given->BindAdapterHandlerEx || !given->UnbindAdapterHandlerEx || given->Name.Length == 0 || given->Name.Buffer == nullptr)
        return NDIS_STATUS_BAD_CHARACTERISTICS;
    if (machine_.strict() &&
        (!given->OpenAdapterCompleteHandlerEx || !given->CloseAdapterCompleteHandlerEx || !given->NetPnPEventHandler ||
         !given->OidRequestCompleteHandler || !given->StatusHandlerEx || !given->ReceiveNetBufferListsHandler ||
         !given->SendNetBufferListsCompleteHandler))
        machine_.strict_finding(who(loaded->description.layer) + " registers a protocol edge without a handler that the page demands");

    auto& driver = *protocol_drivers_.emplace_back(std::make_unique<ProtocolDriver>());
    driver.layer = loaded->description.layer;
    driver.driver = loaded;
    driver.context = context;
    driver.characteristics = copy_of(*given);
    driver.name = std::u16string(machine::view(&given->Name));
    driver.characteristics.Name = UNICODE_STRING{};  // the driver's buffer is not NDIS's
    driver.handle = machine_.handles().open(HandleKind::protocol_driver, driver.layer, &driver);
    driver.registered = true;
    if (loaded->protocol == nullptr) loaded->protocol = &driver;
    else loaded->further_protocols.push_back(&driver);
    if (driver.characteristics.SetOptionsHandler) {
        NDIS_STATUS status;
        {
            machine::DriverCall call(machine_, driver.layer, "ProtocolSetOptions", about(driver.handle));
            status = call.returns(driver.characteristics.SetOptionsHandler(driver.handle, context));
        }
        if (status != NDIS_STATUS_SUCCESS) {
            deregister(driver);
            return status;
        }
    }
    *handle = driver.handle;
    // Fault option: as if another processor had run the binds before DriverEntry went on.
    if (options_.offer_adapters_early) bind_wanted_adapters(driver);
    return NDIS_STATUS_SUCCESS;
}

void System::deregister(MiniportDriver& driver) {
    if (!driver.registered) return;
    for (std::size_t i = 0; i < adapters_.size(); ++i) {
        Adapter& adapter = *adapters_[i];
        if (adapter.driver == &driver && adapter.alive) halt(adapter, NdisHaltDeviceDisabled);
    }
    driver.registered = false;
    machine_.handles().close(driver.handle, HandleKind::miniport_driver, "NdisMDeregisterMiniportDriver");
    if (driver.driver->miniport == &driver) driver.driver->miniport = nullptr;
    if (driver.associated) driver.associated->associated = nullptr;
}

void System::deregister(ProtocolDriver& driver) {
    if (!driver.registered) return;
    for (std::size_t i = 0; i < bindings_.size(); ++i) {
        Binding& binding = *bindings_[i];
        if (binding.protocol == &driver && binding.state != BindingState::unbound) unbind(binding, true);
    }
    driver.registered = false;
    machine_.handles().close(driver.handle, HandleKind::protocol_driver, "NdisDeregisterProtocolDriver");
    LoadedDriver& owner = *driver.driver;
    std::erase(owner.further_protocols, &driver);
    if (owner.protocol == &driver) {
        owner.protocol = owner.further_protocols.empty() ? nullptr : owner.further_protocols.front();
        if (owner.protocol != nullptr) owner.further_protocols.erase(owner.further_protocols.begin());
    }
    if (driver.associated) driver.associated->associated = nullptr;
}

void System::unload(LayerIndex layer) {
    LoadedDriver* driver = driver_of(layer);
    if (driver == nullptr) return;
    MiniportDriver* miniport = driver->miniport;
    // A device goes before its driver. Virtual miniports go when the intermediate driver is unbound below.
    for (std::size_t i = 0; i < adapters_.size(); ++i) {
        Adapter& adapter = *adapters_[i];
        if (miniport && adapter.driver == miniport && adapter.alive && !adapter.is_virtual) halt(adapter, NdisHaltDeviceDisabled);
    }
    machine::CallDetails details = about(driver->object);
    details.caller = trace::machine_layer;
    if (miniport && miniport->characteristics.UnloadHandler) {
        machine::DriverCall call(machine_, layer, "MiniportDriverUnload", details);
        miniport->characteristics.UnloadHandler(driver->object);
    } else if (driver->object->DriverUnload) {
        machine::DriverCall call(machine_, layer, "DriverUnload", details);
        driver->object->DriverUnload(driver->object);
    }
    while (driver->protocol) {
        machine_.finding_about(layer, FindingKind::leak, who(layer) + " unloads and leaves its protocol edge registered");
        deregister(*driver->protocol);
    }
    if (driver->miniport) {
        machine_.finding_about(layer, FindingKind::leak, who(layer) + " unloads and leaves its miniport edge registered");
        deregister(*driver->miniport);
    }
    driver->loaded = false;
    machine_.layer_unloaded(layer);
}

}  // namespace chimneylab::ndis

using chimneylab::ndis::System;
namespace ndis = chimneylab::ndis;
namespace machine = chimneylab::machine;

extern "C" {

NDIS_STATUS NdisMRegisterMiniportDriver(PDRIVER_OBJECT DriverObject, PUNICODE_STRING, NDIS_HANDLE MiniportDriverContext,
                                        PNDIS_MINIPORT_DRIVER_CHARACTERISTICS MiniportDriverCharacteristics,
                                        PNDIS_HANDLE NdisMiniportDriverHandle) {
    System& system = System::of_call("NdisMRegisterMiniportDriver");
    const auto caller = system.machine().current_layer();
    machine::NdisCall call(system.machine(), "NdisMRegisterMiniportDriver", ndis::about(DriverObject));
    system.machine().irql().require_passive("NdisMRegisterMiniportDriver");
    return call.returns(system.register_miniport_driver(caller, MiniportDriverContext, MiniportDriverCharacteristics, NdisMiniportDriverHandle));
}

VOID NdisMDeregisterMiniportDriver(NDIS_HANDLE NdisMiniportDriverHandle) {
    System& system = System::of_call("NdisMDeregisterMiniportDriver");
    machine::NdisCall call(system.machine(), "NdisMDeregisterMiniportDriver", ndis::about(NdisMiniportDriverHandle));
    system.machine().irql().require_passive("NdisMDeregisterMiniportDriver");
    if (auto* driver = system.miniport_driver(NdisMiniportDriverHandle, "NdisMDeregisterMiniportDriver")) system.deregister(*driver);
}

NDIS_STATUS NdisRegisterProtocolDriver(NDIS_HANDLE ProtocolDriverContext, PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS ProtocolCharacteristics,
                                       PNDIS_HANDLE NdisProtocolHandle) {
    System& system = System::of_call("NdisRegisterProtocolDriver");
    const auto caller = system.machine().current_layer();
    machine::NdisCall call(system.machine(), "NdisRegisterProtocolDriver", {});
    system.machine().irql().require_passive("NdisRegisterProtocolDriver");
    return call.returns(system.register_protocol_driver(caller, ProtocolDriverContext, ProtocolCharacteristics, NdisProtocolHandle));
}

VOID NdisDeregisterProtocolDriver(NDIS_HANDLE NdisProtocolHandle) {
    System& system = System::of_call("NdisDeregisterProtocolDriver");
    machine::NdisCall call(system.machine(), "NdisDeregisterProtocolDriver", ndis::about(NdisProtocolHandle));
    system.machine().irql().require_passive("NdisDeregisterProtocolDriver");
    if (auto* driver = system.protocol_driver(NdisProtocolHandle, "NdisDeregisterProtocolDriver")) system.deregister(*driver);
}

VOID NdisReEnumerateProtocolBindings(NDIS_HANDLE NdisProtocolHandle) {
    System& system = System::of_call("NdisReEnumerateProtocolBindings");
    machine::NdisCall call(system.machine(), "NdisReEnumerateProtocolBindings", ndis::about(NdisProtocolHandle));
    system.machine().irql().require_passive("NdisReEnumerateProtocolBindings");
    if (auto* driver = system.protocol_driver(NdisProtocolHandle, "NdisReEnumerateProtocolBindings")) system.offer_wanted_adapters(*driver);
}

UINT NdisGetVersion(VOID) { return 6u << 16; }

}  // extern "C"
