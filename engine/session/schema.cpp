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
    {"chunk",
     "CREATE TABLE chunk(id INTEGER PRIMARY KEY, first_event INTEGER NOT NULL, events INTEGER NOT NULL, "
     "first_region INTEGER NOT NULL, regions INTEGER NOT NULL, first_change INTEGER NOT NULL, changes INTEGER NOT NULL, "
     "first_byte INTEGER NOT NULL, bytes INTEGER NOT NULL, virtual_start INTEGER NOT NULL, virtual_end INTEGER NOT "
     "NULL, "
     "measured_start INTEGER NOT NULL, measured_end INTEGER NOT NULL, checksum BLOB NOT NULL, births BLOB NOT NULL)"},
    {"chunk_data", "CREATE TABLE chunk_data(id INTEGER PRIMARY KEY, events BLOB NOT NULL, contents BLOB NOT NULL)"},
    {"overview",
     "CREATE TABLE overview(level INTEGER NOT NULL, first_event INTEGER NOT NULL, events INTEGER NOT NULL, "
     "virtual_start INTEGER NOT NULL, virtual_end INTEGER NOT NULL, measured_start INTEGER NOT NULL, measured_end "
     "INTEGER NOT NULL, "
     "calls INTEGER NOT NULL, conversions INTEGER NOT NULL, operations_started INTEGER NOT NULL, operations_finished "
     "INTEGER NOT NULL, "
     "call_entries_recognised INTEGER NOT NULL, call_entries_released INTEGER NOT NULL, findings INTEGER NOT NULL, "
     "steps INTEGER NOT NULL, changes INTEGER NOT NULL, deepest INTEGER NOT NULL, PRIMARY KEY(level, first_event)) "
     "WITHOUT ROWID"},
});

