/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     device.c
 *
 * Abstract:
 *     The control device, for programs in user mode.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

#include <initguid.h>
#include "lmguid.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, LmRegisterDevice)
#pragma alloc_text(PAGE, LmDeregisterDevice)
#pragma alloc_text(PAGE, LmDispatchCreate)
#pragma alloc_text(PAGE, LmDispatchClose)
#endif

/* A request that waits for the next change of a link sits in this list by way of its ListEntry. */
#define LM_IRP_FROM_ENTRY(ListItem) CONTAINING_RECORD(ListItem, IRP, Tail.Overlay.ListEntry)

_Use_decl_annotations_
NDIS_STATUS
LmRegisterDevice(
    VOID
    )
{
    NDIS_DEVICE_OBJECT_ATTRIBUTES Attributes;
    PDRIVER_DISPATCH Dispatch[IRP_MJ_MAXIMUM_FUNCTION + 1];
    UNICODE_STRING DeviceName;
    UNICODE_STRING LinkName;

    PAGED_CODE();

    NdisZeroMemory(Dispatch, sizeof(Dispatch));
    Dispatch[IRP_MJ_CREATE] = LmDispatchCreate;
    Dispatch[IRP_MJ_CLEANUP] = LmDispatchCleanup;
    Dispatch[IRP_MJ_CLOSE] = LmDispatchClose;
    Dispatch[IRP_MJ_DEVICE_CONTROL] = LmDispatchDeviceControl;

    RtlInitUnicodeString(&DeviceName, LINKMUX_NT_DEVICE_NAME);
    RtlInitUnicodeString(&LinkName, LINKMUX_DOS_DEVICE_NAME);

    NdisZeroMemory(&Attributes, sizeof(Attributes));
    Attributes.Header.Type = NDIS_OBJECT_TYPE_DEVICE_OBJECT_ATTRIBUTES;
    Attributes.Header.Revision = NDIS_DEVICE_OBJECT_ATTRIBUTES_REVISION_1;
    Attributes.Header.Size = NDIS_SIZEOF_DEVICE_OBJECT_ATTRIBUTES_REVISION_1;
    Attributes.DeviceName = &DeviceName;
    Attributes.SymbolicName = &LinkName;
    Attributes.MajorFunctions = &Dispatch[0];
    Attributes.ExtensionSize = 0;
    Attributes.DeviceClassGuid = &GUID_LINKMUX_CONTROL;

    return NdisRegisterDeviceEx(LmDriver.MiniportDriverHandle, &Attributes, &LmDriver.DeviceObject, &LmDriver.DeviceHandle);
}

_Use_decl_annotations_
VOID
LmDeregisterDevice(
    VOID
    )
{
    PAGED_CODE();

    LmCompletePendedIrps(NULL, STATUS_CANCELLED);
    NdisDeregisterDeviceEx(LmDriver.DeviceHandle);
    LmDriver.DeviceHandle = NULL;
    LmDriver.DeviceObject = NULL;
}

static
NTSTATUS
LmCompleteIrp(
    _In_ PIRP Irp,
    _In_ NTSTATUS Status,
    _In_ ULONG_PTR Information
    )
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, NT_SUCCESS(Status) ? IO_NETWORK_INCREMENT : IO_NO_INCREMENT);
    return Status;
}

_Use_decl_annotations_
NTSTATUS
LmDispatchCreate(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PAGED_CODE();
    UNREFERENCED_PARAMETER(DeviceObject);
    InterlockedIncrement(&LmDriver.OpenHandles);
    return LmCompleteIrp(Irp, STATUS_SUCCESS, 0);
}

_Use_decl_annotations_
NTSTATUS
LmDispatchClose(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PAGED_CODE();
    UNREFERENCED_PARAMETER(DeviceObject);
    InterlockedDecrement(&LmDriver.OpenHandles);
    return LmCompleteIrp(Irp, STATUS_SUCCESS, 0);
}

/* ---- requests that wait ---- */

