/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 */
#include "engine/ndis/core/chimney_walk.h"

BOOLEAN ChimneyAccessible(const CHIMNEY_PLATFORM *platform, const void *address, SIZE_T size)
{
    if (address == NULL || ((ULONG_PTR)address & (sizeof(void *) - 1)) != 0) {
        return FALSE;
    }
    return platform->Accessible(platform->Self, address, size);
}

BOOLEAN ChimneyWalk(const CHIMNEY_PLATFORM *platform, const CHIMNEY_CALL *call, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root,
                    CHIMNEY_VISITOR visitor, void *context)
{
    PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST pending[CHIMNEY_WALK_STACK];
    PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block = root;
    ULONG depth = 0;
    ULONG visited = 0;

    for (;;) {
        if (!ChimneyAccessible(platform, block, sizeof(*block))) {
            platform->Report(platform->Self, call, ChimneyBadAddress, block,
                             "the tree leads to a block list at an address where there is no memory");
            return FALSE;
        }
        if (++visited > CHIMNEY_WALK_LIMIT) {
            platform->Report(platform->Self, call, ChimneyEndlessWalk, block,
                             "the tree does not end: a block is reachable from itself, NDIS would walk it for ever");
            return FALSE;
        }
        if (!visitor(context, block)) {
            return FALSE;
        }
        if (block->NextBlock != NULL) {
            if (depth == CHIMNEY_WALK_STACK) {
                platform->Report(platform->Self, call, ChimneyWalkOverrun, block,
                                 "the chain of dependent block lists, each with a NextBlock, is deeper than the eight "
                                 "pointers NDIS keeps; the shipping NDIS would overrun its stack");
                return FALSE;
            }
            pending[depth++] = block->NextBlock;
        }
        if (block->DependentBlockList != NULL) {
            block = block->DependentBlockList;
        } else if (depth != 0) {
            block = pending[--depth];
        } else {
            return TRUE;
        }
    }
}

BOOLEAN ChimneyStampChain(const CHIMNEY_PLATFORM *platform, const CHIMNEY_CALL *call, PNET_BUFFER_LIST chain, NDIS_HANDLE source)
{
    ULONG visited = 0;

    while (chain != NULL) {
        if (!ChimneyAccessible(platform, chain, sizeof(*chain))) {
            platform->Report(platform->Self, call, ChimneyBadAddress, chain,
                             "the chain leads to a NET_BUFFER_LIST at an address where there is no memory");
            return FALSE;
        }
        if (++visited > CHIMNEY_WALK_LIMIT) {
            platform->Report(platform->Self, call, ChimneyEndlessWalk, chain,
                             "the chain of NET_BUFFER_LISTs does not end, NDIS would walk it for ever");
            return FALSE;
        }
        chain->SourceHandle = source;
        platform->NetBufferListGoesDown(platform->Self, call, chain);
        chain = chain->Next;
    }
    return TRUE;
}
