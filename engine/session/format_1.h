// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Reads a session of the first format. Throws Refused or SqlFailure. Thread safe: no state.
#pragma once

#include "engine/session/database.h"
#include "engine/trace/trace.h"

namespace chimneylab::session::format_1 {

[[nodiscard]] trace::Trace read_trace(Database& database);

}  // namespace chimneylab::session::format_1
