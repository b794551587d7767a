/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The ordinary packet path of the host's own TCP: frames down NdisSendNetBufferLists, frames up
 * ProtocolReceiveNetBufferLists. A segment of a connection that is on its way to or from the target is kept; one of a
 * connection that the target holds is forwarded, for the target did not want it (options, fragments, another interface).
 */
#include "tcp.h"

#define HUNDRED_NS_PER_TICK 10000
#define PATIENT_PERIOD_MS 3600000

ULONG HsNow(VOID)
{
    LARGE_INTEGER time;

    NdisGetCurrentSystemTime(&time);
    return (ULONG)(time.QuadPart / HUNDRED_NS_PER_TICK);
}

PHS_BINDING HsBindingOf(PHS_OBJECT Connection)
{
    PHS_DRIVER driver = Connection->Driver;
    PHS_BINDING first = NULL;
    PLIST_ENTRY link;

    if (Connection->Binding != NULL) {
        return Connection->Binding;
    }
    for (link = driver->Bindings.Flink; link != &driver->Bindings; link = link->Flink) {
        PHS_BINDING binding = CONTAINING_RECORD(link, HS_BINDING, Link);
        if (binding->Running && (first == NULL || binding->Number == Connection->LastBinding)) {
            first = binding;
        }
    }
    return first;
}

/* ---- down ---- */

static PNET_BUFFER_LIST AllocatePacket(PHS_BINDING Binding, ULONG Capacity, PUCHAR *Bytes)
{
    USHORT room = (USHORT)ALIGN_UP_BY(Binding->ContextBackFillSize, MEMORY_ALLOCATION_ALIGNMENT);
    PUCHAR data = HsAllocate(Binding->Driver, Capacity, HS_TAG_FRAME);
    PMDL mdl = data != NULL ? NdisAllocateMdl(Binding->Driver->ProtocolHandle, data, Capacity) : NULL;
    PNET_BUFFER_LIST list =
        mdl != NULL ? NdisAllocateNetBufferAndNetBufferList(Binding->ListPool, 0, room, mdl, 0, Capacity) : NULL;

    if (list == NULL) {
        if (mdl != NULL) {
            NdisFreeMdl(mdl);
        }
        if (data != NULL) {
            NdisFreeMemory(data, 0, 0);
        }
        return NULL;
    }
    *Bytes = data;
    return list;
}

VOID HsSendFrame(PHS_BINDING Binding, const UCHAR *Bytes, ULONG Length)
{
    PUCHAR memory;
    PNET_BUFFER_LIST list = Binding->Running ? AllocatePacket(Binding, Length, &memory) : NULL;

    if (list != NULL) {
        NdisMoveMemory(memory, Bytes, Length);
        list->SourceHandle = Binding->BindingHandle;
        NdisSendNetBufferLists(Binding->BindingHandle, list, NDIS_DEFAULT_PORT_NUMBER, 0);
    }
}

VOID HsSendSegment(PHS_OBJECT Connection, const struct chimney_tcp_segment *Segment)
{
    const struct chimney_host_stack_connection *values = &Connection->Values.Connection;
    const struct chimney_host_stack_path *path = &Connection->Parent->Values.Path;
    const struct chimney_host_stack_neighbor *neighbor = &Connection->Parent->Parent->Values.Neighbor;
    PHS_BINDING binding = HsBindingOf(Connection);
    static const UCHAR none[6] = { 0 };
    struct chimney_frame_route route;
    PNET_BUFFER_LIST list;
    PUCHAR bytes;
    size_t length;

    if (binding == NULL || !binding->Running) {
        return; /* as good as lost on the wire */
    }
    HsBeforeDatagram(Connection->Parent->Parent);
    NdisZeroMemory(&route, sizeof(route));
    NdisMoveMemory(route.destination_hardware, neighbor->destination_address, 6);
    NdisMoveMemory(route.source_hardware,
                   NdisEqualMemory(neighbor->source_address, none, 6) ? binding->MacAddress : neighbor->source_address, 6);
    route.vlan_id = (uint16_t)neighbor->vlan_id;
    route.priority = values->user_priority;
    route.tagged = (uint8_t)(route.vlan_id != 0 || route.priority != 0);
    route.ip_version = (uint8_t)path->ip_version;
    route.hop_limit = values->ttl_or_hop_limit;
    route.traffic_class = values->tos_or_traffic_class;
    route.flow_label = values->flow_label;
    route.dont_fragment = 1;
    route.identification = (uint16_t)(0x7FFFu & Connection->Driver->NextIdentification++); /* the upper half is the target's */
    NdisMoveMemory(route.source, path->source_address, 16);
    NdisMoveMemory(route.destination, path->destination_address, 16);
    length = chimney_frame_header_bytes(&route) + chimney_tcp_segment_header_bytes(Segment) + Segment->payload_bytes;
    list = AllocatePacket(binding, (ULONG)length, &bytes);
    if (list != NULL && chimney_frame_build(&route, Segment, bytes, length) == length) {
        list->SourceHandle = binding->BindingHandle;
        NdisSendNetBufferLists(binding->BindingHandle, list, NDIS_DEFAULT_PORT_NUMBER, 0);
    } else if (list != NULL) {
        HsFreeLists(list);
    }
}

