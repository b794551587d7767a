// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "engine/session/database.h"
#include "engine/session/schema.h"
#include "engine/session/session.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/text.h"

namespace chimneylab::session {
namespace {

using trace::Trace;

template <typename Tag>
void bind_id(Statement& statement, trace::Identifier<Tag> id) {
    if (id.valid())
        statement.bind(id.value);
    else
        statement.bind_null();
}

// SQLite's integers are signed; the bits are what counts.
std::int64_t bits(std::uint64_t value) { return static_cast<std::int64_t>(value); }

void write_run(Database& database, const Trace& run) {
    Statement statement(database, "INSERT INTO run VALUES(?, ?)");
    const auto put = [&](std::string_view key, const std::string& value) {
        statement.bind_text(key).bind_text(value).execute();
    };
    const trace::RunDescription& description = run.description();
    put("scenario", description.scenario);
    put("title", description.title);
    put("variant", description.variant);
    put("schedule", description.schedule);
    put("mode", description.mode);
    put("producer", description.producer);
    put("clock_start", std::to_string(description.clock_start));
    put("fingerprint", trace::fingerprint_text(trace::fingerprint(run)));
    const trace::ContentHash content = trace::content_hash(run);
    put("content", trace::hex_digits(content.first, 16) + trace::hex_digits(content.second, 16));
    put("events", std::to_string(run.size()));
    put("regions", std::to_string(run.region_count()));
    put("changes", std::to_string(run.all_changes().size()));
    put("names", std::to_string(run.string_count()));
    put("layers", std::to_string(run.layers().size()));
}

void write_names_and_layers(Database& database, const Trace& run) {
    Statement name(database, "INSERT INTO name VALUES(?, ?)");
    for (std::uint32_t i = 0; i < run.string_count(); ++i)
        name.bind(i).bind_text(run.text(trace::StringId(i))).execute();
    Statement layer(database, "INSERT INTO layer VALUES(?, ?, ?, ?)");
    for (std::size_t i = 0; i < run.layers().size(); ++i) {
        const trace::Layer& each = run.layers()[i];
        layer.bind(static_cast<std::int64_t>(i)).bind(static_cast<std::int64_t>(each.role));
        bind_id(layer, each.name);
        bind_id(layer, each.driver);
        layer.execute();
    }
}

void write_regions(Database& database, const Trace& run) {
    Statement statement(database, "INSERT INTO region VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (std::uint32_t i = 0; i < run.region_count(); ++i) {
        const trace::Region& each = run.region(trace::RegionId(i));
        statement.bind(i)
            .bind(static_cast<std::int64_t>(each.kind))
            .bind(each.owner)
            .bind(each.ordinal)
            .bind(bits(each.address));
        bind_id(statement, each.label);
        bind_id(statement, each.parent);
        statement.bind(each.born.value);
        bind_id(statement, each.died);
        statement.bind(each.tag).bind_bytes(run.initial_bytes(each)).execute();
    }
}

void write_events(Database& database, const Trace& run) {
    Statement event(database, "INSERT INTO event VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    Statement change(database, "INSERT INTO change VALUES(?, ?, ?, ?, ?, ?, ?)");
    std::int64_t changes = 0;
    for (std::uint32_t i = 0; i < run.size(); ++i) {
        const trace::Event& each = run.event(trace::EventId(i));
        event.bind(i).bind(static_cast<std::int64_t>(each.kind)).bind(each.layer).bind(each.other_layer);
        bind_id(event, each.name);
        bind_id(event, each.operation);
        event.bind(static_cast<std::int64_t>(each.operation_kind));
        bind_id(event, each.region);
        event.bind(bits(each.subject)).bind(bits(each.detail)).bind(each.status).bind(each.has_status);
        bind_id(event, each.partner);
        bind_id(event, each.parent);
        event.bind(each.depth).bind(each.irql).bind(bits(each.virtual_time)).bind(bits(each.measured_time));
        event.bind(each.reserved).execute();
        for (const trace::Change& made : run.changes(each)) {
            change.bind(changes++).bind(i).bind(made.region.value).bind(made.offset).bind(made.writer);
            change.bind_bytes(run.before(made)).bind_bytes(run.after(made)).execute();
        }
    }
}

// The words that the views show; numbers as in the base tables.
void write_words(Database& database, const Trace& run) {
    const auto fill = [&](std::string_view table, int last, auto word_of) {
        Statement statement(database, "INSERT INTO " + std::string(table) + " VALUES(?, ?)");
        for (int i = 0; i <= last; ++i) statement.bind(i).bind_text(word_of(i)).execute();
    };
    fill("event_kind", static_cast<int>(trace::EventKind::fault_injected),
         [](int i) { return trace::to_text(static_cast<trace::EventKind>(i)); });
    fill("operation_kind", static_cast<int>(trace::OperationKind::terminate),
         [](int i) { return trace::to_text(static_cast<trace::OperationKind>(i)); });
    fill("conversion_kind", static_cast<int>(trace::ConversionKind::protocol_to_miniport_by_driver),
         [](int i) { return trace::to_text(static_cast<trace::ConversionKind>(i)); });
    fill("finding_kind", static_cast<int>(trace::FindingKind::driver_hung),
         [](int i) { return trace::to_text(static_cast<trace::FindingKind>(i)); });
    fill("region_kind", static_cast<int>(trace::RegionKind::net_buffer_list),
         [](int i) { return trace::to_text(static_cast<trace::RegionKind>(i)); });
    Statement layer(database, "INSERT OR IGNORE INTO layer_word VALUES(?, ?)");
    for (std::size_t i = 0; i < run.layers().size(); ++i)
        layer.bind(static_cast<std::int64_t>(i)).bind_text(run.text(run.layers()[i].name)).execute();
    layer.bind(trace::ndis_layer).bind_text("NDIS").execute();
    layer.bind(trace::machine_layer).bind_text("machine").execute();
    Statement status(database, "INSERT OR IGNORE INTO status_word VALUES(?, ?)");
    for (const trace::Event& each : run.events())
        if (each.has_status) {
            const std::string word = trace::status_text(each.status);
            status.bind(each.status).bind_text(word).execute();
        }
}

void write(const Trace& run, const std::filesystem::path& file) {
    Database database(file, Database::Use::write);
    // The file is new and nobody else knows it: no journal is needed, and everything reaches the disk at the commit.
    database.run("PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE");
    database.run("PRAGMA cache_size = -32768");
    database.run("PRAGMA application_id = " + std::to_string(application_id));
    database.run("PRAGMA user_version = " + std::to_string(format_version));
    database.run("BEGIN");
    for (const auto definitions : {base_tables(), word_tables(), views()})
        for (const Definition& each : definitions) database.run(each.sql);
    write_run(database, run);
    write_names_and_layers(database, run);
    write_regions(database, run);
    write_events(database, run);
    write_words(database, run);
    database.run("COMMIT");
    database.close();
}

Problem about(const std::filesystem::path& file, int system_error) {
    const std::string reason = std::generic_category().message(system_error);
    switch (system_error) {
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return {file, "cannot be written, there is no room for it (" + reason + ")",
                    "Free some space or save it elsewhere."};
        case EACCES:
        case EPERM:
        case EROFS:
            return {file, "cannot be written here (" + reason + ")", "Save it in a folder that you may write to."};
        case ENOENT:
        case ENOTDIR:
            return {file, "cannot be written, its folder does not exist", "Create the folder or choose another one."};
        default:
            return {file, "cannot be written (" + reason + ")", "Save it elsewhere."};
    }
}

// Is there something at this place that is not ours to replace?
std::optional<Problem> in_the_way(const std::filesystem::path& file) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status)) return std::nullopt;
    if (std::filesystem::is_directory(status)) return Problem{file, "is a folder", "Give the session a file name."};
    if (!std::filesystem::is_regular_file(status))
        return Problem{file, "is not an ordinary file", "Choose another name."};
    std::array<char, 72> head{};
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return Problem{file, "exists and cannot be read, so it is left alone", "Choose another name."};
    stream.read(head.data(), head.size());
    if (stream.gcount() == 0 && !stream.bad()) return std::nullopt;
    const bool database = std::memcmp(head.data(), "SQLite format 3", 16) == 0;
    const bool ours = std::memcmp(head.data() + 68, "CHIM", 4) == 0;
    if (database && ours) return std::nullopt;
    return Problem{file, "exists and is not a ChimneyLab session, so it is left alone",
                   "Choose another name or move that file away."};
}

