/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The IM call entry: what must be remembered while one operation is below.
 *
 * Two members of the root block are overwritten on the way down and must be on the way up what they were:
 *
 *   SourceHandle    the binding through which the tree was sent. NDIS writes its own value on each floor it goes down,
 *                   and delivers the completion to whatever binding stands there. If we left the lower binding in it,
 *                   our upward completion would be delivered to ourselves, again and again (IM-050).
 *   ImReserved      the one place in the block where an intermediate driver may leave a pointer to its call entry. An
 *                   intermediate driver above us has left its own there, in one word or the other; so both words are
 *                   saved and both are put back (IM-032, IM-051).
 *
 * Each operation gets an entry of its own, since any number may be below at a time and come back in any order (IM-112).
 *
 * Memory. Initiate may fail for want of memory, its statuses say so. Query, update, invalidate and terminate know only
 * SUCCESS and FAILURE, and a failed terminate means to the host that a connection is lost. So they must not fail for a
 * mere call entry (IM-047): each lower binding holds a few in reserve, and when even those are in use the tree waits in
 * a queue until one comes back, as it does with every completion. The queue needs no memory either: the waiting trees
 * are linked through MiniportReserved of their roots, which is ours while a block is with our miniport edge.
 */
#include "intermediate.h"

static PIM_CALL_ENTRY AllocateFromPool(PIM_LOWER_BINDING Lower)
{
    return (PIM_CALL_ENTRY)NdisAllocateMemoryWithTagPriority(Lower->BindingHandle, sizeof(IM_CALL_ENTRY),
                                                             IM_TAG_CALL_ENTRY, NormalPoolPriority);
}

NDIS_STATUS ImReserveCallEntries(PIM_LOWER_BINDING Lower)
{
    while (Lower->SpareCallEntryCount < IM_SPARE_CALL_ENTRIES) {
        PIM_CALL_ENTRY entry = AllocateFromPool(Lower);
        if (entry == NULL) {
            return NDIS_STATUS_RESOURCES; /* the caller gives back what there is */
        }
        entry->NextSpare = Lower->SpareCallEntries;
        Lower->SpareCallEntries = entry;
        Lower->SpareCallEntryCount++;
    }
    return NDIS_STATUS_SUCCESS;
}

VOID ImDiscardCallEntries(PIM_LOWER_BINDING Lower)
{
    ASSERT(Lower->FirstWaiting == NULL);
    while (Lower->SpareCallEntries != NULL) {
        PIM_CALL_ENTRY entry = Lower->SpareCallEntries;
        Lower->SpareCallEntries = entry->NextSpare;
        Lower->SpareCallEntryCount--;
        NdisFreeMemory(entry, 0, 0);
    }
}

/* For initiate: from the pool or not at all. The reserve is for the operations that may not fail. */
PIM_CALL_ENTRY ImAllocateCallEntry(PIM_LOWER_BINDING Lower)
{
    return AllocateFromPool(Lower);
}

/* For the other four. NULL means: the tree has been queued, there is nothing more to do now. */
PIM_CALL_ENTRY ImAllocateCallEntryOrWait(PIM_VIRTUAL_MINIPORT UpperEdge, IM_OPERATION Operation, PIM_UPPER_BLOCK Root)
{
    PIM_LOWER_BINDING lower = UpperEdge->Lower;
    PIM_CALL_ENTRY entry = AllocateFromPool(lower);

    if (entry != NULL) {
        return entry;
    }
    NdisAcquireSpinLock(&lower->Lock);
    entry = lower->SpareCallEntries;
    if (entry != NULL) {
        lower->SpareCallEntries = entry->NextSpare;
        lower->SpareCallEntryCount--;
    } else {
        /* The block is with us and stays with us, so its MiniportReserved and Scratch are ours. */
        Root->MiniportReserved[0] = NULL;
        Root->MiniportReserved[1] = UpperEdge;
        Root->Scratch[0] = (PVOID)(ULONG_PTR)Operation;
        if (lower->LastWaiting != NULL) {
            lower->LastWaiting->MiniportReserved[0] = Root;
        } else {
            lower->FirstWaiting = Root;
        }
        lower->LastWaiting = Root;
    }
    NdisReleaseSpinLock(&lower->Lock);
    return entry;
}

/* Called once for each operation, after its completion has gone up (IM-065). */
VOID ImReleaseCallEntry(PIM_LOWER_BINDING Lower, PIM_CALL_ENTRY CallEntry)
{
    PIM_UPPER_BLOCK waiting;

    NdisAcquireSpinLock(&Lower->Lock);
    waiting = Lower->FirstWaiting;
    if (waiting != NULL) {
        Lower->FirstWaiting = (PIM_UPPER_BLOCK)waiting->MiniportReserved[0];
        if (Lower->FirstWaiting == NULL) {
            Lower->LastWaiting = NULL;
        }
    } else if (Lower->SpareCallEntryCount < IM_SPARE_CALL_ENTRIES) {
        CallEntry->NextSpare = Lower->SpareCallEntries;
        Lower->SpareCallEntries = CallEntry;
        Lower->SpareCallEntryCount++;
        CallEntry = NULL;
    }
    NdisReleaseSpinLock(&Lower->Lock);

    if (waiting != NULL) {
        ImEnterCall(CallEntry, (PIM_VIRTUAL_MINIPORT)waiting->MiniportReserved[1],
                    (IM_OPERATION)(ULONG_PTR)waiting->Scratch[0], waiting);
        ImPropagateDown(CallEntry, waiting);
    } else if (CallEntry != NULL) {
        NdisFreeMemory(CallEntry, 0, 0);
    }
}

/* Saves before anything is overwritten (IM-030), then leaves the pointer that will bring us back here (IM-031).
   SourceHandle is saved but not written: that is NDIS's business alone (IM-033). */
VOID ImEnterCall(PIM_CALL_ENTRY CallEntry, PIM_VIRTUAL_MINIPORT UpperEdge, IM_OPERATION Operation, PIM_UPPER_BLOCK Root)
{
    CallEntry->SavedImReserved[0] = Root->ImReserved[0];
    CallEntry->SavedImReserved[1] = Root->ImReserved[1];
    CallEntry->SavedSourceHandle = Root->SourceHandle;
    CallEntry->UpperEdge = UpperEdge;
    CallEntry->Operation = Operation;
    CallEntry->NextSpare = NULL;
    Root->ImReserved[0] = CallEntry;
}

/* The root is again what it was when it came in. */
VOID ImLeaveCall(PIM_CALL_ENTRY CallEntry, PIM_UPPER_BLOCK Root)
{
    Root->ImReserved[0] = CallEntry->SavedImReserved[0];
    Root->ImReserved[1] = CallEntry->SavedImReserved[1];
    Root->SourceHandle = CallEntry->SavedSourceHandle;
}