VOID HsSendNetBufferListsComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST NetBufferLists, ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
    HsFreeLists(NetBufferLists);
}

/* ---- up ---- */

static PHS_OBJECT ConnectionOf(PHS_DRIVER Driver, const struct chimney_frame *Frame)
{
    PLIST_ENTRY link;

    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->Kind == CHIMNEY_OBJECT_CONNECTION && object->Tcp != NULL && object->Parent != NULL &&
            object->Values.Connection.local_port == Frame->segment.destination_port &&
            object->Values.Connection.remote_port == Frame->segment.source_port &&
            object->Parent->Values.Path.ip_version == Frame->route.ip_version &&
            NdisEqualMemory(object->Parent->Values.Path.source_address, Frame->route.destination, 16) &&
            NdisEqualMemory(object->Parent->Values.Path.destination_address, Frame->route.source, 16)) {
            return object;
        }
    }
    return NULL;
}

static VOID Keep(PHS_OBJECT Connection, const UCHAR *Bytes, ULONG Length)
{
    PHS_SEGMENT segment = HsAllocate(Connection->Driver, FIELD_OFFSET(HS_SEGMENT, Bytes) + Length, HS_TAG_TCP);

    if (segment != NULL) { /* else it will come again: it is not acknowledged */
        segment->Length = Length;
        NdisMoveMemory(segment->Bytes, Bytes, Length);
        InsertTailList(&Connection->Tcp->Kept, &segment->Link);
    }
}

/* One list for each segment, from the first byte of the TCP header on. They are no transfers of a client. */
VOID HsForwardKept(PHS_OBJECT Connection)
{
    struct _HS_TCP *tcp = Connection->Tcp;

    while (!IsListEmpty(&tcp->Kept)) {
        PHS_SEGMENT segment = CONTAINING_RECORD(RemoveHeadList(&tcp->Kept), HS_SEGMENT, Link);
        PHS_TRANSFER transfer = HsAllocateTransfer(Connection->Driver, Connection, CHIMNEY_TRANSFER_FORWARD, 1, segment->Length);
        PNET_BUFFER_LIST list = NULL;
        if (transfer != NULL) {
            transfer->Internal = TRUE;
            list = HsAllocateLists(Connection->Binding, transfer, TRUE, FALSE);
            if (list == NULL) {
                HsFreeTransfer(Connection->Driver, transfer);
            }
        }
        if (list != NULL) {
            NdisMoveMemory(MmGetMdlVirtualAddress(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(list))), segment->Bytes,
                           segment->Length);
            tcp->Forwarded++;
            (VOID)NdisOffloadTcpForward(&Connection->Handle, list);
        }
        NdisFreeMemory(segment, 0, 0);
    }
}

static VOID TakeFrame(PHS_BINDING Binding, const UCHAR *Bytes, ULONG Length)
{
    struct chimney_frame frame;
    enum chimney_frame_kind kind = chimney_frame_parse(Bytes, Length, &frame);
    PHS_OBJECT connection;

    if (kind != CHIMNEY_FRAME_TCP && kind != CHIMNEY_FRAME_OPTIONS) {
        HsTakeAddressResolution(Binding->Driver, Bytes, Length);
        return; /* the modelled network has no ICMP, and nobody fragments */
    }
    connection = ConnectionOf(Binding->Driver, &frame);
    if (connection == NULL) {
        return;
    }
    switch (connection->State) {
    case CHIMNEY_OBJECT_IN_HOST:
        HsTcpInput(connection, &frame.segment);
        break;
    case CHIMNEY_OBJECT_OFFLOADED:
        Keep(connection, frame.segment_bytes, (ULONG)frame.segment_length);
        HsForwardKept(connection);
        break;
    default: /* HS-035, HS-053: neither processed nor forwarded now */
        Keep(connection, frame.segment_bytes, (ULONG)frame.segment_length);
        break;
    }
}

VOID HsReceiveNetBufferLists(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST NetBufferLists, NDIS_PORT_NUMBER PortNumber,
                             ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    PHS_BINDING binding = (PHS_BINDING)ProtocolBindingContext;
    PNET_BUFFER_LIST list;
    UCHAR bytes[CHIMNEY_FRAME_MAXIMUM_BYTES];

    UNREFERENCED_PARAMETER(PortNumber);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    for (list = NetBufferLists; list != NULL && binding->Driver->TcpEnabled; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        ULONG length = HsListBytes(list);
        if (length <= sizeof(bytes) && HsCopyList(list, bytes, length)) {
            TakeFrame(binding, bytes, length);
        }
    }
    if (NDIS_TEST_RECEIVE_CAN_PEND(ReceiveFlags)) {
        NdisReturnNetBufferLists(binding->BindingHandle, NetBufferLists,
                                 NDIS_TEST_RECEIVE_AT_DISPATCH_LEVEL(ReceiveFlags) ? NDIS_RETURN_FLAGS_DISPATCH_LEVEL : 0);
    }
}

