// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <cmath>
#include <random>

#include "engine/report/comparison.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::report {
namespace {

using trace::Event;
using trace::EventKind;
using trace::History;
using trace::OperationKind;
using trace::Trace;
using trace::synthetic::make_trace;

std::vector<Sample> samples(std::vector<Nanoseconds> values) {
    std::ranges::sort(values);
    std::vector<Sample> result;
    for (const Nanoseconds value : values) result.push_back({value, EventId(0)});
    return result;
}

TEST(RankTest, AgreesWithValuesWorkedOutByHand) {
    // Ranks of a among 1 … 6: 1, 2, 3; U = 6 - 6 = 0; variance 3*3*7/12, z = (4.5 - 0.5) / 2.2913.
    const RankTest apart = rank_test(samples({1, 2, 3}), samples({4, 5, 6}));
    EXPECT_DOUBLE_EQ(apart.u, 0);
    EXPECT_NEAR(apart.z, 1.7457, 1e-4);
    EXPECT_NEAR(apart.p, 0.0808, 1e-3);
    // All tied: nothing can be said.
    EXPECT_DOUBLE_EQ(rank_test(samples({5, 5, 5}), samples({5, 5})).p, 1);
    EXPECT_DOUBLE_EQ(rank_test({}, samples({5})).p, 1);
    // With ties: a = {1,2,2,3}, b = {2,3,3,4}. Ranks of a: 1, 3, 3, 6 → 13; U = 3.
    EXPECT_DOUBLE_EQ(rank_test(samples({1, 2, 2, 3}), samples({2, 3, 3, 4})).u, 3);
    const RankTest back = rank_test(samples({4, 5, 6}), samples({1, 2, 3}));
    EXPECT_NEAR(back.z, -apart.z, 1e-12);
    EXPECT_NEAR(back.p, apart.p, 1e-12);
}

TEST(RankTest, RarelySeesADifferenceWhereThereIsNoneAndAlwaysAClearOne) {
    std::mt19937_64 random(11);
    int alarms = 0, holds = 0;
    for (int round = 0; round < 400; ++round) {
        std::vector<Nanoseconds> a, b;
        for (int i = 0; i < 60; ++i) {
            a.push_back(1000 + random() % 200);
            b.push_back(1000 + random() % 200);
        }
        alarms += rank_test(samples(a), samples(b)).p < 0.01 ? 1 : 0;
        for (Nanoseconds& each : b) each += 120;
        EXPECT_LT(rank_test(samples(a), samples(b)).p, 1e-6);
        const Interval interval = median_difference(samples(a), samples(b));
        EXPECT_GT(interval.low, 0);
        EXPECT_LT(interval.high, 240);
        holds += interval.low <= 120 && 120 <= interval.high ? 1 : 0;
    }
    EXPECT_LE(alarms, 14);  // 1 % of 400 is 4
    EXPECT_GE(holds, 360);  // 95 % of 400 is 380
}

// Holm's method, worked out by hand: 0.005 of four, 0.01 of the three that are left, 0.03 of two; 0.04 is at least as likely.
TEST(RankTest, AdjustsForManyTests) {
    const std::vector<double> adjusted = adjusted_for_many(std::vector{0.01, 0.04, 0.03, 0.005});
    ASSERT_EQ(adjusted.size(), 4u);
    EXPECT_DOUBLE_EQ(adjusted[0], 0.03);
    EXPECT_DOUBLE_EQ(adjusted[1], 0.06);
    EXPECT_DOUBLE_EQ(adjusted[2], 0.06);
    EXPECT_DOUBLE_EQ(adjusted[3], 0.02);
    EXPECT_DOUBLE_EQ(adjusted_for_many(std::vector{0.6, 0.9})[1], 1);
    EXPECT_TRUE(adjusted_for_many({}).empty());
    // Forty series of equals, again and again: nearly one in three comparisons would see something, one in a hundred may.
    std::mt19937_64 random(17);
    int raw = 0, alarms = 0;
    for (int round = 0; round < 200; ++round) {
        std::vector<double> p;
        for (int series = 0; series < 40; ++series) {
            std::vector<Nanoseconds> a, b;
            for (int i = 0; i < 30; ++i) {
                a.push_back(random() % 100'000);
                b.push_back(random() % 100'000);
            }
            p.push_back(rank_test(samples(a), samples(b)).p);
        }
        raw += std::ranges::min(p) < 0.01 ? 1 : 0;
        alarms += std::ranges::min(adjusted_for_many(p)) < 0.01 ? 1 : 0;
    }
    EXPECT_GT(raw, 40);
    EXPECT_LE(alarms, 8);  // 1 % of 200 is 2
}

// Twenty thousand values: their median is known ten times as well as that of two hundred, and the interval says so.
TEST(RankTest, TheIntervalOfLargeSamplesIsAsNarrowAsTheyAllow) {
    std::mt19937_64 random(23);
    const auto width = [&](std::size_t count) {
        std::vector<Nanoseconds> a, b;
        for (std::size_t i = 0; i < count; ++i) {
            a.push_back(1'000'000 + random() % 1'000'000);
            b.push_back(1'100'000 + random() % 1'000'000);
        }
        const Interval interval = median_difference(samples(a), samples(b));
        EXPECT_LE(interval.low, interval.high);
        EXPECT_NEAR((interval.low + interval.high) / 2, 100'000, 2e6 / std::sqrt(static_cast<double>(count)));
        return interval.high - interval.low;
    };
    // Of uniform values the median spreads by 1/2√n of the range: ± 1.96 of that, times √2 for two samples.
    const auto expected = [](double count) { return 2 * 1.96 * std::sqrt(2.0) * 1e6 / (2 * std::sqrt(count)); };
    for (const std::size_t count : {200u, 1900u, 2100u, 20'000u}) {
        const double seen = width(count), wanted = expected(static_cast<double>(count));
        EXPECT_GT(seen, wanted * 0.6) << count;
        EXPECT_LT(seen, wanted * 1.6) << count;
    }
}

TEST(Comparison, ATraceIsTheSameAsItself) {
    const Trace trace = trace::synthetic::five_operations(3);
    const History history(trace);
    const Comparison same = compare(history, history);
    EXPECT_TRUE(same.same_history());
    EXPECT_EQ(same.matched, same.a_events);
    EXPECT_EQ(same.a_events, same.b_events);
    EXPECT_GT(same.chains, 5u);
    EXPECT_TRUE(same.notable(0).empty());
    EXPECT_FALSE(same.timing.empty());
}

// The same trace with other events, or with other bytes at the `changed`-th change.
template <typename Alter>
Trace altered(const Trace& a, Alter alter, std::optional<std::size_t> changed = {}) {
    Trace b;
    b.set_layers({a.layers().begin(), a.layers().end()});
    for (std::uint32_t i = 0; i < a.string_count(); ++i) b.intern(a.text(trace::StringId(i)));
    for (const trace::Region& region : a.regions()) b.add_region(region, a.initial_bytes(region));
    std::size_t number = 0;
    for (Event event : a.events()) {
        std::vector<trace::Change> changes;
        for (trace::Change change : a.changes(event)) {
            std::vector<std::byte> after(a.after(change).begin(), a.after(change).end());
            if (number++ == changed) after[0] ^= std::byte{0x40};
            change.before = b.store_bytes(a.before(change));
            change.after = b.store_bytes(after);
            changes.push_back(change);
        }
        alter(event);
        b.append(event, changes);
    }
    return b;
}

// Other clocks: nothing that anybody did has changed.
TEST(Comparison, TimesAreNoPartOfWhatHappens) {
    const Trace a = trace::synthetic::five_operations(2);
    const Trace b = altered(a, [](Event& event) {
        event.virtual_time *= 2;
        if (event.kind == EventKind::work_queued) event.detail *= 2;  // its due time
    });
    const History history_a(a), history_b(b);
    const Comparison comparison = compare(history_a, history_b);
    EXPECT_TRUE(comparison.same_history());
    ASSERT_FALSE(comparison.notable(0.05).empty());
    for (const TimingDifference* each : comparison.notable(0.05)) EXPECT_NEAR(each->relative, 1, 1e-9);
    EXPECT_TRUE(comparison.notable(1.5).empty());
    ComparisonOptions without;
    without.clock.reset();
    EXPECT_TRUE(compare(history_a, history_b, without).timing.empty());
}

TEST(Comparison, TheFirstDivergenceIsShownWithBothSides) {
    const Trace good = make_trace({.intermediate_drivers = 1, .operations = {OperationKind::initiate, OperationKind::query}});
    const Trace leaking =
        make_trace({.intermediate_drivers = 1, .operations = {OperationKind::initiate, OperationKind::query}, .leak_call_entry = true});
    const History a(good), b(leaking);
    const Comparison comparison = compare(a, b);
    EXPECT_FALSE(comparison.same_history());
    ASSERT_FALSE(comparison.divergences.empty());
    const Divergence& first = comparison.divergences.front();
    EXPECT_THAT(first.chain, testing::StartsWith("query of "));
    EXPECT_GT(first.position, 5u);
    ASSERT_TRUE(first.a.valid());
    EXPECT_EQ(good.event(first.a).kind, EventKind::memory_freed);  // of the call entry
    EXPECT_THAT(first.a_text, testing::HasSubstr("free")) << first.a_text;
    EXPECT_FALSE(first.what.empty());
    // The initiate did not differ.
    for (const Divergence& each : comparison.divergences) EXPECT_THAT(each.chain, testing::Not(testing::StartsWith("initiate")));
    // The other way round it is the same place.
    const Comparison back = compare(b, a);
    EXPECT_EQ(back.divergences.front().chain, first.chain);
    EXPECT_EQ(back.divergences.front().position, first.position);
}

// Every single value of a block list matters, and is named where it differs.
TEST(Comparison, AValueThatMeansSomethingElseIsADivergence) {
    const Trace a = trace::synthetic::one_completion_travels_up();
    const History history(a);
    std::size_t number = 0, tried = 0;
    for (const Event& event : a.events()) {
        for (const trace::Change& change : a.changes(event)) {
            const std::size_t this_one = number++;
            if (a.region(change.region).kind != trace::RegionKind::block_list) continue;
            const trace::Member* member = trace::member_at(trace::block_members(trace::BlockType::miniport), change.offset & ~7u);
            if (!member || change.offset % 8 >= 4) continue;
            ++tried;
            const Trace b = altered(a, [](Event&) {}, this_one);
            const Comparison comparison = compare(history, History(b), {.clock = {}});
            ASSERT_FALSE(comparison.divergences.empty()) << member->name;
            const Divergence& first = comparison.divergences.front();
            EXPECT_THAT(first.what, testing::HasSubstr(std::string(member->name) + " of ")) << first.chain;
            EXPECT_EQ(first.a, first.b);
        }
    }
    EXPECT_GT(tried, 10u);
    // An object that fails is not published: told where the two part.
    const Trace good = make_trace({.intermediate_drivers = 2, .connections = 2});
    const Trace failing = make_trace({.intermediate_drivers = 2, .connections = 2, .fail_last_block = true});
    const Comparison parted = compare(History(good), History(failing));
    const auto initiate = std::ranges::find_if(parted.divergences, [](const Divergence& each) { return each.chain.starts_with("initiate of "); });
    ASSERT_NE(initiate, parted.divergences.end());
    EXPECT_THAT(initiate->what, testing::HasSubstr("context_published in A"));
}

TEST(Comparison, StacksThatDifferAreToldFirst) {
    const Trace one = make_trace({.intermediate_drivers = 1}), two = make_trace({.intermediate_drivers = 2});
    const Comparison comparison = compare(History(one), History(two));
    ASSERT_FALSE(comparison.stack.empty());
    EXPECT_THAT(comparison.stack.front(), testing::HasSubstr("A has 3 layers and B has 4"));
    const Trace more = make_trace({.intermediate_drivers = 1, .operations = {OperationKind::initiate, OperationKind::query}});
    const Comparison longer = compare(History(one), History(more));
    ASSERT_FALSE(longer.divergences.empty());
    const auto query = std::ranges::find_if(longer.divergences, [](const Divergence& each) { return each.chain.starts_with("query"); });
    ASSERT_NE(query, longer.divergences.end());
    EXPECT_EQ(query->what, "is in B only");
    EXPECT_FALSE(query->a.valid());
    EXPECT_TRUE(compare(History(Trace()), History(Trace())).same_history());
}

}  // namespace
}  // namespace chimneylab::report
