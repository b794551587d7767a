// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/rank_test.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace chimneylab::report {

RankTest rank_test(std::span<const Sample> a, std::span<const Sample> b) {
    RankTest result;
    const double n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
    if (a.empty() || b.empty()) return result;
    // Merge, and give equal values the mean of the ranks they take up.
    double rank_sum = 0, ties = 0;
    std::size_t i = 0, j = 0, before = 0;
    while (i < a.size() || j < b.size()) {
        const Nanoseconds value = j == b.size() || (i < a.size() && a[i].value <= b[j].value) ? a[i].value : b[j].value;
        std::size_t from_a = 0, from_b = 0;
        for (; i < a.size() && a[i].value == value; ++i) ++from_a;
        for (; j < b.size() && b[j].value == value; ++j) ++from_b;
        const double tied = static_cast<double>(from_a + from_b);
        rank_sum += static_cast<double>(from_a) * (static_cast<double>(before) + (tied + 1) / 2);
        ties += tied * tied * tied - tied;
        before += from_a + from_b;
    }
    result.u = rank_sum - n * (n + 1) / 2;
    const double total = n + m;
    const double variance = n * m / 12 * (total + 1 - ties / (total * std::max(total - 1, 1.0)));
    if (variance <= 0) return result;
    const double distance = n * m / 2 - result.u;
    const double corrected = std::max(std::abs(distance) - 0.5, 0.0);  // for continuity
    result.z = std::copysign(corrected / std::sqrt(variance), distance);
    result.p = std::erfc(std::abs(result.z) / std::sqrt(2.0));
    return result;
}

namespace {

std::vector<double> thinned(std::span<const Sample> samples) {
    const std::size_t step = samples.size() / 2000 + 1;
    std::vector<double> values;
    for (std::size_t i = 0; i < samples.size(); i += step) values.push_back(static_cast<double>(samples[i].value));
    return values;
}

double median_of_resample(const std::vector<double>& values, std::mt19937_64& random, std::vector<double>& drawn) {
    drawn.resize(values.size());
    // Not uniform_int_distribution, whose sequence is the library's to choose.
    for (double& each : drawn) each = values[random() % values.size()];
    const auto middle = drawn.begin() + static_cast<std::ptrdiff_t>((drawn.size() - 1) / 2);
    std::nth_element(drawn.begin(), middle, drawn.end());
    return *middle;
}

}  // namespace

Interval median_difference(std::span<const Sample> a, std::span<const Sample> b) {
    if (a.empty() || b.empty()) return {};
    constexpr std::size_t rounds = 1000;
    const std::vector<double> from_a = thinned(a), from_b = thinned(b);
    std::mt19937_64 random(0x43484D4E);
    std::vector<double> drawn, differences(rounds);
    for (double& each : differences) {
        const double first = median_of_resample(from_a, random, drawn);
        each = median_of_resample(from_b, random, drawn) - first;
    }
    std::ranges::sort(differences);
    return {differences[rounds / 40], differences[rounds - 1 - rounds / 40]};
}

}  // namespace chimneylab::report
