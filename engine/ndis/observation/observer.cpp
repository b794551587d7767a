// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/observation/observer.h"

#include <algorithm>
#include <set>

#include "engine/ndis/core/chimney_walk.h"

namespace chimneylab::ndis::observation {

using trace::ConversionKind;
using trace::EventKind;

namespace {

// A tree larger than this is looked at in part; NDIS itself walks it to the end.
constexpr std::size_t most_blocks = 0x10000;

}  // namespace

trace::OperationKind trace_kind(CHIMNEY_OPERATION operation) {
    switch (operation) {
        case ChimneyInitiate: return trace::OperationKind::initiate;
        case ChimneyQuery: return trace::OperationKind::query;
        case ChimneyUpdate: return trace::OperationKind::update;
        case ChimneyInvalidate: return trace::OperationKind::invalidate;
        case ChimneyTerminate: return trace::OperationKind::terminate;
        case ChimneyNoOperation: break;
    }
    return trace::OperationKind::none;
}

Observer::Observer(machine::Machine& machine) : machine_(machine), probe_(machine), watch_(machine, probe_), labels_(machine.recorder()) {
    machine_.set_observer([this](LayerIndex writer) { watch_.observe(writer, context_hook()); });
    machine_.pool().on_free([self = self_](const machine::Allocation& allocation) {
        if (*self) (*self)->memory_freed(allocation);
    });
}

Observer::~Observer() {
    machine_.set_observer({});
    *self_ = nullptr;
}

Watch::ContextChanged Observer::context_hook() {
    return [this](RegionId region, void* context, LayerIndex writer) { context_changed(region, context, writer); };
}

Observer::Operation* Observer::find(const void* root) {
    const auto found = by_root_.find(root);
    return found == by_root_.end() ? nullptr : found->second;
}

const Observer::Operation* Observer::find(const void* root) const {
    const auto found = by_root_.find(root);
    return found == by_root_.end() ? nullptr : found->second;
}

machine::CallDetails Observer::details(const CHIMNEY_CALL& call) const {
    machine::CallDetails details;
    details.subject = call.Handle;
    details.operation_kind = trace_kind(call.Operation);
    // What the call is about, also when nothing is known of it: the root block, or the first NET_BUFFER_LIST.
    const void* argument = call.Block ? call.Block : call.NetBufferLists;
    details.detail = machine_.address_space().translate(argument);
    if (call.Kind == ChimneyIndicationUp && argument == nullptr) details.detail = call.EventType;
    details.argument = call.Argument;
    if (const Operation* operation = call.Block ? find(call.Block) : nullptr) {
        details.region = operation->root_region;
        details.operation = operation->id;
    } else if (argument != nullptr) {
        const auto kind = call.Block ? trace::RegionKind::block_list : trace::RegionKind::net_buffer_list;
        if (const auto region = watch_.find(kind, argument)) details.region = *region;
    }
    return details;
}

// In NDIS's order: a block, what depends on it, its siblings. Each block once, however the links lie.
std::vector<Observer::Block> Observer::read_tree(const void* root) const {
    std::vector<Block> tree;
    std::vector<const void*> pending{root};
    std::set<const void*> seen;
    while (!pending.empty() && tree.size() < most_blocks) {
        const void* address = pending.back();
        pending.pop_back();
        if (address == nullptr || !seen.insert(address).second) continue;
        const auto content = probe_.copy<NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>(address);
        if (!content) continue;
        tree.push_back({address, *content});
        pending.push_back(content->NextBlock);
        pending.push_back(content->DependentBlockList);
    }
    return tree;
}

EventId Observer::record(EventKind kind, const Operation& operation, LayerIndex layer, RegionId region, const void* subject,
                         std::uint64_t detail, LayerIndex other) {
    trace::Event event;
    event.kind = kind;
    event.operation = operation.id;
    event.operation_kind = trace_kind(operation.kind);
    event.layer = layer;
    event.other_layer = other;
    event.region = region;
    event.subject = machine_.address_space().translate(subject);
    event.detail = detail;
    return machine_.record(event);
}

void Observer::record_conversion(const Operation& operation, ConversionKind kind, LayerIndex layer, LayerIndex other) {
    record(EventKind::conversion, operation, layer, operation.root_region, operation.root, static_cast<std::uint64_t>(kind), other);
}

void Observer::start(const CHIMNEY_CALL& call, LayerIndex caller) {
    const std::vector<Block> tree = read_tree(call.Block);
    if (tree.empty()) return;
    if (Operation* unfinished = find(call.Block)) {  // its completion never came, or the starter does not wait for it
        forget_tree(*unfinished);
        std::erase_if(operations_, [&](const auto& operation) { return operation.get() == unfinished; });
    }
    auto& operation = *operations_.emplace_back(std::make_unique<Operation>());
    operation.id = machine_.recorder().next_operation();
    operation.kind = call.Operation;
    operation.starter = caller;
    operation.root = call.Block;
    by_root_[call.Block] = &operation;
    watch_tree(operation, tree);
    if (call.Operation == ChimneyInitiate)
        for (const Block& block : tree) watch_buffered_data(block, caller);
    record(EventKind::operation_started, operation, caller, operation.root_region, call.Block);
}

void Observer::before_down(const CHIMNEY_CALL& call, LayerIndex caller) {
    machine_.observe_now();
    Operation* operation = find(call.Block);
    if (operation == nullptr) {
        // A driver inside its MiniportXxxOffload may hand on an equivalent tree of its own instead of the one it was given.
        for (const auto& other : operations_) {
            if (other->at == caller && other->kind == call.Operation && !other->finished &&
                !std::ranges::count(other->handed_down, caller) && caller != other->starter) {
                operation = other.get();
                operation->aliases.push_back(call.Block);
                by_root_[call.Block] = operation;
                break;
            }
        }
    }
    if (operation == nullptr || operation->finished || caller == operation->starter) {
        start(call, caller);
        return;
    }
    const std::vector<Block> tree = read_tree(call.Block);
    recognise_handles(*operation, tree, caller);
    operation->handed_down.push_back(caller);
    record_conversion(*operation, ConversionKind::miniport_to_protocol_by_driver, caller, trace::ndis_layer);
    recognise_call_entry(*operation, caller);
    for (const Block& block : tree) recognise_offload_entry(*operation, block, caller);
}

void Observer::miniport_entered(const CHIMNEY_CALL& call, LayerIndex layer) {
    if (Operation* operation = find(call.Block)) operation->at = layer;
}

void Observer::before_up(const CHIMNEY_CALL& call, LayerIndex caller) {
    machine_.observe_now();
    Operation* operation = find(call.Block);
    if (operation == nullptr) return;
    if (call.Operation == ChimneyTerminate)
        for (const Block& block : read_tree(call.Block)) watch_buffered_data(block, caller);
    const auto below = std::ranges::find(operation->handed_down, caller);
    if (below == operation->handed_down.end()) return;  // the target, or a driver that completes by itself
    operation->handed_down.erase(below);
    record_conversion(*operation, ConversionKind::protocol_to_miniport_by_driver, caller, trace::ndis_layer);
}

void Observer::converted(const CHIMNEY_CALL& call, LayerIndex caller) {
    machine_.observe_now();
    if (const Operation* operation = find(call.Block))
        record_conversion(*operation,
                          call.Kind == ChimneyOperationDown ? ConversionKind::protocol_to_miniport_by_ndis
                                                            : ConversionKind::miniport_to_protocol_by_ndis,
                          trace::ndis_layer, caller);
}

void Observer::completion_entered(const CHIMNEY_CALL& call, LayerIndex layer) {
    Operation* operation = find(call.Block);
    if (operation == nullptr || layer != operation->starter || operation->finished) return;
    operation->finished = true;
    // What comes back in a block is with its owner again when the handler returns: all of a terminate, and what an initiate
    // could not hand over.
    for (const Block& block : read_tree(call.Block)) {
        if (call.Operation == ChimneyInitiate) std::ranges::copy(buffered_data(block), std::back_inserter(operation->lists_home));
        if (call.Operation == ChimneyTerminate || (call.Operation == ChimneyInitiate && block.content.Status < 0))
            std::ranges::copy(chain(block.content.NetBufferListChain), std::back_inserter(operation->lists_home));
    }
    trace::Event event;
    event.kind = EventKind::operation_finished;
    event.operation = operation->id;
    event.operation_kind = trace_kind(operation->kind);
    event.layer = layer;
    event.region = operation->root_region;
    event.subject = machine_.address_space().translate(operation->root);
    if (const auto root = probe_.copy<NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>(operation->root)) {
        event.status = root->Status;
        event.has_status = 1;
    }
    machine_.record(event);
}

void Observer::completion_returns(const CHIMNEY_CALL& call, LayerIndex layer) {
    Operation* operation = find(call.Block);
    if (operation == nullptr || !operation->finished || layer != operation->starter) return;
    machine_.observe_now();
    for (const void* list : operation->lists_home) forget_list(list);
    forget_tree(*operation);
    std::erase_if(operations_, [&](const auto& other) { return other.get() == operation; });
}

void Observer::forget_tree(Operation& operation) {
    for (const RegionId region : operation.regions) watch_.end(region);
    operation.regions.clear();
    by_root_.erase(operation.root);
    for (const void* alias : operation.aliases) by_root_.erase(alias);
}

void Observer::context_changed(RegionId region, void* context, LayerIndex writer) {
    trace::Event event;
    event.kind = EventKind::context_published;
    event.layer = writer;
    event.region = region;
    const auto handle = handle_of_region_.find(region.value);
    if (handle != handle_of_region_.end()) event.subject = machine_.address_space().translate(handle->second);
    event.detail = machine_.address_space().translate(context);
    // The operation that is at work on the object, if one is: the one that carries a block for it.
    const auto object = handle == handle_of_region_.end() ? object_of_handle_.end() : object_of_handle_.find(handle->second);
    if (object != object_of_handle_.end()) {
        for (const auto& operation : operations_) {
            const bool carries = std::ranges::any_of(operation->object_of_block,
                                                     [&](const auto& entry) { return entry.second == object->second; });
            if (!carries) continue;
            event.operation = operation->id;
            event.operation_kind = trace_kind(operation->kind);
            break;
        }
    }
    machine_.record(event);
}

void Observer::name_handle(const NDIS_OFFLOAD_HANDLE* handle, std::string_view name) { labels_.name(handle, name); }

}  // namespace chimneylab::ndis::observation
