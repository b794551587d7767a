// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the charts show, without a window: bars, curves, stairs, the waterfall's and the map's indices, tables; each against
// a count by hand over all there is.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "app/desktop/models/latency_figure.h"
#include "app/desktop/models/load_figure.h"
#include "app/desktop/models/timing_model.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using report::Sample;
using trace::EventId;
using trace::OperationKind;

trace::synthetic::Options options_of(unsigned drivers, unsigned repeat, bool leak = false) {
    trace::synthetic::Options options;
    options.intermediate_drivers = drivers;
    options.operations = {OperationKind::initiate, OperationKind::query, OperationKind::update, OperationKind::invalidate, OperationKind::terminate};
    options.repeat = repeat;
    options.leak_call_entry = leak;
    return options;
}

SessionPointer session_of(unsigned drivers, unsigned repeat, bool leak = false) { return testing::synthetic_session(options_of(drivers, repeat, leak), QStringLiteral("A run")); }

report::Distribution random_times(int count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    report::Distribution times;
    for (int i = 0; i < count; ++i) times.add(random() >> (40 + random() % 20), EventId(static_cast<std::uint32_t>((i * 7919) % count)));
    times.settle();
    return times;
}

TEST(TimeAxis, TicksStandAtRoundValuesApartAndInOneUnit) {
    for (const TimeSpan span : {TimeSpan{0, 41'250}, TimeSpan{999'990, 1'000'010}, TimeSpan{0, 3.2e9}, TimeSpan{5, 25}}) {
        const auto ticks = time_ticks(span, 800, 80);
        ASSERT_GE(ticks.size(), 3u) << span.from;
        ASSERT_LE(ticks.size(), 12u);
        const QString unit = ticks.back().text.section(QLatin1Char(' '), 1);
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            EXPECT_GE(ticks[i].at, span.from);
            EXPECT_LE(ticks[i].at, span.to);
            EXPECT_EQ(ticks[i].text.section(QLatin1Char(' '), 1), unit);
            if (i == 0) continue;
            EXPECT_GE((ticks[i].at - ticks[i - 1].at) / span.length() * 800, 79.9);
            EXPECT_NE(ticks[i].text, ticks[i - 1].text) << "two places, one label";
        }
    }
    EXPECT_TRUE(time_ticks({3, 3}, 800, 80).empty());
    EXPECT_EQ(short_time(850), QStringLiteral("850 ns"));
    EXPECT_EQ(short_time(41'250), QStringLiteral("41.3 µs"));
    EXPECT_EQ(short_time(2'000'000), QStringLiteral("2 ms"));
}

TEST(TimeAxis, ZoomKeepsThePlaceUnderThePointerAndStaysInside) {
    const TimeSpan whole{0, 1000};
    const TimeSpan nearer = zoomed({0, 1000}, 0.5, 250, whole);
    EXPECT_NEAR(nearer.length(), 500, 1e-9);
    EXPECT_NEAR((250 - nearer.from) / nearer.length(), 0.25, 1e-9);
    EXPECT_EQ(zoomed(nearer, 100, 250, whole), whole);
    EXPECT_GE(zoomed(nearer, 1e-9, 250, whole).length(), 1);
    EXPECT_EQ(moved({100, 200}, -500, whole), (TimeSpan{0, 100}));
    EXPECT_EQ(moved({100, 200}, 5000, whole), (TimeSpan{900, 1000}));
}

TEST(LatencyFigure, BarsHoldEverySampleOnceWhereItBelongs) {
    for (const int count : {1, 2, 17, 5000}) {
        const report::Distribution times = random_times(count, 11);
        const double low = logarithm_of(times.min()) - 0.05, high = logarithm_of(times.max()) + 0.05;
        const auto bars = histogram_bars(times.samples(), low, high, 40);
        ASSERT_LE(bars.size(), 40u);
        std::size_t held = 0, next = 0;
        for (const HistogramBar& bar : bars) {
            EXPECT_EQ(bar.first, next) << "no sample between two bars";
            next = bar.first + bar.count;
            held += bar.count;
            for (std::size_t i = bar.first; i < next; ++i) {
                EXPECT_GE(logarithm_of(times.samples()[i].value), bar.low - 1e-6);
                EXPECT_LE(logarithm_of(times.samples()[i].value), bar.high + 1e-6);
            }
        }
        EXPECT_EQ(held, static_cast<std::size_t>(count));
    }
    EXPECT_TRUE(histogram_bars({}, 0, 1, 10).empty());
}

TEST(LatencyFigure, TheCurveGoesThroughThePercentilesWithAtMostTwoPointsForAPixel) {
    const report::Distribution times = random_times(20'000, 5);
    const double reach = percentile_reach(times.count());
    for (const int pixels : {50, 300, 1900}) {
        const auto curve = percentile_curve(times.samples(), reach, pixels);
        EXPECT_LE(curve.size(), static_cast<std::size_t>(2 * pixels));
        EXPECT_NEAR(curve.back().y(), logarithm_of(times.max()), 1e-9);
        for (std::size_t i = 1; i < curve.size(); ++i) {
            EXPECT_GE(curve[i].x(), curve[i - 1].x());
            EXPECT_GE(curve[i].y(), curve[i - 1].y());
        }
        // A point that begins a step stands at its percentile.
        for (std::size_t i = 1; i < curve.size(); ++i) {
            if (curve[i].x() == curve[i - 1].x()) EXPECT_NEAR(curve[i].y(), logarithm_of(times.percentile(100 * (1 - std::pow(10, -curve[i].x())))), 1e-9);
        }
    }
}

TEST(LatencyFigure, ThePresentEventFindsItsSample) {
    report::Distribution times;
    for (const std::uint32_t event : {30u, 10u, 20u}) times.add(1000 - event, EventId(event));
    times.settle();
    const SampleFinder finder(times.samples());
    EXPECT_EQ(finder.at(EventId(5)), -1);
    EXPECT_EQ(finder.at({}), -1);
    EXPECT_EQ(times.samples()[static_cast<std::size_t>(finder.at(EventId(10)))].event, EventId(10));
    EXPECT_EQ(times.samples()[static_cast<std::size_t>(finder.at(EventId(29)))].event, EventId(20));
    EXPECT_EQ(times.samples()[static_cast<std::size_t>(finder.at(EventId(99)))].event, EventId(30));
}

TEST(LoadFigure, TheStairHasTheLeastAndTheMostOfEveryColumn) {
    std::mt19937 random(3);
    std::vector<report::LoadStep> steps;
    std::uint64_t present = 0;
    for (std::uint32_t i = 0; i < 40'000; ++i) {
        present = random() % 2 == 0 || present == 0 ? present + 1 : present - 1;
        steps.push_back({1000 + i * 13, EventId(i), present});
    }
    const TimeSpan span{20'000, 400'000};
    for (const int pixels : {80, 700, 1900}) {
        const auto stair = occupancy_stair(steps, span, pixels);
        EXPECT_LE(stair.size(), static_cast<std::size_t>(2 * pixels + 4));
        EXPECT_EQ(stair.front().x(), span.from);
        EXPECT_EQ(stair.back().x(), span.to);
        EXPECT_EQ(stair.front().y(), static_cast<double>(present_at(steps, span.from)));
        EXPECT_EQ(stair.back().y(), static_cast<double>(present_at(steps, span.to)));
        double most = 0, drawn = 0;
        for (const report::LoadStep& step : steps) {
            if (static_cast<double>(step.time) >= span.from && static_cast<double>(step.time) <= span.to) most = std::max(most, static_cast<double>(step.present));
        }
        for (const QPointF& point : stair) drawn = std::max(drawn, point.y());
        EXPECT_EQ(drawn, most) << "no peak gets lost between two pixels";
    }
    // Near enough every step is drawn as it is.
    const auto exact = occupancy_stair(std::span(steps).first(5), {0, 2000}, 1000);
    EXPECT_EQ(exact.size(), 1 + 5 * 2 + 1u);
    EXPECT_EQ(present_at(steps, 999), 0u);
    EXPECT_EQ(present_at(steps, 1013), steps[1].present);
}

TEST(LoadFigure, ThroughputBarsHoldEveryFinishOnceAndStandStillWhilePanning) {
    const SessionPointer session = session_of(2, 40);
    const report::Load load = report::load_over_time(*session->history, report::Clock::virtual_time);
    const TimeSpan whole{static_cast<double>(load.begin), static_cast<double>(load.end)};
    const auto bars = throughput_bars(load.finishes, whole, 60);
    std::size_t operations = 0, blocks = 0;
    for (const ThroughputBar& bar : bars) {
        operations += bar.operations;
        blocks += bar.blocks;
    }
    EXPECT_LE(bars.size(), 62u);
    EXPECT_EQ(operations, load.finishes.size());
    std::size_t all = 0;
    for (const report::Finish& finish : load.finishes) all += finish.blocks;
    EXPECT_EQ(blocks, all);
    const auto panned = throughput_bars(load.finishes, {whole.from + 1, whole.to + 1}, 60);
    ASSERT_EQ(panned[1].from, bars[1].from);
    EXPECT_EQ(panned[1].operations, bars[1].operations);
}

TEST(Waterfall, EveryPassageIsABarAndBarsOfARowDoNotOverlap) {
    const SessionPointer session = session_of(2, 6);
    const WaterfallIndex index(*session->history, report::Clock::virtual_time);
    ASSERT_EQ(index.lanes(), 4u);
    std::size_t bars = 0, passages = 0, marks = 0;
    for (const trace::Operation& operation : session->history->operations()) passages += operation.passages.size();
    for (std::size_t lane = 0; lane < index.lanes(); ++lane) {
        for (std::uint32_t row = 0; row < index.rows(); ++row) {
            const auto its = index.bars(lane, row);
            bars += its.size();
            marks += index.marks(lane, row).size();
            for (std::size_t i = 0; i < its.size(); ++i) {
                EXPECT_LE(its[i].from, its[i].below_from);
                EXPECT_LE(its[i].below_from, its[i].below_to);
                EXPECT_LE(its[i].below_to, its[i].to);
                if (i > 0) EXPECT_LE(its[i - 1].to, its[i].from);
                // The search finds the bar that holds a time.
                EXPECT_LE(index.first_bar(lane, row, static_cast<double>(its[i].from) + 0.5), i);
                EXPECT_EQ(index.row_of(its[i].operation), row);
            }
        }
    }
    EXPECT_EQ(bars, passages);
    EXPECT_EQ(marks, session->history->conversions().size());
    // The time below a layer is what the history says as well.
    const trace::Operation& operation = session->history->operations()[3];
    for (const WaterfallBar& bar : index.bars(1, index.row_of(3))) {
        if (bar.operation != 3) continue;
        const auto all = session->history->layer_latency(operation, 1, false), own = session->history->layer_latency(operation, 1, true);
        EXPECT_EQ(bar.to - bar.from, all->virtual_time);
        EXPECT_EQ(bar.to - bar.from - (bar.below_to - bar.below_from), own->virtual_time);
    }
}

TEST(EntryMap, EveryCallEntryHasItsPlaceAndALeakIsToldAsOne) {
    const SessionPointer session = session_of(2, 4, true);
    const EntryMapIndex map(*session->history, report::Clock::virtual_time);
    const auto entries = session->history->call_entries();
    ASSERT_GT(entries.size(), 10u);
    ASSERT_EQ(map.entries(), entries.size());
    std::size_t lives = 0, reused = 0;
    for (std::size_t row = 0; row < map.rows().size(); ++row) {
        const EntryRow& its = map.rows()[row];
        lives += its.lives.size();
        reused += its.lives.size() > 1 ? 1 : 0;
        for (std::size_t i = 0; i < its.lives.size(); ++i) {
            EXPECT_EQ(session->trace->regions()[entries[its.lives[i].entry].region.value].address, its.address);
            EXPECT_EQ(its.lives[i].use, i + 1);
            EXPECT_EQ(map.place_of(its.lives[i].entry), (std::pair(static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(i))));
            if (i > 0) EXPECT_LE(its.lives[i - 1].released, its.lives[i].allocated) << "two at one address at once";
            EXPECT_EQ(map.first_life(row, static_cast<double>(its.lives[i].released)), i == 0 || its.lives[i - 1].released < its.lives[i].released ? i : map.first_life(row, static_cast<double>(its.lives[i].released)));
        }
    }
    EXPECT_EQ(lives, entries.size());
    EXPECT_EQ(map.reused(), reused);
    EXPECT_EQ(map.leaks(), 1u);
    const FigureTable table = entry_map_table(QStringLiteral("map"), session, map);
    int leaks = 0;
    for (int row = 0; row < table.rows; ++row) leaks += table.cell(row, 5).contains(QLatin1String("leaked")) ? 1 : 0;
    EXPECT_EQ(leaks, 1);
}

TEST(FigureTable, ReadsAsWordsAndAsCsv) {
    FigureTable table;
    table.headings = {QStringLiteral("what"), QStringLiteral("how, many")};
    table.rows = 2;
    table.cell = [](int row, int column) { return column == 1 ? QString::number(row) : row == 0 ? QStringLiteral("a \"quoted\" word") : QStringLiteral("two\nlines"); };
    table.event = [](int row) { return EventId(static_cast<std::uint32_t>(row) + 5); };
    EXPECT_EQ(table.csv_line(-1), QByteArray("what,\"how, many\"\n"));
    EXPECT_EQ(table.csv_line(0), QByteArray("\"a \"\"quoted\"\" word\",0\n"));
    EXPECT_EQ(table.csv_line(1), QByteArray("\"two\nlines\",1\n"));
    EXPECT_EQ(table.words(1), QStringLiteral("what two\nlines, how, many 1"));
    FigureTableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.set_table(table);
    EXPECT_EQ(model.rowCount(), 2);
    EXPECT_EQ(model.index(1, 0).data(FigureTableModel::event_role).toUInt(), 6u);
    model.set_table({});
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(TimingModel, FiguresComeWhenAChartAsksAndNeverMixTwoClocks) {
    PlaybackModel playback;
    TimingModel model(playback);
    model.require();
    EXPECT_EQ(model.timing(), nullptr);
    EXPECT_TRUE(model.clocks().empty());
    playback.open(session_of(2, 3));
    EXPECT_EQ(model.timing(), nullptr) << "nobody looks";
    model.require();
    ASSERT_NE(model.timing(), nullptr) << "a short run at once";
    ASSERT_EQ(model.clocks().size(), 2u);
    EXPECT_EQ(model.timing()->kind, ClockKind::virtual_time);
    EXPECT_FALSE(model.timing()->cost) << "recording is no part of virtual time";
    EXPECT_TRUE(model.timing()->title(QStringLiteral("latency")).contains(QLatin1String("virtual time")));
    model.choose_clock(ClockKind::recorded);
    EXPECT_EQ(model.clock(), ClockKind::virtual_time) << "run here and now";
    QSignalSpy changed(&model, &TimingModel::changed);
    model.choose_clock(ClockKind::measured);
    EXPECT_EQ(model.timing(), nullptr);
    model.require();
    EXPECT_TRUE(model.busy());
    ASSERT_TRUE(QTest::qWaitFor([&] { return model.timing() != nullptr; }, 10'000));
    EXPECT_EQ(model.timing()->kind, ClockKind::measured);
    EXPECT_EQ(model.timing()->statistics.clock, report::Clock::measured_time);
    EXPECT_EQ(model.timing()->waterfall.clock(), report::Clock::measured_time);
    ASSERT_TRUE(model.timing()->cost);
    EXPECT_GT(model.timing()->cost->per_event, 0);
    playback.open(session_of(1, 1));
    EXPECT_EQ(model.clock(), ClockKind::measured) << "the choice holds for the next session";
}

TEST(TimingModel, ASessionFromAFileHasRecordedTimes) {
    const SessionPointer made = session_of(1, 1);
    const auto session = make_session(std::make_shared<const trace::Trace>(trace::synthetic::make_trace(options_of(1, 1))), {}, QStringLiteral("/somewhere/a.chimney"), {}, {});
    EXPECT_EQ(clocks_of(*session), (std::vector{ClockKind::virtual_time, ClockKind::recorded}));
    EXPECT_EQ(clocks_of(*made), (std::vector{ClockKind::virtual_time, ClockKind::measured}));
}

TEST(TimingModel, ALongRunIsWorkedOutBesideTheWindowAndCanBeStopped) {
    PlaybackModel playback;
    TimingModel model(playback);
    playback.open(session_of(2, 60));
    ASSERT_GT(playback.event_count(), TimingModel::at_once);
    model.require();
    ASSERT_TRUE(model.busy());
    model.cancel();
    EXPECT_FALSE(model.busy());
    EXPECT_TRUE(model.cancelled());
    model.require();
    EXPECT_FALSE(model.busy()) << "who stopped it is not asked again";
    QTest::qWait(50);
    EXPECT_EQ(model.timing(), nullptr);
    model.again();
    ASSERT_TRUE(QTest::qWaitFor([&] { return model.timing() != nullptr; }, 20'000));
    EXPECT_EQ(model.timing()->statistics.throughput.operations, playback.history()->operations().size());
    // Another session while one is under way: only the last one counts.
    playback.open(session_of(2, 50));
    model.require();
    const SessionPointer last = session_of(1, 2);
    playback.open(last);
    model.require();
    ASSERT_TRUE(QTest::qWaitFor([&] { return model.timing() != nullptr; }, 20'000));
    QTest::qWait(50);
    EXPECT_EQ(model.timing()->session, last);
}

TEST(TimingModel, TheSpanStaysInsideAndFollowsThePresentEvent) {
    PlaybackModel playback;
    TimingModel model(playback);
    playback.open(session_of(2, 3));
    model.require();
    const TimeSpan whole = model.timing()->whole();
    model.show_whole();
    EXPECT_EQ(model.visible(), whole);
    QSignalSpy told(&model, &TimingModel::span_changed);
    model.show_whole();
    EXPECT_EQ(told.count(), 0);
    model.zoom(0.01, whole.from);
    EXPECT_NEAR(model.visible().length(), whole.length() * 0.01, 1);
    playback.last();
    model.follow();
    const auto here = static_cast<double>(model.timing()->time_of(playback.position()));
    EXPECT_LE(model.visible().from, here);
    EXPECT_GE(model.visible().to, here);
    EXPECT_LE(model.visible().to, whole.to);
}

}  // namespace
}  // namespace chimneylab::desktop
