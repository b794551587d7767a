/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Data of offloaded connections.
 *
 * Down: MiniportOffloadContext is our offload entry (here it comes by value, not through a pointer as in a block). The
 * same lists go on with OUR handle of the connection, &entry->OffloadHandle (IM-073, IM-074). Up: the records are popped
 * and the same completion function is called for each upper edge. The calls can only be answered with
 * NDIS_STATUS_PENDING (IM-076): whatever happens, the lists come back by a completion.
 *
 * No memory for a record. A send then goes back with two statuses made for intermediate drivers alone: REQUEST_UPLOAD on
 * the first list, UPLOAD_REQUESTED on the others (IM-083, IM-084). They ask the host to take the connection back and to
 * send the data itself. Sends that are already on their way must not fill the gap from behind, or the stream would have
 * a hole: from then on none of this connection, and no graceful disconnect, is let through until the connection has been
 * terminated (IM-110).
 */
#include "intermediate.h"

typedef VOID (*IM_COMPLETE_LISTS)(NDIS_HANDLE MiniportHandle, PNET_BUFFER_LIST Lists);

/* Called with lists that are still as they came in. */
static NDIS_STATUS RefuseLists(PIM_VIRTUAL_MINIPORT UpperEdge, PNET_BUFFER_LIST Lists, NDIS_STATUS First,
                               IM_COMPLETE_LISTS Complete)
{
    PNET_BUFFER_LIST list;

    for (list = Lists; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        NET_BUFFER_LIST_STATUS(list) = (list == Lists) ? First : NDIS_STATUS_UPLOAD_REQUESTED;
        NET_BUFFER_LIST_INFO(list, TcpOffloadBytesTransferred) = NULL; /* nothing was transferred */
    }
    Complete(UpperEdge->MiniportHandle, Lists);
    return NDIS_STATUS_PENDING;
}

NDIS_STATUS ImTcpOffloadSend(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists)
{
    PIM_VIRTUAL_MINIPORT upperEdge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    PIM_OFFLOAD_ENTRY entry = (PIM_OFFLOAD_ENTRY)MiniportOffloadContext;
    NDIS_STATUS status;

    ImReferenceOffloadEntry(entry); /* a terminate may pass while we are in here (IM-116) */
    if (entry->UploadRequested) {
        status = RefuseLists(upperEdge, Lists, NDIS_STATUS_UPLOAD_REQUESTED, upperEdge->Offload.NdisTcpOffloadSendComplete);
    } else if (ImPushRecords(Lists, upperEdge) != NDIS_STATUS_SUCCESS) {
        entry->UploadRequested = TRUE;
        status = RefuseLists(upperEdge, Lists, NDIS_STATUS_REQUEST_UPLOAD, upperEdge->Offload.NdisTcpOffloadSendComplete);
    } else {
        status = NdisOffloadTcpSend(&entry->OffloadHandle, Lists);
        /* The lists may have been completed inside the call: not touched again (IM-111). */
    }
    ImDereferenceOffloadEntry(entry);
    return status;
}

/* No page says what to do with a receive request for which there is no record. Lists made by a host that kept to our
   ContextBackFillSize never come here; for others the pair of codes of a send is the best that is left. */
NDIS_STATUS ImTcpOffloadReceive(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists)
{
    PIM_VIRTUAL_MINIPORT upperEdge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    PIM_OFFLOAD_ENTRY entry = (PIM_OFFLOAD_ENTRY)MiniportOffloadContext;
    NDIS_STATUS status;

    ImReferenceOffloadEntry(entry);
    if (ImPushRecords(Lists, upperEdge) == NDIS_STATUS_SUCCESS) {
        status = NdisOffloadTcpReceive(&entry->OffloadHandle, Lists);
    } else {
        status = RefuseLists(upperEdge, Lists, NDIS_STATUS_REQUEST_UPLOAD,
                             upperEdge->Offload.NdisTcpOffloadReceiveComplete);
    }
    ImDereferenceOffloadEntry(entry);
    return status;
}

