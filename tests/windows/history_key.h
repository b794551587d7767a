// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What two recordings of one run have in common wherever it was made: what happened, in which layer, of which operation, to
// which block, with which outcome, inside what, and which bytes of which structure it changed. Addresses, measured times and the
// bytes themselves are not part of it: pointers lie elsewhere.
#pragma once

#include <string>
#include <vector>

#include "engine/trace/trace.h"

namespace chimneylab {

// One text for each event, in order.
[[nodiscard]] std::vector<std::string> history_keys(const trace::Trace& trace);
// Where they part, told; empty when they are the same.
[[nodiscard]] std::string first_difference(const std::vector<std::string>& a, const std::vector<std::string>& b);

}  // namespace chimneylab
