// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/csv_table.h"
#include "engine/report/exchange.h"
#include "engine/trace/text.h"

namespace chimneylab::report {

namespace {

using trace::Trace;

class Table {
public:
    explicit Table(std::ostream& out) : out_(out) {
        for (std::size_t i = 0; i < csv_columns.size(); ++i) out_ << (i ? "," : "") << csv_columns[i];
        out_ << "\r\n";
    }
    void row(std::string_view record) {
        cells_.fill({});
        cells_[0] = record;
    }
    void number(CsvColumn column, std::uint64_t value) { at(column) = std::to_string(value); }
    template <typename Id>
    void id(CsvColumn column, Id value) {
        if (value.valid()) number(column, value.value);
    }
    void word(CsvColumn column, std::string value) { at(column) = std::move(value); }
    // Quoted even when empty: nothing between two commas is no name at all.
    void text(CsvColumn column, std::string_view value) {
        std::string quoted = "\"";
        for (const char c : value) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        at(column) = quoted + "\"";
    }
    void name(CsvColumn column, const Trace& trace, trace::StringId id) {
        if (id.valid()) text(column, trace.text(id));
    }
    void bytes(CsvColumn column, std::span<const std::byte> value) {
        std::string text = trace::hex_bytes(value);
        std::erase(text, ' ');
        at(column) = std::move(text);
    }
    void end() {
        for (std::size_t i = 0; i < cells_.size(); ++i) out_ << (i ? "," : "") << cells_[i];
        out_ << "\r\n";
    }

private:
    std::string& at(CsvColumn column) { return cells_[static_cast<std::size_t>(column)]; }
    std::ostream& out_;
    std::array<std::string, csv_columns.size()> cells_;
};

void write_event(const Trace& trace, std::uint32_t index, Table& table) {
    using enum CsvColumn;
    const trace::Event& event = trace.event(EventId(index));
    table.row("event");
    table.number(number, index);
    table.word(kind, std::string(to_text(event.kind)));
    table.number(virtual_ns, event.virtual_time);
    table.number(measured_ns, event.measured_time);
    table.number(layer, event.layer);
    table.number(other_layer, event.other_layer);
    table.name(name, trace, event.name);
    table.id(operation, event.operation);
    if (event.operation_kind != trace::OperationKind::none) table.word(operation_kind, std::string(to_text(event.operation_kind)));
    table.id(partner, event.partner);
    table.id(parent, event.parent);
    table.id(region, event.region);
    if (event.subject != 0) table.word(subject, trace::hex(event.subject));
    if (event.detail != 0) table.word(detail, trace::hex(event.detail));
    if (event.status != 0 || event.has_status != 0) {
        table.word(status, trace::hex(static_cast<std::uint32_t>(event.status)));
        table.number(has_status, event.has_status);
    }
    if (event.irql != 0) table.number(irql, event.irql);
    if (event.depth != 0) table.number(depth, event.depth);
    if (event.argument != 0) table.number(argument, event.argument);
    table.end();
    for (const trace::Change& change : trace.changes(event)) {
        table.row("change");
        table.number(number, index);
        table.id(region, change.region);
        table.number(offset, change.offset);
        table.number(layer, change.writer);
        table.bytes(before, trace.before(change));
        table.bytes(after, trace.after(change));
        table.end();
    }
}

}  // namespace

void write_csv(const trace::History& history, std::ostream& out) {
    using enum CsvColumn;
    const Trace& trace = history.trace();
    Table table(out);
    const auto run = [&](const char* key, std::string_view value) {
        table.row("run");
        table.word(kind, key);
        table.text(name, value);
        table.end();
    };
    run("format", csv_format);
    const trace::RunDescription& description = trace.description();
    run("scenario", description.scenario);
    run("title", description.title);
    run("variant", description.variant);
    run("schedule", description.schedule);
    run("mode", description.mode);
    run("producer", description.producer);
    run("clock_start", std::to_string(description.clock_start));
    for (std::uint32_t i = 0; i < trace.string_count(); ++i) {
        table.row("string");
        table.number(number, i);
        table.text(name, trace.text(trace::StringId(i)));
        table.end();
    }
    for (std::size_t i = 0; i < trace.layers().size(); ++i) {
        const trace::Layer& each = trace.layers()[i];
        table.row("layer");
        table.number(number, i);
        table.word(kind, std::string(to_text(each.role)));
        table.name(name, trace, each.name);
        table.name(driver, trace, each.driver);
        table.end();
    }
    for (std::uint32_t i = 0; i < trace.region_count(); ++i) {
        const trace::Region& each = trace.region(trace::RegionId(i));
        table.row("region");
        table.number(number, i);
        table.word(kind, std::string(to_text(each.kind)));
        table.number(layer, each.owner);
        table.name(name, trace, each.label);
        table.id(parent, each.parent);
        table.word(subject, trace::hex(each.address));
        table.number(ordinal, each.ordinal);
        table.id(born, each.born);
        table.id(died, each.died);
        table.number(tag, each.tag);
        table.bytes(after, trace.initial_bytes(each));
        table.end();
    }
    for (std::uint32_t i = 0; i < trace.size(); ++i) write_event(trace, i, table);
}

}  // namespace chimneylab::report
