// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paints one cell of the event list: marks before colour, function names in the monospaced face, calls indented by their
// depth, everything that does not fit elided (the row's tooltip has it whole).
#pragma once

#include <QStyledItemDelegate>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class EventRowDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    EventRowDelegate(const Theme& theme, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& theme_;
};

}  // namespace chimneylab::desktop
