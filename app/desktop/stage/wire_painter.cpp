// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/stage/wire_painter.h"

#include <QFontMetricsF>

#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

// A rectangle with a tip in the direction it travels.
void paint_frame(QPainter& painter, const StageFrame& frame, const Tokens& t, bool hovered) {
    const QColor own = frame.to_peer ? t.offload_target : t.text;
    const QColor ink = frame.present ? t.changed : own;
    const QRectF box = frame.box;
    const double tip = 4;
    QPolygonF shape;
    if (frame.to_peer) shape << box.topLeft() << QPointF(box.right() - tip, box.top()) << QPointF(box.right(), box.center().y()) << QPointF(box.right() - tip, box.bottom()) << box.bottomLeft();
    else shape << box.topRight() << QPointF(box.left() + tip, box.top()) << QPointF(box.left(), box.center().y()) << QPointF(box.left() + tip, box.bottom()) << box.bottomRight();
    painter.setPen(QPen(ink, hovered ? 2 : 1.3, frame.copy ? Qt::DotLine : Qt::SolidLine));
    painter.setBrush(frame.present ? t.changed_fill : mixed(t.panel, own, 0.2));
    painter.drawPolygon(shape);
    if (frame.lost) draw_mark(painter, Mark::cross, box.adjusted(1, -1, -1, 1), t.changed);
}

}  // namespace

void paint_wire(QPainter& painter, const StageWire& wire, const Theme& theme, int hovered) {
    if (!wire.shown) return;
    const Tokens& t = theme.tokens();
    const QFont title = theme.words(measure::quiet_text, QFont::DemiBold);
    painter.setFont(title);
    painter.setPen(t.quiet_text);
    const QString count = wire.frames.empty() ? QString() : QStringLiteral(" · %1").arg(wire.frames.size());
    painter.drawText(QRectF(wire.box.left() + 13, wire.from.y() - 10, 120, 20), Qt::AlignLeft | Qt::AlignVCenter, QObject::tr("Network") + count);
    painter.setPen(QPen(t.line, 2));
    painter.drawLine(wire.from, wire.to);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.offload_target);
    painter.drawRect(QRectF(wire.from.x() - 4, wire.from.y() - 4, 8, 8));
    painter.setPen(QPen(t.line, 1));
    painter.setBrush(t.panel);
    painter.drawRoundedRect(wire.peer, 8, 8);
    painter.setPen(t.text);
    painter.setFont(theme.words(measure::small_text, QFont::DemiBold));
    painter.drawText(wire.peer, Qt::AlignCenter, QObject::tr("Peer"));
    bool told_is_present = false;
    for (std::size_t i = 0; i < wire.frames.size(); ++i) {
        paint_frame(painter, wire.frames[i], t, hovered == static_cast<int>(i));
        told_is_present = told_is_present || wire.frames[i].present;
    }
    if (wire.words.isEmpty()) return;
    const QFont words = theme.mono(measure::small_text, told_is_present ? QFont::DemiBold : QFont::Normal);
    painter.setFont(words);
    painter.setPen(told_is_present ? t.changed : t.quiet_text);
    painter.drawText(wire.words_box, Qt::AlignCenter, QFontMetricsF(words).elidedText(wire.words, Qt::ElideRight, wire.words_box.width()));
}

}  // namespace chimneylab::desktop
