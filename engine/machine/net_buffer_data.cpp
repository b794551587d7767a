// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/net_buffer_data.h"

#include <algorithm>

#include "engine/machine/machine.h"

namespace chimneylab::machine {
namespace {

constexpr ULONG retreat_tag = 0x7274624E;  // 'Nbtr'

}  // namespace

void adjust_current_mdl(NET_BUFFER& buffer)
{
    MDL* mdl = buffer.MdlChain;
    ULONG offset = buffer.DataOffset;
    while (mdl && mdl->Next && offset >= mdl->ByteCount) {
        offset -= mdl->ByteCount;
        mdl = mdl->Next;
    }
    buffer.CurrentMdl = mdl;
    buffer.CurrentMdlOffset = mdl ? offset : 0;
}

bool for_each_piece(const NET_BUFFER& buffer, std::size_t offset, std::size_t length,
                    const std::function<bool(UCHAR* data, std::size_t bytes)>& piece)
{
    std::size_t skip = std::size_t{buffer.CurrentMdlOffset} + offset;
    for (MDL* mdl = buffer.CurrentMdl; mdl && length != 0; mdl = mdl->Next) {
        if (skip >= mdl->ByteCount) {
            skip -= mdl->ByteCount;
            continue;
        }
        const std::size_t bytes = std::min<std::size_t>(length, mdl->ByteCount - skip);
        if (!piece(static_cast<UCHAR*>(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority)) + skip, bytes)) return false;
        length -= bytes;
        skip = 0;
    }
    return length == 0;
}

MdlChain describe_data(Machine& machine, const NET_BUFFER& buffer, std::size_t offset, std::size_t length, const char* function)
{
    MdlChain chain;
    chain.complete = for_each_piece(buffer, offset, length, [&](UCHAR* data, std::size_t bytes) {
        MDL* mdl = machine.net_buffer_pools().allocate_mdl(data, static_cast<std::uint32_t>(bytes), function);
        if (!mdl) return false;
        (chain.last ? chain.last->Next : chain.first) = mdl;
        chain.last = mdl;
        return true;
    });
    if (!chain.complete) {
        free_chain(machine, chain.first, function);
        chain.first = chain.last = nullptr;
    }
    return chain;
}

void free_chain(Machine& machine, MDL* first, const char* function)
{
    while (first) {
        MDL* next = first->Next;
        machine.net_buffer_pools().free_mdl(first, function);
        first = next;
    }
}

NDIS_STATUS retreat(Machine& machine, NET_BUFFER& buffer, ULONG delta, ULONG backfill, NET_BUFFER_ALLOCATE_MDL_HANDLER allocate,
                    const char* function)
{
    if (buffer.DataOffset >= delta) {
        buffer.DataOffset -= delta;
        buffer.DataLength += delta;
        adjust_current_mdl(buffer);
        return NDIS_STATUS_SUCCESS;
    }
    ULONG size = delta + backfill;
    if (size < delta) return NDIS_STATUS_RESOURCES;
    MDL* mdl = nullptr;
    if (allocate) {
        mdl = allocate(&size);
        if (!mdl) return NDIS_STATUS_RESOURCES;
        size = mdl->ByteCount;
    } else {
        void* data = machine.pool().allocate(size, retreat_tag, function);
        if (!data) return NDIS_STATUS_RESOURCES;
        mdl = machine.net_buffer_pools().allocate_mdl(data, size, function);
        if (!mdl) {
            machine.pool().free(data, function);
            return NDIS_STATUS_RESOURCES;
        }
    }
    if (size < delta - buffer.DataOffset) {
        machine.finding(FindingKind::buffer_overrun, "the MDL allocate handler of " + machine.layer_name(machine.current_layer()) +
                                                         " returned an MDL that is too small", mdl);
        return NDIS_STATUS_RESOURCES;
    }
    machine.net_buffer_pools().remember_retreat(mdl, allocate == nullptr);
    // The room in front of the old data is used up first, so that the data stays one stretch across the chain.
    mdl->Next = buffer.MdlChain;
    buffer.MdlChain = mdl;
    buffer.DataOffset += size - delta;
    buffer.DataLength += delta;
    adjust_current_mdl(buffer);
    return NDIS_STATUS_SUCCESS;
}

void advance(Machine& machine, NET_BUFFER& buffer, ULONG delta, bool free_mdl, NET_BUFFER_FREE_MDL_HANDLER free_handler,
             const char* function)
{
    if (delta > buffer.DataLength) {
        machine.finding(FindingKind::buffer_overrun, machine.layer_name(machine.current_layer()) + " calls " + function + " by " +
                                                         std::to_string(delta) + " bytes; the NET_BUFFER holds " +
                                                         std::to_string(buffer.DataLength), &buffer);
        return;
    }
    buffer.DataOffset += delta;
    buffer.DataLength -= delta;
    NetBufferPools& pools = machine.net_buffer_pools();
    // The last MDL goes only if a retreat put it there: data that came with the NET_BUFFER stays.
    while (free_mdl && buffer.MdlChain && buffer.DataOffset >= buffer.MdlChain->ByteCount &&
           (buffer.MdlChain->Next || pools.came_from_retreat(buffer.MdlChain))) {
        MDL* mdl = buffer.MdlChain;
        buffer.MdlChain = mdl->Next;
        buffer.DataOffset -= mdl->ByteCount;
        mdl->Next = nullptr;
        const bool memory_of_ndis = pools.forget_retreat(mdl);
        if (free_handler) {
            free_handler(mdl);
        } else {
            void* data = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
            pools.free_mdl(mdl, function);
            if (memory_of_ndis) machine.pool().free(data, function, retreat_tag);
        }
    }
    adjust_current_mdl(buffer);
}

}  // namespace chimneylab::machine
