// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/theme/check_box.h"

#include <QPainter>

namespace chimneylab::desktop {

namespace {
constexpr int box = 13, gap = 7;
}

CheckBox::CheckBox(const QString& text, const Theme& theme, QWidget* parent) : QCheckBox(text, parent), theme_(theme) {
    connect(&theme, &Theme::changed, this, [this] { update(); });
}

QSize CheckBox::sizeHint() const {
    const QFontMetrics metrics(theme_.words(measure::body_text));
    return {box + gap + metrics.horizontalAdvance(text()) + 2, std::max(box + 4, metrics.height() + 2)};
}

void CheckBox::paintEvent(QPaintEvent*) {
    const Tokens& t = theme_.tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF place(0.5, (height() - box) / 2 + 0.5, box, box);
    painter.setPen(QPen(hasFocus() || isChecked() ? t.accent : t.quiet_text, 1));
    painter.setBrush(isChecked() ? t.accent : underMouse() ? t.hover : t.raised);
    painter.drawRoundedRect(place, 3, 3);
    if (isChecked()) {
        painter.setPen(QPen(t.on_accent, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const QPointF tick[] = {place.topLeft() + QPointF(3, 6.8), place.topLeft() + QPointF(5.6, 9.4), place.topLeft() + QPointF(10.2, 3.8)};
        painter.drawPolyline(tick, 3);
    }
    painter.setFont(theme_.words(measure::body_text));
    painter.setPen(isEnabled() ? t.text : t.faint_text);
    painter.drawText(rect().adjusted(box + gap, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextShowMnemonic, text());
}

}  // namespace chimneylab::desktop

#include "moc_check_box.cpp"
