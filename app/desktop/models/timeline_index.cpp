// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/timeline_index.h"

#include <algorithm>

#include "app/desktop/models/event_text.h"

namespace chimneylab::desktop {

using trace::EventId;
using trace::EventKind;

namespace {

TimelineIndex::Weight weight_of(const trace::Event& event) {
    switch (event.kind) {
        case EventKind::finding: return TimelineIndex::finding;
        case EventKind::conversion: return TimelineIndex::conversion;
        case EventKind::call_entry_recognised:
        case EventKind::call_entry_released: return TimelineIndex::call_entry;
        case EventKind::enter: return event.operation.valid() ? TimelineIndex::operation_call : TimelineIndex::call;
        case EventKind::irql_changed: return TimelineIndex::irql_change;
        default: return TimelineIndex::other;
    }
}

}  // namespace

void TimelineIndex::add(const trace::Event& event, bool is_finding) {
    weights_.push_back(is_finding ? finding : weight_of(event));
    actors_.push_back(actor_of(event));
}

void TimelineIndex::finish() {
    std::uint32_t below = size();
    for (std::size_t up = 0; below > step; ++up) {
        if (up == levels_.size()) levels_.emplace_back();
        std::vector<Telling>& level = levels_[up];
        if (!level.empty()) level.pop_back();  // its stretch may have been cut short by the end
        for (auto i = static_cast<std::uint32_t>(level.size()) * step; i < below; i += step) {
            Telling best;
            for (std::uint32_t k = i; k < std::min(below, i + step); ++k) {
                const Telling each = at(up, k);
                if (each.weight > best.weight) best = each;
            }
            level.push_back(best);
        }
        below = static_cast<std::uint32_t>(level.size());
    }
}

void TimelineIndex::mark(const std::vector<trace::EventId>& findings) {
    for (const trace::EventId each : findings)
        if (each.value < weights_.size()) weights_[each.value] = finding;
    levels_.clear();
    finish();
}

TimelineIndex::Telling TimelineIndex::at(std::size_t level, std::uint32_t index) const {
    if (level == 0) return {EventId(index), static_cast<Weight>(weights_[index]), actors_[index]};
    return levels_[level - 1][index];
}

TimelineIndex::Telling TimelineIndex::most_telling(std::uint32_t first, std::uint32_t last) const {
    Telling best;
    last = std::min(last, size());
    const auto look = [&](std::size_t level, std::uint32_t index) {
        const Telling each = at(level, index);
        if (each.weight > best.weight || (each.weight == best.weight && each.event < best.event)) best = each;
    };
    // Up the pyramid: the loose ends of each level by themselves, what is whole a level higher.
    for (std::size_t level = 0; first < last; ++level) {
        if (level == levels_.size()) {
            for (; first < last; ++first) look(level, first);
            break;
        }
        for (; first < last && first % step != 0; ++first) look(level, first);
        for (; first < last && last % step != 0; --last) look(level, last - 1);
        first /= step;
        last /= step;
    }
    return best;
}

}  // namespace chimneylab::desktop
