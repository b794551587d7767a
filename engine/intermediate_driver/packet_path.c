/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Ordinary packets: what is not offloaded goes this way, and a host sends what it took back from a connection this way.
 *
 * The difference to offloaded data: here the drivers themselves write SourceHandle, the sender its binding handle, the
 * indicating miniport its adapter handle. The record is the same (list_record.c).
 *
 * A received packet may concern a protocol on any of the virtual miniports, and there is only one list. It is lent to
 * each virtual miniport but the last (NDIS_RECEIVE_FLAGS_RESOURCES: whoever wants the data copies it) and given to the
 * last.
 */
#include "intermediate.h"

static ULONG CountLists(PNET_BUFFER_LIST Lists)
{
    ULONG count = 0;

    for (; Lists != NULL; Lists = NET_BUFFER_LIST_NEXT_NBL(Lists)) {
        count++;
    }
    return count;
}

/* ---- sends ---- */

static VOID RefusePackets(PIM_VIRTUAL_MINIPORT UpperEdge, PNET_BUFFER_LIST Lists, NDIS_STATUS Status, ULONG SendFlags)
{
    ULONG completeFlags =
        NDIS_TEST_SEND_AT_DISPATCH_LEVEL(SendFlags) ? NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL : 0;
    PNET_BUFFER_LIST list;

    for (list = Lists; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        NET_BUFFER_LIST_STATUS(list) = Status;
    }
    NdisMSendNetBufferListsComplete(UpperEdge->MiniportHandle, Lists, completeFlags);
}

VOID ImSendNetBufferLists(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferList, NDIS_PORT_NUMBER PortNumber,
                          ULONG SendFlags)
{
    PIM_VIRTUAL_MINIPORT upperEdge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    PIM_LOWER_BINDING lower = upperEdge->Lower;
    ULONG count = CountLists(NetBufferList);
    PNET_BUFFER_LIST list;
    BOOLEAN running;

    NdisAcquireSpinLock(&lower->Lock);
    running = upperEdge->Running && lower->Running;
    if (running) {
        upperEdge->ListsOutstanding += count;
        ImLowerSendsStarted(lower, count);
    }
    NdisReleaseSpinLock(&lower->Lock);
    if (!running) {
        RefusePackets(upperEdge, NetBufferList, NDIS_STATUS_PAUSED, SendFlags);
        return;
    }
    if (ImPushRecords(NetBufferList, upperEdge) != NDIS_STATUS_SUCCESS) {
        RefusePackets(upperEdge, NetBufferList, NDIS_STATUS_RESOURCES, SendFlags);
        ImLowerSendsReturned(lower, count);
        ImUpperListsReturned(upperEdge, count);
        return;
    }
    for (list = NetBufferList; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        list->SourceHandle = lower->BindingHandle;
    }
    NdisSendNetBufferLists(lower->BindingHandle, NetBufferList, PortNumber, SendFlags);
}

VOID ImSendNetBufferListsComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST NetBufferLists,
                                  ULONG SendCompleteFlags)
{
    PIM_LOWER_BINDING lower = (PIM_LOWER_BINDING)ProtocolBindingContext;
    PIM_VIRTUAL_MINIPORT upperEdge;
    ULONG count;

    while (NetBufferLists != NULL) {
        PNET_BUFFER_LIST run = ImTakeRun(lower, &NetBufferLists, &upperEdge, &count);
        NdisMSendNetBufferListsComplete(upperEdge->MiniportHandle, run, SendCompleteFlags);
        ImUpperListsReturned(upperEdge, count);
        ImLowerSendsReturned(lower, count);
    }
}

VOID ImCancelSend(NDIS_HANDLE MiniportAdapterContext, PVOID CancelId)
{
    NdisCancelSendNetBufferLists(((PIM_VIRTUAL_MINIPORT)MiniportAdapterContext)->Lower->BindingHandle, CancelId);
}

/* ---- receives ---- */

