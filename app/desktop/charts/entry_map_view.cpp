// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/entry_map_view.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/event_text.h"
#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

QString address_text(trace::Address address) {
    // The last digits tell rows apart; the tool tip has them all.
    const QString digits = QString::number(address, 16);
    return digits.size() > 9 ? QStringLiteral("…") + digits.right(8) : QStringLiteral("0x") + digits;
}

}  // namespace

EntryMapView::EntryMapView(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent) : TimeCanvas(playback, timing, theme, parent) {
    setAccessibleName(tr("Map of the call entries by address and time"));
}

double EntryMapView::row_height() const {
    const auto count = static_cast<double>(std::max<std::size_t>(1, timing()->entries.rows().size()));
    const double room = canvas().height() - header;
    return fit_ ? std::min(26.0, room / count) : std::clamp(room / count, 20.0, 30.0);
}

double EntryMapView::rows_height() const { return timing() ? row_height() * static_cast<double>(timing()->entries.rows().size()) : 0; }

FigureTable EntryMapView::make_table() const { return entry_map_table(timing()->title(tr("call-entry map")), timing(), timing()->entries); }

void EntryMapView::fit_rows(bool fit) {
    fit_ = fit;
    take_new_heights();
    viewport()->update();
}

QRectF EntryMapView::life_rect(std::uint32_t entry) const {
    const EntryMapIndex& index = timing()->entries;
    const auto [row, nth] = index.place_of(entry);
    const EntryLife& life = index.rows()[row].lives[nth];
    const double y = top() + row * row_height();
    return QRectF(QPointF(x_of(static_cast<double>(life.recognised)), y + 2), QPointF(x_of(static_cast<double>(life.released)), y + row_height() - 2));
}

void EntryMapView::reveal() {
    const int row = accessible_current_row();
    if (row < 0 || fit_) return;
    const double y = timing()->entries.place_of(static_cast<std::uint32_t>(row)).first * row_height();
    scroll_to(y, y + row_height());
}

void EntryMapView::paint_rows(QPainter& painter) {
    const Tokens& t = theme_.tokens();
    const EntryMapIndex& index = timing()->entries;
    const QRectF area = plot();
    const double high = row_height();
    const auto count = index.rows().size();
    const auto first = static_cast<std::size_t>(std::max(0.0, std::floor((area.top() - top()) / high)));
    const auto last = std::min(count, static_cast<std::size_t>(std::max(0.0, std::ceil((area.bottom() - top()) / high))));
    // Where rows are thinner than a pixel, one for each line of pixels is looked at closely enough.
    const std::size_t stride = high >= 1 ? 1 : static_cast<std::size_t>(std::ceil(1 / high));
    for (std::size_t row = first; row < last; row += stride) {
        const double y = top() + static_cast<double>(row) * high;
        const bool other_layer = row > 0 && index.rows()[row].layer != index.rows()[row - 1].layer;
        if (other_layer && high >= 3) {
            painter.setPen(QPen(t.line, 1, Qt::DashLine));
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        } else if (high >= 12 && row > 0) {
            painter.setPen(QPen(t.groove, 1));
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        }
        for (std::size_t within = row; within < std::min(last, row + stride); ++within) paint_row(painter, within, y, std::max(1.0, high), high >= 16);
    }
}

void EntryMapView::paint_row(QPainter& painter, std::size_t row, double y, double high, bool names) {
    const Tokens& t = theme_.tokens();
    const EntryMapIndex& index = timing()->entries;
    const EntryRow& its = index.rows()[row];
    const TimeSpan span = timing_model_.visible();
    const double per_pixel = span.length() / plot().width();
    const double inset = high > 6 ? 2 : 0;
    double run_from = 0, run_to = -1;
    const auto end_run = [&] {
        if (run_to < run_from) return;
        painter.fillRect(QRectF(run_from, y + inset, std::max(1.0, run_to - run_from), high - 2 * inset), mixed(t.panel, t.call_entry, 0.55));
        ++drawn_;
        run_to = run_from - 1;
    };
    for (std::size_t i = index.first_life(row, span.from); i < its.lives.size() && static_cast<double>(its.lives[i].allocated) <= span.to;) {
        const EntryLife& life = its.lives[i];
        const QRectF box(QPointF(x_of(static_cast<double>(life.recognised)), y + inset), QPointF(x_of(static_cast<double>(life.released)), y + high - inset));
        if (box.width() < 3 && !life.leaked) {
            if (run_to < run_from || box.left() > run_to + 1.5) {
                end_run();
                run_from = std::floor(box.left());
            }
            run_to = std::max({run_to, box.right(), run_from + 1});
            const auto rest = std::span(its.lives).subspan(i + 1);
            const auto next = std::ranges::lower_bound(rest, static_cast<double>(life.recognised) + per_pixel, {}, [](const EntryLife& other) { return static_cast<double>(other.recognised); });
            i += 1 + static_cast<std::size_t>(next - rest.begin());
            continue;
        }
        end_run();
        paint_life(painter, its, life, box, names);
        ++i;
    }
    end_run();
}

