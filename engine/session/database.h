// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// SQLite with owners: a connection and its statements. Every failure is a SqlFailure with SQLite's code and words; save
// and load turn it into a Problem. Not thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace chimneylab::session {

struct SqlFailure : std::runtime_error {
    SqlFailure(int code_, int system_error_, const std::string& words)
        : std::runtime_error(words), code(code_), system_error(system_error_) {}
    int code;          // SQLite's primary result code
    int system_error;  // errno behind it, 0 when there is none
};

class Database {
public:
    enum class Use {
        immutable,  // nobody writes the file while it is open: no lock, nothing beside it, read-only media too
        shared,     // read while others may write; what a crashed program left in the write-ahead log is taken in
        alone,      // the same without shared memory, for places where none can be made
        write,
    };
    Database(const std::filesystem::path& file, Use use);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void run(std::string_view sql);
    [[nodiscard]] std::int64_t number(std::string_view sql);  // the first column of the first row
    void close();                                             // reports what the destructor would have to swallow
    // Bytes of the file itself through SQLite's own handle: opening it once more would drop SQLite's locks when closed.
    [[nodiscard]] std::uint64_t read_head(std::span<std::byte> head) const;  // returns the size of the file
    [[nodiscard]] sqlite3* handle() const { return database_; }
    [[noreturn]] void fail() const;

private:
    sqlite3* database_ = nullptr;
};

class Statement {
public:
    Statement(Database& database, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    // Parameters are bound one after the other, starting again after every execute().
    Statement& bind(std::int64_t value);
    Statement& bind_text(std::string_view text);
    Statement& bind_bytes(std::span<const std::byte> bytes);
    Statement& bind_null();
    void reset();    // ready to be run again, parameters from the first
    void execute();  // for statements without rows; ready for the next row's parameters afterwards

    [[nodiscard]] bool next();  // steps to the next row
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] bool is_number(int column) const;
    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] std::string_view text(int column) const;             // valid until the next step
    [[nodiscard]] std::span<const std::byte> bytes(int column) const;  // the same

private:
    Database& database_;
    sqlite3_stmt* statement_ = nullptr;
    int parameter_ = 0;
};

}  // namespace chimneylab::session
