/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The five state-manipulation operations.
 */
#include "engine/ndis/core/chimney_dispatch.h"

#include "engine/ndis/core/chimney_calls.h"
#include "engine/ndis/core/chimney_names.h"
#include "engine/ndis/core/chimney_walk.h"

typedef struct CONVERSION {
    const CHIMNEY_PLATFORM *Platform;
    const CHIMNEY_CALL *Call;
    NDIS_HANDLE Source;
} CONVERSION;

static W_INITIATE_OFFLOAD_HANDLER MiniportHandler(const CHIMNEY_BINDING *binding, CHIMNEY_OPERATION operation)
{
    const NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS *table = binding->ProviderGeneric;

    /* The five handler types are one function type under five names. */
    switch (operation) {
    case ChimneyInitiate: return table->InitiateOffloadHandler;
    case ChimneyQuery: return table->QueryOffloadHandler;
    case ChimneyUpdate: return table->UpdateOffloadHandler;
    case ChimneyInvalidate: return table->InvalidateOffloadHandler;
    case ChimneyTerminate: return table->TerminateOffloadHandler;
    default: return NULL;
    }
}

static INITIATE_OFFLOAD_COMPLETE_HANDLER ProtocolHandler(const CHIMNEY_BINDING *binding, CHIMNEY_OPERATION operation)
{
    const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS *table = binding->ClientGeneric;

    switch (operation) {
    case ChimneyInitiate: return table->InitiateOffloadCompleteHandler;
    case ChimneyQuery: return table->QueryOffloadCompleteHandler;
    case ChimneyUpdate: return table->UpdateOffloadCompleteHandler;
    case ChimneyInvalidate: return table->InvalidateOffloadCompleteHandler;
    case ChimneyTerminate: return table->TerminateOffloadCompleteHandler;
    default: return NULL;
    }
}

/* What the shipping NDIS does not look at. */
static void CheckBlockGoingDown(const CONVERSION *conversion, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block)
{
    const PNDIS_OFFLOAD_HANDLE handle = block->OffloadHandle;
    const CHIMNEY_PLATFORM *platform = conversion->Platform;

    if (block->Header.Size < sizeof(*block)) {
        ChimneyReport(platform, conversion->Call, ChimneyStrictFinding, block,
                      "Header.Size of a block list is smaller than the block list structure");
    }
    if (handle == NULL) {
        return;
    }
    if (handle->NdisReserved[0] != NULL && handle->NdisReserved[0] != conversion->Source) {
        ChimneyReport(platform, conversion->Call, ChimneyStrictFinding, handle,
                      "NdisReserved of an offload handle names another binding than the one the tree is passed down on");
    }
    if (conversion->Call->Operation != ChimneyInitiate && handle->MiniportOffloadContext == NULL) {
        ChimneyReport(platform, conversion->Call, ChimneyStrictFinding, handle,
                      "a block refers to an object that is not offloaded: MiniportOffloadContext of its handle is NULL");
    }
    if (conversion->Call->Operation != ChimneyInitiate && block->NetBufferListChain != NULL) {
        ChimneyReport(platform, conversion->Call, ChimneyStrictFinding, block,
                      "NetBufferListChain goes down with an operation other than initiate");
    }
}

/* Scratch and MiniportReserved belong to whoever holds the block. The shipping NDIS leaves them alone; a driver below may
   not, and a driver above that relies on them across the call is found out by these patterns. */
static void OverwriteLentMembers(PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block)
{
    NdisFillMemory(block->Scratch, sizeof(block->Scratch), CHIMNEY_SCRATCH_FILL);
    NdisFillMemory(block->MiniportReserved, sizeof(block->MiniportReserved), CHIMNEY_MINIPORT_RESERVED_FILL);
}

static BOOLEAN ConvertToMiniport(void *context, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block)
{
    const CONVERSION *conversion = (const CONVERSION *)context;
    const PNDIS_OFFLOAD_HANDLE handle = block->OffloadHandle;

    if (handle != NULL) {
        if (!ChimneyAccessible(conversion->Platform, handle, sizeof(*handle))) {
            ChimneyReport(conversion->Platform, conversion->Call, ChimneyBadAddress, handle,
                          "OffloadHandle of a block is not the address of an NDIS_OFFLOAD_HANDLE: there is no memory");
            return FALSE;
        }
        if (conversion->Platform->Strict) {
            CheckBlockGoingDown(conversion, block);
        }
        if (handle->NdisReserved[0] == NULL) {
            handle->NdisReserved[0] = conversion->Source; /* the first writer stays */
        }
        block->NdisReserved[2] = &handle->MiniportOffloadContext; /* slot A: MiniportOffloadContext of the other view */
    } else {
        if (conversion->Platform->Strict) {
            CheckBlockGoingDown(conversion, block);
        }
        block->NdisReserved[2] = NULL;
    }
    if (conversion->Platform->Strict) {
        OverwriteLentMembers(block);
    }
    return ChimneyStampChain(conversion->Platform, conversion->Call, block->NetBufferListChain, conversion->Source);
}

static BOOLEAN MarkNotSupported(void *context, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block)
{
    (void)context;
    block->Status = NDIS_STATUS_NOT_SUPPORTED;
    return TRUE;
}

