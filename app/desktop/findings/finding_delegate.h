// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws one finding in two lines: mark, rule and place with event and layer at the right, and below it the sentence. A
// first cause says how many consequences are grouped under it.
#pragma once

#include <QStyledItemDelegate>

#include "app/desktop/theme/marks.h"
#include "app/desktop/theme/theme.h"
#include "engine/verifier/rules.h"

namespace chimneylab::desktop {

// How bad, by shape and colour; the word stands beside it wherever there is room.
[[nodiscard]] Mark mark_of(verifier::Severity severity);
[[nodiscard]] QColor colour_of(verifier::Severity severity, const Tokens& tokens);

class FindingDelegate : public QStyledItemDelegate {
public:
    FindingDelegate(const Theme& theme, QObject* parent = nullptr) : QStyledItemDelegate(parent), theme_(theme) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& theme_;
};

}  // namespace chimneylab::desktop
