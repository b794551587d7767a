/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Memory, locks, events, timers, work items, configuration, strings, private device. Each comment begins with
 * the level the caller may run at.
 */
#ifndef CHIMNEYLAB_DDI_NDIS_SERVICE_FUNCTIONS_H
#define CHIMNEYLAB_DDI_NDIS_SERVICE_FUNCTIONS_H

#include "characteristics.h"
#include "service_object.h"
#include "synchronization.h"

CHIMNEYLAB_DDI_BEGIN

/* ---- Memory and lookaside ---- */

/* <= DISPATCH_LEVEL: nonpaged; NULL on failure; freed with NdisFreeMemory(p,0,0). */
PVOID NdisAllocateMemoryWithTagPriority(NDIS_HANDLE NdisHandle, UINT Length, ULONG Tag, EX_POOL_PRIORITY Priority);
/* <= DISPATCH_LEVEL: the older form, for drivers without a handle at hand; FAILURE when there is no memory; freed with
   NdisFreeMemory(p, Length, 0). */
NDIS_STATUS NdisAllocateMemoryWithTag(PVOID *VirtualAddress, UINT Length, ULONG Tag);
/* any level: MemoryFlags 0 for pool; Length may be 0 for tag-priority memory. */
VOID NdisFreeMemory(PVOID VirtualAddress, UINT Length, UINT MemoryFlags);
/* any level: 6.20 documented. */
VOID NdisFreeMemoryWithTagPriority(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, ULONG Tag);
/* <= DISPATCH_LEVEL: Allocate/Free may be NULL, Flags and Depth 0. */
VOID NdisInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
                                       PFREE_FUNCTION Free, ULONG Flags, ULONG Size, ULONG Tag, USHORT Depth);
/* <= DISPATCH_LEVEL: NULL on failure. */
PVOID NdisAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside);
/* <= DISPATCH_LEVEL. */
VOID NdisFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry);
/* <= DISPATCH_LEVEL: all entries must be back. */
VOID NdisDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside);

/* ---- Locks, events, interlocked ---- */

/* any level: initialises. */
VOID NdisAllocateSpinLock(PNDIS_SPIN_LOCK SpinLock);
/* any level: no-op. */
VOID NdisFreeSpinLock(PNDIS_SPIN_LOCK SpinLock);
/* <= DISPATCH_LEVEL: raises to DISPATCH_LEVEL, saves old IRQL in the lock. */
VOID NdisAcquireSpinLock(PNDIS_SPIN_LOCK SpinLock);
/* DISPATCH_LEVEL: restores it. */
VOID NdisReleaseSpinLock(PNDIS_SPIN_LOCK SpinLock);
/* DISPATCH_LEVEL: caller already at DISPATCH_LEVEL. */
VOID NdisDprAcquireSpinLock(PNDIS_SPIN_LOCK SpinLock);
/* DISPATCH_LEVEL. */
VOID NdisDprReleaseSpinLock(PNDIS_SPIN_LOCK SpinLock);
/* any level: 6.0/6.1 lock, caller storage; no delete call. */
VOID NdisInitializeReadWriteLock(PNDIS_RW_LOCK Lock);
/* <= DISPATCH_LEVEL: fWrite TRUE exclusive; raises to DISPATCH_LEVEL; IRQL kept in LockState. */
VOID NdisAcquireReadWriteLock(PNDIS_RW_LOCK Lock, BOOLEAN fWrite, PLOCK_STATE LockState);
/* DISPATCH_LEVEL. */
VOID NdisReleaseReadWriteLock(PNDIS_RW_LOCK Lock, PLOCK_STATE LockState);
/* DISPATCH_LEVEL. */
VOID NdisDprAcquireReadWriteLock(PNDIS_RW_LOCK Lock, BOOLEAN fWrite, PLOCK_STATE LockState);
/* DISPATCH_LEVEL. */
VOID NdisDprReleaseReadWriteLock(PNDIS_RW_LOCK Lock, PLOCK_STATE LockState);
/* <= DISPATCH_LEVEL: 6.20. */
PNDIS_RW_LOCK_EX NdisAllocateRWLock(NDIS_HANDLE NdisHandle);
/* <= DISPATCH_LEVEL: 6.20. */
VOID NdisFreeRWLock(PNDIS_RW_LOCK_EX Lock);
/* <= DISPATCH_LEVEL: 6.20; Flags 0 or NDIS_RWL_AT_DISPATCH_LEVEL. */
VOID NdisAcquireRWLockRead(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags);
/* <= DISPATCH_LEVEL: 6.20. */
VOID NdisAcquireRWLockWrite(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags);
/* DISPATCH_LEVEL: 6.20. */
VOID NdisReleaseRWLock(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState);
/* any level: manual reset, not signalled. */
VOID NdisInitializeEvent(PNDIS_EVENT Event);
/* <= DISPATCH_LEVEL. */
VOID NdisSetEvent(PNDIS_EVENT Event);
/* <= DISPATCH_LEVEL. */
VOID NdisResetEvent(PNDIS_EVENT Event);
/* PASSIVE_LEVEL: TRUE if signalled, FALSE on timeout; MsToWait 0 = forever. */
BOOLEAN NdisWaitEvent(PNDIS_EVENT Event, UINT MsToWait);
/* any level. */
VOID NdisInterlockedAddUlong(PULONG Addend, ULONG Increment, PNDIS_SPIN_LOCK SpinLock);
/* any level. */
VOID NdisInterlockedAddLargeStatistic(PLARGE_INTEGER Addend, ULONG Increment);
/* any level: previous first or NULL. */
PLIST_ENTRY NdisInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PNDIS_SPIN_LOCK SpinLock);
/* any level: previous last or NULL. */
PLIST_ENTRY NdisInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PNDIS_SPIN_LOCK SpinLock);
/* any level: removed or NULL. */
PLIST_ENTRY NdisInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PNDIS_SPIN_LOCK SpinLock);
/* any level. */
PSINGLE_LIST_ENTRY NdisInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSINGLE_LIST_ENTRY ListEntry,
                                        PNDIS_SPIN_LOCK Lock);
