/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * chimneylab.sys: the driver that the relay starts. It carries out one scenario on the machine in ndis.sys, on a system thread of
 * its own, and records every event with the probe; the relay takes them out by way of the probe's device. */
#include <ntddk.h>

#include <string.h>

#include "driver-bridge/windows/drivers/control.h"
#include "driver-bridge/windows/drivers/driver_loader.h"
#include "driver-bridge/windows/drivers/probe_device.h"
#include "driver-bridge/windows/ndis/lab_ndis.h"

#define LAB_TAG 'balC'
#define RING_BYTES (4u * 1024u * 1024u)
#define FRAME_ROOM (chimney_wire_header_size + 16 + chimney_wire_text_limit)

typedef struct LAB {
    CHIMNEY_DEVICE *Device;
    FAST_MUTEX Mutex;   /* of Request and Thread */
    struct chimney_run_request *Request;
    PVOID Thread;
    UCHAR *Frame;       /* the run's */
    struct chimney_run_result Result;
} LAB;

/* One driver, one device, one run. */
static LAB Lab;

static VOID Tell(SIZE_T Size)
{
    LARGE_INTEGER moment;

    moment.QuadPart = -10000; /* 1 ms: the relay takes it away */
    while (Size != 0 && !ChimneyDeviceTell(Lab.Device, Lab.Frame, Size)) {
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
}

static void TellName(void *Self, uint32_t Number, const struct chimney_wire_text *Text)
{
    SIZE_T size = chimney_wire_put_name(Lab.Frame + chimney_wire_header_size, FRAME_ROOM - chimney_wire_header_size, Number, *Text);

    UNREFERENCED_PARAMETER(Self);
    chimney_wire_put_header(Lab.Frame, chimney_wire_names_frame, (uint32_t)size);
    Tell(size == 0 ? 0 : chimney_wire_header_size + size);
}

static void TellLayers(void *Self, const struct chimney_wire_layer *Layers, uint32_t LayerCount)
{
    UNREFERENCED_PARAMETER(Self);
    Tell(chimney_wire_put_layers(Lab.Frame, FRAME_ROOM, Layers, LayerCount));
}

static void TellRun(void *Self, const struct chimney_wire_run *Run)
{
    UNREFERENCED_PARAMETER(Self);
    Tell(chimney_wire_put_run(Lab.Frame, FRAME_ROOM, Run));
}

static uint64_t Record(void *Self, const struct chimney_wire_event *Event, const struct chimney_wire_piece *Pieces, uint16_t PieceCount)
{
    struct chimney_probe *probe = ChimneyDeviceProbe(Lab.Device);
    /* Nobody else records: the next number is this event's. */
    const uint64_t number = chimney_probe_recorded(probe);

    UNREFERENCED_PARAMETER(Self);
    return chimney_probe_record(probe, Event, Pieces, PieceCount) ? number : CHIMNEY_WIRE_NONE64;
}

static int32_t Load(void *Self, void *DriverObject, void *RegistryPath, const char *Image)
{
    UNICODE_STRING plain;

    UNREFERENCED_PARAMETER(Self);
    if (strcmp(Image, "plain-target") != 0) {
        return DriverLoaderLoad((PUNICODE_STRING)RegistryPath, DriverObject);
    }
    /* The machine has one offload target; the one without chimney handlers is an image of its own. */
    RtlInitUnicodeString(&plain, L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\chimney-plain-target");
    return DriverLoaderLoad(&plain, DriverObject);
}

static VOID NTAPI CarryOut(PVOID Context)
{
    struct chimney_lab_run run;

    UNREFERENCED_PARAMETER(Context);
    RtlZeroMemory(&run, sizeof(run));
    run.plan = (const char *)(Lab.Request + 1);
    run.plan_size = Lab.Request->plan_size;
    run.variant = Lab.Request->variant;
    run.schedule = Lab.Request->schedule;
    run.tell_name = TellName;
    run.tell_layers = TellLayers;
    run.tell_run = TellRun;
    run.record = Record;
    run.load = Load;
    Lab.Result.exit_code = ChimneyLabRun(&run, Lab.Result.report, sizeof(Lab.Result.report));
    ChimneyDeviceEnd(Lab.Device);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

/* The request's texts end and its plan is all there. */
static BOOLEAN WellFormed(const struct chimney_run_request *Request, ULONG Size)
{
    return Size >= sizeof(*Request) && Request->plan_size <= Size - sizeof(*Request) &&
           Request->variant[sizeof(Request->variant) - 1] == 0 && Request->schedule[sizeof(Request->schedule) - 1] == 0;
}

static NTSTATUS BeginRun(PIRP Irp)
{
    const struct chimney_run_request *request = (const struct chimney_run_request *)Irp->AssociatedIrp.SystemBuffer;
    ULONG size = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.InputBufferLength;
    HANDLE handle;
    NTSTATUS status;

    if (!WellFormed(request, size)) {
        return STATUS_INVALID_PARAMETER;
    }
    ExAcquireFastMutex(&Lab.Mutex);
    status = STATUS_DEVICE_BUSY;
    if (Lab.Request == NULL) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        Lab.Request = (struct chimney_run_request *)ExAllocatePoolWithTag(NonPagedPool, size, LAB_TAG);
    }
    if (Lab.Request != NULL && status != STATUS_DEVICE_BUSY) {
        RtlCopyMemory(Lab.Request, request, size);
        ChimneyLabPrepare();
        status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, CarryOut, NULL);
        if (NT_SUCCESS(status)) {
            status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Lab.Thread, NULL);
            ZwClose(handle);
        } else {
            ExFreePoolWithTag(Lab.Request, LAB_TAG);
            Lab.Request = NULL;
        }
    }
    ExReleaseFastMutex(&Lab.Mutex);
    return status;
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT Object, PIRP Irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    ULONG_PTR information = 0;

    UNREFERENCED_PARAMETER(Object);
    if (ChimneyDeviceDispatch(Lab.Device, Irp, &status)) {
        return status;
    }
    if (location->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        switch (location->Parameters.DeviceIoControl.IoControlCode) {
        case IOCTL_CHIMNEY_RUN:
            status = BeginRun(Irp);
            break;
        case IOCTL_CHIMNEY_RESULT:
            status = STATUS_BUFFER_TOO_SMALL;
            if (location->Parameters.DeviceIoControl.OutputBufferLength >= sizeof(Lab.Result)) {
                RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, &Lab.Result, sizeof(Lab.Result));
                information = sizeof(Lab.Result);
                status = STATUS_SUCCESS;
            }
            break;
        default:
            break;
        }
    }
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static VOID NTAPI Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    if (Lab.Thread != NULL) {
        KeWaitForSingleObject(Lab.Thread, Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(Lab.Thread);
    }
    DriverLoaderEnd();
    ChimneyDeviceDelete(Lab.Device);
    if (Lab.Request != NULL) {
        ExFreePoolWithTag(Lab.Request, LAB_TAG);
    }
    ExFreePoolWithTag(Lab.Frame, LAB_TAG);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    CHIMNEY_DEVICE_OPTIONS options;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    RtlZeroMemory(&Lab, sizeof(Lab));
    RtlZeroMemory(&options, sizeof(options));
    ExInitializeFastMutex(&Lab.Mutex);
    Lab.Result.exit_code = -1;
    Lab.Frame = (UCHAR *)ExAllocatePoolWithTag(NonPagedPool, FRAME_ROOM, LAB_TAG);
    if (Lab.Frame == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = DriverLoaderBegin();
    if (NT_SUCCESS(status)) {
        options.DeviceName = L"\\Device\\ChimneyLab";
        options.LinkName = L"\\DosDevices\\ChimneyLab";
        options.Producer = "chimneylab.sys";
        options.Capabilities = chimney_wire_has_virtual_time | chimney_wire_has_references;
        options.RingBytes = RING_BYTES;
        status = ChimneyDeviceCreate(Driver, &options, &Lab.Device);
        if (!NT_SUCCESS(status)) {
            DriverLoaderEnd();
        }
    }
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(Lab.Frame, LAB_TAG);
        return status;
    }
    Driver->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_CLEANUP] = Dispatch;
    Driver->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    Driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
