/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The target's own copies of offloaded state. Its internal trees stand on their heads compared with the host's: a
 * connection points to its path, a path to its neighbor, because a segment is built from the connection downwards. The
 * context given to the host for an object is the address of this copy.
 */
#include "offload_target.h"

ULONG OtBlockKind(POT_BLOCK Block)
{
    switch (ChimneylabStateLayer(Block->Header.Type)) {
    case ChimneylabNeighborLayer: return OtNeighbor;
    case ChimneylabPathLayer: return OtPath;
    case ChimneylabTcpLayer: return OtConnection;
    default: return 0;
    }
}

/* Both ages count: what the host knows is as good as what this adapter knows. Differences of ticks, so that the clock may
   wrap. */
BOOLEAN OtIsStale(POT_OBJECT Neighbor)
{
    ULONG limit = Neighbor->Adapter->Parameters.NceStaleTicks;
    ULONG now = OtWireNow(Neighbor->Adapter);

    return (BOOLEAN)(limit != 0 && now - Neighbor->ProgressAt > limit && now - Neighbor->HostConfirmedAt > limit);
}

VOID OtNoteProgress(POT_OBJECT Neighbor) { Neighbor->ProgressAt = OtWireNow(Neighbor->Adapter); }

/* By what a client names an object: see chimney_target_failure. Zero where the block carries no const state. */
VOID OtBlockIdentity(POT_BLOCK Block, UCHAR Identity[16])
{
    PNEIGHBOR_OFFLOAD_STATE_CACHED neighbor = ChimneylabNeighborCached(Block);
    PPATH_OFFLOAD_STATE_CONST path = ChimneylabPathConst(Block);
    PTCP_OFFLOAD_STATE_CONST connection = ChimneylabTcpConst(Block);

    NdisZeroMemory(Identity, 16);
    if (neighbor != NULL) {
        NdisMoveMemory(Identity, neighbor->DlDestinationAddress, 6);
    } else if (path != NULL) {
        NdisMoveMemory(Identity, path->DestinationAddress,
                       ChimneylabStatePlacement(Block->Header.Type).AddressFamily == 6 ? 16 : 4);
    } else if (connection != NULL) {
        NdisMoveMemory(Identity, &connection->LocalPort, sizeof(USHORT)); /* in network order already */
        NdisMoveMemory(Identity + 2, &connection->RemotePort, sizeof(USHORT));
    }
}

static VOID CopyState(POT_OBJECT Object, POT_BLOCK Block)
{
    ULONG addressLength;

    NdisMoveMemory(&Object->Copy, ChimneylabFollowingState(Block), ChimneylabStateSize(Block->Header.Type));
    if (Object->Kind == OtPath) {
        /* The addresses are pointers into memory of the host: the bytes are what counts. */
        addressLength = ChimneylabStatePlacement(Block->Header.Type).AddressFamily == 6 ? 16 : 4;
        NdisMoveMemory(Object->SourceAddress, Object->Copy.Path.Const.SourceAddress, addressLength);
        NdisMoveMemory(Object->DestinationAddress, Object->Copy.Path.Const.DestinationAddress, addressLength);
        Object->Copy.Path.Const.SourceAddress = Object->SourceAddress;
        Object->Copy.Path.Const.DestinationAddress = Object->DestinationAddress;
    }
}

POT_OBJECT OtCreateObject(POT_ADAPTER Adapter, POT_BLOCK Block, ULONG Kind, POT_OBJECT Parent)
{
    POT_OBJECT object = OtAllocate(Adapter->MiniportHandle, sizeof(*object), OT_TAG_OBJECT);

    if (object == NULL) {
        return NULL;
    }
    object->Adapter = Adapter;
    object->Kind = Kind;
    object->Parent = Parent;
    object->OffloadHandle = Block->NdisOffloadHandle;
    object->StateType = Block->Header.Type;
    OtBlockIdentity(Block, object->Identity);
    CopyState(object, Block);
    if (Kind == OtNeighbor) {
        object->ProgressAt = OtWireNow(Adapter) - object->Copy.Neighbor.Delegated.NicReachabilityDelta;
        object->HostConfirmedAt = OtWireNow(Adapter) - object->Copy.Neighbor.Cached.HostReachabilityDelta;
    }
    NdisAcquireSpinLock(&Adapter->Lock);
    object->Number = ++Adapter->LastObject;
    InsertTailList(&Adapter->Objects, &object->Link);
    NdisReleaseSpinLock(&Adapter->Lock);
    return object;
}

VOID OtFreeObject(POT_OBJECT Object)
{
    POT_ADAPTER adapter = Object->Adapter;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&adapter->Lock);
    RemoveEntryList(&Object->Link);
    for (link = adapter->Objects.Flink; link != &adapter->Objects; link = link->Flink) {
        POT_OBJECT other = CONTAINING_RECORD(link, OT_OBJECT, Link);
        if (other->Parent == Object) {
            other->Parent = NULL; /* its terminate is under way too: the host keeps the order */
        }
    }
    NdisReleaseSpinLock(&adapter->Lock);
    OtWireRelease(Object);
    NdisFreeMemory(Object, 0, 0);
}

POT_OBJECT OtFindObject(POT_ADAPTER Adapter, ULONG Number)
{
    POT_OBJECT found = NULL;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&Adapter->Lock);
    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        if (object->Number == Number) {
            found = object;
            break;
        }
    }
    NdisReleaseSpinLock(&Adapter->Lock);
    return found;
}