// A new, empty file beside the target: same folder, so that renaming it is one step.
int create_beside(const std::filesystem::path& target, std::filesystem::path& made) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
        made = target.parent_path() / ("." + target.filename().string() + ".saving-" + std::to_string(::getpid()) +
                                       "-" + std::to_string(attempt));
        const int descriptor = ::open(made.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
        if (descriptor >= 0) {
            struct stat old {};
            if (::stat(target.c_str(), &old) == 0) (void)::fchmod(descriptor, old.st_mode & 07777);
            ::close(descriptor);
            return 0;
        }
        if (errno != EEXIST) return errno;
    }
    return EEXIST;
}

int take_the_place(const std::filesystem::path& made, const std::filesystem::path& target) {
    if (::rename(made.c_str(), target.c_str()) != 0) return errno;
    const std::filesystem::path folder = target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
    if (const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); descriptor >= 0) {
        (void)::fsync(descriptor);  // some file systems cannot; the file itself is safe already
        ::close(descriptor);
    }
    return 0;
}

// SQLite does not always keep the reason of a failed write. Trying to make the file longer tells it; 0: it can grow.
int why_it_cannot_grow(const std::filesystem::path& made) {
    const int descriptor = ::open(made.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (descriptor < 0) return errno;
    const std::array<char, 65536> some{};
    int reason = 0;
    for (int i = 0; i < 4 && reason == 0; ++i)
        if (::write(descriptor, some.data(), some.size()) < 0) reason = errno;
    if (reason == 0 && ::fsync(descriptor) != 0) reason = errno;
    ::close(descriptor);
    return reason;
}

}  // namespace

