/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Entry point of the lab's offload target: the miniport driver of a physical adapter that holds offloaded TCP state.
 * It is an ordinary DRIVER_INITIALIZE function; its library names it so because several drivers are linked into one
 * program. All state lives in contexts that NDIS hands back, so any number of machines in one process may load it.
 */
#ifndef CHIMNEYLAB_OFFLOAD_TARGET_DRIVER_H
#define CHIMNEYLAB_OFFLOAD_TARGET_DRIVER_H

#include <ndis.h>

#ifdef __cplusplus
extern "C" {
#endif

NTSTATUS ChimneyOffloadTargetDriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath);
/* The same driver without provider chimney tables, though its adapter reports the capabilities: NDIS finds nobody home. */
NTSTATUS ChimneyPlainTargetDriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath);

#ifdef __cplusplus
}
#endif

#endif
