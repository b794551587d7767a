// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Taking events in. What can be asked of the result is in history_queries.cpp.
#include "engine/trace/history.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "engine/trace/history_lookups.h"

namespace chimneylab::trace {
namespace {

// Kinds of handle are named by the machine; a binding is what NdisOpenAdapterEx gives.
bool names_binding(std::string_view kind) {
    std::string lower(kind);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower.find("binding") != std::string::npos && lower.find("context") == std::string::npos;
}

template <typename Entry>
std::uint32_t lowest_free_slot(std::vector<std::vector<std::uint32_t>>& slots, const std::vector<Entry>& entries,
                               std::uint32_t entry) {
    std::uint32_t slot = 0;
    while (slot < slots.size() && !entries[slots[slot].back()].released.valid()) ++slot;
    if (slot == slots.size()) slots.emplace_back();
    slots[slot].push_back(entry);
    return slot;
}

// Entries are in the order of the events that recognised them.
template <typename Entry>
Entry* recognised_at(std::vector<Entry>& entries, EventId event) {
    const auto found = std::ranges::lower_bound(entries, event, {}, &Entry::recognised);
    return found != entries.end() && found->recognised == event ? &*found : nullptr;
}

}  // namespace

History::History(const Trace& trace, Later)
    : trace_(&trace), cursor_(trace), changes_(trace), lookups_(std::make_unique<Lookups>()) {}

History::History(const Trace& trace) : History(trace, Later{}) { extend(); }

History::~History() = default;

void History::extend() { extend(static_cast<std::uint32_t>(trace_->size())); }

bool History::extend(std::uint32_t most) {
    for (; most > 0 && taken_ < trace_->size(); --most) {
        cursor_.step_forward();
        take_in(EventId(taken_));
        ++taken_;
    }
    changes_.settle();
    return taken_ < trace_->size();
}

const Function* History::function_of(StringId name) {
    if (!name.valid()) return nullptr;
    if (functions_.size() <= name.value) functions_.resize(std::size_t{name.value} + 1);
    auto& known = functions_[name.value];
    if (!known) known = find_function(trace_->text(name));
    return *known;
}

void History::index_new_regions() {
    for (; regions_taken_ < trace_->region_count(); ++regions_taken_) {
        const Region& region = trace_->region(RegionId(regions_taken_));
        if (region.born.value > taken_) break;
        regions_by_address_[region.address].push_back(RegionId(regions_taken_));
        largest_region_ = std::max(largest_region_, region.size);
    }
}

void History::take_in(EventId id) {
    index_new_regions();
    const Event& event = trace_->event(id);
    const auto landmark = [&](Landmark which) { landmarks_[static_cast<std::size_t>(which)].push_back(id); };
    changes_.take_in(id);
    if (event.change_count > 0) landmark(Landmark::change);
    if (event.operation.valid()) {
        if (event.kind != EventKind::offload_entry_released &&  // it names an older one
            (named_operations_.empty() || named_operations_.back().second != event.operation))
            named_operations_.emplace_back(id, event.operation);
        operation_slot(event, id);
    }

    switch (event.kind) {
        case EventKind::enter:
            take_in_enter(id, event);
            break;
        case EventKind::conversion:
            landmark(Landmark::conversion);
            take_in_conversion(id, event);
            break;
        case EventKind::operation_started:
        case EventKind::operation_finished:
            landmark(Landmark::operation);
            if (event.operation.valid() && event.kind == EventKind::operation_finished) {
                Operation& operation = operation_slot(event, id);
                if (!operation.finished.valid()) operation.finished = id;
                open_operations_.erase(operation_index_[event.operation.value]);
                for (const Passage& each : operation.passages)
                    lookups_->incoming.erase(Lookups::passage(operation.id, each.layer));
            }
            break;
        case EventKind::call_entry_recognised:
        case EventKind::call_entry_released:
            landmark(Landmark::call_entry);
            take_in_call_entry(id, event);
            break;
        case EventKind::offload_entry_recognised:
        case EventKind::offload_entry_released:
            take_in_offload_entry(id, event);
            break;
        case EventKind::memory_allocated:
        case EventKind::memory_freed:
            take_in_memory(id, event);
            break;
        case EventKind::handle_opened:
        case EventKind::handle_closed:
            take_in_handle(id, event);
            break;
        case EventKind::finding:
            landmark(Landmark::finding);
            break;
        case EventKind::step_started:
            landmark(Landmark::step);
            break;
        default:
            break;
    }
}

Operation& History::operation_slot(const Event& event, EventId id) {
    const std::uint32_t number = event.operation.value;
    if (operation_index_.size() <= number) operation_index_.resize(std::size_t{number} + 1, Passage::no_index);
    std::uint32_t& index = operation_index_[number];
    if (index == Passage::no_index) {
        index = static_cast<std::uint32_t>(operations_.size());
        Operation made;
        made.id = event.operation;
        made.kind = event.operation_kind;
        made.started = id;
        // What an operation grows to that passes every layer: growing by and by would ask for memory ten times.
        const std::size_t layers = trace_->layers().size();
        made.passages.reserve(layers);
        made.crossings.reserve(4 * layers);
        made.conversions.reserve(4 * layers);
        operations_.push_back(std::move(made));
        open_operations_.insert(index);
        oldest_open_.push_back(*open_operations_.begin());
    }
    Operation& operation = operations_[index];
    if (operation.kind == OperationKind::none) operation.kind = event.operation_kind;
    const bool names_root = event.kind == EventKind::operation_started || event.kind == EventKind::enter ||
                            event.kind == EventKind::conversion;
    if (!operation.root.valid() && names_root && event.region.valid() &&
        trace_->region(event.region).kind == RegionKind::block_list) {
        operation.root = event.region;
        lookups_->operations_of_root[event.region.value].push_back(index);
        read_tree(operation);
    }
    return operation;
}

Passage& History::passage_slot(Operation& operation, LayerIndex layer) {
    const auto at = std::ranges::lower_bound(operation.passages, layer, {}, &Passage::layer);
    if (at != operation.passages.end() && at->layer == layer) return *at;
    Passage made;
    made.layer = layer;
    return *operation.passages.insert(at, made);
}

void History::take_in_enter(EventId id, const Event& event) {
    landmarks_[static_cast<std::size_t>(Landmark::call)].push_back(id);
    const Function* function = function_of(event.name);
    if (function == nullptr) return;
    if (function->completion) landmarks_[static_cast<std::size_t>(Landmark::completion)].push_back(id);
    if (function->group != FunctionGroup::state_manipulation || !event.operation.valid()) return;

    Operation& operation = operation_slot(event, id);
    operation.crossings.push_back(id);
    const bool into_ndis = function->side == Side::driver_calls_ndis;
    Passage& passage = passage_slot(operation, into_ndis ? event.other_layer : event.layer);
    EventId Passage::*const place = into_ndis ? (function->completion ? &Passage::completed : &Passage::handed_on)
                                              : (function->completion ? &Passage::came_back : &Passage::arrived);
    if (!(passage.*place).valid()) passage.*place = id;

    if (!into_ndis && !function->completion) {
        std::array<std::uint64_t, 3> words{};
        constexpr std::array offsets{block_offset::im_reserved_0, block_offset::im_reserved_1,
                                     block_offset::source_handle};
        for (std::size_t i = 0; i < words.size(); ++i) words[i] = cursor_.word(operation.root, offsets[i]).value_or(0);
        lookups_->incoming[Lookups::passage(operation.id, event.layer)] = words;
    }
    if (!into_ndis && function->completion && !operation.conversions.empty()) {
        // Only now is it known whose completion handler NDIS chose.
        Conversion& last = conversions_[operation.conversions.back()];
        if (last.kind == ConversionKind::miniport_to_protocol_by_ndis) last.lane = event.layer;
    }
}

void History::take_in_conversion(EventId id, const Event& event) {
    Conversion made;
    made.event = id;
    made.kind = event.detail <= static_cast<std::uint64_t>(ConversionKind::protocol_to_miniport_by_driver)
                    ? static_cast<ConversionKind>(event.detail)
                    : ConversionKind::none;
    made.operation = event.operation;
    made.root = event.region;
    made.converter = event.layer;
    made.caller = event.layer == ndis_layer ? event.other_layer : event.layer;
    made.lane = made.caller;
    if (made.kind == ConversionKind::miniport_to_protocol_by_ndis && made.caller > 0 && made.caller < ndis_layer)
        made.lane = static_cast<LayerIndex>(made.caller - 1);
    const auto index = static_cast<std::uint32_t>(conversions_.size());
    if (event.operation.valid()) {
        Operation& operation = operation_slot(event, id);
        if (operation.conversions.empty()) read_tree(operation);  // by now every handle of the tree is watched
        operation.conversions.push_back(index);
        made.number = static_cast<std::uint32_t>(operation.conversions.size());
    }
    conversions_.push_back(made);
}

// Slot B and the handles still are the host stack's, at the start and after NDIS's first conversion alike.
void History::read_tree(Operation& operation) {
    constexpr std::size_t most_blocks = 100'000;
    operation.blocks.clear();
    std::vector<RegionId> pending{operation.root};
    std::unordered_set<std::uint32_t> seen;
    const EventId here(taken_);
    const auto follow = [&](RegionId from, std::uint32_t link) {
        const std::uint64_t address = cursor_.word(from, link).value_or(0);
        if (const RegionId next = address ? region_starting_at(address, RegionKind::block_list, here) : RegionId{};
            next.valid())
            pending.push_back(next);
    };
    while (!pending.empty() && operation.blocks.size() < most_blocks) {
        const RegionId block = pending.back();
        pending.pop_back();
        if (!seen.insert(block.value).second) continue;
        OperationBlock made;
        made.block = block;
        made.host_handle = cursor_.word(block, block_offset::slot_b).value_or(0);
        if (made.host_handle == 0) {
            made.role = BlockRole::placeholder;
        } else if (operation.kind == OperationKind::initiate) {
            const RegionId anchor = region_starting_at(made.host_handle, RegionKind::offload_handle, here);
            const auto context = cursor_.word(anchor, handle_offset::miniport_offload_context);
            made.role = context.value_or(0) == 0 ? BlockRole::new_offload : BlockRole::linker;
        }
        operation.blocks.push_back(made);
        follow(block, block_offset::next_block);            // taken after everything below the block
        follow(block, block_offset::dependent_block_list);  // taken next
    }
}

void History::find_saved_values(CallEntry& entry) const {
    const auto* incoming = Lookups::find(lookups_->incoming, Lookups::passage(entry.operation, entry.layer));
    if (incoming == nullptr) return;
    constexpr std::array<std::string_view, 3> names{"ImReserved[0]", "ImReserved[1]", "SourceHandle"};
    const std::uint32_t size = trace_->region(entry.region).size;
    entry.saved.reserve(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        SavedValue saved;
        saved.member = names[i];
        saved.value = (*incoming)[i];
        for (std::uint32_t offset = 0; saved.value != 0 && offset + 8 <= size && !saved.offset; offset += 8)
            if (cursor_.word(entry.region, offset) == saved.value) saved.offset = offset;
        entry.saved.push_back(saved);
    }
}

void History::take_in_call_entry(EventId id, const Event& event) {
    if (event.kind == EventKind::call_entry_released) {
        if (auto* entry = recognised_at(call_entries_, event.partner)) entry->released = id;
        return;
    }
    if (!event.region.valid()) return;
    const auto index = static_cast<std::uint32_t>(call_entries_.size());
    const Region& region = trace_->region(event.region);
    CallEntry made;
    made.region = event.region;
    made.layer = event.layer;
    made.ordinal = region.ordinal;
    made.operation = event.operation;
    made.recognised = id;
    if (const Allocation* memory = allocation_at(region.address, id)) {
        made.allocated = memory->allocated;
        lookups_->call_entry_of_allocation[memory->allocated.value] = index;
    }
    find_saved_values(made);
    call_entries_.push_back(std::move(made));
    call_entries_.back().slot = lowest_free_slot(call_slots_[event.layer], call_entries_, index);
    lookups_->call_entry_of_region[event.region.value] = index;
    if (event.operation.valid()) passage_slot(operation_slot(event, id), event.layer).call_entry = index;
}

void History::take_in_offload_entry(EventId id, const Event& event) {
    if (event.kind == EventKind::offload_entry_released) {
        if (auto* entry = recognised_at(offload_entries_, event.partner)) entry->released = id;
        return;
    }
    if (!event.region.valid()) return;
    const auto index = static_cast<std::uint32_t>(offload_entries_.size());
    const Region& region = trace_->region(event.region);
    OffloadEntry made;
    made.region = event.region;
    made.layer = event.layer;
    made.ordinal = region.ordinal;
    made.operation = event.operation;
    made.recognised = id;
    made.object = event.name.valid() ? event.name : region.label;
    // The block that carries its handle names the object best.
    if (event.operation.valid())
        for (const OperationBlock& block : operation_slot(event, id).blocks)
            if (cursor_.word(block.block, block_offset::slot_b).value_or(0) - region.address < region.size)
                made.object = trace_->region(block.block).label;
    if (const Allocation* memory = allocation_at(region.address, id)) {
        made.allocated = memory->allocated;
        lookups_->offload_entry_of_allocation[memory->allocated.value] = index;
    }
    // The handle inside it names the parent; it is watched from the same moment.
    for (std::uint32_t at = event.region.value + 1;
         at < regions_taken_ && trace_->region(RegionId(at)).born == region.born && !made.handle.valid(); ++at)
        if (trace_->region(RegionId(at)).kind == RegionKind::offload_handle &&
            trace_->region(RegionId(at)).parent == event.region)
            made.handle = RegionId(at);
    offload_entries_.push_back(made);
    offload_entries_.back().slot = lowest_free_slot(offload_slots_[event.layer], offload_entries_, index);
    lookups_->offload_entry_of_region[event.region.value] = index;
}

void History::take_in_memory(EventId id, const Event& event) {
    if (event.kind == EventKind::memory_allocated) {
        Allocation made;
        made.address = event.subject;
        made.size = static_cast<std::uint32_t>(event.detail);
        made.tag = static_cast<std::uint32_t>(event.detail >> 32);
        made.owner = event.layer;
        made.allocated = id;
        allocations_by_address_[made.address].push_back(static_cast<std::uint32_t>(allocations_.size()));
        largest_allocation_ = std::max(largest_allocation_, made.size);
        allocations_.push_back(made);
        return;
    }
    const auto found = allocations_by_address_.find(event.subject);
    if (found != allocations_by_address_.end() && !allocations_[found->second.back()].freed.valid())
        allocations_[found->second.back()].freed = id;
}

void History::take_in_handle(EventId id, const Event& event) {
    if (event.kind == EventKind::handle_opened) {
        handles_[event.subject] = id;
        if (!names_binding(trace_->text(event.name))) return;
        Binding made;
        made.handle = event.subject;
        made.upper = event.layer;
        made.number = ++bindings_of_layer_[event.layer];
        made.opened = id;
        binding_index_[event.subject] = static_cast<std::uint32_t>(bindings_.size());
        bindings_.push_back(made);
        return;
    }
    if (const auto found = binding_index_.find(event.subject); found != binding_index_.end())
        bindings_[found->second].closed = id;
}

}  // namespace chimneylab::trace
