/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The walk over an offload state tree as NDIS does it: pre-order, a block, then everything below it through
 * DependentBlockList, then its NextBlock. Pending NextBlock pointers wait on an explicit stack of eight; the
 * shipping NDIS does not check it for overflow, this one does and tells (observed behaviour, release x64
 * builds of ndis.sys). A tree of the three legal layers needs at most three, at any width.
 */
#ifndef CHIMNEYLAB_NDIS_CHIMNEY_WALK_H
#define CHIMNEYLAB_NDIS_CHIMNEY_WALK_H

#include "engine/ndis/core/chimney_platform.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CHIMNEY_WALK_STACK 8

/* Blocks, or NET_BUFFER_LISTs of one chain, after which a walk is taken to be endless. */
#define CHIMNEY_WALK_LIMIT 0x100000u

/* FALSE stops the walk. */
typedef BOOLEAN (*CHIMNEY_VISITOR)(void *context, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block);

/* TRUE when every block was visited. A walk that cannot go on has been reported. */
BOOLEAN ChimneyWalk(const CHIMNEY_PLATFORM *platform, const CHIMNEY_CALL *call, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root,
                    CHIMNEY_VISITOR visitor, void *context);

/* Whether `size` bytes at address are there and aligned as a structure with pointers must be. */
BOOLEAN ChimneyAccessible(const CHIMNEY_PLATFORM *platform, const void *address, SIZE_T size);

/* Writes `source` into the SourceHandle of every NET_BUFFER_LIST of a chain. FALSE after a report. */
BOOLEAN ChimneyStampChain(const CHIMNEY_PLATFORM *platform, const CHIMNEY_CALL *call, PNET_BUFFER_LIST chain, NDIS_HANDLE source);

#ifdef __cplusplus
}
#endif

#endif
