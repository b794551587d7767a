// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The five operations from the host stack through 0 to 8 intermediate drivers to the offload target and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ndis.h>

#include "engine/trace/history.h"
#include "tests/drivers/stack.h"

namespace chimneylab::test {
namespace {

class Depth : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(IntermediateDrivers, Depth, testing::Range(0u, 9u));

std::vector<std::uint32_t> statuses(const OperationResult& result) {
    std::vector<std::uint32_t> all;
    for (const BlockResult& block : result.blocks) all.push_back(block.status);
    return all;
}

TEST_P(Depth, AllFiveOperationsGoDownAndComeBackUntouched) {
    Stack stack({.intermediate_drivers = GetParam()});
    ASSERT_TRUE(stack.booted()) << stack.findings();
    const auto n1 = stack.neighbor();
    const auto p1 = stack.path(n1);
    const auto t1 = stack.connection(p1), t2 = stack.connection(p1);

    Node t1_node = fresh(T, t1);
    t1_node.send_lists = 3;
    t1_node.send_bytes = 100;
    const auto initiated = stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, n1, {fresh(P, p1, {t1_node, fresh(T, t2)})})});
    ASSERT_TRUE(initiated.finished);
    EXPECT_TRUE(initiated.untouched);
    EXPECT_THAT(statuses(initiated), testing::Each(0u));
    EXPECT_EQ(stack.object(t1).bytes_sent, 300u) << "the send data was acknowledged and came back by completions";
    for (const std::uint32_t number : {n1, p1, t1, t2}) {
        EXPECT_EQ(stack.object(number).state, std::uint32_t{CHIMNEY_OBJECT_OFFLOADED});
        EXPECT_NE(stack.object(number).offload_context, 0u);
    }
    EXPECT_EQ(stack.target_state().connections, 2u);

    const Tree references{reference(N, n1, {reference(P, p1, {reference(T, t1), reference(T, t2)})})};
    for (const std::uint32_t kind : {CHIMNEY_OPERATION_QUERY, CHIMNEY_OPERATION_UPDATE, CHIMNEY_OPERATION_INVALIDATE,
                                     CHIMNEY_OPERATION_TERMINATE}) {
        const auto result = stack.carry_out(kind, references);
        ASSERT_TRUE(result.finished) << "operation " << kind << " refused with " << stack.last_result();
        EXPECT_TRUE(result.untouched) << "operation " << kind;
        EXPECT_THAT(statuses(result), testing::Each(0u)) << "operation " << kind;
    }
    for (const std::uint32_t number : {n1, p1, t1, t2}) {
        EXPECT_EQ(stack.object(number).state, std::uint32_t{CHIMNEY_OBJECT_IN_HOST});
        EXPECT_EQ(stack.object(number).offload_context, 0u);
    }
    EXPECT_EQ(stack.target_state().neighbors + stack.target_state().paths + stack.target_state().connections, 0u);
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

TEST_P(Depth, EachIntermediateDriverHoldsOneCallEntryForEachOperationAndReleasesIt) {
    Stack stack({.intermediate_drivers = GetParam()});
    const auto n1 = stack.neighbor(), p1 = stack.path(n1), t1 = stack.connection(p1);
    stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, n1, {fresh(P, p1, {fresh(T, t1)})})});
    const Tree references{reference(N, n1, {reference(P, p1, {reference(T, t1)})})};
    stack.carry_out(CHIMNEY_OPERATION_QUERY, references);
    stack.carry_out(CHIMNEY_OPERATION_TERMINATE, references);
    stack.shut_down();
    const trace::History history(stack.machine().recorder().trace());
    EXPECT_EQ(history.operations().size(), 3u);
    EXPECT_EQ(history.call_entries().size(), 3u * GetParam());
    for (const trace::CallEntry& entry : history.call_entries()) EXPECT_TRUE(entry.released.valid());
    EXPECT_EQ(history.offload_entries().size(), 3u * GetParam());
    for (const trace::OffloadEntry& entry : history.offload_entries()) EXPECT_TRUE(entry.released.valid());
}

