// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Deferred procedure calls, kernel timers and work items of the I/O manager.
#include "tests/machine/machine_fixture.h"

namespace chimneylab::machine::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class Deferred : public MachineTest {};

std::vector<std::string>* told = nullptr;

VOID deferred(PKDPC, PVOID context, PVOID first, PVOID second) {
    told->push_back(static_cast<const char*>(context) + std::to_string(reinterpret_cast<std::uintptr_t>(first)) +
                    std::to_string(reinterpret_cast<std::uintptr_t>(second)) + " at " + std::to_string(KeGetCurrentIrql()));
}

VOID work(PDEVICE_OBJECT device, PVOID context) {
    told->push_back("work at " + std::to_string(KeGetCurrentIrql()) + (device == nullptr ? "" : " for a device"));
    if (context != nullptr) IoFreeWorkItem(*static_cast<PIO_WORKITEM*>(context));
}

LARGE_INTEGER in_milliseconds(LONGLONG count) {
    LARGE_INTEGER due;
    due.QuadPart = -count * 10'000;
    return due;
}

TEST_F(Deferred, ADpcRunsOnceAtDispatchLevelWithItsFirstArguments) {
    std::vector<std::string> seen;
    told = &seen;
    KDPC dpc;
    char name[] = "dpc ";
    bench.as_driver([&] {
        KeInitializeDpc(&dpc, deferred, name);
        EXPECT_TRUE(KeInsertQueueDpc(&dpc, reinterpret_cast<PVOID>(1), reinterpret_cast<PVOID>(2)));
        EXPECT_FALSE(KeInsertQueueDpc(&dpc, reinterpret_cast<PVOID>(3), reinterpret_cast<PVOID>(4))) << "it is queued already";
    });
    machine.run_until_idle();
    EXPECT_THAT(seen, ElementsAre("dpc 12 at 2"));
    bench.as_driver([&] {
        EXPECT_FALSE(KeRemoveQueueDpc(&dpc));
        EXPECT_TRUE(KeInsertQueueDpc(&dpc, nullptr, nullptr));
        EXPECT_TRUE(KeRemoveQueueDpc(&dpc));
    });
    machine.run_until_idle();
    EXPECT_THAT(seen, SizeIs(1));
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(Deferred, ATimerIsSignalledAndQueuesItsDpc) {
    std::vector<std::string> seen;
    told = &seen;
    KDPC dpc;
    KTIMER timer;
    char name[] = "timer ";
    bench.as_driver([&] {
        KeInitializeDpc(&dpc, deferred, name);
        KeInitializeTimer(&timer);
        EXPECT_FALSE(KeSetTimer(&timer, in_milliseconds(5), &dpc));
        EXPECT_TRUE(KeSetTimer(&timer, in_milliseconds(20), &dpc)) << "moved";
        EXPECT_FALSE(KeReadStateTimer(&timer));
        const Nanoseconds before = machine.clock().now();
        EXPECT_EQ(KeWaitForSingleObject(&timer, Executive, KernelMode, FALSE, nullptr), STATUS_SUCCESS);
        EXPECT_GE(machine.clock().now() - before, 20'000'000u);
        EXPECT_TRUE(KeReadStateTimer(&timer)) << "a notification timer stays signalled";
        EXPECT_FALSE(KeCancelTimer(&timer));
    });
    machine.run_until_idle();
    EXPECT_THAT(seen, ElementsAre("timer 00 at 2"));
    bench.as_driver([&] {
        KeInitializeTimerEx(&timer, SynchronizationTimer);
        KeSetTimerEx(&timer, in_milliseconds(1), 10, nullptr);
        for (int i = 0; i < 3; ++i) EXPECT_EQ(KeWaitForSingleObject(&timer, Executive, KernelMode, FALSE, nullptr), STATUS_SUCCESS);
        EXPECT_FALSE(KeReadStateTimer(&timer)) << "each wait takes the signal";
        EXPECT_TRUE(KeCancelTimer(&timer));
    });
    machine.run_until_idle();
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(Deferred, ATimerInReleasedMemoryIsFound) {
    bench.as_driver([&] {
        auto* timer = static_cast<PKTIMER>(ExAllocatePoolWithTag(NonPagedPool, sizeof(KTIMER), test_tag));
        KeInitializeTimer(timer);
        KeSetTimer(timer, in_milliseconds(1), nullptr);
        ExFreePoolWithTag(timer, test_tag);
    });
    machine.run_until_idle();
    ASSERT_THAT(machine.findings(), SizeIs(1));
    EXPECT_EQ(machine.findings()[0].kind, FindingKind::use_after_free);
}

TEST_F(Deferred, AWorkItemOfTheIoManagerRunsAtPassiveLevelAndMayFreeItself) {
    std::vector<std::string> seen;
    told = &seen;
    PIO_WORKITEM item = nullptr;
    bench.as_driver([&] {
        item = IoAllocateWorkItem(nullptr);
        IoQueueWorkItem(item, work, DelayedWorkQueue, &item);
    });
    machine.run_until_idle();
    EXPECT_THAT(seen, ElementsAre("work at 0"));
    EXPECT_TRUE(machine.findings().empty());
    EXPECT_TRUE(machine.pool().live_allocations(intermediate).empty());
}

}  // namespace
}  // namespace chimneylab::machine::test
