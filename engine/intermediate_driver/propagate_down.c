/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * An operation travels down.
 *
 * NDIS has called one of our MiniportXxxOffload functions with a tree of NDIS_MINIPORT_OFFLOAD_BLOCK_LIST. We make of it
 * a tree of NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST and call NdisXxxOffload on our lower binding. Nothing is copied: the two
 * structures are the same memory, so "making" one of the other means to change what the two differing slots mean.
 *
 *      slot    we receive (miniport)        we pass on (protocol)
 *      A       MiniportOffloadContext       NdisReserved[2]: NDIS rewrites it at once, we leave it alone
 *      B       NdisOffloadHandle: the       OffloadHandle: the address of OUR handle, inside our offload entry
 *              handle of the driver above
 *      root    ImReserved, SourceHandle     ImReserved[0] -> our call entry; SourceHandle is rewritten by NDIS
 *
 * After the call to NdisXxxOffload this driver touches neither tree nor entries: the completion may have run inside it
 * (IM-043). And it does not wait: it returns (IM-048).
 */
#include "intermediate.h"

/* The overlay itself, member by member where it matters. */
C_ASSERT(sizeof(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST) == sizeof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST));
C_ASSERT(FIELD_OFFSET(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, NdisOffloadHandle) ==
         FIELD_OFFSET(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, OffloadHandle));
C_ASSERT(FIELD_OFFSET(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, ImReserved) ==
         FIELD_OFFSET(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, ImReserved));

static VOID CallDown(IM_OPERATION Operation, NDIS_HANDLE BindingHandle, PIM_LOWER_BLOCK Root)
{
    /* The same operation, the same root (IM-027, IM-029). */
    switch (Operation) {
    case ImInitiate:
        NdisInitiateOffload(BindingHandle, Root);
        break;
    case ImQuery:
        NdisQueryOffloadState(BindingHandle, Root);
        break;
    case ImUpdate:
        NdisUpdateOffload(BindingHandle, Root);
        break;
    case ImInvalidate:
        NdisInvalidateOffload(BindingHandle, Root);
        break;
    case ImTerminate:
        NdisTerminateOffload(BindingHandle, Root);
        break;
    }
}

/* Slot B: from the handle above us to ours. Header, links, Status, the other reserved members, PortNumber and the state
   that follows are none of our business (IM-041); Scratch and MiniportReserved would not survive the call (IM-044,
   IM-045). */
static VOID ConvertBlockDown(PIM_UPPER_BLOCK Block, PIM_OFFLOAD_ENTRY Entry)
{
    ((PIM_LOWER_BLOCK)Block)->OffloadHandle = &Entry->OffloadHandle; /* IM-035, IM-037 */
}

/*
 * A block of an initiate tree has one of three roles, and only the two pointers tell which:
 *
 *      NdisOffloadHandle NULL                  placeholder: carries links, and stays a placeholder (IM-038)
 *      *MiniportOffloadContext NULL            new offload: an object that we shall have to know from now on
 *      *MiniportOffloadContext not NULL        linker: we know the object, the context is our entry
 */
