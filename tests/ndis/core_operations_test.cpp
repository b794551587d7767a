// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What NDIS does with block lists (facts IM-101 to IM-105 and IM-108), one test a fact.
#include <gmock/gmock.h>

#include <array>
#include <cstring>

#include "tests/ndis/core_platform.h"

namespace chimneylab::ndis::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// neighbor → path → connection
struct Tree {
    NDIS_OFFLOAD_HANDLE neighbor_handle{}, path_handle{}, connection_handle{};
    Block neighbor{NeighborOffloadState, &neighbor_handle};
    Block path{Ip4OffloadState, &path_handle};
    Block connection{TcpOffloadState, &connection_handle};
    Tree() {
        neighbor->DependentBlockList = path;
        path->DependentBlockList = connection;
    }
};

class Operations : public ::testing::Test {
protected:
    Operations() {
        stack.add_binding(upper);
        stack.add_binding(lower);
    }
    void initiate(PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root, std::uintptr_t binding = upper) {
        ChimneyOperationGoesDown(&stack.platform, ChimneyInitiate, Stack::value(binding), root);
    }
    Stack stack;
    Tree tree;
};

TEST_F(Operations, OnlyTheRootGetsTheCallingBindingAsSourceHandle) {  // IM-101
    Block placeholder(TcpOffloadState);
    tree.connection->NextBlock = placeholder;
    initiate(tree.neighbor);
    EXPECT_EQ(tree.neighbor->SourceHandle, Stack::value(upper));
    const Block untouched(0);
    EXPECT_EQ(tree.path->SourceHandle, untouched.list.SourceHandle);
    EXPECT_EQ(tree.connection->SourceHandle, untouched.list.SourceHandle);
    EXPECT_EQ(placeholder->SourceHandle, untouched.list.SourceHandle);
}

TEST_F(Operations, TheFirstBindingStaysInTheHandle) {  // IM-102
    tree.path_handle.NdisReserved[0] = Stack::value(lower);
    initiate(tree.neighbor);
    EXPECT_EQ(tree.neighbor_handle.NdisReserved[0], Stack::value(upper));
    EXPECT_EQ(tree.path_handle.NdisReserved[0], Stack::value(lower));
    initiate(tree.neighbor, lower);
    EXPECT_EQ(tree.neighbor_handle.NdisReserved[0], Stack::value(upper));
}

TEST_F(Operations, TheMiniportGetsTheAddressOfTheContextInTheHandle) {  // IM-103
    Block placeholder(TcpOffloadState);
    tree.connection->NextBlock = placeholder;
    initiate(tree.neighbor);
    EXPECT_EQ(tree.neighbor.miniport()->MiniportOffloadContext, &tree.neighbor_handle.MiniportOffloadContext);
    EXPECT_EQ(tree.connection.miniport()->MiniportOffloadContext, &tree.connection_handle.MiniportOffloadContext);
    EXPECT_EQ(tree.connection.miniport()->NdisOffloadHandle, &tree.connection_handle);
    EXPECT_EQ(placeholder.miniport()->MiniportOffloadContext, nullptr);
    EXPECT_EQ(placeholder.miniport()->NdisOffloadHandle, nullptr);
}

TEST_F(Operations, GoingDownChangesNothingButSlotAAndTheRootsSourceHandle) {
    const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST neighbor = *tree.neighbor, connection = *tree.connection;
    initiate(tree.neighbor);
    EXPECT_THAT(changed_members(neighbor, *tree.neighbor), ElementsAre("NdisReserved[2]", "SourceHandle"));
    EXPECT_THAT(changed_members(connection, *tree.connection), ElementsAre("NdisReserved[2]"));
    EXPECT_EQ(tree.connection.state[0], 0x3C) << "the state behind the block";
    EXPECT_EQ(tree.connection_handle.MiniportOffloadContext, nullptr);
}

