// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the reference intermediate driver does when memory runs out: at every allocation in turn, and altogether.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ndis.h>

#include "tests/drivers/stack.h"
#include "tests/drivers/trace_check.h"

namespace chimneylab::test {
namespace {

constexpr machine::LayerIndex upper = 1, lower = 2;

struct Family {
    std::uint32_t n, p, t1, t2;
    explicit Family(Stack& stack) : n(stack.neighbor()), p(stack.path(n)), t1(stack.connection(p)), t2(stack.connection(p)) {}
    [[nodiscard]] Tree fresh_tree() const {
        Node connection = fresh(T, t1);
        connection.send_lists = 2;
        connection.send_bytes = 100;
        return {fresh(N, n, {fresh(P, p, {connection, fresh(T, t2)})})};
    }
    [[nodiscard]] Tree references() const { return {reference(N, n, {reference(P, p, {reference(T, t1), reference(T, t2)})})}; }
};

TEST(Memory, AnInitiateThatFailsAtAnyAllocationIsUndone) {
    unsigned failed = 0, succeeded = 0;
    for (const machine::LayerIndex layer : {upper, lower}) {
        for (std::uint64_t nth = 1; nth <= 12; ++nth) {
            Stack stack({.intermediate_drivers = 2});
            const Family family(stack);
            const std::size_t at_rest = stack.machine().pool().live_count(upper) + stack.machine().pool().live_count(lower);
            stack.machine().pool().faults().fail_nth(nth, {std::nullopt, layer});
            const std::uint32_t operation = stack.start(CHIMNEY_OPERATION_INITIATE, family.fresh_tree(), 1, true);
            ASSERT_NE(operation, 0u);
            stack.run();
            stack.machine().pool().faults().clear();
            const OperationResult result = stack.result(operation);
            ASSERT_TRUE(result.finished);
            EXPECT_TRUE(result.untouched) << "allocation " << nth << " of layer " << int{layer};
            if (result.blocks[0].status == 0) {
                ++succeeded;
                EXPECT_TRUE(stack.carry_out(CHIMNEY_OPERATION_TERMINATE, family.references()).finished);
            } else {
                ++failed;
                for (const BlockResult& block : result.blocks) {
                    EXPECT_EQ(block.status, static_cast<std::uint32_t>(NDIS_STATUS_RESOURCES));
                    EXPECT_EQ(block.context, 0u);
                }
                EXPECT_EQ(result.blocks[2].returned, 2u) << "the send data went back with its block";
                EXPECT_EQ(stack.target_state().neighbors, 0u) << "nothing went down";
            }
            EXPECT_EQ(stack.machine().pool().live_count(upper) + stack.machine().pool().live_count(lower), at_rest);
            // The stack is as good as new.
            EXPECT_THAT(stack.carry_out(CHIMNEY_OPERATION_INITIATE, family.fresh_tree()).blocks, testing::SizeIs(4));
            EXPECT_EQ(stack.object(family.t1).state, std::uint32_t{CHIMNEY_OBJECT_OFFLOADED});
            stack.shut_down();
            EXPECT_EQ(stack.findings(), "") << "allocation " << nth << " of layer " << int{layer};
            EXPECT_EQ(check_trace(stack.machine().recorder().trace()).complaints, "");
        }
    }
    // A call entry, four offload entries, two list records: seven allocations of each driver.
    EXPECT_EQ(failed, 14u);
    EXPECT_EQ(succeeded, 10u);
}

TEST(Memory, ALinkerFailsAndAPlaceholderDoesNot) {
    Stack stack({.intermediate_drivers = 1});
    const Family family(stack);
    stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, family.n, {fresh(P, family.p)})});
    stack.machine().pool().faults().fail_nth(2, {std::nullopt, upper});
    const auto result = stack.carry_out(CHIMNEY_OPERATION_INITIATE, {placeholder(N, {reference(P, family.p, {fresh(T, family.t1)})})});
    ASSERT_EQ(result.blocks.size(), 3u);
    EXPECT_EQ(result.blocks[0].status, 0u);
    EXPECT_EQ(result.blocks[1].status, static_cast<std::uint32_t>(NDIS_STATUS_FAILURE));
    EXPECT_EQ(result.blocks[2].status, static_cast<std::uint32_t>(NDIS_STATUS_RESOURCES));
    EXPECT_EQ(stack.carry_out(CHIMNEY_OPERATION_QUERY, {reference(P, family.p)}).blocks[0].status, 0u);
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

// Without any memory at all the reserve carries the operations, and beyond it the queue.
TEST(Memory, TheOtherFourNeverFail) {
    Stack stack({.intermediate_drivers = 2});
    const Family family(stack);
    stack.carry_out(CHIMNEY_OPERATION_INITIATE, family.fresh_tree());
    const std::size_t at_rest = stack.machine().pool().live_count(upper) + stack.machine().pool().live_count(lower);
    stack.machine().pool().faults().fail_from(1, {std::nullopt, upper});
    stack.machine().pool().faults().fail_from(1, {std::nullopt, lower});
    std::vector<std::uint32_t> queries;
    for (int i = 0; i < 12; ++i) queries.push_back(stack.start(CHIMNEY_OPERATION_QUERY, family.references()));
    EXPECT_EQ(stack.target_state().operations_accepted[CHIMNEY_OPERATION_QUERY], 4u) << "the others wait for a call entry";
    stack.run();
    for (const std::uint32_t query : queries) {
        const OperationResult result = stack.result(query);
        EXPECT_TRUE(result.finished && result.untouched);
        for (const BlockResult& block : result.blocks) EXPECT_EQ(block.status, 0u);
    }
    for (const std::uint32_t kind : {CHIMNEY_OPERATION_UPDATE, CHIMNEY_OPERATION_INVALIDATE, CHIMNEY_OPERATION_TERMINATE}) {
        const auto result = stack.carry_out(kind, family.references());
        EXPECT_TRUE(result.finished && result.untouched) << kind;
        for (const BlockResult& block : result.blocks) EXPECT_EQ(block.status, 0u);
    }
    stack.machine().pool().faults().clear();
    EXPECT_EQ(stack.machine().pool().live_count(upper) + stack.machine().pool().live_count(lower), at_rest - 8) << "the offload entries are gone";
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
    EXPECT_EQ(check_trace(stack.machine().recorder().trace()).complaints, "");
}

