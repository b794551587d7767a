// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Whether two samples of times differ by more than chance explains: the Mann-Whitney rank test (with the correction for
// ties, as a normal approximation), and a bootstrapped interval of the difference of their medians. Neither supposes
// that times are normally distributed: they are not. Deterministic: the bootstrap's generator has a fixed seed.
// Sources: Mann and Whitney 1947; Efron 1979 (percentile bootstrap); Holm 1979. Thread safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/report/distribution.h"

namespace chimneylab::report {

struct RankTest {
    double u = 0;  // of the first sample
    double z = 0;  // positive: the second sample is larger
    double p = 1;  // two-sided
};

// Both sorted by value. p is 1 when a sample is empty or everything is equal.
[[nodiscard]] RankTest rank_test(std::span<const Sample> a, std::span<const Sample> b);

struct Interval {
    double low = 0, high = 0;
};

// Of several tests that are judged together some look unlikely by chance alone. The same probabilities, adjusted by Holm's
// method: if all that are below a limit are taken for real, one of them is not with at most that probability.
[[nodiscard]] std::vector<double> adjusted_for_many(std::span<const double> p);

// 95 % interval of median(b) - median(a). Samples of more than 2000 are not drawn again: the place of their resampled median
// among the sorted values is as good as normally distributed, and drawn itself.
[[nodiscard]] Interval median_difference(std::span<const Sample> a, std::span<const Sample> b);

}  // namespace chimneylab::report
