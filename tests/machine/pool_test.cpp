// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>
#include <map>

#include "tests/machine/machine_fixture.h"

namespace chimneylab::machine::test {
namespace {

using ::testing::HasSubstr;

class PoolTest : public MachineTest {};

TEST_F(PoolTest, MemoryIsAlignedFilledAndRecordedWithItsOwner) {
    PVOID memory = nullptr;
    bench.as_driver([&] { memory = allocate(bench, 40); });
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uint64_t>(memory) % MEMORY_ALLOCATION_ALIGNMENT, 0u);
    const auto* bytes = static_cast<const unsigned char*>(memory);
    EXPECT_TRUE(std::all_of(bytes, bytes + 40, [](unsigned char byte) { return byte == Pool::fresh_fill; }));
    const auto events = bench.events(trace::EventKind::memory_allocated);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].layer, intermediate);
    EXPECT_EQ(events[0].subject, machine.address_space().translate(memory));
    EXPECT_EQ(events[0].detail, std::uint64_t{test_tag} << 32 | 40);
    const Allocation* allocation = machine.pool().find(static_cast<std::byte*>(memory) + 39);
    ASSERT_NE(allocation, nullptr);
    EXPECT_EQ(allocation->tag, test_tag);
    EXPECT_EQ(machine.pool().find(static_cast<std::byte*>(memory) + 40), nullptr);
}