/* any level. */
PSINGLE_LIST_ENTRY NdisInterlockedPopEntrySList(PSLIST_HEADER ListHead, PNDIS_SPIN_LOCK Lock);

/* ---- Timers, work items, time ---- */

/* <= DISPATCH_LEVEL: callback and default context from the characteristics. */
NDIS_STATUS NdisAllocateTimerObject(NDIS_HANDLE NdisHandle, PNDIS_TIMER_CHARACTERISTICS TimerCharacteristics,
                                    PNDIS_HANDLE pTimerObject);
/* <= DISPATCH_LEVEL: DueTime 100 ns units, negative = relative; period 0 = one shot; FunctionContext NULL =
   default; TRUE if the timer was already queued (re-armed). */
BOOLEAN NdisSetTimerObject(NDIS_HANDLE TimerObject, LARGE_INTEGER DueTime, LONG MillisecondsPeriod,
                           PVOID FunctionContext);
/* any level: TRUE if it was queued; periodic timers only at PASSIVE_LEVEL; FALSE = callback ran or is running. */
BOOLEAN NdisCancelTimerObject(NDIS_HANDLE TimerObject);
/* <= DISPATCH_LEVEL: not while queued. */
VOID NdisFreeTimerObject(NDIS_HANDLE TimerObject);
/* <= DISPATCH_LEVEL: 6.20. */
BOOLEAN NdisSetCoalescableTimerObject(NDIS_HANDLE TimerObject, LARGE_INTEGER DueTime, LONG MillisecondsPeriod,
                                      PVOID FunctionContext, ULONG Tolerance);
/* <= DISPATCH_LEVEL: needs a miniport adapter, miniport driver, or device handle (not a protocol handle); NULL on
   failure. */
NDIS_HANDLE NdisAllocateIoWorkItem(NDIS_HANDLE NdisObjectHandle);
/* <= DISPATCH_LEVEL: runs Routine once on a system thread at PASSIVE_LEVEL. */
VOID NdisQueueIoWorkItem(NDIS_HANDLE NdisIoWorkItemHandle, NDIS_IO_WORKITEM_ROUTINE Routine, PVOID WorkItemContext);
/* <= DISPATCH_LEVEL: may be called from the routine itself. */
VOID NdisFreeIoWorkItem(NDIS_HANDLE NdisIoWorkItemHandle);
/* any level: 100 ns since 1601. */
VOID NdisGetCurrentSystemTime(PLARGE_INTEGER pSystemTime);
/* any level: milliseconds. */
VOID NdisGetSystemUpTimeEx(PLARGE_INTEGER pSystemUpTime);
/* any level: busy wait, microseconds. */
VOID NdisStallExecution(UINT MicrosecondsToStall);
/* any level: a driver that keeps something for each processor asks before it allocates. */
CCHAR NdisSystemProcessorCount(VOID);

