// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <sqlite3.h>

#include <array>
#include <charconv>
#include <future>
#include <system_error>

#include "engine/session/connection.h"
#include "engine/session/files.h"
#include "engine/session/format_1.h"
#include "engine/session/schema.h"
#include "engine/session/session_index.h"
#include "engine/session/session_pages.h"

namespace chimneylab::session {
namespace {

using trace::Trace;

const std::string other_copy = "Use another copy of it, or record the run again.";

// The first page tells how many pages there should be (both numbers big-endian: bytes 16 and 28 of the file). Empty:
// they are there.
std::string what_is_cut_off(const Database& database) {
    std::array<std::byte, 32> bytes{};
    const std::uint64_t there = database.read_head(bytes);
    const auto head = [&](std::size_t i) { return std::to_integer<std::uint64_t>(bytes[i]); };
    const std::uint64_t coded = head(16) << 8 | head(17);
    const std::uint64_t page = coded == 1 ? 65536 : coded;
    const std::uint64_t pages = head(28) << 24 | head(29) << 16 | head(30) << 8 | head(31);
    if (there >= page * pages) return {};
    return "it is cut off, " + std::to_string(there) + " of " + std::to_string(page * pages) + " bytes are there";
}

std::optional<std::uint64_t> stored_fingerprint(const Facts& facts) {
    const auto fact = facts.find("fingerprint");
    std::uint64_t value = 0;
    if (fact == facts.end() || fact->second.size() != 16) return std::nullopt;
    const char* const end = fact->second.data() + fact->second.size();
    const auto [at, problem] = std::from_chars(fact->second.data(), end, value, 16);
    return problem == std::errc{} && at == end ? std::optional(value) : std::nullopt;
}

void cut_before(SessionIndex& index, std::size_t chunk, std::string why) {
    index.regions.resize(index.chunks[chunk].first_region());
    index.chunks.resize(chunk);
    index.damage = std::move(why);
    index.overview = {};
    const std::uint32_t events = index.events();
    for (trace::Region& each : index.regions) {
        if (each.died.valid() && each.died.value >= events) each.died = {};
        if (each.parent.valid() && each.parent.value >= index.regions.size()) each.parent = {};
    }
}

// Of a session that stays on the disk all bytes are looked at, as fast as the disk gives them, and the overview is read. A
// file that nobody writes is looked at beside the reading of the index, over a connection of its own.
struct Beside {
    Verified verified;
    trace::Overview overview;
};

Beside look_beside(Database& database) {
    // The overview first: its pages lie where the chunks' rows do not.
    Beside beside;
    beside.overview = read_overview(database);
    beside.verified = verify_chunks(database);
    return beside;
}

// No future when there can be no thread: then it is done afterwards.
std::future<Beside> start_looking_beside(const std::filesystem::path& file) {
    try {
        return std::async(std::launch::async, [file] {
            Database database(file, Database::Use::immutable);
            return look_beside(database);
        });
    } catch (const std::system_error&) {
        return {};
    }
}

// As far as a file can be believed whose tables have not been looked at.
std::int64_t events_told(Database& database) {
    try {
        return database.number("SELECT coalesce((SELECT first_event + events FROM chunk ORDER BY id DESC LIMIT 1), 0)");
    } catch (const SqlFailure&) {
        return 0;  // who reads the index says what is wrong
    }
}

struct Decoded {
    std::vector<trace::Event> events;
    Unpacker::Contents contents;
};

// Everything into memory. What cannot be read ends the trace; that has to be known before anything goes into it, for a
// region's fate may lie behind the end.
Trace read_whole(Database& database, SessionIndex& index) {
    ChunkReader reader(database);
    std::vector<Decoded> decoded;
    for (std::size_t i = 0; i < index.chunks.size(); ++i) {
        try {
            Decoded each;
            reader.events(index, i, each.events);
            reader.contents(index, i, each.events, 0, each.contents);
            decoded.push_back(std::move(each));
        } catch (const Refused& refused) {
            cut_before(index, i, refused.what);
        } catch (const UnpackFailure& failure) {
            cut_before(index, i, failure.what());
        } catch (const SqlFailure& failure) {
            cut_before(index, i, failure.what());
        }
    }
    Trace run;
    run.set_description(index.description);
    for (const std::string& each : index.names)
        if (run.intern(each).value != &each - index.names.data()) refuse("a name stands in it twice");
    run.set_layers(index.layers);
    std::vector<trace::Change> changes;
    std::uint32_t region = 0;
    for (const Decoded& each : decoded) {
        const std::span<const std::byte> bytes(each.contents.bytes);
        for (const std::uint64_t position : each.contents.initial) {
            const trace::Region& born = index.regions[region++];
            run.add_region(born, bytes.subspan(position, born.size));
        }
        for (const trace::Event& event : each.events) {
            changes.clear();
            for (trace::Change change :
                 std::span(each.contents.changes).subspan(event.first_change, event.change_count)) {
                change.before = run.store_bytes(bytes.subspan(change.before, change.length));
                change.after = run.store_bytes(bytes.subspan(change.after, change.length));
                changes.push_back(change);
            }
            run.append(event, changes);
        }
    }
    return run;
}

std::string up_to(std::uint32_t events) {
    return events == 0 ? std::string("nothing of it can be shown")
                       : "shown is what comes before: " + std::to_string(events) + (events == 1 ? " event" : " events");
}

void tell_condition(Opened& opened, const SessionIndex& index, const std::string& cut_off) {
    const std::uint32_t events = index.events();
    const auto state = index.facts.find("state");
    const auto recorder = index.facts.find("recorder");
    if (!index.damage.empty()) {
        opened.condition = Condition::damaged;
        opened.notice = "The session is damaged: " + (cut_off.empty() ? index.damage : cut_off) + "; " + up_to(events) + ".";
    } else if (!cut_off.empty()) {
        opened.condition = Condition::damaged;
        opened.notice = "The session is damaged: " + cut_off + "; every event of it is there.";
    } else if (state != index.facts.end() && state->second == "complete") {
        opened.condition = Condition::complete;
        if (const auto lacking = index.facts.find("lacking"); lacking != index.facts.end())
            opened.notice = "The recording is whole, the session is not: " + lacking->second + ".";
    } else if (recorder != index.facts.end() && still_runs(recorder->second)) {
        opened.condition = Condition::recording;
        opened.notice = "The session is being recorded at this moment; shown are its first " + std::to_string(events) +
                        " events.";
    } else {
        opened.condition = Condition::recovered;
        opened.notice = "The recording was cut short: the program that recorded it ended without closing it. " +
                        (events == 0 ? std::string("No event had reached the disk.")
                                     : "Everything up to event " + std::to_string(events - 1) + " was recovered.");
    }
}

// The trace alone when it fits into memory; beside it, what can be known without.
Opened read_chunked(Connection& connection, const std::filesystem::path& file, const OpenOptions& options,
                    const std::string& cut_off) {
    Database& database = *connection.database;
    Opened opened;
    std::future<Beside> beside;
    if (!connection.with_log && events_told(database) > static_cast<std::int64_t>(options.most_in_memory))
        beside = start_looking_beside(file);
    SessionIndex index = read_index(database);
    const bool paged = index.events() > options.most_in_memory;
    if (paged) {
        Beside seen = beside.valid() ? beside.get() : look_beside(database);
        index.overview = std::move(seen.overview);
        if (!seen.verified.damage.empty() && seen.verified.chunks < index.chunks.size())
            cut_before(index, seen.verified.chunks, seen.verified.damage);
    } else {
        index.overview = read_overview(database);
        opened.trace = read_whole(database, index);
    }
    if (index.overview.events() == index.events()) opened.overview = std::move(index.overview);
    opened.fingerprint = stored_fingerprint(index.facts);
    tell_condition(opened, index, cut_off);
    if (paged && !index.chunks.empty()) {
        database.run("COMMIT");
        opened.trace = paged_trace(std::move(connection), std::move(index));
    }
    if (opened.condition == Condition::damaged) opened.fingerprint.reset();
    return opened;
}

Opened read_session(Connection& connection, const std::filesystem::path& file, std::int64_t version,
                    const OpenOptions& options) {
    Database& database = *connection.database;
    Opened opened;
    const std::string cut_off = connection.with_log ? std::string() : what_is_cut_off(database);
    if (version == 1) {
        if (!cut_off.empty()) refuse(cut_off);
        opened.trace = format_1::read_trace(database);
        opened.fingerprint = stored_fingerprint(read_facts(database));
    } else {
        opened = read_chunked(connection, file, options, cut_off);
    }
    if (opened.overview.events() != opened.trace.size()) {
        opened.overview = {};
        for (const trace::Event& each : opened.trace.events()) opened.overview.add(each);
    }
    opened.format = static_cast<std::int32_t>(version);
    return opened;
}

}  // namespace

std::variant<Opened, Problem> open(const std::filesystem::path& file, const OpenOptions& options) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status))
        return Problem{file, "does not exist or cannot be reached", "Check the name and the folder."};
    if (std::filesystem::is_directory(status)) return Problem{file, "is a folder", "Choose a file in it."};
    if (!std::filesystem::is_regular_file(status))
        return Problem{file, "is not an ordinary file", "Choose a file that ends in .chimney."};
    if (std::filesystem::file_size(file, error) == 0 && !error) return Problem{file, "is empty", other_copy};
    try {
        Connection connection = connect(file);
        Database& database = *connection.database;
        // All of one moment, even while somebody records.
        database.run("BEGIN");
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
        if (version < 1) return Problem{file, "has an unknown format (" + std::to_string(version) + ")", other_copy};
        Opened opened = read_session(connection, file, version, options);
        if (connection.database) database.run("COMMIT");
        return opened;
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

std::variant<Trace, Problem> load(const std::filesystem::path& file, std::string* notice) {
    auto opened = open(file);
    if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
    Opened& session = std::get<Opened>(opened);
    if (session.condition == Condition::damaged) {
        std::string what = "is damaged: " + session.notice.substr(session.notice.find(": ") + 2);
        if (what.ends_with('.')) what.pop_back();
        return Problem{file, what, other_copy};
    }
    if (notice != nullptr) *notice = std::move(session.notice);
    return std::move(session.trace);
}

}  // namespace chimneylab::session
