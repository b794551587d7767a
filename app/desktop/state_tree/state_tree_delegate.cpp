// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/state_tree/state_tree_delegate.h"

#include <QFontMetrics>
#include <QPainter>

#include "app/desktop/models/state_tree_model.h"
#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {
constexpr int status_column = 2;
constexpr int mark_room = 13;
}  // namespace

QSize StateTreeDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    const int words = QFontMetrics(theme_.words(measure::quiet_text, QFont::DemiBold)).horizontalAdvance(index.data().toString());
    return {words + 12 + mark_room, 22};
}

void StateTreeDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Tokens& t = theme_.tokens();
    const bool chosen = (option.state & QStyle::State_Selected) != 0;
    if (chosen) {
        painter->fillRect(option.rect, t.selection);
    } else if ((option.state & QStyle::State_MouseOver) != 0) {
        painter->fillRect(option.rect, t.hover);
    }
    const bool changed = index.data(StateTreeModel::changed_role).toBool();
    const bool failed = index.data(StateTreeModel::failed_role).toBool() && index.column() >= status_column;
    const bool pending = index.data(StateTreeModel::pending_role).toBool() && index.column() >= status_column;
    QRect inside = option.rect.adjusted(4, 0, -4, 0);
    QColor ink = index.column() == 0 ? t.text : t.quiet_text;
    if (failed || (index.column() == 0 && changed)) {
        ink = t.changed;
        if (index.column() == 0 || index.column() == status_column) {
            draw_mark(*painter, failed ? Mark::cross : Mark::diamond, QRectF(inside.left(), inside.center().y() - 3.5, 8, 8), t.changed);
            inside.setLeft(inside.left() + mark_room);
        }
    } else if (!pending && index.column() == status_column && !index.data().toString().isEmpty()) {
        ink = t.text;
    }
    const QFont font = theme_.words(measure::quiet_text, index.column() == 0 ? QFont::DemiBold : QFont::Normal);
    painter->setFont(font);
    painter->setPen(ink);
    painter->drawText(inside, Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, inside.width()));
}

}  // namespace chimneylab::desktop

#include "moc_state_tree_delegate.cpp"
