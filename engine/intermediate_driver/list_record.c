/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The record of one NET_BUFFER_LIST.
 *
 * NDIS does to a NET_BUFFER_LIST what it does to the root of a tree: it writes the calling binding into SourceHandle on
 * each floor and routes the completion by it. So an intermediate driver keeps a record for every list that passes
 * through it: the SourceHandle that it had (IM-078), and the virtual miniport it came from, because one completion may
 * carry lists of several upper edges (IM-082).
 *
 * The record travels with the list, on its context stack: each driver pushes its own on the way down and pops it on the
 * way up, before the list is passed on, since afterwards the list is no longer its own (IM-081). A driver that allocates
 * lists leaves room for the drivers below (ContextBackFillSize, virtual_miniport.c), so that a push normally needs no
 * memory at all.
 *
 *      IM 1's record        the context stack while the list is at the target, latest first:
 *      IM 2's record        IM 2's record, IM 1's record, the host's own data
 */
#include "intermediate.h"

NDIS_STATUS ImPushRecord(PNET_BUFFER_LIST List, PIM_VIRTUAL_MINIPORT UpperEdge)
{
    PIM_LIST_RECORD record;
    NDIS_STATUS status = NdisAllocateNetBufferListContext(List, IM_LIST_RECORD_SIZE, 0, IM_TAG_LIST_RECORD);

    if (status == NDIS_STATUS_SUCCESS) {
        record = (PIM_LIST_RECORD)(PVOID)NET_BUFFER_LIST_CONTEXT_DATA_START(List);
        record->SavedSourceHandle = List->SourceHandle;
        record->UpperEdge = UpperEdge;
    }
    return status;
}

/* For the list whose record could not be pushed and that may not fail: a disconnect. The record then lies in the offload
   entry of the connection and is found by the address of the list. FALSE if it is in use already. */
BOOLEAN ImPushSpareRecord(PIM_OFFLOAD_ENTRY Entry, PNET_BUFFER_LIST List)
{
    PIM_LOWER_BINDING lower = Entry->UpperEdge->Lower;
    PIM_SPARE_RECORD record = &Entry->DisconnectRecord;
    BOOLEAN taken = FALSE;

    NdisAcquireSpinLock(&lower->Lock);
    if (record->List == NULL) {
        record->List = List;
        record->SavedSourceHandle = List->SourceHandle;
        record->UpperEdge = Entry->UpperEdge;
        record->Owner = Entry;
        InsertTailList(&lower->SpareRecords, &record->Link);
        taken = TRUE;
    }
    NdisReleaseSpinLock(&lower->Lock);
    if (taken) {
        ImReferenceOffloadEntry(Entry); /* the record must live until the list is back */
    }
    return taken;
}

static PIM_SPARE_RECORD FindSpareRecord(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST List)
{
    PIM_SPARE_RECORD found = NULL;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&Lower->Lock);
    for (link = Lower->SpareRecords.Flink; link != &Lower->SpareRecords; link = link->Flink) {
        PIM_SPARE_RECORD record = CONTAINING_RECORD(link, IM_SPARE_RECORD, Link);
        if (record->List == List) {
            RemoveEntryList(&record->Link);
            found = record;
            break;
        }
    }
    NdisReleaseSpinLock(&Lower->Lock);
    return found;
}

/* The list is again what it was when it came in. Gives the upper edge it belongs to. */
PIM_VIRTUAL_MINIPORT ImPopRecord(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST List)
{
    PIM_SPARE_RECORD spare = FindSpareRecord(Lower, List);
    PIM_VIRTUAL_MINIPORT upperEdge;

    if (spare != NULL) {
        PIM_OFFLOAD_ENTRY owner = spare->Owner;
        List->SourceHandle = spare->SavedSourceHandle;
        upperEdge = spare->UpperEdge;
        spare->List = NULL;
        ImDereferenceOffloadEntry(owner);
    } else {
        PIM_LIST_RECORD record = (PIM_LIST_RECORD)(PVOID)NET_BUFFER_LIST_CONTEXT_DATA_START(List);
        List->SourceHandle = record->SavedSourceHandle;
        upperEdge = record->UpperEdge;
        NdisFreeNetBufferListContext(List, IM_LIST_RECORD_SIZE);
    }
    return upperEdge;
}

/* All of a chain or none. */
NDIS_STATUS ImPushRecords(PNET_BUFFER_LIST Lists, PIM_VIRTUAL_MINIPORT UpperEdge)
{
    PNET_BUFFER_LIST list;
    PNET_BUFFER_LIST undo;

    for (list = Lists; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        if (ImPushRecord(list, UpperEdge) != NDIS_STATUS_SUCCESS) {
            for (undo = Lists; undo != list; undo = NET_BUFFER_LIST_NEXT_NBL(undo)) {
                (VOID)ImPopRecord(UpperEdge->Lower, undo);
            }
            return NDIS_STATUS_RESOURCES;
        }
    }
    return NDIS_STATUS_SUCCESS;
}

VOID ImPopRecords(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST Lists)
{
    PNET_BUFFER_LIST list;

    for (list = Lists; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        (VOID)ImPopRecord(Lower, list);
    }
}

/* Whose list it is, without taking anything off it. */
static PIM_VIRTUAL_MINIPORT UpperEdgeOf(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST List)
{
    PIM_VIRTUAL_MINIPORT upperEdge = NULL;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&Lower->Lock);
    for (link = Lower->SpareRecords.Flink; link != &Lower->SpareRecords; link = link->Flink) {
        PIM_SPARE_RECORD record = CONTAINING_RECORD(link, IM_SPARE_RECORD, Link);
        if (record->List == List) {
            upperEdge = record->UpperEdge;
            break;
        }
    }
    NdisReleaseSpinLock(&Lower->Lock);
    if (upperEdge == NULL) {
        upperEdge = ((PIM_LIST_RECORD)(PVOID)NET_BUFFER_LIST_CONTEXT_DATA_START(List))->UpperEdge;
    }
    return upperEdge;
}

PNET_BUFFER_LIST ImTakeRun(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST *Rest, PIM_VIRTUAL_MINIPORT *UpperEdge, ULONG *Count)
{
    PNET_BUFFER_LIST first = *Rest;
    PNET_BUFFER_LIST list = first;
    PNET_BUFFER_LIST last;

    *UpperEdge = UpperEdgeOf(Lower, first);
    *Count = 0;
    do {
        last = list;
        list = NET_BUFFER_LIST_NEXT_NBL(last);
        (VOID)ImPopRecord(Lower, last);
        ++*Count;
    } while (list != NULL && UpperEdgeOf(Lower, list) == *UpperEdge);
    NET_BUFFER_LIST_NEXT_NBL(last) = NULL;
    *Rest = list;
    return first;
}
