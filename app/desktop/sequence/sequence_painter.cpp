// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/sequence/sequence_painter.h"

#include <QFontMetricsF>
#include <cmath>

#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

using Kind = SequenceMark::Kind;
using Style = SequenceLabel::Style;

QColor lane_colour(EventMark mark, const Tokens& t) {
    switch (mark) {
        case EventMark::host_stack: return t.host_stack;
        case EventMark::intermediate_driver: return t.intermediate_driver;
        case EventMark::offload_target: return t.offload_target;
        case EventMark::machine: return t.text;  // the peer: no layer of this stack
        default: return t.ndis;
    }
}

Mark lane_mark(EventMark mark) {
    switch (mark) {
        case EventMark::host_stack: return Mark::triangle;
        case EventMark::intermediate_driver: return Mark::diamond;
        case EventMark::offload_target: return Mark::square;
        case EventMark::machine: return Mark::ring;
        default: return Mark::pill;
    }
}

// What is still to come is there, but faint.
QColor faint_if(bool future, const QColor& colour, const Tokens& t) { return future ? mixed(t.panel, colour, 0.45) : colour; }

QColor ink_of(int operation, const Tokens& t) { return operation > 0 ? operation_colour(t, operation) : t.ndis; }

void paint_lifelines(QPainter& painter, const SequenceScene& scene, const SequenceLook& look) {
    const Tokens& t = look.tokens;
    for (const SequenceLifeline& line : scene.lifelines) {
        QPen pen(mixed(t.panel, lane_colour(line.mark, t), line.running ? 0.9 : 0.45), line.running ? 1.6 : 1);
        if (line.mark == EventMark::ndis) pen.setDashPattern({5, 4});
        painter.setPen(pen);
        painter.drawLine(QPointF(line.x, 0), QPointF(line.x, scene.size.height()));
    }
    painter.setPen(QPen(t.line, 1));
    painter.drawLine(QPointF(scene.gutter - 3.5, 0), QPointF(scene.gutter - 3.5, scene.size.height()));
}

void paint_bars(QPainter& painter, const SequenceScene& scene, const SequenceLook& look) {
    const Tokens& t = look.tokens;
    for (const SequenceBar& bar : scene.bars) {
        const QColor lane = lane_colour(scene.lifelines[static_cast<std::size_t>(bar.column)].mark, t);
        const QColor ink = faint_if(bar.future, bar.operation > 0 ? operation_colour(t, bar.operation) : lane, t);
        if (bar.overview) {
            painter.fillRect(bar.box, bar.level > 0 ? ink : mixed(t.panel, ink, 0.4));
            continue;
        }
        painter.fillRect(bar.box, mixed(t.panel, ink, 0.16));
        if (bar.operation > 0 && bar.box.height() >= 3) painter.fillRect(bar.box, QBrush(mixed(t.panel, ink, 0.6), operation_pattern(bar.operation)));
        painter.setPen(QPen(ink, 1));
        painter.drawLine(bar.box.topLeft(), bar.box.bottomLeft());
        painter.drawLine(bar.box.topRight(), bar.box.bottomRight());
        if (bar.begins) painter.drawLine(bar.box.topLeft(), bar.box.topRight());
        if (bar.ends) painter.drawLine(bar.box.bottomLeft(), bar.box.bottomRight());
    }
}

