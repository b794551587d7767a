/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     object.c
 *
 * Abstract:
 *     The two objects of the driver, their references and their lists.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

_Use_decl_annotations_
PLM_LINK
LmCreateLink(
    PNDIS_BIND_PARAMETERS Parameters
    )
{
    PLM_LINK Link;

    Link = (PLM_LINK)NdisAllocateMemoryWithTagPriority(LmDriver.ProtocolHandle, sizeof(LM_LINK), LM_TAG_LINK, NormalPoolPriority);
    if (Link == NULL) {
        return NULL;
    }
    NdisZeroMemory(Link, sizeof(*Link));
    Link->Signature = LM_LINK_SIGNATURE;
    Link->References = 1;
    Link->State = LmInitializing;
    Link->PowerState = NdisDeviceStateD0;
    Link->Settings = LmDriver.Settings;
    InitializeListHead(&Link->Entry);
    InitializeListHead(&Link->Vnics);
    NdisAllocateSpinLock(&Link->Lock);
    NdisInitializeReadWriteLock(&Link->VnicLock);
    NdisInitializeEvent(&Link->OpenCloseEvent);
    NdisInitializeEvent(&Link->RequestsDone);
    NdisSetEvent(&Link->RequestsDone);

    NdisMoveMemory(&Link->BindParameters, Parameters, min(Parameters->Header.Size, (USHORT)sizeof(Link->BindParameters)));
    if (Parameters->PowerManagementCapabilities != NULL) {
        Link->HasPowerCapabilities = TRUE;
        Link->PowerCapabilities = *Parameters->PowerManagementCapabilities;
    }
    Link->BindParameters.ProtocolSection = NULL;
    Link->BindParameters.AdapterName = NULL;
    Link->BindParameters.PhysicalDeviceObject = NULL;
    Link->BindParameters.PowerManagementCapabilities = NULL;
    Link->BindParameters.RcvScaleCapabilities = NULL;
    Link->BindParameters.ActivePorts = NULL;
    Link->BindParameters.DefaultOffloadConfiguration = NULL;
    Link->BindParameters.TcpConnectionOffloadCapabilities = NULL;
    Link->BindParameters.BoundAdapterName = NULL;

    Link->LinkState.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Link->LinkState.Header.Revision = NDIS_LINK_STATE_REVISION_1;
    Link->LinkState.Header.Size = NDIS_SIZEOF_LINK_STATE_REVISION_1;
    Link->LinkState.MediaConnectState = Parameters->MediaConnectState;
    Link->LinkState.MediaDuplexState = Parameters->MediaDuplexState;
    Link->LinkState.XmitLinkSpeed = Parameters->XmitLinkSpeed;
    Link->LinkState.RcvLinkSpeed = Parameters->RcvLinkSpeed;
    Link->LinkState.PauseFunctions = NdisPauseFunctionsUnsupported;

    if (LmCopyString(&Link->AdapterName, Parameters->AdapterName) != NDIS_STATUS_SUCCESS) {
        LmDereferenceLink(Link);
        return NULL;
    }

    NdisAcquireSpinLock(&LmDriver.Lock);
    Link->Number = LmDriver.NextLinkNumber++;
    InsertTailList(&LmDriver.Links, &Link->Entry);
    LmDriver.LinkCount++;
    NdisReleaseSpinLock(&LmDriver.Lock);
    return Link;
}

_Use_decl_annotations_
VOID
LmReferenceLink(
    PLM_LINK Link
    )
{
    LONG References = NdisInterlockedIncrement(&Link->References);

    NT_ASSERT(References > 1);
    UNREFERENCED_PARAMETER(References);
}

_Use_decl_annotations_
VOID
LmDereferenceLink(
    PLM_LINK Link
    )
{
    LM_ASSERT_SIGNATURE(Link, LM_LINK_SIGNATURE);
    if (NdisInterlockedDecrement(&Link->References) != 0) {
        return;
    }
    NT_ASSERT(IsListEmpty(&Link->Vnics));
    NdisAcquireSpinLock(&LmDriver.Lock);
    if (!IsListEmpty(&Link->Entry)) {
        RemoveEntryList(&Link->Entry);
        LmDriver.LinkCount--;
    }
    NdisReleaseSpinLock(&LmDriver.Lock);
    LmDeletePools(Link);
    LmFreeString(&Link->AdapterName);
    NdisFreeSpinLock(&Link->Lock);
    Link->Signature = 0;
    NdisFreeMemory(Link, 0, 0);
}

_Use_decl_annotations_
PLM_VNIC
LmCreateVnic(
    PLM_LINK Link,
    PCUNICODE_STRING DeviceName,
    ULONG Number
    )
{
    PLM_VNIC Vnic;

    Vnic = (PLM_VNIC)NdisAllocateMemoryWithTagPriority(LmDriver.MiniportDriverHandle, sizeof(LM_VNIC), LM_TAG_VNIC, NormalPoolPriority);
    if (Vnic == NULL) {
        return NULL;
    }
    NdisZeroMemory(Vnic, sizeof(*Vnic));
    if (LmCopyString(&Vnic->DeviceName, DeviceName) != NDIS_STATUS_SUCCESS) {
        NdisFreeMemory(Vnic, 0, 0);
        return NULL;
    }
    Vnic->Signature = LM_VNIC_SIGNATURE;
    Vnic->References = 1;
    Vnic->Number = Number;
    Vnic->Link = Link;
    Vnic->State = LmInitializing;
    Vnic->PowerState = NdisDeviceStateD0;
    Vnic->Lookahead = LM_LOOKAHEAD;
    InitializeListHead(&Vnic->Entry);
    NdisAllocateSpinLock(&Vnic->Lock);
    NdisInitializeEvent(&Vnic->InitializeEvent);
    NdisInitializeEvent(&Vnic->HaltEvent);
    LmReferenceLink(Link);
    return Vnic;
}

