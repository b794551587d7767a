// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A row of the list of questions: a mark for how it stands (a ring: to be answered; filled: answered; ✔ right; ✖ to be looked
// at again), the question in up to two lines, the event before which it is asked. GUI thread only.
#pragma once

#include <QStyledItemDelegate>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class QuestionDelegate : public QStyledItemDelegate {
public:
    explicit QuestionDelegate(const Theme& theme, QObject* parent = nullptr) : QStyledItemDelegate(parent), theme_(theme) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {120, 40}; }

private:
    const Theme& theme_;
};

}  // namespace chimneylab::desktop
