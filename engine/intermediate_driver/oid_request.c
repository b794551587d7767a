/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * OID requests down, status indications up.
 *
 * A request that comes in from above may never be passed on itself: its reserved areas belong to NDIS. So each virtual
 * miniport has a request of its own, a copy in everything that counts; one is enough, because NDIS sends a miniport one
 * request at a time. Capability queries and the set requests of connection offload go down like the others (IM-015).
 *
 * Three kinds are not simply passed on. Power of the virtual device is not power of the adapter below. And what to
 * receive is decided by all virtual miniports of the adapter together: one of them narrowing its filter must not make
 * the others deaf.
 */
#include "intermediate.h"

static VOID FinishRequest(PIM_VIRTUAL_MINIPORT UpperEdge, PNDIS_OID_REQUEST Upper)
{
    const NDIS_OID_REQUEST *lower = &UpperEdge->LowerRequest;

    switch (Upper->RequestType) {
    case NdisRequestSetInformation:
        Upper->DATA.SET_INFORMATION.BytesRead = lower->DATA.SET_INFORMATION.BytesRead;
        Upper->DATA.SET_INFORMATION.BytesNeeded = lower->DATA.SET_INFORMATION.BytesNeeded;
        break;
    case NdisRequestMethod:
        Upper->DATA.METHOD_INFORMATION.OutputBufferLength = lower->DATA.METHOD_INFORMATION.OutputBufferLength;
        Upper->DATA.METHOD_INFORMATION.BytesWritten = lower->DATA.METHOD_INFORMATION.BytesWritten;
        Upper->DATA.METHOD_INFORMATION.BytesRead = lower->DATA.METHOD_INFORMATION.BytesRead;
        Upper->DATA.METHOD_INFORMATION.BytesNeeded = lower->DATA.METHOD_INFORMATION.BytesNeeded;
        break;
    default:
        Upper->DATA.QUERY_INFORMATION.BytesWritten = lower->DATA.QUERY_INFORMATION.BytesWritten;
        Upper->DATA.QUERY_INFORMATION.BytesNeeded = lower->DATA.QUERY_INFORMATION.BytesNeeded;
        break;
    }
}

/* The filter that serves every virtual miniport. A multicast list cannot be joined that easily; with several virtual
   miniports the adapter below passes every multicast packet and the protocols choose. */
static ULONG CombineFilters(PIM_VIRTUAL_MINIPORT UpperEdge, ULONG OwnFilter)
{
    PIM_LOWER_BINDING lower = UpperEdge->Lower;
    ULONG combined = 0;
    BOOLEAN several;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&lower->Lock);
    UpperEdge->PacketFilter = OwnFilter;
    several = lower->VirtualMiniports.Flink->Flink != &lower->VirtualMiniports;
    for (link = lower->VirtualMiniports.Flink; link != &lower->VirtualMiniports; link = link->Flink) {
        combined |= CONTAINING_RECORD(link, IM_VIRTUAL_MINIPORT, Link)->PacketFilter;
    }
    NdisReleaseSpinLock(&lower->Lock);
    if (several && (combined & NDIS_PACKET_TYPE_MULTICAST) != 0) {
        combined |= NDIS_PACKET_TYPE_ALL_MULTICAST & lower->SupportedPacketFilters;
    }
    return combined;
}

static NDIS_STATUS PassDown(PIM_VIRTUAL_MINIPORT UpperEdge, PNDIS_OID_REQUEST Upper)
{
    PNDIS_OID_REQUEST lower = &UpperEdge->LowerRequest;
    NDIS_STATUS status;

    NdisZeroMemory(lower, sizeof(*lower));
    lower->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    lower->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    lower->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    lower->RequestType = Upper->RequestType;
    lower->PortNumber = Upper->PortNumber;
    lower->Timeout = Upper->Timeout;
    lower->RequestId = UpperEdge; /* by which ImCancelOidRequest cancels it */
    lower->DATA = Upper->DATA;
    UpperEdge->UpperRequest = Upper;

    if (Upper->RequestType == NdisRequestSetInformation &&
        Upper->DATA.SET_INFORMATION.Oid == OID_GEN_CURRENT_PACKET_FILTER &&
        Upper->DATA.SET_INFORMATION.InformationBufferLength >= sizeof(ULONG)) {
        ULONG own;
        NdisRetrieveUlong(&own, (PULONG)Upper->DATA.SET_INFORMATION.InformationBuffer);
        UpperEdge->CombinedFilter = CombineFilters(UpperEdge, own);
        lower->DATA.SET_INFORMATION.InformationBuffer = &UpperEdge->CombinedFilter;
    }

    status = NdisOidRequest(UpperEdge->Lower->BindingHandle, lower);
    if (status != NDIS_STATUS_PENDING) {
        FinishRequest(UpperEdge, Upper);
        UpperEdge->UpperRequest = NULL;
    }
    return status; /* PENDING: ImOidRequestComplete follows, or has run already */
}

