// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/notes.h"

#include <sqlite3.h>

#include "engine/session/connection.h"
#include "engine/session/files.h"
#include "engine/session/read_row.h"
#include "engine/session/schema.h"

namespace chimneylab::session {
namespace {

template <typename Id>
Statement& bind_id(Statement& statement, Id id) {
    return id.valid() ? statement.bind(id.value) : statement.bind_null();
}

void write_annotation(Database& database, const Annotation& each, bool with_id) {
    Statement row(database, "INSERT INTO annotation VALUES(?, ?, ?, ?, ?, coalesce(nullif(?, ''), datetime('now')))");
    if (with_id)
        row.bind(each.id);
    else
        row.bind_null();
    row.bind(each.event.value);
    bind_id(row, each.last_event).bind_text(each.author).bind_text(each.text).bind_text(each.written).execute();
}

void write_bookmark(Database& database, const Bookmark& each) {
    Statement row(database, "INSERT OR REPLACE INTO bookmark VALUES(?, ?)");
    row.bind(each.event.value).bind_text(each.name).execute();
}

void write_answer(Database& database, const Answer& each) {
    Statement row(database,
                  "INSERT OR REPLACE INTO answer VALUES(?, ?, ?, coalesce(nullif(?, ''), datetime('now')))");
    row.bind_text(each.question).bind_text(each.answer);
    if (each.correct)
        row.bind(*each.correct ? 1 : 0);
    else
        row.bind_null();
    row.bind_text(each.written).execute();
}

void write_layout(Database& database, const LayoutValue& each) {
    Statement row(database, "INSERT OR REPLACE INTO layout VALUES(?, ?)");
    row.bind_text(each.key).bind_bytes(std::as_bytes(std::span(each.value))).execute();
}

NoteContents read(Database& database) {
    NoteContents made;
    Statement annotations(
        database, "SELECT id, event, last_event, author, text, written FROM annotation ORDER BY event, id");
    while (annotations.next())
        made.annotations.push_back({read<std::int64_t>(annotations, 0),
                                    trace::EventId(read<std::uint32_t>(annotations, 1)),
                                    read_id<trace::EventId>(annotations, 2), std::string(annotations.text(3)),
                                    std::string(annotations.text(4)), std::string(annotations.text(5))});
    Statement bookmarks(database, "SELECT event, name FROM bookmark ORDER BY event");
    while (bookmarks.next())
        made.bookmarks.push_back(
            {trace::EventId(read<std::uint32_t>(bookmarks, 0)), std::string(bookmarks.text(1))});
    Statement answers(database, "SELECT question, answer, correct, written FROM answer ORDER BY question");
    while (answers.next()) {
        std::optional<bool> correct;
        if (!answers.is_null(2)) correct = answers.number(2) != 0;
        made.answers.push_back({std::string(answers.text(0)), std::string(answers.text(1)), correct,
                                std::string(answers.text(3))});
    }
    Statement layout(database, "SELECT key, value FROM layout ORDER BY key");
    while (layout.next()) {
        const auto bytes = layout.bytes(1);
        made.layout.push_back({std::string(layout.text(0)),
                               std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())});
    }
    return made;
}

void write(Database& database, const NoteContents& notes) {
    for (const Annotation& each : notes.annotations) write_annotation(database, each, true);
    for (const Bookmark& each : notes.bookmarks) write_bookmark(database, each);
    for (const Answer& each : notes.answers) write_answer(database, each);
    for (const LayoutValue& each : notes.layout) write_layout(database, each);
}

Problem cannot_read(const std::filesystem::path& file, const std::string& why) {
    return {file, "has notes that cannot be read (" + why + ")", "The recording itself can still be opened."};
}

}  // namespace

std::variant<NoteContents, Problem> read_notes(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error))
        return Problem{file, "does not exist or cannot be reached", "Check the name and the folder."};
    try {
        const Connection connection = connect(file);
        Database& database = *connection.database;
        if (database.number("PRAGMA application_id") != application_id)
            return Problem{file, "is not a ChimneyLab session", "Choose a file that ends in .chimney."};
        if (database.number("PRAGMA user_version") == 1) return NoteContents{};
        return read(database);
    } catch (const Refused& refused) {
        return cannot_read(file, refused.what);
    } catch (const SqlFailure& failure) {
        return cannot_read(file, failure.what());
    }
}

