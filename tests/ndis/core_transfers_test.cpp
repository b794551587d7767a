// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// I/O operations, their completions, indications and NdisMGetOffloadHandlers (facts IM-106 and IM-107).
#include <gmock/gmock.h>

#include <array>

#include "tests/ndis/core_platform.h"

namespace chimneylab::ndis::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Transfers : public ::testing::Test {
protected:
    Transfers() {
        stack.add_binding(upper);
        stack.add_binding(lower);
        handle.NdisReserved[0] = Stack::value(upper);
        handle.MiniportOffloadContext = &context;
        for (std::size_t i = 0; i + 1 < lists.size(); ++i) lists[i].Next = &lists[i + 1];
    }
    Stack stack;
    int context = 0;
    NDIS_OFFLOAD_HANDLE handle{};
    std::array<NET_BUFFER_LIST, 6> lists{};
};

TEST_F(Transfers, TheMiniportGetsTheValueOfTheContext) {  // IM-106
    EXPECT_EQ(NdisOffloadTcpSend(&handle, &lists[0]), NDIS_STATUS_PENDING);
    EXPECT_EQ(NdisOffloadTcpReceive(&handle, &lists[0]), NDIS_STATUS_PENDING);
    EXPECT_EQ(NdisOffloadTcpForward(&handle, &lists[0]), NDIS_STATUS_PENDING);
    EXPECT_EQ(NdisOffloadTcpDisconnect(&handle, &lists[0], TCP_DISCONNECT_ABORTIVE_CLOSE), NDIS_STATUS_PENDING);
    std::vector<std::string> names;
    for (const HandlerCall& call : stack.handlers) {
        names.push_back(call.name);
        EXPECT_EQ(call.offload_context, &context);
        EXPECT_EQ(call.context, Stack::value(upper + 2));
        EXPECT_EQ(call.chain, &lists[0]);
    }
    EXPECT_THAT(names, ElementsAre("MiniportTcpOffloadSend", "MiniportTcpOffloadReceive", "MiniportTcpOffloadForward",
                                   "MiniportTcpOffloadDisconnect"));
    EXPECT_EQ(stack.handlers[3].flags, static_cast<ULONG>(TCP_DISCONNECT_ABORTIVE_CLOSE));
    for (const NET_BUFFER_LIST& list : lists) EXPECT_EQ(list.SourceHandle, Stack::value(upper));
}

TEST_F(Transfers, TheReturnValueIsTheMiniports) {
    stack.status_to_return = NDIS_STATUS_RESOURCES;
    EXPECT_EQ(NdisOffloadTcpSend(&handle, &lists[0]), NDIS_STATUS_RESOURCES);
}

TEST_F(Transfers, ReceiveReturnGoesByTheBindingAndWritesNothing) {
    lists[0].SourceHandle = Stack::value(0x55);
    NdisOffloadTcpReceiveReturn(Stack::value(lower), &lists[0]);
    ASSERT_EQ(stack.handlers.size(), 1u);
    EXPECT_EQ(stack.handlers[0].name, "MiniportTcpOffloadReceiveReturn");
    EXPECT_EQ(stack.handlers[0].context, Stack::value(lower + 2));
    EXPECT_EQ(lists[0].SourceHandle, Stack::value(0x55));
}

TEST_F(Transfers, ACompletionIsSplitAtEveryChangeOfSourceHandle) {  // IM-107
    const std::uintptr_t sources[] = {upper, upper, lower, upper, lower, lower};
    for (std::size_t i = 0; i < lists.size(); ++i) lists[i].SourceHandle = Stack::value(sources[i]);
    ChimneyTransferCompletes(&stack.platform, ChimneySend, Stack::value(0xDEAD), &lists[0]);
    ASSERT_EQ(stack.handlers.size(), 4u);
    EXPECT_THAT(stack.handlers[0].members, ElementsAre(&lists[0], &lists[1]));
    EXPECT_EQ(stack.handlers[0].context, Stack::value(upper + 1));
    EXPECT_THAT(stack.handlers[1].members, ElementsAre(&lists[2]));
    EXPECT_EQ(stack.handlers[1].context, Stack::value(lower + 1));
    EXPECT_THAT(stack.handlers[2].members, ElementsAre(&lists[3]));
    EXPECT_THAT(stack.handlers[3].members, ElementsAre(&lists[4], &lists[5]));
    for (std::size_t i = 0; i < lists.size(); ++i) EXPECT_EQ(lists[i].SourceHandle, Stack::value(sources[i])) << "IM-108";
}

