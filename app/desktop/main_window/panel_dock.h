// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A pane of the window: a dock with rounded corners, a quiet title bar and a one-line summary beside the title.
// Double-click on the title asks for the whole window; the cross closes it; dragging the title moves it.
#pragma once

#include <QDockWidget>
#include <QLabel>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class PanelTitle;

class PanelDock : public QDockWidget {
    Q_OBJECT
public:
    PanelDock(const QString& name, const QString& title, const Theme& theme, QWidget* content, QWidget* parent = nullptr);
    void set_maximised(bool maximised);
    void set_corner(QWidget* controls);  // small controls in the title bar; the pane takes them over
    [[nodiscard]] QWidget* title_bar() const;
    // Open and not behind another pane's tab.
    [[nodiscard]] bool in_front() const;

public Q_SLOTS:
    void set_summary(const QString& summary);

Q_SIGNALS:
    void maximise_wanted();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& theme_;
    PanelTitle* title_ = nullptr;
};

}  // namespace chimneylab::desktop
