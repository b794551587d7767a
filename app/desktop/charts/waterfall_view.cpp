// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/waterfall_view.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/event_text.h"
#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

constexpr double lane_gap = 8;

Mark mark_of(trace::LayerRole role) {
    switch (role) {
        case trace::LayerRole::host_stack: return Mark::triangle;
        case trace::LayerRole::intermediate_driver: return Mark::diamond;
        case trace::LayerRole::offload_target: break;
    }
    return Mark::square;
}

}  // namespace

WaterfallView::WaterfallView(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent) : TimeCanvas(playback, timing, theme, parent) {
    setAccessibleName(tr("Waterfall of the operations"));
}

double WaterfallView::row_height() const {
    const WaterfallIndex& index = timing()->waterfall;
    const auto lanes = static_cast<double>(std::max<std::size_t>(1, index.lanes()));
    const double room = canvas().height() - header - lanes * lane_gap;
    return std::clamp(room / (lanes * index.rows()), 17.0, 46.0);
}

double WaterfallView::rows_height() const {
    return timing() ? static_cast<double>(timing()->waterfall.lanes()) * (row_height() * timing()->waterfall.rows() + lane_gap) : 0;
}

double WaterfallView::lane_top(std::size_t lane) const { return top() + static_cast<double>(lane) * (row_height() * timing()->waterfall.rows() + lane_gap) + lane_gap / 2; }

FigureTable WaterfallView::make_table() const { return waterfall_table(timing()->title(tr("waterfall")), timing(), timing()->waterfall); }

QRectF WaterfallView::box_of(const WaterfallBar& bar, std::size_t lane, std::uint32_t row) const {
    const double y = lane_top(lane) + row * row_height() + 2;
    return QRectF(QPointF(x_of(static_cast<double>(bar.from)), y), QPointF(x_of(static_cast<double>(bar.to)), y + row_height() - 4));
}

QRectF WaterfallView::bar_rect(std::uint32_t operation, std::size_t lane) const {
    const WaterfallIndex& index = timing()->waterfall;
    const WaterfallBar* const bar = index.bar_of(operation, lane);
    return bar != nullptr ? box_of(*bar, lane, index.row_of(operation)) : QRectF();
}

QPointF WaterfallView::mark_at(std::uint32_t conversion) const {
    const WaterfallIndex& index = timing()->waterfall;
    const auto place = index.place_of_mark(conversion);
    if (!place) return {};
    return {x_of(static_cast<double>(place->time)), lane_top(place->lane) + (place->row + 0.5) * row_height()};
}

void WaterfallView::reveal() {
    const trace::Operation* operation = playback_.operation();
    if (operation == nullptr || timing()->waterfall.rows() < 2) return;
    const auto index = static_cast<std::uint32_t>(operation - timing()->session->history->operations().data());
    const double row = timing()->waterfall.row_of(index) * row_height();
    if (rows_height() > canvas().height() - header) scroll_to(row, row + row_height());
}

void WaterfallView::zoom_to_operation() {
    const trace::Operation* operation = timing() ? playback_.operation() : nullptr;
    if (operation == nullptr || !operation->started.valid()) return;
    const auto from = static_cast<double>(timing()->time_of(operation->started));
    const double to = operation->finished.valid() ? static_cast<double>(timing()->time_of(operation->finished)) : timing()->whole().to;
    const double room = std::max(10.0, (to - from) * 0.05);
    timing_model_.show_span({from - room, to + room});
}

void WaterfallView::paint_rows(QPainter& painter) {
    const Tokens& t = theme_.tokens();
    const WaterfallIndex& index = timing()->waterfall;
    const QRectF area = plot();
    const trace::Operation* chosen = playback_.operation();
    for (std::size_t lane = 0; lane < index.lanes(); ++lane) {
        const double y = lane_top(lane);
        const double high = row_height() * index.rows();
        if (y > area.bottom() || y + high < area.top()) continue;
        painter.fillRect(QRectF(area.left(), y - 1, area.width(), high + 2), t.raised);
        if (lane + 1 < index.lanes()) {
            painter.setPen(QPen(t.line, 1, Qt::DashLine));
            painter.drawLine(QPointF(area.left(), y + high + lane_gap / 2), QPointF(area.right(), y + high + lane_gap / 2));
        }
        for (std::uint32_t row = 0; row < index.rows(); ++row) {
            const double row_top = y + row * row_height();
            if (row_top > area.bottom() || row_top + row_height() < area.top()) continue;
            taken_.clear();
            paint_row(painter, lane, row, chosen);
            paint_marks(painter, lane, row);
        }
    }
}