/* Takes the next pended request that meets the conditions out of the list; its cancel routine will not run any more. */
static
PIRP
LmTakePendedIrp(
    _In_opt_ PFILE_OBJECT FileObject
    )
{
    PLIST_ENTRY Entry;
    PIRP Taken = NULL;

    NdisAcquireSpinLock(&LmDriver.Lock);
    for (Entry = LmDriver.PendedIrps.Flink; Entry != &LmDriver.PendedIrps && Taken == NULL; Entry = Entry->Flink) {
        PIRP Irp = LM_IRP_FROM_ENTRY(Entry);

        if (FileObject != NULL && IoGetCurrentIrpStackLocation(Irp)->FileObject != FileObject) {
            continue;
        }
        if (IoSetCancelRoutine(Irp, NULL) == NULL) {
            continue; /* it is being cancelled; its cancel routine waits for our lock */
        }
        Taken = Irp;
    }
    if (Taken != NULL) {
        RemoveEntryList(&Taken->Tail.Overlay.ListEntry);
    }
    NdisReleaseSpinLock(&LmDriver.Lock);
    return Taken;
}

_Use_decl_annotations_
VOID
LmCompletePendedIrps(
    PLM_LINK Link,
    NTSTATUS Status
    )
{
    LINKMUX_LINK_CHANGE Change;
    PIRP Irp;

    RtlZeroMemory(&Change, sizeof(Change));
    if (Link != NULL) {
        Change.LinkNumber = Link->Number;
        NdisAcquireSpinLock(&Link->Lock);
        Change.MediaConnectState = (ULONG)Link->LinkState.MediaConnectState;
        Change.XmitLinkSpeed = Link->LinkState.XmitLinkSpeed;
        NdisReleaseSpinLock(&Link->Lock);
    }
    while ((Irp = LmTakePendedIrp(NULL)) != NULL) {
        if (NT_SUCCESS(Status)) {
            *(PLINKMUX_LINK_CHANGE)Irp->AssociatedIrp.SystemBuffer = Change;
            LmCompleteIrp(Irp, Status, sizeof(Change));
        } else {
            LmCompleteIrp(Irp, Status, 0);
        }
    }
}

_Use_decl_annotations_
VOID
LmCancelPendedIrp(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    UNREFERENCED_PARAMETER(DeviceObject);

    IoReleaseCancelSpinLock(Irp->CancelIrql);
    NdisAcquireSpinLock(&LmDriver.Lock);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    NdisReleaseSpinLock(&LmDriver.Lock);
    LmCompleteIrp(Irp, STATUS_CANCELLED, 0);
}

static
NTSTATUS
LmPendIrp(
    _In_ PIRP Irp
    )
{
    NdisAcquireSpinLock(&LmDriver.Lock);
    IoSetCancelRoutine(Irp, LmCancelPendedIrp);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
        /* Cancelled before it had a cancel routine. */
        NdisReleaseSpinLock(&LmDriver.Lock);
        return LmCompleteIrp(Irp, STATUS_CANCELLED, 0);
    }
    IoMarkIrpPending(Irp);
    InsertTailList(&LmDriver.PendedIrps, &Irp->Tail.Overlay.ListEntry);
    NdisReleaseSpinLock(&LmDriver.Lock);
    return STATUS_PENDING;
}

/* The last handle of a file is closed: nobody is left to take an answer. */
_Use_decl_annotations_
NTSTATUS
LmDispatchCleanup(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PFILE_OBJECT FileObject = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    PIRP Pended;

    UNREFERENCED_PARAMETER(DeviceObject);
    while ((Pended = LmTakePendedIrp(FileObject)) != NULL) {
        LmCompleteIrp(Pended, STATUS_CANCELLED, 0);
    }
    return LmCompleteIrp(Irp, STATUS_SUCCESS, 0);
}

/* ---- requests that are answered at once ---- */

