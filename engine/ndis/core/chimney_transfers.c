/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * I/O operations: send, receive, disconnect, forward, receive return, and the completions of the first four.
 */
#include "engine/ndis/core/chimney_dispatch.h"

#include "engine/ndis/core/chimney_calls.h"
#include "engine/ndis/core/chimney_names.h"
#include "engine/ndis/core/chimney_walk.h"

static NDIS_STATUS CallMiniport(const CHIMNEY_BINDING *binding, CHIMNEY_TRANSFER transfer, PVOID offloadContext,
                                PNET_BUFFER_LIST chain, ULONG flags)
{
    const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *table = binding->ProviderTcp;

    switch (transfer) {
    case ChimneySend: return table->TcpOffloadSendHandler(binding->MiniportAdapterContext, offloadContext, chain);
    case ChimneyReceive: return table->TcpOffloadReceiveHandler(binding->MiniportAdapterContext, offloadContext, chain);
    case ChimneyDisconnect: return table->TcpOffloadDisconnectHandler(binding->MiniportAdapterContext, offloadContext, chain, flags);
    case ChimneyForward: return table->TcpOffloadForwardHandler(binding->MiniportAdapterContext, offloadContext, chain);
    default: return table->TcpOffloadReceiveReturnHandler(binding->MiniportAdapterContext, chain);
    }
}

static BOOLEAN MiniportTakes(const CHIMNEY_BINDING *binding, CHIMNEY_TRANSFER transfer)
{
    const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *table = binding->ProviderTcp;

    switch (transfer) {
    case ChimneySend: return table->TcpOffloadSendHandler != NULL;
    case ChimneyReceive: return table->TcpOffloadReceiveHandler != NULL;
    case ChimneyDisconnect: return table->TcpOffloadDisconnectHandler != NULL;
    case ChimneyForward: return table->TcpOffloadForwardHandler != NULL;
    default: return table->TcpOffloadReceiveReturnHandler != NULL;
    }
}

static TCP_OFFLOAD_SEND_COMPLETE_HANDLER ProtocolHandler(const CHIMNEY_BINDING *binding, CHIMNEY_TRANSFER transfer)
{
    const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *table = binding->ClientTcp;

    /* The four handler types are one function type under four names. */
    switch (transfer) {
    case ChimneySend: return table->TcpOffloadSendCompleteHandler;
    case ChimneyReceive: return table->TcpOffloadReceiveCompleteHandler;
    case ChimneyDisconnect: return table->TcpOffloadDisconnectCompleteHandler;
    case ChimneyForward: return table->TcpOffloadForwardCompleteHandler;
    default: return NULL;
    }
}

static void PassToMiniport(const CHIMNEY_PLATFORM *platform, CHIMNEY_CALL *call, PVOID offloadContext, ULONG flags)
{
    CHIMNEY_CALL handlerCall = ChimneyHandlerCall(call, ChimneyTransferNames(call->Transfer)->MiniportHandler, call->Binding,
                                                  call->Binding->MiniportAdapterContext);

    if (!MiniportTakes(call->Binding, call->Transfer)) {
        ChimneyReport(platform, call, ChimneyMissingHandler, call->NetBufferLists,
                      "the miniport driver below registered no such TCP handler; the shipping NDIS would call NULL");
        return;
    }
    if (call->Transfer != ChimneyReceiveReturn) {
        handlerCall.Handle = offloadContext; /* what the handler knows the connection by */
    }
    handlerCall.ReturnsStatus = TRUE;
    platform->HandlerBegins(platform->Self, &handlerCall);
    handlerCall.Status = CallMiniport(call->Binding, call->Transfer, offloadContext, call->NetBufferLists, flags);
    platform->HandlerEnds(platform->Self, &handlerCall);
    call->Status = handlerCall.Status;
}

NDIS_STATUS ChimneyTransferGoesDown(const CHIMNEY_PLATFORM *platform, CHIMNEY_TRANSFER transfer, PNDIS_OFFLOAD_HANDLE handle,
                                    PNET_BUFFER_LIST chain, ULONG flags)
{
    CHIMNEY_CALL call = ChimneyCall(ChimneyTransferNames(transfer)->NdisDown, ChimneyTransferDown, handle);

    call.Transfer = transfer;
    call.NetBufferLists = chain;
    call.Argument = flags;
    call.ReturnsStatus = TRUE;
    call.Status = NDIS_STATUS_FAILURE;
    platform->NdisCallBegins(platform->Self, &call);
    if (!ChimneyAccessible(platform, handle, sizeof(*handle))) {
        ChimneyReport(platform, &call, ChimneyBadAddress, handle, "there is no NDIS_OFFLOAD_HANDLE at the address given");
    } else {
        if (platform->Strict && handle->MiniportOffloadContext == NULL) {
            ChimneyReport(platform, &call, ChimneyStrictFinding, handle,
                          "I/O on a connection that is not offloaded: MiniportOffloadContext of its handle is NULL");
        }
        call.Binding = platform->ResolveBinding(platform->Self, &call, handle->NdisReserved[0]);
        if (call.Binding != NULL && ChimneyStampChain(platform, &call, chain, call.Binding->Handle)) {
            PassToMiniport(platform, &call, handle->MiniportOffloadContext, flags); /* the value, not its address */
        }
    }
    platform->NdisCallEnds(platform->Self, &call);
    return call.Status;
}

