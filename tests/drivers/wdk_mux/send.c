/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     send.c
 *
 * Abstract:
 *     Sends on their way down, in one of three fashions, and their way back.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

/* May the adapter be given a list? It counts as below from here on. */
static
NDIS_STATUS
LmHoldLinkForSend(
    _In_ PLM_LINK Link,
    _In_ LONG Count
    )
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    NdisAcquireSpinLock(&Link->Lock);
    if (Link->PowerState != NdisDeviceStateD0) {
        Status = NDIS_STATUS_LOW_POWER_STATE;
    } else if (Link->State != LmRunning) {
        Status = NDIS_STATUS_PAUSED;
    } else {
        Link->SendsBelow += Count;
    }
    NdisReleaseSpinLock(&Link->Lock);
    return Status;
}

/*
 * Gives frames to the other virtual miniports that want them. TRUE: every frame of the list was for one of them alone, the
 * adapter need not see it.
 */
static
BOOLEAN
LmSwitchLocally(
    _In_ PLM_VNIC Sender,
    _In_ PNET_BUFFER_LIST NetBufferList,
    _In_ NDIS_PORT_NUMBER PortNumber,
    _In_ ULONG SendFlags
    )
{
    PLM_VNIC Vnics[LM_MAX_VNICS];
    ULONG Count = LmSnapshotVnics(Sender->Link, Vnics);
    ULONG ReceiveFlags = NDIS_TEST_SEND_AT_DISPATCH_LEVEL(SendFlags) ? NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL : 0;
    BOOLEAN LocalOnly = TRUE;
    PNET_BUFFER NetBuffer;
    LM_ETHERNET_FRAME Header;
    ULONG i;

    for (NetBuffer = NET_BUFFER_LIST_FIRST_NB(NetBufferList); NetBuffer != NULL; NetBuffer = NET_BUFFER_NEXT_NB(NetBuffer)) {
        BOOLEAN Local = FALSE;

        if (!LmReadHeader(NetBuffer, &Header)) {
            LocalOnly = FALSE;
            continue;
        }
        for (i = 0; i < Count; i++) {
            PNET_BUFFER_LIST Copy;

            if (Vnics[i] == Sender || !LmVnicWantsFrame(Vnics[i], &Header)) {
                continue;
            }
            if (NdisEqualMemory(Vnics[i]->CurrentAddress, Header.Destination, ETH_LENGTH_OF_ADDRESS)) {
                Local = TRUE;
            }
            Copy = LmCopyFrame(Sender->Link, NetBuffer);
            if (Copy == NULL) {
                LmCountNoBuffer(Vnics[i]);
                continue;
            }
            NdisCopySendNetBufferListInfo(Copy, NetBufferList);
            InterlockedIncrement64((LONG64 volatile *)&Sender->Counters.Switched);
            LmIndicateCopy(Vnics[i], Copy, PortNumber, ReceiveFlags);
        }
        LocalOnly = (BOOLEAN)(LocalOnly && Local);
    }
    LmReleaseSnapshot(Vnics, Count);
    return LocalOnly;
}

static
VOID
LmCountFrames(
    _In_ PLM_VNIC Vnic,
    _In_ PNET_BUFFER_LIST NetBufferList
    )
{
    PNET_BUFFER NetBuffer;
    LM_ETHERNET_FRAME Header;

    for (NetBuffer = NET_BUFFER_LIST_FIRST_NB(NetBufferList); NetBuffer != NULL; NetBuffer = NET_BUFFER_NEXT_NB(NetBuffer)) {
        if (LmReadHeader(NetBuffer, &Header)) {
            LmCountSend(Vnic, &Header, NET_BUFFER_DATA_LENGTH(NetBuffer));
        }
    }
}

