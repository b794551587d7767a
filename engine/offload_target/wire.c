/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The adapter on its wire: which frames are for offloaded connections, how they are built, what goes up the ordinary path,
 * and the adapter's clock and timers. A timer that may wait for ever (persist, keepalive, FIN_WAIT_2) is periodic, so that
 * it alone does not keep anybody waiting.
 */
#include "wire.h"

#define PATIENT_PERIOD_MS 3600000
#define HUNDRED_NS_PER_SECOND 10000000LL

BOOLEAN OtHasWire(POT_ADAPTER Adapter) { return (BOOLEAN)(Adapter->Wire.transmit != NULL); }

ULONG OtWireNow(POT_ADAPTER Adapter)
{
    LARGE_INTEGER time;

    NdisGetCurrentSystemTime(&time);
    return (uint32_t)((time.QuadPart - Adapter->WireSince) * (LONGLONG)Adapter->Parameters.TicksPerSecond /
                      HUNDRED_NS_PER_SECOND);
}

/* ---- out ---- */

static VOID PutOnWire(POT_ADAPTER Adapter, const UCHAR *Bytes, ULONG Length)
{
    if (OtHasWire(Adapter)) {
        Adapter->Wire.transmit(Adapter->Wire.wire, Bytes, Length);
    }
}

/* Before a datagram leaves: has nobody heard of the neighbor for so long that the host should be asked (OT-104)? The host is
   not asked inside its own calls, hence a task. */
static VOID WatchNeighbor(POT_OBJECT Neighbor)
{
    if (!Neighbor->QuestionScheduled && Neighbor->State == CHIMNEY_TARGET_OBJECT_ACTIVE && OtIsStale(Neighbor)) {
        Neighbor->QuestionScheduled =
            OtSchedule(Neighbor, OtTaskNeighborQuery, 0, 0, Neighbor->Adapter->Timing.indication_ns);
    }
}

/* From the connection downwards: TCP, IP and MAC header. */
VOID OtWireTransmit(POT_OBJECT Connection, const struct chimney_tcp_segment *Segment)
{
    POT_ADAPTER adapter = Connection->Adapter;
    POT_OBJECT path = Connection->Parent;
    POT_OBJECT neighbor = path != NULL ? path->Parent : NULL;
    const TCP_OFFLOAD_STATE_CACHED *cached = &Connection->Copy.Connection.Cached;
    struct chimney_frame_route route;
    UCHAR bytes[CHIMNEY_FRAME_MAXIMUM_BYTES];
    static const UCHAR none[6] = { 0 };
    size_t length;

    if (neighbor == NULL) {
        return; /* its lower objects are being terminated in the same tree */
    }
    WatchNeighbor(neighbor);
    NdisZeroMemory(&route, sizeof(route));
    NdisMoveMemory(route.destination_hardware, neighbor->Copy.Neighbor.Cached.DlDestinationAddress, 6);
    NdisMoveMemory(route.source_hardware,
                   NdisEqualMemory(neighbor->Copy.Neighbor.Const.DlSourceAddress, none, 6)
                       ? adapter->MacAddress
                       : neighbor->Copy.Neighbor.Const.DlSourceAddress,
                   6);
    route.vlan_id = (uint16_t)neighbor->Copy.Neighbor.Const.VlanId;
    route.priority = cached->UserPriority;
    route.tagged = (uint8_t)(route.vlan_id != 0 || route.priority != 0);
    route.ip_version = path->StateType == Ip6OffloadState ? 6 : 4;
    route.hop_limit = cached->TtlOrHopLimit;
    route.traffic_class = cached->TosOrTrafficClass;
    route.flow_label = cached->FlowLabel;
    route.dont_fragment = 1;
    route.identification = (uint16_t)(0x8000u | adapter->NextIdentification++); /* the lower half is the host's */
    NdisMoveMemory(route.source, path->SourceAddress, 16);
    NdisMoveMemory(route.destination, path->DestinationAddress, 16);
    length = chimney_frame_build(&route, Segment, bytes, sizeof(bytes));
    if (length > 0) {
        PutOnWire(adapter, bytes, (ULONG)length);
    }
}