/* ---- Configuration and strings ---- */

/* PASSIVE_LEVEL: NdisHandle in the object selects the key: adapter handle = adapter key, protocol/bind handle =
   protocol parameters, miniport driver handle = driver key. */
NDIS_STATUS NdisOpenConfigurationEx(PNDIS_CONFIGURATION_OBJECT ConfigObject, PNDIS_HANDLE ConfigurationHandle);
/* PASSIVE_LEVEL: frees parameters returned through the handle. */
VOID NdisCloseConfiguration(NDIS_HANDLE ConfigurationHandle);
/* PASSIVE_LEVEL: *ParameterValue owned by NDIS until close; Status FAILURE if the value is absent. */
VOID NdisReadConfiguration(PNDIS_STATUS Status, PNDIS_CONFIGURATION_PARAMETER *ParameterValue,
                           NDIS_HANDLE ConfigurationHandle, PNDIS_STRING Keyword,
                           NDIS_PARAMETER_TYPE ParameterType);
/* PASSIVE_LEVEL. */
VOID NdisWriteConfiguration(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle, PNDIS_STRING Keyword,
                            PNDIS_CONFIGURATION_PARAMETER ParameterValue);
/* < DISPATCH_LEVEL. */
VOID NdisOpenConfigurationKeyByName(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle, PNDIS_STRING SubKeyName,
                                    PNDIS_HANDLE SubKeyHandle);
/* < DISPATCH_LEVEL. */
VOID NdisOpenConfigurationKeyByIndex(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle, ULONG Index,
                                     PNDIS_STRING KeyName, PNDIS_HANDLE KeyHandle);
/* PASSIVE_LEVEL: value NetworkAddress of the adapter key as bytes; owned by NDIS. */
VOID NdisReadNetworkAddress(PNDIS_STATUS Status, PVOID *NetworkAddress, PUINT NetworkAddressLength,
                            NDIS_HANDLE ConfigurationHandle);
/* PASSIVE_LEVEL: allocates; freed with NdisFreeString. */
VOID NdisInitializeString(PNDIS_STRING DestinationString, PUCHAR SourceString);
/* PASSIVE_LEVEL. */
VOID NdisFreeString(NDIS_STRING String);
/* PASSIVE_LEVEL. */
BOOLEAN NdisEqualString(PNDIS_STRING String1, PNDIS_STRING String2, BOOLEAN CaseInsensitive);
/* PASSIVE_LEVEL. */
BOOLEAN NdisEqualUnicodeString(PNDIS_STRING String1, PNDIS_STRING String2, BOOLEAN CaseInSensitive);
/* PASSIVE_LEVEL: destination provided by the caller. */
NTSTATUS NdisUpcaseUnicodeString(PUNICODE_STRING DestinationString, PUNICODE_STRING SourceString);
/* PASSIVE_LEVEL. */
NDIS_STATUS NdisAnsiStringToUnicodeString(PUNICODE_STRING DestinationString, PANSI_STRING SourceString);
/* PASSIVE_LEVEL. */
NDIS_STATUS NdisUnicodeStringToAnsiString(PANSI_STRING DestinationString, PUNICODE_STRING SourceString);

/* ---- Private device object ---- */

/* PASSIVE_LEVEL: NdisHandle = miniport driver handle; creates the device and symbolic link, routes its IRPs to
   MajorFunctions[]. */
NDIS_STATUS NdisRegisterDeviceEx(NDIS_HANDLE NdisHandle, PNDIS_DEVICE_OBJECT_ATTRIBUTES DeviceObjectAttributes,
                                 PDEVICE_OBJECT *pDeviceObject, PNDIS_HANDLE NdisDeviceHandle);
/* PASSIVE_LEVEL: removes both and frees the extension. */
VOID NdisDeregisterDeviceEx(NDIS_HANDLE NdisDeviceHandle);
/* any level: ExtensionSize bytes area. */
PVOID NdisGetDeviceReservedExtension(PDEVICE_OBJECT DeviceObject);

CHIMNEYLAB_DDI_END

#endif
