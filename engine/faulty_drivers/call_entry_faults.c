/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Mistakes with the walk over a tree and with the call entry.
 */
#include "engine/faulty_drivers/faulty_driver.h"

PIM_UPPER_BLOCK ImNextBlock(PIM_TREE_WALK Walk, PIM_UPPER_BLOCK Block)
{
    if (Is(OnlyRootConverted)) {
        return NULL;
    }
    if (Is(SiblingsSkipped)) {
        return Block->DependentBlockList;
    }
    return CorrectImNextBlock(Walk, Block);
}

PIM_CALL_ENTRY ImAllocateCallEntry(PIM_LOWER_BINDING Lower)
{
    return Is(StaticCallEntry) ? &Faulty.SharedCallEntry : CorrectImAllocateCallEntry(Lower);
}

PIM_CALL_ENTRY ImAllocateCallEntryOrWait(PIM_VIRTUAL_MINIPORT UpperEdge, IM_OPERATION Operation, PIM_UPPER_BLOCK Root)
{
    return Is(StaticCallEntry) ? &Faulty.SharedCallEntry : CorrectImAllocateCallEntryOrWait(UpperEdge, Operation, Root);
}

VOID ImReleaseCallEntry(PIM_LOWER_BINDING Lower, PIM_CALL_ENTRY CallEntry)
{
    if (CallEntry != &Faulty.SharedCallEntry && !Is(CallEntryLeaks)) {
        CorrectImReleaseCallEntry(Lower, CallEntry);
        if (Is(CallEntryFreedTwice)) {
            NdisFreeMemory(CallEntry, 0, 0);
        }
        if (Is(CallEntryUsedAfterRelease)) {
            CallEntry->SavedSourceHandle = NULL;
        }
    }
}

VOID ImEnterCall(PIM_CALL_ENTRY CallEntry, PIM_VIRTUAL_MINIPORT UpperEdge, IM_OPERATION Operation, PIM_UPPER_BLOCK Root)
{
    CorrectImEnterCall(CallEntry, UpperEdge, Operation, Root);
    if (Is(NothingStored)) {
        CallEntry->SavedImReserved[0] = CallEntry;
        CallEntry->SavedImReserved[1] = NULL;
        CallEntry->SavedSourceHandle = NULL;
    }
    if (Is(OneWordSaved)) {
        Root->ImReserved[1] = UpperEdge;
    }
    if (Is(SavedInScratch)) {
        Root->Scratch[0] = Root->SourceHandle;
    }
    if (Is(SavedInMiniportReserved)) {
        Root->MiniportReserved[1] = Root->SourceHandle;
    }
}

VOID ImLeaveCall(PIM_CALL_ENTRY CallEntry, PIM_UPPER_BLOCK Root)
{
    PVOID source = Root->SourceHandle;
    PVOID first = Root->ImReserved[0];
    PVOID second = Root->ImReserved[1];

    CorrectImLeaveCall(CallEntry, Root);
    if (Is(SourceHandleForgotten)) {
        Root->SourceHandle = source;
    }
    if (Is(SavedInScratch)) {
        Root->SourceHandle = Root->Scratch[0];
    }
    if (Is(SavedInMiniportReserved)) {
        Root->SourceHandle = Root->MiniportReserved[1];
    }
    if (Is(ImReservedForgotten)) {
        Root->ImReserved[0] = first;
    }
    if (Is(OneWordSaved)) {
        Root->ImReserved[1] = second;
    }
}
