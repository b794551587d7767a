// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/machine/machine_fixture.h"

namespace chimneylab::machine::test {
namespace {

using ::testing::ElementsAre;

class Waiting : public MachineTest {};

VOID set_event(PVOID context, NDIS_HANDLE item) {
    NdisSetEvent(static_cast<PNDIS_EVENT>(context));
    NdisFreeIoWorkItem(item);
}

TEST_F(Waiting, AWaitRunsOtherWorkUntilTheEventIsSet) {
    bench.as_driver([&] {
        NDIS_EVENT event;
        NdisInitializeEvent(&event);
        NdisQueueIoWorkItem(NdisAllocateIoWorkItem(bench.adapter), set_event, &event);
        EXPECT_TRUE(NdisWaitEvent(&event, 0));
        EXPECT_EQ(machine.current_layer(), intermediate);
        NdisResetEvent(&event);
        EXPECT_FALSE(NdisWaitEvent(&event, 1));
    });
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(Waiting, ATimeOutMovesTheClockAndRunsOnlyWhatIsDueBefore) {
    bool early = false, late = false;
    machine.queue_work({.label = "early", .delay = 2'000'000, .run = [&] { early = true; }});
    machine.queue_work({.label = "late", .delay = 900'000'000, .run = [&] { late = true; }});
    bench.as_driver([&] {
        NDIS_EVENT event;
        NdisInitializeEvent(&event);
        const Nanoseconds before = machine.clock().now();
        EXPECT_FALSE(NdisWaitEvent(&event, 20));
        EXPECT_EQ(machine.clock().now() - before, 20'000'000u);
    });
    EXPECT_TRUE(early);
    EXPECT_FALSE(late);
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(Waiting, AWaitThatNothingCanEndIsADeadlockAndReturns) {
    bench.as_driver([&] {
        NDIS_EVENT event;
        NdisInitializeEvent(&event);
        EXPECT_FALSE(NdisWaitEvent(&event, 0));
    });
    EXPECT_EQ(bench.count(FindingKind::deadlock), 1u);
}

TEST(WaitBounds, WorkThatAlwaysComesBackCannotHoldAWaitForEver) {
    MachineOptions options;
    options.nested_wait_limit = 5;
    options.wait_dispatch_limit = 50;
    Bench bench(options);
    std::size_t deepest = 0;
    std::function<void()> waits = [&] {
        deepest = std::max(deepest, bench.machine.wait_depth());
        bench.machine.queue_work({.label = "again", .layer = intermediate, .run = waits});
        bench.as_driver([&] {
            NDIS_EVENT event;
            NdisInitializeEvent(&event);
            EXPECT_FALSE(NdisWaitEvent(&event, 0));
        });
    };
    bench.machine.queue_work({.label = "first", .layer = intermediate, .run = waits});
    EXPECT_TRUE(bench.machine.run_one());
    EXPECT_EQ(deepest, 5u);
    EXPECT_EQ(bench.machine.wait_depth(), 0u);
    EXPECT_GT(bench.count(FindingKind::deadlock), 0u);
}

TEST_F(Waiting, SynchronizationEventsWakeOneNotificationEventsStay) {
    bench.as_driver([&] {
        KEVENT once, stays;
        LARGE_INTEGER now;
        now.QuadPart = 0;
        KeInitializeEvent(&once, SynchronizationEvent, TRUE);
        KeInitializeEvent(&stays, NotificationEvent, FALSE);
        EXPECT_EQ(KeWaitForSingleObject(&once, Executive, KernelMode, FALSE, &now), STATUS_SUCCESS);
        EXPECT_EQ(KeWaitForSingleObject(&once, Executive, KernelMode, FALSE, &now), STATUS_TIMEOUT);
        EXPECT_EQ(KeSetEvent(&stays, 0, FALSE), 0);
        EXPECT_EQ(KeSetEvent(&stays, 0, FALSE), 1);
        EXPECT_EQ(KeWaitForSingleObject(&stays, Executive, KernelMode, FALSE, &now), STATUS_SUCCESS);
        EXPECT_EQ(KeReadStateEvent(&stays), 1);
        EXPECT_EQ(KeResetEvent(&stays), 1);
        EXPECT_EQ(KeReadStateEvent(&stays), 0);
    });
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(Waiting, AMutexIsRecursiveForItsOwnerAndRefusesStrangers) {
    NDIS_MUTEX mutex;
    bench.as_driver([&] {
        NDIS_INIT_MUTEX(&mutex);
        NDIS_WAIT_FOR_MUTEX(&mutex);
        NDIS_WAIT_FOR_MUTEX(&mutex);
        NDIS_RELEASE_MUTEX(&mutex);
    });
    machine.queue_work({.label = "stranger", .layer = intermediate, .run = [&] {
        bench.as_driver([&] {
            LARGE_INTEGER now;
            now.QuadPart = 0;
            EXPECT_EQ(KeWaitForSingleObject(&mutex, Executive, KernelMode, FALSE, &now), STATUS_TIMEOUT);
            NDIS_RELEASE_MUTEX(&mutex);
        });
    }});
    machine.run_until_idle();
    EXPECT_EQ(bench.count(FindingKind::lock_misuse), 1u);
    bench.as_driver([&] { NDIS_RELEASE_MUTEX(&mutex); });
    EXPECT_EQ(mutex.Header.SignalState, 1);
    EXPECT_EQ(mutex.OwnerThread, nullptr);
}

// A worker thread as drivers write it: waits for work, does it, waits again, ends when told to.
struct Worker {
    Bench* bench;
    KEVENT wake;
    KEVENT gone;
    bool stop = false;
    std::vector<int> done;
    int requests = 0;
};

VOID worker_thread(PVOID context) {
    auto& worker = *static_cast<Worker*>(context);
    for (;;) {
        KeWaitForSingleObject(&worker.wake, Executive, KernelMode, FALSE, nullptr);
        if (worker.stop) break;
        worker.done.push_back(worker.requests);
        LARGE_INTEGER millisecond;
        millisecond.QuadPart = -10'000;
        KeDelayExecutionThread(KernelMode, FALSE, &millisecond);
    }
    KeSetEvent(&worker.gone, 0, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
    ADD_FAILURE() << "PsTerminateSystemThread returned";
}

TEST_F(Waiting, ASystemThreadWaitsForWorkWithoutStoppingTheMachine) {
    Worker worker;
    worker.bench = &bench;
    bench.as_driver([&] {
        KeInitializeEvent(&worker.wake, SynchronizationEvent, FALSE);
        KeInitializeEvent(&worker.gone, NotificationEvent, FALSE);
        HANDLE thread = nullptr;
        ASSERT_EQ(PsCreateSystemThread(&thread, 0, nullptr, nullptr, nullptr, worker_thread, &worker), STATUS_SUCCESS);
        ZwClose(thread);
    });
    machine.run_until_idle();
    EXPECT_EQ(machine.system_threads().alive(), 1u);
    for (int request = 1; request <= 3; ++request) {
        bench.as_driver([&] {
            worker.requests = request;
            KeSetEvent(&worker.wake, 0, FALSE);
        });
        machine.run_until_idle();
    }
    EXPECT_THAT(worker.done, ElementsAre(1, 2, 3));
    bench.as_driver([&] {
        worker.stop = true;
        KeSetEvent(&worker.wake, 0, FALSE);
        KeWaitForSingleObject(&worker.gone, Executive, KernelMode, FALSE, nullptr);
    });
    machine.run_until_idle();
    EXPECT_EQ(machine.system_threads().alive(), 0u);
    EXPECT_TRUE(machine.findings().empty());
    // Each slice is a call of its own: nothing stays open.
    EXPECT_FALSE(machine.recorder().innermost().valid());
}

struct TimedWait {
    NTSTATUS status = -1;
    KEVENT event;
};

VOID waits_a_while(PVOID context) {
    auto& wait = *static_cast<TimedWait*>(context);
    LARGE_INTEGER limit;
    limit.QuadPart = -50'000;
    wait.status = KeWaitForSingleObject(&wait.event, Executive, KernelMode, FALSE, &limit);
}

TEST_F(Waiting, AThreadsWaitTimesOutOrIsSatisfied) {
    for (const bool set : {false, true}) {
        TimedWait wait;
        KeInitializeEvent(&wait.event, NotificationEvent, FALSE);
        const Nanoseconds before = machine.clock().now();
        bench.as_driver([&] {
            HANDLE thread = nullptr;
            PsCreateSystemThread(&thread, 0, nullptr, nullptr, nullptr, waits_a_while, &wait);
            ZwClose(thread);
        });
        machine.run_one();
        if (set) bench.as_driver([&] { KeSetEvent(&wait.event, 0, FALSE); });
        machine.run_until_idle();
        EXPECT_EQ(wait.status, set ? STATUS_SUCCESS : STATUS_TIMEOUT);
        EXPECT_EQ(machine.clock().now() - before >= 5'000'000, !set);
    }
    EXPECT_EQ(machine.system_threads().alive(), 0u);
    EXPECT_TRUE(machine.findings().empty());
}

VOID waits_for_ever(PVOID context) { KeWaitForSingleObject(context, Executive, KernelMode, FALSE, nullptr); }

TEST_F(Waiting, AThreadThatOutlivesItsDriverIsALeak) {
    KEVENT never;
    bench.as(target, [&] {
        KeInitializeEvent(&never, NotificationEvent, FALSE);
        HANDLE thread = nullptr;
        PsCreateSystemThread(&thread, 0, nullptr, nullptr, nullptr, waits_for_ever, &never);
        ZwClose(thread);
    });
    machine.run_until_idle();
    EXPECT_TRUE(machine.findings().empty());
    machine.layer_unloaded(target);
    EXPECT_EQ(bench.count(FindingKind::leak), 1u);
}

}  // namespace
}  // namespace chimneylab::machine::test
