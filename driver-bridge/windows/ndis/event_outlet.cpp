// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/windows/ndis/event_outlet.h"

#include <algorithm>
#include <string_view>

#include "driver-bridge/probe/probe.h"

namespace chimneylab::windows {
namespace {

chimney_wire_text view(std::string_view text) { return {text.data(), static_cast<std::uint32_t>(text.size())}; }

const std::uint8_t* bytes(std::span<const std::byte> data) { return reinterpret_cast<const std::uint8_t*>(data.data()); }

chimney_wire_event nothing() {
    chimney_wire_event event{};
    event.name = event.operation = event.region = CHIMNEY_WIRE_NONE32;
    event.partner = event.parent = CHIMNEY_WIRE_NONE64;
    return event;
}

}  // namespace

std::uint64_t EventOutlet::sequence(trace::EventId id) const {
    return id.valid() && id.value < sequences_.size() ? sequences_[id.value] : CHIMNEY_WIRE_NONE64;
}

void EventOutlet::tell_preamble(const trace::Trace& trace) {
    for (; names_told_ < trace.string_count(); ++names_told_) {
        const auto number = static_cast<std::uint32_t>(names_told_);
        const chimney_wire_text text = view(trace.text(trace::StringId(number)).substr(0, chimney_wire_text_limit));
        outlet_.tell_name(outlet_.self, number, &text);
    }
    if (layers_told_ != trace.layers().size()) {
        std::vector<chimney_wire_layer> layers;
        for (const trace::Layer& layer : trace.layers())
            layers.push_back({static_cast<std::uint8_t>(layer.role), layer.name.value, layer.driver.value});
        outlet_.tell_layers(outlet_.self, layers.data(), static_cast<std::uint32_t>(layers.size()));
        layers_told_ = trace.layers().size();
    }
    if (const trace::RunDescription& description = trace.description();
        !description.title.empty() && description != description_told_) {
        description_told_ = description;
        chimney_wire_run run{};
        run.clock_start = description.clock_start;
        run.scenario = view(description.scenario);
        run.title = view(description.title);
        run.variant = view(description.variant);
        run.schedule = view(description.schedule);
        run.mode = view(description.mode);
        outlet_.tell_run(outlet_.self, &run);
    }
}

void EventOutlet::add_births(const trace::Trace& trace, trace::EventId up_to) {
    for (; regions_told_ < trace.region_count(); ++regions_told_) {
        const trace::RegionId id(static_cast<std::uint32_t>(regions_told_));
        const trace::Region& region = trace.region(id);
        if (up_to.valid() && region.born > up_to) break;
        chimney_wire_piece piece{};
        piece.kind = chimney_wire_birth;
        piece.region_kind = static_cast<std::uint8_t>(region.kind);
        piece.owner = region.owner;
        piece.region = id.value;
        piece.address = region.address;
        piece.label = region.label.value;
        piece.parent = region.parent.value;
        piece.tag = region.tag;
        piece.ordinal = region.ordinal;
        const auto initial = trace.initial_bytes(region);
        piece.length = static_cast<std::uint32_t>(initial.size());
        piece.bytes = bytes(initial);
        pieces_.push_back(piece);
        living_.push_back(id);
    }
}

void EventOutlet::add_labels(const trace::Trace& trace) {
    for (const trace::RegionId id : relabelled_) {
        chimney_wire_piece piece{};
        piece.kind = chimney_wire_label;
        piece.region = id.value;
        piece.label = trace.region(id).label.value;
        pieces_.push_back(piece);
    }
    relabelled_.clear();
}

std::uint64_t EventOutlet::record(const chimney_wire_event& event) {
    std::size_t first = 0;
    while (first < pieces_.size() &&
           chimney_wire_record_size(pieces_.data() + first, static_cast<std::uint16_t>(pieces_.size() - first)) >
               chimney_probe_largest_record &&
           pieces_[first].kind == chimney_wire_birth) {
        std::uint16_t count = 1;
        while (pieces_[first + count].kind == chimney_wire_birth &&
               chimney_wire_record_size(pieces_.data() + first, static_cast<std::uint16_t>(count + 1)) <= chimney_probe_largest_record)
            ++count;
        chimney_wire_event alone = nothing();
        alone.flags = chimney_wire_pieces_only;
        outlet_.record(outlet_.self, &alone, pieces_.data() + first, count);
        first += count;
    }
    const std::uint64_t number =
        outlet_.record(outlet_.self, &event, pieces_.data() + first, static_cast<std::uint16_t>(pieces_.size() - first));
    pieces_.clear();
    return number;
}

void EventOutlet::appended(const trace::Trace& trace, trace::EventId id) {
    tell_preamble(trace);
    add_births(trace, id);
    const trace::Event& event = trace.event(id);
    for (const trace::Change& change : trace.changes(event)) {
        chimney_wire_piece piece{};
        piece.kind = chimney_wire_snapshot;
        piece.writer = change.writer;
        piece.region = change.region.value;
        piece.offset = change.offset;
        piece.length = change.length;
        piece.bytes = bytes(trace.after(change));
        pieces_.push_back(piece);
    }
    add_labels(trace);
    std::erase_if(living_, [&](trace::RegionId region) {
        if (trace.region(region).died != id) return false;
        chimney_wire_piece piece{};
        piece.kind = chimney_wire_death;
        piece.region = region.value;
        pieces_.push_back(piece);
        return true;
    });
    chimney_wire_event told = nothing();
    told.virtual_time = event.virtual_time;
    told.subject = event.subject;
    told.detail = event.detail;
    told.name = event.name.value;
    told.operation = event.operation.value;
    told.region = event.region.value;
    told.status = event.status;
    told.partner = sequence(event.partner);
    told.parent = sequence(event.parent);
    told.flags = event.has_status != 0 ? chimney_wire_has_status : 0;
    told.depth = event.depth;
    told.kind = static_cast<std::uint8_t>(event.kind);
    told.operation_kind = static_cast<std::uint8_t>(event.operation_kind);
    told.layer = event.layer;
    told.other_layer = event.other_layer;
    told.irql = event.irql;
    told.argument = event.argument;
    // An event may refer to a later one only when its own number is not known yet, so the list never has gaps.
    sequences_.resize(id.value, CHIMNEY_WIRE_NONE64);
    sequences_.push_back(record(told));
}

void EventOutlet::amended(const trace::Trace&, trace::RegionId region) {
    if (region.value < regions_told_ && std::ranges::find(relabelled_, region) == relabelled_.end()) relabelled_.push_back(region);
}

void EventOutlet::finish(const trace::Trace& trace) {
    tell_preamble(trace);
    add_births(trace, {});
    add_labels(trace);
    if (pieces_.empty()) return;
    chimney_wire_event alone = nothing();
    alone.flags = chimney_wire_pieces_only;
    record(alone);
}

}  // namespace chimneylab::windows
