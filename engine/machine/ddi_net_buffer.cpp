// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: pools of NET_BUFFER_LISTs and NET_BUFFERs, their allocation, contexts, MDLs.
#include <ndis.h>

#include <algorithm>

#include "engine/machine/machine.h"
#include "engine/machine/net_buffer_data.h"

using namespace chimneylab::machine;

namespace {

void set_data(NET_BUFFER& buffer, PMDL chain, ULONG offset, SIZE_T length)
{
    buffer.MdlChain = chain;
    buffer.DataOffset = offset;
    buffer.DataLength = static_cast<ULONG>(length);
    adjust_current_mdl(buffer);
}

bool check_data(Machine& machine, PMDL chain, ULONG offset, SIZE_T length, const char* function)
{
    std::uint64_t room = 0;
    for (MDL* mdl = chain; mdl; mdl = mdl->Next) room += mdl->ByteCount;
    if (std::uint64_t{offset} + length <= room) return true;
    machine.finding(FindingKind::buffer_overrun, machine.layer_name(machine.current_layer()) + " calls " + function + " with " +
                                                     std::to_string(length) + " bytes at offset " + std::to_string(offset) +
                                                     "; the MDL chain describes " + std::to_string(room), chain);
    return false;
}

Machine& at_dispatch_or_below(const char* function)
{
    Machine& machine = Machine::of_call(function);
    machine.irql().require_dispatch_or_below(function);
    return machine;
}

}  // namespace

extern "C" {

NDIS_HANDLE NdisAllocateNetBufferListPool(NDIS_HANDLE NdisHandle, PNET_BUFFER_LIST_POOL_PARAMETERS Parameters)
{
    Machine& machine = at_dispatch_or_below(__func__);
    machine.handles().require_any(NdisHandle, __func__);
    if (Parameters->Header.Type != NDIS_OBJECT_TYPE_DEFAULT ||
        Parameters->Header.Size < NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1)
        return nullptr;
    NetBufferPools::ListPool pool;
    pool.owner = machine.current_layer();
    pool.tag = Parameters->PoolTag;
    pool.context_size = Parameters->ContextSize;
    pool.allocates_net_buffer = Parameters->fAllocateNetBuffer != 0;
    pool.data_size = Parameters->DataSize;
    pool.protocol_id = Parameters->ProtocolId;
    return machine.net_buffer_pools().create_list_pool(pool);
}

VOID NdisFreeNetBufferListPool(NDIS_HANDLE PoolHandle)
{
    at_dispatch_or_below(__func__).net_buffer_pools().remove_list_pool(PoolHandle, __func__);
}

NDIS_HANDLE NdisAllocateNetBufferPool(NDIS_HANDLE NdisHandle, PNET_BUFFER_POOL_PARAMETERS Parameters)
{
    Machine& machine = at_dispatch_or_below(__func__);
    machine.handles().require_any(NdisHandle, __func__);
    if (Parameters->Header.Type != NDIS_OBJECT_TYPE_DEFAULT || Parameters->Header.Size < NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1)
        return nullptr;
    NetBufferPools::BufferPool pool;
    pool.owner = machine.current_layer();
    pool.tag = Parameters->PoolTag;
    pool.data_size = Parameters->DataSize;
    return machine.net_buffer_pools().create_buffer_pool(pool);
}

VOID NdisFreeNetBufferPool(NDIS_HANDLE PoolHandle)
{
    at_dispatch_or_below(__func__).net_buffer_pools().remove_buffer_pool(PoolHandle, __func__);
}

PNET_BUFFER_LIST NdisAllocateNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize, USHORT ContextBackFill)
{
    return at_dispatch_or_below(__func__).net_buffer_pools().allocate_list(PoolHandle, ContextSize, ContextBackFill, false, __func__);
}

PNET_BUFFER_LIST NdisAllocateNetBufferAndNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize, USHORT ContextBackFill,
                                                       PMDL MdlChain, ULONG DataOffset, SIZE_T DataLength)
{
    Machine& machine = at_dispatch_or_below(__func__);
    if (!check_data(machine, MdlChain, DataOffset, DataLength, __func__)) return nullptr;
    NetBufferPools& pools = machine.net_buffer_pools();
    PNET_BUFFER_LIST list = pools.allocate_list(PoolHandle, ContextSize, ContextBackFill, true, __func__);
    if (!list) return nullptr;
    set_data(*list->FirstNetBuffer, MdlChain, DataOffset, DataLength);
    const NetBufferPools::ListPool* pool = pools.pool_of(list);
    if (!MdlChain && pool->data_size != 0 && !pools.attach_data(list->FirstNetBuffer, pool->data_size, pool->tag, __func__)) {
        pools.free_list(list, __func__);
        return nullptr;
    }
    return list;
}

