// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Looks whether what a scenario expects has come true, in its trace and in what the drivers replied. Reading only.
#pragma once

#include <vector>

#include "engine/scenario/run.h"
#include "engine/trace/history.h"

namespace chimneylab::scenario {

// The operations and findings of the result must be there already; its trace is the history's.
[[nodiscard]] std::vector<ExpectationResult> evaluate_expectations(const Scenario& scenario,
                                                                   const trace::History& history,
                                                                   const RunResult& result);

}  // namespace chimneylab::scenario
