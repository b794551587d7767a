// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One direction of a modelled link: what becomes of each frame that is put on it. Fates are drawn from a generator of the
// link's own, so that they depend on the seed and on how many frames went before, on nothing else. Nanoseconds; plain
// value; no threads.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/machine/schedule.h"
#include "engine/trace/types.h"

namespace chimneylab::network {

using trace::Nanoseconds;

struct LinkSettings {
    Nanoseconds delay = 50'000;           // of every frame
    unsigned loss_percent = 0;            // 0 … 95
    unsigned duplication_percent = 0;     // 0 … 100
    unsigned reordering_percent = 0;      // so many frames take longer than those behind them
    Nanoseconds reordering_delay = 200'000;
    std::uint64_t seed = 1;
    unsigned peer_retransmissions = 12;   // of one segment, then a peer gives up
};

class Link {
public:
    // direction: 0 and 1 draw different fates from the same seed.
    Link(const LinkSettings& settings, unsigned direction);

    // When the frame arrives, counted from now; once for each copy; empty when it is lost.
    [[nodiscard]] std::vector<Nanoseconds> fate();
    void change(const LinkSettings& settings) { settings_ = settings; }  // the generator goes on where it is
    void lose_next(unsigned frames) { lose_ += frames; }

private:
    bool chance(unsigned percent) { return percent > 0 && random_.below(100) < percent; }
    LinkSettings settings_;
    machine::RandomSequence random_;
    unsigned lose_ = 0;  // so many of the next frames are lost, whatever the seed says
};

}  // namespace chimneylab::network
