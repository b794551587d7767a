// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/machine/machine_fixture.h"

namespace chimneylab::machine::test {
namespace {

using ::testing::HasSubstr;

class Handles : public MachineTest {
protected:
    const std::string& last() { return machine.findings().back().explanation; }
};

TEST_F(Handles, ResolveOnlyWhatTheyAreAndOnlyWhileOpen) {
    int object = 0;
    const Handle binding = machine.handles().open(HandleKind::binding, host, &object);
    bench.as(target, [&] {
        EXPECT_EQ(machine.handles().resolve<int>(binding, HandleKind::binding, "NdisSendNetBufferLists"), &object);
        EXPECT_TRUE(machine.findings().empty());
        EXPECT_EQ(machine.handles().resolve<int>(binding, HandleKind::miniport_adapter, "NdisMIndicateStatusEx"), nullptr);
        EXPECT_THAT(last(), HasSubstr("Offload target calls NdisMIndicateStatusEx with a binding handle of host stack where a miniport adapter handle"));
        EXPECT_EQ(machine.handles().resolve<int>(nullptr, HandleKind::binding, "f"), nullptr);
        EXPECT_THAT(last(), HasSubstr("a null pointer"));
        EXPECT_EQ(machine.handles().resolve<int>(reinterpret_cast<Handle>(0xDEDEDEDEDEDEDEDE), HandleKind::binding, "f"), nullptr);
        EXPECT_THAT(last(), HasSubstr("released memory"));
        EXPECT_EQ(machine.handles().resolve<int>(reinterpret_cast<Handle>(0xCDCDCDCDCDCDCDCD), HandleKind::binding, "f"), nullptr);
        EXPECT_THAT(last(), HasSubstr("never written"));
        EXPECT_EQ(machine.handles().resolve<int>(&object, HandleKind::binding, "f"), nullptr);
        EXPECT_THAT(last(), HasSubstr("no handle"));
        EXPECT_TRUE(machine.handles().close(binding, HandleKind::binding, "NdisCloseAdapterEx"));
        EXPECT_EQ(machine.handles().resolve<int>(binding, HandleKind::binding, "f"), nullptr);
        EXPECT_THAT(last(), HasSubstr("a closed binding handle"));
        EXPECT_FALSE(machine.handles().close(binding, HandleKind::binding, "NdisCloseAdapterEx"));
    });
    EXPECT_EQ(bench.count(FindingKind::foreign_handle), 7u);
    EXPECT_EQ(machine.findings().size(), 7u);
}

TEST_F(Handles, AreNeverGivenTwiceNorTranslated) {
    const Handle first = machine.handles().open(HandleKind::timer, host, this);
    machine.handles().close(first, HandleKind::timer, "test");
    const Handle second = machine.handles().open(HandleKind::timer, host, this);
    EXPECT_NE(first, second);
    EXPECT_EQ(machine.address_space().translate(first), reinterpret_cast<std::uint64_t>(first));
    const auto opened = bench.events(trace::EventKind::handle_opened);
    const auto closed = bench.events(trace::EventKind::handle_closed);
    ASSERT_EQ(closed.size(), 1u);
    EXPECT_EQ(machine.recorder().trace().event(closed[0].partner), opened[1]);
    EXPECT_EQ(bench.text(opened[1].name), "timer object");
}

TEST_F(Handles, AWrongNdisHandleIsFoundAndTheMemoryStillComes) {
    bench.as_driver([&] {
        EXPECT_NE(NdisAllocateMemoryWithTagPriority(this, 8, test_tag, NormalPoolPriority), nullptr);
        EXPECT_EQ(bench.count(FindingKind::foreign_handle), 1u);
        EXPECT_NE(NdisAllocateMemoryWithTagPriority(nullptr, 8, test_tag, NormalPoolPriority), nullptr);
        auto* object = static_cast<NDIS_OBJECT_HEADER*>(allocate(bench, 64));
        *object = {NDIS_OBJECT_TYPE_DEFAULT, 1, 64};
        EXPECT_NE(NdisAllocateMemoryWithTagPriority(object, 8, test_tag, NormalPoolPriority), nullptr);
    });
    EXPECT_EQ(machine.findings().size(), 1u);
}

TEST(StrictHandles, StrictModeAlsoMindsANullHandle) {
    MachineOptions options;
    options.mode = Mode::strict;
    Bench bench(options);
    bench.as_driver([&] { (void)NdisAllocateMemoryWithTagPriority(nullptr, 8, test_tag, NormalPoolPriority); });
    EXPECT_EQ(bench.count(FindingKind::strict_validation), 1u);
}

TEST_F(Handles, OpenOnesOfAnUnloadedDriverAreLeaks) {
    machine.handles().open(HandleKind::timer, target, this);
    machine.layer_unloaded(target);
    ASSERT_EQ(bench.count(FindingKind::leak), 1u);
    EXPECT_THAT(last(), HasSubstr("timer object of offload target"));
}

TEST_F(Handles, CrossingsSetLayerNestAndReturnStatus) {
    EXPECT_EQ(Machine::current(), nullptr);
    {
        DriverCall down(machine, host, "ProtocolX");
        EXPECT_EQ(Machine::current(), &machine);
        EXPECT_EQ(machine.current_layer(), host);
        NdisCall call(machine, "NdisX");
        EXPECT_EQ(machine.current_layer(), trace::ndis_layer);
        {
            DriverCall inner(machine, intermediate, "MiniportX");
            EXPECT_EQ(machine.current_layer(), intermediate);
        }
        call.set_status(NDIS_STATUS_PENDING);
    }
    EXPECT_EQ(Machine::current(), nullptr);
    EXPECT_EQ(machine.current_layer(), trace::machine_layer);
    const auto enters = bench.events(trace::EventKind::enter);
    const auto leaves = bench.events(trace::EventKind::leave);
    ASSERT_EQ(enters.size(), 3u);
    EXPECT_EQ(enters[0].layer, host);
    EXPECT_EQ(enters[0].other_layer, trace::ndis_layer);
    EXPECT_EQ(enters[1].layer, trace::ndis_layer);
    EXPECT_EQ(enters[1].other_layer, host);
    EXPECT_EQ(enters[2].depth, 2);
    EXPECT_EQ(leaves[1].status, NDIS_STATUS_PENDING);
    EXPECT_EQ(leaves[1].has_status, 1);
    EXPECT_EQ(leaves[0].has_status, 0);
}

TEST_F(Handles, TheObserverIsToldWhoRanBeforeEveryCrossing) {
    std::vector<LayerIndex> writers;
    machine.set_observer([&](LayerIndex writer) { writers.push_back(writer); });
    {
        DriverCall down(machine, host, "ProtocolX");
        NdisCall call(machine, "NdisX");
        DriverCall inner(machine, intermediate, "MiniportX");
    }
    using trace::machine_layer;
    using trace::ndis_layer;
    EXPECT_THAT(writers, ::testing::ElementsAre(machine_layer, host, ndis_layer, intermediate, ndis_layer, host));
}

TEST(HandlesDeathTest, ADdiCallOutsideOfAnyMachineSaysSo) {
    EXPECT_DEATH((void)KeGetCurrentIrql(), "KeGetCurrentIrql was called outside of any simulated machine");
}

}  // namespace
}  // namespace chimneylab::machine::test
