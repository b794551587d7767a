// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Opens a file that may be anything as a session, both ways, and looks at all of it as the views do. Whatever is in the
// file: no crash, no hang, and what is shown is sound. Returns what went wrong, empty when nothing did.
#pragma once

#include <filesystem>
#include <string>

namespace chimneylab::fuzz {

[[nodiscard]] std::string exercise_session(const std::filesystem::path& file);

}  // namespace chimneylab::fuzz