constexpr auto summaries = std::to_array<Definition>({
    {"operation",
     "CREATE TABLE operation(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, root INTEGER, root_label INTEGER, "
     "started INTEGER, finished INTEGER, status INTEGER, conversions INTEGER NOT NULL, started_virtual INTEGER, "
     "finished_virtual INTEGER, started_measured INTEGER, finished_measured INTEGER)"},
    {"timing",
     "CREATE TABLE timing(operation INTEGER NOT NULL, layer INTEGER NOT NULL, kind INTEGER NOT NULL, arrived INTEGER "
     "NOT NULL, "
     "completed INTEGER, virtual_ns INTEGER, measured_ns INTEGER, PRIMARY KEY(operation, layer)) WITHOUT ROWID"},
    {"entry",
     "CREATE TABLE entry(recognised INTEGER PRIMARY KEY, offload INTEGER NOT NULL, layer INTEGER NOT NULL, "
     "number INTEGER NOT NULL, operation INTEGER, region INTEGER, object INTEGER, released INTEGER, address INTEGER, "
     "size INTEGER, recognised_virtual INTEGER NOT NULL, released_virtual INTEGER, recognised_measured INTEGER NOT "
     "NULL, "
     "released_measured INTEGER)"},
    {"finding",
     "CREATE TABLE finding(event INTEGER PRIMARY KEY, kind INTEGER NOT NULL, layer INTEGER NOT NULL, explanation "
     "INTEGER, "
     "operation INTEGER, subject INTEGER NOT NULL, virtual_time INTEGER NOT NULL)"},
    {"violation",
     "CREATE TABLE violation(id INTEGER PRIMARY KEY, rule TEXT NOT NULL, severity TEXT NOT NULL, event INTEGER NOT "
     "NULL, "
     "noticed INTEGER NOT NULL, operation INTEGER, layer INTEGER NOT NULL, block TEXT, member TEXT, expected TEXT, "
     "seen TEXT, explanation TEXT NOT NULL, source TEXT NOT NULL, cause INTEGER)"},
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

constexpr auto notes = std::to_array<Definition>({
    {"annotation",
     "CREATE TABLE annotation(id INTEGER PRIMARY KEY, event INTEGER NOT NULL, last_event INTEGER, author TEXT NOT NULL, "
     "text TEXT NOT NULL, written TEXT NOT NULL)"},
    {"bookmark", "CREATE TABLE bookmark(event INTEGER PRIMARY KEY, name TEXT NOT NULL)"},
    {"answer",
     "CREATE TABLE answer(question TEXT PRIMARY KEY, answer TEXT NOT NULL, correct INTEGER, written TEXT NOT NULL) "
     "WITHOUT ROWID"},
    {"layout", "CREATE TABLE layout(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"},
});

constexpr auto all_views = std::to_array<Definition>({
    {"operations",
     "CREATE VIEW operations AS SELECT p.id AS operation, o.word AS kind, n.text AS root, p.started AS started_event, "
     "p.finished AS finished_event, p.status AS root_status, s.word AS root_status_name, p.conversions AS conversions, "
     "p.started_virtual AS started_ns, p.finished_virtual - p.started_virtual AS virtual_latency_ns, "
     "p.finished_measured - p.started_measured AS measured_latency_ns FROM operation p "
     "JOIN operation_kind o ON o.id = p.kind LEFT JOIN name n ON n.id = p.root_label "
     "LEFT JOIN status_word s ON s.id = p.status"},
    {"call_entries",
     "CREATE VIEW call_entries AS SELECT e.number AS number, l.word AS layer, e.operation AS operation, "
     "e.recognised AS recognised_event, e.released AS released_event, "
     "e.released_virtual - e.recognised_virtual AS held_virtual_ns, "
     "e.released_measured - e.recognised_measured AS held_measured_ns, printf('0x%llx', e.address) AS address, "
     "e.size AS size, e.released IS NULL AS still_held FROM entry e LEFT JOIN layer_word l ON l.id = e.layer "
     "WHERE e.offload = 0"},
    {"offload_entries",
     "CREATE VIEW offload_entries AS SELECT e.number AS number, l.word AS layer, n.text AS object, "
     "e.operation AS operation, e.recognised AS recognised_event, e.released AS released_event, "
     "e.released_virtual - e.recognised_virtual AS held_virtual_ns, "
     "e.released_measured - e.recognised_measured AS held_measured_ns, printf('0x%llx', e.address) AS address, "
     "e.size AS size, e.released IS NULL AS still_held FROM entry e LEFT JOIN layer_word l ON l.id = e.layer "
     "LEFT JOIN name n ON n.id = e.object WHERE e.offload = 1"},
    {"timings",
     "CREATE VIEW timings AS SELECT t.operation AS operation, o.word AS kind, l.word AS layer, t.arrived AS "
     "arrived_event, "
     "t.completed AS completed_event, t.virtual_ns AS virtual_ns, t.measured_ns AS measured_ns FROM timing t "
     "JOIN operation_kind o ON o.id = t.kind LEFT JOIN layer_word l ON l.id = t.layer"},
    {"findings",
     "CREATE VIEW findings AS SELECT f.event AS event, k.word AS kind, l.word AS layer, n.text AS explanation, "
     "f.operation AS operation, printf('0x%llx', f.subject) AS subject, f.virtual_time AS virtual_ns FROM finding f "
     "LEFT JOIN finding_kind k ON k.id = f.kind LEFT JOIN layer_word l ON l.id = f.layer "
     "LEFT JOIN name n ON n.id = f.explanation"},
    {"violations",
     "CREATE VIEW violations AS SELECT v.rule AS rule, v.severity AS severity, v.event AS event, v.noticed AS "
     "noticed_event, "
     "v.operation AS operation, l.word AS layer, v.block AS block, v.member AS member, v.expected AS expected, v.seen "
     "AS seen, "
     "v.explanation AS explanation, v.source AS source, c.rule AS follows_from FROM violation v "
     "LEFT JOIN layer_word l ON l.id = v.layer LEFT JOIN violation c ON c.id = v.cause ORDER BY v.event, v.id"},
    {"annotations",
     "CREATE VIEW annotations AS SELECT a.id AS annotation, a.event AS event, a.last_event AS last_event, a.author AS "
     "author, "
     "a.text AS text, a.written AS written FROM annotation a ORDER BY a.event, a.id"},
    {"events",
     "CREATE VIEW events AS SELECT e.event AS event, k.word AS kind, callee.word AS layer, caller.word AS other_layer, "
     "n.text AS name, e.operation AS operation, o.word AS operation_kind, rl.text AS region, "
     "CASE WHEN e.has_status THEN s.word END AS status, printf('0x%llx', e.subject) AS subject, "
     "CASE WHEN e.kind = 10 THEN c.word ELSE e.detail END AS detail, e.argument AS argument, e.partner AS partner, e.parent AS parent, "
     "e.depth AS depth, e.irql AS irql, e.virtual_time AS virtual_ns, e.measured_time AS measured_ns "
     "FROM chimneylab_event e JOIN event_kind k ON k.id = e.kind LEFT JOIN layer_word callee ON callee.id = e.layer "
     "LEFT JOIN layer_word caller ON caller.id = e.other_layer LEFT JOIN name n ON n.id = e.name "
     "LEFT JOIN operation_kind o ON o.id = nullif(e.operation_kind, 0) LEFT JOIN name rl ON rl.id = e.region_label "
     "LEFT JOIN status_word s ON s.id = e.status LEFT JOIN conversion_kind c ON c.id = e.detail"},
    {"changes",
     "CREATE VIEW changes AS SELECT c.event AS event, k.word AS region_kind, n.text AS region, c.offset AS offset, "
     "w.word AS writer, hex(c.before) AS before, hex(c.after) AS after FROM chimneylab_change c "
     "LEFT JOIN region_kind k ON k.id = c.region_kind LEFT JOIN name n ON n.id = c.region_label "
     "LEFT JOIN layer_word w ON w.id = c.writer"},
});

}  // namespace

std::span<const Definition> base_tables() { return tables; }
std::span<const Definition> summary_tables() { return summaries; }
std::span<const Definition> word_tables() { return words; }
std::span<const Definition> notes_tables() { return notes; }
std::span<const Definition> views() { return all_views; }

}  // namespace chimneylab::session
