/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Taking over a tree, depth first and breadth next, so that as many whole connections as possible come to life when the
 * room runs out (OT-017). What each block's Status becomes (the page "Returning Completion Status of an Initiate Offload
 * Operation"):
 *
 *      new, stored             SUCCESS; PARTIAL_SUCCESS if an immediate dependent was not offloaded
 *      new, not stored         the reason; what depends on it cannot be attempted: FAILURE
 *      linker                  SUCCESS, PARTIAL_SUCCESS or, when all its dependents failed, FAILURE
 *      placeholder             SUCCESS always
 *      root not stored         the walk ends: everything else FAILURE
 */
#include "offload_target.h"

typedef struct _OT_INITIATE {
    POT_ADAPTER Adapter;
    ULONG Ordinal;
    ULONG BlockIndex; /* of the next block, in visiting order */
    BOOLEAN Stopped;
} OT_INITIATE, *POT_INITIATE;

typedef struct _OT_OUTCOME {
    ULONG Blocks;
    ULONG Failed;
} OT_OUTCOME;

/* ---- capacity ---- */

static BOOLEAN IsZero(const UCHAR *Bytes, ULONG Length)
{
    ULONG i;

    for (i = 0; i < Length; i++) {
        if (Bytes[i] != 0) {
            return FALSE;
        }
    }
    return TRUE;
}

/* How many different values stand at an offset of the objects of a kind; *Known tells whether Value is among them. Zero
   values do not count. */
static ULONG CountDifferent(POT_ADAPTER Adapter, ULONG Kind, ULONG Offset, ULONG Length, const UCHAR *Value, PBOOLEAN Known)
{
    ULONG count = 0;
    PLIST_ENTRY link;
    PLIST_ENTRY earlier;

    *Known = IsZero(Value, Length);
    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        const UCHAR *value = (const UCHAR *)object + Offset;
        BOOLEAN first = TRUE;
        if (object->Kind != Kind || IsZero(value, Length)) {
            continue;
        }
        if (NdisEqualMemory(value, Value, Length)) {
            *Known = TRUE;
        }
        for (earlier = Adapter->Objects.Flink; earlier != link && first; earlier = earlier->Flink) {
            POT_OBJECT other = CONTAINING_RECORD(earlier, OT_OBJECT, Link);
            first = (BOOLEAN)(other->Kind != Kind || !NdisEqualMemory((const UCHAR *)other + Offset, value, Length));
        }
        count += first;
    }
    return count;
}

static ULONG CountVlans(POT_ADAPTER Adapter, ULONG VlanId, PBOOLEAN Known)
{
    ULONG count = 0;
    PLIST_ENTRY link;
    PLIST_ENTRY earlier;

    *Known = (BOOLEAN)(VlanId == 0);
    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        BOOLEAN first = TRUE;
        if (object->Kind != OtNeighbor || object->Copy.Neighbor.Const.VlanId == 0) {
            continue;
        }
        if (object->Copy.Neighbor.Const.VlanId == VlanId) {
            *Known = TRUE;
        }
        for (earlier = Adapter->Objects.Flink; earlier != link && first; earlier = earlier->Flink) {
            POT_OBJECT other = CONTAINING_RECORD(earlier, OT_OBJECT, Link);
            first = (BOOLEAN)(other->Kind != OtNeighbor ||
                              other->Copy.Neighbor.Const.VlanId != object->Copy.Neighbor.Const.VlanId);
        }
        count += first;
    }
    return count;
}

static NDIS_STATUS RoomForNeighbor(POT_ADAPTER Adapter, POT_BLOCK Block)
{
    const struct chimney_target_capacity *capacity = &Adapter->Capacity;
    PNEIGHBOR_OFFLOAD_STATE_CONST constant = ChimneylabNeighborConst(Block);
    BOOLEAN known;
    ULONG i;

    if (OtCountObjects(Adapter, OtNeighbor) >= capacity->neighbors) {
        return NDIS_STATUS_OFFLOAD_NEIGHBOR_ENTRIES;
    }
    if (CountDifferent(Adapter, OtNeighbor, FIELD_OFFSET(OT_OBJECT, Copy.Neighbor.Const.DlSourceAddress), 6,
                       constant->DlSourceAddress, &known) >= capacity->source_hardware_addresses && !known) {
        return NDIS_STATUS_OFFLOAD_HW_ADDRESS_ENTRIES;
    }
    if (CountVlans(Adapter, constant->VlanId, &known) >= capacity->vlan_entries && !known) {
        return NDIS_STATUS_OFFLOAD_VLAN_ENTRIES;
    }
    if (capacity->interface_vlan_count == 0 || constant->VlanId == 0) {
        return NDIS_STATUS_SUCCESS;
    }
    for (i = 0; i < capacity->interface_vlan_count; i++) {
        if (capacity->interface_vlan_ids[i] == constant->VlanId) {
            return NDIS_STATUS_SUCCESS;
        }
    }
    return NDIS_STATUS_OFFLOAD_VLAN_MISMATCH;
}

