// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/main_window/panel_dock.h"

#include "app/desktop/main_window/panel_title.h"

#include <QPainter>

namespace chimneylab::desktop {

PanelDock::PanelDock(const QString& name, const QString& title, const Theme& theme, QWidget* content, QWidget* parent)
    : QDockWidget(title, parent), theme_(theme) {
    setObjectName(name);
    setAllowedAreas(Qt::AllDockWidgetAreas);
    setFeatures(DockWidgetClosable | DockWidgetMovable | DockWidgetFloatable);
    setAccessibleName(title);
    title_ = new PanelTitle(title, theme, this);
    setTitleBarWidget(title_);
    setWidget(content);
    connect(title_, &PanelTitle::maximise_wanted, this, &PanelDock::maximise_wanted);
    connect(title_, &PanelTitle::close_wanted, this, &QDockWidget::close);
    connect(&theme, &Theme::changed, this, [this] { update(); });
}

// Qt keeps what is behind a tab visible, but outside the window.
bool PanelDock::in_front() const { return isVisible() && (isFloating() || (geometry().right() >= 0 && geometry().bottom() >= 0)); }

QWidget* PanelDock::title_bar() const { return title_; }

void PanelDock::set_summary(const QString& summary) { title_->set_summary(summary); }

void PanelDock::set_maximised(bool maximised) { title_->set_maximised(maximised); }

void PanelDock::set_corner(QWidget* controls) { title_->set_corner(controls); }

void PanelDock::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = theme_.tokens();
    if (isFloating()) painter.fillRect(rect(), t.background);
    painter.setPen(QPen(t.line, 1));
    painter.setBrush(t.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), measure::panel_radius, measure::panel_radius);
}

}  // namespace chimneylab::desktop

#include "moc_panel_dock.cpp"