TEST_F(Operations, TheMiniportHandlerRunsInsideTheCallWithTheSamePointer) {
    for (auto [operation, name] : {std::pair{ChimneyInitiate, "MiniportInitiateOffload"}, {ChimneyQuery, "MiniportQueryOffload"},
                                   {ChimneyUpdate, "MiniportUpdateOffload"}, {ChimneyInvalidate, "MiniportInvalidateOffload"},
                                   {ChimneyTerminate, "MiniportTerminateOffload"}}) {
        stack.handlers.clear();
        ChimneyOperationGoesDown(&stack.platform, operation, Stack::value(upper), tree.neighbor);
        ASSERT_EQ(stack.handlers.size(), 1u);
        EXPECT_EQ(stack.handlers[0].name, name);
        EXPECT_EQ(stack.handlers[0].block, &tree.neighbor.list);
        EXPECT_EQ(stack.handlers[0].context, Stack::value(upper + 2));
    }
    EXPECT_THAT(std::vector(stack.boundaries.begin(), stack.boundaries.begin() + 5),
                ElementsAre("> NdisInitiateOffload", "converted", "> MiniportInitiateOffload", "< MiniportInitiateOffload",
                            "< NdisInitiateOffload"));
}

TEST_F(Operations, EveryNetBufferListOfEveryBlockGetsTheBinding) {
    std::array<NET_BUFFER_LIST, 3> lists{};
    lists[0].Next = &lists[1];
    tree.connection->NetBufferListChain = &lists[0];
    Block sibling(TcpOffloadState);
    tree.connection->NextBlock = sibling;
    sibling->NetBufferListChain = &lists[2];
    initiate(tree.neighbor);
    for (const NET_BUFFER_LIST& list : lists) EXPECT_EQ(list.SourceHandle, Stack::value(upper));
    EXPECT_EQ(lists[0].Next, &lists[1]);
}

TEST_F(Operations, WithoutAHandlerBelowTheCallerIsCompletedInsideTheCall) {  // IM-104
    stack.provider(upper).InitiateOffloadHandler = nullptr;
    NET_BUFFER_LIST list{};
    tree.connection->NetBufferListChain = &list;
    Block placeholder(TcpOffloadState);
    tree.connection->NextBlock = placeholder;
    const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST neighbor = *tree.neighbor, connection = *tree.connection, empty = *placeholder;
    initiate(tree.neighbor);
    EXPECT_THAT(changed_members(neighbor, *tree.neighbor), ElementsAre("Status", "SourceHandle"));
    EXPECT_THAT(changed_members(connection, *tree.connection), ElementsAre("Status"));
    EXPECT_THAT(changed_members(empty, *placeholder), ElementsAre("Status"));
    EXPECT_EQ(tree.neighbor->Status, NDIS_STATUS_NOT_SUPPORTED);
    EXPECT_EQ(tree.neighbor->SourceHandle, Stack::value(upper));
    EXPECT_EQ(tree.neighbor_handle.NdisReserved[0], nullptr);
    EXPECT_EQ(list.SourceHandle, nullptr);
    EXPECT_THAT(stack.boundaries, ElementsAre("> NdisInitiateOffload", "> ProtocolInitiateOffloadComplete",
                                              "< ProtocolInitiateOffloadComplete", "< NdisInitiateOffload"));
    EXPECT_EQ(stack.handlers.at(0).context, Stack::value(upper + 1));
}

TEST_F(Operations, OnlyInitiateHasTheNoHandlerPath) {
    stack.provider(upper).QueryOffloadHandler = nullptr;
    ChimneyOperationGoesDown(&stack.platform, ChimneyQuery, Stack::value(upper), tree.neighbor);
    EXPECT_THAT(stack.handlers, IsEmpty());
    ASSERT_EQ(stack.findings.size(), 1u);
    EXPECT_EQ(stack.findings[0].kind, ChimneyMissingHandler);
}

TEST_F(Operations, CompletionsAreRoutedByTheRootsSourceHandleOnly) {  // IM-105
    tree.neighbor->SourceHandle = Stack::value(lower);
    ChimneyOperationCompletes(&stack.platform, ChimneyTerminate, Stack::value(0xDEAD), tree.neighbor.miniport());
    ASSERT_EQ(stack.handlers.size(), 1u);
    EXPECT_EQ(stack.handlers[0].name, "ProtocolTerminateOffloadComplete");
    EXPECT_EQ(stack.handlers[0].context, Stack::value(lower + 1));
    EXPECT_EQ(stack.handlers[0].block, &tree.neighbor.list);
    EXPECT_THAT(stack.findings, IsEmpty()) << "the miniport handle is nobody's and nobody asks";
}

