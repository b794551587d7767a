/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     status.c
 *
 * Abstract:
 *     Status indications: what the adapter says is said again to everyone above, in the name of their own adapter.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

_Use_decl_annotations_
VOID
LmIndicateToVnic(
    PLM_VNIC Vnic,
    NDIS_STATUS StatusCode,
    PVOID Buffer,
    ULONG Length
    )
{
    NDIS_STATUS_INDICATION Indication;
    NDIS_HANDLE MiniportHandle;

    NdisAcquireSpinLock(&Vnic->Lock);
    MiniportHandle = Vnic->MiniportHandle;
    NdisReleaseSpinLock(&Vnic->Lock);
    if (MiniportHandle == NULL) {
        return;
    }
    NdisZeroMemory(&Indication, sizeof(Indication));
    Indication.Header.Type = NDIS_OBJECT_TYPE_STATUS_INDICATION;
    Indication.Header.Revision = NDIS_STATUS_INDICATION_REVISION_1;
    Indication.Header.Size = NDIS_SIZEOF_STATUS_INDICATION_REVISION_1;
    Indication.SourceHandle = MiniportHandle;
    Indication.StatusCode = StatusCode;
    Indication.StatusBuffer = Buffer;
    Indication.StatusBufferSize = Length;
    NdisMIndicateStatusEx(MiniportHandle, &Indication);
}

_Use_decl_annotations_
VOID
LmIndicateLinkState(
    PLM_VNIC Vnic
    )
{
    NDIS_LINK_STATE LinkState;

    NdisAcquireSpinLock(&Vnic->Link->Lock);
    LinkState = Vnic->Link->LinkState;
    NdisReleaseSpinLock(&Vnic->Link->Lock);
    LmIndicateToVnic(Vnic, NDIS_STATUS_LINK_STATE, &LinkState, sizeof(LinkState));
}

static
VOID
LmLinkStateChanged(
    _In_ PLM_LINK Link,
    _In_reads_bytes_(Length) const NDIS_LINK_STATE *LinkState,
    _In_ ULONG Length
    )
{
    LARGE_INTEGER DueTime;
    PLM_VNIC Vnics[LM_MAX_VNICS];
    ULONG Count;
    ULONG i;

    if (LinkState == NULL || Length < NDIS_SIZEOF_LINK_STATE_REVISION_1) {
        LMTRACE(LM_WARN, ("%wZ: a link state of %u bytes\n", &Link->AdapterName, Length));
        return;
    }
    NdisAcquireSpinLock(&Link->Lock);
    NdisMoveMemory(&Link->LinkState, LinkState, NDIS_SIZEOF_LINK_STATE_REVISION_1);
    NdisReleaseSpinLock(&Link->Lock);

    Count = LmSnapshotVnics(Link, Vnics);
    for (i = 0; i < Count; i++) {
        LmIndicateLinkState(Vnics[i]);
    }
    LmReleaseSnapshot(Vnics, Count);

    /* Programs are told when the link has come to rest. */
    if (Link->SettleTimer != NULL) {
        DueTime.QuadPart = -(LONGLONG)LM_LINK_SETTLE_MS * 10000;
        (VOID)NdisSetTimerObject(Link->SettleTimer, DueTime, 0, NULL);
    }
}

/* An answer to one request, or news for everybody. */
static
VOID
LmForwardStatus(
    _In_ PLM_LINK Link,
    _In_ PNDIS_STATUS_INDICATION StatusIndication
    )
{
    PLM_VNIC Vnics[LM_MAX_VNICS];
    ULONG Count = LmSnapshotVnics(Link, Vnics);
    ULONG i;

    for (i = 0; i < Count; i++) {
        PLM_VNIC Vnic = Vnics[i];
        NDIS_STATUS_INDICATION Copy = *StatusIndication;

        NdisAcquireSpinLock(&Vnic->Lock);
        Copy.SourceHandle = Vnic->MiniportHandle;
        if (StatusIndication->DestinationHandle != NULL || StatusIndication->RequestId != NULL) {
            /* Meant for whoever made a request: only its virtual miniport hears of it, under the name it gave the request. */
            if (Vnic->Request != NULL && StatusIndication->RequestId == (PVOID)Vnic->Request && Vnic->Request->Original != NULL) {
                Copy.DestinationHandle = Vnic->Request->Original->RequestHandle;
                Copy.RequestId = Vnic->Request->Original->RequestId;
            } else {
                Copy.SourceHandle = NULL;
            }
        }
        NdisReleaseSpinLock(&Vnic->Lock);
        if (Copy.SourceHandle != NULL) {
            NdisMIndicateStatusEx(Copy.SourceHandle, &Copy);
        }
    }
    LmReleaseSnapshot(Vnics, Count);
}

_Use_decl_annotations_
VOID
PtStatus(
    NDIS_HANDLE ProtocolBindingContext,
    PNDIS_STATUS_INDICATION StatusIndication
    )
{
    PLM_LINK Link = (PLM_LINK)ProtocolBindingContext;

    LMTRACE(LM_LOUD, ("%wZ says 0x%08x\n", &Link->AdapterName, StatusIndication->StatusCode));

    switch (StatusIndication->StatusCode) {
    case NDIS_STATUS_LINK_STATE:
        LmLinkStateChanged(Link, (const NDIS_LINK_STATE *)StatusIndication->StatusBuffer, StatusIndication->StatusBufferSize);
        break;

    case NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG:
    case NDIS_STATUS_TASK_OFFLOAD_HARDWARE_CAPABILITIES:
    case NDIS_STATUS_OFFLOAD_ENCASPULATION_CHANGE:
    case NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES:
    case NDIS_STATUS_RECEIVE_QUEUE_STATE:
        break; /* nobody above was promised any of this */

    case NDIS_STATUS_RESET_START:
    case NDIS_STATUS_RESET_END:
        LmLog("%wZ: reset %s", &Link->AdapterName, StatusIndication->StatusCode == NDIS_STATUS_RESET_START ? "begins" : "ends");
        break; /* NDIS tells the protocols above about resets of our own */

    default:
        LmForwardStatus(Link, StatusIndication);
        break;
    }
}

_Use_decl_annotations_
VOID
LmSettleTimer(
    PVOID SystemSpecific1,
    PVOID FunctionContext,
    PVOID SystemSpecific2,
    PVOID SystemSpecific3
    )
{
    PLM_LINK Link = (PLM_LINK)FunctionContext;

    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);
    NT_ASSERT(KeGetCurrentIrql() == DISPATCH_LEVEL);

    if (InterlockedExchange(&Link->LinkWorkQueued, 1) == 0) {
        LmReferenceLink(Link);
        NdisQueueIoWorkItem(Link->LinkWorkItem, LmLinkWork, Link);
    }
}

_Use_decl_annotations_
VOID
LmLinkWork(
    PVOID WorkItemContext,
    NDIS_HANDLE NdisIoWorkItemHandle
    )
{
    PLM_LINK Link = (PLM_LINK)WorkItemContext;

    UNREFERENCED_PARAMETER(NdisIoWorkItemHandle);
    PAGED_CODE();

    InterlockedExchange(&Link->LinkWorkQueued, 0);
    LmLog("%wZ: link %s", &Link->AdapterName,
          Link->LinkState.MediaConnectState == MediaConnectStateConnected ? "up" : "down");
    LmCompletePendedIrps(Link, STATUS_SUCCESS);
    LmDereferenceLink(Link);
}
