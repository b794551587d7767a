// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws a StageScene with the tokens of a theme. Knows nothing of widgets, so the same drawing serves the screen, a
// screenshot and an export. Motion says how far a movement has come; Motion::still() draws the finished state.
#pragma once

#include <QPainter>
#include <vector>

#include "app/desktop/models/stage_scene.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

struct FadingSlot {
    QRectF box;
    int number = 0;
};

struct StageMotion {
    QRectF card;               // where the card is drawn now
    double fill = 1;           // 0 … 1: how far newly filled slots are
    double fade = 0;           // 1 … 0: how much is left of slots that have just been emptied
    std::vector<FadingSlot> fading;
    std::vector<trace::RegionId> filling;
    double words = 1;          // 0 … 1: how far the changed values of the card have appeared
    [[nodiscard]] static StageMotion still(const StageScene& scene);
};

// What lies under a point, for hover and click.
struct StageHit {
    enum class What { nothing, lane, boundary, rung, slot, block, card_slot, card, chip, finding, card_finding, frame } what = What::nothing;
    int index = -1;
};
[[nodiscard]] StageHit hit_test(const StageScene& scene, QPointF point);

void paint_stage(QPainter& painter, const StageScene& scene, const StageMotion& motion, const Theme& theme, StageHit hover);

}  // namespace chimneylab::desktop
