/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Registration of the host stack: a protocol with both client tables (HS-001, HS-002), and a control device whose
 * extension holds all of the driver's state.
 */
#include "host_stack.h"

#define DRIVER_OF_DEVICE(device) ((PHS_DRIVER)(device)->DeviceExtension)

static NDIS_STATUS RegisterProtocol(PHS_DRIVER Driver)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS protocol;
    NDIS_STRING name = NDIS_STRING_CONST("ChimneyHostStack");

    NdisZeroMemory(&protocol, sizeof(protocol));
    protocol.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    protocol.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    protocol.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    protocol.MajorNdisVersion = 6;
    protocol.MinorNdisVersion = 0;
    protocol.MajorDriverVersion = 1;
    protocol.MinorDriverVersion = 0;
    protocol.Name = name;
    protocol.SetOptionsHandler = HsProtocolSetOptions;
    protocol.BindAdapterHandlerEx = HsBindAdapter;
    protocol.UnbindAdapterHandlerEx = HsUnbindAdapter;
    protocol.OpenAdapterCompleteHandlerEx = HsOpenAdapterComplete;
    protocol.CloseAdapterCompleteHandlerEx = HsCloseAdapterComplete;
    protocol.NetPnPEventHandler = HsNetPnPEvent;
    protocol.OidRequestCompleteHandler = HsOidRequestComplete;
    protocol.StatusHandlerEx = HsStatus;
    protocol.ReceiveNetBufferListsHandler = HsReceiveNetBufferLists;
    protocol.SendNetBufferListsCompleteHandler = HsSendNetBufferListsComplete;
    return NdisRegisterProtocolDriver(Driver, &protocol, &Driver->ProtocolHandle);
}

NDIS_STATUS HsProtocolSetOptions(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic;
    NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS tcp;
    NDIS_STATUS status;

    UNREFERENCED_PARAMETER(DriverContext);
    NdisZeroMemory(&generic, sizeof(generic));
    generic.Header.Type = NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
    generic.Header.Revision = 1;
    generic.Header.Size = sizeof(generic);
    generic.InitiateOffloadCompleteHandler = HsInitiateOffloadComplete;
    generic.TerminateOffloadCompleteHandler = HsTerminateOffloadComplete;
    generic.UpdateOffloadCompleteHandler = HsUpdateOffloadComplete;
    generic.InvalidateOffloadCompleteHandler = HsInvalidateOffloadComplete;
    generic.QueryOffloadCompleteHandler = HsQueryOffloadComplete;
    generic.IndicateOffloadEventHandler = HsIndicateOffloadEvent;
    status = NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&generic);
    if (status != NDIS_STATUS_SUCCESS) {
        return status;
    }
    NdisZeroMemory(&tcp, sizeof(tcp));
    tcp.Header.Type = NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS;
    tcp.Header.Revision = 1;
    tcp.Header.Size = sizeof(tcp);
    tcp.OffloadType = NdisTcpChimneyOffload;
    tcp.TcpOffloadSendCompleteHandler = HsTcpOffloadSendComplete;
    tcp.TcpOffloadReceiveCompleteHandler = HsTcpOffloadReceiveComplete;
    tcp.TcpOffloadDisconnectCompleteHandler = HsTcpOffloadDisconnectComplete;
    tcp.TcpOffloadForwardCompleteHandler = HsTcpOffloadForwardComplete;
    tcp.TcpOffloadEventHandler = HsTcpOffloadEvent;
    tcp.TcpOffloadReceiveIndicateHandler = HsTcpOffloadReceiveIndicate;
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&tcp);
}

static VOID HsUnload(PDRIVER_OBJECT DriverObject)
{
    PHS_DRIVER driver = DRIVER_OF_DEVICE(DriverObject->DeviceObject);

    NdisDeregisterProtocolDriver(driver->ProtocolHandle); /* unbinds, and so uploads, everything */
    HsDisableTcp(driver);
    HsFreeAllOperations(driver);
    HsFreeAllTransfers(driver);
    HsFreeAllObjects(driver);
    HsFreeAllEvents(driver);
    NdisFreeSpinLock(&driver->Lock);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\ChimneyHostStack");
    PDEVICE_OBJECT device = NULL;
    PHS_DRIVER driver;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(DriverObject, sizeof(HS_DRIVER), &deviceName, FILE_DEVICE_NETWORK, 0, FALSE, &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    driver = DRIVER_OF_DEVICE(device);
    NdisZeroMemory(driver, sizeof(*driver));
    NdisAllocateSpinLock(&driver->Lock);
    InitializeListHead(&driver->Bindings);
    InitializeListHead(&driver->Objects);
    InitializeListHead(&driver->Operations);
    InitializeListHead(&driver->Transfers);
    InitializeListHead(&driver->Events);

    DriverObject->DriverUnload = HsUnload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = HsDispatchOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = HsDispatchOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = HsDispatchOpenClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = HsDispatchControl;

    status = RegisterProtocol(driver);
    if (status != NDIS_STATUS_SUCCESS) {
        NdisFreeSpinLock(&driver->Lock);
        IoDeleteDevice(device);
        return status;
    }
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
