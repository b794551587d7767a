// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/files.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <system_error>

namespace chimneylab::session {
namespace {

// SQLite does not always keep the reason of a failed write. Trying to make the file longer tells it; 0: it can grow.
int why_it_cannot_grow(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return errno == ENOENT ? 0 : errno;
    struct stat now {};
    if (::fstat(descriptor, &now) != 0) now.st_size = 0;
    const std::array<char, 65536> some{};
    int reason = 0;
    for (int i = 0; i < 4 && reason == 0; ++i)
        if (::pwrite(descriptor, some.data(), some.size(), now.st_size + i * static_cast<off_t>(some.size())) < 0)
            reason = errno;
    if (reason == 0 && ::fsync(descriptor) != 0) reason = errno;
    (void)!::ftruncate(descriptor, now.st_size);
    ::close(descriptor);
    return reason;
}

std::optional<std::string> recorder_of(const std::filesystem::path& file) {
    try {
        Database database(file, Database::Use::shared);
        Statement row(database, "SELECT value FROM run WHERE key = 'recorder'");
        if (row.next()) return std::string(row.text(0));
    } catch (const SqlFailure&) {
        // No table, or a file that may only be read: then nobody records into it.
    }
    return std::nullopt;
}

std::string first_line(const std::string& file) {
    std::string line;
    std::getline(std::ifstream(file) >> std::ws, line);
    return line;
}

// The moment a process began, in the kernel's words; empty when there is none. Process numbers come again, moments do not.
std::string started(long process) {
    const std::string line = first_line("/proc/" + std::to_string(process) + "/stat");
    const std::size_t name_ends = line.rfind(')');
    if (name_ends == std::string::npos) return {};
    std::size_t at = name_ends + 2;
    for (int field = 3; field < 22 && at != std::string::npos; ++field) {
        at = line.find(' ', at);
        if (at != std::string::npos) ++at;
    }
    return at == std::string::npos ? std::string() : line.substr(at, line.find(' ', at) - at);
}

}  // namespace

Problem cannot_write(const std::filesystem::path& file, int system_error) {
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

std::filesystem::path target_of(const std::filesystem::path& file) {
    std::error_code error;
    std::filesystem::path target = std::filesystem::absolute(file, error);
    if (std::filesystem::is_symlink(target, error)) {
        // The link stays; what it leads to is replaced.
        if (auto real = std::filesystem::canonical(target, error); !error) target = real;
    }
    return target;
}

std::optional<Problem> in_the_way(const std::filesystem::path& file) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status)) return std::nullopt;
    if (std::filesystem::is_directory(status)) return Problem{file, "is a folder", "Give the session a file name."};
    if (!std::filesystem::is_regular_file(status))
        return Problem{file, "is not an ordinary file", "Choose another name."};
    const Problem foreign{file, "exists and is not a ChimneyLab session, so it is left alone",
                          "Choose another name or move that file away."};
    if (::access(file.c_str(), R_OK) != 0)
        return Problem{file, "exists and cannot be read, so it is left alone", "Choose another name."};
    try {
        const Database database(file, Database::Use::immutable);
        std::array<std::byte, 72> head{};
        if (database.read_head(head) == 0) return std::nullopt;
        if (std::memcmp(head.data(), "SQLite format 3", 16) != 0 || std::memcmp(head.data() + 68, "CHIM", 4) != 0)
            return foreign;
    } catch (const SqlFailure&) {
        return foreign;
    }
    const auto recorder = recorder_of(file);
    if (recorder && still_runs(*recorder))
        return Problem{file, "is being recorded by another program at this moment", "Choose another name."};
    return std::nullopt;
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
    // SQLite would take a log of the old file for one of the new.
    for (const char* each : {"-wal", "-shm", "-journal"}) {
        std::error_code error;
        std::filesystem::remove(target.string() + each, error);
    }
    if (::rename(made.c_str(), target.c_str()) != 0) return errno;
    const std::filesystem::path folder = target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
    if (const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); descriptor >= 0) {
        (void)::fsync(descriptor);  // some file systems cannot; the file itself is safe already
        ::close(descriptor);
    }
    return 0;
}

Problem cannot_write(const std::filesystem::path& file, const SqlFailure& failure,
                     const std::filesystem::path& written) {
    int reason = failure.code == SQLITE_FULL ? ENOSPC : failure.system_error;
    if (failure.code == SQLITE_IOERR) {
        for (const char* part : {"", "-wal", "-shm"})
            if (const int found = why_it_cannot_grow(written.string() + part)) reason = found;
    }
    return reason != 0
               ? cannot_write(file, reason)
               : Problem{file, std::string("cannot be written (") + failure.what() + ")", "Save it elsewhere."};
}

std::string this_process() {
    const long process = ::getpid();
    return first_line("/proc/sys/kernel/random/boot_id") + ":" + std::to_string(process) + ":" + started(process);
}

bool still_runs(std::string_view process) {
    const std::size_t first = process.find(':'), second = process.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return false;
    if (process.substr(0, first) != first_line("/proc/sys/kernel/random/boot_id")) return false;
    long number = 0;
    const std::string_view digits = process.substr(first + 1, second - first - 1);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (problem != std::errc{} || end != digits.data() + digits.size()) return false;
    const std::string begun = started(number);
    return !begun.empty() && begun == process.substr(second + 1);
}

}  // namespace chimneylab::session
