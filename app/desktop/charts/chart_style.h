// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Makes Qt Charts look like the rest of the window, and draws what they lack: axes with labels of one's own choice, lines
// with words. GUI thread only.
#pragma once

#include <QtCharts/QAbstractAxis>
#include <QtCharts/QCategoryAxis>
#include <QtCharts/QChart>
#include <QtCharts/QValueAxis>

#include "app/desktop/models/time_axis.h"
#include "app/desktop/theme/marks.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

void style_chart(QChart& chart, const Theme& theme);
void style_axis(QAbstractAxis& axis, const Theme& theme);
// An axis from low to high with labels where the ticks are. Nothing happens when that is what it shows already.
void set_ticks(QCategoryAxis& axis, double low, double high, const std::vector<Tick>& ticks);
// From 0 to somewhat above the highest, labelled at round values; at whole numbers only when `whole`, and
// at no more places than there is room for in `height` pixels.
void set_counts(QValueAxis& axis, double highest, bool whole, double height);

// A vertical line with words at its head that keep within the plot; their place is noted in `taken` and avoids the others.
void draw_flag(QPainter& painter, const QRectF& plot, double x, const QString& words, const QColor& ink, const QPen& pen, const QFont& font, std::vector<QRectF>& taken);

}  // namespace chimneylab::desktop
