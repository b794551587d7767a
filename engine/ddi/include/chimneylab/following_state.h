/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The state that follows a block, found by one rule for every party: host stack, intermediate driver, offload
 * target, NDIS and whoever looks at a trace.
 *
 * The driver kit's pages say only that the state "immediately follows". Here each structure begins where the
 * one before it ends, rounded up to its own alignment, as a C compiler would lay out the three as members;
 * the first begins where the block ends. A block that carries one class has that one structure at the start.
 *
 * Offsets and sizes are bytes from the end of the block. Nothing is allocated or checked: the memory behind the
 * block is the caller's, StateSize bytes of it. Plain C99 without state; any thread, any level.
 */
#ifndef CHIMNEYLAB_DDI_FOLLOWING_STATE_H
#define CHIMNEYLAB_DDI_FOLLOWING_STATE_H

#include "../ndischimney.h"

CHIMNEYLAB_DDI_BEGIN

typedef enum _CHIMNEYLAB_STATE_LAYER {
    ChimneylabNoLayer = 0,
    ChimneylabNeighborLayer = 1,
    ChimneylabPathLayer = 2,
    ChimneylabTcpLayer = 3
} CHIMNEYLAB_STATE_LAYER;

/* The offset of a class that a type does not carry. */
#define CHIMNEYLAB_NO_STATE 0xFFFFFFFFu

typedef struct _CHIMNEYLAB_STATE_PLACEMENT {
    CHIMNEYLAB_STATE_LAYER Layer;
    ULONG ConstOffset;
    ULONG CachedOffset;
    ULONG DelegatedOffset;
    ULONG StateSize;      /* up to the end of the last structure */
    UCHAR AddressFamily;  /* of a path: 4 or 6; otherwise 0 */
} CHIMNEYLAB_STATE_PLACEMENT;

/* The three classes of a layer, one after the other, as the compiler lays them out. */
typedef struct _CHIMNEYLAB_NEIGHBOR_STATE {
    NEIGHBOR_OFFLOAD_STATE_CONST Const;
    NEIGHBOR_OFFLOAD_STATE_CACHED Cached;
    NEIGHBOR_OFFLOAD_STATE_DELEGATED Delegated;
} CHIMNEYLAB_NEIGHBOR_STATE;

typedef struct _CHIMNEYLAB_PATH_STATE {
    PATH_OFFLOAD_STATE_CONST Const;
    PATH_OFFLOAD_STATE_CACHED Cached;
    PATH_OFFLOAD_STATE_DELEGATED Delegated;
} CHIMNEYLAB_PATH_STATE;

typedef struct _CHIMNEYLAB_TCP_STATE {
    TCP_OFFLOAD_STATE_CONST Const;
    TCP_OFFLOAD_STATE_CACHED Cached;
    TCP_OFFLOAD_STATE_DELEGATED Delegated;
} CHIMNEYLAB_TCP_STATE;

/* The layer of a block's Header.Type; ChimneylabNoLayer for a type that carries no state known here. */
static inline CHIMNEYLAB_STATE_LAYER ChimneylabStateLayer(UCHAR Type)
{
    if (Type >= NeighborOffloadConstState && Type <= NeighborOffloadState) {
        return ChimneylabNeighborLayer;
    }
    if (Type >= Ip4OffloadConstState && Type <= Ip6OffloadState) {
        return ChimneylabPathLayer;
    }
    if ((Type >= TcpOffloadConstState && Type <= TcpOffloadDelegatedState) || Type == TcpOffloadState) {
        return ChimneylabTcpLayer;
    }
    return ChimneylabNoLayer;
}

