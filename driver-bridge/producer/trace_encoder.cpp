// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/producer/trace_encoder.h"

#include <algorithm>
#include <limits>

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

TraceEncoder::TraceEncoder(const trace::Trace& trace) : trace_(trace), end_(trace.size()) {
    for (std::uint32_t i = 0; i < trace.region_count(); ++i) {
        const trace::Region& region = trace.region(trace::RegionId(i));
        if (region.died.valid()) deaths_.push_back({region.died, trace::RegionId(i)});
        if (region.born.value >= trace.size()) end_ = trace.size() + 1;
    }
    std::ranges::stable_sort(deaths_, {}, &Death::event);
    for (std::uint32_t i = 0; i < trace.string_count(); ++i)
        if (trace.text(trace::StringId(i)).size() > chimney_wire_text_limit)
            problem_ = "name " + std::to_string(i) + " is longer than " + std::to_string(chimney_wire_text_limit) + " bytes";
    if (trace.layers().size() > chimney_wire_layer_limit) problem_ = "it has too many layers";
    std::vector<chimney_wire_piece> pieces;
    for (std::uint64_t i = 0; i < end_ && !problem_; ++i) {
        pieces.clear();
        collect(i, pieces);
        if (pieces.size() > std::numeric_limits<std::uint16_t>::max() ||
            chimney_wire_record_size(pieces.data(), static_cast<std::uint16_t>(pieces.size())) == 0)
            problem_ = "event " + std::to_string(i) + " changes more bytes than a record may hold";
    }
}

void TraceEncoder::introduce(chimney_wire_hello& hello) const {
    hello.pointer_size = 8;
    hello.clock_frequency = 1'000'000'000;
    hello.clock_origin = 0;
    hello.capabilities |= chimney_wire_has_virtual_time | chimney_wire_has_references;
    hello.producer = view(std::string_view(trace_.description().producer).substr(0, 1024));
}

void TraceEncoder::put_preamble(std::vector<std::uint8_t>& out) const {
    const trace::RunDescription& description = trace_.description();
    chimney_wire_run run;
    run.clock_start = description.clock_start;
    run.scenario = view(description.scenario);
    run.title = view(description.title);
    run.variant = view(description.variant);
    run.schedule = view(description.schedule);
    run.mode = view(description.mode);
    const std::size_t texts = run.scenario.size + run.title.size + run.variant.size + run.schedule.size + run.mode.size;
    append(out, 64 + texts, [&](auto* at, auto room) { return chimney_wire_put_run(at, room, &run); });

    for (std::uint32_t i = 0; i < trace_.string_count();) {
        const std::size_t frame = out.size();
        out.resize(frame + chimney_wire_header_size);
        for (; i < trace_.string_count() && out.size() - frame < usual_frame; ++i) {
            const chimney_wire_text text = view(trace_.text(trace::StringId(i)));
            append(out, 8 + text.size, [&](auto* at, auto room) { return chimney_wire_put_name(at, room, i, text); });
        }
        chimney_wire_put_header(out.data() + frame, chimney_wire_names_frame,
                                static_cast<std::uint32_t>(out.size() - frame - chimney_wire_header_size));
    }

    std::vector<chimney_wire_layer> layers;
    for (const trace::Layer& layer : trace_.layers())
        layers.push_back({static_cast<std::uint8_t>(layer.role), layer.name.value, layer.driver.value});
    append(out, 64 + 12 * layers.size(), [&](auto* at, auto room) {
        return chimney_wire_put_layers(at, room, layers.data(), static_cast<std::uint32_t>(layers.size()));
    });
}

// Births first, then what changed, then deaths: in this order the recorder takes them.
void TraceEncoder::collect(std::uint64_t record, std::vector<chimney_wire_piece>& pieces) const {
    const auto regions = trace_.regions();
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
        const auto initial = trace_.initial_bytes(*region);
        piece.length = static_cast<std::uint32_t>(initial.size());
        piece.bytes = bytes(initial);
        pieces.push_back(piece);
    }
    if (record < trace_.size())
        for (const trace::Change& change : trace_.changes(trace_.event(id))) {
            chimney_wire_piece piece{};
            piece.kind = chimney_wire_snapshot;
            piece.writer = change.writer;
            piece.region = change.region.value;
            piece.offset = change.offset;
            piece.length = change.length;
            piece.bytes = bytes(trace_.after(change));
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
    if (record >= trace_.size()) {
        told.flags = chimney_wire_pieces_only;
        return told;
    }
    const trace::Event& event = trace_.event(trace::EventId(static_cast<std::uint32_t>(record)));
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