/* A frame of the host, as it is. */
VOID OtWireSendPacket(POT_ADAPTER Adapter, PNET_BUFFER_LIST List)
{
    UCHAR bytes[CHIMNEY_FRAME_MAXIMUM_BYTES];
    PNET_BUFFER buffer;

    for (buffer = NET_BUFFER_LIST_FIRST_NB(List); buffer != NULL; buffer = NET_BUFFER_NEXT_NB(buffer)) {
        ULONG length = NET_BUFFER_DATA_LENGTH(buffer);
        if (length <= sizeof(bytes) && OtCopyFromBuffer(buffer, 0, bytes, length)) {
            PutOnWire(Adapter, bytes, length);
        }
    }
}

/* ---- in ---- */

VOID OtWireIndicateFrame(POT_ADAPTER Adapter, const UCHAR *Bytes, ULONG Length)
{
    PUCHAR data = Adapter->Running ? OtAllocate(Adapter->MiniportHandle, Length, OT_TAG_FRAME) : NULL;
    PMDL mdl = data != NULL ? NdisAllocateMdl(Adapter->MiniportHandle, data, Length) : NULL;
    PNET_BUFFER_LIST list =
        mdl != NULL ? NdisAllocateNetBufferAndNetBufferList(Adapter->ListPool, 0, 0, mdl, 0, Length) : NULL;

    if (list == NULL) { /* as if it had been lost on the wire */
        if (mdl != NULL) {
            NdisFreeMdl(mdl);
        }
        if (data != NULL) {
            NdisFreeMemory(data, 0, 0);
        }
        return;
    }
    NdisMoveMemory(data, Bytes, Length);
    NET_BUFFER_LIST_STATUS(list) = NDIS_STATUS_SUCCESS;
    list->SourceHandle = Adapter->MiniportHandle;
    NdisAcquireSpinLock(&Adapter->Lock);
    Adapter->ReceivesLent++;
    NdisReleaseSpinLock(&Adapter->Lock);
    NdisMIndicateReceiveNetBufferLists(Adapter->MiniportHandle, list, NDIS_DEFAULT_PORT_NUMBER, 1,
                                       NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL);
}

static BOOLEAN IsForUs(POT_ADAPTER Adapter, const UCHAR *Address)
{
    PLIST_ENTRY link;

    if ((Address[0] & 1) != 0 || NdisEqualMemory(Address, Adapter->MacAddress, 6)) {
        return TRUE;
    }
    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        if (object->Kind == OtNeighbor && NdisEqualMemory(Address, object->Copy.Neighbor.Const.DlSourceAddress, 6)) {
            return TRUE;
        }
    }
    return FALSE;
}

static BOOLEAN Matches(POT_OBJECT Object, const struct chimney_frame *Frame)
{
    POT_OBJECT path = Object->Parent;

    return (BOOLEAN)(Object->Wire != NULL && path != NULL && path->Parent != NULL &&
                     Object->State != CHIMNEY_TARGET_OBJECT_TERMINATING &&
                     Object->Wire->Tcp.settings.local_port == Frame->segment.destination_port &&
                     Object->Wire->Tcp.settings.remote_port == Frame->segment.source_port &&
                     (path->StateType == Ip6OffloadState ? 6 : 4) == Frame->route.ip_version &&
                     NdisEqualMemory(path->SourceAddress, Frame->route.destination, 16) &&
                     NdisEqualMemory(path->DestinationAddress, Frame->route.source, 16));
}

/* Segments of a connection with a VLAN are accepted with its tag alone. */
static BOOLEAN VlanFits(POT_OBJECT Connection, const struct chimney_frame *Frame)
{
    ULONG vlan = Connection->Parent->Parent->Copy.Neighbor.Const.VlanId;

    return (BOOLEAN)(vlan == 0 || (Frame->route.tagged && Frame->route.vlan_id == vlan));
}

static POT_OBJECT ConnectionOf(POT_ADAPTER Adapter, const struct chimney_frame *Frame)
{
    PLIST_ENTRY link;

    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        if (object->Kind == OtConnection && Matches(object, Frame)) {
            return object;
        }
    }
    return NULL;
}