void EntryMapView::paint_life(QPainter& painter, const EntryRow& row, const EntryLife& life, const QRectF& whole, bool names) {
    const Tokens& t = theme_.tokens();
    const QRectF area = plot();
    const trace::CallEntry& entry = timing()->session->history->call_entries()[life.entry];
    const QRectF box(QPointF(std::max(whole.left(), area.left() - 10), whole.top()), QPointF(std::min(whole.right(), area.right() + 10), whole.bottom()));
    const double allocated = x_of(static_cast<double>(life.allocated));
    painter.setRenderHint(QPainter::Antialiasing);
    if (names && whole.left() - allocated > 1) {
        painter.setPen(QPen(t.call_entry, 1.4));
        painter.drawLine(QPointF(std::max(allocated, area.left()), whole.center().y()), QPointF(whole.left(), whole.center().y()));
        painter.drawLine(QPointF(allocated, whole.center().y() - 3), QPointF(allocated, whole.center().y() + 3));
        drawn_ += 2;
    }
    const bool chosen = playback_.region_chosen() && playback_.region() == entry.region;
    const bool present = playback_.position().valid() && entry.recognised <= playback_.position() && (!entry.released.valid() || playback_.position() < entry.released);
    const QColor ink = life.leaked ? t.changed : t.call_entry;
    painter.setPen(names ? QPen(chosen ? t.text : ink, chosen || present ? 2 : 1.2, life.held ? Qt::DashLine : Qt::SolidLine) : QPen(Qt::NoPen));
    painter.setBrush(names ? (life.leaked ? t.changed_fill : t.call_entry_fill) : ink);
    painter.drawRoundedRect(box, names ? 4 : 0, names ? 4 : 0);
    if (life.leaked && names) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(QBrush(mixed(t.changed_fill, t.changed, 0.45), Qt::BDiagPattern));
        painter.drawRoundedRect(box, 4, 4);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    ++drawn_;
    if (!names) return;
    QRectF room = box.intersected(area).adjusted(5, 0, -5, 0);
    if (life.leaked && room.width() > 12) {
        draw_mark(painter, Mark::cross, QRectF(room.right() - 9, room.center().y() - 4.5, 9, 9), t.changed);
        room.setRight(room.right() - 13);
    }
    painter.setFont(theme_.words(measure::small_text, QFont::DemiBold));
    QString words = QStringLiteral("#%1").arg(entry.ordinal);
    const QString used = row.lives.size() > 1 ? QStringLiteral(" ↻ %1").arg(life.use) : QString();
    const QString operation = operation_text(*timing()->session->history, entry.operation);
    const QFontMetricsF metrics(painter.fontMetrics());
    const QString leaked = life.leaked ? tr(" leaked") : QString();
    for (const QString& more : {words + leaked + used + QStringLiteral("  ") + operation, words + leaked + used, words + used, words}) {
        const double wide = metrics.horizontalAdvance(more);
        if (wide > room.width()) continue;
        if (life.leaked) painter.fillRect(QRectF(room.left() - 2, room.center().y() - 7, wide + 4, 14), t.changed_fill);
        painter.setPen(life.leaked ? t.changed : t.call_entry_text);
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, more);
        ++drawn_;
        break;
    }
}

void EntryMapView::paint_names(QPainter& painter) {
    const Tokens& t = theme_.tokens();
    const EntryMapIndex& index = timing()->entries;
    const double high = row_height();
    const QFont bold = theme_.words(measure::quiet_text, QFont::DemiBold), mono = theme_.mono(measure::small_text);
    const auto layers = timing()->session->trace->layers();
    double named = -100;
    for (std::size_t row = 0; row < index.rows().size(); ++row) {
        const double y = top() + static_cast<double>(row) * high;
        if (y + std::max(high, 16.0) < header || y > canvas().height()) continue;
        const EntryRow& its = index.rows()[row];
        const bool first = row == 0 || index.rows()[row - 1].layer != its.layer;
        const QRectF box(2, y, gutter() - 6, std::max(high, 14.0));
        if (first && y >= named + 14 && its.layer < layers.size()) {
            const QColor ink = theme_.colour_of(layers[its.layer].role);
            draw_mark(painter, Mark::diamond, QRectF(box.left(), box.center().y() - 4, 8, 8), ink);
            painter.setFont(bold);
            painter.setPen(ink);
            painter.drawText(box.adjusted(12, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(short_layer_name(*timing()->session->history, its.layer), Qt::ElideRight, 40));
            named = y;
        }
        if (high >= 12) {
            painter.setFont(mono);
            painter.setPen(t.quiet_text);
            painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter, address_text(its.address));
        } else if (!first) {
            // Nothing more to write until the next layer.
            const auto next = std::ranges::upper_bound(index.rows(), its.layer, {}, &EntryRow::layer);
            row = static_cast<std::size_t>(next - index.rows().begin()) - 1;
        }
    }
}

TimeCanvas::Hit EntryMapView::hit(QPointF at) const {
    Hit found;
    const QRectF area = plot();
    if (!area.contains(at)) return found;
    const EntryMapIndex& index = timing()->entries;
    const double within = (at.y() - top()) / row_height();
    if (within < 0 || within >= static_cast<double>(index.rows().size())) return found;
    const auto row = static_cast<std::size_t>(within);
    const double reach = 2 * timing_model_.visible().length() / area.width(), time = gestures_->time_at(at.x());
    const EntryRow& its = index.rows()[row];
    for (std::size_t i = index.first_life(row, time - reach); i < its.lives.size() && static_cast<double>(its.lives[i].allocated) <= time + reach; ++i) {
        const EntryLife& life = its.lives[i];
        if (static_cast<double>(life.released) < time - reach) continue;
        const trace::CallEntry& entry = timing()->session->history->call_entries()[life.entry];
        found.event = entry.recognised;
        found.region = entry.region;
        found.operation = entry.operation;
        found.words = rows().words(static_cast<int>(life.entry)) + tr("\nA click goes to event %1.").arg(entry.recognised.value);
        return found;
    }
    return found;
}

QRect EntryMapView::accessible_row_rect(int row) const {
    if (!timing() || row < 0 || row >= static_cast<int>(timing()->entries.entries())) return {};
    return life_rect(static_cast<std::uint32_t>(row)).intersected(plot()).toAlignedRect();
}

}  // namespace chimneylab::desktop

#include "moc_entry_map_view.cpp"
