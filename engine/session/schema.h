// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The SQL of a session file: base tables (read and written by the program), summary tables and word tables (written for
// people with a SQL shell), the person's own tables, and views. FORMAT.md tells what each is for; a test keeps the two in
// step.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace chimneylab::session {

inline constexpr std::int32_t application_id = 0x4348494D;  // "CHIM"
inline constexpr std::int32_t format_version = 2;           // PRAGMA user_version

struct Definition {
    std::string_view name;
    std::string_view sql;
};

// In a sound file these stand in sqlite_schema letter by letter; anything else is refused.
[[nodiscard]] std::span<const Definition> base_tables();
[[nodiscard]] std::span<const Definition> summary_tables();  // derived from the events while they are written
[[nodiscard]] std::span<const Definition> word_tables();     // (id INTEGER PRIMARY KEY, word TEXT)
[[nodiscard]] std::span<const Definition> notes_tables();    // what a person adds; may be edited
[[nodiscard]] std::span<const Definition> views();

namespace format_1 {  // the first format: one row for every event and change
[[nodiscard]] std::span<const Definition> base_tables();
}

}  // namespace chimneylab::session
