// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/transport/scrubber.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/note_book.h"
#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

constexpr double inset = 8;

}  // namespace

Scrubber::Scrubber(PlaybackModel& playback, const Theme& theme, QWidget* parent) : QWidget(parent), playback_(playback), theme_(theme) {
    setMouseTracking(true);
    setAccessibleName(tr("Timeline"));
    setAccessibleDescription(tr("Every event of the run; drag to move through it"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&playback, &PlaybackModel::session_changed, this, [this] {
        rebuild();
        update();
    });
    playback.tell_growth(this, [this] {
        rebuild();
        update();
    });
    connect(&playback.filter(), &EventFilter::changed, this, [this] {
        marks_ = {};
        update();
    });
    connect(&playback, &PlaybackModel::position_changed, this, [this] { update(); });
    connect(&theme, &Theme::changed, this, [this] {
        marks_ = {};
        update();
    });
}

void Scrubber::show_notes(NoteBook& notes) {
    notes_ = &notes;
    connect(&notes, &NoteBook::changed, this, [this] { update(); });
}

QRectF Scrubber::strip() const { return {inset, 10, std::max(1.0, width() - 2 * inset), 26}; }

// The part of the strip for what comes before the first operation: its share of the events, but at most an eighth.
double Scrubber::boot_width() const {
    const auto count = playback_.event_count();
    if (count < 2) return 0;
    const double share = static_cast<double>(playback_.session()->opening.value) / (count - 1);
    return strip().width() * std::min(share, 0.125);
}

double Scrubber::x_of(trace::EventId event) const {
    const auto count = playback_.event_count();
    if (!event.valid() || count < 2) return strip().left();
    const double boot = boot_width();
    const double opening = playback_.session()->opening.value;
    if (event.value < opening) return strip().left() + boot * event.value / opening;
    if (opening >= count - 1) return strip().right();
    return strip().left() + boot + (strip().width() - boot) * (event.value - opening) / (count - 1 - opening);
}

trace::EventId Scrubber::event_at(double x) const {
    const auto count = playback_.event_count();
    if (count == 0) return {};
    const double boot = boot_width();
    const double opening = playback_.session()->opening.value;
    const double along = std::clamp(x - strip().left(), 0.0, strip().width());
    double event = 0;
    if (along < boot) {
        event = opening * along / boot;
    } else if (strip().width() > boot) {
        event = opening + (count - 1 - opening) * (along - boot) / (strip().width() - boot);
    }
    return playback_.nearest_shown(trace::EventId(static_cast<std::uint32_t>(std::lround(event))));
}

void Scrubber::rebuild() {
    marks_ = {};
    columns_.assign(static_cast<std::size_t>(std::max(1, width())), {});
    const SessionPointer& session = playback_.session();
    if (!session) return;
    const std::uint32_t count = std::min(playback_.event_count(), session->timeline->size());
    std::uint32_t first = 0;
    for (std::size_t x = 0; x < columns_.size() && first < count; ++x) {
        // The events of this column end where those of the next begin.
        std::uint32_t low = first, high = count;
        while (low < high) {
            const std::uint32_t middle = low + (high - low) / 2;
            if (x_of(trace::EventId(middle)) < static_cast<double>(x + 1)) low = middle + 1;
            else high = middle;
        }
        const TimelineIndex::Telling telling = session->timeline->most_telling(first, x + 1 == columns_.size() ? count : low);
        if (telling.weight != TimelineIndex::nothing && (telling.weight != TimelineIndex::irql_change || playback_.irql_changes_shown()))
            columns_[x] = {telling.event, telling.weight, telling.layer};
        first = low;
    }
}

void Scrubber::resizeEvent(QResizeEvent*) { rebuild(); }

void Scrubber::paint_marks(QPainter& painter) const {
    const Tokens& t = theme_.tokens();
    const QRectF bar = strip();
    const trace::History* history = playback_.history();
    const trace::Trace& trace = history->trace();
    const double opening = x_of(playback_.session()->opening);
    if (boot_width() > 30) {
        painter.setPen(QPen(t.line, 1));
        painter.drawLine(QPointF(opening - 3.5, bar.top() + 2), QPointF(opening - 3.5, bar.bottom() - 2));
        painter.setFont(theme_.words(measure::small_text));
        painter.setPen(t.quiet_text);
        painter.drawText(QRectF(bar.left(), bar.top(), boot_width() - 8, 13), Qt::AlignLeft | Qt::AlignVCenter, tr("boot"));
    }
    const double per_event = bar.width() / std::max(1U, playback_.event_count() - playback_.session()->opening.value);
    for (std::size_t x = 0; x < columns_.size(); ++x) {
        const Column& column = columns_[x];
        if (column.weight == TimelineIndex::nothing) continue;
        const double at = x_of(column.event);
        const bool future = column.event > playback_.position();
        const double passing = playback_.filter().passes(column.event) ? 1.0 : 0.3;
        const double strength = (column.weight == TimelineIndex::finding ? 1.0 : future ? 0.35 : at < opening ? 0.55 : 1.0) * passing;
        const QColor colour = column.layer < trace.layers().size() ? theme_.colour_of(trace.layers()[column.layer].role) : t.ndis;
        painter.setOpacity(strength);
        switch (column.weight) {
            case TimelineIndex::finding: draw_mark(painter, Mark::cross, QRectF(at - 4, bar.top() + 2, 8, 8), t.changed); break;
            case TimelineIndex::conversion:
                painter.setPen(QPen(t.changed, 1));
                painter.drawLine(QPointF(at, bar.bottom() - 14), QPointF(at, bar.bottom() - 3));
                draw_mark(painter, Mark::diamond, QRectF(at - 4, bar.top() + 1, 8, 8), t.changed);
                break;
            case TimelineIndex::call_entry: draw_mark(painter, Mark::slot, QRectF(at - 4, bar.bottom() - 11, 8, 8), t.call_entry); break;
            case TimelineIndex::operation_call:
                painter.setPen(QPen(colour, per_event > 5 ? 2 : 1.2));
                painter.drawLine(QPointF(at, bar.bottom() - 16), QPointF(at, bar.bottom() - 3));
                break;
            case TimelineIndex::call:
                painter.setPen(QPen(colour, 1));
                painter.drawLine(QPointF(at, bar.bottom() - 9), QPointF(at, bar.bottom() - 3));
                break;
            default:
                painter.setPen(QPen(mixed(t.groove, t.ndis, 0.6), 1));
                painter.drawLine(QPointF(at, bar.bottom() - 5), QPointF(at, bar.bottom() - 3));
                break;
        }
    }
    painter.setOpacity(1);
}

void Scrubber::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = theme_.tokens();
    const QRectF bar = strip();
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.groove);
    painter.drawRoundedRect(bar.adjusted(-4, 0, 4, 0), 4, 4);
    const trace::History* history = playback_.history();
    if (history == nullptr || !playback_.position().valid()) return;
    const trace::Trace& trace = history->trace();
    const double cursor = x_of(playback_.position());
    if (playback_.follows_stream()) {
        // Everything is past; a frame moves the cursor alone.
        if (marks_.isNull()) {
            marks_ = QPixmap(size() * devicePixelRatioF());
            marks_.setDevicePixelRatio(devicePixelRatioF());
            marks_.fill(Qt::transparent);
            QPainter into(&marks_);
            into.setRenderHint(QPainter::Antialiasing);
            paint_marks(into);
        }
        painter.drawPixmap(0, 0, marks_);
    } else {
        paint_marks(painter);
    }
    if (notes_ != nullptr) {
        double last = -100;
        for (const session::Annotation& note : notes_->annotations()) {
            const double at = x_of(note.event);
            if (at < last + 4) continue;  // as many as can be told apart
            draw_mark(painter, Mark::note, QRectF(at - 4, bar.top() - 9, 8, 9), t.accent);
            last = at;
        }
    }
    painter.setPen(QPen(t.changed, 2));
    painter.drawLine(QPointF(cursor, bar.top() - 5), QPointF(cursor, bar.bottom() + 3));
    const QFont font = theme_.words(measure::small_text, QFont::DemiBold);
    const QString time = time_text(trace.event(playback_.position()).virtual_time);
    const double wide = QFontMetricsF(font).horizontalAdvance(time) + 14;
    const double left = std::clamp(cursor - wide / 2, 0.0, std::max(0.0, width() - wide));
    const QRectF bubble(left, bar.bottom() + 3, wide, 15);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.changed);
    painter.drawRoundedRect(bubble, 4, 4);
    painter.setPen(t.on_changed);
    painter.setFont(font);
    painter.drawText(bubble, Qt::AlignCenter, time);
}