/* Where the classes of Type are. With ChimneylabNoLayer every offset is CHIMNEYLAB_NO_STATE and StateSize 0. */
static inline CHIMNEYLAB_STATE_PLACEMENT ChimneylabStatePlacement(UCHAR Type)
{
    CHIMNEYLAB_STATE_PLACEMENT placement;
    ULONG size_of_const = 0;
    ULONG size_of_cached = 0;
    ULONG size_of_delegated = 0;

    placement.Layer = ChimneylabStateLayer(Type);
    placement.ConstOffset = CHIMNEYLAB_NO_STATE;
    placement.CachedOffset = CHIMNEYLAB_NO_STATE;
    placement.DelegatedOffset = CHIMNEYLAB_NO_STATE;
    placement.StateSize = 0;
    placement.AddressFamily = 0;

    switch (placement.Layer) {
    case ChimneylabNeighborLayer:
        placement.ConstOffset = (ULONG)offsetof(CHIMNEYLAB_NEIGHBOR_STATE, Const);
        placement.CachedOffset = (ULONG)offsetof(CHIMNEYLAB_NEIGHBOR_STATE, Cached);
        placement.DelegatedOffset = (ULONG)offsetof(CHIMNEYLAB_NEIGHBOR_STATE, Delegated);
        size_of_const = (ULONG)sizeof(NEIGHBOR_OFFLOAD_STATE_CONST);
        size_of_cached = (ULONG)sizeof(NEIGHBOR_OFFLOAD_STATE_CACHED);
        size_of_delegated = (ULONG)sizeof(NEIGHBOR_OFFLOAD_STATE_DELEGATED);
        break;
    case ChimneylabPathLayer:
        placement.ConstOffset = (ULONG)offsetof(CHIMNEYLAB_PATH_STATE, Const);
        placement.CachedOffset = (ULONG)offsetof(CHIMNEYLAB_PATH_STATE, Cached);
        placement.DelegatedOffset = (ULONG)offsetof(CHIMNEYLAB_PATH_STATE, Delegated);
        size_of_const = (ULONG)sizeof(PATH_OFFLOAD_STATE_CONST);
        size_of_cached = (ULONG)sizeof(PATH_OFFLOAD_STATE_CACHED);
        size_of_delegated = (ULONG)sizeof(PATH_OFFLOAD_STATE_DELEGATED);
        placement.AddressFamily = (UCHAR)(Type <= Ip4OffloadState ? 4 : 6);
        break;
    case ChimneylabTcpLayer:
        placement.ConstOffset = (ULONG)offsetof(CHIMNEYLAB_TCP_STATE, Const);
        placement.CachedOffset = (ULONG)offsetof(CHIMNEYLAB_TCP_STATE, Cached);
        placement.DelegatedOffset = (ULONG)offsetof(CHIMNEYLAB_TCP_STATE, Delegated);
        size_of_const = (ULONG)sizeof(TCP_OFFLOAD_STATE_CONST);
        size_of_cached = (ULONG)sizeof(TCP_OFFLOAD_STATE_CACHED);
        size_of_delegated = (ULONG)sizeof(TCP_OFFLOAD_STATE_DELEGATED);
        break;
    case ChimneylabNoLayer:
        return placement;
    }

    switch (Type) {
    case NeighborOffloadConstState:
    case Ip4OffloadConstState:
    case Ip6OffloadConstState:
    case TcpOffloadConstState:
        placement.CachedOffset = CHIMNEYLAB_NO_STATE;
        placement.DelegatedOffset = CHIMNEYLAB_NO_STATE;
        placement.StateSize = size_of_const;
        break;
    case NeighborOffloadCachedState:
    case Ip4OffloadCachedState:
    case Ip6OffloadCachedState:
    case TcpOffloadCachedState:
        placement.ConstOffset = CHIMNEYLAB_NO_STATE;
        placement.CachedOffset = 0;
        placement.DelegatedOffset = CHIMNEYLAB_NO_STATE;
        placement.StateSize = size_of_cached;
        break;
    case NeighborOffloadDelegatedState:
    case Ip4OffloadDelegatedState:
    case Ip6OffloadDelegatedState:
    case TcpOffloadDelegatedState:
        placement.ConstOffset = CHIMNEYLAB_NO_STATE;
        placement.CachedOffset = CHIMNEYLAB_NO_STATE;
        placement.DelegatedOffset = 0;
        placement.StateSize = size_of_delegated;
        break;
    default:
        placement.StateSize = placement.DelegatedOffset + size_of_delegated;
        break;
    }
    return placement;
}

/* How many bytes follow a block of this type. */
static inline ULONG ChimneylabStateSize(UCHAR Type) { return ChimneylabStatePlacement(Type).StateSize; }

/* How many bytes a block of this type and its state take: what the builder of a tree allocates. */
static inline ULONG ChimneylabBlockAndStateSize(UCHAR Type)
{
    return (ULONG)sizeof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST) + ChimneylabStateSize(Type);
}

/* The first byte behind a block; Block is either view of it. */
static inline PVOID ChimneylabFollowingState(const VOID *Block)
{
    return (PVOID)((ULONG_PTR)Block + sizeof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST));
}

static inline PVOID ChimneylabStateAt(const VOID *Block, ULONG Offset)
{
    return Offset == CHIMNEYLAB_NO_STATE ? NULL : (PVOID)((PUCHAR)ChimneylabFollowingState(Block) + Offset);
}

static inline CHIMNEYLAB_STATE_PLACEMENT ChimneylabPlacementInLayer(const VOID *Block, CHIMNEYLAB_STATE_LAYER Layer)
{
    UCHAR type = ((const NDIS_OBJECT_HEADER *)Block)->Type;
    return ChimneylabStatePlacement(ChimneylabStateLayer(type) == Layer ? type : (UCHAR)MaximumOffloadState);
}

/* One structure of the state behind a block (either view), or NULL when its Header.Type does not carry it. */

