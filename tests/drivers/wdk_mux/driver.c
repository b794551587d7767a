/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     driver.c
 *
 * Abstract:
 *     DriverEntry and unload: the two edges, the control device, the settings of the driver.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

#pragma NDIS_INIT_FUNCTION(DriverEntry)
#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, LmUnload)
#endif

LM_DRIVER LmDriver;

static
NDIS_STATUS
LmRegisterMiniport(
    IN PDRIVER_OBJECT DriverObject,
    IN PUNICODE_STRING RegistryPath
    )
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS Miniport;

    NdisZeroMemory(&Miniport, sizeof(Miniport));
    {C_ASSERT(sizeof(Miniport) >= NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1);}
    Miniport.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS;
    Miniport.Header.Revision = NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1;
    Miniport.Header.Size = NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1;
    Miniport.MajorNdisVersion = NDIS_MINIPORT_MAJOR_VERSION;
    Miniport.MinorNdisVersion = NDIS_MINIPORT_MINOR_VERSION;
    Miniport.MajorDriverVersion = LM_MAJOR_DRIVER_VERSION;
    Miniport.MinorDriverVersion = LM_MINOR_DRIVER_VERSION;
    Miniport.Flags = NDIS_INTERMEDIATE_DRIVER;
    Miniport.SetOptionsHandler = LmMiniportSetOptions;
    Miniport.InitializeHandlerEx = MpInitialize;
    Miniport.HaltHandlerEx = MpHalt;
    Miniport.UnloadHandler = LmUnload;
    Miniport.PauseHandler = MpPause;
    Miniport.RestartHandler = MpRestart;
    Miniport.OidRequestHandler = MpOidRequest;
    Miniport.SendNetBufferListsHandler = MpSendNetBufferLists;
    Miniport.ReturnNetBufferListsHandler = MpReturnNetBufferLists;
    Miniport.CancelSendHandler = MpCancelSend;
    Miniport.CheckForHangHandlerEx = MpCheckForHang;
    Miniport.ResetHandlerEx = MpReset;
    Miniport.DevicePnPEventNotifyHandler = MpDevicePnPEventNotify;
    Miniport.ShutdownHandlerEx = MpShutdown;
    Miniport.CancelOidRequestHandler = MpCancelOidRequest;

    return NdisMRegisterMiniportDriver(DriverObject, RegistryPath, (NDIS_HANDLE)&LmDriver, &Miniport,
                                       &LmDriver.MiniportDriverHandle);
}

static
NDIS_STATUS
LmRegisterProtocol(
    VOID
    )
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Protocol;
    NDIS_STRING Name = NDIS_STRING_CONST(LM_PROTOCOL_NAME);

    NdisZeroMemory(&Protocol, sizeof(Protocol));
    Protocol.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    Protocol.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    Protocol.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    Protocol.MajorNdisVersion = NDIS_PROTOCOL_MAJOR_VERSION;
    Protocol.MinorNdisVersion = NDIS_PROTOCOL_MINOR_VERSION;
    Protocol.MajorDriverVersion = LM_MAJOR_DRIVER_VERSION;
    Protocol.MinorDriverVersion = LM_MINOR_DRIVER_VERSION;
    Protocol.Name = Name;
    Protocol.SetOptionsHandler = LmProtocolSetOptions;
    Protocol.BindAdapterHandlerEx = PtBindAdapter;
    Protocol.UnbindAdapterHandlerEx = PtUnbindAdapter;
    Protocol.OpenAdapterCompleteHandlerEx = PtOpenAdapterComplete;
    Protocol.CloseAdapterCompleteHandlerEx = PtCloseAdapterComplete;
    Protocol.NetPnPEventHandler = PtNetPnPEvent;
    Protocol.OidRequestCompleteHandler = PtOidRequestComplete;
    Protocol.StatusHandlerEx = PtStatus;
    Protocol.ReceiveNetBufferListsHandler = PtReceiveNetBufferLists;
    Protocol.SendNetBufferListsCompleteHandler = PtSendNetBufferListsComplete;

    return NdisRegisterProtocolDriver((NDIS_HANDLE)&LmDriver, &Protocol, &LmDriver.ProtocolHandle);
}

