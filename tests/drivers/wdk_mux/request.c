/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     request.c
 *
 * Abstract:
 *     OID requests: from above, forwarded as clones; of our own; waiting for power; cancelled.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

_Use_decl_annotations_
PLM_REQUEST
LmAllocateRequest(
    PLM_LINK Link,
    PLM_VNIC Vnic
    )
{
    PLM_REQUEST Request = (PLM_REQUEST)NdisAllocateFromNPagedLookasideList(&Link->RequestCache);

    if (Request == NULL) {
        return NULL;
    }
    NdisZeroMemory(Request, sizeof(*Request));
    Request->Link = Link;
    Request->Vnic = Vnic;
    NdisInitializeEvent(&Request->Event);
    Request->OidRequest.Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Request->OidRequest.Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Request->OidRequest.Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Request->OidRequest.PortNumber = NDIS_DEFAULT_PORT_NUMBER;
    Request->OidRequest.RequestId = (PVOID)Request;
    return Request;
}

_Use_decl_annotations_
VOID
LmFreeRequest(
    PLM_REQUEST Request
    )
{
    if (Request->Buffer != NULL) {
        NdisFreeMemory(Request->Buffer, 0, 0);
    }
    NdisFreeToNPagedLookasideList(&Request->Link->RequestCache, Request);
}

/* What the answer below says, said to the one who asked above. */
static
VOID
LmCopyResults(
    _Inout_ PNDIS_OID_REQUEST Original,
    _In_ PNDIS_OID_REQUEST Clone
    )
{
    switch (Original->RequestType) {
    case NdisRequestQueryInformation:
    case NdisRequestQueryStatistics:
        Original->DATA.QUERY_INFORMATION.BytesWritten = Clone->DATA.QUERY_INFORMATION.BytesWritten;
        Original->DATA.QUERY_INFORMATION.BytesNeeded = Clone->DATA.QUERY_INFORMATION.BytesNeeded;
        break;

    case NdisRequestSetInformation:
        Original->DATA.SET_INFORMATION.BytesRead = Clone->DATA.SET_INFORMATION.BytesRead;
        Original->DATA.SET_INFORMATION.BytesNeeded = Clone->DATA.SET_INFORMATION.BytesNeeded;
        break;

    case NdisRequestMethod:
        Original->DATA.METHOD_INFORMATION.OutputBufferLength = Clone->DATA.METHOD_INFORMATION.OutputBufferLength;
        Original->DATA.METHOD_INFORMATION.BytesWritten = Clone->DATA.METHOD_INFORMATION.BytesWritten;
        Original->DATA.METHOD_INFORMATION.BytesRead = Clone->DATA.METHOD_INFORMATION.BytesRead;
        Original->DATA.METHOD_INFORMATION.BytesNeeded = Clone->DATA.METHOD_INFORMATION.BytesNeeded;
        break;

    default:
        NT_ASSERT(FALSE);
        break;
    }
}

/* The request is over, it came back from below or never got there. */
static
VOID
LmFinishRequest(
    _In_ PLM_REQUEST Request,
    _In_ NDIS_STATUS Status
    )
{
    PLM_VNIC Vnic = Request->Vnic;
    PNDIS_OID_REQUEST Original = Request->Original;
    NDIS_HANDLE MiniportHandle;

    if (Original == NULL) {
        /* One of our own. Whoever waits frees it. */
        Request->Status = Status;
        if (Request->Complete != NULL) {
            Request->Complete(Request, Status);
        } else {
            NdisSetEvent(&Request->Event);
        }
        return;
    }

    if (Request->Clone != NULL) {
        LmCopyResults(Original, Request->Clone);
        NdisFreeCloneOidRequest(Request->Link->BindingHandle, Request->Clone);
    } else if (Status == NDIS_STATUS_SUCCESS) {
        Original->DATA.SET_INFORMATION.BytesRead = Original->DATA.SET_INFORMATION.InformationBufferLength;
    }
    NdisAcquireSpinLock(&Vnic->Lock);
    NT_ASSERT(Vnic->Request == Request);
    Vnic->Request = NULL;
    MiniportHandle = Vnic->MiniportHandle;
    NdisReleaseSpinLock(&Vnic->Lock);
    LmFreeRequest(Request);
    NdisMOidRequestComplete(MiniportHandle, Original, Status);
}

static
VOID
LmRequestCameBack(
    _In_ PLM_REQUEST Request,
    _In_ NDIS_STATUS Status
    )
{
    PLM_LINK Link = Request->Link;

    LmReferenceLink(Link);
    LmFinishRequest(Request, Status);
    NdisAcquireSpinLock(&Link->Lock);
    NT_ASSERT(Link->RequestsBelow > 0);
    if (--Link->RequestsBelow == 0) {
        NdisSetEvent(&Link->RequestsDone);
    }
    NdisReleaseSpinLock(&Link->Lock);
    LmDereferenceLink(Link);
}

