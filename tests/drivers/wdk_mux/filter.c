/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     filter.c
 *
 * Abstract:
 *     Which virtual miniport wants which frame, and what the adapter below has to let through for them.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

static const UCHAR LmNoAddress[ETH_LENGTH_OF_ADDRESS] = { 0, 0, 0, 0, 0, 0 };

_Use_decl_annotations_
VOID
LmMakeAddress(
    PUCHAR Address,
    const UCHAR *Base,
    ULONG Number
    )
{
    ETH_COPY_NETWORK_ADDRESS(Address, Base);
    if (Number != 0) {
        Address[0] |= 0x02; /* locally administered */
        Address[4] ^= (UCHAR)(Number >> 8);
        Address[5] ^= (UCHAR)Number;
    }
}

_Use_decl_annotations_
BOOLEAN
LmVnicWantsFrame(
    PLM_VNIC Vnic,
    const LM_ETHERNET_FRAME *Header
    )
{
    BOOLEAN Wanted = FALSE;
    UINT Different;
    ULONG Filter;
    ULONG i;

    NdisAcquireSpinLock(&Vnic->Lock);
    Filter = Vnic->State == LmRunning ? Vnic->PacketFilter : 0;
    if (Filter == 0) {
        Wanted = FALSE;
    } else if (Filter & NDIS_PACKET_TYPE_PROMISCUOUS) {
        Wanted = TRUE;
    } else if (ETH_IS_BROADCAST(Header->Destination)) {
        Wanted = (BOOLEAN)((Filter & NDIS_PACKET_TYPE_BROADCAST) != 0);
    } else if (ETH_IS_MULTICAST(Header->Destination)) {
        Wanted = (BOOLEAN)((Filter & NDIS_PACKET_TYPE_ALL_MULTICAST) != 0);
        if (!Wanted && (Filter & NDIS_PACKET_TYPE_MULTICAST)) {
            for (i = 0; i < Vnic->Multicast.Count && !Wanted; i++) {
                ETH_COMPARE_NETWORK_ADDRESSES_EQ(Vnic->Multicast.Address[i], Header->Destination, &Different);
                Wanted = (BOOLEAN)!Different;
            }
        }
    } else if (Filter & NDIS_PACKET_TYPE_DIRECTED) {
        ETH_COMPARE_NETWORK_ADDRESSES_EQ(Vnic->CurrentAddress, Header->Destination, &Different);
        Wanted = (BOOLEAN)!Different;
    }
    NdisReleaseSpinLock(&Vnic->Lock);
    return Wanted;
}

/*
 * The filters of all, joined. A virtual miniport that answers to another address than the adapter's needs frames that
 * the adapter would not let through: promiscuous, if the adapter can.
 */
_Use_decl_annotations_
ULONG
LmCombinedFilter(
    PLM_LINK Link
    )
{
    PLM_VNIC Vnics[LM_MAX_VNICS];
    ULONG Count = LmSnapshotVnics(Link, Vnics);
    ULONG Filter = 0;
    ULONG i;

    for (i = 0; i < Count; i++) {
        INT Order;

        NdisAcquireSpinLock(&Vnics[i]->Lock);
        Filter |= Vnics[i]->PacketFilter;
        ETH_COMPARE_NETWORK_ADDRESSES(Vnics[i]->CurrentAddress, Link->BindParameters.CurrentMacAddress, &Order);
        if (Order != 0 && (Vnics[i]->PacketFilter & NDIS_PACKET_TYPE_DIRECTED)) {
            Filter |= NDIS_PACKET_TYPE_PROMISCUOUS;
        }
        NdisReleaseSpinLock(&Vnics[i]->Lock);
    }
    LmReleaseSnapshot(Vnics, Count);
    if ((Filter & NDIS_PACKET_TYPE_PROMISCUOUS) && !(Link->BindParameters.SupportedPacketFilters & NDIS_PACKET_TYPE_PROMISCUOUS)) {
        LMTRACE(LM_WARN, ("%wZ cannot listen to every address\n", &Link->AdapterName));
    }
    return Filter & Link->BindParameters.SupportedPacketFilters;
}

/* The multicast addresses of all, each once. Returns how many bytes they take. */
_Use_decl_annotations_
ULONG
LmCombinedMulticast(
    PLM_LINK Link,
    PUCHAR Addresses,
    ULONG Capacity
    )
{
    PLM_VNIC Vnics[LM_MAX_VNICS];
    ULONG Count = LmSnapshotVnics(Link, Vnics);
    ULONG Length = 0;
    ULONG i;
    ULONG j;
    ULONG k;

    for (i = 0; i < Count; i++) {
        NdisAcquireSpinLock(&Vnics[i]->Lock);
        for (j = 0; j < Vnics[i]->Multicast.Count; j++) {
            const UCHAR *Address = Vnics[i]->Multicast.Address[j];
            BOOLEAN Known = (BOOLEAN)NdisEqualMemory(Address, LmNoAddress, ETH_LENGTH_OF_ADDRESS);

            for (k = 0; k < Length && !Known; k += ETH_LENGTH_OF_ADDRESS) {
                Known = (BOOLEAN)NdisEqualMemory(Addresses + k, Address, ETH_LENGTH_OF_ADDRESS);
            }
            if (!Known && Length + ETH_LENGTH_OF_ADDRESS <= Capacity) {
                ETH_COPY_NETWORK_ADDRESS(Addresses + Length, Address);
                Length += ETH_LENGTH_OF_ADDRESS;
            }
        }
        NdisReleaseSpinLock(&Vnics[i]->Lock);
    }
    LmReleaseSnapshot(Vnics, Count);
    return Length;
}
