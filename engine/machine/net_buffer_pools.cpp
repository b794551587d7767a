// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/net_buffer_pools.h"

#include <ndis.h>

#include <algorithm>

#include "engine/machine/machine.h"

namespace chimneylab::machine {
namespace {

constexpr std::uint32_t mdl_tag = 0x206C644D;  // 'Mdl '
constexpr std::size_t context_header = sizeof(NET_BUFFER_LIST_CONTEXT);
static_assert(context_header % MEMORY_ALLOCATION_ALIGNMENT == 0);

constexpr std::size_t aligned(std::size_t size) {
    return (size + MEMORY_ALLOCATION_ALIGNMENT - 1) / MEMORY_ALLOCATION_ALIGNMENT * MEMORY_ALLOCATION_ALIGNMENT;
}

}  // namespace

NetBufferPools::~NetBufferPools() = default;

Handle NetBufferPools::create_list_pool(const ListPool& parameters) {
    auto pool = std::make_unique<ListPool>(parameters);
    const Handle handle = machine_.handles().open(HandleKind::net_buffer_list_pool, pool->owner, pool.get());
    list_pools_.emplace(handle, std::move(pool));
    return handle;
}

void NetBufferPools::remove_list_pool(Handle handle, std::string_view function) {
    const auto* pool = machine_.handles().resolve<ListPool>(handle, HandleKind::net_buffer_list_pool, function);
    if (!pool) return;
    if (pool->outstanding != 0)
        machine_.finding(FindingKind::leak, machine_.layer_name(machine_.current_layer()) + " frees a NET_BUFFER_LIST pool with " +
                                                std::to_string(pool->outstanding) + " lists still allocated", handle);
    machine_.handles().close(handle, HandleKind::net_buffer_list_pool, function);
    list_pools_.erase(handle);
}

Handle NetBufferPools::create_buffer_pool(const BufferPool& parameters) {
    auto pool = std::make_unique<BufferPool>(parameters);
    const Handle handle = machine_.handles().open(HandleKind::net_buffer_pool, pool->owner, pool.get());
    buffer_pools_.emplace(handle, std::move(pool));
    return handle;
}

void NetBufferPools::remove_buffer_pool(Handle handle, std::string_view function) {
    const auto* pool = machine_.handles().resolve<BufferPool>(handle, HandleKind::net_buffer_pool, function);
    if (!pool) return;
    if (pool->outstanding != 0)
        machine_.finding(FindingKind::leak, machine_.layer_name(machine_.current_layer()) + " frees a NET_BUFFER pool with " +
                                                std::to_string(pool->outstanding) + " buffers still allocated", handle);
    machine_.handles().close(handle, HandleKind::net_buffer_pool, function);
    buffer_pools_.erase(handle);
}

_NET_BUFFER_LIST* NetBufferPools::allocate_list(Handle handle, std::uint16_t context_size, std::uint16_t context_backfill,
                                                bool with_net_buffer, std::string_view function) {
    auto* pool = machine_.handles().resolve<ListPool>(handle, HandleKind::net_buffer_list_pool, function);
    if (!pool) return nullptr;
    if (context_size % MEMORY_ALLOCATION_ALIGNMENT != 0 || context_backfill % MEMORY_ALLOCATION_ALIGNMENT != 0)
        machine_.strict_finding(std::string(function) + ": ContextSize and ContextBackFill must be multiples of 16", handle);
    if (with_net_buffer && !pool->allocates_net_buffer)
        machine_.strict_finding(std::string(function) + ": the pool was made with fAllocateNetBuffer FALSE", handle);
    const std::size_t room = aligned(std::max<std::size_t>(pool->context_size, std::size_t{context_size} + context_backfill));
    const std::size_t buffer_at = sizeof(NET_BUFFER_LIST) + (room ? context_header + room : 0);
    static_assert(sizeof(NET_BUFFER_LIST) % MEMORY_ALLOCATION_ALIGNMENT == 0);
    const std::size_t size = buffer_at + (with_net_buffer ? sizeof(NET_BUFFER) : 0);
    if (room > 0xFFFF) return nullptr;
    auto* bytes = static_cast<std::byte*>(machine_.pool().allocate_zeroed(size, pool->tag, function, pool->owner));
    if (!bytes) return nullptr;
    auto* list = reinterpret_cast<NET_BUFFER_LIST*>(bytes);
    list->NdisPoolHandle = handle;
    list->NetBufferListInfo[NetBufferListProtocolId] = reinterpret_cast<PVOID>(std::uint64_t{pool->protocol_id});
    if (room) {
        auto* context = reinterpret_cast<NET_BUFFER_LIST_CONTEXT*>(bytes + sizeof(NET_BUFFER_LIST));
        context->Size = static_cast<USHORT>(room);
        context->Offset = static_cast<USHORT>(room - context_size);
        list->Context = context;
    }
    LiveList live;
    live.pool = handle;
    if (with_net_buffer) {
        auto* buffer = reinterpret_cast<NET_BUFFER*>(bytes + buffer_at);
        buffer->NdisPoolHandle = handle;
        list->FirstNetBuffer = buffer;
        live.own_buffer = buffer;
    }
    live.inline_context = static_cast<std::uint16_t>(room);
    lists_.emplace(list, std::move(live));
    ++pool->outstanding;
    return list;
}

void NetBufferPools::free_list(_NET_BUFFER_LIST* list, std::string_view function) {
    const auto found = lists_.find(list);
    if (found == lists_.end()) {
        if (machine_.pool().find_live(list))
            machine_.finding(FindingKind::invalid_free, machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) +
                                                            " for memory that is no NET_BUFFER_LIST", list);
        else
            machine_.pool().free(list, function);
        return;
    }
    if (!found->second.pushes.empty()) {
        machine_.finding(FindingKind::leak, machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) + " for a list with " +
                                                std::to_string(found->second.pushes.size()) + " contexts still pushed on it", list);
        while (!found->second.pushes.empty()) pop_context(list, found->second.pushes.back(), function);
    }
    if (found->second.own_buffer) release_data(static_cast<NET_BUFFER*>(found->second.own_buffer), function);
    const Handle handle = found->second.pool;
    lists_.erase(found);
    const auto pool = list_pools_.find(handle);
    if (pool != list_pools_.end()) --pool->second->outstanding;
    else
        machine_.finding(FindingKind::invalid_free, machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) +
                                                        " for a list whose pool is gone", list);
    machine_.pool().free(list, function);
}

