/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Data on offloaded connections: send, receive, disconnect, forward. Every list given away comes back exactly once, by a
 * completion or in the NetBufferListChain of a terminate (HS-056); the transfer keeps the account.
 */
#include "host_stack.h"

PHS_TRANSFER HsAllocateTransfer(PHS_DRIVER Driver, PHS_OBJECT Object, ULONG Kind, ULONG Count, ULONG Bytes)
{
    PHS_TRANSFER transfer = HsAllocate(Driver, sizeof(*transfer), HS_TAG_TRANSFER);

    if (transfer != NULL) {
        transfer->Kind = Kind;
        transfer->Object = Object;
        transfer->Count = Count;
        transfer->Bytes = Bytes;
        transfer->Position = HsStreamPosition(Object);
        Object->TransfersOutstanding += Count;
        NdisAcquireSpinLock(&Driver->Lock);
        transfer->Number = ++Driver->LastTransfer;
        InsertTailList(&Driver->Transfers, &transfer->Link);
        NdisReleaseSpinLock(&Driver->Lock);
    }
    return transfer;
}

VOID HsFreeTransfer(PHS_DRIVER Driver, PHS_TRANSFER Transfer)
{
    NdisAcquireSpinLock(&Driver->Lock);
    RemoveEntryList(&Transfer->Link);
    NdisReleaseSpinLock(&Driver->Lock);
    NdisFreeMemory(Transfer, 0, 0);
}

static ULONG CheckTransfer(PHS_OBJECT Object, const struct chimney_host_stack_transfer *Command)
{
    if (Object->Kind != CHIMNEY_OBJECT_CONNECTION) {
        return CHIMNEY_HOST_STACK_WRONG_OBJECT_KIND;
    }
    if (Command->kind < CHIMNEY_TRANSFER_SEND || Command->kind > CHIMNEY_TRANSFER_FORWARD || Command->count == 0 ||
        Command->count > CHIMNEY_HOST_STACK_MAXIMUM_SEND_DATA || Command->bytes > 0x10000) {
        return CHIMNEY_HOST_STACK_BAD_VALUE;
    }
    if (Object->State == CHIMNEY_OBJECT_OFFLOADING || Object->State == CHIMNEY_OBJECT_UPLOADING ||
        Object->State == CHIMNEY_OBJECT_TERMINATE_FAILED) {
        return CHIMNEY_HOST_STACK_BUSY; /* HS-033, HS-052, HS-053 */
    }
    if (Object->State == CHIMNEY_OBJECT_IN_HOST &&
        (Object->Tcp == NULL ||
         (Command->kind != CHIMNEY_TRANSFER_SEND && Command->kind != CHIMNEY_TRANSFER_DISCONNECT))) {
        return CHIMNEY_HOST_STACK_NOT_OFFLOADED; /* in the host only its own TCP sends */
    }
    switch (Command->kind) {
    case CHIMNEY_TRANSFER_SEND:
        if (Command->bytes == 0) {
            return CHIMNEY_HOST_STACK_BAD_VALUE;
        }
        return Object->SendHalfClosed ? CHIMNEY_HOST_STACK_SEND_HALF_CLOSED : CHIMNEY_HOST_STACK_DONE;
    case CHIMNEY_TRANSFER_DISCONNECT:
        if (Command->count != 1 || /* HS-062, HS-063 */
            (Command->flags != TCP_DISCONNECT_GRACEFUL_CLOSE && Command->flags != TCP_DISCONNECT_ABORTIVE_CLOSE) ||
            (Command->flags == TCP_DISCONNECT_ABORTIVE_CLOSE && Command->bytes != 0)) {
            return CHIMNEY_HOST_STACK_BAD_VALUE;
        }
        return Object->Reset || (Object->SendHalfClosed && Command->flags == TCP_DISCONNECT_GRACEFUL_CLOSE) /* HS-070 */
                   ? CHIMNEY_HOST_STACK_SEND_HALF_CLOSED
                   : CHIMNEY_HOST_STACK_DONE;
    case CHIMNEY_TRANSFER_FORWARD:
        return Command->bytes >= 20 ? CHIMNEY_HOST_STACK_DONE : CHIMNEY_HOST_STACK_BAD_VALUE; /* a TCP header at least */
    default:
        return CHIMNEY_HOST_STACK_DONE;
    }
}