VOID NdisFreeNetBufferList(PNET_BUFFER_LIST NetBufferList)
{
    at_dispatch_or_below(__func__).net_buffer_pools().free_list(NetBufferList, __func__);
}

PNET_BUFFER NdisAllocateNetBuffer(NDIS_HANDLE PoolHandle, PMDL MdlChain, ULONG DataOffset, SIZE_T DataLength)
{
    Machine& machine = at_dispatch_or_below(__func__);
    if (!check_data(machine, MdlChain, DataOffset, DataLength, __func__)) return nullptr;
    PNET_BUFFER buffer = machine.net_buffer_pools().allocate_buffer(PoolHandle, __func__);
    if (buffer) set_data(*buffer, MdlChain, DataOffset, DataLength);
    return buffer;
}

PNET_BUFFER NdisAllocateNetBufferMdlAndData(NDIS_HANDLE PoolHandle)
{
    Machine& machine = at_dispatch_or_below(__func__);
    const auto* pool = machine.handles().resolve<NetBufferPools::BufferPool>(PoolHandle, HandleKind::net_buffer_pool, __func__);
    if (!pool) return nullptr;
    if (pool->data_size == 0) {
        machine.strict_finding("NdisAllocateNetBufferMdlAndData is called for a pool without a DataSize", PoolHandle);
        return nullptr;
    }
    PNET_BUFFER buffer = machine.net_buffer_pools().allocate_buffer(PoolHandle, __func__);
    if (!buffer) return nullptr;
    if (machine.net_buffer_pools().attach_data(buffer, pool->data_size, pool->tag, __func__)) return buffer;
    machine.net_buffer_pools().free_buffer(buffer, __func__);
    return nullptr;
}

VOID NdisFreeNetBuffer(PNET_BUFFER NetBuffer) { at_dispatch_or_below(__func__).net_buffer_pools().free_buffer(NetBuffer, __func__); }

NDIS_STATUS NdisAllocateNetBufferListContext(PNET_BUFFER_LIST NetBufferList, USHORT ContextSize, USHORT ContextBackFill, ULONG PoolTag)
{
    Machine& machine = at_dispatch_or_below(__func__);
    return machine.net_buffer_pools().push_context(NetBufferList, ContextSize, ContextBackFill, PoolTag, __func__) ? NDIS_STATUS_SUCCESS
                                                                                                                  : NDIS_STATUS_RESOURCES;
}

VOID NdisFreeNetBufferListContext(PNET_BUFFER_LIST NetBufferList, USHORT ContextSize)
{
    at_dispatch_or_below(__func__).net_buffer_pools().pop_context(NetBufferList, ContextSize, __func__);
}

NDIS_HANDLE NdisGetPoolFromNetBufferList(PNET_BUFFER_LIST NetBufferList) { return NetBufferList->NdisPoolHandle; }
NDIS_HANDLE NdisGetPoolFromNetBuffer(PNET_BUFFER NetBuffer) { return NetBuffer->NdisPoolHandle; }

VOID NdisCopySendNetBufferListInfo(PNET_BUFFER_LIST DestNetBufferList, PNET_BUFFER_LIST SrcNetBufferList)
{
    at_dispatch_or_below(__func__);
    std::copy(std::begin(SrcNetBufferList->NetBufferListInfo), std::end(SrcNetBufferList->NetBufferListInfo),
              std::begin(DestNetBufferList->NetBufferListInfo));
    DestNetBufferList->NblFlags |= SrcNetBufferList->NblFlags & (NDIS_NBL_FLAGS_IS_IPV4 | NDIS_NBL_FLAGS_IS_IPV6 |
                                                                 NDIS_NBL_FLAGS_IS_TCP | NDIS_NBL_FLAGS_IS_UDP);
}

VOID NdisCopyReceiveNetBufferListInfo(PNET_BUFFER_LIST DestNetBufferList, PNET_BUFFER_LIST SrcNetBufferList)
{
    at_dispatch_or_below(__func__);
    std::copy(std::begin(SrcNetBufferList->NetBufferListInfo), std::end(SrcNetBufferList->NetBufferListInfo),
              std::begin(DestNetBufferList->NetBufferListInfo));
    DestNetBufferList->NblFlags |= SrcNetBufferList->NblFlags &
                                   (NDIS_NBL_FLAGS_HD_SPLIT | NDIS_NBL_FLAGS_IS_IPV4 | NDIS_NBL_FLAGS_IS_IPV6 | NDIS_NBL_FLAGS_IS_TCP |
                                    NDIS_NBL_FLAGS_IS_UDP | NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_HEADER |
                                    NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_PAYLOAD);
}

