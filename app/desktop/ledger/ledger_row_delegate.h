// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paints one cell of the ledger: an entry that is held on its own ground, one that was never given back with ✖ and a
// border, one that is still to come or long gone quietly.
#pragma once

#include <QStyledItemDelegate>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class LedgerRowDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    LedgerRowDelegate(const Theme& theme, QObject* parent = nullptr) : QStyledItemDelegate(parent), theme_(theme) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& theme_;
};

}  // namespace chimneylab::desktop