static VOID PostNext(PHS_OBJECT Object);

static NDIS_STATUS CallDown(PHS_OBJECT Object, ULONG Kind, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    NDIS_STATUS status;

    switch (Kind) {
    case CHIMNEY_TRANSFER_SEND:
        return NdisOffloadTcpSend(&Object->Handle, Lists);
    case CHIMNEY_TRANSFER_RECEIVE:
        Object->CallsInProgress++;
        status = NdisOffloadTcpReceive(&Object->Handle, Lists);
        Object->CallsInProgress--;
        PostNext(Object);
        return status;
    case CHIMNEY_TRANSFER_DISCONNECT:
        Object->CallsInProgress++;
        Object->SendHalfClosed = TRUE;
        Object->Reset = (BOOLEAN)(Object->Reset || Flags == TCP_DISCONNECT_ABORTIVE_CLOSE);
        status = NdisOffloadTcpDisconnect(&Object->Handle, Lists, Flags);
        Object->CallsInProgress--;
        return status;
    default:
        return NdisOffloadTcpForward(&Object->Handle, Lists);
    }
}

/* A send or a disconnect on a connection that is not offloaded. */
static ULONG StartInHost(PHS_DRIVER Driver, PHS_OBJECT Object, PHS_TRANSFER Transfer)
{
    ULONG result;

    Transfer->InHost = TRUE;
    Transfer->EndPosition = Transfer->Position + Transfer->Count * Transfer->Bytes;
    result = Transfer->Kind == CHIMNEY_TRANSFER_SEND
                 ? HsTcpSend(Object, Transfer->Count * Transfer->Bytes)
                 : HsTcpDisconnect(Object, Transfer->Bytes, (BOOLEAN)(Transfer->Flags == TCP_DISCONNECT_ABORTIVE_CLOSE));
    if (result != CHIMNEY_HOST_STACK_DONE) {
        Object->TransfersOutstanding -= Transfer->Count;
        HsFreeTransfer(Driver, Transfer);
    }
    return result;
}

static VOID MarkNoPush(PHS_TRANSFER Transfer, PNET_BUFFER_LIST Lists)
{
    PNET_BUFFER_LIST list;

    for (list = Lists; Transfer->Kind == CHIMNEY_TRANSFER_RECEIVE && (Transfer->Flags & 1) != 0 && list != NULL;
         list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        NET_BUFFER_LIST_INFO(list, TcpReceiveNoPush) = (PVOID)(ULONG_PTR)TRUE;
    }
}

/* The next request of an application that reads on. One receive call at a time: if it comes about inside one, then after
   it. Without memory for it the application reads no further. */
static VOID PostNext(PHS_OBJECT Object)
{
    PHS_TRANSFER transfer = Object->NextReceive;
    PNET_BUFFER_LIST lists = NULL;

    if (transfer == NULL || Object->CallsInProgress > 0) {
        return;
    }
    Object->NextReceive = NULL;
    if (Object->State == CHIMNEY_OBJECT_OFFLOADED) {
        lists = HsAllocateLists(Object->Binding, transfer, TRUE, FALSE);
    }
    if (lists == NULL) {
        Object->TransfersOutstanding -= transfer->Count;
        HsFreeTransfer(Object->Driver, transfer);
        return;
    }
    MarkNoPush(transfer, lists);
    (VOID)CallDown(Object, CHIMNEY_TRANSFER_RECEIVE, lists, transfer->Flags);
}

