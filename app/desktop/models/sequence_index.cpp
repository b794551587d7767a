// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/sequence_index.h"

#include <algorithm>
#include <unordered_map>

namespace chimneylab::desktop {

using trace::EventId;
using trace::EventKind;

namespace {

std::uint64_t bit(int column) { return column < 0 ? 0 : std::uint64_t{1} << std::min(column, 63); }

}  // namespace

bool is_minor(EventKind kind) {
    switch (kind) {
        case EventKind::memory_allocated:
        case EventKind::memory_freed:
        case EventKind::handle_opened:
        case EventKind::handle_closed:
        case EventKind::state_changed:
        case EventKind::irql_changed:
        case EventKind::context_published:
        case EventKind::choice: return true;
        default: return false;
    }
}

void SequenceSummary::add(const SequenceSummary& other) {
    open |= other.open;
    running |= other.running;
    conversions |= other.conversions;
    entries |= other.entries;
    first_operation = std::min(first_operation, other.first_operation);
    last_operation = std::max(last_operation, other.last_operation);
}

SequenceIndex::SequenceIndex(const trace::History& history, std::vector<EventId> shown, bool all)
    : history_(&history), columns_(history), all_(all) {
    rows_ = static_cast<std::uint32_t>(all ? history.trace().size() : shown.size());
    walk(shown, all);
    if (!all) shown_ = std::move(shown);
    fold();
    group();
}

// One pass: which lifelines are inside a call, who runs, what was queued where.
void SequenceIndex::walk(const std::vector<EventId>& shown, bool all) {
    const trace::Trace& trace = history_->trace();
    struct Open {
        EventId opening;
        int column;
        std::uint64_t before;  // the mask without it
    };
    std::vector<Open> nesting;
    std::unordered_map<std::uint64_t, std::uint32_t> queued;  // work item number → link
    std::uint64_t open = 0;
    std::size_t next_shown = 0;
    states_.reserve(rows_);
    for (std::uint32_t i = 0; i < trace.size(); ++i) {
        const EventId id(i);
        const trace::Event& event = trace.event(id);
        frames_.add(id, event);
        if (event.kind == EventKind::frame_sent) columns_.add_peer();
        std::uint64_t now = open;
        int running = nesting.empty() ? SequenceColumns::outside : nesting.back().column;
        switch (event.kind) {
            case EventKind::enter:
            case EventKind::work_started: {
                const int column = columns_.of_event(id);
                nesting.push_back({id, column, open});
                open |= bit(column);
                now = open;
                running = column;
                if (event.kind == EventKind::work_started) {
                    if (const auto found = queued.find(event.subject); found != queued.end()) {
                        links_[found->second].started = id;
                        by_start_.push_back(found->second);
                        queued.erase(found);
                    }
                }
                break;
            }
            case EventKind::leave:
            case EventKind::work_finished: {
                // A recording may have lost events: everything opened inside what closes here is closed as well.
                const auto found = std::find_if(nesting.rbegin(), nesting.rend(), [&](const Open& each) { return each.opening == event.partner; });
                if (found != nesting.rend()) {
                    running = found->column;
                    open = found->before;
                    nesting.erase(std::next(found).base(), nesting.end());
                }
                break;
            }
            case EventKind::work_queued:
                queued[event.subject] = static_cast<std::uint32_t>(links_.size());
                links_.push_back({id, {}});
                break;
            default: break;
        }
        const bool has_row = all || (next_shown < shown.size() && shown[next_shown] == id);
        if (!has_row) continue;
        ++next_shown;
        states_.push_back({now, static_cast<std::int16_t>(running)});
    }
    frames_.finish();
    EventId latest(0);
    for (const SequenceLink& link : links_) {
        // What never ran waits to the end.
        const EventId end = link.started.valid() ? link.started : EventId(static_cast<std::uint32_t>(trace.size()));
        latest = std::max(latest, end);
        longest_.push_back(latest);
    }
    std::ranges::sort(by_start_, {}, [&](std::uint32_t index) { return links_[index].started; });
}

void SequenceIndex::fold() {
    const trace::Trace& trace = history_->trace();
    bool in_run = false;
    for (std::uint32_t row = 0; row < rows_; ++row) {
        const bool minor = is_minor(trace.event(first(row, false)).kind);
        if (!minor || !in_run) folded_.push_back(row);
        in_run = minor;
    }
}

SequenceSummary SequenceIndex::of_row(std::uint32_t row) const {
    const trace::Event& event = history_->trace().event(first(row, false));
    SequenceSummary made;
    made.open = states_[row].open;
    made.running = bit(states_[row].running);
    switch (event.kind) {
        case EventKind::conversion: made.conversions = bit(columns_.of_event(first(row, false))); break;
        case EventKind::call_entry_recognised:
        case EventKind::call_entry_released: made.entries = bit(columns_.of_event(first(row, false))); break;
        default: break;
    }
    if (event.operation.valid()) made.first_operation = made.last_operation = event.operation.value;
    return made;
}

void SequenceIndex::group() {
    std::uint32_t below = rows_;
    while (below > group_size) {
        const bool lowest = levels_.empty();
        std::vector<SequenceSummary> level((below + group_size - 1) / group_size);
        for (std::uint32_t i = 0; i < below; ++i) level[i / group_size].add(lowest ? of_row(i) : levels_.back()[i]);
        below = static_cast<std::uint32_t>(level.size());
        levels_.push_back(std::move(level));
    }
}

SequenceSummary SequenceIndex::summary(std::uint32_t from, std::uint32_t to) const {
    SequenceSummary sum;
    to = std::min(to, rows_);
    // Climb to coarser groups while whole ones fit, taking in what sticks out on both sides.
    std::size_t level = 0;
    while (from < to) {
        const auto take = [&](std::uint32_t index) { sum.add(level == 0 ? of_row(index) : levels_[level - 1][index]); };
        const std::uint32_t from_group = (from + group_size - 1) / group_size;
        const std::uint32_t to_group = to / group_size;
        if (level == levels_.size() || from_group >= to_group) {
            for (std::uint32_t i = from; i < to; ++i) take(i);
            break;
        }
        for (std::uint32_t i = from; i < from_group * group_size; ++i) take(i);
        for (std::uint32_t i = to_group * group_size; i < to; ++i) take(i);
        from = from_group;
        to = to_group;
        ++level;
    }
    return sum;
}

std::uint32_t SequenceIndex::row_count(bool folded) const { return folded ? static_cast<std::uint32_t>(folded_.size()) : rows_; }

bool SequenceIndex::has_row(EventId event) const {
    return all_ ? event.value < rows_ : std::ranges::binary_search(shown_, event);
}

EventId SequenceIndex::first(std::uint32_t row, bool folded) const {
    const std::uint32_t plain = folded ? folded_[row] : row;
    return all_ ? EventId(plain) : shown_[plain];
}

std::uint32_t SequenceIndex::events_in(std::uint32_t row, bool folded) const {
    if (!folded) return 1;
    return (row + 1 < folded_.size() ? folded_[row + 1] : rows_) - folded_[row];
}

std::uint32_t SequenceIndex::row_of(EventId event, bool folded) const {
    if (rows_ == 0 || !event.valid()) return 0;
    std::uint32_t plain = std::min(event.value, rows_ - 1);
    if (!all_) {
        const auto after = std::ranges::upper_bound(shown_, event);
        plain = after == shown_.begin() ? 0 : static_cast<std::uint32_t>(after - shown_.begin()) - 1;
    }
    if (!folded) return plain;
    const auto after = std::ranges::upper_bound(folded_, plain);
    return after == folded_.begin() ? 0 : static_cast<std::uint32_t>(after - folded_.begin()) - 1;
}

std::uint32_t SequenceIndex::row_at_time(trace::Nanoseconds time, bool folded) const {
    std::uint32_t low = 0;
    std::uint32_t high = row_count(folded);
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (history_->trace().event(first(middle, folded)).virtual_time < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

std::vector<SequenceLink> SequenceIndex::links(EventId from, EventId to, std::size_t most) const {
    std::vector<SequenceLink> found;
    const auto after = std::ranges::upper_bound(links_, to, {}, &SequenceLink::queued);
    for (auto i = static_cast<std::size_t>(after - links_.begin()); i-- > 0 && found.size() < most;) {
        if (longest_[i] < from) break;
        if (!links_[i].started.valid() || links_[i].started >= from) found.push_back(links_[i]);
    }
    return found;
}

EventId SequenceIndex::started_of(EventId queued) const {
    const auto found = std::ranges::lower_bound(links_, queued, {}, &SequenceLink::queued);
    return found != links_.end() && found->queued == queued ? found->started : EventId();
}

EventId SequenceIndex::queued_of(EventId started) const {
    const auto found = std::ranges::lower_bound(by_start_, started, {}, [&](std::uint32_t index) { return links_[index].started; });
    return found != by_start_.end() && links_[*found].started == started ? links_[*found].queued : EventId();
}

}  // namespace chimneylab::desktop
