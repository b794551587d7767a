// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/stage/stage_view.h"

#include <QEasingCurve>
#include <QFontMetricsF>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/event_text.h"
#include "engine/trace/member_layout.h"
#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

namespace {
constexpr double glide = 220;    // milliseconds: a call
constexpr double fill = 120;     // a call entry fills
constexpr double fade = 260;     // and empties
constexpr double words_in = 180; // changed values appear, once the card has arrived
}  // namespace

StageView::StageView(PlaybackModel& playback, StageModel& stage, const Theme& theme, QWidget* parent)
    : QAbstractScrollArea(parent), playback_(playback), stage_(stage), theme_(theme), clock_(this) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Stage"));
    setAccessibleDescription(tr("The block list travelling between host stack, intermediate drivers and offload target"));
    connect(&stage, &StageModel::scene_changed, this, &StageView::take_scene);
    connect(&theme, &Theme::changed, viewport(), qOverload<>(&QWidget::update));
    connect(&clock_, &AnimationClock::tick, this, &StageView::advance);
}

StageMetrics StageView::metrics() const {
    StageMetrics metrics;
    const QFontMetricsF bold(theme_.mono(measure::small_text, QFont::Bold));
    metrics.mono_advance = bold.horizontalAdvance(QStringLiteral("MiniportInvalidateOffload")) / 25;
    metrics.small_advance = QFontMetricsF(theme_.words(measure::small_text, QFont::DemiBold)).averageCharWidth();
    return metrics;
}

double StageView::glide_time() const {
    if (reduced_motion_) return 0;
    const double speed = playback_.playing() ? playback_.speed() : 1;
    const double time = std::min(glide / std::max(speed, 0.5), 2 * glide);
    return time < 40 ? 0 : time;  // faster than the eye: steps become states
}

void StageView::take_scene(PlaybackModel::Move how) {
    const StageScene before = std::move(shown_);
    shown_ = stage_.scene();
    update_scroll_bars();
    if (!shown_.present.isEmpty()) setAccessibleDescription(shown_.present);
    const bool same_card = before.card.shown && shown_.card.shown && before.card.operation == shown_.card.operation;
    if (how == PlaybackModel::Move::jump || glide_time() <= 0 || before.size.width() != shown_.size.width()) {
        clock_.stop();
        motion_ = StageMotion::still(shown_);
        keep_card_visible();
        viewport()->update();
        return;
    }
    const QRectF drawn = motion_.card;
    motion_ = StageMotion::still(shown_);
    card_from_ = same_card ? QRectF(drawn.topLeft(), shown_.card.box.size()) : shown_.card.box;
    motion_.card = card_from_;
    motion_.words = 0;
    motion_.fill = 0;
    motion_.fade = 1;
    for (const StageSlot& now : shown_.slots) {
        if (!now.region.valid()) continue;
        const bool was = std::any_of(before.slots.begin(), before.slots.end(), [&](const StageSlot& s) { return s.region == now.region; });
        if (!was) motion_.filling.push_back(now.region);
    }
    for (const StageSlot& old : before.slots) {
        if (!old.region.valid()) continue;
        const bool is = std::any_of(shown_.slots.begin(), shown_.slots.end(), [&](const StageSlot& s) { return s.region == old.region; });
        if (!is) motion_.fading.push_back({old.box, old.number});
    }
    elapsed_ = 0;
    clock_.start();
    keep_card_visible();
    viewport()->update();
}

void StageView::advance(double milliseconds) {
    elapsed_ += milliseconds;
    const double scale = glide_time() > 0 ? glide_time() / glide : 0;
    const auto part = [&](double start, double length) {
        if (scale <= 0 || reduced_motion_) return 1.0;
        return std::clamp((elapsed_ - start * scale) / (length * scale), 0.0, 1.0);
    };
    const bool glides = card_from_.topLeft() != shown_.card.box.topLeft();
    const double way = QEasingCurve(QEasingCurve::InOutCubic).valueForProgress(part(0, glide));
    motion_.card = QRectF(card_from_.topLeft() + (shown_.card.box.topLeft() - card_from_.topLeft()) * way, shown_.card.box.size());
    motion_.fill = part(0, fill);
    motion_.fade = 1 - part(0, fade);
    motion_.words = part(glides ? glide : 0, words_in);
    if (motion_.words >= 1 && motion_.fade <= 0 && way >= 1) {
        clock_.stop();
        motion_ = StageMotion::still(shown_);
    }
    viewport()->update();
}