void WaterfallView::paint_row(QPainter& painter, std::size_t lane, std::uint32_t row, const trace::Operation* chosen) {
    const Tokens& t = theme_.tokens();
    const WaterfallIndex& index = timing()->waterfall;
    const auto bars = index.bars(lane, row);
    const auto operations = timing()->session->history->operations();
    const QRectF area = plot();
    const TimeSpan span = timing_model_.visible();
    const double per_pixel = span.length() / area.width();
    double run_from = 0, run_to = -1;  // a run of bars that are too narrow to be told apart
    const auto end_run = [&] {
        if (run_to < run_from) return;
        const double y = lane_top(lane) + row * row_height() + 2;
        painter.fillRect(QRectF(run_from, y + 2, std::max(1.0, run_to - run_from), row_height() - 8), mixed(t.panel, theme_.colour_of(timing()->session->trace->layers()[lane].role), 0.6));
        ++drawn_;
        run_to = run_from - 1;
    };
    for (std::size_t i = index.first_bar(lane, row, span.from); i < bars.size() && static_cast<double>(bars[i].from) <= span.to;) {
        QRectF box = box_of(bars[i], lane, row);
        const bool its = chosen == &operations[bars[i].operation];
        if (box.width() < 3 && !its) {
            if (run_to < run_from || box.left() > run_to + 1.5) {
                end_run();
                run_from = std::floor(box.left());
            }
            run_to = std::max(run_to, std::max(box.right(), run_from + 1));
            // On to the first that begins in another column of pixels.
            const double next = static_cast<double>(bars[i].from) + per_pixel;
            const auto rest = bars.subspan(i + 1);
            std::size_t skip = static_cast<std::size_t>(std::ranges::lower_bound(rest, next, {}, [](const WaterfallBar& bar) { return static_cast<double>(bar.from); }) - rest.begin());
            if (skip > 0) run_to = std::max(run_to, std::min(box_of(rest[skip - 1], lane, row).right(), run_from + box.left() - run_from + 2));
            // Not over the chosen one.
            for (std::size_t k = 0; chosen != nullptr && skip <= 64 && k < skip; ++k) {
                if (&operations[rest[k].operation] == chosen) skip = k;
            }
            i += 1 + skip;
            continue;
        }
        end_run();
        paint_bar(painter, bars[i], box, its);
        ++i;
    }
    end_run();
}

