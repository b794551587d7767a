// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every IM call entry of a run by place and time: a row for each address at which one ever was, in it the entries that
// lived there one after another, so that reuse and leaks are seen. Built once, off the GUI thread; immutable afterwards.
// Times are nanoseconds of one clock. Reads the history only, which must outlive it.
#pragma once

#include <span>
#include <vector>

#include "app/desktop/models/figure_table.h"
#include "app/desktop/models/time_axis.h"
#include "engine/report/statistics.h"

namespace chimneylab::desktop {

struct EntryLife {
    trace::Nanoseconds allocated = 0, recognised = 0, released = 0;
    std::uint32_t entry = 0;  // index into History::call_entries()
    std::uint32_t use = 1;    // the how-manyth entry at this address
    bool held = false;        // never given back: to the end
    bool leaked = false;      // held, and the run is over
};

struct EntryRow {
    trace::Address address = 0;
    trace::LayerIndex layer = trace::machine_layer;
    std::vector<EntryLife> lives;  // in order
};

class EntryMapIndex {
public:
    EntryMapIndex() = default;
    EntryMapIndex(const trace::History& history, report::Clock clock, const report::Control& control = {});

    [[nodiscard]] const trace::History* history() const { return history_; }
    [[nodiscard]] report::Clock clock() const { return clock_; }
    [[nodiscard]] std::span<const EntryRow> rows() const { return rows_; }  // by layer from the top, then by address
    [[nodiscard]] std::size_t entries() const { return places_.size(); }
    [[nodiscard]] std::size_t leaks() const { return leaks_; }
    [[nodiscard]] std::size_t reused() const { return reused_; }  // rows with more than one life
    [[nodiscard]] TimeSpan whole() const { return whole_; }
    // Row and life of a call entry.
    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> place_of(std::uint32_t entry) const { return places_[entry]; }
    // The first life of a row that reaches into the time or comes after it.
    [[nodiscard]] std::size_t first_life(std::size_t row, double time) const;

private:
    const trace::History* history_ = nullptr;
    report::Clock clock_ = report::Clock::virtual_time;
    std::vector<EntryRow> rows_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> places_;
    std::size_t leaks_ = 0, reused_ = 0;
    TimeSpan whole_;
};

[[nodiscard]] FigureTable entry_map_table(const QString& title, std::shared_ptr<const void> alive, const EntryMapIndex& index);

}  // namespace chimneylab::desktop
