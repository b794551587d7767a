/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     lmdebug.h
 *
 * Abstract:
 *     Debug output, the assertion, and the log that IOCTL_LINKMUX_READ_LOG reads.
 */
#pragma once

#define LM_ERROR 0
#define LM_WARN 1
#define LM_INFO 2
#define LM_LOUD 3

extern LONG LmDebugLevel;

/* Usage: LMTRACE(LM_INFO, ("%s: %p\n", __FUNCTION__, Link)); */
#define LMTRACE(Level, Arguments)          \
    do {                                   \
        if ((LONG)(Level) <= LmDebugLevel) { \
            DbgPrint Arguments;            \
        }                                  \
    } while (FALSE)

#define LM_ASSERT_SIGNATURE(Object, Value) NT_ASSERT((Object)->Signature == (Value))

#define LM_LOG_ENTRIES 32

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID
LmLogInitialize(
    VOID
    );

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID
LmLog(
    _In_z_ _Printf_format_string_ PCSTR Format,
    ...
    );

_IRQL_requires_max_(DISPATCH_LEVEL)
ULONG
LmLogRead(
    _Out_writes_(Capacity) PLINKMUX_LOG_ENTRY Entries,
    _In_ ULONG Capacity
    );
