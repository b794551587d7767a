// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A painted view for those who cannot see it: a widget that draws its own rows tells how many there are, what each says
// and where it is, and screen readers walk them as a list. GUI thread only.
#pragma once

#include <QRect>
#include <QString>
#include <QWidget>

namespace chimneylab::desktop {

// Mixed into a QWidget.
class AccessibleRows {
public:
    AccessibleRows();
    virtual ~AccessibleRows() = default;
    [[nodiscard]] virtual int accessible_row_count() const = 0;
    [[nodiscard]] virtual QString accessible_row_text(int row) const = 0;
    [[nodiscard]] virtual QRect accessible_row_rect(int row) const = 0;  // in the widget's coordinates
    [[nodiscard]] virtual int accessible_current_row() const = 0;        // −1: none

protected:
    AccessibleRows(const AccessibleRows&) = default;
    AccessibleRows& operator=(const AccessibleRows&) = default;
};

// Tells whoever listens that another row is the current one now, or that the rows are other rows.
void tell_current_row(QWidget& view, int row);
void tell_rows_changed(QWidget& view);

}  // namespace chimneylab::desktop