static void ReceiveFrame(void *target, const uint8_t *bytes, uint32_t length)
{
    POT_ADAPTER adapter = (POT_ADAPTER)target;
    struct chimney_frame frame;
    enum chimney_frame_kind kind = chimney_frame_parse(bytes, length, &frame);
    POT_OBJECT connection;

    if (length < 14 || !IsForUs(adapter, bytes)) {
        return;
    }
    /* Whatever is no plain segment of an offloaded connection is the host's: ARP, ICMP, fragments, options, damage. */
    connection = kind == CHIMNEY_FRAME_TCP ? ConnectionOf(adapter, &frame) : NULL;
    if (connection == NULL || connection->TerminateAccepted) {
        OtWireIndicateFrame(adapter, bytes, length);
    } else if (VlanFits(connection, &frame)) {
        OtWireInput(connection, &frame.segment, bytes, length);
    }
}

/* The segments in a forwarded list, from the first byte of the TCP header on; they are treated like those off the wire. */
BOOLEAN OtWireForward(POT_OBJECT Connection, PNET_BUFFER_LIST List)
{
    UCHAR bytes[CHIMNEY_FRAME_MAXIMUM_BYTES];
    struct chimney_tcp_segment segment;
    PNET_BUFFER buffer = NET_BUFFER_LIST_FIRST_NB(List);
    ULONG length = NET_BUFFER_DATA_LENGTH(buffer);

    if (Connection->Wire == NULL) {
        return TRUE;
    }
    if (length > sizeof(bytes) || !OtCopyFromBuffer(buffer, 0, bytes, length) ||
        !chimney_tcp_segment_parse(bytes, length, &segment)) {
        return FALSE;
    }
    OtWireInput(Connection, &segment, NULL, 0);
    return TRUE;
}

/* ---- timers ---- */

static POT_OBJECT NextConnection(POT_ADAPTER Adapter, ULONG After)
{
    PLIST_ENTRY link;

    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        if (object->Number > After && object->Wire != NULL && !object->TerminateAccepted) {
            return object;
        }
    }
    return NULL;
}

/* The kernel time of a tick that lies ahead, from now on, as NdisSetTimerObject wants it. */
static LARGE_INTEGER Until(POT_ADAPTER Adapter, uint32_t Ticks)
{
    LONGLONG rate = (LONGLONG)Adapter->Parameters.TicksPerSecond;
    LARGE_INTEGER time;
    LONGLONG elapsed;
    LONGLONG due;

    NdisGetCurrentSystemTime(&time);
    elapsed = time.QuadPart - Adapter->WireSince;
    due = ((elapsed * rate / HUNDRED_NS_PER_SECOND + (LONGLONG)Ticks) * HUNDRED_NS_PER_SECOND + rate - 1) / rate;
    time.QuadPart = due > elapsed ? elapsed - due : -1;
    return time;
}

static VOID SetTimer(POT_ADAPTER Adapter, BOOLEAN Patient)
{
    POT_WIRE_TIMER timer = &Adapter->WireTimers[Patient ? 1 : 0];
    uint32_t now = OtWireNow(Adapter);
    uint32_t least = CHIMNEY_TCP_NOT_RUNNING;
    POT_OBJECT connection;

    for (connection = NextConnection(Adapter, 0); connection != NULL;
         connection = NextConnection(Adapter, connection->Number)) {
        uint32_t ticks = chimney_tcp_next_timer(&connection->Wire->Tcp, Patient, now);
        least = ticks < least ? ticks : least;
    }
    if (least == CHIMNEY_TCP_NOT_RUNNING) {
        if (timer->Set && !Patient) { /* a periodic one may stay: it finds nothing to do */
            (VOID)NdisCancelTimerObject(timer->Timer);
            timer->Set = FALSE;
        }
        return;
    }
    if (!timer->Set || timer->Due != now + least) {
        timer->Due = now + least;
        timer->Set = TRUE;
        NdisSetTimerObject(timer->Timer, Until(Adapter, least), Patient ? PATIENT_PERIOD_MS : 0, timer);
    }
}

VOID OtWireSetTimers(POT_ADAPTER Adapter)
{
    SetTimer(Adapter, FALSE);
    SetTimer(Adapter, TRUE);
}

