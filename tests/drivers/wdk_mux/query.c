/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     query.c
 *
 * Abstract:
 *     Questions that a virtual miniport answers itself. The others go down.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

static const CHAR LmVendorDescription[] = LM_VENDOR_DESCRIPTION;

/* An answer of Length bytes, or how many are needed. */
static
NDIS_STATUS
LmAnswer(
    _Inout_ PNDIS_OID_REQUEST Request,
    _In_reads_bytes_(Length) const VOID *Data,
    _In_ ULONG Length
    )
{
    if (Request->DATA.QUERY_INFORMATION.InformationBufferLength < Length) {
        Request->DATA.QUERY_INFORMATION.BytesWritten = 0;
        Request->DATA.QUERY_INFORMATION.BytesNeeded = Length;
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    }
    if (Length != 0) {
        NdisMoveMemory(Request->DATA.QUERY_INFORMATION.InformationBuffer, Data, Length);
    }
    Request->DATA.QUERY_INFORMATION.BytesWritten = Length;
    Request->DATA.QUERY_INFORMATION.BytesNeeded = Length;
    return NDIS_STATUS_SUCCESS;
}

/* Counters that the old statistics OIDs ask for: 64 bits where there is room for them, else the lower 32. */
static
NDIS_STATUS
LmAnswerCounter(
    _Inout_ PNDIS_OID_REQUEST Request,
    _In_ ULONG64 Value
    )
{
    NDIS_STATUS Status;
    ULONG Low = (ULONG)Value;

    if (Request->DATA.QUERY_INFORMATION.InformationBufferLength >= sizeof(Value)) {
        return LmAnswer(Request, &Value, sizeof(Value));
    }
    Status = LmAnswer(Request, &Low, sizeof(Low));
    Request->DATA.QUERY_INFORMATION.BytesNeeded = sizeof(Value);
    return Status;
}

static
NDIS_STATUS
LmAnswerStatistics(
    _In_ PLM_VNIC Vnic,
    _Inout_ PNDIS_OID_REQUEST Request
    )
{
    NDIS_STATISTICS_INFO Statistics;

    LmReadStatistics(Vnic, &Statistics);
    switch (Request->DATA.QUERY_INFORMATION.Oid) {
    case OID_GEN_XMIT_OK:
        return LmAnswerCounter(Request, Statistics.ifHCOutUcastPkts + Statistics.ifHCOutMulticastPkts + Statistics.ifHCOutBroadcastPkts);
    case OID_GEN_RCV_OK:
        return LmAnswerCounter(Request, Statistics.ifHCInUcastPkts + Statistics.ifHCInMulticastPkts + Statistics.ifHCInBroadcastPkts);
    case OID_GEN_XMIT_ERROR:
        return LmAnswerCounter(Request, Statistics.ifOutErrors);
    case OID_GEN_RCV_ERROR:
        return LmAnswerCounter(Request, Statistics.ifInErrors);
    case OID_GEN_RCV_NO_BUFFER:
        return LmAnswerCounter(Request, Statistics.ifInDiscards);
    default:
        return LmAnswer(Request, &Statistics, NDIS_SIZEOF_STATISTICS_INFO_REVISION_1);
    }
}

static
NDIS_STATUS
LmAnswerPower(
    _In_ PLM_VNIC Vnic,
    _Inout_ PNDIS_OID_REQUEST Request
    )
{
    NDIS_PNP_CAPABILITIES Capabilities;

    if (!Vnic->Link->HasPowerCapabilities) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    Capabilities = Vnic->Link->PowerCapabilities;
    Capabilities.WakeUpCapabilities.MinMagicPacketWakeUp = NdisDeviceStateUnspecified;
    Capabilities.WakeUpCapabilities.MinPatternWakeUp = NdisDeviceStateUnspecified;
    Capabilities.WakeUpCapabilities.MinLinkChangeWakeUp = NdisDeviceStateUnspecified;
    return LmAnswer(Request, &Capabilities, sizeof(Capabilities));
}

