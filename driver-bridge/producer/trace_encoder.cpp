// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/producer/trace_encoder.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace chimneylab::bridge {
namespace {

constexpr std::size_t usual_frame = 256 * 1024;

chimney_wire_text view(std::string_view text) { return {text.data(), static_cast<std::uint32_t>(text.size())}; }

const std::uint8_t* bytes(std::span<const std::byte> data) { return reinterpret_cast<const std::uint8_t*>(data.data()); }

std::uint64_t sequence(trace::EventId id) { return id.valid() ? id.value : CHIMNEY_WIRE_NONE64; }

// Puts a frame behind what is there; `put` gets the place and returns how much it took.
template <typename Put>
void append(std::vector<std::uint8_t>& out, std::size_t room, Put put) {
    const std::size_t before = out.size();
    out.resize(before + room);
    out.resize(before + put(out.data() + before, room));
}

}  // namespace

TraceEncoder::TraceEncoder(const trace::Trace& trace) : trace_(&trace), end_(0) { extend(trace, true); }

void TraceEncoder::extend(const trace::Trace& trace, bool finished) {
    trace_ = &trace;
    const std::uint64_t before = std::exchange(end_, trace.size());
    for (; regions_taken_ < trace.region_count(); ++regions_taken_) {
        const trace::RegionId id(static_cast<std::uint32_t>(regions_taken_));
        living_.emplace_back(id, trace.region(id).label);
    }
    const std::size_t deaths_known = deaths_.size();
    bool late = false;  // something that no event tells
    std::erase_if(living_, [&](auto& each) {
        const trace::Region& region = trace.region(each.first);
        // A label that came after the birth was sent is told with the first record that was not.
        if (region.label != each.second && region.born.value < before) {
            relabellings_.push_back({before, each.first, region.label});
            late |= before == end_;
        }
        each.second = region.label;
        late |= region.born.value >= trace.size();
        if (region.died.valid()) deaths_.push_back({region.died, each.first});
        return region.died.valid();
    });
    std::sort(deaths_.begin() + static_cast<std::ptrdiff_t>(deaths_known), deaths_.end(), [](const Death& a, const Death& b) {
        return a.event != b.event ? a.event < b.event : a.region < b.region;
    });
    if (finished && late) end_ = trace.size() + 1;
    for (; names_checked_ < trace.string_count(); ++names_checked_)
        if (trace.text(trace::StringId(static_cast<std::uint32_t>(names_checked_))).size() > chimney_wire_text_limit)
            problem_ = "name " + std::to_string(names_checked_) + " is longer than " + std::to_string(chimney_wire_text_limit) + " bytes";
    if (trace.layers().size() > chimney_wire_layer_limit) problem_ = "it has too many layers";
    std::vector<chimney_wire_piece> pieces;
    for (; events_checked_ < end_ && !problem_; ++events_checked_) {
        pieces.clear();
        collect(events_checked_, pieces);
        if (pieces.size() > std::numeric_limits<std::uint16_t>::max() ||
            chimney_wire_record_size(pieces.data(), static_cast<std::uint16_t>(pieces.size())) == 0)
            problem_ = "event " + std::to_string(events_checked_) + " changes more bytes than a record may hold";
    }
}

void TraceEncoder::introduce(chimney_wire_hello& hello) const {
    hello.pointer_size = 8;
    hello.clock_frequency = 1'000'000'000;
    hello.clock_origin = 0;
    hello.capabilities |= chimney_wire_has_virtual_time | chimney_wire_has_references;
    hello.producer = view(std::string_view(trace_->description().producer).substr(0, 1024));
}

void TraceEncoder::put_preamble(std::vector<std::uint8_t>& out) const {
    put_description(out);
    put_names(0, out);
    put_layers(out);
}

void TraceEncoder::put_description(std::vector<std::uint8_t>& out) const {
    const trace::RunDescription& description = trace_->description();
    chimney_wire_run run;
    run.clock_start = description.clock_start;
    run.scenario = view(description.scenario);
    run.title = view(description.title);
    run.variant = view(description.variant);
    run.schedule = view(description.schedule);
    run.mode = view(description.mode);
    const std::size_t texts = run.scenario.size + run.title.size + run.variant.size + run.schedule.size + run.mode.size;
    append(out, 64 + texts, [&](auto* at, auto room) { return chimney_wire_put_run(at, room, &run); });
}

