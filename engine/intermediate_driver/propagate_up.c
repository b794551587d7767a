/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The completion travels up.
 *
 * NDIS has called one of our ProtocolXxxOffloadComplete functions with the tree that we sent down: the same pointer, our
 * call entry in ImReserved of the root, our handles in slot B. Now everything that we changed is put back, so that the
 * driver above sees the tree that it sent down, with the answers in it:
 *
 *      every block   slot B: the handle above us again (IM-052); slot A: the context location in that handle (IM-053)
 *      root          both words of ImReserved (IM-051) and SourceHandle (IM-050), from the call entry
 *
 * Status is the answer of the offload target and passes through as it is (IM-057). NDIS restores nothing (IM-108).
 */
#include "intermediate.h"

/* Slot B and slot A of one block. Gives the offload entry, or NULL for a placeholder. Slot A must be derived from the
   handle above: what lies in it now is the address of the context location in OUR handle, and a context written through
   it would go to ourselves (IM-056). */
PIM_OFFLOAD_ENTRY ImConvertBlockUp(PIM_UPPER_BLOCK Block)
{
    PNDIS_OFFLOAD_HANDLE ownHandle = ((PIM_LOWER_BLOCK)Block)->OffloadHandle;
    PIM_OFFLOAD_ENTRY entry;

    if (ownHandle == NULL) {
        Block->MiniportOffloadContext = NULL;
        return NULL;
    }
    entry = ImOffloadEntryOfHandle(ownHandle);
    Block->NdisOffloadHandle = entry->UpperHandle;
    Block->MiniportOffloadContext = &entry->UpperHandle->MiniportOffloadContext;
    return entry;
}

/* PARTIAL_SUCCESS is not a failure: the object is offloaded, only something above it is not (IM-060). Its value is an
   informational status, so that a test for "not negative" takes it together with SUCCESS. */
static VOID FinishInitiate(PIM_CALL_ENTRY CallEntry, PIM_UPPER_BLOCK Block, PIM_OFFLOAD_ENTRY Entry)
{
    if (Entry->Initiating != CallEntry) {
        return; /* a linker: whatever its status says, its object stays offloaded and its entry stays (IM-062) */
    }
    Entry->Initiating = NULL;
    if (Block->Status >= 0) {
        /* Published before we complete, so that the chain of contexts is whole when the host hears of it (IM-054).
           The send data stays below: its records stay, and its chain is not for us to walk (IM-114). */
        *Block->MiniportOffloadContext = Entry;
    } else {
        /* Not offloaded: the location above stays NULL (IM-055), the send data goes back with the block (IM-067). */
        ImPopRecords(CallEntry->UpperEdge->Lower, Block->NetBufferListChain);
        ImDereferenceOffloadEntry(Entry); /* IM-061 */
    }
}

static VOID FinishTerminate(PIM_CALL_ENTRY CallEntry, PIM_UPPER_BLOCK Block, PIM_OFFLOAD_ENTRY Entry)
{
    /* Send data that was neither acknowledged nor completed is handed back in the block. */
    ImPopRecords(CallEntry->UpperEdge->Lower, Block->NetBufferListChain);

    /* A terminate that failed leaves the object half alive: the target will indicate on it, and the host will terminate
       it once more. Only that second completion, whatever it says, ends it (IM-063, IM-064). */
    if (Block->Status == NDIS_STATUS_SUCCESS || Entry->TerminateFailed) {
        ImDereferenceOffloadEntry(Entry);
    } else {
        Entry->TerminateFailed = TRUE;
    }
}

static VOID CallUp(IM_OPERATION Operation, NDIS_HANDLE MiniportHandle, PIM_UPPER_BLOCK Root)
{
    /* The completion function that belongs to the operation (IM-049, IM-070). */
    switch (Operation) {
    case ImInitiate:
        NdisMInitiateOffloadComplete(MiniportHandle, Root);
        break;
    case ImQuery:
        NdisMQueryOffloadStateComplete(MiniportHandle, Root);
        break;
    case ImUpdate:
        NdisMUpdateOffloadComplete(MiniportHandle, Root);
        break;
    case ImInvalidate:
        NdisMInvalidateOffloadComplete(MiniportHandle, Root);
        break;
    case ImTerminate:
        NdisMTerminateOffloadComplete(MiniportHandle, Root);
        break;
    }
}

static VOID PropagateUp(PIM_LOWER_BLOCK LowerRoot, IM_OPERATION Operation)
{
    PIM_UPPER_BLOCK root = (PIM_UPPER_BLOCK)LowerRoot;
    PIM_CALL_ENTRY callEntry = (PIM_CALL_ENTRY)root->ImReserved[0];
    PIM_LOWER_BINDING lower = callEntry->UpperEdge->Lower;
    IM_TREE_WALK walk;
    PIM_UPPER_BLOCK block;

    ASSERT(callEntry->Operation == Operation);

    for (block = ImFirstBlock(&walk, root); block != NULL; block = ImNextBlock(&walk, block)) {
        PIM_OFFLOAD_ENTRY entry = ImConvertBlockUp(block);
        if (entry != NULL && Operation == ImInitiate) {
            FinishInitiate(callEntry, block, entry);
        } else if (entry != NULL && Operation == ImTerminate) {
            FinishTerminate(callEntry, block, entry);
        }
    }
    ImLeaveCall(callEntry, root);

    CallUp(Operation, callEntry->UpperEdge->MiniportHandle, root);

    /* From here on the tree belongs to the driver above (IM-066). The call entry has done its duty. */
    ImReleaseCallEntry(lower, callEntry);
}

VOID ImInitiateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext); /* the call entry knows more: on which upper edge it came in */
    PropagateUp(Root, ImInitiate);
}

VOID ImQueryOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    PropagateUp(Root, ImQuery);
}

VOID ImUpdateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    PropagateUp(Root, ImUpdate);
}

VOID ImInvalidateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    PropagateUp(Root, ImInvalidate);
}

VOID ImTerminateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    PropagateUp(Root, ImTerminate);
}
