// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/lookaside_lists.h"

#include <ndis.h>

#include "engine/machine/machine.h"

namespace chimneylab::machine {
namespace {

// The list asks for 128-byte alignment; a driver may well have put it elsewhere. Its members need only 16.
GENERAL_LOOKASIDE& members(_NPAGED_LOOKASIDE_LIST* list) { return *static_cast<GENERAL_LOOKASIDE*>(static_cast<void*>(list)); }

}  // namespace

void LookasideLists::initialize(_NPAGED_LOOKASIDE_LIST* list, void* allocate, void* free, std::uint32_t size, std::uint32_t tag,
                                std::uint16_t depth, std::string_view function) {
    if (lists_.contains(list))
        machine_.finding(FindingKind::leak, machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) +
                                                " for a lookaside list that is in use", list);
    lists_[list] = List{machine_.current_layer(), allocate, free, size, tag, 0};
    GENERAL_LOOKASIDE& lookaside = members(list);
    lookaside = GENERAL_LOOKASIDE{};
    lookaside.Depth = 4;
    lookaside.MaximumDepth = depth == 0 ? 256 : depth;
    lookaside.Type = NonPagedPool;
    lookaside.Tag = tag;
    lookaside.Size = size;
    lookaside.Allocate = reinterpret_cast<PALLOCATE_FUNCTION>(allocate);
    lookaside.Free = reinterpret_cast<PFREE_FUNCTION>(free);
}

void* LookasideLists::allocate(_NPAGED_LOOKASIDE_LIST* list, std::string_view function) {
    const auto found = lists_.find(list);
    if (found == lists_.end()) {
        if (machine_.pool().require_not_released(list, function))
            machine_.finding(FindingKind::foreign_handle, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                              std::string(function) + " for a lookaside list that is not initialised", list);
        return nullptr;
    }
    const List known = found->second;
    GENERAL_LOOKASIDE& lookaside = members(list);
    ++lookaside.TotalAllocates;
    ++lookaside.AllocateMisses;
    void* const entry = known.allocate
                            ? reinterpret_cast<PALLOCATE_FUNCTION>(known.allocate)(NonPagedPool, known.size, known.tag)
                            : machine_.pool().allocate(known.size, known.tag, function);
    if (!entry) return nullptr;
    ++lists_[list].outstanding;
    entry_list_[entry] = list;
    return entry;
}

void LookasideLists::free(_NPAGED_LOOKASIDE_LIST* list, void* entry, std::string_view function) {
    const auto found = lists_.find(list);
    if (found == lists_.end()) {
        if (machine_.pool().require_not_released(list, function))
            machine_.finding(FindingKind::foreign_handle, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                              std::string(function) + " for a lookaside list that is not initialised", list);
        return;
    }
    GENERAL_LOOKASIDE& lookaside = members(list);
    ++lookaside.TotalFrees;
    ++lookaside.FreeMisses;
    const auto from = entry_list_.find(entry);
    if (from != entry_list_.end() && from->second == list) {
        --found->second.outstanding;
        entry_list_.erase(from);
    } else if (machine_.pool().find_live(entry)) {
        machine_.finding(FindingKind::invalid_free, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                        std::string(function) + " for memory that does not come from this list", entry);
    }
    if (found->second.free)
        reinterpret_cast<PFREE_FUNCTION>(found->second.free)(entry);
    else
        machine_.pool().free(entry, function);
}

void LookasideLists::remove(_NPAGED_LOOKASIDE_LIST* list, std::string_view function) {
    const auto found = lists_.find(list);
    if (found == lists_.end()) {
        if (machine_.pool().require_not_released(list, function))
            machine_.finding(FindingKind::foreign_handle, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                              std::string(function) + " for a lookaside list that is not initialised", list);
        return;
    }
    if (found->second.outstanding != 0)
        machine_.finding(FindingKind::leak, machine_.layer_name(machine_.current_layer()) + " deletes a lookaside list with " +
                                                std::to_string(found->second.outstanding) + " entries still in use", list);
    std::erase_if(entry_list_, [&](const auto& pair) { return pair.second == list; });
    lists_.erase(found);
}

void LookasideLists::memory_freed(const Allocation& allocation) {
    entry_list_.erase(allocation.address);
    const std::byte* const end = allocation.address + allocation.size;
    for (auto list = lists_.lower_bound(allocation.address); list != lists_.end() && list->first < end;) {
        const void* const address = list->first;
        machine_.finding(FindingKind::leak, machine_.layer_name(machine_.current_layer()) +
                                                " frees memory with a lookaside list inside that was not deleted", address);
        std::erase_if(entry_list_, [&](const auto& pair) { return pair.second == address; });
        list = lists_.erase(list);
    }
}

std::size_t LookasideLists::report_leaks(trace::LayerIndex owner) {
    std::size_t count = 0;
    for (const auto& [address, list] : lists_) {
        if (list.owner != owner) continue;
        ++count;
        machine_.finding_about(owner, FindingKind::leak,
                               "a lookaside list of " + machine_.layer_name(owner) + " with tag '" + tag_text(list.tag) +
                                   "' was never deleted",
                               address);
    }
    return count;
}

}  // namespace chimneylab::machine
