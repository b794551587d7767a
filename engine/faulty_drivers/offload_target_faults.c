/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The mistakes of the offload target. A function that is called Correct… here is the real one; the function of the same
 * name without it, or with Faulty before it, is what the target's sources call instead. What it calls through the table of
 * NdisMGetOffloadHandlers goes through the functions of a table of our own.
 */
#include "engine/offload_target/wire.h"
#include "engine/faulty_drivers/offload_target_faults.h"
#include "engine/faulty_drivers/faulty_target.h"
#include "engine/faulty_drivers/wire_faults.h"

#define CHIMNEYLAB_MISTAKES CHIMNEYLAB_OFFLOAD_TARGET_FAULTS
#include "engine/faulty_drivers/fault_choice.inc.h"

BOOLEAN ChimneylabTargetHasFault(unsigned fault) { return Is(fault); }

struct chimneylab_faulty_target FaultyTarget;
static NDIS_TCP_OFFLOAD_EVENT_HANDLERS Wrapped;
static NDIS_HANDLE HeldFrom;
static POT_OBJECT HeldOf;
static BOOLEAN Done;

/* ---- registration ---- */

NDIS_STATUS FaultyNdisSetOptionalHandlers(NDIS_HANDLE handle, PNDIS_DRIVER_OPTIONAL_HANDLERS table)
{
    if (table->Header.Type == NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS && Is(TargetQueryHandlerMissing)) {
        ((NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS *)table)->QueryOffloadHandler = NULL;
    }
    return NdisSetOptionalHandlers(handle, table);
}

NDIS_STATUS FaultyNdisMSetMiniportAttributes(NDIS_HANDLE handle, PNDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes)
{
    if (attributes->Header.Type == NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES && Is(TargetNoEncapsulation)) {
        attributes->OffloadAttributes.TcpConnectionOffloadHardwareCapabilities->Encapsulation = NDIS_ENCAPSULATION_NOT_SUPPORTED;
    }
    return NdisMSetMiniportAttributes(handle, attributes);
}

/* ---- completions and indications of connections ---- */

static VOID SendComplete(NDIS_HANDLE miniport, PNET_BUFFER_LIST lists)
{
    PNET_BUFFER_LIST held;

    if (Is(TargetUploadsLostSends) && NET_BUFFER_LIST_STATUS(lists) == NDIS_STATUS_REQUEST_ABORTED) {
        NET_BUFFER_LIST_STATUS(lists) = NDIS_STATUS_UPLOAD_IN_PROGRESS;
    }
    if (Is(TargetRequestsUpload)) {
        NET_BUFFER_LIST_STATUS(lists) = NDIS_STATUS_REQUEST_UPLOAD;
    }
    if (Is(TargetByteCountWrong)) {
        NET_BUFFER_LIST_INFO(lists, TcpOffloadBytesTransferred) =
            (PVOID)((ULONG_PTR)NET_BUFFER_LIST_INFO(lists, TcpOffloadBytesTransferred) - 1);
    }
    if ((Is(TargetSendsReordered) || Is(TargetDisconnectFirst)) && !Done && FaultyTarget.Held == NULL) {
        FaultyTarget.Held = lists;
        HeldFrom = miniport;
        return;
    }
    FaultyTarget.Real.NdisTcpOffloadSendComplete(miniport, lists);
    if (Is(TargetSendsReordered) && FaultyTarget.Held != NULL) {
        held = FaultyTarget.Held;
        FaultyTarget.Held = NULL;
        Done = TRUE;
        FaultyTarget.Real.NdisTcpOffloadSendComplete(miniport, held);
    }
}

static VOID ReceiveComplete(NDIS_HANDLE miniport, PNET_BUFFER_LIST lists)
{
    PNET_BUFFER_LIST held;

    if (Is(TargetFillsAfterEnd) && NET_BUFFER_LIST_STATUS(lists) == NDIS_STATUS_INVALID_STATE) {
        NET_BUFFER_LIST_STATUS(lists) = NDIS_STATUS_SUCCESS;
    }
    if (Is(TargetUploadsLostSends) && NET_BUFFER_LIST_STATUS(lists) == NDIS_STATUS_REQUEST_ABORTED) {
        NET_BUFFER_LIST_STATUS(lists) = NDIS_STATUS_UPLOAD_IN_PROGRESS;
    }
    if (Is(TargetReceivesReordered) && !Done && FaultyTarget.Held == NULL) {
        FaultyTarget.Held = lists;
        return;
    }
    FaultyTarget.Real.NdisTcpOffloadReceiveComplete(miniport, lists);
    if (Is(TargetReceivesReordered) && FaultyTarget.Held != NULL) {
        held = FaultyTarget.Held;
        FaultyTarget.Held = NULL;
        Done = TRUE;
        FaultyTarget.Real.NdisTcpOffloadReceiveComplete(miniport, held);
    }
}

