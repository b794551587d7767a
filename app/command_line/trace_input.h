// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A trace by the name a person gives: a recorded session, or a scenario, which is then run.
#pragma once

#include <optional>
#include <string>

#include "app/command_line/verbs.h"
#include "engine/trace/trace.h"

namespace chimneylab::command_line {

// The trace, or none after what is wrong has been told on the error stream (exit_bad_input). A name with the extension of
// a session, or of a file that is no YAML, is a session; everything else an id or file of a scenario.
[[nodiscard]] std::optional<trace::Trace> trace_of(const TraceName& name, Console& console);

}  // namespace chimneylab::command_line
