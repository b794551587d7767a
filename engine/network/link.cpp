// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/network/link.h"

namespace chimneylab::network {

Link::Link(const LinkSettings& settings, unsigned direction)
    : settings_(settings), random_(settings.seed * 2 + direction) {}

std::vector<Nanoseconds> Link::fate() {
    if (lose_ > 0) {
        --lose_;
        return {};
    }
    if (chance(settings_.loss_percent)) return {};
    std::vector<Nanoseconds> arrivals{settings_.delay};
    if (chance(settings_.reordering_percent)) arrivals.front() += settings_.reordering_delay;
    if (chance(settings_.duplication_percent)) arrivals.push_back(settings_.delay + settings_.reordering_delay);
    return arrivals;
}

}  // namespace chimneylab::network
