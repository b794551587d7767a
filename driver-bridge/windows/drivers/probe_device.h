/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The kernel's half of the way out: a control device from which a user-mode relay takes what the probe recorded. Any WDM
 * driver can have one beside its own devices; the driver routes IRPs of this device object to ChimneyDeviceDispatch.
 *
 * The relay keeps one read pending (an inverted call); a system thread of this device looks every millisecond whether there
 * is something for it. Recording itself (chimney_probe_record on ChimneyDeviceProbe) waits for nobody and knows nothing of
 * all this.
 *
 * Security: the device has whatever descriptor the system gives it (IoCreateDevice). A driver for a real machine creates it
 * with IoCreateDeviceSecure and "D:P(A;;GA;;;SY)(A;;GA;;;BA)", so that administrators alone can open it; Wine does not have
 * that function. The relay gets copies; it can ask for reads and nothing else. */
#ifndef CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_DRIVERS_PROBE_DEVICE_H
#define CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_DRIVERS_PROBE_DEVICE_H

#include <ntddk.h>

#include "driver-bridge/probe/probe.h"

typedef struct CHIMNEY_DEVICE CHIMNEY_DEVICE;

typedef struct CHIMNEY_DEVICE_OPTIONS {
    PCWSTR DeviceName;  /* L"\\Device\\…" */
    PCWSTR LinkName;    /* L"\\DosDevices\\…", what the relay opens */
    const char *Producer; /* who records, at most 63 characters */
    ULONG Capabilities; /* chimney_wire_has_virtual_time and _has_references alone have a meaning here */
    SIZE_T RingBytes;   /* for each processor, a power of two */
} CHIMNEY_DEVICE_OPTIONS;

/* PASSIVE_LEVEL. The device lives until ChimneyDeviceDelete, which waits for its thread. */
NTSTATUS ChimneyDeviceCreate(PDRIVER_OBJECT Driver, const CHIMNEY_DEVICE_OPTIONS *Options, CHIMNEY_DEVICE **Device);
VOID ChimneyDeviceDelete(CHIMNEY_DEVICE *Device);
PDEVICE_OBJECT ChimneyDeviceObject(const CHIMNEY_DEVICE *Device);
struct chimney_probe *ChimneyDeviceProbe(const CHIMNEY_DEVICE *Device);

/* IRP_MJ_CREATE, CLEANUP, CLOSE and DEVICE_CONTROL of this device. Requests of other codes are left alone: FALSE, and the
 * caller completes them. */
BOOLEAN ChimneyDeviceDispatch(CHIMNEY_DEVICE *Device, PIRP Irp, NTSTATUS *Status);

/* A frame that stands before all events recorded from now on: names, layers, the description of the run. Any IRQL up to
 * DISPATCH_LEVEL. FALSE: there is no room before the relay has taken something. */
BOOLEAN ChimneyDeviceTell(CHIMNEY_DEVICE *Device, const UCHAR *Frame, SIZE_T Size);

/* Nothing more will be recorded: when all is taken, reads end. */
VOID ChimneyDeviceEnd(CHIMNEY_DEVICE *Device);

#endif
