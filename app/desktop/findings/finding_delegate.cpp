// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/findings/finding_delegate.h"

#include <QFontMetrics>
#include <QPainter>

#include "app/desktop/models/finding_model.h"

namespace chimneylab::desktop {

using verifier::Severity;

Mark mark_of(Severity severity) {
    switch (severity) {
        case Severity::fatal:
        case Severity::error: return Mark::cross;
        case Severity::warning: return Mark::ring;
        case Severity::note: return Mark::dot;
    }
    return Mark::dot;
}

QColor colour_of(Severity severity, const Tokens& tokens) {
    if (severity == Severity::warning) return tokens.call_entry_text;
    return severity == Severity::note ? tokens.quiet_text : tokens.changed;
}

QSize FindingDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const { return {120, 36}; }

void FindingDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto* model = qobject_cast<const FindingModel*>(index.model());
    const Finding* finding = model == nullptr ? nullptr : model->finding(index);
    if (finding == nullptr) return;
    const Tokens& t = theme_.tokens();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF cell = QRectF(option.rect).adjusted(1, 1, -3, -1);
    const bool chosen = (option.state & QStyle::State_Selected) != 0;
    const bool hovered = (option.state & QStyle::State_MouseOver) != 0;
    const bool here = index.data(FindingModel::here_role).toBool();
    const bool first = finding->first_cause;
    if (chosen || hovered || here) {
        painter->setPen(here ? QPen(t.changed, 1) : QPen(Qt::NoPen));
        painter->setBrush(here ? t.changed_fill : chosen ? t.selection : t.hover);
        painter->drawRoundedRect(cell, 5, 5);
    }
    if (chosen && here) {
        painter->setPen(QPen(t.accent, 1.6));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    }
    const QColor ink = colour_of(finding->severity, t);
    draw_mark(*painter, mark_of(finding->severity), QRectF(cell.left() + 6, cell.top() + 5, 8, 8), ink);
    const QFont quiet = theme_.words(measure::small_text);
    const QString where = QStringLiteral("%1 · %2").arg(finding->layer_name).arg(finding->event.value);
    const double where_width = QFontMetricsF(quiet).horizontalAdvance(where) + 6;
    const QRectF top(cell.left() + 19, cell.top() + 1, cell.width() - 24, 16);
    painter->setFont(quiet);
    painter->setPen(here ? t.text : t.quiet_text);
    painter->drawText(top, Qt::AlignRight | Qt::AlignVCenter, where);
    const QFont rule_font = theme_.words(measure::quiet_text, first ? QFont::Bold : QFont::DemiBold);
    painter->setFont(rule_font);
    painter->setPen(ink);
    painter->drawText(top, Qt::AlignLeft | Qt::AlignVCenter, finding->rule);
    double left = QFontMetricsF(rule_font).horizontalAdvance(finding->rule) + 7;
    const QFont place_font = theme_.mono(measure::small_text, first ? QFont::DemiBold : QFont::Normal);
    const double room = top.width() - left - where_width;
    painter->setFont(place_font);
    painter->setPen(t.text);
    painter->drawText(top.adjusted(left, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(place_font).elidedText(finding->place(), Qt::ElideMiddle, room));

    QRectF below(cell.left() + 19, cell.top() + 16, cell.width() - 24, 16);
    const int consequences = index.data(FindingModel::consequence_count_role).toInt();
    if (consequences > 0) {
        const QString count = consequences == 1 ? QObject::tr("1 consequence") : QObject::tr("%1 consequences").arg(consequences);
        painter->setFont(quiet);
        painter->setPen(t.quiet_text);
        painter->drawText(below, Qt::AlignRight | Qt::AlignVCenter, count);
        below.setRight(below.right() - QFontMetricsF(quiet).horizontalAdvance(count) - 8);
    }
    const QFont sentence = theme_.words(measure::small_text);
    painter->setFont(sentence);
    painter->setPen(here ? t.text : t.quiet_text);
    painter->drawText(below, Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(sentence).elidedText(finding->explanation, Qt::ElideRight, below.width()));
    painter->restore();
}

}  // namespace chimneylab::desktop
