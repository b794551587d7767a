/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What a build for NDIS 6.1 or later sees in addition.
 */
#include <ndis.h>
#include <ndischimney.h>

#define PROVE(condition) __extension__ _Static_assert(condition, #condition)

PROVE(NDIS_MINIPORT_MAJOR_VERSION == 6);
PROVE(NDIS_MINIPORT_MINOR_VERSION >= 1);
PROVE(MaxNetBufferListInfo >= 13);
PROVE(sizeof(TCP_OFFLOAD_STATE_DELEGATED) == 128);
PROVE(offsetof(TCP_OFFLOAD_STATE_DELEGATED, DWnd) == 120);
