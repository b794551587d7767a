// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/sequence_scene.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/desktop/models/sequence_frames.h"
#include "app/desktop/models/session.h"
#include "engine/trace/text.h"

namespace chimneylab::desktop {

using trace::EventId;
using trace::EventKind;
using Kind = SequenceMark::Kind;
using Style = SequenceLabel::Style;

namespace {

constexpr double gutter_width = 50;
constexpr double before_first = 30;
constexpr double after_last = 24;
constexpr double least_spacing = 34;
constexpr double widest_spacing = 230;
constexpr double peer_is_farther = 1;  // times the distance of two lifelines
constexpr double bar_width = 8;
constexpr double level_step = 4;
constexpr double label_height = 13;
constexpr std::size_t most_waits = 400;

bool opens(EventKind kind) { return kind == EventKind::enter || kind == EventKind::work_started; }

class Builder {
public:
    explicit Builder(const SequenceRequest& request)
        : request_(request), axis_(request.axis), index_(*request.axis.index), columns_(index_.columns()), history_(index_.history()),
          trace_(history_.trace()) {}

    SequenceScene build() {
        lay_out_columns();
        if (index_.row_count(false) == 0) return scene_;
        // By time, marks and words reach a little beyond their line.
        const double beyond = axis_.by_time ? label_height : 0;
        first_ = axis_.first_row(request_.top - beyond);
        end_ = axis_.end_row(request_.top + request_.room.height() + beyond);
        scene_.overview = end_ > first_ && end_ - first_ > request_.room.height() + 2;
        if (scene_.overview) {
            take_together();
        } else {
            one_by_one();
        }
        if (request_.at.valid()) {
            const double y = axis_.y_of(request_.at) - request_.top;
            if (y >= 0 && y <= request_.room.height()) scene_.present_y = y;
            const trace::LayerIndex layer = history_.running_layer(request_.at);
            for (std::size_t i = 0; i < scene_.lifelines.size(); ++i) {
                scene_.lifelines[i].running = layer != trace::ndis_layer ? static_cast<int>(i) == columns_.of_layer(layer)
                                                                         : static_cast<int>(i) == innermost_column(request_.at);
            }
        }
        return scene_;
    }

private:
    void lay_out_columns() {
        scene_.gutter = gutter_width;
        const int count = columns_.count();
        const double width = std::max(request_.room.width(), least_sequence_width(index_));
        scene_.size = QSizeF(width, request_.room.height());
        // Frames have more to say than calls: the way to the peer is longer.
        const double longer = columns_.peer() >= 0 ? peer_is_farther : 0;
        const double spacing = count < 2 ? 0 : std::min(widest_spacing, (width - gutter_width - before_first - after_last) / (count - 1 + longer));
        for (int i = 0; i < count; ++i) {
            const SequenceColumn& column = columns_.all()[static_cast<std::size_t>(i)];
            scene_.lifelines.push_back({gutter_width + before_first + spacing * (i == columns_.peer() ? i + longer : i), column.title, column.mark, false});
        }
    }

    [[nodiscard]] double x(int column) const {
        return column < 0 ? scene_.lifelines.front().x : scene_.lifelines[std::min(static_cast<std::size_t>(column), scene_.lifelines.size() - 1)].x;
    }
    [[nodiscard]] double y(EventId event) const { return axis_.y_of(event) - request_.top; }
    [[nodiscard]] bool future(EventId event) const { return request_.at.valid() && event > request_.at; }
    [[nodiscard]] int operation(const trace::Event& event) const { return operation_ordinal(history_, event.operation); }

    [[nodiscard]] int innermost_column(EventId event) const {
        for (EventId here = event; here.valid(); here = trace_.event(here).parent) {
            if (opens(trace_.event(here).kind)) return columns_.of_event(here);
        }
        return SequenceColumns::outside;
    }
    // How many calls are open on a lifeline around (not counting) the event.
    [[nodiscard]] int level(EventId event, int column) const {
        int open = 0;
        for (EventId here = trace_.event(event).parent; here.valid(); here = trace_.event(here).parent) {
            if (opens(trace_.event(here).kind) && columns_.of_event(here) == column) ++open;
        }
        return open;
    }
    [[nodiscard]] double bar_left(int column, int at_level) const { return x(column) - bar_width / 2 + at_level * level_step; }
    // Where an arrow meets a lifeline: the edge of its innermost bar that looks towards the other end.
    [[nodiscard]] double edge(int column, int open, double towards) const {
        if (open == 0) return x(column);
        const double left = bar_left(column, open - 1);
        return towards > x(column) ? left + bar_width : left;
    }

