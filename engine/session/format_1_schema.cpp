// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/schema.h"

#include <array>

namespace chimneylab::session::format_1 {
namespace {

constexpr auto tables = std::to_array<Definition>({
    {"run", "CREATE TABLE run(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"},
    {"name", "CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL)"},
    {"layer", "CREATE TABLE layer(id INTEGER PRIMARY KEY, role INTEGER NOT NULL, name INTEGER, driver INTEGER)"},
    {"region",
     "CREATE TABLE region(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, owner INTEGER NOT NULL, ordinal INTEGER NOT "
     "NULL, "
     "address INTEGER NOT NULL, label INTEGER, parent INTEGER, born INTEGER NOT NULL, died INTEGER, tag INTEGER NOT "
     "NULL, "
     "initial BLOB NOT NULL)"},
    {"event",
     "CREATE TABLE event(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, layer INTEGER NOT NULL, other_layer INTEGER "
     "NOT NULL, "
     "name INTEGER, operation INTEGER, operation_kind INTEGER NOT NULL, region INTEGER, subject INTEGER NOT NULL, "
     "detail INTEGER NOT NULL, status INTEGER NOT NULL, has_status INTEGER NOT NULL, partner INTEGER, parent INTEGER, "
     "depth INTEGER NOT NULL, irql INTEGER NOT NULL, virtual_time INTEGER NOT NULL, measured_time INTEGER NOT NULL, "
     "reserved INTEGER NOT NULL)"},
    {"change",
     "CREATE TABLE change(id INTEGER PRIMARY KEY, event INTEGER NOT NULL, region INTEGER NOT NULL, offset INTEGER NOT "
     "NULL, "
     "writer INTEGER NOT NULL, before BLOB NOT NULL, after BLOB NOT NULL)"},
});

}  // namespace

std::span<const Definition> base_tables() { return tables; }

}  // namespace chimneylab::session::format_1
