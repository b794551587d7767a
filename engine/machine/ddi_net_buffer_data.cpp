// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: the data of NET_BUFFERs, and lists derived from others (clone, fragment, reassemble). Derived lists
// describe the original's bytes through MDLs of their own; only the headers that a fragment gets are new memory.
#include <ndis.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/machine/machine.h"
#include "engine/machine/net_buffer_data.h"

using namespace chimneylab::machine;

namespace {

Machine& at_dispatch_or_below(const char* function)
{
    Machine& machine = Machine::of_call(function);
    machine.irql().require_dispatch_or_below(function);
    return machine;
}

// A list that grows NET_BUFFER by NET_BUFFER and is undone as a whole when memory runs out.
class DerivedList {
public:
    DerivedList(Machine& machine, NDIS_HANDLE list_pool, NDIS_HANDLE buffer_pool, bool with_net_buffer, const char* function)
        : machine_(machine), buffer_pool_(buffer_pool), function_(function)
    {
        list_ = machine.net_buffer_pools().allocate_list(list_pool, 0, 0, with_net_buffer, function);
        if (list_) spare_ = list_->FirstNetBuffer;
        if (list_) list_->FirstNetBuffer = nullptr;
    }
    [[nodiscard]] bool valid() const { return list_ != nullptr; }

    // Takes the chain over, also on failure.
    NET_BUFFER* add(MDL* chain, ULONG data_offset, ULONG data_length, bool own_mdls)
    {
        NET_BUFFER* buffer = spare_ ? spare_ : buffer_pool_ ? machine_.net_buffer_pools().allocate_buffer(buffer_pool_, function_) : nullptr;
        if (!buffer) {
            if (own_mdls) free_chain(machine_, chain, function_);
            return nullptr;
        }
        spare_ = nullptr;
        buffer->MdlChain = chain;
        buffer->DataOffset = data_offset;
        buffer->DataLength = data_length;
        adjust_current_mdl(*buffer);
        (last_ ? last_->Next : list_->FirstNetBuffer) = buffer;
        last_ = buffer;
        return buffer;
    }
    PNET_BUFFER_LIST take() { return std::exchange(list_, nullptr); }
    PNET_BUFFER_LIST list() { return list_; }

private:
    Machine& machine_;
    NDIS_HANDLE buffer_pool_;
    const char* function_;
    PNET_BUFFER_LIST list_ = nullptr;
    NET_BUFFER* spare_ = nullptr;
    NET_BUFFER* last_ = nullptr;
};

// header: bytes that a retreat put in front of every NET_BUFFER.
void free_derived(Machine& machine, PNET_BUFFER_LIST list, ULONG header, bool own_mdls, const char* function)
{
    const bool preallocated = machine.net_buffer_pools().has_own_buffer(list);
    for (NET_BUFFER* buffer = list->FirstNetBuffer; buffer;) {
        NET_BUFFER* const next = buffer->Next;
        if (header != 0 && buffer->DataLength >= header) advance(machine, *buffer, header, true, nullptr, function);
        if (own_mdls) free_chain(machine, buffer->MdlChain, function);
        if (!preallocated || buffer != list->FirstNetBuffer) machine.net_buffer_pools().free_buffer(buffer, function);
        buffer = next;
    }
    machine.net_buffer_pools().free_list(list, function);
}

// A fragment's piece and its header room. False: undone by the caller.
bool add_fragment(Machine& machine, DerivedList& derived, const NET_BUFFER& original, std::size_t offset, std::size_t length,
                  ULONG header, ULONG backfill, const char* function)
{
    const MdlChain chain = describe_data(machine, original, offset, length, function);
    if (!chain.complete) return false;
    NET_BUFFER* buffer = derived.add(chain.first, 0, static_cast<ULONG>(length), true);
    if (!buffer) return false;
    return header == 0 || retreat(machine, *buffer, header, backfill, nullptr, function) == NDIS_STATUS_SUCCESS;
}

// The NET_BUFFER that failed has no header yet; those before it have one.
void undo_fragments(Machine& machine, PNET_BUFFER_LIST list, ULONG header, const char* function)
{
    for (NET_BUFFER* buffer = list->FirstNetBuffer; buffer; buffer = buffer->Next)
        if (header != 0 && machine.net_buffer_pools().came_from_retreat(buffer->MdlChain))
            advance(machine, *buffer, header, true, nullptr, function);
    free_derived(machine, list, 0, true, function);
}

}  // namespace

