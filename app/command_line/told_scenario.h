// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A scenario in the words of the language that it is told in.
#pragma once

#include <string>

#include "app/command_line/verbs.h"
#include "engine/scenario/scenario.h"

namespace chimneylab::command_line {

// `language` as given with --language; empty: that of the environment. A translation that cannot be used is named on the error
// stream, and the scenario stays English. For telling only; what is run is the scenario itself (engine/scenario/translation.h).
[[nodiscard]] scenario::Scenario told_in(const std::string& language, const scenario::Scenario& scenario, Console& console);

}  // namespace chimneylab::command_line
