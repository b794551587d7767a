// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a run came to, as JSON and as text.
#pragma once

#include "app/command_line/json_text.h"
#include "app/command_line/verbs.h"
#include "app/command_line/violation_report.h"
#include "engine/scenario/run.h"
#include "engine/trace/history.h"

namespace chimneylab::command_line {

// What a trace alone tells: description, fingerprint, counts, operations, entries. Shared by run and show.
[[nodiscard]] Json trace_json(const trace::History& history, bool timing);
// The same and what only the runner knows: steps, expectations, findings, leaks.
[[nodiscard]] Json run_json(const scenario::RunResult& result, const trace::History& history,
                            const Judgement& judgement, bool timing);
void tell_outcome(const scenario::RunResult& result, const trace::History& history, const Judgement& judgement,
                  Console& console);

}  // namespace chimneylab::command_line
