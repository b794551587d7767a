// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Small services for miniports and protocols: ports, interface identity, names, device objects, error log, removal.
#include <cstdarg>
#include <cstring>

#include "engine/machine/unicode.h"
#include "engine/ndis/driver_call.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

namespace {

constexpr std::uint32_t name_tag = 0x6D6E644E;  // "Ndnm"

// A copy of the adapter's name that the driver frees with NdisFreeMemory.
NDIS_STATUS copy_name(System& system, const Adapter& adapter, PNDIS_STRING name, const char* function, LayerIndex owner) {
    const std::u16string text = machine::to_utf16(adapter.name);
    const std::size_t bytes = text.size() * sizeof(char16_t);
    void* memory = system.machine().pool().allocate(bytes + sizeof(char16_t), name_tag, function, owner);
    if (memory == nullptr) return NDIS_STATUS_RESOURCES;
    std::memcpy(memory, text.c_str(), bytes + sizeof(char16_t));
    name->Buffer = static_cast<PWSTR>(memory);
    name->Length = static_cast<USHORT>(bytes);
    name->MaximumLength = static_cast<USHORT>(bytes + sizeof(char16_t));
    return NDIS_STATUS_SUCCESS;
}

}  // namespace
}  // namespace chimneylab::ndis

using chimneylab::ndis::System;
namespace ndis = chimneylab::ndis;
namespace machine = chimneylab::machine;

