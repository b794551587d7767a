/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 */
#include "driver-bridge/windows/drivers/probe_device.h"

#include "driver-bridge/windows/drivers/control.h"

#define DEVICE_TAG 'dmhC'
#define TOLD_ROOM (1024u * 1024u)

struct CHIMNEY_DEVICE {
    PDEVICE_OBJECT Object;
    UNICODE_STRING Link;
    BOOLEAN LinkMade;
    struct chimney_probe *Probe;
    PVOID ProbeMemory;
    CHIMNEY_DEVICE_OPTIONS Options;

    KSPIN_LOCK Lock;
    PIRP Waiting;      /* the pended read; under Lock, with a cancel routine */
    UCHAR *Told;       /* frames that go before the events; under Lock */
    SIZE_T ToldSize;
    BOOLEAN Ended;     /* under Lock */

    UCHAR *Ready;      /* the thread's: what no read has taken yet */
    SIZE_T ReadySize;
    UCHAR *Events;     /* the thread's: what came out of the probe */
    PVOID Thread;
    KEVENT Stop;
};

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static VOID NTAPI CancelRead(PDEVICE_OBJECT Object, PIRP Irp)
{
    CHIMNEY_DEVICE *device = *(CHIMNEY_DEVICE **)Object->DeviceExtension;
    KIRQL irql;

    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&device->Lock, &irql);
    if (device->Waiting == Irp) {
        device->Waiting = NULL;
    }
    KeReleaseSpinLock(&device->Lock, irql);
    Complete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS PendRead(CHIMNEY_DEVICE *Device, PIRP Irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
    KIRQL irql;

    if (location->Parameters.DeviceIoControl.OutputBufferLength < chimney_read_room) {
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    }
    KeAcquireSpinLock(&Device->Lock, &irql);
    if (Device->Waiting != NULL) {
        KeReleaseSpinLock(&Device->Lock, irql);
        return Complete(Irp, STATUS_DEVICE_BUSY, 0);
    }
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, CancelRead);
    /* It may have been cancelled before there was a routine; then nobody else will complete it. */
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
        KeReleaseSpinLock(&Device->Lock, irql);
        Complete(Irp, STATUS_CANCELLED, 0);
        return STATUS_PENDING;
    }
    Device->Waiting = Irp;
    KeReleaseSpinLock(&Device->Lock, irql);
    return STATUS_PENDING;
}

/* The pended read, now the caller's alone; NULL when there is none. */
static PIRP TakeRead(CHIMNEY_DEVICE *Device)
{
    PIRP irp;
    KIRQL irql;

    KeAcquireSpinLock(&Device->Lock, &irql);
    irp = Device->Waiting;
    if (irp != NULL && IoSetCancelRoutine(irp, NULL) == NULL) {
        irp = NULL; /* its cancel routine is about to run */
    }
    if (irp != NULL) {
        Device->Waiting = NULL;
    }
    KeReleaseSpinLock(&Device->Lock, irql);
    return irp;
}

/* What was told up to now, then the events: every name of theirs is among what was told, because it was told first. */
static BOOLEAN Gather(CHIMNEY_DEVICE *Device)
{
    BOOLEAN ended;
    SIZE_T events;
    KIRQL irql;

    KeAcquireSpinLock(&Device->Lock, &irql);
    ended = Device->Ended;
    KeReleaseSpinLock(&Device->Lock, irql);
    events = chimney_probe_drain(Device->Probe, Device->Events, chimney_read_room);
    KeAcquireSpinLock(&Device->Lock, &irql);
    RtlCopyMemory(Device->Ready, Device->Told, Device->ToldSize);
    Device->ReadySize = Device->ToldSize;
    Device->ToldSize = 0;
    KeReleaseSpinLock(&Device->Lock, irql);
    RtlCopyMemory(Device->Ready + Device->ReadySize, Device->Events, events);
    Device->ReadySize += events;
    return ended && Device->ReadySize == 0;
}

/* The largest run of whole frames that fits; the frames here are never larger than a read. */
static SIZE_T WholeFrames(const UCHAR *Bytes, SIZE_T Size, SIZE_T Room)
{
    SIZE_T taken = 0;
    struct chimney_wire_frame frame;

    while (taken < Size && chimney_wire_find(Bytes + taken, Size - taken, chimney_wire_payload_limit, &frame) ==
                               chimney_wire_found_frame) {
        SIZE_T whole = chimney_wire_header_size + frame.size;
        if (taken + whole > Room) {
            break;
        }
        taken += whole;
    }
    return taken;
}

