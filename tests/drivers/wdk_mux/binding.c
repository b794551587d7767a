/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     binding.c
 *
 * Abstract:
 *     The lower edge comes and goes: bind, open, the virtual miniports, close, unbind.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

#ifdef ALLOC_PRAGMA
#pragma NDIS_PAGEABLE_FUNCTION(PtBindAdapter)
#pragma NDIS_PAGEABLE_FUNCTION(PtUnbindAdapter)
#pragma NDIS_PAGEABLE_FUNCTION(LmCreateMissingVnics)
#pragma NDIS_PAGEABLE_FUNCTION(LmDeleteVnics)
#endif

static
NDIS_STATUS
LmOpen(
    _In_ PLM_LINK Link,
    _In_ NDIS_HANDLE BindContext,
    _In_ PNDIS_BIND_PARAMETERS BindParameters
    )
{
    NDIS_OPEN_PARAMETERS Open;
    NDIS_MEDIUM Media[] = { NdisMedium802_3, NdisMediumWan };
    NET_FRAME_TYPE FrameTypes[] = { NDIS_ETH_TYPE_IPV4, NDIS_ETH_TYPE_ARP, NDIS_ETH_TYPE_IPV6 };
    UINT SelectedMedium = 0;
    NDIS_STATUS Status;

    NdisZeroMemory(&Open, sizeof(Open));
    Open.Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Open.Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Open.Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Open.AdapterName = BindParameters->AdapterName;
    Open.MediumArray = Media;
    Open.MediumArraySize = ARRAYSIZE(Media);
    Open.SelectedMediumIndex = &SelectedMedium;
    Open.FrameTypeArray = FrameTypes;
    Open.FrameTypeArraySize = ARRAYSIZE(FrameTypes);

    NdisResetEvent(&Link->OpenCloseEvent);
    Status = NdisOpenAdapterEx(LmDriver.ProtocolHandle, (NDIS_HANDLE)Link, &Open, BindContext, &Link->BindingHandle);
    if (Status == NDIS_STATUS_PENDING) {
        NdisWaitEvent(&Link->OpenCloseEvent, 0);
        Status = Link->OpenCloseStatus;
    }
    if (Status != NDIS_STATUS_SUCCESS) {
        Link->BindingHandle = NULL;
    } else if (Media[SelectedMedium] != NdisMedium802_3) {
        Status = NDIS_STATUS_UNSUPPORTED_MEDIA;
    }
    return Status;
}

static
VOID
LmClose(
    _In_ PLM_LINK Link
    )
{
    NDIS_STATUS Status;

    if (Link->BindingHandle == NULL) {
        return;
    }
    NdisAcquireSpinLock(&Link->Lock);
    Link->State = LmClosing;
    NdisReleaseSpinLock(&Link->Lock);
    LmWaitForRequests(Link);

    NdisResetEvent(&Link->OpenCloseEvent);
    Status = NdisCloseAdapterEx(Link->BindingHandle);
    if (Status == NDIS_STATUS_PENDING) {
        NdisWaitEvent(&Link->OpenCloseEvent, 0);
    }
    Link->BindingHandle = NULL;
}

_Use_decl_annotations_
NDIS_STATUS
PtBindAdapter(
    NDIS_HANDLE ProtocolDriverContext,
    NDIS_HANDLE BindContext,
    PNDIS_BIND_PARAMETERS BindParameters
    )
