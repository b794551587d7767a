// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/ledger/ledger_slots.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "app/desktop/theme/marks.h"
#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

namespace {
constexpr double line_height = 24, slot_width = 32, slot_height = 18, slot_gap = 4, name_width = 62;
constexpr std::size_t most_lines = 4;  // more drivers than that scroll in the table below, not here
}  // namespace

LedgerSlots::LedgerSlots(PlaybackModel& playback, const CallEntryModel& entries, const Theme& theme, QWidget* parent)
    : QWidget(parent), playback_(playback), entries_(entries), theme_(theme) {
    setMouseTracking(true);
    setAccessibleName(tr("Call entries as slots"));
    connect(&entries, &CallEntryModel::refreshed, this, &LedgerSlots::place);
    connect(&theme, &Theme::changed, this, [this] { update(); });
    place();
}

QSize LedgerSlots::sizeHint() const {
    return {300, static_cast<int>(static_cast<double>(std::min(layers_, most_lines)) * line_height)};
}

void LedgerSlots::place() {
    lines_.clear();
    std::size_t drivers = 0;
    if (const trace::History* history = playback_.history()) {
        const auto layers = history->trace().layers();
        for (std::size_t layer = 0; layer < layers.size(); ++layer) {
            if (layers[layer].role != trace::LayerRole::intermediate_driver) continue;
            if (++drivers > most_lines) continue;
            Line line;
            line.name = to_qstring(history->layer_name(static_cast<trace::LayerIndex>(layer)));
            line.y = static_cast<double>(lines_.size()) * line_height;
            const auto room =
                static_cast<std::size_t>(std::max(1.0, (width() - name_width - 44) / (slot_width + slot_gap)));
            const std::size_t wanted =
                std::max<std::size_t>(3, history->call_entry_slots(static_cast<trace::LayerIndex>(layer)));
            for (std::size_t i = 0; i < std::min(room, wanted); ++i) {
                Slot slot;
                slot.box = QRectF(name_width + static_cast<double>(i) * (slot_width + slot_gap),
                                  line.y + (line_height - slot_height) / 2, slot_width, slot_height);
                line.boxes.push_back(slot);
            }
            for (const std::uint32_t index :
                 history->live_call_entries(static_cast<trace::LayerIndex>(layer), playback_.position())) {
                const trace::CallEntry& entry = history->call_entries()[index];
                if (entry.slot >= line.boxes.size()) {
                    ++line.hidden;
                    continue;
                }
                Slot& slot = line.boxes[entry.slot];
                slot.region = entry.region;
                slot.number = entry.ordinal;
                slot.leaks = entries_.leaks(entry);
                slot.chosen = playback_.region_chosen() && playback_.region() == entry.region;
            }
            lines_.push_back(std::move(line));
        }
    }
    if (drivers != layers_) {
        layers_ = drivers;
        updateGeometry();
    }
    update();
}

const LedgerSlots::Slot* LedgerSlots::slot_at(QPointF at) const {
    for (const Line& line : lines_)
        for (const Slot& slot : line.boxes)
            if (slot.box.contains(at)) return &slot;
    return nullptr;
}

void LedgerSlots::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = theme_.tokens();
    for (const Line& line : lines_) {
        draw_mark(p, Mark::diamond, QRectF(2, line.y + line_height / 2 - 4.5, 9, 9), t.intermediate_driver);
        const QFont name = theme_.words(measure::quiet_text, QFont::DemiBold);
        p.setFont(name);
        p.setPen(t.text);
        p.drawText(QRectF(16, line.y, name_width - 20, line_height), Qt::AlignLeft | Qt::AlignVCenter,
                   QFontMetricsF(name).elidedText(line.name, Qt::ElideRight, name_width - 20));
        for (const Slot& slot : line.boxes) {
            const QRectF box = slot.box.adjusted(0.5, 0.5, -0.5, -0.5);
            if (!slot.region.valid()) {
                p.setPen(QPen(t.line, 1, Qt::DashLine));
                p.setBrush(Qt::NoBrush);
                p.drawRoundedRect(box, measure::mark_radius, measure::mark_radius);
                continue;
            }
            p.setPen(QPen(slot.leaks ? t.changed : t.call_entry, slot.chosen ? 2.5 : 1.5));
            p.setBrush(slot.leaks ? t.changed_fill : t.call_entry_fill);
            p.drawRoundedRect(box, measure::mark_radius, measure::mark_radius);
            QRectF words = box;
            if (slot.leaks) {
                draw_mark(p, Mark::cross, QRectF(box.left() + 2, box.center().y() - 3.5, 7, 7), t.changed);
                words.setLeft(words.left() + 8);
            }
            const QFont font = theme_.words(measure::small_text, QFont::DemiBold);
            p.setFont(font);
            p.setPen(slot.leaks ? t.changed : t.call_entry_text);
            p.drawText(
                words, Qt::AlignCenter,
                QFontMetricsF(font).elidedText(QStringLiteral("#%1").arg(slot.number), Qt::ElideRight, words.width()));
        }
        if (line.hidden > 0) {
            p.setFont(theme_.words(measure::quiet_text));
            p.setPen(t.quiet_text);
            p.drawText(QRectF(width() - 44, line.y, 42, line_height), Qt::AlignRight | Qt::AlignVCenter,
                       QStringLiteral("+%1").arg(line.hidden));
        }
    }
}

void LedgerSlots::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    place();
}

void LedgerSlots::mousePressEvent(QMouseEvent* event) {
    const Slot* slot = slot_at(event->position());
    if (slot != nullptr && slot->region.valid()) playback_.choose_region(slot->region);
}

void LedgerSlots::mouseMoveEvent(QMouseEvent* event) {
    const Slot* slot = slot_at(event->position());
    setCursor(slot != nullptr && slot->region.valid() ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

bool LedgerSlots::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const Slot* slot = slot_at(help->pos());
        const trace::History* history = playback_.history();
        QString tip;
        if (slot != nullptr && history != nullptr)
            tip = slot->region.valid() ? to_qstring(trace::region_text(*history, slot->region)) +
                                             (slot->leaks ? tr("\n✖ never released in this run") : QString())
                                       : tr("Room for a call entry: none is held here now");
        QToolTip::showText(help->globalPos(), tip, this);
        return true;
    }
    return QWidget::event(event);
}

QString LedgerSlots::accessible_row_text(int row) const {
    if (row < 0 || row >= accessible_row_count()) return {};
    const Line& line = lines_[static_cast<std::size_t>(row)];
    QStringList held;
    for (const Slot& slot : line.boxes)
        if (slot.region.valid())
            held << QStringLiteral("#%1").arg(slot.number) + (slot.leaks ? tr(" (never released)") : QString());
    return held.isEmpty() ? tr("%1 holds no call entry").arg(line.name)
                          : tr("%1 holds %2").arg(line.name, held.join(QStringLiteral(", ")));
}

QRect LedgerSlots::accessible_row_rect(int row) const {
    if (row < 0 || row >= accessible_row_count()) return {};
    return {0, static_cast<int>(lines_[static_cast<std::size_t>(row)].y), width(), static_cast<int>(line_height)};
}

}  // namespace chimneylab::desktop

#include "moc_ledger_slots.cpp"
