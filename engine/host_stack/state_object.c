/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Neighbors, paths and connections as the host keeps them.
 */
#include "host_stack.h"

PHS_OBJECT HsFindObject(PHS_DRIVER Driver, ULONG Number)
{
    PHS_OBJECT found = NULL;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&Driver->Lock);
    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->Number == Number) {
            found = object;
            break;
        }
    }
    NdisReleaseSpinLock(&Driver->Lock);
    return found;
}

/* For an address that may or may not be one of our handles. */
PHS_OBJECT HsObjectOfHandle(PHS_DRIVER Driver, PVOID OffloadHandle)
{
    PHS_OBJECT found = NULL;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&Driver->Lock);
    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (&object->Handle == OffloadHandle) {
            found = object;
            break;
        }
    }
    NdisReleaseSpinLock(&Driver->Lock);
    return found;
}

static ULONG CountDependents(PHS_DRIVER Driver, PHS_OBJECT Object, BOOLEAN OffloadedOnly)
{
    ULONG count = 0;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&Driver->Lock);
    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT other = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (other->Parent == Object && (!OffloadedOnly || other->State != CHIMNEY_OBJECT_IN_HOST)) {
            count++;
        }
    }
    NdisReleaseSpinLock(&Driver->Lock);
    return count;
}

ULONG HsOffloadedDependents(PHS_DRIVER Driver, PHS_OBJECT Object)
{
    return CountDependents(Driver, Object, TRUE);
}

ULONG HsOffloadedOnBinding(PHS_DRIVER Driver, PHS_BINDING Binding, ULONG Kind)
{
    ULONG count = 0;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&Driver->Lock);
    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->Binding == Binding && object->State != CHIMNEY_OBJECT_IN_HOST &&
            (Kind == CHIMNEY_OBJECT_NONE || object->Kind == Kind)) {
            count++;
        }
    }
    NdisReleaseSpinLock(&Driver->Lock);
    return count;
}

/* Finds the object that a SET command names, or makes a new one. */
static ULONG TakeObject(PHS_DRIVER Driver, ULONG Number, ULONG Kind, PHS_OBJECT *Object)
{
    PHS_OBJECT object;

    if (Number != 0) {
        object = HsFindObject(Driver, Number);
        if (object == NULL) {
            return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
        }
        *Object = object;
        return object->Kind == Kind ? CHIMNEY_HOST_STACK_DONE : CHIMNEY_HOST_STACK_WRONG_OBJECT_KIND;
    }
    object = HsAllocate(Driver, sizeof(*object), HS_TAG_OBJECT);
    if (object == NULL) {
        return CHIMNEY_HOST_STACK_NO_MEMORY;
    }
    object->Driver = Driver;
    object->Kind = Kind;
    NdisAcquireSpinLock(&Driver->Lock);
    object->Number = ++Driver->LastObject;
    InsertTailList(&Driver->Objects, &object->Link);
    NdisReleaseSpinLock(&Driver->Lock);
    *Object = object;
    return CHIMNEY_HOST_STACK_DONE;
}

static ULONG TakeParent(PHS_DRIVER Driver, PHS_OBJECT Object, ULONG ParentNumber, ULONG ParentKind)
{
    PHS_OBJECT parent;

    if (Object->State != CHIMNEY_OBJECT_IN_HOST || ParentNumber == 0) {
        return CHIMNEY_HOST_STACK_DONE; /* an offloaded object changes its parent by an update only */
    }
    parent = HsFindObject(Driver, ParentNumber);
    if (parent == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
    }
    if (parent->Kind != ParentKind) {
        return CHIMNEY_HOST_STACK_WRONG_OBJECT_KIND;
    }
    Object->Parent = parent;
    return CHIMNEY_HOST_STACK_DONE;
}

ULONG HsSetNeighbor(PHS_DRIVER Driver, struct chimney_host_stack_neighbor *Command)
{
    struct chimney_host_stack_neighbor *values;
    PHS_OBJECT object = NULL;
    ULONG result;

    if (Command->vlan_id > 4095) {
        return CHIMNEY_HOST_STACK_BAD_VALUE;
    }
    result = TakeObject(Driver, Command->object, CHIMNEY_OBJECT_NEIGHBOR, &object);
    if (result != CHIMNEY_HOST_STACK_DONE) {
        return result;
    }
    values = &object->Values.Neighbor;
    if (object->State == CHIMNEY_OBJECT_IN_HOST) {
        *values = *Command;
    } else { /* the cached variables only, HostReachabilityDelta among them */
        NdisMoveMemory(values->destination_address, Command->destination_address, sizeof(values->destination_address));
        values->host_reachability_delta = Command->host_reachability_delta;
    }
    HsSetReachability(object, Command->host_reachability_delta);
    Command->object = object->Number;
    Command->handle_address = (uint64_t)(ULONG_PTR)&object->Handle;
    return CHIMNEY_HOST_STACK_DONE;
}

