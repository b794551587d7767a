/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What a segment, a timer or a call of the host has brought about on a connection: sends that the peer has are completed,
 * data is delivered, and the host hears of FIN, RST, urgent data and timeouts. The host may call back out of every one of
 * these calls; what it does then is carried out in the next round.
 */
#include "wire.h"

/* The peer has the bytes at the head of the queue. A disconnect is complete when its FIN is acknowledged as well. */
static VOID CompleteAcknowledged(POT_OBJECT Connection)
{
    struct _OT_WIRE_CONNECTION *wire = Connection->Wire;
    PNET_BUFFER_LIST list;

    while (!wire->Aborted && (list = Connection->Sends.First) != NULL) {
        ULONG bytes = OtListBytes(list);
        BOOLEAN disconnect = (BOOLEAN)(NET_BUFFER_LIST_MINIPORT_RESERVED(list)[1] == OT_QUEUED_DISCONNECT);
        if (wire->Acknowledged < bytes || (disconnect && !wire->FinAcknowledged)) {
            return;
        }
        wire->Acknowledged -= bytes;
        OtCompleteFirstSend(Connection);
    }
}

static VOID AskForUpload(POT_OBJECT Connection, ULONG Reason)
{
    if (!Connection->RetrieveIndicated) {
        Connection->RetrieveIndicated = TRUE;
        Connection->Wire->UploadWanted = TRUE;
        OtIndicateEvent(Connection, TcpIndicateRetrieve, Reason);
    }
}

/* After an abort or a mandatory reason for upload nothing stays with us: it goes back in order, oldest first. */
static VOID RefuseQueued(POT_OBJECT Connection)
{
    NDIS_STATUS status = Connection->Wire->Aborted || Connection->Aborted ? NDIS_STATUS_REQUEST_ABORTED : NDIS_STATUS_UPLOAD_IN_PROGRESS;

    chimney_tcp_data_is_gone(&Connection->Wire->Tcp); /* there is nothing to send from any more */
    OtFinishSends(Connection, status);
    OtFinishReceives(Connection, status);
}

static VOID ResetArrived(POT_OBJECT Connection)
{
    struct _OT_WIRE_CONNECTION *wire = Connection->Wire;

    wire->Aborted = TRUE;
    wire->Acknowledged = 0;
    OtIndicateEvent(Connection, TcpIndicateAbort, 0);
    RefuseQueued(Connection);
}

/* The FIN is told when everything before it has been consumed; nothing more will fill a request (OT-089, P9). */
static VOID FinConsumed(POT_OBJECT Connection)
{
    Connection->Wire->FinIndicated = TRUE;
    OtFinishReceives(Connection, NDIS_STATUS_SUCCESS);
    OtIndicateEvent(Connection, TcpIndicateDisconnect, 0);
}

static VOID CarryOut(POT_OBJECT Connection)
{
    struct _OT_WIRE_CONNECTION *wire = Connection->Wire;
    struct chimney_tcp_outcome outcome = chimney_tcp_take_outcome(&wire->Tcp);

    wire->Acknowledged += outcome.acknowledged;
    if ((outcome.events & CHIMNEY_TCP_FIN_ACKNOWLEDGED) != 0) {
        wire->FinAcknowledged = TRUE;
    }
    if ((outcome.events & CHIMNEY_TCP_FIN_RECEIVED) != 0) {
        wire->FinReceived = TRUE;
    }
    if ((outcome.events & CHIMNEY_TCP_PROGRESS) != 0 && Connection->Parent != NULL && Connection->Parent->Parent != NULL) {
        OtNoteProgress(Connection->Parent->Parent);
    }
    if (Connection->State == CHIMNEY_TARGET_OBJECT_OFFLOADING) {
        wire->EventsWaiting |= outcome.events; /* nothing is completed or told before the initiate is complete */
        return;
    }
    outcome.events |= wire->EventsWaiting;
    wire->EventsWaiting = 0;
    if ((outcome.events & CHIMNEY_TCP_RESET_RECEIVED) != 0) {
        ResetArrived(Connection);
        return;
    }
    CompleteAcknowledged(Connection);
    OtDeliver(Connection, FALSE);
    if (wire->Consumed > 0) {
        ULONG consumed = wire->Consumed;
        wire->Consumed = 0;
        chimney_tcp_consumed(&wire->Tcp, consumed, OtWireNow(Connection->Adapter));
    }
    if (wire->FinReceived && !wire->FinIndicated && Connection->BytesBuffered == 0) {
        FinConsumed(Connection);
    } else if (wire->FinIndicated && Connection->Receives.First != NULL) {
        OtFinishReceives(Connection, NDIS_STATUS_INVALID_STATE);
    }
    if ((outcome.events & CHIMNEY_TCP_URGENT_RECEIVED) != 0) {
        AskForUpload(Connection, ReceivedUrgentData);
    }
    if ((outcome.events & CHIMNEY_TCP_TIMED_OUT) != 0) {
        AskForUpload(Connection, TimeoutExpiration);
    }
    if ((outcome.events & (CHIMNEY_TCP_SYN_IN_ORDER | CHIMNEY_TCP_TIME_WAIT_ENTERED)) != 0) {
        AskForUpload(Connection, UploadRequested);
    }
}

VOID OtWireSettle(POT_OBJECT Connection)
{
    struct _OT_WIRE_CONNECTION *wire = Connection->Wire;

    if (wire == NULL) {
        return;
    }
    if (wire->Settling) {
        wire->SettleAgain = TRUE;
        return;
    }
    wire->Settling = TRUE;
    Connection->IndicationsInProgress++; /* a terminate that comes in meanwhile is completed afterwards */
    do {
        wire->SettleAgain = FALSE;
        CarryOut(Connection);
    } while (wire->SettleAgain);
    Connection->IndicationsInProgress--;
    wire->Settling = FALSE;
    OtWireSetTimers(Connection->Adapter);
}

/* Requests that came after an abort, or after a mandatory reason for upload. Not inside the call that brought them. */
VOID OtWireRefuse(POT_OBJECT Connection)
{
    if (Connection->Wire != NULL && (Connection->Wire->Aborted || Connection->Wire->UploadWanted)) {
        RefuseQueued(Connection);
    }
}

BOOLEAN OtWireRefuses(POT_OBJECT Connection)
{
    return (BOOLEAN)(Connection->Wire != NULL && (Connection->Wire->Aborted || Connection->Wire->UploadWanted));
}

/* Data has been delivered, or the connection has become active: the peer hears of the room, the host of a FIN. */
VOID OtWireDelivered(POT_OBJECT Connection)
{
    if (Connection->Wire != NULL && !Connection->Wire->Settling) { /* else the round that delivers does it itself */
        OtWireSettle(Connection);
    }
}

/* How much of the first list in the queue the peer has. What is asked for twice is told once. */
ULONG OtWireTakeAcknowledged(POT_OBJECT Connection)
{
    ULONG bytes = 0;

    if (Connection->Wire != NULL) {
        bytes = Connection->Wire->Acknowledged;
        Connection->Wire->Acknowledged = 0;
    }
    return bytes;
}
