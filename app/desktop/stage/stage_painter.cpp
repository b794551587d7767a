// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/stage/stage_painter.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "app/desktop/stage/card_painter.h"
#include "app/desktop/stage/wire_painter.h"
#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

Mark mark_of(trace::LayerRole role) {
    switch (role) {
        case trace::LayerRole::host_stack: return Mark::triangle;
        case trace::LayerRole::intermediate_driver: return Mark::diamond;
        case trace::LayerRole::offload_target: return Mark::square;
    }
    return Mark::ring;
}

void paint_lanes(QPainter& painter, const StageScene& scene, const Theme& theme) {
    const Tokens& t = theme.tokens();
    for (const StageLane& lane : scene.lanes) {
        const QColor colour = theme.colour_of(lane.role);
        const QRectF box = lane.box.adjusted(0.5, 0.5, -0.5, -0.5);
        painter.setPen(QPen(lane.running ? mixed(t.line, colour, 0.65) : t.line, 1));
        painter.setBrush(t.raised);
        painter.drawRoundedRect(box, measure::card_radius, measure::card_radius);
        QPainterPath bar;
        bar.addRoundedRect(QRectF(lane.box.left(), lane.box.top(), 4, lane.box.height()), 2, 2);
        painter.fillPath(bar, colour);
        draw_mark(painter, mark_of(lane.role), QRectF(lane.box.left() + 13, lane.box.top() + 7, 10, 10), colour);
        const double left = lane.box.left() + 30;
        const double width = 106;
        const QFont title = theme.words(measure::body_text, QFont::DemiBold);
        painter.setFont(title);
        painter.setPen(t.text);
        const QFontMetricsF title_metrics(title);
        const QString shown = title_metrics.elidedText(lane.title, Qt::ElideRight, width);
        painter.drawText(QRectF(left, lane.box.top() + 2, width, 19), Qt::AlignLeft | Qt::AlignVCenter, shown);
        const double used = title_metrics.horizontalAdvance(shown) + 8;
        const QFont quiet = theme.words(measure::small_text);
        const double room = width - 4 - used;  // up to the ladder's line
        // The driver's name stands beside the title where it fits; the tooltip of the lane has it always.
        if (!lane.driver.isEmpty() && (QFontMetricsF(quiet).horizontalAdvance(lane.driver) <= room || room > 48)) {
            painter.setFont(quiet);
            painter.setPen(t.quiet_text);
            painter.drawText(QRectF(left + used, lane.box.top() + 2, room, 19), Qt::AlignLeft | Qt::AlignVCenter,
                             QFontMetricsF(quiet).elidedText(lane.driver, Qt::ElideRight, room));
        }
    }
}

void paint_boundaries(QPainter& painter, const StageScene& scene, const Theme& theme) {
    const Tokens& t = theme.tokens();
    for (const StageBoundary& boundary : scene.boundaries) {
        QPen dashed(mixed(t.panel, t.ndis, boundary.running ? 1.0 : 0.75), boundary.running ? 1.8 : 1.2);
        dashed.setDashPattern({5, 4});
        painter.setPen(dashed);
        painter.drawLine(QPointF(scene.lanes.front().box.left(), boundary.y), QPointF(scene.lanes.front().box.right(), boundary.y));
        painter.setPen(QPen(boundary.running ? t.ndis : t.line, boundary.running ? 1.6 : 1));
        painter.setBrush(t.panel);
        painter.drawRoundedRect(boundary.pill, 8, 8);
        painter.setPen(t.ndis);
        painter.setFont(theme.words(measure::small_text, QFont::DemiBold));
        painter.drawText(boundary.pill, Qt::AlignCenter, QStringLiteral("NDIS"));
    }
}

void paint_ladder_line(QPainter& painter, const StageLadderLine& line, const Theme& theme) {
    if (line.from == line.to) return;
    const Tokens& t = theme.tokens();
    if (line.reached != line.to || !line.begun) {
        QPen faint(t.line, 2);
        faint.setDashPattern({2, 2});
        painter.setPen(faint);
        painter.drawLine(line.begun ? line.reached : line.from, line.to);
    }
    if (!line.begun) return;
    const QColor colour = line.current ? theme.colour_of(line.role) : t.quiet_text;
    const double width = line.current ? 3 : 2;
    const QPointF direction(0, line.to.y() > line.from.y() ? 1 : -1);
    const QPointF tip = line.reached + direction * 5;
    painter.setPen(QPen(colour, width));
    painter.drawLine(line.from - direction * 6, tip - direction * 6);
    draw_arrow_head(painter, tip, direction, line.current ? 13 : 10, colour);
}

