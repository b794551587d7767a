// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The engine as the window's source of sessions: the scenario library, runs of it, and session files. Every function
// works on values of its own, so it may run on any thread.
#pragma once

#include "app/desktop/models/session_source.h"

namespace chimneylab::desktop {

[[nodiscard]] SessionSource engine_source();

}  // namespace chimneylab::desktop
