/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The chimney functions that drivers call, and the one table of those that are reached through
 * NdisMGetOffloadHandlers only. A call from outside any machine has nowhere to go and does nothing.
 */
#include "engine/ndis/core/chimney_calls.h"
#include "engine/ndis/core/chimney_dispatch.h"

static VOID GoDown(CHIMNEY_OPERATION operation, NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root)
{
    const CHIMNEY_PLATFORM *platform = ChimneyCurrentPlatform();

    if (platform != NULL) {
        ChimneyOperationGoesDown(platform, operation, binding, root);
    }
}

static VOID Complete(CHIMNEY_OPERATION operation, NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root)
{
    const CHIMNEY_PLATFORM *platform = ChimneyCurrentPlatform();

    if (platform != NULL) {
        ChimneyOperationCompletes(platform, operation, miniport, root);
    }
}

static NDIS_STATUS Transfer(CHIMNEY_TRANSFER transfer, PNDIS_OFFLOAD_HANDLE handle, PNET_BUFFER_LIST chain, ULONG flags)
{
    const CHIMNEY_PLATFORM *platform = ChimneyCurrentPlatform();

    return platform != NULL ? ChimneyTransferGoesDown(platform, transfer, handle, chain, flags) : NDIS_STATUS_FAILURE;
}

static VOID TransferComplete(CHIMNEY_TRANSFER transfer, NDIS_HANDLE miniport, PNET_BUFFER_LIST chain)
{
    const CHIMNEY_PLATFORM *platform = ChimneyCurrentPlatform();

    if (platform != NULL) {
        ChimneyTransferCompletes(platform, transfer, miniport, chain);
    }
}

VOID NdisInitiateOffload(NDIS_HANDLE NdisBindingHandle, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    GoDown(ChimneyInitiate, NdisBindingHandle, OffloadBlockList);
}

VOID NdisTerminateOffload(NDIS_HANDLE NdisBindingHandle, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    GoDown(ChimneyTerminate, NdisBindingHandle, OffloadBlockList);
}

VOID NdisUpdateOffload(NDIS_HANDLE NdisBindingHandle, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    GoDown(ChimneyUpdate, NdisBindingHandle, OffloadBlockList);
}

VOID NdisInvalidateOffload(NDIS_HANDLE NdisBindingHandle, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    GoDown(ChimneyInvalidate, NdisBindingHandle, OffloadBlockList);
}

VOID NdisQueryOffloadState(NDIS_HANDLE NdisBindingHandle, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    GoDown(ChimneyQuery, NdisBindingHandle, OffloadBlockList);
}

VOID NdisMInitiateOffloadComplete(NDIS_HANDLE NdisMiniportHandle, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    Complete(ChimneyInitiate, NdisMiniportHandle, OffloadBlockList);
}

VOID NdisMTerminateOffloadComplete(NDIS_HANDLE NdisMiniportHandle, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    Complete(ChimneyTerminate, NdisMiniportHandle, OffloadBlockList);
}

VOID NdisMUpdateOffloadComplete(NDIS_HANDLE NdisMiniportHandle, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    Complete(ChimneyUpdate, NdisMiniportHandle, OffloadBlockList);
}

VOID NdisMInvalidateOffloadComplete(NDIS_HANDLE NdisMiniportHandle, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    Complete(ChimneyInvalidate, NdisMiniportHandle, OffloadBlockList);
}

VOID NdisMQueryOffloadStateComplete(NDIS_HANDLE NdisMiniportHandle, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    Complete(ChimneyQuery, NdisMiniportHandle, OffloadBlockList);
}

NDIS_STATUS NdisOffloadTcpSend(PNDIS_OFFLOAD_HANDLE NdisOffloadHandle, PNET_BUFFER_LIST NetBufferList)
{
    return Transfer(ChimneySend, NdisOffloadHandle, NetBufferList, 0);
}

NDIS_STATUS NdisOffloadTcpReceive(PNDIS_OFFLOAD_HANDLE NdisOffloadHandle, PNET_BUFFER_LIST NetBufferList)
{
    return Transfer(ChimneyReceive, NdisOffloadHandle, NetBufferList, 0);
}

NDIS_STATUS NdisOffloadTcpDisconnect(PNDIS_OFFLOAD_HANDLE NdisOffloadHandle, PNET_BUFFER_LIST NetBufferList, ULONG Flags)
{
    return Transfer(ChimneyDisconnect, NdisOffloadHandle, NetBufferList, Flags);
}

NDIS_STATUS NdisOffloadTcpForward(PNDIS_OFFLOAD_HANDLE NdisOffloadHandle, PNET_BUFFER_LIST NetBufferList)
{
    return Transfer(ChimneyForward, NdisOffloadHandle, NetBufferList, 0);
}