NDIS_STATUS ImOidRequest(NDIS_HANDLE MiniportAdapterContext, PNDIS_OID_REQUEST OidRequest)
{
    PIM_VIRTUAL_MINIPORT upperEdge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    PNDIS_PNP_CAPABILITIES power;

    switch (OidRequest->DATA.QUERY_INFORMATION.Oid) { /* Oid is the first member of each of the three forms */
    case OID_PNP_SET_POWER:
        OidRequest->DATA.SET_INFORMATION.BytesRead = OidRequest->DATA.SET_INFORMATION.InformationBufferLength;
        return NDIS_STATUS_SUCCESS;
    case OID_PNP_QUERY_POWER:
        return NDIS_STATUS_SUCCESS;
    case OID_PNP_CAPABILITIES:
        if (OidRequest->DATA.QUERY_INFORMATION.InformationBufferLength < sizeof(NDIS_PNP_CAPABILITIES)) {
            OidRequest->DATA.QUERY_INFORMATION.BytesNeeded = sizeof(NDIS_PNP_CAPABILITIES);
            return NDIS_STATUS_INVALID_LENGTH;
        }
        power = (PNDIS_PNP_CAPABILITIES)OidRequest->DATA.QUERY_INFORMATION.InformationBuffer;
        NdisZeroMemory(power, sizeof(*power));
        power->WakeUpCapabilities.MinMagicPacketWakeUp = NdisDeviceStateUnspecified;
        power->WakeUpCapabilities.MinPatternWakeUp = NdisDeviceStateUnspecified;
        power->WakeUpCapabilities.MinLinkChangeWakeUp = NdisDeviceStateUnspecified;
        OidRequest->DATA.QUERY_INFORMATION.BytesWritten = sizeof(NDIS_PNP_CAPABILITIES);
        return NDIS_STATUS_SUCCESS;
    default:
        return PassDown(upperEdge, OidRequest);
    }
}

VOID ImCancelOidRequest(NDIS_HANDLE MiniportAdapterContext, PVOID RequestId)
{
    PIM_VIRTUAL_MINIPORT upperEdge = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    PNDIS_OID_REQUEST upper = upperEdge->UpperRequest;

    if (upper != NULL && upper->RequestId == RequestId) {
        NdisCancelOidRequest(upperEdge->Lower->BindingHandle, upperEdge); /* it completes all the same */
    }
}

VOID ImOidRequestComplete(NDIS_HANDLE ProtocolBindingContext, PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    PIM_VIRTUAL_MINIPORT upperEdge = CONTAINING_RECORD(OidRequest, IM_VIRTUAL_MINIPORT, LowerRequest);
    PNDIS_OID_REQUEST upper = upperEdge->UpperRequest;

    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    FinishRequest(upperEdge, upper);
    upperEdge->UpperRequest = NULL; /* before the completion: NDIS may send the next request inside it */
    NdisMOidRequestComplete(upperEdge->MiniportHandle, upper, Status);
}

/* Link state, offload pause, upload all, resume, new capabilities: shown on every upper edge (IM-118), synchronously,
   because the buffers are only lent for the call. SourceHandle says who indicates; the request that an indication may
   answer is known below under another name, so none is named. */
VOID ImStatus(NDIS_HANDLE ProtocolBindingContext, PNDIS_STATUS_INDICATION StatusIndication)
{
    PIM_LOWER_BINDING lower = (PIM_LOWER_BINDING)ProtocolBindingContext;
    PIM_VIRTUAL_MINIPORT upperEdge;

    for (upperEdge = ImNextVirtualMiniport(lower, NULL); upperEdge != NULL;
         upperEdge = ImNextVirtualMiniport(lower, upperEdge)) {
        NDIS_STATUS_INDICATION indication = *StatusIndication;
        indication.SourceHandle = upperEdge->MiniportHandle;
        indication.DestinationHandle = NULL;
        indication.RequestId = NULL;
        NdisMIndicateStatusEx(upperEdge->MiniportHandle, &indication);
    }
}
