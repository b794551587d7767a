// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// chimneylab_sqlite: teaches any SQLite program to read the packed events and changes of a session:
//     sqlite3 -cmd '.load chimneylab_sqlite' a.chimney 'SELECT * FROM events LIMIT 10'
// Two tables that exist in every session once this is loaded, chimneylab_event and chimneylab_change; the views `events`
// and `changes` put words to them. A range of events touches only the chunks that hold it. Uses the SQLite of the
// program that loads it, never one of its own.
#include <sqlite3ext.h>

#include <algorithm>
#include <new>
#include <string>

#include "engine/session/packing.h"

SQLITE_EXTENSION_INIT1

namespace chimneylab::session {
namespace {

enum class Kind : std::uint8_t { events, changes };

struct Table : sqlite3_vtab {
    sqlite3* database = nullptr;
    Kind kind = Kind::events;
};

struct RegionFacts {
    trace::StringId label;
    trace::RegionKind kind = trace::RegionKind::block_list;
    std::uint32_t size = 0;
};

struct Rows : sqlite3_vtab_cursor {
    sqlite3_stmt* chunks = nullptr;
    Unpacker unpacker;
    std::vector<RegionFacts> regions;
    bool regions_known = false;
    std::int64_t first = 0, last = INT64_MAX;  // events wanted