static NDIS_STATUS RoomForPath(POT_ADAPTER Adapter, POT_BLOCK Block)
{
    UCHAR source[16];
    BOOLEAN known;

    if (OtCountObjects(Adapter, OtPath) >= Adapter->Capacity.paths) {
        return NDIS_STATUS_OFFLOAD_PATH_ENTRIES;
    }
    NdisZeroMemory(source, sizeof(source));
    NdisMoveMemory(source, ChimneylabPathConst(Block)->SourceAddress,
                   ChimneylabStatePlacement(Block->Header.Type).AddressFamily == 6 ? 16 : 4);
    if (CountDifferent(Adapter, OtPath, FIELD_OFFSET(OT_OBJECT, SourceAddress), 16, source, &known) >=
            Adapter->Capacity.source_ip_addresses && !known) {
        return NDIS_STATUS_OFFLOAD_IP_ADDRESS_ENTRIES;
    }
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS RoomForConnection(POT_ADAPTER Adapter, POT_BLOCK Block)
{
    const struct chimney_target_capacity *capacity = &Adapter->Capacity;
    ULONG window = ChimneylabTcpCached(Block)->InitialRcvWnd;
    ULONG64 windows = window;
    ULONG64 sendBytes = OtOutstandingSendBytes(Adapter);
    PNET_BUFFER_LIST list;
    PLIST_ENTRY link;

    if (OtCountObjects(Adapter, OtConnection) >= capacity->connections) {
        return NDIS_STATUS_OFFLOAD_TCP_ENTRIES;
    }
    if (window > capacity->maximum_receive_window) {
        return NDIS_STATUS_OFFLOAD_TCP_RCV_WINDOW;
    }
    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        if (object->Kind == OtConnection) {
            windows += object->Copy.Connection.Cached.InitialRcvWnd;
        }
    }
    if (windows > capacity->receive_buffer_bytes) {
        return NDIS_STATUS_OFFLOAD_TCP_RCV_BUFFER;
    }
    for (list = Block->NetBufferListChain; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        sendBytes += OtListBytes(list);
    }
    return sendBytes > capacity->transmit_buffer_bytes ? NDIS_STATUS_OFFLOAD_TCP_XMIT_BUFFER : NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS Room(POT_ADAPTER Adapter, POT_BLOCK Block, ULONG Kind)
{
    NDIS_STATUS status;

    switch (Kind) {
    case OtNeighbor:
        status = RoomForNeighbor(Adapter, Block);
        break;
    case OtPath:
        status = RoomForPath(Adapter, Block);
        break;
    default:
        status = RoomForConnection(Adapter, Block);
        break;
    }
    if (status == NDIS_STATUS_SUCCESS && OtCountObjects(Adapter, 0) >= Adapter->Capacity.host_memory_objects) {
        status = NDIS_STATUS_RESOURCES;
    }
    return status;
}

/* ---- the walk ---- */

static VOID TakeOverConnection(POT_OBJECT Connection, POT_BLOCK Block)
{
    PTCP_OFFLOAD_STATE_DELEGATED delegated = &Connection->Copy.Connection.Delegated;
    PNET_BUFFER_LIST list;

    if (Connection->Wire == NULL) { /* with one, its bytes have been copied */
        for (list = delegated->BufferedData; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
            Connection->BytesBuffered += OtListBytes(list);
        }
    }
    Connection->BytesArrived = Connection->BytesBuffered;
    Connection->Refused = (BOOLEAN)(Connection->BytesBuffered > 0); /* as if refused: it waits for a request (OT-034) */
    delegated->SendDataHead = NULL; /* the pointers of the host are of no use to us beyond this call */
    delegated->SendDataTail = NULL;
    delegated->BufferedData = NULL;
    OtTakeOverSendData(Connection, Block->NetBufferListChain);
}

static NDIS_STATUS Store(POT_INITIATE Initiate, POT_BLOCK Block, ULONG Index, POT_OBJECT Parent, POT_OBJECT *Stored)
{
    POT_ADAPTER adapter = Initiate->Adapter;
    ULONG kind = OtBlockKind(Block);
    NDIS_STATUS status;
    UCHAR identity[16];

    OtBlockIdentity(Block, identity);
    if (OtTakeFailure(adapter, OtInitiate, Initiate->Ordinal, Index, kind, identity, &status)) {
        return status;
    }
    if (kind == 0 || (kind != OtNeighbor && Parent == NULL)) {
        return NDIS_STATUS_FAILURE; /* no state of a layer we know, or nothing to link it to */
    }
    status = Room(adapter, Block, kind);
    if (status != NDIS_STATUS_SUCCESS) {
        return status;
    }
    *Stored = OtCreateObject(adapter, Block, kind, Parent);
    if (*Stored == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    (*Stored)->State = CHIMNEY_TARGET_OBJECT_OFFLOADING;
    (*Stored)->OffloadedBy = Initiate->Ordinal;
    if (kind == OtConnection) {
        if (!OtWireTakeOver(*Stored, Block->NetBufferListChain, (*Stored)->Copy.Connection.Delegated.BufferedData)) {
            OtFreeObject(*Stored);
            *Stored = NULL;
            return NDIS_STATUS_FAILURE; /* the host's undelivered data cannot be copied */
        }
        TakeOverConnection(*Stored, Block);
        OtWireStart(*Stored);
    }
    *Block->MiniportOffloadContext = *Stored; /* before the completion, and only on success */
    return NDIS_STATUS_SUCCESS;
}

/* Three layers deep at most: the recursion follows DependentBlockList, the loop NextBlock. */
static OT_OUTCOME ProcessSiblings(POT_INITIATE Initiate, POT_BLOCK First, POT_OBJECT Parent, BOOLEAN Attempt)
{
    OT_OUTCOME outcome = { 0, 0 };
    POT_BLOCK block;

    for (block = First; block != NULL; block = block->NextBlock) {
        ULONG index = Initiate->BlockIndex++;
        BOOLEAN attempt = (BOOLEAN)(Attempt && !Initiate->Stopped);
        POT_OBJECT object = NULL;
        OT_OUTCOME above;

        outcome.Blocks++;
        if (block->MiniportOffloadContext == NULL) {
            (VOID)ProcessSiblings(Initiate, block->DependentBlockList, NULL, attempt);
            block->Status = NDIS_STATUS_SUCCESS;
        } else if (*block->MiniportOffloadContext != NULL) {
            object = (POT_OBJECT)*block->MiniportOffloadContext;
            above = ProcessSiblings(Initiate, block->DependentBlockList, object, attempt);
            if (!attempt || (above.Failed == above.Blocks && above.Blocks > 0)) {
                block->Status = NDIS_STATUS_FAILURE;
                outcome.Failed++;
            } else {
                block->Status = above.Failed > 0 ? NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS : NDIS_STATUS_SUCCESS;
            }
        } else {
            block->Status = attempt ? Store(Initiate, block, index, Parent, &object) : NDIS_STATUS_FAILURE;
            if (block->Status != NDIS_STATUS_SUCCESS) {
                outcome.Failed++;
                if (index == 0) {
                    Initiate->Stopped = TRUE;
                }
            }
            above = ProcessSiblings(Initiate, block->DependentBlockList, object,
                                    (BOOLEAN)(block->Status == NDIS_STATUS_SUCCESS));
            if (block->Status == NDIS_STATUS_SUCCESS && above.Failed > 0) {
                block->Status = NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS;
            }
        }
    }
    return outcome;
}

VOID OtProcessInitiate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal)
{
    OT_INITIATE initiate = { Adapter, Ordinal, 0, FALSE };

    (VOID)ProcessSiblings(&initiate, Root, NULL, TRUE);
}

/* The completion call has returned: indications may be made, and the send data that came along is on its way. */
VOID OtInitiateReturned(POT_ADAPTER Adapter, ULONG Ordinal)
{
    PLIST_ENTRY link;

    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        if (object->State == CHIMNEY_TARGET_OBJECT_OFFLOADING && object->OffloadedBy == Ordinal) {
            object->State = CHIMNEY_TARGET_OBJECT_ACTIVE;
            if (object->Kind == OtConnection) {
                OtScheduleAcknowledgement(object, object->SendsTakenOver);
                object->SendsTakenOver = 0;
                OtWireDelivered(object);
            }
        }
    }
}