void paint_rungs(QPainter& painter, const StageScene& scene, const Theme& theme, StageHit hover) {
    const Tokens& t = theme.tokens();
    for (std::size_t i = 0; i < scene.rungs.size(); ++i) {
        const StageRung& rung = scene.rungs[i];
        QFont font = theme.mono(measure::small_text, rung.tense == Tense::present ? QFont::Bold : QFont::Normal);
        const bool hovered = hover.what == StageHit::What::rung && hover.index == static_cast<int>(i);
        font.setUnderline(hovered && rung.event.valid());
        painter.setFont(font);
        painter.setPen(rung.tense == Tense::present  ? theme.colour_of(rung.role)
                       : rung.tense == Tense::past ? t.text
                                                   : t.faint_text);
        painter.drawText(rung.text, Qt::AlignLeft | Qt::AlignVCenter, rung.function);
    }
}

void paint_slot(QPainter& painter, const QRectF& box, int number, double strength, bool strong, const Theme& theme) {
    const Tokens& t = theme.tokens();
    painter.setOpacity(strength);
    painter.setPen(QPen(t.call_entry, strong ? 2 : 1.2));
    painter.setBrush(t.call_entry_fill);
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), measure::mark_radius, measure::mark_radius);
    painter.setPen(t.call_entry_text);
    painter.setFont(theme.words(measure::quiet_text, QFont::Bold));
    painter.drawText(box, Qt::AlignCenter, QStringLiteral("#%1").arg(number));
    painter.setOpacity(1);
}

void paint_slots(QPainter& painter, const StageScene& scene, const StageMotion& motion, const Theme& theme, StageHit hover) {
    const Tokens& t = theme.tokens();
    for (std::size_t i = 0; i < scene.slots.size(); ++i) {
        const StageSlot& slot = scene.slots[i];
        const QRectF box = slot.box.adjusted(0.5, 0.5, -0.5, -0.5);
        QPen empty(mixed(t.panel, t.ndis, 0.45), 1);
        empty.setDashPattern({3, 3});
        painter.setPen(empty);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box, measure::mark_radius, measure::mark_radius);
        if (!slot.region.valid()) continue;
        const bool filling = std::find(motion.filling.begin(), motion.filling.end(), slot.region) != motion.filling.end();
        paint_slot(painter, slot.box, slot.number, filling ? motion.fill : 1.0, slot.of_shown_operation, theme);
        const bool hovered = hover.what == StageHit::What::slot && hover.index == static_cast<int>(i);
        if (slot.chosen || hovered) {
            painter.setPen(QPen(t.accent, slot.chosen ? 2 : 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(slot.box.adjusted(-2, -2, 2, 2), 6, 6);
        }
    }
    for (const FadingSlot& slot : motion.fading) {
        if (motion.fade > 0) paint_slot(painter, slot.box, slot.number, motion.fade, false, theme);
    }
    for (const StageLane& lane : scene.lanes) {
        if (lane.hidden_entries == 0) continue;
        painter.setPen(t.call_entry_text);
        painter.setFont(theme.words(measure::small_text, QFont::DemiBold));
        painter.drawText(QRectF(lane.box.left() + 14 + 3 * 36, lane.box.top() + std::max(23.0, lane.box.height() / 2 - 8), 28, 20), Qt::AlignLeft | Qt::AlignVCenter,
                         QStringLiteral("+%1").arg(lane.hidden_entries));
    }
}

void paint_findings(QPainter& painter, const StageScene& scene, const Theme& theme, StageHit hover) {
    const Tokens& t = theme.tokens();
    const QFont font = theme.words(measure::small_text, QFont::DemiBold);
    for (std::size_t i = 0; i < scene.findings.size(); ++i) {
        const StageFinding& finding = scene.findings[i];
        const bool hovered = hover.what == StageHit::What::finding && hover.index == static_cast<int>(i);
        painter.setPen(QPen(finding.here ? t.changed : t.line, hovered ? 1.8 : 1));
        painter.setBrush(finding.here ? t.changed_fill : t.panel);
        painter.drawRoundedRect(finding.box.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
        draw_mark(painter, Mark::cross, QRectF(finding.box.left() + 7, finding.box.center().y() - 3.5, 7, 7), t.changed);
        painter.setFont(font);
        painter.setPen(finding.here ? t.changed : t.quiet_text);
        const QRectF words = finding.box.adjusted(18, 0, -4, 0);
        painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(font).elidedText(finding.text, Qt::ElideRight, words.width()));
    }
}

void paint_chips(QPainter& painter, const StageScene& scene, const Theme& theme, StageHit hover) {
    const Tokens& t = theme.tokens();
    for (std::size_t i = 0; i < scene.chips.size(); ++i) {
        const StageChip& chip = scene.chips[i];
        const bool hovered = hover.what == StageHit::What::chip && hover.index == static_cast<int>(i);
        painter.setPen(QPen(hovered ? t.accent : t.quiet_text, 1));
        painter.setBrush(t.panel);
        painter.drawRoundedRect(chip.box, 8, 8);
        const QFont font = theme.words(measure::small_text, QFont::DemiBold);
        painter.setFont(font);
        painter.setPen(t.text);
        painter.drawText(chip.box, Qt::AlignCenter, QFontMetricsF(font).elidedText(chip.text, Qt::ElideRight, chip.box.width() - 10));
    }
}

void paint_arrow(QPainter& painter, const StageScene& scene, const StageMotion& motion, const Theme& theme) {
    if (!scene.arrow) return;
    const Tokens& t = theme.tokens();
    const QPointF offset = motion.card.topLeft() - scene.card.box.topLeft();
    if (offset.manhattanLength() > 1) return;  // drawn when the card has arrived
    const bool driver = scene.arrow->meaning == StageArrow::Meaning::saves || scene.arrow->meaning == StageArrow::Meaning::restores;
    const QColor colour = driver ? t.call_entry : t.changed;
    painter.setOpacity(motion.words);
    QPen pen(colour, 1.8);
    pen.setDashPattern({3.2, 2.4});
    painter.setPen(pen);
    const QPointF direction = scene.arrow->to - scene.arrow->from;
    const double length = std::hypot(direction.x(), direction.y());
    if (length > 8) {
        painter.drawLine(scene.arrow->from, scene.arrow->to - direction / length * 7);
        draw_arrow_head(painter, scene.arrow->to, direction, 9, colour);
    }
    if (scene.arrow->meaning == StageArrow::Meaning::publishes) {
        painter.setFont(theme.words(measure::small_text, QFont::DemiBold));
        painter.setPen(colour);
        painter.drawText(QRectF(scene.arrow->to.x() + 9, scene.arrow->to.y() - 3, 150, 14), Qt::AlignLeft | Qt::AlignVCenter, scene.arrow->words);
    }
    painter.setOpacity(1);
}

}  // namespace

