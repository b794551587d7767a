// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Data, events and received data on offloaded connections, through intermediate drivers, both ways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include <ndis.h>
#include <ndischimney.h>

#include "tests/drivers/stack.h"

namespace chimneylab::test {
namespace {

constexpr std::uint32_t done = CHIMNEY_HOST_STACK_DONE;
constexpr std::uint32_t target_done = CHIMNEY_TARGET_DONE;

std::uint32_t code(NDIS_STATUS status) { return static_cast<std::uint32_t>(status); }

class DataPath : public testing::TestWithParam<unsigned> {
protected:
    DataPath() : stack({.intermediate_drivers = GetParam()}) {
        neighbor = stack.neighbor();
        path = stack.path(neighbor);
        connection = stack.connection(path);
        stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, neighbor, {fresh(P, path, {fresh(T, connection)})})});
    }

    std::uint32_t start(std::uint32_t kind, std::uint32_t count, std::uint32_t bytes, std::uint32_t flags = 0, bool without_room = false) {
        chimney_host_stack_transfer command{};
        command.kind = kind;
        command.object = connection;
        command.count = count;
        command.bytes = bytes;
        command.flags = flags;
        command.without_context_room = without_room;
        EXPECT_TRUE(stack.host(IOCTL_CHIMNEY_HOST_STACK_START_TRANSFER, command));
        result = command.command.result;
        EXPECT_TRUE(result != done || command.returned == code(NDIS_STATUS_PENDING));
        return command.transfer;
    }
    chimney_host_stack_transfer transfer(std::uint32_t number) {
        chimney_host_stack_transfer command{};
        command.transfer = number;
        stack.host(IOCTL_CHIMNEY_HOST_STACK_QUERY_TRANSFER, command);
        return command;
    }
    void arrive(std::uint32_t bytes, bool push = true) {
        chimney_target_receive command{};
        command.number = 3;  // the third object that was offloaded
        command.bytes = bytes;
        command.push = push;
        ASSERT_TRUE(stack.target(IOCTL_CHIMNEY_TARGET_INDICATE_RECEIVE, command));
        ASSERT_EQ(command.command.result, target_done);
        stack.run();
    }
    void answer(std::uint32_t how, std::uint32_t bytes = 0) {
        chimney_host_stack_receive_answer command{};
        command.object = connection;
        command.answer = how;
        command.bytes = bytes;
        ASSERT_TRUE(stack.host(IOCTL_CHIMNEY_HOST_STACK_SET_RECEIVE_ANSWER, command));
    }
    void hold_sends(bool hold, bool return_send_data = true) {
        chimney_target_timing timing = stack.timing();
        timing.hold_sends = hold;
        timing.return_send_data = return_send_data;
        stack.target(IOCTL_CHIMNEY_TARGET_SET_TIMING, timing);
    }
    chimney_target_object held_connection() {
        chimney_target_object command{};
        command.index = CHIMNEY_TARGET_ANY;
        command.number = 3;
        stack.target(IOCTL_CHIMNEY_TARGET_QUERY_OBJECT, command);
        return command;
    }
    void TearDown() override {
        stack.shut_down();
        EXPECT_EQ(stack.findings(), "");
    }

    Stack stack;
    std::uint32_t neighbor = 0, path = 0, connection = 0, result = 0;
};
INSTANTIATE_TEST_SUITE_P(IntermediateDrivers, DataPath, testing::Values(0u, 1u, 2u, 8u));

TEST_P(DataPath, SendsAreAcknowledgedInOrder) {
    const auto first = start(CHIMNEY_TRANSFER_SEND, 3, 100), second = start(CHIMNEY_TRANSFER_SEND, 2, 50, 0, true);
    EXPECT_EQ(held_connection().sends_outstanding, 5u);
    stack.run();
    EXPECT_EQ(transfer(first).completed, 3u);
    EXPECT_EQ(transfer(first).bytes_transferred, 300u);
    EXPECT_EQ(transfer(second).bytes_transferred, 100u);
    EXPECT_EQ(transfer(second).first_failure, 0u);
    EXPECT_EQ(held_connection().snd_una, 1400u);
    EXPECT_EQ(stack.object(connection).bytes_sent, 400u);
}

TEST_P(DataPath, AGracefulDisconnectCompletesAfterTheSendsBeforeIt) {
    const auto send = start(CHIMNEY_TRANSFER_SEND, 2, 10), disconnect = start(CHIMNEY_TRANSFER_DISCONNECT, 1, 5, TCP_DISCONNECT_GRACEFUL_CLOSE);
    start(CHIMNEY_TRANSFER_SEND, 1, 10);
    EXPECT_EQ(result, std::uint32_t{CHIMNEY_HOST_STACK_SEND_HALF_CLOSED});
    stack.run();
    EXPECT_EQ(transfer(send).completed, 2u);
    EXPECT_EQ(transfer(disconnect).completed, 1u);
    EXPECT_EQ(transfer(disconnect).last_status, 0u);
    EXPECT_EQ(held_connection().connection_state, std::uint32_t{TcpConnectionFinWait2});
}

