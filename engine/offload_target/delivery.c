/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Received data, by the delivery algorithm: posted requests are filled first, in order; what is left is indicated; what is
 * refused waits for the next request. Completions and indications of one connection never overlap: what comes in meanwhile
 * is looked at afterwards. Without a wire data is a pattern: byte n of the stream since the offload has the value n modulo
 * 251.
 */
#include "offload_target.h"

#define PATTERN(position) ((UCHAR)((position) % 251u))

static ULONG DeliveredPosition(POT_OBJECT Connection)
{
    return Connection->BytesArrived - Connection->BytesBuffered;
}

/* ---- lists of our own ---- */

PNET_BUFFER_LIST OtAllocateReceived(POT_OBJECT Connection, ULONG Bytes)
{
    POT_ADAPTER adapter = Connection->Adapter;
    ULONG position = DeliveredPosition(Connection);
    PUCHAR data = OtAllocate(adapter->MiniportHandle, Bytes, OT_TAG_DATA);
    PMDL mdl = data != NULL ? NdisAllocateMdl(adapter->MiniportHandle, data, Bytes) : NULL;
    PNET_BUFFER_LIST list =
        mdl != NULL ? NdisAllocateNetBufferAndNetBufferList(adapter->ListPool, 0, 0, mdl, 0, Bytes) : NULL;
    ULONG i;

    if (list == NULL) {
        if (mdl != NULL) {
            NdisFreeMdl(mdl);
        }
        if (data != NULL) {
            NdisFreeMemory(data, 0, 0);
        }
        return NULL;
    }
    if (Connection->Wire != NULL) {
        OtWireCopyBuffered(Connection, data, Bytes);
    }
    for (i = 0; i < Bytes && Connection->Wire == NULL; i++) {
        data[i] = PATTERN(position + i);
    }
    NET_BUFFER_LIST_STATUS(list) = NDIS_STATUS_SUCCESS;
    NET_BUFFER_LIST_MINIPORT_RESERVED(list)[0] = (PVOID)(ULONG_PTR)Connection->Number;
    NdisAcquireSpinLock(&adapter->Lock);
    Connection->ReceivesLent++; /* from the moment it is shown: it may be returned inside the call */
    adapter->ReceivesLent++;
    NdisReleaseSpinLock(&adapter->Lock);
    return list;
}

VOID OtFreeReceived(PNET_BUFFER_LIST List)
{
    PMDL mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(List));
    PVOID data = MmGetMdlVirtualAddress(mdl);

    NET_BUFFER_LIST_NEXT_NBL(List) = NULL;
    NdisFreeNetBufferList(List);
    NdisFreeMdl(mdl);
    NdisFreeMemory(data, 0, 0);
}

/* ---- posted requests ---- */

/* Delivered for good: taken by a request or an indication. */
static VOID Consume(POT_OBJECT Connection, ULONG Bytes)
{
    Connection->BytesBuffered -= Bytes;
    if (Connection->Wire != NULL) {
        OtWireDropBuffered(Connection, Bytes);
    }
}

/* Writes into the room of a request, behind what is in it. */
static VOID Place(POT_OBJECT Connection, PNET_BUFFER Buffer, ULONG Offset, ULONG Bytes)
{
    ULONG position = DeliveredPosition(Connection);
    PMDL mdl = NET_BUFFER_CURRENT_MDL(Buffer);
    ULONG skip = NET_BUFFER_CURRENT_MDL_OFFSET(Buffer) + Offset;
    ULONG i;

    while (mdl != NULL && Bytes > 0) {
        ULONG length = MmGetMdlByteCount(mdl);
        PUCHAR memory = (PUCHAR)MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
        if (memory == NULL) {
            return;
        }
        if (Connection->Wire != NULL && skip < length) {
            ULONG part = length - skip < Bytes ? length - skip : Bytes;
            OtWireCopyBuffered(Connection, memory + skip, part);
            Consume(Connection, part);
            Bytes -= part;
        }
        for (i = skip; i < length && Bytes > 0 && Connection->Wire == NULL; i++, Bytes--) {
            memory[i] = PATTERN(position++);
            Consume(Connection, 1);
        }
        skip = skip > length ? skip - length : 0;
        mdl = mdl->Next;
    }
}

static VOID CompleteReceive(POT_OBJECT Connection, NDIS_STATUS Status)
{
    POT_ADAPTER adapter = Connection->Adapter;
    PNET_BUFFER_LIST list = OtTakeList(adapter, &Connection->Receives);
    ULONG bytes = Connection->ReceiveFilled;

    Connection->ReceiveFilled = 0;
    NET_BUFFER_LIST_STATUS(list) = Status;
    NET_BUFFER_LIST_INFO(list, TcpOffloadBytesTransferred) = (PVOID)(ULONG_PTR)bytes;
    if (bytes > 0) {
        NdisAdvanceNetBufferDataStart(NET_BUFFER_LIST_FIRST_NB(list), bytes, FALSE, NULL);
    }
    adapter->Offload.NdisTcpOffloadReceiveComplete(adapter->MiniportHandle, list);
}

