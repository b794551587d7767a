// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The small marks that tell things apart by shape before colour: ▲ host stack, ◆ intermediate driver, ■ offload target,
// a pill for NDIS, a ring for the machine, a rounded slot for a call entry, ◆ changed, ✖ finding, a sheet of paper with a
// folded corner for a person's note. Drawn, not written,
// so that they look the same with every font. Pure painting; the caller owns the painter.
#pragma once

#include <QPainter>
#include <QRectF>

#include "app/desktop/theme/tokens.h"

namespace chimneylab::desktop {

enum class Mark { triangle, diamond, square, pill, ring, slot, cross, dot, note };

void draw_mark(QPainter& painter, Mark mark, const QRectF& box, const QColor& colour);

// A filled triangle with its tip at `tip`, pointing along `direction` (need not be of unit length).
void draw_arrow_head(QPainter& painter, QPointF tip, QPointF direction, double size, const QColor& colour);

// An operation is known by its number; its colour and the pattern of its bars help the eye. Thirty operations in a row differ.
[[nodiscard]] QColor operation_colour(const Tokens& tokens, int number);
[[nodiscard]] Qt::BrushStyle operation_pattern(int number);

}  // namespace chimneylab::desktop