TEST_P(Depth, CompletionInsideTheCall) {
    Stack stack({.intermediate_drivers = GetParam()});
    stack.complete_by(CHIMNEY_TARGET_SYNCHRONOUS);
    const auto n1 = stack.neighbor(), p1 = stack.path(n1), t1 = stack.connection(p1);
    const auto initiated = stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, n1, {fresh(P, p1, {fresh(T, t1)})})});
    EXPECT_TRUE(initiated.finished && initiated.inside_call && initiated.untouched);
    const auto terminated = stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(N, n1, {reference(P, p1, {reference(T, t1)})})});
    EXPECT_TRUE(terminated.finished && terminated.inside_call && terminated.untouched);
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

TEST(Operations, PlaceholdersLinkersAndPartialSuccess) {
    Stack stack({.intermediate_drivers = 2});
    const auto n1 = stack.neighbor(), p1 = stack.path(n1), p2 = stack.path(n1);
    const auto t1 = stack.connection(p1), t2 = stack.connection(p1), t3 = stack.connection(p2);

    // The documents' worked example: T2 for lack of resources, P2 otherwise, T3 not attempted.
    chimney_target_failure failure{};
    failure.operation_kind = CHIMNEY_OPERATION_INITIATE;
    failure.nth_operation = 1;
    failure.block_index = 3;
    failure.status = static_cast<std::uint32_t>(NDIS_STATUS_RESOURCES);
    stack.target(IOCTL_CHIMNEY_TARGET_ADD_FAILURE, failure);
    failure.block_index = 4;
    failure.status = static_cast<std::uint32_t>(NDIS_STATUS_FAILURE);
    stack.target(IOCTL_CHIMNEY_TARGET_ADD_FAILURE, failure);
    auto result = stack.carry_out(CHIMNEY_OPERATION_INITIATE,
                                  {fresh(N, n1, {fresh(P, p1, {fresh(T, t1), fresh(T, t2)}), fresh(P, p2, {fresh(T, t3)})})});
    const auto partial = static_cast<std::uint32_t>(NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS);
    const auto failed = static_cast<std::uint32_t>(NDIS_STATUS_FAILURE);
    const auto resources = static_cast<std::uint32_t>(NDIS_STATUS_RESOURCES);
    EXPECT_THAT(statuses(result), testing::ElementsAre(partial, partial, 0u, resources, failed, failed));
    EXPECT_TRUE(result.untouched);
    EXPECT_EQ(result.blocks[3].context, 0u) << "nothing is published for an object that failed";
    EXPECT_EQ(stack.object(t2).state, std::uint32_t{CHIMNEY_OBJECT_IN_HOST});

    // Placeholder, linker, two new connections of which one fails; then a linker all of whose dependents fail.
    failure.block_index = 3;
    failure.status = static_cast<std::uint32_t>(NDIS_STATUS_OFFLOAD_TCP_ENTRIES);
    stack.target(IOCTL_CHIMNEY_TARGET_ADD_FAILURE, failure);
    result = stack.carry_out(CHIMNEY_OPERATION_INITIATE,
                             {placeholder(N, {reference(P, p1, {fresh(T, t2), fresh(T, stack.connection(p1))})})});
    EXPECT_THAT(statuses(result), testing::ElementsAre(0u, partial, 0u, static_cast<std::uint32_t>(NDIS_STATUS_OFFLOAD_TCP_ENTRIES)));
    failure.block_index = 1;
    stack.target(IOCTL_CHIMNEY_TARGET_ADD_FAILURE, failure);
    const auto t4 = stack.connection(p1);
    result = stack.carry_out(CHIMNEY_OPERATION_INITIATE, {reference(P, p1, {fresh(T, t4)})});
    EXPECT_THAT(statuses(result), testing::ElementsAre(failed, static_cast<std::uint32_t>(NDIS_STATUS_OFFLOAD_TCP_ENTRIES)));
    // The linker's object is as offloaded as before.
    result = stack.carry_out(CHIMNEY_OPERATION_QUERY, {reference(P, p1)});
    EXPECT_THAT(statuses(result), testing::ElementsAre(0u));
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "") << "what is still offloaded is uploaded when the stack goes";
}

