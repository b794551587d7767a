/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Mistakes on the way down, and with operations that the driver completes itself.
 */
#include "engine/faulty_drivers/faulty_driver.h"

typedef VOID (*DOWN_CALL)(NDIS_HANDLE, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST);

static VOID Down(NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root, DOWN_CALL call, BOOLEAN initiate)
{
    PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
    PIM_UPPER_BLOCK upper = (PIM_UPPER_BLOCK)root;
    const ULONG count = FaultyTree(upper, blocks);
    PIM_UPPER_BLOCK last = blocks[count - 1];
    PIM_CALL_ENTRY entry = (PIM_CALL_ENTRY)root->ImReserved[0];
    ULONG index;

    if (!FaultyLayerRuns()) {
        call(binding, root);
        return;
    }
    if (Is(Swallowed)) {
        return;
    }
    if (Is(CallEntryKeptElsewhere)) {
        Faulty.HiddenCallEntry = entry;
        root->ImReserved[0] = NULL;
    }
    if (Is(SourceHandleWritten)) {
        root->SourceHandle = binding;
    }
    for (index = 0; index < count; index++) {
        Faulty.OwnHandles[index] = blocks[index]->NdisOffloadHandle;
        if (Is(UpperHandlePassedDown) && blocks[index]->NdisOffloadHandle != NULL) {
            blocks[index]->NdisOffloadHandle =
                CONTAINING_RECORD(blocks[index]->MiniportOffloadContext, NDIS_OFFLOAD_HANDLE, MiniportOffloadContext);
        }
        if (Is(PlaceholderGetsHandle) && blocks[index]->NdisOffloadHandle == NULL && last->NdisOffloadHandle != NULL) {
            blocks[index]->NdisOffloadHandle = last->NdisOffloadHandle;
        }
    }
    if (Is(NewHandleForLinker) && !initiate) {
        Faulty.Decoy = *ImOffloadEntryOfHandle(last->NdisOffloadHandle);
        last->NdisOffloadHandle = &Faulty.Decoy.OffloadHandle;
    }
    if (Is(SiblingsCut)) {
        Faulty.CutLink = root->DependentBlockList;
        root->DependentBlockList = NULL;
    }
    if (Is(StatusWritten)) {
        last->Status = NDIS_STATUS_PENDING;
    }
    if (Is(ProtocolReservedUsed)) {
        last->ProtocolReserved[1] = entry;
    }
    if (Is(PortChanged)) {
        last->PortNumber = 9;
    }
    if (Is(StateChanged)) {
        ((PUCHAR)(last + 1))[8] ^= 0x55; /* Flags of a connection's const state */
    }
    call(binding, root);
    if (Is(TreeTouchedAfterCall)) {
        root->Scratch[0] = entry;
    }
    if (Is(CallEntryTouchedAfterCall)) {
        entry->NextSpare = entry;
    }
}

VOID FaultyNdisInitiateOffload(NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root)
{
    Down(binding, root, NdisInitiateOffload, TRUE);
}

VOID FaultyNdisQueryOffloadState(NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root)
{
    Down(binding, root, Is(QueryPassedAsUpdate) ? NdisUpdateOffload : NdisQueryOffloadState, FALSE);
}

VOID ImInitiateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root)
{
    if (Is(SecondWaits) && Faulty.InitiatesBelow > 0) {
        Faulty.HeldBack = Root;
        Faulty.HeldBackContext = MiniportAdapterContext;
        return;
    }
    if (Is(SecondWaits)) {
        Faulty.InitiatesBelow++;
    }
    CorrectImInitiateOffload(MiniportAdapterContext, Root);
    while (Is(HandlerWaits) && !Faulty.CameBack) {
        NdisMSleep(1);
    }
}

VOID ImQueryOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root)
{
    if (Is(QueryFailedLocally)) {
        PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
        const ULONG count = FaultyTree(Root, blocks);
        ULONG index;
        for (index = 0; index < count; index++) {
            blocks[index]->Status = NDIS_STATUS_FAILURE;
        }
        NdisMQueryOffloadStateComplete(((PIM_VIRTUAL_MINIPORT)MiniportAdapterContext)->MiniportHandle, Root);
        return;
    }
    CorrectImQueryOffload(MiniportAdapterContext, Root);
}

/* The same for an initiate that this driver fails itself, for want of memory. */
VOID FaultyNdisMInitiateOffloadRefused(NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root)
{
    PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
    const ULONG count = FaultyTree(root, blocks);
    ULONG index;

    for (index = 0; index < count; index++) {
        if (blocks[index]->NdisOffloadHandle == NULL) {
            continue;
        }
        if (Is(UndoForgotten)) {
            Faulty.Decoy.UpperHandle = &Faulty.Decoy.OffloadHandle;
            blocks[index]->NdisOffloadHandle = &Faulty.Decoy.OffloadHandle;
        }
        if (Is(RefusedWithSuccess)) {
            blocks[index]->Status = NDIS_STATUS_SUCCESS;
        }
    }
    NdisMInitiateOffloadComplete(miniport, root);
}