void StageView::update_room() { stage_.set_room(QSizeF(viewport()->size()), metrics()); }

void StageView::update_scroll_bars() {
    const QSize room = viewport()->size();
    verticalScrollBar()->setPageStep(room.height());
    verticalScrollBar()->setSingleStep(24);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(shown_.size.height())) - room.height()));
    horizontalScrollBar()->setPageStep(room.width());
    horizontalScrollBar()->setSingleStep(24);
    horizontalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(shown_.size.width())) - room.width()));
}

void StageView::keep_card_visible() {
    if (!shown_.card.shown || verticalScrollBar()->maximum() == 0) return;
    const int top = static_cast<int>(shown_.card.box.top()) - 30;
    const int bottom = static_cast<int>(shown_.card.box.bottom()) + 30;
    if (top < verticalScrollBar()->value()) verticalScrollBar()->setValue(top);
    if (bottom > verticalScrollBar()->value() + viewport()->height()) verticalScrollBar()->setValue(bottom - viewport()->height());
}

QPointF StageView::to_scene(QPointF in_viewport) const {
    return in_viewport + QPointF(horizontalScrollBar()->value(), verticalScrollBar()->value());
}

void StageView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    if (shown_.empty()) {
        painter.setPen(theme_.tokens().quiet_text);
        painter.setFont(theme_.words(measure::body_text));
        painter.drawText(QRectF(viewport()->rect()).adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap,
                         playback_.session() && playback_.session()->growing
                             ? tr("The live session has not shown an offload yet.\nIf its producer is held, Step or Let it run lets it go on.")
                             : tr("Nothing is on stage yet.\nChoose a scenario on the left, or open a recorded session with Ctrl+O."));
        return;
    }
    painter.translate(-horizontalScrollBar()->value(), -verticalScrollBar()->value());
    paint_stage(painter, shown_, motion_, theme_, hover_);
}

void StageView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    update_room();
    update_scroll_bars();
}

bool StageView::clickable(StageHit hit) {
    using What = StageHit::What;
    return hit.what == What::rung || hit.what == What::slot || hit.what == What::block || hit.what == What::card_slot || hit.what == What::chip ||
           hit.what == What::finding || hit.what == What::card_finding || hit.what == What::frame;
}

void StageView::mousePressEvent(QMouseEvent* event) {
    const StageHit hit = hit_test(shown_, to_scene(event->position()));
    const auto index = static_cast<std::size_t>(std::max(hit.index, 0));
    using What = StageHit::What;
    switch (hit.what) {
        case What::rung:
            if (shown_.rungs[index].event.valid()) playback_.seek(shown_.rungs[index].event, PlaybackModel::Move::step);
            break;
        case What::slot:
            if (shown_.slots[index].region.valid()) playback_.choose_region(shown_.slots[index].region);
            break;
        case What::block: playback_.choose_region(shown_.card.blocks[index].region); break;
        case What::card_slot:
            Q_EMIT member_wanted(index == 0 ? trace::block_offset::slot_a : trace::block_offset::slot_b);
            break;
        case What::chip: playback_.choose_operation(shown_.chips[index].operation); break;
        case What::finding: Q_EMIT finding_wanted(shown_.findings[index].finding); break;
        case What::card_finding: Q_EMIT finding_wanted(shown_.card.broken_finding); break;
        case What::frame: {
            // To and fro between its two ends.
            const StageFrame& frame = shown_.wire.frames[index];
            const bool at_start = playback_.position() == frame.sent;
            playback_.pause();
            playback_.seek(at_start && frame.ended.valid() ? frame.ended : frame.sent, PlaybackModel::Move::step);
            break;
        }
        case What::nothing:
        case What::lane:
        case What::boundary:
        case What::card:
            playback_.choose_operation({});
            playback_.choose_region({});
            break;
    }
    event->accept();
}

