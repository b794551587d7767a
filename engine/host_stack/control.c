/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The control device: requests of user-mode clients, METHOD_BUFFERED. What arrives here is outside input: every length
 * is looked at before it is believed.
 */
#include "host_stack.h"

static NTSTATUS CompleteIrp(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS HsDispatchOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompleteIrp(Irp, STATUS_SUCCESS, 0);
}

/* The bytes of each command's first version; 0 for a code that does not exist. */
static ULONG MinimumSize(ULONG Code)
{
    switch (Code) {
    case IOCTL_CHIMNEY_HOST_STACK_QUERY_BINDING: return FIELD_OFFSET(struct chimney_host_stack_binding, oid_requests_completed);
    case IOCTL_CHIMNEY_HOST_STACK_SET_NEIGHBOR: return sizeof(struct chimney_host_stack_neighbor);
    case IOCTL_CHIMNEY_HOST_STACK_SET_PATH: return sizeof(struct chimney_host_stack_path);
    case IOCTL_CHIMNEY_HOST_STACK_SET_CONNECTION: return sizeof(struct chimney_host_stack_connection);
    case IOCTL_CHIMNEY_HOST_STACK_DELETE_OBJECT:
    case IOCTL_CHIMNEY_HOST_STACK_QUERY_OBJECT:
    case IOCTL_CHIMNEY_HOST_STACK_RETURN_RECEIVED: return FIELD_OFFSET(struct chimney_host_stack_object, stream_sent);
    case IOCTL_CHIMNEY_HOST_STACK_ENABLE_TCP: return sizeof(struct chimney_host_stack_tcp);
    case IOCTL_CHIMNEY_HOST_STACK_START_OPERATION:
    case IOCTL_CHIMNEY_HOST_STACK_QUERY_OPERATION: return sizeof(struct chimney_host_stack_operation);
    case IOCTL_CHIMNEY_HOST_STACK_LIST_OPERATIONS: return sizeof(struct chimney_host_stack_operation_list);
    case IOCTL_CHIMNEY_HOST_STACK_START_TRANSFER:
    case IOCTL_CHIMNEY_HOST_STACK_QUERY_TRANSFER: return FIELD_OFFSET(struct chimney_host_stack_transfer, again);
    case IOCTL_CHIMNEY_HOST_STACK_SET_RECEIVE_ANSWER: return sizeof(struct chimney_host_stack_receive_answer);
    case IOCTL_CHIMNEY_HOST_STACK_REQUEST_OID: return sizeof(struct chimney_host_stack_oid_request);
    case IOCTL_CHIMNEY_HOST_STACK_QUERY_EVENT: return sizeof(struct chimney_host_stack_event);
    default: return 0;
    }
}

static ULONG CarryOut(PHS_DRIVER Driver, ULONG Code, PVOID Buffer)
{
    switch (Code) {
    case IOCTL_CHIMNEY_HOST_STACK_QUERY_BINDING: return HsQueryBinding(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_SET_NEIGHBOR: return HsSetNeighbor(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_SET_PATH: return HsSetPath(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_SET_CONNECTION: return HsSetConnection(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_DELETE_OBJECT: return HsDeleteObject(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_QUERY_OBJECT: return HsQueryObject(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_START_OPERATION: return HsStartOperation(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_QUERY_OPERATION: return HsQueryOperation(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_LIST_OPERATIONS: return HsListOperations(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_START_TRANSFER: return HsStartTransfer(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_QUERY_TRANSFER: return HsQueryTransfer(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_SET_RECEIVE_ANSWER: return HsSetReceiveAnswer(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_RETURN_RECEIVED: return HsReturnReceived(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_REQUEST_OID: return HsRequestOid(Driver, Buffer);
    case IOCTL_CHIMNEY_HOST_STACK_ENABLE_TCP: return HsEnableTcp(Driver);
    default: return HsQueryEvent(Driver, Buffer);
    }
}

NTSTATUS HsDispatchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
    ULONG code = location->Parameters.DeviceIoControl.IoControlCode;
    ULONG available = location->Parameters.DeviceIoControl.InputBufferLength;
    struct chimney_host_stack_command *command = Irp->AssociatedIrp.SystemBuffer;
    ULONG minimum = MinimumSize(code);

    if (minimum == 0) {
        return CompleteIrp(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
    if (location->Parameters.DeviceIoControl.OutputBufferLength < available) {
        available = location->Parameters.DeviceIoControl.OutputBufferLength;
    }
    if (available < minimum || command->size < minimum || command->size > available) {
        return CompleteIrp(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    }
    command->result = CarryOut((PHS_DRIVER)DeviceObject->DeviceExtension, code, command);
    return CompleteIrp(Irp, STATUS_SUCCESS, command->size);
}
