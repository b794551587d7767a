// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/trace/history_lookups.h"

namespace chimneylab::trace {
namespace {

bool under_way(const Operation& operation, EventId at) {
    return operation.started <= at && (!operation.finished.valid() || operation.finished > at);
}

EventId first_after(std::span<const EventId> events, EventId from) {
    const auto found = from.valid() ? std::ranges::upper_bound(events, from) : events.begin();
    return found == events.end() ? EventId{} : *found;
}

EventId last_before(std::span<const EventId> events, EventId from) {
    if (!from.valid()) return {};
    const auto found = std::ranges::lower_bound(events, from);
    return found == events.begin() ? EventId{} : *(found - 1);
}

template <typename Entry>
std::vector<std::uint32_t> live(const std::vector<std::vector<std::uint32_t>>& slots, const std::vector<Entry>& entries,
                                EventId at) {
    std::vector<std::uint32_t> found;
    if (!at.valid()) return found;
    for (const auto& slot : slots) {
        const auto after =
            std::ranges::upper_bound(slot, at, {}, [&](std::uint32_t i) { return entries[i].recognised; });
        if (after == slot.begin()) continue;
        const Entry& entry = entries[*(after - 1)];
        if (!entry.released.valid() || entry.released > at) found.push_back(*(after - 1));
    }
    return found;
}

constexpr std::ptrdiff_t youngest = 64;

bool alive(const Region& region, EventId at) { return region.born <= at && (!region.died.valid() || region.died > at); }

}  // namespace

const Passage* Operation::passage(LayerIndex layer) const {
    const auto at = std::ranges::lower_bound(passages, layer, {}, &Passage::layer);
    return at != passages.end() && at->layer == layer ? &*at : nullptr;
}

const Operation* History::operation(OperationId id) const {
    if (!id.valid() || id.value >= operation_index_.size()) return nullptr;
    const std::uint32_t index = operation_index_[id.value];
    return index == Passage::no_index ? nullptr : &operations_[index];
}

const Operation* History::operation_of(RegionId root, EventId at) const {
    const auto* operations = Lookups::find(lookups_->operations_of_root, root.value);
    if (operations == nullptr || !at.valid()) return nullptr;
    for (std::size_t i = operations->size(); i-- > 0;)
        if (under_way(operations_[(*operations)[i]], at)) return &operations_[(*operations)[i]];
    return nullptr;
}

const Operation* History::latest_operation_of(RegionId root, EventId at) const {
    const auto* operations = Lookups::find(lookups_->operations_of_root, root.value);
    if (operations == nullptr || !at.valid()) return nullptr;
    const auto after = std::ranges::upper_bound(*operations, at, {},
                                                [&](std::uint32_t index) { return operations_[index].started; });
    return after == operations->begin() ? nullptr : &operations_[*(after - 1)];
}

std::vector<OperationId> History::in_progress(EventId at) const {
    std::vector<OperationId> found;
    if (!at.valid()) return found;
    const auto after = std::ranges::upper_bound(operations_, at, {}, &Operation::started);
    const auto last = static_cast<std::size_t>(after - operations_.begin());
    if (last == 0) return found;
    for (std::size_t i = oldest_open_[last - 1]; i < last; ++i)
        if (under_way(operations_[i], at)) found.push_back(operations_[i].id);
    return found;
}

const Operation* History::current_operation(EventId at) const {
    if (!at.valid()) return nullptr;
    // An offload entry that is given back names the initiate that made it; what happens is the operation around it.
    const Event& event = trace_->event(at);
    const EventId from = event.kind == EventKind::offload_entry_released ? event.parent : at;
    for (EventId here = from; here.valid(); here = trace_->event(here).parent)
        if (const Operation* own = operation(trace_->event(here).operation)) return own;
    const auto after = std::ranges::upper_bound(named_operations_, at, {}, &std::pair<EventId, OperationId>::first);
    return after == named_operations_.begin() ? nullptr : operation((after - 1)->second);
}

std::optional<Latency> History::latency(const Operation& operation) const {
    if (!operation.finished.valid()) return std::nullopt;
    const Event& from = trace_->event(operation.started);
    const Event& to = trace_->event(operation.finished);
    return Latency{to.virtual_time - from.virtual_time, to.measured_time - from.measured_time};
}

std::optional<Latency> History::layer_latency(const Operation& operation, LayerIndex layer, bool own_only) const {
    const Passage* passage = operation.passage(layer);
    if (passage == nullptr) return std::nullopt;
    const bool host = layer == host_stack_layer;
    const EventId from = host ? passage->handed_on : passage->arrived;
    const EventId to = host ? passage->came_back : passage->completed;
    if (!from.valid() || !to.valid() || to < from) return std::nullopt;
    const auto between = [&](EventId a, EventId b) {
        return Latency{trace_->event(b).virtual_time - trace_->event(a).virtual_time,
                       trace_->event(b).measured_time - trace_->event(a).measured_time};
    };
    Latency all = between(from, to);
    if (own_only && !host && passage->handed_on.valid() && passage->came_back.valid() &&
        passage->came_back >= passage->handed_on) {
        const Latency below = between(passage->handed_on, passage->came_back);
        all.virtual_time -= std::min(all.virtual_time, below.virtual_time);
        all.measured_time -= std::min(all.measured_time, below.measured_time);
    }
    return all;
}

const Conversion* History::conversion_at(EventId event) const {
    const auto found = std::ranges::lower_bound(conversions_, event, {}, &Conversion::event);
    return found != conversions_.end() && found->event == event ? &*found : nullptr;
}

BlockType History::block_type(const Operation& operation, EventId at) const {
    if (!at.valid()) return BlockType::protocol;
    const auto after = std::ranges::upper_bound(operation.conversions, at, {},
                                                [&](std::uint32_t index) { return conversions_[index].event; });
    if (after == operation.conversions.begin()) return BlockType::protocol;
    const ConversionKind kind = conversions_[*(after - 1)].kind;
    return kind == ConversionKind::protocol_to_miniport_by_ndis ||
                   kind == ConversionKind::protocol_to_miniport_by_driver
               ? BlockType::miniport
               : BlockType::protocol;
}

LayerIndex History::holder(const Operation& operation, EventId at) const {
    const auto after = std::ranges::upper_bound(operation.crossings, at);
    return after == operation.crossings.begin() ? host_stack_layer : trace_->event(*(after - 1)).layer;
}

std::vector<std::uint32_t> History::live_call_entries(LayerIndex layer, EventId at) const {
    const auto slots = call_slots_.find(layer);
    return slots == call_slots_.end() ? std::vector<std::uint32_t>{} : live(slots->second, call_entries_, at);
}

std::vector<std::uint32_t> History::live_offload_entries(LayerIndex layer, EventId at) const {
    const auto slots = offload_slots_.find(layer);
    return slots == offload_slots_.end() ? std::vector<std::uint32_t>{} : live(slots->second, offload_entries_, at);
}

std::uint32_t History::call_entry_slots(LayerIndex layer) const {
    const auto slots = call_slots_.find(layer);
    return slots == call_slots_.end() ? 0 : static_cast<std::uint32_t>(slots->second.size());
}

std::uint32_t History::offload_entry_slots(LayerIndex layer) const {
    const auto slots = offload_slots_.find(layer);
    return slots == offload_slots_.end() ? 0 : static_cast<std::uint32_t>(slots->second.size());
}

const CallEntry* History::call_entry_of(RegionId region) const {
    const auto* index = Lookups::find(lookups_->call_entry_of_region, region.value);
    return index == nullptr ? nullptr : &call_entries_[*index];
}

const OffloadEntry* History::offload_entry_of(RegionId region) const {
    const auto* index = Lookups::find(lookups_->offload_entry_of_region, region.value);
    return index == nullptr ? nullptr : &offload_entries_[*index];
}

const CallEntry* History::call_entry_in(EventId allocation) const {
    const auto* index = Lookups::find(lookups_->call_entry_of_allocation, allocation.value);
    return index == nullptr ? nullptr : &call_entries_[*index];
}

const OffloadEntry* History::offload_entry_in(EventId allocation) const {
    const auto* index = Lookups::find(lookups_->offload_entry_of_allocation, allocation.value);
    return index == nullptr ? nullptr : &offload_entries_[*index];
}

EventId History::next(Landmark which, EventId from) const {
    if (which != Landmark::event) return first_after(landmarks(which), from);
    const std::uint32_t next = from.valid() ? from.value + 1 : 0;
    return next < taken_ ? EventId(next) : EventId{};
}

EventId History::previous(Landmark which, EventId from) const {
    if (which != Landmark::event) return last_before(landmarks(which), from);
    return from.valid() && from.value > 0 ? EventId(from.value - 1) : EventId{};
}

std::span<const EventId> History::landmarks(Landmark which) const {
    return landmarks_[static_cast<std::size_t>(which)];
}

EventId History::next_change(RegionId region, EventId from) const { return next_change(region, 0, UINT32_MAX, from); }

EventId History::previous_change(RegionId region, EventId from) const {
    return previous_change(region, 0, UINT32_MAX, from);
}

EventId History::next_change(RegionId region, std::uint32_t offset, std::uint32_t size, EventId from) const {
    return changes_.next(region, offset, size, from);
}

EventId History::previous_change(RegionId region, std::uint32_t offset, std::uint32_t size, EventId from) const {
    return changes_.previous(region, offset, size, from);
}

EventId History::call_in(EventId from) const { return next(Landmark::call, from); }

EventId History::call_out(EventId from) const {
    const auto open = open_calls(from);
    if (open.empty()) return {};
    const EventId leave = trace_->leave_of(open.back());
    return leave.valid() ? leave : EventId(static_cast<std::uint32_t>(trace_->size() - 1));
}

std::vector<EventId> History::open_calls(EventId at) const {
    std::vector<EventId> calls;
    if (!at.valid()) return calls;
    if (trace_->event(at).kind == EventKind::enter) calls.push_back(at);
    for (EventId here = trace_->event(at).parent; here.valid(); here = trace_->event(here).parent)
        if (trace_->event(here).kind == EventKind::enter) calls.push_back(here);
    std::ranges::reverse(calls);
    return calls;
}

LayerIndex History::running_layer(EventId at) const {
    if (!at.valid()) return machine_layer;
    const auto opens = [](const Event& event) {
        return event.kind == EventKind::enter || event.kind == EventKind::work_started;
    };
    if (opens(trace_->event(at))) return trace_->event(at).layer;
    const EventId parent = trace_->event(at).parent;
    return parent.valid() ? trace_->event(parent).layer : machine_layer;
}

RegionId History::region_at(Address address, EventId at) const {
    RegionId best;
    for (auto group = regions_by_address_.upper_bound(address); group != regions_by_address_.begin();) {
        --group;
        if (address - group->first >= largest_region_) break;
        const auto& regions = group->second;
        const auto after =
            std::ranges::upper_bound(regions, at, {}, [&](RegionId id) { return trace_->region(id).born; });
        // Several may start at one address (an offload entry and the handle in it), and a recycled address has had many
        // that are dead: whatever lives is among the youngest.
        for (auto each = after; each != regions.begin() && after - each < youngest;) {
            --each;
            const Region& region = trace_->region(*each);
            if (!alive(region, at)) continue;
            if (address - region.address >= region.size) continue;
            if (!best.valid() || region.size < trace_->region(best).size) best = *each;
        }
    }
    return best;
}

RegionId History::region_starting_at(Address address, RegionKind kind, EventId at) const {
    const auto group = regions_by_address_.find(address);
    if (group == regions_by_address_.end()) return {};
    const auto& regions = group->second;
    const auto after = std::ranges::upper_bound(regions, at, {}, [&](RegionId id) { return trace_->region(id).born; });
    for (auto each = after; each != regions.begin() && after - each < youngest;) {
        --each;
        if (trace_->region(*each).kind == kind && alive(trace_->region(*each), at)) return *each;
    }
    return {};
}

const Binding* History::binding(std::uint64_t handle) const {
    const auto found = binding_index_.find(handle);
    return found == binding_index_.end() ? nullptr : &bindings_[found->second];
}

const Allocation* History::allocation_at(Address address, EventId at) const {
    const Allocation* best = nullptr;
    for (auto group = allocations_by_address_.upper_bound(address); group != allocations_by_address_.begin();) {
        --group;
        if (address - group->first >= largest_allocation_) break;
        const auto after = std::ranges::upper_bound(group->second, at, {},
                                                    [&](std::uint32_t index) { return allocations_[index].allocated; });
        if (after == group->second.begin()) continue;
        const Allocation& each = allocations_[*(after - 1)];
        if (address - each.address < each.size && (best == nullptr || best->allocated < each.allocated)) best = &each;
    }
    return best;
}

EventId History::handle_opened(std::uint64_t handle) const {
    const auto found = handles_.find(handle);
    return found == handles_.end() ? EventId{} : found->second;
}

std::string_view History::label(RegionId region) const {
    return region.valid() && region.value < trace_->region_count() ? trace_->text(trace_->region(region).label)
                                                                   : std::string_view{};
}

std::string History::layer_name(LayerIndex layer) const {
    if (layer == ndis_layer) return "NDIS";
    if (layer == machine_layer) return "the machine";
    if (layer < trace_->layers().size()) return std::string(trace_->text(trace_->layers()[layer].name));
    return "layer " + std::to_string(layer);
}

}  // namespace chimneylab::trace
