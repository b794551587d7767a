/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Mistakes with offload entries.
 */
#include "engine/faulty_drivers/faulty_driver.h"

PIM_OFFLOAD_ENTRY ImCreateOffloadEntry(PIM_VIRTUAL_MINIPORT UpperEdge, PNDIS_OFFLOAD_HANDLE UpperHandle, PIM_CALL_ENTRY Initiating)
{
    PIM_OFFLOAD_ENTRY entry = CorrectImCreateOffloadEntry(UpperEdge, UpperHandle, Initiating);

    if (entry != NULL && Is(UpperHandleOfFirst)) {
        if (Faulty.FirstUpperHandle == NULL) {
            Faulty.FirstUpperHandle = UpperHandle;
        }
        entry->UpperHandle = Faulty.FirstUpperHandle;
    }
    if (entry != NULL && Is(HandleNotZero)) {
        entry->OffloadHandle.NdisReserved[0] = UpperEdge;
    }
    return entry;
}

VOID ImDereferenceOffloadEntry(PIM_OFFLOAD_ENTRY Entry)
{
    if (Is(EntryOfFailedLeaks) || Is(EntryOfTerminatedLeaks)) {
        return;
    }
    CorrectImDereferenceOffloadEntry(Entry);
}

/* At halt the correct driver would release what the mistake has left. */
VOID ImDiscardOffloadEntries(PIM_VIRTUAL_MINIPORT UpperEdge)
{
    if (Is(EntryOfFailedLeaks) || Is(EntryOfTerminatedLeaks)) {
        InitializeListHead(&UpperEdge->Lower->OffloadEntries);
        return;
    }
    CorrectImDiscardOffloadEntries(UpperEdge);
}