static VOID DisconnectComplete(NDIS_HANDLE miniport, PNET_BUFFER_LIST list)
{
    FaultyTarget.Real.NdisTcpOffloadDisconnectComplete(miniport, list);
    if (Is(TargetDisconnectFirst) && FaultyTarget.Held != NULL) {
        PNET_BUFFER_LIST held = FaultyTarget.Held;
        FaultyTarget.Held = NULL;
        Done = TRUE;
        FaultyTarget.Real.NdisTcpOffloadSendComplete(HeldFrom, held);
    }
}

static POT_OBJECT ConnectionOfHandle(NDIS_HANDLE handle)
{
    ULONG index;
    POT_OBJECT object;

    for (index = 0; (object = OtObjectAt(FaultyTarget.OnlyAdapter, index)) != NULL && object->OffloadHandle != handle; index++) {
    }
    return object;
}

static NDIS_STATUS ReceiveIndicate(NDIS_HANDLE handle, PNET_BUFFER_LIST list, NDIS_STATUS status, PULONG consumed)
{
    NDIS_STATUS answer;

    if (Is(TargetIndicatesStatus)) {
        status = NDIS_STATUS_RESOURCES;
    }
    answer = FaultyTarget.Real.NdisTcpOffloadReceiveHandler(handle, list, status, consumed);
    if (answer == NDIS_STATUS_SUCCESS && Is(TargetDeliversTwice) && !Done) {
        POT_OBJECT connection = ConnectionOfHandle(handle);
        ULONG again = 0;
        Done = TRUE;
        list = OtAllocateReceived(connection, connection->BytesBuffered);
        (VOID)FaultyTarget.Real.NdisTcpOffloadReceiveHandler(handle, list, status, &again);
    }
    if (answer == NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED && Is(TargetForgetsConsumed)) {
        *consumed = 0;
        answer = NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED;
    }
    if (answer == NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED && Is(TargetIndicatesAgain)) {
        answer = FaultyTarget.Real.NdisTcpOffloadReceiveHandler(handle, list, status, consumed);
    }
    if (Is(TargetIndicatesFirst) && FaultyTarget.Held != NULL) {
        OtQueueLists(HeldOf->Adapter, &HeldOf->Receives, FaultyTarget.Held, NULL);
        FaultyTarget.Held = NULL;
        Done = TRUE;
    }
    return answer;
}

static POT_OBJECT OtherConnection(NDIS_HANDLE handle, POT_ADAPTER adapter)
{
    ULONG index;
    POT_OBJECT object;

    for (index = 0; (object = OtObjectAt(adapter, index)) != NULL; index++) {
        if (object->Kind == OtConnection && object->OffloadHandle != handle) {
            return object;
        }
    }
    return NULL;
}

static VOID EventIndicate(NDIS_HANDLE handle, ULONG type, ULONG information)
{
    if (Is(TargetWrongHandle) && OtherConnection(handle, FaultyTarget.OnlyAdapter) != NULL) {
        handle = OtherConnection(handle, FaultyTarget.OnlyAdapter)->Parent->OffloadHandle;
    }
    if (Is(TargetOddReason)) {
        information = MaxUploadReason;
    }
    if (WireFaultSilences(type, information)) {
        return;
    }
    if ((Is(TargetAbortsUnasked) && type == TcpIndicateRetrieve && information == HardwareFailure) ||
        (Is(TargetNeverAsksBack) && type == TcpIndicateRetrieve && information == InvalidState)) {
        return;
    }
    if (Is(TargetEndsTwice) && type == TcpIndicateDisconnect) {
        FaultyTarget.Real.NdisTcpOffloadEventHandler(handle, type, information);
    }
    FaultyTarget.Real.NdisTcpOffloadEventHandler(handle, type, information);
    if (Is(TargetWishesInClose) && type == TcpIndicateDisconnect) {
        FaultyTarget.Real.NdisTcpOffloadEventHandler(handle, TcpIndicateRetrieve, LowActivity);
    }
}

