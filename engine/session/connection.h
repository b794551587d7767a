// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A connection for reading, in whatever state the file was left: complete, being recorded, cut short with a log beside
// it, in a folder where nothing may be written. Not thread safe.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/session/database.h"

namespace chimneylab::session {

struct Connection {
    std::unique_ptr<Database> database;
    bool with_log = true;  // the file alone may be shorter than it says: the rest is in the log
    // The file and its log had to be copied to where a log can be read; the copy goes with the connection.
    std::shared_ptr<const std::filesystem::path> copy;
};

// Throws SqlFailure.
[[nodiscard]] Connection connect(const std::filesystem::path& file);

}  // namespace chimneylab::session
