// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/inspector/member_row_delegate.h"

#include <QFontMetrics>
#include <QPainter>

#include "app/desktop/models/member_model.h"
#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

MemberRowDelegate::MemberRowDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), theme_(theme) {}

void MemberRowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Tokens& t = theme_.tokens();
    const QRect cell = option.rect;
    const bool chosen = (option.state & QStyle::State_Selected) != 0;
    const bool changed = index.data(MemberModel::changed_role).toBool();
    if (changed) {
        painter->fillRect(cell.adjusted(0, 1, 0, -1), t.changed_fill);
        painter->setPen(QPen(t.changed, 1));
        painter->drawLine(cell.left(), cell.top() + 1, cell.right(), cell.top() + 1);
        painter->drawLine(cell.left(), cell.bottom() - 1, cell.right(), cell.bottom() - 1);
        if (index.column() == 0) painter->drawLine(cell.left(), cell.top() + 1, cell.left(), cell.bottom() - 1);
    } else if (chosen) {
        painter->fillRect(cell, t.selection);
    } else if ((option.state & QStyle::State_MouseOver) != 0) {
        painter->fillRect(cell, t.hover);
    }
    if (chosen && index.column() == 0) painter->fillRect(QRect(cell.left(), cell.top(), 3, cell.height()), changed ? t.changed : t.accent);
    QRect inside = cell.adjusted(5, 0, -5, 0);
    const QFont::Weight weight = changed ? QFont::Bold : QFont::Normal;
    QFont font = theme_.mono(measure::small_text, QFont::Normal);
    QColor ink = t.quiet_text;
    Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
    QString text = index.data().toString();
    switch (index.column()) {
        case MemberModel::offset:
        case MemberModel::size: alignment = Qt::AlignRight | Qt::AlignVCenter; break;
        case MemberModel::member:
            font = theme_.mono(measure::small_text, chosen || changed ? QFont::Bold : QFont::Normal);
            ink = changed ? t.changed : t.text;
            if (changed) draw_mark(*painter, Mark::diamond, QRectF(inside.left(), inside.center().y() - 3, 8, 8), t.changed);
            inside.setLeft(inside.left() + 12);
            break;
        case MemberModel::before:
            if (!changed) text = QStringLiteral("same");
            if (!changed) ink = t.faint_text;
            if (!changed) font = theme_.words(measure::small_text);
            break;
        case MemberModel::after:
            font = theme_.mono(measure::small_text, weight);
            ink = changed ? t.changed : t.text;
            break;
        case MemberModel::meaning:
            font = theme_.words(measure::quiet_text, changed ? QFont::DemiBold : QFont::Normal);
            ink = t.text;
            break;
        default: break;
    }
    // On changed or chosen ground the faintest ink would be too faint.
    if ((changed || chosen) && (ink == t.faint_text || ink == t.quiet_text)) ink = changed ? t.text : t.quiet_text;
    painter->setFont(font);
    painter->setPen(ink);
    painter->drawText(inside, static_cast<int>(alignment), QFontMetrics(font).elidedText(text, Qt::ElideRight, inside.width()));
}

}  // namespace chimneylab::desktop

#include "moc_member_row_delegate.cpp"
