/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Indications travel up.
 *
 * What starts at the offload target is named by a handle: the one that the driver above the target gave for the object.
 * On each floor that handle is the address of the NDIS_OFFLOAD_HANDLE in that floor's offload entry, and each floor puts
 * the handle of the floor above in its place (IM-090). Everything else passes as it came. A driver that indicated its
 * own handle would be called back by NDIS, and call NDIS again, without end.
 */
#include "intermediate.h"

VOID ImTcpOffloadEvent(PVOID OffloadContext, ULONG EventType, ULONG EventSpecificInformation)
{
    PIM_OFFLOAD_ENTRY entry = ImOffloadEntryOfHandle(OffloadContext);

    /* The host may answer an event with a terminate, inside this call, and that may even complete inside it. */
    ImReferenceOffloadEntry(entry);
    entry->UpperEdge->Offload.NdisTcpOffloadEventHandler(entry->UpperHandle, EventType,
                                                         EventSpecificInformation); /* IM-091 */
    ImDereferenceOffloadEntry(entry);
}

/* Received data. The list is not ours and stays untouched (IM-095); who owns it after the call is told by the returned
   status, and how much was taken by *BytesConsumed, which is why both must reach the target unchanged (IM-092). */
NDIS_STATUS ImTcpOffloadReceiveIndicate(PVOID OffloadContext, PNET_BUFFER_LIST List, NDIS_STATUS Status,
                                        PULONG BytesConsumed)
{
    PIM_OFFLOAD_ENTRY entry = ImOffloadEntryOfHandle(OffloadContext);
    NDIS_STATUS answer;

    ImReferenceOffloadEntry(entry);
    answer = entry->UpperEdge->Offload.NdisTcpOffloadReceiveHandler(entry->UpperHandle, List, Status, BytesConsumed);
    ImDereferenceOffloadEntry(entry);
    return answer;
}

/*
 * The target asks whether a neighbor can still be reached. The host writes its answer into the state behind the block
 * before it returns, so the question is passed on inside the call (IM-098). The pages do not say how the block names the
 * neighbor; a target that puts its handle into slot B gets it translated like any other, for the time of the call. A
 * block that names nobody we know is shown on every upper edge as it is.
 */
VOID ImIndicateOffloadEvent(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Block, ULONG IndicateEvent)
{
    PIM_LOWER_BINDING lower = (PIM_LOWER_BINDING)ProtocolBindingContext;
    PIM_UPPER_BLOCK upperBlock = (PIM_UPPER_BLOCK)Block;
    PIM_OFFLOAD_ENTRY entry = NULL;
    PIM_VIRTUAL_MINIPORT upperEdge;

    if (Block != NULL && Block->OffloadHandle != NULL) {
        entry = ImFindOffloadEntry(lower, Block->OffloadHandle);
    }
    if (entry != NULL) {
        PNDIS_OFFLOAD_HANDLE ownHandle = Block->OffloadHandle;
        upperBlock->NdisOffloadHandle = entry->UpperHandle;
        NdisMOffloadEventIndicate(entry->UpperEdge->MiniportHandle, upperBlock, IndicateEvent);
        Block->OffloadHandle = ownHandle;
        ImDereferenceOffloadEntry(entry);
        return;
    }
    for (upperEdge = ImNextVirtualMiniport(lower, NULL); upperEdge != NULL;
         upperEdge = ImNextVirtualMiniport(lower, upperEdge)) {
        NdisMOffloadEventIndicate(upperEdge->MiniportHandle, upperBlock, IndicateEvent);
    }
}
