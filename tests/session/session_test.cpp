// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/session.h"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "engine/session/schema.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/history.h"
#include "tests/session/session_folder.h"
#include "tests/trace/random_trace.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::session {
namespace {

using testing::HasSubstr;
using trace::Trace;
namespace synthetic = trace::synthetic;

using Session = SessionFolder;

void expect_saved(const Trace& run, const std::filesystem::path& where) {
    const auto problem = save(run, where);
    ASSERT_FALSE(problem) << problem->to_text();
}

void expect_equal(const std::filesystem::path& where, const Trace& run) {
    const auto loaded = load(where);
    ASSERT_TRUE(std::holds_alternative<Trace>(loaded)) << std::get<Problem>(loaded).to_text();
    EXPECT_TRUE(std::get<Trace>(loaded) == run);
    EXPECT_EQ(trace::fingerprint(std::get<Trace>(loaded)), trace::fingerprint(run));
}

TEST_F(Session, what_is_loaded_equals_what_was_saved) {
    for (unsigned drivers : {0u, 1u, 8u}) {
        const Trace run = synthetic::five_operations(drivers);
        expect_saved(run, file());
        expect_equal(file(), run);
    }
    EXPECT_EQ(files_in_folder(), 1u) << "nothing is left beside it";
}

TEST_F(Session, an_empty_trace_is_a_trace) {
    expect_saved(Trace{}, file());
    expect_equal(file(), Trace{});
}

TEST_F(Session, any_trace_survives) {
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
        const Trace run = synthetic::random_trace(seed, 60).trace;
        expect_saved(run, file());
        expect_equal(file(), run);
    }
}

TEST_F(Session, extreme_values_and_names_survive) {
    trace::Recorder recorder;
    trace::Event event;
    event.subject = event.detail = ~0ull;
    event.status = INT32_MIN;
    event.irql = 0xFF;
    event.reserved = 0xFFFFFFFF;
    event.virtual_time = ~0ull;
    event.name = recorder.intern(std::string("zero \0 inside, \xFF\xFE no UTF-8, \"quotes\"; DROP TABLE event", 50));
    recorder.append(event);
    event.name = recorder.intern("");
    event.status = INT32_MAX;
    recorder.append(event);
    const Trace run = recorder.take();
    expect_saved(run, file());
    expect_equal(file(), run);
}

TEST_F(Session, odd_file_names_work) {
    const Trace run = synthetic::one_completion_travels_up();
    for (const char* name : {"with space.chimney", "50%25 ?mode=rw#x.chimney", "größe.chimney", "no extension"}) {
        expect_saved(run, file(name));
        expect_equal(file(name), run);
    }
}