void TraceEncoder::put_names(std::size_t first, std::vector<std::uint8_t>& out) const {
    for (auto i = static_cast<std::uint32_t>(first); i < trace_->string_count();) {
        const std::size_t frame = out.size();
        out.resize(frame + chimney_wire_header_size);
        for (; i < trace_->string_count() && out.size() - frame < usual_frame; ++i) {
            const chimney_wire_text text = view(trace_->text(trace::StringId(i)));
            append(out, 8 + text.size, [&](auto* at, auto room) { return chimney_wire_put_name(at, room, i, text); });
        }
        chimney_wire_put_header(out.data() + frame, chimney_wire_names_frame,
                                static_cast<std::uint32_t>(out.size() - frame - chimney_wire_header_size));
    }
}

void TraceEncoder::put_layers(std::vector<std::uint8_t>& out) const {
    std::vector<chimney_wire_layer> layers;
    for (const trace::Layer& layer : trace_->layers())
        layers.push_back({static_cast<std::uint8_t>(layer.role), layer.name.value, layer.driver.value});
    append(out, 64 + 12 * layers.size(), [&](auto* at, auto room) {
        return chimney_wire_put_layers(at, room, layers.data(), static_cast<std::uint32_t>(layers.size()));
    });
}

// Births first, then what changed, then deaths: in this order the recorder takes them.
void TraceEncoder::collect(std::uint64_t record, std::vector<chimney_wire_piece>& pieces) const {
    const auto regions = trace_->regions();
    const trace::EventId id(static_cast<std::uint32_t>(record));
    const auto [first, last] = std::ranges::equal_range(regions, id, {}, &trace::Region::born);
    for (auto region = first; region != last; ++region) {
        chimney_wire_piece piece{};
        piece.kind = chimney_wire_birth;
        piece.region_kind = static_cast<std::uint8_t>(region->kind);
        piece.owner = region->owner;
        piece.region = static_cast<std::uint32_t>(region - regions.begin());
        piece.address = region->address;
        piece.label = region->label.value;
        piece.parent = region->parent.value;
        piece.tag = region->tag;
        piece.ordinal = region->ordinal;
        const auto initial = trace_->initial_bytes(*region);
        piece.length = static_cast<std::uint32_t>(initial.size());
        piece.bytes = bytes(initial);
        pieces.push_back(piece);
    }
    if (record < trace_->size())
        for (const trace::Change& change : trace_->changes(trace_->event(id))) {
            chimney_wire_piece piece{};
            piece.kind = chimney_wire_snapshot;
            piece.writer = change.writer;
            piece.region = change.region.value;
            piece.offset = change.offset;
            piece.length = change.length;
            piece.bytes = bytes(trace_->after(change));
            pieces.push_back(piece);
        }
    const auto [named, all_named] = std::ranges::equal_range(relabellings_, record, {}, &Relabelling::record);
    for (auto news = named; news != all_named; ++news) {
        chimney_wire_piece piece{};
        piece.kind = chimney_wire_label;
        piece.region = news->region.value;
        piece.label = news->label.value;
        pieces.push_back(piece);
    }
    const auto [begin, end] = std::ranges::equal_range(deaths_, id, {}, &Death::event);
    for (auto death = begin; death != end; ++death) {
        chimney_wire_piece piece{};
        piece.kind = chimney_wire_death;
        piece.region = death->region.value;
        pieces.push_back(piece);
    }
}

chimney_wire_event TraceEncoder::event(std::uint64_t record) const {
    chimney_wire_event told{};
    told.sequence = record;
    told.name = told.operation = told.region = CHIMNEY_WIRE_NONE32;
    told.partner = told.parent = CHIMNEY_WIRE_NONE64;
    if (record >= trace_->size()) {
        told.flags = chimney_wire_pieces_only;
        return told;
    }
    const trace::Event& event = trace_->event(trace::EventId(static_cast<std::uint32_t>(record)));
    told.clock = event.measured_time;
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
    return told;
}

std::uint64_t TraceEncoder::put_events(std::uint64_t next, std::uint64_t most, std::vector<std::uint8_t>& out) const {
    const std::size_t frame = out.size();
    out.resize(frame + chimney_wire_header_size);
    std::vector<chimney_wire_piece> pieces;
    for (std::uint64_t left = most; next < end_ && left > 0; ++next, --left) {
        pieces.clear();
        collect(next, pieces);
        const auto count = static_cast<std::uint16_t>(pieces.size());
        const std::size_t size = chimney_wire_record_size(pieces.data(), count);
        const std::size_t filled = out.size() - frame;
        if (filled + size > usual_frame && filled > chimney_wire_header_size) break;
        const chimney_wire_event told = event(next);
        append(out, size, [&](auto* at, auto room) {
            return chimney_wire_put_record(at, room, &told, pieces.data(), count);
        });
    }
    chimney_wire_put_header(out.data() + frame, chimney_wire_events_frame,
                            static_cast<std::uint32_t>(out.size() - frame - chimney_wire_header_size));
    return next;
}

}  // namespace chimneylab::bridge