TEST_P(DataPath, AnAbortiveDisconnectAbortsWhatIsOutstanding) {
    hold_sends(true);
    const auto send = start(CHIMNEY_TRANSFER_SEND, 2, 10), receive = start(CHIMNEY_TRANSFER_RECEIVE, 1, 100);
    const auto disconnect = start(CHIMNEY_TRANSFER_DISCONNECT, 1, 0, TCP_DISCONNECT_ABORTIVE_CLOSE);
    stack.run();
    EXPECT_EQ(transfer(send).first_failure, code(NDIS_STATUS_REQUEST_ABORTED));
    EXPECT_EQ(transfer(receive).first_failure, code(NDIS_STATUS_REQUEST_ABORTED));
    EXPECT_EQ(transfer(disconnect).last_status, 0u);
}

TEST_P(DataPath, ForwardedSegmentsComeBack) {
    const auto forward = start(CHIMNEY_TRANSFER_FORWARD, 2, 60);
    stack.run();
    EXPECT_EQ(transfer(forward).completed, 2u);
    EXPECT_EQ(transfer(forward).first_failure, 0u);
}

TEST_P(DataPath, UnacknowledgedSendsAreHandedBackByATerminate) {
    hold_sends(true);
    const auto first = start(CHIMNEY_TRANSFER_SEND, 2, 100), second = start(CHIMNEY_TRANSFER_SEND, 1, 100);
    const auto terminated = stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(T, connection)});
    EXPECT_TRUE(terminated.finished && terminated.untouched);
    EXPECT_EQ(terminated.blocks[0].returned, 3u);
    EXPECT_EQ(transfer(first).handed_back, 2u);
    EXPECT_EQ(transfer(second).handed_back, 1u);
    EXPECT_EQ(stack.object(connection).send_data_taken_back, 3u);
}

TEST_P(DataPath, OrCompletedWithUploadInProgress) {
    hold_sends(true, false);
    const auto send = start(CHIMNEY_TRANSFER_SEND, 2, 100);
    const auto terminated = stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(T, connection)});
    EXPECT_EQ(terminated.blocks[0].returned, 0u);
    EXPECT_EQ(transfer(send).completed, 2u);
    EXPECT_EQ(transfer(send).first_failure, code(NDIS_STATUS_UPLOAD_IN_PROGRESS));
}

TEST_P(DataPath, EventsReachTheHostWithTheHandleOfItsObject) {
    chimney_target_event command{};
    command.object_kind = T;
    command.number = 3;
    command.event_type = TcpIndicateSendBacklogChange;
    command.information = 12345;
    ASSERT_TRUE(stack.target(IOCTL_CHIMNEY_TARGET_INDICATE_EVENT, command));
    ASSERT_EQ(command.command.result, target_done);
    stack.run();
    const auto object = stack.object(connection);
    EXPECT_EQ(object.events, 1u);
    EXPECT_EQ(object.last_event, std::uint32_t{TcpIndicateSendBacklogChange});
    EXPECT_EQ(object.last_event_information, 12345u);
}

TEST_P(DataPath, ANeighborIsAskedForAndTheAnswerComesDown) {
    chimney_target_event command{};
    command.object_kind = N;
    command.number = 1;
    command.event_type = NeighborReachabilityQuery;
    ASSERT_TRUE(stack.target(IOCTL_CHIMNEY_TARGET_INDICATE_EVENT, command));
    ASSERT_EQ(command.command.result, target_done);
    stack.run();
    chimney_host_stack_event event{};
    event.number = 1;
    ASSERT_TRUE(stack.host(IOCTL_CHIMNEY_HOST_STACK_QUERY_EVENT, event));
    EXPECT_EQ(event.kind, std::uint32_t{CHIMNEY_HOST_EVENT_NEIGHBOR});
    EXPECT_EQ(event.object, neighbor) << "slot B was translated to the host's handle on the way up";
    EXPECT_EQ(event.answered, 0u);
}

TEST_P(DataPath, ReceivedDataFillsPostedRequestsThenIsIndicated) {
    const auto receive = start(CHIMNEY_TRANSFER_RECEIVE, 1, 1000);
    arrive(1500);
    EXPECT_EQ(transfer(receive).completed, 1u);
    EXPECT_EQ(transfer(receive).bytes_transferred, 1000u);
    EXPECT_EQ(stack.object(connection).bytes_received, 1500u) << "500 bytes were indicated and accepted";
    EXPECT_EQ(stack.target_state().receives_lent, 0u) << "and given back";
}

