// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where everything of a lens picture lies: the two columns of members, the boxes between them, the lines that join them.
// Compact (one row a member, quiet arrays in one row) or to scale (every byte the same height, gaps of the layout shown).
// Device-independent pixels, origin at the top left of the drawing. Pure.
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <vector>

#include "app/desktop/models/lens_picture.h"

namespace chimneylab::desktop {

enum class LensScale { compact, bytes };

struct LensCell {
    QRectF in, out;
    int first = 0, count = 1;  // rows of the picture; a quiet array of two is one cell
};

struct LensStateCell {
    QRectF in, out;
    int state = -1;  // index of LensPicture::states; −1: all of them in one cell (compact)
};

struct LensBoxCell {
    QRectF box, title;
    std::vector<QRectF> lines;
};

struct LensLink {
    enum class Kind { same, saved, leads, restored, supplied };
    Kind kind = Kind::same;
    QPointF from, to;
    int cell = 0;
};

struct LensGeometry {
    QSizeF size;
    QRectF header_in, header_out, legend;
    std::vector<LensCell> cells;
    std::vector<LensStateCell> states;
    std::vector<std::pair<QRectF, QRectF>> gaps;  // padding of the layout, in and out; only to scale
    std::vector<LensBoxCell> boxes;
    std::vector<LensLink> links;
    std::vector<int> beats;  // cells at which something happens, in reading order: the steps of the animation
    double gutter = 0;       // room for offsets at the left
    [[nodiscard]] int cell_of_row(int row) const;
    [[nodiscard]] int cell_of_offset(const LensPicture& picture, std::uint32_t offset) const;
};

[[nodiscard]] LensGeometry place_lens(const LensPicture& picture, LensScale scale, layout::Arch arch, QSizeF room);
// Below this width the drawing keeps its size and scrolls.
inline constexpr double least_lens_width = 600;

}  // namespace chimneylab::desktop
