// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The trace played once from its first event to its last: watched memory as it is at the present event, what lies at an
// address, which allocations and bindings exist. Everything that rules read about memory comes from here.
// A step costs what the event changed; lookups are O(1) or O(log n). The trace may grow between steps, and must stay where
// it is. Not thread safe.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/trace/cursor.h"
#include "engine/trace/function_catalogue.h"
#include "engine/trace/trace.h"

namespace chimneylab::verifier {

using trace::Address;
using trace::EventId;
using trace::LayerIndex;
using trace::OperationId;
using trace::OperationKind;
using trace::RegionId;
using trace::RegionKind;

struct AllocationRecord {
    Address address = 0;
    std::uint32_t size = 0;
    std::uint32_t tag = 0;
    LayerIndex owner = trace::machine_layer;
    EventId allocated, freed;  // freed is none while it lives
    [[nodiscard]] bool live() const { return !freed.valid(); }
};

struct BindingRecord {
    LayerIndex owner = trace::machine_layer;  // the protocol edge that opened it
    EventId opened, closed;
    std::uint64_t adapter = 0;  // the handle of the adapter below; 0 in traces that do not tell
};

class Replay {
public:
    explicit Replay(const trace::Trace& trace);
    Replay(const Replay&) = delete;
    Replay& operator=(const Replay&) = delete;

    bool step();  // to the next event; false when there is none yet
    [[nodiscard]] EventId now() const { return cursor_.position(); }
    [[nodiscard]] const trace::Event& event() const { return trace_->event(now()); }
    [[nodiscard]] const trace::Trace& trace() const { return *trace_; }

    [[nodiscard]] std::span<const std::byte> bytes(RegionId region) const { return cursor_.bytes(region); }
    // Little-endian; 0 when the region does not reach that far.
    [[nodiscard]] std::uint64_t word(RegionId region, std::uint32_t offset, std::uint32_t size = 8) const;
    [[nodiscard]] bool alive(RegionId region) const { return cursor_.alive(region); }
    // The live region of that kind which begins at the address; none when there is none.
    [[nodiscard]] RegionId region_at(RegionKind kind, Address address) const;
    [[nodiscard]] RegionId following_state_of(RegionId block) const;

    // The youngest allocation whose bytes contain the address, released or not.
    [[nodiscard]] const AllocationRecord* allocation(Address address) const;
    // Whose live memory it is: pool memory by its owner; none when it is released or unknown.
    [[nodiscard]] std::optional<LayerIndex> memory_owner(Address address) const;
    [[nodiscard]] static bool in_driver_image(Address address);
    [[nodiscard]] const BindingRecord* binding(std::uint64_t handle) const;
    [[nodiscard]] bool knows_bindings_of(LayerIndex layer) const;
    [[nodiscard]] std::size_t open_bindings(LayerIndex layer) const;

    [[nodiscard]] const trace::Function* function(const trace::Event& event) const;
    // The innermost call that runs code of this layer at the present event; none outside.
    [[nodiscard]] EventId frame_of(LayerIndex layer) const;

    [[nodiscard]] std::string layer_name(LayerIndex layer) const;  // "IM 1", "NDIS"
    [[nodiscard]] std::string region_name(RegionId region) const;  // "T1", "the handle of T1", or its address
    [[nodiscard]] std::string meaning(std::uint64_t value) const;  // "NULL", "the binding that IM 1 opened", "0x…"
    [[nodiscard]] bool is_intermediate_driver(LayerIndex layer) const { return has_role(layer, trace::LayerRole::intermediate_driver); }
    [[nodiscard]] bool is_host_stack(LayerIndex layer) const { return has_role(layer, trace::LayerRole::host_stack); }
    [[nodiscard]] bool is_offload_target(LayerIndex layer) const { return has_role(layer, trace::LayerRole::offload_target); }

private:
    [[nodiscard]] bool has_role(LayerIndex layer, trace::LayerRole role) const {
        const auto layers = trace_->layers();
        return layer < layers.size() && layers[layer].role == role;
    }
    void index_new_regions();
    void take_in_allocation(const trace::Event& event);

    static constexpr std::size_t region_kinds = static_cast<std::size_t>(trace::last_region_kind) + 1;
    const trace::Trace* trace_;
    trace::Cursor cursor_;
    std::uint32_t indexed_ = 0;
    std::array<std::unordered_map<Address, RegionId>, region_kinds> regions_;
    std::vector<RegionId> following_;  // by block region
    std::map<Address, AllocationRecord> allocations_;
    std::unordered_map<std::uint64_t, BindingRecord> bindings_;
    mutable std::optional<Address> asked_;  // for the allocation of it, at this event: several units ask the same
    mutable const AllocationRecord* answered_ = nullptr;
    mutable std::vector<std::optional<const trace::Function*>> functions_;  // by StringId
};

}  // namespace chimneylab::verifier
