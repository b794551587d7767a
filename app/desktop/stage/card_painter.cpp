// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/stage/card_painter.h"

#include <QFontMetricsF>
#include <algorithm>

#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

void paint_header(QPainter& painter, const StageCard& card, double words, const Theme& theme) {
    const Tokens& t = theme.tokens();
    const double width = card.box.width();
    const QFont name = theme.mono(measure::body_text, QFont::Bold);
    double left = 10;
    if (card.converted_now) {
        painter.setOpacity(words);
        draw_mark(painter, Mark::diamond, QRectF(left, 7, 9, 9), t.changed);
        painter.setOpacity(1);
        left += 13;
    }
    painter.setFont(name);
    painter.setPen(card.converted_now ? t.changed : t.text);
    painter.drawText(QRectF(left, 3, width - left, 18), Qt::AlignLeft | Qt::AlignVCenter, card.type);
    const double used = left + QFontMetricsF(name).horizontalAdvance(card.type) + 8;
    const QFont quiet = theme.words(measure::small_text);
    painter.setFont(quiet);
    painter.setPen(t.quiet_text);
    painter.drawText(QRectF(used, 3, width - used - 10, 18), Qt::AlignRight | Qt::AlignVCenter,
                     QFontMetricsF(quiet).elidedText(card.headline, Qt::ElideRight, width - used - 10));
}

void paint_tree(QPainter& painter, const StageCard& card, const Theme& theme, StageHit hover) {
    const Tokens& t = theme.tokens();
    double rightmost = 0;
    double bottom = 0;
    painter.setPen(QPen(t.quiet_text, 1));
    for (const CardBlock& block : card.blocks) {
        if (block.box.isNull()) continue;
        rightmost = std::max(rightmost, block.box.right());
        bottom = std::max(bottom, block.box.bottom());
        if (block.parent < 0) continue;
        const QRectF& above = card.blocks[static_cast<std::size_t>(block.parent)].box;
        if (above.isNull()) continue;
        const QPointF from(above.right(), above.center().y());
        const QPointF to(block.box.left(), block.box.center().y());
        const double middle = (from.x() + to.x()) / 2;
        painter.drawLine(from, QPointF(middle, from.y()));
        painter.drawLine(QPointF(middle, from.y()), QPointF(middle, to.y()));
        painter.drawLine(QPointF(middle, to.y()), to);
    }
    const QFont font = theme.mono(measure::small_text, QFont::DemiBold);
    for (std::size_t i = 0; i < card.blocks.size(); ++i) {
        const CardBlock& block = card.blocks[i];
        if (block.box.isNull()) continue;
        const bool hovered = hover.what == StageHit::What::block && hover.index == static_cast<int>(i);
        QPen border(block.changed || block.broken ? t.changed : block.chosen || hovered ? t.accent : t.quiet_text, block.chosen ? 1.8 : 1);
        if (block.placeholder) border.setDashPattern({2.5, 2});
        painter.setPen(border);
        painter.setBrush(block.changed ? t.changed_fill : block.chosen ? t.selection : t.raised);
        painter.drawRoundedRect(block.box.adjusted(0.5, 0.5, -0.5, -0.5), 3.5, 3.5);
        painter.setPen(block.changed ? t.changed : t.text);
        painter.setFont(font);
        painter.drawText(block.box, Qt::AlignCenter, QFontMetricsF(font).elidedText(block.label, Qt::ElideRight, block.box.width() - 3));
        if (block.failed || block.broken) draw_mark(painter, Mark::cross, QRectF(block.box.right() - 5, block.box.top() - 3, 8, 8), t.changed);
    }
    painter.setFont(theme.words(measure::small_text));
    painter.setPen(t.quiet_text);
    if (card.hidden_blocks > 0) {
        const QString more = QStringLiteral("+%1 more").arg(card.hidden_blocks);
        painter.drawText(QRectF(rightmost + 8, bottom - 15, card.box.width() - rightmost - 14, 15), Qt::AlignLeft | Qt::AlignVCenter, more);
    } else if (card.finished) {
        painter.setPen(t.fine);
        painter.drawText(QRectF(rightmost + 8, 24, card.box.width() - rightmost - 18, 15), Qt::AlignRight | Qt::AlignVCenter,
                         QStringLiteral("complete"));
    }
}

