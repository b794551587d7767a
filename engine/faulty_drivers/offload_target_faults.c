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
#include "engine/faulty_drivers/wire_faults.h"

#define CHIMNEYLAB_MISTAKES CHIMNEYLAB_OFFLOAD_TARGET_FAULTS
#include "engine/faulty_drivers/fault_choice.inc.h"

BOOLEAN ChimneylabTargetHasFault(unsigned fault) { return Is(fault); }

static NDIS_TCP_OFFLOAD_EVENT_HANDLERS Real;
static NDIS_TCP_OFFLOAD_EVENT_HANDLERS Wrapped;
static PNET_BUFFER_LIST Held;          /* a list that is completed later than it should be */
static NDIS_HANDLE HeldFrom;
static POT_OBJECT HeldOf;
static NDIS_HANDLE EndedHandle;
static BOOLEAN Done;
static BOOLEAN Paused; /* by an indication of its own */

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
    if ((Is(TargetSendsReordered) || Is(TargetDisconnectFirst)) && !Done && Held == NULL) {
        Held = lists;
        HeldFrom = miniport;
        return;
    }
    Real.NdisTcpOffloadSendComplete(miniport, lists);
    if (Is(TargetSendsReordered) && Held != NULL) {
        held = Held;
        Held = NULL;
        Done = TRUE;
        Real.NdisTcpOffloadSendComplete(miniport, held);
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
    if (Is(TargetReceivesReordered) && !Done && Held == NULL) {
        Held = lists;
        return;
    }
    Real.NdisTcpOffloadReceiveComplete(miniport, lists);
    if (Is(TargetReceivesReordered) && Held != NULL) {
        held = Held;
        Held = NULL;
        Done = TRUE;
        Real.NdisTcpOffloadReceiveComplete(miniport, held);
    }
}

static VOID DisconnectComplete(NDIS_HANDLE miniport, PNET_BUFFER_LIST list)
{
    Real.NdisTcpOffloadDisconnectComplete(miniport, list);
    if (Is(TargetDisconnectFirst) && Held != NULL) {
        PNET_BUFFER_LIST held = Held;
        Held = NULL;
        Done = TRUE;
        Real.NdisTcpOffloadSendComplete(HeldFrom, held);
    }
}

static POT_ADAPTER OnlyAdapter;

static POT_OBJECT ConnectionOfHandle(NDIS_HANDLE handle)
{
    ULONG index;
    POT_OBJECT object;

    for (index = 0; (object = OtObjectAt(OnlyAdapter, index)) != NULL && object->OffloadHandle != handle; index++) {
    }
    return object;
}

