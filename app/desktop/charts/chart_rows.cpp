// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/chart_rows.h"

namespace chimneylab::desktop {

void ChartRows::set_rows(QWidget& self, FigureTable rows) {
    rows_ = std::move(rows);
    current_ = -1;
    tell_rows_changed(self);
}

int ChartRows::row_at(trace::EventId event) const {
    if (!event.valid() || !rows_.event) return -1;
    int low = 0, high = rows_.rows;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (rows_.event(middle) <= event) low = middle + 1;
        else high = middle;
    }
    return low - 1;
}

void ChartRows::set_current_row(QWidget& self, int row) {
    if (row == current_) return;
    current_ = row;
    if (row >= 0) tell_current_row(self, row);
}

}  // namespace chimneylab::desktop