void paint_slot(QPainter& painter, const CardSlot& slot, const StageCard& card, bool hovered, double words, const Theme& theme) {
    const Tokens& t = theme.tokens();
    const bool told = slot.changed || slot.renamed;
    if (told || hovered) {
        painter.setOpacity(told ? words : 1);
        painter.setPen(told ? QPen(t.changed, 1) : QPen(Qt::NoPen));
        painter.setBrush(told ? t.changed_fill : t.hover);
        painter.drawRoundedRect(slot.box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        painter.setOpacity(1);
    }
    const QRectF inside = slot.box.adjusted(6, 1.5, -6, -1.5);
    const QFont name = theme.mono(measure::small_text);
    const QFont value = theme.mono(measure::small_text, QFont::Bold);
    painter.setFont(name);
    painter.setPen(slot.renamed ? t.changed : told ? t.text : t.quiet_text);
    QString left = card.subject + QLatin1Char('.') + slot.name;
    if (QFontMetricsF(name).horizontalAdvance(left) > inside.width()) left = slot.name;
    painter.drawText(QRectF(inside.left(), inside.top(), inside.width(), 12), Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetricsF(name).elidedText(left, Qt::ElideRight, inside.width()));
    painter.setFont(value);
    painter.setPen(t.text);
    double indent = 0;
    if (slot.changed) {
        draw_mark(painter, Mark::diamond, QRectF(inside.left(), inside.top() + 14.5, 7, 7), t.changed);
        indent = 11;
        painter.setPen(t.changed);
    }
    painter.setOpacity(slot.changed ? 0.25 + 0.75 * words : 1);
    painter.drawText(QRectF(inside.left() + indent, inside.top() + 12, inside.width() - indent, 12), Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetricsF(value).elidedText(slot.meaning, Qt::ElideMiddle, inside.width() - indent));
    painter.setOpacity(1);
}

}  // namespace

void paint_card(QPainter& painter, const StageCard& card, QPointF at, double words, const Theme& theme, StageHit hover) {
    const Tokens& t = theme.tokens();
    painter.save();
    painter.translate(at);
    const QRectF frame(0, 0, card.box.width(), card.box.height());
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.shadow);
    painter.drawRoundedRect(frame.adjusted(0, 2, 0, 3), measure::card_radius + 1, measure::card_radius + 1);
    painter.setPen(QPen(card.converted_now ? t.changed : card.in_ndis ? t.ndis : theme.colour_of(card.role), 2));
    painter.setBrush(t.panel);
    painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), measure::card_radius, measure::card_radius);
    paint_header(painter, card, words, theme);
    paint_tree(painter, card, theme, hover);
    for (std::size_t i = 0; i < card.slots.size(); ++i) {
        paint_slot(painter, card.slots[i], card, hover.what == StageHit::What::card_slot && hover.index == static_cast<int>(i), words, theme);
    }
    if (card.broken_finding >= 0) {
        const bool hovered = hover.what == StageHit::What::card_finding;
        painter.setPen(QPen(t.changed, hovered ? 1.8 : 1));
        painter.setBrush(t.changed_fill);
        painter.drawRoundedRect(card.broken_box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        draw_mark(painter, Mark::cross, QRectF(card.broken_box.left() + 6, card.broken_box.center().y() - 4, 8, 8), t.changed);
        const QFont font = theme.mono(measure::small_text, QFont::Bold);
        painter.setFont(font);
        painter.setPen(t.changed);
        const QRectF words_box = card.broken_box.adjusted(19, 0, -5, 0);
        painter.drawText(words_box, Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(font).elidedText(card.broken, Qt::ElideMiddle, words_box.width()));
    }
    painter.restore();
}

}  // namespace chimneylab::desktop
