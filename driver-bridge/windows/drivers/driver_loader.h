/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Loads the drivers of a run: each through the system's own loader, from the service that bears its name; the lab's machine
 * stands between it and DriverEntry. All calls on one thread at PASSIVE_LEVEL, one loader in a system. */
#ifndef CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_DRIVERS_DRIVER_LOADER_H
#define CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_DRIVERS_DRIVER_LOADER_H

#include <ntddk.h>

NTSTATUS DriverLoaderBegin(VOID);
/* Every driver that was loaded is unloaded. */
VOID DriverLoaderEnd(VOID);

/* Service: its key in the registry. DriverEntry gets MachineDriver and Service. Returns its status, or why it did not come to
 * that. A driver that is loaded already has its DriverEntry called again. */
NTSTATUS DriverLoaderLoad(PUNICODE_STRING Service, PVOID MachineDriver);

#endif
