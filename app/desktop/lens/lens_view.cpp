// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/lens/lens_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/short_value.h"
#include "engine/trace/text.h"

namespace chimneylab::desktop {

namespace {
constexpr double beat_time = 60;    // milliseconds a member
constexpr double whole_time = 700;  // and at most for all of them
constexpr double calm_time = 180;   // a member that somebody waits for
constexpr double notice_height = 21;
}  // namespace

LensView::LensView(PlaybackModel& playback, LensModel& lens, const Theme& theme, QWidget* parent)
    : QAbstractScrollArea(parent), playback_(playback), lens_(lens), theme_(theme), clock_(this) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Conversion lens"));
    connect(&lens, &LensModel::picture_changed, this, &LensView::take_picture);
    connect(&lens, &LensModel::arch_changed, this, [this] {
        place();
        viewport()->update();
    });
    connect(&playback, &PlaybackModel::member_changed, this, [this] {
        const int cell = chosen_cell();
        keep_in_sight(cell);
        tell_current_row(*this, cell);
        viewport()->update();
    });
    connect(&theme, &Theme::changed, viewport(), qOverload<>(&QWidget::update));
    connect(&clock_, &AnimationClock::tick, this, &LensView::advance);
    place();
    show_whole();
}

double LensView::top() const { return notice_rect().isEmpty() ? 0 : notice_height; }

QString LensView::notice() const {
    const LensPicture& picture = lens_.picture();
    if (picture.empty()) return {};
    if (!picture.here) return tr("Not at a conversion: this is %1.  Click or Enter goes there.").arg(picture.notice);
    if (!calm_) return {};
    if (beats() == 0) return tr("Nothing changes but the names.");
    if (told() == 0) return tr("Press N or Enter: the first of %1 members is told.").arg(beats());
    const LensCell& cell =
        geometry_
            .cells[static_cast<std::size_t>(geometry_.beats[static_cast<std::size_t>(std::min(told(), beats()) - 1)])];
    return tr("%1 of %2 · %3").arg(told()).arg(beats()).arg(lens_.step_text(cell.first));
}

QRect LensView::notice_rect() const {
    const LensPicture& picture = lens_.picture();
    if (picture.empty() || (picture.here && !calm_)) return {};
    return {0, 0, viewport()->width(), static_cast<int>(notice_height) - 2};
}

QPointF LensView::to_drawing(QPointF in_viewport) const {
    return in_viewport + QPointF(horizontalScrollBar()->value(), verticalScrollBar()->value() - top());
}

QRectF LensView::to_viewport(const QRectF& in_drawing) const {
    return in_drawing.translated(-horizontalScrollBar()->value(), top() - verticalScrollBar()->value());
}

void LensView::place() {
    const QSizeF room(viewport()->width(), viewport()->height() - top());
    geometry_ = place_lens(lens_.picture(), scale_, lens_.arch(), room);
    verticalScrollBar()->setPageStep(static_cast<int>(room.height()));
    verticalScrollBar()->setSingleStep(24);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(geometry_.size.height() - room.height()))));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(24);
    horizontalScrollBar()->setRange(
        0, std::max(0, static_cast<int>(std::ceil(geometry_.size.width())) - viewport()->width()));
}

void LensView::take_picture(bool other, PlaybackModel::Move how) {
    place();
    setAccessibleDescription(lens_.picture().empty() ? lens_.empty_text()
                                                     : lens_.summary() + QStringLiteral(". ") + lens_.picture().notice);
    if (other) tell_rows_changed(*this);
    const bool tells = lens_.picture().here && how == PlaybackModel::Move::step && !reduced_motion_ && beats() > 0;
    if (!tells) {
        show_whole();
    } else if (other) {
        clock_.stop();
        revealed_ = 0;
        // Playing goes on by itself, so it does not wait for a key either.
        const bool waits = calm_ && !playback_.playing();
        target_ = waits ? 0 : beats();
        if (!waits) clock_.start();
    }
    if (other && scale_ == LensScale::bytes) keep_in_sight(geometry_.beats.empty() ? -1 : geometry_.beats.front());
    Q_EMIT told_changed(told(), beats());
    Q_EMIT summary_changed(lens_.summary());
    viewport()->update();
}

