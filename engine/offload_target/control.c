/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The control device: requests of user-mode clients, METHOD_BUFFERED. What arrives here is outside input: every length
 * is looked at before it is believed.
 */
#include "offload_target.h"

VOID OtSetDefaults(POT_ADAPTER Adapter)
{
    struct chimney_target_capacity *capacity = &Adapter->Capacity;
    struct chimney_target_timing *timing = &Adapter->Timing;
    ULONG kind;

    capacity->neighbors = 16;
    capacity->paths = 64;
    capacity->connections = 256;
    capacity->source_hardware_addresses = 4;
    capacity->source_ip_addresses = 16;
    capacity->vlan_entries = 16;
    capacity->maximum_receive_window = 0x00100000;
    capacity->transmit_buffer_bytes = 0x00400000;
    capacity->receive_buffer_bytes = 0x04000000;
    capacity->host_memory_objects = 0xFFFFFFFF;
    for (kind = OtInitiate; kind < OtOperationKinds; kind++) {
        timing->completion[kind] = CHIMNEY_TARGET_DELAYED;
        timing->operation_ns[kind] = 2000;
        timing->block_ns[kind] = 500;
    }
    timing->send_ns = 20000;
    timing->indication_ns = 1000;
    timing->return_send_data = 1;
}

static POT_ADAPTER FindAdapter(POT_DRIVER Driver, ULONG Number)
{
    PLIST_ENTRY link;

    for (link = Driver->Adapters.Flink; link != &Driver->Adapters; link = link->Flink) {
        if (Number <= 1) {
            return CONTAINING_RECORD(link, OT_ADAPTER, Link);
        }
        Number--;
    }
    return NULL;
}

static ULONG SetCapacity(POT_ADAPTER Adapter, const struct chimney_target_capacity *Command)
{
    if (Command->interface_vlan_count > RTL_NUMBER_OF(Command->interface_vlan_ids)) {
        return CHIMNEY_TARGET_BAD_VALUE;
    }
    Adapter->Capacity = *Command;
    return CHIMNEY_TARGET_DONE;
}

static ULONG QueryCapacity(POT_ADAPTER Adapter, struct chimney_target_capacity *Command)
{
    struct chimney_target_command header = Command->command;

    *Command = Adapter->Capacity;
    Command->command = header;
    return CHIMNEY_TARGET_DONE;
}

static ULONG SetTiming(POT_ADAPTER Adapter, const struct chimney_target_timing *Command)
{
    BOOLEAN released = (BOOLEAN)(Adapter->Timing.hold_sends != 0 && Command->hold_sends == 0);
    ULONG kind;
    ULONG i;
    POT_OBJECT object;

    for (kind = OtInitiate; kind < OtOperationKinds; kind++) {
        if (Command->completion[kind] > CHIMNEY_TARGET_HELD) {
            return CHIMNEY_TARGET_BAD_VALUE;
        }
    }
    Adapter->Timing = *Command;
    for (i = 0; released && (object = OtObjectAt(Adapter, i)) != NULL; i++) {
        OtScheduleAcknowledgement(object, object->Sends.Count);
    }
    return CHIMNEY_TARGET_DONE;
}

static ULONG QueryTiming(POT_ADAPTER Adapter, struct chimney_target_timing *Command)
{
    struct chimney_target_command header = Command->command;

    *Command = Adapter->Timing;
    Command->command = header;
    return CHIMNEY_TARGET_DONE;
}

static ULONG QueryAdapter(POT_ADAPTER Adapter, struct chimney_target_adapter *Command)
{
    ULONG kind;
    PLIST_ENTRY link;

    Command->adapters = 0;
    for (link = Adapter->Driver->Adapters.Flink; link != &Adapter->Driver->Adapters; link = link->Flink) {
        Command->adapters++;
    }
    Command->running = Adapter->Running;
    Command->neighbors = OtCountObjects(Adapter, OtNeighbor);
    Command->paths = OtCountObjects(Adapter, OtPath);
    Command->connections = OtCountObjects(Adapter, OtConnection);
    Command->operations_in_progress = 0;
    for (link = Adapter->Operations.Flink; link != &Adapter->Operations; link = link->Flink) {
        Command->operations_in_progress++;
    }
    for (kind = 0; kind < OtOperationKinds; kind++) {
        Command->operations_accepted[kind] = Adapter->Accepted[kind];
        Command->operations_completed[kind] = Adapter->Completed[kind];
    }
    Command->sends_outstanding = 0;
    Command->receives_outstanding = 0;
    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        Command->sends_outstanding += object->Sends.Count;
        Command->receives_outstanding += object->Receives.Count;
    }
    Command->receives_lent = Adapter->ReceivesLent;
    Command->failures_pending = OtCountFailures(Adapter);
    return CHIMNEY_TARGET_DONE;
}

