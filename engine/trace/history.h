// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the events of a trace amount to: operations, the passage of each through each layer, conversions, IM call
// entries, IM offload entries, bindings, allocations, and where to jump from here. Derived once over a finished trace
// and extended as a trace grows; nothing in it was declared by a producer beyond the events.
// Times are the trace's: virtual, or measured where it says so. Lookups are O(log n) unless said otherwise.
// Thread rule: extend() is a writer, everything else reads. The trace must outlive its history and stay where it is.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "engine/trace/cursor.h"
#include "engine/trace/function_catalogue.h"
#include "engine/trace/member_layout.h"
#include "engine/trace/trace.h"

namespace chimneylab::trace {

struct Conversion {
    EventId event;
    ConversionKind kind = ConversionKind::none;
    OperationId operation;
    RegionId root;
    LayerIndex converter = machine_layer;  // ndis_layer or the driver that wrote
    // The driver whose call NDIS was serving, or the converter itself.
    LayerIndex caller = machine_layer;
    // The intermediate driver (or host stack, or target) in whose lane the conversion is shown: the driver itself, the
    // caller of NdisXxxOffload, or the receiver of ProtocolXxxOffloadComplete.
    LayerIndex lane = machine_layer;
    std::uint32_t number = 0;  // 1, 2, 3 … among the conversions of its operation
};

// One operation passing through one layer. Events that have not happened are none. The host stack has the last and the
// first but one, the offload target the first and the last; an intermediate driver has all four.
struct Passage {
    LayerIndex layer = machine_layer;
    EventId arrived;                      // enter of MiniportXxxOffload
    EventId handed_on;                    // the layer's enter of NdisXxxOffload
    EventId came_back;                    // enter of ProtocolXxxOffloadComplete
    EventId completed;                    // the layer's enter of NdisMXxxOffloadComplete
    std::uint32_t call_entry = no_index;  // index into History::call_entries()
    static constexpr std::uint32_t no_index = 0xFFFFFFFF;
};

enum class BlockRole : std::uint8_t { placeholder, linker, new_offload, reference };

struct OperationBlock {
    RegionId block;
    BlockRole role = BlockRole::reference;  // as the host stack handed it down
    std::uint64_t host_handle = 0;          // address of the host stack's NDIS_OFFLOAD_HANDLE, 0 for a placeholder
};

struct Operation {
    OperationId id;
    OperationKind kind = OperationKind::none;
    EventId started;
    EventId finished;  // none while in progress
    RegionId root;
    std::vector<OperationBlock> blocks;      // in the order in which NDIS walks the tree
    std::vector<std::uint32_t> conversions;  // indices into History::conversions(), in order
    std::vector<Passage> passages;           // by layer, top to bottom; only layers it reached
    std::vector<EventId> crossings;          // enters of the five operations' functions, in order
    [[nodiscard]] const Passage* passage(LayerIndex layer) const;
};

struct SavedValue {
    std::string_view member;  // "ImReserved[0]", "ImReserved[1]", "SourceHandle" of the root
    std::uint64_t value = 0;  // as it came in with MiniportXxxOffload
    // Where the call entry holds the same value; none when it is nowhere, or 0 (a zero proves nothing).
    std::optional<std::uint32_t> offset;
};

struct CallEntry {
    RegionId region;
    LayerIndex layer = machine_layer;
    std::uint16_t ordinal = 0;
    std::uint32_t slot = 0;  // lowest slot of its layer that was free: where to draw it
    OperationId operation;
    EventId allocated;  // memory_allocated, if the trace has it
    EventId recognised;
    EventId released;  // none: still held (at the end of a finished run: leaked)
    std::vector<SavedValue> saved;
};

struct OffloadEntry {
    RegionId region;
    LayerIndex layer = machine_layer;
    std::uint16_t ordinal = 0;
    std::uint32_t slot = 0;
    OperationId operation;  // the initiate that created it
    StringId object;        // label of the block it stands for ("T1")
    RegionId handle;        // the NDIS_OFFLOAD_HANDLE inside it, if watched
    EventId allocated;
    EventId recognised;
    EventId released;
};

struct Binding {
    std::uint64_t handle = 0;
    LayerIndex upper = machine_layer;  // who opened it; it leads to the next layer below
    std::uint32_t number = 1;          // among the bindings of that layer
    EventId opened, closed;
};

struct Allocation {
    Address address = 0;
    std::uint32_t size = 0;
    std::uint32_t tag = 0;
    LayerIndex owner = machine_layer;
    EventId allocated, freed;
};

struct Latency {
    Nanoseconds virtual_time = 0;
    Nanoseconds measured_time = 0;
};

enum class Landmark : std::uint8_t {
    event,
    conversion,
    call,
    completion,
    call_entry,
    finding,
    step,
    operation,
    change
};

class History {
public:
    explicit History(const Trace& trace);
    // The same, to be extended by whoever wants to stop on the way or to tell how far it is.
    struct Later {};
    History(const Trace& trace, Later);
    ~History();
    void extend();  // takes in what was appended to the trace since
    bool extend(std::uint32_t most);  // at most so many events; false: there are none left

