// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "tests/machine/machine_fixture.h"

namespace chimneylab::machine::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<int> order_of(Bench& bench, const std::vector<Nanoseconds>& delays) {
    std::vector<int> ran;
    for (std::size_t i = 0; i < delays.size(); ++i)
        bench.machine.queue_work({.label = "item " + std::to_string(i), .layer = target, .delay = delays[i],
                                  .run = [&ran, i] { ran.push_back(static_cast<int>(i)); }});
    bench.machine.run_until_idle();
    return ran;
}

TEST(Schedule, ParsesWhatItPrintsAndExplainsWhatItRefuses) {
    for (const char* text : {"fifo", "lifo", "seed:0", "seed:18446744073709551615"}) {
        const ParsedSchedule parsed = Schedule::parse(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed.schedule->to_text(), text);
    }
    for (const char* text : {"", "FIFO", "seed:", "seed:-1", "seed:1x", "seed:18446744073709551616", "random"}) {
        const ParsedSchedule parsed = Schedule::parse(text);
        EXPECT_FALSE(parsed) << text;
        EXPECT_THAT(parsed.error, HasSubstr("seed:"));
    }
}

TEST(Dispatch, FifoTakesTheEarliestDueThenTheOrderOfQueueing) {
    Bench bench(with_schedule("fifo"));
    EXPECT_THAT(order_of(bench, {5'000'000, 1'000'000, 9'000'000, 1'000'000}), ElementsAre(1, 3, 0, 2));
    EXPECT_TRUE(bench.events(trace::EventKind::choice).empty());
}