    std::int64_t first_event = 0;
    std::vector<trace::Event> events;
    Unpacker::Contents contents;
    std::size_t at = 0;      // event
    std::uint32_t change = 0;  // of that event
    std::int64_t row = 0;
    bool end = true;
};

std::span<const std::byte> blob(sqlite3_stmt* statement, int column) {
    return {static_cast<const std::byte*>(sqlite3_column_blob(statement, column)),
            static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

int failed(sqlite3_vtab* table, const char* what) {
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("%s", what);
    return SQLITE_CORRUPT_VTAB;
}

constexpr const char* event_columns =
    "CREATE TABLE x(event INTEGER, kind INTEGER, layer INTEGER, other_layer INTEGER, name INTEGER, operation INTEGER, "
    "operation_kind INTEGER, region INTEGER, region_label INTEGER, subject INTEGER, detail INTEGER, status INTEGER, "
    "has_status INTEGER, partner INTEGER, parent INTEGER, depth INTEGER, irql INTEGER, virtual_time INTEGER, "
    "measured_time INTEGER, change_count INTEGER, argument INTEGER)";
constexpr const char* change_columns =
    "CREATE TABLE x(event INTEGER, region INTEGER, region_kind INTEGER, region_label INTEGER, offset INTEGER, "
    "writer INTEGER, before BLOB, after BLOB)";

int connect(sqlite3* database, void* kind, int, const char* const*, sqlite3_vtab** made, char**) {
    const Kind which = kind == nullptr ? Kind::events : Kind::changes;
    const int result = sqlite3_declare_vtab(database, which == Kind::events ? event_columns : change_columns);
    if (result != SQLITE_OK) return result;
    sqlite3_vtab_config(database, SQLITE_VTAB_INNOCUOUS);
    auto* table = new (std::nothrow) Table();
    if (table == nullptr) return SQLITE_NOMEM;
    table->database = database;
    table->kind = which;
    *made = table;
    return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
    delete static_cast<Table*>(table);
    return SQLITE_OK;
}

// Constraints on `event` choose the chunks; bit 0: at least, bit 1: at most, bit 2: equal. SQLite checks every row again.
int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
    int lower = -1, upper = -1, equal = -1;
    for (int i = 0; i < info->nConstraint; ++i) {
        const auto& each = info->aConstraint[i];
        if (!each.usable || each.iColumn != 0) continue;
        if (each.op == SQLITE_INDEX_CONSTRAINT_EQ) equal = i;
        if (each.op == SQLITE_INDEX_CONSTRAINT_GE || each.op == SQLITE_INDEX_CONSTRAINT_GT) lower = i;
        if (each.op == SQLITE_INDEX_CONSTRAINT_LE || each.op == SQLITE_INDEX_CONSTRAINT_LT) upper = i;
    }
    int arguments = 0;
    const auto use = [&](int constraint, int bit) {
        if (constraint < 0) return;
        info->aConstraintUsage[constraint].argvIndex = ++arguments;
        info->idxNum |= bit;
    };
    if (equal >= 0) {
        use(equal, 4);
    } else {
        use(lower, 1);
        use(upper, 2);
    }
    info->estimatedCost = equal >= 0 ? 1000 : info->idxNum != 0 ? 100'000 : 1e7;
    info->estimatedRows = equal >= 0 ? 1 : 100'000;
    if (info->nOrderBy == 1 && info->aOrderBy[0].iColumn == 0 && !info->aOrderBy[0].desc) info->orderByConsumed = 1;
    return SQLITE_OK;
}

int open_rows(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
    try {
        *made = new Rows();
        return SQLITE_OK;
    } catch (const std::bad_alloc&) {
        return SQLITE_NOMEM;
    }
}

int close_rows(sqlite3_vtab_cursor* cursor) {
    auto* rows = static_cast<Rows*>(cursor);
    sqlite3_finalize(rows->chunks);
    delete rows;
    return SQLITE_OK;
}

// Labels may become known long after a region's birth, so all births are read once.
int learn_regions(Rows& rows, sqlite3* database) {
    if (rows.regions_known) return SQLITE_OK;
    sqlite3_stmt* births = nullptr;
    std::vector<trace::Region> born;
    int result = sqlite3_prepare_v2(database, "SELECT first_event, first_region, regions, births FROM chunk ORDER BY id", -1,
                                    &births, nullptr);
    while (result == SQLITE_OK && sqlite3_step(births) == SQLITE_ROW) {
        const Births made =
            rows.unpacker.births(blob(births, 3), static_cast<std::uint32_t>(sqlite3_column_int64(births, 0)),
                                 static_cast<std::uint32_t>(sqlite3_column_int64(births, 1)),
                                 static_cast<std::size_t>(sqlite3_column_int64(births, 2)), born);
        for (const trace::Region& each : born) rows.regions.push_back({each.label, each.kind, each.size});
        born.clear();
        for (const Amendment& each : made.amendments)
            if (each.region.value < rows.regions.size()) rows.regions[each.region.value].label = each.label;
    }
    sqlite3_finalize(births);
    rows.regions_known = true;
    return result;
}

// The next chunk that has a row for us.
void load_chunk(Rows& rows, Kind kind) {
    rows.at = 0;
    rows.change = 0;
    while (sqlite3_step(rows.chunks) == SQLITE_ROW) {
        rows.first_event = sqlite3_column_int64(rows.chunks, 0);
        const auto count = static_cast<std::size_t>(sqlite3_column_int64(rows.chunks, 1));
        rows.unpacker.events(blob(rows.chunks, 5), static_cast<std::uint32_t>(rows.first_event), count, rows.events);
        if (kind == Kind::changes) {
            const auto region = static_cast<std::size_t>(sqlite3_column_int64(rows.chunks, 2));
            const auto regions = static_cast<std::size_t>(sqlite3_column_int64(rows.chunks, 3));
            if (region > rows.regions.size() || regions > rows.regions.size() - region)
                throw UnpackFailure("the session's regions do not fit together");
            std::vector<trace::Region> born(regions);
            for (std::size_t i = 0; i < regions; ++i) born[i].size = rows.regions[region + i].size;
            const auto changes = static_cast<std::size_t>(sqlite3_column_int64(rows.chunks, 4));
            rows.unpacker.contents(blob(rows.chunks, 6), born, changes, rows.contents);
            std::uint64_t counted = 0;
            for (const trace::Event& each : rows.events) counted += each.change_count;
            if (counted != changes) throw UnpackFailure("the session has changes without an event");
        }
        if (!rows.events.empty()) return;
    }
    rows.end = true;
}

// From where the cursor stands to the first row that is wanted.
void settle(Rows& rows, Kind kind) {
    while (!rows.end) {
        if (rows.at >= rows.events.size()) {
            load_chunk(rows, kind);
            continue;
        }
        const std::int64_t event = rows.first_event + static_cast<std::int64_t>(rows.at);
        if (event > rows.last) {
            rows.end = true;
        } else if (event < rows.first || (kind == Kind::changes && rows.change >= rows.events[rows.at].change_count)) {
            ++rows.at;
            rows.change = 0;
        } else {
            return;
        }
    }
}

int filter(sqlite3_vtab_cursor* cursor, int plan, const char*, int, sqlite3_value** values) {
    auto& rows = *static_cast<Rows*>(cursor);
    auto& table = *static_cast<Table*>(cursor->pVtab);
    sqlite3_finalize(rows.chunks);
    rows.chunks = nullptr;
    rows.first = 0;
    rows.last = INT64_MAX;
    int argument = 0;
    // A fraction or a text leaves the range open: SQLite compares every row itself.
    const auto bound = [&](std::int64_t otherwise) {
        sqlite3_value* value = values[argument++];
        return sqlite3_value_type(value) == SQLITE_INTEGER ? sqlite3_value_int64(value) : otherwise;
    };
    if (plan & 4) {
        const std::int64_t only = bound(-1);
        if (only >= 0) rows.first = rows.last = only;
    }
    if (plan & 1) rows.first = std::max<std::int64_t>(0, bound(0));
    if (plan & 2) rows.last = bound(INT64_MAX);
    try {
        if (const int result = learn_regions(rows, table.database); result != SQLITE_OK) return result;
        const int result = sqlite3_prepare_v2(
            table.database,
            "SELECT c.first_event, c.events, c.first_region, c.regions, c.changes, d.events, d.contents FROM chunk c "
            "JOIN chunk_data d ON d.id = c.id WHERE c.first_event <= ?2 AND c.first_event + c.events > ?1 ORDER BY c.id",
            -1, &rows.chunks, nullptr);
        if (result != SQLITE_OK) return result;
        sqlite3_bind_int64(rows.chunks, 1, rows.first);
        sqlite3_bind_int64(rows.chunks, 2, rows.last);
        rows.end = false;
        rows.row = 0;
        load_chunk(rows, table.kind);
        settle(rows, table.kind);
        return SQLITE_OK;
    } catch (const UnpackFailure& failure) {
        return failed(cursor->pVtab, failure.what());
    } catch (const std::bad_alloc&) {
        return SQLITE_NOMEM;
    }
}

int next(sqlite3_vtab_cursor* cursor) {
    auto& rows = *static_cast<Rows*>(cursor);
    const Kind kind = static_cast<Table*>(cursor->pVtab)->kind;
    try {
        ++rows.row;
        if (kind == Kind::changes)
            ++rows.change;
        else
            ++rows.at;
        settle(rows, kind);
        return SQLITE_OK;
    } catch (const UnpackFailure& failure) {
        return failed(cursor->pVtab, failure.what());
    } catch (const std::bad_alloc&) {
        return SQLITE_NOMEM;
    }
}

template <typename Tag>
void give(sqlite3_context* to, trace::Identifier<Tag> id) {
    if (id.valid())
        sqlite3_result_int64(to, id.value);
    else
        sqlite3_result_null(to);
}

void give_bytes(sqlite3_context* to, const Rows& rows, std::uint64_t position, std::uint32_t length) {
    sqlite3_result_blob(to, rows.contents.bytes.data() + position, static_cast<int>(length), SQLITE_TRANSIENT);
}

void give_label(sqlite3_context* to, const Rows& rows, trace::RegionId region) {
    if (region.valid() && region.value < rows.regions.size())
        give(to, rows.regions[region.value].label);
    else
        sqlite3_result_null(to);
}

int event_column(const Rows& rows, sqlite3_context* to, int column) {
    const trace::Event& e = rows.events[rows.at];
    const auto number = [to](std::uint64_t value) { sqlite3_result_int64(to, static_cast<std::int64_t>(value)); };
    switch (column) {
        case 0: number(static_cast<std::uint64_t>(rows.first_event) + rows.at); break;
        case 1: number(static_cast<std::uint64_t>(e.kind)); break;
        case 2: number(e.layer); break;
        case 3: number(e.other_layer); break;
        case 4: give(to, e.name); break;
        case 5: give(to, e.operation); break;
        case 6: number(static_cast<std::uint64_t>(e.operation_kind)); break;
        case 7: give(to, e.region); break;
        case 8: give_label(to, rows, e.region); break;
        case 9: number(e.subject); break;
        case 10: number(e.detail); break;
        case 11: sqlite3_result_int64(to, e.status); break;
        case 12: number(e.has_status); break;
        case 13: give(to, e.partner); break;
        case 14: give(to, e.parent); break;
        case 15: number(e.depth); break;
        case 16: number(e.irql); break;
        case 17: number(e.virtual_time); break;
        case 18: number(e.measured_time); break;
        case 19: number(e.change_count); break;
        default: number(e.argument); break;
    }
    return SQLITE_OK;
}

int change_column(const Rows& rows, sqlite3_context* to, int column) {
    const trace::Event& event = rows.events[rows.at];
    const trace::Change& c = rows.contents.changes[event.first_change + rows.change];
    const auto number = [to](std::uint64_t value) { sqlite3_result_int64(to, static_cast<std::int64_t>(value)); };
    switch (column) {
        case 0: number(static_cast<std::uint64_t>(rows.first_event) + rows.at); break;
        case 1: give(to, c.region); break;
        case 2:
            if (c.region.value < rows.regions.size())
                number(static_cast<std::uint64_t>(rows.regions[c.region.value].kind));
            break;
        case 3: give_label(to, rows, c.region); break;
        case 4: number(c.offset); break;
        case 5: number(c.writer); break;
        case 6: give_bytes(to, rows, c.before, c.length); break;
        default: give_bytes(to, rows, c.after, c.length); break;
    }
    return SQLITE_OK;
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* to, int number) {
    const auto& rows = *static_cast<Rows*>(cursor);
    return static_cast<Table*>(cursor->pVtab)->kind == Kind::events ? event_column(rows, to, number)
                                                                    : change_column(rows, to, number);
}

int at_end(sqlite3_vtab_cursor* cursor) { return static_cast<Rows*>(cursor)->end ? 1 : 0; }

int row_id(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
    *id = static_cast<Rows*>(cursor)->row;
    return SQLITE_OK;
}

// Without xCreate the tables cannot be made by anybody and simply are there.
constexpr sqlite3_module module = [] {
    sqlite3_module made{};
    made.xConnect = connect;
    made.xBestIndex = best_index;
    made.xDisconnect = disconnect;
    made.xDestroy = disconnect;
    made.xOpen = open_rows;
    made.xClose = close_rows;
    made.xFilter = filter;
    made.xNext = next;
    made.xEof = at_end;
    made.xColumn = column;
    made.xRowid = row_id;
    return made;
}();

}  // namespace
}  // namespace chimneylab::session

// The name SQLite makes of the file's name.
extern "C" __attribute__((visibility("default"))) int sqlite3_chimneylabsqlite_init(sqlite3* database, char**,
                                                                                   const sqlite3_api_routines* routines) {
    SQLITE_EXTENSION_INIT2(routines);
    using namespace chimneylab::session;
    static int changes = 1;  // any address that is not null
    const int result = sqlite3_create_module(database, "chimneylab_event", &module, nullptr);
    return result != SQLITE_OK ? result : sqlite3_create_module(database, "chimneylab_change", &module, &changes);
}
