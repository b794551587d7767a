// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/exchange.h"
#include "engine/report/json_document.h"
#include "engine/trace/text.h"

namespace chimneylab::report {

namespace {

using trace::Trace;

std::string packed_hex(std::span<const std::byte> bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::byte byte : bytes) {
        text += digits[std::to_integer<unsigned>(byte) >> 4];
        text += digits[std::to_integer<unsigned>(byte) & 15];
    }
    return text;
}

void write_description(const Trace& trace, JsonWriter& json) {
    const trace::RunDescription& run = trace.description();
    json.key("description").begin_object();
    json.key("scenario").text(run.scenario).key("title").text(run.title).key("variant").text(run.variant);
    json.key("schedule").text(run.schedule).key("mode").text(run.mode).key("producer").text(run.producer);
    json.key("clock_start").number(run.clock_start).end_object();
}

void write_region(const Trace& trace, const trace::Region& region, JsonWriter& json) {
    json.line().begin_object();
    json.key("kind").text(to_text(region.kind)).key("owner").number(std::uint64_t{region.owner});
    if (region.ordinal != 0) json.key("ordinal").number(std::uint64_t{region.ordinal});
    json.key("address").text(trace::hex(region.address));
    if (region.label.valid()) json.key("label").text(trace.text(region.label));
    if (region.parent.valid()) json.key("parent").number(std::uint64_t{region.parent.value});
    if (region.born.valid()) json.key("born").number(std::uint64_t{region.born.value});
    if (region.died.valid()) json.key("died").number(std::uint64_t{region.died.value});
    if (region.tag != 0) json.key("tag").number(std::uint64_t{region.tag});
    json.key("bytes").text(packed_hex(trace.initial_bytes(region))).end_object();
}

void write_event(const Trace& trace, std::uint32_t index, JsonWriter& json) {
    const trace::Event& event = trace.event(EventId(index));
    const auto id = [&](const char* name, auto value) {
        if (value.valid()) json.key(name).number(std::uint64_t{value.value});
    };
    json.line().begin_object();
    json.key("event").number(std::uint64_t{index}).key("kind").text(to_text(event.kind));
    json.key("virtual_ns").number(event.virtual_time).key("measured_ns").number(event.measured_time);
    if (event.name.valid()) json.key("name").text(trace.text(event.name));
    if (event.layer != trace::machine_layer) json.key("layer").number(std::uint64_t{event.layer});
    if (event.other_layer != trace::machine_layer) json.key("other_layer").number(std::uint64_t{event.other_layer});
    id("operation", event.operation);
    if (event.operation_kind != trace::OperationKind::none) json.key("operation_kind").text(to_text(event.operation_kind));
    id("partner", event.partner);
    id("parent", event.parent);
    id("region", event.region);
    if (event.subject != 0) json.key("subject").text(trace::hex(event.subject));
    if (event.detail != 0) json.key("detail").text(trace::hex(event.detail));
    if (event.status != 0 || event.has_status != 0)
        json.key("status").number(std::int64_t{event.status}).key("has_status").number(std::uint64_t{event.has_status});
    if (event.irql != 0) json.key("irql").number(std::uint64_t{event.irql});
    if (event.depth != 0) json.key("depth").number(std::uint64_t{event.depth});
    if (event.argument != 0) json.key("argument").number(std::uint64_t{event.argument});
    if (event.change_count != 0) {
        json.key("changes").begin_array();
        for (const trace::Change& change : trace.changes(event)) {
            json.begin_object().key("region").number(std::uint64_t{change.region.value});
            json.key("offset").number(std::uint64_t{change.offset}).key("writer").number(std::uint64_t{change.writer});
            json.key("before").text(packed_hex(trace.before(change))).key("after").text(packed_hex(trace.after(change))).end_object();
        }
        json.end_array();
    }
    json.end_object();
}

}  // namespace

void write_document(const Trace& trace, JsonWriter& json) {
    json.begin_object();
    json.key("format").text(document_format).key("version").number(std::uint64_t{document_version});
    json.line();
    write_description(trace, json);
    json.line().key("strings").begin_array();
    for (std::uint32_t i = 0; i < trace.string_count(); ++i) json.line().text(trace.text(trace::StringId(i)));
    json.line().end_array();
    json.line().key("layers").begin_array();
    for (const trace::Layer& layer : trace.layers()) {
        json.line().begin_object().key("role").text(to_text(layer.role));
        if (layer.name.valid()) json.key("name").text(trace.text(layer.name));
        if (layer.driver.valid()) json.key("driver").text(trace.text(layer.driver));
        json.end_object();
    }
    json.line().end_array();
    json.line().key("regions").begin_array();
    for (const trace::Region& region : trace.regions()) write_region(trace, region, json);
    json.line().end_array();
    json.line().key("events").begin_array();
    for (std::uint32_t i = 0; i < trace.size(); ++i) write_event(trace, i, json);
    json.line().end_array();
    json.line().end_object();
}

void write_json(const trace::History& history, std::ostream& out) {
    JsonWriter json(out);
    write_document(history.trace(), json);
    out << "\n";
}

}  // namespace chimneylab::report
