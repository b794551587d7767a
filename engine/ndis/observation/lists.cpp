// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// NET_BUFFER_LISTs on offloaded connections, with their NET_BUFFERs and context stacks: watched from the first call that
// carries them until they are back with whoever made it, by completion, in a block, by receive return or by a refusal.
#include <chimneylab/following_state.h>

#include <algorithm>
#include <set>

#include "engine/ndis/observation/observer.h"

namespace chimneylab::ndis::observation {

using trace::RegionKind;

namespace {

// More of a chain than this is not worth a picture.
constexpr std::size_t most_lists = 4096, most_buffers = 16, most_contexts = 16, most_context_bytes = 1024;

const char* name_of(CHIMNEY_TRANSFER transfer) {
    switch (transfer) {
        case ChimneySend: return "send ";
        case ChimneyReceive: return "receive ";
        case ChimneyDisconnect: return "disconnect ";
        case ChimneyForward: return "forward ";
        default: return "data ";
    }
}

}  // namespace

std::vector<const void*> Observer::chain(const void* first) const {
    std::vector<const void*> lists;
    std::set<const void*> seen;
    for (const void* at = first; at && lists.size() < most_lists && seen.insert(at).second;) {
        const auto list = probe_.copy<NET_BUFFER_LIST>(at);
        if (!list) break;
        lists.push_back(at);
        at = list->Next;
    }
    return lists;
}

void Observer::watch_list(const void* list, LayerIndex owner, RegionId parent, const std::string& label) {
    const auto content = probe_.copy<NET_BUFFER_LIST>(list);
    if (!content) return;
    forget_list(list);
    trace::Region region;
    region.kind = RegionKind::net_buffer_list;
    region.owner = owner;
    region.parent = parent;
    region.label = machine_.recorder().intern(label);
    if (const machine::Allocation* allocation = machine_.pool().find_live(list)) region.tag = allocation->tag;
    const auto id = watch_.begin(region, list, sizeof(NET_BUFFER_LIST));
    if (!id) return;
    List& known = lists_[list];
    known = {*id, owner, {}};
    std::set<const void*> seen;
    for (const void* at = content->FirstNetBuffer; at && seen.size() < most_buffers && seen.insert(at).second;) {
        const auto buffer = probe_.copy<NET_BUFFER>(at);
        if (!buffer) break;
        trace::Region part = region;
        part.kind = RegionKind::net_buffer;
        part.parent = *id;
        if (const auto watched = watch_.begin(part, at, sizeof(NET_BUFFER))) known.parts.push_back(*watched);
        at = buffer->Next;
    }
    watch_contexts(list, known);
}

// A push may have put a context in front, so this is asked again whenever the list is passed on.
void Observer::watch_contexts(const void* list, List& known) {
    const auto content = probe_.copy<NET_BUFFER_LIST>(list);
    if (!content) return;
    std::set<const void*> seen;
    for (const void* at = content->Context; at && seen.size() < most_contexts && seen.insert(at).second;) {
        const auto context = probe_.copy<NET_BUFFER_LIST_CONTEXT>(at);
        if (!context) break;
        if (!watch_.find(RegionKind::net_buffer_list_context, at)) {
            trace::Region part;
            part.kind = RegionKind::net_buffer_list_context;
            part.owner = known.owner;
            part.parent = known.region;
            part.label = machine_.recorder().trace().region(known.region).label;
            const std::size_t size = sizeof(NET_BUFFER_LIST_CONTEXT) + context->Size;
            if (const auto watched = watch_.begin(part, at, std::min(size, most_context_bytes))) known.parts.push_back(*watched);
        }
        at = context->Next;
    }
}

void Observer::forget_list(const void* list) {
    const auto found = lists_.find(list);
    if (found == lists_.end()) return;
    for (const RegionId part : found->second.parts) watch_.end(part);
    watch_.end(found->second.region);
    lists_.erase(found);
}

// Send data in a block: the driver that starts the operation gives it away.
void Observer::watch_chain(Operation& operation, const Block& block, RegionId block_region, const std::string& name) {
    unsigned number = 0;
    for (const void* list : chain(block.content.NetBufferListChain))
        watch_list(list, operation.starter, block_region, name + " send data " + std::to_string(++number));
}

// BufferedData of the state behind a block, while the block is watched.
std::vector<const void*> Observer::buffered_data(const Block& block) const {
    const CHIMNEYLAB_STATE_PLACEMENT placement = ChimneylabStatePlacement(block.content.Header.Type);
    const auto state_region = watch_.find(RegionKind::block_list, block.address);
    if (!state_region || placement.Layer != ChimneylabTcpLayer || placement.DelegatedOffset >= placement.StateSize) return {};
    const auto* state = static_cast<const std::byte*>(ChimneylabFollowingState(block.address)) + placement.DelegatedOffset;
    const auto delegated = probe_.copy<TCP_OFFLOAD_STATE_DELEGATED>(state);
    if (!delegated || delegated->Header.Length != sizeof(TCP_OFFLOAD_STATE_DELEGATED)) return {};
    return chain(delegated->BufferedData);
}

// Received data that goes up in the state of a terminated connection, to come back by receive return; or down with an initiate, to
// be home again when that is complete.
void Observer::watch_buffered_data(const Block& block, LayerIndex owner) {
    const std::vector<const void*> lists = buffered_data(block);
    if (lists.empty()) return;
    const auto state_region = watch_.find(RegionKind::block_list, block.address);
    const std::string of(machine_.recorder().trace().text(machine_.recorder().trace().region(*state_region).label));
    unsigned number = 0;
    for (const void* list : lists) {
        ++number;
        if (!lists_.contains(list)) watch_list(list, owner, *state_region, "buffered data " + std::to_string(number) + " of " + of);
    }
}

void Observer::list_call_begins(const CHIMNEY_CALL& call, LayerIndex caller) {
    machine_.observe_now();
    ListCall& open = list_calls_.emplace_back();
    const auto handle = object_of_handle_.find(call.Handle);
    const void* object = handle == object_of_handle_.end() ? nullptr : handle->second;
    unsigned position = 0;
    for (const void* list : chain(call.NetBufferLists)) {
        ++position;
        const auto known = lists_.find(list);
        const bool by_handle = call.Kind == ChimneyIndicationUp || (call.Kind == ChimneyTransferDown && call.Transfer != ChimneyReceiveReturn);
        if (known != lists_.end() && !(by_handle && known->second.owner == caller)) {
            watch_contexts(list, known->second);
            continue;
        }
        if (object) {
            const unsigned number = ++list_numbers_[{object, static_cast<int>(call.Transfer)}];
            watch_list(list, caller, {}, name_of(call.Transfer) + std::to_string(number) + " of " + labels_.name_of(object, TcpOffloadState));
        } else {
            // Named by no handle that is known: a completion or a return of what nobody has seen go.
            const bool up = call.Kind == ChimneyTransferUp;
            watch_list(list, caller, {}, (up ? "completed " : "returned ") + std::to_string(position));
            open.home.push_back(list);
        }
    }
}

void Observer::list_call_ends(const CHIMNEY_CALL& call, LayerIndex caller) {
    machine_.observe_now();
    const bool refused = call.Kind == ChimneyIndicationUp && call.Status != NDIS_STATUS_SUCCESS;
    if (refused)
        if (const auto known = lists_.find(call.NetBufferLists); known != lists_.end() && known->second.owner == caller)
            forget_list(call.NetBufferLists);
    for (const void* list : list_calls_.back().home) forget_list(list);
    list_calls_.pop_back();
}

// Completions and returns end with the driver that gave the list away.
void Observer::list_handler_begins(const CHIMNEY_CALL& call, LayerIndex layer) {
    ListCall& open = list_calls_.emplace_back();
    if (call.Kind != ChimneyTransferUp && call.Transfer != ChimneyReceiveReturn) return;
    for (const void* list : chain(call.NetBufferLists))
        if (const auto known = lists_.find(list); known != lists_.end() && known->second.owner == layer) open.home.push_back(list);
}

void Observer::list_handler_ends(const CHIMNEY_CALL&, LayerIndex) {
    machine_.observe_now();
    for (const void* list : list_calls_.back().home) forget_list(list);
    list_calls_.pop_back();
}

void Observer::block_call_begins(const CHIMNEY_CALL& call, LayerIndex caller) {
    machine_.observe_now();
    ShownBlock& shown = shown_blocks_.emplace_back();
    const auto content = probe_.copy<NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>(call.Block);
    if (!content || find(call.Block) || watch_.find(RegionKind::block_list, call.Block)) return;
    shown.block = call.Block;
    const auto handle = object_of_handle_.find(content->OffloadHandle);
    const void* object = handle == object_of_handle_.end() ? nullptr : handle->second;
    trace::Region region;
    region.kind = RegionKind::block_list;
    region.owner = caller;
    region.label = machine_.recorder().intern(object ? labels_.name_of(object, content->Header.Type) : std::string("neighbor"));
    if (const machine::Allocation* allocation = machine_.pool().find_live(call.Block)) region.tag = allocation->tag;
    const auto id = watch_.begin(region, call.Block, sizeof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST));
    if (!id) return;
    shown.regions.push_back(*id);
    if (const auto state = watch_following_state(content->Header.Type, call.Block, *id, caller, machine_.recorder().trace().region(*id).label))
        shown.regions.push_back(*state);
}

void Observer::block_call_ends(const CHIMNEY_CALL&, LayerIndex) {
    machine_.observe_now();
    for (const RegionId region : shown_blocks_.back().regions) watch_.end(region);
    shown_blocks_.pop_back();
}

}  // namespace chimneylab::ndis::observation
