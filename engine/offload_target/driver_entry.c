/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Registration of the offload target: a miniport driver with both provider tables, and a control device. A second entry
 * point registers the same miniport driver without the tables.
 */
#include "offload_target.h"
#include "offload_target_driver.h"

#define EXTENSION_KEY ((PVOID)(ULONG_PTR)DriverEntry)

static NDIS_STATUS OtSetOptions(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic;
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS tcp;
    NDIS_STATUS status;

    UNREFERENCED_PARAMETER(DriverContext);
    NdisZeroMemory(&generic, sizeof(generic));
    generic.Header.Type = NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
    generic.Header.Revision = 1;
    generic.Header.Size = sizeof(generic);
    generic.InitiateOffloadHandler = OtInitiateOffload;
    generic.TerminateOffloadHandler = OtTerminateOffload;
    generic.UpdateOffloadHandler = OtUpdateOffload;
    generic.InvalidateOffloadHandler = OtInvalidateOffload;
    generic.QueryOffloadHandler = OtQueryOffload;
    status = NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&generic);
    if (status != NDIS_STATUS_SUCCESS) {
        return status;
    }
    NdisZeroMemory(&tcp, sizeof(tcp));
    tcp.Header.Type = NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS;
    tcp.Header.Revision = 1;
    tcp.Header.Size = sizeof(tcp);
    tcp.OffloadType = NdisTcpChimneyOffload;
    tcp.TcpOffloadSendHandler = OtTcpOffloadSend;
    tcp.TcpOffloadReceiveHandler = OtTcpOffloadReceive;
    tcp.TcpOffloadDisconnectHandler = OtTcpOffloadDisconnect;
    tcp.TcpOffloadForwardHandler = OtTcpOffloadForward;
    tcp.TcpOffloadReceiveReturnHandler = OtTcpOffloadReceiveReturn;
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&tcp);
}

static VOID OtDriverUnload(PDRIVER_OBJECT DriverObject)
{
    POT_DRIVER driver = (POT_DRIVER)IoGetDriverObjectExtension(DriverObject, EXTENSION_KEY);

    if (driver->DeviceHandle != NULL) {
        NdisDeregisterDeviceEx(driver->DeviceHandle);
    }
    NdisMDeregisterMiniportDriver(driver->MiniportDriverHandle);
    NdisFreeSpinLock(&driver->Lock);
}

static NDIS_STATUS RegisterMiniport(POT_DRIVER Driver, PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath,
                                    SET_OPTIONS_HANDLER SetOptions)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS miniport;

    NdisZeroMemory(&miniport, sizeof(miniport));
    miniport.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS;
    miniport.Header.Revision = NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1;
    miniport.Header.Size = NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1;
    miniport.MajorNdisVersion = 6;
    miniport.MinorNdisVersion = 0;
    miniport.MajorDriverVersion = 1;
    miniport.MinorDriverVersion = 0;
    miniport.SetOptionsHandler = SetOptions;
    miniport.InitializeHandlerEx = OtInitialize;
    miniport.HaltHandlerEx = OtHalt;
    miniport.UnloadHandler = OtDriverUnload;
    miniport.PauseHandler = OtPause;
    miniport.RestartHandler = OtRestart;
    miniport.OidRequestHandler = OtOidRequest;
    miniport.SendNetBufferListsHandler = OtSendNetBufferLists;
    miniport.ReturnNetBufferListsHandler = OtReturnNetBufferLists;
    miniport.CancelSendHandler = OtCancelSend;
    miniport.DevicePnPEventNotifyHandler = OtDevicePnPEventNotify;
    miniport.ShutdownHandlerEx = OtShutdown;
    miniport.CancelOidRequestHandler = OtCancelOidRequest;
    return NdisMRegisterMiniportDriver(DriverObject, RegistryPath, Driver, &miniport, &Driver->MiniportDriverHandle);
}

static NDIS_STATUS RegisterDevice(POT_DRIVER Driver)
{
    NDIS_STRING deviceName = NDIS_STRING_CONST("\\Device\\ChimneyOffloadTarget");
    NDIS_STRING linkName = NDIS_STRING_CONST("\\DosDevices\\ChimneyOffloadTarget");
    PDRIVER_DISPATCH dispatch[IRP_MJ_MAXIMUM_FUNCTION + 1];
    NDIS_DEVICE_OBJECT_ATTRIBUTES attributes;
    NDIS_STATUS status;

    NdisZeroMemory(dispatch, sizeof(dispatch));
    dispatch[IRP_MJ_CREATE] = OtDispatchOpenClose;
    dispatch[IRP_MJ_CLEANUP] = OtDispatchOpenClose;
    dispatch[IRP_MJ_CLOSE] = OtDispatchOpenClose;
    dispatch[IRP_MJ_DEVICE_CONTROL] = OtDispatchControl;
    NdisZeroMemory(&attributes, sizeof(attributes));
    attributes.Header.Type = NDIS_OBJECT_TYPE_DEVICE_OBJECT_ATTRIBUTES;
    attributes.Header.Revision = NDIS_DEVICE_OBJECT_ATTRIBUTES_REVISION_1;
    attributes.Header.Size = NDIS_SIZEOF_DEVICE_OBJECT_ATTRIBUTES_REVISION_1;
    attributes.DeviceName = &deviceName;
    attributes.SymbolicName = &linkName;
    attributes.MajorFunctions = dispatch;
    attributes.ExtensionSize = sizeof(POT_DRIVER);
    status = NdisRegisterDeviceEx(Driver->MiniportDriverHandle, &attributes, &Driver->Device, &Driver->DeviceHandle);
    if (status == NDIS_STATUS_SUCCESS) {
        *(POT_DRIVER *)NdisGetDeviceReservedExtension(Driver->Device) = Driver;
    }
    return status;
}

static NTSTATUS Enter(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath, SET_OPTIONS_HANDLER SetOptions)
{
    PVOID extension = NULL;
    POT_DRIVER driver;
    NTSTATUS status = IoAllocateDriverObjectExtension(DriverObject, EXTENSION_KEY, sizeof(OT_DRIVER), &extension);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    driver = (POT_DRIVER)extension;
    NdisZeroMemory(driver, sizeof(*driver));
    NdisAllocateSpinLock(&driver->Lock);
    InitializeListHead(&driver->Adapters);
    status = RegisterMiniport(driver, DriverObject, RegistryPath, SetOptions);
    if (status != NDIS_STATUS_SUCCESS) {
        NdisFreeSpinLock(&driver->Lock);
        return status;
    }
    status = RegisterDevice(driver);
    if (status != NDIS_STATUS_SUCCESS) {
        NdisMDeregisterMiniportDriver(driver->MiniportDriverHandle);
        NdisFreeSpinLock(&driver->Lock);
    }
    return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    return Enter(DriverObject, RegistryPath, OtSetOptions);
}

NTSTATUS ChimneyPlainTargetDriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    return Enter(DriverObject, RegistryPath, NULL);
}
