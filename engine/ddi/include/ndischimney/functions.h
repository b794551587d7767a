/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The services of NDIS for chimney offload.
 *
 * Ownership: a block list tree belongs to the driver that calls NdisXxxOffload; it is lent to the driver below
 * until the operation completes, and comes back as the very same memory.
 */
#ifndef CHIMNEYLAB_DDI_NDISCHIMNEY_FUNCTIONS_H
#define CHIMNEYLAB_DDI_NDISCHIMNEY_FUNCTIONS_H

#include "handlers.h"

CHIMNEYLAB_DDI_BEGIN

/* ---- Down: a protocol, or the protocol edge of an intermediate driver ---- */

VOID NdisInitiateOffload(NDIS_HANDLE NdisBindingHandle, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST OffloadBlockList);
VOID NdisTerminateOffload(NDIS_HANDLE NdisBindingHandle, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST OffloadBlockList);
VOID NdisUpdateOffload(NDIS_HANDLE NdisBindingHandle, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST OffloadBlockList);
VOID NdisInvalidateOffload(NDIS_HANDLE NdisBindingHandle, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST OffloadBlockList);
VOID NdisQueryOffloadState(NDIS_HANDLE NdisBindingHandle, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST OffloadBlockList);

/* NDIS_STATUS_PENDING, and a completion for each NET_BUFFER_LIST. */
NDIS_STATUS NdisOffloadTcpSend(PNDIS_OFFLOAD_HANDLE OffloadHandle, PNET_BUFFER_LIST NetBufferList);
NDIS_STATUS NdisOffloadTcpReceive(PNDIS_OFFLOAD_HANDLE OffloadHandle, PNET_BUFFER_LIST NetBufferList);
NDIS_STATUS NdisOffloadTcpForward(PNDIS_OFFLOAD_HANDLE OffloadHandle, PNET_BUFFER_LIST NetBufferList);
NDIS_STATUS NdisOffloadTcpDisconnect(PNDIS_OFFLOAD_HANDLE OffloadHandle, PNET_BUFFER_LIST NetBufferList,
                                     ULONG Flags);
/* Named by its binding, not by an offload handle: the connection may be gone. */
VOID NdisOffloadTcpReceiveReturn(NDIS_HANDLE NdisBindingHandle, PNET_BUFFER_LIST NetBufferList);

/* ---- Up: a miniport, or the miniport edge of an intermediate driver; any level ---- */

VOID NdisMInitiateOffloadComplete(NDIS_HANDLE NdisMiniportHandle,
                                  PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList);
VOID NdisMTerminateOffloadComplete(NDIS_HANDLE NdisMiniportHandle,
                                   PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList);
VOID NdisMUpdateOffloadComplete(NDIS_HANDLE NdisMiniportHandle, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList);
VOID NdisMInvalidateOffloadComplete(NDIS_HANDLE NdisMiniportHandle,
                                    PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList);
VOID NdisMQueryOffloadStateComplete(NDIS_HANDLE NdisMiniportHandle,
                                    PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList);

/* DISPATCH_LEVEL. IndicateEvent is an INDICATE_OFFLOAD_EVENT; the block is NULL unless the event has one. */
VOID NdisMOffloadEventIndicate(NDIS_HANDLE NdisMiniportHandle, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList,
                               ULONG IndicateEvent);

/* PASSIVE_LEVEL, in MiniportInitializeEx. NDIS_STATUS_NOT_SUPPORTED for other chimney types than TCP. The
   completions and indications of TCP I/O are made through the entry points of the returned table. */
NDIS_STATUS NdisMGetOffloadHandlers(NDIS_HANDLE NdisMiniportHandle, NDIS_CHIMNEY_OFFLOAD_TYPE ChimneyType,
                                    PNDIS_OFFLOAD_EVENT_HANDLERS *OffloadHandlers);

CHIMNEYLAB_DDI_END

#endif