TEST_F(Transfers, NullSourceHandlesInFrontGoWithTheRunThatFollows) {
    const std::uintptr_t sources[] = {0, upper, 0, 0, lower, lower};
    for (std::size_t i = 0; i < lists.size(); ++i) lists[i].SourceHandle = Stack::value(sources[i]);
    ChimneyTransferCompletes(&stack.platform, ChimneyReceive, nullptr, &lists[0]);
    ASSERT_EQ(stack.handlers.size(), 2u);
    EXPECT_EQ(stack.handlers[0].name, "ProtocolTcpOffloadReceiveComplete");
    EXPECT_THAT(stack.handlers[0].members, ElementsAre(&lists[0], &lists[1]));
    EXPECT_THAT(stack.handlers[1].members, ElementsAre(&lists[2], &lists[3], &lists[4], &lists[5]));
}

TEST_F(Transfers, OnlyNullSourceHandlesAreAFinding) {
    ChimneyTransferCompletes(&stack.platform, ChimneyForward, nullptr, &lists[0]);
    EXPECT_THAT(stack.handlers, IsEmpty());
    ASSERT_EQ(stack.findings.size(), 1u);
    EXPECT_EQ(stack.findings[0].kind, ChimneyBadHandle);
}

TEST_F(Transfers, TheHandlersOfTheTableCompleteThroughTheBindingsTable) {
    PNDIS_OFFLOAD_EVENT_HANDLERS common = nullptr;
    ASSERT_EQ(NdisMGetOffloadHandlers(nullptr, NdisTcpChimneyOffload, &common), NDIS_STATUS_SUCCESS);
    ASSERT_EQ(common->Header.Type, NdisTcpChimneyOffload);
    ASSERT_EQ(common->Header.Revision, NDIS_OBJECT_TCP_OFFLOAD_REVISION_1);
    ASSERT_EQ(common->Header.Size, sizeof(NDIS_TCP_OFFLOAD_EVENT_HANDLERS));
    const auto& table = *reinterpret_cast<NDIS_TCP_OFFLOAD_EVENT_HANDLERS*>(common);
    for (NET_BUFFER_LIST& list : lists) list.SourceHandle = Stack::value(upper);
    table.NdisTcpOffloadSendComplete(nullptr, &lists[0]);
    table.NdisTcpOffloadReceiveComplete(nullptr, &lists[0]);
    table.NdisTcpOffloadDisconnectComplete(nullptr, &lists[0]);
    table.NdisTcpOffloadForwardComplete(nullptr, &lists[0]);
    std::vector<std::string> names;
    for (const HandlerCall& call : stack.handlers) names.push_back(call.name);
    EXPECT_THAT(names, ElementsAre("ProtocolTcpOffloadSendComplete", "ProtocolTcpOffloadReceiveComplete",
                                   "ProtocolTcpOffloadDisconnectComplete", "ProtocolTcpOffloadForwardComplete"));
    PNDIS_OFFLOAD_EVENT_HANDLERS again = nullptr;
    ASSERT_EQ(NdisMGetOffloadHandlers(Stack::value(9), NdisTcpChimneyOffload, &again), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(again, common) << "one table for everybody";
}

TEST_F(Transfers, OtherChimneyTypesAreNotSupportedAndTheirTableIsNotTouched) {
    auto* marker = reinterpret_cast<PNDIS_OFFLOAD_EVENT_HANDLERS>(&context);
    for (auto type : {NdisIpsecChimneyOffload, NdisRdmaChimneyOffload, NdisMaxChimneyOffload}) {
        PNDIS_OFFLOAD_EVENT_HANDLERS table = marker;
        EXPECT_EQ(NdisMGetOffloadHandlers(nullptr, type, &table), NDIS_STATUS_NOT_SUPPORTED);
        EXPECT_EQ(table, marker);
    }
}

TEST_F(Transfers, IndicationsGoToTheBindingInTheHandleWithTheHandleAsContext) {
    PNDIS_OFFLOAD_EVENT_HANDLERS common = nullptr;
    ASSERT_EQ(NdisMGetOffloadHandlers(nullptr, NdisTcpChimneyOffload, &common), NDIS_STATUS_SUCCESS);
    const auto& table = *reinterpret_cast<NDIS_TCP_OFFLOAD_EVENT_HANDLERS*>(common);
    table.NdisTcpOffloadEventHandler(&handle, TcpIndicateRetrieve, HighDropRate);
    stack.status_to_return = NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED;
    stack.bytes_consumed = 17;
    lists[0].SourceHandle = Stack::value(0x33);
    ULONG consumed = 0;
    EXPECT_EQ(table.NdisTcpOffloadReceiveHandler(&handle, &lists[0], NDIS_STATUS_SUCCESS, &consumed),
              NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED);
    EXPECT_EQ(consumed, 17u);
    EXPECT_EQ(lists[0].SourceHandle, Stack::value(0x33));
    ASSERT_EQ(stack.handlers.size(), 2u);
    EXPECT_EQ(stack.handlers[0].name, "ProtocolTcpOffloadEvent");
    EXPECT_EQ(stack.handlers[0].context, &handle);
    EXPECT_EQ(stack.handlers[0].flags, static_cast<ULONG>(TcpIndicateRetrieve));
    EXPECT_EQ(stack.handlers[0].information, static_cast<ULONG>(HighDropRate));
    EXPECT_EQ(stack.handlers[1].context, &handle);
    EXPECT_EQ(stack.handlers[1].chain, &lists[0]);
}

TEST_F(Transfers, DataThatCannotBeDeliveredIsRefused) {
    NDIS_OFFLOAD_HANDLE never{};
    ULONG consumed = 99;
    EXPECT_EQ(ChimneyReceivedDataGoesUp(&stack.platform, &never, &lists[0], NDIS_STATUS_SUCCESS, &consumed),
              NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED);
    EXPECT_EQ(consumed, 0u);
    EXPECT_EQ(stack.findings.size(), 1u);
}

TEST_F(Transfers, AnOffloadEventGoesToEveryBindingThatTakesIt) {
    stack.on_miniport = {stack.add_binding(0x3000), stack.add_binding(0x4000), stack.add_binding(0x5000)};
    stack.client(0x4000).IndicateOffloadEventHandler = nullptr;
    NDIS_MINIPORT_OFFLOAD_BLOCK_LIST block{};
    NdisMOffloadEventIndicate(nullptr, &block, NeighborReachabilityQuery);
    ASSERT_EQ(stack.handlers.size(), 2u);
    EXPECT_EQ(stack.handlers[0].context, Stack::value(0x3001));
    EXPECT_EQ(stack.handlers[1].context, Stack::value(0x5001));
    EXPECT_EQ(stack.handlers[1].block, &block);
    EXPECT_EQ(stack.handlers[1].flags, static_cast<ULONG>(NeighborReachabilityQuery));
}

TEST_F(Transfers, MissingHandlersAndGarbageAreFindings) {
    stack.provider_tcp(upper).TcpOffloadSendHandler = nullptr;
    EXPECT_EQ(NdisOffloadTcpSend(&handle, &lists[0]), NDIS_STATUS_FAILURE);
    EXPECT_EQ(NdisOffloadTcpSend(reinterpret_cast<PNDIS_OFFLOAD_HANDLE>(0x3), &lists[0]), NDIS_STATUS_FAILURE);
    stack.client_tcp(upper).TcpOffloadSendCompleteHandler = nullptr;
    lists[0].Next = nullptr;
    ChimneyTransferCompletes(&stack.platform, ChimneySend, nullptr, &lists[0]);
    ASSERT_EQ(stack.findings.size(), 3u);
    EXPECT_EQ(stack.findings[0].kind, ChimneyMissingHandler);
    EXPECT_EQ(stack.findings[1].kind, ChimneyBadAddress);
    EXPECT_EQ(stack.findings[2].kind, ChimneyMissingHandler);
    EXPECT_THAT(stack.handlers, IsEmpty());
}

}  // namespace

TEST(OutsideAnyMachine, CallsDoNothing) {
    ASSERT_EQ(Stack::current, nullptr);
    NdisInitiateOffload(nullptr, nullptr);
    NdisMOffloadEventIndicate(nullptr, nullptr, 0);
    EXPECT_EQ(NdisOffloadTcpSend(nullptr, nullptr), NDIS_STATUS_FAILURE);
}

}  // namespace chimneylab::ndis::test
