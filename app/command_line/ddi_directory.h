// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Where the DDI headers are: in the source tree this program was built from, else where they are installed.
#pragma once

#include <filesystem>
#include <optional>

namespace chimneylab::command_line {

// The directory that holds ndis.h; none when it cannot be found.
[[nodiscard]] std::optional<std::filesystem::path> ddi_directory();

}  // namespace chimneylab::command_line
