// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a session costs: recording a saturating producer, against SQLite storing the same bytes unpacked in chunks of the
// same number of events, and against one row an event. Wall-clock time, disk included; each pair in one run.
#include <benchmark/benchmark.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <cstring>

#include "tests/benchmark/comparison.h"
#include "tests/benchmark/large_session.h"

namespace chimneylab {
namespace {

constexpr std::uint64_t events_wanted = 1'000'000;

std::filesystem::path scratch(const char* name) {
    return std::filesystem::temp_directory_path() / ("chimneylab-" + std::to_string(getpid()) + "-" + name + ".chimney");
}

// A database with the pragmas of a recording session.
class Raw {
public:
    Raw(const std::filesystem::path& file, const char* table, const char* insert) : file_(file) {
        std::filesystem::remove(file);
        sqlite3_open(file.c_str(), &database_);
        sqlite3_exec(database_,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; "
                     "PRAGMA cache_size = -16384",
                     nullptr, nullptr, nullptr);
        sqlite3_exec(database_, table, nullptr, nullptr, nullptr);
        sqlite3_prepare_v2(database_, insert, -1, &insert_, nullptr);
        sqlite3_exec(database_, "BEGIN", nullptr, nullptr, nullptr);
    }
    ~Raw() { std::filesystem::remove(file_); }
    sqlite3_stmt* insert() { return insert_; }
    void step() {
        sqlite3_step(insert_);
        sqlite3_reset(insert_);
    }
    void commit_now_and_then() {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_ < std::chrono::milliseconds(250)) return;
        last_ = now;
        sqlite3_exec(database_, "COMMIT; BEGIN", nullptr, nullptr, nullptr);
    }
    void close() {
        sqlite3_exec(database_, "COMMIT", nullptr, nullptr, nullptr);
        sqlite3_finalize(insert_);
        sqlite3_exec(database_, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE", nullptr, nullptr,
                     nullptr);
        sqlite3_close(database_);
    }

private:
    std::filesystem::path file_;
    sqlite3* database_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double raw_chunks(std::uint64_t& events) {
    benchmark_support::LargeRun run;
    Raw raw(scratch("raw"), "CREATE TABLE chunk(id INTEGER PRIMARY KEY, bytes BLOB)", "INSERT INTO chunk VALUES(?, ?)");
    std::vector<std::byte> blob;
    const auto start = std::chrono::steady_clock::now();
    for (events = 0; events < events_wanted;) {
        const session::Part& part = run.next();
        blob.clear();
        const auto put = [&](const void* data, std::size_t size) {
            const auto* from = static_cast<const std::byte*>(data);
            blob.insert(blob.end(), from, from + size);
        };
        put(part.events.data(), part.events.size() * sizeof(trace::Event));
        put(part.changes.data(), part.changes.size() * sizeof(trace::Change));
        put(part.regions.data(), part.regions.size() * sizeof(trace::Region));
        put(part.bytes.data(), part.bytes.size());
        sqlite3_bind_null(raw.insert(), 1);
        sqlite3_bind_blob64(raw.insert(), 2, blob.data(), blob.size(), SQLITE_STATIC);
        raw.step();
        raw.commit_now_and_then();
        events += part.events.size();
    }
    raw.close();
    return seconds_since(start);
}

double raw_rows(std::uint64_t& events) {
    benchmark_support::LargeRun run;
    Raw raw(scratch("rows"),
            "CREATE TABLE event(id INTEGER PRIMARY KEY, kind, layer, other_layer, name, operation, operation_kind, region, "
            "subject, detail, status, has_status, partner, parent, depth, irql, virtual_time, measured_time)",
            "INSERT INTO event VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    const auto start = std::chrono::steady_clock::now();
    for (events = 0; events < events_wanted;) {
        const session::Part& part = run.next();
        std::int64_t id = part.first_event;
        for (const trace::Event& e : part.events) {
            const std::int64_t columns[] = {id++,
                                            static_cast<std::int64_t>(e.kind),
                                            e.layer,
                                            e.other_layer,
                                            e.name.value,
                                            e.operation.value,
                                            static_cast<std::int64_t>(e.operation_kind),
                                            e.region.value,
                                            static_cast<std::int64_t>(e.subject),
                                            static_cast<std::int64_t>(e.detail),
                                            e.status,
                                            e.has_status,
                                            e.partner.value,
                                            e.parent.value,
                                            e.depth,
                                            e.irql,
                                            static_cast<std::int64_t>(e.virtual_time),
                                            static_cast<std::int64_t>(e.measured_time)};
            for (int i = 0; i < 18; ++i) sqlite3_bind_int64(raw.insert(), i + 1, columns[i]);
            raw.step();
        }
        raw.commit_now_and_then();
        events += part.events.size();
    }
    raw.close();
    return seconds_since(start);
}

void store_rate(benchmark::State& state) {
    double ours = 0, chunks = 0, rows = 0;
    std::uint64_t events = 0, raw_events = 0, row_events = 0;
    double bytes = 0;
    for (auto _ : state) {
        std::uint64_t count = 0;
        ours += benchmark_support::record_large_run(scratch("store"), events_wanted, count);
        events += count;
        bytes = static_cast<double>(std::filesystem::file_size(scratch("store"))) / static_cast<double>(count);
        std::filesystem::remove(scratch("store"));
        chunks += raw_chunks(count);
        raw_events += count;
        rows += raw_rows(count);
        row_events += count;
    }
    const auto ns = [](double seconds, std::uint64_t count) { return seconds * 1e9 / static_cast<double>(count); };
    using benchmark_support::compare_also;
    // At least 0.7 of the rate is at most 1/0.7 of the time; three times the rate is a third of it.
    compare_also(state, "against_raw_chunks", ns(ours, events), ns(chunks, raw_events), 1 / 0.7, "ns");
    compare_also(state, "against_a_row_an_event", ns(ours, events), ns(rows, row_events), 1.0 / 3, "ns");
    compare_also(state, "on_disk", bytes, 48, 1.0, "B");
}
BENCHMARK(store_rate)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(2);

}  // namespace
}  // namespace chimneylab
