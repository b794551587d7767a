/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Every header, twice, and the compile-time proof of every layout. Compiled as C and as C++.
 */
#include <ntddk.h>
#include <ntstrsafe.h>
#include <wdm.h>

#include <driverspecs.h>
#include <ntddndis.h>
#include <ntdef.h>
#include <ntstatus.h>
#include <specstrings.h>
#include <xfilter.h>

#include <initguid.h>

#include <pshpack1.h>
typedef struct PACKED {
    UCHAR First;
    ULONG Second;
} PACKED;
#include <poppack.h>
#include <pshpack2.h>
#include <pshpack4.h>
#include <pshpack8.h>
#include <poppack.h>
#include <poppack.h>
#include <poppack.h>

#include <ndis.h>
#include <ndischimney.h>

#include <chimneylab/following_state.h>

#include <ndis.h>
#include <ndischimney.h>

#include "layout_asserts.h"

#ifdef __cplusplus
#define PROVE(condition) static_assert(condition, #condition)
#else
#define PROVE(condition) __extension__ _Static_assert(condition, #condition)
#endif

PROVE(sizeof(PACKED) == 5);
PROVE(sizeof(KTIMER) == (CHIMNEYLAB_DDI_64BIT ? 64 : 40));
PROVE(offsetof(KTIMER, Dpc) == (CHIMNEYLAB_DDI_64BIT ? 48 : 32));
DEFINE_GUID(GUID_OF_THIS_TEST, 0x12345678, 0x1234, 0x5678, 1, 2, 3, 4, 5, 6, 7, 8);

/* Where the classes of a TCP connection and of a path begin behind a block. */
#if CHIMNEYLAB_DDI_64BIT
PROVE(offsetof(CHIMNEYLAB_TCP_STATE, Cached) == 24);
PROVE(offsetof(CHIMNEYLAB_TCP_STATE, Delegated) == 72);
PROVE(offsetof(CHIMNEYLAB_PATH_STATE, Cached) == 24);
PROVE(offsetof(CHIMNEYLAB_PATH_STATE, Delegated) == 36);
#else
PROVE(offsetof(CHIMNEYLAB_TCP_STATE, Cached) == 24);
PROVE(offsetof(CHIMNEYLAB_TCP_STATE, Delegated) == 68);
PROVE(offsetof(CHIMNEYLAB_PATH_STATE, Cached) == 16);
PROVE(offsetof(CHIMNEYLAB_PATH_STATE, Delegated) == 28);
#endif
PROVE(offsetof(CHIMNEYLAB_NEIGHBOR_STATE, Cached) == 44);
PROVE(offsetof(CHIMNEYLAB_NEIGHBOR_STATE, Delegated) == 88);

/* The widths that everything rests on. */
PROVE(sizeof(ULONG) == 4 && sizeof(LONG) == 4 && sizeof(WCHAR) == 2 && sizeof(BOOLEAN) == 1);
PROVE(sizeof(ULONG_PTR) == sizeof(PVOID) && sizeof(NDIS_STATUS) == 4 && sizeof(NDIS_MEDIUM) == 4);
