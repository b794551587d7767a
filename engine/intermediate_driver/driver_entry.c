/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Loading. An intermediate driver registers twice, once for each edge, and NDIS answers each registration by calling
 * a SetOptions function, inside the registration call. That is the place, and the only one, where the chimney handler
 * tables are handed over: two for each edge, because the generic table (the five operations) and the TCP table (data)
 * are separate structures.
 *
 *      upper edge, provider        lower edge, client
 *      generic: 5 operations       generic: 5 completions + neighbor events
 *      TCP:     5 data calls       TCP:     4 completions + events + received data
 *
 * NDIS decides whether a driver takes part in chimney offload by looking at the initiate handler of its miniport edge.
 * So it is all four tables or none (IM-014), and no member may be NULL: NDIS calls the others without looking (IM-005).
 */
#include "intermediate.h"

/* The key under which our extension of the driver object is found again: any address that is ours alone. */
#define EXTENSION_KEY ((PVOID)(ULONG_PTR)DriverEntry)

static VOID Unregister(PIM_DRIVER Driver)
{
    /* The protocol first: that unbinds every lower binding and thereby takes down every virtual miniport. */
    if (Driver->ProtocolHandle != NULL) {
        NdisDeregisterProtocolDriver(Driver->ProtocolHandle);
        Driver->ProtocolHandle = NULL;
    }
    if (Driver->MiniportDriverHandle != NULL) {
        NdisMDeregisterMiniportDriver(Driver->MiniportDriverHandle);
        Driver->MiniportDriverHandle = NULL;
    }
}

static NDIS_STATUS RegisterMiniportEdge(PIM_DRIVER Driver, PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
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
    miniport.Flags = NDIS_INTERMEDIATE_DRIVER; /* our adapters are virtual */
    miniport.SetOptionsHandler = ImMiniportSetOptions;
    miniport.InitializeHandlerEx = ImInitialize;
    miniport.HaltHandlerEx = ImHalt;
    miniport.UnloadHandler = ImDriverUnload;
    miniport.PauseHandler = ImPause;
    miniport.RestartHandler = ImRestart;
    miniport.OidRequestHandler = ImOidRequest;
    miniport.SendNetBufferListsHandler = ImSendNetBufferLists;
    miniport.ReturnNetBufferListsHandler = ImReturnNetBufferLists;
    miniport.CancelSendHandler = ImCancelSend;
    miniport.DevicePnPEventNotifyHandler = ImDevicePnPEventNotify;
    miniport.ShutdownHandlerEx = ImShutdown;
    miniport.CancelOidRequestHandler = ImCancelOidRequest;
    return NdisMRegisterMiniportDriver(DriverObject, RegistryPath, Driver, &miniport, &Driver->MiniportDriverHandle);
}

static NDIS_STATUS RegisterProtocolEdge(PIM_DRIVER Driver)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS protocol;
    NDIS_STRING name = NDIS_STRING_CONST("ChimneyReferenceIntermediate");

    NdisZeroMemory(&protocol, sizeof(protocol));
    protocol.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    protocol.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    protocol.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    protocol.MajorNdisVersion = 6;
    protocol.MinorNdisVersion = 0;
    protocol.MajorDriverVersion = 1;
    protocol.MinorDriverVersion = 0;
    protocol.Name = name;
    protocol.SetOptionsHandler = ImProtocolSetOptions;
    protocol.BindAdapterHandlerEx = ImBindAdapter;
    protocol.UnbindAdapterHandlerEx = ImUnbindAdapter;
    protocol.OpenAdapterCompleteHandlerEx = ImOpenAdapterComplete;
    protocol.CloseAdapterCompleteHandlerEx = ImCloseAdapterComplete;
    protocol.NetPnPEventHandler = ImNetPnPEvent;
    protocol.OidRequestCompleteHandler = ImOidRequestComplete;
    protocol.StatusHandlerEx = ImStatus;
    protocol.ReceiveNetBufferListsHandler = ImReceiveNetBufferLists;
    protocol.SendNetBufferListsCompleteHandler = ImSendNetBufferListsComplete;
    return NdisRegisterProtocolDriver(Driver, &protocol, &Driver->ProtocolHandle);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PVOID extension = NULL;
    PIM_DRIVER driver;
    NTSTATUS status = IoAllocateDriverObjectExtension(DriverObject, EXTENSION_KEY, sizeof(IM_DRIVER), &extension);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    driver = (PIM_DRIVER)extension;
    NdisZeroMemory(driver, sizeof(*driver));

    status = RegisterMiniportEdge(driver, DriverObject, RegistryPath);
    if (status == NDIS_STATUS_SUCCESS) {
        status = RegisterProtocolEdge(driver);
    }
    if (status == NDIS_STATUS_SUCCESS) {
        /* Tells NDIS that the two edges are one driver, so that it takes them down in the right order. */
        NdisIMAssociateMiniport(driver->MiniportDriverHandle, driver->ProtocolHandle);
    } else {
        Unregister(driver); /* the unload handler is not called for a driver that failed to load */
    }
    return status;
}