/* Connections are looked up one by one: any of them may be gone after the host has been called. */
static VOID WireTimer(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2, PVOID SystemSpecific3)
{
    POT_WIRE_TIMER timer = (POT_WIRE_TIMER)FunctionContext;
    POT_ADAPTER adapter = timer->Adapter;
    POT_OBJECT connection;
    ULONG number = 0;

    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);
    timer->Set = FALSE;
    while ((connection = NextConnection(adapter, number)) != NULL) {
        number = connection->Number;
        chimney_tcp_timer(&connection->Wire->Tcp, OtWireNow(adapter));
        OtWireSettle(connection);
    }
    OtWireSetTimers(adapter);
}

/* ---- the wire itself ---- */

static NDIS_STATUS CreateTimers(POT_ADAPTER Adapter)
{
    NDIS_TIMER_CHARACTERISTICS timer;
    ULONG i;

    NdisZeroMemory(&timer, sizeof(timer));
    timer.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    timer.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    timer.Header.Size = NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1;
    timer.AllocationTag = OT_TAG_WIRE;
    timer.TimerFunction = WireTimer;
    for (i = 0; i < RTL_NUMBER_OF(Adapter->WireTimers); i++) {
        NDIS_STATUS status;
        timer.FunctionContext = &Adapter->WireTimers[i];
        status = NdisAllocateTimerObject(Adapter->MiniportHandle, &timer, &Adapter->WireTimers[i].Timer);
        if (status != NDIS_STATUS_SUCCESS) {
            Adapter->WireTimers[i].Timer = NULL;
            return status;
        }
        Adapter->WireTimers[i].Adapter = Adapter;
    }
    return NDIS_STATUS_SUCCESS;
}

static VOID DeleteTimers(POT_ADAPTER Adapter)
{
    ULONG i;

    for (i = 0; i < RTL_NUMBER_OF(Adapter->WireTimers); i++) {
        if (Adapter->WireTimers[i].Timer != NULL) {
            (VOID)NdisCancelTimerObject(Adapter->WireTimers[i].Timer);
            NdisFreeTimerObject(Adapter->WireTimers[i].Timer);
            Adapter->WireTimers[i].Timer = NULL;
        }
    }
}

ULONG OtAttachWire(POT_ADAPTER Adapter, struct chimney_target_wire *Command)
{
    LARGE_INTEGER time;

    if (Command->transmit == NULL || Command->detach == NULL) {
        return CHIMNEY_TARGET_BAD_VALUE;
    }
    if (OtHasWire(Adapter) || !IsListEmpty(&Adapter->Objects)) {
        return CHIMNEY_TARGET_NOT_NOW; /* what is offloaded already knows of no wire */
    }
    if (CreateTimers(Adapter) != NDIS_STATUS_SUCCESS) {
        DeleteTimers(Adapter);
        return CHIMNEY_TARGET_NO_MEMORY;
    }
    NdisGetCurrentSystemTime(&time);
    Adapter->WireSince = time.QuadPart;
    Adapter->Wire = *Command;
    Command->target = Adapter;
    Command->receive = ReceiveFrame;
    return CHIMNEY_TARGET_DONE;
}

VOID OtDetachWire(POT_ADAPTER Adapter)
{
    while (!IsListEmpty(&Adapter->KeptFrames)) {
        NdisFreeMemory(CONTAINING_RECORD(RemoveHeadList(&Adapter->KeptFrames), OT_FRAME, Link), 0, 0);
    }
    if (OtHasWire(Adapter)) {
        Adapter->Wire.detach(Adapter->Wire.wire);
        DeleteTimers(Adapter);
        Adapter->Wire.transmit = NULL;
    }
}

/* After the terminate of a connection that had received urgent data: the host processes what nobody has acknowledged. */
VOID OtWireIndicateKeptFrames(POT_ADAPTER Adapter)
{
    while (!IsListEmpty(&Adapter->KeptFrames)) {
        POT_FRAME frame = CONTAINING_RECORD(RemoveHeadList(&Adapter->KeptFrames), OT_FRAME, Link);
        OtWireIndicateFrame(Adapter, frame->Bytes, frame->Length);
        NdisFreeMemory(frame, 0, 0);
    }
}
