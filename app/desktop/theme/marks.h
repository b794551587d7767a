// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The small marks that tell things apart by shape before colour: ▲ host stack, ◆ intermediate driver, ■ offload target,
// a pill for NDIS, a ring for the machine, a rounded slot for a call entry, ◆ changed, ✖ finding. Drawn, not written,
// so that they look the same with every font. Pure painting; the caller owns the painter.
#pragma once

#include <QPainter>
#include <QRectF>

#include "app/desktop/theme/tokens.h"

namespace chimneylab::desktop {

enum class Mark { triangle, diamond, square, pill, ring, slot, cross, dot };

void draw_mark(QPainter& painter, Mark mark, const QRectF& box, const QColor& colour);

// A filled triangle with its tip at `tip`, pointing along `direction` (need not be of unit length).
void draw_arrow_head(QPainter& painter, QPointF tip, QPointF direction, double size, const QColor& colour);

}  // namespace chimneylab::desktop