/*
 * Sends a request down, or lets it wait while the adapter sleeps. In either case it ends in LmFinishRequest, perhaps before
 * this returns.
 */
_Use_decl_annotations_
NDIS_STATUS
LmSendRequest(
    PLM_REQUEST Request
    )
{
    PLM_LINK Link = Request->Link;
    PNDIS_OID_REQUEST OidRequest = Request->Clone != NULL ? Request->Clone : &Request->OidRequest;
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    LM_REQUEST_OF(OidRequest) = Request;
    NdisAcquireSpinLock(&Link->Lock);
    if (Link->State == LmClosing || Link->State == LmInitializing) {
        Status = NDIS_STATUS_CLOSING;
    } else if (Link->PowerState != NdisDeviceStateD0) {
        Status = NDIS_STATUS_LOW_POWER_STATE;
        if (Request->Original != NULL) {
            Request->Queued = TRUE;
            Status = NDIS_STATUS_PENDING;
        }
    } else {
        if (Link->RequestsBelow++ == 0) {
            NdisResetEvent(&Link->RequestsDone);
        }
    }
    NdisReleaseSpinLock(&Link->Lock);

    if (Status == NDIS_STATUS_PENDING) {
        return Status;
    }
    if (Status != NDIS_STATUS_SUCCESS) {
        LmFinishRequest(Request, Status);
        return NDIS_STATUS_PENDING;
    }
    if (Request->Vnic != NULL) {
        InterlockedIncrement64((LONG64 volatile *)&Request->Vnic->Counters.RequestsBelow);
    }
    Status = NdisOidRequest(Link->BindingHandle, OidRequest);
    if (Status != NDIS_STATUS_PENDING) {
        LmRequestCameBack(Request, Status);
    }
    return NDIS_STATUS_PENDING;
}

_Use_decl_annotations_
VOID
PtOidRequestComplete(
    NDIS_HANDLE ProtocolBindingContext,
    PNDIS_OID_REQUEST OidRequest,
    NDIS_STATUS Status
    )
{
    PLM_REQUEST Request = LM_REQUEST_OF(OidRequest);

    NT_ASSERT(Request->Link == (PLM_LINK)ProtocolBindingContext);
    DBG_UNREFERENCED_PARAMETER(ProtocolBindingContext);
    LmRequestCameBack(Request, Status);
}

static
VOID
LmRememberRequest(
    _In_ PLM_VNIC Vnic,
    _In_ PLM_REQUEST Request
    )
{
    NdisAcquireSpinLock(&Vnic->Lock);
    NT_ASSERT(Vnic->Request == NULL);
    Vnic->Request = Request;
    NdisReleaseSpinLock(&Vnic->Lock);
}