_NET_BUFFER* NetBufferPools::allocate_buffer(Handle handle, std::string_view function) {
    auto* pool = machine_.handles().resolve<BufferPool>(handle, HandleKind::net_buffer_pool, function);
    if (!pool) return nullptr;
    auto* buffer = static_cast<NET_BUFFER*>(machine_.pool().allocate_zeroed(sizeof(NET_BUFFER), pool->tag, function, pool->owner));
    if (!buffer) return nullptr;
    buffer->NdisPoolHandle = handle;
    buffers_.emplace(buffer, handle);
    ++pool->outstanding;
    return buffer;
}

void NetBufferPools::free_buffer(_NET_BUFFER* buffer, std::string_view function) {
    const auto found = buffers_.find(buffer);
    if (found == buffers_.end()) {
        if (machine_.pool().find_live(buffer))
            machine_.finding(FindingKind::invalid_free, machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) +
                                                            " for a NET_BUFFER that was not allocated on its own", buffer);
        else
            machine_.pool().free(buffer, function);
        return;
    }
    const auto pool = buffer_pools_.find(found->second);
    if (pool != buffer_pools_.end()) --pool->second->outstanding;
    else
        machine_.finding(FindingKind::invalid_free, machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) +
                                                        " for a NET_BUFFER whose pool is gone", buffer);
    buffers_.erase(found);
    release_data(buffer, function);
    machine_.pool().free(buffer, function);
}

bool NetBufferPools::attach_data(_NET_BUFFER* buffer, std::uint32_t data_size, std::uint32_t tag, std::string_view function) {
    void* const data = machine_.pool().allocate(data_size, tag, function);
    if (!data) return false;
    MDL* const mdl = allocate_mdl(data, data_size, function);
    if (!mdl) {
        machine_.pool().free(data, function);
        return false;
    }
    data_.emplace(buffer, OwnedData{mdl, data});
    // The whole buffer is room in front of the data; the driver retreats into it.
    buffer->MdlChain = buffer->CurrentMdl = mdl;
    buffer->DataOffset = buffer->CurrentMdlOffset = data_size;
    buffer->DataLength = 0;
    return true;
}

void NetBufferPools::release_data(_NET_BUFFER* buffer, std::string_view function) {
    const auto found = data_.find(buffer);
    if (found == data_.end()) return;
    const OwnedData owned = found->second;
    data_.erase(found);
    free_mdl(owned.mdl, function);
    machine_.pool().free(owned.data, function);
}