extern "C" {

VOID NdisMGetDeviceProperty(NDIS_HANDLE MiniportAdapterHandle, PDEVICE_OBJECT* PhysicalDeviceObject, PDEVICE_OBJECT* FunctionalDeviceObject,
                            PDEVICE_OBJECT* NextDeviceObject, PCM_RESOURCE_LIST* AllocatedResources,
                            PCM_RESOURCE_LIST* AllocatedResourcesTranslated) {
    System& system = System::of_call("NdisMGetDeviceProperty");
    machine::NdisCall call(system.machine(), "NdisMGetDeviceProperty", ndis::about(MiniportAdapterHandle));
    auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMGetDeviceProperty");
    if (PhysicalDeviceObject) *PhysicalDeviceObject = adapter ? adapter->physical_device : nullptr;
    if (FunctionalDeviceObject) *FunctionalDeviceObject = adapter ? adapter->functional_device : nullptr;
    if (NextDeviceObject) *NextDeviceObject = adapter ? adapter->physical_device : nullptr;
    if (AllocatedResources) *AllocatedResources = nullptr;  // no hardware resources in this machine
    if (AllocatedResourcesTranslated) *AllocatedResourcesTranslated = nullptr;
}

NDIS_STATUS NdisMQueryAdapterInstanceName(PNDIS_STRING AdapterInstanceName, NDIS_HANDLE MiniportAdapterHandle) {
    System& system = System::of_call("NdisMQueryAdapterInstanceName");
    const auto caller = system.machine().current_layer();
    machine::NdisCall call(system.machine(), "NdisMQueryAdapterInstanceName", ndis::about(MiniportAdapterHandle));
    auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMQueryAdapterInstanceName");
    if (adapter == nullptr || AdapterInstanceName == nullptr) return call.returns(NDIS_STATUS_FAILURE);
    return call.returns(ndis::copy_name(system, *adapter, AdapterInstanceName, "NdisMQueryAdapterInstanceName", caller));
}

NDIS_STATUS NdisQueryAdapterInstanceName(PNDIS_STRING AdapterInstanceName, NDIS_HANDLE NdisBindingHandle) {
    System& system = System::of_call("NdisQueryAdapterInstanceName");
    const auto caller = system.machine().current_layer();
    machine::NdisCall call(system.machine(), "NdisQueryAdapterInstanceName", ndis::about(NdisBindingHandle));
    auto* binding = system.binding(NdisBindingHandle, "NdisQueryAdapterInstanceName");
    if (binding == nullptr || AdapterInstanceName == nullptr) return call.returns(NDIS_STATUS_FAILURE);
    return call.returns(ndis::copy_name(system, *binding->adapter, AdapterInstanceName, "NdisQueryAdapterInstanceName", caller));
}

NDIS_STATUS NdisQueryBindInstanceName(PNDIS_STRING pAdapterInstanceName, NDIS_HANDLE BindingContext) {
    System& system = System::of_call("NdisQueryBindInstanceName");
    const auto caller = system.machine().current_layer();
    machine::NdisCall call(system.machine(), "NdisQueryBindInstanceName", ndis::about(BindingContext));
    auto* binding = system.bind_context(BindingContext, "NdisQueryBindInstanceName");
    if (binding == nullptr || pAdapterInstanceName == nullptr) return call.returns(NDIS_STATUS_FAILURE);
    return call.returns(ndis::copy_name(system, *binding->adapter, pAdapterInstanceName, "NdisQueryBindInstanceName", caller));
}

NDIS_STATUS NdisMRemoveMiniport(NDIS_HANDLE MiniportAdapterHandle) {
    System& system = System::of_call("NdisMRemoveMiniport");
    machine::NdisCall call(system.machine(), "NdisMRemoveMiniport", ndis::about(MiniportAdapterHandle));
    auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMRemoveMiniport");
    if (adapter == nullptr) return call.returns(NDIS_STATUS_FAILURE);
    system.queue_boot_work("remove " + adapter->name, chimneylab::trace::ndis_layer,
                           [&system, adapter] { system.halt(*adapter, NdisHaltDeviceFailed); });
    return call.returns(NDIS_STATUS_SUCCESS);
}

VOID NdisMResetMiniport(NDIS_HANDLE MiniportAdapterHandle) {
    System& system = System::of_call("NdisMResetMiniport");
    machine::NdisCall call(system.machine(), "NdisMResetMiniport", ndis::about(MiniportAdapterHandle));
    auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMResetMiniport");
    if (adapter == nullptr) return;
    system.queue_boot_work("reset " + adapter->name, chimneylab::trace::ndis_layer, [&system, adapter] { system.reset(*adapter); });
}

VOID NdisWriteErrorLogEntry(NDIS_HANDLE NdisAdapterHandle, NDIS_ERROR_CODE ErrorCode, ULONG NumberOfErrorValues, ...) {
    System& system = System::of_call("NdisWriteErrorLogEntry");
    const auto caller = system.machine().current_layer();
    machine::NdisCall call(system.machine(), "NdisWriteErrorLogEntry", ndis::about(NdisAdapterHandle));
    if (system.adapter(NdisAdapterHandle, "NdisWriteErrorLogEntry") == nullptr) return;
    std::string text = "error log: " + ndis::hexadecimal(static_cast<std::int32_t>(ErrorCode));
    constexpr ULONG most_values = 32;
    va_list values;
    va_start(values, NumberOfErrorValues);
    for (ULONG i = 0; i < NumberOfErrorValues && i < most_values; ++i) text += " " + ndis::hexadecimal(static_cast<std::int32_t>(va_arg(values, ULONG)));
    va_end(values);
    chimneylab::trace::Event event;
    event.kind = chimneylab::trace::EventKind::message;
    event.layer = caller;
    event.name = system.machine().recorder().intern(text);
    system.machine().record(event);
}

NDIS_STATUS NdisMAllocatePort(NDIS_HANDLE MiniportAdapterHandle, PNDIS_PORT_CHARACTERISTICS PortCharacteristics) {
    System& system = System::of_call("NdisMAllocatePort");
    machine::NdisCall call(system.machine(), "NdisMAllocatePort", ndis::about(MiniportAdapterHandle));
    auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMAllocatePort");
    if (adapter == nullptr || PortCharacteristics == nullptr) return call.returns(NDIS_STATUS_INVALID_PARAMETER);
    NDIS_PORT_NUMBER number = 1;  // 0 is the default port
    const auto taken = [&](NDIS_PORT_NUMBER candidate) {
        for (const auto& port : adapter->ports) {
            if (port.PortNumber == candidate) return true;
        }
        return false;
    };
    while (taken(number)) ++number;
    PortCharacteristics->PortNumber = number;
    adapter->ports.push_back(*PortCharacteristics);
    return call.returns(NDIS_STATUS_SUCCESS);
}

NDIS_STATUS NdisMFreePort(NDIS_HANDLE MiniportAdapterHandle, NDIS_PORT_NUMBER PortNumber) {
    System& system = System::of_call("NdisMFreePort");
    machine::NdisCall call(system.machine(), "NdisMFreePort", ndis::about(MiniportAdapterHandle));
    auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMFreePort");
    if (adapter == nullptr) return call.returns(NDIS_STATUS_INVALID_PARAMETER);
    const auto removed = std::erase_if(adapter->ports, [&](const auto& port) { return port.PortNumber == PortNumber; });
    return call.returns(removed ? NDIS_STATUS_SUCCESS : NDIS_STATUS_INVALID_PORT);
}

NDIS_STATUS NdisEnumerateFilterModules(NDIS_HANDLE NdisHandle, PVOID, ULONG, PULONG BytesNeeded, PULONG BytesWritten) {
    System& system = System::of_call("NdisEnumerateFilterModules");
    machine::NdisCall call(system.machine(), "NdisEnumerateFilterModules", ndis::about(NdisHandle));
    if (BytesNeeded) *BytesNeeded = 0;  // this machine has no filter drivers
    if (BytesWritten) *BytesWritten = 0;
    return call.returns(system.machine().handles().require_any(NdisHandle, "NdisEnumerateFilterModules") ? NDIS_STATUS_SUCCESS : NDIS_STATUS_FAILURE);
}

NDIS_STATUS NdisIfQueryBindingIfIndex(NDIS_HANDLE NdisBindingHandle, PNET_IFINDEX pBoundIfIndex, PNET_LUID pBoundIfNetLuid,
                                      PNET_IFINDEX pLowestIfIndex, PNET_LUID pLowestIfNetLuid) {
    System& system = System::of_call("NdisIfQueryBindingIfIndex");
    machine::NdisCall call(system.machine(), "NdisIfQueryBindingIfIndex", ndis::about(NdisBindingHandle));
    auto* binding = system.binding(NdisBindingHandle, "NdisIfQueryBindingIfIndex");
    if (binding == nullptr) return call.returns(NDIS_STATUS_FAILURE);
    const ndis::Adapter& lowest = system.lowest_adapter(*binding->adapter);
    if (pBoundIfIndex) *pBoundIfIndex = binding->adapter->interface_index;
    if (pBoundIfNetLuid) *pBoundIfNetLuid = binding->adapter->luid;
    if (pLowestIfIndex) *pLowestIfIndex = lowest.interface_index;
    if (pLowestIfNetLuid) *pLowestIfNetLuid = lowest.luid;
    return call.returns(NDIS_STATUS_SUCCESS);
}

NDIS_STATUS NdisIfAddIfStackEntry(NET_IFINDEX HigherLayerIfIndex, NET_IFINDEX LowerLayerIfIndex) {
    System& system = System::of_call("NdisIfAddIfStackEntry");
    machine::NdisCall call(system.machine(), "NdisIfAddIfStackEntry", {});
    if (!system.find_adapter(HigherLayerIfIndex) || !system.find_adapter(LowerLayerIfIndex)) return call.returns(NDIS_STATUS_INTERFACE_NOT_FOUND);
    system.interface_stack().emplace(HigherLayerIfIndex, LowerLayerIfIndex);
    return call.returns(NDIS_STATUS_SUCCESS);
}

VOID NdisIfDeleteIfStackEntry(NET_IFINDEX HigherLayerIfIndex, NET_IFINDEX LowerLayerIfIndex) {
    System& system = System::of_call("NdisIfDeleteIfStackEntry");
    machine::NdisCall call(system.machine(), "NdisIfDeleteIfStackEntry", {});
    system.interface_stack().erase({HigherLayerIfIndex, LowerLayerIfIndex});
}

NDIS_STATUS NdisIfGetInterfaceIndexFromNetLuid(NET_LUID NetLuid, PNET_IFINDEX pIfIndex) {
    System& system = System::of_call("NdisIfGetInterfaceIndexFromNetLuid");
    machine::NdisCall call(system.machine(), "NdisIfGetInterfaceIndexFromNetLuid", {});
    auto* adapter = system.find_adapter(static_cast<NET_IFINDEX>(NetLuid.Info.NetLuidIndex));
    if (adapter == nullptr || adapter->luid.Value != NetLuid.Value || pIfIndex == nullptr) return call.returns(NDIS_STATUS_INTERFACE_NOT_FOUND);
    *pIfIndex = adapter->interface_index;
    return call.returns(NDIS_STATUS_SUCCESS);
}

NDIS_STATUS NdisIfGetNetLuidFromInterfaceIndex(NET_IFINDEX IfIndex, PNET_LUID pNetLuid) {
    System& system = System::of_call("NdisIfGetNetLuidFromInterfaceIndex");
    machine::NdisCall call(system.machine(), "NdisIfGetNetLuidFromInterfaceIndex", {});
    auto* adapter = system.find_adapter(IfIndex);
    if (adapter == nullptr || pNetLuid == nullptr) return call.returns(NDIS_STATUS_INTERFACE_NOT_FOUND);
    *pNetLuid = adapter->luid;
    return call.returns(NDIS_STATUS_SUCCESS);
}

PNDIS_GENERIC_OBJECT NdisAllocateGenericObject(PDRIVER_OBJECT DriverObject, ULONG Tag, USHORT Size) {
    System& system = System::of_call("NdisAllocateGenericObject");
    const auto caller = system.machine().current_layer();
    machine::NdisCall call(system.machine(), "NdisAllocateGenericObject", ndis::about(DriverObject));
    const std::size_t bytes = std::max<std::size_t>(Size, sizeof(NDIS_GENERIC_OBJECT));
    auto* object = static_cast<PNDIS_GENERIC_OBJECT>(system.machine().pool().allocate_zeroed(bytes, Tag, "NdisAllocateGenericObject", caller));
    if (object == nullptr) return nullptr;
    object->Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, static_cast<USHORT>(bytes)};
    object->DriverObject = DriverObject;
    return object;
}

VOID NdisFreeGenericObject(PNDIS_GENERIC_OBJECT NdisGenericObject) {
    System& system = System::of_call("NdisFreeGenericObject");
    machine::NdisCall call(system.machine(), "NdisFreeGenericObject", ndis::about(NdisGenericObject));
    system.machine().pool().free(NdisGenericObject, "NdisFreeGenericObject");
}

}  // extern "C"
