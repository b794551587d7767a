// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <sqlite3.h>

#include <array>
#include <charconv>
#include <fstream>
#include <limits>
#include <map>
#include <system_error>

#include "engine/session/database.h"
#include "engine/session/schema.h"
#include "engine/session/session.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/integrity.h"
#include "engine/trace/text.h"

namespace chimneylab::session {
namespace {

using trace::Trace;

// What is wrong with the content; the file's name is added outside.
struct Refused {
    std::string what;
};

[[noreturn]] void refuse(std::string what) { throw Refused{std::move(what)}; }

template <typename Number>
Number read(const Statement& row, int column) {
    if (!row.is_number(column)) refuse("a number is missing in it");
    const std::int64_t value = row.number(column);
    if constexpr (sizeof(Number) < sizeof(std::int64_t)) {
        if (value < std::int64_t{std::numeric_limits<Number>::min()} ||
            value > std::int64_t{std::numeric_limits<Number>::max()})
            refuse("a number in it is out of range");
    }
    return static_cast<Number>(value);
}

template <typename Enumeration>
Enumeration read_enumeration(const Statement& row, int column) {
    return static_cast<Enumeration>(read<std::uint8_t>(row, column));
}

template <typename Id>
Id read_id(const Statement& row, int column) {
    return row.is_null(column) ? Id{} : Id(read<std::uint32_t>(row, column));
}

// Rows carry the numbers 0, 1, 2 …: nothing twice, nothing missing, and a damaged index cannot send us in circles.
void expect_row(const Statement& row, std::uint64_t index) {
    if (!row.is_number(0) || static_cast<std::uint64_t>(row.number(0)) != index || index >= trace::EventId::none_value)
        refuse("its rows are not in order");
}

using Facts = std::map<std::string, std::string, std::less<>>;

std::uint64_t fact_number(const Facts& facts, std::string_view key) {
    const auto fact = facts.find(key);
    std::uint64_t value = 0;
    if (fact == facts.end()) refuse("its description is incomplete");
    const auto [end, problem] = std::from_chars(fact->second.data(), fact->second.data() + fact->second.size(), value);
    if (problem != std::errc{} || end != fact->second.data() + fact->second.size())
        refuse("its description is damaged");
    return value;
}

const std::string& fact_text(const Facts& facts, std::string_view key) {
    const auto fact = facts.find(key);
    if (fact == facts.end()) refuse("its description is incomplete");
    return fact->second;
}

Facts read_facts(Database& database) {
    Facts facts;
    Statement rows(database, "SELECT key, value FROM run");
    while (rows.next()) {
        facts.emplace(std::string(rows.text(0)), std::string(rows.text(1)));
        if (facts.size() > 1000) refuse("its description is damaged");
    }
    return facts;
}

// The first page tells how many pages there should be (both numbers big-endian: bytes 16 and 28 of the file).
void check_length(const std::filesystem::path& file) {
    std::array<unsigned char, 32> head{};
    std::ifstream stream(file, std::ios::binary);
    stream.read(reinterpret_cast<char*>(head.data()), head.size());
    if (stream.gcount() != static_cast<std::streamsize>(head.size())) refuse("it is cut off");
    const std::uint64_t coded = std::uint64_t{head[16]} << 8 | head[17];
    const std::uint64_t page = coded == 1 ? 65536 : coded;
    const std::uint64_t pages =
        std::uint64_t{head[28]} << 24 | std::uint64_t{head[29]} << 16 | std::uint64_t{head[30]} << 8 | head[31];
    std::error_code error;
    const std::uint64_t there = std::filesystem::file_size(file, error);
    if (!error && there < page * pages)
        refuse("it is cut off, " + std::to_string(there) + " of " + std::to_string(page * pages) + " bytes are there");
}

void check_schema(Database& database) {
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
        event.reserved = read<std::uint32_t>(rows, 18);
        const auto here = static_cast<std::uint32_t>(run.size());
        run.append(event, changes.of(here, run));
    }
    if (!changes.exhausted()) refuse("it has changes without an event");
}

Trace read_trace(Database& database) {
    check_schema(database);
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

}  // namespace

std::variant<Trace, Problem> load(const std::filesystem::path& file) {
    const std::string other_copy = "Use another copy of it, or record the run again.";
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status))
        return Problem{file, "does not exist or cannot be reached", "Check the name and the folder."};
    if (std::filesystem::is_directory(status)) return Problem{file, "is a folder", "Choose a file in it."};
    if (!std::filesystem::is_regular_file(status))
        return Problem{file, "is not an ordinary file", "Choose a file that ends in .chimney."};
    if (std::filesystem::file_size(file, error) == 0 && !error) return Problem{file, "is empty", other_copy};
    try {
        Database database(file, Database::Use::read_only);
        const std::int64_t application = database.number("PRAGMA application_id");
        if (application != application_id)
            return Problem{file, "is an SQLite database, but not a ChimneyLab session",
                           "Choose a file that ends in .chimney."};
        const std::int64_t version = database.number("PRAGMA user_version");
        if (version > format_version)
            return Problem{file,
                           "was saved by a newer ChimneyLab (format " + std::to_string(version) +
                               ", this program reads up to " + std::to_string(format_version) + ")",
                           "Install the newer version."};
        if (version != format_version)
            return Problem{file, "has an unknown format (" + std::to_string(version) + ")", other_copy};
        check_length(file);
        return read_trace(database);
    } catch (const Refused& refused) {
        return Problem{file, "is damaged: " + refused.what, other_copy};
    } catch (const SqlFailure& failure) {
        switch (failure.code) {
            case SQLITE_NOTADB:
                return Problem{file, "is not a ChimneyLab session", "Choose a file that ends in .chimney."};
            case SQLITE_CANTOPEN:
            case SQLITE_PERM:
            case SQLITE_AUTH:
                return Problem{file, "cannot be opened", "Check that you may read it."};
            default:
                return Problem{file, std::string("is damaged or cut off (") + failure.what() + ")", other_copy};
        }
    } catch (const std::bad_alloc&) {
        return Problem{file, "is too large for the memory of this machine", "Open it on a larger machine."};
    }
}

}  // namespace chimneylab::session