/* The request from above goes down as it is; not itself, since its reserved areas are NDIS's, but as a clone. */
_Use_decl_annotations_
NDIS_STATUS
LmForwardRequest(
    PLM_VNIC Vnic,
    PNDIS_OID_REQUEST Original
    )
{
    PLM_LINK Link = Vnic->Link;
    PLM_REQUEST Request = LmAllocateRequest(Link, Vnic);
    NDIS_STATUS Status;

    if (Request == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Status = NdisAllocateCloneOidRequest(Link->BindingHandle, Original, LM_TAG_CLONE, &Request->Clone);
    if (Status != NDIS_STATUS_SUCCESS) {
        LmFreeRequest(Request);
        return Status;
    }
    Request->Clone->RequestId = (PVOID)Request;
    Request->Original = Original;
    LmRememberRequest(Vnic, Request);
    return LmSendRequest(Request);
}

/* A set from above that has to go down with other data than it came with. */
_Use_decl_annotations_
NDIS_STATUS
LmSetBelow(
    PLM_VNIC Vnic,
    PNDIS_OID_REQUEST Original,
    NDIS_OID Oid,
    const VOID *Data,
    ULONG Length
    )
{
    PLM_REQUEST Request = LmAllocateRequest(Vnic->Link, Vnic);

    if (Request == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    if (Length != 0) {
        Request->Buffer = NdisAllocateMemoryWithTagPriority(Vnic->MiniportHandle, Length, LM_TAG_BUFFER, LowPoolPriority);
        if (Request->Buffer == NULL) {
            LmFreeRequest(Request);
            return NDIS_STATUS_RESOURCES;
        }
        NdisMoveMemory(Request->Buffer, Data, Length);
    }
    Request->OidRequest.RequestType = NdisRequestSetInformation;
    Request->OidRequest.DATA.SET_INFORMATION.Oid = Oid;
    Request->OidRequest.DATA.SET_INFORMATION.InformationBuffer = Request->Buffer;
    Request->OidRequest.DATA.SET_INFORMATION.InformationBufferLength = Length;
    Request->Original = Original;
    LmRememberRequest(Vnic, Request);
    return LmSendRequest(Request);
}

/* A question of our own; waits for the answer. PASSIVE_LEVEL. */
_Use_decl_annotations_
NDIS_STATUS
LmQueryBelow(
    PLM_LINK Link,
    NDIS_OID Oid,
    PVOID Data,
    ULONG Length,
    PULONG BytesWritten
    )
{
    PLM_REQUEST Request = LmAllocateRequest(Link, NULL);
    NDIS_STATUS Status;

    *BytesWritten = 0;
    if (Request == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Request->OidRequest.RequestType = NdisRequestQueryInformation;
    Request->OidRequest.DATA.QUERY_INFORMATION.Oid = Oid;
    Request->OidRequest.DATA.QUERY_INFORMATION.InformationBuffer = Data;
    Request->OidRequest.DATA.QUERY_INFORMATION.InformationBufferLength = Length;
    LmSendRequest(Request);
    NdisWaitEvent(&Request->Event, 0);
    Status = Request->Status;
    if (Status == NDIS_STATUS_SUCCESS) {
        *BytesWritten = Request->OidRequest.DATA.QUERY_INFORMATION.BytesWritten;
    }
    LmFreeRequest(Request);
    return Status;
}

/* Takes a request that waits for power out of its virtual miniport. */
static
PLM_REQUEST
LmTakeQueued(
    _In_ PLM_VNIC Vnic
    )
{
    PLM_REQUEST Request = NULL;

    NdisAcquireSpinLock(&Vnic->Lock);
    if (Vnic->Request != NULL && Vnic->Request->Queued) {
        Request = Vnic->Request;
        Request->Queued = FALSE;
    }
    NdisReleaseSpinLock(&Vnic->Lock);
    return Request;
}

_Use_decl_annotations_
VOID
LmResumeRequests(
    PLM_LINK Link
    )
{
    PLM_VNIC Vnics[LM_MAX_VNICS];
    ULONG Count = LmSnapshotVnics(Link, Vnics);
    ULONG i;

    for (i = 0; i < Count; i++) {
        PLM_REQUEST Request = LmTakeQueued(Vnics[i]);

        if (Request != NULL) {
            LmSendRequest(Request);
        }
    }
    LmReleaseSnapshot(Vnics, Count);
}

_Use_decl_annotations_
VOID
LmAbortQueuedRequest(
    PLM_VNIC Vnic,
    NDIS_STATUS Status
    )
{
    PLM_REQUEST Request = LmTakeQueued(Vnic);

    if (Request != NULL) {
        LmFinishRequest(Request, Status);
    }
}

_Use_decl_annotations_
VOID
LmWaitForRequests(
    PLM_LINK Link
    )
{
    NdisWaitEvent(&Link->RequestsDone, 0);
}

_Use_decl_annotations_
NDIS_STATUS
MpOidRequest(
    NDIS_HANDLE MiniportAdapterContext,
    PNDIS_OID_REQUEST OidRequest
    )
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportAdapterContext;
    NDIS_STATUS Status;

    switch (OidRequest->RequestType) {
    case NdisRequestQueryInformation:
    case NdisRequestQueryStatistics:
        Status = LmQueryInformation(Vnic, OidRequest);
        break;

    case NdisRequestSetInformation:
        Status = LmSetInformation(Vnic, OidRequest);
        break;

    case NdisRequestMethod:
        Status = LmForwardRequest(Vnic, OidRequest);
        break;

    default:
        Status = NDIS_STATUS_NOT_SUPPORTED;
        break;
    }
    return Status;
}

_Use_decl_annotations_
VOID
MpCancelOidRequest(
    NDIS_HANDLE MiniportAdapterContext,
    PVOID RequestId
    )
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportAdapterContext;
    PLM_REQUEST Request;
    BOOLEAN Queued = FALSE;

    NdisAcquireSpinLock(&Vnic->Lock);
    Request = Vnic->Request;
    if (Request != NULL && Request->Original->RequestId != RequestId) {
        Request = NULL;
    }
    if (Request != NULL) {
        Queued = Request->Queued;
    }
    NdisReleaseSpinLock(&Vnic->Lock);

    if (Request == NULL) {
        return;
    }
    if (Queued) {
        LmAbortQueuedRequest(Vnic, NDIS_STATUS_REQUEST_ABORTED);
    } else {
        NdisCancelOidRequest(Vnic->Link->BindingHandle, (PVOID)Request);
    }
}