VOID ImDriverUnload(PDRIVER_OBJECT DriverObject)
{
    Unregister((PIM_DRIVER)IoGetDriverObjectExtension(DriverObject, EXTENSION_KEY));
}

/* Upper edge. NdisSetOptionalHandlers tells the tables apart by Header.Type (IM-007); Flags stay zero (IM-009). */
NDIS_STATUS ImMiniportSetOptions(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic;
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS tcp;
    NDIS_STATUS status;

    UNREFERENCED_PARAMETER(DriverContext);

    NdisZeroMemory(&generic, sizeof(generic));
    generic.Header.Type = NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
    generic.Header.Revision = 1;
    generic.Header.Size = sizeof(generic);
    generic.InitiateOffloadHandler = ImInitiateOffload;
    generic.TerminateOffloadHandler = ImTerminateOffload;
    generic.UpdateOffloadHandler = ImUpdateOffload;
    generic.InvalidateOffloadHandler = ImInvalidateOffload;
    generic.QueryOffloadHandler = ImQueryOffload;
    status = NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&generic); /* IM-001 */
    if (status != NDIS_STATUS_SUCCESS) {
        return status;
    }

    NdisZeroMemory(&tcp, sizeof(tcp));
    tcp.Header.Type = NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS;
    tcp.Header.Revision = 1;
    tcp.Header.Size = sizeof(tcp);
    tcp.OffloadType = NdisTcpChimneyOffload; /* IM-008 */
    tcp.TcpOffloadSendHandler = ImTcpOffloadSend;
    tcp.TcpOffloadReceiveHandler = ImTcpOffloadReceive;
    tcp.TcpOffloadDisconnectHandler = ImTcpOffloadDisconnect;
    tcp.TcpOffloadForwardHandler = ImTcpOffloadForward;
    tcp.TcpOffloadReceiveReturnHandler = ImTcpOffloadReceiveReturn;
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&tcp); /* IM-002 */
}

/* Lower edge. The generic completions are taken from the protocol driver's table, so they must be registered here and
   not only on a binding handle (IM-003). */
NDIS_STATUS ImProtocolSetOptions(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic;
    NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS tcp;
    NDIS_STATUS status;

    UNREFERENCED_PARAMETER(DriverContext);

    NdisZeroMemory(&generic, sizeof(generic));
    generic.Header.Type = NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
    generic.Header.Revision = 1;
    generic.Header.Size = sizeof(generic);
    generic.InitiateOffloadCompleteHandler = ImInitiateOffloadComplete;
    generic.TerminateOffloadCompleteHandler = ImTerminateOffloadComplete;
    generic.UpdateOffloadCompleteHandler = ImUpdateOffloadComplete;
    generic.InvalidateOffloadCompleteHandler = ImInvalidateOffloadComplete;
    generic.QueryOffloadCompleteHandler = ImQueryOffloadComplete;
    generic.IndicateOffloadEventHandler = ImIndicateOffloadEvent;
    status = NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&generic);
    if (status != NDIS_STATUS_SUCCESS) {
        return status;
    }

    NdisZeroMemory(&tcp, sizeof(tcp));
    tcp.Header.Type = NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS;
    tcp.Header.Revision = 1;
    tcp.Header.Size = sizeof(tcp);
    tcp.OffloadType = NdisTcpChimneyOffload;
    tcp.TcpOffloadSendCompleteHandler = ImTcpOffloadSendComplete;
    tcp.TcpOffloadReceiveCompleteHandler = ImTcpOffloadReceiveComplete;
    tcp.TcpOffloadDisconnectCompleteHandler = ImTcpOffloadDisconnectComplete;
    tcp.TcpOffloadForwardCompleteHandler = ImTcpOffloadForwardComplete; /* easily forgotten: IM-006 */
    tcp.TcpOffloadEventHandler = ImTcpOffloadEvent;
    tcp.TcpOffloadReceiveIndicateHandler = ImTcpOffloadReceiveIndicate;
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&tcp); /* IM-004 */
}