    [[nodiscard]] const Trace& trace() const { return *trace_; }
    // For a Cursor that shall jump far at no cost.
    [[nodiscard]] const RegionChanges& region_changes() const { return changes_; }

    [[nodiscard]] std::span<const Operation> operations() const { return operations_; }
    [[nodiscard]] const Operation* operation(OperationId id) const;
    // The operation that holds this root block at the event; none when the tree is not under way.
    [[nodiscard]] const Operation* operation_of(RegionId root, EventId at) const;
    // The operation that held it last, finished or not; none before the first.
    [[nodiscard]] const Operation* latest_operation_of(RegionId root, EventId at) const;
    // Operations in progress at the event, oldest first. Linear in the number of operations that overlap it.
    [[nodiscard]] std::vector<OperationId> in_progress(EventId at) const;
    // The operation to show at an event: its own, else that of an enclosing call, else the one last seen before it.
    [[nodiscard]] const Operation* current_operation(EventId at) const;
    [[nodiscard]] std::optional<Latency> latency(const Operation& operation) const;  // none while in progress
    // From the layer's MiniportXxxOffload to its completion; with own_only without what passed between handing it on
    // and its coming back. The host stack: from handing it down to its return. None while incomplete.
    [[nodiscard]] std::optional<Latency> layer_latency(const Operation& operation, LayerIndex layer,
                                                       bool own_only) const;

    [[nodiscard]] std::span<const Conversion> conversions() const { return conversions_; }
    [[nodiscard]] const Conversion* conversion_at(EventId event) const;  // nullptr: the event is no conversion
    // What the blocks of this operation are called after the event.
    [[nodiscard]] BlockType block_type(const Operation& operation, EventId at) const;
    // Who holds the tree after the event: a layer, or ndis_layer between two layers.
    [[nodiscard]] LayerIndex holder(const Operation& operation, EventId at) const;

    [[nodiscard]] std::span<const CallEntry> call_entries() const { return call_entries_; }
    [[nodiscard]] std::span<const OffloadEntry> offload_entries() const { return offload_entries_; }
    // Indices of the entries a layer holds at the event, by slot. O(slots log n).
    [[nodiscard]] std::vector<std::uint32_t> live_call_entries(LayerIndex layer, EventId at) const;
    [[nodiscard]] std::vector<std::uint32_t> live_offload_entries(LayerIndex layer, EventId at) const;
    [[nodiscard]] std::uint32_t call_entry_slots(LayerIndex layer) const;  // the most ever held at once
    [[nodiscard]] std::uint32_t offload_entry_slots(LayerIndex layer) const;
    [[nodiscard]] const CallEntry* call_entry_of(RegionId region) const;
    [[nodiscard]] const OffloadEntry* offload_entry_of(RegionId region) const;
    // What the memory of a memory_allocated event turned out to be.
    [[nodiscard]] const CallEntry* call_entry_in(EventId allocation) const;
    [[nodiscard]] const OffloadEntry* offload_entry_in(EventId allocation) const;