static VOID NTAPI Deliver(PVOID Context)
{
    CHIMNEY_DEVICE *device = (CHIMNEY_DEVICE *)Context;
    LARGE_INTEGER moment;

    moment.QuadPart = -10000; /* 1 ms */
    while (KeWaitForSingleObject(&device->Stop, Executive, KernelMode, FALSE, &moment) == STATUS_TIMEOUT) {
        for (;;) {
            BOOLEAN over = FALSE;
            PIRP irp;
            SIZE_T size;

            if (device->Waiting == NULL) { /* a look; TakeRead makes sure */
                break;
            }
            if (device->ReadySize == 0) {
                over = Gather(device);
            }
            if (device->ReadySize == 0 && !over) {
                break;
            }
            irp = TakeRead(device);
            if (irp == NULL) {
                break;
            }
            if (over) {
                Complete(irp, STATUS_END_OF_FILE, 0);
                break;
            }
            size = WholeFrames(device->Ready, device->ReadySize,
                               IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.OutputBufferLength);
            RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, device->Ready, size);
            RtlMoveMemory(device->Ready, device->Ready + size, device->ReadySize - size);
            device->ReadySize -= size;
            Complete(irp, STATUS_SUCCESS, size);
        }
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS Introduce(CHIMNEY_DEVICE *Device, PIRP Irp)
{
    struct chimney_introduction *told = (struct chimney_introduction *)Irp->AssociatedIrp.SystemBuffer;
    struct chimney_wire_hello hello;
    SIZE_T i;

    if (IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.OutputBufferLength < sizeof(*told)) {
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    }
    chimney_probe_introduce(Device->Probe, &hello);
    RtlZeroMemory(told, sizeof(*told));
    told->version = CHIMNEY_RELAY_VERSION;
    told->pointer_size = hello.pointer_size;
    told->clock_frequency = hello.clock_frequency;
    told->clock_origin = hello.clock_origin;
    told->first_sequence = hello.first_sequence;
    told->next_sequence = chimney_probe_recorded(Device->Probe);
    told->dropped = chimney_probe_dropped(Device->Probe);
    told->capabilities = Device->Options.Capabilities;
    for (i = 0; i + 1 < sizeof(told->producer) && Device->Options.Producer[i] != 0; ++i) {
        told->producer[i] = Device->Options.Producer[i];
    }
    return Complete(Irp, STATUS_SUCCESS, sizeof(*told));
}

BOOLEAN ChimneyDeviceDispatch(CHIMNEY_DEVICE *Device, PIRP Irp, NTSTATUS *Status)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
    PIRP waiting;

    switch (location->MajorFunction) {
    case IRP_MJ_CLEANUP:
        waiting = TakeRead(Device);
        if (waiting != NULL) {
            Complete(waiting, STATUS_CANCELLED, 0);
        }
        *Status = Complete(Irp, STATUS_SUCCESS, 0);
        return TRUE;
    case IRP_MJ_CREATE:
    case IRP_MJ_CLOSE:
        *Status = Complete(Irp, STATUS_SUCCESS, 0);
        return TRUE;
    case IRP_MJ_DEVICE_CONTROL:
        if (location->Parameters.DeviceIoControl.IoControlCode == (ULONG)IOCTL_CHIMNEY_READ) {
            *Status = PendRead(Device, Irp);
            return TRUE;
        }
        if (location->Parameters.DeviceIoControl.IoControlCode == (ULONG)IOCTL_CHIMNEY_INTRODUCE) {
            *Status = Introduce(Device, Irp);
            return TRUE;
        }
        return FALSE;
    default:
        return FALSE;
    }
}

BOOLEAN ChimneyDeviceTell(CHIMNEY_DEVICE *Device, const UCHAR *Frame, SIZE_T Size)
{
    BOOLEAN fits;
    KIRQL irql;

    KeAcquireSpinLock(&Device->Lock, &irql);
    fits = Size <= TOLD_ROOM - Device->ToldSize;
    if (fits) {
        RtlCopyMemory(Device->Told + Device->ToldSize, Frame, Size);
        Device->ToldSize += Size;
    }
    KeReleaseSpinLock(&Device->Lock, irql);
    return fits;
}

VOID ChimneyDeviceEnd(CHIMNEY_DEVICE *Device)
{
    KIRQL irql;

    KeAcquireSpinLock(&Device->Lock, &irql);
    Device->Ended = TRUE;
    KeReleaseSpinLock(&Device->Lock, irql);
}