/* No initiate handler below: the caller's own completion handler is called before NdisInitiateOffload returns. */
static void CompleteWithoutHandler(const CHIMNEY_PLATFORM *platform, const CHIMNEY_CALL *call, const CHIMNEY_BINDING *binding,
                                   PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root)
{
    const INITIATE_OFFLOAD_COMPLETE_HANDLER handler = ProtocolHandler(binding, ChimneyInitiate);
    CHIMNEY_CALL handlerCall = ChimneyHandlerCall(call, "ProtocolInitiateOffloadComplete", binding, binding->ProtocolBindingContext);

    root->SourceHandle = binding->Handle;
    if (!ChimneyWalk(platform, call, root, MarkNotSupported, NULL)) {
        return;
    }
    if (handler == NULL) {
        ChimneyReport(platform, call, ChimneyMissingHandler, root,
                      "the calling protocol driver registered no InitiateOffloadCompleteHandler; the shipping NDIS would call NULL");
        return;
    }
    handlerCall.Kind = ChimneyOperationUp;
    platform->HandlerBegins(platform->Self, &handlerCall);
    handler(binding->ProtocolBindingContext, root);
    platform->HandlerEnds(platform->Self, &handlerCall);
}

static void PassToMiniport(const CHIMNEY_PLATFORM *platform, CHIMNEY_CALL *call, const CHIMNEY_BINDING *binding,
                           PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root)
{
    const W_INITIATE_OFFLOAD_HANDLER handler = MiniportHandler(binding, call->Operation);
    CHIMNEY_CALL handlerCall;
    CONVERSION conversion;

    if (handler == NULL && call->Operation == ChimneyInitiate) {
        CompleteWithoutHandler(platform, call, binding, root);
        return;
    }
    root->SourceHandle = binding->Handle; /* of the root only */
    conversion.Platform = platform;
    conversion.Call = call;
    conversion.Source = binding->Handle;
    if (!ChimneyWalk(platform, call, root, ConvertToMiniport, &conversion)) {
        return;
    }
    platform->Converted(platform->Self, call);
    if (handler == NULL) {
        ChimneyReport(platform, call, ChimneyMissingHandler, root,
                      "the miniport driver below registered no handler for this operation; the shipping NDIS would call NULL");
        return;
    }
    handlerCall = ChimneyHandlerCall(call, ChimneyOperationNames(call->Operation)->MiniportHandler, binding,
                                     binding->MiniportAdapterContext);
    platform->HandlerBegins(platform->Self, &handlerCall);
    handler(binding->MiniportAdapterContext, (PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST)(void *)root);
    platform->HandlerEnds(platform->Self, &handlerCall);
}

void ChimneyOperationGoesDown(const CHIMNEY_PLATFORM *platform, CHIMNEY_OPERATION operation, NDIS_HANDLE bindingHandle,
                              PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root)
{
    CHIMNEY_CALL call = ChimneyCall(ChimneyOperationNames(operation)->NdisDown, ChimneyOperationDown, bindingHandle);

    call.Operation = operation;
    call.Block = root;
    platform->NdisCallBegins(platform->Self, &call);
    call.Binding = platform->ResolveBinding(platform->Self, &call, bindingHandle);
    if (call.Binding != NULL) {
        if (ChimneyAccessible(platform, root, sizeof(*root))) {
            PassToMiniport(platform, &call, call.Binding, root);
        } else {
            ChimneyReport(platform, &call, ChimneyBadAddress, root, "there is no block list at the address passed down");
        }
    }
    platform->NdisCallEnds(platform->Self, &call);
}

void ChimneyOperationCompletes(const CHIMNEY_PLATFORM *platform, CHIMNEY_OPERATION operation, NDIS_HANDLE miniportHandle,
                               PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root)
{
    CHIMNEY_CALL call = ChimneyCall(ChimneyOperationNames(operation)->NdisUp, ChimneyOperationUp, miniportHandle);
    INITIATE_OFFLOAD_COMPLETE_HANDLER handler;
    CHIMNEY_CALL handlerCall;

    call.Operation = operation;
    call.Block = root;
    platform->NdisCallBegins(platform->Self, &call);
    if (!ChimneyAccessible(platform, root, sizeof(*root))) {
        ChimneyReport(platform, &call, ChimneyBadAddress, root, "there is no block list at the address completed");
        platform->NdisCallEnds(platform->Self, &call);
        return;
    }
    /* The miniport handle has no part in the routing. */
    call.Binding = platform->ResolveBinding(platform->Self, &call, root->SourceHandle);
    if (call.Binding != NULL && platform->Admit(platform->Self, &call, call.Binding)) {
        platform->Converted(platform->Self, &call);
        handler = ProtocolHandler(call.Binding, operation);
        if (handler == NULL) {
            ChimneyReport(platform, &call, ChimneyMissingHandler, root,
                          "the protocol driver that SourceHandle names registered no such completion handler; the shipping "
                          "NDIS would call NULL");
        } else {
            handlerCall = ChimneyHandlerCall(&call, ChimneyOperationNames(operation)->ProtocolHandler, call.Binding,
                                             call.Binding->ProtocolBindingContext);
            platform->HandlerBegins(platform->Self, &handlerCall);
            handler(call.Binding->ProtocolBindingContext, (PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST)(void *)root);
            platform->HandlerEnds(platform->Self, &handlerCall);
        }
    }
    platform->NdisCallEnds(platform->Self, &call);
}