VOID CorrectOtArrive(POT_OBJECT Connection, ULONG Bytes, BOOLEAN Push);

VOID OtArrive(POT_OBJECT Connection, ULONG Bytes, BOOLEAN Push)
{
    if (Is(TargetShowsWaiting)) {
        Connection->Refused = FALSE;
    }
    CorrectOtArrive(Connection, Bytes, Push);
}

/* ---- the adapter ---- */

static VOID LinkLost(NDIS_HANDLE miniport, PNDIS_STATUS_INDICATION indication)
{
    ULONG index;
    POT_OBJECT object;

    if (!Is(TargetHidesLinkLoss)) {
        NdisMIndicateStatusEx(miniport, indication);
    }
    for (index = 0; Is(TargetAsksAtLinkLoss) && (object = OtObjectAt(FaultyTarget.OnlyAdapter, index)) != NULL; index++) {
        if (object->Kind == OtConnection) {
            FaultyTarget.Real.NdisTcpOffloadEventHandler(object->OffloadHandle, TcpIndicateRetrieve, UploadRequested);
        }
    }
}

VOID FaultyNdisMIndicateStatusEx(NDIS_HANDLE miniport, PNDIS_STATUS_INDICATION indication)
{
    if (Is(TargetResumesUnasked) && indication->StatusCode == NDIS_STATUS_OFFLOAD_PAUSE) {
        return;
    }
    if (indication->StatusCode == NDIS_STATUS_OFFLOAD_PAUSE || indication->StatusCode == NDIS_STATUS_OFFLOAD_RESUME) {
        FaultyTarget.Paused = (BOOLEAN)(indication->StatusCode == NDIS_STATUS_OFFLOAD_PAUSE);
    }
    if (indication->StatusCode == NDIS_STATUS_LINK_STATE &&
        ((PNDIS_LINK_STATE)indication->StatusBuffer)->MediaConnectState == MediaConnectStateDisconnected) {
        LinkLost(miniport, indication);
        return;
    }
    NdisMIndicateStatusEx(miniport, indication);
}

NDIS_STATUS CorrectOtOidRequest(NDIS_HANDLE MiniportAdapterContext, PNDIS_OID_REQUEST OidRequest);

NDIS_STATUS OtOidRequest(NDIS_HANDLE MiniportAdapterContext, PNDIS_OID_REQUEST OidRequest)
{
    if (Is(TargetRefusesParameters) && OidRequest->RequestType == NdisRequestSetInformation &&
        OidRequest->DATA.SET_INFORMATION.Oid == OID_TCP_CONNECTION_OFFLOAD_PARAMETERS) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    if (Is(TargetSleepsAtOnce) && OidRequest->RequestType == NdisRequestSetInformation &&
        OidRequest->DATA.SET_INFORMATION.Oid == OID_PNP_SET_POWER) {
        return NDIS_STATUS_SUCCESS;
    }
    return CorrectOtOidRequest(MiniportAdapterContext, OidRequest);
}

NDIS_STATUS FaultyNdisMGetOffloadHandlers(NDIS_HANDLE handle, NDIS_CHIMNEY_OFFLOAD_TYPE type, PNDIS_OFFLOAD_EVENT_HANDLERS *handlers)
{
    NDIS_STATUS status = NdisMGetOffloadHandlers(handle, type, handlers);

    if (Is(TargetHandlersAskedTwice)) {
        status = NdisMGetOffloadHandlers(handle, type, handlers);
    }
    if (status == NDIS_STATUS_SUCCESS) {
        FaultyTarget.Real = *(NDIS_TCP_OFFLOAD_EVENT_HANDLERS *)*handlers;
        Wrapped = FaultyTarget.Real;
        Wrapped.NdisTcpOffloadSendComplete = SendComplete;
        Wrapped.NdisTcpOffloadReceiveComplete = ReceiveComplete;
        Wrapped.NdisTcpOffloadDisconnectComplete = DisconnectComplete;
        Wrapped.NdisTcpOffloadReceiveHandler = ReceiveIndicate;
        Wrapped.NdisTcpOffloadEventHandler = EventIndicate;
        *handlers = (PNDIS_OFFLOAD_EVENT_HANDLERS)&Wrapped;
    }
    return status;
}