class NoRecord : public testing::TestWithParam<machine::LayerIndex> {};
INSTANTIATE_TEST_SUITE_P(Layer, NoRecord, testing::Values(upper, lower));

TEST_P(NoRecord, ASendTurnsIntoARequestForUpload) {
    Stack stack({.intermediate_drivers = 2});
    const Family family(stack);
    stack.carry_out(CHIMNEY_OPERATION_INITIATE, family.fresh_tree());
    const auto send = [&](std::uint32_t kind, std::uint32_t count, std::uint32_t bytes, std::uint32_t flags) {
        chimney_host_stack_transfer command{};
        command.kind = kind;
        command.object = family.t1;
        command.count = count;
        command.bytes = bytes;
        command.flags = flags;
        command.without_context_room = 1;
        stack.host(IOCTL_CHIMNEY_HOST_STACK_START_TRANSFER, command);
        EXPECT_EQ(command.command.result, std::uint32_t{CHIMNEY_HOST_STACK_DONE});
        EXPECT_EQ(command.returned, static_cast<std::uint32_t>(NDIS_STATUS_PENDING));
        stack.host(IOCTL_CHIMNEY_HOST_STACK_QUERY_TRANSFER, command);
        return command;
    };
    stack.machine().pool().faults().fail_nth(2, {std::nullopt, GetParam()});  // the record of the second list
    const auto first = send(CHIMNEY_TRANSFER_SEND, 3, 10, 0);
    EXPECT_EQ(first.completed, 3u);
    EXPECT_EQ(first.first_failure, static_cast<std::uint32_t>(NDIS_STATUS_REQUEST_UPLOAD));
    EXPECT_EQ(first.last_status, static_cast<std::uint32_t>(NDIS_STATUS_UPLOAD_REQUESTED));
    stack.machine().pool().faults().clear();
    // Memory is back, but the gap in the stream is not closed: nothing overtakes it.
    const auto second = send(CHIMNEY_TRANSFER_SEND, 1, 10, 0);
    EXPECT_EQ(second.first_failure, static_cast<std::uint32_t>(NDIS_STATUS_UPLOAD_REQUESTED));
    const auto disconnect = send(CHIMNEY_TRANSFER_DISCONNECT, 1, 0, 1);
    EXPECT_EQ(disconnect.first_failure, static_cast<std::uint32_t>(NDIS_STATUS_UPLOAD_REQUESTED));
    EXPECT_EQ(stack.object(family.t1).send_data_taken_back, 4u);
    EXPECT_EQ(stack.target_state().sends_outstanding, 0u) << "none of it reached the target";
    stack.run();
    stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(T, family.t1)});
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

TEST_P(NoRecord, ADisconnectHasARecordInReserve) {
    Stack stack({.intermediate_drivers = 2});
    const Family family(stack);
    stack.carry_out(CHIMNEY_OPERATION_INITIATE, family.fresh_tree());
    stack.machine().pool().faults().fail_from(1, {std::nullopt, GetParam()});
    chimney_host_stack_transfer command{};
    command.kind = CHIMNEY_TRANSFER_DISCONNECT;
    command.object = family.t1;
    command.count = 1;
    command.bytes = 7;
    command.flags = 1;
    command.without_context_room = 1;
    stack.host(IOCTL_CHIMNEY_HOST_STACK_START_TRANSFER, command);
    stack.run();
    stack.host(IOCTL_CHIMNEY_HOST_STACK_QUERY_TRANSFER, command);
    EXPECT_EQ(command.completed, 1u);
    EXPECT_EQ(command.last_status, 0u);
    EXPECT_EQ(command.bytes_transferred, 7u);
    stack.machine().pool().faults().clear();
    stack.shut_down();
    EXPECT_EQ(stack.findings(), "");
}

TEST(Memory, NoDriverLeaksWhenAnAllocationFailsWhileItComesUp) {
    for (machine::LayerIndex layer = 0; layer <= 2; ++layer) {
        for (std::uint64_t nth = 1; nth <= 25; ++nth) {
            StackOptions options{.intermediate_drivers = 1};
            options.boot_fault = StackOptions::BootFault{layer, nth};
            Stack stack(options);
            stack.shut_down();
            std::string unexpected;  // a refusal is what is expected of a driver that cannot start; nothing else is
            for (const machine::Finding& finding : stack.machine().findings())
                if (finding.kind != trace::FindingKind::driver_refused) unexpected += finding.explanation + "\n";
            EXPECT_EQ(unexpected, "") << "allocation " << nth << " of layer " << int{layer};
        }
    }
}

}  // namespace
}  // namespace chimneylab::test
