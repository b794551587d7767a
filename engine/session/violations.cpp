// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/violations.h"

#include <algorithm>

#include "engine/session/connection.h"
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

std::vector<StoredViolation> read(Database& database) {
    // As many as a checker tells at most; a file that was tampered with may hold any number.
    constexpr std::size_t most = 250'000;
    constexpr std::int64_t most_id = 0xFFFFFFFE;
    std::vector<StoredViolation> stored;
    std::vector<std::int64_t> ids;
    Statement row(database,
                  "SELECT id, rule, severity, event, noticed, operation, layer, block, member, expected, seen, "
                  "explanation, source, cause FROM violation ORDER BY id");
    std::vector<std::int64_t> causes;
    while (stored.size() < most && row.next()) {
        const auto id_in = [&](int column) {
            const std::int64_t value = row.is_number(column) ? row.number(column) : -1;
            return value >= 0 && value <= most_id ? static_cast<std::uint32_t>(value) : trace::EventId::none_value;
        };
        StoredViolation each;
        each.rule = row.text(1);
        each.severity = row.text(2);
        each.event = trace::EventId(id_in(3));
        each.noticed = trace::EventId(id_in(4));
        each.operation = trace::OperationId(id_in(5));
        const std::int64_t layer = row.number(6);
        each.layer = layer >= 0 && layer <= trace::machine_layer ? static_cast<trace::LayerIndex>(layer) : trace::machine_layer;
        each.block = row.text(7);
        each.member = row.text(8);
        each.expected = row.text(9);
        each.seen = row.text(10);
        each.explanation = row.text(11);
        each.source = row.text(12);
        ids.push_back(row.number(0));
        causes.push_back(row.is_number(13) ? row.number(13) : -1);
        stored.push_back(std::move(each));
    }
    for (std::size_t i = 0; i < stored.size(); ++i) {
        const auto cause = std::ranges::lower_bound(ids, causes[i]);
        if (causes[i] >= 0 && cause != ids.end() && *cause == causes[i])
            stored[i].cause = static_cast<std::uint32_t>(cause - ids.begin());
    }
    return stored;
}

}  // namespace

std::variant<std::vector<StoredViolation>, Problem> read_violations(const std::filesystem::path& file) {
    try {
        const Connection connection = connect(file);
        // A session of the first format, or one whose recording has only begun, may have no such table.
        if (connection.database->number("SELECT count(*) FROM sqlite_schema WHERE name = 'violation'") == 0)
            return std::vector<StoredViolation>{};
        return read(*connection.database);
    } catch (const SqlFailure& failure) {
        return Problem{file, std::string("what a checker found cannot be read (") + failure.what() + ")",
                       "Verify the session again."};
    }
}

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
