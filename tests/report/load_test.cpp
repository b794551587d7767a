// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The curves of the load against the single figures that the statistics give of the same trace.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/report/load.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::report {
namespace {

using trace::OperationKind;

trace::Trace some_trace(bool leak) {
    trace::synthetic::Options options;
    options.intermediate_drivers = 2;
    options.operations = {OperationKind::initiate, OperationKind::query, OperationKind::update, OperationKind::terminate};
    options.repeat = 5;
    options.leak_call_entry = leak;
    return trace::synthetic::make_trace(options);
}

TEST(Load, EveryCurveHasTheHighWaterAndTheEndThatTheStatisticsTell) {
    for (const bool leak : {false, true}) {
        const trace::Trace trace = some_trace(leak);
        const trace::History history(trace);
        for (const Clock clock : {Clock::virtual_time, Clock::measured_time}) {
            const Statistics figures = statistics(history, clock);
            const Load load = load_over_time(history, clock);
            ASSERT_EQ(load.occupancy.size(), figures.occupancy.size());
            ASSERT_GE(load.occupancy.size(), 4u);
            EXPECT_EQ(load.end - load.begin, figures.duration);
            for (std::size_t i = 0; i < load.occupancy.size(); ++i) {
                const LoadCurve& curve = load.occupancy[i];
                EXPECT_EQ(curve.name, figures.occupancy[i].name);
                ASSERT_FALSE(curve.steps.empty());
                const auto highest = std::ranges::max_element(curve.steps, {}, &LoadStep::present);
                EXPECT_EQ(highest->present, figures.occupancy[i].high_water) << curve.name;
                EXPECT_EQ(highest->event, figures.occupancy[i].high_water_at) << curve.name;
                EXPECT_EQ(curve.steps.back().present, figures.occupancy[i].at_end) << curve.name;
                EXPECT_TRUE(std::ranges::is_sorted(curve.steps, {}, &LoadStep::event)) << curve.name;
                EXPECT_TRUE(std::ranges::is_sorted(curve.steps, {}, &LoadStep::time)) << curve.name;
            }
            EXPECT_EQ(load.finishes.size(), figures.throughput.operations);
            std::size_t blocks = 0;
            for (const Finish& finish : load.finishes) blocks += finish.blocks;
            EXPECT_EQ(blocks, figures.throughput.blocks);
            EXPECT_TRUE(std::ranges::is_sorted(load.finishes, {}, &Finish::time));
        }
        if (leak) {
            const Load load = load_over_time(history, Clock::virtual_time);
            const auto entries = std::ranges::find(load.occupancy, Occupancy::What::call_entries, &LoadCurve::what);
            ASSERT_NE(entries, load.occupancy.end());
            EXPECT_EQ(entries->steps.back().present, 1u);
        }
    }
}

TEST(Load, AnEmptyTraceHasNone) {
    const trace::Trace empty;
    const Load load = load_over_time(trace::History(empty), Clock::virtual_time);
    EXPECT_TRUE(load.occupancy.empty());
    EXPECT_TRUE(load.finishes.empty());
}

TEST(Load, WhoWatchesIsToldHowFarItIsAndCanStopIt) {
    const trace::Trace trace = some_trace(false);
    const trace::History history(trace);
    std::atomic<bool> stop{false};
    std::vector<int> told;
    Control control;
    control.cancel = &stop;
    control.progress = [&](int percent) { told.push_back(percent); };
    const Statistics whole = statistics(history, Clock::virtual_time, control);
    EXPECT_EQ(whole.series.size(), statistics(history, Clock::virtual_time).series.size());
    ASSERT_GE(told.size(), 4u);
    EXPECT_TRUE(std::ranges::is_sorted(told));
    EXPECT_LE(told.back(), 100);
    stop = true;
    EXPECT_TRUE(statistics(history, Clock::virtual_time, control).series.empty());
    EXPECT_TRUE(load_over_time(history, Clock::virtual_time, control).occupancy.empty());
}

}  // namespace
}  // namespace chimneylab::report
