// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Broken drivers: completions and indications that would go round for ever, and garbage in everything that a driver can
// write. Each is a finding, none a crash or a hang.
#include <gmock/gmock.h>

#include <cstring>

#include "tests/ndis/rig.h"

namespace chimneylab::ndis::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using machine::FindingKind;
using trace::EventKind;

struct OneConnection {
    Rig::Object* object;
    PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block;
    explicit OneConnection(Rig& rig) : object(rig.object(TcpOffloadState, "T1")), block(rig.block(object)) {}
};

TEST(EndlessCompletion, NestedIsStoppedAtTheFirstLap) {
    Rig rig(1);
    rig.im(1).habits.forget_source_handle = true;
    ASSERT_TRUE(rig.boot());
    OneConnection connection(rig);
    rig.start(ChimneyInitiate, connection.block);
    rig.run();
    ASSERT_EQ(rig.findings(FindingKind::endless_completion), 1u) << rig.all_findings();
    EXPECT_THAT(rig.all_findings(), HasSubstr("IM 1 completes to itself"));
    EXPECT_THAT(rig.all_findings(), HasSubstr("SourceHandle"));
    EXPECT_EQ(rig.completions_seen_by_im, 1u);
    EXPECT_THAT(rig.completed, IsEmpty()) << "the host never hears of it";
}

TEST(EndlessCompletion, AsynchronousIsStoppedToo) {
    Rig rig(1);
    rig.im(1).habits.forget_source_handle = rig.im(1).habits.complete_later = true;
    ASSERT_TRUE(rig.boot());
    OneConnection connection(rig);
    rig.start(ChimneyQuery, connection.block);
    rig.run();
    EXPECT_EQ(rig.findings(FindingKind::endless_completion), 1u) << rig.all_findings();
    EXPECT_TRUE(rig.machine.pending().empty());
}

TEST(EndlessCompletion, LapsCanBeAllowedAndAreCounted) {
    for (const bool later : {false, true}) {
        NdisOptions options;
        options.laps = 5;
        Rig rig(1, {}, options);
        rig.im(1).habits.forget_source_handle = true;
        rig.im(1).habits.forget_slot_b = true;  // so that the driver itself survives being called again
        rig.im(1).habits.complete_later = later;
        ASSERT_TRUE(rig.boot());
        OneConnection connection(rig);
        connection.object->handle->MiniportOffloadContext = nullptr;
        rig.start(ChimneyInitiate, connection.block);
        rig.run();
        EXPECT_EQ(rig.findings(FindingKind::endless_completion), 1u) << rig.all_findings();
        EXPECT_EQ(rig.completions_seen_by_im, 6u);
    }
}

TEST(EndlessCompletion, TheDriverBelowIsNotTakenForTheCulprit) {
    Rig rig(2);
    rig.im(1).habits.forget_source_handle = true;
    ASSERT_TRUE(rig.boot());
    OneConnection connection(rig);
    rig.start(ChimneyInitiate, connection.block);
    rig.run();
    ASSERT_EQ(rig.findings(FindingKind::endless_completion), 1u);
    EXPECT_EQ(rig.machine.findings().back().layer, 1);
}

TEST(EndlessCompletion, OfASendThatKeepsItsSourceHandle) {
    Rig rig(1);
    rig.im(1).habits.keep_source_handle_of_lists = true;
    ASSERT_TRUE(rig.boot());
    OneConnection connection(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, connection.block));
    NET_BUFFER_LIST list{};
    rig.as(0, [&] { NdisOffloadTcpSend(connection.object->handle, &list); });
    rig.run();
    EXPECT_EQ(rig.findings(FindingKind::endless_completion), 1u) << rig.all_findings();
    EXPECT_THAT(rig.host().lists_completed, IsEmpty());
}

TEST(EndlessCompletion, OfAnIndicationWithTheDriversOwnHandle) {
    Rig rig(1);
    rig.im(1).habits.indicate_own_handle = true;
    ASSERT_TRUE(rig.boot());
    OneConnection connection(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, connection.block));
    auto* entry = static_cast<OffloadEntry*>(connection.object->handle->MiniportOffloadContext);
    rig.as(2, [&] { rig.target().ndis.NdisTcpOffloadEventHandler(&entry->handle, TcpIndicateAbort, 0); });
    EXPECT_EQ(rig.findings(FindingKind::endless_completion), 1u) << rig.all_findings();
    EXPECT_THAT(rig.im(1).events, SizeIs(1));
    EXPECT_THAT(rig.all_findings(), HasSubstr("indicates to itself"));
}

