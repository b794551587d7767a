// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Times as a distribution: exact percentiles, a histogram whose buckets grow with the value (as in HDR histograms, so
// that a microsecond and a second are told with the same relative precision), and the values that stand apart, each with
// the event that leads to it. All values in nanoseconds of one clock; which one is the owner's to say.
// Thread rule: add() and settle() write, everything else reads and wants a settled distribution.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/trace/types.h"

namespace chimneylab::report {

using trace::EventId;
using trace::Nanoseconds;

struct Sample {
    Nanoseconds value = 0;
    EventId event;  // where the measured piece begins
    friend bool operator==(const Sample&, const Sample&) = default;
};

struct Bucket {
    Nanoseconds from = 0;  // inclusive
    Nanoseconds to = 0;    // exclusive
    std::size_t count = 0;
    friend bool operator==(const Bucket&, const Bucket&) = default;
};

// The bucket a value falls into: below 32 ns one for each nanosecond, above that 32 for each doubling (at most 3.2 % wide).
[[nodiscard]] Bucket bucket_of(Nanoseconds value);

class Distribution {
public:
    void add(Nanoseconds value, EventId event);
    void settle();  // sorts; to be called once, after the last add()

    [[nodiscard]] std::size_t count() const { return samples_.size(); }
    [[nodiscard]] std::span<const Sample> samples() const { return samples_; }  // by value, then by event
    [[nodiscard]] Nanoseconds min() const { return samples_.empty() ? 0 : samples_.front().value; }
    [[nodiscard]] Nanoseconds max() const { return samples_.empty() ? 0 : samples_.back().value; }
    [[nodiscard]] double mean() const;
    // The smallest value that at least this share of the samples does not exceed (nearest rank); 0 without samples.
    [[nodiscard]] Nanoseconds percentile(double percent) const;
    [[nodiscard]] Nanoseconds median() const { return percentile(50); }
    [[nodiscard]] std::vector<Bucket> histogram() const;  // buckets that hold something, in order
    // The same for an eye: at most so many buckets, from the first that holds something to the last, empty ones between
    // them included. All are equally wide on the logarithmic scale: neighbours of the fine buckets, taken together.
    [[nodiscard]] std::vector<Bucket> histogram(std::size_t most) const;
    // Values far above the bulk (beyond the upper quartile by three times the distance between the quartiles), largest
    // first. With fewer than 8 samples nothing can be said to stand apart.
    [[nodiscard]] std::vector<Sample> outliers(std::size_t most = 10) const;

private:
    std::vector<Sample> samples_;
    Nanoseconds sum_ = 0;
};

}  // namespace chimneylab::report