struct Notes::Inside {
    std::filesystem::path file;
    Database database;

    template <typename Work>
    std::optional<Problem> carry_out(Work work) {
        try {
            database.run("BEGIN IMMEDIATE");
            work();
            database.run("COMMIT");
            return std::nullopt;
        } catch (const SqlFailure& failure) {
            sqlite3_exec(database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
            if (failure.code == SQLITE_BUSY)
                return Problem{file, "is being written by another program", "Try again in a moment."};
            return cannot_write(file, failure, file);
        }
    }
};

std::variant<Notes, Problem> Notes::open(const std::filesystem::path& file) {
    auto upgraded = upgrade(file);
    if (auto* problem = std::get_if<Problem>(&upgraded)) return std::move(*problem);
    try {
        auto inside = std::unique_ptr<Inside>(new Inside{file, Database(target_of(file), Database::Use::write)});
        if (sqlite3_db_readonly(inside->database.handle(), "main") != 0) return cannot_write(file, EACCES);
        inside->database.run("PRAGMA synchronous = FULL");
        return Notes(std::move(inside));
    } catch (const SqlFailure& failure) {
        return cannot_write(file, failure, file);
    }
}

Notes::Notes(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Notes::Notes(Notes&&) noexcept = default;
Notes& Notes::operator=(Notes&&) noexcept = default;
Notes::~Notes() = default;

std::optional<Problem> Notes::add(Annotation& annotation) {
    return inside_->carry_out([&] {
        Database& database = inside_->database;
        write_annotation(database, annotation, false);
        annotation.id = sqlite3_last_insert_rowid(database.handle());
        Statement row(database, "SELECT written FROM annotation WHERE id = ?");
        row.bind(annotation.id);
        if (row.next()) annotation.written = row.text(0);
    });
}

std::optional<Problem> Notes::change(const Annotation& annotation) {
    return inside_->carry_out([&] {
        Statement row(inside_->database,
                      "UPDATE annotation SET event = ?, last_event = ?, author = ?, text = ? WHERE id = ?");
        row.bind(annotation.event.value);
        bind_id(row, annotation.last_event);
        row.bind_text(annotation.author).bind_text(annotation.text).bind(annotation.id).execute();
    });
}

std::optional<Problem> Notes::remove_annotation(std::int64_t id) {
    return inside_->carry_out([&] {
        Statement row(inside_->database, "DELETE FROM annotation WHERE id = ?");
        row.bind(id).execute();
    });
}

std::optional<Problem> Notes::set(const Bookmark& bookmark) {
    return inside_->carry_out([&] { write_bookmark(inside_->database, bookmark); });
}

std::optional<Problem> Notes::remove_bookmark(trace::EventId event) {
    return inside_->carry_out([&] {
        Statement row(inside_->database, "DELETE FROM bookmark WHERE event = ?");
        row.bind(event.value).execute();
    });
}

std::optional<Problem> Notes::set(const Answer& answer) {
    return inside_->carry_out([&] { write_answer(inside_->database, answer); });
}

std::optional<Problem> Notes::set(const LayoutValue& value) {
    return inside_->carry_out([&] { write_layout(inside_->database, value); });
}

std::optional<Problem> save(const trace::Trace& trace, const std::filesystem::path& file, const NoteContents& notes) {
    return save_with(trace, file, [&](Database& database) { write(database, notes); });
}

std::variant<std::optional<std::filesystem::path>, Problem> upgrade(const std::filesystem::path& file) {
    auto opened = open(file);
    if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
    const Opened& session = std::get<Opened>(opened);
    if (session.format == format_version) return std::nullopt;
    // The backup is a second name for the same file: save() gives the first one to the new file.
    const std::filesystem::path target = target_of(file);
    std::filesystem::path backup = target.string() + ".format-" + std::to_string(session.format);
    std::error_code error;
    for (int i = 2; std::filesystem::exists(backup, error); ++i)
        backup = target.string() + ".format-" + std::to_string(session.format) + "-" + std::to_string(i);
    std::filesystem::create_hard_link(target, backup, error);
    if (error) std::filesystem::copy_file(target, backup, error);
    if (error) return cannot_write(backup, error.value());
    if (auto problem = save(session.trace, target)) {
        std::filesystem::remove(backup, error);
        return *problem;
    }
    return backup;
}

}  // namespace chimneylab::session
