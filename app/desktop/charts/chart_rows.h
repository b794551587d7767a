// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a chart says to those who cannot see it, and how the keyboard walks it: its table, row by row. Mixed into a
// chart's widget. GUI thread only.
#pragma once

#include <QWidget>

#include "app/desktop/accessibility/accessible_rows.h"
#include "app/desktop/models/figure_table.h"

namespace chimneylab::desktop {

class ChartRows : public AccessibleRows {
public:
    [[nodiscard]] const FigureTable& rows() const { return rows_; }
    void set_rows(QWidget& self, FigureTable rows);
    // The row of the event, or the last one that leads to an event before it; −1: none. Rows in order of their events.
    [[nodiscard]] int row_at(trace::EventId event) const;
    void set_current_row(QWidget& self, int row);

    [[nodiscard]] int accessible_row_count() const override { return rows_.rows; }
    [[nodiscard]] QString accessible_row_text(int row) const override { return rows_.words(row); }
    [[nodiscard]] int accessible_current_row() const override { return current_; }

private:
    FigureTable rows_;
    int current_ = -1;
};

}  // namespace chimneylab::desktop