VOID OtFinishReceives(POT_OBJECT Connection, NDIS_STATUS Status)
{
    while (Connection->Receives.First != NULL) {
        CompleteReceive(Connection, Status);
    }
}

static VOID FillRequests(POT_OBJECT Connection, BOOLEAN PushTimer)
{
    while (Connection->Receives.First != NULL) {
        PNET_BUFFER_LIST list = Connection->Receives.First;
        PNET_BUFFER buffer = NET_BUFFER_LIST_FIRST_NB(list);
        ULONG room = NET_BUFFER_DATA_LENGTH(buffer) - Connection->ReceiveFilled;
        ULONG bytes = Connection->BytesBuffered < room ? Connection->BytesBuffered : room;
        BOOLEAN push = (BOOLEAN)(NET_BUFFER_LIST_INFO(list, TcpReceiveNoPush) == NULL);

        if (Connection->DisconnectIndicated) {
            CompleteReceive(Connection, NDIS_STATUS_INVALID_STATE);
            continue;
        }
        if (bytes > 0) {
            Place(Connection, buffer, Connection->ReceiveFilled, bytes);
            Connection->ReceiveFilled += bytes;
        }
        Connection->Refused = FALSE; /* a request, even one of no bytes, ends the wait after a refusal */
        if (bytes == room) {
            CompleteReceive(Connection, NDIS_STATUS_SUCCESS);
        } else if (push && Connection->ReceiveFilled > 0 && (Connection->Pushed || PushTimer)) {
            CompleteReceive(Connection, NDIS_STATUS_SUCCESS);
            return; /* all data is delivered */
        } else {
            if (push && bytes > 0) {
                (VOID)OtSchedule(Connection, OtTaskPush, 0, 0, Connection->Adapter->Parameters.TcpPushTicks * 1000000u);
            }
            return;
        }
    }
}

/* ---- indications ---- */

static VOID IndicateBuffered(POT_OBJECT Connection)
{
    POT_ADAPTER adapter = Connection->Adapter;
    ULONG bytes = Connection->BytesBuffered;
    ULONG consumed = 0;
    PNET_BUFFER_LIST list = OtAllocateReceived(Connection, bytes);
    NDIS_STATUS answer;

    if (list == NULL) {
        /* Stays buffered, acknowledged. Nothing else may ever happen on the connection, so it is tried again. */
        if (Connection->DeliveryRetries < OT_DELIVERY_RETRIES) {
            Connection->DeliveryRetries++;
            (VOID)OtSchedule(Connection, OtTaskDeliver, 0, 0, OT_DELIVERY_RETRY_NS);
        }
        return;
    }
    Connection->DeliveryRetries = 0;
    Connection->IndicationsInProgress++;
    answer = adapter->Offload.NdisTcpOffloadReceiveHandler(Connection->OffloadHandle, list, NDIS_STATUS_SUCCESS, &consumed);
    Connection->IndicationsInProgress--;
    if (answer == NDIS_STATUS_SUCCESS) {
        Consume(Connection, bytes); /* the list is the host's until it is returned */
        return;
    }
    Consume(Connection, answer == NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED && consumed < bytes ? consumed : 0);
    Connection->Refused = TRUE;
    Connection->ReceivesLent--;
    OtFreeReceived(list);
    OtLentListsReturned(adapter, 1);
}

VOID OtDeliver(POT_OBJECT Connection, BOOLEAN PushTimer)
{
    if (Connection->Delivering || Connection->State == CHIMNEY_TARGET_OBJECT_OFFLOADING) {
        Connection->DeliverAgain = TRUE;
        return;
    }
    Connection->Delivering = TRUE;
    do {
        Connection->DeliverAgain = FALSE;
        FillRequests(Connection, PushTimer);
        if (Connection->BytesBuffered > 0 && Connection->Receives.First == NULL && !Connection->Refused) {
            IndicateBuffered(Connection);
        }
    } while (Connection->DeliverAgain);
    Connection->Delivering = FALSE;
    OtWireDelivered(Connection);
}

VOID OtArrive(POT_OBJECT Connection, ULONG Bytes, BOOLEAN Push)
{
    PTCP_OFFLOAD_STATE_DELEGATED delegated = &Connection->Copy.Connection.Delegated;

    Connection->BytesArrived += Bytes;
    Connection->BytesBuffered += Bytes;
    Connection->Pushed = Push;
    delegated->RcvNxt += Bytes; /* in order, and acknowledged by the next segment */
    OtDeliver(Connection, FALSE);
}
