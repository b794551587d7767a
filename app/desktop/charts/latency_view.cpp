// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/latency_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <array>
#include <cmath>

#include "app/desktop/charts/chart_style.h"
#include "app/desktop/models/event_text.h"

namespace chimneylab::desktop {

namespace {

constexpr std::size_t most_curves = 6;
constexpr double narrowest_bar = 5;
constexpr std::array<Qt::PenStyle, 4> dashes{Qt::SolidLine, Qt::DashLine, Qt::DashDotLine, Qt::DotLine};

}  // namespace

LatencyView::LatencyView(PlaybackModel& playback, const Theme& theme, QWidget* parent) : QChartView(parent), playback_(playback), theme_(theme) {
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Latency chart"));
    viewport()->setMouseTracking(true);
    setBackgroundBrush(Qt::NoBrush);
    time_axis_ = new QCategoryAxis(this);
    count_axis_ = new QValueAxis(this);
    percent_axis_ = new QCategoryAxis(this);
    latency_axis_ = new QCategoryAxis(this);
    chart()->addAxis(time_axis_, Qt::AlignBottom);
    chart()->addAxis(count_axis_, Qt::AlignLeft);
    chart()->addAxis(percent_axis_, Qt::AlignBottom);
    chart()->addAxis(latency_axis_, Qt::AlignLeft);
    outline_ = new QLineSeries(this);
    area_ = new QAreaSeries(outline_);
    chart()->addSeries(area_);
    area_->attachAxis(time_axis_);
    area_->attachAxis(count_axis_);
    for (std::size_t i = 0; i < most_curves + 1; ++i) {
        auto* curve = new QLineSeries(this);
        chart()->addSeries(curve);
        curve->attachAxis(percent_axis_);
        curve->attachAxis(latency_axis_);
        curves_.push_back(curve);
    }
    connect(chart(), &QChart::plotAreaChanged, this, [this] { viewport()->update(); });
    playback.tell(this, [this] { viewport()->update(); });
    connect(&playback, &PlaybackModel::focus_changed, this, [this] { viewport()->update(); });
    connect(&theme, &Theme::changed, this, &LatencyView::apply_theme);
    apply_theme();
}

void LatencyView::apply_theme() {
    const Tokens& t = theme_.tokens();
    style_chart(*chart(), theme_);
    for (QAbstractAxis* each : {static_cast<QAbstractAxis*>(time_axis_), static_cast<QAbstractAxis*>(count_axis_), static_cast<QAbstractAxis*>(percent_axis_), static_cast<QAbstractAxis*>(latency_axis_)}) style_axis(*each, theme_);
    time_axis_->setGridLineVisible(false);
    area_->setPen(QPen(t.accent, 1));
    area_->setBrush(mixed(t.panel, t.accent, 0.55));
    for (std::size_t i = 0; i < curves_.size(); ++i) {
        QPen pen(i == 0 ? t.text : operation_colour(t, static_cast<int>(i)), i == 0 ? 2.2 : 1.6);
        pen.setStyle(dashes[i % dashes.size()]);
        curves_[i]->setPen(pen);
    }
    viewport()->update();
}

std::span<const report::Sample> LatencyView::samples() const {
    if (!timing_) return {};
    if (series_ < 0) {
        const report::Distribution* all = timing_->all_of(subject_);
        return all == nullptr ? std::span<const report::Sample>() : all->samples();
    }
    const auto series = timing_->series_of(subject_);
    return series_ < static_cast<int>(series.size()) ? series[static_cast<std::size_t>(series_)]->times.samples() : std::span<const report::Sample>();
}

std::vector<const report::Series*> LatencyView::shown_series() const {
    if (!timing_) return {};
    auto series = timing_->series_of(subject_);
    if (series_ >= 0) return series_ < static_cast<int>(series.size()) ? std::vector{series[static_cast<std::size_t>(series_)]} : std::vector<const report::Series*>();
    return series;
}

void LatencyView::show_series(TimingPointer timing, report::Subject subject, int series, bool percentiles) {
    const bool other = timing != timing_ || subject != subject_ || series != series_;
    if (!other && percentiles == percentiles_) return;
    timing_ = std::move(timing);
    subject_ = subject;
    series_ = series;
    percentiles_ = percentiles;
    if (other) {
        chosen_ = -1;
        finder_ = SampleFinder(samples());
        outliers_.clear();
        if (const auto times = samples(); !times.empty()) {
            // Some room at both ends, so that a single value is a bar and not a wall.
            whole_ = {logarithm_of(times.front().value), logarithm_of(times.back().value)};
            const double room = std::max(0.06, whole_.length() * 0.03);
            whole_ = {std::max(0.0, whole_.from - room), whole_.to + room};
            if (series_ >= 0) outliers_ = timing_->series_of(subject_)[static_cast<std::size_t>(series_)]->times.outliers();
            else if (const report::Distribution* all = timing_->all_of(subject_)) outliers_ = all->outliers();
        } else {
            whole_ = {0, 1};
        }
        range_ = whole_;
    }
    rebuild();
    Q_EMIT range_changed();
}

void LatencyView::rebuild() {
    const bool histogram = !percentiles_;
    time_axis_->setVisible(histogram);
    count_axis_->setVisible(histogram);
    percent_axis_->setVisible(!histogram);
    latency_axis_->setVisible(!histogram);
    area_->setVisible(histogram);
    for (QLineSeries* curve : curves_) curve->setVisible(false);
    if (!timing_ || samples().empty()) return;
    const double wide = std::max(60.0, viewport()->width() - 44.0);
    if (histogram) {
        // Few samples want few bars, or each would stand alone.
        const double wanted = std::min(wide / narrowest_bar, 18 + 5 * std::sqrt(static_cast<double>(samples().size())));
        bars_ = histogram_bars(samples(), range_.from, range_.to, std::clamp(static_cast<int>(wanted), 4, 200));
        QList<QPointF> points{{range_.from, 0}};
        std::size_t most = 0;
        for (const HistogramBar& bar : bars_) {
            const auto count = static_cast<double>(bar.count);
            most = std::max(most, bar.count);
            const double gap = (bar.high - bar.low) * 0.06;
            points << QPointF(bar.low + gap, 0) << QPointF(bar.low + gap, count) << QPointF(bar.high - gap, count) << QPointF(bar.high - gap, 0);
        }
        points << QPointF(range_.to, 0);
        outline_->replace(points);
        set_counts(*count_axis_, static_cast<double>(most), true, viewport()->height() - 24.0);
        set_ticks(*time_axis_, range_.from, range_.to, decade_ticks(range_.from, range_.to, wide, 52));
        set_rows(*this, bars_as_table());
    } else {
        auto series = shown_series();
        std::ranges::stable_sort(series, std::greater<>(), [](const report::Series* each) { return each->times.count(); });
        const double reach = percentile_reach(samples().size());
        const int pixels = static_cast<int>(wide);
        const auto draw = [&](QLineSeries* curve, const QString& name, std::span<const report::Sample> its) {
            const auto points = percentile_curve(its, reach, pixels);
            curve->replace(QList<QPointF>(points.begin(), points.end()));
            curve->setName(name);
            curve->setVisible(true);
        };
        // Several: all of them together first, then those with most samples.
        if (series.size() > 1) draw(curves_[0], tr("all"), samples());
        for (std::size_t i = 0; i < std::min(series.size(), most_curves); ++i) draw(curves_[series.size() > 1 ? i + 1 : 0], to_qstring(series[i]->name), series[i]->times.samples());
        set_ticks(*percent_axis_, 0, reach, percentile_ticks(reach));
        const double high = std::max(40.0, viewport()->height() - 30.0);
        set_ticks(*latency_axis_, range_.from, range_.to, decade_ticks(range_.from, range_.to, high, 26));
        set_rows(*this, series_table(timing_->title(tr("latency")), timing_, shown_series(), timing_->cost ? std::optional(timing_->cost->per_event) : std::nullopt));
    }
    viewport()->update();
}

FigureTable LatencyView::bars_as_table() const {
    return timing_ ? bars_table(timing_->title(tr("latency")), timing_, samples(), bars_) : FigureTable();
}

double LatencyView::x_of(double value) const {
    const QRectF area = plot();
    const double low = percentiles_ ? 0 : range_.from, high = percentiles_ ? percentile_reach(samples().size()) : range_.to;
    return area.left() + (value - low) / (high - low) * area.width();
}

double LatencyView::y_of(double value) const {
    const QRectF area = plot();
    const double low = percentiles_ ? range_.from : 0, high = percentiles_ ? range_.to : count_axis_->max();
    return area.bottom() - (value - low) / std::max(1e-12, high - low) * area.height();
}

trace::EventId LatencyView::sample_event() const {
    if (!timing_ || !playback_.position().valid()) return {};
    // Of a chosen operation its beginning counts, wherever one stands.
    if (subject_ == report::Subject::operation) {
        if (const trace::Operation* operation = playback_.operation()) return operation->started;
    }
    return playback_.position();
}

void LatencyView::drawForeground(QPainter* painter, const QRectF&) {
    if (!timing_ || samples().empty()) return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (percentiles_) draw_curve_marks(*painter);
    else draw_histogram_marks(*painter);
    if (hasFocus()) painter->fillRect(QRectF(0, viewport()->height() - 2, viewport()->width(), 2), theme_.tokens().accent);
    painter->restore();
}

void LatencyView::draw_histogram_marks(QPainter& painter) {
    const Tokens& t = theme_.tokens();
    const QRectF area = plot();
    const auto times = samples();
    const QFont font = theme_.words(measure::small_text);
    if (chosen_ >= 0 && chosen_ < static_cast<int>(bars_.size())) {
        const HistogramBar& bar = bars_[static_cast<std::size_t>(chosen_)];
        painter.setPen(QPen(t.text, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(QPointF(x_of(bar.low), y_of(static_cast<double>(bar.count))), QPointF(x_of(bar.high), area.bottom())));
    }
    std::vector<QRectF> taken;
    const int here = present_sample();
    if (here >= 0) {
        const auto value = times[static_cast<std::size_t>(here)].value;
        const double x = x_of(logarithm_of(value));
        draw_flag(painter, area, x, tr("here %1").arg(short_time(static_cast<double>(value))), t.changed, QPen(t.changed, 2), theme_.words(measure::small_text, QFont::DemiBold), taken);
        if (x >= area.left() && x <= area.right()) draw_arrow_head(painter, QPointF(x, area.bottom()), {0, 1}, 7, t.changed);
    }
    const auto at_share = [&](double percent) {
        const double rank = std::ceil(percent / 100 * static_cast<double>(times.size()) - 1e-9);
        return times[std::min(times.size() - 1, static_cast<std::size_t>(std::max(rank, 1.0)) - 1)].value;
    };
    const std::tuple<double, QString, Qt::PenStyle> lines[] = {{50, tr("p50"), Qt::DashLine}, {90, tr("p90"), Qt::DashDotLine}, {99, tr("p99"), Qt::DotLine}};
    for (const auto& [percent, name, style] : lines) {
        if (times.size() < 2) break;
        draw_flag(painter, area, x_of(logarithm_of(at_share(percent))), name, t.quiet_text, QPen(t.quiet_text, 1.2, style), font, taken);
    }
    for (const report::Sample& sample : outliers_) {
        const double x = x_of(logarithm_of(sample.value));
        if (x >= area.left() && x <= area.right()) draw_mark(painter, Mark::diamond, QRectF(x - 4, area.bottom() - 9, 8, 8), t.changed);
    }
}

void LatencyView::draw_curve_marks(QPainter& painter) {
    const Tokens& t = theme_.tokens();
    const QRectF area = plot();
    const QFont font = theme_.words(measure::small_text);
    const QFontMetricsF metrics(font);
    std::vector<QRectF> taken;
    if (const int here = present_sample(); here >= 0) {
        const auto times = samples();
        const auto value = times[static_cast<std::size_t>(here)].value;
        const double y = y_of(logarithm_of(value));
        if (y >= area.top() && y <= area.bottom()) {
            painter.setPen(QPen(t.changed, 2));
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
            draw_arrow_head(painter, QPointF(area.left(), y), {-1, 0}, 7, t.changed);
            const QString words = tr("here %1").arg(short_time(static_cast<double>(value)));
            const QFont bold = theme_.words(measure::small_text, QFont::DemiBold);
            QRectF box(area.left() + 6, y - metrics.height() - 1, QFontMetricsF(bold).horizontalAdvance(words) + 4, metrics.height());
            if (box.top() < area.top()) box.moveTop(y + 1);
            painter.setFont(bold);
            painter.setPen(t.changed);
            painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, words);
            taken.push_back(box);
        }
    }
    // The names stand at the ends of their curves, with a piece of the line before them.
    const double most = std::min(150.0, area.width() * 0.5);
    painter.setFont(font);
    for (const QLineSeries* curve : curves_) {
        if (!curve->isVisible() || curve->count() == 0 || area.width() < 120) continue;
        const QString words = metrics.elidedText(curve->name(), Qt::ElideRight, most);
        QRectF box(0, 0, metrics.horizontalAdvance(words) + 20, metrics.height());
        box.moveRight(area.right());
        box.moveBottom(std::clamp(y_of(curve->at(curve->count() - 1).y()) - 2, area.top() + box.height(), area.bottom()));
        for (int tries = 0; tries < 8; ++tries) {
            const auto hit = std::ranges::find_if(taken, [&](const QRectF& other) { return other.intersects(box); });
            if (hit == taken.end()) break;
            box.moveTop(hit->bottom() + 0.5);
        }
        if (box.bottom() > area.bottom()) continue;
        taken.push_back(box);
        painter.fillRect(box, mixed(t.panel, t.panel, 1));
        painter.setPen(curve->pen());
        painter.drawLine(QPointF(box.left() + 2, box.center().y()), QPointF(box.left() + 16, box.center().y()));
        painter.setPen(t.text);
        painter.drawText(box.adjusted(20, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, words);
    }
}

int LatencyView::bar_at(QPointF at) const {
    if (percentiles_ || !plot().adjusted(0, 0, 0, 2).contains(at)) return -1;
    for (std::size_t i = 0; i < bars_.size(); ++i) {
        if (at.x() >= x_of(bars_[i].low) && at.x() < x_of(bars_[i].high)) return static_cast<int>(i);
    }
    return -1;
}

trace::EventId LatencyView::target_at(QPointF at) const {
    const QRectF area = plot();
    if (!timing_ || samples().empty()) return {};
    if (percentiles_) {
        if (!area.contains(at)) return {};
        // The sample at this percentile.
        const auto times = samples();
        const double x = (at.x() - area.left()) / area.width() * percentile_reach(times.size());
        const auto rank = static_cast<std::size_t>(std::max(std::ceil((1 - std::pow(10, -x)) * static_cast<double>(times.size()) - 1e-9), 1.0));
        return times[std::min(rank, times.size()) - 1].event;
    }
    for (const report::Sample& sample : outliers_) {
        if (QRectF(x_of(logarithm_of(sample.value)) - 6, area.bottom() - 12, 12, 14).contains(at)) return sample.event;
    }
    const int bar = bar_at(at);
    return bar < 0 ? trace::EventId() : samples()[bars_[static_cast<std::size_t>(bar)].first].event;
}

void LatencyView::go(trace::EventId event) {
    if (!event.valid()) return;
    playback_.pause();
    playback_.seek(event);
}

void LatencyView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    setFocus(Qt::MouseFocusReason);
    if (const int bar = bar_at(event->position()); bar >= 0) {
        chosen_ = bar;
        set_current_row(*this, bar);
    }
    go(target_at(event->position()));
    viewport()->update();
}

void LatencyView::mouseMoveEvent(QMouseEvent* event) {
    viewport()->setCursor(target_at(event->position()).valid() ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void LatencyView::zoom(double factor, double centre) {
    const double length = std::clamp(range_.length() * factor, 0.02, std::max(0.02, whole_.length()));
    const double share = std::clamp((centre - range_.from) / range_.length(), 0.0, 1.0);
    const double from = std::clamp(centre - share * length, whole_.from, std::max(whole_.from, whole_.to - length));
    range_ = {from, from + length};
    chosen_ = -1;
    rebuild();
    Q_EMIT range_changed();
}

void LatencyView::show_whole() {
    range_ = whole_;
    chosen_ = -1;
    rebuild();
    Q_EMIT range_changed();
}

void LatencyView::wheelEvent(QWheelEvent* event) {
    const QRectF area = plot();
    const double share = percentiles_ ? (area.bottom() - event->position().y()) / area.height() : (event->position().x() - area.left()) / area.width();
    if ((event->modifiers() & Qt::ControlModifier) != 0) {
        zoom(std::pow(1.2, -event->angleDelta().y() / 120.0), range_.from + share * range_.length());
    } else {
        const double by = -event->angleDelta().y() / 120.0 * 0.1 * range_.length();
        const double from = std::clamp(range_.from + by, whole_.from, std::max(whole_.from, whole_.to - range_.length()));
        range_ = {from, from + range_.length()};
        rebuild();
    }
    event->accept();
}

void LatencyView::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(bars_.size()) - 1;
    switch (event->key()) {
        case Qt::Key_Plus:
        case Qt::Key_Equal: zoom(1 / 1.3, (range_.from + range_.to) / 2); return;
        case Qt::Key_Minus: zoom(1.3, (range_.from + range_.to) / 2); return;
        case Qt::Key_0: show_whole(); return;
        case Qt::Key_Up:
        case Qt::Key_Down:
            if (percentiles_ || last < 0) return;
            chosen_ = std::clamp(chosen_ + (event->key() == Qt::Key_Down ? 1 : chosen_ < 0 ? last + 1 : -1), 0, last);
            set_current_row(*this, chosen_);
            viewport()->update();
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (!percentiles_ && chosen_ >= 0 && chosen_ <= last) go(samples()[bars_[static_cast<std::size_t>(chosen_)].first].event);
            return;
        default: QChartView::keyPressEvent(event);
    }
}

bool LatencyView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if ((key->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) == 0) {
            switch (key->key()) {
                case Qt::Key_Up:
                case Qt::Key_Down:
                case Qt::Key_Return:
                case Qt::Key_Enter:
                case Qt::Key_Plus:
                case Qt::Key_Equal:
                case Qt::Key_Minus:
                case Qt::Key_0: event->accept(); return true;
                default: break;
            }
        }
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) viewport()->update();
    return QChartView::event(event);
}