VOID NdisOffloadTcpReceiveReturn(NDIS_HANDLE NdisBindingHandle, PNET_BUFFER_LIST NetBufferList)
{
    const CHIMNEY_PLATFORM *platform = ChimneyCurrentPlatform();

    if (platform != NULL) {
        ChimneyReceiveReturns(platform, NdisBindingHandle, NetBufferList);
    }
}

VOID NdisMOffloadEventIndicate(NDIS_HANDLE NdisMiniportHandle, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList, ULONG IndicationCode)
{
    const CHIMNEY_PLATFORM *platform = ChimneyCurrentPlatform();

    if (platform != NULL) {
        ChimneyOffloadEventGoesUp(platform, NdisMiniportHandle, OffloadBlockList, IndicationCode);
    }
}

static VOID TableEvent(NDIS_HANDLE NdisOffloadHandle, ULONG EventType, ULONG EventSpecificInformation)
{
    const CHIMNEY_PLATFORM *platform = ChimneyCurrentPlatform();

    if (platform != NULL) {
        ChimneyEventGoesUp(platform, NdisOffloadHandle, EventType, EventSpecificInformation);
    }
}

static NDIS_STATUS TableReceive(NDIS_HANDLE NdisOffloadHandle, PNET_BUFFER_LIST NetBufferList, NDIS_STATUS Status, PULONG BytesConsumed)
{
    const CHIMNEY_PLATFORM *platform = ChimneyCurrentPlatform();

    return platform != NULL ? ChimneyReceivedDataGoesUp(platform, NdisOffloadHandle, NetBufferList, Status, BytesConsumed)
                            : NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED;
}

static VOID TableSendComplete(NDIS_HANDLE NdisMiniportHandle, PNET_BUFFER_LIST NetBufferList)
{
    TransferComplete(ChimneySend, NdisMiniportHandle, NetBufferList);
}

static VOID TableReceiveComplete(NDIS_HANDLE NdisMiniportHandle, PNET_BUFFER_LIST NetBufferList)
{
    TransferComplete(ChimneyReceive, NdisMiniportHandle, NetBufferList);
}

static VOID TableDisconnectComplete(NDIS_HANDLE NdisMiniportHandle, PNET_BUFFER_LIST NetBufferList)
{
    TransferComplete(ChimneyDisconnect, NdisMiniportHandle, NetBufferList);
}

static VOID TableForwardComplete(NDIS_HANDLE NdisMiniportHandle, PNET_BUFFER_LIST NetBufferList)
{
    TransferComplete(ChimneyForward, NdisMiniportHandle, NetBufferList);
}

/* One table for every caller; the type in its header is the chimney type that was asked for. */
static const NDIS_TCP_OFFLOAD_EVENT_HANDLERS TcpOffloadEventHandlers = {
    {NdisTcpChimneyOffload, NDIS_OBJECT_TCP_OFFLOAD_REVISION_1, sizeof(NDIS_TCP_OFFLOAD_EVENT_HANDLERS)},
    TableEvent,
    TableReceive,
    TableSendComplete,
    TableReceiveComplete,
    TableDisconnectComplete,
    TableForwardComplete,
};

NDIS_STATUS ChimneyGetOffloadHandlers(const CHIMNEY_PLATFORM *platform, NDIS_HANDLE miniportHandle, NDIS_CHIMNEY_OFFLOAD_TYPE type,
                                      PNDIS_OFFLOAD_EVENT_HANDLERS *handlers)
{
    CHIMNEY_CALL call = ChimneyCall("NdisMGetOffloadHandlers", ChimneyServiceCall, miniportHandle);

    call.ReturnsStatus = TRUE;
    platform->NdisCallBegins(platform->Self, &call);
    if (type != NdisTcpChimneyOffload || handlers == NULL) {
        call.Status = NDIS_STATUS_NOT_SUPPORTED; /* *handlers stays as it is */
    } else {
        *handlers = (PNDIS_OFFLOAD_EVENT_HANDLERS)(ULONG_PTR)&TcpOffloadEventHandlers;
        call.Status = NDIS_STATUS_SUCCESS;
    }
    platform->NdisCallEnds(platform->Self, &call);
    return call.Status;
}

NDIS_STATUS NdisMGetOffloadHandlers(NDIS_HANDLE NdisMiniportHandle, NDIS_CHIMNEY_OFFLOAD_TYPE ChimneyType,
                                    PNDIS_OFFLOAD_EVENT_HANDLERS *OffloadHandlers)
{
    const CHIMNEY_PLATFORM *platform = ChimneyCurrentPlatform();

    return platform != NULL ? ChimneyGetOffloadHandlers(platform, NdisMiniportHandle, ChimneyType, OffloadHandlers)
                            : NDIS_STATUS_NOT_SUPPORTED;
}
