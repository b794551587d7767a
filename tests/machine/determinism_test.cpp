// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "engine/trace/cursor.h"
#include "engine/trace/fingerprint.h"
#include "tests/machine/machine_fixture.h"

namespace chimneylab::machine::test {
namespace {

int somewhere_in_the_image = 0;

struct Job {
    Bench* bench;
    NDIS_HANDLE timer;
    int left;
    std::vector<PVOID> memory;
};

VOID work(PVOID context, NDIS_HANDLE item) {
    auto& job = *static_cast<Job*>(context);
    job.memory.push_back(NdisAllocateMemoryWithTagPriority(job.bench->adapter, 40 + static_cast<UINT>(job.left), test_tag, NormalPoolPriority));
    DbgPrint("work item %p on %p, local %p, global %p, %I64x", item, job.memory.back(), &job, &somewhere_in_the_image, job.memory.back());
    NdisFreeIoWorkItem(item);
}

VOID tick(PVOID, PVOID context, PVOID, PVOID) {
    auto& job = *static_cast<Job*>(context);
    for (int i = 0; i < 3; ++i) NdisQueueIoWorkItem(NdisAllocateIoWorkItem(job.bench->adapter), work, &job);
    if (!job.memory.empty()) {
        NdisFreeMemory(job.memory.front(), 0, 0);
        job.memory.erase(job.memory.begin());
    }
    if (--job.left > 0) {
        LARGE_INTEGER due;
        due.QuadPart = -20'000;
        NdisSetTimerObject(job.timer, due, 0, nullptr);
    }
}

// Timers, work items, memory, printing of addresses, a wait, a mistake, and a watched region full of pointers.
trace::Trace run(std::string_view schedule) {
    Bench bench(with_schedule(schedule));
    Machine& machine = bench.machine;
    trace::RegionId region;
    std::uint64_t* watched = nullptr;
    const auto seen = [&] { return machine.address_space().translate_words(std::as_bytes(std::span(watched, 8))); };
    machine.set_observer([&](LayerIndex writer) {
        if (watched) machine.recorder().observe(region, seen(), writer);
    });
    Job job{&bench, nullptr, 6, {}};
    bench.as_driver([&] {
        watched = static_cast<std::uint64_t*>(NdisAllocateMemoryWithTagPriority(bench.adapter, 64, test_tag, NormalPoolPriority));
        std::memset(watched, 0, 64);
        trace::Region description;
        description.size = 64;
        description.address = machine.address_space().translate(watched);
        region = machine.recorder().begin_region(description, seen());
        NDIS_TIMER_CHARACTERISTICS characteristics{};
        characteristics.Header = {NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS, 1, sizeof characteristics};
        characteristics.TimerFunction = tick;
        characteristics.FunctionContext = &job;
        NdisAllocateTimerObject(bench.adapter, &characteristics, &job.timer);
        LARGE_INTEGER due;
        due.QuadPart = -10'000;
        NdisSetTimerObject(job.timer, due, 0, nullptr);
        watched[0] = reinterpret_cast<std::uint64_t>(watched);
        watched[1] = reinterpret_cast<std::uint64_t>(&job);
        watched[2] = reinterpret_cast<std::uint64_t>(&somewhere_in_the_image);
        watched[3] = reinterpret_cast<std::uint64_t>(&tick);
        watched[4] = reinterpret_cast<std::uint64_t>(bench.adapter);
        watched[5] = 0x000005B400000010;  // two small numbers that look like an address
        watched[6] = 0xDEDEDEDEDEDEDEDE;
        watched[7] = reinterpret_cast<std::uint64_t>(&job) + 8;
        NdisMSleep(5000);
    });
    machine.run_until_idle();
    bench.as_driver([&] { NdisFreeMemory(&job, 0, 0); });
    machine.finish();
    return machine.recorder().take();
}

TEST(Determinism, TwoMachinesInOneProcessAtOtherAddressesGiveTheSameTrace) {
    for (const char* schedule : {"fifo", "lifo", "seed:1", "seed:2"}) {
        const trace::Trace first = run(schedule);
        // Whatever the second machine gets, it is not the first one's memory.
        void* const obstacle = mmap(nullptr, std::size_t{3} << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        Bench other;
        const trace::Trace second = run(schedule);
        if (obstacle != MAP_FAILED) munmap(obstacle, std::size_t{3} << 30);
        EXPECT_GT(first.size(), 100u);
        ASSERT_EQ(first.size(), second.size());
        for (std::size_t i = 0; i < first.size(); ++i) {
            const trace::EventId id(static_cast<std::uint32_t>(i));
            ASSERT_EQ(first.text(first.event(id).name), second.text(second.event(id).name)) << "event " << i;
            ASSERT_EQ(first.event(id), second.event(id)) << "event " << i << " of " << schedule;
        }
        EXPECT_TRUE(std::ranges::equal(first.byte_heap(), second.byte_heap()));
        EXPECT_TRUE(first == second) << schedule;
    }
}

// Another process has another layout of its address space. The child is this same test, told to print.
TEST(Determinism, AnotherProcessGetsTheSameFingerprint) {
    const std::string own = "fingerprint " + trace::fingerprint_text(trace::fingerprint(run("seed:5")));
    if (std::getenv("CHIMNEYLAB_PRINT_FINGERPRINT")) {
        std::puts(own.c_str());
        return;
    }
    for (int repetition = 0; repetition < 3; ++repetition) {
        std::string output;
        std::FILE* child = popen("CHIMNEYLAB_PRINT_FINGERPRINT=1 \"$(readlink -f /proc/$PPID/exe)\" "
                                 "--gtest_filter=Determinism.AnotherProcessGetsTheSameFingerprint", "r");
        ASSERT_NE(child, nullptr);
        char line[256];
        while (std::fgets(line, sizeof line, child)) output += line;
        EXPECT_EQ(pclose(child), 0);
        EXPECT_THAT(output, ::testing::HasSubstr(own));
    }
}

TEST(Determinism, DifferentSchedulesGiveDifferentTraces) { EXPECT_FALSE(run("seed:1") == run("seed:2")); }

TEST(Determinism, NoAddressOfThisProcessIsInATrace) {
    const trace::Trace trace = run("fifo");
    for (const trace::Event& event : trace.events()) EXPECT_FALSE(event.subject >= 0x10000 && event.subject < 0x0000800000000000) << event.subject;
    // The watched words as they were last seen while they were alive.
    trace::Cursor cursor(trace);
    const trace::RegionId region(0);
    cursor.seek(trace::EventId(static_cast<std::uint32_t>(trace.size() - 1)));
    const auto word = [&](std::uint32_t index) { return cursor.word(region, index * 8).value_or(0); };
    EXPECT_EQ(word(0), trace.region(region).address);
    EXPECT_GE(word(1), AddressSpace::process_base);
    EXPECT_EQ(word(2) >> 24, AddressSpace::other_image_base >> 24);
    EXPECT_EQ(word(3) >> 24, AddressSpace::other_image_base >> 24);
    EXPECT_TRUE(HandleTable::is_handle_value(word(4)));
    EXPECT_EQ(word(5), 0x000005B400000010u);
    EXPECT_EQ(word(6), 0xDEDEDEDEDEDEDEDEu);
    EXPECT_GE(word(7), AddressSpace::process_base);
    EXPECT_NE(word(7), word(1));
}

TEST(Determinism, AddressesAreTranslatedByWhatTheyPointInto) {
    Bench bench;
    AddressSpace& space = bench.machine.address_space();
    int local = 0;
    bench.as_driver([&] {
        auto* memory = static_cast<std::byte*>(allocate(bench, 64));
        EXPECT_EQ(space.translate(memory) >> 36, AddressSpace::pool_base >> 36);
        EXPECT_EQ(space.translate(memory + 5), space.translate(memory) + 5);
    });
    EXPECT_GE(space.translate(&local), AddressSpace::process_base);
    EXPECT_EQ(space.translate(&local), space.translate(&local));
    EXPECT_NE(space.translate(&local), space.translate(reinterpret_cast<char*>(&local) + 1));
    EXPECT_GE(space.translate(&somewhere_in_the_image), AddressSpace::other_image_base);
    EXPECT_LT(space.translate(&somewhere_in_the_image), AddressSpace::image_base);
    for (const std::uint64_t word : {std::uint64_t{0}, std::uint64_t{5}, std::uint64_t{0x000005B400000010}, std::uint64_t{0xDEDEDEDEDEDEDEDE}, ~std::uint64_t{0}})
        EXPECT_EQ(space.translate_word(word), word);
    std::vector<int> later(1 << 20);
    EXPECT_GE(space.translate(later.data()), AddressSpace::process_base);
    // A registered image keeps its offsets.
    space.register_image("test.so", reinterpret_cast<const void*>(&run));
    const std::uint64_t function = space.translate(reinterpret_cast<const void*>(&work));
    EXPECT_GE(function, AddressSpace::image_base);
    EXPECT_EQ(space.translate(reinterpret_cast<const void*>(&tick)) - function,
              reinterpret_cast<std::uint64_t>(&tick) - reinterpret_cast<std::uint64_t>(&work));
}

TEST(Determinism, OnlyWholeWordsAtTheirPlaceAreTranslated) {
    Bench bench;
    int local = 0;
    alignas(8) std::byte bytes[28] = {};
    const void* pointer = &local;
    std::memcpy(bytes + 8, &pointer, 8);
    std::memcpy(bytes + 20, &pointer, 8);
    const auto seen = bench.machine.address_space().translate_words(bytes);
    ASSERT_EQ(seen.size(), sizeof bytes);
    std::uint64_t word = 0;
    std::memcpy(&word, seen.data() + 8, 8);
    EXPECT_EQ(word, bench.machine.address_space().translate(pointer));
    EXPECT_EQ(std::memcmp(seen.data() + 20, bytes + 20, 8), 0);
}

}  // namespace
}  // namespace chimneylab::machine::test
