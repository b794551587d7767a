// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a tree brings into view: its blocks, the state behind them, their NET_BUFFER_LISTs, the handles in slot B, and the
// drivers' own entries that all of it points to.
#include <chimneylab/following_state.h>

#include <algorithm>
#include <set>

#include "engine/ndis/observation/observer.h"

namespace chimneylab::ndis::observation {

using trace::EventKind;
using trace::RegionKind;

namespace {

// More of an entry than this is not worth a picture.
constexpr std::size_t most_entry_bytes = 4096;

}  // namespace

void Observer::watch_tree(Operation& operation, const std::vector<Block>& tree) {
    unsigned placeholders = 0;
    for (const Block& block : tree) {
        const void* object = block.content.OffloadHandle;
        if (object && !probe_.readable(object, sizeof(NDIS_OFFLOAD_HANDLE))) object = nullptr;
        operation.object_of_block[block.address] = object;
        trace::Region region;
        region.kind = RegionKind::block_list;
        region.owner = operation.starter;
        if (const machine::Allocation* allocation = machine_.pool().find_live(block.address)) region.tag = allocation->tag;
        const std::string name = object ? labels_.name_of(object, block.content.Header.Type)
                                        : "placeholder " + std::to_string(++placeholders);
        region.label = machine_.recorder().intern(name);
        const auto id = watch_.begin(region, block.address, sizeof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST));
        if (!id) continue;
        if (object) labels_.attach(object, *id, "", "");
        operation.regions.push_back(*id);
        if (block.address == operation.root) operation.root_region = *id;
        watch_state(operation, block, *id, object);
        watch_chain(operation, block, *id, name);
        if (object) watch_handle(object, operation.starter, object, "", {});
    }
}

void Observer::watch_state(Operation& operation, const Block& block, RegionId block_region, const void* object) {
    if (operation.kind == ChimneyInvalidate || object == nullptr) return;
    const auto label = machine_.recorder().intern(labels_.name_of(object, block.content.Header.Type));
    if (const auto id = watch_following_state(block.content.Header.Type, block.address, block_region, operation.starter, label)) {
        labels_.attach(object, *id, "", "");
        operation.regions.push_back(*id);
    }
}

// State follows a block when somebody put it there: its first structure tells its own length, or the block and a state of
// its type are what the memory was allocated for.
std::optional<RegionId> Observer::watch_following_state(unsigned char type, const void* block, RegionId block_region,
                                                        LayerIndex owner, trace::StringId label) {
    const CHIMNEYLAB_STATE_PLACEMENT placement = ChimneylabStatePlacement(type);
    if (placement.StateSize == 0) return std::nullopt;
    const void* state = ChimneylabFollowingState(block);
    const auto header = probe_.copy<OFFLOAD_STATE_HEADER>(state);
    constexpr ULONG expected[4][3] = {
        {0, 0, 0},
        {sizeof(NEIGHBOR_OFFLOAD_STATE_CONST), sizeof(NEIGHBOR_OFFLOAD_STATE_CACHED), sizeof(NEIGHBOR_OFFLOAD_STATE_DELEGATED)},
        {sizeof(PATH_OFFLOAD_STATE_CONST), sizeof(PATH_OFFLOAD_STATE_CACHED), sizeof(PATH_OFFLOAD_STATE_DELEGATED)},
        {sizeof(TCP_OFFLOAD_STATE_CONST), sizeof(TCP_OFFLOAD_STATE_CACHED), sizeof(TCP_OFFLOAD_STATE_DELEGATED)}};
    const std::size_t first = placement.ConstOffset == 0 ? 0 : placement.CachedOffset == 0 ? 1 : 2;
    if (!header) return std::nullopt;
    const machine::Allocation* memory = machine_.pool().find_live(block);
    const bool made_for_it = memory != nullptr && memory->address == block && memory->size == sizeof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST) + placement.StateSize;
    if (header->Length != expected[placement.Layer][first] && !made_for_it) return std::nullopt;
    trace::Region region;
    region.kind = RegionKind::following_state;
    region.owner = owner;
    region.parent = block_region;
    region.label = label;
    return watch_.begin(region, state, placement.StateSize);
}

RegionId Observer::watch_handle(const void* handle, LayerIndex owner, const void* object, std::string_view suffix, RegionId entry) {
    if (const auto known = watch_.find(RegionKind::offload_handle, handle)) return *known;
    trace::Region region;
    region.kind = RegionKind::offload_handle;
    region.owner = owner;
    region.parent = entry;
    if (const machine::Allocation* allocation = machine_.pool().find_live(handle)) region.tag = allocation->tag;
    const auto id = watch_.begin(region, handle, sizeof(NDIS_OFFLOAD_HANDLE));
    if (!id) return {};
    labels_.attach(object, *id, "", suffix);
    object_of_handle_[handle] = object;
    handle_of_region_[id->value] = handle;
    return *id;
}

