// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A check box whose box can be seen in every theme: the style's own takes colours that no theme knows. GUI thread only.
#pragma once

#include <QCheckBox>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class CheckBox : public QCheckBox {
    Q_OBJECT
public:
    CheckBox(const QString& text, const Theme& theme, QWidget* parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool hitButton(const QPoint& position) const override { return rect().contains(position); }

private:
    const Theme& theme_;
};

}  // namespace chimneylab::desktop
