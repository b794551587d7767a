// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/row_feed.h"

#include <sqlite3.h>

#include <string>

namespace chimneylab::session {
namespace {

// What SQLite calls back. Each object begins with the part that SQLite knows.
struct Source {
    sqlite3_vtab base;
    const RowFeed* feed;
};

struct Place {
    sqlite3_vtab_cursor base;
    std::size_t row;
};

const RowFeed& feed_of(sqlite3_vtab_cursor* cursor) { return *reinterpret_cast<Source*>(cursor->pVtab)->feed; }
Place& place_of(sqlite3_vtab_cursor* cursor) { return *reinterpret_cast<Place*>(cursor); }

int connect_source(sqlite3* database, void* feed, int, const char* const*, sqlite3_vtab** made, char**) {
    std::string declaration = "CREATE TABLE rows(";
    for (int i = 0; i < static_cast<const RowFeed*>(feed)->columns(); ++i)
        declaration += (i > 0 ? ", c" : "c") + std::to_string(i);
    if (const int result = sqlite3_declare_vtab(database, (declaration + ")").c_str()); result != SQLITE_OK) return result;
    auto* const source = static_cast<Source*>(sqlite3_malloc(sizeof(Source)));
    if (source == nullptr) return SQLITE_NOMEM;
    *source = {{}, static_cast<const RowFeed*>(feed)};
    *made = &source->base;
    return SQLITE_OK;
}

int disconnect_source(sqlite3_vtab* source) {
    sqlite3_free(source);
    return SQLITE_OK;
}

int plan(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }  // from the first row to the last, always

int open_place(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
    auto* const place = static_cast<Place*>(sqlite3_malloc(sizeof(Place)));
    if (place == nullptr) return SQLITE_NOMEM;
    *place = {};
    *made = &place->base;
    return SQLITE_OK;
}

int close_place(sqlite3_vtab_cursor* place) {
    sqlite3_free(place);
    return SQLITE_OK;
}

int begin(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
    place_of(cursor).row = 0;
    return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
    ++place_of(cursor).row;
    return SQLITE_OK;
}

int at_end(sqlite3_vtab_cursor* cursor) { return place_of(cursor).row >= feed_of(cursor).rows().size() ? 1 : 0; }

int cell(sqlite3_vtab_cursor* cursor, sqlite3_context* to, int column) {
    const RowFeed::Row& row = feed_of(cursor).rows()[place_of(cursor).row];
    if ((row.nulls >> column & 1) != 0)
        sqlite3_result_null(to);
    else
        sqlite3_result_int64(to, row.cells[column]);
    return SQLITE_OK;
}

int row_number(sqlite3_vtab_cursor* cursor, sqlite3_int64* number) {
    *number = static_cast<sqlite3_int64>(place_of(cursor).row);
    return SQLITE_OK;
}

// Without xCreate: there is one such table for a connection, and nothing of it in a file.
constexpr sqlite3_module module_of_feeds = [] {
    sqlite3_module module{};
    module.xConnect = connect_source;
    module.xBestIndex = plan;
    module.xDisconnect = disconnect_source;
    module.xOpen = open_place;
    module.xClose = close_place;
    module.xFilter = begin;
    module.xNext = next;
    module.xEof = at_end;
    module.xColumn = cell;
    module.xRowid = row_number;
    return module;
}();

}  // namespace

RowFeed::RowFeed(Database& database, std::string_view table, int columns)
    : database_(database), source_("rows_of_" + std::string(table)), columns_(columns) {
    if (sqlite3_create_module(database.handle(), source_.c_str(), &module_of_feeds, this) != SQLITE_OK) database.fail();
    insert_ = std::make_unique<Statement>(database, "INSERT OR REPLACE INTO " + std::string(table) + " SELECT * FROM " + source_);
}

RowFeed::~RowFeed() {
    insert_.reset();
    sqlite3_create_module(database_.handle(), source_.c_str(), nullptr, nullptr);
}

RowFeed& RowFeed::bind(std::int64_t value) {
    if (column_ == 0) rows_.emplace_back();
    rows_.back().cells[column_++] = value;
    return *this;
}

RowFeed& RowFeed::bind_null() {
    if (column_ == 0) rows_.emplace_back();
    rows_.back().nulls |= 1u << column_++;
    return *this;
}

void RowFeed::execute() { column_ = 0; }

void RowFeed::flush() {
    if (rows_.empty()) return;
    insert_->execute();
    rows_.clear();
}

}  // namespace chimneylab::session
