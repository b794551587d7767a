// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/chart_style.h"

#include <QFontMetricsF>
#include <QGraphicsLayout>
#include <QPen>
#include <algorithm>
#include <cmath>

namespace chimneylab::desktop {

void style_chart(QChart& chart, const Theme& theme) {
    chart.setAnimationOptions(QChart::NoAnimation);
    chart.setBackgroundVisible(false);
    chart.setPlotAreaBackgroundVisible(false);
    chart.setMargins(QMargins(0, 2, 2, 0));
    chart.legend()->hide();
    if (chart.layout() != nullptr) chart.layout()->setContentsMargins(0, 0, 0, 0);
    for (QAbstractAxis* axis : chart.axes()) style_axis(*axis, theme);
}

void style_axis(QAbstractAxis& axis, const Theme& theme) {
    const Tokens& t = theme.tokens();
    axis.setLabelsFont(theme.words(measure::small_text));
    axis.setLabelsColor(t.quiet_text);
    axis.setTitleFont(theme.words(measure::small_text));
    axis.setTitleBrush(t.quiet_text);
    axis.setLinePen(QPen(t.line, 1));
    axis.setGridLinePen(QPen(t.groove, 1));
}

void set_ticks(QCategoryAxis& axis, double low, double high, const std::vector<Tick>& ticks) {
    axis.setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    axis.setRange(low, high);
    QStringList wanted;
    for (const Tick& tick : ticks) wanted << tick.text;
    const QStringList labels = axis.categoriesLabels();
    bool same = labels == wanted;
    for (std::size_t i = 0; same && i < ticks.size(); ++i) same = axis.endValue(labels[static_cast<qsizetype>(i)]) == ticks[i].at;
    if (same) return;
    for (const QString& label : labels) axis.remove(label);
    axis.setStartValue(low - 1);
    for (const Tick& tick : ticks) axis.append(tick.text, tick.at);
}

void set_counts(QValueAxis& axis, double highest, bool whole, double height) {
    const double top = std::max(highest, whole ? 1.0 : 1e-9);
    const double most = std::clamp(std::floor(height / 30), 1.0, 4.0);
    const double decade = std::pow(10, std::floor(std::log10(top / (most + 1))));
    double step = decade;
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        step = decade * factor;
        if (std::floor(top / step + 1e-9) <= most) break;
    }
    if (whole) step = std::max(1.0, std::round(step));
    // With some room above, where the flags have their words.
    axis.setRange(0, top * 1.15);
    axis.setTickType(QValueAxis::TicksDynamic);
    axis.setTickAnchor(0);
    axis.setTickInterval(step);
    axis.setLabelFormat(step >= 1 ? QStringLiteral("%.0f") : QStringLiteral("%.2g"));
}

void draw_flag(QPainter& painter, const QRectF& plot, double x, const QString& words, const QColor& ink, const QPen& pen, const QFont& font, std::vector<QRectF>& taken) {
    if (x < plot.left() - 1 || x > plot.right() + 1) return;
    painter.setPen(pen);
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
    if (words.isEmpty()) return;
    const QFontMetricsF metrics(font);
    const double wide = metrics.horizontalAdvance(words), high = metrics.height();
    QRectF box(x + 4, plot.top(), wide, high);
    if (box.right() > plot.right()) box.moveRight(x - 4);
    box.moveLeft(std::clamp(box.left(), plot.left() + 1, std::max(plot.left() + 1, plot.right() - wide)));
    for (int tries = 0; tries < 5; ++tries) {
        const auto hit = std::ranges::find_if(taken, [&](const QRectF& other) { return other.adjusted(-4, 0, 4, 0).intersects(box); });
        if (hit == taken.end()) break;
        box.moveTop(hit->bottom());
    }
    if (box.bottom() > plot.bottom()) return;
    taken.push_back(box);
    painter.setFont(font);
    painter.setPen(ink);
    painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, words);
}

}  // namespace chimneylab::desktop
