// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/load_view.h"

#include <QHelpEvent>
#include <QToolTip>
#include <algorithm>

#include "app/desktop/charts/chart_style.h"
#include "app/desktop/models/event_text.h"

namespace chimneylab::desktop {

LoadView::LoadView(Figure figure, PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent)
    : QChartView(parent), figure_(figure), playback_(playback), timing_model_(timing), theme_(theme) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(figure == Figure::occupancy ? tr("Occupancy chart") : tr("Throughput chart"));
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setCursor(Qt::PointingHandCursor);
    time_axis_ = new QCategoryAxis(this);
    value_axis_ = new QValueAxis(this);
    chart()->addAxis(time_axis_, Qt::AlignBottom);
    chart()->addAxis(value_axis_, Qt::AlignLeft);
    line_ = new QLineSeries(this);
    area_ = new QAreaSeries(line_);
    chart()->addSeries(area_);
    area_->attachAxis(time_axis_);
    area_->attachAxis(value_axis_);
    gestures_ = new TimeGestures(*this, playback, timing, {[this] { return plot(); }, [this](QPointF at) { click(at); }, [this](int direction) { step(direction); }});
    connect(chart(), &QChart::plotAreaChanged, this, [this] { viewport()->update(); });
    connect(&timing, &TimingModel::span_changed, this, &LoadView::rebuild);
    playback.tell(this, [this] {
        if (!isVisible()) return;
        timing_model_.follow();
        set_current_row(*this, row_at(playback_.position()));
        viewport()->update();
    });
    connect(&theme, &Theme::changed, this, &LoadView::apply_theme);
    apply_theme();
}

void LoadView::apply_theme() {
    const Tokens& t = theme_.tokens();
    style_chart(*chart(), theme_);
    time_axis_->setGridLineVisible(false);
    const QColor ink = figure_ == Figure::occupancy ? t.call_entry : t.accent;
    area_->setPen(QPen(ink, 1.5));
    area_->setBrush(QBrush(mixed(t.panel, ink, figure_ == Figure::occupancy ? 0.22 : 0.5)));
    viewport()->update();
}

const report::LoadCurve* LoadView::curve() const {
    if (!timing_ || curve_ < 0 || curve_ >= static_cast<int>(timing_->load.occupancy.size())) return nullptr;
    return &timing_->load.occupancy[static_cast<std::size_t>(curve_)];
}

void LoadView::show_timing(TimingPointer timing, int curve) {
    if (timing == timing_ && curve == curve_) return;
    timing_ = std::move(timing);
    curve_ = curve;
    rebuild();
    if (figure_ == Figure::occupancy) {
        set_rows(*this, as_table());
        set_current_row(*this, row_at(playback_.position()));
    }
}

void LoadView::rebuild() {
    if (!isVisible() || !timing_) return;  // showEvent() makes up for it
    const TimeSpan span = timing_model_.visible();
    const double wide = std::max(40.0, plot().width() > 10 ? plot().width() : viewport()->width() - 44.0);
    QList<QPointF> points;
    double highest = 0;
    if (figure_ == Figure::occupancy) {
        if (const report::LoadCurve* its = curve()) {
            const auto stair = occupancy_stair(its->steps, span, static_cast<int>(wide));
            points = QList<QPointF>(stair.begin(), stair.end());
        }
        for (const QPointF& point : points) highest = std::max(highest, point.y());
    } else {
        bars_ = throughput_bars(timing_->load.finishes, span, std::max(4, static_cast<int>(wide / 9)));
        points << QPointF(span.from, 0);
        for (const ThroughputBar& bar : bars_) {
            const double rate = bar.operations_per_second(), gap = (bar.to - bar.from) * 0.08;
            highest = std::max(highest, rate);
            const double from = std::clamp(bar.from + gap, span.from, span.to), to = std::clamp(bar.to - gap, span.from, span.to);
            if (rate > 0 && to > from) points << QPointF(from, 0) << QPointF(from, rate) << QPointF(to, rate) << QPointF(to, 0);
        }
        points << QPointF(span.to, 0);
        set_rows(*this, as_table());
    }
    line_->replace(points);
    set_counts(*value_axis_, highest, figure_ == Figure::occupancy, viewport()->height() - 24.0);
    set_ticks(*time_axis_, span.from, span.to, time_ticks(span, wide, 76));
    viewport()->update();
}

FigureTable LoadView::as_table() const {
    if (!timing_) return {};
    if (figure_ == Figure::throughput) return throughput_table(timing_->title(tr("throughput")), timing_, timing_->load.finishes, bars_);
    const report::LoadCurve* its = curve();
    return its == nullptr ? FigureTable() : occupancy_table(timing_->title(tr("occupancy")), timing_, its->steps, to_qstring(its->name));
}

double LoadView::y_of(double value) const {
    const QRectF area = plot();
    return area.bottom() - value / std::max(1e-12, value_axis_->max()) * area.height();
}