/*++

Routine Description:

    An adapter is there. Opens it and creates the virtual miniports that the configuration wants on top of it. Their
    MiniportInitializeEx may come before or after this routine returns.

Return Value:

    NDIS_STATUS_SUCCESS     bound, if perhaps with fewer virtual miniports than wanted
    anything else           not bound, everything undone

--*/
{
    PLM_LINK Link;
    NDIS_STATUS Status;

    PAGED_CODE();
    NT_ASSERT(ProtocolDriverContext == (NDIS_HANDLE)&LmDriver);
    UNREFERENCED_PARAMETER(ProtocolDriverContext);

    if (BindParameters->MacAddressLength != ETH_LENGTH_OF_ADDRESS) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    Link = LmCreateLink(BindParameters);
    if (Link == NULL) {
        return NDIS_STATUS_RESOURCES;
    }

    do {
        Status = LmOpen(Link, BindContext, BindParameters);
        if (Status != NDIS_STATUS_SUCCESS) {
            break;
        }
        NdisAcquireSpinLock(&Link->Lock);
        Link->State = LmPaused;
        NdisReleaseSpinLock(&Link->Lock);

        Status = LmCreatePools(Link);
        if (Status != NDIS_STATUS_SUCCESS) {
            break;
        }
        Status = LmCreateTimers(Link);
        if (Status != NDIS_STATUS_SUCCESS) {
            break;
        }
        Status = LmCreateMissingVnics(Link);
    } while (FALSE);

    if (Status != NDIS_STATUS_SUCCESS) {
        LMTRACE(LM_ERROR, ("bind to %wZ failed with 0x%08x\n", &Link->AdapterName, Status));
        LmDeleteVnics(Link);
        LmClose(Link);
        LmDeleteTimers(Link);
        LmDereferenceLink(Link);
        return Status;
    }
    LmLog("bound to %wZ, %u virtual miniports", &Link->AdapterName, Link->VnicCount);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_
VOID
PtOpenAdapterComplete(
    NDIS_HANDLE ProtocolBindingContext,
    NDIS_STATUS Status
    )
{
    PLM_LINK Link = (PLM_LINK)ProtocolBindingContext;

    Link->OpenCloseStatus = Status;
    NdisSetEvent(&Link->OpenCloseEvent);
}

_Use_decl_annotations_
NDIS_STATUS
PtUnbindAdapter(
    NDIS_HANDLE UnbindContext,
    NDIS_HANDLE ProtocolBindingContext
    )
{
    PLM_LINK Link = (PLM_LINK)ProtocolBindingContext;

    PAGED_CODE();
    UNREFERENCED_PARAMETER(UnbindContext);
    LM_ASSERT_SIGNATURE(Link, LM_LINK_SIGNATURE);

    LmLog("unbound from %wZ", &Link->AdapterName);
    LmDeleteVnics(Link);
    LmStopWatch(Link);
    LmClose(Link);
    LmDeleteTimers(Link);
    LmCompletePendedIrps(Link, STATUS_DEVICE_NOT_READY);
    LmDereferenceLink(Link);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_
VOID
PtCloseAdapterComplete(
    NDIS_HANDLE ProtocolBindingContext
    )
{
    NdisSetEvent(&((PLM_LINK)ProtocolBindingContext)->OpenCloseEvent);
}

/*
 * Creates what UpperBindings names and does not stand yet. Called at the bind, and again when NDIS says that the configuration
 * has changed.
 */
_Use_decl_annotations_
NDIS_STATUS
LmCreateMissingVnics(
    PLM_LINK Link
    )
{
    UNICODE_STRING Names[LM_MAX_VNICS];
    ULONG Count = 0;
    ULONG i;
    NDIS_STATUS Status;

    PAGED_CODE();

    Status = LmReadLinkSettings(Link, Names, ARRAYSIZE(Names), &Count);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    for (i = 0; i < Count; i++) {
        PLM_VNIC Vnic = LmFindVnicByName(Link, &Names[i]);

        if (Vnic == NULL) {
            Vnic = LmCreateVnic(Link, &Names[i], i);
            if (Vnic == NULL) {
                Status = NDIS_STATUS_RESOURCES;
                break;
            }
            LmInsertVnic(Vnic);
            Status = NdisIMInitializeDeviceInstanceEx(LmDriver.MiniportDriverHandle, &Vnic->DeviceName, (NDIS_HANDLE)Vnic);
            if (Status != NDIS_STATUS_SUCCESS) {
                LMTRACE(LM_WARN, ("%wZ: NdisIMInitializeDeviceInstanceEx returned 0x%08x\n", &Vnic->DeviceName, Status));
                LmRemoveVnic(Vnic);
                Status = NDIS_STATUS_SUCCESS; /* the others may do better */
            }
        }
        LmDereferenceVnic(Vnic); /* the list of the link, and NDIS, have theirs */
    }
    for (i = 0; i < Count; i++) {
        LmFreeString(&Names[i]);
    }
    return Status;
}

_Use_decl_annotations_
VOID
LmDeleteVnics(
    PLM_LINK Link
    )
{
    PLM_VNIC Vnics[LM_MAX_VNICS];
    ULONG Count;
    ULONG i;

    PAGED_CODE();

    Count = LmSnapshotVnics(Link, Vnics);
    for (i = 0; i < Count; i++) {
        PLM_VNIC Vnic = Vnics[i];
        NDIS_STATUS Status;

        /* Either NDIS has not begun with it, and never will, or it has, and then there is something to take down. */
        Status = NdisIMCancelInitializeDeviceInstance(LmDriver.MiniportDriverHandle, &Vnic->DeviceName);
        if (Status != NDIS_STATUS_SUCCESS) {
            NdisWaitEvent(&Vnic->InitializeEvent, 0);
            LmAbortQueuedRequest(Vnic, NDIS_STATUS_REQUEST_ABORTED);
            if (Vnic->MiniportHandle != NULL) {
                NdisIMDeInitializeDeviceInstance(Vnic->MiniportHandle);
                NdisWaitEvent(&Vnic->HaltEvent, 0);
            }
        }
        LmRemoveVnic(Vnic);
    }
    LmReleaseSnapshot(Vnics, Count);
}