void LensView::show_whole() {
    clock_.stop();
    revealed_ = target_ = beats();
    Q_EMIT told_changed(told(), beats());
}

void LensView::advance(double milliseconds) {
    const bool waits = calm_ && !playback_.playing();
    double each = waits ? calm_time : std::min(beat_time, whole_time / std::max(1, beats()));
    if (playback_.playing()) each /= std::max(1.0, playback_.speed());
    const int before = told();
    revealed_ = std::min(target_, revealed_ + milliseconds / std::max(each, 0.01));
    if (revealed_ >= target_) clock_.stop();
    if (told() != before) Q_EMIT told_changed(told(), beats());
    viewport()->update();
}

int LensView::told() const { return static_cast<int>(std::floor(revealed_ + 1e-9)); }

int LensView::beats() const { return static_cast<int>(geometry_.beats.size()); }

bool LensView::tell_next() {
    // A second press does not wait for the first arrow to arrive.
    if (revealed_ < target_) revealed_ = target_;
    if (told() >= beats()) return false;
    const LensCell& cell = geometry_.cells[static_cast<std::size_t>(geometry_.beats[static_cast<std::size_t>(told())])];
    target_ = std::floor(revealed_ + 1e-9) + 1;
    if (reduced_motion_) {
        revealed_ = target_;
    } else {
        clock_.start();
    }
    playback_.choose_member(lens_.picture().rows[static_cast<std::size_t>(cell.first)].offset);
    Q_EMIT told_changed(told(), beats());
    viewport()->update();
    return true;
}

void LensView::set_scale(LensScale scale) {
    if (scale == scale_) return;
    const bool whole = told() >= beats();
    scale_ = scale;
    place();
    if (whole) show_whole();
    keep_in_sight(chosen_cell());
    viewport()->update();
}

void LensView::set_calm(bool calm) {
    if (calm == calm_) return;
    calm_ = calm;
    place();
    show_whole();
    viewport()->update();
}

void LensView::set_reduced_motion(bool reduced) {
    reduced_motion_ = reduced;
    if (reduced) show_whole();
    viewport()->update();
}

int LensView::chosen_cell() const { return geometry_.cell_of_offset(lens_.picture(), playback_.member()); }

void LensView::choose_cell(int cell) {
    if (cell < 0 || cell >= static_cast<int>(geometry_.cells.size())) return;
    const LensPicture& picture = lens_.picture();
    // What is explained everywhere is the block this row belongs to.
    if (playback_.region() != picture.block) lens_.choose_block(picture.block);
    playback_.choose_member(
        picture.rows[static_cast<std::size_t>(geometry_.cells[static_cast<std::size_t>(cell)].first)].offset);
}

void LensView::keep_in_sight(int cell) {
    if (cell < 0 || cell >= static_cast<int>(geometry_.cells.size())) return;
    const QRectF at = geometry_.cells[static_cast<std::size_t>(cell)].in;
    QScrollBar* bar = verticalScrollBar();
    const double height = viewport()->height() - top();
    if (at.top() - 20 < bar->value()) bar->setValue(static_cast<int>(at.top()) - 20);
    if (at.bottom() + 4 > bar->value() + height) bar->setValue(static_cast<int>(at.bottom() + 4 - height));
}

int LensView::cell_at(QPointF at) const {
    for (std::size_t i = 0; i < geometry_.cells.size(); ++i)
        if (geometry_.cells[i].in.adjusted(0, -1, 0, 1).contains(at) ||
            geometry_.cells[i].out.adjusted(0, -1, 0, 1).contains(at))
            return static_cast<int>(i);
    return -1;
}

int LensView::box_at(QPointF at) const {
    for (std::size_t i = 0; i < geometry_.boxes.size(); ++i)
        if (geometry_.boxes[i].box.contains(at)) return static_cast<int>(i);
    return -1;
}

bool LensView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const bool ours = key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter;
        if (ours && static_cast<QKeyEvent*>(event)->modifiers() == Qt::NoModifier) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

