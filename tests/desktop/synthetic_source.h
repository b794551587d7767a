// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sessions made by hand for the desktop's tests, so that they need no engine: "one", "five", "deep", "leak".
#pragma once

#include "app/desktop/models/session_source.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::desktop::testing {

[[nodiscard]] SessionPointer synthetic_session(const trace::synthetic::Options& options, const QString& title = {});
[[nodiscard]] SessionSource synthetic_source();

}  // namespace chimneylab::desktop::testing
