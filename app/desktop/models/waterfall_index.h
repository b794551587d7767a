// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The operations of a run as a waterfall: a lane for each layer, in it the time each operation spent in the layer itself
// and below it, and the conversions that happened there. Operations that overlap stand in rows of their own, the same row
// in every lane. Built once, off the GUI thread; every question about a span of time is a binary search. Times are
// nanoseconds of one clock. Reads the history only, which must outlive it. Immutable: any thread may read.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "app/desktop/models/figure_table.h"
#include "app/desktop/models/time_axis.h"
#include "engine/report/statistics.h"

namespace chimneylab::desktop {

struct WaterfallBar {
    trace::Nanoseconds from = 0, to = 0;
    trace::EventId first, last;   // last none: it never came to an end
    std::uint32_t operation = 0;  // index into History::operations()
    // The time inside it that passed below the layer; equal when there was none.
    trace::Nanoseconds below_from = 0, below_to = 0;
};

struct WaterfallMark {
    trace::Nanoseconds time = 0;
    std::uint32_t conversion = 0;  // index into History::conversions()
};

class WaterfallIndex {
public:
    static constexpr std::uint32_t most_rows = 12;  // operations at once that have rows of their own; more share the last

    WaterfallIndex() = default;
    WaterfallIndex(const trace::History& history, report::Clock clock, const report::Control& control = {});

    [[nodiscard]] const trace::History* history() const { return history_; }
    [[nodiscard]] report::Clock clock() const { return clock_; }
    [[nodiscard]] std::size_t lanes() const { return lanes_.size(); }  // one for each layer, from the top
    [[nodiscard]] std::uint32_t rows() const { return rows_; }         // in every lane
    [[nodiscard]] bool crowded() const { return crowded_; }            // more overlap than there are rows
    [[nodiscard]] std::uint32_t row_of(std::uint32_t operation) const { return row_[operation]; }
    // By their beginning; in a row that is not shared they do not overlap.
    [[nodiscard]] std::span<const WaterfallBar> bars(std::size_t lane, std::uint32_t row) const { return lanes_[lane].bars[row]; }
    [[nodiscard]] std::span<const WaterfallMark> marks(std::size_t lane, std::uint32_t row) const { return lanes_[lane].marks[row]; }
    // The first bar of a row that reaches into the time or comes after it.
    [[nodiscard]] std::size_t first_bar(std::size_t lane, std::uint32_t row, double time) const;
    [[nodiscard]] std::size_t first_mark(std::size_t lane, std::uint32_t row, double time) const;
    // The bar of an operation in a lane; null: it was not there. Where the mark of a conversion stands, if it has one.
    [[nodiscard]] const WaterfallBar* bar_of(std::uint32_t operation, std::size_t lane) const;
    struct MarkPlace {
        std::size_t lane = 0;
        std::uint32_t row = 0;
        trace::Nanoseconds time = 0;
    };
    [[nodiscard]] std::optional<MarkPlace> place_of_mark(std::uint32_t conversion) const;
    [[nodiscard]] TimeSpan whole() const { return whole_; }
    [[nodiscard]] trace::Nanoseconds time_of(trace::EventId event) const { return report::time_of(history_->trace().event(event), clock_); }

private:
    struct Lane {
        std::vector<std::vector<WaterfallBar>> bars;    // by row
        std::vector<std::vector<WaterfallMark>> marks;  // by row
    };
    const trace::History* history_ = nullptr;
    report::Clock clock_ = report::Clock::virtual_time;
    std::vector<Lane> lanes_;
    std::vector<std::uint32_t> row_;  // by operation
    std::uint32_t rows_ = 1;
    bool crowded_ = false;
    TimeSpan whole_;
};

// One row an operation: when it began and ended, how long each layer had it.
[[nodiscard]] FigureTable waterfall_table(const QString& title, std::shared_ptr<const void> alive, const WaterfallIndex& index);

}  // namespace chimneylab::desktop