static inline PNEIGHBOR_OFFLOAD_STATE_CONST ChimneylabNeighborConst(const VOID *Block)
{
    return (PNEIGHBOR_OFFLOAD_STATE_CONST)ChimneylabStateAt(
        Block, ChimneylabPlacementInLayer(Block, ChimneylabNeighborLayer).ConstOffset);
}
static inline PNEIGHBOR_OFFLOAD_STATE_CACHED ChimneylabNeighborCached(const VOID *Block)
{
    return (PNEIGHBOR_OFFLOAD_STATE_CACHED)ChimneylabStateAt(
        Block, ChimneylabPlacementInLayer(Block, ChimneylabNeighborLayer).CachedOffset);
}
static inline PNEIGHBOR_OFFLOAD_STATE_DELEGATED ChimneylabNeighborDelegated(const VOID *Block)
{
    return (PNEIGHBOR_OFFLOAD_STATE_DELEGATED)ChimneylabStateAt(
        Block, ChimneylabPlacementInLayer(Block, ChimneylabNeighborLayer).DelegatedOffset);
}
static inline PPATH_OFFLOAD_STATE_CONST ChimneylabPathConst(const VOID *Block)
{
    return (PPATH_OFFLOAD_STATE_CONST)ChimneylabStateAt(
        Block, ChimneylabPlacementInLayer(Block, ChimneylabPathLayer).ConstOffset);
}
static inline PPATH_OFFLOAD_STATE_CACHED ChimneylabPathCached(const VOID *Block)
{
    return (PPATH_OFFLOAD_STATE_CACHED)ChimneylabStateAt(
        Block, ChimneylabPlacementInLayer(Block, ChimneylabPathLayer).CachedOffset);
}
static inline PPATH_OFFLOAD_STATE_DELEGATED ChimneylabPathDelegated(const VOID *Block)
{
    return (PPATH_OFFLOAD_STATE_DELEGATED)ChimneylabStateAt(
        Block, ChimneylabPlacementInLayer(Block, ChimneylabPathLayer).DelegatedOffset);
}
static inline PTCP_OFFLOAD_STATE_CONST ChimneylabTcpConst(const VOID *Block)
{
    return (PTCP_OFFLOAD_STATE_CONST)ChimneylabStateAt(
        Block, ChimneylabPlacementInLayer(Block, ChimneylabTcpLayer).ConstOffset);
}
static inline PTCP_OFFLOAD_STATE_CACHED ChimneylabTcpCached(const VOID *Block)
{
    return (PTCP_OFFLOAD_STATE_CACHED)ChimneylabStateAt(
        Block, ChimneylabPlacementInLayer(Block, ChimneylabTcpLayer).CachedOffset);
}
static inline PTCP_OFFLOAD_STATE_DELEGATED ChimneylabTcpDelegated(const VOID *Block)
{
    return (PTCP_OFFLOAD_STATE_DELEGATED)ChimneylabStateAt(
        Block, ChimneylabPlacementInLayer(Block, ChimneylabTcpLayer).DelegatedOffset);
}

/* Zeroes the state behind a block and writes the Length of every structure that is there. */
static inline VOID ChimneylabInitializeFollowingState(PVOID Block)
{
    CHIMNEYLAB_STATE_PLACEMENT placement = ChimneylabStatePlacement(((const NDIS_OBJECT_HEADER *)Block)->Type);
    POFFLOAD_STATE_HEADER header;
    static const ULONG lengths[4][3] = {
        { 0, 0, 0 },
        { sizeof(NEIGHBOR_OFFLOAD_STATE_CONST), sizeof(NEIGHBOR_OFFLOAD_STATE_CACHED),
          sizeof(NEIGHBOR_OFFLOAD_STATE_DELEGATED) },
        { sizeof(PATH_OFFLOAD_STATE_CONST), sizeof(PATH_OFFLOAD_STATE_CACHED),
          sizeof(PATH_OFFLOAD_STATE_DELEGATED) },
        { sizeof(TCP_OFFLOAD_STATE_CONST), sizeof(TCP_OFFLOAD_STATE_CACHED), sizeof(TCP_OFFLOAD_STATE_DELEGATED) }
    };

    RtlZeroMemory(ChimneylabFollowingState(Block), placement.StateSize);
    header = (POFFLOAD_STATE_HEADER)ChimneylabStateAt(Block, placement.ConstOffset);
    if (header != NULL) {
        header->Length = lengths[placement.Layer][0];
    }
    header = (POFFLOAD_STATE_HEADER)ChimneylabStateAt(Block, placement.CachedOffset);
    if (header != NULL) {
        header->Length = lengths[placement.Layer][1];
    }
    header = (POFFLOAD_STATE_HEADER)ChimneylabStateAt(Block, placement.DelegatedOffset);
    if (header != NULL) {
        header->Length = lengths[placement.Layer][2];
    }
}

CHIMNEYLAB_DDI_END

#endif