void LensView::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(geometry_.cells.size()) - 1;
    switch (event->key()) {
        case Qt::Key_Up:
            choose_cell(std::max(0, chosen_cell() - 1));
            return;
        case Qt::Key_Down:
            choose_cell(std::min(last, chosen_cell() + 1));
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            go_on();
            return;
        default:
            QAbstractScrollArea::keyPressEvent(event);
    }
}

void LensView::go_on() {
    if (lens_.picture().here) {
        tell_next();
    } else if (!lens_.picture().empty()) {
        playback_.pause();
        playback_.seek(lens_.picture().conversion, PlaybackModel::Move::step);
    }
}

void LensView::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void LensView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void LensView::mousePressEvent(QMouseEvent* event) {
    if (notice_rect().contains(event->position().toPoint())) {
        go_on();
        return;
    }
    const QPointF at = to_drawing(event->position());
    if (const int cell = cell_at(at); cell >= 0) {
        choose_cell(cell);
    } else if (const int box = box_at(at); box >= 0) {
        const LensBox& content = lens_.picture().boxes[static_cast<std::size_t>(box)];
        if (content.region.valid()) playback_.choose_region(content.region);
    }
    event->accept();
}

void LensView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF at = to_drawing(event->position());
    const bool on_notice = notice_rect().contains(event->position().toPoint());
    const int cell = on_notice ? -1 : cell_at(at);
    const int box = on_notice || cell >= 0 ? -1 : box_at(at);
    const bool opens = box >= 0 && lens_.picture().boxes[static_cast<std::size_t>(box)].region.valid();
    viewport()->setCursor(on_notice || cell >= 0 || opens ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (cell != hover_cell_) {
        hover_cell_ = cell;
        viewport()->update();
    }
}

