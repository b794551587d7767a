// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <system_error>

#include "engine/session/files.h"
#include "engine/session/session.h"
#include "engine/session/store.h"
#include "engine/trace/fingerprint.h"

namespace chimneylab::session {
namespace {

using trace::Trace;

void write(const Trace& run, const std::filesystem::path& file, const std::function<void(Database&)>& more) {
    Database database(file, Database::Use::write);
    // The file is new and nobody else knows it: no journal is needed, and everything reaches the disk at the commit.
    database.run("PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE");
    database.run("PRAGMA cache_size = -32768");
    database.run("BEGIN");
    create_tables(database);
    {
        Store store(database);
        Part part;
        ChunkPacker packer;
        PackedChunk packed;
        const auto put = [&] {
            packer.pack(part, true, packed);
            store.put(part, true, packed);
        };
        for (std::uint32_t i = 0; i < run.string_count(); ++i)
            part.names.emplace_back(run.text(trace::StringId(i)));
        std::uint32_t region = 0;
        for (std::uint32_t i = 0; i < run.size(); ++i) {
            while (region < run.region_count() && run.region(trace::RegionId(region)).born.value <= i)
                part.copy_region(run, trace::RegionId(region++));
            part.copy_event(run, trace::EventId(i));
            if (!part.full()) continue;
            put();
            part.follow_on();
        }
        // Regions that were announced and never seen belong to the event that did not come.
        while (region < run.region_count()) part.copy_region(run, trace::RegionId(region++));
        if (!part.events.empty() || !part.regions.empty() || !part.names.empty()) put();
        packed.rows.clear();
        packer.flush(packed.rows);
        store.put(packed.rows);
        store.describe(run.description(), run.layers());
        store.seal(trace::fingerprint(run));
        if (more) more(database);
        database.run("COMMIT");
    }
    database.close();
}

}  // namespace

std::string Problem::to_text() const { return file.string() + ": " + what + ". " + remedy; }

std::optional<Problem> save_with(const Trace& run, const std::filesystem::path& file,
                                 const std::function<void(Database&)>& more) {
    if (file.empty() || !file.has_filename())
        return Problem{file, "is not a file name", "Name a file, such as run.chimney."};
    const std::filesystem::path target = target_of(file);
    if (auto problem = in_the_way(target)) return problem;
    std::filesystem::path made;
    if (const int failed = create_beside(target, made)) return cannot_write(file, failed);
    std::optional<Problem> problem;
    try {
        write(run, made, more);
        if (const int failed = take_the_place(made, target)) problem = cannot_write(file, failed);
    } catch (const SqlFailure& failure) {
        problem = cannot_write(file, failure, made);
    } catch (const std::bad_alloc&) {
        problem = Problem{file, "cannot be written, there is not enough memory", "Close other programs and try again."};
    }
    std::error_code error;
    if (problem) std::filesystem::remove(made, error);
    return problem;
}

std::optional<Problem> save(const Trace& run, const std::filesystem::path& file) { return save_with(run, file, {}); }

}  // namespace chimneylab::session
