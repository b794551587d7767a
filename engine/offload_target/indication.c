/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Events of connections, the question for a neighbor, status of the adapter. They run in tasks, hence at DISPATCH_LEVEL,
 * as their pages demand, and name an object by the handle that was stored when it was offloaded.
 */
#include "offload_target.h"

static BOOLEAN IsWish(ULONG Reason)
{
    return (BOOLEAN)(Reason == LowActivity || Reason == HighDropRate || Reason == SmallIO || Reason == NoBufferPreposting ||
                     Reason == HighFragmentation || Reason == HighOutOfOrderPackets);
}

/* Wishes are not made while one half is closed and the other is not (OT-101). */
static BOOLEAN IsUntimelyWish(POT_OBJECT Connection, ULONG EventType, ULONG Information)
{
    TCP_OFFLOAD_CONNECTION_STATE state = Connection->Copy.Connection.Delegated.State;

    if (EventType != TcpIndicateRetrieve ||
        (state != TcpConnectionFinWait1 && state != TcpConnectionFinWait2 && state != TcpConnectionCloseWait)) {
        return FALSE;
    }
    return IsWish(Information);
}

/* The peer has closed its half. What was posted before is completed with what is in it; then the end may be told. */
static VOID TakeFin(POT_OBJECT Connection)
{
    PTCP_OFFLOAD_STATE_DELEGATED delegated = &Connection->Copy.Connection.Delegated;

    delegated->RcvNxt++;
    switch (delegated->State) {
    case TcpConnectionFinWait1:
        delegated->State = TcpConnectionClosing;
        break;
    case TcpConnectionFinWait2:
        delegated->State = TcpConnectionTimeWait;
        break;
    default:
        delegated->State = TcpConnectionCloseWait;
        break;
    }
    OtFinishReceives(Connection, NDIS_STATUS_SUCCESS);
}

VOID OtIndicateEvent(POT_OBJECT Connection, ULONG EventType, ULONG Information)
{
    POT_ADAPTER adapter = Connection->Adapter;

    if (IsUntimelyWish(Connection, EventType, Information) ||
        (EventType == TcpIndicateDisconnect && (Connection->DisconnectIndicated || Connection->BytesBuffered + Connection->ReceiveFilled > 0))) {
        return; /* not now; the end of the stream is told once, when all before it has been consumed (OT-097) */
    }
    if (EventType == TcpIndicateDisconnect) {
        TakeFin(Connection);
    } else if (EventType == TcpIndicateAbort) {
        Connection->Aborted = TRUE;
    } else if (EventType == TcpIndicateRetrieve && !IsWish(Information) && Information != InvalidState) {
        Connection->Stopped = TRUE; /* InvalidState ends when the path is linked to a valid neighbor */
    }
    Connection->IndicationsInProgress++; /* a terminate that comes in meanwhile completes afterwards */
    adapter->Offload.NdisTcpOffloadEventHandler(Connection->OffloadHandle, EventType, Information);
    Connection->IndicationsInProgress--;
    if (EventType == TcpIndicateDisconnect) {
        Connection->DisconnectIndicated = TRUE;
    }
}

/* After an operation that failed because state is corrupt, on each connection that it concerns. Between the two events
   the host may terminate, so the object is looked up again. */
VOID OtIndicateHardwareFailure(POT_ADAPTER Adapter, ULONG Number)
{
    POT_OBJECT connection = OtFindObject(Adapter, Number);

    if (connection != NULL && connection->State != CHIMNEY_TARGET_OBJECT_TERMINATING) {
        OtIndicateEvent(connection, TcpIndicateRetrieve, HardwareFailure);
    }
    connection = OtFindObject(Adapter, Number);
    if (connection != NULL && connection->State != CHIMNEY_TARGET_OBJECT_TERMINATING) {
        OtIndicateEvent(connection, TcpIndicateAbort, 0);
    }
    OtWireMute(Adapter);
}

BOOLEAN OtHardwareIsGone(POT_OBJECT Connection)
{
    return (BOOLEAN)(Connection->Aborted && Connection->Stopped);
}

static VOID TellFailure(POT_OBJECT Connection)
{
    POT_ADAPTER adapter = Connection->Adapter;

    Connection->FailureUntold =
        (BOOLEAN)!OtSchedule(Connection, OtTaskHardwareFailure, 0, 0, adapter->Timing.indication_ns);
    if (Connection->FailureUntold) {
        adapter->FailuresUntold = TRUE;
    }
}

VOID OtTellFailures(POT_ADAPTER Adapter)
{
    PLIST_ENTRY link;

    if (!Adapter->FailuresUntold) {
        return;
    }
    Adapter->FailuresUntold = FALSE;
    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        if (object->FailureUntold) {
            TellFailure(object);
        }
    }
}

VOID OtScheduleHardwareFailure(POT_OBJECT Object)
{
    POT_ADAPTER adapter = Object->Adapter;
    PLIST_ENTRY link;

    for (link = adapter->Objects.Flink; link != &adapter->Objects; link = link->Flink) {
        POT_OBJECT connection = CONTAINING_RECORD(link, OT_OBJECT, Link);
        if (connection->Kind == OtConnection && OtDependsOn(connection, Object)) {
            connection->Aborted = TRUE;
            TellFailure(connection);
        }
    }
}

typedef struct _OT_NEIGHBOR_QUERY {
    NDIS_MINIPORT_OFFLOAD_BLOCK_LIST Block;
    CHIMNEYLAB_NEIGHBOR_STATE State;
} OT_NEIGHBOR_QUERY;
C_ASSERT(FIELD_OFFSET(OT_NEIGHBOR_QUERY, State) == sizeof(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST));