TEST(Operations, CapacityDecidesWhatIsOffloaded) {
    Stack stack({.intermediate_drivers = 1});
    chimney_target_capacity capacity{};
    stack.target(IOCTL_CHIMNEY_TARGET_QUERY_CAPACITY, capacity);
    capacity.connections = 2;
    stack.target(IOCTL_CHIMNEY_TARGET_SET_CAPACITY, capacity);
    const auto n1 = stack.neighbor(), p1 = stack.path(n1), p2 = stack.path(n1);
    const auto result = stack.carry_out(
        CHIMNEY_OPERATION_INITIATE,
        {fresh(N, n1, {fresh(P, p1, {fresh(T, stack.connection(p1))}), fresh(P, p2, {fresh(T, stack.connection(p2)), fresh(T, stack.connection(p2))})})});
    EXPECT_THAT(statuses(result), testing::ElementsAre(0u, 0u, 0u, static_cast<std::uint32_t>(NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS), 0u,
                                                       static_cast<std::uint32_t>(NDIS_STATUS_OFFLOAD_TCP_ENTRIES)));
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

TEST(Operations, TerminateFailsThenEndsTheObject) {
    Stack stack({.intermediate_drivers = 2});
    const auto n1 = stack.neighbor(), p1 = stack.path(n1), t1 = stack.connection(p1);
    stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, n1, {fresh(P, p1, {fresh(T, t1)})})});
    chimney_target_timing timing = stack.timing();
    timing.hold_sends = 1;
    stack.target(IOCTL_CHIMNEY_TARGET_SET_TIMING, timing);
    chimney_host_stack_transfer send{};
    send.kind = CHIMNEY_TRANSFER_SEND;
    send.object = t1;
    send.count = 2;
    send.bytes = 10;
    ASSERT_TRUE(stack.host(IOCTL_CHIMNEY_HOST_STACK_START_TRANSFER, send));
    ASSERT_EQ(send.command.result, std::uint32_t{CHIMNEY_HOST_STACK_DONE});
    chimney_target_failure failure{};
    failure.operation_kind = CHIMNEY_OPERATION_TERMINATE;
    failure.nth_operation = 1;
    failure.block_index = CHIMNEY_TARGET_ANY;
    failure.status = static_cast<std::uint32_t>(NDIS_STATUS_FAILURE);
    stack.target(IOCTL_CHIMNEY_TARGET_ADD_FAILURE, failure);
    ASSERT_EQ(failure.command.result, std::uint32_t{CHIMNEY_TARGET_DONE});

    auto result = stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(T, t1)});
    EXPECT_THAT(statuses(result), testing::ElementsAre(static_cast<std::uint32_t>(NDIS_STATUS_FAILURE)));
    EXPECT_EQ(stack.object(t1).state, std::uint32_t{CHIMNEY_OBJECT_TERMINATE_FAILED});
    EXPECT_EQ(stack.object(t1).events, 2u) << "Retrieve and Abort reach the host through both drivers";
    EXPECT_EQ(stack.object(t1).transfers_outstanding, 2u);
    result = stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(T, t1)});
    EXPECT_THAT(statuses(result), testing::ElementsAre(0u));
    EXPECT_EQ(stack.object(t1).state, std::uint32_t{CHIMNEY_OBJECT_IN_HOST});
    stack.host(IOCTL_CHIMNEY_HOST_STACK_QUERY_TRANSFER, send);
    EXPECT_EQ(send.completed, 2u);
    EXPECT_EQ(send.last_status, static_cast<std::uint32_t>(NDIS_STATUS_REQUEST_ABORTED));
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

