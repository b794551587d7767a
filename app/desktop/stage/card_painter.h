// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws the card: the block list's present name, its tree of blocks, and slots A and B with what they hold now.
#pragma once

#include <QPainter>

#include "app/desktop/models/stage_scene.h"
#include "app/desktop/stage/stage_painter.h"

namespace chimneylab::desktop {

// `at`: top left corner. `words`: 0 … 1, how far changed values have appeared.
void paint_card(QPainter& painter, const StageCard& card, QPointF at, double words, const Theme& theme, StageHit hover);

}  // namespace chimneylab::desktop