POT_OBJECT OtFindIdentity(POT_ADAPTER Adapter, ULONG Kind, const UCHAR *Identity, ULONG Length)
{
    POT_OBJECT found = NULL;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&Adapter->Lock);
    for (link = Adapter->Objects.Flink; link != &Adapter->Objects && found == NULL; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        if (object->Kind == Kind && NdisEqualMemory(object->Identity, Identity, Length)) {
            found = object;
        }
    }
    NdisReleaseSpinLock(&Adapter->Lock);
    return found;
}

POT_OBJECT OtObjectAt(POT_ADAPTER Adapter, ULONG Index)
{
    PLIST_ENTRY link;

    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        if (Index-- == 0) {
            return CONTAINING_RECORD(link, OT_OBJECT, Link);
        }
    }
    return NULL;
}

ULONG OtCountObjects(POT_ADAPTER Adapter, ULONG Kind)
{
    ULONG count = 0;
    PLIST_ENTRY link;

    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        count += Kind == 0 || CONTAINING_RECORD(link, OT_OBJECT, Link)->Kind == Kind;
    }
    return count;
}

ULONG OtCountDependents(POT_OBJECT Object)
{
    ULONG count = 0;
    PLIST_ENTRY link;

    for (link = Object->Adapter->Objects.Flink; link != &Object->Adapter->Objects; link = link->Flink) {
        count += CONTAINING_RECORD(link, OT_OBJECT, Link)->Parent == Object;
    }
    return count;
}

BOOLEAN OtDependsOn(POT_OBJECT Object, POT_OBJECT Lower)
{
    while (Object != NULL && Object != Lower) {
        Object = Object->Parent;
    }
    return (BOOLEAN)(Object != NULL);
}

/* The structures behind the block, as many as it has room for, get what the target uses now. Only a query shows const
   and cached variables and backlog sizes; a terminate carries delegated ones alone. */
VOID OtWriteState(POT_OBJECT Object, POT_BLOCK Block)
{
    if (Object->Kind == OtNeighbor) {
        PNEIGHBOR_OFFLOAD_STATE_CONST constant = ChimneylabNeighborConst(Block);
        PNEIGHBOR_OFFLOAD_STATE_CACHED cached = ChimneylabNeighborCached(Block);
        PNEIGHBOR_OFFLOAD_STATE_DELEGATED delegated = ChimneylabNeighborDelegated(Block);
        if (constant != NULL) {
            *constant = Object->Copy.Neighbor.Const;
        }
        if (cached != NULL) {
            *cached = Object->Copy.Neighbor.Cached;
        }
        Object->Copy.Neighbor.Delegated.NicReachabilityDelta = OtWireNow(Object->Adapter) - Object->ProgressAt;
        if (delegated != NULL) {
            *delegated = Object->Copy.Neighbor.Delegated;
        }
    } else if (Object->Kind == OtPath) {
        PPATH_OFFLOAD_STATE_CONST constant = ChimneylabPathConst(Block);
        PPATH_OFFLOAD_STATE_CACHED cached = ChimneylabPathCached(Block);
        PPATH_OFFLOAD_STATE_DELEGATED delegated = ChimneylabPathDelegated(Block);
        if (constant != NULL) {
            *constant = Object->Copy.Path.Const;
        }
        if (cached != NULL) {
            *cached = Object->Copy.Path.Cached;
        }
        if (delegated != NULL) {
            *delegated = Object->Copy.Path.Delegated;
        }
    } else {
        PTCP_OFFLOAD_STATE_CONST constant = ChimneylabTcpConst(Block);
        PTCP_OFFLOAD_STATE_CACHED cached = ChimneylabTcpCached(Block);
        PTCP_OFFLOAD_STATE_DELEGATED delegated = ChimneylabTcpDelegated(Block);
        OtWireExport(Object);
        if (constant != NULL) {
            *constant = Object->Copy.Connection.Const;
        }
        if (cached != NULL) {
            *cached = Object->Copy.Connection.Cached;
        }
        if (delegated != NULL) {
            *delegated = Object->Copy.Connection.Delegated;
        }
    }
}

/* An update: the cached variables, and what their flags command. */
VOID OtReadCachedState(POT_OBJECT Object, POT_BLOCK Block)
{
    if (Object->Kind == OtNeighbor && ChimneylabNeighborCached(Block) != NULL) {
        Object->Copy.Neighbor.Cached = *ChimneylabNeighborCached(Block);
        OtBlockIdentity(Block, Object->Identity); /* another MAC of the same next hop */
    } else if (Object->Kind == OtPath && ChimneylabPathCached(Block) != NULL) {
        Object->Copy.Path.Cached = *ChimneylabPathCached(Block);
    } else if (Object->Kind == OtConnection && ChimneylabTcpCached(Block) != NULL) {
        PTCP_OFFLOAD_STATE_CACHED cached = &Object->Copy.Connection.Cached;
        PTCP_OFFLOAD_STATE_DELEGATED delegated = &Object->Copy.Connection.Delegated;
        *cached = *ChimneylabTcpCached(Block);
        if ((cached->Flags & TCP_FLAG_UPDATE_RCV_WND) != 0) {
            delegated->RcvWnd = cached->InitialRcvWnd;
        }
        if ((cached->Flags & TCP_FLAG_MAX_RT_RESTART) != 0) {
            delegated->TotalRT = 0;
        }
        if ((cached->Flags & TCP_FLAG_KEEP_ALIVE_RESTART) != 0) {
            delegated->KeepAlive.ProbeCount = 0;
            delegated->KeepAlive.TimeoutDelta = cached->KaTimeout;
        }
        OtWireChange(Object, cached->Flags);
        /* Commands, carried out; what stays are the levels. */
        cached->Flags &= TCP_FLAG_KEEP_ALIVE_ENABLED | TCP_FLAG_NAGLING_ENABLED;
    }
}