/* The pages do not say where the block names the neighbor: the stored handle stands in slot B. The host's answer is in
   the cached state when the call returns. Nothing is asked when the neighbor has been heard of since the question was
   scheduled. */
VOID OtIndicateNeighborQuery(POT_OBJECT Neighbor)
{
    POT_ADAPTER adapter = Neighbor->Adapter;
    OT_NEIGHBOR_QUERY *query;

    Neighbor->QuestionScheduled = FALSE;
    if (!OtIsStale(Neighbor)) {
        return;
    }
    query = OtAllocate(adapter->MiniportHandle, sizeof(*query), OT_TAG_NEIGHBOR_QUERY);
    if (query == NULL) {
        return; /* asked again before the next segment */
    }
    NdisZeroMemory(query, sizeof(*query));
    query->Block.Header.Type = NeighborOffloadState;
    query->Block.Header.Revision = 1;
    query->Block.Header.Size = sizeof(query->Block);
    query->Block.Status = NDIS_STATUS_SUCCESS;
    query->Block.NdisOffloadHandle = Neighbor->OffloadHandle;
    query->State = Neighbor->Copy.Neighbor;
    query->State.Cached.HostReachabilityDelta = OtWireNow(adapter) - Neighbor->HostConfirmedAt;
    query->State.Delegated.NicReachabilityDelta = OtWireNow(adapter) - Neighbor->ProgressAt;
    Neighbor->IndicationsInProgress++;
    NdisMOffloadEventIndicate(adapter->MiniportHandle, &query->Block, NeighborReachabilityQuery);
    Neighbor->IndicationsInProgress--;
    Neighbor->Copy.Neighbor.Cached.HostReachabilityDelta = query->State.Cached.HostReachabilityDelta;
    Neighbor->HostConfirmedAt = OtWireNow(adapter) - query->State.Cached.HostReachabilityDelta;
    NdisFreeMemory(query, 0, 0);
}

static VOID FillIndication(POT_ADAPTER Adapter, NDIS_STATUS Status, NDIS_STATUS_INDICATION *Indication)
{
    NdisZeroMemory(Indication, sizeof(*Indication));
    Indication->Header.Type = NDIS_OBJECT_TYPE_STATUS_INDICATION;
    Indication->Header.Revision = NDIS_STATUS_INDICATION_REVISION_1;
    Indication->Header.Size = NDIS_SIZEOF_STATUS_INDICATION_REVISION_1;
    Indication->SourceHandle = Adapter->MiniportHandle;
    Indication->StatusCode = Status;
}

static BOOLEAN HasConnections(POT_ADAPTER Adapter)
{
    PLIST_ENTRY link;

    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        if (CONTAINING_RECORD(link, OT_OBJECT, Link)->Kind == OtConnection) {
            return TRUE;
        }
    }
    return FALSE;
}

VOID OtIndicateStatus(POT_ADAPTER Adapter, NDIS_STATUS Status, BOOLEAN WithoutBuffer)
{
    NDIS_STATUS_INDICATION indication;

    if (Status == NDIS_STATUS_UPLOAD_ALL) {
        Adapter->AllAskedBack = TRUE;
    } else if (Status == NDIS_STATUS_OFFLOAD_RESUME && Adapter->AllAskedBack) {
        if (HasConnections(Adapter)) {
            return; /* not before it has back what it has asked for (OT-108) */
        }
        Adapter->AllAskedBack = FALSE;
    }
    FillIndication(Adapter, Status, &indication);
    if (Status == NDIS_STATUS_OFFLOAD_PAUSE) {
        Adapter->OffloadPaused = TRUE;
    }
    if (Status == NDIS_STATUS_OFFLOAD_RESUME || Status == NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES) {
        if (Adapter->OffloadPaused || Status != NDIS_STATUS_OFFLOAD_RESUME) {
            Adapter->Capabilities.TcpConnectionOffloadCapacity = Adapter->Capacity.connections;
        }
        if (Status == NDIS_STATUS_OFFLOAD_RESUME) {
            Adapter->OffloadPaused = FALSE;
        }
        if (!WithoutBuffer) {
            indication.StatusBuffer = &Adapter->Capabilities;
            indication.StatusBufferSize = NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_1;
        }
    }
    NdisMIndicateStatusEx(Adapter->MiniportHandle, &indication);
}

/* What becomes of the connections is for the host to decide (OT-107): they wait, like any whose segments are lost. */
VOID OtIndicateLinkState(POT_ADAPTER Adapter, BOOLEAN Connected)
{
    NDIS_STATUS_INDICATION indication;
    NDIS_LINK_STATE state;

    NdisZeroMemory(&state, sizeof(state));
    state.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    state.Header.Revision = NDIS_LINK_STATE_REVISION_1;
    state.Header.Size = NDIS_SIZEOF_LINK_STATE_REVISION_1;
    state.MediaConnectState = Connected ? MediaConnectStateConnected : MediaConnectStateDisconnected;
    state.MediaDuplexState = Connected ? MediaDuplexStateFull : MediaDuplexStateUnknown;
    state.XmitLinkSpeed = state.RcvLinkSpeed = Connected ? OT_LINK_SPEED : OT_LINK_SPEED_UNKNOWN;
    FillIndication(Adapter, NDIS_STATUS_LINK_STATE, &indication);
    indication.StatusBuffer = &state;
    indication.StatusBufferSize = sizeof(state);
    NdisMIndicateStatusEx(Adapter->MiniportHandle, &indication);
}