    // --- every event by itself ---

    void one_by_one() {
        if (first_ < end_) {
            const EventId top = index_.first(first_, axis_.folded());
            std::vector<EventId> around;
            // What closes here is not around it any more, but still ends in sight.
            if (trace_.event(top).kind == EventKind::leave || trace_.event(top).kind == EventKind::work_finished) around.push_back(trace_.event(top).partner);
            for (EventId here = trace_.event(top).parent; here.valid(); here = trace_.event(here).parent) around.push_back(here);
            for (auto each = around.rbegin(); each != around.rend(); ++each) {
                if (each->valid() && opens(trace_.event(*each).kind) && index_.has_row(*each)) bar(*each);
            }
        }
        for (std::uint32_t row = first_; row < end_; ++row) {
            const EventId event = index_.first(row, axis_.folded());
            const std::uint32_t events = index_.events_in(row, axis_.folded());
            if (events > 1) {
                run_of_minor_events(row, event, events);
            } else {
                one(event);
            }
        }
        waits();
        if (first_ < end_) place_frames(scene_, request_, index_.first(first_, axis_.folded()), index_.first(end_ - 1, axis_.folded()));
    }

    void bar(EventId opening) {
        const trace::Event& event = trace_.event(opening);
        const int column = columns_.of_event(opening);
        if (column < 0) return;
        const EventId closing = trace_.closed_by(opening);
        const double top = y(opening);
        const double bottom = closing.valid() ? y(closing) : axis_.height() - request_.top;
        const double room = request_.room.height();
        if (top > room) return;
        SequenceBar made;
        made.column = column;
        made.level = level(opening, column);
        made.operation = operation(event);
        made.begins = top >= 0;
        made.ends = closing.valid() && bottom <= room;
        made.future = future(opening);
        made.event = opening;
        const double from = std::max(top, -4.0);
        made.box = QRectF(bar_left(column, made.level), from, bar_width, std::max(1.0, std::min(bottom, room + 4) - from));
        scene_.bars.push_back(made);
    }

    void one(EventId id) {
        const trace::Event& event = trace_.event(id);
        number(id);
        switch (event.kind) {
            case EventKind::enter:
                bar(id);
                arrow(id, false);
                return;
            case EventKind::leave: arrow(id, true); return;
            case EventKind::work_started:
                bar(id);
                mark(Kind::started, id, Style::words);
                return;
            case EventKind::work_finished: mark(Kind::finished, id, Style::words); return;
            case EventKind::work_queued: mark(Kind::queued, id, Style::words); return;
            case EventKind::conversion: mark(Kind::conversion, id, Style::changed); return;
            case EventKind::call_entry_recognised: mark(Kind::entry_held, id, Style::entry); return;
            case EventKind::call_entry_released: mark(Kind::entry_released, id, Style::entry); return;
            case EventKind::finding: mark(Kind::finding, id, Style::changed); return;
            case EventKind::operation_started:
            case EventKind::operation_finished: mark(Kind::operation, id, Style::words); return;
            case EventKind::step_started: heading(id); return;
            case EventKind::frame_sent:
            case EventKind::frame_received:
            case EventKind::frame_dropped: frame(id); return;
            default: mark(Kind::minor, id, Style::words); return;
        }
    }

