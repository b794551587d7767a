// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A picture of a window with at most 256 colours, so that its PNG is a third of the size: the colours that fill it stay
// exact, the shades at the edges of letters are rounded to the nearest of the rest. Pure.
#pragma once

#include <QImage>

namespace chimneylab::desktop {

[[nodiscard]] QImage with_palette(const QImage& picture);

}  // namespace chimneylab::desktop
