/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Query, update and invalidate: work on objects that are here. Each block gets SUCCESS or FAILURE, placeholders SUCCESS.
 */
#include "offload_target.h"

/* Goes through a tree of references. Gives the block's object, or NULL when nothing is to be done for it: a placeholder,
   or a failure on request (its Status is written then). */
static POT_OBJECT NextObject(POT_ADAPTER Adapter, ULONG Kind, ULONG Ordinal, POT_BLOCK Block, ULONG Index)
{
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    POT_OBJECT object = NULL;

    if (Block->MiniportOffloadContext != NULL) {
        object = (POT_OBJECT)*Block->MiniportOffloadContext;
        if (object == NULL) { /* names something that was never offloaded */
            Block->Status = NDIS_STATUS_FAILURE;
            return NULL;
        }
        if (OtTakeFailure(Adapter, Kind, Ordinal, Index, object->Kind, object->Identity, &status)) {
            OtScheduleHardwareFailure(object); /* the documented meaning of a FAILURE here: the state is corrupt */
            object = NULL;
        }
    }
    Block->Status = status;
    return object;
}

VOID OtProcessQuery(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal)
{
    ULONG index = 0;
    OT_TREE_WALK walk;
    POT_BLOCK block;

    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        POT_OBJECT object = NextObject(Adapter, OtQuery, Ordinal, block, index++);
        if (object != NULL) {
            OtWriteState(object, block);
        }
        if (object != NULL && object->Kind == OtConnection) {
            PTCP_OFFLOAD_STATE_DELEGATED delegated = ChimneylabTcpDelegated(block);
            if (delegated != NULL) { /* the union: backlog sizes in a query, lists in a terminate */
                delegated->SendDataHead = NULL;
                delegated->SendDataTail = NULL;
                delegated->BufferedData = NULL;
                delegated->SendBacklogSize = delegated->CWnd < delegated->SndWnd ? delegated->CWnd : delegated->SndWnd;
                delegated->ReceiveBacklogSize = object->BytesBuffered;
            }
        }
    }
}

static BOOLEAN CarriesCachedState(POT_BLOCK Block)
{
    switch (Block->Header.Type) {
    case NeighborOffloadCachedState:
    case Ip4OffloadCachedState:
    case Ip6OffloadCachedState:
    case TcpOffloadCachedState:
        return TRUE;
    default:
        return FALSE; /* a block that only links */
    }
}

/* Relinking: a path under a neighbor that is not its own moves to it, and with it all its connections. */
static VOID RelinkPaths(POT_BLOCK NeighborBlock)
{
    POT_BLOCK block;

    for (block = NeighborBlock->DependentBlockList; block != NULL; block = block->NextBlock) {
        if (block->MiniportOffloadContext != NULL && block->Status == NDIS_STATUS_SUCCESS) {
            ((POT_OBJECT)*block->MiniportOffloadContext)->Parent = (POT_OBJECT)*NeighborBlock->MiniportOffloadContext;
        }
    }
}

/* What was to move to a neighbor that failed stays where it is, and says so. */
static VOID FailRelinks(POT_BLOCK NeighborBlock)
{
    POT_BLOCK block;

    for (block = NeighborBlock->DependentBlockList; block != NULL; block = block->NextBlock) {
        if (block->MiniportOffloadContext != NULL && block->Status == NDIS_STATUS_SUCCESS &&
            ((POT_OBJECT)*block->MiniportOffloadContext)->Parent != (POT_OBJECT)*NeighborBlock->MiniportOffloadContext) {
            block->Status = NeighborBlock->Status;
        }
    }
}

static BOOLEAN IsNeighbor(POT_BLOCK Block)
{
    return (BOOLEAN)(Block->MiniportOffloadContext != NULL && ((POT_OBJECT)*Block->MiniportOffloadContext)->Kind == OtNeighbor);
}

/* What fails goes on as before; the host terminates what it could not update. */
VOID OtProcessUpdate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal)
{
    ULONG index = 0;
    OT_TREE_WALK walk;
    POT_BLOCK block;

    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        NDIS_STATUS status = NDIS_STATUS_SUCCESS;
        if (block->MiniportOffloadContext != NULL) {
            POT_OBJECT object = (POT_OBJECT)*block->MiniportOffloadContext;
            (VOID)OtTakeFailure(Adapter, OtUpdate, Ordinal, index, object->Kind, object->Identity, &status);
        }
        block->Status = status;
        index++;
    }
    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        if (IsNeighbor(block) && block->Status != NDIS_STATUS_SUCCESS) {
            FailRelinks(block);
        }
    }
    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        if (block->MiniportOffloadContext != NULL && block->Status == NDIS_STATUS_SUCCESS && CarriesCachedState(block)) {
            OtReadCachedState((POT_OBJECT)*block->MiniportOffloadContext, block);
        }
    }
    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        if (IsNeighbor(block) && block->Status == NDIS_STATUS_SUCCESS) {
            RelinkPaths(block);
        }
    }
    OtWireMute(Adapter);
}

/* Nothing is sent any more on what is invalid or depends on it. The upload is asked for when a send is tried. */
VOID OtProcessInvalidate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal)
{
    ULONG index = 0;
    OT_TREE_WALK walk;
    POT_BLOCK block;

    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        POT_OBJECT object = NextObject(Adapter, OtInvalidate, Ordinal, block, index++);
        if (object != NULL) {
            object->Invalid = TRUE;
            if (object->State == CHIMNEY_TARGET_OBJECT_ACTIVE) {
                object->State = CHIMNEY_TARGET_OBJECT_INVALID;
            }
        }
    }
    OtWireMute(Adapter);
}