static NTSTATUS StartThread(CHIMNEY_DEVICE *Device)
{
    HANDLE handle;
    NTSTATUS status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Deliver, Device);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Device->Thread, NULL);
    ZwClose(handle);
    return status;
}

static ULONG CountProcessors(VOID)
{
    KAFFINITY active = KeQueryActiveProcessors();
    ULONG count = 0;

    for (; active != 0; active &= active - 1) {
        ++count;
    }
    return count == 0 ? 1 : count;
}

NTSTATUS ChimneyDeviceCreate(PDRIVER_OBJECT Driver, const CHIMNEY_DEVICE_OPTIONS *Options, CHIMNEY_DEVICE **Created)
{
    CHIMNEY_DEVICE *device;
    UNICODE_STRING name;
    ULONG processors = CountProcessors();
    SIZE_T memory = chimney_probe_memory(processors, Options->RingBytes);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    *Created = NULL;
    if (memory == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    device = (CHIMNEY_DEVICE *)ExAllocatePoolWithTag(NonPagedPool, sizeof(*device), DEVICE_TAG);
    if (device == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlZeroMemory(device, sizeof(*device));
    device->Options = *Options;
    KeInitializeSpinLock(&device->Lock);
    KeInitializeEvent(&device->Stop, NotificationEvent, FALSE);
    device->Told = (UCHAR *)ExAllocatePoolWithTag(NonPagedPool, TOLD_ROOM, DEVICE_TAG);
    device->Ready = (UCHAR *)ExAllocatePoolWithTag(NonPagedPool, TOLD_ROOM + chimney_read_room, DEVICE_TAG);
    device->Events = (UCHAR *)ExAllocatePoolWithTag(NonPagedPool, chimney_read_room, DEVICE_TAG);
    device->ProbeMemory = ExAllocatePoolWithTag(NonPagedPool, memory + 64, DEVICE_TAG);
    if (device->Told != NULL && device->Ready != NULL && device->Events != NULL && device->ProbeMemory != NULL) {
        device->Probe = chimney_probe_start((PVOID)(((ULONG_PTR)device->ProbeMemory + 63) & ~(ULONG_PTR)63), processors,
                                            Options->RingBytes);
        RtlInitUnicodeString(&name, Options->DeviceName);
        status = IoCreateDevice(Driver, sizeof(PVOID), &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device->Object);
    }
    if (NT_SUCCESS(status)) {
        *(CHIMNEY_DEVICE **)device->Object->DeviceExtension = device;
        device->Object->Flags |= DO_BUFFERED_IO;
        RtlInitUnicodeString(&device->Link, Options->LinkName);
        status = IoCreateSymbolicLink(&device->Link, &name);
        device->LinkMade = (BOOLEAN)NT_SUCCESS(status);
    }
    if (NT_SUCCESS(status)) {
        status = StartThread(device);
    }
    if (!NT_SUCCESS(status)) {
        ChimneyDeviceDelete(device);
        return status;
    }
    device->Object->Flags &= ~DO_DEVICE_INITIALIZING;
    *Created = device;
    return STATUS_SUCCESS;
}

VOID ChimneyDeviceDelete(CHIMNEY_DEVICE *Device)
{
    PIRP waiting;

    if (Device->Thread != NULL) {
        KeSetEvent(&Device->Stop, IO_NO_INCREMENT, FALSE);
        KeWaitForSingleObject(Device->Thread, Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(Device->Thread);
    }
    waiting = TakeRead(Device);
    if (waiting != NULL) {
        Complete(waiting, STATUS_CANCELLED, 0);
    }
    if (Device->LinkMade) {
        IoDeleteSymbolicLink(&Device->Link);
    }
    if (Device->Object != NULL) {
        IoDeleteDevice(Device->Object);
    }
    if (Device->ProbeMemory != NULL) {
        ExFreePoolWithTag(Device->ProbeMemory, DEVICE_TAG);
    }
    if (Device->Events != NULL) {
        ExFreePoolWithTag(Device->Events, DEVICE_TAG);
    }
    if (Device->Ready != NULL) {
        ExFreePoolWithTag(Device->Ready, DEVICE_TAG);
    }
    if (Device->Told != NULL) {
        ExFreePoolWithTag(Device->Told, DEVICE_TAG);
    }
    ExFreePoolWithTag(Device, DEVICE_TAG);
}

PDEVICE_OBJECT ChimneyDeviceObject(const CHIMNEY_DEVICE *Device) { return Device->Object; }

struct chimney_probe *ChimneyDeviceProbe(const CHIMNEY_DEVICE *Device) { return Device->Probe; }
