/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Send, disconnect and forward, and receive requests coming in. Without a network (wire.h) a send is "on the wire" as soon as
 * it is accepted and acknowledged send_ns later. The send queue of a connection holds what is not yet acknowledged in stream
 * order, disconnect requests in their place among the sends, so that completions cannot overtake each other (OT-066).
 */
#include "offload_target.h"

/* ---- queues ---- */

VOID OtQueueLists(POT_ADAPTER Adapter, POT_LIST_QUEUE Queue, PNET_BUFFER_LIST Lists, PVOID What)
{
    NdisAcquireSpinLock(&Adapter->Lock);
    while (Lists != NULL) {
        PNET_BUFFER_LIST next = NET_BUFFER_LIST_NEXT_NBL(Lists);
        NET_BUFFER_LIST_NEXT_NBL(Lists) = NULL;
        NET_BUFFER_LIST_MINIPORT_RESERVED(Lists)[0] = NULL;
        NET_BUFFER_LIST_MINIPORT_RESERVED(Lists)[1] = What;
        if (Queue->Last != NULL) {
            NET_BUFFER_LIST_MINIPORT_RESERVED(Queue->Last)[0] = Lists;
        } else {
            Queue->First = Lists;
        }
        Queue->Last = Lists;
        Queue->Count++;
        Lists = next;
    }
    NdisReleaseSpinLock(&Adapter->Lock);
}

PNET_BUFFER_LIST OtTakeList(POT_ADAPTER Adapter, POT_LIST_QUEUE Queue)
{
    PNET_BUFFER_LIST list;

    NdisAcquireSpinLock(&Adapter->Lock);
    list = Queue->First;
    if (list != NULL) {
        Queue->First = (PNET_BUFFER_LIST)NET_BUFFER_LIST_MINIPORT_RESERVED(list)[0];
        if (Queue->First == NULL) {
            Queue->Last = NULL;
        }
        Queue->Count--;
        NET_BUFFER_LIST_MINIPORT_RESERVED(list)[0] = NULL;
        NET_BUFFER_LIST_NEXT_NBL(list) = NULL;
    }
    NdisReleaseSpinLock(&Adapter->Lock);
    return list;
}

ULONG OtListBytes(PNET_BUFFER_LIST List)
{
    ULONG bytes = 0;
    PNET_BUFFER buffer;

    for (buffer = NET_BUFFER_LIST_FIRST_NB(List); buffer != NULL; buffer = NET_BUFFER_NEXT_NB(buffer)) {
        bytes += NET_BUFFER_DATA_LENGTH(buffer);
    }
    return bytes;
}

static ULONG ChainLength(PNET_BUFFER_LIST Lists, PULONG Bytes)
{
    ULONG count = 0;

    *Bytes = 0;
    for (; Lists != NULL; Lists = NET_BUFFER_LIST_NEXT_NBL(Lists)) {
        *Bytes += OtListBytes(Lists);
        count++;
    }
    return count;
}

ULONG OtOutstandingSendBytes(POT_ADAPTER Adapter)
{
    ULONG bytes = 0;
    PLIST_ENTRY link;

    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        if (object->Kind == OtConnection) {
            bytes += object->Copy.Connection.Delegated.SndMax - object->Copy.Connection.Delegated.SndUna;
        }
    }
    return bytes;
}

BOOLEAN OtIsInvalid(POT_OBJECT Object)
{
    for (; Object != NULL; Object = Object->Parent) {
        if (Object->Invalid) {
            return TRUE;
        }
    }
    return FALSE;
}

/* ---- sends ---- */

/* The first bytes of a list are acknowledged: its data begins behind them. */
VOID OtAdvance(PNET_BUFFER_LIST List, ULONG Bytes)
{
    PNET_BUFFER buffer;

    for (buffer = NET_BUFFER_LIST_FIRST_NB(List); buffer != NULL && Bytes > 0; buffer = NET_BUFFER_NEXT_NB(buffer)) {
        ULONG part = NET_BUFFER_DATA_LENGTH(buffer) < Bytes ? NET_BUFFER_DATA_LENGTH(buffer) : Bytes;
        NdisAdvanceNetBufferDataStart(buffer, part, FALSE, NULL);
        Bytes -= part;
    }
}