bool LensView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString tip = tip_at(help->pos());
        if (tip.isEmpty()) {
            QToolTip::hideText();
        } else {
            QToolTip::showText(help->globalPos(), tip, viewport());
        }
        return true;
    }
    if (event->type() == QEvent::Leave && hover_cell_ >= 0) {
        hover_cell_ = -1;
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

QString LensView::cell_tip(int index) const {
    const LensPicture& picture = lens_.picture();
    const LensCell& cell = geometry_.cells[static_cast<std::size_t>(index)];
    const LensRow& row = picture.rows[static_cast<std::size_t>(cell.first)];
    const bool x86 = lens_.arch() == layout::Arch::x86;
    QString tip =
        row.renamed ? QStringLiteral("%1 → %2").arg(row.name_in, row.name_out) : cell_name(picture, cell, true);
    tip += tr("\noffset %1, %2 bytes, %3")
               .arg(offset_text(x86 ? row.x86_offset : row.offset))
               .arg(cell.count * (x86 ? row.x86_size : row.size))
               .arg(row.type_out);
    if (row.changed) {
        tip += tr("\nin:  %1  %2\nout: %3  %4")
                   .arg(address_text(row.value_in), row.meaning_in, address_text(row.value_out), row.meaning_out);
    } else {
        for (int more = 0; more < cell.count; ++more) {
            const LensRow& each = picture.rows[static_cast<std::size_t>(cell.first + more)];
            tip += QStringLiteral("\n%1  %2").arg(address_text(each.value_out), each.meaning_out);
        }
    }
    tip += QLatin1Char('\n') + lens_.origin_text(row);
    if (!row.story.isEmpty()) tip += QStringLiteral(": ") + row.story;
    if (!row.flaw.isEmpty()) tip += tr("\n✖ %1: %2").arg(row.rule, row.flaw);
    return tip;
}

QString LensView::box_tip(int index) const {
    const LensBox& box = lens_.picture().boxes[static_cast<std::size_t>(index)];
    QString tip = box.title + QStringLiteral(" · ") + address_text(box.address);
    if (!box.tip.isEmpty()) tip += QLatin1Char('\n') + box.tip;
    for (const LensLine& line : box.lines) {
        tip += QLatin1Char('\n') + line.name;
        if (line.offset) tip += tr(" at +%1").arg(offset_text(*line.offset));
        tip += QStringLiteral(": ") + line.value;
        if (line.written) tip += tr(" (written now)");
    }
    if (box.region.valid()) tip += tr("\nClick to look inside");
    return tip;
}

QString LensView::tip_at(QPointF in_viewport) const {
    if (lens_.picture().empty()) return {};
    if (notice_rect().contains(in_viewport.toPoint())) return notice();
    const QPointF at = to_drawing(in_viewport);
    if (geometry_.legend.contains(at))
        return tr(
            "Thin line: the same value. Dashed: saved. Dotted: the value is the way to this memory.\nSolid: restored "
            "or supplied. ◆ changed, ✖ not what it has to be.");
    if (const int cell = cell_at(at); cell >= 0) return cell_tip(cell);
    if (const int box = box_at(at); box >= 0) return box_tip(box);
    for (const LensStateCell& state : geometry_.states) {
        if (!state.in.contains(at) && !state.out.contains(at)) continue;
        QString tip = tr("What follows the block: %1").arg(lens_.picture().state_name);
        for (const LensState& part : lens_.picture().states) {
            const StatePart& place = lens_.arch() == layout::Arch::x86 ? part.x86 : part.x64;
            tip += tr("\n%1, %2 bytes after the block, %3 bytes%4")
                       .arg(place.structure)
                       .arg(place.offset)
                       .arg(place.size)
                       .arg(part.changed ? tr(", changed") : QString());
        }
        return tip;
    }
    return {};
}

void LensView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const Tokens& t = theme_.tokens();
    const LensPicture& picture = lens_.picture();
    if (picture.empty()) {
        painter.setPen(t.quiet_text);
        painter.setFont(theme_.words(measure::body_text));
        painter.drawText(QRectF(viewport()->rect()).adjusted(24, 12, -24, -12), Qt::AlignCenter | Qt::TextWordWrap,
                         lens_.empty_text());
        return;
    }
    LensPaint how;
    how.revealed = revealed_ >= beats() ? 1e9 : revealed_;
    how.hover_cell = hover_cell_;
    how.chosen_cell = chosen_cell();
    how.focused = hasFocus();
    how.arch = lens_.arch();
    how.scale = scale_;
    painter.save();
    painter.setClipRect(QRectF(0, top(), viewport()->width(), viewport()->height()));
    painter.translate(-horizontalScrollBar()->value(), top() - verticalScrollBar()->value());
    paint_lens(painter, picture, geometry_, how, theme_);
    painter.restore();
    if (const QString words = notice(); !words.isEmpty()) {
        const QRectF strip = notice_rect();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.selection);
        painter.drawRoundedRect(strip.adjusted(4, 0, -4, 0), measure::mark_radius, measure::mark_radius);
        const QFont font = theme_.words(measure::quiet_text);
        painter.setFont(font);
        painter.setPen(t.text);
        painter.drawText(strip.adjusted(12, 0, -12, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(font).elidedText(words, Qt::ElideRight, strip.width() - 24));
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(t.accent, 1));
        painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(0.5, 0.5, -0.5, -0.5), measure::mark_radius,
                                measure::mark_radius);
    }
}

void LensView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    const bool whole = told() >= beats();
    place();
    if (whole) show_whole();
}

int LensView::accessible_row_count() const { return static_cast<int>(geometry_.cells.size()); }

QString LensView::accessible_row_text(int row) const {
    if (row < 0 || row >= accessible_row_count()) return {};
    const LensCell& cell = geometry_.cells[static_cast<std::size_t>(row)];
    QString text = lens_.row_text(cell.first);
    for (int more = 1; more < cell.count; ++more) text += QStringLiteral(". ") + lens_.row_text(cell.first + more);
    return text;
}

QRect LensView::accessible_row_rect(int row) const {
    if (row < 0 || row >= accessible_row_count()) return {};
    const LensCell& cell = geometry_.cells[static_cast<std::size_t>(row)];
    return to_viewport(cell.in.united(cell.out)).toAlignedRect().translated(viewport()->pos());
}

int LensView::accessible_current_row() const { return chosen_cell(); }

}  // namespace chimneylab::desktop

#include "moc_lens_view.cpp"