static NDIS_STATUS ReceiveIndicate(NDIS_HANDLE handle, PNET_BUFFER_LIST list, NDIS_STATUS status, PULONG consumed)
{
    NDIS_STATUS answer;

    if (Is(TargetIndicatesStatus)) {
        status = NDIS_STATUS_RESOURCES;
    }
    answer = Real.NdisTcpOffloadReceiveHandler(handle, list, status, consumed);
    if (answer == NDIS_STATUS_SUCCESS && Is(TargetDeliversTwice) && !Done) {
        POT_OBJECT connection = ConnectionOfHandle(handle);
        ULONG again = 0;
        Done = TRUE;
        list = OtAllocateReceived(connection, connection->BytesBuffered);
        (VOID)Real.NdisTcpOffloadReceiveHandler(handle, list, status, &again);
    }
    if (answer == NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED && Is(TargetForgetsConsumed)) {
        *consumed = 0;
        answer = NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED;
    }
    if (answer == NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED && Is(TargetIndicatesAgain)) {
        answer = Real.NdisTcpOffloadReceiveHandler(handle, list, status, consumed);
    }
    if (Is(TargetIndicatesFirst) && Held != NULL) {
        OtQueueLists(HeldOf->Adapter, &HeldOf->Receives, Held, NULL);
        Held = NULL;
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
    if (Is(TargetWrongHandle) && OtherConnection(handle, OnlyAdapter) != NULL) {
        handle = OtherConnection(handle, OnlyAdapter)->Parent->OffloadHandle;
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
        Real.NdisTcpOffloadEventHandler(handle, type, information);
    }
    Real.NdisTcpOffloadEventHandler(handle, type, information);
    if (Is(TargetWishesInClose) && type == TcpIndicateDisconnect) {
        Real.NdisTcpOffloadEventHandler(handle, TcpIndicateRetrieve, LowActivity);
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

VOID FaultyNdisMIndicateStatusEx(NDIS_HANDLE miniport, PNDIS_STATUS_INDICATION indication)
{
    if (Is(TargetResumesUnasked) && indication->StatusCode == NDIS_STATUS_OFFLOAD_PAUSE) {
        return;
    }
    if (indication->StatusCode == NDIS_STATUS_OFFLOAD_PAUSE || indication->StatusCode == NDIS_STATUS_OFFLOAD_RESUME) {
        Paused = (BOOLEAN)(indication->StatusCode == NDIS_STATUS_OFFLOAD_PAUSE);
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
    return CorrectOtOidRequest(MiniportAdapterContext, OidRequest);
}

NDIS_STATUS FaultyNdisMGetOffloadHandlers(NDIS_HANDLE handle, NDIS_CHIMNEY_OFFLOAD_TYPE type, PNDIS_OFFLOAD_EVENT_HANDLERS *handlers)
{
    NDIS_STATUS status = NdisMGetOffloadHandlers(handle, type, handlers);

    if (Is(TargetHandlersAskedTwice)) {
        status = NdisMGetOffloadHandlers(handle, type, handlers);
    }
    if (status == NDIS_STATUS_SUCCESS) {
        Real = *(NDIS_TCP_OFFLOAD_EVENT_HANDLERS *)*handlers;
        Wrapped = Real;
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
        Held = Lists;
        HeldOf = (POT_OBJECT)MiniportOffloadContext;
        return NDIS_STATUS_PENDING;
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

/* ---- operations ---- */

static POT_BLOCK LastBlock(POT_BLOCK root)
{
    OT_TREE_WALK walk;
    POT_BLOCK block;
    POT_BLOCK last = root;

    for (block = OtFirstBlock(&walk, root); block != NULL; block = OtNextBlock(&walk, block)) {
        last = block;
    }
    return last;
}

/* One layer of a tree after the other: neighbors and paths take the room, and no connection comes to life. */
static ULONG StoreLayer(POT_ADAPTER Adapter, POT_BLOCK First, POT_BLOCK Parent, ULONG Kind, ULONG Ordinal)
{
    POT_BLOCK block;
    ULONG failed = 0;

    for (block = First; block != NULL; block = block->NextBlock) {
        POT_OBJECT parent = Parent != NULL ? (POT_OBJECT)*Parent->MiniportOffloadContext : NULL;
        ULONG above;
        if (OtBlockKind(block) == Kind && *block->MiniportOffloadContext == NULL) {
            POT_OBJECT object = NULL;
            if ((Kind == OtNeighbor || parent != NULL) && OtCountObjects(Adapter, 0) < Adapter->Capacity.host_memory_objects) {
                object = OtCreateObject(Adapter, block, Kind, parent);
            }
            block->Status = object != NULL                          ? NDIS_STATUS_SUCCESS
                            : Kind != OtNeighbor && parent == NULL ? NDIS_STATUS_FAILURE
                                                                    : NDIS_STATUS_RESOURCES;
            if (object != NULL) {
                object->State = CHIMNEY_TARGET_OBJECT_OFFLOADING;
                object->OffloadedBy = Ordinal;
                *block->MiniportOffloadContext = object;
            }
        }
        above = StoreLayer(Adapter, block->DependentBlockList, block, Kind, Ordinal);
        if (above > 0 && block->Status == NDIS_STATUS_SUCCESS) {
            block->Status = NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS;
        }
        failed += block->Status < 0;
    }
    return failed;
}

VOID FaultyOtProcessInitiate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal)
{
    OT_TREE_WALK walk;
    POT_BLOCK block;
    POT_BLOCK last = LastBlock(Root);
    PVOID first = NULL;
    struct chimney_target_capacity room;

    OnlyAdapter = Adapter;
    if (Is(TargetBreadthFirst)) {
        ULONG kind;
        for (kind = OtNeighbor; kind <= OtConnection; kind++) {
            (VOID)StoreLayer(Adapter, Root, NULL, kind, Ordinal);
        }
        return;
    }
    if (Is(TargetRefusesWhilePaused) && Paused) {
        for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
            block->Status = NDIS_STATUS_FAILURE;
        }
        return;
    }
    room = Adapter->Capacity;
    if (Is(TargetTakesAnyVlan)) {
        Adapter->Capacity.interface_vlan_count = 0;
    }
    if (Is(TargetTakesAnyAddress)) {
        Adapter->Capacity.source_hardware_addresses = 4;
    }
    WireFaultInitiated(Root);
    OtProcessInitiate(Adapter, Root, Ordinal);
    Adapter->Capacity = room;
    if (Is(TargetProtocolReservedUsed)) {
        last->ProtocolReserved[1] = Adapter;
    }
    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        if (block->MiniportOffloadContext == NULL) {
            if (Is(TargetPlaceholderFails)) {
                block->Status = NDIS_STATUS_FAILURE;
            }
            continue;
        }
        if (Is(TargetParentSucceeds) && block->Status == NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS) {
            block->Status = NDIS_STATUS_SUCCESS;
        }
        if (Is(TargetNoReason) && block->Status < 0) {
            block->Status = NDIS_STATUS_FAILURE;
        }
        if (Is(TargetContextOfFailed) && block->Status < 0) {
            *block->MiniportOffloadContext = Adapter;
        }
        if (Is(TargetDataOfFailedCompleted) && block->Status < 0 && block->NetBufferListChain != NULL) {
            NET_BUFFER_LIST_STATUS(block->NetBufferListChain) = NDIS_STATUS_FAILURE;
        }
        if (Is(TargetSameContext) && block->Header.Type == TcpOffloadState && block->Status >= 0) {
            if (first == NULL) {
                first = *block->MiniportOffloadContext;
            }
            *block->MiniportOffloadContext = first;
        }
    }
    if (Is(TargetContextNotWritten) && last->MiniportOffloadContext != NULL && last->Status >= 0) {
        *last->MiniportOffloadContext = NULL;
    }
}

VOID FaultyNdisMInitiateOffloadComplete(NDIS_HANDLE miniport, POT_BLOCK root)
{
    if (Is(TargetTellsEarly) && OtBlockKind(LastBlock(root)) == OtConnection) {
        Real.NdisTcpOffloadEventHandler(LastBlock(root)->NdisOffloadHandle, TcpIndicateSendBacklogChange, 8192);
    }
    NdisMInitiateOffloadComplete(miniport, root);
    if (Is(TargetTreeTouched)) {
        root->Scratch[1] = root;
    }
}

VOID FaultyOtProcessQuery(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal)
{
    if (Is(TargetQueryEmpty)) {
        Root->Status = NDIS_STATUS_SUCCESS;
        return;
    }
    if (Is(TargetRefusesSecondQuery) && Adapter->Accepted[OtQuery] > Adapter->Completed[OtQuery]) {
        Root->Status = NDIS_STATUS_FAILURE;
        return;
    }
    OtProcessQuery(Adapter, Root, Ordinal);
    if (Is(TargetQueryResources)) {
        Root->Status = NDIS_STATUS_RESOURCES;
    }
    if (Is(TargetFreesAtFailure) && Root->Status == NDIS_STATUS_FAILURE && OtBlockKind(Root) == OtConnection) {
        OtFreeObject((POT_OBJECT)*Root->MiniportOffloadContext);
    }
}

VOID FaultyOtProcessInvalidate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal)
{
    OtProcessInvalidate(Adapter, Root, Ordinal);
    if (Is(TargetFreesInvalid)) {
        OtFreeObject((POT_OBJECT)*Root->MiniportOffloadContext);
    }
}

VOID FaultyNdisMQueryOffloadStateComplete(NDIS_HANDLE miniport, POT_BLOCK root)
{
    if (Is(TargetWrongCompletion)) {
        NdisMUpdateOffloadComplete(miniport, root);
        return;
    }
    NdisMQueryOffloadStateComplete(miniport, root);
    if (Is(TargetCompletesTwice)) {
        NdisMQueryOffloadStateComplete(miniport, root);
    }
}

VOID FaultyOtProcessTerminate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal)
{
    POT_BLOCK last = LastBlock(Root);

    if (WireFaultRefusesTerminate(Root)) {
        return;
    }
    if (last->MiniportOffloadContext != NULL) {
        EndedHandle = ((POT_OBJECT)*last->MiniportOffloadContext)->OffloadHandle;
        if (Is(TargetDropsBufferedData)) {
            ((POT_OBJECT)*last->MiniportOffloadContext)->BytesBuffered = 0;
        }
    }
    OtProcessTerminate(Adapter, Root, Ordinal);
    if (Is(TargetHandsBackReversed) && last->NetBufferListChain != NULL) {
        PNET_BUFFER_LIST reversed = NULL;
        PNET_BUFFER_LIST list = last->NetBufferListChain;
        while (list != NULL) {
            PNET_BUFFER_LIST next = NET_BUFFER_LIST_NEXT_NBL(list);
            NET_BUFFER_LIST_NEXT_NBL(list) = reversed;
            reversed = list;
            list = next;
        }
        last->NetBufferListChain = reversed;
    }
}

VOID FaultyNdisMTerminateOffloadComplete(NDIS_HANDLE miniport, POT_BLOCK root)
{
    PNET_BUFFER_LIST held = Held;

    NdisMTerminateOffloadComplete(miniport, root);
    if (Is(TargetTerminatesEarly) && held != NULL) {
        Held = NULL;
        NET_BUFFER_LIST_STATUS(held) = NDIS_STATUS_UPLOAD_IN_PROGRESS;
        Real.NdisTcpOffloadReceiveComplete(miniport, held);
    }
    if (Is(TargetIndicatesAfterEnd) && EndedHandle != NULL) {
        Real.NdisTcpOffloadEventHandler(EndedHandle, TcpIndicateRetrieve, LowActivity);
    }
}

/* ---- the wire ---- */

size_t FaultyFrameBuild(const struct chimney_frame_route *route, const struct chimney_tcp_segment *segment, uint8_t *bytes,
                        size_t capacity)
{
    struct chimney_frame_route wrongRoute = *route;
    struct chimney_tcp_segment wrongSegment = *segment;

    if (Is(TargetTakesHostIds)) {
        wrongRoute.identification &= 0x7FFF;
    }
    if (Is(TargetLeavesTimestampsOut)) {
        wrongSegment.has_timestamps = 0;
    }
    return WireFaultFrameBuild(&wrongRoute, &wrongSegment, bytes, capacity);
}

void FaultyTcpImport(struct chimney_tcp *tcp, const struct chimney_tcp_settings *settings,
                     const struct chimney_tcp_callbacks *callbacks, const struct chimney_tcp_state *state, uint32_t queued,
                     uint32_t now)
{
    struct chimney_tcp_state wrong = *state;

    if (Is(TargetTimestampsStepBack)) {
        wrong.ts_time = 0;
    }
    if (Is(TargetStartsAtSndMax)) {
        wrong.snd_nxt = wrong.snd_max;
    }
    WireFaultImport(tcp, settings, callbacks, &wrong, queued, now);
}

void FaultyTcpQuiesce(struct chimney_tcp *tcp, uint32_t now)
{
    if (!Is(TargetForgetsDueAck)) {
        WireFaultQuiesce(tcp, now);
    }
}

void FaultyTcpClose(struct chimney_tcp *tcp, uint32_t now)
{
    if (Is(TargetSendsReset)) {
        chimney_tcp_abort(tcp, now);
    } else {
        chimney_tcp_close(tcp, now);
    }
}

enum chimney_tcp_disposition FaultyTcpInput(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now)
{
    struct chimney_tcp_segment wrong = *segment;

    if (Is(TargetBelievesAnyReset) && (wrong.flags & CHIMNEY_TCP_RST) != 0) {
        wrong.sequence = tcp->rcv_nxt;
    }
    if (Is(TargetAcknowledgesUrgent)) {
        wrong.flags &= (uint8_t)~CHIMNEY_TCP_URG;
    }
    return WireFaultInput(tcp, &wrong, now);
}
