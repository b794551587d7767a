// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paints one cell of the member table. A member that the present event changed has a diamond, a border and its colour;
// bytes that did not change are said quietly.
#pragma once

#include <QStyledItemDelegate>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class MemberRowDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    MemberRowDelegate(const Theme& theme, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& theme_;
};

}  // namespace chimneylab::desktop
