/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     debug.c
 *
 * Abstract:
 *     The log: the last lines that the driver thought worth keeping, for whoever asks through the control device.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

LONG LmDebugLevel = LM_WARN;

typedef struct _LM_LOG {
    KSPIN_LOCK Lock;
    ULONG Written; /* lines so far; the next goes to Written % LM_LOG_ENTRIES */
    LINKMUX_LOG_ENTRY Entries[LM_LOG_ENTRIES];
} LM_LOG;

static LM_LOG LmLogRing;

_Use_decl_annotations_
VOID
LmLogInitialize(
    VOID
    )
{
    RtlZeroMemory(&LmLogRing, sizeof(LmLogRing));
    KeInitializeSpinLock(&LmLogRing.Lock);
}

_Use_decl_annotations_
VOID
LmLog(
    PCSTR Format,
    ...
    )
{
    LINKMUX_LOG_ENTRY Entry;
    LARGE_INTEGER UpTime;
    KIRQL OldIrql;
    va_list Arguments;

    RtlZeroMemory(&Entry, sizeof(Entry));
    NdisGetSystemUpTimeEx(&UpTime);
    Entry.UpTimeMilliseconds = (ULONGLONG)UpTime.QuadPart;
    va_start(Arguments, Format);
    (VOID)RtlStringCbVPrintfA(Entry.Text, sizeof(Entry.Text), Format, Arguments); /* cut off where it is too long */
    va_end(Arguments);

    KeAcquireSpinLock(&LmLogRing.Lock, &OldIrql);
    LmLogRing.Entries[LmLogRing.Written % LM_LOG_ENTRIES] = Entry;
    LmLogRing.Written++;
    KeReleaseSpinLock(&LmLogRing.Lock, OldIrql);

    LMTRACE(LM_INFO, ("%s\n", Entry.Text));
}

_Use_decl_annotations_
ULONG
LmLogRead(
    PLINKMUX_LOG_ENTRY Entries,
    ULONG Capacity
    )
{
    ULONG Count;
    ULONG First;
    ULONG i;
    KIRQL OldIrql;

    KeAcquireSpinLock(&LmLogRing.Lock, &OldIrql);
    Count = min(LmLogRing.Written, LM_LOG_ENTRIES);
    Count = min(Count, Capacity);
    First = LmLogRing.Written - Count;
    for (i = 0; i < Count; i++) {
        Entries[i] = LmLogRing.Entries[(First + i) % LM_LOG_ENTRIES];
    }
    KeReleaseSpinLock(&LmLogRing.Lock, OldIrql);
    return Count;
}