static ULONG QueryObject(POT_ADAPTER Adapter, struct chimney_target_object *Command)
{
    POT_OBJECT object = Command->index == CHIMNEY_TARGET_ANY ? OtFindObject(Adapter, Command->number)
                                                             : OtObjectAt(Adapter, Command->index);

    if (object == NULL) {
        return CHIMNEY_TARGET_NO_SUCH_OBJECT;
    }
    Command->number = object->Number;
    Command->kind = object->Kind;
    Command->state = object->State;
    Command->parent = object->Parent != NULL ? object->Parent->Number : 0;
    Command->dependents = OtCountDependents(object);
    Command->context_address = (uint64_t)(ULONG_PTR)object;
    Command->offload_handle = (uint64_t)(ULONG_PTR)object->OffloadHandle;
    NdisMoveMemory(Command->identity, object->Identity, sizeof(Command->identity));
    Command->vlan_id = object->Kind == OtNeighbor ? object->Copy.Neighbor.Const.VlanId : 0;
    Command->path_mtu = object->Kind == OtPath ? object->Copy.Path.Cached.PathMtu : 0;
    if (object->Kind == OtConnection) {
        const TCP_OFFLOAD_STATE_DELEGATED *delegated = &object->Copy.Connection.Delegated;
        OtWireExport(object);
        Command->user_priority = object->Copy.Connection.Cached.UserPriority;
        Command->connection_state = (uint32_t)delegated->State;
        Command->snd_una = delegated->SndUna;
        Command->snd_nxt = delegated->SndNxt;
        Command->snd_max = delegated->SndMax;
        Command->rcv_nxt = delegated->RcvNxt;
    }
    Command->sends_outstanding = object->Sends.Count;
    Command->receives_outstanding = object->Receives.Count;
    Command->receives_lent = object->ReceivesLent;
    Command->bytes_buffered = object->BytesBuffered;
    return CHIMNEY_TARGET_DONE;
}

/* ---- indications on request ---- */

static ULONG NamedObject(POT_ADAPTER Adapter, ULONG Kind, ULONG Number, const uint8_t *Identity, ULONG Length,
                         POT_OBJECT *Object)
{
    if (Length > 16 || (Number == 0 && Length == 0)) {
        return CHIMNEY_TARGET_BAD_VALUE;
    }
    *Object = Number != 0 ? OtFindObject(Adapter, Number) : OtFindIdentity(Adapter, Kind, Identity, Length);
    if (*Object == NULL) {
        return CHIMNEY_TARGET_NO_SUCH_OBJECT;
    }
    if ((*Object)->Kind != Kind) {
        return CHIMNEY_TARGET_WRONG_OBJECT_KIND;
    }
    return (*Object)->State == CHIMNEY_TARGET_OBJECT_OFFLOADING || (*Object)->State == CHIMNEY_TARGET_OBJECT_TERMINATING
               ? CHIMNEY_TARGET_NOT_NOW
               : CHIMNEY_TARGET_DONE;
}