TEST_P(DataPath, RefusedDataWaitsForARequest) {
    answer(CHIMNEY_RECEIVE_REFUSE);
    arrive(300);
    EXPECT_EQ(held_connection().bytes_buffered, 300u);
    arrive(100);
    EXPECT_EQ(held_connection().bytes_buffered, 400u) << "no second indication before a request";
    const auto receive = start(CHIMNEY_TRANSFER_RECEIVE, 1, 400);
    stack.run();
    EXPECT_EQ(transfer(receive).bytes_transferred, 400u);
    answer(CHIMNEY_RECEIVE_ACCEPT_PART, 120);
    arrive(200);
    EXPECT_EQ(held_connection().bytes_buffered, 80u);
    EXPECT_EQ(stack.object(connection).bytes_received, 520u);
    answer(CHIMNEY_RECEIVE_RETURN_INSIDE);
    start(CHIMNEY_TRANSFER_RECEIVE, 1, 0);
    stack.run();
    EXPECT_EQ(stack.object(connection).bytes_received, 600u) << "a request of no bytes lets indications go on";
}

TEST_P(DataPath, HeldDataMayComeBackAfterTheTerminate) {
    answer(CHIMNEY_RECEIVE_ACCEPT_AND_HOLD);
    arrive(10);
    arrive(20);
    EXPECT_EQ(stack.object(connection).received_held, 2u);
    stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(T, connection)});
    EXPECT_EQ(stack.target_state().receives_lent, 2u);
    chimney_host_stack_object command{};
    ASSERT_TRUE(stack.host(IOCTL_CHIMNEY_HOST_STACK_RETURN_RECEIVED, command));
    EXPECT_EQ(command.received_held, 2u);
    EXPECT_EQ(stack.target_state().receives_lent, 0u);
}

TEST_P(DataPath, UndeliveredDataComesUpInBufferedData) {
    answer(CHIMNEY_RECEIVE_REFUSE);
    arrive(77);
    const auto terminated = stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(T, connection)});
    EXPECT_EQ(terminated.blocks[0].status, 0u);
    EXPECT_EQ(stack.object(connection).bytes_received, 77u);
    EXPECT_EQ(stack.target_state().receives_lent, 0u) << "returned through the binding, without a connection";
}

TEST_P(DataPath, OffloadPauseStopsNewOffloadsUntilResume) {
    chimney_target_status command{};
    command.status = code(NDIS_STATUS_OFFLOAD_PAUSE);
    ASSERT_TRUE(stack.target(IOCTL_CHIMNEY_TARGET_INDICATE_STATUS, command));
    stack.run();
    const auto other = stack.neighbor();
    EXPECT_EQ(stack.start(CHIMNEY_OPERATION_INITIATE, {fresh(N, other)}), 0u);
    EXPECT_EQ(stack.last_result(), std::uint32_t{CHIMNEY_HOST_STACK_NOT_RUNNING});
    command.status = code(NDIS_STATUS_OFFLOAD_RESUME);
    ASSERT_TRUE(stack.target(IOCTL_CHIMNEY_TARGET_INDICATE_STATUS, command));
    stack.run();
    EXPECT_NE(stack.start(CHIMNEY_OPERATION_INITIATE, {fresh(N, other)}), 0u);
    stack.run();
}

TEST_P(DataPath, ASendOnInvalidatedStateAsksForUpload) {
    stack.carry_out(CHIMNEY_OPERATION_INVALIDATE, {reference(N, neighbor)});
    const auto send = start(CHIMNEY_TRANSFER_SEND, 1, 10);
    stack.run();
    EXPECT_EQ(transfer(send).completed, 0u);
    EXPECT_EQ(stack.object(connection).last_event, std::uint32_t{TcpIndicateRetrieve});
    EXPECT_EQ(stack.object(connection).last_event_information, std::uint32_t{InvalidState});
    stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(T, connection)});
    EXPECT_EQ(transfer(send).handed_back, 1u);
}

// One completion of the target carries what it was given through two virtual miniports: each edge gets its own.
TEST(DataPathOfTwoEdges, EachEdgeGetsItsOwnBack) {
    Stack stack({.intermediate_drivers = 2, .virtual_miniports = 2});
    std::uint32_t connections[2];
    for (std::uint32_t edge = 0; edge < 2; ++edge) {
        const auto n = stack.neighbor(), p = stack.path(n);
        connections[edge] = stack.connection(p);
        stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, n, {fresh(P, p, {fresh(T, connections[edge])})})}, edge + 1);
    }
    chimney_host_stack_transfer sends[2]{};
    for (std::uint32_t edge = 0; edge < 2; ++edge) {
        sends[edge].kind = CHIMNEY_TRANSFER_SEND;
        sends[edge].object = connections[edge];
        sends[edge].count = 2;
        sends[edge].bytes = 100;
        ASSERT_TRUE(stack.host(IOCTL_CHIMNEY_HOST_STACK_START_TRANSFER, sends[edge]));
    }
    stack.run();
    for (const std::uint32_t connection : connections) EXPECT_EQ(stack.object(connection).bytes_sent, 200u);
    chimney_target_receive arrival{};
    arrival.number = 6;
    arrival.bytes = 50;
    ASSERT_TRUE(stack.target(IOCTL_CHIMNEY_TARGET_INDICATE_RECEIVE, arrival));
    stack.run();
    EXPECT_EQ(stack.object(connections[0]).bytes_received, 0u);
    EXPECT_EQ(stack.object(connections[1]).bytes_received, 50u);
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

}  // namespace
}  // namespace chimneylab::test