void ChimneyReceiveReturns(const CHIMNEY_PLATFORM *platform, NDIS_HANDLE bindingHandle, PNET_BUFFER_LIST chain)
{
    CHIMNEY_CALL call = ChimneyCall("NdisOffloadTcpReceiveReturn", ChimneyTransferDown, bindingHandle);

    call.Transfer = ChimneyReceiveReturn;
    call.NetBufferLists = chain;
    platform->NdisCallBegins(platform->Self, &call);
    call.Binding = platform->ResolveBinding(platform->Self, &call, bindingHandle);
    if (call.Binding != NULL) {
        PassToMiniport(platform, &call, NULL, 0);
        if (platform->Strict && call.Status != NDIS_STATUS_SUCCESS) {
            ChimneyReport(platform, &call, ChimneyStrictFinding, chain, "a receive return did not return NDIS_STATUS_SUCCESS");
        }
    }
    platform->NdisCallEnds(platform->Self, &call);
}

/* Cuts the run at the head of a chain: NULL SourceHandles in front, then all equal ones. Returns the rest. FALSE
   in *sound after a report; then nothing was cut. */
static PNET_BUFFER_LIST CutRun(const CHIMNEY_PLATFORM *platform, const CHIMNEY_CALL *call, PNET_BUFFER_LIST head, NDIS_HANDLE *source,
                               BOOLEAN *sound)
{
    PNET_BUFFER_LIST last = NULL;
    PNET_BUFFER_LIST next = head;
    ULONG visited = 0;

    *source = NULL;
    *sound = FALSE;
    while (next != NULL) {
        if (!ChimneyAccessible(platform, next, sizeof(*next))) {
            ChimneyReport(platform, call, ChimneyBadAddress, next,
                          "the completed chain leads to a NET_BUFFER_LIST at an address where there is no memory");
            return NULL;
        }
        if (++visited > CHIMNEY_WALK_LIMIT) {
            ChimneyReport(platform, call, ChimneyEndlessWalk, next, "the completed chain of NET_BUFFER_LISTs does not end");
            return NULL;
        }
        if (*source == NULL) {
            *source = next->SourceHandle;
        } else if (next->SourceHandle != *source) {
            break;
        }
        if (platform->Strict && next->SourceHandle == NULL) {
            ChimneyReport(platform, call, ChimneyStrictFinding, next, "a NET_BUFFER_LIST is completed with a NULL SourceHandle");
        }
        last = next;
        next = next->Next;
    }
    if (last != NULL) {
        last->Next = NULL;
    }
    *sound = TRUE;
    return next;
}

static void DeliverRun(const CHIMNEY_PLATFORM *platform, const CHIMNEY_CALL *call, const CHIMNEY_BINDING *binding, PNET_BUFFER_LIST run)
{
    const TCP_OFFLOAD_SEND_COMPLETE_HANDLER handler = ProtocolHandler(binding, call->Transfer);
    CHIMNEY_CALL runCall = *call;
    CHIMNEY_CALL handlerCall;

    runCall.Binding = binding;
    runCall.NetBufferLists = run;
    if (!platform->Admit(platform->Self, &runCall, binding)) {
        return;
    }
    if (handler == NULL) {
        ChimneyReport(platform, &runCall, ChimneyMissingHandler, run,
                      "the binding that SourceHandle names has no such TCP completion handler; the shipping NDIS would call NULL");
        return;
    }
    handlerCall = ChimneyHandlerCall(&runCall, ChimneyTransferNames(call->Transfer)->ProtocolHandler, binding,
                                     binding->ProtocolBindingContext);
    platform->HandlerBegins(platform->Self, &handlerCall);
    handler(binding->ProtocolBindingContext, run);
    platform->HandlerEnds(platform->Self, &handlerCall);
}

void ChimneyTransferCompletes(const CHIMNEY_PLATFORM *platform, CHIMNEY_TRANSFER transfer, NDIS_HANDLE miniportHandle,
                              PNET_BUFFER_LIST chain)
{
    CHIMNEY_CALL call = ChimneyCall(ChimneyTransferNames(transfer)->NdisUp, ChimneyTransferUp, miniportHandle);
    PNET_BUFFER_LIST rest = chain;

    call.Transfer = transfer;
    call.NetBufferLists = chain;
    platform->NdisCallBegins(platform->Self, &call);
    while (rest != NULL) {
        const PNET_BUFFER_LIST run = rest;
        const CHIMNEY_BINDING *binding;
        NDIS_HANDLE source;
        BOOLEAN sound;

        rest = CutRun(platform, &call, run, &source, &sound);
        if (!sound) {
            break;
        }
        binding = platform->ResolveBinding(platform->Self, &call, source);
        if (binding != NULL) {
            DeliverRun(platform, &call, binding, run);
        }
    }
    platform->NdisCallEnds(platform->Self, &call);
}
