// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/overview.h"

#include <algorithm>

namespace chimneylab::trace {
namespace {

void count(Bucket& bucket, const Event& event) {
    bucket.virtual_end = event.virtual_time;
    bucket.measured_end = event.measured_time;
    ++bucket.events;
    bucket.deepest = std::max(bucket.deepest, event.depth);
    if (event.change_count > 0) ++bucket.changes;
    switch (event.kind) {
        case EventKind::enter:
            ++bucket.calls;
            break;
        case EventKind::conversion:
            ++bucket.conversions;
            break;
        case EventKind::operation_started:
            ++bucket.operations_started;
            break;
        case EventKind::operation_finished:
            ++bucket.operations_finished;
            break;
        case EventKind::call_entry_recognised:
            ++bucket.call_entries_recognised;
            break;
        case EventKind::call_entry_released:
            ++bucket.call_entries_released;
            break;
        case EventKind::finding:
            ++bucket.findings;
            break;
        case EventKind::step_started:
            ++bucket.steps;
            break;
        default:
            break;
    }
}

void merge(Bucket& into, const Bucket& bucket) {
    into.virtual_end = bucket.virtual_end;
    into.measured_end = bucket.measured_end;
    into.events += bucket.events;
    into.calls += bucket.calls;
    into.conversions += bucket.conversions;
    into.operations_started += bucket.operations_started;
    into.operations_finished += bucket.operations_finished;
    into.call_entries_recognised += bucket.call_entries_recognised;
    into.call_entries_released += bucket.call_entries_released;
    into.findings += bucket.findings;
    into.steps += bucket.steps;
    into.changes += bucket.changes;
    into.deepest = std::max(into.deepest, bucket.deepest);
}

}  // namespace

void Overview::add(const Event& event) {
    if (levels_.empty()) levels_.emplace_back();
    if (events_ % finest == 0) {
        Bucket fresh;
        fresh.first_event = events_;
        fresh.virtual_start = event.virtual_time;
        fresh.measured_start = event.measured_time;
        levels_[0].push_back(fresh);
    }
    count(levels_[0].back(), event);
    ++events_;
    if (events_ % finest != 0) return;
    // A bucket is complete: it goes into the one above it, which exists from its first complete part on.
    std::uint32_t size = finest;
    for (std::size_t above = 1;; ++above) {
        const Bucket& complete = levels_[above - 1].back();
        if (above == levels_.size()) {
            if (levels_[above - 1].size() < step) break;
            levels_.emplace_back();
            for (std::size_t i = 0; i < levels_[above - 1].size(); ++i) {
                if (i % step == 0) {
                    levels_[above].push_back(levels_[above - 1][i]);
                } else {
                    merge(levels_[above].back(), levels_[above - 1][i]);
                }
            }
        } else if (complete.first_event % (size * step) == 0) {
            levels_[above].push_back(complete);
        } else {
            merge(levels_[above].back(), complete);
        }
        size *= step;
        if (events_ % size != 0) break;
    }
}

void Overview::add_bucket(std::size_t level, const Bucket& bucket) {
    if (levels_.size() <= level) levels_.resize(level + 1);
    levels_[level].push_back(bucket);
    if (level == 0) events_ = bucket.first_event + bucket.events;
}

std::size_t Overview::level_for(std::uint32_t events, std::size_t wanted) const {
    std::size_t level = 0;
    std::uint64_t size = std::uint64_t{finest} * step;
    while (level + 1 < levels_.size() && events / size >= wanted) {
        size *= step;
        ++level;
    }
    return level;
}

}  // namespace chimneylab::trace