TEST(EndlessCompletion, ATreeReissuedFromItsCompletionIsNoCircle) {
    Rig rig(0);
    rig.target().habits.complete = Habits::Complete::inside;
    ASSERT_TRUE(rig.boot());
    OneConnection connection(rig);
    for (int i = 0; i < 100; ++i) rig.start(ChimneyQuery, connection.block);
    EXPECT_THAT(rig.completed, SizeIs(100));
    EXPECT_EQ(rig.findings(FindingKind::endless_completion), 0u) << rig.all_findings();
}

TEST(CompletingTwice, FaithfulDeliversStrictRefuses) {
    for (const auto mode : {machine::Mode::faithful, machine::Mode::strict}) {
        machine::MachineOptions options;
        options.mode = mode;
        Rig rig(0, options);
        rig.target().habits.complete = Habits::Complete::on_request;
        ASSERT_TRUE(rig.boot());
        OneConnection connection(rig);
        rig.start(ChimneyInitiate, connection.block);
        connection.block->Status = NDIS_STATUS_FAILURE;
        rig.finish_held(0);
        rig.as(1, [&] {
            NdisMInitiateOffloadComplete(rig.target_adapter, reinterpret_cast<PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST>(connection.block));
        });
        EXPECT_EQ(rig.completed.size(), mode == machine::Mode::faithful ? 2u : 1u);
        EXPECT_EQ(rig.findings(FindingKind::strict_validation), mode == machine::Mode::faithful ? 0u : 1u) << rig.all_findings();
    }
}

TEST(CompletingTwice, ForEverIsStopped) {
    Rig rig(0);
    rig.target().habits.complete = Habits::Complete::on_request;
    ASSERT_TRUE(rig.boot());
    OneConnection connection(rig);
    rig.start(ChimneyInitiate, connection.block);
    rig.as(1, [&] {
        for (int i = 0; i < 1000 && rig.findings(FindingKind::endless_completion) == 0; ++i)
            NdisMInitiateOffloadComplete(rig.target_adapter, reinterpret_cast<PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST>(connection.block));
    });
    EXPECT_EQ(rig.findings(FindingKind::endless_completion), 1u);
    EXPECT_THAT(rig.completed, SizeIs(16));
}

// Writes garbage into every pointer of a tree in turn, at the host, and offloads it.
TEST(Garbage, InAnyPointerOfABlockIsAFinding) {
    const std::uintptr_t garbage[] = {1, 0xDEDEDEDEDEDEDEDE, 0xCDCDCDCDCDCDCDCD, 0x00007fffffffeff8, 0xFFFFFA8000000000, 8, 0x7777};
    for (const std::uintptr_t value : garbage) {
        for (const std::size_t offset : {offsetof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, NextBlock), offsetof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, DependentBlockList),
                                         offsetof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, OffloadHandle), offsetof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, NetBufferListChain)}) {
            Rig rig(1);
            ASSERT_TRUE(rig.boot());
            OneConnection connection(rig);
            std::memcpy(reinterpret_cast<std::byte*>(connection.block) + offset, &value, sizeof(value));
            rig.start(ChimneyInitiate, connection.block);
            EXPECT_EQ(rig.machine.findings().size(), 1u) << std::hex << value << " at " << offset << "\n" << rig.all_findings();
            EXPECT_THAT(rig.completed, IsEmpty());
        }
    }
}

TEST(Garbage, InWhatADriverLeavesInTheTreeIsSurvived) {
    const std::uintptr_t garbage[] = {1, 0xDEDEDEDEDEDEDEDE, 0x00007fffffffeff8, 24};
    for (const std::uintptr_t value : garbage) {
        Rig rig(1);
        rig.target().habits.complete = Habits::Complete::on_request;
        ASSERT_TRUE(rig.boot());
        OneConnection connection(rig);
        rig.start(ChimneyQuery, connection.block);
        connection.block->ImReserved[0] = connection.block->SourceHandle = reinterpret_cast<PVOID>(value);
        connection.block->NextBlock = reinterpret_cast<PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>(value);
        connection.block->OffloadHandle = reinterpret_cast<PNDIS_OFFLOAD_HANDLE>(value);
        rig.as(2, [&] { NdisMQueryOffloadStateComplete(rig.target_adapter, reinterpret_cast<PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST>(connection.block)); });
        EXPECT_EQ(rig.findings(FindingKind::foreign_handle), 1u) << rig.all_findings();
        rig.as(1, [&] {
            NdisQueryOffloadState(rig.im(1).bindings[0]->handle, connection.block);
            NdisOffloadTcpSend(reinterpret_cast<PNDIS_OFFLOAD_HANDLE>(value), nullptr);
            rig.im(1).ndis.NdisTcpOffloadEventHandler(reinterpret_cast<NDIS_HANDLE>(value), 0, 0);
            rig.im(1).ndis.NdisTcpOffloadSendComplete(nullptr, reinterpret_cast<PNET_BUFFER_LIST>(value));
        });
    }
}