void Scrubber::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    dragging_ = true;
    playback_.pause();
    playback_.seek(event_at(event->position().x()));
}

void Scrubber::mouseMoveEvent(QMouseEvent* event) {
    if (dragging_) playback_.seek(event_at(event->position().x()));
}

void Scrubber::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) dragging_ = false;
}

void Scrubber::wheelEvent(QWheelEvent* event) {
    const int way = event->angleDelta().y() + event->angleDelta().x();
    if (way == 0) return;
    if (way < 0) {
        playback_.forward();
    } else {
        playback_.back();
    }
    event->accept();
}

bool Scrubber::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && playback_.history() != nullptr) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto x = static_cast<std::size_t>(std::clamp(help->pos().x(), 0, static_cast<int>(columns_.size()) - 1));
        // The mark under the pointer if there is one within reach, else whatever event lies there.
        trace::EventId id = event_at(help->pos().x());
        int weight = 0;
        for (std::size_t near = x >= 3 ? x - 3 : 0; near < std::min(columns_.size(), x + 4); ++near) {
            if (columns_[near].weight > weight) {
                weight = columns_[near].weight;
                id = columns_[near].event;
            }
        }
        if (!id.valid()) return true;
        const trace::History& history = *playback_.history();
        QString tip = QStringLiteral("%1 · %2\n%3: %4").arg(id.value).arg(time_text(history.trace().event(id).virtual_time),
                               to_qstring(history.layer_name(event_text(history, id).layer)), event_text(history, id).what);
        const auto [first, last] = playback_.session()->findings.at(id);
        for (std::size_t i = first; i < last; ++i) {
            const Finding& broken = playback_.session()->findings.rows[i];
            tip += QStringLiteral("\n✖ ") + broken.rule + QLatin1Char(' ') + broken.place();
        }
        if (notes_ != nullptr) {
            const double reach = std::abs(x_of(event_at(help->pos().x())) - help->pos().x()) + 5;
            for (const session::Annotation& note : notes_->annotations()) {
                if (std::abs(x_of(note.event) - help->pos().x()) <= reach) tip += tr("\nNote at %1: %2").arg(note.event.value).arg(to_qstring(note.text));
            }
        }
        QToolTip::showText(help->globalPos(), tip, this);
        return true;
    }
    return QWidget::event(event);
}

}  // namespace chimneylab::desktop

#include "moc_scrubber.cpp"
