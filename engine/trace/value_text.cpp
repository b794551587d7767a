// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/value_text.h"

#include "engine/trace/text.h"

namespace chimneylab::trace {
namespace {

// Freed pool memory is filled with 0xDE; a pointer read from it is made of nothing else.
bool is_poison(std::uint64_t value) { return value == 0xDEDEDEDEDEDEDEDE || value == 0xDEDEDEDE; }

std::string of_layer(const History& history, LayerIndex layer) {
    const auto layers = history.trace().layers();
    if (layer < layers.size() && layers[layer].role == LayerRole::host_stack) return " of the host stack";
    if (layer < layers.size() && layers[layer].role == LayerRole::offload_target) return " of the offload target";
    return " of " + history.layer_name(layer);
}

std::string plus(std::uint64_t offset) { return offset == 0 ? std::string{} : " + " + hex(offset); }

ValueKind kind_of(RegionKind kind) {
    switch (kind) {
        case RegionKind::block_list:
            return ValueKind::block;
        case RegionKind::following_state:
            return ValueKind::following_state;
        case RegionKind::offload_handle:
            return ValueKind::offload_handle;
        case RegionKind::call_entry:
            return ValueKind::call_entry;
        case RegionKind::offload_entry:
            return ValueKind::offload_entry;
        case RegionKind::net_buffer_list:
        case RegionKind::net_buffer:
        case RegionKind::net_buffer_list_context:
            return ValueKind::net_buffer_list;
        case RegionKind::handler_table:
        case RegionKind::parameters:
        case RegionKind::frame:
            return ValueKind::allocation;
    }
    return ValueKind::number;
}

ValueMeaning binding_meaning(const History& history, EventId at, const Binding& binding) {
    const auto lower = static_cast<LayerIndex>(binding.upper + 1);
    std::string text = "binding " + history.layer_name(binding.upper) + " → " + history.layer_name(lower);
    if (binding.number > 1) text += " (" + std::to_string(binding.number) + ")";
    if (binding.closed.valid() && binding.closed <= at) text = "closed " + text;
    return {ValueKind::binding, text, {}, binding.upper};
}

}  // namespace

std::string object_name(const History& history, RegionId id) {
    std::string label(history.label(id));
    if (label.empty()) return label;
    const std::string suffix = " at " + history.layer_name(history.trace().region(id).owner);
    if (label.size() > suffix.size() && label.ends_with(suffix)) label.resize(label.size() - suffix.size());
    return label;
}

std::string region_text(const History& history, RegionId id) {
    if (!id.valid() || id.value >= history.trace().region_count()) return "unwatched memory";
    const Region& region = history.trace().region(id);
    const std::string label(history.label(id));
    const std::string number = region.ordinal ? " #" + std::to_string(region.ordinal) : std::string{};
    switch (region.kind) {
        case RegionKind::block_list:
            return "block " + label;
        case RegionKind::following_state:
            return "the state behind block " + (region.parent.valid() ? object_name(history, region.parent) : label);
        case RegionKind::offload_handle:
            return "handle " + object_name(history, id) + of_layer(history, region.owner);
        case RegionKind::call_entry:
            return "call entry" + number + of_layer(history, region.owner);
        case RegionKind::offload_entry:
            return "offload entry " + object_name(history, id) + of_layer(history, region.owner);
        case RegionKind::net_buffer_list:
            return label.empty() ? "a NET_BUFFER_LIST" : "NET_BUFFER_LIST " + label;
        case RegionKind::net_buffer:
            return label.empty() ? "a NET_BUFFER" : "NET_BUFFER of " + label;
        case RegionKind::net_buffer_list_context:
            return label.empty() ? "a NET_BUFFER_LIST_CONTEXT" : "context stack of " + label;
        case RegionKind::parameters:
            return (label.empty() ? std::string("parameters") : label) + of_layer(history, region.owner);
        case RegionKind::frame:
            return label.empty() ? "a frame" : "frame " + label;
        case RegionKind::handler_table:
            return (label.empty() ? std::string("a handler table") : label) + of_layer(history, region.owner);
    }
    return label;
}

ValueMeaning value_meaning(const History& history, EventId at, std::uint64_t value) {
    if (value == 0) return {ValueKind::null, "NULL", {}, machine_layer};
    if (is_poison(value)) return {ValueKind::poison, "poison: read from freed memory", {}, machine_layer};
    if (const Binding* binding = history.binding(value); binding != nullptr && binding->opened <= at)
        return binding_meaning(history, at, *binding);
    if (const RegionId region = history.region_at(value, at); region.valid()) {
        const Region& watched = history.trace().region(region);
        const std::uint64_t offset = value - watched.address;
        ValueMeaning meaning{kind_of(watched.kind), region_text(history, region) + plus(offset), region, watched.owner};
        if (watched.kind == RegionKind::offload_handle && offset == handle_offset::miniport_offload_context) {
            meaning.kind = ValueKind::offload_context_slot;
            meaning.text =
                "&" + object_name(history, region) + ".MiniportOffloadContext" + of_layer(history, watched.owner);
        }
        return meaning;
    }
    if (const EventId opened = history.handle_opened(value); opened.valid() && opened <= at) {
        const Event& event = history.trace().event(opened);
        return {ValueKind::other_handle,
                std::string(history.trace().text(event.name)) + of_layer(history, event.layer),
                {},
                event.layer};
    }
    if (const Allocation* memory = history.allocation_at(value, at)) {
        const bool freed = memory->freed.valid() && memory->freed <= at;
        const std::uint64_t offset = value - memory->address;
        // Entries are recognised a little after they came into use; what they are can be said from the start.
        RegionId entry;
        if (const CallEntry* call = history.call_entry_in(memory->allocated)) entry = call->region;
        if (const OffloadEntry* offload = history.offload_entry_in(memory->allocated)) entry = offload->region;
        if (!freed && entry.valid())
            return {kind_of(history.trace().region(entry).kind), region_text(history, entry) + plus(offset), entry,
                    memory->owner};
        std::string text = (freed ? "freed memory '" : "memory '") + pool_tag_text(memory->tag) + "'" +
                           of_layer(history, memory->owner) + plus(offset);
        if (entry.valid()) text += " (it was " + region_text(history, entry) + ")";
        return {freed ? ValueKind::freed_memory : ValueKind::allocation, text, {}, memory->owner};
    }
    return {ValueKind::number, hex(value), {}, machine_layer};
}

std::string value_text(const History& history, EventId at, std::uint64_t value) {
    return value_meaning(history, at, value).text;
}

std::string context_text(const History& history, EventId at, std::uint64_t value) {
    const RegionId entry = history.region_starting_at(value, RegionKind::offload_entry, at);
    return entry.valid() ? region_text(history, entry) : value_text(history, at, value);
}

std::string member_text(const History& history, EventId at, RegionKind kind, const Member& member,
                        std::uint64_t value) {
    if ((kind == RegionKind::block_list && member.offset == block_offset::status) ||
        (kind == RegionKind::net_buffer_list && member.offset == net_buffer_list_offset::status))
        return short_status_text(static_cast<std::int32_t>(value));
    if (kind == RegionKind::block_list && member.offset == block_offset::type)
        return state_type_text(static_cast<std::uint8_t>(value)) + ", revision " + std::to_string(value >> 8 & 0xFF) +
               ", " + std::to_string(value >> 16 & 0xFFFF) + " bytes";
    if (kind == RegionKind::offload_handle && member.offset == handle_offset::miniport_offload_context)
        return context_text(history, at, value);
    const bool count = kind == RegionKind::net_buffer_list && (member.offset == net_buffer_list_offset::bytes_transferred ||
                                                               member.offset == net_buffer_list_offset::receive_no_push);
    if (member.size < 8 || count) return value < 10 ? std::to_string(value) : std::to_string(value) + " (" + hex(value) + ")";
    return value_text(history, at, value);
}

}  // namespace chimneylab::trace