static VOID CompleteSend(POT_OBJECT Connection, PNET_BUFFER_LIST List, NDIS_STATUS Status)
{
    POT_ADAPTER adapter = Connection->Adapter;
    ULONG bytes = Status == NDIS_STATUS_SUCCESS ? OtListBytes(List) : OtWireTakeAcknowledged(Connection);

    NET_BUFFER_LIST_STATUS(List) = Status;
    NET_BUFFER_LIST_INFO(List, TcpOffloadBytesTransferred) = (PVOID)(ULONG_PTR)bytes;
    OtAdvance(List, bytes);
    Connection->Copy.Connection.Delegated.SndUna += bytes;
    adapter->Offload.NdisTcpOffloadSendComplete(adapter->MiniportHandle, List);
}

static VOID CompleteDisconnect(POT_OBJECT Connection, PNET_BUFFER_LIST List, NDIS_STATUS Status)
{
    POT_ADAPTER adapter = Connection->Adapter;
    ULONG bytes = Status == NDIS_STATUS_SUCCESS ? OtListBytes(List) : 0;

    NET_BUFFER_LIST_STATUS(List) = Status;
    NET_BUFFER_LIST_INFO(List, TcpOffloadBytesTransferred) = (PVOID)(ULONG_PTR)bytes;
    if (Status == NDIS_STATUS_SUCCESS) {
        Connection->Copy.Connection.Delegated.SndUna += bytes + 1; /* the FIN */
        Connection->Copy.Connection.Delegated.State =
            Connection->Copy.Connection.Delegated.State == TcpConnectionLastAck ? TcpConnectionClosed
                                                                               : TcpConnectionFinWait2;
    }
    if (bytes > 0) {
        NdisAdvanceNetBufferDataStart(NET_BUFFER_LIST_FIRST_NB(List), bytes, FALSE, NULL);
    }
    adapter->Offload.NdisTcpOffloadDisconnectComplete(adapter->MiniportHandle, List);
}

VOID OtCompleteFirstSend(POT_OBJECT Connection)
{
    PNET_BUFFER_LIST list = OtTakeList(Connection->Adapter, &Connection->Sends);

    if (NET_BUFFER_LIST_MINIPORT_RESERVED(list)[1] == OT_QUEUED_DISCONNECT) {
        CompleteDisconnect(Connection, list, NDIS_STATUS_SUCCESS);
    } else {
        CompleteSend(Connection, list, NDIS_STATUS_SUCCESS);
    }
}

/* The peer's acknowledgement covers the oldest lists of the queue. */
VOID OtAcknowledge(POT_OBJECT Connection, ULONG Count)
{
    if (OtIsInvalid(Connection) || Connection->Stopped) {
        return; /* nothing leaves any more, so nothing is acknowledged */
    }
    while (Count-- > 0 && Connection->Sends.First != NULL) {
        OtCompleteFirstSend(Connection);
    }
}

/* Everything in the queue comes back with one status, in order. */
VOID OtFinishSends(POT_OBJECT Connection, NDIS_STATUS Status)
{
    PNET_BUFFER_LIST list;

    while ((list = OtTakeList(Connection->Adapter, &Connection->Sends)) != NULL) {
        if (NET_BUFFER_LIST_MINIPORT_RESERVED(list)[1] == OT_QUEUED_DISCONNECT) {
            CompleteDisconnect(Connection, list, Status);
        } else {
            CompleteSend(Connection, list, Status);
        }
    }
}

VOID OtScheduleAcknowledgement(POT_OBJECT Connection, ULONG Count)
{
    POT_ADAPTER adapter = Connection->Adapter;

    if (Count > 0 && adapter->Timing.hold_sends == 0 && Connection->Wire == NULL) {
        /* Without memory for it the acknowledgement is "lost": the data stays outstanding until the terminate. */
        (VOID)OtSchedule(Connection, OtTaskAcknowledge, Count, 0, adapter->Timing.send_ns);
    }
}

/* Send data that came with the offload: what was not yet sent is sent now, then it is like any other. */
VOID OtTakeOverSendData(POT_OBJECT Connection, PNET_BUFFER_LIST Lists)
{
    PTCP_OFFLOAD_STATE_DELEGATED delegated = &Connection->Copy.Connection.Delegated;
    ULONG bytes;
    ULONG count = ChainLength(Lists, &bytes);

    if (count > 0) {
        PNET_BUFFER_LIST list;
        PNET_BUFFER_LIST next;
        /* Linked in the block until the completion: only MiniportReserved is ours to link by, Next stays (the block may
           yet be looked at on its way up). */
        for (list = Lists; list != NULL; list = next) {
            next = NET_BUFFER_LIST_NEXT_NBL(list);
            NET_BUFFER_LIST_MINIPORT_RESERVED(list)[0] = next;
            NET_BUFFER_LIST_MINIPORT_RESERVED(list)[1] = OT_QUEUED_SEND;
            Connection->Sends.Last = list;
        }
        Connection->Sends.First = Lists;
        Connection->Sends.Count = count;
        Connection->SendsTakenOver = count;
        if (Connection->Wire == NULL) {
            delegated->SndNxt = delegated->SndUna + bytes;
            delegated->SndMax = delegated->SndNxt;
        }
    }
}

