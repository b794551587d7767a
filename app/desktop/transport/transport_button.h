// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A round transport button with a drawn sign. Linked to an action: its tooltip, enabling and triggering are the action's.
#pragma once

#include <QAbstractButton>
#include <QAction>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class TransportButton : public QAbstractButton {
    Q_OBJECT
public:
    enum class Sign { first, back, play, pause, forward, last };
    TransportButton(Sign sign, QAction* action, const Theme& theme, QWidget* parent = nullptr);
    void set_sign(Sign sign);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    Sign sign_;
    const Theme& theme_;
};

// A small flat button with a triangle: one half of "◂ conversion ▸".
class StepButton : public QAbstractButton {
    Q_OBJECT
public:
    StepButton(bool forward, QAction* action, const Theme& theme, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {20, 20}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    bool forward_;
    const Theme& theme_;
};

}  // namespace chimneylab::desktop
