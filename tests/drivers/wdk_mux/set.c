/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     set.c
 *
 * Abstract:
 *     Settings of a virtual miniport. What concerns the adapter is joined with the settings of the others and goes down.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

static
NDIS_STATUS
LmTooShort(
    _Inout_ PNDIS_OID_REQUEST Request,
    _In_ ULONG Needed
    )
{
    Request->DATA.SET_INFORMATION.BytesRead = 0;
    Request->DATA.SET_INFORMATION.BytesNeeded = Needed;
    return NDIS_STATUS_INVALID_LENGTH;
}

static
NDIS_STATUS
LmAllRead(
    _Inout_ PNDIS_OID_REQUEST Request
    )
{
    Request->DATA.SET_INFORMATION.BytesRead = Request->DATA.SET_INFORMATION.InformationBufferLength;
    return NDIS_STATUS_SUCCESS;
}

static
NDIS_STATUS
LmSetPacketFilter(
    _In_ PLM_VNIC Vnic,
    _Inout_ PNDIS_OID_REQUEST Request
    )
{
    PLM_LINK Link = Vnic->Link;
    ULONG Filter;
    ULONG Combined;

    if (Request->DATA.SET_INFORMATION.InformationBufferLength != sizeof(ULONG)) {
        return LmTooShort(Request, sizeof(ULONG));
    }
    NdisRetrieveUlong(&Filter, (PULONG)Request->DATA.SET_INFORMATION.InformationBuffer);
    if (Filter & ~(ULONG)LM_SUPPORTED_FILTERS) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    NdisAcquireSpinLock(&Vnic->Lock);
    Vnic->PacketFilter = Filter;
    NdisReleaseSpinLock(&Vnic->Lock);

    Combined = LmCombinedFilter(Link);
    if (Combined == Link->PacketFilter) {
        return LmAllRead(Request); /* the adapter lets it through already */
    }
    Link->PacketFilter = Combined;
    return LmSetBelow(Vnic, Request, OID_GEN_CURRENT_PACKET_FILTER, &Combined, sizeof(Combined));
}

static
NDIS_STATUS
LmSetMulticastList(
    _In_ PLM_VNIC Vnic,
    _Inout_ PNDIS_OID_REQUEST Request
    )
{
    ULONG Length = Request->DATA.SET_INFORMATION.InformationBufferLength;
    ULONG Capacity = Vnic->Link->BindParameters.MaxMulticastListSize * ETH_LENGTH_OF_ADDRESS;
    ULONG Joined;
    PUCHAR Addresses = NULL;
    NDIS_STATUS Status;

    if (Length % ETH_LENGTH_OF_ADDRESS != 0) {
        return LmTooShort(Request, (Length / ETH_LENGTH_OF_ADDRESS) * ETH_LENGTH_OF_ADDRESS);
    }
    if (Length / ETH_LENGTH_OF_ADDRESS > LM_MAX_MULTICAST) {
        Request->DATA.SET_INFORMATION.BytesNeeded = LM_MAX_MULTICAST * ETH_LENGTH_OF_ADDRESS;
        return NDIS_STATUS_MULTICAST_FULL;
    }
    Capacity = min(Capacity, LM_MAX_VNICS * LM_MAX_MULTICAST * ETH_LENGTH_OF_ADDRESS);
    Capacity = max(Capacity, ETH_LENGTH_OF_ADDRESS);
    if (NdisAllocateMemoryWithTag((PVOID *)&Addresses, Capacity, LM_TAG_BUFFER) != NDIS_STATUS_SUCCESS) {
        return NDIS_STATUS_RESOURCES;
    }
    NdisAcquireSpinLock(&Vnic->Lock);
    Vnic->Multicast.Count = Length / ETH_LENGTH_OF_ADDRESS;
    NdisMoveMemory(Vnic->Multicast.Address, Request->DATA.SET_INFORMATION.InformationBuffer, Length);
    NdisReleaseSpinLock(&Vnic->Lock);

    Joined = LmCombinedMulticast(Vnic->Link, Addresses, Capacity);
    Status = LmSetBelow(Vnic, Request, OID_802_3_MULTICAST_LIST, Addresses, Joined);
    NdisFreeMemory(Addresses, Capacity, 0);
    return Status;
}

static
NDIS_STATUS
LmSetPower(
    _In_ PLM_VNIC Vnic,
    _Inout_ PNDIS_OID_REQUEST Request
    )
{
    NDIS_DEVICE_POWER_STATE PowerState;

    if (Request->DATA.SET_INFORMATION.InformationBufferLength < sizeof(PowerState)) {
        return LmTooShort(Request, sizeof(PowerState));
    }
    PowerState = *(PNDIS_DEVICE_POWER_STATE)Request->DATA.SET_INFORMATION.InformationBuffer;
    NdisAcquireSpinLock(&Vnic->Lock);
    Vnic->PowerState = PowerState;
    NdisReleaseSpinLock(&Vnic->Lock);
    LMTRACE(LM_INFO, ("%wZ: power D%d\n", &Vnic->DeviceName, (int)PowerState - (int)NdisDeviceStateD0));
    if (PowerState == NdisDeviceStateD0) {
        LmIndicateLinkState(Vnic); /* what happened to the link meanwhile nobody was told */
    }
    return LmAllRead(Request);
}

_Use_decl_annotations_
NDIS_STATUS
LmSetInformation(
    PLM_VNIC Vnic,
    PNDIS_OID_REQUEST Request
    )
{
    PVOID Buffer = Request->DATA.SET_INFORMATION.InformationBuffer;
    ULONG Length = Request->DATA.SET_INFORMATION.InformationBufferLength;

    switch (Request->DATA.SET_INFORMATION.Oid) {
    case OID_GEN_CURRENT_PACKET_FILTER:
        return LmSetPacketFilter(Vnic, Request);

    case OID_802_3_MULTICAST_LIST:
        return LmSetMulticastList(Vnic, Request);

    case OID_GEN_CURRENT_LOOKAHEAD:
        if (Length < sizeof(ULONG)) {
            return LmTooShort(Request, sizeof(ULONG));
        }
        NdisRetrieveUlong(&Vnic->Lookahead, (PULONG)Buffer);
        return LmAllRead(Request);

    case OID_GEN_PROTOCOL_OPTIONS:
    case OID_GEN_LINK_PARAMETERS:
    case OID_GEN_INTERRUPT_MODERATION:
        return LmAllRead(Request); /* nothing that we could do about it */

    case OID_PNP_SET_POWER:
        return LmSetPower(Vnic, Request);

    case OID_PNP_ADD_WAKE_UP_PATTERN:
    case OID_PNP_REMOVE_WAKE_UP_PATTERN:
    case OID_PNP_ENABLE_WAKE_UP:
    case OID_OFFLOAD_ENCAPSULATION:
        return NDIS_STATUS_NOT_SUPPORTED;

    case OID_TCP_OFFLOAD_PARAMETERS:
    case OID_TCP_CONNECTION_OFFLOAD_PARAMETERS:
        return LmForwardRequest(Vnic, Request); /* an intermediate driver always passes these on */

    default:
        return LmForwardRequest(Vnic, Request);
    }
}
