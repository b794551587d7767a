// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Reads a scenario file. Either there is a scenario and no problem, or there are problems and no scenario. Nothing in a
// file can make reading throw, crash, hang or take more memory than a bound; see document.h and Bounds. Thread safe.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/scenario/problem.h"
#include "engine/scenario/scenario.h"

namespace chimneylab::scenario {

struct Loaded {
    std::optional<Scenario> scenario;
    std::vector<Problem> problems;
};

[[nodiscard]] Loaded load_file(const std::filesystem::path& path);
// `name` stands for the file in problems and becomes Scenario::source.
[[nodiscard]] Loaded load_text(std::string_view name, std::string_view text);

}  // namespace chimneylab::scenario