void paint_waits(QPainter& painter, const SequenceScene& scene, const SequenceLook& look) {
    const Tokens& t = look.tokens;
    for (const SequenceWait& wait : scene.waits) {
        const QColor ink = faint_if(wait.future, t.ndis, t);
        QPen pen(ink, 1.2);
        pen.setDashPattern({1, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(wait.x, wait.top), QPointF(wait.x, wait.bottom));
        if (wait.ends) draw_arrow_head(painter, QPointF(wait.x, wait.bottom), {0, 1}, 6, ink);
    }
}

void paint_arrows(QPainter& painter, const SequenceScene& scene, const SequenceLook& look, bool dense) {
    const Tokens& t = look.tokens;
    for (const SequenceArrow& arrow : scene.arrows) {
        const QColor ink = faint_if(arrow.future, arrow.present ? t.changed : ink_of(arrow.operation, t), t);
        QPen pen(ink, arrow.present ? 2.4 : arrow.returns ? 1 : 1.4);
        if (arrow.returns) pen.setDashPattern({4, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(arrow.from, arrow.y), QPointF(arrow.to, arrow.y));
        if (dense) continue;
        const QPointF direction(arrow.to - arrow.from, 0);
        if (arrow.returns) {
            const double back = direction.x() > 0 ? -5 : 5;
            painter.setPen(QPen(ink, arrow.present ? 2 : 1));
            painter.drawLine(QPointF(arrow.to, arrow.y), QPointF(arrow.to + back, arrow.y - 3));
            painter.drawLine(QPointF(arrow.to, arrow.y), QPointF(arrow.to + back, arrow.y + 3));
        } else {
            draw_arrow_head(painter, QPointF(arrow.to, arrow.y), direction, arrow.present ? 9 : 7, ink);
        }
        if (arrow.outside) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(ink);
            painter.drawEllipse(QPointF(arrow.returns ? arrow.to : arrow.from, arrow.y), 2.5, 2.5);
        }
    }
}

// Frames travel, so their lines slant; a lost one is dashed and ends in a cross, the second of a doubled one is dotted.
void paint_frames(QPainter& painter, const SequenceScene& scene, const SequenceLook& look, bool dense) {
    const Tokens& t = look.tokens;
    for (const SequenceFrame& frame : scene.frames) {
        const QColor own = frame.lost ? t.changed : frame.to_peer ? t.offload_target : t.text;
        const QColor ink = faint_if(frame.future, frame.present ? t.changed : own, t);
        QPen pen(ink, frame.present ? 2.4 : 1.4);
        if (frame.lost) pen.setDashPattern({4, 3});
        if (frame.copy) pen.setDashPattern({1.5, 2});
        painter.setPen(pen);
        painter.drawLine(frame.from, frame.to);
        if (dense) continue;
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        painter.drawEllipse(frame.from, 2.2, 2.2);
        if (frame.lost) draw_mark(painter, Mark::cross, QRectF(frame.to.x() - 5, frame.to.y() - 5, 10, 10), ink);
        else if (!frame.under_way) draw_arrow_head(painter, frame.to, frame.to - frame.from, frame.present ? 9 : 7, ink);
    }
}

// Work that waits: a small clock.
void draw_clock(QPainter& painter, QPointF at, const QColor& ink, const QColor& ground) {
    painter.setPen(QPen(ink, 1.3));
    painter.setBrush(ground);
    painter.drawEllipse(at, 4.5, 4.5);
    painter.drawLine(at, at + QPointF(0, -3));
    painter.drawLine(at, at + QPointF(2.2, 0));
}

void paint_marks(QPainter& painter, const SequenceScene& scene, const SequenceLook& look, bool dense) {
    const Tokens& t = look.tokens;
    const double half = dense ? 3 : 4.5;
    for (const SequenceMark& mark : scene.marks) {
        const QRectF box(mark.at.x() - half, mark.at.y() - half, 2 * half, 2 * half);
        switch (mark.kind) {
            case Kind::conversion: draw_mark(painter, Mark::diamond, box, faint_if(mark.future, t.changed, t)); break;
            case Kind::finding: draw_mark(painter, Mark::cross, box, faint_if(mark.future, t.changed, t)); break;
            case Kind::entry_held:
            case Kind::entry_released: {
                const QRectF slot(mark.at.x() - 5.5, mark.at.y() - 4, 11, 8);
                QPen pen(faint_if(mark.future, t.call_entry, t), 1.4);
                if (mark.kind == Kind::entry_released) pen.setDashPattern({1.5, 1.5});
                painter.setPen(pen);
                painter.setBrush(mark.kind == Kind::entry_held ? t.call_entry_fill : t.panel);
                painter.drawRoundedRect(slot, 2.5, 2.5);
                break;
            }
            case Kind::queued: draw_clock(painter, mark.at, faint_if(mark.future, t.ndis, t), t.panel); break;
            case Kind::started:
                painter.setPen(Qt::NoPen);
                painter.setBrush(faint_if(mark.future, t.ndis, t));
                painter.drawEllipse(mark.at, 4, 4);
                break;
            case Kind::finished:
                painter.setPen(QPen(faint_if(mark.future, t.ndis, t), 1.4));
                painter.setBrush(t.panel);
                painter.drawEllipse(mark.at, 3, 3);
                break;
            case Kind::operation:
                painter.setPen(QPen(faint_if(mark.future, ink_of(mark.operation, t), t), 1.6));
                painter.setBrush(t.panel);
                painter.drawRect(box.adjusted(1, 1, -1, -1));
                break;
            case Kind::minor: draw_mark(painter, Mark::dot, box, faint_if(mark.future, t.ndis, t)); break;
        }
    }
}

void paint_badge(QPainter& painter, QRectF& room, const SequenceLabel& label, const SequenceLook& look) {
    const Tokens& t = look.tokens;
    const QString number = QString::number(label.operation);
    const double wide = std::max(12.0, QFontMetricsF(look.badge).horizontalAdvance(number) + 6);
    const QRectF pill(room.left(), room.top() + 0.5, wide, room.height() - 1);
    const QColor ink = operation_colour(t, label.operation);
    painter.setPen(QPen(faint_if(label.future, ink, t), 1.2));
    painter.setBrush(t.panel);
    painter.drawRoundedRect(pill, 5, 5);
    painter.setPen(ink);
    painter.setFont(look.badge);
    painter.drawText(pill, Qt::AlignCenter, number);
    room.setLeft(room.left() + wide + 4);
}

void paint_labels(QPainter& painter, const SequenceScene& scene, const SequenceLook& look, trace::EventId hovered) {
    const Tokens& t = look.tokens;
    const QFontMetricsF mono(look.mono);
    const QFontMetricsF bold_mono(look.bold_mono);
    const QFontMetricsF quiet(look.quiet);
    const QFontMetricsF bold_words(look.bold_words);
    const QColor ground(t.panel.red(), t.panel.green(), t.panel.blue(), 215);
    for (const SequenceLabel& label : scene.labels) {
        const bool strong = label.present || (hovered.valid() && hovered == label.event);
        const bool function = label.style == Style::function;
        const QFont& font = function ? (strong ? look.bold_mono : look.mono) : (strong ? look.bold_words : look.quiet);
        const QFontMetricsF& metrics = function ? (strong ? bold_mono : mono) : (strong ? bold_words : quiet);
        QColor ink = t.text;
        if (label.style == Style::status || label.style == Style::words) ink = t.quiet_text;
        if (label.style == Style::changed) ink = t.changed;
        if (label.style == Style::entry) ink = t.call_entry_text;
        if (label.future && !label.present) ink = t.faint_text;
        QRectF room = label.box;
        double wide = metrics.horizontalAdvance(label.text) + 3;
        const double badge = label.operation > 0 ? std::max(12.0, QFontMetricsF(look.badge).horizontalAdvance(QString::number(label.operation)) + 6) + 4 : 0;
        painter.fillRect(QRectF(room.left() - 2, room.top(), std::min(room.width(), wide + badge) + 3, room.height()), ground);
        if (label.operation > 0) paint_badge(painter, room, label, look);
        painter.setFont(font);
        painter.setPen(ink);
        const QString shown = wide <= room.width() ? label.text : metrics.elidedText(label.text, Qt::ElideRight, room.width());
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, shown);
    }
}