_Use_decl_annotations_
VOID
LmReferenceVnic(
    PLM_VNIC Vnic
    )
{
    NdisInterlockedIncrement(&Vnic->References);
}

_Use_decl_annotations_
VOID
LmDereferenceVnic(
    PLM_VNIC Vnic
    )
{
    PLM_LINK Link = Vnic->Link;

    LM_ASSERT_SIGNATURE(Vnic, LM_VNIC_SIGNATURE);
    if (NdisInterlockedDecrement(&Vnic->References) != 0) {
        return;
    }
    NT_ASSERT(Vnic->SendsHeld == 0 && Vnic->ReceivesAbove == 0 && Vnic->Request == NULL);
    LmFreeString(&Vnic->DeviceName);
    NdisFreeSpinLock(&Vnic->Lock);
    Vnic->Signature = 0;
    NdisFreeMemory(Vnic, 0, 0);
    LmDereferenceLink(Link);
}

/* The list of a link has a reference of its own on each member. */
_Use_decl_annotations_
VOID
LmInsertVnic(
    PLM_VNIC Vnic
    )
{
    PLM_LINK Link = Vnic->Link;
    LOCK_STATE LockState;

    LmReferenceVnic(Vnic);
    NdisAcquireReadWriteLock(&Link->VnicLock, TRUE, &LockState);
    InsertTailList(&Link->Vnics, &Vnic->Entry);
    Link->VnicCount++;
    NdisReleaseReadWriteLock(&Link->VnicLock, &LockState);
}

_Use_decl_annotations_
VOID
LmRemoveVnic(
    PLM_VNIC Vnic
    )
{
    PLM_LINK Link = Vnic->Link;
    LOCK_STATE LockState;
    BOOLEAN Removed = FALSE;

    NdisAcquireReadWriteLock(&Link->VnicLock, TRUE, &LockState);
    if (!IsListEmpty(&Vnic->Entry)) {
        RemoveEntryList(&Vnic->Entry);
        InitializeListHead(&Vnic->Entry);
        Link->VnicCount--;
        Removed = TRUE;
    }
    NdisReleaseReadWriteLock(&Link->VnicLock, &LockState);
    if (Removed) {
        LmDereferenceVnic(Vnic);
    }
}

_Use_decl_annotations_
PLM_VNIC
LmFindVnicByName(
    PLM_LINK Link,
    PCUNICODE_STRING DeviceName
    )
{
    PLM_VNIC Vnics[LM_MAX_VNICS];
    PLM_VNIC Found = NULL;
    ULONG Count = LmSnapshotVnics(Link, Vnics);
    ULONG i;

    for (i = 0; i < Count; i++) {
        if (RtlEqualUnicodeString(&Vnics[i]->DeviceName, DeviceName, TRUE)) {
            Found = Vnics[i];
            LmReferenceVnic(Found);
            break;
        }
    }
    LmReleaseSnapshot(Vnics, Count);
    return Found;
}

/* The members of a link at this moment, referenced, so that NDIS can be called for each without a lock. */
_Use_decl_annotations_
ULONG
LmSnapshotVnics(
    PLM_LINK Link,
    PLM_VNIC *Vnics
    )
{
    LOCK_STATE LockState;
    PLIST_ENTRY Entry;
    ULONG Count = 0;

    NdisAcquireReadWriteLock(&Link->VnicLock, FALSE, &LockState);
    for (Entry = Link->Vnics.Flink; Entry != &Link->Vnics && Count < LM_MAX_VNICS; Entry = Entry->Flink) {
        Vnics[Count] = CONTAINING_RECORD(Entry, LM_VNIC, Entry);
        LmReferenceVnic(Vnics[Count]);
        Count++;
    }
    NdisReleaseReadWriteLock(&Link->VnicLock, &LockState);
    return Count;
}

_Use_decl_annotations_
VOID
LmReleaseSnapshot(
    PLM_VNIC *Vnics,
    ULONG Count
    )
{
    while (Count != 0) {
        LmDereferenceVnic(Vnics[--Count]);
    }
}

_Use_decl_annotations_
PLM_LINK
LmFindLink(
    ULONG Number
    )
{
    PLIST_ENTRY Entry;
    PLM_LINK Found = NULL;

    NdisAcquireSpinLock(&LmDriver.Lock);
    for (Entry = LmDriver.Links.Flink; Entry != &LmDriver.Links; Entry = Entry->Flink) {
        PLM_LINK Link = CONTAINING_RECORD(Entry, LM_LINK, Entry);

        if (Link->Number == Number) {
            LmReferenceLink(Link);
            Found = Link;
            break;
        }
    }
    NdisReleaseSpinLock(&LmDriver.Lock);
    return Found;
}

_Use_decl_annotations_
PLM_VNIC
LmFindVnic(
    ULONG LinkNumber,
    ULONG VnicNumber
    )
{
    PLM_LINK Link = LmFindLink(LinkNumber);
    PLM_VNIC Vnics[LM_MAX_VNICS];
    PLM_VNIC Found = NULL;
    ULONG Count;
    ULONG i;

    if (Link == NULL) {
        return NULL;
    }
    Count = LmSnapshotVnics(Link, Vnics);
    for (i = 0; i < Count && Found == NULL; i++) {
        if (Vnics[i]->Number == VnicNumber) {
            Found = Vnics[i];
            LmReferenceVnic(Found);
        }
    }
    LmReleaseSnapshot(Vnics, Count);
    LmDereferenceLink(Link);
    return Found;
}
