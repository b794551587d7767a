// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/time_canvas.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>

#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

TimeCanvas::TimeCanvas(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent)
    : QAbstractScrollArea(parent), playback_(playback), timing_model_(timing), theme_(theme) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    viewport()->setMouseTracking(true);
    gestures_ = new TimeGestures(*this, playback, timing, {[this] { return plot(); }, [this](QPointF at) { click(at); }, [this](int direction) { step(direction); }});
    connect(&timing, &TimingModel::span_changed, this, [this] { viewport()->update(); });
    playback.tell(this, [this] {
        if (!isVisible() || !timing_) return;
        timing_model_.follow();
        set_current_row(*this, row_at(playback_.position()));
        reveal();
        viewport()->update();
    });
    connect(&playback, &PlaybackModel::focus_changed, this, [this] { viewport()->update(); });
    connect(&theme, &Theme::changed, this, [this] { viewport()->update(); });
}

QSizeF TimeCanvas::canvas() const { return other_size_.isEmpty() ? QSizeF(viewport()->size()) : other_size_; }

QRectF TimeCanvas::plot() const {
    const QSizeF size = canvas();
    return {gutter(), header, std::max(1.0, size.width() - gutter() - 6), std::max(1.0, size.height() - header)};
}

double TimeCanvas::top() const { return header - verticalScrollBar()->value(); }

void TimeCanvas::show_timing(TimingPointer timing) {
    if (timing == timing_) return;
    timing_ = std::move(timing);
    set_rows(*this, timing_ ? make_table() : FigureTable());
    take_new_heights();
    if (timing_) {
        set_current_row(*this, row_at(playback_.position()));
        reveal();
    }
    viewport()->update();
}

void TimeCanvas::take_new_heights() {
    const double room = viewport()->height() - header;
    verticalScrollBar()->setSingleStep(20);
    verticalScrollBar()->setPageStep(static_cast<int>(room));
    verticalScrollBar()->setRange(0, timing_ ? std::max(0, static_cast<int>(rows_height() - room)) : 0);
}

void TimeCanvas::scroll_to(double from, double to) {
    const double room = viewport()->height() - header;
    const int now = verticalScrollBar()->value();
    if (from >= now && to <= now + room) return;
    verticalScrollBar()->setValue(static_cast<int>(from < now ? from - 8 : to - room + 8));
}

void TimeCanvas::paintEvent(QPaintEvent*) {
    if (!timing_) return;
    QPainter painter(viewport());
    paint_all(painter);
    if (hasFocus()) painter.fillRect(QRectF(0, viewport()->height() - 2, viewport()->width(), 2), theme_.tokens().accent);
}

void TimeCanvas::paint_all(QPainter& painter) {
    const Tokens& t = theme_.tokens();
    const QRectF area = plot();
    drawn_ = 0;
    const QFont font = theme_.words(measure::small_text);
    painter.setFont(font);
    double last = area.left() - 100;
    for (const Tick& tick : time_ticks(timing_model_.visible(), area.width(), 84)) {
        const double x = x_of(tick.at);
        painter.setPen(QPen(t.groove, 1));
        painter.drawLine(QPointF(x, header - 4), QPointF(x, area.bottom()));
        const double wide = painter.fontMetrics().horizontalAdvance(tick.text);
        const double left = std::clamp(x - wide / 2, area.left(), std::max(area.left(), area.right() - wide));
        if (left < last + 8) continue;
        painter.setPen(t.quiet_text);
        painter.drawText(QRectF(left, 0, wide + 1, header - 4), Qt::AlignLeft | Qt::AlignVCenter, tick.text);
        last = left + wide;
    }
    painter.save();
    painter.setClipRect(QRectF(area.left() - 1, area.top(), area.width() + 2, area.height()));
    paint_rows(painter);
    painter.restore();
    painter.save();
    painter.setClipRect(QRectF(0, header, gutter(), area.height()));
    paint_names(painter);
    painter.restore();
    painter.setPen(QPen(t.line, 1));
    painter.drawLine(QPointF(area.left(), header - 0.5), QPointF(area.right(), header - 0.5));
    if (playback_.position().valid()) {
        const double x = x_of(static_cast<double>(timing_->time_of(playback_.position())));
        if (x >= area.left() - 1 && x <= area.right() + 1) {
            painter.setPen(QPen(t.changed, 2));
            painter.drawLine(QPointF(x, header - 2), QPointF(x, area.bottom()));
            draw_arrow_head(painter, QPointF(x, header), {0, 1}, 6, t.changed);
        }
    }
}

void TimeCanvas::paint(QPainter& painter, QSize size) {
    if (!timing_) return;
    other_size_ = size;
    paint_all(painter);
    other_size_ = {};
}

void TimeCanvas::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    take_new_heights();
}

void TimeCanvas::scrollContentsBy(int, int) { viewport()->update(); }

void TimeCanvas::click(QPointF at) {
    if (!timing_) return;
    const Hit under = hit(at);
    if (!under.event.valid()) return;
    playback_.pause();
    playback_.seek(under.event);
    if (under.operation.valid()) playback_.choose_operation(under.operation);
    if (under.region.valid()) playback_.choose_region(under.region);
}

void TimeCanvas::step(int direction) {
    if (!timing_) return;
    const int here = row_at(playback_.position());
    // From between two rows, back means the row before.
    const bool between = here >= 0 && rows().event(here) < playback_.position();
    const int wanted = direction < 0 && between ? here : here + direction;
    if (wanted < 0 || wanted >= rows().rows) return;
    playback_.pause();
    playback_.seek(rows().event(wanted));
}

void TimeCanvas::mouseMoveEvent(QMouseEvent* event) {
    viewport()->setCursor(timing_ && hit(event->position()).event.valid() ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

bool TimeCanvas::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip && timing_) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), hit(help->pos()).words, this);
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace chimneylab::desktop

#include "moc_time_canvas.cpp"
