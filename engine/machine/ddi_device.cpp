// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: private device objects, symbolic links, completion of requests, the cancel spin lock.
#include <ndis.h>

#include "engine/machine/machine.h"
#include "engine/machine/unicode.h"

using namespace chimneylab::machine;

extern "C" {

NDIS_STATUS NdisRegisterDeviceEx(NDIS_HANDLE NdisHandle, PNDIS_DEVICE_OBJECT_ATTRIBUTES DeviceObjectAttributes,
                                 PDEVICE_OBJECT *pDeviceObject, PNDIS_HANDLE NdisDeviceHandle)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    *pDeviceObject = nullptr;
    *NdisDeviceHandle = nullptr;
    if (!machine.handles().require_any(NdisHandle, __func__) && NdisHandle) return NDIS_STATUS_INVALID_PARAMETER;
    if (DeviceObjectAttributes->Header.Type != NDIS_OBJECT_TYPE_DEVICE_OBJECT_ATTRIBUTES ||
        DeviceObjectAttributes->Header.Size < NDIS_SIZEOF_DEVICE_OBJECT_ATTRIBUTES_REVISION_1)
        return NDIS_STATUS_INVALID_PARAMETER;
    return machine.devices().register_device(machine.current_layer(), *DeviceObjectAttributes, pDeviceObject, NdisDeviceHandle);
}

VOID NdisDeregisterDeviceEx(NDIS_HANDLE NdisDeviceHandle)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    machine.devices().deregister_device(NdisDeviceHandle, __func__);
}

PVOID NdisGetDeviceReservedExtension(PDEVICE_OBJECT DeviceObject) { return Machine::of_call(__func__).devices().extension(DeviceObject); }

NTSTATUS IoCreateDevice(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize, PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
                        ULONG DeviceCharacteristics, BOOLEAN, PDEVICE_OBJECT *DeviceObject)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_at_most(apc_level, __func__);
    return machine.devices().create_device(machine.devices().layer_of(DriverObject), DriverObject, to_utf8(DeviceName),
                                           DeviceExtensionSize, DeviceType, DeviceCharacteristics, DeviceObject);
}

VOID IoDeleteDevice(PDEVICE_OBJECT DeviceObject)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_at_most(apc_level, __func__);
    machine.devices().delete_device(DeviceObject, __func__);
}

NTSTATUS IoAllocateDriverObjectExtension(PDRIVER_OBJECT DriverObject, PVOID ClientIdentificationAddress,
                                         ULONG DriverObjectExtensionSize, PVOID *DriverObjectExtension)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    bool collision = false;
    *DriverObjectExtension = machine.devices().allocate_driver_extension(DriverObject, ClientIdentificationAddress,
                                                                         DriverObjectExtensionSize, &collision, __func__);
    if (*DriverObjectExtension) return STATUS_SUCCESS;
    return collision ? STATUS_OBJECT_NAME_COLLISION : STATUS_INSUFFICIENT_RESOURCES;
}

PVOID IoGetDriverObjectExtension(PDRIVER_OBJECT DriverObject, PVOID ClientIdentificationAddress)
{
    return Machine::of_call(__func__).devices().find_driver_extension(DriverObject, ClientIdentificationAddress);
}

NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    return machine.devices().add_link(to_utf8(SymbolicLinkName), to_utf8(DeviceName));
}

NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    return machine.devices().remove_link(to_utf8(SymbolicLinkName));
}

VOID IoCompleteRequest(PIRP Irp, CCHAR)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.devices().complete(Irp, __func__);
}

VOID IoAcquireCancelSpinLock(PKIRQL Irql)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    *Irql = machine.irql().current();
    if (*Irql < dispatch_level) machine.irql().set(dispatch_level);
    machine.locks().acquire_spin_lock(machine.devices().cancel_lock(), __func__);
}

VOID IoReleaseCancelSpinLock(KIRQL Irql)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_exactly(dispatch_level, __func__);
    machine.locks().release_spin_lock(machine.devices().cancel_lock(), __func__);
    if (Irql <= dispatch_level) machine.irql().set(Irql);
}

}  // extern "C"
