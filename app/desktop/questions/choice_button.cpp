// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/questions/choice_button.h"

#include <QPainter>
#include <algorithm>

#include "app/desktop/theme/keep_keys.h"

namespace chimneylab::desktop {

namespace {

constexpr int before_words = 46, after_words = 8, above_words = 4, ring_size = 13;
constexpr int wrapping = Qt::AlignLeft | Qt::TextWordWrap;

}  // namespace

ChoiceButton::ChoiceButton(int number, const QString& text, const Theme& theme, QWidget* parent) : QRadioButton(parent), theme_(theme), number_(number) {
    // A choice may have an ampersand that is none of a shortcut.
    setText(QString(text).replace(QLatin1Char('&'), QStringLiteral("&&")));
    setAccessibleName(text);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setMouseTracking(true);
    // Up and down choose; Space and Enter are not the window's while one chooses, nor are the numbers.
    std::vector<int> keys{Qt::Key_Up, Qt::Key_Down, Qt::Key_Left, Qt::Key_Right, Qt::Key_Space, Qt::Key_Return, Qt::Key_Enter};
    for (int key = Qt::Key_1; key <= Qt::Key_8; ++key) keys.push_back(key);
    new KeepKeys(this, std::move(keys));
    connect(&theme, &Theme::changed, this, [this] { update(); });
}

void ChoiceButton::show_as(Shown shown) {
    shown_ = shown;
    QString words;
    if (shown == Shown::right) words = tr("The right answer");
    if (shown == Shown::wrong) words = tr("Your answer; it is not right");
    setAccessibleDescription(words);
    update();
}

int ChoiceButton::heightForWidth(int width) const {
    const QFontMetrics metrics(theme_.words(measure::body_text));
    const QRect words = metrics.boundingRect(QRect(0, 0, std::max(40, width - before_words - after_words), 10'000), wrapping, accessibleName());
    return words.height() + 2 * above_words;
}

QSize ChoiceButton::sizeHint() const { return {260, heightForWidth(std::max(260, width()))}; }
QSize ChoiceButton::minimumSizeHint() const { return {120, heightForWidth(std::max(120, width()))}; }

void ChoiceButton::paintEvent(QPaintEvent*) {
    const Tokens& t = theme_.tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool told = shown_ != Shown::open;
    const bool hovered = !told && isEnabled() && underMouse();
    if (shown_ == Shown::wrong || (isChecked() && !told) || hovered || hasFocus() || shown_ == Shown::right) {
        const QColor edge = shown_ == Shown::right ? t.fine : shown_ == Shown::wrong ? t.changed : hasFocus() || isChecked() ? t.accent : t.line;
        painter.setPen(QPen(edge, hasFocus() ? 1.6 : 1));
        painter.setBrush(shown_ == Shown::wrong ? t.changed_fill : shown_ == Shown::right ? t.raised : isChecked() ? t.selection : t.hover);
        painter.drawRoundedRect(frame, 5, 5);
    }
    const QFontMetrics metrics(theme_.words(measure::body_text));
    const double middle = above_words + metrics.height() / 2.0;
    const QRectF ring(8.5, middle - ring_size / 2.0, ring_size, ring_size);
    if (!told) {
        painter.setPen(QPen(isChecked() ? t.accent : t.quiet_text, 1.2));
        painter.setBrush(t.panel);
        painter.drawEllipse(ring);
        if (isChecked()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.accent);
            painter.drawEllipse(ring.adjusted(3.5, 3.5, -3.5, -3.5));
        }
    } else if (shown_ == Shown::right) {
        painter.setPen(QPen(t.fine, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        const QPointF tick[] = {ring.topLeft() + QPointF(1.5, 7), ring.topLeft() + QPointF(5, 10.5), ring.topLeft() + QPointF(11.5, 2.5)};
        painter.drawPolyline(tick, 3);
    } else if (shown_ == Shown::wrong) {
        painter.setPen(QPen(t.changed, 2, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(ring.topLeft() + QPointF(2.5, 2.5), ring.bottomRight() - QPointF(2.5, 2.5));
        painter.drawLine(ring.topRight() + QPointF(-2.5, 2.5), ring.bottomLeft() + QPointF(2.5, -2.5));
    }
    painter.setFont(theme_.words(measure::body_text, shown_ == Shown::right ? QFont::DemiBold : QFont::Normal));
    painter.setPen(shown_ == Shown::other ? t.quiet_text : t.text);
    painter.drawText(QRectF(before_words, above_words, width() - before_words - after_words, height() - 2 * above_words), wrapping, accessibleName());
    painter.setFont(theme_.words(measure::quiet_text));
    painter.setPen(t.quiet_text);
    painter.drawText(QRectF(ring.right() + 6, middle - 10, 14, 20), Qt::AlignHCenter | Qt::AlignVCenter, QString::number(number_));
}

}  // namespace chimneylab::desktop

#include "moc_choice_button.cpp"
