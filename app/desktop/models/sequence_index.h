// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the sequence diagram must know about a whole run so that it can show any part of it at once: its rows, with and
// without the folding of uneventful runs; at each row which lifelines are inside a call; the same in groups of 16, 256,
// … rows, so that a picture far out costs its pixels and not its events; and which work was queued where.
// Built once, linear in the trace, on any thread; read-only afterwards.
#pragma once

#include <cstdint>
#include <vector>

#include "app/desktop/models/frame_flights.h"
#include "app/desktop/models/sequence_columns.h"

namespace chimneylab::desktop {

// Bit n of a mask is column n; columns beyond the 64th share the last bit.
struct SequenceSummary {
    std::uint64_t open = 0;     // inside a call
    std::uint64_t running = 0;  // its code runs
    std::uint64_t conversions = 0;  // a block list is converted there
    std::uint64_t entries = 0;      // a call entry comes or goes there
    std::uint32_t first_operation = 0xFFFFFFFF;  // lowest and highest OperationId seen; first > last: none
    std::uint32_t last_operation = 0;
    void add(const SequenceSummary& other);
};

struct SequenceLink {  // work: queued here, run there
    trace::EventId queued;
    trace::EventId started;
};

class SequenceIndex {
public:
    // `shown`: the events that may have rows, in order; empty means all. The history must outlive the index.
    SequenceIndex(const trace::History& history, std::vector<trace::EventId> shown, bool all);

    [[nodiscard]] const FrameFlights& frames() const { return frames_; }
    [[nodiscard]] const SequenceColumns& columns() const { return columns_; }
    [[nodiscard]] const trace::History& history() const { return *history_; }

    // A row begins with event first(row) and holds all shown events up to the next row's.
    [[nodiscard]] std::uint32_t row_count(bool folded) const;
    [[nodiscard]] bool has_row(trace::EventId event) const;  // false: a filter leaves it out
    [[nodiscard]] trace::EventId first(std::uint32_t row, bool folded) const;
    [[nodiscard]] std::uint32_t events_in(std::uint32_t row, bool folded) const;
    // The row that holds the event, or the last one that begins before it; 0 if there is none before.
    [[nodiscard]] std::uint32_t row_of(trace::EventId event, bool folded) const;
    // The first row at or after a virtual time; row_count() if there is none.
    [[nodiscard]] std::uint32_t row_at_time(trace::Nanoseconds time, bool folded) const;

    // Rows first … last - 1 (unfolded) taken together. O(log n). Between rows that are multiples of group_size nothing is read
    // from the trace.
    static constexpr std::uint32_t group_size = 16;
    [[nodiscard]] SequenceSummary summary(std::uint32_t first, std::uint32_t last) const;

    // Work whose wait overlaps the events from … to, at most `most` of it.
    [[nodiscard]] std::vector<SequenceLink> links(trace::EventId from, trace::EventId to, std::size_t most) const;
    [[nodiscard]] trace::EventId started_of(trace::EventId queued) const;  // none: not yet
    [[nodiscard]] trace::EventId queued_of(trace::EventId started) const;  // none: not recorded

private:
    struct RowState {
        std::uint64_t open;
        std::int16_t running;
    };
    [[nodiscard]] SequenceSummary of_row(std::uint32_t row) const;
    void walk(const std::vector<trace::EventId>& shown, bool all);
    void fold();
    void group();

    const trace::History* history_;
    SequenceColumns columns_;
    bool all_ = true;  // row n is event n
    std::uint32_t rows_ = 0;
    std::vector<trace::EventId> shown_;       // unless all_
    std::vector<std::uint32_t> folded_;       // rows that begin a folded row
    std::vector<RowState> states_;            // by row
    std::vector<std::vector<SequenceSummary>> levels_;  // groups of 16, 256, … rows
    FrameFlights frames_;
    std::vector<SequenceLink> links_;         // by queued
    std::vector<trace::EventId> longest_;     // the latest start among links_[0 … i]
    std::vector<std::uint32_t> by_start_;     // indices into links_, by started
};

// Bookkeeping that a folded picture shows as "12 ×": pool memory, handles, IRQL, states, choices.
[[nodiscard]] bool is_minor(trace::EventKind kind);

}  // namespace chimneylab::desktop
