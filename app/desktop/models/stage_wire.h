// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The network below the stage's lanes, in runs that have one: the frames under way at the present event, each as far from who
// sent it as its time says. A pure function; tested without a window.
#pragma once

#include "app/desktop/models/stage_scene.h"

namespace chimneylab::desktop {

inline constexpr double wire_height = 40;  // with its distance from the lowest lane

// Lays the wire out below the lanes of `scene`, which must leave room for it.
void place_wire(StageScene& scene, const StageRequest& request);

}  // namespace chimneylab::desktop
