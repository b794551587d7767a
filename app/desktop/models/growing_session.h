// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A live session grows while the window looks at it: its trace, its history and its findings are extended on the GUI thread,
// between two events. As long as it grows no other thread may read it; who works beside the window asks here first, and
// is told by PlaybackModel::shown_events_changed when it has grown and when it rests. GUI thread.
#pragma once

#include <vector>

#include "app/desktop/models/findings.h"
#include "app/desktop/models/playback_model.h"

namespace chimneylab::desktop {

[[nodiscard]] inline bool is_growing(const PlaybackModel& playback) { return playback.session() && playback.session()->growing; }

// What a checker has found so far, in the form that the views want.
[[nodiscard]] Findings tell_findings(const trace::History& history, const std::vector<verifier::Violation>& violations);

}  // namespace chimneylab::desktop
