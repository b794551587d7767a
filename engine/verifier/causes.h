// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Which violation follows from which. One mistake often breaks several promises further on: a SourceHandle that was not
// restored sends the completion to the wrong driver, which then completes what it does not hold, and entries are never
// released. Only what certainly can follow is grouped; two independent mistakes stay two first causes.
#pragma once

#include <vector>

#include "engine/verifier/violation.h"

namespace chimneylab::verifier {

// Sorts by event and fills in `cause` and `first_cause`.
void find_causes(std::vector<Violation>& violations);
// Whether a broken `cause` can bring about a broken `effect` later.
[[nodiscard]] bool can_follow(std::string_view cause, std::string_view effect);

}  // namespace chimneylab::verifier
