// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/main_window/menu_corner.h"

#include <QFontMetrics>
#include <QHBoxLayout>
#include <QMenu>
#include <algorithm>

namespace chimneylab::desktop {

MenuCorner::MenuCorner(QAction* search, const QList<QAction*>& layouts, const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 8, 0);
    row->setSpacing(8);
    search_ = new QPushButton(tr("Search commands, members, rules …  %1").arg(search->shortcut().toString(QKeySequence::NativeText)), this);
    search_->setAccessibleName(tr("Search commands, members, rules"));
    search_->setToolTip(tr("Find anything: commands, panes, members, rules, scenarios, an event by its number"));
    search_->setFocusPolicy(Qt::NoFocus);  // the menu bar's own keys and the shortcut lead there
    row->addWidget(search_);
    layouts_ = new QToolButton(this);
    layouts_->setToolTip(tr("The layout of the panes; Ctrl+Alt+1 … 4 choose one"));
    layouts_->setPopupMode(QToolButton::InstantPopup);
    layouts_->setFocusPolicy(Qt::NoFocus);
    layouts_->setAutoRaise(true);
    auto* menu = new QMenu(layouts_);
    for (QAction* each : layouts) {
        if (each == nullptr) {
            menu->addSeparator();
            continue;
        }
        menu->addAction(each);
        const auto show = [this, each] {
            if (!each->isChecked()) return;
            const QString name = QString(each->text()).remove(QLatin1Char('&'));
            layouts_->setText(name + QStringLiteral("  ▾"));
            layouts_->setAccessibleName(tr("Layout: %1").arg(name));
        };
        connect(each, &QAction::toggled, this, show);
        show();
    }
    layouts_->setMenu(menu);
    row->addWidget(layouts_);
    connect(search_, &QPushButton::clicked, search, &QAction::trigger);
    connect(&theme, &Theme::changed, this, &MenuCorner::apply_theme);
    apply_theme();
}

void MenuCorner::apply_theme() {
    const Tokens& t = theme_.tokens();
    // As wide as the longest name, so that nothing moves when another layout is chosen.
    int widest = 0;
    for (const QAction* each : layouts_->menu()->actions()) {
        if (each->isCheckable()) widest = std::max(widest, QFontMetrics(theme_.words(measure::body_text, QFont::DemiBold)).horizontalAdvance(QString(each->text()).remove(QLatin1Char('&')) + QStringLiteral("  ▾")));
    }
    layouts_->setFixedWidth(widest + 16);
    search_->setStyleSheet(QStringLiteral("QPushButton { text-align: left; padding: 2px 10px; min-width: %5px; min-height: 15px; max-height: 15px; color: %1; background: %2; border: 1px solid %3; border-radius: 5px } "
                                          "QPushButton:hover { background: %4 }")
                               .arg(t.quiet_text.name(), t.raised.name(), t.line.name(), t.hover.name())
                               .arg(QFontMetrics(theme_.words(measure::body_text)).horizontalAdvance(search_->text()) + 4));
    layouts_->setStyleSheet(QStringLiteral("QToolButton { color: %1; background: transparent; border: 0; padding: 2px 6px; font-size: 12px; font-weight: 600 } QToolButton::menu-indicator { image: none } QToolButton:hover { background: %2; border-radius: 5px }")
                                .arg(t.text.name(), t.hover.name()));
}

}  // namespace chimneylab::desktop

#include "moc_menu_corner.cpp"