    void arrow(EventId id, bool returns) {
        const trace::Event& event = trace_.event(id);
        const EventId enter = returns ? event.partner : id;
        if (!enter.valid()) return;
        const int callee = columns_.of_event(enter);
        const int caller = columns_.caller_of(enter);
        if (callee < 0) return;
        SequenceArrow made;
        made.y = y(id);
        made.operation = operation(event);
        made.returns = returns;
        made.future = future(id);
        made.present = id == request_.at;
        made.event = id;
        made.outside = caller < 0 || caller == callee;
        double outer = 0;
        if (made.outside) {
            outer = bar_left(callee, level(enter, callee)) - 22;
        } else {
            outer = edge(caller, level(enter, caller), x(callee));
        }
        const double inner = edge(callee, level(enter, callee) + 1, outer);
        made.from = returns ? inner : outer;
        made.to = returns ? outer : inner;
        scene_.arrows.push_back(made);
        found_fault(id, callee);
        if (!words()) return;
        if (returns) {
            if (event.has_status != 0) {
                label(id, to_qstring(trace::short_status_text(event.status)), Style::status, std::min(made.from, made.to), std::max(made.from, made.to));
            }
            return;
        }
        label(id, to_qstring(trace_.text(event.name)), Style::function, std::min(made.from, made.to), std::max(made.from, made.to));
    }

    // Its line is drawn with all that are under way; here is what stands at its ends.
    void frame(EventId id) {
        const int column = columns_.of_event(id);
        if (column < 0 || columns_.peer() < 0) return mark(Kind::minor, id, Style::words);
        found_fault(id, column);
        if (!words()) return;
        const double adapter = x(columns_.peer() - 1), peer = x(columns_.peer());
        label(id, frame_label(index_, id), trace_.event(id).kind == EventKind::frame_dropped ? Style::changed : Style::words, adapter, peer);
    }

    void mark(Kind kind, EventId id, Style style) {
        const trace::Event& event = trace_.event(id);
        SequenceMark made;
        made.kind = kind;
        made.column = columns_.of_event(id);
        made.operation = operation(event);
        made.future = future(id);
        made.present = id == request_.at;
        made.event = id;
        if (kind == Kind::entry_held || kind == Kind::entry_released) {
            made.number = event.region.valid() ? trace_.region(event.region).ordinal : 0;
        }
        const int open = made.column < 0 ? 0 : std::max(0, level(id, made.column) - 1);
        const double at_x = made.column < 0 ? scene_.gutter + 10 : bar_left(made.column, open) + bar_width / 2;
        made.at = QPointF(at_x, y(id));
        scene_.marks.push_back(made);
        if (kind != Kind::finding) found_fault(id, made.column);
        if (words()) label(id, event_text(history_, id).what, style, at_x + 4, at_x + 4);
    }

    // What a checker found at this event is marked beside whatever the event is.
    void found_fault(EventId id, int column) {
        if (!std::binary_search(request_.findings.begin(), request_.findings.end(), id)) return;
        SequenceMark made;
        made.kind = Kind::finding;
        made.column = column;
        made.future = future(id);
        made.event = id;
        made.at = QPointF(scene_.gutter + 10, y(id));
        scene_.marks.push_back(made);
    }

    void run_of_minor_events(std::uint32_t row, EventId event, std::uint32_t events) {
        const int column = innermost_column(event);
        SequenceMark made;
        made.kind = Kind::minor;
        made.column = column;
        made.event = event;
        made.future = future(event);
        made.number = static_cast<int>(events);
        made.present = request_.at.valid() && !made.future && index_.row_of(request_.at, axis_.folded()) == row;
        made.at = QPointF(column < 0 ? scene_.gutter + 10 : bar_left(column, std::max(0, level(event, column) - 1)) + bar_width / 2, y(event));
        scene_.marks.push_back(made);
        number(event);
        if (words()) label(event, QStringLiteral("%1 × bookkeeping").arg(events), Style::words, made.at.x() + 4, made.at.x() + 4);
    }

    void heading(EventId id) {
        scene_.headings.push_back({y(id), to_qstring(trace_.text(trace_.event(id).name)), id});
        last_label_ = y(id);
    }

    [[nodiscard]] bool words() const { return axis_.by_time || axis_.scale >= SequenceAxis::words_from; }

    void number(EventId id) {
        if (!words()) return;
        const double line = y(id);
        if (axis_.by_time && line < last_number_ + label_height) return;
        last_number_ = line;
        scene_.numbers.push_back({QRectF(2, line - label_height / 2 - 0.5, scene_.gutter - 8, label_height),
                                  axis_.by_time ? microseconds_text(trace_.event(id).virtual_time) : QString::number(id.value), id == request_.at});
    }

