// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/questions/question_delegate.h"

#include <QPainter>
#include <QTextLayout>

#include "app/desktop/models/question_model.h"

namespace chimneylab::desktop {

namespace {

void draw_state(QPainter& painter, const QRectF& box, QuestionModel::State state, const Tokens& t) {
    using State = QuestionModel::State;
    const QPointF at = box.topLeft();
    switch (state) {
        case State::open:
        case State::kept:
            painter.setPen(QPen(state == State::open ? t.quiet_text : t.accent, 1.3));
            painter.setBrush(state == State::open ? QBrush(Qt::NoBrush) : QBrush(t.accent));
            painter.drawEllipse(box.adjusted(1, 1, -1, -1));
            return;
        case State::right: {
            painter.setPen(QPen(t.fine, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            const QPointF tick[] = {at + QPointF(1, 5.5), at + QPointF(4, 8.5), at + QPointF(9.5, 1.5)};
            painter.drawPolyline(tick, 3);
            return;
        }
        case State::again:
            painter.setPen(QPen(t.changed, 1.8, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(at + QPointF(1.5, 1.5), at + QPointF(8.5, 8.5));
            painter.drawLine(at + QPointF(8.5, 1.5), at + QPointF(1.5, 8.5));
            return;
    }
}

// At most two lines; what does not fit ends in an ellipsis.
void draw_two_lines(QPainter& painter, const QRectF& room, const QString& text, const QFont& font) {
    const QFontMetricsF metrics(font);
    QTextLayout layout(text, font);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    line.setLineWidth(room.width());
    const int first = line.textLength();
    layout.endLayout();
    painter.setFont(font);
    const bool one = first >= text.size();
    const double top = one ? room.center().y() - metrics.height() / 2 : room.center().y() - metrics.height();
    painter.drawText(QRectF(room.left(), top, room.width(), metrics.height()), Qt::AlignLeft, text.left(first).trimmed());
    if (!one) painter.drawText(QRectF(room.left(), top + metrics.height(), room.width(), metrics.height()), Qt::AlignLeft, metrics.elidedText(text.mid(first), Qt::ElideRight, room.width()));
}

}  // namespace

void QuestionDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Tokens& t = theme_.tokens();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF cell = QRectF(option.rect).adjusted(1, 1, -3, -1);
    const bool chosen = (option.state & QStyle::State_Selected) != 0;
    const bool hovered = (option.state & QStyle::State_MouseOver) != 0;
    const bool focused = chosen && (option.state & QStyle::State_HasFocus) != 0;
    if (chosen || hovered) {
        painter->setPen(focused ? QPen(t.accent, 1) : QPen(Qt::NoPen));
        painter->setBrush(chosen ? t.selection : t.hover);
        painter->drawRoundedRect(cell, 5, 5);
    }
    draw_state(*painter, QRectF(cell.left() + 7, cell.center().y() - 5, 10, 10), index.data(QuestionModel::state_role).value<QuestionModel::State>(), t);
    const bool here = index.data(QuestionModel::here_role).toBool();
    const QFont quiet = theme_.words(measure::small_text, here ? QFont::Bold : QFont::Normal);
    const QString number = QString::number(index.data(QuestionModel::event_role).toUInt());
    const double width = QFontMetricsF(quiet).horizontalAdvance(number) + 4;
    painter->setFont(quiet);
    painter->setPen(here ? t.changed : chosen ? t.text : t.quiet_text);
    painter->drawText(cell.adjusted(0, 0, -6, 0), Qt::AlignRight | Qt::AlignVCenter, number);
    painter->setPen(t.text);
    draw_two_lines(*painter, cell.adjusted(25, 0, -width - 8, 0), index.data().toString(), theme_.words(measure::quiet_text));
    painter->restore();
}

}  // namespace chimneylab::desktop
