// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/main_window/panel_title.h"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

namespace chimneylab::desktop {

PanelTitle::PanelTitle(const QString& title, const Theme& theme, QWidget* parent) : QWidget(parent), title_(title), theme_(theme) {
    setMouseTracking(true);
    setAccessibleName(title);
    setToolTip(tr("Double-click: give this pane the whole window. Drag: move it."));
    connect(&theme, &Theme::changed, this, [this] { update(); });
}

void PanelTitle::set_summary(const QString& summary) {
    if (summary == summary_) return;
    summary_ = summary;
    setToolTip(summary.isEmpty() ? tr("Double-click: give this pane the whole window. Drag: move it.")
                                 : summary + QStringLiteral("\n\n") + tr("Double-click: give this pane the whole window. Drag: move it."));
    update();
}

void PanelTitle::set_maximised(bool maximised) {
    maximised_ = maximised;
    update();
}

void PanelTitle::set_corner(QWidget* corner) {
    corner_ = corner;
    corner_->setParent(this);
    corner_->show();
    place_corner();
}

void PanelTitle::place_corner() {
    if (corner_ == nullptr) return;
    const QSize size = corner_->sizeHint();
    // A narrow pane keeps its title; what has no room then is reached by making the pane wider.
    const int title_width = measure::inside_panel + static_cast<int>(QFontMetricsF(theme_.words(measure::title_text, QFont::DemiBold)).horizontalAdvance(title_)) + 8;
    const int right = width() - 32;
    const int wide = std::min(size.width(), std::max(0, right - title_width));
    corner_->setGeometry(right - wide, (height() - size.height()) / 2, wide, size.height());
    update();
}

void PanelTitle::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    place_corner();
}

bool PanelTitle::event(QEvent* event) {
    if (event->type() == QEvent::LayoutRequest) place_corner();  // the controls have grown or shrunk
    return QWidget::event(event);
}

QRectF PanelTitle::cross() const { return {width() - 27.0, height() / 2.0 - 9, 18, 18}; }

void PanelTitle::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = theme_.tokens();
    const QFont title_font = theme_.words(measure::title_text, QFont::DemiBold);
    painter.setFont(title_font);
    painter.setPen(t.text);
    const QRectF line = QRectF(rect()).adjusted(measure::inside_panel, 0, corner_ != nullptr ? corner_->x() - 8 - width() : -34, 0);
    const QFontMetricsF title_metrics(title_font);
    const QString shown = title_metrics.elidedText(title_, Qt::ElideRight, line.width());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, shown);
    const double left = title_metrics.horizontalAdvance(shown) + 12;
    if (line.width() - left > 30 && !summary_.isEmpty()) {
        const QFont quiet = theme_.words(measure::quiet_text);
        painter.setFont(quiet);
        painter.setPen(t.quiet_text);
        painter.drawText(line.adjusted(left, 1, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(quiet).elidedText(summary_, Qt::ElideRight, line.width() - left));
    }
    const QRectF box = cross();
    if (over_cross_) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.hover);
        painter.drawRoundedRect(box, 4, 4);
    }
    painter.setPen(QPen(over_cross_ ? t.text : t.faint_text, 1.2));
    const QRectF sign = box.adjusted(5.5, 5.5, -5.5, -5.5);
    if (maximised_) {
        // A small square: back to the size before.
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(sign);
    } else {
        painter.drawLine(sign.topLeft(), sign.bottomRight());
        painter.drawLine(sign.topRight(), sign.bottomLeft());
    }
}

void PanelTitle::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && !cross().contains(event->position())) Q_EMIT maximise_wanted();
    event->accept();
}

void PanelTitle::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && cross().contains(event->position())) {
        pressed_cross_ = true;
        event->accept();
        return;
    }
    event->ignore();  // the dock drags
}

void PanelTitle::mouseReleaseEvent(QMouseEvent* event) {
    if (pressed_cross_) {
        pressed_cross_ = false;
        event->accept();
        if (cross().contains(event->position())) {
            if (maximised_) {
                Q_EMIT maximise_wanted();
            } else {
                Q_EMIT close_wanted();
            }
        }
        return;
    }
    event->ignore();
}

void PanelTitle::mouseMoveEvent(QMouseEvent* event) {
    const bool over = cross().contains(event->position());
    if (over != over_cross_) {
        over_cross_ = over;
        update();
    }
    event->ignore();
}

void PanelTitle::leaveEvent(QEvent*) {
    over_cross_ = false;
    update();
}

}  // namespace chimneylab::desktop

#include "moc_panel_title.cpp"
