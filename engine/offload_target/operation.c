/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Accepting and completing the five operations. A MiniportXxxOffload function stores the root and returns; the work is
 * done when the operation's time has come, just before its completion. Completion may be made inside the call, after a
 * latency, in another order than the operations came, or when a client says so.
 */
#include "offload_target.h"

POT_BLOCK OtFirstBlock(POT_TREE_WALK Walk, POT_BLOCK Root)
{
    Walk->PendingCount = 0;
    return Root;
}

/* Depth first, breadth next: a block, what depends on it, its next sibling (OT-017). */
POT_BLOCK OtNextBlock(POT_TREE_WALK Walk, POT_BLOCK Block)
{
    if (Block->DependentBlockList != NULL) {
        if (Block->NextBlock != NULL) {
            ASSERT(Walk->PendingCount < OT_TREE_DEPTH);
            Walk->Pending[Walk->PendingCount++] = Block->NextBlock;
        }
        return Block->DependentBlockList;
    }
    if (Block->NextBlock != NULL) {
        return Block->NextBlock;
    }
    return Walk->PendingCount > 0 ? Walk->Pending[--Walk->PendingCount] : NULL;
}

/* Does the work and completes. After the completion call the tree is not ours any more. */
static VOID Complete(POT_ADAPTER Adapter, ULONG Kind, ULONG Ordinal, POT_BLOCK Root, BOOLEAN Processed)
{
    NDIS_HANDLE handle = Adapter->MiniportHandle;

    Adapter->Completed[Kind]++;
    switch (Kind) {
    case OtInitiate:
        if (!Processed) {
            OtProcessInitiate(Adapter, Root, Ordinal);
        }
        NdisMInitiateOffloadComplete(handle, Root);
        OtInitiateReturned(Adapter, Ordinal); /* only now may anything be indicated on the new objects */
        break;
    case OtQuery:
        OtProcessQuery(Adapter, Root, Ordinal);
        NdisMQueryOffloadStateComplete(handle, Root);
        break;
    case OtUpdate:
        OtProcessUpdate(Adapter, Root, Ordinal);
        NdisMUpdateOffloadComplete(handle, Root);
        break;
    case OtInvalidate:
        OtProcessInvalidate(Adapter, Root, Ordinal);
        NdisMInvalidateOffloadComplete(handle, Root);
        break;
    default:
        OtProcessTerminate(Adapter, Root, Ordinal);
        NdisMTerminateOffloadComplete(handle, Root);
        OtWireIndicateKeptFrames(Adapter);
        OtPowerDownWhenIdle(Adapter);
        break;
    }
}

/* A terminate that arrives inside one of our own indications on the object must wait until that call has returned. */
static BOOLEAN IsBeingIndicated(POT_BLOCK Root)
{
    OT_TREE_WALK walk;
    POT_BLOCK block;

    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        if (block->MiniportOffloadContext != NULL && *block->MiniportOffloadContext != NULL &&
            ((POT_OBJECT)*block->MiniportOffloadContext)->IndicationsInProgress > 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Segments of these connections are the host's from now on. */
static VOID NoteTerminate(POT_BLOCK Root)
{
    OT_TREE_WALK walk;
    POT_BLOCK block;

    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        if (block->MiniportOffloadContext != NULL && *block->MiniportOffloadContext != NULL) {
            ((POT_OBJECT)*block->MiniportOffloadContext)->TerminateAccepted = TRUE;
        }
    }
}

static ULONG Latency(POT_ADAPTER Adapter, ULONG Kind, POT_BLOCK Root)
{
    ULONG nanoseconds = Adapter->Timing.operation_ns[Kind];
    OT_TREE_WALK walk;
    POT_BLOCK block;

    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        nanoseconds += Adapter->Timing.block_ns[Kind];
    }
    return nanoseconds;
}

static VOID Accept(NDIS_HANDLE MiniportAdapterContext, ULONG Kind, POT_BLOCK Root)
{
    POT_ADAPTER adapter = (POT_ADAPTER)MiniportAdapterContext;
    ULONG mode = adapter->Timing.completion[Kind];
    ULONG ordinal = ++adapter->Accepted[Kind];
    ULONG additional = 0;
    POT_TASK task = NULL;

    OtTakeCompletionOrder(adapter, Kind, ordinal, &mode, &additional);
    if (mode != CHIMNEY_TARGET_SYNCHRONOUS || (Kind == OtTerminate && IsBeingIndicated(Root))) {
        task = OtAllocateTask(adapter, OtTaskCompleteOperation);
    }
    if (task == NULL) { /* on request, or because there is no memory to remember it: completing at once is always legal */
        Complete(adapter, Kind, ordinal, Root, FALSE);
        return;
    }
    task->OperationKind = Kind;
    task->Ordinal = ordinal;
    task->Sequence = ++adapter->LastSequence;
    task->Root = Root;
    task->Held = (BOOLEAN)(mode == CHIMNEY_TARGET_HELD);
    task->Reordered = (BOOLEAN)(mode == CHIMNEY_TARGET_REORDERED);
    if (Kind == OtTerminate) {
        NoteTerminate(Root);
    }
    OtStartTask(task, &adapter->Operations, Latency(adapter, Kind, Root) / (Kind == OtInitiate && OtHasWire(adapter) ? 2 : 1) + additional);
}