TEST(Dispatch, LifoTakesTheLatestQueuedAndRecordsItsChoices) {
    Bench bench(with_schedule("lifo"));
    EXPECT_THAT(order_of(bench, {0, 0, 9'000, 0}), ElementsAre(3, 2, 1, 0));
    const auto choices = bench.events(trace::EventKind::choice);
    ASSERT_EQ(choices.size(), 3u);  // the last item was no choice
    EXPECT_EQ(choices[0].detail, std::uint64_t{3} << 32 | 4);
    EXPECT_EQ(choices[2].detail, std::uint64_t{1} << 32 | 2);
}

TEST(Dispatch, BeforeTheOrderIsInForceEveryScheduleIsFifo) {
    Bench bench(with_schedule("lifo"));
    bench.machine.set_order_in_force(false);
    EXPECT_THAT(order_of(bench, {0, 0, 0}), ElementsAre(0, 1, 2));
}

TEST(Dispatch, APersonMayTakeAnyPendingItem) {
    Bench bench;
    std::vector<int> ran;
    const WorkId first = bench.machine.queue_work({.label = "a", .run = [&] { ran.push_back(1); }});
    const WorkId second = bench.machine.queue_work({.label = "b", .delay = 1'000'000, .run = [&] { ran.push_back(2); }});
    EXPECT_EQ(bench.machine.pending().size(), 2u);
    EXPECT_EQ(bench.machine.pending()[1].label, "b");
    EXPECT_TRUE(bench.machine.run_item(second));
    EXPECT_FALSE(bench.machine.run_item(second));
    EXPECT_TRUE(bench.machine.run_item(first));
    EXPECT_THAT(ran, ElementsAre(2, 1));
    // The clock moved to the later due time and never back.
    EXPECT_GE(bench.machine.clock().now(), 1'000'000u);
    const auto choices = bench.events(trace::EventKind::choice);
    ASSERT_EQ(choices.size(), 1u);
    EXPECT_EQ(choices[0].detail, std::uint64_t{1} << 32 | 2);
}

TEST(Dispatch, AChooserReplaysTheChoicesOfAnotherRun) {
    Bench seeded(with_schedule("seed:11"));
    const std::vector<int> ran = order_of(seeded, {0, 0, 0, 0, 0, 0});
    std::vector<std::size_t> indexes;
    for (const trace::Event& choice : seeded.events(trace::EventKind::choice)) indexes.push_back(choice.detail >> 32);
    Bench replayed(with_schedule("fifo"));
    std::size_t at = 0;
    replayed.machine.set_chooser([&](std::span<const PendingWork>) { return at < indexes.size() ? std::optional(indexes[at++]) : std::nullopt; });
    EXPECT_EQ(order_of(replayed, {0, 0, 0, 0, 0, 0}), ran);
    EXPECT_EQ(at, indexes.size());
}

TEST(Dispatch, EndlessWorkIsStoppedAndReported) {
    Bench bench;
    std::function<void()> again = [&] { bench.machine.queue_work({.label = "again", .run = again}); };
    again();
    EXPECT_EQ(bench.machine.run_until_idle(50), 50u);
    EXPECT_EQ(bench.count(FindingKind::endless_completion), 1u);
}

TEST(Dispatch, CancelledWorkNeverRuns) {
    Bench bench;
    bool ran = false;
    const WorkId id = bench.machine.queue_work({.label = "never", .run = [&] { ran = true; }});
    EXPECT_TRUE(bench.machine.cancel_work(id));
    EXPECT_FALSE(bench.machine.cancel_work(id));
    bench.machine.run_until_idle();
    EXPECT_FALSE(ran);
}

TEST(Dispatch, EveryEventHasATimeOfItsOwn) {
    Bench bench;
    (void)order_of(bench, {3, 0, 7, 7});
    const auto events = bench.machine.recorder().trace().events();
    for (std::size_t i = 1; i < events.size(); ++i) EXPECT_GT(events[i].virtual_time, events[i - 1].virtual_time) << i;
}

RC_GTEST_PROP(DispatchProperty, EverySeedRunsEachItemOnceAndAlwaysInTheSameOrder, ()) {
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const auto delays = *rc::gen::container<std::vector<Nanoseconds>>(rc::gen::inRange<Nanoseconds>(0, 1000));
    Bench first(with_schedule("seed:" + std::to_string(seed)));
    Bench second(with_schedule("seed:" + std::to_string(seed)));
    const std::vector<int> ran = order_of(first, delays);
    RC_ASSERT(ran == order_of(second, delays));
    RC_ASSERT(std::set<int>(ran.begin(), ran.end()).size() == delays.size());
    RC_ASSERT(ran.size() == delays.size());
}

RC_GTEST_PROP(DispatchProperty, FifoIsAStableSortByDueTime, ()) {
    const auto delays = *rc::gen::container<std::vector<Nanoseconds>>(rc::gen::map(rc::gen::inRange<Nanoseconds>(0, 5), [](Nanoseconds d) { return d * 1'000'000; }));
    Bench bench;
    std::vector<int> expected(delays.size());
    for (std::size_t i = 0; i < delays.size(); ++i) expected[i] = static_cast<int>(i);
    std::stable_sort(expected.begin(), expected.end(), [&](int a, int b) { return delays[static_cast<std::size_t>(a)] < delays[static_cast<std::size_t>(b)]; });
    RC_ASSERT(order_of(bench, delays) == expected);
}

TEST(DispatchSeeds, EveryOrderOfThreeItemsComesUp) {
    std::set<std::vector<int>> orders;
    for (int seed = 0; seed < 200; ++seed) {
        Bench bench(with_schedule("seed:" + std::to_string(seed)));
        orders.insert(order_of(bench, {0, 0, 0}));
    }
    EXPECT_EQ(orders.size(), 6u);
}

struct TimerLog {
    Bench* bench;
    std::vector<Nanoseconds> times;
    std::vector<KIRQL> levels;
    std::vector<LayerIndex> layers;
    Handle timer = nullptr;
    int rearm = 0;
};

VOID log_timer(PVOID, PVOID context, PVOID, PVOID) {
    auto& log = *static_cast<TimerLog*>(context);
    log.times.push_back(log.bench->machine.clock().now());
    log.levels.push_back(KeGetCurrentIrql());
    log.layers.push_back(log.bench->machine.current_layer());
    if (log.rearm-- > 0) {
        LARGE_INTEGER due;
        due.QuadPart = -10'000;
        EXPECT_FALSE(NdisSetTimerObject(log.timer, due, 0, nullptr));
    }
}

LARGE_INTEGER milliseconds(int count) {
    LARGE_INTEGER due;
    due.QuadPart = -10'000LL * count;
    return due;
}

Handle make_timer(Bench& bench, TimerLog& log) {
    log.bench = &bench;
    NDIS_TIMER_CHARACTERISTICS characteristics{};
    characteristics.Header = {NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS, 1, sizeof characteristics};
    characteristics.AllocationTag = test_tag;
    characteristics.TimerFunction = log_timer;
    characteristics.FunctionContext = &log;
    NDIS_HANDLE timer = nullptr;
    EXPECT_EQ(NdisAllocateTimerObject(bench.adapter, &characteristics, &timer), NDIS_STATUS_SUCCESS);
    log.timer = timer;
    return timer;
}

TEST(Timers, ExpireAtTheirTimeAtDispatchLevelInTheirLayer) {
    Bench bench;
    TimerLog log;
    Nanoseconds set_at = 0;
    bench.as_driver([&] {
        make_timer(bench, log);
        set_at = bench.machine.clock().now();
        EXPECT_FALSE(NdisSetTimerObject(log.timer, milliseconds(5), 0, nullptr));
    });
    bench.machine.run_until_idle();
    ASSERT_EQ(log.times.size(), 1u);
    EXPECT_GE(log.times[0], set_at + 5'000'000);
    EXPECT_LT(log.times[0], set_at + 5'010'000);
    EXPECT_EQ(log.levels[0], DISPATCH_LEVEL);
    EXPECT_EQ(log.layers[0], intermediate);
    EXPECT_EQ(bench.machine.irql().current(), passive_level);
    bench.as_driver([&] { NdisFreeTimerObject(log.timer); });
    EXPECT_TRUE(bench.machine.findings().empty());
}

TEST(Timers, SettingAgainMovesAndCancelTells) {
    Bench bench;
    TimerLog log;
    bench.as_driver([&] {
        make_timer(bench, log);
        NdisSetTimerObject(log.timer, milliseconds(5), 0, nullptr);
        EXPECT_TRUE(NdisSetTimerObject(log.timer, milliseconds(9), 0, nullptr));
        EXPECT_TRUE(NdisCancelTimerObject(log.timer));
        EXPECT_FALSE(NdisCancelTimerObject(log.timer));
    });
    bench.machine.run_until_idle();
    EXPECT_TRUE(log.times.empty());
}

TEST(Timers, MayBeSetFromTheirOwnCallback) {
    Bench bench;
    TimerLog log;
    log.rearm = 3;
    bench.as_driver([&] {
        make_timer(bench, log);
        NdisSetTimerObject(log.timer, milliseconds(1), 0, nullptr);
    });
    bench.machine.run_until_idle();
    EXPECT_EQ(log.times.size(), 4u);
}

TEST(Timers, PeriodicOnesComeBackAndDoNotKeepTheMachineBusy) {
    Bench bench;
    TimerLog log;
    bench.as_driver([&] {
        make_timer(bench, log);
        NdisSetTimerObject(log.timer, milliseconds(2), 2, nullptr);
    });
    EXPECT_EQ(bench.machine.run_until_idle(), 0u);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(bench.machine.run_one());
    EXPECT_EQ(log.times.size(), 3u);
    bench.as_driver([&] { EXPECT_TRUE(NdisCancelTimerObject(log.timer)); });
    EXPECT_FALSE(bench.machine.run_one());
}

TEST(Timers, FreeingAQueuedOneIsFound) {
    Bench bench;
    TimerLog log;
    bench.as_driver([&] {
        make_timer(bench, log);
        NdisSetTimerObject(log.timer, milliseconds(2), 0, nullptr);
        NdisFreeTimerObject(log.timer);
    });
    bench.machine.run_until_idle();
    EXPECT_TRUE(log.times.empty());
    EXPECT_EQ(bench.count(FindingKind::use_after_free), 1u);
}

struct ItemLog {
    int runs = 0;
    KIRQL level = 99;
};

VOID count_and_free(PVOID context, NDIS_HANDLE item) {
    auto& log = *static_cast<ItemLog*>(context);
    ++log.runs;
    log.level = KeGetCurrentIrql();
    NdisFreeIoWorkItem(item);
}

TEST(WorkItems, RunOnceAtPassiveLevelAndMayFreeThemselves) {
    Bench bench;
    ItemLog log;
    bench.as(intermediate, [&] { NdisQueueIoWorkItem(NdisAllocateIoWorkItem(bench.adapter), count_and_free, &log); }, "TestHandler",
             {.irql = dispatch_level});
    EXPECT_EQ(log.runs, 0);
    bench.machine.run_until_idle();
    EXPECT_EQ(log.runs, 1);
    EXPECT_EQ(log.level, PASSIVE_LEVEL);
    EXPECT_TRUE(bench.machine.findings().empty());
    EXPECT_EQ(bench.machine.handles().open_count(HandleKind::work_item), 0u);
}

TEST(WorkItems, QueueingTwiceAndFreeingWhileQueuedAreFound) {
    Bench bench;
    ItemLog log;
    bench.as_driver([&] {
        NDIS_HANDLE item = NdisAllocateIoWorkItem(bench.adapter);
        NdisQueueIoWorkItem(item, count_and_free, &log);
        NdisQueueIoWorkItem(item, count_and_free, &log);
        EXPECT_EQ(bench.count(FindingKind::lock_misuse), 1u);
        NdisFreeIoWorkItem(item);
        EXPECT_EQ(bench.count(FindingKind::use_after_free), 1u);
    });
    bench.machine.run_until_idle();
    EXPECT_EQ(log.runs, 0);
}

TEST(Clock, KernelTimesFollowTheVirtualClock) {
    Bench bench;
    bench.as_driver([&] {
        LARGE_INTEGER before, after, frequency, ticks;
        NdisGetCurrentSystemTime(&before);
        NdisStallExecution(3000);
        KeQuerySystemTime(&after);
        EXPECT_EQ(after.QuadPart - before.QuadPart, 30'000);
        const LONGLONG counter = KeQueryPerformanceCounter(&frequency).QuadPart;
        NdisMSleep(1'000'000);
        EXPECT_GE(KeQueryPerformanceCounter(nullptr).QuadPart - counter, frequency.QuadPart);
        NdisGetSystemUpTimeEx(&after);
        EXPECT_EQ(after.QuadPart, 1003);
        KeQueryTickCount(&ticks);
        EXPECT_EQ(ticks.QuadPart, 1003 * 10'000 / KeQueryTimeIncrement());
    });
    EXPECT_TRUE(bench.machine.findings().empty());
}

}  // namespace
}  // namespace chimneylab::machine::test
