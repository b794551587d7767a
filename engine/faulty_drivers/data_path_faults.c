/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Mistakes on the data path: sends, receives, disconnects and forwards down, their completions up, received lists back.
 */
#include "engine/faulty_drivers/faulty_driver.h"

VOID ImPopRecords(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST Lists)
{
    PVOID source = Lists != NULL ? Lists->SourceHandle : NULL;

    CorrectImPopRecords(Lower, Lists);
    if (Lists != NULL && Is(SourceHandleOfDataForgotten)) {
        Lists->SourceHandle = source;
    }
    if (Lists != NULL && Is(StatusOfDataChanged)) {
        Lists->Status = NDIS_STATUS_FAILURE;
    }
}

PNET_BUFFER_LIST FaultyImTakeRun(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST *Rest, PIM_VIRTUAL_MINIPORT *UpperEdge, ULONG *Count)
{
    PVOID source = (*Rest)->SourceHandle;
    PNET_BUFFER_LIST first = ImTakeRun(Lower, Rest, UpperEdge, Count);

    if (Is(SourceHandleOfSendForgotten)) {
        first->SourceHandle = source;
    }
    if (Is(SourceHandleOfSendCleared)) {
        first->SourceHandle = NULL;
    }
    if (Is(StatusOfSendChanged)) {
        first->Status = NDIS_STATUS_FAILURE;
    }
    if (Is(ByteCountDropped)) {
        NET_BUFFER_LIST_INFO(first, TcpOffloadBytesTransferred) = NULL;
    }
    if (Is(RecordLeftOnList)) {
        (void)NdisAllocateNetBufferListContext(first, IM_LIST_RECORD_SIZE, 0, IM_TAG_LIST_RECORD);
    }
    if (Is(CompletedOnFirstEdge)) {
        PIM_VIRTUAL_MINIPORT edge = ImNextVirtualMiniport(Lower, NULL);
        ImReleaseVirtualMiniport(edge);
        *UpperEdge = edge;
    }
    return first;
}

/* ---- down ---- */

NDIS_STATUS ImTcpOffloadSend(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists)
{
    if (Is(SendAfterRequestUpload)) {
        ((PIM_OFFLOAD_ENTRY)MiniportOffloadContext)->UploadRequested = FALSE;
    }
    if (Is(ReturnedOverUpperBinding)) {
        Faulty.UpperBinding = Lists->SourceHandle;
    }
    if (Is(SendRefusedWithFailure)) {
        PIM_VIRTUAL_MINIPORT edge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
        PNET_BUFFER_LIST list;
        if (ImPushRecords(Lists, edge) == NDIS_STATUS_SUCCESS) {
            return NdisOffloadTcpSend(&((PIM_OFFLOAD_ENTRY)MiniportOffloadContext)->OffloadHandle, Lists);
        }
        for (list = Lists; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
            NET_BUFFER_LIST_STATUS(list) = NDIS_STATUS_RESOURCES;
        }
        edge->Offload.NdisTcpOffloadSendComplete(edge->MiniportHandle, Lists);
        return NDIS_STATUS_PENDING;
    }
    return CorrectImTcpOffloadSend(MiniportAdapterContext, MiniportOffloadContext, Lists);
}

NDIS_STATUS FaultyNdisOffloadTcpSend(PNDIS_OFFLOAD_HANDLE handle, PNET_BUFFER_LIST lists)
{
    NDIS_STATUS status;

    if (Is(UpperHandleUsedForSend) && !Faulty.SentUp) {
        Faulty.SentUp = TRUE; /* it comes back to this driver: once is enough */
        handle = ImOffloadEntryOfHandle(handle)->UpperHandle;
    }
    if (Is(SendSwallowed)) {
        return NDIS_STATUS_PENDING;
    }
    if (Is(SendPassedAsForward)) {
        return NdisOffloadTcpForward(handle, lists);
    }
    if (Is(SendsReordered)) {
        PNET_BUFFER_LIST reversed = NULL;
        while (lists != NULL) {
            PNET_BUFFER_LIST next = NET_BUFFER_LIST_NEXT_NBL(lists);
            NET_BUFFER_LIST_NEXT_NBL(lists) = reversed;
            reversed = lists;
            lists = next;
        }
        lists = reversed;
    }
    status = NdisOffloadTcpSend(handle, lists);
    if (Is(ListTouchedAfterPassing)) {
        lists->Scratch = handle;
    }
    return Is(SendAnswered) ? NDIS_STATUS_SUCCESS : status;
}

NDIS_STATUS FaultyNdisOffloadTcpDisconnect(PNDIS_OFFLOAD_HANDLE handle, PNET_BUFFER_LIST list, ULONG flags)
{
    if (Is(DisconnectFlagsChanged)) {
        flags = TCP_DISCONNECT_ABORTIVE_CLOSE;
    }
    return NdisOffloadTcpDisconnect(handle, list, flags);
}

/* ---- up ---- */

VOID ImTcpOffloadSendComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists)
{
    if (Is(SendCompletionSwallowed)) {
        return;
    }
    if (Is(SendCompletedAsForward)) {
        ImTcpOffloadForwardComplete(ProtocolBindingContext, Lists);
        return;
    }
    if ((Is(DisconnectOvertakes) || Is(DisconnectChained)) && Faulty.HeldLists == NULL) {
        Faulty.HeldLists = Lists;
        return;
    }
    CorrectImTcpOffloadSendComplete(ProtocolBindingContext, Lists);
}

VOID ImTcpOffloadDisconnectComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST List)
{
    PIM_LOWER_BINDING lower = (PIM_LOWER_BINDING)ProtocolBindingContext;
    PNET_BUFFER_LIST held = Faulty.HeldLists;

    if (Is(DisconnectChained) && held != NULL) {
        PIM_VIRTUAL_MINIPORT edge = ImPopRecord(lower, List);
        ImPopRecords(lower, held);
        NET_BUFFER_LIST_NEXT_NBL(List) = held;
        Faulty.HeldLists = NULL;
        edge->Offload.NdisTcpOffloadDisconnectComplete(edge->MiniportHandle, List);
        return;
    }
    CorrectImTcpOffloadDisconnectComplete(ProtocolBindingContext, List);
    if (Is(DisconnectOvertakes) && held != NULL) {
        Faulty.HeldLists = NULL;
        CorrectImTcpOffloadSendComplete(ProtocolBindingContext, held);
    }
}

/* ---- received lists on their way back ---- */

NDIS_STATUS ImTcpOffloadReceiveReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST Lists)
{
    NDIS_STATUS status;

    if (Is(ReturnSwallowed) || Is(ReturnedByItself)) {
        return NDIS_STATUS_SUCCESS;
    }
    status = CorrectImTcpOffloadReceiveReturn(MiniportAdapterContext, Lists);
    return Is(ReturnAnswered) ? NDIS_STATUS_PENDING : status;
}

VOID FaultyNdisOffloadTcpReceiveReturn(NDIS_HANDLE binding, PNET_BUFFER_LIST lists)
{
    if (Is(ReturnedOverUpperBinding) && !Faulty.ReturnedUp && Faulty.UpperBinding != NULL) {
        Faulty.ReturnedUp = TRUE; /* it comes back to this driver */
        binding = Faulty.UpperBinding;
    }
    NdisOffloadTcpReceiveReturn(binding, lists);
}
