// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The right end of the menu bar: what looks like a search field and opens the command palette, and the layout in force
// with the others in a menu. GUI thread only.
#pragma once

#include <QAction>
#include <QPushButton>
#include <QToolButton>
#include <QWidget>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class MenuCorner : public QWidget {
    Q_OBJECT
public:
    // `layouts`: actions of which the checked one is in force; a null one is a separator. Actions are not taken over.
    MenuCorner(QAction* search, const QList<QAction*>& layouts, const Theme& theme, QWidget* parent);
    [[nodiscard]] QPushButton* search() const { return search_; }
    [[nodiscard]] QToolButton* layouts() const { return layouts_; }

private:
    void apply_theme();

    const Theme& theme_;
    QPushButton* search_ = nullptr;
    QToolButton* layouts_ = nullptr;
};

}  // namespace chimneylab::desktop