TEST_F(Operations, GoingUpChangesNothing) {  // IM-108
    tree.neighbor->SourceHandle = Stack::value(upper);
    NET_BUFFER_LIST list{};
    list.SourceHandle = Stack::value(lower);
    tree.connection->NetBufferListChain = &list;
    const Tree before = tree;
    const NET_BUFFER_LIST list_before = list;
    ChimneyOperationCompletes(&stack.platform, ChimneyInitiate, nullptr, tree.neighbor.miniport());
    EXPECT_EQ(std::memcmp(&before, &tree, sizeof(tree)), 0);
    EXPECT_EQ(std::memcmp(&list_before, &list, sizeof(list)), 0);
    EXPECT_EQ(stack.handlers.size(), 1u);
}

TEST_F(Operations, TheWalkIsPreOrderDependentsBeforeSiblings) {
    std::vector<std::unique_ptr<Block>> blocks;
    std::vector<NET_BUFFER_LIST> lists(5);
    for (std::size_t i = 0; i < 5; ++i) {
        blocks.push_back(std::make_unique<Block>(TcpOffloadState));
        (*blocks[i])->NetBufferListChain = &lists[i];
    }
    (*blocks[0])->DependentBlockList = *blocks[1];
    (*blocks[0])->NextBlock = *blocks[4];
    (*blocks[1])->DependentBlockList = *blocks[2];
    (*blocks[1])->NextBlock = *blocks[3];
    std::vector<PNET_BUFFER_LIST> order;
    static std::vector<PNET_BUFFER_LIST>* seen;
    seen = &order;
    stack.platform.NetBufferListGoesDown = [](void*, const CHIMNEY_CALL*, PNET_BUFFER_LIST list) { seen->push_back(list); };
    initiate(*blocks[0]);
    EXPECT_THAT(order, ElementsAre(&lists[0], &lists[1], &lists[2], &lists[3], &lists[4]));
}

TEST_F(Operations, AnyWidthIsWalked) {
    std::vector<std::unique_ptr<Block>> blocks;
    for (std::size_t i = 0; i < 5000; ++i) {
        blocks.push_back(std::make_unique<Block>(TcpOffloadState));
        if (i) (*blocks[i - 1])->NextBlock = *blocks[i];
    }
    initiate(*blocks[0]);
    EXPECT_EQ((*blocks.back()).miniport()->MiniportOffloadContext, nullptr);
    EXPECT_EQ(stack.handlers.size(), 1u);
    EXPECT_THAT(stack.findings, IsEmpty());
}

// depth levels, each block with a sibling
std::vector<std::unique_ptr<Block>> deep_tree(std::size_t depth) {
    std::vector<std::unique_ptr<Block>> blocks;
    for (std::size_t i = 0; i < depth; ++i) {
        blocks.push_back(std::make_unique<Block>(TcpOffloadState));
        blocks.push_back(std::make_unique<Block>(TcpOffloadState));
        (*blocks[2 * i])->NextBlock = *blocks[2 * i + 1];
        if (i) (*blocks[2 * i - 2])->DependentBlockList = *blocks[2 * i];
    }
    return blocks;
}

TEST_F(Operations, EightPendingSiblingsFitTheNinthIsReported) {
    auto eight = deep_tree(8);
    initiate(*eight[0]);
    EXPECT_THAT(stack.findings, IsEmpty());
    EXPECT_EQ(stack.handlers.size(), 1u);
    auto nine = deep_tree(9);
    initiate(*nine[0]);
    ASSERT_EQ(stack.findings.size(), 1u);
    EXPECT_EQ(stack.findings[0].kind, ChimneyWalkOverrun);
    EXPECT_EQ(stack.handlers.size(), 1u) << "the miniport must not see a tree that was walked in part";
}

TEST_F(Operations, ATreeThatLeadsBackToItselfIsReported) {
    tree.connection->NextBlock = tree.neighbor;
    initiate(tree.neighbor);
    ASSERT_EQ(stack.findings.size(), 1u);
    EXPECT_TRUE(stack.findings[0].kind == ChimneyEndlessWalk || stack.findings[0].kind == ChimneyWalkOverrun);
    EXPECT_THAT(stack.handlers, IsEmpty());
}

TEST_F(Operations, AnEndlessChainOfNetBufferListsIsReported) {
    NET_BUFFER_LIST list{};
    list.Next = &list;
    tree.connection->NetBufferListChain = &list;
    initiate(tree.neighbor);
    ASSERT_EQ(stack.findings.size(), 1u);
    EXPECT_EQ(stack.findings[0].kind, ChimneyEndlessWalk);
}

