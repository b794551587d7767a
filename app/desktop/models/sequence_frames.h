// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Frames in the sequence diagram: a line from the lifeline and row of who sent it to those of who received it, so that frames
// that overtake one another cross; a lost one ends half-way. Pure functions; any thread.
#pragma once

#include "app/desktop/models/sequence_scene.h"

namespace chimneylab::desktop {

// Adds to `scene`, whose lifelines are laid out, the frames under way between two events of the part that is in sight.
void place_frames(SequenceScene& scene, const SequenceRequest& request, trace::EventId from, trace::EventId to);
// What stands beside the event of a frame: what is sent, or which one arrives or is lost.
[[nodiscard]] QString frame_label(const SequenceIndex& index, trace::EventId event);

}  // namespace chimneylab::desktop