_Use_decl_annotations_
NDIS_STATUS
LmQueryInformation(
    PLM_VNIC Vnic,
    PNDIS_OID_REQUEST Request
    )
{
    PLM_LINK Link = Vnic->Link;
    NDIS_INTERRUPT_MODERATION_PARAMETERS Moderation;
    NDIS_HARDWARE_STATUS HardwareStatus = NdisHardwareStatusReady;
    NDIS_MEDIUM Medium = NdisMedium802_3;
    LM_MULTICAST_LIST Multicast;
    ULONG Value = 0;
    USHORT Version;

    switch (Request->DATA.QUERY_INFORMATION.Oid) {
    case OID_GEN_HARDWARE_STATUS:
        return LmAnswer(Request, &HardwareStatus, sizeof(HardwareStatus));

    case OID_GEN_MEDIA_SUPPORTED:
    case OID_GEN_MEDIA_IN_USE:
        return LmAnswer(Request, &Medium, sizeof(Medium));

    case OID_GEN_VENDOR_ID:
        Value = 0x00FFFFFF; /* no vendor of network cards */
        return LmAnswer(Request, &Value, sizeof(Value));

    case OID_GEN_VENDOR_DESCRIPTION:
        return LmAnswer(Request, LmVendorDescription, sizeof(LmVendorDescription));

    case OID_GEN_VENDOR_DRIVER_VERSION:
        Value = LM_VENDOR_DRIVER_VERSION;
        return LmAnswer(Request, &Value, sizeof(Value));

    case OID_GEN_DRIVER_VERSION:
        Version = (NDIS_MINIPORT_MAJOR_VERSION << 8) | NDIS_MINIPORT_MINOR_VERSION;
        return LmAnswer(Request, &Version, sizeof(Version));

    case OID_GEN_MAXIMUM_TOTAL_SIZE:
    case OID_GEN_TRANSMIT_BLOCK_SIZE:
    case OID_GEN_RECEIVE_BLOCK_SIZE:
        Value = Link->BindParameters.MtuSize + LM_ETHERNET_HEADER;
        return LmAnswer(Request, &Value, sizeof(Value));

    case OID_GEN_TRANSMIT_BUFFER_SPACE:
    case OID_GEN_RECEIVE_BUFFER_SPACE:
        Value = 64 * (Link->BindParameters.MtuSize + LM_ETHERNET_HEADER);
        return LmAnswer(Request, &Value, sizeof(Value));

    case OID_GEN_MAXIMUM_SEND_PACKETS:
        Value = 64;
        return LmAnswer(Request, &Value, sizeof(Value));

    case OID_GEN_CURRENT_LOOKAHEAD:
        return LmAnswer(Request, &Vnic->Lookahead, sizeof(Vnic->Lookahead));

    case OID_GEN_CURRENT_PACKET_FILTER:
        return LmAnswer(Request, &Vnic->PacketFilter, sizeof(Vnic->PacketFilter));

    case OID_GEN_TRANSMIT_QUEUE_LENGTH:
        Value = (ULONG)Vnic->SendsHeld;
        return LmAnswer(Request, &Value, sizeof(Value));

    case OID_GEN_INTERRUPT_MODERATION:
        NdisZeroMemory(&Moderation, sizeof(Moderation));
        Moderation.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
        Moderation.Header.Revision = NDIS_INTERRUPT_MODERATION_PARAMETERS_REVISION_1;
        Moderation.Header.Size = NDIS_SIZEOF_INTERRUPT_MODERATION_PARAMETERS_REVISION_1;
        Moderation.InterruptModeration = NdisInterruptModerationNotSupported;
        return LmAnswer(Request, &Moderation, NDIS_SIZEOF_INTERRUPT_MODERATION_PARAMETERS_REVISION_1);

    case OID_GEN_XMIT_OK:
    case OID_GEN_RCV_OK:
    case OID_GEN_XMIT_ERROR:
    case OID_GEN_RCV_ERROR:
    case OID_GEN_RCV_NO_BUFFER:
    case OID_GEN_STATISTICS:
        return LmAnswerStatistics(Vnic, Request);

    case OID_802_3_PERMANENT_ADDRESS:
        return LmAnswer(Request, Vnic->PermanentAddress, ETH_LENGTH_OF_ADDRESS);

    case OID_802_3_CURRENT_ADDRESS:
        return LmAnswer(Request, Vnic->CurrentAddress, ETH_LENGTH_OF_ADDRESS);

    case OID_802_3_MULTICAST_LIST:
        NdisAcquireSpinLock(&Vnic->Lock);
        Multicast = Vnic->Multicast;
        NdisReleaseSpinLock(&Vnic->Lock);
        return LmAnswer(Request, Multicast.Address, Multicast.Count * ETH_LENGTH_OF_ADDRESS);

    case OID_802_3_MAXIMUM_LIST_SIZE:
        Value = LM_MAX_MULTICAST;
        return LmAnswer(Request, &Value, sizeof(Value));

    case OID_PNP_CAPABILITIES:
        return LmAnswerPower(Vnic, Request);

    case OID_PNP_QUERY_POWER:
        return NDIS_STATUS_SUCCESS; /* any state will do */

    case OID_TCP_OFFLOAD_CURRENT_CONFIG:
    case OID_TCP_OFFLOAD_HARDWARE_CAPABILITIES:
    case OID_TCP_CONNECTION_OFFLOAD_CURRENT_CONFIG:
    case OID_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES:
    case OID_TCP4_OFFLOAD_STATS:
    case OID_TCP6_OFFLOAD_STATS:
        return NDIS_STATUS_NOT_SUPPORTED; /* whatever the adapter below can do, through us it cannot be had */

    default:
        return LmForwardRequest(Vnic, Request);
    }
}
