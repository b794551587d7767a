/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Giving back. Of a connection first all outstanding I/O is brought to an end (posted receives and disconnects are
 * completed, unacknowledged sends completed or handed back in the block, in their original order), then its delegated
 * variables are written behind the block. When every block has its Status the objects are freed: the completion call is
 * the last that anybody hears of them.
 *
 * A terminate that fails, on request or for want of memory, is carried through as the page on completion status
 * prescribes: FAILURE now with all I/O still outstanding; then Retrieve/HardwareFailure and Abort are indicated; at the
 * next terminate the I/O is completed with REQUEST_ABORTED, and that terminate ends the object.
 */
#include "offload_target.h"

/* Unacknowledged sends, oldest first, as one chain. A disconnect among them is completed: it cannot be handed back. */
static PNET_BUFFER_LIST HandBackSends(POT_OBJECT Connection)
{
    POT_ADAPTER adapter = Connection->Adapter;
    PNET_BUFFER_LIST first = NULL;
    PNET_BUFFER_LIST last = NULL;
    PNET_BUFFER_LIST disconnects = NULL;
    PNET_BUFFER_LIST list;

    while ((list = OtTakeList(adapter, &Connection->Sends)) != NULL) {
        OtAdvance(list, OtWireTakeAcknowledged(Connection)); /* the first byte of the chain is the one at SndUna */
        if (NET_BUFFER_LIST_MINIPORT_RESERVED(list)[1] == OT_QUEUED_DISCONNECT) {
            NET_BUFFER_LIST_NEXT_NBL(list) = disconnects;
            disconnects = list;
            continue;
        }
        if (last != NULL) {
            NET_BUFFER_LIST_NEXT_NBL(last) = list;
        } else {
            first = list;
        }
        last = list;
    }
    while (disconnects != NULL) {
        list = disconnects;
        disconnects = NET_BUFFER_LIST_NEXT_NBL(list);
        NET_BUFFER_LIST_NEXT_NBL(list) = NULL;
        NET_BUFFER_LIST_STATUS(list) = NDIS_STATUS_UPLOAD_IN_PROGRESS;
        NET_BUFFER_LIST_INFO(list, TcpOffloadBytesTransferred) = NULL;
        adapter->Offload.NdisTcpOffloadDisconnectComplete(adapter->MiniportHandle, list);
    }
    Connection->Copy.Connection.Delegated.SendDataHead = first;
    Connection->Copy.Connection.Delegated.SendDataTail = last;
    return first;
}

/*
 * What was received, acknowledged and not delivered goes up as a list of its own, and comes back like any other. FALSE: there
 * is none to be had for it.
 */
static BOOLEAN TakeBufferedData(POT_OBJECT Connection, POT_BLOCK Block, PNET_BUFFER_LIST *List)
{
    *List = NULL;
    if (Connection->BytesBuffered == 0) {
        return TRUE;
    }
    if (ChimneylabTcpDelegated(Block) != NULL) {
        *List = OtAllocateReceived(Connection, Connection->BytesBuffered);
    }
    return (BOOLEAN)(*List != NULL);
}

static VOID GiveBackConnection(POT_OBJECT Connection, POT_BLOCK Block, PNET_BUFFER_LIST Buffered, BOOLEAN Aborted)
{
    PTCP_OFFLOAD_STATE_DELEGATED delegated = &Connection->Copy.Connection.Delegated;
    NDIS_STATUS reason = Aborted ? NDIS_STATUS_REQUEST_ABORTED : NDIS_STATUS_UPLOAD_IN_PROGRESS;

    delegated->SendDataHead = NULL;
    delegated->SendDataTail = NULL;
    delegated->BufferedData = NULL;
    OtFinishReceives(Connection, reason);
    OtFinishForwards(Connection, reason);
    if (!Aborted && Connection->Adapter->Timing.return_send_data != 0) {
        Block->NetBufferListChain = HandBackSends(Connection);
    } else {
        OtFinishSends(Connection, reason);
        Block->NetBufferListChain = NULL;
    }
    OtWirePassKeptFrames(Connection);
    if (Buffered != NULL) {
        Connection->BytesBuffered = 0;
        delegated->BufferedData = Buffered;
    }
}

static NDIS_STATUS GiveBack(POT_OBJECT Object, POT_BLOCK Block, NDIS_STATUS Requested)
{
    BOOLEAN second = (BOOLEAN)(Object->State == CHIMNEY_TARGET_OBJECT_FAILED);
    BOOLEAN aborted = (BOOLEAN)(second || Object->Aborted);
    BOOLEAN fails = (BOOLEAN)(Requested != NDIS_STATUS_SUCCESS && !second);
    PNET_BUFFER_LIST buffered = NULL;
    NDIS_STATUS status = Requested;

    if (Object->Kind == OtConnection && !fails) {
        OtWireQuiesce(Object); /* every due ACK leaves before the state does */
        /* Before anything is brought to an end: acknowledged data must not be lost, so without memory for it this one fails. */
        if (!aborted && !TakeBufferedData(Object, Block, &buffered)) {
            status = NDIS_STATUS_FAILURE;
            fails = TRUE;
        }
    }
    if (fails) {
        Object->State = CHIMNEY_TARGET_OBJECT_FAILED; /* everything stays as it is until the next terminate */
        OtScheduleHardwareFailure(Object);
        return status;
    }
    if (Object->Kind == OtConnection) {
        GiveBackConnection(Object, Block, buffered, aborted);
    }
    OtWriteState(Object, Block); /* behind a terminate block stand delegated structures or none */
    Object->State = CHIMNEY_TARGET_OBJECT_TERMINATING;
    return status;
}

VOID OtProcessTerminate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal)
{
    ULONG index = 0;
    OT_TREE_WALK walk;
    POT_BLOCK block;

    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        NDIS_STATUS requested = NDIS_STATUS_SUCCESS;
        POT_OBJECT object;
        if (block->MiniportOffloadContext == NULL) {
            block->Status = NDIS_STATUS_SUCCESS;
            index++;
            continue;
        }
        object = (POT_OBJECT)*block->MiniportOffloadContext;
        (VOID)OtTakeFailure(Adapter, OtTerminate, Ordinal, index++, object->Kind, object->Identity, &requested);
        block->Status = GiveBack(object, block, requested);
    }
    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        POT_OBJECT object = block->MiniportOffloadContext != NULL ? (POT_OBJECT)*block->MiniportOffloadContext : NULL;
        if (object != NULL && object->State == CHIMNEY_TARGET_OBJECT_TERMINATING) {
            OtFreeObject(object);
        }
    }
}