/* ---- timers ---- */

static PHS_OBJECT NextRunning(PHS_DRIVER Driver, ULONG After)
{
    PLIST_ENTRY link;

    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->Number > After && object->Tcp != NULL && object->Tcp->Running) {
            return object;
        }
    }
    return NULL;
}

static VOID SetTimer(PHS_DRIVER Driver, BOOLEAN Patient)
{
    PHS_TCP_TIMER timer = &Driver->TcpTimers[Patient ? 1 : 0];
    ULONG now = HsNow();
    uint32_t least = CHIMNEY_TCP_NOT_RUNNING;
    PHS_OBJECT object;
    LARGE_INTEGER due;

    for (object = NextRunning(Driver, 0); object != NULL; object = NextRunning(Driver, object->Number)) {
        uint32_t ticks = chimney_tcp_next_timer(&object->Tcp->Core, Patient, now);
        least = ticks < least ? ticks : least;
    }
    if (least == CHIMNEY_TCP_NOT_RUNNING) {
        if (timer->Set && !Patient) { /* a periodic one may stay: it finds nothing to do */
            (VOID)NdisCancelTimerObject(timer->Timer);
            timer->Set = FALSE;
        }
        return;
    }
    if (timer->Set && timer->Due == now + least) {
        return;
    }
    timer->Due = now + least;
    timer->Set = TRUE;
    NdisGetCurrentSystemTime(&due);
    due.QuadPart = (due.QuadPart / HUNDRED_NS_PER_TICK + (LONGLONG)least) * HUNDRED_NS_PER_TICK - due.QuadPart;
    due.QuadPart = due.QuadPart > 0 ? -due.QuadPart : -1;
    NdisSetTimerObject(timer->Timer, due, Patient ? PATIENT_PERIOD_MS : 0, timer);
}

VOID HsSetTimers(PHS_DRIVER Driver)
{
    SetTimer(Driver, FALSE);
    SetTimer(Driver, TRUE);
}

static VOID TcpTimer(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2, PVOID SystemSpecific3)
{
    PHS_TCP_TIMER timer = (PHS_TCP_TIMER)FunctionContext;
    PHS_DRIVER driver = timer->Driver;
    PHS_OBJECT object;

    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);
    timer->Set = FALSE;
    for (object = NextRunning(driver, 0); object != NULL; object = NextRunning(driver, object->Number)) {
        chimney_tcp_timer(&object->Tcp->Core, HsNow());
        HsTcpSettle(object);
    }
    HsSetTimers(driver);
}

ULONG HsEnableTcp(PHS_DRIVER Driver)
{
    NDIS_TIMER_CHARACTERISTICS timer;
    ULONG i;

    if (Driver->TcpEnabled || !IsListEmpty(&Driver->Objects)) {
        return CHIMNEY_HOST_STACK_BUSY; /* connections are made with or without it */
    }
    NdisZeroMemory(&timer, sizeof(timer));
    timer.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    timer.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    timer.Header.Size = NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1;
    timer.AllocationTag = HS_TAG_TCP;
    timer.TimerFunction = TcpTimer;
    for (i = 0; i < RTL_NUMBER_OF(Driver->TcpTimers); i++) {
        timer.FunctionContext = &Driver->TcpTimers[i];
        Driver->TcpTimers[i].Driver = Driver;
        if (NdisAllocateTimerObject(Driver->ProtocolHandle, &timer, &Driver->TcpTimers[i].Timer) != NDIS_STATUS_SUCCESS) {
            Driver->TcpTimers[i].Timer = NULL;
            HsDisableTcp(Driver);
            return CHIMNEY_HOST_STACK_NO_MEMORY;
        }
    }
    if (HsCreateReachabilityTimer(Driver) != NDIS_STATUS_SUCCESS) {
        Driver->ReachabilityTimer = NULL;
        HsDisableTcp(Driver);
        return CHIMNEY_HOST_STACK_NO_MEMORY;
    }
    Driver->TcpEnabled = TRUE;
    return CHIMNEY_HOST_STACK_DONE;
}

VOID HsDisableTcp(PHS_DRIVER Driver)
{
    ULONG i;

    Driver->TcpEnabled = FALSE;
    HsDeleteReachabilityTimer(Driver);
    for (i = 0; i < RTL_NUMBER_OF(Driver->TcpTimers); i++) {
        if (Driver->TcpTimers[i].Timer != NULL) {
            (VOID)NdisCancelTimerObject(Driver->TcpTimers[i].Timer);
            NdisFreeTimerObject(Driver->TcpTimers[i].Timer);
            Driver->TcpTimers[i].Timer = NULL;
        }
    }
}
