// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/violations.h"

#include "engine/session/files.h"
#include "engine/session/notes.h"

namespace chimneylab::session {
namespace {

template <typename Id>
Statement& bind_id(Statement& statement, Id id) {
    return id.valid() ? statement.bind(id.value) : statement.bind_null();
}

void write(Database& database, std::span<const StoredViolation> violations) {
    database.run("BEGIN IMMEDIATE");
    database.run("DELETE FROM violation");
    Statement row(database,
                  "INSERT INTO violation VALUES(?, ?, ?, ?, ?, ?, ?, nullif(?, ''), nullif(?, ''), nullif(?, ''), "
                  "nullif(?, ''), ?, ?, ?)");
    std::int64_t id = 0;
    for (const StoredViolation& each : violations) {
        row.bind(id++).bind_text(each.rule).bind_text(each.severity).bind(each.event.value);
        row.bind(each.noticed.valid() ? each.noticed.value : each.event.value);
        bind_id(row, each.operation).bind(each.layer).bind_text(each.block).bind_text(each.member);
        row.bind_text(each.expected).bind_text(each.seen).bind_text(each.explanation).bind_text(each.source);
        if (each.cause)
            row.bind(*each.cause);
        else
            row.bind_null();
        row.execute();
    }
    database.run("COMMIT");
}

}  // namespace

std::optional<Problem> store_violations(const std::filesystem::path& file, std::span<const StoredViolation> violations) {
    auto upgraded = upgrade(file);
    if (auto* problem = std::get_if<Problem>(&upgraded)) return std::move(*problem);
    try {
        Database database(target_of(file), Database::Use::write);
        write(database, violations);
        return std::nullopt;
    } catch (const SqlFailure& failure) {
        return cannot_write(file, failure, file);
    }
}

}  // namespace chimneylab::session
