// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/session_index.h"

#include <sys/mman.h>

#include <algorithm>

#include "engine/session/schema.h"

namespace chimneylab::session {
namespace {

void check_tables(Database& database) {
    for (const Definition& table : base_tables()) {
        Statement row(database, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?");
        row.bind_text(table.name);
        if (!row.next() || row.text(0) != table.sql)
            refuse("its table \"" + std::string(table.name) + "\" is missing or damaged");
    }
}

void read_names_and_layers(Database& database, SessionIndex& index) {
    Statement names(database, "SELECT id, text FROM name ORDER BY id");
    while (names.next()) {
        expect_row(names, index.names.size());
        index.names.emplace_back(names.text(1));
    }
    Statement rows(database, "SELECT id, role, name, driver FROM layer ORDER BY id");
    while (rows.next()) {
        expect_row(rows, index.layers.size());
        const trace::Layer layer{read_enumeration<trace::LayerRole>(rows, 1), read_id<trace::StringId>(rows, 2),
                                 read_id<trace::StringId>(rows, 3)};
        if (layer.role > trace::LayerRole::offload_target) refuse("a layer's role is not known");
        for (const trace::StringId name : {layer.name, layer.driver})
            if (name.valid() && name.value >= index.names.size()) refuse("a layer's name is not known");
        if (index.layers.size() >= trace::ndis_layer) refuse("it has more layers than there can be");
        index.layers.push_back(layer);
    }
}

void describe(SessionIndex& index) {
    trace::RunDescription& description = index.description;
    description.scenario = fact_text(index.facts, "scenario");
    description.title = fact_text(index.facts, "title");
    description.variant = fact_text(index.facts, "variant");
    description.schedule = fact_text(index.facts, "schedule");
    description.mode = fact_text(index.facts, "mode");
    description.producer = fact_text(index.facts, "producer");
    description.clock_start = fact_number(index.facts, "clock_start");
}

void check_region(const trace::Region& region, std::size_t number, const Chunk& chunk, const SessionIndex& index) {
    const auto who = [number] { return "region " + std::to_string(number); };
    if (region.kind > trace::last_region_kind) refuse(who() + " is of an unknown kind");
    if (region.label.valid() && region.label.value >= index.names.size()) refuse(who() + " has a label that does not exist");
    if (!region.born.valid() || region.born.value < chunk.first_event() ||
        region.born.value > std::uint64_t{chunk.first_event()} + chunk.events())
        refuse(who() + " is not born where it stands");
    if (number > 0 && index.regions[number - 1].born > region.born)
        refuse(who() + " is not in the order of birth");
    if (region.died.valid() && region.died < region.born) refuse(who() + " dies before it is born");
}

void amend(SessionIndex& index, const Chunk& chunk) {
    for (const Amendment& each : chunk.births.amendments) {
        if (each.region.value >= index.regions.size() ||
            (each.label.valid() && each.label.value >= index.names.size()))
            refuse("what is told of a region is about nothing");
        trace::Region& region = index.regions[each.region.value];
        if (each.died.valid() && each.died < region.born) refuse("a region dies before it is born");
        region.died = each.died;
        region.label = each.label;
    }
}

// More than a full part can hold, unless one event alone changed as much.
constexpr std::uint64_t most_bytes = std::uint64_t{256} << 20;

void read_chunk(const Statement& rows, SessionIndex& index, Unpacker& unpacker) {
    expect_row(rows, index.chunks.size());
    Chunk chunk;
    for (std::size_t i = 0; i < chunk.numbers.size(); ++i)
        chunk.numbers[i] = read<std::uint64_t>(rows, static_cast<int>(i) + 1);
    const auto checksum = rows.bytes(13);
    if (checksum.size() != chunk.checksum.size()) refuse("a checksum is missing");
    std::ranges::copy(checksum, chunk.checksum.begin());

    std::array<std::uint64_t, 4> next{};
    if (!index.chunks.empty()) {
        const ChunkNumbers& last = index.chunks.back().numbers;
        for (std::size_t i = 0; i < next.size(); ++i) next[i] = last[2 * i] + last[2 * i + 1];
    }
    constexpr std::uint64_t most = trace::EventId::none_value;
    for (std::size_t i = 0; i < next.size(); ++i)
        if (chunk.numbers[2 * i] != next[i] || chunk.numbers[2 * i + 1] > most ||
            (i != 3 && next[i] + chunk.numbers[2 * i + 1] >= most))
            refuse("its rows are not in order");

    if (chunk.bytes() > most_bytes || (chunk.changes() > 0 && next[1] + chunk.regions() == 0))
        refuse("its rows are not in order");

    std::size_t number = index.regions.size();
    chunk.births = unpacker.births(rows.bytes(14), chunk.first_event(), chunk.first_region(), chunk.regions(),
                                   index.regions);
    std::uint64_t born_bytes = 0;
    for (; number < index.regions.size(); ++number) {
        born_bytes += index.regions[number].size;
        check_region(index.regions[number], number, chunk, index);
    }
    if (born_bytes > chunk.bytes()) refuse("bytes of its regions are missing");
    amend(index, chunk);
    for (const Closing& each : chunk.births.closings)
        if (each.opening.value >= chunk.first_event() || each.closing.value < chunk.first_event() ||
            each.closing.value >= std::uint64_t{chunk.first_event()} + chunk.events())
            refuse("what belongs together does not");
    if (std::ranges::any_of(chunk.births.touched,
                            [&](trace::RegionId id) { return id.value >= chunk.first_region(); }) ||
        !std::ranges::is_sorted(chunk.births.touched))
        refuse("a change in it is damaged");
    index.chunks.push_back(std::move(chunk));
}

// A hundred megabytes are twenty-five thousand page faults, which cost more than what is written there.
void in_large_pages(void* memory, std::size_t size) {
    constexpr std::uintptr_t page = std::uintptr_t{2} << 20;
    const auto start = (reinterpret_cast<std::uintptr_t>(memory) + page - 1) / page * page;
    const auto end = (reinterpret_cast<std::uintptr_t>(memory) + size) / page * page;
    if (start < end) (void)::madvise(reinterpret_cast<void*>(start), end - start, MADV_HUGEPAGE);
}

void read_chunks(Database& database, SessionIndex& index) {
    Unpacker unpacker;
    // Growing step by step would touch twice the memory. The number is checked only later, so it is taken with reserve.
    constexpr std::int64_t plausible = 20'000'000;
    const std::int64_t regions_told = database.number("SELECT sum(regions) FROM chunk");
    if (regions_told > 0 && regions_told < plausible) {
        index.regions.reserve(static_cast<std::size_t>(regions_told));
        in_large_pages(index.regions.data(), static_cast<std::size_t>(regions_told) * sizeof(trace::Region));
    }
    Statement rows(database,
                   "SELECT id, first_event, events, first_region, regions, first_change, changes, first_byte, bytes, "
                   "virtual_start, virtual_end, measured_start, measured_end, checksum, births FROM chunk ORDER BY id");
    while (rows.next()) {
        const std::size_t regions = index.regions.size(), chunks = index.chunks.size();
        try {
            read_chunk(rows, index, unpacker);
        } catch (...) {
            index.regions.resize(regions);
            index.chunks.resize(chunks);
            throw;
        }
    }
}

// What was recorded of a region may lie behind the place where the file ends.
void forget_what_is_missing(SessionIndex& index) {
    const std::uint32_t events = index.events();
    for (trace::Region& each : index.regions) {
        if (each.died.valid() && each.died.value >= events) each.died = {};
        if (each.parent.valid() && each.parent.value >= index.regions.size()) each.parent = {};
    }
}

trace::Overview read_buckets(Database& database) {
    Statement rows(database,
                   "SELECT level, first_event, events, virtual_start, virtual_end, measured_start, measured_end, "
                   "calls, conversions, operations_started, operations_finished, call_entries_recognised, "
                   "call_entries_released, findings, steps, changes, deepest FROM overview ORDER BY level, first_event");
    trace::Overview overview;
    std::size_t last_level = 0;
    std::uint64_t next = 0;
    while (rows.next()) {
        const auto level = read<std::uint8_t>(rows, 0);
        trace::Bucket b;
        b.first_event = read<std::uint32_t>(rows, 1);
        b.events = read<std::uint32_t>(rows, 2);
        b.virtual_start = read<std::uint64_t>(rows, 3);
        b.virtual_end = read<std::uint64_t>(rows, 4);
        b.measured_start = read<std::uint64_t>(rows, 5);
        b.measured_end = read<std::uint64_t>(rows, 6);
        std::uint32_t* const counts[] = {&b.calls, &b.conversions, &b.operations_started, &b.operations_finished,
                                         &b.call_entries_recognised, &b.call_entries_released, &b.findings, &b.steps,
                                         &b.changes};
        for (int i = 0; i < 9; ++i) *counts[i] = read<std::uint32_t>(rows, 7 + i);
        b.deepest = read<std::uint16_t>(rows, 16);
        if (level > last_level) next = 0;
        if (level > last_level + 1u || level > 8 || b.first_event != next || b.events == 0) return {};
        next += b.events;
        last_level = level;
        if (next >= trace::EventId::none_value) return {};
        overview.add_bucket(level, b);
    }
    return overview;
}

}  // namespace

trace::Overview read_overview(Database& database) {
    try {
        return read_buckets(database);
    } catch (const Refused&) {
        return {};
    } catch (const SqlFailure&) {
        return {};
    }
}

Verified verify_chunks(Database& database) {
    Verified verified;
    try {
        Statement rows(database,
                       "SELECT c.id, c.first_event, c.events, c.first_region, c.regions, c.first_change, c.changes, "
                       "c.first_byte, c.bytes, c.virtual_start, c.virtual_end, c.measured_start, c.measured_end, "
                       "c.checksum, c.births, d.events, d.contents FROM chunk c LEFT JOIN chunk_data d ON d.id = c.id "
                       "ORDER BY c.id");
        for (; rows.next(); ++verified.chunks) {
            expect_row(rows, verified.chunks);
            ChunkNumbers numbers{};
            for (std::size_t i = 0; i < numbers.size(); ++i)
                numbers[i] = read<std::uint64_t>(rows, static_cast<int>(i) + 1);
            if (rows.is_null(15)) refuse("a part of it is missing");
            if (!std::ranges::equal(chunk_checksum(numbers, rows.bytes(14), rows.bytes(15), rows.bytes(16)), rows.bytes(13)))
                refuse("its content was changed after it was recorded");
            if (!may_hold_events(rows.bytes(15), numbers[1]) || !may_hold_contents(rows.bytes(16), numbers[5], numbers[7]))
                refuse("a part of it is shorter than it says");
        }
    } catch (const Refused& refused) {
        verified.damage = refused.what;
    } catch (const SqlFailure& failure) {
        verified.damage = failure.what();
    }
    return verified;
}

SessionIndex read_index(Database& database) {
    check_tables(database);
    SessionIndex index;
    index.facts = read_facts(database);
    describe(index);
    read_names_and_layers(database, index);
    try {
        read_chunks(database, index);
    } catch (const Refused& refused) {
        index.damage = refused.what;
    } catch (const UnpackFailure& failure) {
        index.damage = failure.what();
    } catch (const SqlFailure& failure) {
        index.damage = failure.what();
    }
    if (index.damage.empty() && index.facts.contains("content")) {
        std::vector<Checksum> checksums;
        for (const Chunk& each : index.chunks) checksums.push_back(each.checksum);
        if (index.events() != fact_number(index.facts, "events") ||
            index.regions.size() != fact_number(index.facts, "regions"))
            index.damage = "a part of it is missing";
        else if (content_checksum(index.description, index.layers, index.names, checksums) !=
                 fact_text(index.facts, "content"))
            index.damage = "its content was changed after it was recorded";
    }
    forget_what_is_missing(index);
    return index;
}

ChunkReader::ChunkReader(Database& database)
    : events_(database, "SELECT events FROM chunk_data WHERE id = ?"),
      contents_(database, "SELECT contents FROM chunk_data WHERE id = ?"),
      all_(database, "SELECT d.events, d.contents, c.births FROM chunk_data d JOIN chunk c ON c.id = d.id WHERE d.id = ?") {
}

// The first time a chunk is looked at, all of it is.
void ChunkReader::check(const Chunk& chunk, std::size_t number) {
    if (checked_.size() <= number) checked_.resize(number + 1);
    if (checked_[number]) return;
    all_.reset();
    all_.bind(static_cast<std::int64_t>(number));
    if (!all_.next()) refuse("a part of it is missing");
    if (chunk_checksum(chunk.numbers, all_.bytes(2), all_.bytes(0), all_.bytes(1)) != chunk.checksum)
        refuse("its content was changed after it was recorded");
    all_.reset();
    checked_[number] = true;
}

void ChunkReader::events(const SessionIndex& index, std::size_t number, std::vector<trace::Event>& events) {
    const Chunk& chunk = index.chunks[number];
    check(chunk, number);
    events_.reset();
    events_.bind(static_cast<std::int64_t>(number));
    if (!events_.next()) refuse("a part of it is missing");
    unpacker_.events(events_.bytes(0), chunk.first_event(), chunk.events(), events);
    events_.reset();
    const std::uint32_t all = index.events();
    std::uint32_t at = chunk.first_event();
    std::uint64_t changes = 0;
    for (trace::Event& event : events) {
        const std::string_view wrong =
            event.kind > trace::last_event_kind                         ? "is of an unknown kind"
            : event.operation_kind > trace::OperationKind::terminate              ? "belongs to an unknown kind of operation"
            : event.name.valid() && event.name.value >= index.names.size()        ? "has a name that does not exist"
            : event.region.valid() && event.region.value >= index.regions.size()  ? "is about a region that does not exist"
            : event.region.valid() && index.regions[event.region.value].born.value > at ? "is about a region not born yet"
            : event.partner.valid() && event.partner.value >= at                  ? "has a partner that is not before it"
            : event.parent.valid() && event.parent.value >= at                    ? "has a parent that is not before it"
            : event.operation.valid() && event.operation.value >= all             ? "belongs to an operation that cannot be"
                                                                                  : "";
        if (!wrong.empty()) refuse("event " + std::to_string(at) + " " + std::string(wrong));
        changes += event.change_count;
        ++at;
    }
    if (changes != chunk.changes()) refuse("it has changes without an event");
}

void ChunkReader::contents(const SessionIndex& index, std::size_t number, std::span<const trace::Event> events,
                           std::uint32_t first_change, Unpacker::Contents& contents) {
    const Chunk& chunk = index.chunks[number];
    check(chunk, number);
    contents_.reset();
    contents_.bind(static_cast<std::int64_t>(number));
    if (!contents_.next()) refuse("a part of it is missing");
    const auto born = std::span(index.regions).subspan(chunk.first_region(), chunk.regions());
    unpacker_.contents(contents_.bytes(0), born, static_cast<std::size_t>(chunk.changes()), contents);
    contents_.reset();
    if (contents.bytes.size() != chunk.bytes()) refuse("a part of it is missing");
    std::uint32_t at = chunk.first_event();
    for (const trace::Event& event : events) {
        const std::size_t from = event.change_count == 0 ? 0 : event.first_change - first_change;
        for (const trace::Change& change : std::span(contents.changes).subspan(from, event.change_count)) {
            const auto who = [at] { return "a change of event " + std::to_string(at); };
            if (change.region.value >= index.regions.size()) refuse(who() + " is in a region that does not exist");
            const trace::Region& region = index.regions[change.region.value];
            if (region.born.value > at) refuse(who() + " is in a region that is not born yet");
            if (change.offset > region.size || change.length > region.size - change.offset)
                refuse(who() + " lies outside its region");
        }
        ++at;
    }
    for (const Keyframe& each : contents.keyframes)
        if (each.region.value >= index.regions.size() || each.bytes.size() != index.regions[each.region.value].size)
            refuse("a keyframe in it is damaged");
}

}  // namespace chimneylab::session