    // Jumps. `next` gives the first one after `from`, `previous` the last one before it; none when there is none.
    // From none (before the first event) `next` finds the first of all.
    [[nodiscard]] EventId next(Landmark landmark, EventId from) const;
    [[nodiscard]] EventId previous(Landmark landmark, EventId from) const;
    [[nodiscard]] EventId next_change(RegionId region, EventId from) const;
    [[nodiscard]] EventId previous_change(RegionId region, EventId from) const;
    // Bytes [offset, offset + size) of a region: "who wrote this last" is previous_change(…) from the event after.
    // Linear in the changes of that region between the two events.
    [[nodiscard]] EventId next_change(RegionId region, std::uint32_t offset, std::uint32_t size, EventId from) const;
    [[nodiscard]] EventId previous_change(RegionId region, std::uint32_t offset, std::uint32_t size,
                                          EventId from) const;
    // Into the next call; out of the innermost open one (its leave, or the end of the trace).
    [[nodiscard]] EventId call_in(EventId from) const;
    [[nodiscard]] EventId call_out(EventId from) const;
    [[nodiscard]] std::span<const EventId> landmarks(Landmark landmark) const;  // in order; empty for Landmark::event

    [[nodiscard]] std::vector<EventId> open_calls(EventId at) const;  // outermost first
    // Whose code runs at the event: the callee of the innermost open call, else the owner of the work item.
    [[nodiscard]] LayerIndex running_layer(EventId at) const;

    // What lies at an address at an event. region_at: the smallest live watched region that contains it.
    [[nodiscard]] RegionId region_at(Address address, EventId at) const;
    [[nodiscard]] RegionId region_starting_at(Address address, RegionKind kind, EventId at) const;
    [[nodiscard]] const Binding* binding(std::uint64_t handle) const;
    [[nodiscard]] std::span<const Binding> bindings() const { return bindings_; }
    // The youngest allocation that contains the address and began at or before the event, alive or freed.
    [[nodiscard]] const Allocation* allocation_at(Address address, EventId at) const;
    // handle_opened of any handle value, none if never opened.
    [[nodiscard]] EventId handle_opened(std::uint64_t handle) const;

    [[nodiscard]] std::string_view label(RegionId region) const;
    [[nodiscard]] std::string layer_name(LayerIndex layer) const;  // "IM 1"; "NDIS", "the machine" for the special ones

private:
    using Slots = std::vector<std::vector<std::uint32_t>>;  // of one layer: the entries that used each slot, in order
    void take_in(EventId id);
    void take_in_enter(EventId id, const Event& event);
    void take_in_conversion(EventId id, const Event& event);
    void take_in_call_entry(EventId id, const Event& event);
    void take_in_offload_entry(EventId id, const Event& event);
    void take_in_memory(EventId id, const Event& event);
    void take_in_handle(EventId id, const Event& event);
    Operation& operation_slot(const Event& event, EventId id);
    static Passage& passage_slot(Operation& operation, LayerIndex layer);
    void read_tree(Operation& operation);
    void find_saved_values(CallEntry& entry) const;
    void index_new_regions();
    const Function* function_of(StringId name);

    const Trace* trace_;
    Cursor cursor_;  // at the last event taken in
    RegionChanges changes_;
    std::uint32_t taken_ = 0;
    std::uint32_t regions_taken_ = 0;

    std::vector<Operation> operations_;
    std::vector<std::uint32_t> operation_index_;  // by OperationId
    std::vector<Conversion> conversions_;
    std::vector<CallEntry> call_entries_;
    std::vector<OffloadEntry> offload_entries_;
    std::vector<Binding> bindings_;
    std::vector<Allocation> allocations_;
    // Events that name an operation, of neighbours that name the same one the first.
    std::vector<std::pair<EventId, OperationId>> named_operations_;
    std::map<std::uint64_t, std::uint32_t> binding_index_;
    std::map<LayerIndex, std::uint32_t> bindings_of_layer_;
    std::map<std::uint64_t, EventId> handles_;
    std::map<Address, std::vector<std::uint32_t>> allocations_by_address_;
    std::uint32_t largest_allocation_ = 0;
    std::map<Address, std::vector<RegionId>> regions_by_address_;
    std::uint32_t largest_region_ = 0;
    struct Lookups;
    std::unique_ptr<Lookups> lookups_;
    std::map<LayerIndex, Slots> call_slots_, offload_slots_;
    std::array<std::vector<EventId>, 9> landmarks_;
    std::set<std::uint32_t> open_operations_;
    std::vector<std::uint32_t> oldest_open_;  // by operation: the oldest that was in progress when it started
    std::vector<std::optional<const Function*>> functions_;  // by StringId
};

}  // namespace chimneylab::trace
