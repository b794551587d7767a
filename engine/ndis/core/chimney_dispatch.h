/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The chimney part of NDIS 6.0: conversion and routing of block lists, of I/O operations and of indications, as
 * release x64 builds of ndis.sys were seen to do it. A block list is never copied: both types are views of one
 * memory image that differ in two slots, so a conversion rewrites slots in place.
 *
 *   down   root SourceHandle := calling binding; for every block slot A := address of the handle's
 *          MiniportOffloadContext (NULL for a placeholder), the handle's NdisReserved[0] := binding if it was NULL,
 *          every NET_BUFFER_LIST of the block SourceHandle := binding; then the miniport driver's handler
 *   up     the root's SourceHandle alone says who is called; nothing is written
 *
 * Strict mode additionally checks what the shipping NDIS takes on trust, reports it, and then goes on as before; and on
 * the way down it overwrites the members that a driver may not rely on across the call (Scratch, MiniportReserved).
 * No state is kept between calls; any thread, any IRQL up to DISPATCH_LEVEL.
 */
#ifndef CHIMNEYLAB_NDIS_CHIMNEY_DISPATCH_H
#define CHIMNEYLAB_NDIS_CHIMNEY_DISPATCH_H

#include "engine/ndis/core/chimney_platform.h"

/* Bytes with which strict mode overwrites, on the way down, what no driver may rely on across the call. */
#define CHIMNEY_SCRATCH_FILL 0x5C
#define CHIMNEY_MINIPORT_RESERVED_FILL 0x3D

#ifdef __cplusplus
extern "C" {
#endif

/* NdisInitiateOffload, NdisQueryOffloadState, NdisUpdateOffload, NdisInvalidateOffload, NdisTerminateOffload. */
void ChimneyOperationGoesDown(const CHIMNEY_PLATFORM *platform, CHIMNEY_OPERATION operation, NDIS_HANDLE bindingHandle,
                              PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root);

/* NdisMInitiateOffloadComplete, NdisMQueryOffloadStateComplete, … */
void ChimneyOperationCompletes(const CHIMNEY_PLATFORM *platform, CHIMNEY_OPERATION operation, NDIS_HANDLE miniportHandle,
                               PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root);

/* NdisOffloadTcpSend, …Receive, …Disconnect, …Forward. flags belong to disconnect. */
NDIS_STATUS ChimneyTransferGoesDown(const CHIMNEY_PLATFORM *platform, CHIMNEY_TRANSFER transfer, PNDIS_OFFLOAD_HANDLE handle,
                                    PNET_BUFFER_LIST chain, ULONG flags);

/* NdisOffloadTcpReceiveReturn: on a binding, not on an offload handle. */
void ChimneyReceiveReturns(const CHIMNEY_PLATFORM *platform, NDIS_HANDLE bindingHandle, PNET_BUFFER_LIST chain);

/* NdisTcpOffloadSendComplete, …ReceiveComplete, …DisconnectComplete, …ForwardComplete. */
void ChimneyTransferCompletes(const CHIMNEY_PLATFORM *platform, CHIMNEY_TRANSFER transfer, NDIS_HANDLE miniportHandle,
                              PNET_BUFFER_LIST chain);

/* NdisTcpOffloadEventHandler. */
void ChimneyEventGoesUp(const CHIMNEY_PLATFORM *platform, NDIS_HANDLE offloadHandle, ULONG eventType, ULONG eventInformation);

/* NdisTcpOffloadReceiveHandler. When it cannot be delivered the data is refused: *bytesConsumed 0. */
NDIS_STATUS ChimneyReceivedDataGoesUp(const CHIMNEY_PLATFORM *platform, NDIS_HANDLE offloadHandle, PNET_BUFFER_LIST netBufferList,
                                      NDIS_STATUS status, PULONG bytesConsumed);

/* NdisMOffloadEventIndicate: to every binding on the miniport whose protocol driver takes such indications. */
void ChimneyOffloadEventGoesUp(const CHIMNEY_PLATFORM *platform, NDIS_HANDLE miniportHandle,
                               PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST block, ULONG indicationCode);

/* NdisMGetOffloadHandlers. */
NDIS_STATUS ChimneyGetOffloadHandlers(const CHIMNEY_PLATFORM *platform, NDIS_HANDLE miniportHandle, NDIS_CHIMNEY_OFFLOAD_TYPE type,
                                      PNDIS_OFFLOAD_EVENT_HANDLERS *handlers);

#ifdef __cplusplus
}
#endif

#endif
