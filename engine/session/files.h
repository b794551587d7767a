// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The file system's side of a session: whether a place may be taken, a new file beside it, the one step that puts it
// there, and what to say when it cannot be done. Thread safe: no state.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "engine/session/database.h"
#include "engine/session/session.h"

namespace chimneylab::session {

// The file that is meant: absolute, and where a link leads.
[[nodiscard]] std::filesystem::path target_of(const std::filesystem::path& file);
// Is there something at this place that is not ours to replace: a folder, another file, a recording in progress?
[[nodiscard]] std::optional<Problem> in_the_way(const std::filesystem::path& file);
// A new, empty file beside the target: same folder, so that renaming it is one step. 0, or the system's error.
[[nodiscard]] int create_beside(const std::filesystem::path& target, std::filesystem::path& made);
// Renames it over the target; logs that a killed recording left there belonged to the old file and go first.
[[nodiscard]] int take_the_place(const std::filesystem::path& made, const std::filesystem::path& target);

// save(), and in the same transaction whatever else belongs into the new file.
[[nodiscard]] std::optional<Problem> save_with(const trace::Trace& run, const std::filesystem::path& file,
                                               const std::function<void(Database&)>& more);

[[nodiscard]] Problem cannot_write(const std::filesystem::path& file, int system_error);
// The same for a failure of SQLite, which does not always keep the reason; `written` is the file it was writing.
[[nodiscard]] Problem cannot_write(const std::filesystem::path& file, const SqlFailure& failure,
                                   const std::filesystem::path& written);

// Who records, told in the file, so that others can see whether it still runs: boot, process and its start time.
[[nodiscard]] std::string this_process();
[[nodiscard]] bool still_runs(std::string_view process);

}  // namespace chimneylab::session
