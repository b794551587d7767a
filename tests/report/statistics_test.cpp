// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Figures against figures counted by hand, and against properties that hold for every trace.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "engine/report/statistics.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::report {
namespace {

using trace::History;
using trace::OperationKind;
using trace::Trace;

Distribution distribution(const std::vector<Nanoseconds>& values) {
    Distribution result;
    for (std::uint32_t i = 0; i < values.size(); ++i) result.add(values[i], EventId(i));
    result.settle();
    return result;
}

TEST(Distribution, PercentilesAreThoseOfTheSortedSamples) {
    std::vector<Nanoseconds> values(1000);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1000 - i;  // 1 … 1000
    const Distribution all = distribution(values);
    EXPECT_EQ(all.count(), 1000u);
    EXPECT_EQ(all.min(), 1u);
    EXPECT_EQ(all.median(), 500u);
    EXPECT_EQ(all.percentile(90), 900u);
    EXPECT_EQ(all.percentile(99), 990u);
    EXPECT_EQ(all.percentile(99.9), 999u);
    EXPECT_EQ(all.percentile(100), 1000u);
    EXPECT_EQ(all.percentile(0), 1u);
    EXPECT_EQ(all.max(), 1000u);
    EXPECT_DOUBLE_EQ(all.mean(), 500.5);
    const Distribution one = distribution({7});
    for (const double percent : {0.0, 50.0, 99.9, 100.0}) EXPECT_EQ(one.percentile(percent), 7u);
    EXPECT_EQ(Distribution().percentile(50), 0u);
    EXPECT_TRUE(Distribution().histogram().empty());
}

TEST(Distribution, TheHistogramHoldsEverySampleInANarrowBucket) {
    std::mt19937_64 random(7);
    std::vector<Nanoseconds> values{0, 1, 31, 32, 33, 63, 64, ~Nanoseconds{0} >> 1};
    for (int i = 0; i < 5000; ++i) values.push_back(random() >> (random() % 64));
    const Distribution all = distribution(values);
    const std::vector<Bucket> buckets = all.histogram();
    std::size_t held = 0;
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        held += buckets[i].count;
        const auto inside = std::ranges::count_if(
            values, [&](Nanoseconds value) { return value >= buckets[i].from && (value < buckets[i].to || buckets[i].to == 0); });
        EXPECT_EQ(static_cast<std::size_t>(inside), buckets[i].count);
        if (buckets[i].to != 0 && buckets[i].from >= 32) {
            EXPECT_LE(static_cast<double>(buckets[i].to - buckets[i].from), 0.0321 * static_cast<double>(buckets[i].from));
        }
        if (i > 0) {
            EXPECT_LE(buckets[i - 1].to, buckets[i].from);
        }
    }
    EXPECT_EQ(held, values.size());
}

TEST(Distribution, TheHistogramForAnEyeHasFewBucketsThatHoldTheSameSamples) {
    std::mt19937_64 random(11);
    for (const unsigned widest : {1u, 4u, 9u, 20u, 40u, 63u}) {
        std::vector<Nanoseconds> values;
        for (int i = 0; i < 500; ++i) values.push_back(random() >> (63 - random() % widest) >> 1);
        values.push_back(0);
        const Distribution all = distribution(values);
        for (const std::size_t most : {1u, 2u, 8u, 100u}) {
            const std::vector<Bucket> buckets = all.histogram(most);
            ASSERT_FALSE(buckets.empty());
            EXPECT_LE(buckets.size(), most);
            std::size_t held = 0;
            for (std::size_t i = 0; i < buckets.size(); ++i) {
                const auto inside = std::ranges::count_if(values, [&](Nanoseconds value) { return value >= buckets[i].from && value < buckets[i].to; });
                EXPECT_EQ(static_cast<std::size_t>(inside), buckets[i].count);
                held += buckets[i].count;
                if (i > 0) {
                    EXPECT_EQ(buckets[i - 1].to, buckets[i].from);
                }
            }
            EXPECT_EQ(held, values.size());
            EXPECT_GT(buckets.front().count, 0u);
            EXPECT_GT(buckets.back().count, 0u);
        }
    }
    EXPECT_TRUE(Distribution().histogram(8).empty());
    EXPECT_TRUE(distribution({7}).histogram(0).empty());
    const std::vector<Bucket> one = distribution({1000, 1000}).histogram(8);
    ASSERT_EQ(one.size(), 1u);
    EXPECT_EQ(one.front(), (Bucket{992, 1008, 2}));
}