static
VOID
LmFillEntry(
    _Out_ PLINKMUX_ENTRY Entry,
    _In_ PLM_LINK Link,
    _In_ PLM_VNIC Vnic
    )
{
    RtlZeroMemory(Entry, sizeof(*Entry));
    Entry->LinkNumber = Link->Number;
    Entry->VnicNumber = Vnic->Number;
    Entry->State = (ULONG)Vnic->State;
    Entry->MediaConnectState = (ULONG)Link->LinkState.MediaConnectState;
    ETH_COPY_NETWORK_ADDRESS(Entry->Address, Vnic->CurrentAddress);
    (VOID)RtlStringCbCopyNW(Entry->LinkName, sizeof(Entry->LinkName), Link->AdapterName.Buffer, Link->AdapterName.Length);
    (VOID)RtlStringCbCopyNW(Entry->VnicName, sizeof(Entry->VnicName), Vnic->DeviceName.Buffer, Vnic->DeviceName.Length);
}

static
NTSTATUS
LmEnumerate(
    _Out_writes_bytes_(Length) PLINKMUX_ENUMERATION Enumeration,
    _In_ ULONG Length,
    _Out_ PULONG_PTR Information
    )
{
    ULONG Capacity;
    ULONG Count = 0;
    ULONG Number;
    ULONG End;

    if (Length < (ULONG)FIELD_OFFSET(LINKMUX_ENUMERATION, Entries)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    Capacity = (Length - (ULONG)FIELD_OFFSET(LINKMUX_ENUMERATION, Entries)) / sizeof(LINKMUX_ENTRY);
    NdisAcquireSpinLock(&LmDriver.Lock);
    End = LmDriver.NextLinkNumber;
    NdisReleaseSpinLock(&LmDriver.Lock);

    for (Number = 0; Number < End; Number++) {
        PLM_LINK Link = LmFindLink(Number);
        PLM_VNIC Vnics[LM_MAX_VNICS];
        ULONG VnicCount;
        ULONG i;

        if (Link == NULL) {
            continue;
        }
        VnicCount = LmSnapshotVnics(Link, Vnics);
        for (i = 0; i < VnicCount; i++, Count++) {
            if (Count < Capacity) {
                LmFillEntry(&Enumeration->Entries[Count], Link, Vnics[i]);
            }
        }
        LmReleaseSnapshot(Vnics, VnicCount);
        LmDereferenceLink(Link);
    }
    Enumeration->Count = Count;
    Enumeration->Given = min(Count, Capacity);
    *Information = (ULONG_PTR)FIELD_OFFSET(LINKMUX_ENUMERATION, Entries) + Enumeration->Given * sizeof(LINKMUX_ENTRY);
    return Count > Capacity ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static
VOID
LmFillVersion(
    _Out_ PLINKMUX_VERSION Version
    )
{
    PLIST_ENTRY Entry;

    RtlZeroMemory(Version, sizeof(*Version));
    Version->InterfaceVersion = LINKMUX_INTERFACE_VERSION;
    Version->NdisVersion = NdisGetVersion();
    NdisAcquireSpinLock(&LmDriver.Lock);
    Version->LinkCount = LmDriver.LinkCount;
    for (Entry = LmDriver.Links.Flink; Entry != &LmDriver.Links; Entry = Entry->Flink) {
        Version->VnicCount += CONTAINING_RECORD(Entry, LM_LINK, Entry)->VnicCount;
    }
    NdisReleaseSpinLock(&LmDriver.Lock);
}

static
NTSTATUS
LmCounters(
    _In_ const LINKMUX_SELECT *Select,
    _Out_opt_ PLINKMUX_COUNTERS Counters
    )
{
    PLM_VNIC Vnic = LmFindVnic(Select->LinkNumber, Select->VnicNumber);

    if (Vnic == NULL) {
        return STATUS_NO_SUCH_DEVICE;
    }
    if (Counters != NULL) {
        LmReadCounters(Vnic, Counters);
    } else {
        LmResetCounters(Vnic);
    }
    LmDereferenceVnic(Vnic);
    return STATUS_SUCCESS;
}

static
NTSTATUS
LmAskBelow(
    _Inout_updates_bytes_(OutputLength) PLINKMUX_QUERY Query,
    _In_ ULONG OutputLength,
    _Out_ PULONG_PTR Information
    )
{
    PLM_LINK Link = LmFindLink(Query->LinkNumber);
    NDIS_OID Oid = Query->Oid;
    ULONG BytesWritten = 0;

    if (Link == NULL) {
        return STATUS_NO_SUCH_DEVICE;
    }
    Query->Status = LmQueryBelow(Link, Oid, Query + 1, OutputLength - sizeof(*Query), &BytesWritten);
    Query->BytesWritten = BytesWritten;
    *Information = sizeof(*Query) + BytesWritten;
    LmDereferenceLink(Link);
    return STATUS_SUCCESS; /* what the adapter answered is in the structure */
}

static
NTSTATUS
LmSetSendMode(
    _In_ ULONG Mode
    )
{
    ULONG Number;
    ULONG End;

    if (Mode > LINKMUX_SEND_COPY) {
        return STATUS_INVALID_PARAMETER;
    }
    NdisAcquireSpinLock(&LmDriver.Lock);
    LmDriver.Settings.SendMode = Mode;
    End = LmDriver.NextLinkNumber;
    NdisReleaseSpinLock(&LmDriver.Lock);
    for (Number = 0; Number < End; Number++) {
        PLM_LINK Link = LmFindLink(Number);

        if (Link != NULL) {
            Link->Settings.SendMode = Mode; /* what is below finds its way back whatever the mode is */
            LmDereferenceLink(Link);
        }
    }
    return STATUS_SUCCESS;
}

_Use_decl_annotations_
NTSTATUS
LmDispatchDeviceControl(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    PVOID Buffer = Irp->AssociatedIrp.SystemBuffer;
    ULONG InputLength = Stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG OutputLength = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    ULONG_PTR Information = 0;
    NTSTATUS Status;
    LINKMUX_SELECT Select;

    UNREFERENCED_PARAMETER(DeviceObject);

    switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_LINKMUX_GET_VERSION:
        if (OutputLength < sizeof(LINKMUX_VERSION)) {
            Status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        LmFillVersion((PLINKMUX_VERSION)Buffer);
        Information = sizeof(LINKMUX_VERSION);
        Status = STATUS_SUCCESS;
        break;

    case IOCTL_LINKMUX_ENUMERATE:
        Status = LmEnumerate((PLINKMUX_ENUMERATION)Buffer, OutputLength, &Information);
        break;

    case IOCTL_LINKMUX_GET_COUNTERS:
        if (InputLength < sizeof(Select) || OutputLength < sizeof(LINKMUX_COUNTERS)) {
            Status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        Select = *(PLINKMUX_SELECT)Buffer; /* input and output are one buffer */
        Status = LmCounters(&Select, (PLINKMUX_COUNTERS)Buffer);
        Information = NT_SUCCESS(Status) ? sizeof(LINKMUX_COUNTERS) : 0;
        break;

    case IOCTL_LINKMUX_RESET_COUNTERS:
        Status = InputLength < sizeof(Select) ? STATUS_BUFFER_TOO_SMALL : LmCounters((PLINKMUX_SELECT)Buffer, NULL);
        break;

    case IOCTL_LINKMUX_WAIT_LINK_CHANGE:
        if (OutputLength < sizeof(LINKMUX_LINK_CHANGE)) {
            Status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        return LmPendIrp(Irp);

    case IOCTL_LINKMUX_QUERY_BELOW:
        if (InputLength < sizeof(LINKMUX_QUERY) || OutputLength < sizeof(LINKMUX_QUERY)) {
            Status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        Status = LmAskBelow((PLINKMUX_QUERY)Buffer, OutputLength, &Information);
        break;

    case IOCTL_LINKMUX_READ_LOG:
        Information = LmLogRead((PLINKMUX_LOG_ENTRY)Buffer, OutputLength / sizeof(LINKMUX_LOG_ENTRY)) * sizeof(LINKMUX_LOG_ENTRY);
        Status = STATUS_SUCCESS;
        break;

    case IOCTL_LINKMUX_SET_SEND_MODE:
        Status = InputLength < sizeof(LINKMUX_SEND_MODE) ? STATUS_BUFFER_TOO_SMALL : LmSetSendMode(((PLINKMUX_SEND_MODE)Buffer)->Mode);
        break;

    default:
        Status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }
    return LmCompleteIrp(Irp, Status, Information);
}
