// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What makes chimney operations visible without a word from the drivers: which trees are under way, who converted them
// and when, which allocations turn out to be IM call entries and IM offload entries, which contexts were published. It is
// told of every crossing by the chimney platform and of every release by the pool.
//
//   operation_started      the first NdisXxxOffload for a root block that is not under way
//   conversion             four at each intermediate driver: by NDIS and by the driver, down and up
//   call_entry_…           the youngest live allocation of the calling driver that ImReserved of the root points into
//   offload_entry_…        the live allocation of the calling driver that holds the handle in a block's slot B
//   context_published      MiniportOffloadContext of a handle that is known changed
//   operation_finished     the completion handler of the driver that started it is entered
//
// Memory that is not pool memory (a static call entry) cannot be recognised as an allocation, and is not.
// Trees written by broken drivers are read with care: no address is trusted, no walk is endless.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ndischimney.h>

#include "engine/machine/machine.h"
#include "engine/ndis/core/chimney_platform.h"
#include "engine/ndis/observation/labels.h"
#include "engine/ndis/observation/memory_probe.h"
#include "engine/ndis/observation/watch.h"

namespace chimneylab::ndis::observation {

using trace::EventId;
using trace::LayerIndex;
using trace::OperationId;

[[nodiscard]] trace::OperationKind trace_kind(CHIMNEY_OPERATION operation);

class Observer {
public:
    explicit Observer(machine::Machine& machine);
    ~Observer();
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;

    // A driver is about to call NdisXxxOffload or NdisMXxxOffloadComplete.
    void before_down(const CHIMNEY_CALL& call, LayerIndex caller);
    void before_up(const CHIMNEY_CALL& call, LayerIndex caller);
    // NET_BUFFER_LISTs are watched from the first call that carries them until they are back with whoever made it (lists.cpp).
    void list_call_begins(const CHIMNEY_CALL& call, LayerIndex caller);
    void list_call_ends(const CHIMNEY_CALL& call, LayerIndex caller);
    void list_handler_begins(const CHIMNEY_CALL& call, LayerIndex layer);
    void list_handler_ends(const CHIMNEY_CALL& call, LayerIndex layer);
    // A block that an indication shows, not part of any operation: watched until the call of its maker ends.
    void block_call_begins(const CHIMNEY_CALL& call, LayerIndex caller);
    void block_call_ends(const CHIMNEY_CALL& call, LayerIndex caller);
    // NDIS has converted the tree of the call.
    void converted(const CHIMNEY_CALL& call, LayerIndex caller);
    // ProtocolXxxOffloadComplete of `layer` was entered, and is about to return.
    void completion_entered(const CHIMNEY_CALL& call, LayerIndex layer);
    void completion_returns(const CHIMNEY_CALL& call, LayerIndex layer);
    // MiniportXxxOffload of `layer` is running while this is true; it may hand a converted copy of the tree on.
    void miniport_entered(const CHIMNEY_CALL& call, LayerIndex layer);

    // Region and operation of a block-list call.
    [[nodiscard]] machine::CallDetails details(const CHIMNEY_CALL& call) const;
    void name_handle(const NDIS_OFFLOAD_HANDLE* handle, std::string_view name);
    [[nodiscard]] std::size_t operations_in_progress() const { return operations_.size(); }
    [[nodiscard]] const MemoryProbe& memory() const { return probe_; }

private:
    struct Block {
        const void* address = nullptr;
        NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST content{};
    };
    struct Operation {
        OperationId id;
        CHIMNEY_OPERATION kind = ChimneyNoOperation;
        LayerIndex starter = trace::machine_layer;
        const void* root = nullptr;
        RegionId root_region;
        std::vector<RegionId> regions;                          // blocks, states, NET_BUFFER_LISTs
        std::map<const void*, const void*> object_of_block;     // block → the starter's handle, null for a placeholder
        std::vector<const void*> aliases;                       // roots of converted copies
        std::vector<LayerIndex> handed_down;                    // layers below which it is; popped on the way up
        LayerIndex at = trace::machine_layer;                   // layer whose MiniportXxxOffload was entered last
        bool finished = false;
        std::vector<const void*> lists_home;                    // NET_BUFFER_LISTs that are back with it
        std::uint64_t serial_at_arrival = 0;
    };
    struct Entry {
        RegionId region;
        EventId recognised;
        LayerIndex layer = trace::machine_layer;
        OperationId operation;
        CHIMNEY_OPERATION kind = ChimneyNoOperation;
    };

