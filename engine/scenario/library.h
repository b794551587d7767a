// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Where the scenario library is, and what is in it. $CHIMNEYLAB_SCENARIOS (directories separated by ':') comes first,
// then the source tree this program was built from, then the installed share directory. Thread safe while nobody
// changes the environment.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "engine/scenario/load.h"

namespace chimneylab::scenario {

// Those that exist.
[[nodiscard]] std::vector<std::filesystem::path> library_directories();

struct Library {
    std::vector<Scenario> scenarios;  // sorted by id, m2 before m10; the first directory that has an id wins
    std::vector<Problem> problems;    // of files that could not be read
};
[[nodiscard]] Library load_library();

// `which` is the id of a library scenario or the path of a file.
[[nodiscard]] Loaded find_scenario(std::string_view which);

}  // namespace chimneylab::scenario