StageMotion StageMotion::still(const StageScene& scene) {
    StageMotion motion;
    motion.card = scene.card.box;
    return motion;
}

StageHit hit_test(const StageScene& scene, QPointF point) {
    using What = StageHit::What;
    for (std::size_t i = 0; i < scene.chips.size(); ++i) {
        if (scene.chips[i].box.contains(point)) return {What::chip, static_cast<int>(i)};
    }
    for (std::size_t i = 0; i < scene.findings.size(); ++i) {
        if (scene.findings[i].box.contains(point)) return {What::finding, static_cast<int>(i)};
    }
    if (scene.card.shown && scene.card.box.contains(point)) {
        const QPointF inside = point - scene.card.box.topLeft();
        for (std::size_t i = 0; i < scene.card.blocks.size(); ++i) {
            if (scene.card.blocks[i].box.adjusted(-3, -2, 3, 2).contains(inside)) return {What::block, static_cast<int>(i)};
        }
        for (std::size_t i = 0; i < scene.card.slots.size(); ++i) {
            if (scene.card.slots[i].box.contains(inside)) return {What::card_slot, static_cast<int>(i)};
        }
        if (scene.card.broken_finding >= 0 && scene.card.broken_box.contains(inside)) return {What::card_finding, 0};
        return {What::card, 0};
    }
    for (std::size_t i = 0; i < scene.slots.size(); ++i) {
        if (scene.slots[i].box.contains(point)) return {What::slot, static_cast<int>(i)};
    }
    // The last one lies on top.
    for (std::size_t i = scene.wire.frames.size(); i-- > 0;) {
        if (scene.wire.frames[i].box.adjusted(-2, -6, 2, 6).contains(point)) return {What::frame, static_cast<int>(i)};
    }
    for (std::size_t i = 0; i < scene.rungs.size(); ++i) {
        if (scene.rungs[i].text.contains(point)) return {What::rung, static_cast<int>(i)};
    }
    for (std::size_t i = 0; i < scene.boundaries.size(); ++i) {
        if (scene.boundaries[i].pill.contains(point)) return {What::boundary, static_cast<int>(i)};
    }
    for (std::size_t i = 0; i < scene.lanes.size(); ++i) {
        if (scene.lanes[i].box.contains(point)) return {What::lane, static_cast<int>(i)};
    }
    return {};
}

void paint_stage(QPainter& painter, const StageScene& scene, const StageMotion& motion, const Theme& theme, StageHit hover) {
    if (scene.empty()) return;
    painter.setRenderHint(QPainter::Antialiasing);
    paint_lanes(painter, scene, theme);
    paint_boundaries(painter, scene, theme);
    paint_ladder_line(painter, scene.down, theme);
    paint_ladder_line(painter, scene.up, theme);
    paint_rungs(painter, scene, theme, hover);
    paint_slots(painter, scene, motion, theme, hover);
    paint_findings(painter, scene, theme, hover);
    if (scene.card.shown) paint_card(painter, scene.card, motion.card.topLeft(), motion.words, theme, hover);
    paint_arrow(painter, scene, motion, theme);
    paint_wire(painter, scene.wire, theme, hover.what == StageHit::What::frame ? hover.index : -1);
    paint_chips(painter, scene, theme, hover);
}

}  // namespace chimneylab::desktop
