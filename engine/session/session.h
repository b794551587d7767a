// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A whole run in one file: saved traces, `.chimney`. One SQLite 3 database without companions, so that it can be copied
// and mailed; the tables and the views for the sqlite3 shell are described in FORMAT.md.
// save() is all or nothing: the new file takes the place of an old one in one step, and when anything goes wrong the
// old file is as it was. load() gives back exactly what was saved, measured times included, or one clear problem; it
// trusts nothing in the file and never changes it. Thread rule: no state; calls on different files may run at the same
// time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "engine/trace/trace.h"

namespace chimneylab::session {

inline constexpr std::string_view file_extension = ".chimney";

struct Problem {
    std::filesystem::path file;
    std::string what;                           // "is not a ChimneyLab session"
    std::string remedy;                         // "Choose a file that ends in .chimney."
    [[nodiscard]] std::string to_text() const;  // "/home/me/a.chimney: is not …. Choose …"
};

[[nodiscard]] std::optional<Problem> save(const trace::Trace& trace, const std::filesystem::path& file);
[[nodiscard]] std::variant<trace::Trace, Problem> load(const std::filesystem::path& file);

}  // namespace chimneylab::session
