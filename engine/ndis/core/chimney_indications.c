/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Indications. The two of a connection are routed by NdisReserved[0] of the offload handle, and the handle itself is
 * the OffloadContext of the recipient. The event handler's routing is inferred from the receive handler's, which
 * was observed. A neighbor indication names no binding, so every binding on the miniport gets it (inference).
 */
#include "engine/ndis/core/chimney_dispatch.h"

#include "engine/ndis/core/chimney_calls.h"
#include "engine/ndis/core/chimney_walk.h"

static const CHIMNEY_BINDING *Recipient(const CHIMNEY_PLATFORM *platform, CHIMNEY_CALL *call, NDIS_HANDLE offloadHandle)
{
    const NDIS_OFFLOAD_HANDLE *handle = (const NDIS_OFFLOAD_HANDLE *)offloadHandle;

    if (!ChimneyAccessible(platform, handle, sizeof(*handle))) {
        ChimneyReport(platform, call, ChimneyBadAddress, handle, "the indication names no NDIS_OFFLOAD_HANDLE: there is no memory");
        return NULL;
    }
    call->Binding = platform->ResolveBinding(platform->Self, call, handle->NdisReserved[0]);
    if (call->Binding == NULL || !platform->Admit(platform->Self, call, call->Binding)) {
        return NULL;
    }
    return call->Binding;
}

void ChimneyEventGoesUp(const CHIMNEY_PLATFORM *platform, NDIS_HANDLE offloadHandle, ULONG eventType, ULONG eventInformation)
{
    CHIMNEY_CALL call = ChimneyCall("NdisTcpOffloadEventHandler", ChimneyIndicationUp, offloadHandle);
    const CHIMNEY_BINDING *binding;

    call.EventType = eventType;
    call.Argument = eventInformation;
    platform->NdisCallBegins(platform->Self, &call);
    binding = Recipient(platform, &call, offloadHandle);
    if (binding != NULL) {
        if (binding->ClientTcp->TcpOffloadEventHandler == NULL) {
            ChimneyReport(platform, &call, ChimneyMissingHandler, offloadHandle,
                          "the binding the object was offloaded on has no TcpOffloadEventHandler; the shipping NDIS would call NULL");
        } else {
            CHIMNEY_CALL handlerCall = ChimneyHandlerCall(&call, "ProtocolTcpOffloadEvent", binding, offloadHandle);
            platform->HandlerBegins(platform->Self, &handlerCall);
            binding->ClientTcp->TcpOffloadEventHandler(offloadHandle, eventType, eventInformation);
            platform->HandlerEnds(platform->Self, &handlerCall);
        }
    }
    platform->NdisCallEnds(platform->Self, &call);
}

/* How many bytes the drivers above say they took, where there is a place for it. */
static ULONG Consumed(const CHIMNEY_PLATFORM *platform, const ULONG *bytesConsumed)
{
    BOOLEAN aligned = ((ULONG_PTR)bytesConsumed & (sizeof(*bytesConsumed) - 1)) == 0;

    return bytesConsumed != NULL && aligned && platform->Accessible(platform->Self, bytesConsumed, sizeof(*bytesConsumed))
               ? *bytesConsumed
               : 0;
}

NDIS_STATUS ChimneyReceivedDataGoesUp(const CHIMNEY_PLATFORM *platform, NDIS_HANDLE offloadHandle, PNET_BUFFER_LIST netBufferList,
                                      NDIS_STATUS status, PULONG bytesConsumed)
{
    CHIMNEY_CALL call = ChimneyCall("NdisTcpOffloadReceiveHandler", ChimneyIndicationUp, offloadHandle);
    const CHIMNEY_BINDING *binding;
    BOOLEAN delivered = FALSE;

    call.NetBufferLists = netBufferList;
    call.Argument = (ULONG)status;
    call.ReturnsStatus = TRUE;
    call.Status = NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED;
    platform->NdisCallBegins(platform->Self, &call);
    binding = Recipient(platform, &call, offloadHandle);
    if (binding != NULL) {
        if (binding->ClientTcp->TcpOffloadReceiveIndicateHandler == NULL) {
            ChimneyReport(platform, &call, ChimneyMissingHandler, offloadHandle,
                          "the binding the object was offloaded on has no TcpOffloadReceiveIndicateHandler; the shipping NDIS would "
                          "call NULL");
        } else {
            CHIMNEY_CALL handlerCall = ChimneyHandlerCall(&call, "ProtocolTcpOffloadReceiveIndicate", binding, offloadHandle);
            platform->HandlerBegins(platform->Self, &handlerCall);
            handlerCall.Status = binding->ClientTcp->TcpOffloadReceiveIndicateHandler(offloadHandle, netBufferList, status, bytesConsumed);
            handlerCall.Argument = Consumed(platform, bytesConsumed);
            platform->HandlerEnds(platform->Self, &handlerCall);
            call.Status = handlerCall.Status;
            delivered = TRUE;
        }
    }
    if (!delivered && bytesConsumed != NULL) {
        *bytesConsumed = 0;
    }
    call.Argument = Consumed(platform, bytesConsumed);
    platform->NdisCallEnds(platform->Self, &call);
    return call.Status;
}

void ChimneyOffloadEventGoesUp(const CHIMNEY_PLATFORM *platform, NDIS_HANDLE miniportHandle,
                               PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST block, ULONG indicationCode)
{
    CHIMNEY_CALL call = ChimneyCall("NdisMOffloadEventIndicate", ChimneyIndicationUp, miniportHandle);
    const CHIMNEY_BINDING *binding;
    ULONG index;

    call.Block = block;
    call.Argument = indicationCode;
    platform->NdisCallBegins(platform->Self, &call);
    for (index = 0; (binding = platform->BindingOnMiniport(platform->Self, &call, miniportHandle, index)) != NULL; ++index) {
        if (binding->ClientGeneric->IndicateOffloadEventHandler != NULL && platform->Admit(platform->Self, &call, binding)) {
            CHIMNEY_CALL handlerCall =
                ChimneyHandlerCall(&call, "ProtocolIndicateOffloadEvent", binding, binding->ProtocolBindingContext);
            platform->HandlerBegins(platform->Self, &handlerCall);
            binding->ClientGeneric->IndicateOffloadEventHandler(binding->ProtocolBindingContext,
                                                                (PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST)(void *)block, indicationCode);
            platform->HandlerEnds(platform->Self, &handlerCall);
        }
    }
    platform->NdisCallEnds(platform->Self, &call);
}
