// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The vertical axis of the sequence diagram: which event stands how far down. By order every row is as high as every
// other; by time a row stands at its virtual time. Device-independent pixels from the top of the whole drawing.
// Far out, rows by order fold uneventful runs into one. A plain value; the index must outlive it.
#pragma once

#include "app/desktop/models/sequence_index.h"

namespace chimneylab::desktop {

struct SequenceAxis {
    static constexpr double fold_below = 12;        // pixels a row: under this, runs are folded
    static constexpr double words_from = 11;        // from this on there is room for words
    static constexpr double tallest_row = 44;
    static constexpr double row_at_rest = 24;
    static constexpr double margin = 14;            // above the first and below the last event, by time

    const SequenceIndex* index = nullptr;
    bool by_time = false;
    double scale = row_at_rest;  // pixels a row, or pixels a microsecond of virtual time

    [[nodiscard]] bool folded() const { return !by_time && scale < fold_below; }
    [[nodiscard]] std::uint32_t row_count() const { return index->row_count(folded()); }
    [[nodiscard]] double height() const;
    // The line on which the event is drawn.
    [[nodiscard]] double y_of(trace::EventId event) const;
    // The event whose line is nearest to y; none if there are no rows.
    [[nodiscard]] trace::EventId event_at(double y) const;
    // Rows from … to - 1 have their line, or part of their height, between the two.
    [[nodiscard]] std::uint32_t first_row(double y) const;
    [[nodiscard]] std::uint32_t end_row(double y) const;
    // The scale at which all of it is as high as this.
    [[nodiscard]] double fitting(double height) const;
    [[nodiscard]] double clamped(double scale, double room) const;

private:
    [[nodiscard]] trace::Nanoseconds start() const;
    [[nodiscard]] double duration() const;  // microseconds
    [[nodiscard]] double line_in_row() const { return scale >= 20 ? scale - 7 : scale / 2; }
};

}  // namespace chimneylab::desktop
