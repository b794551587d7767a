// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The version of the project, as CMake knows it.
#pragma once

namespace chimneylab::command_line {

[[nodiscard]] const char* version_text();

}  // namespace chimneylab::command_line
