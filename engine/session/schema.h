// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The SQL of a session file: base tables (read and written by the program), word tables and views (for people with a
// SQL shell; the program never reads them). FORMAT.md tells what each is for; a test keeps the two in step.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace chimneylab::session {

inline constexpr std::int32_t application_id = 0x4348494D;  // "CHIM"
inline constexpr std::int32_t format_version = 1;           // PRAGMA user_version

struct Definition {
    std::string_view name;
    std::string_view sql;
};

// In a sound file these stand in sqlite_schema letter by letter; anything else is refused.
[[nodiscard]] std::span<const Definition> base_tables();
[[nodiscard]] std::span<const Definition> word_tables();  // (id INTEGER PRIMARY KEY, word TEXT)
[[nodiscard]] std::span<const Definition> views();

}  // namespace chimneylab::session