TEST(Garbage, ATreeThatWasFreedIsUseAfterFree) {
    Rig rig(1);
    ASSERT_TRUE(rig.boot());
    OneConnection connection(rig);
    rig.free(connection.block);
    rig.start(ChimneyQuery, connection.block);
    ASSERT_EQ(rig.findings(FindingKind::use_after_free), 1u) << rig.all_findings();
    EXPECT_THAT(rig.all_findings(), HasSubstr("released by host stack"));
}

TEST(Garbage, ATreeFreedWhileItIsUnderWayEndsItsRegions) {
    Rig rig(1);
    rig.target().habits.complete = Habits::Complete::on_request;
    ASSERT_TRUE(rig.boot());
    OneConnection connection(rig);
    rig.start(ChimneyQuery, connection.block);
    rig.free(connection.block);
    rig.finish_held(0);
    EXPECT_EQ(rig.findings(FindingKind::use_after_free), 1u) << rig.all_findings();
    const auto& trace = rig.machine.recorder().trace();
    EXPECT_TRUE(trace.region(rig.events(EventKind::operation_started)[0]->region).died.valid());
}

TEST(Garbage, CyclesAreFoundAtOnce) {
    Rig rig(1);
    ASSERT_TRUE(rig.boot());
    OneConnection connection(rig);
    auto* other = rig.block(rig.object(TcpOffloadState));
    connection.block->NextBlock = other;
    other->NextBlock = connection.block;
    rig.start(ChimneyInitiate, connection.block);
    EXPECT_EQ(rig.findings(FindingKind::endless_completion), 1u) << rig.all_findings();
    EXPECT_THAT(rig.all_findings(), HasSubstr("does not end"));
}

TEST(Garbage, TablesOfMissingHandlersAreFindings) {
    Rig rig(0);
    rig.host().habits.chimney = false;
    ASSERT_TRUE(rig.boot());
    OneConnection connection(rig);
    rig.start(ChimneyInitiate, connection.block);
    rig.run();
    EXPECT_EQ(rig.findings(FindingKind::foreign_handle), 1u) << rig.all_findings();
    EXPECT_THAT(rig.all_findings(), HasSubstr("registered no such completion handler"));
}

TEST(Strict, TellsWhatTheShippingNdisTakesOnTrust) {
    machine::MachineOptions options;
    options.mode = machine::Mode::strict;
    Rig rig(1, options);
    rig.im(1).habits.wrong_miniport_handle = true;
    ASSERT_TRUE(rig.boot()) << rig.all_findings();
    OneConnection connection(rig);
    rig.start(ChimneyQuery, connection.block);
    rig.run();
    EXPECT_THAT(rig.all_findings(), HasSubstr("not offloaded"));
    EXPECT_EQ(rig.completed.size(), 1u) << "strict reports and goes on";
}

TEST(Determinism, TwoRunsOfOneStoryAreEqual) {
    const auto story = [] {
        Rig rig(2);
        EXPECT_TRUE(rig.boot());
        OneConnection connection(rig);
        for (auto operation : {ChimneyInitiate, ChimneyQuery, ChimneyTerminate}) EXPECT_TRUE(rig.do_operation(operation, connection.block));
        std::vector<std::string> lines;
        const trace::Trace& trace = rig.machine.recorder().trace();
        for (const trace::Event& event : trace.events()) {
            std::string line = std::to_string(static_cast<int>(event.kind)) + " " + std::string(trace.text(event.name)) + " " + std::to_string(event.subject) +
                               " " + std::to_string(event.detail) + " " + std::to_string(event.virtual_time);
            for (const trace::Change& change : trace.changes(event)) {
                for (const std::byte byte : trace.after(change)) line += " " + std::to_string(static_cast<int>(byte));
            }
            lines.push_back(line);
        }
        return lines;
    };
    const auto first = story();
    const std::vector<char> shift(12345);  // the heap is not where it was
    const auto second = story();
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t i = 0; i < first.size(); ++i) ASSERT_EQ(first[i], second[i]) << i;
}

}  // namespace
}  // namespace chimneylab::ndis::test