/* All lists of a request that is to be followed by another have come back filled. */
static VOID ReadOn(PHS_TRANSFER Transfer)
{
    PHS_OBJECT object = Transfer->Object;
    PHS_TRANSFER next;

    if (Transfer->Again == 0 || Transfer->Completed != Transfer->Count || Transfer->FirstFailure != NDIS_STATUS_SUCCESS ||
        object->NextReceive != NULL) {
        return;
    }
    next = HsAllocateTransfer(object->Driver, object, CHIMNEY_TRANSFER_RECEIVE, Transfer->Count, Transfer->Bytes);
    if (next != NULL) {
        next->Internal = TRUE;
        next->Flags = Transfer->Flags;
        next->Again = Transfer->Again - 1;
        object->NextReceive = next;
    }
}

ULONG HsStartTransfer(PHS_DRIVER Driver, struct chimney_host_stack_transfer *Command)
{
    PHS_OBJECT object = HsFindObject(Driver, Command->object);
    PHS_TRANSFER transfer;
    PNET_BUFFER_LIST lists;
    ULONG result;

    Command->transfer = 0;
    if (object == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
    }
    result = CheckTransfer(object, Command);
    if (result != CHIMNEY_HOST_STACK_DONE) {
        return result;
    }
    transfer = HsAllocateTransfer(Driver, object, Command->kind, Command->count, Command->bytes);
    if (transfer == NULL) {
        return CHIMNEY_HOST_STACK_NO_MEMORY;
    }
    transfer->Flags = Command->flags;
    if (Command->kind == CHIMNEY_TRANSFER_RECEIVE && Command->command.size >= sizeof(*Command)) {
        transfer->Again = Command->again;
    }
    if (object->State == CHIMNEY_OBJECT_IN_HOST) {
        ULONG number = transfer->Number;
        result = StartInHost(Driver, object, transfer);
        if (result == CHIMNEY_HOST_STACK_DONE) {
            Command->transfer = number;
            Command->returned = (uint32_t)NDIS_STATUS_PENDING;
        }
        return result;
    }
    lists = HsAllocateLists(object->Binding, transfer, (BOOLEAN)(Command->kind == CHIMNEY_TRANSFER_RECEIVE),
                            (BOOLEAN)(Command->without_context_room != 0));
    if (lists == NULL) {
        object->TransfersOutstanding -= transfer->Count;
        HsFreeTransfer(Driver, transfer);
        return CHIMNEY_HOST_STACK_NO_MEMORY;
    }
    MarkNoPush(transfer, lists);
    Command->transfer = transfer->Number;
    if (Command->kind == CHIMNEY_TRANSFER_SEND || Command->kind == CHIMNEY_TRANSFER_DISCONNECT) {
        HsTcpSubmitted(object, transfer);
    }
    /* From here on the lists are not ours (HS-065); the transfer is, a client has yet to ask for it. */
    transfer->Returned = NDIS_STATUS_PENDING;
    transfer->Returned = CallDown(object, Command->kind, lists, Command->flags);
    Command->returned = (uint32_t)transfer->Returned;
    return CHIMNEY_HOST_STACK_DONE;
}

ULONG HsQueryTransfer(PHS_DRIVER Driver, struct chimney_host_stack_transfer *Command)
{
    PHS_TRANSFER transfer = NULL;
    PLIST_ENTRY link;

    for (link = Driver->Transfers.Flink; link != &Driver->Transfers; link = link->Flink) {
        PHS_TRANSFER candidate = CONTAINING_RECORD(link, HS_TRANSFER, Link);
        if (candidate->Number == Command->transfer && !candidate->Internal) {
            transfer = candidate;
        }
    }
    if (transfer == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
    }
    Command->kind = transfer->Kind;
    Command->object = transfer->Object != NULL ? transfer->Object->Number : 0;
    Command->count = transfer->Count;
    Command->bytes = transfer->Bytes;
    Command->flags = transfer->Flags;
    Command->returned = (uint32_t)transfer->Returned;
    Command->completed = transfer->Completed;
    Command->handed_back = transfer->HandedBack;
    Command->last_status = (uint32_t)transfer->LastStatus;
    Command->first_failure = (uint32_t)transfer->FirstFailure;
    Command->bytes_transferred = transfer->BytesTransferred;
    if (Command->forget != 0 && transfer->Completed == transfer->Count) {
        HsFreeTransfer(Driver, transfer);
    }
    return CHIMNEY_HOST_STACK_DONE;
}