TEST(Distribution, OnlyWhatStandsApartIsAnOutlierAndLeadsToItsEvent) {
    std::vector<Nanoseconds> values;
    for (Nanoseconds i = 0; i < 100; ++i) values.push_back(100 + i % 10);
    EXPECT_TRUE(distribution(values).outliers().empty());
    values[42] = 5000;
    values[17] = 9000;
    const std::vector<Sample> apart = distribution(values).outliers();
    EXPECT_THAT(apart, testing::ElementsAre(Sample{9000, EventId(17)}, Sample{5000, EventId(42)}));
    EXPECT_EQ(distribution(values).outliers(1).size(), 1u);
    EXPECT_TRUE(distribution({1, 2, 1000000}).outliers().empty());  // too few to say so
}

const Series* find(const Statistics& all, Subject subject, LayerIndex layer, OperationKind kind) {
    const auto found = std::ranges::find_if(
        all.series, [&](const Series& each) { return each.subject == subject && each.layer == layer && each.kind == kind; });
    return found == all.series.end() ? nullptr : &*found;
}

class EveryClock : public testing::TestWithParam<Clock> {};

TEST_P(EveryClock, FiguresAreThoseOfTheHistory) {
    const Clock clock = GetParam();
    const Trace trace = trace::synthetic::make_trace({.intermediate_drivers = 3,
                                                      .operations = {OperationKind::initiate, OperationKind::query, OperationKind::terminate},
                                                      .connections = 2,
                                                      .repeat = 4});
    const History history(trace);
    const Statistics all = statistics(history, clock);
    EXPECT_EQ(all.clock, clock);
    EXPECT_EQ(all.events, trace.size());
    EXPECT_EQ(all.duration, time_of(trace.events().back(), clock) - time_of(trace.events().front(), clock));
    EXPECT_EQ(all.throughput.operations, 12u);
    EXPECT_EQ(all.unfinished, 0u);
    for (const Series& each : all.series) {
        ASSERT_GT(each.times.count(), 0u);
        EXPECT_FALSE(each.name.empty());
    }
    for (const OperationKind kind : {OperationKind::initiate, OperationKind::query, OperationKind::terminate}) {
        const Series* series = find(all, Subject::operation, trace::machine_layer, kind);
        ASSERT_TRUE(series);
        std::vector<Nanoseconds> expected;
        for (const trace::Operation& operation : history.operations()) {
            if (operation.kind != kind) continue;
            const trace::Latency latency = *history.latency(operation);
            expected.push_back(clock == Clock::virtual_time ? latency.virtual_time : latency.measured_time);
        }
        std::ranges::sort(expected);
        ASSERT_EQ(series->times.count(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(series->times.samples()[i].value, expected[i]);
        for (LayerIndex layer = 1; layer <= 3; ++layer) {
            const Series* total = find(all, Subject::layer_total, layer, kind);
            const Series* own = find(all, Subject::layer_own, layer, kind);
            const Series* below = find(all, Subject::layer_below, layer, kind);
            ASSERT_TRUE(total && own && below);
            EXPECT_EQ(total->times.count(), 4u);
            EXPECT_NEAR(total->times.mean(), own->times.mean() + below->times.mean(), 0.01);
            EXPECT_EQ(total->events_within, own->events_within + below->events_within);
            Nanoseconds sum = 0;
            for (const trace::Operation& operation : history.operations()) {
                if (operation.kind != kind) continue;
                const trace::Latency latency = *history.layer_latency(operation, layer, true);
                sum += clock == Clock::virtual_time ? latency.virtual_time : latency.measured_time;
            }
            EXPECT_NEAR(own->times.mean() * 4, static_cast<double>(sum), 0.01);
        }
        EXPECT_TRUE(find(all, Subject::layer_total, 4, kind));   // the target
        EXPECT_FALSE(find(all, Subject::layer_below, 4, kind));  // nothing is below it
    }
    std::size_t conversions = 0, entries = 0;
    for (const Series& each : all.series) {
        if (each.subject == Subject::conversion) conversions += each.times.count();
        if (each.subject == Subject::call_entry) entries += each.times.count();
    }
    EXPECT_EQ(conversions, history.conversions().size());
    EXPECT_EQ(entries, 36u);
}

INSTANTIATE_TEST_SUITE_P(Clocks, EveryClock, testing::Values(Clock::virtual_time, Clock::measured_time));

// Three operations: [10, 40), [20, 30), [50, end) on a run of 100 ns.
TEST(Occupancy, IsWeightedByTime) {
    Trace trace;
    trace.set_layers({{trace::LayerRole::host_stack, trace.intern("host stack"), {}},
                      {trace::LayerRole::offload_target, trace.intern("offload target"), {}}});
    const auto append = [&](trace::EventKind kind, Nanoseconds now, std::uint32_t operation, std::uint32_t bytes = 0, EventId partner = {}) {
        trace::Event event;
        event.kind = kind;
        event.virtual_time = now;
        event.measured_time = 7;
        event.layer = 0;
        event.partner = partner;
        event.detail = bytes;
        if (operation != 9) {
            event.operation = trace::OperationId(operation);
            event.operation_kind = OperationKind::query;
        }
        return trace.append(event, {});
    };
    using enum trace::EventKind;
    append(run_started, 0, 9);
    append(operation_started, 10, 0);
    append(operation_started, 20, 1);
    const EventId memory = append(memory_allocated, 20, 9, 64);
    append(operation_finished, 30, 1);
    append(operation_finished, 40, 0);
    append(operation_started, 50, 2);
    append(memory_allocated, 50, 9, 16);
    append(memory_freed, 70, 9, 64, memory);
    append(run_finished, 100, 9);
    const History history(trace);
    const Statistics all = statistics(history, Clock::virtual_time);
    ASSERT_GE(all.occupancy.size(), 2u);
    const Occupancy& operations = all.occupancy[0];
    EXPECT_EQ(operations.what, Occupancy::What::operations);
    EXPECT_EQ(operations.taken, 3u);
    EXPECT_EQ(operations.high_water, 2u);
    EXPECT_EQ(operations.high_water_at, EventId(2));
    EXPECT_EQ(operations.at_end, 1u);
    EXPECT_DOUBLE_EQ(operations.mean, (30 + 10 + 50) / 100.0);
    EXPECT_EQ(operations.overlapping, 10u);
    EXPECT_EQ(all.unfinished, 1u);
    EXPECT_EQ(all.throughput.time, 30u);
    EXPECT_DOUBLE_EQ(*all.throughput.operations_per_second, 2 / 30e-9);
    const auto bytes = std::ranges::find(all.occupancy, Occupancy::What::pool_bytes, &Occupancy::what);
    ASSERT_NE(bytes, all.occupancy.end());
    EXPECT_EQ(bytes->high_water, 80u);
    EXPECT_EQ(bytes->at_end, 16u);
    ASSERT_EQ(all.allocations.size(), 1u);
    EXPECT_EQ(all.allocations[0].count, 2u);
    EXPECT_EQ(all.allocations[0].freed, 1u);
    EXPECT_EQ(all.allocations[0].bytes, 80u);
    EXPECT_DOUBLE_EQ(*all.allocations[0].per_second, 2 / 100e-9);
    // The other clock stood still: nothing is divided by it.
    const Statistics still = statistics(history, Clock::measured_time);
    EXPECT_EQ(still.duration, 0u);
    EXPECT_FALSE(still.throughput.operations_per_second.has_value());
    EXPECT_EQ(still.occupancy[0].mean, 0);
}

TEST(Statistics, AnEmptyTraceHasNone) {
    const Trace trace;
    const Statistics all = statistics(History(trace), Clock::virtual_time);
    EXPECT_TRUE(all.series.empty());
    EXPECT_TRUE(all.occupancy.empty());
    EXPECT_EQ(measure_recorder_cost(trace).events, 0u);
}

TEST(RecorderCost, IsMeasuredOnTheTraceItself) {
    const Trace trace = trace::synthetic::five_operations(2);
    const RecorderCost cost = measure_recorder_cost(trace);
    EXPECT_GT(cost.per_event, 0);
    EXPECT_GE(cost.events, trace.size());
}

}  // namespace
}  // namespace chimneylab::report
