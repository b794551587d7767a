// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Is a trace that came from outside safe to read? Every reader (cursor, history, views) relies on what is checked here:
// indices in range, births in order, changes inside regions that have been born, values of enumerations known.
#pragma once

#include <optional>
#include <string>

#include "engine/trace/trace.h"

namespace chimneylab::trace {

// The first thing that is wrong, in one sentence; none when the trace is sound.
[[nodiscard]] std::optional<std::string> integrity_problem(const Trace& trace);

}  // namespace chimneylab::trace
