// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws the network below the lanes: a line to the peer and the frames on it. Pure painting.
#pragma once

#include <QPainter>

#include "app/desktop/models/stage_scene.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

void paint_wire(QPainter& painter, const StageWire& wire, const Theme& theme, int hovered);  // of its frames; -1: none

}  // namespace chimneylab::desktop
