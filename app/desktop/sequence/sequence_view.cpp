// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/sequence/sequence_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/session.h"
#include "app/desktop/sequence/sequence_painter.h"

namespace chimneylab::desktop {

using trace::EventId;

SequenceView::SequenceView(PlaybackModel& playback, SequenceModel& sequence, const Theme& theme, QWidget* parent)
    : QAbstractScrollArea(parent), playback_(playback), sequence_(sequence), theme_(theme) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Sequence diagram"));
    back_ = new QPushButton(tr("Back to now"), viewport());
    back_->setAccessibleName(tr("Back to the present event"));
    back_->setToolTip(tr("Scroll to the present event and follow it again (Return)"));
    back_->setFocusPolicy(Qt::NoFocus);
    back_->hide();
    connect(back_, &QPushButton::clicked, this, &SequenceView::back_to_now);
    connect(&sequence, &SequenceModel::index_changed, this, &SequenceView::take_index);
    connect(&playback, &PlaybackModel::position_changed, this, [this] {
        if (following_) follow();
        changed();
    });
    connect(&theme, &Theme::changed, this, &SequenceView::changed);
    take_index();
}

double SequenceView::room() const { return std::max(1.0, viewport()->height() - sequence_header_height); }
double SequenceView::top() const { return verticalScrollBar()->value(); }

const SequenceScene& SequenceView::scene() {
    if (!scene_fresh_) {
        SequenceRequest request;
        request.axis = axis_;
        request.top = top();
        request.room = QSizeF(viewport()->width(), room());
        request.at = playback_.position();
        request.findings = sequence_.findings();
        request.metrics = SequenceLook(theme_).metrics();
        scene_ = build_sequence(request);
        scene_fresh_ = true;
    }
    return scene_;
}

void SequenceView::take_index() {
    const bool other_session = index_ == nullptr || sequence_.index() == nullptr || &index_->history() != &sequence_.index()->history();
    index_ = sequence_.index();
    axis_.index = index_.get();
    hovered_ = {};
    if (other_session) following_ = true;
    if (index_) axis_.scale = axis_.clamped(axis_.by_time ? time_scale_ : order_scale_, room());
    update_scroll_bars();
    if (following_) follow();
    changed();
    tell_summary();
}

void SequenceView::tell_summary() {
    if (!index_) {
        Q_EMIT summary_changed(sequence_.indexing() ? tr("laying out…") : QString());
        return;
    }
    Q_EMIT summary_changed(axis_.by_time ? tr("by virtual time, µs") : tr("%1 lifelines").arg(index_->columns().count()));
}

void SequenceView::changed() {
    scene_fresh_ = false;
    update_button();
    const trace::History* history = playback_.history();
    if (history != nullptr && playback_.position().valid()) {
        const EventText text = event_text(*history, playback_.position());
        setAccessibleDescription(tr("Present event %1: %2, %3").arg(playback_.position().value).arg(to_qstring(history->layer_name(text.layer)), text.what));
    }
    viewport()->update();
}

bool SequenceView::present_in_sight() const {
    if (!index_ || !playback_.position().valid()) return true;
    const double y = axis_.y_of(playback_.position()) - top();
    return y >= 0 && y <= room();
}

void SequenceView::scroll_to(double wanted) {
    scrolling_ = true;
    verticalScrollBar()->setValue(static_cast<int>(std::lround(wanted)));
    scrolling_ = false;
    scene_fresh_ = false;
}

void SequenceView::follow() {
    if (!index_ || !playback_.position().valid()) return;
    const double y = axis_.y_of(playback_.position()) - top();
    // With what came before and what comes next in sight.
    if (y < room() * 0.15 || y > room() * 0.8) scroll_to(axis_.y_of(playback_.position()) - room() * 0.45);
}

void SequenceView::back_to_now() {
    following_ = true;
    follow();
    changed();
}

void SequenceView::update_button() {
    back_->setVisible(!following_ && index_ != nullptr);
    back_->adjustSize();
    back_->move(viewport()->width() - back_->width() - 12, viewport()->height() - back_->height() - 10);
}

void SequenceView::update_scroll_bars() {
    const double height = axis_.height();
    scrolling_ = true;
    verticalScrollBar()->setSingleStep(24);
    verticalScrollBar()->setPageStep(static_cast<int>(room()));
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(height - room()))));
    const int wide = index_ ? static_cast<int>(std::ceil(least_sequence_width(*index_))) : 0;
    horizontalScrollBar()->setSingleStep(24);
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0, std::max(0, wide - viewport()->width()));
    scrolling_ = false;
    scene_fresh_ = false;
}

