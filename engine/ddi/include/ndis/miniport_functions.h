/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What NDIS does for a miniport edge. Each comment begins with the level the caller may run at.
 */
#ifndef CHIMNEYLAB_DDI_NDIS_MINIPORT_FUNCTIONS_H
#define CHIMNEYLAB_DDI_NDIS_MINIPORT_FUNCTIONS_H

#include "characteristics.h"
#include "service_object.h"
#include "synchronization.h"

CHIMNEYLAB_DDI_BEGIN

/* ---- Miniport services ---- */

/* PASSIVE_LEVEL: registration attributes first, then general, then offload and others; only inside
   MiniportInitializeEx (add-device attributes inside MiniportAddDevice). */
NDIS_STATUS NdisMSetMiniportAttributes(NDIS_HANDLE NdisMiniportAdapterHandle,
                                       PNDIS_MINIPORT_ADAPTER_ATTRIBUTES MiniportAttributes);
/* <= DISPATCH_LEVEL: returns ownership of sent NBLs upward; per-NBL Status set before. */
VOID NdisMSendNetBufferListsComplete(NDIS_HANDLE MiniportAdapterHandle, PNET_BUFFER_LIST NetBufferLists,
                                     ULONG SendCompleteFlags);
/* <= DISPATCH_LEVEL: indicates upward; with RESOURCES the caller owns the NBLs again at return. */
VOID NdisMIndicateReceiveNetBufferLists(NDIS_HANDLE MiniportAdapterHandle, PNET_BUFFER_LIST NetBufferLists,
                                        NDIS_PORT_NUMBER PortNumber, ULONG NumberOfNetBufferLists,
                                        ULONG ReceiveFlags);
/* <= DISPATCH_LEVEL: synchronous fan-out to ProtocolStatusEx of every binding; buffers valid only during the call.
   */
VOID NdisMIndicateStatusEx(NDIS_HANDLE MiniportAdapterHandle, PNDIS_STATUS_INDICATION StatusIndication);
/* <= DISPATCH_LEVEL: completes an OID that MiniportOidRequest answered with PENDING; status must not be PENDING.
   */
VOID NdisMOidRequestComplete(NDIS_HANDLE MiniportAdapterHandle, PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status);
/* <= DISPATCH_LEVEL: 6.1. */
VOID NdisMDirectOidRequestComplete(NDIS_HANDLE MiniportAdapterHandle, PNDIS_OID_REQUEST OidRequest,
                                   NDIS_STATUS Status);
/* PASSIVE_LEVEL: passes a PnP/power event to overlying protocols. */
NDIS_STATUS NdisMNetPnPEvent(NDIS_HANDLE MiniportAdapterHandle, PNET_PNP_EVENT_NOTIFICATION NetPnPEvent);
/* <= DISPATCH_LEVEL: after MiniportPause returned PENDING. */
VOID NdisMPauseComplete(NDIS_HANDLE MiniportAdapterHandle);
/* <= DISPATCH_LEVEL: after MiniportRestart returned PENDING. */
VOID NdisMRestartComplete(NDIS_HANDLE MiniportAdapterHandle, NDIS_STATUS Status);
/* <= DISPATCH_LEVEL: after MiniportResetEx returned PENDING. */
VOID NdisMResetComplete(NDIS_HANDLE MiniportAdapterHandle, NDIS_STATUS Status, BOOLEAN AddressingReset);
/* < DISPATCH_LEVEL: sleeps, microseconds. */
VOID NdisMSleep(ULONG MicrosecondsToSleep);
/* PASSIVE_LEVEL: any out pointer may be NULL. */
VOID NdisMGetDeviceProperty(NDIS_HANDLE MiniportAdapterHandle, PDEVICE_OBJECT *PhysicalDeviceObject,
                            PDEVICE_OBJECT *FunctionalDeviceObject, PDEVICE_OBJECT *NextDeviceObject,
                            PCM_RESOURCE_LIST *AllocatedResources, PCM_RESOURCE_LIST *AllocatedResourcesTranslated);
/* PASSIVE_LEVEL: string allocated by NDIS, freed with NdisFreeMemory(Buffer,0,0). */
NDIS_STATUS NdisMQueryAdapterInstanceName(PNDIS_STRING AdapterInstanceName, NDIS_HANDLE MiniportAdapterHandle);
/* <= DISPATCH_LEVEL: adapter failed, NDIS halts it. */
NDIS_STATUS NdisMRemoveMiniport(NDIS_HANDLE MiniportAdapterHandle);
/* <= DISPATCH_LEVEL: 6.20. */
VOID NdisMResetMiniport(NDIS_HANDLE MiniportAdapterHandle);
/* <= DISPATCH_LEVEL: variadic ULONG values. */
VOID NdisWriteErrorLogEntry(NDIS_HANDLE NdisAdapterHandle, NDIS_ERROR_CODE ErrorCode, ULONG NumberOfErrorValues,
                            ...);
/* <= DISPATCH_LEVEL. */
NDIS_STATUS NdisMAllocatePort(NDIS_HANDLE MiniportAdapterHandle, PNDIS_PORT_CHARACTERISTICS PortCharacteristics);
/* <= DISPATCH_LEVEL. */
NDIS_STATUS NdisMFreePort(NDIS_HANDLE MiniportAdapterHandle, NDIS_PORT_NUMBER PortNumber);

CHIMNEYLAB_DDI_END

#endif