void paint_headings(QPainter& painter, const SequenceScene& scene, const SequenceLook& look) {
    const Tokens& t = look.tokens;
    painter.setFont(look.bold_words);
    const QFontMetricsF metrics(look.bold_words);
    for (const SequenceHeading& heading : scene.headings) {
        const QRectF band(scene.gutter, heading.y - 9, scene.size.width() - scene.gutter - 4, 18);
        painter.setPen(QPen(t.line, 1));
        painter.setBrush(t.groove);
        painter.drawRoundedRect(band, 4, 4);
        painter.setPen(t.text);
        painter.drawText(band.adjusted(8, 0, -8, 0), Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(heading.text, Qt::ElideRight, band.width() - 16));
    }
}

}  // namespace

SequenceLook::SequenceLook(const Theme& theme)
    : tokens(theme.tokens()), title(theme.words(measure::quiet_text, QFont::DemiBold)), words(theme.words(measure::quiet_text)),
      bold_words(theme.words(measure::small_text, QFont::DemiBold)), quiet(theme.words(measure::small_text)), mono(theme.mono(measure::small_text)),
      bold_mono(theme.mono(measure::small_text, QFont::Bold)), badge(theme.words(measure::small_text, QFont::Bold)) {}

SequenceMetrics SequenceLook::metrics() const {
    SequenceMetrics made;
    made.mono_advance = QFontMetricsF(bold_mono).horizontalAdvance(QStringLiteral("NdisMInvalidateOffload")) / 22;
    made.word_advance = QFontMetricsF(bold_words).horizontalAdvance(QStringLiteral("call entry #2 of IM 1 released")) / 30;
    return made;
}