/* The youngest operation of all takes the place of the one whose time it is; that one waits for the youngest's timer. */
static VOID ChangePlacesWithYoungest(POT_TASK Task)
{
    POT_ADAPTER adapter = Task->Adapter;
    POT_TASK youngest = Task;
    OT_TASK mine = *Task;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&adapter->Lock);
    for (link = adapter->Operations.Flink; link != &adapter->Operations; link = link->Flink) {
        POT_TASK other = CONTAINING_RECORD(link, OT_TASK, Link);
        if (!other->Held && !other->Processed && other->Sequence > youngest->Sequence) {
            youngest = other;
        }
    }
    if (youngest != Task) {
        Task->OperationKind = youngest->OperationKind;
        Task->Ordinal = youngest->Ordinal;
        Task->Sequence = youngest->Sequence;
        Task->Root = youngest->Root;
        youngest->OperationKind = mine.OperationKind;
        youngest->Ordinal = mine.Ordinal;
        youngest->Sequence = mine.Sequence;
        youngest->Root = mine.Root;
    }
    NdisReleaseSpinLock(&adapter->Lock);
}

VOID OtOperationDue(POT_TASK Task)
{
    POT_ADAPTER adapter = Task->Adapter;
    ULONG kind;
    ULONG ordinal;
    POT_BLOCK root;
    BOOLEAN processed;

    if (!Task->Processed && (Task->Reordered || adapter->Timing.completion[Task->OperationKind] == CHIMNEY_TARGET_REORDERED)) {
        ChangePlacesWithYoungest(Task);
    }
    if (Task->OperationKind == OtTerminate && IsBeingIndicated(Task->Root)) {
        LARGE_INTEGER due;
        due.QuadPart = -10;
        NdisSetTimerObject(Task->Timer, due, 0, NULL);
        return;
    }
    kind = Task->OperationKind;
    ordinal = Task->Ordinal;
    root = Task->Root;
    if (kind == OtInitiate && OtHasWire(adapter) && !Task->Processed) {
        /* Half of the time is over: the objects are there and take part in the traffic; the rest is for telling so. */
        LARGE_INTEGER due;
        Task->Processed = TRUE;
        OtProcessInitiate(adapter, root, ordinal);
        due.QuadPart = -(LONGLONG)((Latency(adapter, kind, root) / 2 + 99u) / 100u);
        NdisSetTimerObject(Task->Timer, due, 0, NULL);
        return;
    }
    processed = Task->Processed;
    OtReleaseTask(Task);
    Complete(adapter, kind, ordinal, root, processed);
}

BOOLEAN OtReleaseHeld(POT_ADAPTER Adapter, ULONG Position, PULONG Remaining, POT_BLOCK *Root)
{
    POT_TASK chosen = NULL;
    ULONG held = 0;
    PLIST_ENTRY link;
    LARGE_INTEGER due;

    NdisAcquireSpinLock(&Adapter->Lock);
    for (link = Adapter->Operations.Flink; link != &Adapter->Operations; link = link->Flink) {
        POT_TASK task = CONTAINING_RECORD(link, OT_TASK, Link);
        if (task->Held) {
            if (held == Position || Position == CHIMNEY_TARGET_ANY) {
                chosen = task;
            }
            held++;
        }
    }
    if (chosen != NULL) {
        chosen->Held = FALSE;
        held--;
    }
    NdisReleaseSpinLock(&Adapter->Lock);
    *Remaining = held;
    *Root = chosen != NULL ? chosen->Root : NULL;
    if (chosen == NULL) {
        return FALSE;
    }
    due.QuadPart = -(LONGLONG)((Adapter->Timing.operation_ns[chosen->OperationKind] + 99u) / 100u);
    NdisSetTimerObject(chosen->Timer, due, 0, NULL);
    return TRUE;
}

VOID OtInitiateOffload(NDIS_HANDLE MiniportAdapterContext, POT_BLOCK Root)
{
    Accept(MiniportAdapterContext, OtInitiate, Root);
}

VOID OtQueryOffload(NDIS_HANDLE MiniportAdapterContext, POT_BLOCK Root)
{
    Accept(MiniportAdapterContext, OtQuery, Root);
}

VOID OtUpdateOffload(NDIS_HANDLE MiniportAdapterContext, POT_BLOCK Root)
{
    Accept(MiniportAdapterContext, OtUpdate, Root);
}

VOID OtInvalidateOffload(NDIS_HANDLE MiniportAdapterContext, POT_BLOCK Root)
{
    Accept(MiniportAdapterContext, OtInvalidate, Root);
}

VOID OtTerminateOffload(NDIS_HANDLE MiniportAdapterContext, POT_BLOCK Root)
{
    Accept(MiniportAdapterContext, OtTerminate, Root);
}
