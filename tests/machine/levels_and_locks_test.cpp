// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/machine/machine_fixture.h"

namespace chimneylab::machine::test {
namespace {

using ::testing::HasSubstr;

class LevelsAndLocks : public MachineTest {};

TEST_F(LevelsAndLocks, RaiseAndLowerAreRecordedWithOldAndNew) {
    bench.as_driver([&] {
        KIRQL old = 99;
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        EXPECT_EQ(old, PASSIVE_LEVEL);
        EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
        KeLowerIrql(old);
        EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    });
    const auto changes = bench.events(trace::EventKind::irql_changed);
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_EQ(changes[0].detail, 0x0002u);
    EXPECT_EQ(changes[1].detail, 0x0200u);
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(LevelsAndLocks, ACallAtTheWrongLevelIsFoundAndCarriedOut) {
    bench.as(intermediate, [&] {
        NDIS_EVENT event;
        NdisInitializeEvent(&event);
        NdisSetEvent(&event);
        EXPECT_TRUE(NdisWaitEvent(&event, 0));
    }, "TestHandler", {.irql = dispatch_level});
    ASSERT_EQ(bench.count(FindingKind::wrong_irql), 1u);
    EXPECT_THAT(machine.findings()[0].explanation, HasSubstr("NdisWaitEvent at DISPATCH_LEVEL"));
}

TEST_F(LevelsAndLocks, RaisingDownAndLoweringUpAreFound) {
    bench.as_driver([&] {
        KIRQL old = 0;
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        KIRQL ignored = 0;
        KeRaiseIrql(APC_LEVEL, &ignored);
        KeLowerIrql(DISPATCH_LEVEL);
        KeLowerIrql(old);
    });
    EXPECT_EQ(bench.count(FindingKind::wrong_irql), 2u);
}

TEST_F(LevelsAndLocks, AHandlerThatReturnsAtAnotherLevelIsFoundAndTheLevelRestored) {
    bench.as_driver([&] {
        KIRQL old = 0;
        KeRaiseIrql(DISPATCH_LEVEL, &old);
    });
    EXPECT_EQ(bench.count(FindingKind::wrong_irql), 1u);
    EXPECT_EQ(machine.irql().current(), passive_level);
}

TEST_F(LevelsAndLocks, SpinLocksRaiseAndRestore) {
    bench.as_driver([&] {
        NDIS_SPIN_LOCK outer, inner;
        NdisAllocateSpinLock(&outer);
        NdisAllocateSpinLock(&inner);
        NdisAcquireSpinLock(&outer);
        EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
        NdisDprAcquireSpinLock(&inner);
        EXPECT_EQ(machine.locks().held_count(), 2u);
        NdisDprReleaseSpinLock(&inner);
        EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
        NdisReleaseSpinLock(&outer);
        EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
        NdisFreeSpinLock(&outer);
        KSPIN_LOCK plain;
        KeInitializeSpinLock(&plain);
        KIRQL level = 99;
        KeAcquireSpinLock(&plain, &level);
        EXPECT_EQ(level, PASSIVE_LEVEL);
        EXPECT_EQ(plain, 1u);
        KeReleaseSpinLock(&plain, level);
        EXPECT_EQ(plain, 0u);
    });
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(LevelsAndLocks, AcquiringAHeldLockIsAFindingInsteadOfAHang) {
    bench.as_driver([&] {
        NDIS_SPIN_LOCK lock;
        NdisAllocateSpinLock(&lock);
        NdisAcquireSpinLock(&lock);
        NdisAcquireSpinLock(&lock);
        EXPECT_EQ(bench.count(FindingKind::lock_misuse), 1u);
        NdisReleaseSpinLock(&lock);
        // The second acquisition overwrote the saved level, as it would on the real machine.
        EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
        NdisReleaseSpinLock(&lock);
        KeLowerIrql(PASSIVE_LEVEL);
    });
    EXPECT_EQ(machine.findings().size(), 1u);
}

TEST_F(LevelsAndLocks, ReleasingAFreeLockAndDprAtPassiveAreFound) {
    bench.as_driver([&] {
        NDIS_SPIN_LOCK lock;
        NdisAllocateSpinLock(&lock);
        NdisDprAcquireSpinLock(&lock);
        NdisDprReleaseSpinLock(&lock);
        EXPECT_EQ(bench.count(FindingKind::wrong_irql), 2u);
        KIRQL old = KeRaiseIrqlToDpcLevel();
        NdisDprReleaseSpinLock(&lock);
        KeLowerIrql(old);
        EXPECT_EQ(bench.count(FindingKind::lock_misuse), 1u);
    });
}

TEST_F(LevelsAndLocks, ALockHeldAfterTheDispatchIsFound) {
    NDIS_SPIN_LOCK lock;
    machine.queue_work({.label = "forgets", .layer = intermediate, .irql = dispatch_level, .run = [&] {
        bench.as_driver([&] {
            NdisAllocateSpinLock(&lock);
            NdisDprAcquireSpinLock(&lock);
        });
    }});
    machine.run_one();
    ASSERT_EQ(bench.count(FindingKind::lock_misuse), 1u);
    EXPECT_EQ(machine.findings()[0].layer, intermediate);
}

TEST_F(LevelsAndLocks, LocksInReleasedMemoryAreFound) {
    bench.as_driver([&] {
        auto* lock = static_cast<PNDIS_SPIN_LOCK>(allocate(bench, sizeof(NDIS_SPIN_LOCK)));
        NdisAllocateSpinLock(lock);
        NdisAcquireSpinLock(lock);
        NdisFreeMemory(lock, 0, 0);
        EXPECT_EQ(bench.count(FindingKind::lock_misuse), 1u);
        NdisDprReleaseSpinLock(lock);
        EXPECT_EQ(bench.count(FindingKind::use_after_free), 1u);
        KeLowerIrql(PASSIVE_LEVEL);
    });
}

TEST_F(LevelsAndLocks, ManyMayReadOneMayWrite) {
    bench.as_driver([&] {
        NDIS_RW_LOCK lock;
        LOCK_STATE first, second;
        NdisInitializeReadWriteLock(&lock);
        NdisAcquireReadWriteLock(&lock, FALSE, &first);
        NdisAcquireReadWriteLock(&lock, FALSE, &second);
        EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
        NdisReleaseReadWriteLock(&lock, &second);
        EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
        NdisReleaseReadWriteLock(&lock, &first);
        EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
        EXPECT_TRUE(machine.findings().empty());
        NdisAcquireReadWriteLock(&lock, TRUE, &first);
        NdisAcquireReadWriteLock(&lock, FALSE, &second);
        EXPECT_EQ(bench.count(FindingKind::lock_misuse), 1u);
        NdisReleaseReadWriteLock(&lock, &second);
        NdisReleaseReadWriteLock(&lock, &first);
        PNDIS_RW_LOCK_EX later = NdisAllocateRWLock(bench.adapter);
        LOCK_STATE_EX state;
        NdisAcquireRWLockWrite(later, &state, 0);
        NdisReleaseRWLock(later, &state);
        NdisAcquireRWLockRead(later, &state, 0);
        NdisReleaseRWLock(later, &state);
        NdisFreeRWLock(later);
    });
    EXPECT_EQ(machine.findings().size(), 1u);
}

TEST_F(LevelsAndLocks, InterlockedListsKeepTheirOrder) {
    bench.as_driver([&] {
        NDIS_SPIN_LOCK lock;
        NdisAllocateSpinLock(&lock);
        LIST_ENTRY head, a, b, c;
        NdisInitializeListHead(&head);
        EXPECT_EQ(NdisInterlockedRemoveHeadList(&head, &lock), nullptr);
        EXPECT_EQ(NdisInterlockedInsertTailList(&head, &a, &lock), nullptr);
        EXPECT_EQ(NdisInterlockedInsertTailList(&head, &b, &lock), &a);
        EXPECT_EQ(NdisInterlockedInsertHeadList(&head, &c, &lock), &a);
        EXPECT_EQ(NdisInterlockedRemoveHeadList(&head, &lock), &c);
        EXPECT_EQ(NdisInterlockedRemoveHeadList(&head, &lock), &a);
        alignas(16) SLIST_HEADER stack;
        alignas(16) SINGLE_LIST_ENTRY x;
        alignas(16) SINGLE_LIST_ENTRY y;
        NdisInitializeSListHead(&stack);
        EXPECT_EQ(NdisInterlockedPushEntrySList(&stack, &x, &lock), nullptr);
        EXPECT_EQ(NdisInterlockedPushEntrySList(&stack, &y, &lock), &x);
        EXPECT_EQ(NdisQueryDepthSList(&stack), 2);
        EXPECT_EQ(NdisInterlockedPopEntrySList(&stack, &lock), &y);
        EXPECT_EQ(NdisInterlockedPopEntrySList(&stack, &lock), &x);
        EXPECT_EQ(NdisInterlockedPopEntrySList(&stack, &lock), nullptr);
        EXPECT_EQ(NdisQueryDepthSList(&stack), 0);
    });
    EXPECT_TRUE(machine.findings().empty());
}

}  // namespace
}  // namespace chimneylab::machine::test
