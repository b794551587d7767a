/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 */
#include "driver-bridge/windows/drivers/driver_loader.h"

#include "driver-bridge/windows/ndis/lab_ndis.h"

#define MOST_DRIVERS 64
#define SERVICE_LENGTH 128

typedef NTSTATUS (*DRIVER_ENTRY)(PVOID Driver, PUNICODE_STRING Service);

typedef struct LOADED {
    WCHAR Text[SERVICE_LENGTH];
    UNICODE_STRING Service;
    struct chimney_lab_image Image;
} LOADED;

static LOADED Drivers[MOST_DRIVERS];
static ULONG Count;
/* The load in progress: neither the loader's callback nor an entry has another way to it. */
static LOADED *Loading;
static PVOID LoadingDriver;
static NTSTATUS LoadingStatus;

static VOID NTAPI NothingToUnload(PDRIVER_OBJECT Driver) { UNREFERENCED_PARAMETER(Driver); }

/* Called by the system's loader in place of the image's DriverEntry. */
static NTSTATUS NTAPI EnterInstead(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = NothingToUnload;
    ChimneyLabReleaseEntry(&Loading->Image);
    LoadingStatus = ((DRIVER_ENTRY)Loading->Image.entry)(LoadingDriver, &Loading->Service);
    /* The image stays: a machine looks at a driver that refused to start, too. */
    return STATUS_SUCCESS;
}

static VOID NTAPI ImageLoaded(PUNICODE_STRING Name, HANDLE Process, PIMAGE_INFO Info)
{
    UNREFERENCED_PARAMETER(Name);
    UNREFERENCED_PARAMETER(Process);
    if (Loading != NULL && Loading->Image.entry == NULL) {
        ChimneyLabAdoptImage(Info->ImageBase, (PVOID)(ULONG_PTR)EnterInstead, &Loading->Image);
    }
}

NTSTATUS DriverLoaderBegin(VOID) { return PsSetLoadImageNotifyRoutine(ImageLoaded); }

VOID DriverLoaderEnd(VOID)
{
    PsRemoveLoadImageNotifyRoutine(ImageLoaded);
    while (Count > 0) {
        ZwUnloadDriver(&Drivers[--Count].Service);
    }
}

static LOADED *Find(PUNICODE_STRING Service)
{
    ULONG i;

    for (i = 0; i < Count; ++i) {
        if (RtlEqualUnicodeString(&Drivers[i].Service, Service, TRUE)) {
            return &Drivers[i];
        }
    }
    return NULL;
}

NTSTATUS DriverLoaderLoad(PUNICODE_STRING Service, PVOID MachineDriver)
{
    LOADED *driver = Find(Service);
    NTSTATUS status;

    if (driver != NULL) {
        return ((DRIVER_ENTRY)driver->Image.entry)(MachineDriver, &driver->Service);
    }
    if (Count == MOST_DRIVERS || Service->Length > (SERVICE_LENGTH - 1) * sizeof(WCHAR)) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    driver = &Drivers[Count];
    RtlZeroMemory(driver, sizeof(*driver));
    RtlCopyMemory(driver->Text, Service->Buffer, Service->Length);
    driver->Service.Buffer = driver->Text;
    driver->Service.Length = Service->Length;
    driver->Service.MaximumLength = sizeof(driver->Text);
    Loading = driver;
    LoadingDriver = MachineDriver;
    LoadingStatus = STATUS_UNSUCCESSFUL;
    status = ZwLoadDriver(&driver->Service);
    Loading = NULL;
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (driver->Image.entry == NULL) {
        return STATUS_INVALID_IMAGE_FORMAT;
    }
    ++Count;
    return LoadingStatus;
}