TEST_F(PoolTest, ReleasePoisonsAndPointsBackToTheAllocation) {
    bench.as_driver([&] {
        PVOID memory = allocate(bench, 64);
        NdisFreeMemory(memory, 0, 0);
        const auto* bytes = static_cast<const unsigned char*>(memory);
        EXPECT_TRUE(std::all_of(bytes, bytes + 64, [](unsigned char byte) { return byte == Pool::free_fill; }));
        ASSERT_NE(machine.pool().find(memory), nullptr);
        EXPECT_EQ(machine.pool().find_live(memory), nullptr);
    });
    const auto freed = bench.events(trace::EventKind::memory_freed);
    ASSERT_EQ(freed.size(), 1u);
    EXPECT_EQ(machine.recorder().trace().event(freed[0].partner).kind, trace::EventKind::memory_allocated);
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(PoolTest, OneByteTooManyIsFoundAtTheReleaseAndNamesTagAndOwner) {
    bench.as_driver([&] {
        auto* memory = static_cast<unsigned char*>(allocate(bench, 37));
        memory[37] = 0x41;
        NdisFreeMemory(memory, 0, 0);
    });
    ASSERT_EQ(bench.count(FindingKind::buffer_overrun), 1u);
    EXPECT_THAT(machine.findings()[0].explanation, HasSubstr("37-byte allocation 'Test' of IM 1"));
    EXPECT_EQ(machine.findings()[0].layer, intermediate);
}

TEST_F(PoolTest, AByteInFrontIsFoundToo) {
    bench.as_driver([&] {
        auto* memory = static_cast<unsigned char*>(allocate(bench, 32));
        memory[-1] = 0;
        NdisFreeMemory(memory, 0, 0);
    });
    EXPECT_EQ(bench.count(FindingKind::buffer_overrun), 1u);
}

TEST_F(PoolTest, OverrunOfMemoryThatIsNeverFreedIsFoundAtTheEnd) {
    bench.as_driver([&] { static_cast<unsigned char*>(allocate(bench, 16))[16] = 1; });
    machine.finish();
    EXPECT_EQ(bench.count(FindingKind::buffer_overrun), 1u);
    EXPECT_EQ(bench.events(trace::EventKind::run_finished)[0].status, 1);
}

TEST_F(PoolTest, DoubleFreeInvalidFreeAndFreeOfTheInside) {
    bench.as_driver([&] {
        auto* memory = static_cast<unsigned char*>(allocate(bench, 48));
        NdisFreeMemory(memory + 8, 0, 0);
        NdisFreeMemory(memory, 0, 0);
        NdisFreeMemory(memory, 0, 0);
        int local = 0;
        NdisFreeMemory(&local, 0, 0);
        NdisFreeMemory(nullptr, 0, 0);
    });
    EXPECT_EQ(bench.count(FindingKind::double_free), 1u);
    EXPECT_EQ(bench.count(FindingKind::invalid_free), 3u);
}

TEST_F(PoolTest, WrongTagIsFoundAndTheMemoryIsFreed) {
    bench.as_driver([&] {
        PVOID memory = ExAllocatePoolWithTag(NonPagedPool, 24, test_tag);
        ExFreePoolWithTag(memory, 0x21212121);
        EXPECT_EQ(machine.pool().find_live(memory), nullptr);
    });
    EXPECT_EQ(bench.count(FindingKind::invalid_free), 1u);
}

TEST_F(PoolTest, WriteAfterFreeIsFoundAfterTheDispatchThatDidIt) {
    machine.queue_work({.label = "writes late", .layer = intermediate, .run = [&] {
        bench.as_driver([&] {
            auto* memory = static_cast<unsigned char*>(allocate(bench, 32));
            NdisFreeMemory(memory, 0, 0);
            memory[5] = 7;
        });
    }});
    machine.run_one();
    ASSERT_EQ(bench.count(FindingKind::use_after_free), 1u);
    EXPECT_THAT(machine.findings()[0].explanation, HasSubstr("Byte 5 of the 32-byte"));
}

TEST_F(PoolTest, AnOldWriteAfterFreeIsFoundAtTheEnd) {
    bench.as_driver([&] {
        auto* victim = static_cast<unsigned char*>(allocate(bench, 32));
        NdisFreeMemory(victim, 0, 0);
        for (int i = 0; i < 100; ++i) NdisFreeMemory(allocate(bench, 32), 0, 0);
        victim[0] = 1;
    });
    machine.queue_work({.label = "nothing", .run = [] {}});
    machine.run_one();
    EXPECT_EQ(bench.count(FindingKind::use_after_free), 0u);
    machine.finish();
    EXPECT_EQ(bench.count(FindingKind::use_after_free), 1u);
}

TEST_F(PoolTest, MemoryOfAnUnloadedDriverIsALeakOfThatDriverOnly) {
    bench.as(intermediate, [&] { (void)allocate(bench, 10); (void)allocate(bench, 20); });
    bench.as(target, [&] { (void)ExAllocatePoolWithTag(NonPagedPool, 30, test_tag); });
    machine.handles().close(bench.adapter, HandleKind::miniport_adapter, "test");
    machine.layer_unloaded(intermediate);
    EXPECT_EQ(bench.count(FindingKind::leak), 2u);
    EXPECT_EQ(machine.pool().live_count(target), 1u);
    for (const Finding& finding : machine.findings()) EXPECT_EQ(finding.layer, intermediate);
}

TEST(PoolQuarantine, MemoryComesBackOnlyAfterTheQuarantineIsFull) {
    MachineOptions options;
    options.pool.quarantine_bytes = 1024;
    Bench bench(options);
    bench.as_driver([&] {
        PVOID first = allocate(bench, 64);
        NdisFreeMemory(first, 0, 0);
        int allocations = 0;
        for (PVOID again = nullptr; again != first; ++allocations) {
            ASSERT_LT(allocations, 100);
            again = allocate(bench, 64);
            if (again != first) NdisFreeMemory(again, 0, 0);
        }
        EXPECT_GE(allocations, 16);
    });
    EXPECT_TRUE(bench.machine.findings().empty());
}

TEST(PoolQuarantine, AFullArenaUsesUpTheQuarantineThenFails) {
    MachineOptions options;
    options.pool.arena_bytes = 1 << 20;
    Bench bench(options);
    bench.as_driver([&] {
        for (int i = 0; i < 64; ++i) {
            PVOID memory = allocate(bench, 100'000);
            ASSERT_NE(memory, nullptr) << i;
            NdisFreeMemory(memory, 0, 0);
        }
        EXPECT_EQ(allocate(bench, 2'000'000), nullptr);
        EXPECT_EQ(allocate(bench, 0xFFFFFFFF), nullptr);
    });
    EXPECT_TRUE(bench.machine.findings().empty());
}

TEST_F(PoolTest, FaultsFailWhatTheyAreAskedToFail) {
    constexpr ULONG other = 0x20202041;
    machine.pool().faults().fail_nth(2, {.tag = test_tag});
    bench.as_driver([&] {
        EXPECT_NE(allocate(bench, 8), nullptr);
        EXPECT_NE(allocate(bench, 8, other), nullptr);
        EXPECT_EQ(allocate(bench, 8), nullptr);
        EXPECT_NE(allocate(bench, 8), nullptr);
    });
    machine.pool().faults().clear();
    machine.pool().faults().fail_from(2, {.owner = target});
    bench.as(target, [&] {
        EXPECT_NE(ExAllocatePoolWithTag(NonPagedPool, 8, test_tag), nullptr);
        EXPECT_EQ(ExAllocatePoolWithTag(NonPagedPool, 8, test_tag), nullptr);
        EXPECT_EQ(ExAllocatePoolWithTag(NonPagedPool, 8, test_tag), nullptr);
    });
    bench.as_driver([&] { EXPECT_NE(allocate(bench, 8), nullptr); });
    EXPECT_EQ(bench.events(trace::EventKind::fault_injected).size(), 3u);
}

TEST(PoolFaultsByChance, TheSameSeedFailsTheSameAllocations) {
    const auto failures = [](std::uint64_t seed) {
        Bench bench;
        bench.machine.pool().faults().fail_with_probability(0.25, seed);
        std::vector<int> failed;
        bench.as_driver([&] {
            for (int i = 0; i < 400; ++i)
                if (!allocate(bench, 16)) failed.push_back(i);
        });
        return failed;
    };
    EXPECT_EQ(failures(3), failures(3));
    EXPECT_NE(failures(3), failures(4));
    EXPECT_GT(failures(3).size(), 60u);
    EXPECT_LT(failures(3).size(), 140u);
}

TEST_F(PoolTest, LookasideEntriesAreAccountedToTheirList) {
    bench.as_driver([&] {
        alignas(128) NPAGED_LOOKASIDE_LIST list;
        alignas(128) NPAGED_LOOKASIDE_LIST other;
        NdisInitializeNPagedLookasideList(&list, nullptr, nullptr, 0, 96, test_tag, 0);
        NdisInitializeNPagedLookasideList(&other, nullptr, nullptr, 0, 96, test_tag, 0);
        PVOID a = NdisAllocateFromNPagedLookasideList(&list);
        PVOID b = NdisAllocateFromNPagedLookasideList(&list);
        EXPECT_NE(a, b);
        NdisFreeToNPagedLookasideList(&list, a);
        EXPECT_EQ(list.L.TotalAllocates, 2u);
        EXPECT_EQ(list.L.TotalFrees, 1u);
        EXPECT_TRUE(machine.findings().empty());
        NdisFreeToNPagedLookasideList(&other, b);
        EXPECT_EQ(bench.count(FindingKind::invalid_free), 1u);
        NdisDeleteNPagedLookasideList(&list);
        EXPECT_EQ(bench.count(FindingKind::leak), 1u);  // b went to the other list
        EXPECT_EQ(NdisAllocateFromNPagedLookasideList(&list), nullptr);
        EXPECT_EQ(bench.count(FindingKind::foreign_handle), 1u);
        NdisDeleteNPagedLookasideList(&other);
    });
}

PVOID own_allocate(POOL_TYPE type, SIZE_T size, ULONG tag) { return ExAllocatePoolWithTag(type, size + 64, tag); }
VOID own_free(PVOID memory) { ExFreePool(memory); }

TEST_F(PoolTest, LookasideListCallsTheDriversOwnFunctions) {
    bench.as_driver([&] {
        alignas(128) NPAGED_LOOKASIDE_LIST list;
        NdisInitializeNPagedLookasideList(&list, own_allocate, own_free, 0, 32, test_tag, 0);
        PVOID entry = NdisAllocateFromNPagedLookasideList(&list);
        EXPECT_EQ(machine.pool().find_live(entry)->size, 96u);
        NdisFreeToNPagedLookasideList(&list, entry);
        EXPECT_EQ(machine.pool().find_live(entry), nullptr);
        NdisDeleteNPagedLookasideList(&list);
    });
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(PoolTest, ObserverSeesTheBytesBeforeTheyArePoisoned) {
    unsigned char seen = 0;
    unsigned char* memory = nullptr;
    machine.pool().on_free([&](const Allocation& allocation) { seen = static_cast<unsigned char>(allocation.address[3]); });
    bench.as_driver([&] {
        memory = static_cast<unsigned char*>(allocate(bench, 8));
        memory[3] = 0x5A;
        NdisFreeMemory(memory, 0, 0);
    });
    EXPECT_EQ(seen, 0x5A);
}

// Any sequence of allocations, correct and wrong releases and overruns: exactly the planted faults are found.
RC_GTEST_PROP(PoolProperty, ExactlyThePlantedFaultsAreFound, ()) {
    MachineOptions options;
    options.pool.arena_bytes = 8 << 20;
    options.pool.quarantine_bytes = 4096;
    Bench bench(options);
    struct Live { unsigned char* address; UINT size; bool damaged; unsigned char fill; };
    std::vector<Live> live;
    std::vector<unsigned char*> last_freed;
    std::size_t overruns = 0;
    std::size_t double_frees = 0;
    const int steps = *rc::gen::inRange(1, 120);
    bench.as_driver([&] {
        for (int step = 0; step < steps; ++step) {
            switch (*rc::gen::weightedElement<int>({{6, 0}, {4, 1}, {1, 2}, {1, 3}})) {
            case 0: {
                const UINT size = *rc::gen::weightedOneOf<UINT>({{5, rc::gen::inRange<UINT>(0, 300)}, {1, rc::gen::inRange<UINT>(300, 20000)}});
                auto* memory = static_cast<unsigned char*>(allocate(bench, size));
                RC_ASSERT(memory != nullptr);
                const auto fill = static_cast<unsigned char>(step + 1);
                std::memset(memory, fill, size);
                live.push_back({memory, size, false, fill});
                break;
            }
            case 1:
                if (!live.empty()) {
                    const auto index = *rc::gen::inRange<std::size_t>(0, live.size());
                    // Nobody else's memory was touched.
                    for (UINT i = 0; i < live[index].size; ++i) RC_ASSERT(live[index].address[i] == live[index].fill);
                    NdisFreeMemory(live[index].address, 0, 0);
                    last_freed = {live[index].address};
                    live.erase(live.begin() + static_cast<std::ptrdiff_t>(index));
                }
                break;
            case 2:
                if (!live.empty()) {
                    Live& victim = live[*rc::gen::inRange<std::size_t>(0, live.size())];
                    if (!victim.damaged) ++overruns;
                    victim.damaged = true;
                    victim.address[victim.size + *rc::gen::inRange<UINT>(0, 16)] = 0x11;
                }
                break;
            default:
                // Only right after the release: later the address may belong to somebody again.
                if (!last_freed.empty() && !bench.machine.pool().find_live(last_freed[0])) {
                    NdisFreeMemory(last_freed[0], 0, 0);
                    ++double_frees;
                }
            }
        }
    });
    bench.machine.finish();
    RC_ASSERT(bench.count(FindingKind::buffer_overrun) == overruns);
    RC_ASSERT(bench.count(FindingKind::double_free) == double_frees);
    RC_ASSERT(bench.machine.findings().size() == overruns + double_frees);
    RC_ASSERT(bench.machine.pool().live_count(intermediate) == live.size());
}

}  // namespace
}  // namespace chimneylab::machine::test