void LoadView::drawForeground(QPainter* painter, const QRectF&) {
    if (!timing_) return;
    const Tokens& t = theme_.tokens();
    const QRectF area = plot();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    std::vector<QRectF> taken;
    const QFont bold = theme_.words(measure::small_text, QFont::DemiBold);
    if (playback_.position().valid()) {
        const auto here = static_cast<double>(timing_->time_of(playback_.position()));
        QString words;
        if (figure_ == Figure::occupancy && curve() != nullptr) {
            // What the present event left behind, not what others at the same instant did.
            const int row = row_at(playback_.position());
            words = tr("here %L1").arg(row < 0 ? 0 : curve()->steps[static_cast<std::size_t>(row)].present);
        } else {
            words = tr("here");
        }
        draw_flag(*painter, area, x_of(here), words, t.changed, QPen(t.changed, 2), bold, taken);
    }
    if (figure_ == Figure::occupancy && curve() != nullptr) {
        const auto& steps = curve()->steps;
        for (const report::Occupancy& each : timing_->statistics.occupancy) {
            if (each.what != curve()->what || each.layer != curve()->layer || !each.high_water_at.valid() || steps.empty()) continue;
            const double x = x_of(static_cast<double>(timing_->time_of(each.high_water_at))), y = y_of(static_cast<double>(each.high_water));
            painter->setPen(QPen(t.quiet_text, 1, Qt::DashLine));
            if (y >= area.top()) painter->drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
            if (x < area.left() || x > area.right()) continue;
            draw_mark(*painter, Mark::triangle, QRectF(x - 4.5, y - 4, 9, 9), t.call_entry_text);
            const QFont font = theme_.words(measure::small_text);
            const QFontMetricsF metrics(font);
            const QString words = tr("most %L1").arg(each.high_water);
            QRectF box(x + 8, y + 2, metrics.horizontalAdvance(words), metrics.height());
            if (box.right() > area.right()) box.moveRight(x - 8);
            for (const QRectF& other : taken) {
                if (other.intersects(box)) box.moveTop(other.bottom());
            }
            painter->setFont(font);
            painter->setPen(t.text);
            painter->drawText(box, Qt::AlignLeft | Qt::AlignVCenter, words);
        }
    }
    if (hasFocus()) painter->fillRect(QRectF(0, viewport()->height() - 2, viewport()->width(), 2), t.accent);
    painter->restore();
}

trace::EventId LoadView::target_at(QPointF at) const {
    if (!timing_ || !plot().adjusted(-2, 0, 2, 4).contains(at)) return {};
    const double time = gestures_->time_at(at.x());
    if (figure_ == Figure::throughput) {
        for (const ThroughputBar& bar : bars_) {
            if (time >= bar.from && time < bar.to && bar.operations > 0) return timing_->load.finishes[bar.first].event;
        }
        return {};
    }
    // The step that is nearest.
    const report::LoadCurve* its = curve();
    if (its == nullptr || its->steps.empty()) return {};
    const auto next = std::ranges::lower_bound(its->steps, time, {}, [](const report::LoadStep& step) { return static_cast<double>(step.time); });
    if (next == its->steps.end()) return its->steps.back().event;
    if (next == its->steps.begin()) return next->event;
    return time - static_cast<double>(std::prev(next)->time) < static_cast<double>(next->time) - time ? std::prev(next)->event : next->event;
}

void LoadView::click(QPointF at) {
    const trace::EventId target = target_at(at);
    if (!target.valid()) return;
    playback_.pause();
    playback_.seek(target);
}

void LoadView::step(int direction) {
    const int here = row_at(playback_.position());
    // From between two rows, back means the row before.
    const bool between = here >= 0 && rows().event(here) < playback_.position();
    const int wanted = direction < 0 && between ? here : here + direction;
    if (wanted < 0 || wanted >= rows().rows) return;
    playback_.pause();
    playback_.seek(rows().event(wanted));
}

bool LoadView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip && timing_) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QString tip;
        if (const trace::EventId target = target_at(help->pos()); target.valid()) {
            if (const int row = row_at(target); row >= 0) tip = rows().words(row) + QLatin1Char('\n');
            tip += tr("A click goes to event %1: %2").arg(target.value).arg(event_text(*timing_->session->history, target).what);
        }
        QToolTip::showText(help->globalPos(), tip, this);
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) viewport()->update();
    return QChartView::viewportEvent(event);
}

QRect LoadView::accessible_row_rect(int row) const {
    if (row < 0 || row >= rows().rows || !timing_) return {};
    const double x = std::clamp(x_of(static_cast<double>(timing_->time_of(rows().event(row)))), plot().left(), plot().right());
    return QRectF(x - 3, plot().top(), 6, plot().height()).toAlignedRect();
}

void LoadView::showEvent(QShowEvent* event) {
    QChartView::showEvent(event);
    rebuild();
}

void LoadView::resizeEvent(QResizeEvent* event) {
    QChartView::resizeEvent(event);
    rebuild();
}

void LoadView::paint(QPainter& painter, QSize size) {
    const QSize before = this->size();
    resize(size);
    render(&painter, QRectF(QPointF(), QSizeF(size)), QRect(QPoint(), size));
    resize(before);
}

}  // namespace chimneylab::desktop

#include "moc_load_view.cpp"