    // left … right is what the words belong to: an arrow, or a mark of no width.
    void label(EventId id, const QString& text, Style style, double left, double right) {
        if (text.isEmpty()) return;
        const trace::Event& event = trace_.event(id);
        SequenceLabel made;
        made.text = text;
        made.style = style;
        made.event = id;
        made.future = future(id);
        made.present = id == request_.at;
        if (event.kind == EventKind::enter || event.kind == EventKind::operation_started || event.kind == EventKind::operation_finished) {
            made.operation = operation(event);
        }
        const double line = y(id);
        const bool mark = left == right;
        const bool above = !mark && (axis_.by_time || axis_.scale >= 20);
        const double top = above ? line - label_height - 1 : line - label_height / 2 - 0.5;
        if (axis_.by_time && top < last_label_ && !made.present) return;
        // The present event's words come first.
        while (axis_.by_time && made.present && !scene_.labels.empty() && scene_.labels.back().box.bottom() > top) scene_.labels.pop_back();
        if (axis_.by_time) last_label_ = top + label_height;
        // Statuses are written in capitals, which are wider, and frames in capitals and digits.
        const bool frame = event.kind == EventKind::frame_sent || event.kind == EventKind::frame_received || event.kind == EventKind::frame_dropped;
        const double advance = style == Style::function ? request_.metrics.mono_advance : request_.metrics.word_advance * (style == Style::status ? 1.4 : frame ? 1.3 : 1.08);
        double wide = std::ceil(static_cast<double>(text.size()) * advance) + 8;
        if (made.operation > 0) wide += 16 + 6 * std::floor(std::log10(made.operation));
        const double limit = scene_.size.width() - 6;
        wide = std::min(wide, limit - scene_.gutter - 4);
        double from = above ? left + 6 : right + 7;
        if (from + wide > limit) from = above ? limit - wide : left - 14 - wide;
        from = std::clamp(from, scene_.gutter + 4, std::max(scene_.gutter + 4, limit - wide));
        made.box = QRectF(from, top, wide, label_height);
        scene_.labels.push_back(made);
    }

    void waits() {
        if (first_ >= end_) return;
        const EventId from = index_.first(first_, axis_.folded());
        const EventId to = index_.first(end_ - 1, axis_.folded());
        std::array<int, 64> beside{};
        for (const SequenceLink& link : index_.links(from, to, most_waits)) {
            const int column = columns_.of_event(link.queued);
            if (column < 0) continue;
            SequenceWait made;
            // Waits that overlap stand beside one another.
            made.x = x(column) - 11 - 3 * (beside[static_cast<std::size_t>(std::min(column, 63))]++ % 4);
            made.top = y(link.queued);
            made.bottom = link.started.valid() ? y(link.started) : axis_.height() - request_.top;
            made.begins = made.top >= 0;
            made.ends = link.started.valid() && made.bottom <= request_.room.height();
            made.top = std::max(made.top, -4.0);
            made.bottom = std::min(made.bottom, request_.room.height() + 4);
            made.future = future(link.queued);
            scene_.waits.push_back(made);
        }
    }

    // --- many events in a pixel ---

