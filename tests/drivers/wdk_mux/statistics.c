/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     statistics.c
 *
 * Abstract:
 *     What a virtual miniport counts: for OID_GEN_STATISTICS and its elder sisters, and for the control device.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

_Use_decl_annotations_
VOID
LmCountSend(
    PLM_VNIC Vnic,
    const LM_ETHERNET_FRAME *Header,
    ULONG Bytes
    )
{
    PNDIS_STATISTICS_INFO Statistics = &Vnic->Statistics;

    NdisAcquireSpinLock(&Vnic->Lock);
    Statistics->ifHCOutOctets += Bytes;
    if (ETH_IS_BROADCAST(Header->Destination)) {
        Statistics->ifHCOutBroadcastPkts++;
        Statistics->ifHCOutBroadcastOctets += Bytes;
    } else if (ETH_IS_MULTICAST(Header->Destination)) {
        Statistics->ifHCOutMulticastPkts++;
        Statistics->ifHCOutMulticastOctets += Bytes;
    } else {
        Statistics->ifHCOutUcastPkts++;
        Statistics->ifHCOutUcastOctets += Bytes;
    }
    Vnic->Counters.SentFrames++;
    Vnic->Counters.SentBytes += Bytes;
    NdisReleaseSpinLock(&Vnic->Lock);
}

_Use_decl_annotations_
VOID
LmCountReceive(
    PLM_VNIC Vnic,
    const LM_ETHERNET_FRAME *Header,
    ULONG Bytes
    )
{
    PNDIS_STATISTICS_INFO Statistics = &Vnic->Statistics;

    NdisAcquireSpinLock(&Vnic->Lock);
    Statistics->ifHCInOctets += Bytes;
    if (ETH_IS_BROADCAST(Header->Destination)) {
        Statistics->ifHCInBroadcastPkts++;
        Statistics->ifHCInBroadcastOctets += Bytes;
    } else if (ETH_IS_MULTICAST(Header->Destination)) {
        Statistics->ifHCInMulticastPkts++;
        Statistics->ifHCInMulticastOctets += Bytes;
    } else {
        Statistics->ifHCInUcastPkts++;
        Statistics->ifHCInUcastOctets += Bytes;
    }
    Vnic->Counters.ReceivedFrames++;
    Vnic->Counters.ReceivedBytes += Bytes;
    NdisReleaseSpinLock(&Vnic->Lock);
}

_Use_decl_annotations_
VOID
LmCountSendFailure(
    PLM_VNIC Vnic,
    ULONG Lists,
    NDIS_STATUS Status
    )
{
    NdisAcquireSpinLock(&Vnic->Lock);
    if (Status == NDIS_STATUS_PAUSED || Status == NDIS_STATUS_LOW_POWER_STATE || Status == NDIS_STATUS_SEND_ABORTED) {
        Vnic->Statistics.ifOutDiscards += Lists;
        Vnic->Counters.SendsRefused += Lists;
    } else {
        Vnic->Statistics.ifOutErrors += Lists;
        Vnic->Counters.SendErrors += Lists;
    }
    NdisReleaseSpinLock(&Vnic->Lock);
}

_Use_decl_annotations_
VOID
LmCountNoBuffer(
    PLM_VNIC Vnic
    )
{
    NdisAcquireSpinLock(&Vnic->Lock);
    Vnic->Statistics.ifInDiscards++;
    Vnic->Counters.ReceivedWithoutBuffer++;
    NdisReleaseSpinLock(&Vnic->Lock);
}

_Use_decl_annotations_
VOID
LmReadStatistics(
    PLM_VNIC Vnic,
    PNDIS_STATISTICS_INFO Statistics
    )
{
    NdisAcquireSpinLock(&Vnic->Lock);
    *Statistics = Vnic->Statistics;
    NdisReleaseSpinLock(&Vnic->Lock);
    Statistics->SupportedStatistics =
        NDIS_STATISTICS_FLAGS_VALID_DIRECTED_FRAMES_RCV | NDIS_STATISTICS_FLAGS_VALID_MULTICAST_FRAMES_RCV |
        NDIS_STATISTICS_FLAGS_VALID_BROADCAST_FRAMES_RCV | NDIS_STATISTICS_FLAGS_VALID_BYTES_RCV |
        NDIS_STATISTICS_FLAGS_VALID_RCV_DISCARDS | NDIS_STATISTICS_FLAGS_VALID_RCV_ERROR |
        NDIS_STATISTICS_FLAGS_VALID_DIRECTED_FRAMES_XMIT | NDIS_STATISTICS_FLAGS_VALID_MULTICAST_FRAMES_XMIT |
        NDIS_STATISTICS_FLAGS_VALID_BROADCAST_FRAMES_XMIT | NDIS_STATISTICS_FLAGS_VALID_BYTES_XMIT |
        NDIS_STATISTICS_FLAGS_VALID_XMIT_ERROR | NDIS_STATISTICS_FLAGS_VALID_XMIT_DISCARDS |
        NDIS_STATISTICS_FLAGS_VALID_DIRECTED_BYTES_RCV | NDIS_STATISTICS_FLAGS_VALID_MULTICAST_BYTES_RCV |
        NDIS_STATISTICS_FLAGS_VALID_BROADCAST_BYTES_RCV | NDIS_STATISTICS_FLAGS_VALID_DIRECTED_BYTES_XMIT |
        NDIS_STATISTICS_FLAGS_VALID_MULTICAST_BYTES_XMIT | NDIS_STATISTICS_FLAGS_VALID_BROADCAST_BYTES_XMIT;
}

_Use_decl_annotations_
VOID
LmReadCounters(
    PLM_VNIC Vnic,
    PLINKMUX_COUNTERS Counters
    )
{
    NdisAcquireSpinLock(&Vnic->Lock);
    *Counters = Vnic->Counters;
    NdisReleaseSpinLock(&Vnic->Lock);
}

_Use_decl_annotations_
VOID
LmResetCounters(
    PLM_VNIC Vnic
    )
{
    NdisAcquireSpinLock(&Vnic->Lock);
    NdisZeroMemory(&Vnic->Counters, sizeof(Vnic->Counters));
    NdisReleaseSpinLock(&Vnic->Lock);
}