TEST(Operations, ReorderedAndHeldCompletions) {
    Stack stack({.intermediate_drivers = 3});
    const auto n1 = stack.neighbor(), p1 = stack.path(n1), t1 = stack.connection(p1);
    stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, n1, {fresh(P, p1, {fresh(T, t1)})})});
    stack.complete_by(CHIMNEY_TARGET_REORDERED);
    std::vector<std::uint32_t> queries;
    for (int i = 0; i < 4; ++i) queries.push_back(stack.start(CHIMNEY_OPERATION_QUERY, {reference(T, t1)}));
    stack.run();
    std::vector<std::uint32_t> order;
    for (const std::uint32_t query : queries) order.push_back(stack.result(query).order);
    EXPECT_THAT(order, testing::ElementsAre(5u, 4u, 3u, 2u)) << "the youngest first";

    stack.complete_by(CHIMNEY_TARGET_HELD);
    const auto first = stack.start(CHIMNEY_OPERATION_QUERY, {reference(T, t1)});
    const auto second = stack.start(CHIMNEY_OPERATION_QUERY, {reference(N, n1)});
    stack.run();
    chimney_target_held held{};
    held.position = 1;
    stack.target(IOCTL_CHIMNEY_TARGET_COMPLETE_HELD, held);
    EXPECT_EQ(held.remaining, 1u);
    const std::uint64_t root_of_second = held.root;
    EXPECT_NE(root_of_second, 0u);
    stack.run();
    EXPECT_TRUE(stack.result(second).finished);
    held.position = 0;
    stack.target(IOCTL_CHIMNEY_TARGET_COMPLETE_HELD, held);
    EXPECT_NE(held.root, 0u);
    EXPECT_NE(held.root, root_of_second);
    stack.run();
    EXPECT_TRUE(stack.result(first).finished);
    stack.target(IOCTL_CHIMNEY_TARGET_COMPLETE_HELD, held);
    EXPECT_EQ(held.command.result, std::uint32_t{CHIMNEY_TARGET_NOTHING_HELD});
    EXPECT_EQ(held.root, 0u);
    stack.complete_by(CHIMNEY_TARGET_DELAYED);
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

TEST(Operations, TwoVirtualMiniportsOverOneBinding) {
    Stack stack({.intermediate_drivers = 2, .virtual_miniports = 2});
    ASSERT_TRUE(stack.booted()) << stack.findings();
    std::uint32_t numbers[2][3];
    for (std::uint32_t edge = 0; edge < 2; ++edge) {
        auto& [n, p, t] = numbers[edge];
        n = stack.neighbor();
        p = stack.path(n);
        t = stack.connection(p);
        const auto result = stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, n, {fresh(P, p, {fresh(T, t)})})}, edge + 1);
        EXPECT_THAT(statuses(result), testing::Each(0u));
        EXPECT_TRUE(result.untouched);
    }
    // An object is where it was offloaded.
    EXPECT_EQ(stack.start(CHIMNEY_OPERATION_QUERY, {reference(N, numbers[0][0])}, 2), 0u);
    EXPECT_EQ(stack.last_result(), std::uint32_t{CHIMNEY_HOST_STACK_WRONG_BINDING});
    for (const std::uint32_t edge : {1u, 0u}) {
        auto& [n, p, t] = numbers[edge];
        const auto result = stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(N, n, {reference(P, p, {reference(T, t)})})}, edge + 1);
        EXPECT_TRUE(result.finished && result.untouched);
    }
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

