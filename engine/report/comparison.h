// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Two traces side by side: two drivers, two versions, two schedules, the engine against a live driver. They are aligned
// by causal order, not by clock and not by place in the file: each operation is a chain of its own (its calls,
// conversions, entries, memory and changed members, in order), and so is what each layer does outside any operation.
// Chains are matched by what they are (the second initiate of N1), so that two schedules of one scenario do not differ
// where nothing but the interleaving does. Addresses, times, numbers of entries and the scheduler's own events are no
// part of it; what a pointer means ("call entry of IM 1", "handle T1") is.
// Reads the traces only. Thread rule: that of History; values afterwards.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/report/rank_test.h"
#include "engine/report/statistics.h"

namespace chimneylab::report {

struct Divergence {
    std::string chain;          // "initiate of N1", "query of N1 (2)", "IM 1 outside operations"
    std::size_t position = 0;   // events of the chain that agree before it
    EventId a, b;               // the first that differ; none: the chain ends there, or is not there at all
    std::string a_text, b_text; // what each side does, told; empty on a side that has nothing
    std::string what;           // in short: "IM 1 differs", "changes another member", "missing in B"
};

struct TimingDifference {
    Subject subject = Subject::operation;
    std::string name;  // of the series
    std::size_t a_count = 0, b_count = 0;
    Nanoseconds a_median = 0, b_median = 0;
    double relative = 0;  // (b - a) / a of the medians
    Interval interval;    // of the difference of the medians, 95 %
    double p = 1;           // of the rank test of this series alone
    double adjusted_p = 1;  // the same as one of all series with enough samples (Holm)
    // Virtual times are exact, so any difference is one. Measured ones differ when chance is an unlikely explanation
    // (adjusted p < 0.01: of a hundred comparisons of equals one calls some series different); too few samples on a side
    // (below 8) never do.
    bool certain = false;
    bool enough = true;
};

struct ComparisonOptions {
    std::optional<Clock> clock = Clock::virtual_time;  // times that are compared; none: no times
    double threshold = 0.05;       // relative change of a median that is tolerated
    std::size_t most_divergences = 100;
};

struct Comparison {
    std::size_t a_events = 0, b_events = 0;  // compared ones
    std::size_t matched = 0;
    std::size_t chains = 0;            // of either side
    std::size_t differing_chains = 0;
    std::vector<std::string> stack;    // differences of the layers: "IM 2 is missing in B"; empty: the same stack
    // One for each chain that differs, the causally first of A first; at most most_divergences.
    std::vector<Divergence> divergences;
    std::vector<TimingDifference> timing;  // every series that both have
    // Those of them that are certain and beyond the threshold.
    [[nodiscard]] std::vector<const TimingDifference*> notable(double threshold) const;
    [[nodiscard]] bool same_history() const { return stack.empty() && differing_chains == 0; }
};

[[nodiscard]] Comparison compare(const trace::History& a, const trace::History& b, const ComparisonOptions& options = {});

}  // namespace chimneylab::report
