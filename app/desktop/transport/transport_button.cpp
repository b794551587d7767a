// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/transport/transport_button.h"

#include <QKeyEvent>
#include <QPainter>

#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

// Tooltip, name and enabling of a button are those of its action.
void link(QAbstractButton* button, QAction* action) {
    const auto follow = [button, action] {
        const QString shortcut = action->shortcut().toString(QKeySequence::NativeText);
        QString words = action->text();
        words.remove(QLatin1Char('&'));
        button->setToolTip(shortcut.isEmpty() ? words : words + QStringLiteral("  (") + shortcut + QLatin1Char(')'));
        button->setAccessibleName(words);
        button->setEnabled(action->isEnabled());
    };
    follow();
    QObject::connect(action, &QAction::changed, button, follow);
    QObject::connect(button, &QAbstractButton::clicked, action, &QAction::trigger);
}

}  // namespace

TransportButton::TransportButton(Sign sign, QAction* action, const Theme& theme, QWidget* parent)
    : QAbstractButton(parent), sign_(sign), theme_(theme) {
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    link(this, action);
    connect(&theme, &Theme::changed, this, [this] { update(); });
}

void TransportButton::set_sign(Sign sign) {
    sign_ = sign;
    update();
}

QSize TransportButton::sizeHint() const { return {38, 38}; }

void TransportButton::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        click();
    } else {
        QAbstractButton::keyPressEvent(event);
    }
}

bool TransportButton::event(QEvent* event) {
    if (event->type() == QEvent::EnabledChange) update();
    return QAbstractButton::event(event);
}

void TransportButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = theme_.tokens();
    const bool main = sign_ == Sign::play || sign_ == Sign::pause;
    const QRectF circle = QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5);
    QColor ground = main ? t.accent : t.raised;
    if (isDown()) {
        ground = mixed(ground, t.text, 0.14);
    } else if (underMouse() && isEnabled()) {
        ground = main ? mixed(ground, t.text, 0.10) : t.hover;
    }
    if (!isEnabled()) painter.setOpacity(0.5);
    painter.setPen(main ? QPen(Qt::NoPen) : QPen(t.line, 1));
    painter.setBrush(ground);
    painter.drawEllipse(circle);
    if (hasFocus()) {
        painter.setPen(QPen(t.changed, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(circle.adjusted(1.5, 1.5, -1.5, -1.5));
    }
    const QColor ink = main ? t.on_accent : t.text;
    const QPointF c = circle.center();
    const auto bar = [&](double x) { painter.fillRect(QRectF(c.x() + x - 1.1, c.y() - 6.5, 2.2, 13), ink); };
    switch (sign_) {
        case Sign::first:
            bar(-6.5);
            draw_arrow_head(painter, c + QPointF(-5, 0), {-1, 0}, 11, ink);
            break;
        case Sign::back: draw_arrow_head(painter, c + QPointF(-6.5, 0), {-1, 0}, 11.5, ink); break;
        case Sign::play: draw_arrow_head(painter, c + QPointF(8, 0), {1, 0}, 14, ink); break;
        case Sign::pause:
            painter.fillRect(QRectF(c.x() - 5.5, c.y() - 6.5, 3.6, 13), ink);
            painter.fillRect(QRectF(c.x() + 1.9, c.y() - 6.5, 3.6, 13), ink);
            break;
        case Sign::forward: draw_arrow_head(painter, c + QPointF(6.5, 0), {1, 0}, 11.5, ink); break;
        case Sign::last:
            draw_arrow_head(painter, c + QPointF(5, 0), {1, 0}, 11, ink);
            bar(6.5);
            break;
    }
}

StepButton::StepButton(bool forward, QAction* action, const Theme& theme, QWidget* parent)
    : QAbstractButton(parent), forward_(forward), theme_(theme) {
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    link(this, action);
    connect(&theme, &Theme::changed, this, [this] { update(); });
}

void StepButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = theme_.tokens();
    if (!isEnabled()) painter.setOpacity(0.45);
    if ((underMouse() && isEnabled()) || hasFocus()) {
        painter.setPen(hasFocus() ? QPen(t.accent, 1) : QPen(Qt::NoPen));
        painter.setBrush(isDown() ? t.selection : t.hover);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
    const QPointF c = QRectF(rect()).center();
    const double way = forward_ ? 1 : -1;
    draw_arrow_head(painter, c + QPointF(3.5 * way, 0), {way, 0}, 7, t.text);
}

}  // namespace chimneylab::desktop

#include "moc_transport_button.cpp"
