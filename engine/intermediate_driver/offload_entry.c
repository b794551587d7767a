/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The IM offload entry: what must be remembered while one object is offloaded.
 *
 *      driver above            this driver                    driver below
 *      H0 -------------------> entry E1
 *      .MiniportOffloadContext .OffloadHandle H1 -----------> its entry, or the target's context
 *                   <--------- .UpperHandle                   knows E1 by the address of H1
 *
 * Going down, the context that reaches us is the entry: it leads to our own handle H1, by which the driver below knows
 * the object. Coming up, an indication carries the address of H1: since H1 is embedded in the entry, that address is
 * enough to find the entry again, and there the handle H0 by which the driver above knows the object.
 */
#include "intermediate.h"

PIM_OFFLOAD_ENTRY ImCreateOffloadEntry(PIM_VIRTUAL_MINIPORT UpperEdge, PNDIS_OFFLOAD_HANDLE UpperHandle,
                                       PIM_CALL_ENTRY Initiating)
{
    PIM_LOWER_BINDING lower = UpperEdge->Lower;
    PIM_OFFLOAD_ENTRY entry = (PIM_OFFLOAD_ENTRY)NdisAllocateMemoryWithTagPriority(
        lower->BindingHandle, sizeof(IM_OFFLOAD_ENTRY), IM_TAG_OFFLOAD_ENTRY, NormalPoolPriority);

    if (entry == NULL) {
        return NULL;
    }
    /* Zeroing is not tidiness. NDIS writes its binding into NdisReserved only if it finds NULL there, and the driver
       below takes an object for a new one only if MiniportOffloadContext is NULL (IM-036). */
    NdisZeroMemory(entry, sizeof(*entry));
    entry->UpperHandle = UpperHandle; /* IM-034 */
    entry->UpperEdge = UpperEdge;
    entry->Initiating = Initiating;
    entry->References = 1;

    NdisAcquireSpinLock(&lower->Lock);
    InsertTailList(&lower->OffloadEntries, &entry->Link);
    NdisReleaseSpinLock(&lower->Lock);
    return entry;
}

/* Every call that runs through an entry holds it: a terminate may complete inside an indication, or while a send is
   still on its way through another processor, and the entry must outlive them (IM-116). */
VOID ImReferenceOffloadEntry(PIM_OFFLOAD_ENTRY Entry)
{
    NdisInterlockedIncrement(&Entry->References);
}

VOID ImDereferenceOffloadEntry(PIM_OFFLOAD_ENTRY Entry)
{
    PIM_LOWER_BINDING lower = Entry->UpperEdge->Lower;

    if (NdisInterlockedDecrement(&Entry->References) > 0) {
        return;
    }
    ASSERT(Entry->DisconnectRecord.List == NULL);
    NdisAcquireSpinLock(&lower->Lock);
    RemoveEntryList(&Entry->Link);
    NdisReleaseSpinLock(&lower->Lock);
    NdisFreeMemory(Entry, 0, 0);
}

PIM_OFFLOAD_ENTRY ImOffloadEntryOfHandle(PVOID OffloadHandle)
{
    return CONTAINING_RECORD(OffloadHandle, IM_OFFLOAD_ENTRY, OffloadHandle);
}

/* The same for an address that may or may not be one of our handles: looks, touches nothing, and holds what it finds. */
PIM_OFFLOAD_ENTRY ImFindOffloadEntry(PIM_LOWER_BINDING Lower, PVOID OffloadHandle)
{
    PIM_OFFLOAD_ENTRY found = NULL;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&Lower->Lock);
    for (link = Lower->OffloadEntries.Flink; link != &Lower->OffloadEntries; link = link->Flink) {
        PIM_OFFLOAD_ENTRY entry = CONTAINING_RECORD(link, IM_OFFLOAD_ENTRY, Link);
        if (&entry->OffloadHandle == OffloadHandle) {
            found = entry;
            ImReferenceOffloadEntry(found);
            break;
        }
    }
    NdisReleaseSpinLock(&Lower->Lock);
    return found;
}

/* At halt. The host has terminated everything by then; what is left are objects whose terminate failed and was never
   repeated (IM-064). Nothing can name them any more. */
VOID ImDiscardOffloadEntries(PIM_VIRTUAL_MINIPORT UpperEdge)
{
    PIM_LOWER_BINDING lower = UpperEdge->Lower;
    PLIST_ENTRY link;
    PLIST_ENTRY next;
    LIST_ENTRY discarded;

    InitializeListHead(&discarded);
    NdisAcquireSpinLock(&lower->Lock);
    for (link = lower->OffloadEntries.Flink; link != &lower->OffloadEntries; link = next) {
        next = link->Flink;
        if (CONTAINING_RECORD(link, IM_OFFLOAD_ENTRY, Link)->UpperEdge == UpperEdge) {
            RemoveEntryList(link);
            InsertTailList(&discarded, link);
        }
    }
    NdisReleaseSpinLock(&lower->Lock);

    while (!IsListEmpty(&discarded)) {
        link = RemoveHeadList(&discarded);
        NdisFreeMemory(CONTAINING_RECORD(link, IM_OFFLOAD_ENTRY, Link), 0, 0);
    }
}