static
VOID
LmTearDown(
    VOID
    )
{
    if (LmDriver.DeviceHandle != NULL) {
        LmDeregisterDevice();
    }
    if (LmDriver.ProtocolHandle != NULL) {
        /* Unbinds us from every adapter, and takes every virtual miniport down with that. */
        NdisDeregisterProtocolDriver(LmDriver.ProtocolHandle);
        LmDriver.ProtocolHandle = NULL;
    }
    if (LmDriver.MiniportDriverHandle != NULL) {
        NdisMDeregisterMiniportDriver(LmDriver.MiniportDriverHandle);
        LmDriver.MiniportDriverHandle = NULL;
    }
    ASSERT(IsListEmpty(&LmDriver.Links));
    LmFreeString(&LmDriver.RegistryPath);
    NdisFreeSpinLock(&LmDriver.Lock);
}

_Use_decl_annotations_
NTSTATUS
DriverEntry(
    PDRIVER_OBJECT DriverObject,
    PUNICODE_STRING RegistryPath
    )
/*++

Routine Description:

    Registers the miniport edge, then the protocol edge, and tells NDIS that they belong together. The control device is a
    convenience: without it the driver works.

Arguments:

    DriverObject - ours
    RegistryPath - our service key

Return Value:

    STATUS_SUCCESS, or why the driver was not loaded

--*/
{
    NDIS_STATUS Status;

    NdisZeroMemory(&LmDriver, sizeof(LmDriver));
    LmDriver.DriverObject = DriverObject;
    NdisAllocateSpinLock(&LmDriver.Lock);
    InitializeListHead(&LmDriver.Links);
    InitializeListHead(&LmDriver.PendedIrps);
    LmLogInitialize();
    LmDefaultSettings(&LmDriver.Settings);

    do {
        Status = LmRegisterMiniport(DriverObject, RegistryPath);
        if (Status != NDIS_STATUS_SUCCESS) {
            LMTRACE(LM_ERROR, ("NdisMRegisterMiniportDriver returned 0x%08x\n", Status));
            break;
        }
        Status = LmCopyString(&LmDriver.RegistryPath, RegistryPath);
        if (Status != NDIS_STATUS_SUCCESS) {
            break;
        }
        LmReadDriverSettings(LmDriver.MiniportDriverHandle, &LmDriver.Settings);
        LmDebugLevel = (LONG)LmDriver.Settings.DebugLevel;

        Status = LmRegisterProtocol();
        if (Status != NDIS_STATUS_SUCCESS) {
            LMTRACE(LM_ERROR, ("NdisRegisterProtocolDriver returned 0x%08x\n", Status));
            break;
        }
        NdisIMAssociateMiniport(LmDriver.MiniportDriverHandle, LmDriver.ProtocolHandle);

        if (LmRegisterDevice() != NDIS_STATUS_SUCCESS) {
            LMTRACE(LM_WARN, ("there is no control device\n"));
        }
    } while (FALSE);

    if (Status != NDIS_STATUS_SUCCESS) {
        LmTearDown();
    } else {
        LmLog("loaded, NDIS %u.%u", NdisGetVersion() >> 16, NdisGetVersion() & 0xFFFF);
    }
    return Status;
}

_Use_decl_annotations_
VOID
LmUnload(
    PDRIVER_OBJECT DriverObject
    )
{
    UNREFERENCED_PARAMETER(DriverObject);
    PAGED_CODE();

    LMTRACE(LM_INFO, ("unload\n"));
    LmTearDown();
}

/*
 * LinkMux takes no part in offload: it registers no optional handlers, and NDIS answers in its place.
 */
_Use_decl_annotations_
NDIS_STATUS
LmMiniportSetOptions(
    NDIS_HANDLE NdisDriverHandle,
    NDIS_HANDLE DriverContext
    )
{
    UNREFERENCED_PARAMETER(NdisDriverHandle);
    NT_ASSERT(DriverContext == (NDIS_HANDLE)&LmDriver);
    DBG_UNREFERENCED_PARAMETER(DriverContext);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_
NDIS_STATUS
LmProtocolSetOptions(
    NDIS_HANDLE NdisDriverHandle,
    NDIS_HANDLE DriverContext
    )
{
    UNREFERENCED_PARAMETER(NdisDriverHandle);
    UNREFERENCED_PARAMETER(DriverContext);
    return NDIS_STATUS_SUCCESS;
}