extern "C" {

VOID NdisAdjustNetBufferCurrentMdl(PNET_BUFFER NetBuffer) { adjust_current_mdl(*NetBuffer); }

NDIS_STATUS NdisRetreatNetBufferDataStart(PNET_BUFFER NetBuffer, ULONG DataOffsetDelta, ULONG DataBackFill,
                                          NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler)
{
    return retreat(at_dispatch_or_below(__func__), *NetBuffer, DataOffsetDelta, DataBackFill, AllocateMdlHandler, __func__);
}

VOID NdisAdvanceNetBufferDataStart(PNET_BUFFER NetBuffer, ULONG DataOffsetDelta, BOOLEAN FreeMdl, NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler)
{
    advance(at_dispatch_or_below(__func__), *NetBuffer, DataOffsetDelta, FreeMdl != 0, FreeMdlHandler, __func__);
}

NDIS_STATUS NdisRetreatNetBufferListDataStart(PNET_BUFFER_LIST NetBufferList, ULONG DataOffsetDelta, ULONG DataBackFill,
                                              NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler,
                                              NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler)
{
    Machine& machine = at_dispatch_or_below(__func__);
    for (NET_BUFFER* buffer = NetBufferList->FirstNetBuffer; buffer; buffer = buffer->Next) {
        const NDIS_STATUS status = retreat(machine, *buffer, DataOffsetDelta, DataBackFill, AllocateMdlHandler, __func__);
        if (status == NDIS_STATUS_SUCCESS) continue;
        for (NET_BUFFER* done = NetBufferList->FirstNetBuffer; done != buffer; done = done->Next)
            advance(machine, *done, DataOffsetDelta, true, FreeMdlHandler, __func__);
        return status;
    }
    return NDIS_STATUS_SUCCESS;
}

VOID NdisAdvanceNetBufferListDataStart(PNET_BUFFER_LIST NetBufferList, ULONG DataOffsetDelta, BOOLEAN FreeMdl,
                                       NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler)
{
    Machine& machine = at_dispatch_or_below(__func__);
    for (NET_BUFFER* buffer = NetBufferList->FirstNetBuffer; buffer; buffer = buffer->Next)
        advance(machine, *buffer, DataOffsetDelta, FreeMdl != 0, FreeMdlHandler, __func__);
}

PVOID NdisGetDataBuffer(PNET_BUFFER NetBuffer, ULONG BytesNeeded, PVOID Storage, UINT AlignMultiple, UINT AlignOffset)
{
    at_dispatch_or_below(__func__);
    if (NetBuffer->DataLength < BytesNeeded || !NetBuffer->CurrentMdl) return nullptr;
    MDL* mdl = NetBuffer->CurrentMdl;
    if (mdl->ByteCount - NetBuffer->CurrentMdlOffset >= BytesNeeded) {
        auto* data = static_cast<UCHAR*>(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority)) + NetBuffer->CurrentMdlOffset;
        if (AlignMultiple <= 1 || (reinterpret_cast<std::uint64_t>(data) - AlignOffset) % AlignMultiple == 0) return data;
    }
    if (!Storage) return nullptr;
    auto* target = static_cast<UCHAR*>(Storage);
    const bool complete = for_each_piece(*NetBuffer, 0, BytesNeeded, [&](UCHAR* data, std::size_t bytes) {
        std::memcpy(target, data, bytes);
        target += bytes;
        return true;
    });
    return complete ? Storage : nullptr;
}

NDIS_STATUS NdisCopyFromNetBufferToNetBuffer(PNET_BUFFER Destination, ULONG DestinationOffset, ULONG BytesToCopy, PNET_BUFFER Source,
                                             ULONG SourceOffset, PULONG BytesCopied)
{
    at_dispatch_or_below(__func__);
    *BytesCopied = 0;
    const std::uint64_t from = Source->DataLength > SourceOffset ? Source->DataLength - SourceOffset : 0;
    const std::uint64_t into = Destination->DataLength > DestinationOffset ? Destination->DataLength - DestinationOffset : 0;
    const std::uint64_t bytes = std::min<std::uint64_t>({BytesToCopy, from, into});
    std::size_t at = DestinationOffset;
    const bool complete = for_each_piece(*Source, SourceOffset, bytes, [&](UCHAR* data, std::size_t length) {
        const bool stored = for_each_piece(*Destination, at, length, [&](UCHAR* target, std::size_t part) {
            std::memmove(target, data, part);
            data += part;
            return true;
        });
        at += length;
        return stored;
    });
    if (!complete) return NDIS_STATUS_FAILURE;
    *BytesCopied = static_cast<ULONG>(bytes);
    return NDIS_STATUS_SUCCESS;
}

ULONG NdisQueryNetBufferPhysicalCount(PNET_BUFFER NetBuffer)
{
    at_dispatch_or_below(__func__);
    ULONG pages = 0;
    for_each_piece(*NetBuffer, 0, NetBuffer->DataLength, [&](UCHAR* data, std::size_t bytes) {
        pages += ADDRESS_AND_SIZE_TO_SPAN_PAGES(data, bytes);
        return true;
    });
    return pages;
}