static NDIS_STATUS PrepareInitiateBlock(PIM_CALL_ENTRY CallEntry, PIM_UPPER_BLOCK Block)
{
    PIM_OFFLOAD_ENTRY entry;

    if (Block->NdisOffloadHandle == NULL) {
        return NDIS_STATUS_SUCCESS;
    }
    if (*Block->MiniportOffloadContext != NULL) {
        entry = (PIM_OFFLOAD_ENTRY)*Block->MiniportOffloadContext;
        ASSERT(entry->UpperHandle == Block->NdisOffloadHandle); /* IM-040 */
        ConvertBlockDown(Block, entry);
        return NDIS_STATUS_SUCCESS;
    }
    entry = ImCreateOffloadEntry(CallEntry->UpperEdge, (PNDIS_OFFLOAD_HANDLE)Block->NdisOffloadHandle, CallEntry);
    if (entry == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    /* Outstanding send data. NDIS is about to write our lower binding into each list's SourceHandle (IM-042). */
    if (ImPushRecords(Block->NetBufferListChain, CallEntry->UpperEdge) != NDIS_STATUS_SUCCESS) {
        ImDereferenceOffloadEntry(entry);
        return NDIS_STATUS_RESOURCES;
    }
    ConvertBlockDown(Block, entry);
    return NDIS_STATUS_SUCCESS;
}

/* Takes back what was done to the blocks before Failed, in the order in which it was done (IM-046). */
static VOID UndoInitiate(PIM_CALL_ENTRY CallEntry, PIM_UPPER_BLOCK Root, PIM_UPPER_BLOCK Failed)
{
    IM_TREE_WALK walk;
    PIM_UPPER_BLOCK block;

    for (block = ImFirstBlock(&walk, Root); block != Failed; block = ImNextBlock(&walk, block)) {
        PIM_OFFLOAD_ENTRY entry = ImConvertBlockUp(block);
        if (entry != NULL && entry->Initiating == CallEntry) {
            ImPopRecords(CallEntry->UpperEdge->Lower, block->NetBufferListChain);
            ImDereferenceOffloadEntry(entry);
        }
    }
}

/* Nobody below will write the statuses of this tree, so we do: in every block (IM-059). */
static VOID CompleteFailedInitiate(PIM_VIRTUAL_MINIPORT UpperEdge, PIM_UPPER_BLOCK Root)
{
    IM_TREE_WALK walk;
    PIM_UPPER_BLOCK block;

    for (block = ImFirstBlock(&walk, Root); block != NULL; block = ImNextBlock(&walk, block)) {
        if (block->NdisOffloadHandle == NULL) {
            block->Status = NDIS_STATUS_SUCCESS; /* a placeholder cannot fail (IM-123) */
        } else if (*block->MiniportOffloadContext == NULL) {
            block->Status = NDIS_STATUS_RESOURCES;
        } else {
            block->Status = NDIS_STATUS_FAILURE; /* a linker none of whose dependents was offloaded */
        }
    }
    /* The NET_BUFFER_LISTs go back with their blocks, untouched and not completed (IM-068). */
    NdisMInitiateOffloadComplete(UpperEdge->MiniportHandle, Root);
}

VOID ImInitiateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root)
{
    PIM_VIRTUAL_MINIPORT upperEdge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    PIM_CALL_ENTRY callEntry = ImAllocateCallEntry(upperEdge->Lower);
    IM_TREE_WALK walk;
    PIM_UPPER_BLOCK block;

    if (callEntry == NULL) {
        CompleteFailedInitiate(upperEdge, Root);
        return;
    }
    ImEnterCall(callEntry, upperEdge, ImInitiate, Root);

    for (block = ImFirstBlock(&walk, Root); block != NULL; block = ImNextBlock(&walk, block)) {
        if (PrepareInitiateBlock(callEntry, block) != NDIS_STATUS_SUCCESS) {
            UndoInitiate(callEntry, Root, block);
            ImLeaveCall(callEntry, Root);
            ImReleaseCallEntry(upperEdge->Lower, callEntry);
            CompleteFailedInitiate(upperEdge, Root);
            return;
        }
    }
    CallDown(ImInitiate, upperEdge->Lower->BindingHandle, (PIM_LOWER_BLOCK)Root);
    /* Nothing here: tree, call entry and offload entries may be gone. */
}

/* The rest of the way for the other four operations, whose objects we all know already. */
VOID ImPropagateDown(PIM_CALL_ENTRY CallEntry, PIM_UPPER_BLOCK Root)
{
    IM_TREE_WALK walk;
    PIM_UPPER_BLOCK block;

    for (block = ImFirstBlock(&walk, Root); block != NULL; block = ImNextBlock(&walk, block)) {
        if (block->NdisOffloadHandle != NULL) {
            PIM_OFFLOAD_ENTRY entry = (PIM_OFFLOAD_ENTRY)*block->MiniportOffloadContext;
            ASSERT(entry->UpperHandle == block->NdisOffloadHandle); /* IM-040 */
            ConvertBlockDown(block, entry);
        }
    }
    /* Operation and binding are read before the call: the call entry may be gone when it returns. */
    CallDown(CallEntry->Operation, CallEntry->UpperEdge->Lower->BindingHandle, (PIM_LOWER_BLOCK)Root);
}

static VOID StartOperation(NDIS_HANDLE MiniportAdapterContext, IM_OPERATION Operation, PIM_UPPER_BLOCK Root)
{
    PIM_VIRTUAL_MINIPORT upperEdge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    PIM_CALL_ENTRY callEntry = ImAllocateCallEntryOrWait(upperEdge, Operation, Root);

    if (callEntry != NULL) {
        ImEnterCall(callEntry, upperEdge, Operation, Root);
        ImPropagateDown(callEntry, Root);
    }
}

VOID ImQueryOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root)
{
    StartOperation(MiniportAdapterContext, ImQuery, Root);
}

VOID ImUpdateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root)
{
    StartOperation(MiniportAdapterContext, ImUpdate, Root);
}

VOID ImInvalidateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root)
{
    StartOperation(MiniportAdapterContext, ImInvalidate, Root);
}

VOID ImTerminateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root)
{
    StartOperation(MiniportAdapterContext, ImTerminate, Root);
}
