// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/event_list/event_row_delegate.h"

#include <QFontMetrics>
#include <QPainter>
#include <algorithm>

#include "app/desktop/models/event_list_model.h"
#include "app/desktop/models/event_text.h"
#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

struct MarkLook {
    Mark mark;
    QColor colour;
};

MarkLook look_of(EventMark mark, const Tokens& t) {
    switch (mark) {
        case EventMark::host_stack: return {Mark::triangle, t.host_stack};
        case EventMark::intermediate_driver: return {Mark::diamond, t.intermediate_driver};
        case EventMark::offload_target: return {Mark::square, t.offload_target};
        case EventMark::ndis: return {Mark::pill, t.ndis};
        case EventMark::machine: return {Mark::ring, t.ndis};
        case EventMark::call_entry: return {Mark::slot, t.call_entry};
        case EventMark::conversion: return {Mark::diamond, t.changed};
        case EventMark::finding: return {Mark::cross, t.changed};
        case EventMark::memory: return {Mark::dot, t.ndis};
    }
    return {Mark::dot, t.ndis};
}

}  // namespace

EventRowDelegate::EventRowDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), theme_(theme) {}

void EventRowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Tokens& t = theme_.tokens();
    const QRect cell = option.rect;
    const bool chosen = (option.state & QStyle::State_Selected) != 0;
    const bool hovered = (option.state & QStyle::State_MouseOver) != 0;
    if (chosen) {
        painter->fillRect(cell, t.selection);
        if (index.column() == 0) painter->fillRect(QRect(cell.left(), cell.top(), 3, cell.height()), t.changed);
    } else if (hovered) {
        painter->fillRect(cell, t.hover);
    }
    QRect inside = cell.adjusted(4, 0, -4, 0);
    const bool returns = index.data(EventListModel::return_role).toBool();
    QFont font = theme_.words(measure::quiet_text, chosen ? QFont::DemiBold : QFont::Normal);
    QColor ink = returns ? t.quiet_text : t.text;
    Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
    switch (index.column()) {
        case EventListModel::number:
        case EventListModel::virtual_time:
            font = theme_.mono(measure::small_text, chosen ? QFont::Bold : QFont::Normal);
            ink = chosen ? t.text : t.quiet_text;
            alignment = Qt::AlignRight | Qt::AlignVCenter;
            break;
        case EventListModel::layer: {
            const auto look = look_of(static_cast<EventMark>(index.data(EventListModel::layer_mark_role).toInt()), t);
            draw_mark(*painter, look.mark, QRectF(inside.left(), inside.center().y() - 3.5, 8, 8), look.colour);
            inside.setLeft(inside.left() + 13);
            break;
        }
        case EventListModel::what: {
            const auto mark = static_cast<EventMark>(index.data(EventListModel::mark_role).toInt());
            const int depth = index.data(EventListModel::depth_role).toInt();
            const auto* model = qobject_cast<const EventListModel*>(index.model());
            const int deepest = model != nullptr ? std::max(1, model->deepest()) : 1;
            // Indentation takes at most a third of the column.
            const int step = std::clamp(inside.width() / 3 / deepest, 2, 7);
            painter->setPen(QPen(mixed(chosen ? t.selection : t.panel, t.line, 0.9), 1));
            for (int level = 0; level < depth; ++level) {
                const int x = inside.left() + level * step + step / 2;
                painter->drawLine(x, cell.top(), x, cell.bottom());
            }
            inside.setLeft(inside.left() + depth * step);
            if (mark == EventMark::conversion || mark == EventMark::call_entry || mark == EventMark::finding) {
                const auto look = look_of(mark, t);
                draw_mark(*painter, look.mark, QRectF(inside.left(), inside.center().y() - 3.5, 8, 8), look.colour);
                inside.setLeft(inside.left() + 13);
                ink = mark == EventMark::call_entry ? t.call_entry_text : t.changed;
            } else if (returns) {
                painter->setPen(QPen(t.quiet_text, 1.2));
                const int y = inside.center().y();
                painter->drawLine(inside.left() + 1, y, inside.left() + 8, y);
                draw_arrow_head(*painter, QPointF(inside.left(), y + 0.5), {-1, 0}, 5, t.quiet_text);
                inside.setLeft(inside.left() + 13);
            }
            if (mark != EventMark::finding && index.data(EventListModel::finding_role).toBool()) {
                draw_mark(*painter, Mark::cross, QRectF(inside.right() - 8, inside.center().y() - 3.5, 8, 8), t.changed);
                inside.setRight(inside.right() - 13);
            }
            if (index.data(EventListModel::note_role).toBool()) {
                draw_mark(*painter, Mark::note, QRectF(inside.right() - 8, inside.center().y() - 4.5, 9, 10), t.accent);
                inside.setRight(inside.right() - 14);
            }
            if (index.data(EventListModel::function_name_role).toBool()) {
                font = theme_.mono(measure::small_text, chosen ? QFont::Bold : QFont::Normal);
            }
            break;
        }
        case EventListModel::operation:
            font = theme_.words(measure::small_text);
            ink = t.quiet_text;
            break;
        default: break;
    }
    painter->setFont(font);
    painter->setPen(ink);
    painter->drawText(inside, static_cast<int>(alignment),
                      QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, inside.width()));
}

}  // namespace chimneylab::desktop

#include "moc_event_row_delegate.cpp"