NDIS_STATUS OtTcpOffloadSend(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists)
{
    POT_ADAPTER adapter = (POT_ADAPTER)MiniportAdapterContext;
    POT_OBJECT connection = (POT_OBJECT)MiniportOffloadContext;
    PTCP_OFFLOAD_STATE_DELEGATED delegated = &connection->Copy.Connection.Delegated;
    ULONG bytes;
    ULONG count = ChainLength(Lists, &bytes);

    OtQueueLists(adapter, &connection->Sends, Lists, OT_QUEUED_SEND);
    if (OtWireRefuses(connection)) {
        (VOID)OtSchedule(connection, OtTaskRefuse, 0, 0, adapter->Timing.indication_ns);
        return NDIS_STATUS_PENDING;
    }
    (VOID)OtWireSend(connection, bytes);
    delegated->SndNxt += bytes;
    delegated->SndMax += bytes;
    if (!OtIsInvalid(connection)) {
        OtScheduleAcknowledgement(connection, count);
    } else if (!connection->RetrieveIndicated) {
        connection->RetrieveIndicated = TRUE; /* tried to send on invalidated state: asks to be uploaded */
        (VOID)OtSchedule(connection, OtTaskConnectionEvent, TcpIndicateRetrieve, InvalidState,
                         adapter->Timing.indication_ns);
    }
    return NDIS_STATUS_PENDING;
}

/* Graceful: a FIN behind all that is queued. Abortive: a RST at once; what is outstanding is not sent any more. */
NDIS_STATUS OtTcpOffloadDisconnect(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext,
                                   PNET_BUFFER_LIST List, ULONG Flags)
{
    POT_ADAPTER adapter = (POT_ADAPTER)MiniportAdapterContext;
    POT_OBJECT connection = (POT_OBJECT)MiniportOffloadContext;
    PTCP_OFFLOAD_STATE_DELEGATED delegated = &connection->Copy.Connection.Delegated;

    if ((Flags & TCP_DISCONNECT_ABORTIVE_CLOSE) != 0) {
        OtWireAbort(connection); /* the RST; nothing that arrives is acknowledged any more */
        OtFinishSends(connection, NDIS_STATUS_REQUEST_ABORTED);
        OtFinishReceives(connection, NDIS_STATUS_REQUEST_ABORTED);
        delegated->State = TcpConnectionClosed;
        NET_BUFFER_LIST_STATUS(List) = NDIS_STATUS_SUCCESS;
        NET_BUFFER_LIST_INFO(List, TcpOffloadBytesTransferred) = NULL;
        adapter->Offload.NdisTcpOffloadDisconnectComplete(adapter->MiniportHandle, List);
        return NDIS_STATUS_PENDING;
    }
    if (connection->Wire != NULL) {
        OtQueueLists(adapter, &connection->Sends, List, OT_QUEUED_DISCONNECT);
        if (OtWireRefuses(connection)) {
            (VOID)OtSchedule(connection, OtTaskRefuse, 0, 0, adapter->Timing.indication_ns);
        } else {
            (VOID)OtWireDisconnect(connection, OtListBytes(List));
        }
        return NDIS_STATUS_PENDING;
    }
    delegated->SndNxt += OtListBytes(List) + 1;
    delegated->SndMax = delegated->SndNxt;
    delegated->State = delegated->State == TcpConnectionCloseWait ? TcpConnectionLastAck : TcpConnectionFinWait1;
    OtQueueLists(adapter, &connection->Sends, List, OT_QUEUED_DISCONNECT);
    if (!OtIsInvalid(connection)) {
        OtScheduleAcknowledgement(connection, 1);
    }
    return NDIS_STATUS_PENDING;
}

/* ---- forward ---- */

