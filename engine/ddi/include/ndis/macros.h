/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The macros of ndis.h: NET_BUFFER accessors, flag tests, MDL queries, memory, Ethernet addresses.
 */
#ifndef CHIMNEYLAB_DDI_NDIS_MACROS_H
#define CHIMNEYLAB_DDI_NDIS_MACROS_H

#include "net_buffer_functions.h"

CHIMNEYLAB_DDI_BEGIN

/* ---- NET_BUFFER_LIST and NET_BUFFER ---- */

#define NET_BUFFER_LIST_NEXT_NBL(nbl) ((nbl)->Next)
#define NET_BUFFER_LIST_FIRST_NB(nbl) ((nbl)->FirstNetBuffer)
#define NET_BUFFER_LIST_FLAGS(nbl) ((nbl)->Flags)
#define NET_BUFFER_LIST_NBL_FLAGS(nbl) ((nbl)->NblFlags)
#define NET_BUFFER_LIST_STATUS(nbl) ((nbl)->Status)
#define NET_BUFFER_LIST_INFO(nbl, id) ((nbl)->NetBufferListInfo[(id)])
#define NET_BUFFER_LIST_MINIPORT_RESERVED(nbl) ((nbl)->MiniportReserved)
#define NET_BUFFER_LIST_PROTOCOL_RESERVED(nbl) ((nbl)->ProtocolReserved)
#define NET_BUFFER_LIST_CONTEXT_DATA_START(nbl) \
    ((PUCHAR)(((PUCHAR)(nbl)->Context) + sizeof(NET_BUFFER_LIST_CONTEXT) + (nbl)->Context->Offset))
#define NET_BUFFER_LIST_CONTEXT_DATA_SIZE(nbl) ((nbl)->Context->Size)

#define NET_BUFFER_NEXT_NB(nb) ((nb)->Next)
#define NET_BUFFER_FIRST_MDL(nb) ((nb)->MdlChain)
#define NET_BUFFER_CURRENT_MDL(nb) ((nb)->CurrentMdl)
#define NET_BUFFER_CURRENT_MDL_OFFSET(nb) ((nb)->CurrentMdlOffset)
#define NET_BUFFER_DATA_LENGTH(nb) ((nb)->DataLength)
#define NET_BUFFER_DATA_OFFSET(nb) ((nb)->DataOffset)
#define NET_BUFFER_CHECKSUM_BIAS(nb) ((nb)->ChecksumBias)
#define NET_BUFFER_DATA_PHYSICAL_ADDRESS(nb) ((nb)->DataPhysicalAddress)
#define NET_BUFFER_MINIPORT_RESERVED(nb) ((nb)->MiniportReserved)
#define NET_BUFFER_PROTOCOL_RESERVED(nb) ((nb)->ProtocolReserved)

#define NDIS_GET_NET_BUFFER_LIST_CANCEL_ID(nbl) (NET_BUFFER_LIST_INFO((nbl), NetBufferListCancelId))
#define NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(nbl, id) (NET_BUFFER_LIST_INFO((nbl), NetBufferListCancelId) = (id))

#define NdisSetNblFlag(nbl, flag) ((nbl)->NblFlags |= (flag))
#define NdisClearNblFlag(nbl, flag) ((nbl)->NblFlags &= ~(flag))
#define NdisTestNblFlag(nbl, flag) (((nbl)->NblFlags & (flag)) != 0)
#define NdisTestNblFlags(nbl, flags) (((nbl)->NblFlags & (flags)) == (flags))

/* The low byte of the slot NetBufferListProtocolId. */
static inline UCHAR NdisGetNetBufferListProtocolId(PNET_BUFFER_LIST NetBufferList)
{
    return (UCHAR)((ULONG_PTR)NET_BUFFER_LIST_INFO(NetBufferList, NetBufferListProtocolId) & 0xFF);
}

static inline VOID NdisSetNetBufferListProtocolId(PNET_BUFFER_LIST NetBufferList, UCHAR ProtocolId)
{
    ULONG_PTR slot = (ULONG_PTR)NET_BUFFER_LIST_INFO(NetBufferList, NetBufferListProtocolId);
    NET_BUFFER_LIST_INFO(NetBufferList, NetBufferListProtocolId) = (PVOID)((slot & ~(ULONG_PTR)0xFF) | ProtocolId);
}

/* ---- Send, completion, receive and return flags; the tests of one bit yield exactly 0 or 1 ---- */

