// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One packet for each event, for Wireshark with resources/wireshark/chimneylab.lua; the payload is described in EXPORT.md.
// Source: "PCAP Next Generation (pcapng) Capture File Format". Link type 147 (LINKTYPE_USER0), times in nanoseconds.
#include <algorithm>
#include <ostream>

#include "engine/report/exchange.h"
#include "engine/report/little_endian.h"
#include "engine/trace/narration.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::report {

namespace {

using trace::Event;

void option(LittleEndian& block, std::uint16_t code, std::string_view value) {
    value = value.substr(0, 0xFFFF);
    block.number(code).number(static_cast<std::uint16_t>(value.size())).raw(value).padded_to(4);
}

void write_block(std::ostream& out, std::uint32_t type, const LittleEndian& body) {
    LittleEndian head, tail;
    const auto length = static_cast<std::uint32_t>(body.size() + 12);
    head.number(type).number(length);
    tail.number(length);
    out << head.bytes() << body.bytes() << tail.bytes();
}

LittleEndian payload_of(const trace::History& history, const trace::Narrator& narrator, EventId id) {
    const trace::Trace& trace = history.trace();
    const Event& event = trace.event(id);
    LittleEndian bytes;
    bytes.raw("CLAB").number(std::uint8_t{1}).number(static_cast<std::uint8_t>(event.kind)).number(event.layer).number(event.other_layer);
    bytes.number(static_cast<std::uint8_t>(event.operation_kind)).number(event.irql).number(event.has_status).number(std::uint8_t{0});
    bytes.number(id.value).number(event.operation.value).number(event.parent.value).number(event.partner.value).number(event.status);
    bytes.number(event.virtual_time).number(event.measured_time).number(event.subject).number(event.detail);
    bytes.counted(to_text(event.kind)).counted(history.layer_name(event.layer)).counted(history.layer_name(event.other_layer));
    bytes.counted(trace.text(event.name)).counted(event.region.valid() ? trace::region_text(history, event.region) : std::string());
    bytes.counted(event.operation_kind == trace::OperationKind::none ? std::string_view{} : to_text(event.operation_kind));
    bytes.counted(event.has_status ? trace::status_text(event.status) : std::string()).counted(narrator.heading(id));
    const auto changes = trace.changes(event).first(std::min<std::size_t>(event.change_count, 0xFFFF));
    bytes.number(static_cast<std::uint16_t>(changes.size()));
    for (const trace::Change& change : changes) {
        const auto length = std::min<std::size_t>(change.length, 0xFFFF);
        bytes.counted(trace::region_text(history, change.region)).number(change.offset).number(change.writer);
        bytes.number(static_cast<std::uint16_t>(length)).raw(trace.before(change).first(length)).raw(trace.after(change).first(length));
    }
    return bytes;
}

// As it was put on the wire, at the place where the offload target would capture it.
void write_frame(std::ostream& out, const trace::Trace& trace, EventId id, Nanoseconds now) {
    const trace::RegionId region = trace.event(id).region;
    if (!region.valid() || region.value >= trace.region_count()) return;
    const auto bytes = trace.initial_bytes(trace.region(region));
    const auto length = static_cast<std::uint32_t>(bytes.size());
    LittleEndian packet;
    packet.number(std::uint32_t{1}).number(static_cast<std::uint32_t>(now >> 32)).number(static_cast<std::uint32_t>(now));
    packet.number(length).number(length).raw(bytes).padded_to(4);
    write_block(out, 6, packet);
}

}  // namespace

void write_pcapng(const trace::History& history, std::ostream& out, const ExportOptions& options) {
    const trace::Trace& trace = history.trace();
    const trace::RunDescription& run = trace.description();
    LittleEndian section;
    section.number(std::uint32_t{0x1A2B3C4D}).number(std::uint16_t{1}).number(std::uint16_t{0}).number(~std::uint64_t{0});
    option(section, 1, run.scenario + " " + run.title + (run.variant.empty() ? "" : ", variant " + run.variant));  // opt_comment
    option(section, 4, run.producer);                                                                             // shb_userappl
    option(section, 0, {});
    write_block(out, 0x0A0D0D0A, section);
    LittleEndian interface;
    interface.number(std::uint16_t{147}).number(std::uint16_t{0}).number(std::uint32_t{0});
    option(interface, 2, "ChimneyLab, " + std::string(to_text(options.clock)) + " time");  // if_name
    option(interface, 9, std::string_view("\x09", 1));                                     // if_tsresol: nanoseconds
    option(interface, 0, {});
    write_block(out, 1, interface);
    LittleEndian wire;  // a second interface, of LINKTYPE_ETHERNET: the frames themselves
    wire.number(std::uint16_t{1}).number(std::uint16_t{0}).number(std::uint32_t{0});
    option(wire, 2, "the modelled wire, " + std::string(to_text(options.clock)) + " time");
    option(wire, 9, std::string_view("\x09", 1));
    option(wire, 0, {});
    const bool has_frames = std::ranges::any_of(trace.regions(), [](const trace::Region& it) { return it.kind == trace::RegionKind::frame; });
    if (has_frames) write_block(out, 1, wire);
    const trace::Narrator narrator(history);
    for (std::uint32_t i = 0; i < trace.size(); ++i) {
        const LittleEndian payload = payload_of(history, narrator, EventId(i));
        const Nanoseconds now = time_of(trace.event(EventId(i)), options.clock);
        const auto length = static_cast<std::uint32_t>(payload.size());
        LittleEndian packet;
        packet.number(std::uint32_t{0}).number(static_cast<std::uint32_t>(now >> 32)).number(static_cast<std::uint32_t>(now));
        packet.number(length).number(length).raw(payload.bytes()).padded_to(4);
        write_block(out, 6, packet);
        if (has_frames && trace.event(EventId(i)).kind == trace::EventKind::frame_sent) write_frame(out, trace, EventId(i), now);
    }
}

}  // namespace chimneylab::report