PMDL NdisAllocateMdl(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, UINT Length)
{
    Machine& machine = at_dispatch_or_below(__func__);
    machine.handles().require_any(NdisHandle, __func__);
    return machine.net_buffer_pools().allocate_mdl(VirtualAddress, Length, __func__);
}

VOID NdisFreeMdl(PMDL Mdl) { at_dispatch_or_below(__func__).net_buffer_pools().free_mdl(Mdl, __func__); }

VOID NdisAdjustMdlLength(PMDL Mdl, UINT Length)
{
    Machine& machine = Machine::of_call(__func__);
    // What the MDL was made for shows in the number of pages it has room for.
    const Allocation* allocation = machine.pool().find_live(Mdl);
    if (allocation && sizeof(MDL) + ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(Mdl), Length) * sizeof(ULONG_PTR) > allocation->size) {
        machine.finding(FindingKind::buffer_overrun, machine.layer_name(machine.current_layer()) +
                                                         " calls NdisAdjustMdlLength with more than the MDL was allocated for", Mdl);
        return;
    }
    Mdl->ByteCount = Length;
}

PMDL IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer, BOOLEAN, PIRP Irp)
{
    Machine& machine = at_dispatch_or_below(__func__);
    PMDL mdl = machine.net_buffer_pools().allocate_mdl(VirtualAddress, Length, __func__);
    if (!mdl) return nullptr;
    mdl->MdlFlags = 0;
    mdl->MappedSystemVa = nullptr;
    if (Irp && !SecondaryBuffer) {
        Irp->MdlAddress = mdl;
    } else if (Irp) {
        PMDL* link = &Irp->MdlAddress;
        while (*link) link = &(*link)->Next;
        *link = mdl;
    }
    return mdl;
}

VOID IoFreeMdl(PMDL Mdl) { at_dispatch_or_below(__func__).net_buffer_pools().free_mdl(Mdl, __func__); }

VOID MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList)
{
    at_dispatch_or_below(__func__);
    MemoryDescriptorList->MdlFlags = static_cast<CSHORT>(MemoryDescriptorList->MdlFlags | MDL_SOURCE_IS_NONPAGED_POOL);
    MemoryDescriptorList->MappedSystemVa = MmGetMdlVirtualAddress(MemoryDescriptorList);
}

VOID IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length)
{
    Machine& machine = at_dispatch_or_below(__func__);
    auto* start = static_cast<UCHAR*>(MmGetMdlVirtualAddress(SourceMdl));
    auto* address = static_cast<UCHAR*>(VirtualAddress);
    const auto offset = static_cast<std::uint64_t>(address - start);
    if (address < start || offset > SourceMdl->ByteCount || Length > SourceMdl->ByteCount - offset) {
        machine.finding(FindingKind::buffer_overrun, machine.layer_name(machine.current_layer()) +
                                                         " calls IoBuildPartialMdl for a range outside of the source MDL", SourceMdl);
        return;
    }
    TargetMdl->StartVa = PAGE_ALIGN(address);
    TargetMdl->ByteOffset = BYTE_OFFSET(address);
    TargetMdl->ByteCount = Length != 0 ? Length : static_cast<ULONG>(SourceMdl->ByteCount - offset);
    TargetMdl->MdlFlags = static_cast<CSHORT>(MDL_PARTIAL | (SourceMdl->MdlFlags & (MDL_SOURCE_IS_NONPAGED_POOL | MDL_MAPPED_TO_SYSTEM_VA)));
    TargetMdl->MappedSystemVa =
        SourceMdl->MappedSystemVa ? static_cast<UCHAR*>(SourceMdl->MappedSystemVa) + offset : nullptr;
}

VOID MmPrepareMdlForReuse(PMDL Mdl) { Mdl->MdlFlags = static_cast<CSHORT>(Mdl->MdlFlags & ~MDL_PARTIAL_HAS_BEEN_MAPPED); }

PVOID MmGetSystemAddressForMdlSafe(PMDL Mdl, ULONG)
{
    if ((Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) != 0) return Mdl->MappedSystemVa;
    Machine& machine = Machine::of_call(__func__);
    machine.strict_finding("MmGetSystemAddressForMdlSafe is called for an MDL that was neither built nor locked", Mdl);
    return MmGetMdlVirtualAddress(Mdl);
}

}  // extern "C"