static ULONG IndicateEvent(POT_ADAPTER Adapter, const struct chimney_target_event *Command)
{
    POT_OBJECT object = NULL;
    ULONG result;

    if (Command->object_kind != OtNeighbor && Command->object_kind != OtConnection) {
        return CHIMNEY_TARGET_BAD_VALUE;
    }
    if (Command->object_kind == OtConnection
            ? Command->event_type < TcpIndicateSendBacklogChange || Command->event_type > TcpIndicateAbort
            : Command->event_type != NeighborReachabilityQuery) {
        return CHIMNEY_TARGET_BAD_VALUE;
    }
    result = NamedObject(Adapter, Command->object_kind, Command->number, Command->identity, Command->identity_length, &object);
    if (result != CHIMNEY_TARGET_DONE) {
        return result;
    }
    if (object->Kind == OtNeighbor && !OtIsStale(object)) {
        return CHIMNEY_TARGET_NOT_NOW; /* OT-104 */
    }
    return OtSchedule(object, Command->object_kind == OtConnection ? OtTaskConnectionEvent : OtTaskNeighborQuery,
                      Command->event_type, Command->information, Adapter->Timing.indication_ns)
               ? CHIMNEY_TARGET_DONE
               : CHIMNEY_TARGET_NO_MEMORY;
}

static ULONG IndicateReceive(POT_ADAPTER Adapter, const struct chimney_target_receive *Command)
{
    POT_OBJECT object = NULL;
    ULONG result;

    if (Command->bytes == 0 || Command->bytes > 0x10000) {
        return CHIMNEY_TARGET_BAD_VALUE;
    }
    if (OtHasWire(Adapter)) {
        return CHIMNEY_TARGET_NOT_NOW; /* data comes off the wire there */
    }
    result = NamedObject(Adapter, OtConnection, Command->number, Command->identity, Command->identity_length, &object);
    if (result != CHIMNEY_TARGET_DONE) {
        return result;
    }
    return OtSchedule(object, OtTaskArrive, Command->bytes, Command->push, Adapter->Timing.indication_ns)
               ? CHIMNEY_TARGET_DONE
               : CHIMNEY_TARGET_NO_MEMORY;
}

static ULONG IndicateStatus(POT_ADAPTER Adapter, const struct chimney_target_status *Command)
{
    POT_TASK task;

    switch ((NDIS_STATUS)Command->status) {
    case NDIS_STATUS_OFFLOAD_PAUSE:
    case NDIS_STATUS_OFFLOAD_RESUME:
    case NDIS_STATUS_UPLOAD_ALL:
    case NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES:
        break;
    default:
        return CHIMNEY_TARGET_BAD_VALUE;
    }
    task = OtAllocateTask(Adapter, OtTaskStatus);
    if (task == NULL) {
        return CHIMNEY_TARGET_NO_MEMORY;
    }
    task->Argument = Command->status;
    task->Information = Command->command.size >= sizeof(*Command) ? Command->without_capabilities : 0;
    OtStartTask(task, &Adapter->Tasks, Adapter->Timing.indication_ns);
    return CHIMNEY_TARGET_DONE;
}

static ULONG SetLink(POT_ADAPTER Adapter, const struct chimney_target_link *Command)
{
    POT_TASK task = OtAllocateTask(Adapter, OtTaskLinkState);

    if (task == NULL) {
        return CHIMNEY_TARGET_NO_MEMORY;
    }
    task->Argument = Command->connected;
    OtStartTask(task, &Adapter->Tasks, Adapter->Timing.indication_ns);
    return CHIMNEY_TARGET_DONE;
}

static ULONG CompleteHeld(POT_ADAPTER Adapter, struct chimney_target_held *Command)
{
    ULONG remaining = 0;
    POT_BLOCK root = NULL;
    BOOLEAN released = OtReleaseHeld(Adapter, Command->position, &remaining, &root);

    Command->remaining = remaining;
    if (Command->command.size >= sizeof(*Command)) {
        Command->root = (uint64_t)(ULONG_PTR)root;
    }
    return released ? CHIMNEY_TARGET_DONE : CHIMNEY_TARGET_NOTHING_HELD;
}

/* ---- IRPs ---- */

static NTSTATUS CompleteIrp(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS OtDispatchOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompleteIrp(Irp, STATUS_SUCCESS, 0);
}