void StageView::mouseMoveEvent(QMouseEvent* event) {
    const StageHit hit = hit_test(shown_, to_scene(event->position()));
    if (hit.what != hover_.what || hit.index != hover_.index) {
        hover_ = hit;
        viewport()->setCursor(clickable(hit) ? Qt::PointingHandCursor : Qt::ArrowCursor);
        viewport()->update();
    }
}

bool StageView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString tip = tip_for(hit_test(shown_, to_scene(help->pos())));
        if (tip.isEmpty()) {
            QToolTip::hideText();
        } else {
            QToolTip::showText(help->globalPos(), tip, viewport());
        }
        return true;
    }
    if (event->type() == QEvent::Leave) {
        hover_ = {};
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

QString StageView::tip_for(StageHit hit) const {
    const trace::History* history = playback_.history();
    if (history == nullptr) return {};
    const auto index = static_cast<std::size_t>(std::max(hit.index, 0));
    using What = StageHit::What;
    switch (hit.what) {
        case What::lane: return shown_.lanes[index].title + (shown_.lanes[index].driver.isEmpty() ? QString() : QStringLiteral(" · ") + shown_.lanes[index].driver);
        case What::boundary: return tr("NDIS: every call between two drivers passes through it");
        case What::rung: {
            const StageRung& rung = shown_.rungs[index];
            if (!rung.event.valid()) return rung.function + tr("\nnot called in this run");
            const QString when = time_text(history->trace().event(rung.event).virtual_time);
            return rung.function + (rung.tense == Tense::future ? tr("\nstill to come, at %1 (event %2)") : tr("\nat %1 (event %2)")).arg(when).arg(rung.event.value);
        }
        case What::slot: {
            const StageSlot& slot = shown_.slots[index];
            if (!slot.region.valid()) return tr("Room for a call entry: none is held here now");
            QString tip = to_qstring(trace::region_text(*history, slot.region));
            if (const trace::CallEntry* entry = history->call_entry_of(slot.region)) {
                tip += tr("\nfor operation %1").arg(operation_text(*history, entry->operation));
                tip += tr("\nin use since event %1").arg(entry->recognised.value);
                tip += entry->released.valid() ? tr(", released at event %1").arg(entry->released.value) : tr(", never released");
            }
            return tip;
        }
        case What::block: {
            const CardBlock& block = shown_.card.blocks[index];
            return block.label + QStringLiteral(" · ") + block.role + (block.status.isEmpty() ? tr("\nStatus: undefined until completion") : tr("\nStatus: ") + block.status) +
                   tr("\nClick to look inside");
        }
        case What::card_slot: {
            const CardSlot& slot = shown_.card.slots[index];
            return tr("Slot %1 of %2: %3\n%4\n0x%5").arg(slot.letter, shown_.card.subject, slot.name, slot.meaning).arg(slot.value, 16, 16, QLatin1Char('0'));
        }
        case What::card: return tr("One block list, one memory: now named NDIS_%1_OFFLOAD_BLOCK_LIST").arg(shown_.card.type);
        case What::chip: return tr("Operation %1 is under way too. Click to follow it.").arg(shown_.chips[index].text);
        case What::finding:
        case What::card_finding: {
            const int number = hit.what == What::finding ? shown_.findings[index].finding : shown_.card.broken_finding;
            const auto& rows = playback_.session()->findings.rows;
            if (number < 0 || static_cast<std::size_t>(number) >= rows.size()) break;
            const Finding& finding = rows[static_cast<std::size_t>(number)];
            return tr("✖ %1 · %2 · event %3\n%4\n%5").arg(finding.rule, finding.severity_text()).arg(finding.event.value).arg(finding.place(), finding.explanation);
        }
        case What::frame: {
            const StageFrame& frame = shown_.wire.frames[index];
            QString tip = frame.text + (frame.to_peer ? tr("\nto the peer, sent at event %1") : tr("\nfrom the peer, sent at event %1")).arg(frame.sent.value);
            if (frame.ended.valid()) {
                const bool lost = history->trace().event(frame.ended).kind == trace::EventKind::frame_dropped;
                tip += (lost ? tr(", lost at event %1") : frame.copy ? tr(", arrives again at event %1") : tr(", arrives at event %1")).arg(frame.ended.value);
            }
            return tip;
        }
        case What::nothing: break;
    }
    return {};
}

}  // namespace chimneylab::desktop

#include "moc_stage_view.cpp"
