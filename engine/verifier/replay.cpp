// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/replay.h"

#include <algorithm>

#include "engine/trace/text.h"

namespace chimneylab::verifier {

using trace::Event;
using trace::EventKind;
using trace::Region;

Replay::Replay(const trace::Trace& trace) : trace_(&trace), cursor_(trace) {}

bool Replay::step() {
    if (!cursor_.step_forward()) return false;
    index_new_regions();
    const Event& event = this->event();
    switch (event.kind) {
    case EventKind::memory_allocated:
    case EventKind::memory_freed: take_in_allocation(event); break;
    case EventKind::handle_opened:
        if (trace_->text(event.name).find("binding") != std::string_view::npos)
            bindings_[event.subject] = {event.layer, now(), {}, event.detail};
        break;
    case EventKind::handle_closed:
        if (const auto found = bindings_.find(event.subject); found != bindings_.end()) found->second.closed = now();
        break;
    default: break;
    }
    return true;
}

void Replay::index_new_regions() {
    for (; indexed_ < trace_->region_count(); ++indexed_) {
        const RegionId id(indexed_);
        const Region& region = trace_->region(id);
        if (region.born > now()) break;
        const auto kind = static_cast<std::size_t>(region.kind);
        if (kind < region_kinds) regions_[kind][region.address] = id;
        if (region.kind == RegionKind::following_state && region.parent.valid()) {
            if (following_.size() <= region.parent.value) following_.resize(std::size_t{region.parent.value} + 1);
            following_[region.parent.value] = id;
        }
    }
}

void Replay::take_in_allocation(const Event& event) {
    asked_.reset();
    if (event.kind == EventKind::memory_allocated) {
        AllocationRecord record;
        record.address = event.subject;
        record.size = static_cast<std::uint32_t>(event.detail);
        record.tag = static_cast<std::uint32_t>(event.detail >> 32);
        record.owner = event.layer;
        record.allocated = now();
        allocations_[event.subject] = record;
    } else if (const auto found = allocations_.find(event.subject); found != allocations_.end()) {
        found->second.freed = now();
    }
}

std::uint64_t Replay::word(RegionId region, std::uint32_t offset, std::uint32_t size) const {
    return cursor_.word(region, offset, size).value_or(0);
}

RegionId Replay::region_at(RegionKind kind, Address address) const {
    const auto& regions = regions_[static_cast<std::size_t>(kind)];
    const auto found = regions.find(address);
    return found != regions.end() && cursor_.alive(found->second) ? found->second : RegionId{};
}

RegionId Replay::following_state_of(RegionId block) const {
    if (!block.valid() || block.value >= following_.size()) return {};
    const RegionId region = following_[block.value];
    return cursor_.alive(region) ? region : RegionId{};
}

const AllocationRecord* Replay::allocation(Address address) const {
    if (asked_ == address) return answered_;
    asked_ = address;
    answered_ = nullptr;
    const auto after = allocations_.upper_bound(address);
    if (after == allocations_.begin()) return nullptr;
    const AllocationRecord& record = std::prev(after)->second;
    if (address - record.address < record.size) answered_ = &record;
    return answered_;
}

std::optional<LayerIndex> Replay::memory_owner(Address address) const {
    const AllocationRecord* record = allocation(address);
    if (!record || !record->live()) return std::nullopt;
    return record->owner;
}

bool Replay::in_driver_image(Address address) {
    return address >= 0xFFFFF88000000000 && address < 0xFFFFF90000000000;  // see machine::AddressSpace
}

const BindingRecord* Replay::binding(std::uint64_t handle) const {
    const auto found = bindings_.find(handle);
    return found == bindings_.end() ? nullptr : &found->second;
}

bool Replay::knows_bindings_of(LayerIndex layer) const {
    for (const auto& [handle, record] : bindings_)
        if (record.owner == layer) return true;
    return false;
}

std::size_t Replay::open_bindings(LayerIndex layer) const {
    return static_cast<std::size_t>(std::ranges::count_if(bindings_, [&](const auto& each) {
        return each.second.owner == layer && !each.second.closed.valid();
    }));
}

const trace::Function* Replay::function(const Event& event) const {
    if (!event.name.valid()) return nullptr;
    if (functions_.size() <= event.name.value) functions_.resize(trace_->string_count());
    auto& known = functions_[event.name.value];
    if (!known) known = trace::find_function(trace_->text(event.name));
    return *known;
}

EventId Replay::frame_of(LayerIndex layer) const {
    const Event& here = event();
    if (here.kind == EventKind::leave && here.layer == layer) return here.partner;
    for (EventId at = here.parent; at.valid(); at = trace_->event(at).parent) {
        const Event& enclosing = trace_->event(at);
        if (enclosing.kind == EventKind::enter && enclosing.layer == layer) return at;
        if (enclosing.kind == EventKind::work_started) break;  // another flow of control
    }
    return {};
}

std::string Replay::layer_name(LayerIndex layer) const {
    if (layer == trace::ndis_layer) return "NDIS";
    const auto layers = trace_->layers();
    if (layer < layers.size()) {
        const std::string_view name = trace_->text(layers[layer].name);
        switch (layers[layer].role) {
        case trace::LayerRole::host_stack: return "the host stack";
        case trace::LayerRole::offload_target: return "the offload target";
        case trace::LayerRole::intermediate_driver: break;
        }
        return name.empty() ? "intermediate driver " + std::to_string(layer) : std::string(name);
    }
    return "the machine";
}

std::string Replay::region_name(RegionId id) const {
    if (!id.valid() || id.value >= trace_->region_count()) return "a block";
    const Region& region = trace_->region(id);
    const std::string label(trace_->text(region.label));
    if (label.empty()) return trace::hex(region.address);
    switch (region.kind) {
    case RegionKind::following_state: return "the state behind " + label;
    default: return label;
    }
}

std::string Replay::meaning(std::uint64_t value) const {
    if (value == 0) return "NULL";
    if (const BindingRecord* known = binding(value))
        return "the binding that " + layer_name(known->owner) + " opened" + (known->closed.valid() ? " and closed" : "");
    if (const RegionId block = region_at(RegionKind::block_list, value); block.valid())
        return "block " + region_name(block);
    if (const RegionId handle = region_at(RegionKind::offload_handle, value); handle.valid())
        return region_name(handle) + " of " + layer_name(trace_->region(handle).owner);
    if (const RegionId handle = region_at(RegionKind::offload_handle, value - 8); handle.valid())
        return "MiniportOffloadContext of " + region_name(handle) + " of " + layer_name(trace_->region(handle).owner);
    for (const RegionKind kind : {RegionKind::call_entry, RegionKind::offload_entry, RegionKind::net_buffer_list})
        if (const RegionId entry = region_at(kind, value); entry.valid())
            return region_name(entry) + " of " + layer_name(trace_->region(entry).owner);
    if (const AllocationRecord* record = allocation(value))
        return (record->live() ? "memory of " : "released memory of ") + layer_name(record->owner) + " (tag " +
               trace::pool_tag_text(record->tag) + ")";
    if (in_driver_image(value)) return "a driver's image";
    return trace::hex(value);
}

}  // namespace chimneylab::verifier