    struct List {
        RegionId region;
        LayerIndex owner = trace::machine_layer;  // who made the first call with it
        std::vector<RegionId> parts;              // its NET_BUFFERs and contexts
    };
    struct ListCall {
        bool handler = false;
        std::vector<const void*> home;  // lists that are back when it returns
    };
    struct ShownBlock {
        const void* block = nullptr;
        std::vector<RegionId> regions;
    };

    void start(const CHIMNEY_CALL& call, LayerIndex caller);
    [[nodiscard]] std::vector<const void*> buffered_data(const Block& block) const;
    void watch_list(const void* list, LayerIndex owner, RegionId parent, const std::string& label);
    void watch_buffered_data(const Block& block, LayerIndex owner);
    void watch_contexts(const void* list, List& known);
    void forget_list(const void* list);
    [[nodiscard]] std::vector<const void*> chain(const void* first) const;
    void watch_tree(Operation& operation, const std::vector<Block>& tree);
    void watch_state(Operation& operation, const Block& block, RegionId block_region, const void* object);
    [[nodiscard]] std::optional<RegionId> watch_following_state(unsigned char type, const void* block, RegionId block_region,
                                                                LayerIndex owner, trace::StringId label);
    void watch_chain(Operation& operation, const Block& block, RegionId block_region, const std::string& name);
    void forget_tree(Operation& operation);
    void recognise_call_entry(Operation& operation, LayerIndex layer);
    void recognise_handles(Operation& operation, const std::vector<Block>& tree, LayerIndex layer);
    void recognise_offload_entry(Operation& operation, const Block& block, LayerIndex layer);
    RegionId watch_handle(const void* handle, LayerIndex owner, const void* object, std::string_view suffix, RegionId entry);
    void memory_freed(const machine::Allocation& allocation);
    void context_changed(RegionId region, void* context, LayerIndex writer);
    EventId record(trace::EventKind kind, const Operation& operation, LayerIndex layer, RegionId region, const void* subject,
                   std::uint64_t detail = 0, LayerIndex other = trace::machine_layer);
    void record_conversion(const Operation& operation, trace::ConversionKind kind, LayerIndex layer, LayerIndex other);
    [[nodiscard]] Operation* find(const void* root);
    [[nodiscard]] const Operation* find(const void* root) const;
    [[nodiscard]] std::vector<Block> read_tree(const void* root) const;
    [[nodiscard]] Watch::ContextChanged context_hook();

    machine::Machine& machine_;
    std::shared_ptr<Observer*> self_ = std::make_shared<Observer*>(this);  // the pool's hook outlives us
    MemoryProbe probe_;
    Watch watch_;
    Labels labels_;
    std::vector<std::unique_ptr<Operation>> operations_;  // in progress
    std::map<const void*, Operation*> by_root_;
    std::map<std::uint32_t, Entry> call_entries_, offload_entries_;  // live, by region
    std::map<LayerIndex, std::uint16_t> call_ordinals_, offload_ordinals_;
    std::uint32_t call_entry_number_ = 0;
    std::map<const void*, const void*> object_of_handle_;  // any handle seen → the starter's handle of the object
    std::map<std::uint32_t, const void*> handle_of_region_;
    std::map<const void*, List> lists_;
    std::map<std::pair<const void*, int>, unsigned> list_numbers_;  // by object and transfer
    std::vector<ListCall> list_calls_;                              // open, innermost last
    std::vector<ShownBlock> shown_blocks_;
};

}  // namespace chimneylab::ndis::observation