void paint_sequence(QPainter& painter, const SequenceScene& scene, const SequenceLook& look, trace::EventId hovered) {
    const Tokens& t = look.tokens;
    if (scene.empty()) return;
    const bool dense = scene.overview || scene.labels.empty();
    painter.setRenderHint(QPainter::Antialiasing, false);
    paint_lifelines(painter, scene, look);
    paint_bars(painter, scene, look);
    paint_waits(painter, scene, look);
    if (scene.present_y >= 0) {
        painter.setPen(QPen(t.changed, 1));
        painter.drawLine(QPointF(0, scene.present_y), QPointF(scene.size.width(), scene.present_y));
        painter.fillRect(QRectF(0, scene.present_y - 7, 3, 14), t.changed);
    }
    painter.setRenderHint(QPainter::Antialiasing, !dense);
    paint_arrows(painter, scene, look, dense);
    paint_frames(painter, scene, look, dense);
    paint_labels(painter, scene, look, hovered);
    paint_marks(painter, scene, look, dense);
    paint_headings(painter, scene, look);  // last: far out, other marks share their rows
    const QFontMetricsF metrics(look.mono);
    for (const SequenceNumber& number : scene.numbers) {
        painter.setFont(number.present ? look.bold_mono : look.mono);
        painter.setPen(number.present ? t.changed : t.quiet_text);
        if (number.present) painter.fillRect(number.box.adjusted(2, 0, 1, 0), t.panel);
        painter.drawText(number.box, Qt::AlignRight | Qt::AlignVCenter, number.text);
    }
}

void paint_sequence_header(QPainter& painter, const SequenceScene& scene, const SequenceLook& look) {
    const Tokens& t = look.tokens;
    painter.fillRect(QRectF(0, 0, scene.size.width(), sequence_header_height), t.panel);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetricsF metrics(look.title);
    for (std::size_t i = 0; i < scene.lifelines.size(); ++i) {
        const SequenceLifeline& line = scene.lifelines[i];
        const QColor colour = lane_colour(line.mark, t);
        // Two neighbours share the room between them; NDIS stands lower where words would meet.
        const double room = scene.lifelines.size() < 2 ? 200 : std::abs(scene.lifelines[1].x - scene.lifelines[0].x);
        const bool ndis = line.mark == EventMark::ndis;
        const double wide = metrics.horizontalAdvance(line.title);
        const bool roomy = room >= wide + 28;
        const double y = roomy ? 7 : ndis ? 15 : 1;
        painter.setFont(look.title);
        if (ndis) {
            const QRectF pill(line.x - wide / 2 - 6, y, wide + 12, 15);
            painter.setPen(QPen(line.running ? t.ndis : t.line, line.running ? 1.6 : 1));
            painter.setBrush(t.panel);
            painter.drawRoundedRect(pill, 7.5, 7.5);
            painter.setPen(t.ndis);
            painter.drawText(pill, Qt::AlignCenter, line.title);
            continue;
        }
        const double shown_wide = std::min(wide, 2 * room - 20);
        const double left = std::max(2.0, std::min(line.x - (shown_wide + 13) / 2, scene.size.width() - shown_wide - 16));
        draw_mark(painter, lane_mark(line.mark), QRectF(left, y + 3, 9, 9), colour);
        painter.setPen(line.running ? colour : t.text);
        painter.drawText(QRectF(left + 13, y, shown_wide + 2, 15), Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(line.title, Qt::ElideRight, shown_wide + 1));
    }
    painter.setPen(QPen(t.line, 1));
    painter.drawLine(QPointF(0, sequence_header_height - 0.5), QPointF(scene.size.width(), sequence_header_height - 0.5));
}

}  // namespace chimneylab::desktop
