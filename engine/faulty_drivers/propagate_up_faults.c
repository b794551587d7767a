/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Mistakes on the way up.
 */
#include "engine/faulty_drivers/faulty_driver.h"

static VOID Repair(PIM_LOWER_BLOCK root)
{
    PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
    ULONG count;
    ULONG index;

    if (Faulty.CutLink != NULL) {
        root->DependentBlockList = (PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST)Faulty.CutLink;
        Faulty.CutLink = NULL;
    }
    if (Is(CallEntryKeptElsewhere)) {
        root->ImReserved[0] = Faulty.HiddenCallEntry;
    }
    if (Is(UpperHandlePassedDown) || Is(PlaceholderGetsHandle) || Is(NewHandleForLinker)) {
        count = FaultyTree((PIM_UPPER_BLOCK)root, blocks);
        for (index = 0; index < count; index++) {
            blocks[index]->NdisOffloadHandle = Faulty.OwnHandles[index];
        }
    }
}

typedef VOID (*UP_CALL)(NDIS_HANDLE, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST);

static VOID Up(NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root, UP_CALL call, BOOLEAN initiate)
{
    PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
    const ULONG count = FaultyTree(root, blocks);
    ULONG index;

    if (Is(NeverCompleted)) {
        return;
    }
    for (index = 0; index < count; index++) {
        PIM_UPPER_BLOCK block = blocks[index];
        if (block->NdisOffloadHandle == NULL) {
            continue;
        }
        if (Is(FailureTurnedIntoSuccess) && block->Status < 0) {
            block->Status = NDIS_STATUS_SUCCESS;
        }
        if (Is(HandleOfSiblingForgotten) && index == count - 1) {
            block->NdisOffloadHandle = Faulty.OwnHandles[index];
        }
        if (Is(ContextSlotForgotten)) {
            block->MiniportOffloadContext = &((PNDIS_OFFLOAD_HANDLE)Faulty.OwnHandles[index])->MiniportOffloadContext;
        }
        if (initiate && Is(ContextThroughStaleSlot)) {
            ((PNDIS_OFFLOAD_HANDLE)Faulty.OwnHandles[index])->MiniportOffloadContext = *block->MiniportOffloadContext;
            *block->MiniportOffloadContext = NULL;
        }
        if (initiate && Is(ContextNotPublished)) {
            *block->MiniportOffloadContext = NULL;
        }
        if (initiate && Is(ContextOfFailedPublished) && block->Status < 0) {
            *block->MiniportOffloadContext = Faulty.OwnHandles[index];
        }
        if (initiate && Is(PartialTakenForFailure) && block->Status == NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS) {
            *block->MiniportOffloadContext = NULL;
        }
        if (initiate && Is(DataOfOffloadedTouched) && block->Status >= 0 && block->NetBufferListChain != NULL) {
            block->NetBufferListChain->SourceHandle = root->SourceHandle;
        }
    }
    call(miniport, root);
    if (Is(CompletedTwice)) {
        call(miniport, root);
    }
    if (Is(TreeTouchedAfterCompletion)) {
        root->Status = NDIS_STATUS_FAILURE;
    }
}

VOID FaultyNdisMInitiateOffloadComplete(NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root)
{
    Up(miniport, root, Is(WrongInitiateCompletion) ? NdisMUpdateOffloadComplete : NdisMInitiateOffloadComplete, TRUE);
}

VOID FaultyNdisMQueryOffloadStateComplete(NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root)
{
    Up(miniport, root, Is(WrongCompletion) ? NdisMInvalidateOffloadComplete : NdisMQueryOffloadStateComplete, FALSE);
}

VOID ImInitiateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root)
{
    PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
    PIM_OFFLOAD_ENTRY linker = NULL;

    Repair(Root);
    if (Is(EntryOfLinkerFreed)) {
        const ULONG count = FaultyTree((PIM_UPPER_BLOCK)Root, blocks);
        ULONG index;
        for (index = 0; index < count && linker == NULL; index++) {
            PIM_LOWER_BLOCK block = (PIM_LOWER_BLOCK)blocks[index];
            if (block->OffloadHandle != NULL && block->Status < 0 && ImOffloadEntryOfHandle(block->OffloadHandle)->Initiating == NULL) {
                linker = ImOffloadEntryOfHandle(block->OffloadHandle);
            }
        }
    }
    if (Is(HandlerWaits)) {
        Faulty.CameBack = TRUE;
    }
    if (Is(SecondWaits)) {
        Faulty.InitiatesBelow--;
    }
    CorrectImInitiateOffloadComplete(ProtocolBindingContext, Root);
    if (linker != NULL) {
        CorrectImDereferenceOffloadEntry(linker);
    }
    if (Is(SecondWaits) && Faulty.HeldBack != NULL) {
        PIM_UPPER_BLOCK waiting = Faulty.HeldBack;
        Faulty.HeldBack = NULL;
        CorrectImInitiateOffload(Faulty.HeldBackContext, waiting);
    }
}

VOID ImQueryOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root)
{
    PIM_OFFLOAD_ENTRY entry;

    Repair(Root);
    entry = Is(EntryFreedAtQuery) ? ImOffloadEntryOfHandle(Root->OffloadHandle) : NULL;
    CorrectImQueryOffloadComplete(ProtocolBindingContext, Root);
    if (entry != NULL) {
        CorrectImDereferenceOffloadEntry(entry);
    }
}

VOID ImTerminateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root)
{
    PIM_OFFLOAD_ENTRY entry = Is(EntryFreedAtFailedTerminate) ? ImOffloadEntryOfHandle(Root->OffloadHandle) : NULL;

    CorrectImTerminateOffloadComplete(ProtocolBindingContext, Root);
    if (entry != NULL) {
        CorrectImDereferenceOffloadEntry(entry);
    }
}