ULONG HsSetPath(PHS_DRIVER Driver, struct chimney_host_stack_path *Command)
{
    PHS_OBJECT object = NULL;
    ULONG result;

    if ((Command->ip_version != 4 && Command->ip_version != 6) || Command->path_mtu == 0) {
        return CHIMNEY_HOST_STACK_BAD_VALUE;
    }
    if (Command->neighbor != 0 && HsFindObject(Driver, Command->neighbor) == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
    }
    result = TakeObject(Driver, Command->object, CHIMNEY_OBJECT_PATH, &object);
    if (result == CHIMNEY_HOST_STACK_DONE) {
        result = TakeParent(Driver, object, Command->neighbor, CHIMNEY_OBJECT_NEIGHBOR);
    }
    if (result != CHIMNEY_HOST_STACK_DONE) {
        return result;
    }
    if (object->State == CHIMNEY_OBJECT_IN_HOST) {
        object->Values.Path = *Command;
    } else {
        object->Values.Path.path_mtu = Command->path_mtu;
    }
    Command->object = object->Number;
    Command->handle_address = (uint64_t)(ULONG_PTR)&object->Handle;
    return CHIMNEY_HOST_STACK_DONE;
}

static VOID TakeCachedConnectionValues(struct chimney_host_stack_connection *Values,
                                       const struct chimney_host_stack_connection *Command)
{
    Values->ka_probe_count = Command->ka_probe_count;
    Values->user_priority = Command->user_priority;
    Values->cached_flags = Command->cached_flags;
    Values->ttl_or_hop_limit = Command->ttl_or_hop_limit;
    Values->tos_or_traffic_class = Command->tos_or_traffic_class;
    Values->initial_rcv_wnd = Command->initial_rcv_wnd;
    Values->rcv_indication_size = Command->rcv_indication_size;
    Values->ka_timeout = Command->ka_timeout;
    Values->ka_interval = Command->ka_interval;
    Values->max_rt = Command->max_rt;
    Values->flow_label = Command->flow_label;
}

ULONG HsSetConnection(PHS_DRIVER Driver, struct chimney_host_stack_connection *Command)
{
    PHS_OBJECT object = NULL;
    ULONG result;

    if (Command->snd_wind_scale > 14 || Command->rcv_wind_scale > 14 || Command->user_priority > 7 ||
        Command->flow_label > 0xFFFFF || Command->state >= TcpConnectionMaxState || Command->dup_ack_count > 0xFF ||
        Command->snd_wnd_probe_count > 0xFF || Command->keep_alive_probe_count > 0xFF ||
        (Command->receive_backlog_size > 0x10000 && Command->receive_backlog_size != 0xFFFFFFFFu) ||
        Command->retransmit_count > 0xFF || Command->srtt > 0xFFFF || Command->rtt_var > 0xFFFF) {
        return CHIMNEY_HOST_STACK_BAD_VALUE;
    }
    if (Command->path != 0 && HsFindObject(Driver, Command->path) == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
    }
    result = TakeObject(Driver, Command->object, CHIMNEY_OBJECT_CONNECTION, &object);
    if (result == CHIMNEY_HOST_STACK_DONE) {
        result = TakeParent(Driver, object, Command->path, CHIMNEY_OBJECT_PATH);
    }
    if (result != CHIMNEY_HOST_STACK_DONE) {
        return result;
    }
    if (object->State == CHIMNEY_OBJECT_IN_HOST && (object->Tcp == NULL || Command->object == 0)) {
        object->Values.Connection = *Command;
    } else {
        TakeCachedConnectionValues(&object->Values.Connection, Command);
    }
    Command->object = object->Number;
    Command->handle_address = (uint64_t)(ULONG_PTR)&object->Handle;
    return HsCreateTcp(object);
}