/* The bytes of each command's first version; 0 for a code that does not exist. */
static ULONG MinimumSize(ULONG Code)
{
    switch (Code) {
    case IOCTL_CHIMNEY_TARGET_SET_CAPACITY:
    case IOCTL_CHIMNEY_TARGET_QUERY_CAPACITY: return sizeof(struct chimney_target_capacity);
    case IOCTL_CHIMNEY_TARGET_SET_TIMING:
    case IOCTL_CHIMNEY_TARGET_QUERY_TIMING: return sizeof(struct chimney_target_timing);
    case IOCTL_CHIMNEY_TARGET_ADD_FAILURE: return sizeof(struct chimney_target_failure);
    case IOCTL_CHIMNEY_TARGET_CLEAR_FAILURES:
    case IOCTL_CHIMNEY_TARGET_QUERY_ADAPTER: return sizeof(struct chimney_target_adapter);
    case IOCTL_CHIMNEY_TARGET_QUERY_OBJECT: return sizeof(struct chimney_target_object);
    case IOCTL_CHIMNEY_TARGET_COMPLETE_HELD: return UFIELD_OFFSET(struct chimney_target_held, root);
    case IOCTL_CHIMNEY_TARGET_INDICATE_EVENT: return sizeof(struct chimney_target_event);
    case IOCTL_CHIMNEY_TARGET_INDICATE_RECEIVE: return sizeof(struct chimney_target_receive);
    case IOCTL_CHIMNEY_TARGET_INDICATE_STATUS: return UFIELD_OFFSET(struct chimney_target_status, without_capabilities);
    case IOCTL_CHIMNEY_TARGET_SET_LINK: return sizeof(struct chimney_target_link);
    case IOCTL_CHIMNEY_TARGET_ADD_COMPLETION_ORDER: return sizeof(struct chimney_target_completion_order);
    case IOCTL_CHIMNEY_TARGET_ATTACH_WIRE: return sizeof(struct chimney_target_wire);
    default: return 0;
    }
}

static ULONG CarryOut(POT_ADAPTER Adapter, ULONG Code, PVOID Buffer)
{
    switch (Code) {
    case IOCTL_CHIMNEY_TARGET_SET_CAPACITY: return SetCapacity(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_QUERY_CAPACITY: return QueryCapacity(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_SET_TIMING: return SetTiming(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_QUERY_TIMING: return QueryTiming(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_ADD_FAILURE: return OtAddFailure(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_ADD_COMPLETION_ORDER: return OtAddCompletionOrder(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_CLEAR_FAILURES:
        OtClearFailures(Adapter);
        OtClearCompletionOrders(Adapter);
        return CHIMNEY_TARGET_DONE;
    case IOCTL_CHIMNEY_TARGET_QUERY_ADAPTER: return QueryAdapter(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_QUERY_OBJECT: return QueryObject(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_COMPLETE_HELD: return CompleteHeld(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_INDICATE_EVENT: return IndicateEvent(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_INDICATE_RECEIVE: return IndicateReceive(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_ATTACH_WIRE: return OtAttachWire(Adapter, Buffer);
    case IOCTL_CHIMNEY_TARGET_SET_LINK: return SetLink(Adapter, Buffer);
    default: return IndicateStatus(Adapter, Buffer);
    }
}

NTSTATUS OtDispatchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    POT_DRIVER driver = *(POT_DRIVER *)NdisGetDeviceReservedExtension(DeviceObject);
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
    ULONG code = location->Parameters.DeviceIoControl.IoControlCode;
    ULONG available = location->Parameters.DeviceIoControl.InputBufferLength;
    struct chimney_target_command *command = Irp->AssociatedIrp.SystemBuffer;
    ULONG minimum = MinimumSize(code);
    POT_ADAPTER adapter;

    if (minimum == 0) {
        return CompleteIrp(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
    if (location->Parameters.DeviceIoControl.OutputBufferLength < available) {
        available = location->Parameters.DeviceIoControl.OutputBufferLength;
    }
    if (available < minimum || command->size < minimum || command->size > available) {
        return CompleteIrp(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    }
    adapter = FindAdapter(driver, command->adapter);
    command->result = adapter != NULL ? CarryOut(adapter, code, command) : (ULONG)CHIMNEY_TARGET_NO_SUCH_ADAPTER;
    return CompleteIrp(Irp, STATUS_SUCCESS, command->size);
}