void WaterfallView::paint_bar(QPainter& painter, const WaterfallBar& bar, const QRectF& whole, bool chosen) {
    const Tokens& t = theme_.tokens();
    const trace::History& history = *timing()->session->history;
    const trace::Operation& operation = history.operations()[bar.operation];
    const int number = operation_ordinal(history, operation.id);
    const QColor ink = operation_colour(t, number);
    const QRectF area = plot();
    // Far outside of the picture nothing is painted.
    const double left = std::max(whole.left(), area.left() - 10), right = std::min(std::max(whole.right(), whole.left() + 1), area.right() + 10);
    const QRectF box(left, whole.top(), right - left, whole.height());
    const double below_from = std::clamp(x_of(static_cast<double>(bar.below_from)), left, right), below_to = std::clamp(x_of(static_cast<double>(bar.below_to)), left, right);
    const auto own = [&](double from, double to) {
        if (to - from < 0.3) return;
        const QRectF part(from, box.top(), to - from, box.height());
        painter.fillRect(part, mixed(t.panel, ink, 0.35));
        painter.fillRect(part, QBrush(ink, operation_pattern(number)));
        ++drawn_;
    };
    own(left, below_from);
    own(below_to, right);
    if (below_to - below_from > 0.5) {
        painter.fillRect(QRectF(below_from, box.top(), below_to - below_from, box.height()), mixed(t.panel, ink, 0.1));
        ++drawn_;
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(chosen ? t.text : ink, chosen ? 2 : 1, bar.last.valid() ? Qt::SolidLine : Qt::DashLine));
    painter.drawRect(box);
    // The number and the name, where there is room for them: in the open part, else over the whole.
    const bool open = below_to - below_from > 40;
    QRectF room = (open ? QRectF(below_from, box.top(), below_to - below_from, box.height()) : box).intersected(area).adjusted(9, 0, -7, 0);  // beside the first conversion
    if (room.width() < 10) return;
    painter.setFont(theme_.words(measure::small_text, chosen ? QFont::DemiBold : QFont::Normal));
    QString words = operation_text(history, operation.id);
    words += QStringLiteral(" · ") + short_time(static_cast<double>(bar.to - bar.from));
    if (!bar.last.valid()) words += tr(" … not finished");
    if (painter.fontMetrics().horizontalAdvance(words) > room.width()) words = operation_text(history, operation.id);
    if (painter.fontMetrics().horizontalAdvance(words) > room.width()) words = QString::number(number);
    const double wide = painter.fontMetrics().horizontalAdvance(words);
    if (wide > room.width()) return;
    if (!open) painter.fillRect(QRectF(room.left() - 2, room.center().y() - 7, wide + 4, 14), t.panel);
    painter.setPen(t.text);
    painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, words);
    taken_.emplace_back(room.left() - 4, room.top(), wide + 10, room.height());
    ++drawn_;
}

void WaterfallView::paint_marks(QPainter& painter, std::size_t lane, std::uint32_t row) {
    const Tokens& t = theme_.tokens();
    const WaterfallIndex& index = timing()->waterfall;
    const auto marks = index.marks(lane, row);
    const TimeSpan span = timing_model_.visible();
    const double y = lane_top(lane) + (row + 0.5) * row_height();
    const double per_pixel = span.length() / plot().width();
    painter.setFont(theme_.words(measure::small_text));
    // Six pixels apart they can be told apart; nearer ones share a mark.
    for (std::size_t i = index.first_mark(lane, row, span.from - 6 * per_pixel); i < marks.size() && static_cast<double>(marks[i].time) <= span.to + 6 * per_pixel;) {
        const double x = x_of(static_cast<double>(marks[i].time));
        const auto rest = marks.subspan(i + 1);
        const std::size_t skip = static_cast<std::size_t>(std::ranges::lower_bound(rest, static_cast<double>(marks[i].time) + 6 * per_pixel, {}, [](const WaterfallMark& mark) { return static_cast<double>(mark.time); }) - rest.begin());
        const trace::Conversion& conversion = timing()->session->history->conversions()[marks[i].conversion];
        const bool present = conversion.event == playback_.position();
        const double half = present ? 6 : 4;
        // Many in the width of one: a line says so, a mark for each would be a wall.
        if (skip >= 8) {
            painter.fillRect(QRectF(x - 1, y - row_height() * 0.3, 3, row_height() * 0.6), mixed(t.panel, t.changed, 0.7));
        } else {
            draw_mark(painter, Mark::diamond, QRectF(x - half, y - half, 2 * half, 2 * half), t.changed);
        }
        ++drawn_;
        const double next = skip < rest.size() ? x_of(static_cast<double>(rest[skip].time)) : plot().right();
        const QString words = short_conversion(conversion.kind);
        const double wide = painter.fontMetrics().horizontalAdvance(words);
        const QRectF box(x + 8, y - 7, wide + 4, 14);
        const bool hidden = std::ranges::any_of(taken_, [&](const QRectF& words_there) { return words_there.intersects(box); });
        if (skip == 0 && next - x > wide + 24 && !hidden) {
            painter.fillRect(box, t.changed_fill);
            painter.setPen(t.text);
            painter.drawText(box, Qt::AlignCenter, words);
            ++drawn_;
        }
        i += 1 + skip;
    }
}