bool LatencyView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip && timing_ && !samples().empty()) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QString tip;
        const int bar = bar_at(help->pos());
        if (bar >= 0) tip = rows().words(bar);
        if (const trace::EventId target = target_at(help->pos()); target.valid()) {
            if (!tip.isEmpty()) tip += QLatin1Char('\n');
            tip += tr("A click goes to event %1: %2").arg(target.value).arg(event_text(*timing_->session->history, target).what);
        }
        QToolTip::showText(help->globalPos(), tip, this);
        return true;
    }
    return QChartView::viewportEvent(event);
}

QRect LatencyView::accessible_row_rect(int row) const {
    if (percentiles_ || row < 0 || row >= static_cast<int>(bars_.size())) return plot().toRect();
    const HistogramBar& bar = bars_[static_cast<std::size_t>(row)];
    return QRectF(QPointF(x_of(bar.low), y_of(static_cast<double>(bar.count))), QPointF(x_of(bar.high), plot().bottom())).toAlignedRect();
}

void LatencyView::resizeEvent(QResizeEvent* event) {
    QChartView::resizeEvent(event);
    rebuild();
}

void LatencyView::paint(QPainter& painter, QSize size) {
    const QSize before = this->size();
    resize(size);
    render(&painter, QRectF(QPointF(), QSizeF(size)), QRect(QPoint(), size));
    resize(before);
}

}  // namespace chimneylab::desktop

#include "moc_latency_view.cpp"