/* Lends the chain for the time of the call: links and handles are afterwards what they were. */
static VOID LendChain(PIM_VIRTUAL_MINIPORT UpperEdge, PNET_BUFFER_LIST Lists, NDIS_PORT_NUMBER PortNumber, ULONG Count,
                      ULONG ReceiveFlags)
{
    NDIS_HANDLE indicator = Lists->SourceHandle;
    PNET_BUFFER_LIST list;

    for (list = Lists; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        list->SourceHandle = UpperEdge->MiniportHandle;
    }
    NdisMIndicateReceiveNetBufferLists(UpperEdge->MiniportHandle, Lists, PortNumber, Count,
                                       ReceiveFlags | NDIS_RECEIVE_FLAGS_RESOURCES);
    for (list = Lists; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        list->SourceHandle = indicator;
    }
}

/* Gives the chain away; it comes back through ImReturnNetBufferLists. FALSE if there is no memory for the records, or the
   virtual miniport is paused: then it has been lent, or not shown at all, and is still ours. */
static BOOLEAN GiveChain(PIM_VIRTUAL_MINIPORT UpperEdge, PNET_BUFFER_LIST Lists, NDIS_PORT_NUMBER PortNumber, ULONG Count,
                         ULONG ReceiveFlags)
{
    PIM_LOWER_BINDING lower = UpperEdge->Lower;
    PNET_BUFFER_LIST list;
    BOOLEAN running;

    NdisAcquireSpinLock(&lower->Lock);
    running = UpperEdge->Running;
    if (running) {
        UpperEdge->ListsOutstanding += Count;
    }
    NdisReleaseSpinLock(&lower->Lock);
    if (!running) {
        return FALSE;
    }
    if (ImPushRecords(Lists, UpperEdge) != NDIS_STATUS_SUCCESS) {
        LendChain(UpperEdge, Lists, PortNumber, Count, ReceiveFlags);
        ImUpperListsReturned(UpperEdge, Count);
        return FALSE;
    }
    for (list = Lists; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        list->SourceHandle = UpperEdge->MiniportHandle;
    }
    NdisMIndicateReceiveNetBufferLists(UpperEdge->MiniportHandle, Lists, PortNumber, Count, ReceiveFlags);
    return TRUE;
}

VOID ImReceiveNetBufferLists(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST NetBufferLists,
                             NDIS_PORT_NUMBER PortNumber, ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    PIM_LOWER_BINDING lower = (PIM_LOWER_BINDING)ProtocolBindingContext;
    BOOLEAN canKeep = NDIS_TEST_RECEIVE_CAN_PEND(ReceiveFlags);
    BOOLEAN given = FALSE;
    PIM_VIRTUAL_MINIPORT upperEdge = ImNextVirtualMiniport(lower, NULL);

    while (upperEdge != NULL) {
        BOOLEAN last = upperEdge->Link.Flink == &lower->VirtualMiniports;
        if (last && canKeep) {
            given = GiveChain(upperEdge, NetBufferLists, PortNumber, NumberOfNetBufferLists, ReceiveFlags);
        } else if (upperEdge->Running) {
            LendChain(upperEdge, NetBufferLists, PortNumber, NumberOfNetBufferLists, ReceiveFlags);
        }
        upperEdge = ImNextVirtualMiniport(lower, upperEdge);
    }
    if (canKeep && !given) {
        ULONG returnFlags =
            NDIS_TEST_RECEIVE_AT_DISPATCH_LEVEL(ReceiveFlags) ? NDIS_RETURN_FLAGS_DISPATCH_LEVEL : 0;
        NdisReturnNetBufferLists(lower->BindingHandle, NetBufferLists, returnFlags);
    }
}

VOID ImReturnNetBufferLists(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags)
{
    PIM_VIRTUAL_MINIPORT upperEdge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    ULONG count = CountLists(NetBufferLists);

    ImPopRecords(upperEdge->Lower, NetBufferLists);
    NdisReturnNetBufferLists(upperEdge->Lower->BindingHandle, NetBufferLists, ReturnFlags);
    ImUpperListsReturned(upperEdge, count);
}
