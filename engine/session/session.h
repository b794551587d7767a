// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A whole run in one file: sessions, `.chimney`. One SQLite 3 database without companions once it is complete, so that it
// can be copied and mailed; the tables and the views for the sqlite3 shell are described in FORMAT.md.
// save() is all or nothing: the new file takes the place of an old one in one step, and when anything goes wrong the old
// file is as it was. A run that is recorded while it goes on is written by Writer (writer.h).
// open() gives back exactly what was saved, measured times included; of a file that was cut short or damaged it gives
// what is whole and says what is not. It trusts nothing in the file and never changes what was recorded.
// Thread rule: no state; calls on different files may run at the same time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "engine/trace/overview.h"
#include "engine/trace/trace.h"

namespace chimneylab::session {

inline constexpr std::string_view file_extension = ".chimney";

struct Problem {
    std::filesystem::path file;
    std::string what;                           // "is not a ChimneyLab session"
    std::string remedy;                         // "Choose a file that ends in .chimney."
    [[nodiscard]] std::string to_text() const;  // "/home/me/a.chimney: is not …. Choose …"
};

enum class Condition : std::uint8_t {
    complete,
    recording,  // a program is writing it at this moment; the trace is what it has brought to the disk
    recovered,  // the recording was cut short: the program ended without closing it, or the machine did
    damaged,    // a part of the file cannot be read or was altered; the trace is what comes before that part
};

struct Opened {
    trace::Trace trace;
    trace::Overview overview;  // of the same events
    Condition condition = Condition::complete;
    std::string notice;  // one or two sentences for people; empty when the session is complete and lacks nothing
    std::optional<std::uint64_t> fingerprint;  // as its producer told it; none for a recording that was cut short
    std::int32_t format = 0;
};

[[nodiscard]] std::optional<Problem> save(const trace::Trace& trace, const std::filesystem::path& file);
struct OpenOptions {
    // A session with more events stays on the disk (trace::Trace::paged()) and is checked chunk by chunk when somebody
    // looks; a smaller one is read into memory and checked at once.
    std::size_t most_in_memory = 250'000;
};
[[nodiscard]] std::variant<Opened, Problem> open(const std::filesystem::path& file, const OpenOptions& options = {});
// The trace alone, and what there is to say about it; a damaged session is a problem.
[[nodiscard]] std::variant<trace::Trace, Problem> load(const std::filesystem::path& file, std::string* notice = nullptr);

}  // namespace chimneylab::session
