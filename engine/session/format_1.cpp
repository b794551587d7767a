// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Sessions of the first format: one row for every event and every change. They are read whole, or not at all.
#include "engine/session/format_1.h"

#include "engine/session/read_row.h"
#include "engine/session/schema.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/integrity.h"
#include "engine/trace/text.h"

namespace chimneylab::session::format_1 {

using trace::Trace;

namespace {

void check_tables(Database& database) {
    for (const Definition& table : base_tables()) {
        Statement row(database, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?");
        row.bind_text(table.name);
        if (!row.next() || row.text(0) != table.sql)
            refuse("its table \"" + std::string(table.name) + "\" is missing or damaged");
    }
}

void read_names_and_layers(Database& database, Trace& run) {
    Statement names(database, "SELECT id, text FROM name ORDER BY id");
    for (std::uint64_t i = 0; names.next(); ++i) {
        expect_row(names, i);
        if (run.intern(names.text(1)).value != i) refuse("a name stands in it twice");
    }
    std::vector<trace::Layer> layers;
    Statement rows(database, "SELECT id, role, name, driver FROM layer ORDER BY id");
    while (rows.next()) {
        expect_row(rows, layers.size());
        layers.push_back({read_enumeration<trace::LayerRole>(rows, 1), read_id<trace::StringId>(rows, 2),
                          read_id<trace::StringId>(rows, 3)});
        if (layers.size() > trace::ndis_layer) refuse("it has more layers than there can be");
    }
    run.set_layers(std::move(layers));
}

void read_regions(Database& database, Trace& run) {
    Statement rows(
        database,
        "SELECT id, kind, owner, ordinal, address, label, parent, born, died, tag, initial FROM region ORDER BY id");
    while (rows.next()) {
        expect_row(rows, run.region_count());
        trace::Region region;
        region.kind = read_enumeration<trace::RegionKind>(rows, 1);
        region.owner = read<trace::LayerIndex>(rows, 2);
        region.ordinal = read<std::uint16_t>(rows, 3);
        region.address = read<std::uint64_t>(rows, 4);
        region.label = read_id<trace::StringId>(rows, 5);
        region.parent = read_id<trace::RegionId>(rows, 6);
        region.born = trace::EventId(read<std::uint32_t>(rows, 7));
        region.died = read_id<trace::EventId>(rows, 8);
        region.tag = read<std::uint32_t>(rows, 9);
        run.add_region(region, rows.bytes(10));
    }
}

// The changes, in order, handed out event by event.
class ChangeReader {
public:
    explicit ChangeReader(Database& database)
        : rows_(database, "SELECT id, event, region, offset, writer, before, after FROM change ORDER BY id") {
        step();
    }
    std::vector<trace::Change>& of(std::uint32_t event, Trace& run) {
        changes_.clear();
        while (more_ && event_ == event) {
            trace::Change change;
            change.region = trace::RegionId(read<std::uint32_t>(rows_, 2));
            change.offset = read<std::uint32_t>(rows_, 3);
            change.writer = read<trace::LayerIndex>(rows_, 4);
            const auto before = rows_.bytes(5);
            change.length = static_cast<std::uint32_t>(before.size());
            change.before = run.store_bytes(before);
            const auto after = rows_.bytes(6);
            if (after.size() != change.length) refuse("a change in it is damaged");
            change.after = run.store_bytes(after);
            changes_.push_back(change);
            step();
        }
        if (more_ && event_ < event) refuse("its changes are not in order");
        return changes_;
    }
    [[nodiscard]] bool exhausted() const { return !more_; }

private:
    void step() {
        more_ = rows_.next();
        if (!more_) return;
        expect_row(rows_, index_++);
        event_ = read<std::uint32_t>(rows_, 1);
    }
    Statement rows_;
    std::vector<trace::Change> changes_;
    bool more_ = false;
    std::uint32_t event_ = 0;
    std::uint64_t index_ = 0;
};

void read_events(Database& database, Trace& run) {
    ChangeReader changes(database);
    Statement rows(
        database,
        "SELECT id, kind, layer, other_layer, name, operation, operation_kind, region, subject, detail, status, "
        "has_status, partner, parent, depth, irql, virtual_time, measured_time, reserved FROM event ORDER BY id");
    while (rows.next()) {
        expect_row(rows, run.size());
        trace::Event event;
        event.kind = read_enumeration<trace::EventKind>(rows, 1);
        event.layer = read<trace::LayerIndex>(rows, 2);
        event.other_layer = read<trace::LayerIndex>(rows, 3);
        event.name = read_id<trace::StringId>(rows, 4);
        event.operation = read_id<trace::OperationId>(rows, 5);
        event.operation_kind = read_enumeration<trace::OperationKind>(rows, 6);
        event.region = read_id<trace::RegionId>(rows, 7);
        event.subject = read<std::uint64_t>(rows, 8);
        event.detail = read<std::uint64_t>(rows, 9);
        event.status = read<std::int32_t>(rows, 10);
        event.has_status = read<std::uint8_t>(rows, 11);
        event.partner = read_id<trace::EventId>(rows, 12);
        event.parent = read_id<trace::EventId>(rows, 13);
        event.depth = read<std::uint16_t>(rows, 14);
        event.irql = read<std::uint8_t>(rows, 15);
        event.virtual_time = read<trace::Nanoseconds>(rows, 16);
        event.measured_time = read<trace::Nanoseconds>(rows, 17);
        event.argument = read<std::uint32_t>(rows, 18);
        const auto here = static_cast<std::uint32_t>(run.size());
        run.append(event, changes.of(here, run));
    }
    if (!changes.exhausted()) refuse("it has changes without an event");
}

}  // namespace

Trace read_trace(Database& database) {
    check_tables(database);
    const Facts facts = read_facts(database);
    Trace run;
    trace::RunDescription description;
    description.scenario = fact_text(facts, "scenario");
    description.title = fact_text(facts, "title");
    description.variant = fact_text(facts, "variant");
    description.schedule = fact_text(facts, "schedule");
    description.mode = fact_text(facts, "mode");
    description.producer = fact_text(facts, "producer");
    description.clock_start = fact_number(facts, "clock_start");
    run.set_description(description);
    read_names_and_layers(database, run);
    read_regions(database, run);
    read_events(database, run);
    if (run.size() != fact_number(facts, "events") || run.region_count() != fact_number(facts, "regions") ||
        run.all_changes().size() != fact_number(facts, "changes") ||
        run.string_count() != fact_number(facts, "names") || run.layers().size() != fact_number(facts, "layers"))
        refuse("a part of it is missing");
    if (auto problem = trace::integrity_problem(run)) refuse("it contradicts itself: " + *problem);
    const trace::ContentHash content = trace::content_hash(run);
    if (fact_text(facts, "content") != trace::hex_digits(content.first, 16) + trace::hex_digits(content.second, 16))
        refuse("its content was changed after it was saved");
    return run;
}

}  // namespace chimneylab::session::format_1