/* The sender's list itself goes down. What was in it that we need again is in the context. */
static
NDIS_STATUS
LmPassThrough(
    _In_ PLM_VNIC Vnic,
    _In_ PNET_BUFFER_LIST NetBufferList,
    _Inout_ PLM_CHAIN Below
    )
{
    PLM_LIST_CONTEXT Context;
    NDIS_STATUS Status;

    Status = NdisAllocateNetBufferListContext(NetBufferList, sizeof(LM_LIST_CONTEXT), 0, LM_TAG_CONTEXT);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    Context = LM_CONTEXT_OF(NetBufferList);
    NdisZeroMemory(Context, sizeof(*Context));
    Context->Vnic = Vnic;
    Context->SourceHandle = NetBufferList->SourceHandle;
    NetBufferList->SourceHandle = Vnic->Link->BindingHandle;
    LmChainAppend(Below, NetBufferList);
    return NDIS_STATUS_SUCCESS;
}

static
NDIS_STATUS
LmSendClone(
    _In_ PLM_VNIC Vnic,
    _In_ PNET_BUFFER_LIST NetBufferList,
    _Inout_ PLM_CHAIN Below
    )
{
    PLM_LINK Link = Vnic->Link;
    PLM_LIST_CONTEXT Context;
    PNET_BUFFER_LIST Clone;

    Clone = NdisAllocateCloneNetBufferList(NetBufferList, Link->ListPool, Link->BufferPool, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
    if (Clone == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    if (NdisAllocateNetBufferListContext(Clone, sizeof(LM_LIST_CONTEXT), 0, LM_TAG_CONTEXT) != NDIS_STATUS_SUCCESS) {
        NdisFreeCloneNetBufferList(Clone, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
        return NDIS_STATUS_RESOURCES;
    }
    NdisCopySendNetBufferListInfo(Clone, NetBufferList);
    Clone->ParentNetBufferList = NetBufferList;
    NetBufferList->ChildRefCount = 1;
    Context = LM_CONTEXT_OF(Clone);
    NdisZeroMemory(Context, sizeof(*Context));
    Context->Vnic = Vnic;
    Context->Original = NetBufferList;
    Clone->SourceHandle = Link->BindingHandle;
    LmChainAppend(Below, Clone);
    return NDIS_STATUS_SUCCESS;
}

/* One list for each frame; the original waits until all are back. */
static
NDIS_STATUS
LmSendCopies(
    _In_ PLM_VNIC Vnic,
    _In_ PNET_BUFFER_LIST NetBufferList,
    _Inout_ PLM_CHAIN Below
    )
{
    PLM_LINK Link = Vnic->Link;
    LM_CHAIN Copies;
    PNET_BUFFER NetBuffer;

    LmChainInitialize(&Copies);
    for (NetBuffer = NET_BUFFER_LIST_FIRST_NB(NetBufferList); NetBuffer != NULL; NetBuffer = NET_BUFFER_NEXT_NB(NetBuffer)) {
        PNET_BUFFER_LIST Copy = LmCopyFrame(Link, NetBuffer);

        if (Copy == NULL) {
            while (Copies.Head != NULL) {
                PNET_BUFFER_LIST Next = NET_BUFFER_LIST_NEXT_NBL(Copies.Head);

                LmFreeFrame(Copies.Head);
                Copies.Head = Next;
            }
            return NET_BUFFER_DATA_LENGTH(NetBuffer) > LM_MAX_FRAME ? NDIS_STATUS_INVALID_LENGTH : NDIS_STATUS_RESOURCES;
        }
        NdisCopySendNetBufferListInfo(Copy, NetBufferList);
        LM_FRAME_OF(Copy)->Vnic = Vnic;
        LM_FRAME_OF(Copy)->Original = NetBufferList;
        Copy->SourceHandle = Link->BindingHandle;
        LmChainAppend(&Copies, Copy);
    }
    if (Copies.Count == 0) {
        return NDIS_STATUS_INVALID_PACKET;
    }
    NET_BUFFER_LIST_STATUS(NetBufferList) = NDIS_STATUS_SUCCESS;
    NetBufferList->ChildRefCount = (LONG)Copies.Count;
    *Below->Tail = Copies.Head;
    Below->Tail = Copies.Tail;
    Below->Count += Copies.Count;
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_
VOID
MpSendNetBufferLists(
    NDIS_HANDLE MiniportAdapterContext,
    PNET_BUFFER_LIST NetBufferList,
    NDIS_PORT_NUMBER PortNumber,
    ULONG SendFlags
    )
/*++

Routine Description:

    A protocol above sends. Each list either goes down to the adapter or comes back at once: delivered to another virtual
    miniport, or refused.

Arguments:

    MiniportAdapterContext - the virtual miniport
    NetBufferList          - a chain of lists, ours until they are completed
    PortNumber             - the default port
    SendFlags              - NDIS_SEND_FLAGS_...

--*/
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportAdapterContext;
    PLM_LINK Link = Vnic->Link;
    BOOLEAN DispatchLevel = NDIS_TEST_SEND_AT_DISPATCH_LEVEL(SendFlags);
    ULONG CompleteFlags = DispatchLevel ? NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL : 0;
    LM_CHAIN Below;
    LM_CHAIN Done;
    PNET_BUFFER_LIST Current;
    PNET_BUFFER_LIST Next;

    LmChainInitialize(&Below);
    LmChainInitialize(&Done);

    for (Current = NetBufferList; Current != NULL; Current = Next) {
        LM_CHAIN Mine;
        NDIS_STATUS Status;

        Next = NET_BUFFER_LIST_NEXT_NBL(Current);
        NET_BUFFER_LIST_NEXT_NBL(Current) = NULL;
        LmChainInitialize(&Mine);

        if (!LmHoldVnicForSend(Vnic, 1, DispatchLevel)) {
            NET_BUFFER_LIST_STATUS(Current) = NDIS_STATUS_PAUSED;
            LmCountSendFailure(Vnic, 1, NDIS_STATUS_PAUSED);
            NdisMSendNetBufferListsComplete(Vnic->MiniportHandle, Current, CompleteFlags);
            continue;
        }
        if (Link->Settings.SwitchLocally && LmSwitchLocally(Vnic, Current, PortNumber, SendFlags)) {
            LmCountFrames(Vnic, Current);
            NET_BUFFER_LIST_STATUS(Current) = NDIS_STATUS_SUCCESS;
            LmChainAppend(&Done, Current);
            continue;
        }

        switch (Link->Settings.SendMode) {
        case LINKMUX_SEND_PASS_THROUGH:
            Status = LmPassThrough(Vnic, Current, &Mine);
            break;
        case LINKMUX_SEND_COPY:
            Status = LmSendCopies(Vnic, Current, &Mine);
            break;
        case LINKMUX_SEND_CLONE:
        default:
            Status = LmSendClone(Vnic, Current, &Mine);
            break;
        }
        if (Status == NDIS_STATUS_SUCCESS) {
            Status = LmHoldLinkForSend(Link, (LONG)Mine.Count);
            if (Status != NDIS_STATUS_SUCCESS) {
                /* Undone by the way of a completion that nobody below has anything to do with. */
                PNET_BUFFER_LIST Undone;

                for (Undone = Mine.Head; Undone != NULL; Undone = NET_BUFFER_LIST_NEXT_NBL(Undone)) {
                    NET_BUFFER_LIST_STATUS(Undone) = Status;
                }
                NdisAcquireSpinLock(&Link->Lock);
                Link->SendsBelow += (LONG)Mine.Count;
                NdisReleaseSpinLock(&Link->Lock);
                PtSendNetBufferListsComplete((NDIS_HANDLE)Link, Mine.Head, CompleteFlags);
                continue;
            }
            LmCountFrames(Vnic, Current);
            *Below.Tail = Mine.Head;
            Below.Tail = Mine.Tail;
            Below.Count += Mine.Count;
        } else {
            LmCountSendFailure(Vnic, 1, Status);
            NET_BUFFER_LIST_STATUS(Current) = Status;
            LmChainAppend(&Done, Current);
        }
    }

    if (Below.Head != NULL) {
        NdisSendNetBufferLists(Link->BindingHandle, Below.Head, NDIS_DEFAULT_PORT_NUMBER, SendFlags);
    }
    if (Done.Head != NULL) {
        ULONG Count = Done.Count;

        NdisMSendNetBufferListsComplete(Vnic->MiniportHandle, Done.Head, CompleteFlags);
        LmReleaseVnic(Vnic, (LONG)Count, 0);
    }
}

/* Gives a run of lists back to the protocol above. */
static
VOID
LmFlushCompletions(
    _In_opt_ PLM_VNIC Vnic,
    _Inout_ PLM_CHAIN Chain,
    _In_ ULONG SendCompleteFlags
    )
{
    if (Chain->Head != NULL) {
        ULONG Count = Chain->Count;

        NdisMSendNetBufferListsComplete(Vnic->MiniportHandle, Chain->Head, SendCompleteFlags);
        LmReleaseVnic(Vnic, (LONG)Count, 0);
    }
    LmChainInitialize(Chain);
}

_Use_decl_annotations_
VOID
PtSendNetBufferListsComplete(
    NDIS_HANDLE ProtocolBindingContext,
    PNET_BUFFER_LIST NetBufferLists,
    ULONG SendCompleteFlags
    )
{
    PLM_LINK Link = (PLM_LINK)ProtocolBindingContext;
    PNET_BUFFER_LIST Current;
    PNET_BUFFER_LIST Next;
    PLM_VNIC RunOf = NULL;
    LM_CHAIN Run;
    LONG Returned = 0;

    LmChainInitialize(&Run);
    for (Current = NetBufferLists; Current != NULL; Current = Next) {
        NDIS_HANDLE Pool = NdisGetPoolFromNetBufferList(Current);
        NDIS_STATUS Status = NET_BUFFER_LIST_STATUS(Current);
        PNET_BUFFER_LIST Original;
        PLM_VNIC Vnic;

        Next = NET_BUFFER_LIST_NEXT_NBL(Current);
        NET_BUFFER_LIST_NEXT_NBL(Current) = NULL;
        Returned++;

        if (Pool == Link->FramePool) {
            PLM_FRAME Frame = LM_FRAME_OF(Current);

            Vnic = Frame->Vnic;
            Original = Frame->Original;
            if (Status != NDIS_STATUS_SUCCESS) {
                NET_BUFFER_LIST_STATUS(Original) = Status;
            }
            LmFreeFrame(Current);
            if (NdisInterlockedDecrement(&Original->ChildRefCount) != 0) {
                continue;
            }
            Status = NET_BUFFER_LIST_STATUS(Original);
        } else if (Pool == Link->ListPool) {
            Vnic = LM_CONTEXT_OF(Current)->Vnic;
            Original = LM_CONTEXT_OF(Current)->Original;
            NET_BUFFER_LIST_STATUS(Original) = Status;
            Original->ChildRefCount = 0;
            NdisFreeNetBufferListContext(Current, sizeof(LM_LIST_CONTEXT));
            NdisFreeCloneNetBufferList(Current, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
        } else {
            Vnic = LM_CONTEXT_OF(Current)->Vnic;
            Original = Current;
            Current->SourceHandle = LM_CONTEXT_OF(Current)->SourceHandle;
            NdisFreeNetBufferListContext(Current, sizeof(LM_LIST_CONTEXT));
        }
        if (Status != NDIS_STATUS_SUCCESS) {
            LmCountSendFailure(Vnic, 1, Status);
        }
        if (Vnic != RunOf) {
            LmFlushCompletions(RunOf, &Run, SendCompleteFlags);
            RunOf = Vnic;
        }
        LmChainAppend(&Run, Original);
    }
    LmFlushCompletions(RunOf, &Run, SendCompleteFlags);
    LmSendsReturnedFromBelow(Link, Returned);
}

/* Lists with this cancel ID may be below; clones and copies carry the ID of their original. */
_Use_decl_annotations_
VOID
MpCancelSend(
    NDIS_HANDLE MiniportAdapterContext,
    PVOID CancelId
    )
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportAdapterContext;

    NdisCancelSendNetBufferLists(Vnic->Link->BindingHandle, CancelId);
}
