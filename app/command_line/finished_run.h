// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A scenario run to its end, in this process or, when it has drivers that are not linked, in the driver host. Both give
// the same answer, so whatever is told about a run does not ask where it ran.
#pragma once

#include "app/command_line/json_text.h"
#include "app/command_line/verbs.h"
#include "driver-bridge/host_client/run_in_host.h"
#include "engine/scenario/scenario.h"
#include "engine/trace/history.h"

namespace chimneylab::command_line {

using FinishedRun = driver_host::HostRun;

// The options' drivers, variant, schedule and time limit; problems are in result.problems.
[[nodiscard]] FinishedRun finish_run(const scenario::Scenario& scenario, const RunVerbOptions& options);

// Into the run's document: "crashed", and "crash" and "output" when there are such.
void add_crash_json(const FinishedRun& run, const trace::History& history, Json& json);
// Above what else is told of the run.
void tell_crash(const FinishedRun& run, const trace::History& history, Console& console);

}  // namespace chimneylab::command_line
