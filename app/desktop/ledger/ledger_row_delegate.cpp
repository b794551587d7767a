// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/ledger/ledger_row_delegate.h"

#include <QFontMetrics>
#include <QPainter>

#include "app/desktop/models/call_entry_model.h"
#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

void LedgerRowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Tokens& t = theme_.tokens();
    const QRect cell = option.rect;
    const auto state = static_cast<CallEntryState>(index.data(CallEntryModel::state_role).toInt());
    const bool held = state == CallEntryState::held || state == CallEntryState::allocated;
    const bool leaks = index.data(CallEntryModel::leaks_role).toBool() && (held || state == CallEntryState::leaked);
    const bool chosen =
        (option.state & QStyle::State_Selected) != 0 || index.data(CallEntryModel::chosen_role).toBool();
    QColor ground;
    if (leaks) {
        ground = t.changed_fill;
    } else if (held) {
        ground = t.call_entry_fill;
    } else if (chosen) {
        ground = t.selection;
    } else if ((option.state & QStyle::State_MouseOver) != 0) {
        ground = t.hover;
    }
    if (ground.isValid()) painter->fillRect(cell.adjusted(0, 1, 0, -1), ground);
    if (leaks) {
        painter->setPen(QPen(t.changed, 1));
        painter->drawLine(cell.left(), cell.top() + 1, cell.right(), cell.top() + 1);
        painter->drawLine(cell.left(), cell.bottom() - 1, cell.right(), cell.bottom() - 1);
    }
    if (chosen && index.column() == 0)
        painter->fillRect(QRect(cell.left(), cell.top(), 3, cell.height()), leaks ? t.changed : t.accent);
    QRect inside = cell.adjusted(6, 0, -6, 0);
    const bool strong =
        (held || leaks) && (index.column() == CallEntryModel::number || index.column() == CallEntryModel::state);
    QColor ink = state == CallEntryState::to_come ? t.quiet_text : t.text;
    if (leaks && index.column() == CallEntryModel::state) ink = t.changed;
    if (index.column() == CallEntryModel::state && held && !leaks) {
        draw_mark(*painter, Mark::slot, QRectF(inside.left(), inside.center().y() - 4, 11, 9), t.call_entry);
        inside.setLeft(inside.left() + 16);
    }
    QFont font = theme_.words(measure::quiet_text, strong ? QFont::DemiBold : QFont::Normal);
    if (index.column() == CallEntryModel::number || index.column() == CallEntryModel::age)
        font = theme_.mono(measure::small_text, strong ? QFont::Bold : QFont::Normal);
    painter->setFont(font);
    painter->setPen(ink);
    const auto alignment = static_cast<Qt::Alignment>(index.data(Qt::TextAlignmentRole).toInt());
    painter->drawText(inside, static_cast<int>(alignment),
                      QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, inside.width()));
}

}  // namespace chimneylab::desktop

#include "moc_ledger_row_delegate.cpp"