std::string Problem::to_text() const { return file.string() + ": " + what + ". " + remedy; }

std::optional<Problem> save(const Trace& run, const std::filesystem::path& file) {
    if (file.empty() || !file.has_filename())
        return Problem{file, "is not a file name", "Name a file, such as run.chimney."};
    std::error_code error;
    std::filesystem::path target = std::filesystem::absolute(file, error);
    if (std::filesystem::is_symlink(target, error)) {
        // The link stays; what it leads to is replaced.
        if (auto real = std::filesystem::canonical(target, error); !error) target = real;
    }
    if (auto problem = in_the_way(target)) return problem;
    std::filesystem::path made;
    if (const int failed = create_beside(target, made)) return about(file, failed);
    std::optional<Problem> problem;
    try {
        write(run, made);
        if (const int failed = take_the_place(made, target)) problem = about(file, failed);
    } catch (const SqlFailure& failure) {
        int reason = failure.code == SQLITE_FULL ? ENOSPC : failure.system_error;
        if (failure.code == SQLITE_IOERR) {
            if (const int found = why_it_cannot_grow(made)) reason = found;
        }
        problem = reason != 0
                      ? about(file, reason)
                      : Problem{file, std::string("cannot be written (") + failure.what() + ")", "Save it elsewhere."};
    } catch (const std::bad_alloc&) {
        problem = Problem{file, "cannot be written, there is not enough memory", "Close other programs and try again."};
    }
    if (problem) std::filesystem::remove(made, error);
    return problem;
}

}  // namespace chimneylab::session
