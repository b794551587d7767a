// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/write_ctf.h"

#include <algorithm>

#include "engine/report/little_endian.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::report {

namespace {

using trace::Event;
using trace::EventKind;

constexpr std::uint32_t magic = 0xC1FC1FC1;
constexpr std::size_t packet_bytes = 1 << 20;  // a packet is closed when it has grown beyond this

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return result + "\"";
}

constexpr const char* event_fields = R"(
	fields := struct {
		uint32_t number;
		string layer;
		string other_layer;
		string name;
		int64_t operation;
		string operation_kind;
		string block;
		string status;
		address_t subject;
		address_t detail;
		int64_t parent;
		int64_t partner;
		uint32_t changed_bytes;
	};
};
)";

}  // namespace

void write_ctf_metadata(const trace::History& history, std::ostream& out, const ExportOptions& options) {
    const trace::RunDescription& run = history.trace().description();
    out << "/* CTF 1.8 */\n"
           "typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
           "typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
           "typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
           "typealias integer { size = 64; align = 8; signed = true; } := int64_t;\n"
           "typealias integer { size = 64; align = 8; signed = false; base = 16; } := address_t;\n\n"
           "trace {\n\tmajor = 1;\n\tminor = 8;\n\tbyte_order = le;\n"
           "\tpacket.header := struct { uint32_t magic; uint32_t stream_id; };\n};\n\n"
           "env {\n\tdomain = \"chimneylab\";\n\tscenario = "
        << quoted(run.scenario) << ";\n\ttitle = " << quoted(run.title) << ";\n\tvariant = " << quoted(run.variant) << ";\n\tschedule = "
        << quoted(run.schedule) << ";\n\tproducer = " << quoted(run.producer) << ";\n};\n\n"
        << "clock {\n\tname = " << to_text(options.clock) << ";\n\tdescription = "
        << (options.clock == Clock::virtual_time ? "\"The model's clock\"" : "\"Steady clock of the machine that ran it\"")
        << ";\n\tfreq = 1000000000;\n};\n"
        << "typealias integer { size = 64; align = 8; signed = false; map = clock." << to_text(options.clock) << ".value; } := clock_t;\n\n"
        << "stream {\n\tid = 0;\n\tevent.header := struct { uint16_t id; clock_t timestamp; };\n"
           "\tpacket.context := struct { clock_t timestamp_begin; clock_t timestamp_end; uint64_t content_size; uint64_t packet_size; };\n};\n";
    for (unsigned kind = 0; kind <= static_cast<unsigned>(trace::last_event_kind); ++kind)
        out << "\nevent {\n\tname = " << quoted(to_text(static_cast<EventKind>(kind))) << ";\n\tid = " << kind << ";\n\tstream_id = 0;"
            << event_fields;
}

void write_ctf_stream(const trace::History& history, std::ostream& out, const ExportOptions& options) {
    const trace::Trace& trace = history.trace();
    LittleEndian packet;
    Nanoseconds begin = 0, end = 0;
    const auto flush = [&](Nanoseconds next) {
        // Header and context: 8 + 32 bytes before the events.
        LittleEndian head;
        const std::uint64_t bits = (packet.size() + 40) * 8;
        head.number(magic).number(std::uint32_t{0}).number(begin).number(end).number(bits).number(bits);
        out << head.bytes() << packet.bytes();
        packet.clear();
        begin = next;
    };
    for (std::uint32_t i = 0; i < trace.size(); ++i) {
        const Event& event = trace.event(EventId(i));
        const Nanoseconds now = std::max(time_of(event, options.clock), end);  // readers refuse a clock that steps back
        if (packet.size() > packet_bytes) flush(now);
        if (i == 0) begin = now;
        end = now;
        const auto signed_number = [](auto id) { return id.valid() ? std::int64_t{id.value} : std::int64_t{-1}; };
        std::uint32_t changed = 0;
        for (const trace::Change& change : trace.changes(event)) changed += change.length;
        packet.number(static_cast<std::uint16_t>(event.kind)).number(now).number(i);
        packet.terminated(history.layer_name(event.layer)).terminated(history.layer_name(event.other_layer)).terminated(trace.text(event.name));
        packet.number(signed_number(event.operation));
        packet.terminated(event.operation_kind == trace::OperationKind::none ? std::string_view{} : to_text(event.operation_kind));
        packet.terminated(event.region.valid() ? trace::region_text(history, event.region) : std::string());
        packet.terminated(event.has_status ? trace::status_text(event.status) : std::string());
        packet.number(event.subject).number(event.detail).number(signed_number(event.parent)).number(signed_number(event.partner)).number(changed);
    }
    flush(end);
}

}  // namespace chimneylab::report