/* One list with one NET_BUFFER (IM-087). */
NDIS_STATUS ImTcpOffloadDisconnect(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext,
                                   PNET_BUFFER_LIST List, ULONG Flags)
{
    PIM_VIRTUAL_MINIPORT upperEdge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    PIM_OFFLOAD_ENTRY entry = (PIM_OFFLOAD_ENTRY)MiniportOffloadContext;
    NDIS_STATUS status;

    ImReferenceOffloadEntry(entry);
    if (entry->UploadRequested && (Flags & TCP_DISCONNECT_ABORTIVE_CLOSE) == 0) {
        /* A FIN behind data that was never sent would end the stream too early (IM-110). */
        status = RefuseLists(upperEdge, List, NDIS_STATUS_UPLOAD_REQUESTED,
                             upperEdge->Offload.NdisTcpOffloadDisconnectComplete);
    } else if (ImPushRecord(List, upperEdge) == NDIS_STATUS_SUCCESS || ImPushSpareRecord(entry, List)) {
        status = NdisOffloadTcpDisconnect(&entry->OffloadHandle, List, Flags);
    } else {
        status = RefuseLists(upperEdge, List, NDIS_STATUS_REQUEST_UPLOAD,
                             upperEdge->Offload.NdisTcpOffloadDisconnectComplete);
    }
    ImDereferenceOffloadEntry(entry);
    return status;
}

NDIS_STATUS ImTcpOffloadForward(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists)
{
    PIM_VIRTUAL_MINIPORT upperEdge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    PIM_OFFLOAD_ENTRY entry = (PIM_OFFLOAD_ENTRY)MiniportOffloadContext;
    NDIS_STATUS status;

    ImReferenceOffloadEntry(entry);
    if (ImPushRecords(Lists, upperEdge) == NDIS_STATUS_SUCCESS) {
        status = NdisOffloadTcpForward(&entry->OffloadHandle, Lists);
    } else {
        status = RefuseLists(upperEdge, Lists, NDIS_STATUS_REQUEST_UPLOAD,
                             upperEdge->Offload.NdisTcpOffloadForwardComplete);
    }
    ImDereferenceOffloadEntry(entry);
    return status;
}

/* Received lists that the host kept go back to where they came from, by the binding and not by a connection: that may be
   gone by now (IM-075). They never had a record: an indication is routed by its handle. No completion (IM-077). */
NDIS_STATUS ImTcpOffloadReceiveReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST Lists)
{
    PIM_VIRTUAL_MINIPORT upperEdge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;

    NdisOffloadTcpReceiveReturn(upperEdge->Lower->BindingHandle, Lists);
    return NDIS_STATUS_SUCCESS;
}

/* ---- completions ---- */

/* NDIS has cut the chain where the binding changes; where the virtual miniport changes it is for us to cut. Order is kept
   within the chain and from call to call (IM-085), status and byte counts are not looked at (IM-080). */

VOID ImTcpOffloadSendComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists)
{
    PIM_LOWER_BINDING lower = (PIM_LOWER_BINDING)ProtocolBindingContext;
    PIM_VIRTUAL_MINIPORT upperEdge;
    ULONG count;

    while (Lists != NULL) {
        PNET_BUFFER_LIST run = ImTakeRun(lower, &Lists, &upperEdge, &count);
        upperEdge->Offload.NdisTcpOffloadSendComplete(upperEdge->MiniportHandle, run);
    }
}

VOID ImTcpOffloadReceiveComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists)
{
    PIM_LOWER_BINDING lower = (PIM_LOWER_BINDING)ProtocolBindingContext;
    PIM_VIRTUAL_MINIPORT upperEdge;
    ULONG count;

    while (Lists != NULL) {
        PNET_BUFFER_LIST run = ImTakeRun(lower, &Lists, &upperEdge, &count);
        upperEdge->Offload.NdisTcpOffloadReceiveComplete(upperEdge->MiniportHandle, run);
    }
}

VOID ImTcpOffloadDisconnectComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST List)
{
    PIM_VIRTUAL_MINIPORT upperEdge = ImPopRecord((PIM_LOWER_BINDING)ProtocolBindingContext, List);

    upperEdge->Offload.NdisTcpOffloadDisconnectComplete(upperEdge->MiniportHandle, List);
}

VOID ImTcpOffloadForwardComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists)
{
    PIM_LOWER_BINDING lower = (PIM_LOWER_BINDING)ProtocolBindingContext;
    PIM_VIRTUAL_MINIPORT upperEdge;
    ULONG count;

    while (Lists != NULL) {
        PNET_BUFFER_LIST run = ImTakeRun(lower, &Lists, &upperEdge, &count);
        upperEdge->Offload.NdisTcpOffloadForwardComplete(upperEdge->MiniportHandle, run);
    }
}
