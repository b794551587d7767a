// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One choice of a question: a radio button whose words wrap, with the number that the keyboard chooses it by and, once the
// answer is told, ✔ or ✖ beside it. GUI thread only.
#pragma once

#include <QRadioButton>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class ChoiceButton : public QRadioButton {
    Q_OBJECT
public:
    // open: may be chosen. right and wrong: the answer is told. other: neither the right one nor the one that was chosen.
    enum class Shown { open, right, wrong, other };

    ChoiceButton(int number, const QString& text, const Theme& theme, QWidget* parent = nullptr);
    void show_as(Shown shown);
    [[nodiscard]] Shown shown_as() const { return shown_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool hitButton(const QPoint& position) const override { return rect().contains(position); }

private:
    const Theme& theme_;
    int number_;
    Shown shown_ = Shown::open;
};

}  // namespace chimneylab::desktop
