// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/rank_test.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
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

std::vector<double> adjusted_for_many(std::span<const double> p) {
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p[i]; });
    std::vector<double> adjusted(p.size());
    double at_least = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        at_least = std::max(at_least, std::min(1.0, p[order[i]] * static_cast<double>(order.size() - i)));
        adjusted[order[i]] = at_least;
    }
    return adjusted;
}

namespace {

constexpr std::size_t most_drawn = 2000;

// Sorted, as they come.
std::vector<double> values_of(std::span<const Sample> samples) {
    std::vector<double> values;
    values.reserve(samples.size());
    for (const Sample& each : samples) values.push_back(static_cast<double>(each.value));
    return values;
}

double standard_normal(std::mt19937_64& random) {
    // Not the library's distributions, whose sequences are the library's to choose.
    const auto uniform = [&random] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
    const double length = std::sqrt(-2 * std::log(uniform()));
    return length * std::cos(2 * std::numbers::pi * uniform());
}

double median_of_resample(const std::vector<double>& values, std::mt19937_64& random, std::vector<double>& drawn) {
    if (values.size() > most_drawn) {
        // How many of n drawn values lie below a share s of all is binomial; half do where s is 1/2 ± 1/2√n.
        const auto count = static_cast<double>(values.size());
        const double place = (count - 1) / 2 + standard_normal(random) * std::sqrt(count) / 2;
        return values[static_cast<std::size_t>(std::clamp(std::round(place), 0.0, count - 1))];
    }
    drawn.resize(values.size());
    for (double& each : drawn) each = values[random() % values.size()];
    const auto middle = drawn.begin() + static_cast<std::ptrdiff_t>((drawn.size() - 1) / 2);
    std::nth_element(drawn.begin(), middle, drawn.end());
    return *middle;
}

}  // namespace

Interval median_difference(std::span<const Sample> a, std::span<const Sample> b) {
    if (a.empty() || b.empty()) return {};
    constexpr std::size_t rounds = 1000;
    const std::vector<double> from_a = values_of(a), from_b = values_of(b);
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