TEST_F(Operations, GarbageAddressesAreFindingsNotCrashes) {
    tree.connection->OffloadHandle = reinterpret_cast<PNDIS_OFFLOAD_HANDLE>(0xDEDEDEDEDEDEDEDE);
    initiate(tree.neighbor);
    tree.connection->OffloadHandle = nullptr;
    stack.unreadable.push_back(&tree.path.list);
    initiate(tree.neighbor);
    initiate(nullptr);
    ChimneyOperationCompletes(&stack.platform, ChimneyQuery, nullptr, nullptr);
    EXPECT_EQ(stack.findings.size(), 4u);
    for (const CoreFinding& finding : stack.findings) EXPECT_EQ(finding.kind, ChimneyBadAddress);
    EXPECT_THAT(stack.handlers, IsEmpty());
}

TEST_F(Operations, AnUnknownBindingDropsTheCall) {
    initiate(tree.neighbor, 0x77770);
    tree.neighbor->SourceHandle = nullptr;
    ChimneyOperationCompletes(&stack.platform, ChimneyInitiate, nullptr, tree.neighbor.miniport());
    EXPECT_EQ(stack.findings.size(), 2u);
    EXPECT_THAT(stack.handlers, IsEmpty());
    EXPECT_THAT(stack.boundaries, ElementsAre("> NdisInitiateOffload", "< NdisInitiateOffload", "> NdisMInitiateOffloadComplete",
                                              "< NdisMInitiateOffloadComplete"));
}

TEST_F(Operations, ACompletionThatIsNotAdmittedIsNotDelivered) {
    tree.neighbor->SourceHandle = Stack::value(upper);
    stack.admit = false;
    ChimneyOperationCompletes(&stack.platform, ChimneyInitiate, nullptr, tree.neighbor.miniport());
    EXPECT_THAT(stack.handlers, IsEmpty());
}

TEST_F(Operations, StrictModeReportsAndGoesOn) {
    stack.platform.Strict = TRUE;
    tree.path_handle.NdisReserved[0] = Stack::value(lower);
    ChimneyOperationGoesDown(&stack.platform, ChimneyQuery, Stack::value(upper), tree.neighbor);
    ASSERT_EQ(stack.findings.size(), 4u);  // three objects not offloaded, one on another binding
    for (const CoreFinding& finding : stack.findings) EXPECT_EQ(finding.kind, ChimneyStrictFinding);
    EXPECT_EQ(stack.handlers.size(), 1u);
    stack.platform.Strict = FALSE;
    stack.findings.clear();
    ChimneyOperationGoesDown(&stack.platform, ChimneyQuery, Stack::value(upper), tree.neighbor);
    EXPECT_THAT(stack.findings, IsEmpty());
}

TEST_F(Operations, TheExportedNamesReachTheDispatch) {
    NdisInitiateOffload(Stack::value(upper), tree.neighbor);
    NdisQueryOffloadState(Stack::value(upper), tree.neighbor);
    NdisUpdateOffload(Stack::value(upper), tree.neighbor);
    NdisInvalidateOffload(Stack::value(upper), tree.neighbor);
    NdisTerminateOffload(Stack::value(upper), tree.neighbor);
    NdisMInitiateOffloadComplete(nullptr, tree.neighbor.miniport());
    NdisMQueryOffloadStateComplete(nullptr, tree.neighbor.miniport());
    NdisMUpdateOffloadComplete(nullptr, tree.neighbor.miniport());
    NdisMInvalidateOffloadComplete(nullptr, tree.neighbor.miniport());
    NdisMTerminateOffloadComplete(nullptr, tree.neighbor.miniport());
    std::vector<std::string> names;
    for (const HandlerCall& call : stack.handlers) names.push_back(call.name);
    EXPECT_THAT(names, ElementsAre("MiniportInitiateOffload", "MiniportQueryOffload", "MiniportUpdateOffload", "MiniportInvalidateOffload",
                                   "MiniportTerminateOffload", "ProtocolInitiateOffloadComplete", "ProtocolQueryOffloadComplete",
                                   "ProtocolUpdateOffloadComplete", "ProtocolInvalidateOffloadComplete",
                                   "ProtocolTerminateOffloadComplete"));
}

}  // namespace
}  // namespace chimneylab::ndis::test