bool NetBufferPools::push_context(_NET_BUFFER_LIST* list, std::uint16_t size, std::uint16_t backfill, std::uint32_t tag,
                                  std::string_view function) {
    if (!machine_.pool().require_not_released(list, function)) return false;
    if (size % sizeof(void*) != 0 || backfill % sizeof(void*) != 0)
        machine_.strict_finding(std::string(function) + ": ContextSize and ContextBackFill must be multiples of the pointer size", list);
    const auto found = lists_.find(list);
    NET_BUFFER_LIST_CONTEXT* top = list->Context;
    if (top && top->Offset >= size) {
        top->Offset = static_cast<USHORT>(top->Offset - size);
    } else {
        const std::size_t room = std::size_t{size} + backfill;
        if (room > 0xFFFF) return false;
        auto* context = static_cast<NET_BUFFER_LIST_CONTEXT*>(machine_.pool().allocate(context_header + room, tag, function));
        if (!context) return false;
        context->Next = top;
        context->Size = static_cast<USHORT>(room);
        context->Offset = backfill;
        list->Context = context;
    }
    if (found != lists_.end()) found->second.pushes.push_back(size);
    return true;
}

void NetBufferPools::pop_context(_NET_BUFFER_LIST* list, std::uint16_t size, std::string_view function) {
    if (!machine_.pool().require_not_released(list, function)) return;
    const std::string caller = machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function);
    const auto found = lists_.find(list);
    if (found != lists_.end()) {
        auto& pushes = found->second.pushes;
        if (pushes.empty()) {
            machine_.finding(FindingKind::invalid_free, caller + " for a list on which no context was pushed", list);
            return;
        }
        if (pushes.back() != size)
            machine_.finding(FindingKind::invalid_free, caller + " to take " + std::to_string(size) + " bytes off the context stack; " +
                                                            std::to_string(pushes.back()) + " were pushed last", list);
        pushes.pop_back();
    }
    NET_BUFFER_LIST_CONTEXT* const top = list->Context;
    if (!top || top->Size - top->Offset < size) {
        machine_.finding(FindingKind::invalid_free, caller + " to take " + std::to_string(size) + " bytes off a context that holds fewer", list);
        return;
    }
    top->Offset = static_cast<USHORT>(top->Offset + size);
    if (top->Offset != top->Size) return;
    // The context behind the list itself stays; one with an allocation of its own was pushed and goes.
    const Allocation* allocation = machine_.pool().find_live(top);
    if (!allocation || static_cast<const void*>(allocation->address) != static_cast<const void*>(top)) return;
    list->Context = top->Next;
    machine_.pool().free(top, function);
}

bool NetBufferPools::is_live(const _NET_BUFFER_LIST* list) const { return lists_.contains(list); }

bool NetBufferPools::has_own_buffer(const _NET_BUFFER_LIST* list) const {
    const auto found = lists_.find(list);
    return found != lists_.end() && found->second.own_buffer;
}

const NetBufferPools::ListPool* NetBufferPools::pool_of(const _NET_BUFFER_LIST* list) const {
    const auto found = lists_.find(list);
    if (found == lists_.end()) return nullptr;
    const auto pool = list_pools_.find(found->second.pool);
    return pool == list_pools_.end() ? nullptr : pool->second.get();
}

std::size_t NetBufferPools::outstanding_lists(trace::LayerIndex owner) const {
    std::size_t count = 0;
    for (const auto& [handle, pool] : list_pools_)
        if (pool->owner == owner) count += pool->outstanding;
    return count;
}

_MDL* NetBufferPools::allocate_mdl(void* address, std::uint32_t length, std::string_view function) {
    // Behind the structure Windows keeps one page number for each page that the buffer touches.
    const std::size_t pages = ADDRESS_AND_SIZE_TO_SPAN_PAGES(address, length);
    const std::size_t size = sizeof(MDL) + pages * sizeof(ULONG_PTR);
    auto* mdl = static_cast<MDL*>(machine_.pool().allocate_zeroed(size, mdl_tag, function));
    if (!mdl) return nullptr;
    mdl->Size = static_cast<CSHORT>(std::min<std::size_t>(size, 0x7FFF));
    mdl->MdlFlags = MDL_SOURCE_IS_NONPAGED_POOL;
    mdl->StartVa = PAGE_ALIGN(address);
    mdl->ByteOffset = BYTE_OFFSET(address);
    mdl->ByteCount = length;
    mdl->MappedSystemVa = address;
    return mdl;
}

bool NetBufferPools::forget_retreat(const _MDL* mdl) {
    const auto found = retreated_.find(mdl);
    if (found == retreated_.end()) return false;
    const bool memory_of_ndis = found->second;
    retreated_.erase(found);
    return memory_of_ndis;
}

void NetBufferPools::free_mdl(_MDL* mdl, std::string_view function) { machine_.pool().free(mdl, function, mdl_tag); }

}  // namespace chimneylab::machine
