/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What NDIS does for a protocol edge. Each comment begins with the level the caller may run at.
 */
#ifndef CHIMNEYLAB_DDI_NDIS_PROTOCOL_FUNCTIONS_H
#define CHIMNEYLAB_DDI_NDIS_PROTOCOL_FUNCTIONS_H

#include "characteristics.h"
#include "service_object.h"
#include "synchronization.h"

CHIMNEYLAB_DDI_BEGIN

/* ---- Protocol services ---- */

/* PASSIVE_LEVEL: only inside ProtocolBindAdapterEx; SUCCESS, PENDING (ProtocolOpenAdapterCompleteEx follows),
   ADAPTER_NOT_FOUND, UNSUPPORTED_MEDIA, RESOURCES, FAILURE; *NdisBindingHandle and *SelectedMediumIndex valid only
   after completion. */
NDIS_STATUS NdisOpenAdapterEx(NDIS_HANDLE NdisProtocolHandle, NDIS_HANDLE ProtocolBindingContext,
                              PNDIS_OPEN_PARAMETERS OpenParameters, NDIS_HANDLE BindContext,
                              PNDIS_HANDLE NdisBindingHandle);
/* PASSIVE_LEVEL: SUCCESS or PENDING (ProtocolCloseAdapterCompleteEx follows); handle invalid from the call on;
   caller must have no own sends or OIDs outstanding. */
NDIS_STATUS NdisCloseAdapterEx(NDIS_HANDLE NdisBindingHandle);
/* <= DISPATCH_LEVEL: queues ProtocolUnbindAdapterEx from any context. */
NDIS_STATUS NdisUnbindAdapter(NDIS_HANDLE NdisBindingHandle);
/* <= DISPATCH_LEVEL: after ProtocolBindAdapterEx returned PENDING. */
VOID NdisCompleteBindAdapterEx(NDIS_HANDLE BindContext, NDIS_STATUS Status);
/* <= DISPATCH_LEVEL: after ProtocolUnbindAdapterEx returned PENDING. */
VOID NdisCompleteUnbindAdapterEx(NDIS_HANDLE UnbindContext);
/* PASSIVE_LEVEL: after ProtocolNetPnPEvent returned PENDING. */
VOID NdisCompleteNetPnPEvent(NDIS_HANDLE NdisBindingHandle, PNET_PNP_EVENT_NOTIFICATION NetPnPEvent,
                             NDIS_STATUS Status);
/* <= DISPATCH_LEVEL: NBL ownership moves down; each NBL.SourceHandle = binding handle. */
VOID NdisSendNetBufferLists(NDIS_HANDLE NdisBindingHandle, PNET_BUFFER_LIST NetBufferLists,
                            NDIS_PORT_NUMBER PortNumber, ULONG SendFlags);
/* <= DISPATCH_LEVEL: returns indicated NBLs; not for RESOURCES indications. */
VOID NdisReturnNetBufferLists(NDIS_HANDLE NdisBindingHandle, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags);
/* <= DISPATCH_LEVEL: matches NetBufferListCancelId; the NBLs still complete normally with SEND_ABORTED. */
VOID NdisCancelSendNetBufferLists(NDIS_HANDLE NdisBindingHandle, PVOID CancelId);
/* <= DISPATCH_LEVEL: SUCCESS/error synchronously or PENDING (ProtocolOidRequestComplete). */
NDIS_STATUS NdisOidRequest(NDIS_HANDLE NdisBindingHandle, PNDIS_OID_REQUEST OidRequest);
/* <= DISPATCH_LEVEL: matches OidRequest.RequestId. */
VOID NdisCancelOidRequest(NDIS_HANDLE NdisBindingHandle, PVOID RequestId);
/* <= DISPATCH_LEVEL: 6.1. */
NDIS_STATUS NdisDirectOidRequest(NDIS_HANDLE NdisBindingHandle, PNDIS_OID_REQUEST OidRequest);
/* <= DISPATCH_LEVEL: 6.1. */
VOID NdisCancelDirectOidRequest(NDIS_HANDLE NdisBindingHandle, PVOID RequestId);
/* <= DISPATCH_LEVEL. */
NDIS_STATUS NdisQueryAdapterInstanceName(PNDIS_STRING AdapterInstanceName, NDIS_HANDLE NdisBindingHandle);
/* <= DISPATCH_LEVEL. */
NDIS_STATUS NdisQueryBindInstanceName(PNDIS_STRING pAdapterInstanceName, NDIS_HANDLE BindingContext);
/* PASSIVE_LEVEL. */
NDIS_STATUS NdisEnumerateFilterModules(NDIS_HANDLE NdisHandle, PVOID InterfaceBuffer, ULONG InterfaceBufferLength,
                                       PULONG BytesNeeded, PULONG BytesWritten);
/* <= DISPATCH_LEVEL: high byte of cancel IDs; one per driver. */
UCHAR NdisGeneratePartialCancelId(VOID);
/* <= DISPATCH_LEVEL: copy of the request with own Ndis/Miniport/Source reserved areas; same information buffer
   pointer. */
NDIS_STATUS NdisAllocateCloneOidRequest(NDIS_HANDLE SourceHandle, PNDIS_OID_REQUEST Request, UINT PoolTag,
                                        PNDIS_OID_REQUEST *CloneRequest);
/* <= DISPATCH_LEVEL. */
VOID NdisFreeCloneOidRequest(NDIS_HANDLE SourceHandle, PNDIS_OID_REQUEST Request);
/* PASSIVE_LEVEL. */
NDIS_STATUS NdisIfQueryBindingIfIndex(NDIS_HANDLE NdisBindingHandle, PNET_IFINDEX pBoundIfIndex,
                                      PNET_LUID pBoundIfNetLuid, PNET_IFINDEX pLowestIfIndex,
                                      PNET_LUID pLowestIfNetLuid);
/* PASSIVE_LEVEL: adds a pair to the interface stack table. */
NDIS_STATUS NdisIfAddIfStackEntry(NET_IFINDEX HigherLayerIfIndex, NET_IFINDEX LowerLayerIfIndex);
/* PASSIVE_LEVEL. */
VOID NdisIfDeleteIfStackEntry(NET_IFINDEX HigherLayerIfIndex, NET_IFINDEX LowerLayerIfIndex);
/* PASSIVE_LEVEL. */
NDIS_STATUS NdisIfGetInterfaceIndexFromNetLuid(NET_LUID NetLuid, PNET_IFINDEX pIfIndex);
/* PASSIVE_LEVEL. */
NDIS_STATUS NdisIfGetNetLuidFromInterfaceIndex(NET_IFINDEX IfIndex, PNET_LUID pNetLuid);

CHIMNEYLAB_DDI_END

#endif
