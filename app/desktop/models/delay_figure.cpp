// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/delay_figure.h"

#include <algorithm>
#include <cmath>

namespace chimneylab::desktop {

void DelayFigure::add(double milliseconds, std::uint64_t events) {
    const auto at = static_cast<std::size_t>(std::max(milliseconds, 0.0) / step);
    counts_[std::min(at, counts_.size() - 1)] += events;
    events_ += events;
    if (events > 0) worst_ = std::max(worst_, milliseconds);
}

void DelayFigure::add(const DelayFigure& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    events_ += other.events_;
    worst_ = std::max(worst_, other.worst_);
}

double DelayFigure::within(double share) const {
    if (events_ == 0) return 0;
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(events_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i + 1 < counts_.size(); ++i) {
        seen += counts_[i];
        if (seen >= wanted) return static_cast<double>(i + 1) * step;
    }
    return worst_;
}

}  // namespace chimneylab::desktop
