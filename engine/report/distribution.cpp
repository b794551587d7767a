// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/distribution.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <tuple>

namespace chimneylab::report {
namespace {

constexpr int precision = 5;  // bits: a doubling has 32 buckets

// Which bucket of all a value falls into, and where a bucket begins.
std::uint64_t place_of(Nanoseconds value) {
    if (value < (1u << precision)) return value;
    const int shift = std::bit_width(value) - 1 - precision;
    return (static_cast<std::uint64_t>(shift) << precision) + (value >> shift);
}

Nanoseconds begin_of(std::uint64_t place) {
    if (place < (1u << precision)) return place;
    const std::uint64_t shift = (place >> precision) - 1;
    if (shift > 63 - precision - 1) return std::numeric_limits<Nanoseconds>::max();
    return ((1u << precision) | (place & ((1u << precision) - 1))) << shift;
}

}  // namespace

Bucket bucket_of(Nanoseconds value) {
    if (value < (1u << precision)) return {value, value + 1, 1};
    const int shift = std::bit_width(value) - 1 - precision;
    const Nanoseconds from = value >> shift << shift;
    return {from, from + (Nanoseconds{1} << shift), 1};
}

void Distribution::add(Nanoseconds value, EventId event) {
    samples_.push_back({value, event});
    sum_ += value;
}

void Distribution::settle() {
    std::ranges::sort(samples_, {}, [](const Sample& each) { return std::tuple(each.value, each.event); });
}

double Distribution::mean() const {
    return samples_.empty() ? 0 : static_cast<double>(sum_) / static_cast<double>(samples_.size());
}

Nanoseconds Distribution::percentile(double percent) const {
    if (samples_.empty()) return 0;
    const double rank = std::ceil(percent / 100 * static_cast<double>(samples_.size()) - 1e-9);
    const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
    return samples_[std::min(index, samples_.size() - 1)].value;
}

std::vector<Bucket> Distribution::histogram() const {
    std::vector<Bucket> buckets;
    for (const Sample& sample : samples_) {
        if (!buckets.empty() && sample.value < buckets.back().to)
            ++buckets.back().count;
        else
            buckets.push_back(bucket_of(sample.value));
    }
    return buckets;
}

std::vector<Bucket> Distribution::histogram(std::size_t most) const {
    if (samples_.empty() || most == 0) return {};
    const std::uint64_t first = place_of(min()), last = place_of(max());
    std::uint64_t together = 1;
    while (last / together - first / together + 1 > most) together *= 2;
    std::vector<Bucket> buckets;
    for (std::uint64_t each = first / together; each <= last / together; ++each)
        buckets.push_back({begin_of(each * together), begin_of((each + 1) * together), 0});
    for (const Sample& sample : samples_) ++buckets[place_of(sample.value) / together - first / together].count;
    return buckets;
}

std::vector<Sample> Distribution::outliers(std::size_t most) const {
    if (samples_.size() < 8) return {};
    const Nanoseconds lower = percentile(25), upper = percentile(75);
    const Nanoseconds fence = upper + 3 * (upper - lower);
    std::vector<Sample> apart;
    for (auto each = samples_.rbegin(); each != samples_.rend() && each->value > fence && apart.size() < most; ++each)
        apart.push_back(*each);
    return apart;
}

}  // namespace chimneylab::report
