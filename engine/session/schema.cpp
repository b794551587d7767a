// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/schema.h"

#include <array>

namespace chimneylab::session {
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

constexpr auto words = std::to_array<Definition>({
    {"event_kind", "CREATE TABLE event_kind(id INTEGER PRIMARY KEY, word TEXT NOT NULL)"},
    {"operation_kind", "CREATE TABLE operation_kind(id INTEGER PRIMARY KEY, word TEXT NOT NULL)"},
    {"conversion_kind", "CREATE TABLE conversion_kind(id INTEGER PRIMARY KEY, word TEXT NOT NULL)"},
    {"finding_kind", "CREATE TABLE finding_kind(id INTEGER PRIMARY KEY, word TEXT NOT NULL)"},
    {"region_kind", "CREATE TABLE region_kind(id INTEGER PRIMARY KEY, word TEXT NOT NULL)"},
    {"layer_word", "CREATE TABLE layer_word(id INTEGER PRIMARY KEY, word TEXT NOT NULL)"},
    {"status_word", "CREATE TABLE status_word(id INTEGER PRIMARY KEY, word TEXT NOT NULL)"},
});

constexpr auto all_views = std::to_array<Definition>({
    {"events",
     "CREATE VIEW events AS SELECT e.id AS event, k.word AS kind, callee.word AS layer, caller.word AS other_layer, "
     "n.text AS name, "
     "e.operation AS operation, o.word AS operation_kind, rl.text AS region, "
     "CASE WHEN e.has_status THEN s.word END AS status, printf('0x%llx', e.subject) AS subject, "
     "CASE WHEN e.kind = 10 THEN c.word ELSE e.detail END AS detail, e.partner AS partner, e.parent AS parent, "
     "e.depth AS depth, e.irql AS irql, e.virtual_time AS virtual_ns, e.measured_time AS measured_ns "
     "FROM event e JOIN event_kind k ON k.id = e.kind LEFT JOIN layer_word callee ON callee.id = e.layer "
     "LEFT JOIN layer_word caller ON caller.id = e.other_layer LEFT JOIN name n ON n.id = e.name "
     "LEFT JOIN operation_kind o ON o.id = nullif(e.operation_kind, 0) LEFT JOIN region r ON r.id = e.region "
     "LEFT JOIN name rl ON rl.id = r.label LEFT JOIN status_word s ON s.id = e.status "
     "LEFT JOIN conversion_kind c ON c.id = e.detail"},
    {"operations",
     "CREATE VIEW operations AS SELECT g.operation AS operation, o.word AS kind, rl.text AS root, g.started AS "
     "started_event, "
     "g.finished AS finished_event, f.status AS root_status, s.word AS root_status_name, g.conversions AS conversions, "
     "b.virtual_time AS started_ns, f.virtual_time - b.virtual_time AS virtual_latency_ns, "
     "f.measured_time - b.measured_time AS measured_latency_ns FROM "
     "(SELECT operation, max(operation_kind) AS kind, min(CASE WHEN kind = 11 THEN id END) AS started, "
     "min(CASE WHEN kind = 12 THEN id END) AS finished, sum(kind = 10) AS conversions "
     "FROM event WHERE operation IS NOT NULL GROUP BY operation) g "
     "JOIN operation_kind o ON o.id = g.kind LEFT JOIN event b ON b.id = g.started LEFT JOIN event f ON f.id = "
     "g.finished "
     "LEFT JOIN region r ON r.id = b.region LEFT JOIN name rl ON rl.id = r.label LEFT JOIN status_word s ON s.id = "
     "f.status"},
    {"call_entries",
     "CREATE VIEW call_entries AS SELECT r.ordinal AS number, l.word AS layer, e.operation AS operation, "
     "e.id AS recognised_event, x.id AS released_event, x.virtual_time - e.virtual_time AS held_virtual_ns, "
     "x.measured_time - e.measured_time AS held_measured_ns, printf('0x%llx', r.address) AS address, "
     "length(r.initial) AS size, x.id IS NULL AS still_held FROM event e LEFT JOIN event x ON x.partner = e.id AND "
     "x.kind = 16 "
     "LEFT JOIN region r ON r.id = e.region LEFT JOIN layer_word l ON l.id = e.layer WHERE e.kind = 15"},
    {"offload_entries",
     "CREATE VIEW offload_entries AS SELECT r.ordinal AS number, l.word AS layer, coalesce(n.text, rl.text) AS object, "
     "e.operation AS operation, e.id AS recognised_event, x.id AS released_event, "
     "x.virtual_time - e.virtual_time AS held_virtual_ns, x.measured_time - e.measured_time AS held_measured_ns, "
     "printf('0x%llx', r.address) AS address, length(r.initial) AS size, x.id IS NULL AS still_held "
     "FROM event e LEFT JOIN event x ON x.partner = e.id AND x.kind = 18 LEFT JOIN region r ON r.id = e.region "
     "LEFT JOIN name rl ON rl.id = r.label LEFT JOIN name n ON n.id = e.name LEFT JOIN layer_word l ON l.id = e.layer "
     "WHERE e.kind = 17"},
    {"timings",
     "CREATE VIEW timings AS SELECT t.operation AS operation, o.word AS kind, l.word AS layer, a.id AS arrived_event, "
     "c.id AS completed_event, c.virtual_time - a.virtual_time AS virtual_ns, c.measured_time - a.measured_time AS "
     "measured_ns "
     "FROM (SELECT e.operation AS operation, max(e.operation_kind) AS kind, "
     "CASE WHEN e.layer = 254 THEN e.other_layer ELSE e.layer END AS layer, "
     "min(CASE WHEN e.layer <> 254 AND n.text GLOB 'Miniport*' THEN e.id END) AS arrived, "
     "min(CASE WHEN e.layer = 254 AND n.text GLOB 'NdisM*Complete' THEN e.id END) AS completed "
     "FROM event e JOIN name n ON n.id = e.name WHERE e.kind = 8 AND e.operation IS NOT NULL GROUP BY 1, 3) t "
     "JOIN event a ON a.id = t.arrived JOIN operation_kind o ON o.id = t.kind LEFT JOIN event c ON c.id = t.completed "
     "LEFT JOIN layer_word l ON l.id = t.layer"},
    {"findings",
     "CREATE VIEW findings AS SELECT e.id AS event, k.word AS kind, l.word AS layer, n.text AS explanation, "
     "e.operation AS operation, printf('0x%llx', e.subject) AS subject, e.virtual_time AS virtual_ns "
     "FROM event e LEFT JOIN finding_kind k ON k.id = e.detail LEFT JOIN layer_word l ON l.id = e.layer "
     "LEFT JOIN name n ON n.id = e.name WHERE e.kind = 25"},
    {"changes",
     "CREATE VIEW changes AS SELECT c.event AS event, k.word AS region_kind, n.text AS region, c.offset AS offset, "
     "w.word AS writer, hex(c.before) AS before, hex(c.after) AS after FROM change c JOIN region r ON r.id = c.region "
     "LEFT JOIN region_kind k ON k.id = r.kind LEFT JOIN name n ON n.id = r.label LEFT JOIN layer_word w ON w.id = "
     "c.writer"},
});

}  // namespace

std::span<const Definition> base_tables() { return tables; }
std::span<const Definition> word_tables() { return words; }
std::span<const Definition> views() { return all_views; }

}  // namespace chimneylab::session
