/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The mistakes of the offload target in operations, and those of its own TCP of which wire_faults.c has the rest. Names as in
 * offload_target_faults.c.
 */
#include "engine/faulty_drivers/faulty_target.h"
#include "engine/faulty_drivers/offload_target_faults.h"
#include "engine/faulty_drivers/wire_faults.h"

#define Is(fault) ChimneylabTargetHasFault(fault)

static NDIS_HANDLE EndedHandle;

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
    NDIS_STATUS unwritten = last->Status;

    FaultyTarget.OnlyAdapter = Adapter;
    if (Is(TargetBreadthFirst)) {
        ULONG kind;
        for (kind = OtNeighbor; kind <= OtConnection; kind++) {
            (VOID)StoreLayer(Adapter, Root, NULL, kind, Ordinal);
        }
        return;
    }
    if (Is(TargetRefusesWhilePaused) && FaultyTarget.Paused) {
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
    if (Is(TargetStatusForgotten)) {
        last->Status = unwritten;
    }
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
        FaultyTarget.Real.NdisTcpOffloadEventHandler(LastBlock(root)->NdisOffloadHandle, TcpIndicateSendBacklogChange, 8192);
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
    if (Is(TargetCrashesAtFailure) && Root->Status == NDIS_STATUS_FAILURE) {
        OtFindObject(Adapter, 0)->Invalid = TRUE; /* no object has the number 0 */
    }
    if (Is(TargetHangsAtFailure)) {
        const volatile NDIS_STATUS *status = &Root->Status;
        while (*status == NDIS_STATUS_FAILURE) {
        }
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
    PNET_BUFFER_LIST held = FaultyTarget.Held;

    NdisMTerminateOffloadComplete(miniport, root);
    if (Is(TargetTerminatesEarly) && held != NULL) {
        FaultyTarget.Held = NULL;
        NET_BUFFER_LIST_STATUS(held) = NDIS_STATUS_UPLOAD_IN_PROGRESS;
        FaultyTarget.Real.NdisTcpOffloadReceiveComplete(miniport, held);
    }
    if (Is(TargetIndicatesAfterEnd) && EndedHandle != NULL) {
        FaultyTarget.Real.NdisTcpOffloadEventHandler(EndedHandle, TcpIndicateRetrieve, LowActivity);
    }
}

/* ---- the wire ---- */

VOID FaultyNdisMIndicateReceive(NDIS_HANDLE miniport, PNET_BUFFER_LIST list, NDIS_PORT_NUMBER port, ULONG count, ULONG flags)
{
    const UCHAR *frame = (const UCHAR *)MmGetMdlVirtualAddress(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(list)));

    if (Is(TargetKeepsAnswers) && FaultyTarget.OnlyAdapter != NULL && frame[12] == 0x08 && frame[13] == 0x06) {
        OtReturnNetBufferLists(FaultyTarget.OnlyAdapter, list, 0); /* as if it had been up and come back */
        return;
    }
    NdisMIndicateReceiveNetBufferLists(miniport, list, port, count, flags);
}

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
