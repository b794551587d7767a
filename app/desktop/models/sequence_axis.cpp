// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/sequence_axis.h"

#include <algorithm>
#include <cmath>

namespace chimneylab::desktop {

using trace::EventId;

trace::Nanoseconds SequenceAxis::start() const { return index->history().trace().event(index->first(0, false)).virtual_time; }

double SequenceAxis::duration() const {
    const std::uint32_t rows = index->row_count(false);
    if (rows == 0) return 0;
    return static_cast<double>(index->history().trace().event(index->first(rows - 1, false)).virtual_time - start()) / 1000.0;
}

double SequenceAxis::height() const {
    if (index == nullptr || index->row_count(false) == 0) return 0;
    return by_time ? duration() * scale + 2 * margin : row_count() * scale;
}

double SequenceAxis::y_of(EventId event) const {
    if (index == nullptr || index->row_count(false) == 0) return 0;
    if (!by_time) return index->row_of(event, folded()) * scale + line_in_row();
    const trace::Nanoseconds time = index->history().trace().event(event).virtual_time;
    const trace::Nanoseconds from = start();
    return margin + (time > from ? static_cast<double>(time - from) / 1000.0 * scale : 0);
}

EventId SequenceAxis::event_at(double y) const {
    if (index == nullptr || index->row_count(false) == 0) return {};
    const std::uint32_t rows = row_count();
    if (!by_time) {
        return index->first(std::min(static_cast<std::uint32_t>(std::max(0.0, y / scale)), rows - 1), folded());
    }
    const std::uint32_t after = std::min(first_row(y), rows - 1);
    if (after == 0) return index->first(0, false);
    const EventId below = index->first(after, false);
    const EventId above = index->first(after - 1, false);
    return y - y_of(above) < y_of(below) - y ? above : below;
}

std::uint32_t SequenceAxis::first_row(double y) const {
    if (!by_time) return std::min(static_cast<std::uint32_t>(std::max(0.0, std::floor(y / scale))), row_count());
    const double microseconds = std::max(0.0, (y - margin) / scale);
    return index->row_at_time(start() + static_cast<trace::Nanoseconds>(std::ceil(microseconds * 1000)), false);
}

std::uint32_t SequenceAxis::end_row(double y) const {
    if (!by_time) return std::min(static_cast<std::uint32_t>(std::max(0.0, std::ceil(y / scale))), row_count());
    return y < margin ? 0 : first_row(y);
}

double SequenceAxis::fitting(double height) const {
    if (index == nullptr || index->row_count(false) == 0) return row_at_rest;
    if (!by_time) {
        const double plain = height / index->row_count(false);
        return plain >= fold_below ? plain : std::min(height / std::max(1U, index->row_count(true)), std::nextafter(fold_below, 0));
    }
    return std::max(1.0, height - 2 * margin) / std::max(0.001, duration());
}

double SequenceAxis::clamped(double wanted, double room) const {
    if (index == nullptr || index->row_count(false) == 0) return row_at_rest;
    // Nearer than one row in `tallest_row` pixels, or a nanosecond in half a pixel, there is nothing more to see; the
    // scroll bar's whole numbers are the other bound.
    const double nearest = by_time ? std::min(500.0, 1e9 / std::max(0.001, duration())) : tallest_row;
    const double farthest = std::min(fitting(room), nearest);
    return std::clamp(wanted, farthest, nearest);
}

}  // namespace chimneylab::desktop
