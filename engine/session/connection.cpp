// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/connection.h"

#include <sqlite3.h>
#include <stdlib.h>

#include <system_error>

namespace chimneylab::session {
namespace {

bool holds_something(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    return !error && size > 0;
}

std::unique_ptr<Database> opened_and_read(const std::filesystem::path& file, Database::Use use) {
    auto database = std::make_unique<Database>(file, use);
    // Nothing is touched before the first query; a log that cannot be read shows here.
    (void)database->number("SELECT count(*) FROM sqlite_schema");
    return database;
}

std::shared_ptr<const std::filesystem::path> copy_with_log(const std::filesystem::path& file) {
    std::string pattern = (std::filesystem::temp_directory_path() / "chimneylab-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw SqlFailure(SQLITE_CANTOPEN, errno, "no temporary folder");
    std::shared_ptr<const std::filesystem::path> folder(new std::filesystem::path(pattern),
                                                        [](const std::filesystem::path* each) {
                                                            std::error_code error;
                                                            std::filesystem::remove_all(*each, error);
                                                            delete each;
                                                        });
    std::error_code error;
    for (const char* part : {"", "-wal", "-journal"}) {
        if (!holds_something(file.string() + part)) continue;
        std::filesystem::copy_file(file.string() + part, (*folder / "session.chimney").string() + part, error);
        if (error) throw SqlFailure(SQLITE_CANTOPEN, error.value(), error.message());
        std::filesystem::permissions((*folder / "session.chimney").string() + part,
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
    }
    return folder;
}

}  // namespace

Connection connect(const std::filesystem::path& file) {
    const std::string name = std::filesystem::absolute(file).string();
    const bool log = holds_something(name + "-wal") || holds_something(name + "-journal");
    if (!log) {
        try {
            return {opened_and_read(file, Database::Use::immutable), false, nullptr};
        } catch (const SqlFailure& failure) {
            // A file whose recording has only begun, or whose empty log was lost, says that there is a log.
            if (failure.code != SQLITE_CANTOPEN) throw;
        }
    }
    try {
        return {opened_and_read(file, Database::Use::shared), true, nullptr};
    } catch (const SqlFailure& failure) {
        if (failure.code == SQLITE_NOTADB || failure.code == SQLITE_CORRUPT || failure.code == SQLITE_BUSY) throw;
    }
    try {
        return {opened_and_read(file, Database::Use::alone), true, nullptr};
    } catch (const SqlFailure& failure) {
        if (failure.code == SQLITE_NOTADB || failure.code == SQLITE_CORRUPT) throw;
    }
    auto copy = copy_with_log(file);
    auto database = opened_and_read(*copy / "session.chimney", Database::Use::shared);
    return {std::move(database), true, std::move(copy)};
}

}  // namespace chimneylab::session
