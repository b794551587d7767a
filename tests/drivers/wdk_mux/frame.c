/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     frame.c
 *
 * Abstract:
 *     Pools, and frames in memory of our own.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

static ALLOCATE_FUNCTION LmAllocateFrameMemory;
static FREE_FUNCTION LmFreeFrameMemory;

static
PVOID
LmAllocateFrameMemory(
    POOL_TYPE PoolType,
    SIZE_T NumberOfBytes,
    ULONG Tag
    )
{
    return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}

static
VOID
LmFreeFrameMemory(
    PVOID Buffer
    )
{
    ExFreePool(Buffer);
}

static
NDIS_HANDLE
LmCreateListPool(
    _In_ BOOLEAN WithNetBuffer
    )
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters;

    NdisZeroMemory(&Parameters, sizeof(Parameters));
    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.ProtocolId = NDIS_PROTOCOL_ID_DEFAULT;
    Parameters.fAllocateNetBuffer = WithNetBuffer;
    Parameters.ContextSize = WithNetBuffer ? LM_FRAME_CONTEXT_SIZE : sizeof(LM_LIST_CONTEXT);
    Parameters.PoolTag = LM_TAG_POOL;
    Parameters.DataSize = 0;
    return NdisAllocateNetBufferListPool(LmDriver.ProtocolHandle, &Parameters);
}

_Use_decl_annotations_
NDIS_STATUS
LmCreatePools(
    PLM_LINK Link
    )
{
    NET_BUFFER_POOL_PARAMETERS Buffers;

    NdisInitializeNPagedLookasideList(&Link->FrameCache, LmAllocateFrameMemory, LmFreeFrameMemory, 0, sizeof(LM_FRAME),
                                      LM_TAG_FRAME, (USHORT)Link->Settings.FrameCacheDepth);
    NdisInitializeNPagedLookasideList(&Link->RequestCache, NULL, NULL, 0, sizeof(LM_REQUEST), LM_TAG_REQUEST, 0);
    Link->CachesReady = TRUE;

    Link->ListPool = LmCreateListPool(FALSE);
    Link->FramePool = LmCreateListPool(TRUE);

    NdisZeroMemory(&Buffers, sizeof(Buffers));
    Buffers.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Buffers.Header.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1;
    Buffers.Header.Size = NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1;
    Buffers.PoolTag = LM_TAG_POOL;
    Buffers.DataSize = 0;
    Link->BufferPool = NdisAllocateNetBufferPool(LmDriver.ProtocolHandle, &Buffers);

    if (Link->ListPool == NULL || Link->FramePool == NULL || Link->BufferPool == NULL) {
        return NDIS_STATUS_RESOURCES; /* LmDeletePools comes with the last reference */
    }
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_
VOID
LmDeletePools(
    PLM_LINK Link
    )
{
    if (Link->ListPool != NULL) {
        NdisFreeNetBufferListPool(Link->ListPool);
        Link->ListPool = NULL;
    }
    if (Link->FramePool != NULL) {
        NdisFreeNetBufferListPool(Link->FramePool);
        Link->FramePool = NULL;
    }
    if (Link->BufferPool != NULL) {
        NdisFreeNetBufferPool(Link->BufferPool);
        Link->BufferPool = NULL;
    }
    if (Link->CachesReady) {
        NdisDeleteNPagedLookasideList(&Link->FrameCache);
        NdisDeleteNPagedLookasideList(&Link->RequestCache);
        Link->CachesReady = FALSE;
    }
}

/* Copies the data of a NET_BUFFER, MDL by MDL. */
static
BOOLEAN
LmCopyData(
    _In_ PNET_BUFFER NetBuffer,
    _Out_writes_bytes_(Length) PUCHAR Destination,
    _In_ ULONG Length
    )
{
    PMDL Mdl = NET_BUFFER_CURRENT_MDL(NetBuffer);
    ULONG Offset = NET_BUFFER_CURRENT_MDL_OFFSET(NetBuffer);

    while (Length != 0 && Mdl != NULL) {
        PUCHAR Data = NULL;
        UINT Bytes = 0;

        NdisQueryMdl(Mdl, (PVOID *)&Data, &Bytes, NormalPagePriority);
        if (Data == NULL || Bytes < Offset) {
            return FALSE;
        }
        Bytes -= Offset;
        Bytes = min(Bytes, Length);
        NdisMoveMemory(Destination, Data + Offset, Bytes);
        Destination += Bytes;
        Length -= Bytes;
        Offset = 0;
        NdisGetNextMdl(Mdl, &Mdl);
    }
    return (BOOLEAN)(Length == 0);
}

_Use_decl_annotations_
PNET_BUFFER_LIST
LmCopyFrame(
    PLM_LINK Link,
    PNET_BUFFER NetBuffer
    )
/*++

Routine Description:

    Makes a list of FramePool with a copy of one frame.

Return Value:

    The list, to be freed with LmFreeFrame; NULL when there is no memory or the frame is longer than Ethernet's

--*/
{
    ULONG Length = NET_BUFFER_DATA_LENGTH(NetBuffer);
    PNET_BUFFER_LIST NetBufferList = NULL;
    PLM_FRAME Frame;

    if (Length < LM_ETHERNET_HEADER || Length > LM_MAX_FRAME) {
        return NULL;
    }
    Frame = (PLM_FRAME)NdisAllocateFromNPagedLookasideList(&Link->FrameCache);
    if (Frame == NULL) {
        return NULL;
    }
    NdisZeroMemory(Frame, FIELD_OFFSET(LM_FRAME, Data));
    Frame->Link = Link;

    do {
        if (!LmCopyData(NetBuffer, Frame->Data, Length)) {
            break;
        }
        Frame->Mdl = NdisAllocateMdl(LmDriver.ProtocolHandle, Frame->Data, Length);
        if (Frame->Mdl == NULL) {
            break;
        }
        NDIS_MDL_LINKAGE(Frame->Mdl) = NULL;
        NetBufferList = NdisAllocateNetBufferAndNetBufferList(Link->FramePool, LM_FRAME_CONTEXT_SIZE, 0, Frame->Mdl, 0, Length);
        if (NetBufferList == NULL) {
            break;
        }
        LM_FRAME_OF(NetBufferList) = Frame;
    } while (FALSE);

    if (NetBufferList == NULL) {
        if (Frame->Mdl != NULL) {
            NdisFreeMdl(Frame->Mdl);
        }
        NdisFreeToNPagedLookasideList(&Link->FrameCache, Frame);
    }
    return NetBufferList;
}

_Use_decl_annotations_
VOID
LmFreeFrame(
    PNET_BUFFER_LIST NetBufferList
    )
{
    PLM_FRAME Frame = LM_FRAME_OF(NetBufferList);

    NdisFreeNetBufferList(NetBufferList);
    NdisFreeMdl(Frame->Mdl);
    NdisFreeToNPagedLookasideList(&Frame->Link->FrameCache, Frame);
}

_Use_decl_annotations_
BOOLEAN
LmReadHeader(
    PNET_BUFFER NetBuffer,
    PLM_ETHERNET_FRAME Header
    )
{
    UCHAR Storage[LM_ETHERNET_HEADER];
    PVOID Data = NdisGetDataBuffer(NetBuffer, LM_ETHERNET_HEADER, Storage, 1, 0);

    if (Data == NULL) {
        return FALSE;
    }
    NdisMoveMemory(Header, Data, LM_ETHERNET_HEADER);
    return TRUE;
}