TEST_F(Session, can_be_read_with_any_sqlite_tool) {
    const Trace run = synthetic::five_operations(2);
    expect_saved(run, file());
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open_v2(file().c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    sqlite3_enable_load_extension(database, 1);
    ASSERT_EQ(sqlite3_load_extension(database, CHIMNEYLAB_SQLITE_EXTENSION, nullptr, nullptr), SQLITE_OK);
    const auto answer = [&](const std::string& sql) {
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
            << sqlite3_errmsg(database);
        std::string text;
        while (statement != nullptr && sqlite3_step(statement) == SQLITE_ROW) {
            if (!text.empty()) text += "\n";
            for (int i = 0; i < sqlite3_column_count(statement); ++i) {
                const auto* cell = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
                text += (i ? "|" : "") + std::string(cell ? cell : "NULL");
            }
        }
        sqlite3_finalize(statement);
        return text;
    };
    const trace::History history(run);
    EXPECT_EQ(answer("SELECT count(*) FROM events"), std::to_string(run.size()));
    EXPECT_EQ(answer("SELECT kind, root, root_status_name, conversions FROM operations"),
              "initiate|N1|NDIS_STATUS_SUCCESS|10\nquery|N1|NDIS_STATUS_SUCCESS|10\nupdate|N1|NDIS_STATUS_SUCCESS|10\n"
              "invalidate|N1|NDIS_STATUS_SUCCESS|10\nterminate|N1|NDIS_STATUS_SUCCESS|10");
    EXPECT_EQ(answer("SELECT sum(virtual_latency_ns), sum(measured_latency_ns) FROM operations"), [&] {
        trace::Latency sum;
        for (const trace::Operation& each : history.operations()) {
            sum.virtual_time += history.latency(each)->virtual_time;
            sum.measured_time += history.latency(each)->measured_time;
        }
        return std::to_string(sum.virtual_time) + "|" + std::to_string(sum.measured_time);
    }());
    EXPECT_EQ(answer("SELECT layer, count(*), sum(still_held) FROM call_entries GROUP BY layer"), "IM 1|5|0\nIM 2|5|0");
    EXPECT_EQ(answer("SELECT object, layer FROM offload_entries WHERE layer = 'IM 2'"), "N1|IM 2\nP1|IM 2\nT1|IM 2");
    const auto own = history.layer_latency(history.operations()[1], 2, false);
    EXPECT_EQ(answer("SELECT virtual_ns, measured_ns FROM timings WHERE operation = 1 AND layer = 'IM 2'"),
              std::to_string(own->virtual_time) + "|" + std::to_string(own->measured_time));
    EXPECT_EQ(answer("SELECT count(*) FROM timings"), "15")
        << "five operations in two intermediate drivers and the target";
    EXPECT_EQ(answer("SELECT count(*) FROM findings"), "0");
    EXPECT_EQ(answer("SELECT count(*) FROM changes"), std::to_string(run.all_changes().size()));
    EXPECT_EQ(answer("SELECT value FROM run WHERE key = 'fingerprint'"),
              trace::fingerprint_text(trace::fingerprint(run)));
    EXPECT_EQ(answer("SELECT count(*), min(event), max(event) FROM events WHERE event BETWEEN 10 AND 29"), "20|10|29");
    EXPECT_EQ(answer("SELECT count(*) FROM events WHERE event = 1 + 2"), "1");
    EXPECT_EQ(answer("SELECT count(*) FROM events WHERE event > 4.5 AND event < '9'"), "4");
    EXPECT_EQ(answer("SELECT a.event FROM events a JOIN events b ON b.event = a.partner WHERE b.event = 3"),
              answer("SELECT event FROM events WHERE partner = 3"));
    EXPECT_EQ(answer("SELECT sum(calls) FROM overview WHERE level = 0"),
              answer("SELECT count(*) FROM events WHERE kind = 'enter'"));
    EXPECT_EQ(answer("SELECT detail FROM events WHERE kind = 'conversion' LIMIT 1"), "protocol_to_miniport_by_ndis");
    EXPECT_EQ(answer("PRAGMA integrity_check"), "ok");

    // FORMAT.md names every table, view and column there is.
    const std::string format = read(CHIMNEYLAB_SESSION_FORMAT);
    for (const auto definitions : {base_tables(), summary_tables(), word_tables(), notes_tables(), views()})
        for (const Definition& each : definitions) {
            EXPECT_NE(format.find("`" + std::string(each.name) + "`"), std::string::npos) << each.name;
            std::istringstream columns(answer("SELECT name FROM pragma_table_info('" + std::string(each.name) + "')"));
            for (std::string column; std::getline(columns, column);)
                EXPECT_NE(format.find("`" + column + "`"), std::string::npos) << each.name << "." << column;
        }
    sqlite3_close(database);
}

TEST_F(Session, findings_are_listed) {
    trace::Recorder recorder;
    trace::Event event;
    event.kind = trace::EventKind::finding;
    event.detail = static_cast<std::uint64_t>(trace::FindingKind::leak);
    event.name = recorder.intern("64 bytes were never freed");
    recorder.append(event);
    expect_saved(recorder.take(), file());
    sqlite3* database = nullptr;
    sqlite3_open(file().c_str(), &database);
    std::string row;
    sqlite3_exec(
        database, "SELECT kind || ': ' || explanation FROM findings",
        [](void* to, int, char** cells, char**) { return *static_cast<std::string*>(to) = cells[0], 0; }, &row,
        nullptr);
    sqlite3_close(database);
    EXPECT_EQ(row, "leak: 64 bytes were never freed");
}

TEST_F(Session, saving_over_an_old_session_replaces_it) {
    const Trace first = synthetic::one_completion_travels_up(), second = synthetic::five_operations(3);
    expect_saved(first, file());
    expect_saved(second, file());
    expect_equal(file(), second);
    EXPECT_EQ(files_in_folder(), 1u);
}

TEST_F(Session, a_link_stays_a_link) {
    const Trace first = synthetic::one_completion_travels_up(), second = synthetic::five_operations(1);
    expect_saved(first, file("real.chimney"));
    std::filesystem::create_symlink(file("real.chimney"), file("link.chimney"));
    expect_saved(second, file("link.chimney"));
    EXPECT_TRUE(std::filesystem::is_symlink(file("link.chimney")));
    expect_equal(file("real.chimney"), second);
}

TEST_F(Session, somebody_elses_file_is_left_alone) {
    write(file("notes.txt"), "my notes");
    const auto problem = save(synthetic::one_completion_travels_up(), file("notes.txt"));
    ASSERT_TRUE(problem);
    EXPECT_THAT(problem->to_text(), HasSubstr("is not a ChimneyLab session, so it is left alone"));
    EXPECT_EQ(read(file("notes.txt")), "my notes");
    EXPECT_THAT(save(Trace{}, folder_)->to_text(), HasSubstr("is a folder"));
}

TEST_F(Session, a_full_disk_loses_nothing_that_was_saved) {
    const Trace small = synthetic::one_completion_travels_up();
    expect_saved(small, file());
    synthetic::Options options;
    options.repeat = 1500;
    const Trace large = make_trace(options);
    // A limit on the size of files fails in the same places as a disk that is full.
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit tight = before;
    tight.rlim_cur = 200'000;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
    const auto problem = save(large, file());
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    ASSERT_TRUE(problem);
    EXPECT_THAT(problem->to_text(), HasSubstr("no room"));
    expect_equal(file(), small);
    EXPECT_EQ(files_in_folder(), 1u);
    expect_saved(large, file());
    expect_equal(file(), large);
}

TEST_F(Session, a_folder_that_cannot_be_written_is_a_clear_problem) {
    const Trace run = synthetic::one_completion_travels_up();
    const auto missing = save(run, folder_ / "missing" / "a.chimney");
    ASSERT_TRUE(missing);
    EXPECT_THAT(missing->to_text(), HasSubstr("its folder does not exist"));
    const auto nameless = save(run, "");
    ASSERT_TRUE(nameless);
    const auto refused = save(run, ::geteuid() == 0 ? "/proc/a.chimney" : "/a.chimney");
    ASSERT_TRUE(refused);
    EXPECT_THAT(refused->to_text(), HasSubstr("cannot be written"));
    // A folder where one may only read: what is there can be looked at and stays as it is.
    ASSERT_FALSE(save(run, file()));
    const std::string before = read(file());
    EXPECT_THAT(told_without_rights([&] {
                    const auto read_only = save(run, file("b.chimney"));
                    return read_only ? read_only->to_text() : "was saved";
                }),
                HasSubstr("Save it in a folder that you may write to."));
    EXPECT_THAT(told_without_rights([&] {
                    const auto read_only = save(run, file());
                    return read_only ? read_only->to_text() : "was replaced";
                }),
                HasSubstr("Save it in a folder that you may write to."));
    EXPECT_EQ(told_without_rights([&]() -> std::string {
                  const auto opened = open(file());
                  if (const auto* problem = std::get_if<Problem>(&opened)) return problem->to_text();
                  const Opened& session = std::get<Opened>(opened);
                  return session.condition == Condition::complete && session.trace == run ? "the same" : "another";
              }),
              "the same");
    EXPECT_EQ(read(file()), before);
    EXPECT_EQ(files_in_folder(), 1u);
}

TEST_F(Session, what_is_no_session_is_refused_with_a_reason) {
    EXPECT_THAT(problem_of(file("absent")), HasSubstr("does not exist"));
    EXPECT_THAT(problem_of(folder_), HasSubstr("is a folder"));
    write(file("empty"), "");
    EXPECT_THAT(problem_of(file("empty")), HasSubstr("is empty"));
    write(file("text"), std::string(5000, 'x'));
    EXPECT_THAT(problem_of(file("text")), HasSubstr("is not a ChimneyLab session"));
    write(file("short"), "SQLite format 3");
    EXPECT_THAT(problem_of(file("short")), HasSubstr("is not a ChimneyLab session"));

    sqlite3* database = nullptr;
    sqlite3_open(file("other.db").c_str(), &database);
    sqlite3_exec(database, "CREATE TABLE t(x)", nullptr, nullptr, nullptr);
    sqlite3_close(database);
    EXPECT_THAT(problem_of(file("other.db")), HasSubstr("not a ChimneyLab session"));
}

void alter(const std::filesystem::path& where, const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(where.c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
}

TEST_F(Session, every_tampering_is_noticed) {
    const Trace run = synthetic::five_operations(1);
    const auto tampered = [&](const char* sql) {
        std::filesystem::remove(file());
        EXPECT_FALSE(save(run, file()));
        alter(file(), sql);
        return problem_of(file());
    };
    EXPECT_THAT(tampered("PRAGMA user_version = 3"),
                HasSubstr("newer ChimneyLab (format 3, this program reads up to 2)"));
    EXPECT_THAT(tampered("PRAGMA user_version = 0"), HasSubstr("unknown format"));
    EXPECT_THAT(tampered("PRAGMA application_id = 7"), HasSubstr("not a ChimneyLab session"));
    EXPECT_THAT(tampered("UPDATE run SET value = 'm9' WHERE key = 'scenario'"), HasSubstr("changed after"));
    EXPECT_THAT(tampered("UPDATE name SET text = 'x' WHERE id = 1"), HasSubstr("changed after"));
    EXPECT_THAT(tampered("UPDATE layer SET role = 2 WHERE id = 1"), HasSubstr("changed after"));
    EXPECT_THAT(tampered("UPDATE layer SET role = 9 WHERE id = 1"), HasSubstr("role"));
    EXPECT_THAT(tampered("UPDATE chunk SET virtual_end = virtual_end + 1"), HasSubstr("changed after"));
    EXPECT_THAT(tampered("UPDATE chunk SET events = events - 1"), HasSubstr("damaged"));
    EXPECT_THAT(tampered("UPDATE chunk SET first_event = 1"), HasSubstr("rows are not in order"));
    EXPECT_THAT(tampered("UPDATE chunk SET regions = 4000000000"), HasSubstr("damaged"));
    EXPECT_THAT(tampered("UPDATE chunk SET changes = -1"), HasSubstr("damaged"));
    EXPECT_THAT(tampered("UPDATE chunk SET births = 'x'"), HasSubstr("cannot be unpacked"));
    EXPECT_THAT(tampered("UPDATE chunk SET checksum = zeroblob(16)"), HasSubstr("changed after"));
    EXPECT_THAT(tampered("UPDATE chunk SET checksum = ''"), HasSubstr("checksum"));
    EXPECT_THAT(tampered("UPDATE chunk_data SET events = zeroblob(length(events))"), HasSubstr("changed after"));
    EXPECT_THAT(tampered("UPDATE chunk_data SET contents = contents || x'00'"), HasSubstr("changed after"));
    EXPECT_THAT(tampered("DELETE FROM chunk_data"), HasSubstr("missing"));
    EXPECT_THAT(tampered("DELETE FROM chunk"), HasSubstr("missing"));
    EXPECT_THAT(tampered("DELETE FROM run WHERE key = 'mode'"), HasSubstr("incomplete"));
    EXPECT_THAT(tampered("DROP TABLE chunk_data"), HasSubstr("table \"chunk_data\" is missing or damaged"));
    EXPECT_THAT(tampered("PRAGMA legacy_alter_table = 1; ALTER TABLE chunk RENAME TO c; CREATE VIEW chunk AS WITH RECURSIVE n(i) AS (SELECT 0 UNION "
                         "ALL SELECT i + 1 FROM n) SELECT i AS id FROM n"),
                HasSubstr("table \"chunk\" is missing or damaged"));
    EXPECT_EQ(tampered("VACUUM"), "no problem") << "moving pages about changes nothing";
    EXPECT_EQ(tampered("DELETE FROM overview"), "no problem") << "it is made anew from the events";
    EXPECT_EQ(tampered("UPDATE overview SET events = 7, level = 3"), "no problem");
}

TEST_F(Session, a_file_cut_off_anywhere_is_a_problem) {
    expect_saved(synthetic::one_completion_travels_up(), file());
    const std::string whole = read(file());
    for (std::size_t length = 1; length < whole.size(); length += 997) {
        write(file("cut"), whole.substr(0, length));
        EXPECT_TRUE(std::holds_alternative<Problem>(load(file("cut")))) << "cut to " << length;
    }
    EXPECT_THAT(problem_of(file("cut")), HasSubstr("cut off"));
}

TEST_F(Session, any_wrong_byte_gives_a_problem_or_the_same_trace) {
    const Trace run = synthetic::one_completion_travels_up();
    expect_saved(run, file());
    const std::string whole = read(file());
    std::size_t problems = 0, tries = 0;
    std::uint32_t noise = 1;
    for (std::size_t at = 0; at < whole.size(); at += at < 4096 ? 13 : 211, ++tries) {
        std::string broken = whole;
        noise = noise * 1664525 + 1013904223;
        broken[at] = static_cast<char>(broken[at] ^ static_cast<char>(1 + noise % 255));
        write(file("broken"), broken);
        const auto loaded = load(file("broken"));
        if (std::holds_alternative<Problem>(loaded))
            ++problems;
        else
            EXPECT_TRUE(std::get<Trace>(loaded) == run) << "byte " << at;
    }
    EXPECT_GT(problems, tries / 50) << "much of a small file is empty pages, but not all of it";
}

TEST_F(Session, loading_leaves_no_trace) {
    expect_saved(synthetic::one_completion_travels_up(), file());
    const std::string before = read(file());
    (void)load(file());
    EXPECT_EQ(read(file()), before);
    EXPECT_EQ(files_in_folder(), 1u);
}

}  // namespace
}  // namespace chimneylab::session
