// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/database.h"

#include <sqlite3.h>

#include <algorithm>

#include "engine/trace/text.h"

namespace chimneylab::session {
namespace {

// As a URI, so that it can be opened as immutable: no lock, no journal, nothing written beside the file.
std::string immutable_uri(const std::filesystem::path& file) {
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(file).string()) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("/-._~").find(c) != std::string_view::npos;
        if (plain)
            uri += c;
        else
            uri += "%" + trace::hex_digits(static_cast<unsigned char>(c), 2);
    }
    return uri + "?immutable=1";
}

}  // namespace

Database::Database(const std::filesystem::path& file, Use use) {
    const bool reading = use != Use::write;
    const std::string name = use == Use::immutable ? immutable_uri(file) : std::filesystem::absolute(file).string();
    const int flags = use == Use::immutable ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE;
    if (sqlite3_open_v2(name.c_str(), &database_, flags | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) {
        const SqlFailure failure(sqlite3_errcode(database_), sqlite3_system_errno(database_),
                                 sqlite3_errmsg(database_));
        sqlite3_close(database_);
        throw failure;
    }
    sqlite3_busy_timeout(database_, 5000);
    if (reading) {
        sqlite3_limit(database_, SQLITE_LIMIT_LENGTH, 256 << 20);
        sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
        // Whoever reads changes nothing; what the log holds is still brought into the file when the last one leaves.
        sqlite3_exec(database_, "PRAGMA query_only = 1", nullptr, nullptr, nullptr);
    }
    if (use == Use::alone) sqlite3_exec(database_, "PRAGMA locking_mode = EXCLUSIVE", nullptr, nullptr, nullptr);
    // A file that is cut off is read as far as it goes. Nothing is ever written through this connection.
    if (use == Use::immutable) sqlite3_exec(database_, "PRAGMA writable_schema = 1", nullptr, nullptr, nullptr);
}

Database::~Database() { sqlite3_close(database_); }

void Database::close() {
    if (sqlite3_close(database_) != SQLITE_OK) fail();
    database_ = nullptr;
}

void Database::fail() const {
    throw SqlFailure(sqlite3_errcode(database_), sqlite3_system_errno(database_), sqlite3_errmsg(database_));
}

void Database::run(std::string_view sql) {
    if (sqlite3_exec(database_, std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

std::uint64_t Database::read_head(std::span<std::byte> head) const {
    sqlite3_file* file = nullptr;
    sqlite3_int64 size = 0;
    if (sqlite3_file_control(database_, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr ||
        file->pMethods == nullptr || file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        return 0;
    std::ranges::fill(head, std::byte{0});
    // A short read fills with zeros, as asked for above.
    file->pMethods->xRead(file, head.data(), static_cast<int>(head.size()), 0);
    return static_cast<std::uint64_t>(size);
}

std::int64_t Database::number(std::string_view sql) {
    Statement statement(*this, sql);
    return statement.next() ? statement.number(0) : 0;
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
    if (sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()), &statement_, nullptr) !=
        SQLITE_OK)
        database.fail();
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(std::int64_t value) {
    if (sqlite3_bind_int64(statement_, ++parameter_, value) != SQLITE_OK) database_.fail();
    return *this;
}

// What is bound stays where it is until execute() has run, so nothing is copied. An empty view may have no address, and
// SQLite takes a null address for NULL.
Statement& Statement::bind_text(std::string_view text) {
    const char* const data = text.empty() ? "" : text.data();
    if (sqlite3_bind_text64(statement_, ++parameter_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK)
        database_.fail();
    return *this;
}

Statement& Statement::bind_bytes(std::span<const std::byte> bytes) {
    const void* const data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
    if (sqlite3_bind_blob64(statement_, ++parameter_, data, bytes.size(), SQLITE_STATIC) != SQLITE_OK) database_.fail();
    return *this;
}

Statement& Statement::bind_null() {
    if (sqlite3_bind_null(statement_, ++parameter_) != SQLITE_OK) database_.fail();
    return *this;
}

void Statement::reset() {
    sqlite3_reset(statement_);
    parameter_ = 0;
}

void Statement::execute() {
    const int result = sqlite3_step(statement_);
    // A statement that returns a row (a PRAGMA) has done its work all the same.
    if (result != SQLITE_DONE && result != SQLITE_ROW) {
        const SqlFailure failure(sqlite3_errcode(database_.handle()), sqlite3_system_errno(database_.handle()),
                                 sqlite3_errmsg(database_.handle()));
        reset();
        throw failure;
    }
    reset();
}

bool Statement::next() {
    const int result = sqlite3_step(statement_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) database_.fail();
    return result == SQLITE_ROW;
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
bool Statement::is_number(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_INTEGER; }
std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return data == nullptr ? std::string_view{}
                           : std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

std::span<const std::byte> Statement::bytes(int column) const {
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
    return data == nullptr ? std::span<const std::byte>{}
                           : std::span(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

}  // namespace chimneylab::session