void SequenceView::rescale(double scale, double anchor) {
    if (!index_) return;
    scale = axis_.clamped(scale, room());
    if (scale == axis_.scale) return;
    const EventId held = axis_.event_at(top() + anchor);
    const double away = held.valid() ? axis_.y_of(held) - top() : 0;
    axis_.scale = scale;
    (axis_.by_time ? time_scale_ : order_scale_) = scale;
    update_scroll_bars();
    if (held.valid()) scroll_to(axis_.y_of(held) - away);
    if (following_) following_ = present_in_sight();
    changed();
    Q_EMIT axis_changed();
}

void SequenceView::zoom(double factor) {
    const double present = playback_.position().valid() && index_ ? axis_.y_of(playback_.position()) - top() : -1;
    rescale(axis_.scale * factor, present >= 0 && present <= room() ? present : room() / 2);
}

void SequenceView::show_whole() {
    if (!index_) return;
    rescale(axis_.fitting(room()), 0);
    following_ = true;
    changed();
}

void SequenceView::reset_zoom() {
    rescale(axis_.by_time ? 160 : SequenceAxis::row_at_rest, room() / 2);
    back_to_now();
}

void SequenceView::set_by_time(bool by_time) {
    if (by_time == axis_.by_time) return;
    const EventId held = present_in_sight() ? playback_.position() : axis_.event_at(top() + room() / 2);
    axis_.by_time = by_time;
    axis_.scale = by_time ? time_scale_ : order_scale_;
    if (index_) {
        axis_.scale = axis_.clamped(axis_.scale, room());
        update_scroll_bars();
        if (held.valid()) scroll_to(axis_.y_of(held) - room() * 0.45);
    }
    changed();
    tell_summary();
    Q_EMIT axis_changed();
}

void SequenceView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const Tokens& t = theme_.tokens();
    if (!index_ || index_->row_count(false) == 0) {
        painter.setPen(t.quiet_text);
        painter.setFont(theme_.words(measure::body_text));
        const QString words = sequence_.indexing()          ? tr("Laying out the diagram…")
                              : playback_.session() && index_ ? tr("No event passes the filter.\nClear it in the Events pane to see the calls.")
                                                              : tr("Calls between host stack, NDIS, drivers and target are drawn here, in order.\nRun a scenario or open a session.");
        painter.drawText(QRectF(viewport()->rect()).adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, words);
        return;
    }
    const SequenceLook look(theme_);
    const SequenceScene& drawn = scene();
    const double left = -horizontalScrollBar()->value();
    painter.save();
    painter.setClipRect(QRectF(0, sequence_header_height, viewport()->width(), room()));
    painter.translate(left, sequence_header_height);
    if (hovered_.valid()) {
        const double y = axis_.y_of(hovered_) - top();
        const double half = axis_.by_time ? 8 : std::clamp(axis_.scale / 2, 3.0, 12.0);
        const double middle = !axis_.by_time && axis_.scale >= 20 ? y - axis_.scale / 2 + 7 : y;
        painter.fillRect(QRectF(drawn.gutter - 3, middle - half, drawn.size.width(), 2 * half), t.hover);
    }
    paint_sequence(painter, drawn, look, hovered_);
    painter.restore();
    painter.translate(left, 0);
    paint_sequence_header(painter, drawn, look);
    if (hasFocus()) {
        painter.resetTransform();
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.fillRect(0, viewport()->height() - 2, viewport()->width(), 2, t.accent);
    }
}

void SequenceView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    update_scroll_bars();
    if (following_) follow();
    changed();
}

void SequenceView::scrollContentsBy(int, int) {
    scene_fresh_ = false;
    if (!scrolling_) following_ = present_in_sight();
    update_button();
    viewport()->update();
}

EventId SequenceView::event_under(QPointF position) const {
    if (!index_ || position.y() < sequence_header_height) return {};
    const double y = position.y() - sequence_header_height + top();
    return y > axis_.height() ? EventId() : axis_.event_at(y);
}

void SequenceView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        if (const EventId wanted = event_under(event->position()); wanted.valid()) {
            playback_.pause();
            const bool was_following = following_;
            following_ = false;  // what is under the pointer stays there
            playback_.seek(wanted, PlaybackModel::Move::step);
            following_ = was_following || present_in_sight();
            update_button();
        }
    }
    event->accept();
}

void SequenceView::mouseMoveEvent(QMouseEvent* event) {
    const EventId under = event_under(event->position());
    if (under == hovered_) return;
    hovered_ = under;
    viewport()->setCursor(under.valid() ? Qt::PointingHandCursor : Qt::ArrowCursor);
    viewport()->update();
}