// Before the driver's conversion is told, so that its handles have names and the addresses in the blocks a meaning.
void Observer::recognise_handles(Operation& operation, const std::vector<Block>& tree, LayerIndex layer) {
    auto known = operation.object_of_block;
    const auto original = read_tree(operation.root);
    for (std::size_t i = 0; i < tree.size(); ++i) {
        const void* handle = tree[i].content.OffloadHandle;
        if (handle == nullptr) continue;
        auto block = known.find(tree[i].address);
        // A block of a converted copy stands where the original's stands in the walk.
        if (block == known.end() && i < original.size()) block = known.find(original[i].address);
        if (block == known.end() || block->second == nullptr || block->second == handle) continue;
        const void* object = block->second;
        operation.object_of_block.try_emplace(tree[i].address, object);
        RegionId entry_region;
        const machine::Allocation* allocation = machine_.pool().find_live(handle);
        if (allocation && allocation->owner == layer) {
            auto existing = watch_.find(RegionKind::offload_entry, allocation->address);
            if (!existing) {
                trace::Region region;
                region.kind = RegionKind::offload_entry;
                region.owner = layer;
                region.ordinal = ++offload_ordinals_[layer];
                region.tag = allocation->tag;
                existing = watch_.begin(region, allocation->address, std::min(allocation->size, most_entry_bytes));
                if (existing) labels_.attach(object, *existing, "", " at " + machine_.layer_name(layer));
            }
            if (existing) entry_region = *existing;
        }
        watch_handle(handle, layer, object, " at " + machine_.layer_name(layer), entry_region);
    }
}

void Observer::recognise_offload_entry(Operation& operation, const Block& block, LayerIndex layer) {
    const void* handle = block.content.OffloadHandle;
    const machine::Allocation* allocation = handle ? machine_.pool().find_live(handle) : nullptr;
    if (allocation == nullptr || allocation->owner != layer) return;
    const auto region = watch_.find(RegionKind::offload_entry, allocation->address);
    if (!region || offload_entries_.contains(region->value)) return;
    const EventId event = record(EventKind::offload_entry_recognised, operation, layer, *region, allocation->address);
    offload_entries_[region->value] = {*region, event, layer, operation.id, operation.kind};
}

void Observer::recognise_call_entry(Operation& operation, LayerIndex layer) {
    const auto root = probe_.copy<NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>(operation.aliases.empty() ? operation.root : operation.aliases.back());
    if (!root) return;
    const machine::Allocation* entry = nullptr;
    for (const void* word : root->ImReserved) {
        const machine::Allocation* candidate = machine_.pool().find_live(word);
        // Of two allocations the younger one: a driver may also leave a pointer to something that outlives the call.
        if (candidate && candidate->owner == layer && (entry == nullptr || candidate->serial > entry->serial)) entry = candidate;
    }
    if (entry == nullptr) return;
    if (const auto used = watch_.find(RegionKind::call_entry, entry->address)) {
        // Taken again without having been given back to the pool: from the driver's own list, or by mistake.
        const auto before = call_entries_.find(used->value);
        if (before != call_entries_.end()) {
            trace::Event event;
            event.kind = EventKind::call_entry_released;
            event.layer = layer;
            event.region = *used;
            event.partner = before->second.recognised;
            event.operation = before->second.operation;
            event.operation_kind = trace_kind(before->second.kind);
            event.subject = machine_.address_space().translate(entry->address);
            watch_.end(*used);
            machine_.record(event);
            call_entries_.erase(before);
        } else {
            watch_.end(*used);
        }
    }
    trace::Region region;
    region.kind = RegionKind::call_entry;
    region.owner = layer;
    region.ordinal = ++call_ordinals_[layer];
    region.tag = entry->tag;
    region.label = machine_.recorder().intern("call entry #" + std::to_string(++call_entry_number_));
    const void* const address = entry->address;
    const auto id = watch_.begin(region, address, std::min(entry->size, most_entry_bytes));
    if (!id) return;
    const EventId event = record(EventKind::call_entry_recognised, operation, layer, *id, address);
    call_entries_[id->value] = {*id, event, layer, operation.id, operation.kind};
}

void Observer::memory_freed(const machine::Allocation& allocation) {
    const std::vector<RegionId> dying = watch_.inside(allocation);
    if (dying.empty()) return;
    for (const RegionId region : dying) watch_.observe_one(region, machine_.current_layer(), context_hook());
    for (const RegionId region : dying) {
        if (const auto handle = handle_of_region_.find(region.value); handle != handle_of_region_.end()) {
            object_of_handle_.erase(handle->second);
            handle_of_region_.erase(handle);
        }
        watch_.end(region);
        std::erase_if(lists_, [&](const auto& list) { return list.second.region == region; });
        for (auto* entries : {&call_entries_, &offload_entries_}) {
            const auto found = entries->find(region.value);
            if (found == entries->end()) continue;
            trace::Event event;
            event.kind = entries == &call_entries_ ? EventKind::call_entry_released : EventKind::offload_entry_released;
            event.layer = found->second.layer;
            event.region = region;
            event.partner = found->second.recognised;
            event.operation = found->second.operation;
            event.operation_kind = trace_kind(found->second.kind);
            event.subject = machine_.address_space().translate(allocation.address);
            machine_.record(event);
            entries->erase(found);
        }
    }
}

}  // namespace chimneylab::ndis::observation
