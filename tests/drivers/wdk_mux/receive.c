/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     receive.c
 *
 * Abstract:
 *     Received lists on their way up, to one virtual miniport or to several, and their way back.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

/* A list of ours is about to go up. The handle to indicate it on; NULL: nobody may hear it. */
static
NDIS_HANDLE
LmHoldVnicForReceive(
    _In_ PLM_VNIC Vnic,
    _In_ LONG Count
    )
{
    NDIS_HANDLE MiniportHandle = NULL;

    NdisAcquireSpinLock(&Vnic->Lock);
    if (Vnic->State == LmRunning) {
        MiniportHandle = Vnic->MiniportHandle;
        Vnic->ReceivesAbove += Count;
    }
    NdisReleaseSpinLock(&Vnic->Lock);
    return MiniportHandle;
}

_Use_decl_annotations_
VOID
LmIndicateCopy(
    PLM_VNIC Vnic,
    PNET_BUFFER_LIST Copy,
    NDIS_PORT_NUMBER PortNumber,
    ULONG Flags
    )
{
    NDIS_HANDLE MiniportHandle = LmHoldVnicForReceive(Vnic, 1);
    LM_ETHERNET_FRAME Header;

    if (MiniportHandle == NULL) {
        LmFreeFrame(Copy);
        return;
    }
    if (LmReadHeader(NET_BUFFER_LIST_FIRST_NB(Copy), &Header)) {
        LmCountReceive(Vnic, &Header, NET_BUFFER_DATA_LENGTH(NET_BUFFER_LIST_FIRST_NB(Copy)));
    }
    LM_FRAME_OF(Copy)->Vnic = Vnic;
    Copy->SourceHandle = MiniportHandle;
    NET_BUFFER_LIST_STATUS(Copy) = NDIS_STATUS_SUCCESS;
    NdisMIndicateReceiveNetBufferLists(MiniportHandle, Copy, PortNumber, 1, Flags & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL);
}

/* Gives up the list of the adapter itself; the state it needs on its way back is in a context. */
static
BOOLEAN
LmIndicateOriginal(
    _In_ PLM_VNIC Vnic,
    _In_ PNET_BUFFER_LIST NetBufferList,
    _In_ NDIS_PORT_NUMBER PortNumber,
    _In_ ULONG Flags
    )
{
    PLM_LIST_CONTEXT Context;
    NDIS_HANDLE MiniportHandle;

    if (NdisAllocateNetBufferListContext(NetBufferList, sizeof(LM_LIST_CONTEXT), 0, LM_TAG_CONTEXT) != NDIS_STATUS_SUCCESS) {
        return FALSE;
    }
    MiniportHandle = LmHoldVnicForReceive(Vnic, 1);
    if (MiniportHandle == NULL) {
        NdisFreeNetBufferListContext(NetBufferList, sizeof(LM_LIST_CONTEXT));
        return FALSE;
    }
    Context = LM_CONTEXT_OF(NetBufferList);
    NdisZeroMemory(Context, sizeof(*Context));
    Context->Vnic = Vnic;
    Context->SourceHandle = NetBufferList->SourceHandle;
    NetBufferList->SourceHandle = MiniportHandle;
    NdisMIndicateReceiveNetBufferLists(MiniportHandle, NetBufferList, PortNumber, 1, Flags);
    return TRUE;
}