VOID FaultyNdisMOffloadEventIndicate(NDIS_HANDLE miniport, POT_BLOCK block, ULONG code)
{
    if (Is(TargetQuestionLinked)) {
        block->Status = NDIS_STATUS_FAILURE;
    }
    NdisMOffloadEventIndicate(miniport, block, code);
}

BOOLEAN CorrectOtIsStale(POT_OBJECT Neighbor);

BOOLEAN OtIsStale(POT_OBJECT Neighbor) { return (BOOLEAN)(Is(TargetAsksAlways) || CorrectOtIsStale(Neighbor)); }

VOID CorrectOtNoteProgress(POT_OBJECT Neighbor);

VOID OtNoteProgress(POT_OBJECT Neighbor)
{
    if (!Is(TargetSeesNoProgress)) {
        CorrectOtNoteProgress(Neighbor);
    }
}

/* ---- data ---- */

NDIS_STATUS CorrectOtTcpOffloadSend(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists);
NDIS_STATUS CorrectOtTcpOffloadReceive(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists);
NDIS_STATUS CorrectOtTcpOffloadReceiveReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST Lists);

NDIS_STATUS OtTcpOffloadSend(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists)
{
    NDIS_STATUS status;

    if (Is(TargetSendLost)) {
        return NDIS_STATUS_PENDING;
    }
    if (Is(TargetCompletesAtTransmit) && ((POT_OBJECT)MiniportOffloadContext)->Wire != NULL) {
        POT_OBJECT connection = (POT_OBJECT)MiniportOffloadContext;
        PNET_BUFFER_LIST list;
        ULONG bytes = 0;
        for (list = Lists; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
            bytes += OtListBytes(list);
        }
        status = CorrectOtTcpOffloadSend(MiniportAdapterContext, MiniportOffloadContext, Lists);
        connection->Wire->Acknowledged += bytes;
        OtWireSettle(connection);
        connection->Wire->Acknowledged = 0;
        return status;
    }
    if (Is(TargetGoesOn)) {
        ((POT_OBJECT)MiniportOffloadContext)->Stopped = FALSE;
    }
    status = CorrectOtTcpOffloadSend(MiniportAdapterContext, MiniportOffloadContext, Lists);
    return Is(TargetReturnsSuccess) ? NDIS_STATUS_SUCCESS : status;
}

NDIS_STATUS OtTcpOffloadReceive(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists)
{
    if ((Is(TargetIndicatesFirst) && !Done) || Is(TargetTerminatesEarly)) {
        FaultyTarget.Held = Lists;
        HeldOf = (POT_OBJECT)MiniportOffloadContext;
        return NDIS_STATUS_PENDING;
    }
    if (Is(TargetCompletesInside) && ((POT_OBJECT)MiniportOffloadContext)->Delivering) {
        const NDIS_STATUS status = CorrectOtTcpOffloadReceive(MiniportAdapterContext, MiniportOffloadContext, Lists);
        ((POT_OBJECT)MiniportOffloadContext)->Delivering = FALSE; /* as if no completion of it were going on */
        OtDeliver((POT_OBJECT)MiniportOffloadContext, FALSE);
        return status;
    }
    if (Is(TargetPushesAlways)) {
        NET_BUFFER_LIST_INFO(Lists, TcpReceiveNoPush) = NULL;
    }
    if (Is(TargetLeavesWaiting) && ((POT_OBJECT)MiniportOffloadContext)->BytesBuffered > 0) {
        OtQueueLists(((POT_OBJECT)MiniportOffloadContext)->Adapter, &((POT_OBJECT)MiniportOffloadContext)->Receives, Lists, NULL);
        return NDIS_STATUS_PENDING;
    }
    return CorrectOtTcpOffloadReceive(MiniportAdapterContext, MiniportOffloadContext, Lists);
}

NDIS_STATUS OtTcpOffloadReceiveReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST Lists)
{
    NDIS_STATUS status = CorrectOtTcpOffloadReceiveReturn(MiniportAdapterContext, Lists);

    return Is(TargetReturnPending) ? NDIS_STATUS_PENDING : status;
}