static BOOLEAN IsNamedByOperation(PHS_DRIVER Driver, PHS_OBJECT Object)
{
    PLIST_ENTRY link;
    ULONG i;

    for (link = Driver->Operations.Flink; link != &Driver->Operations; link = link->Flink) {
        PHS_OPERATION operation = CONTAINING_RECORD(link, HS_OPERATION, Link);
        for (i = 0; !operation->Finished && i < operation->BlockCount; i++) {
            if (operation->Blocks[i].Object == Object) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

static VOID ForgetObject(PHS_DRIVER Driver, PHS_OBJECT Object)
{
    PLIST_ENTRY link;
    ULONG i;

    for (link = Driver->Operations.Flink; link != &Driver->Operations; link = link->Flink) {
        PHS_OPERATION operation = CONTAINING_RECORD(link, HS_OPERATION, Link);
        for (i = 0; i < operation->BlockCount; i++) {
            if (operation->Blocks[i].Object == Object) {
                operation->Blocks[i].Object = NULL;
            }
        }
    }
    for (link = Driver->Transfers.Flink; link != &Driver->Transfers; link = link->Flink) {
        PHS_TRANSFER transfer = CONTAINING_RECORD(link, HS_TRANSFER, Link);
        if (transfer->Object == Object) {
            transfer->Object = NULL;
        }
    }
}

ULONG HsDeleteObject(PHS_DRIVER Driver, struct chimney_host_stack_object *Command)
{
    PHS_OBJECT object = HsFindObject(Driver, Command->object);

    if (object == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
    }
    if (object->State != CHIMNEY_OBJECT_IN_HOST || object->TransfersOutstanding > 0 ||
        IsNamedByOperation(Driver, object)) {
        return CHIMNEY_HOST_STACK_BUSY;
    }
    if (CountDependents(Driver, object, FALSE) > 0) {
        return CHIMNEY_HOST_STACK_HAS_DEPENDENTS;
    }
    HsReturnHeld(Driver, object);
    ForgetObject(Driver, object);
    NdisAcquireSpinLock(&Driver->Lock);
    RemoveEntryList(&object->Link);
    NdisReleaseSpinLock(&Driver->Lock);
    HsFreeTcp(object);
    NdisFreeMemory(object, 0, 0);
    return CHIMNEY_HOST_STACK_DONE;
}

ULONG HsQueryObject(PHS_DRIVER Driver, struct chimney_host_stack_object *Command)
{
    PHS_OBJECT object = HsFindObject(Driver, Command->object);

    if (object == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
    }
    Command->kind = object->Kind;
    Command->state = object->State;
    Command->binding = object->Binding != NULL ? object->Binding->Number : 0;
    Command->parent = object->Parent != NULL ? object->Parent->Number : 0;
    Command->dependents = CountDependents(Driver, object, FALSE);
    Command->operations = object->Queries + object->Updates + object->Invalidates + object->LinkerUses +
                          (object->State == CHIMNEY_OBJECT_OFFLOADING || object->State == CHIMNEY_OBJECT_UPLOADING);
    Command->last_status = (ULONG)object->LastStatus;
    Command->handle_address = (uint64_t)(ULONG_PTR)&object->Handle;
    Command->handle_reserved = (uint64_t)(ULONG_PTR)object->Handle.NdisReserved[0];
    Command->offload_context = (uint64_t)(ULONG_PTR)object->Handle.MiniportOffloadContext;
    Command->transfers_outstanding = object->TransfersOutstanding;
    Command->bytes_sent = object->BytesSent;
    Command->bytes_received = object->BytesReceived;
    Command->received_held = object->HeldCount;
    Command->events = object->Events;
    Command->last_event = object->LastEvent;
    Command->last_event_information = object->LastEventInformation;
    Command->send_data_taken_back = object->SendDataTakenBack;
    if (Command->command.size >= sizeof(*Command)) { /* a client of version 1 does not know these */
        HsTcpQuery(object, Command);
    }
    return CHIMNEY_HOST_STACK_DONE;
}

VOID HsFreeAllObjects(PHS_DRIVER Driver)
{
    while (!IsListEmpty(&Driver->Objects)) {
        PHS_OBJECT object = CONTAINING_RECORD(RemoveHeadList(&Driver->Objects), HS_OBJECT, Link);
        HsFreeTcp(object);
        NdisFreeMemory(object, 0, 0);
    }
}