TEST(HostRules, WhatMayNotBeIssuedIsRefused) {
    Stack stack({.intermediate_drivers = 1});
    const auto n1 = stack.neighbor(), p1 = stack.path(n1), t1 = stack.connection(p1);
    const auto refused = [&stack](std::uint32_t kind, const Tree& tree) {
        EXPECT_EQ(stack.start(kind, tree), 0u);
        return stack.last_result();
    };
    EXPECT_EQ(refused(CHIMNEY_OPERATION_QUERY, {reference(T, t1)}), std::uint32_t{CHIMNEY_HOST_STACK_NOT_OFFLOADED});
    EXPECT_EQ(refused(CHIMNEY_OPERATION_INITIATE, {fresh(P, p1)}), std::uint32_t{CHIMNEY_HOST_STACK_NO_PARENT});
    EXPECT_EQ(refused(CHIMNEY_OPERATION_INITIATE, {fresh(N, n1, {fresh(P, p1), fresh(P, p1)})}), std::uint32_t{CHIMNEY_HOST_STACK_OBJECT_TWICE});
    EXPECT_EQ(refused(CHIMNEY_OPERATION_INITIATE, {fresh(N, p1)}), std::uint32_t{CHIMNEY_HOST_STACK_WRONG_OBJECT_KIND});
    EXPECT_EQ(refused(CHIMNEY_OPERATION_INITIATE, {fresh(N, n1, {fresh(T, t1)})}), std::uint32_t{CHIMNEY_HOST_STACK_BAD_LAYER_LINK});

    const auto first = stack.start(CHIMNEY_OPERATION_INITIATE, {fresh(N, n1, {fresh(P, p1, {fresh(T, t1)})})});
    ASSERT_NE(first, 0u);
    EXPECT_EQ(refused(CHIMNEY_OPERATION_INITIATE, {fresh(N, n1)}), std::uint32_t{CHIMNEY_HOST_STACK_BUSY});
    EXPECT_EQ(refused(CHIMNEY_OPERATION_QUERY, {reference(T, t1)}), std::uint32_t{CHIMNEY_HOST_STACK_BUSY});
    stack.run();
    EXPECT_EQ(refused(CHIMNEY_OPERATION_INITIATE, {fresh(N, n1)}), std::uint32_t{CHIMNEY_HOST_STACK_ALREADY_OFFLOADED});
    EXPECT_EQ(refused(CHIMNEY_OPERATION_INITIATE, {reference(N, n1)}), std::uint32_t{CHIMNEY_HOST_STACK_LINKER_WITHOUT_DEPENDENT});
    EXPECT_EQ(refused(CHIMNEY_OPERATION_TERMINATE, {reference(N, n1)}), std::uint32_t{CHIMNEY_HOST_STACK_HAS_DEPENDENTS});
    ASSERT_NE(stack.start(CHIMNEY_OPERATION_UPDATE, {reference(T, t1)}), 0u);
    EXPECT_EQ(refused(CHIMNEY_OPERATION_UPDATE, {reference(T, t1)}), std::uint32_t{CHIMNEY_HOST_STACK_BUSY});
    EXPECT_EQ(refused(CHIMNEY_OPERATION_TERMINATE, {reference(T, t1)}), std::uint32_t{CHIMNEY_HOST_STACK_BUSY});
    ASSERT_NE(stack.start(CHIMNEY_OPERATION_QUERY, {reference(T, t1)}), 0u);
    stack.run();
    stack.carry_out(CHIMNEY_OPERATION_INVALIDATE, {reference(P, p1)});
    EXPECT_EQ(refused(CHIMNEY_OPERATION_UPDATE, {reference(P, p1)}), std::uint32_t{CHIMNEY_HOST_STACK_INVALIDATED});
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

TEST(Control, BadBuffersAreRefused) {
    Stack stack({.intermediate_drivers = 0});
    chimney_host_stack_object command{};
    command.command.size = 4;
    EXPECT_FALSE(stack.control(CHIMNEY_HOST_STACK_DEVICE, IOCTL_CHIMNEY_HOST_STACK_QUERY_OBJECT, &command, sizeof command));
    command.command.size = 100000;
    EXPECT_FALSE(stack.control(CHIMNEY_HOST_STACK_DEVICE, IOCTL_CHIMNEY_HOST_STACK_QUERY_OBJECT, &command, sizeof command));
    command.command.size = sizeof command;
    EXPECT_FALSE(stack.control(CHIMNEY_HOST_STACK_DEVICE, CHIMNEY_HOST_STACK_IOCTL(99), &command, sizeof command));
    EXPECT_FALSE(stack.control(CHIMNEY_TARGET_DEVICE, CHIMNEY_TARGET_IOCTL(99), &command, sizeof command));
    chimney_target_adapter adapter{};
    adapter.command.adapter = 7;
    EXPECT_TRUE(stack.target(IOCTL_CHIMNEY_TARGET_QUERY_ADAPTER, adapter));
    EXPECT_EQ(adapter.command.result, std::uint32_t{CHIMNEY_TARGET_NO_SUCH_ADAPTER});
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

}  // namespace
}  // namespace chimneylab::test
