// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>
#include <vector>

#include "engine/report/statistics.h"
#include "engine/trace/recorder.h"

namespace chimneylab::report {

namespace {

// The beginning of a trace, in memory: reading it from the disk is no part of what recording costs.
struct Piece {
    struct Write {
        trace::RegionId region;
        std::uint32_t offset = 0, length = 0;
        trace::LayerIndex writer = trace::machine_layer;
        std::size_t bytes = 0;  // position of what was written
    };
    struct Step {
        trace::Event event;
        std::size_t regions_end = 0, writes_end = 0;  // born and written before the event
    };
    std::vector<Step> steps;
    std::vector<Write> writes;
    std::vector<std::byte> bytes;
    std::vector<trace::Region> regions;
    std::vector<std::vector<std::byte>> born;  // the first bytes of each
};

Piece piece_of(const trace::Trace& source, std::size_t events) {
    Piece piece;
    piece.steps.reserve(events);
    for (std::uint32_t i = 0; i < events; ++i) {
        const trace::Event& event = source.event(EventId(i));
        for (std::size_t next = piece.regions.size(); next < source.region_count(); ++next) {
            const trace::Region& region = source.region(trace::RegionId(static_cast<std::uint32_t>(next)));
            if (region.born.value > i) break;
            const auto bytes = source.initial_bytes(region);
            piece.born.emplace_back(bytes.begin(), bytes.end());
            piece.regions.push_back(region);
        }
        for (const trace::Change& change : source.changes(event)) {
            if (change.region.value >= piece.born.size()) continue;
            if (std::size_t{change.offset} + change.length > piece.born[change.region.value].size()) continue;
            const auto after = source.after(change);
            piece.writes.push_back({change.region, change.offset, change.length, change.writer, piece.bytes.size()});
            piece.bytes.insert(piece.bytes.end(), after.begin(), after.end());
        }
        piece.steps.push_back({event, piece.regions.size(), piece.writes.size()});
    }
    return piece;
}

// Records the piece again as it was recorded: the time stamps, the look at each region that has changed, and the events.
double nanoseconds_for(const Piece& piece) {
    using Clock = std::chrono::steady_clock;
    std::vector<std::vector<std::byte>> memory = piece.born;
    trace::Recorder recorder;
    trace::Nanoseconds now = 0;
    recorder.set_clock([&now] { return now; });
    std::size_t region = 0, write = 0;
    const auto begin = Clock::now();
    for (const Piece::Step& step : piece.steps) {
        for (; region < step.regions_end; ++region) recorder.begin_region(piece.regions[region], memory[region]);
        while (write < step.writes_end) {
            const Piece::Write& first = piece.writes[write];
            std::vector<std::byte>& bytes = memory[first.region.value];
            for (; write < step.writes_end && piece.writes[write].region == first.region; ++write)
                std::memcpy(bytes.data() + piece.writes[write].offset, piece.bytes.data() + piece.writes[write].bytes, piece.writes[write].length);
            recorder.observe(first.region, bytes, first.writer);
        }
        now = step.event.virtual_time;
        recorder.append(step.event);
    }
    const auto spent = Clock::now() - begin;
    return static_cast<double>(std::chrono::duration_cast<std::chrono::nanoseconds>(spent).count());
}

}  // namespace

RecorderCost measure_recorder_cost(const trace::Trace& trace) {
    RecorderCost cost;
    const std::size_t events = std::min<std::size_t>(trace.size(), 100'000);
    if (events == 0) return cost;
    const Piece piece = piece_of(trace, events);
    // Short traces are recorded several times, so that the clock's own step does not show.
    const std::size_t rounds = std::clamp<std::size_t>(20'000 / events, 1, 200);
    double best = std::numeric_limits<double>::max();
    for (int attempt = 0; attempt < 3; ++attempt) {
        double total = 0;
        for (std::size_t i = 0; i < rounds; ++i) total += nanoseconds_for(piece);
        best = std::min(best, total / static_cast<double>(rounds * events));
    }
    cost.per_event = best;
    cost.events = events * rounds * 3;
    return cost;
}

}  // namespace chimneylab::report