/* ---- coming back ---- */

static VOID AccountForList(PHS_TRANSFER Transfer, PNET_BUFFER_LIST List, BOOLEAN HandedBack)
{
    PHS_OBJECT object = Transfer->Object;
    NDIS_STATUS status = NET_BUFFER_LIST_STATUS(List);
    ULONG bytes = (ULONG)(ULONG_PTR)NET_BUFFER_LIST_INFO(List, TcpOffloadBytesTransferred);
    BOOLEAN send = Transfer->Kind == CHIMNEY_TRANSFER_SEND;

    Transfer->Completed++;
    object->TransfersOutstanding--;
    if (HandedBack) {
        Transfer->HandedBack++;
        object->SendDataTakenBack++; /* the host now sends it on its own */
        return;
    }
    Transfer->LastStatus = status;
    if (status != NDIS_STATUS_SUCCESS && Transfer->FirstFailure == NDIS_STATUS_SUCCESS) {
        Transfer->FirstFailure = status;
    }
    Transfer->BytesTransferred += bytes;
    if (send || Transfer->Kind == CHIMNEY_TRANSFER_DISCONNECT) {
        HsTcpAcknowledged(object, bytes);
    } else if (Transfer->Kind == CHIMNEY_TRANSFER_RECEIVE) {
        HsTakeRequest(object, List, bytes);
    }
    if (send && status == NDIS_STATUS_SUCCESS) {
        object->BytesSent += bytes;
    } else if (send && status != NDIS_STATUS_REQUEST_ABORTED) {
        object->SendDataTakenBack++;
    } else if (Transfer->Kind == CHIMNEY_TRANSFER_RECEIVE) {
        object->BytesReceived += bytes;
    }
}

ULONG HsListsReturned(PHS_DRIVER Driver, PNET_BUFFER_LIST Lists, BOOLEAN HandedBack)
{
    ULONG count = 0;

    while (Lists != NULL) {
        PNET_BUFFER_LIST next = NET_BUFFER_LIST_NEXT_NBL(Lists);
        PHS_TRANSFER transfer = (PHS_TRANSFER)NET_BUFFER_LIST_PROTOCOL_RESERVED(Lists)[0];

        AccountForList(transfer, Lists, HandedBack);
        NET_BUFFER_LIST_NEXT_NBL(Lists) = NULL;
        HsFreeLists(Lists);
        if (!HandedBack) {
            ReadOn(transfer);
        }
        if (transfer->Internal && transfer->Completed == transfer->Count) {
            HsFreeTransfer(Driver, transfer);
        }
        Lists = next;
        count++;
    }
    return count;
}

VOID HsTcpOffloadSendComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists)
{
    (VOID)HsListsReturned(((PHS_BINDING)ProtocolBindingContext)->Driver, Lists, FALSE);
}

/* Nothing but the lists tells whose completion it is; whoever reads on posts here, inside it. */
VOID HsTcpOffloadReceiveComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists)
{
    PHS_DRIVER driver = ((PHS_BINDING)ProtocolBindingContext)->Driver;
    PLIST_ENTRY link;

    (VOID)HsListsReturned(driver, Lists, FALSE);
    for (link = driver->Objects.Flink; link != &driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->NextReceive != NULL) {
            PostNext(object);
        }
    }
}

VOID HsTcpOffloadDisconnectComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST List)
{
    (VOID)HsListsReturned(((PHS_BINDING)ProtocolBindingContext)->Driver, List, FALSE);
}

VOID HsTcpOffloadForwardComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists)
{
    (VOID)HsListsReturned(((PHS_BINDING)ProtocolBindingContext)->Driver, Lists, FALSE);
}

VOID HsFreeAllTransfers(PHS_DRIVER Driver)
{
    while (!IsListEmpty(&Driver->Transfers)) {
        NdisFreeMemory(CONTAINING_RECORD(RemoveHeadList(&Driver->Transfers), HS_TRANSFER, Link), 0, 0);
    }
}