void WaterfallView::paint_names(QPainter& painter) {
    const WaterfallIndex& index = timing()->waterfall;
    const auto layers = timing()->session->trace->layers();
    painter.setFont(theme_.words(measure::quiet_text, QFont::DemiBold));
    for (std::size_t lane = 0; lane < index.lanes(); ++lane) {
        const QRectF box(2, lane_top(lane), gutter() - 6, row_height() * index.rows());
        const QColor ink = theme_.colour_of(layers[lane].role);
        draw_mark(painter, mark_of(layers[lane].role), QRectF(box.left(), box.center().y() - 4.5, 9, 9), ink);
        painter.setPen(ink);
        const QString name = short_layer_name(*timing()->session->history, static_cast<trace::LayerIndex>(lane));
        painter.drawText(box.adjusted(14, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(name, Qt::ElideRight, static_cast<int>(box.width() - 14)));
    }
}

TimeCanvas::Hit WaterfallView::hit(QPointF at) const {
    Hit found;
    const QRectF area = plot();
    if (!area.contains(at)) return found;
    const WaterfallIndex& index = timing()->waterfall;
    const trace::History& history = *timing()->session->history;
    const double per_pixel = timing_model_.visible().length() / area.width();
    const double time = gestures_->time_at(at.x());
    for (std::size_t lane = 0; lane < index.lanes(); ++lane) {
        const double within = at.y() - lane_top(lane);
        if (within < 0 || within >= row_height() * index.rows()) continue;
        const auto row = static_cast<std::uint32_t>(within / row_height());
        const QString layer = to_qstring(history.layer_name(static_cast<trace::LayerIndex>(lane)));
        const auto marks = index.marks(lane, row);
        const std::size_t near = index.first_mark(lane, row, time - 6 * per_pixel);
        double best = 6 * per_pixel;
        for (std::size_t i = near; i < marks.size() && static_cast<double>(marks[i].time) <= time + 6 * per_pixel && i < near + 64; ++i) {
            const double away = std::abs(static_cast<double>(marks[i].time) - time);
            if (away > best) continue;
            best = away;
            const trace::Conversion& conversion = history.conversions()[marks[i].conversion];
            found.event = conversion.event;
            found.operation = conversion.operation;
            found.words = tr("%1 at %2\nConversion %3 of operation %4: %5\nA click goes to event %6.")
                              .arg(layer, time_text(marks[i].time))
                              .arg(conversion.number)
                              .arg(operation_text(history, conversion.operation), short_conversion(conversion.kind))
                              .arg(conversion.event.value);
        }
        if (found.event.valid()) return found;
        const auto bars = index.bars(lane, row);
        for (std::size_t i = index.first_bar(lane, row, time - 2 * per_pixel); i < bars.size() && static_cast<double>(bars[i].from) <= time + 2 * per_pixel; ++i) {
            if (static_cast<double>(bars[i].to) < time - 2 * per_pixel) continue;
            const trace::Operation& operation = history.operations()[bars[i].operation];
            // In the open part it is on its way back once the middle is passed: the way down comes first.
            const bool back = bars[i].below_to > bars[i].below_from && time >= static_cast<double>(bars[i].below_to);
            const trace::Passage* passage = operation.passage(static_cast<trace::LayerIndex>(lane));
            found.event = back && passage != nullptr && passage->came_back.valid() ? passage->came_back : bars[i].first;
            found.operation = operation.id;
            const trace::Nanoseconds below = bars[i].below_to - bars[i].below_from, all = bars[i].to - bars[i].from;
            found.words = tr("%1, operation %2: %3, of that %4 below (%5 time)\nA click goes to event %6.")
                              .arg(layer, operation_text(history, operation.id), time_text(all), time_text(below), clock_word(timing()->kind))
                              .arg(found.event.value);
            return found;
        }
    }
    return found;
}

QRect WaterfallView::accessible_row_rect(int row) const {
    if (!timing() || row < 0 || timing()->waterfall.lanes() == 0) return {};
    return bar_rect(static_cast<std::uint32_t>(row), 0).intersected(plot()).toAlignedRect();
}

}  // namespace chimneylab::desktop

#include "moc_waterfall_view.cpp"