static
BOOLEAN
LmIndicateClone(
    _In_ PLM_VNIC Vnic,
    _In_ PNET_BUFFER_LIST NetBufferList,
    _In_ NDIS_PORT_NUMBER PortNumber,
    _In_ ULONG Flags
    )
{
    PLM_LINK Link = Vnic->Link;
    PNET_BUFFER_LIST Clone;
    PLM_LIST_CONTEXT Context;
    NDIS_HANDLE MiniportHandle;

    Clone = NdisAllocateCloneNetBufferList(NetBufferList, Link->ListPool, Link->BufferPool, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
    if (Clone == NULL) {
        return FALSE;
    }
    MiniportHandle = NULL;
    if (NdisAllocateNetBufferListContext(Clone, sizeof(LM_LIST_CONTEXT), 0, LM_TAG_CONTEXT) == NDIS_STATUS_SUCCESS) {
        MiniportHandle = LmHoldVnicForReceive(Vnic, 1);
        if (MiniportHandle == NULL) {
            NdisFreeNetBufferListContext(Clone, sizeof(LM_LIST_CONTEXT));
        }
    }
    if (MiniportHandle == NULL) {
        NdisFreeCloneNetBufferList(Clone, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
        return FALSE;
    }
    NdisCopyReceiveNetBufferListInfo(Clone, NetBufferList);
    Context = LM_CONTEXT_OF(Clone);
    NdisZeroMemory(Context, sizeof(*Context));
    Context->Vnic = Vnic;
    Context->Original = NetBufferList;
    Clone->ParentNetBufferList = NetBufferList;
    Clone->SourceHandle = MiniportHandle;
    NET_BUFFER_LIST_STATUS(Clone) = NDIS_STATUS_SUCCESS;
    NdisInterlockedIncrement(&NetBufferList->ChildRefCount);
    InterlockedIncrement64((LONG64 volatile *)&Vnic->Counters.Cloned);
    NdisMIndicateReceiveNetBufferLists(MiniportHandle, Clone, PortNumber, 1, Flags);
    return TRUE;
}

/* The adapter lends the list for the call only: so do we, unless a copy can be had. */
static
VOID
LmIndicateLent(
    _In_ PLM_VNIC Vnic,
    _In_ PNET_BUFFER_LIST NetBufferList,
    _In_ NDIS_PORT_NUMBER PortNumber,
    _In_ ULONG Flags
    )
{
    NDIS_HANDLE MiniportHandle;
    NDIS_HANDLE SourceHandle = NetBufferList->SourceHandle;

    if (Vnic->Link->Settings.CopyLentReceives) {
        PNET_BUFFER_LIST Copy = LmCopyFrame(Vnic->Link, NET_BUFFER_LIST_FIRST_NB(NetBufferList));

        if (Copy != NULL) {
            NdisCopyReceiveNetBufferListInfo(Copy, NetBufferList);
            LmIndicateCopy(Vnic, Copy, PortNumber, Flags);
            return;
        }
    }
    MiniportHandle = LmHoldVnicForReceive(Vnic, 1);
    if (MiniportHandle == NULL) {
        return;
    }
    NetBufferList->SourceHandle = MiniportHandle;
    NdisMIndicateReceiveNetBufferLists(MiniportHandle, NetBufferList, PortNumber, 1, Flags | NDIS_RECEIVE_FLAGS_RESOURCES);
    NetBufferList->SourceHandle = SourceHandle;
    LmReleaseVnic(Vnic, 0, 1);
}

/* One list to all who want it. TRUE: it is up, and comes back by MpReturnNetBufferLists. */
static
BOOLEAN
LmDistribute(
    _In_ PLM_LINK Link,
    _In_ PNET_BUFFER_LIST NetBufferList,
    _In_ NDIS_PORT_NUMBER PortNumber,
    _In_ ULONG Flags
    )
{
    PLM_VNIC Vnics[LM_MAX_VNICS];
    PLM_VNIC Targets[LM_MAX_VNICS];
    PNET_BUFFER NetBuffer = NET_BUFFER_LIST_FIRST_NB(NetBufferList);
    LM_ETHERNET_FRAME Header;
    ULONG Count;
    ULONG TargetCount = 0;
    ULONG i;
    BOOLEAN Up = FALSE;

    if (NetBuffer == NULL || !LmReadHeader(NetBuffer, &Header)) {
        return FALSE;
    }
    LMTRACE(LM_LOUD, ("%wZ: a frame of type 0x%04x\n", &Link->AdapterName, RtlUshortByteSwap(Header.EtherType)));
    Count = LmSnapshotVnics(Link, Vnics);
    for (i = 0; i < Count; i++) {
        if (LmVnicWantsFrame(Vnics[i], &Header)) {
            Targets[TargetCount++] = Vnics[i];
        }
    }

    if (NDIS_TEST_RECEIVE_CANNOT_PEND(Flags)) {
        for (i = 0; i < TargetCount; i++) {
            if (!Link->Settings.CopyLentReceives) {
                LmCountReceive(Targets[i], &Header, NET_BUFFER_DATA_LENGTH(NetBuffer));
            }
            LmIndicateLent(Targets[i], NetBufferList, PortNumber, Flags);
        }
    } else if (TargetCount == 1) {
        LmCountReceive(Targets[0], &Header, NET_BUFFER_DATA_LENGTH(NetBuffer));
        Up = LmIndicateOriginal(Targets[0], NetBufferList, PortNumber, Flags);
        if (!Up) {
            LmCountNoBuffer(Targets[0]);
        }
    } else if (TargetCount > 1) {
        NetBufferList->ChildRefCount = 1; /* ours, until all have theirs */
        for (i = 0; i < TargetCount; i++) {
            if (LmIndicateClone(Targets[i], NetBufferList, PortNumber, Flags)) {
                LmCountReceive(Targets[i], &Header, NET_BUFFER_DATA_LENGTH(NetBuffer));
            } else {
                LmCountNoBuffer(Targets[i]);
            }
        }
        Up = (BOOLEAN)(NdisInterlockedDecrement(&NetBufferList->ChildRefCount) != 0);
    }
    LmReleaseSnapshot(Vnics, Count);
    return Up;
}

_Use_decl_annotations_
VOID
PtReceiveNetBufferLists(
    NDIS_HANDLE ProtocolBindingContext,
    PNET_BUFFER_LIST NetBufferLists,
    NDIS_PORT_NUMBER PortNumber,
    ULONG NumberOfNetBufferLists,
    ULONG ReceiveFlags
    )
{
    PLM_LINK Link = (PLM_LINK)ProtocolBindingContext;
    BOOLEAN Lent = NDIS_TEST_RECEIVE_CANNOT_PEND(ReceiveFlags);
    ULONG ReturnFlags = NDIS_TEST_RECEIVE_AT_DISPATCH_LEVEL(ReceiveFlags) ? NDIS_RETURN_FLAGS_DISPATCH_LEVEL : 0;
    PNET_BUFFER_LIST Current;
    PNET_BUFFER_LIST Next;
    LM_CHAIN Unwanted;

    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    LmChainInitialize(&Unwanted);

    for (Current = NetBufferLists; Current != NULL; Current = Next) {
        Next = NET_BUFFER_LIST_NEXT_NBL(Current);
        NET_BUFFER_LIST_NEXT_NBL(Current) = NULL;
        if (!LmDistribute(Link, Current, PortNumber, ReceiveFlags) && !Lent) {
            LmChainAppend(&Unwanted, Current);
        }
        if (Lent) {
            NET_BUFFER_LIST_NEXT_NBL(Current) = Next; /* the chain is the adapter's, as it was */
        }
    }
    if (Unwanted.Head != NULL) {
        NdisReturnNetBufferLists(Link->BindingHandle, Unwanted.Head, ReturnFlags);
    }
}

_Use_decl_annotations_
VOID
MpReturnNetBufferLists(
    NDIS_HANDLE MiniportAdapterContext,
    PNET_BUFFER_LIST NetBufferLists,
    ULONG ReturnFlags
    )
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportAdapterContext;
    PLM_LINK Link = Vnic->Link;
    PNET_BUFFER_LIST Current;
    PNET_BUFFER_LIST Next;
    LONG Returned = 0;
    LM_CHAIN Below;

    LmChainInitialize(&Below);
    for (Current = NetBufferLists; Current != NULL; Current = Next) {
        NDIS_HANDLE Pool = NdisGetPoolFromNetBufferList(Current);

        Next = NET_BUFFER_LIST_NEXT_NBL(Current);
        NET_BUFFER_LIST_NEXT_NBL(Current) = NULL;
        Returned++;

        if (Pool == Link->FramePool) {
            NT_ASSERT(LM_FRAME_OF(Current)->Vnic == Vnic);
            LmFreeFrame(Current);
        } else if (Pool == Link->ListPool) {
            PNET_BUFFER_LIST Original = LM_CONTEXT_OF(Current)->Original;

            NdisFreeNetBufferListContext(Current, sizeof(LM_LIST_CONTEXT));
            NdisFreeCloneNetBufferList(Current, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
            if (NdisInterlockedDecrement(&Original->ChildRefCount) == 0) {
                LmChainAppend(&Below, Original);
            }
        } else {
            Current->SourceHandle = LM_CONTEXT_OF(Current)->SourceHandle;
            NdisFreeNetBufferListContext(Current, sizeof(LM_LIST_CONTEXT));
            LmChainAppend(&Below, Current);
        }
    }
    if (Below.Head != NULL) {
        NdisReturnNetBufferLists(Link->BindingHandle, Below.Head, ReturnFlags);
    }
    LmReleaseVnic(Vnic, 0, Returned);
}
