// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <chrono>
#include <limits>

#include "engine/report/statistics.h"

namespace chimneylab::report {

namespace {

// Records the first `events` of a trace again: the append, and the copies of the bytes before and after.
double nanoseconds_for(const trace::Trace& source, std::size_t events) {
    using Clock = std::chrono::steady_clock;
    trace::Trace target;
    std::vector<trace::Change> changes;
    const auto begin = Clock::now();
    for (std::uint32_t i = 0; i < events; ++i) {
        const trace::Event& event = source.event(EventId(i));
        changes.clear();
        for (trace::Change change : source.changes(event)) {
            const auto before = source.before(change), after = source.after(change);
            change.before = target.store_bytes(before);
            change.after = target.store_bytes(after);
            changes.push_back(change);
        }
        target.append(event, changes);
    }
    const auto spent = Clock::now() - begin;
    return static_cast<double>(std::chrono::duration_cast<std::chrono::nanoseconds>(spent).count());
}

}  // namespace

RecorderCost measure_recorder_cost(const trace::Trace& trace) {
    RecorderCost cost;
    const std::size_t events = std::min<std::size_t>(trace.size(), 100'000);
    if (events == 0) return cost;
    // Short traces are recorded several times, so that the clock's own step does not show.
    const std::size_t rounds = std::clamp<std::size_t>(20'000 / events, 1, 200);
    double best = std::numeric_limits<double>::max();
    for (int attempt = 0; attempt < 3; ++attempt) {
        double total = 0;
        for (std::size_t i = 0; i < rounds; ++i) total += nanoseconds_for(trace, events);
        best = std::min(best, total / static_cast<double>(rounds * events));
    }
    cost.per_event = best;
    cost.events = events * rounds * 3;
    return cost;
}

}  // namespace chimneylab::report
