// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/theme/marks.h"

#include <QPainterPath>
#include <QPolygonF>
#include <algorithm>
#include <array>
#include <cmath>

namespace chimneylab::desktop {

void draw_mark(QPainter& painter, Mark mark, const QRectF& box, const QColor& colour) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    const QPointF c = box.center();
    switch (mark) {
        case Mark::triangle:
            painter.drawPolygon(QPolygonF{{c.x(), box.top()}, {box.right(), box.bottom()}, {box.left(), box.bottom()}});
            break;
        case Mark::diamond:
            painter.drawPolygon(
                QPolygonF{{c.x(), box.top()}, {box.right(), c.y()}, {c.x(), box.bottom()}, {box.left(), c.y()}});
            break;
        case Mark::square: painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5)); break;
        case Mark::pill:
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(colour, 1.4));
            painter.drawRoundedRect(QRectF(box.left() + 0.5, c.y() - box.height() * 0.28, box.width() - 1, box.height() * 0.56),
                                    box.height() * 0.28, box.height() * 0.28);
            break;
        case Mark::ring:
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(colour, 1.4));
            painter.drawEllipse(box.adjusted(1.2, 1.2, -1.2, -1.2));
            break;
        case Mark::slot:
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(colour, 1.6));
            painter.drawRoundedRect(QRectF(box.left() + 0.5, c.y() - box.height() * 0.36, box.width() - 1, box.height() * 0.72), 2, 2);
            break;
        case Mark::cross: {
            painter.setPen(QPen(colour, box.width() * 0.24, Qt::SolidLine, Qt::RoundCap));
            const QRectF inner = box.adjusted(box.width() * 0.15, box.height() * 0.15, -box.width() * 0.15, -box.height() * 0.15);
            painter.drawLine(inner.topLeft(), inner.bottomRight());
            painter.drawLine(inner.topRight(), inner.bottomLeft());
            break;
        }
        case Mark::note: {
            const double fold = box.width() * 0.4;
            const QRectF sheet = box.adjusted(0.5, 0.5, -0.5, -0.5);
            painter.drawPolygon(QPolygonF{sheet.topLeft(), {sheet.right() - fold, sheet.top()}, {sheet.right(), sheet.top() + fold}, sheet.bottomRight(), sheet.bottomLeft()});
            break;
        }
        case Mark::dot: painter.drawEllipse(c, box.width() * 0.22, box.width() * 0.22); break;
    }
    painter.restore();
}

void draw_arrow_head(QPainter& painter, QPointF tip, QPointF direction, double size, const QColor& colour) {
    const double length = std::hypot(direction.x(), direction.y());
    if (length <= 0) return;
    const QPointF along = direction / length;
    const QPointF across(-along.y(), along.x());
    const QPointF base = tip - along * size;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawPolygon(QPolygonF{tip, base + across * (size * 0.55), base - across * (size * 0.55)});
    painter.restore();
}

QColor operation_colour(const Tokens& tokens, int number) {
    return tokens.operations[static_cast<std::size_t>(std::max(0, number - 1)) % tokens.operations.size()];
}

Qt::BrushStyle operation_pattern(int number) {
    static constexpr std::array<Qt::BrushStyle, 5> patterns = {Qt::SolidPattern, Qt::BDiagPattern, Qt::HorPattern, Qt::DiagCrossPattern, Qt::Dense5Pattern};
    return patterns[static_cast<std::size_t>(std::max(0, number - 1)) % patterns.size()];
}

}  // namespace chimneylab::desktop
