// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws a lens picture where its geometry says, as far as the animation has come. Colours are the theme's; what a mark
// means is its shape first: ◆ changed, ✖ wrong, dashed line saved, dotted line leads to, solid line restored or supplied.
// Pure painting.
#pragma once

#include <QPainter>

#include "app/desktop/lens/lens_geometry.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

struct LensPaint {
    double revealed = 1e9;  // beats that have been told; a fraction is an arrow under way
    int hover_cell = -1;
    int chosen_cell = -1;
    bool focused = false;
    layout::Arch arch = layout::Arch::x64;
    LensScale scale = LensScale::compact;
};

void paint_lens(QPainter& painter, const LensPicture& picture, const LensGeometry& geometry, const LensPaint& how,
                const Theme& theme);

// What a cell holds in few words; both values where two quiet elements that differ share a row.
[[nodiscard]] QString cell_value(const LensPicture& picture, const LensCell& cell, bool out);
// What a cell says as its name: "ImReserved[0]", or "Scratch[0..1]" where two quiet elements share a row.
[[nodiscard]] QString cell_name(const LensPicture& picture, const LensCell& cell, bool out);

}  // namespace chimneylab::desktop
