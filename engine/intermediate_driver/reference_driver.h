/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Entry point of the reference intermediate driver as the lab links it. The sources themselves call it DriverEntry, as
 * every driver does; the library is compiled with -DDriverEntry=ChimneyReferenceIntermediateDriverEntry.
 */
#ifndef CHIMNEYLAB_REFERENCE_DRIVER_H
#define CHIMNEYLAB_REFERENCE_DRIVER_H

#include <ndis.h>

#ifdef __cplusplus
extern "C" {
#endif

NTSTATUS ChimneyReferenceIntermediateDriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath);

#ifdef __cplusplus
}
#endif

#endif