#define NDIS_TEST_SEND_FLAG(flags, flag) (((flags) & (flag)) == (flag))
#define NDIS_SET_SEND_FLAG(flags, flag) ((flags) |= (flag))
#define NDIS_CLEAR_SEND_FLAG(flags, flag) ((flags) &= ~(flag))
#define NDIS_TEST_SEND_COMPLETE_FLAG(flags, flag) (((flags) & (flag)) == (flag))
#define NDIS_SET_SEND_COMPLETE_FLAG(flags, flag) ((flags) |= (flag))
#define NDIS_CLEAR_SEND_COMPLETE_FLAG(flags, flag) ((flags) &= ~(flag))
#define NDIS_TEST_RECEIVE_FLAG(flags, flag) (((flags) & (flag)) == (flag))
#define NDIS_SET_RECEIVE_FLAG(flags, flag) ((flags) |= (flag))
#define NDIS_CLEAR_RECEIVE_FLAG(flags, flag) ((flags) &= ~(flag))
#define NDIS_TEST_RETURN_FLAG(flags, flag) (((flags) & (flag)) == (flag))
#define NDIS_SET_RETURN_FLAG(flags, flag) ((flags) |= (flag))
#define NDIS_CLEAR_RETURN_FLAG(flags, flag) ((flags) &= ~(flag))

#define NDIS_TEST_SEND_AT_DISPATCH_LEVEL(flags) (((flags) & NDIS_SEND_FLAGS_DISPATCH_LEVEL) != 0)
#define NDIS_TEST_SEND_COMPLETE_AT_DISPATCH_LEVEL(flags) (((flags) & NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL) != 0)
#define NDIS_TEST_RECEIVE_AT_DISPATCH_LEVEL(flags) (((flags) & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL) != 0)
#define NDIS_TEST_RETURN_AT_DISPATCH_LEVEL(flags) (((flags) & NDIS_RETURN_FLAGS_DISPATCH_LEVEL) != 0)
#define NDIS_TEST_RECEIVE_CANNOT_PEND(flags) (((flags) & NDIS_RECEIVE_FLAGS_RESOURCES) != 0)
#define NDIS_TEST_RECEIVE_CAN_PEND(flags) (((flags) & NDIS_RECEIVE_FLAGS_RESOURCES) == 0)

/* ---- MDLs ---- */

static inline VOID NdisQueryMdl(PMDL Mdl, PVOID *VirtualAddress, PUINT Length, ULONG Priority)
{
    if (VirtualAddress != NULL) {
        *VirtualAddress = MmGetSystemAddressForMdlSafe(Mdl, Priority);
    }
    *Length = MmGetMdlByteCount(Mdl);
}

static inline VOID NdisQueryMdlOffset(PMDL Mdl, PUINT Offset, PUINT Length)
{
    *Offset = MmGetMdlByteOffset(Mdl);
    *Length = MmGetMdlByteCount(Mdl);
}

static inline VOID NdisGetNextMdl(PMDL CurrentMdl, PMDL *NextMdl) { *NextMdl = CurrentMdl->Next; }
#define NDIS_MDL_LINKAGE(mdl) ((mdl)->Next)

/* ---- Memory ---- */

static inline VOID NdisMoveMemory(PVOID Destination, const VOID *Source, ULONG Length)
{
    RtlCopyMemory(Destination, Source, Length);
}
static inline VOID NdisZeroMemory(PVOID Destination, ULONG Length) { RtlZeroMemory(Destination, Length); }
static inline VOID NdisFillMemory(PVOID Destination, ULONG Length, UCHAR Fill)
{
    RtlFillMemory(Destination, Length, Fill);
}
static inline ULONG NdisEqualMemory(const VOID *Source1, const VOID *Source2, ULONG Length)
{
    return RtlEqualMemory(Source1, Source2, Length);
}
static inline VOID NdisRetrieveUlong(PULONG DestinationAddress, const VOID *SourceAddress)
{
    RtlCopyMemory(DestinationAddress, SourceAddress, sizeof(ULONG));
}
static inline VOID NdisStoreUlong(PVOID DestinationAddress, ULONG Value)
{
    RtlCopyMemory(DestinationAddress, &Value, sizeof(ULONG));
}

/* ---- Strings that are not copied ---- */

static inline VOID NdisInitUnicodeString(PNDIS_STRING DestinationString, PCWSTR SourceString)
{
    RtlInitUnicodeString(DestinationString, SourceString);
}
static inline VOID NdisInitAnsiString(PANSI_STRING DestinationString, PCSTR SourceString)
{
    RtlInitAnsiString(DestinationString, SourceString);
}

CHIMNEYLAB_DDI_END

#endif