static VOID CompleteForward(POT_ADAPTER Adapter, PNET_BUFFER_LIST Lists, NDIS_STATUS Status)
{
    PNET_BUFFER_LIST list;

    for (list = Lists; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        ULONG bytes = Status == NDIS_STATUS_SUCCESS ? OtListBytes(list) : 0;
        NET_BUFFER_LIST_STATUS(list) = Status;
        NET_BUFFER_LIST_INFO(list, TcpOffloadBytesTransferred) = (PVOID)(ULONG_PTR)bytes;
    }
    Adapter->Offload.NdisTcpOffloadForwardComplete(Adapter->MiniportHandle, Lists);
}

VOID OtFinishForward(POT_TASK Task)
{
    POT_OBJECT connection = OtFindObject(Task->Adapter, Task->Object);
    PNET_BUFFER_LIST lists = Task->Lists;
    PNET_BUFFER_LIST list;
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;

    Task->Lists = NULL;
    if (lists == NULL) {
        return; /* the connection has been given back meanwhile, and the segments with it */
    }
    for (list = connection != NULL ? lists : NULL; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        if (!OtWireForward(connection, list)) {
            status = NDIS_STATUS_FAILURE;
        }
    }
    CompleteForward(Task->Adapter, lists, status);
}

/* Before a terminate is complete: segments that have not been looked at go back for the host to look at (OT-051). */
VOID OtFinishForwards(POT_OBJECT Connection, NDIS_STATUS Status)
{
    POT_ADAPTER adapter = Connection->Adapter;
    PNET_BUFFER_LIST lists;

    do {
        PLIST_ENTRY link;
        lists = NULL;
        NdisAcquireSpinLock(&adapter->Lock);
        for (link = adapter->Tasks.Flink; link != &adapter->Tasks && lists == NULL; link = link->Flink) {
            POT_TASK task = CONTAINING_RECORD(link, OT_TASK, Link);
            if (task->Kind == OtTaskForward && task->Object == Connection->Number) {
                lists = task->Lists;
                task->Lists = NULL;
            }
        }
        NdisReleaseSpinLock(&adapter->Lock);
        if (lists != NULL) {
            CompleteForward(adapter, lists, Status);
        }
    } while (lists != NULL);
}

/* A forwarded segment is like one off the wire. Without a wire it is taken note of and given back. */
NDIS_STATUS OtTcpOffloadForward(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists)
{
    POT_ADAPTER adapter = (POT_ADAPTER)MiniportAdapterContext;
    POT_TASK task = OtAllocateTask(adapter, OtTaskForward);

    if (task == NULL) {
        CompleteForward(adapter, Lists, NDIS_STATUS_SUCCESS);
        return NDIS_STATUS_PENDING;
    }
    task->Object = ((POT_OBJECT)MiniportOffloadContext)->Number;
    task->Lists = Lists;
    OtStartTask(task, &adapter->Tasks, adapter->Timing.indication_ns);
    return NDIS_STATUS_PENDING;
}

/* ---- receive requests and receive return ---- */

NDIS_STATUS OtTcpOffloadReceive(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists)
{
    POT_ADAPTER adapter = (POT_ADAPTER)MiniportAdapterContext;
    POT_OBJECT connection = (POT_OBJECT)MiniportOffloadContext;

    OtQueueLists(adapter, &connection->Receives, Lists, NULL);
    if (OtWireRefuses(connection)) {
        (VOID)OtSchedule(connection, OtTaskRefuse, 0, 0, adapter->Timing.indication_ns);
        return NDIS_STATUS_PENDING;
    }
    if (connection->Delivering) {
        connection->DeliverAgain = TRUE; /* posted inside a completion or an indication: handled after it */
    } else if (!OtSchedule(connection, OtTaskDeliver, 0, 0, adapter->Timing.indication_ns)) {
        OtDeliver(connection, FALSE);
    }
    return NDIS_STATUS_PENDING;
}

/* From several indications and connections, terminated ones among them; no completion. */
NDIS_STATUS OtTcpOffloadReceiveReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST Lists)
{
    POT_ADAPTER adapter = (POT_ADAPTER)MiniportAdapterContext;
    ULONG count = 0;

    while (Lists != NULL) {
        PNET_BUFFER_LIST next = NET_BUFFER_LIST_NEXT_NBL(Lists);
        POT_OBJECT connection =
            OtFindObject(adapter, (ULONG)(ULONG_PTR)NET_BUFFER_LIST_MINIPORT_RESERVED(Lists)[0]);
        if (connection != NULL) {
            connection->ReceivesLent--;
        }
        OtFreeReceived(Lists);
        count++;
        Lists = next;
    }
    OtLentListsReturned(adapter, count);
    return NDIS_STATUS_SUCCESS;
}
