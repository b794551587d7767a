/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Storage of the locks and events of NDIS, and the interlocked operations and lists that need no lock of NDIS.
 */
#ifndef CHIMNEYLAB_DDI_NDIS_SYNCHRONIZATION_H
#define CHIMNEYLAB_DDI_NDIS_SYNCHRONIZATION_H

#include "object.h"

CHIMNEYLAB_DDI_BEGIN

typedef struct _NDIS_SPIN_LOCK {
    KSPIN_LOCK SpinLock;
    KIRQL OldIrql;
} NDIS_SPIN_LOCK, *PNDIS_SPIN_LOCK;

typedef struct _NDIS_EVENT {
    KEVENT Event;
} NDIS_EVENT, *PNDIS_EVENT;

typedef KMUTEX NDIS_MUTEX, *PNDIS_MUTEX;
#define NDIS_INIT_MUTEX(mutex) KeInitializeMutex((mutex), 0xFFFF)
#define NDIS_WAIT_FOR_MUTEX(mutex) KeWaitForSingleObject((mutex), Executive, KernelMode, FALSE, NULL)
#define NDIS_RELEASE_MUTEX(mutex) KeReleaseMutex((mutex), FALSE)

/* Opaque to drivers: only the size of the storage matters. */
#if CHIMNEYLAB_DDI_64BIT
#define MAXIMUM_PROCESSORS 64
#else
#define MAXIMUM_PROCESSORS 32
#endif

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

typedef union _NDIS_RW_LOCK_REFCOUNT {
    UINT RefCount;
    UCHAR cacheLine[16];
} NDIS_RW_LOCK_REFCOUNT, *PNDIS_RW_LOCK_REFCOUNT;

typedef struct _NDIS_RW_LOCK {
    union {
        struct {
            KSPIN_LOCK SpinLock;
            PVOID Context;
        };
        UCHAR Reserved[16];
    };
    union {
        NDIS_RW_LOCK_REFCOUNT RefCount[MAXIMUM_PROCESSORS];
        ULONG RefCountEx[4 * MAXIMUM_PROCESSORS];
        struct {
            KSPIN_LOCK RefCountLock;
            volatile ULONG SharedRefCount;
            BOOLEAN WriterWaiting;
        };
    };
} NDIS_RW_LOCK, *PNDIS_RW_LOCK;

#pragma GCC diagnostic pop

typedef struct _LOCK_STATE {
    USHORT LockState;
    KIRQL OldIrql;
} LOCK_STATE, *PLOCK_STATE;

/* Locks of NDIS 6.20. */
typedef struct _NDIS_RW_LOCK_EX NDIS_RW_LOCK_EX, *PNDIS_RW_LOCK_EX;
typedef struct _LOCK_STATE_EX {
    KIRQL OldIrql;
    UCHAR LockState;
    UCHAR Flags;
} LOCK_STATE_EX, *PLOCK_STATE_EX;

#define NDIS_RAISE_IRQL_TO_DISPATCH(old_irql) KeRaiseIrql(DISPATCH_LEVEL, (old_irql))
#define NDIS_LOWER_IRQL(old_irql, current_irql) KeLowerIrql(old_irql)
#define NDIS_CURRENT_IRQL() KeGetCurrentIrql()

static inline LONG NdisInterlockedIncrement(PLONG Addend) { return InterlockedIncrement(Addend); }
static inline LONG NdisInterlockedDecrement(PLONG Addend) { return InterlockedDecrement(Addend); }

static inline VOID NdisInitializeListHead(PLIST_ENTRY ListHead) { InitializeListHead(ListHead); }
static inline VOID NdisInitializeSListHead(PSLIST_HEADER SListHead) { InitializeSListHead(SListHead); }
static inline USHORT NdisQueryDepthSList(PSLIST_HEADER SListHead) { return QueryDepthSList(SListHead); }

CHIMNEYLAB_DDI_END

#endif