    void take_together() {
        struct Run {
            double top = 0;
            int operation = 0;
            bool running = false;
            bool on = false;
        };
        const auto count = static_cast<std::size_t>(std::min(columns_.count(), 64));
        std::vector<Run> runs(count);
        std::vector<double> last_mark(count, -100);
        const auto end_run = [&](std::size_t column, double at) {
            Run& run = runs[column];
            if (!run.on) return;
            SequenceBar made;
            made.column = static_cast<int>(column);
            made.operation = run.operation;
            made.overview = true;
            made.level = run.running ? 1 : 0;
            const double half = run.running ? bar_width / 2 + 1 : bar_width / 4;
            made.box = QRectF(x(made.column) - half, run.top, 2 * half, at - run.top);
            made.event = axis_.event_at(request_.top + run.top);
            made.future = future(made.event);
            scene_.bars.push_back(made);
            run.on = false;
        };
        const double height = std::min(request_.room.height(), axis_.height() - request_.top);
        for (double pixel = 0; pixel < height; ++pixel) {
            std::uint32_t from = plain_row(axis_.first_row(request_.top + pixel));
            std::uint32_t to = plain_row(axis_.first_row(request_.top + pixel + 1));
            // Far out to the next whole group, a quarter of a pixel at most: what is on the disk is not read for that.
            constexpr std::uint32_t group = SequenceIndex::group_size;
            if (to > from && to - from >= 4 * group) {
                from -= from % group;
                to -= to % group;
            }
            const SequenceSummary sum = index_.summary(from, std::max(to, axis_.by_time ? to : from + 1));
            int only = 0;
            if (sum.first_operation == sum.last_operation) only = operation_ordinal(history_, trace::OperationId(sum.first_operation));
            for (std::size_t column = 0; column < count; ++column) {
                const std::uint64_t bit = std::uint64_t{1} << column;
                const bool open = (sum.open & bit) != 0;
                const bool running = (sum.running & bit) != 0;
                Run& run = runs[column];
                if (run.on && (!(open || running) || run.running != running || run.operation != only)) end_run(column, pixel);
                if (!run.on && (open || running)) run = {pixel, only, running, true};
                if ((sum.conversions & bit) != 0 && pixel >= last_mark[column] + 8) {
                    last_mark[column] = pixel;
                    SequenceMark made;
                    made.kind = Kind::conversion;
                    made.column = static_cast<int>(column);
                    made.at = QPointF(x(made.column), pixel);
                    made.event = axis_.event_at(request_.top + pixel);
                    made.future = future(made.event);
                    scene_.marks.push_back(made);
                }
            }
        }
        for (std::size_t column = 0; column < count; ++column) end_run(column, height);
        landmarks(history_.landmarks(trace::Landmark::step), 18, [&](EventId id, double) { heading(id); });
        landmarks(history_.landmarks(trace::Landmark::operation), 15, [&](EventId id, double at) {
            SequenceNumber made{QRectF(2, at - label_height / 2, scene_.gutter - 8, label_height), QStringLiteral("op %1").arg(operation(trace_.event(id))), false};
            scene_.numbers.push_back(made);
        });
        for (const auto found : {history_.landmarks(trace::Landmark::finding), request_.findings}) {
            landmarks(found, 9, [&](EventId id, double at) {
                SequenceMark made;
                made.kind = Kind::finding;
                made.column = SequenceColumns::outside;
                made.at = QPointF(scene_.gutter + 10, at);
                made.event = id;
                made.future = future(id);
                scene_.marks.push_back(made);
            });
        }
    }

    [[nodiscard]] std::uint32_t plain_row(std::uint32_t row) const {
        if (!axis_.folded()) return row;
        return row < index_.row_count(true) ? index_.row_of(index_.first(row, true), false) : index_.row_count(false);
    }

    // Those of the ordered events that are in sight, at least `apart` pixels from one another.
    template <typename Show>
    void landmarks(std::span<const EventId> events, double apart, Show show) {
        double at = 0;
        while (at < request_.room.height()) {
            const EventId from = axis_.event_at(request_.top + at);
            const auto next = std::lower_bound(events.begin(), events.end(), from);
            if (next == events.end()) return;
            const double there = y(*next);
            if (there > request_.room.height()) return;
            if (there >= at) show(*next, there);
            at = std::max(at, there) + apart;
        }
    }

    const SequenceRequest& request_;
    const SequenceAxis& axis_;
    const SequenceIndex& index_;
    const SequenceColumns& columns_;
    const trace::History& history_;
    const trace::Trace& trace_;
    SequenceScene scene_;
    std::uint32_t first_ = 0;
    std::uint32_t end_ = 0;
    double last_label_ = -100;
    double last_number_ = -100;
};

}  // namespace

SequenceScene build_sequence(const SequenceRequest& request) {
    if (request.axis.index == nullptr || request.axis.index->columns().count() == 0) return {};
    return Builder(request).build();
}

double least_sequence_width(const SequenceIndex& index) {
    const double longer = index.columns().peer() >= 0 ? peer_is_farther : 0;
    return gutter_width + before_first + after_last + least_spacing * (std::max(0, index.columns().count() - 1) + longer);
}

}  // namespace chimneylab::desktop
