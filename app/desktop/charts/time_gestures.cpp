// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/time_gestures.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>
#include <cmath>

namespace chimneylab::desktop {

TimeGestures::TimeGestures(QAbstractScrollArea& view, PlaybackModel& playback, TimingModel& timing, Answers answers)
    : QObject(&view), view_(view), playback_(playback), timing_(timing), answers_(std::move(answers)) {
    view.installEventFilter(this);
    view.viewport()->installEventFilter(this);
}

double TimeGestures::x_of(double time) const {
    const QRectF plot = answers_.plot();
    const TimeSpan span = timing_.visible();
    return span.length() > 0 ? plot.left() + (time - span.from) / span.length() * plot.width() : plot.left();
}

double TimeGestures::time_at(double x) const {
    const QRectF plot = answers_.plot();
    const TimeSpan span = timing_.visible();
    return plot.width() > 0 ? span.from + (x - plot.left()) / plot.width() * span.length() : span.from;
}

double TimeGestures::centre() const {
    const TimeSpan span = timing_.visible();
    if (timing_.timing() && playback_.position().valid()) {
        const auto here = static_cast<double>(timing_.timing()->time_of(playback_.position()));
        if (here >= span.from && here <= span.to) return here;
    }
    return (span.from + span.to) / 2;
}

bool TimeGestures::key(int key, Qt::KeyboardModifiers modifiers, bool act) {
    const TimeSpan span = timing_.visible();
    if ((modifiers & (Qt::ControlModifier | Qt::AltModifier)) != 0) return false;
    const bool shift = (modifiers & Qt::ShiftModifier) != 0;
    switch (key) {
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            if (act) timing_.zoom(1 / 1.5, centre());
            return true;
        case Qt::Key_Minus:
            if (act) timing_.zoom(1.5, centre());
            return true;
        case Qt::Key_0:
            if (act) timing_.show_whole();
            return true;
        case Qt::Key_Left:
        case Qt::Key_Right:
            if (!shift) return false;  // the window's: event by event
            if (act) timing_.show_span({span.from + (key == Qt::Key_Left ? -0.2 : 0.2) * span.length(), span.to + (key == Qt::Key_Left ? -0.2 : 0.2) * span.length()});
            return true;
        case Qt::Key_Up:
        case Qt::Key_Down:
            if (shift) return false;
            if (act) answers_.step(key == Qt::Key_Up ? -1 : 1);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (act) timing_.follow();
            return true;
        default: return false;
    }
}

bool TimeGestures::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &view_) {
        if (event->type() != QEvent::ShortcutOverride && event->type() != QEvent::KeyPress) return false;
        const auto* pressed = static_cast<QKeyEvent*>(event);
        if (!key(pressed->key(), pressed->modifiers(), event->type() == QEvent::KeyPress)) return false;
        event->accept();
        return true;
    }
    switch (event->type()) {
        case QEvent::Wheel: {
            auto* wheel = static_cast<QWheelEvent*>(event);
            const QPoint turned = wheel->angleDelta();
            if ((wheel->modifiers() & Qt::ControlModifier) != 0) {
                timing_.zoom(std::pow(1.2, -turned.y() / 120.0), time_at(wheel->position().x()));
            } else if (turned.x() == 0 && (wheel->modifiers() & Qt::ShiftModifier) == 0 && view_.verticalScrollBar()->maximum() > 0) {
                return false;  // up and down
            } else {
                const double by = (turned.x() != 0 ? turned.x() : turned.y()) / 120.0 * -0.1 * timing_.visible().length();
                timing_.show_span({timing_.visible().from + by, timing_.visible().to + by});
            }
            wheel->accept();
            return true;
        }
        case QEvent::MouseButtonPress: {
            const auto* mouse = static_cast<QMouseEvent*>(event);
            if (mouse->button() != Qt::LeftButton) return false;
            view_.setFocus(Qt::MouseFocusReason);
            pressed_ = true;
            dragging_ = false;
            pressed_at_ = mouse->position();
            pressed_span_ = timing_.visible();
            pressed_scroll_ = view_.verticalScrollBar()->value();
            return true;
        }
        case QEvent::MouseMove: {
            if (!pressed_) return false;
            const QPointF moved = static_cast<QMouseEvent*>(event)->position() - pressed_at_;
            if (!dragging_ && moved.manhattanLength() < QApplication::startDragDistance()) return true;
            dragging_ = true;
            const QRectF plot = answers_.plot();
            const double by = plot.width() > 0 ? -moved.x() / plot.width() * pressed_span_.length() : 0;
            timing_.show_span({pressed_span_.from + by, pressed_span_.to + by});
            view_.verticalScrollBar()->setValue(pressed_scroll_ - static_cast<int>(moved.y()));
            return true;
        }
        case QEvent::MouseButtonRelease: {
            if (!pressed_) return false;
            pressed_ = false;
            const QPointF at = static_cast<QMouseEvent*>(event)->position();
            if (!dragging_) answers_.click(at);
            return true;
        }
        default: return false;
    }
}

}  // namespace chimneylab::desktop