void SequenceView::wheelEvent(QWheelEvent* event) {
    if ((event->modifiers() & Qt::ControlModifier) != 0) {
        rescale(axis_.scale * std::pow(1.2, event->angleDelta().y() / 120.0), event->position().y() - sequence_header_height);
        event->accept();
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
}

void SequenceView::step_row(int direction) {
    if (!index_ || index_->row_count(false) == 0) return;
    const bool folded = axis_.folded();
    const EventId at = playback_.position();
    const auto row = static_cast<std::int64_t>(index_->row_of(at, folded));
    // From between two rows, back means the row before.
    const bool between = direction < 0 && at.valid() && index_->first(static_cast<std::uint32_t>(row), folded) < at;
    const std::int64_t wanted = std::clamp<std::int64_t>(between ? row : row + direction, 0, index_->row_count(folded) - 1);
    playback_.pause();
    playback_.seek(index_->first(static_cast<std::uint32_t>(wanted), folded), PlaybackModel::Move::step);
}

void SequenceView::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
            following_ = true;
            step_row(event->key() == Qt::Key_Up ? -1 : 1);
            return;
        case Qt::Key_PageUp: verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepSub); return;
        case Qt::Key_PageDown: verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepAdd); return;
        case Qt::Key_Plus:
        case Qt::Key_Equal: zoom(1.25); return;
        case Qt::Key_Minus: zoom(0.8); return;
        case Qt::Key_Home:
        case Qt::Key_End:
            if (!index_ || index_->row_count(false) == 0) return;
            following_ = true;
            playback_.pause();
            playback_.seek(index_->first(event->key() == Qt::Key_Home ? 0 : index_->row_count(false) - 1, false));
            return;
        case Qt::Key_0: reset_zoom(); return;
        case Qt::Key_Return:
        case Qt::Key_Enter: back_to_now(); return;
        default: QAbstractScrollArea::keyPressEvent(event);
    }
}

bool SequenceView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        // In the diagram these keys belong to the diagram.
        const auto* key = static_cast<QKeyEvent*>(event);
        static constexpr int own[] = {Qt::Key_Up, Qt::Key_Down, Qt::Key_PageUp, Qt::Key_PageDown, Qt::Key_Plus, Qt::Key_Equal,
                                      Qt::Key_Minus, Qt::Key_0, Qt::Key_Home, Qt::Key_End, Qt::Key_Return, Qt::Key_Enter};
        const bool plain = (key->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) == 0;
        const bool shifted_move = (key->modifiers() & Qt::ShiftModifier) != 0 && key->key() != Qt::Key_Plus;
        if (plain && !shifted_move && std::find(std::begin(own), std::end(own), key->key()) != std::end(own)) {
            event->accept();
            return true;
        }
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) viewport()->update();
    return QAbstractScrollArea::event(event);
}

bool SequenceView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const EventId under = event_under(help->pos());
        const trace::History* history = playback_.history();
        if (!under.valid() || history == nullptr) {
            QToolTip::hideText();
            return true;
        }
        const trace::Event& its = history->trace().event(under);
        const EventText text = event_text(*history, under);
        QString tip = tr("Event %1 · %2\n%3: %4").arg(under.value).arg(time_text(its.virtual_time), to_qstring(history->layer_name(text.layer)), text.what);
        if (const QString operation = operation_text(*history, its.operation); !operation.isEmpty()) tip += tr("\nOperation %1").arg(operation);
        if (its.kind == trace::EventKind::work_queued) {
            const EventId started = index_->started_of(under);
            tip += started.valid() ? tr("\nruns at event %1").arg(started.value) : tr("\nnever runs in this recording");
        }
        if (its.kind == trace::EventKind::work_started) {
            if (const EventId queued = index_->queued_of(under); queued.valid()) tip += tr("\nqueued at event %1").arg(queued.value);
        }
        if (const FrameFlight* flight = index_->frames().of(under)) {
            if (flight->sent != under) tip += tr("\nsent at event %1").arg(flight->sent.value);
            else if (flight->ended.valid()) tip += (flight->lost ? tr("\nis lost, event %1") : tr("\narrives at event %1")).arg(flight->ended.value);
            else tip += tr("\nis still under way when the recording ends");
        }
        const std::uint32_t together = index_->events_in(index_->row_of(under, axis_.folded()), axis_.folded());
        if (together > 1) tip += tr("\nand %1 more events of bookkeeping; zoom in to see them").arg(together - 1);
        QToolTip::showText(help->globalPos(), tip, viewport());
        return true;
    }
    if (event->type() == QEvent::Leave) {
        hovered_ = {};
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace chimneylab::desktop

#include "moc_sequence_view.cpp"