PNET_BUFFER_LIST NdisAllocateCloneNetBufferList(PNET_BUFFER_LIST OriginalNetBufferList, NDIS_HANDLE NetBufferListPoolHandle,
                                                NDIS_HANDLE NetBufferPoolHandle, ULONG AllocateCloneFlags)
{
    Machine& machine = at_dispatch_or_below(__func__);
    const bool share = (AllocateCloneFlags & NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS) != 0;
    DerivedList derived(machine, NetBufferListPoolHandle, NetBufferPoolHandle, NetBufferPoolHandle == nullptr, __func__);
    if (!derived.valid()) return nullptr;
    for (NET_BUFFER* original = OriginalNetBufferList->FirstNetBuffer; original; original = original->Next) {
        MDL* chain = original->CurrentMdl;
        ULONG offset = original->CurrentMdlOffset;
        if (!share) {
            const MdlChain copy = describe_data(machine, *original, 0, original->DataLength, __func__);
            if (!copy.complete) {
                free_derived(machine, derived.take(), 0, true, __func__);
                return nullptr;
            }
            chain = copy.first;
            offset = 0;
        }
        if (!derived.add(chain, offset, original->DataLength, !share)) {
            free_derived(machine, derived.take(), 0, !share, __func__);
            return nullptr;
        }
    }
    return derived.take();
}

VOID NdisFreeCloneNetBufferList(PNET_BUFFER_LIST CloneNetBufferList, ULONG FreeCloneFlags)
{
    Machine& machine = at_dispatch_or_below(__func__);
    free_derived(machine, CloneNetBufferList, 0, (FreeCloneFlags & NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS) == 0, __func__);
}

PNET_BUFFER_LIST NdisAllocateFragmentNetBufferList(PNET_BUFFER_LIST OriginalNetBufferList, NDIS_HANDLE NetBufferListPoolHandle,
                                                   NDIS_HANDLE NetBufferPoolHandle, ULONG StartOffset, ULONG MaximumLength,
                                                   ULONG DataOffsetDelta, ULONG DataBackFill, ULONG)
{
    Machine& machine = at_dispatch_or_below(__func__);
    if (MaximumLength == 0) return nullptr;
    DerivedList derived(machine, NetBufferListPoolHandle, NetBufferPoolHandle, false, __func__);
    if (!derived.valid()) return nullptr;
    for (NET_BUFFER* original = OriginalNetBufferList->FirstNetBuffer; original; original = original->Next) {
        for (std::size_t at = StartOffset; at < original->DataLength;) {
            const std::size_t length = std::min<std::size_t>(MaximumLength, original->DataLength - at);
            if (!add_fragment(machine, derived, *original, at, length, DataOffsetDelta, DataBackFill, __func__)) {
                undo_fragments(machine, derived.take(), DataOffsetDelta, __func__);
                return nullptr;
            }
            at += length;
        }
    }
    return derived.take();
}

VOID NdisFreeFragmentNetBufferList(PNET_BUFFER_LIST FragmentNetBufferList, ULONG DataOffsetDelta, ULONG)
{
    free_derived(at_dispatch_or_below(__func__), FragmentNetBufferList, DataOffsetDelta, true, __func__);
}

PNET_BUFFER_LIST NdisAllocateReassembledNetBufferList(PNET_BUFFER_LIST FragmentedNetBufferList,
                                                      NDIS_HANDLE NetBufferAndNetBufferListPoolHandle, ULONG StartOffset,
                                                      ULONG DataOffsetDelta, ULONG DataBackFill, ULONG)
{
    Machine& machine = at_dispatch_or_below(__func__);
    MdlChain whole;
    std::size_t length = 0;
    for (PNET_BUFFER_LIST list = FragmentedNetBufferList; list; list = list->Next) {
        for (NET_BUFFER* part = list->FirstNetBuffer; part; part = part->Next) {
            if (part->DataLength <= StartOffset) continue;
            const std::size_t bytes = part->DataLength - StartOffset;
            const MdlChain chain = describe_data(machine, *part, StartOffset, bytes, __func__);
            if (!chain.complete) {
                free_chain(machine, whole.first, __func__);
                return nullptr;
            }
            (whole.last ? whole.last->Next : whole.first) = chain.first;
            whole.last = chain.last;
            length += bytes;
        }
    }
    DerivedList derived(machine, NetBufferAndNetBufferListPoolHandle, nullptr, true, __func__);
    if (!derived.valid()) {
        free_chain(machine, whole.first, __func__);
        return nullptr;
    }
    NET_BUFFER* buffer = derived.add(whole.first, 0, static_cast<ULONG>(length), true);
    if (buffer && DataOffsetDelta != 0 &&
        retreat(machine, *buffer, DataOffsetDelta, DataBackFill, nullptr, __func__) != NDIS_STATUS_SUCCESS) {
        undo_fragments(machine, derived.take(), DataOffsetDelta, __func__);
        return nullptr;
    }
    return derived.take();
}

VOID NdisFreeReassembledNetBufferList(PNET_BUFFER_LIST ReassembledNetBufferList, ULONG DataOffsetDelta, ULONG)
{
    free_derived(at_dispatch_or_below(__func__), ReassembledNetBufferList, DataOffsetDelta, true, __func__);
}

}  // extern "C"
