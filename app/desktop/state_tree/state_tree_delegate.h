// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws a cell of a state tree: a ◆ before what the present event changed, a ✖ before a status that is a failure, quiet
// words for what is not known yet.
#pragma once

#include <QStyledItemDelegate>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class StateTreeDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit StateTreeDelegate(const Theme& theme, QObject* parent = nullptr) : QStyledItemDelegate(parent), theme_(theme) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& theme_;
};

}  // namespace chimneylab::desktop
