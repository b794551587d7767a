// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The five operations through whole stacks, and what the trace shows of them.
#include <gmock/gmock.h>

#include "tests/ndis/rig.h"

namespace chimneylab::ndis::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using machine::FindingKind;
using trace::ConversionKind;
using trace::EventKind;

constexpr CHIMNEY_OPERATION life[] = {ChimneyInitiate, ChimneyQuery, ChimneyUpdate, ChimneyInvalidate, ChimneyTerminate};

// neighbor → path → connection, named
struct Tree {
    Rig::Object *neighbor, *path, *connection;
    PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root, middle, leaf;
    explicit Tree(Rig& rig)
        : neighbor(rig.object(NeighborOffloadState, "N1")), path(rig.object(Ip4OffloadState, "P1")),
          connection(rig.object(TcpOffloadState, "T1")) {
        build(rig);
    }
    void build(Rig& rig) {
        root = rig.block(neighbor);
        middle = rig.block(path);
        leaf = rig.block(connection);
        root->DependentBlockList = middle;
        middle->DependentBlockList = leaf;
    }
};

class Depth : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Depth, FiveOperationsComeBackWithEveryByteRestored) {
    Rig rig(GetParam());
    ASSERT_TRUE(rig.boot()) << rig.all_findings();
    Tree tree(rig);
    tree.root->ImReserved[0] = &rig;
    tree.root->ImReserved[1] = &tree;
    for (const CHIMNEY_OPERATION operation : life) {
        ASSERT_TRUE(rig.do_operation(operation, tree.root)) << operation << rig.all_findings();
        EXPECT_EQ(tree.root->ImReserved[0], &rig);
        EXPECT_EQ(tree.root->ImReserved[1], &tree);
        EXPECT_EQ(tree.root->OffloadHandle, tree.neighbor->handle);
        EXPECT_EQ(tree.leaf->OffloadHandle, tree.connection->handle);
        EXPECT_EQ(tree.root->SourceHandle, rig.host().bindings[0]->handle);
        EXPECT_EQ(tree.leaf->Status, NDIS_STATUS_SUCCESS);
        EXPECT_EQ(tree.connection->handle->MiniportOffloadContext != nullptr, operation != ChimneyTerminate);
    }
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
    EXPECT_EQ(rig.ndis->operations_in_progress(), 0u);
    for (LayerIndex layer = 1; layer <= GetParam(); ++layer)
        for (const auto& allocation : rig.machine.pool().live_allocations(layer))
            EXPECT_TRUE(allocation.tag != call_entry_tag && allocation.tag != offload_entry_tag);
}

TEST_P(Depth, FourConversionsAtEachIntermediateDriverAndTwoAtTheHost) {
    Rig rig(GetParam());
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    for (const CHIMNEY_OPERATION operation : life) ASSERT_TRUE(rig.do_operation(operation, tree.root));
    const auto conversions = rig.events(EventKind::conversion);
    ASSERT_EQ(conversions.size(), 5 * (4 * GetParam() + 2));
    // Down: NDIS for the host, then driver and NDIS for each IM; up the same way backwards.
    std::vector<ConversionKind> expected{ConversionKind::protocol_to_miniport_by_ndis};
    for (std::size_t i = 0; i < GetParam(); ++i) {
        expected.push_back(ConversionKind::miniport_to_protocol_by_driver);
        expected.push_back(ConversionKind::protocol_to_miniport_by_ndis);
    }
    for (std::size_t i = 0; i < GetParam(); ++i) {
        expected.push_back(ConversionKind::miniport_to_protocol_by_ndis);
        expected.push_back(ConversionKind::protocol_to_miniport_by_driver);
    }
    expected.push_back(ConversionKind::miniport_to_protocol_by_ndis);
    for (std::size_t i = 0; i < conversions.size(); ++i) {
        EXPECT_EQ(static_cast<ConversionKind>(conversions[i]->detail), expected[i % expected.size()]) << i;
        EXPECT_TRUE(conversions[i]->region.valid());
        EXPECT_TRUE(conversions[i]->operation.valid());
    }
    EXPECT_THAT(rig.events(EventKind::operation_started), SizeIs(5));
    EXPECT_THAT(rig.events(EventKind::operation_finished), SizeIs(5));
}

INSTANTIATE_TEST_SUITE_P(Stacks, Depth, ::testing::Values(0, 1, 2, 3, 8));

class OneDriver : public ::testing::Test {
protected:
    [[nodiscard]] const trace::Trace& trace() { return rig.machine.recorder().trace(); }
    [[nodiscard]] std::string label(trace::RegionId region) { return std::string(trace().text(trace().region(region).label)); }
    // "member of T1 before → after" for the changes of an event, as offsets.
    [[nodiscard]] std::vector<std::pair<std::string, std::uint32_t>> changes(const trace::Event& event) {
        std::vector<std::pair<std::string, std::uint32_t>> result;
        for (const trace::Change& change : trace().changes(event)) {
            // Adjoining bytes that happen to be equal split a word; what counts is the word.
            const std::pair<std::string, std::uint32_t> word{label(change.region), change.offset / 8 * 8};
            if (result.empty() || result.back() != word) result.push_back(word);
        }
        return result;
    }
    Rig rig{1};
};

TEST_F(OneDriver, TheTraceShowsExactlyWhatEachConversionWrote) {
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, tree.root));
    const auto conversions = rig.events(EventKind::conversion);
    ASSERT_EQ(conversions.size(), 6u);
    using Word = std::pair<std::string, std::uint32_t>;
    const std::vector<Word> by_ndis = changes(*conversions[0]);
    // The handles come first (the binding at +0), then slot A of every block and SourceHandle of the root.
    EXPECT_THAT(by_ndis, ElementsAre(Word{"N1", 0x00}, Word{"P1", 0x00}, Word{"T1", 0x00}, Word{"N1", 0x30}, Word{"N1", 0x80}, Word{"P1", 0x30},
                                     Word{"T1", 0x30}));
    EXPECT_THAT(changes(*conversions[1]), ElementsAre(Word{"N1", 0x38}, Word{"N1", 0x60}, Word{"P1", 0x38}, Word{"T1", 0x38}));
    for (const trace::Change& change : trace().changes(*conversions[1])) EXPECT_EQ(change.writer, 1);
    for (const trace::Change& change : trace().changes(*conversions[0])) EXPECT_EQ(change.writer, trace::ndis_layer);
    EXPECT_THAT(changes(*conversions[3]), IsEmpty()) << "on the way up NDIS writes nothing";
    EXPECT_THAT(changes(*conversions[5]), IsEmpty());
    EXPECT_EQ(conversions[1]->layer, 1);
    EXPECT_EQ(conversions[4]->layer, 1);
    // Slot A, slot B, ImReserved and SourceHandle go back.
    EXPECT_THAT(changes(*conversions[4]), ElementsAre(Word{"N1", 0x30}, Word{"N1", 0x38}, Word{"N1", 0x60}, Word{"N1", 0x80}, Word{"P1", 0x30},
                                                      Word{"P1", 0x38}, Word{"T1", 0x30}, Word{"T1", 0x38}));
}

TEST_F(OneDriver, ConversionsStandWhereTheContractPutsThem) {
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyQuery, tree.root));
    std::vector<std::string> order;
    for (const trace::Event& event : trace().events()) {
        if (!event.operation.valid()) continue;
        if (event.kind == EventKind::enter) order.push_back("> " + rig.text(event));
        if (event.kind == EventKind::leave) order.push_back("< " + rig.text(event));
        if (event.kind == EventKind::conversion) order.push_back("conversion " + std::to_string(event.detail));
        if (event.kind == EventKind::operation_started) order.push_back("started");
        if (event.kind == EventKind::operation_finished) order.push_back("finished");
    }
    EXPECT_THAT(order, ElementsAre("started", "> NdisQueryOffloadState", "conversion 1", "> MiniportQueryOffload", "conversion 2",
                                   "> NdisQueryOffloadState", "conversion 1", "> MiniportQueryOffload", "< MiniportQueryOffload",
                                   "< NdisQueryOffloadState", "< MiniportQueryOffload", "< NdisQueryOffloadState",
                                   "> NdisMQueryOffloadStateComplete", "conversion 3", "> ProtocolQueryOffloadComplete", "conversion 4",
                                   "> NdisMQueryOffloadStateComplete", "conversion 3", "> ProtocolQueryOffloadComplete", "finished",
                                   "< ProtocolQueryOffloadComplete", "< NdisMQueryOffloadStateComplete", "< ProtocolQueryOffloadComplete",
                                   "< NdisMQueryOffloadStateComplete"));
}

TEST_F(OneDriver, CallEntriesAreRecognisedNumberedAndReleased) {
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    for (const CHIMNEY_OPERATION operation : life) ASSERT_TRUE(rig.do_operation(operation, tree.root));
    const auto recognised = rig.events(EventKind::call_entry_recognised), released = rig.events(EventKind::call_entry_released);
    ASSERT_EQ(recognised.size(), 5u);
    ASSERT_EQ(released.size(), 5u);
    for (std::size_t i = 0; i < 5; ++i) {
        const trace::Region& region = trace().region(recognised[i]->region);
        EXPECT_EQ(region.kind, trace::RegionKind::call_entry);
        EXPECT_EQ(region.ordinal, i + 1);
        EXPECT_EQ(region.size, sizeof(CallEntry));
        EXPECT_EQ(region.tag, call_entry_tag);
        EXPECT_EQ(region.owner, 1);
        EXPECT_EQ(label(recognised[i]->region), "call entry #" + std::to_string(i + 1));
        EXPECT_EQ(&trace().event(released[i]->partner), recognised[i]);
        EXPECT_EQ(released[i]->operation, recognised[i]->operation);
        EXPECT_TRUE(region.died.valid());
    }
}

TEST_F(OneDriver, OffloadEntriesLiveFromInitiateToTerminate) {
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, tree.root));
    ASSERT_TRUE(rig.do_operation(ChimneyQuery, tree.root));
    const auto recognised = rig.events(EventKind::offload_entry_recognised);
    ASSERT_EQ(recognised.size(), 3u);
    EXPECT_THAT(rig.events(EventKind::offload_entry_released), IsEmpty());
    EXPECT_EQ(label(recognised[2]->region), "T1 at IM 1");
    ASSERT_TRUE(rig.do_operation(ChimneyTerminate, tree.root));
    EXPECT_THAT(rig.events(EventKind::offload_entry_released), SizeIs(3));
    std::vector<std::string> handles;
    for (const trace::Region& region : trace().regions()) {
        if (region.kind != trace::RegionKind::offload_handle) continue;
        handles.emplace_back(trace().text(region.label));
        if (region.owner == 1) {
            EXPECT_EQ(trace().region(region.parent).kind, trace::RegionKind::offload_entry);
        }
    }
    EXPECT_THAT(handles, ElementsAre("N1", "P1", "T1", "N1 at IM 1", "P1 at IM 1", "T1 at IM 1"));
}

TEST_F(OneDriver, PublishedContextsAreTold) {
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, tree.root));
    const auto published = rig.events(EventKind::context_published);
    ASSERT_EQ(published.size(), 6u);  // three by the target, three by the driver
    EXPECT_EQ(published[0]->layer, 2);
    EXPECT_THAT(label(published[0]->region), HasSubstr(" at IM 1"));
    EXPECT_EQ(published[5]->layer, 1);
    EXPECT_EQ(published[5]->detail, rig.machine.address_space().translate(tree.connection->handle->MiniportOffloadContext));
    for (const auto* event : published) {
        EXPECT_NE(event->detail, 0u);
        EXPECT_TRUE(event->operation.valid());
    }
}

TEST_F(OneDriver, TheStateBehindABlockIsWatched) {
    rig.target().habits.status_of = [](const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST& block) {
        if (auto* state = ChimneylabTcpDelegated(&block)) state->RcvNxt = 0x1234;
        return NDIS_STATUS_SUCCESS;
    };
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, tree.root));
    bool seen = false;
    for (const trace::Change& change : trace().all_changes()) {
        if (trace().region(change.region).kind != trace::RegionKind::following_state) continue;
        EXPECT_EQ(label(change.region), "T1");
        EXPECT_EQ(change.writer, 2);
        seen = true;
    }
    EXPECT_TRUE(seen);
}

TEST_F(OneDriver, EntriesFromALookasideListAreRecognisedToo) {
    rig.im(1).habits.lookaside_call_entry = true;
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, tree.root));
    ASSERT_TRUE(rig.do_operation(ChimneyQuery, tree.root));
    EXPECT_THAT(rig.events(EventKind::call_entry_recognised), SizeIs(2));
    EXPECT_THAT(rig.events(EventKind::call_entry_released), SizeIs(2));
}

TEST_F(OneDriver, TheSecondReservedWordServesAsWell) {
    rig.im(1).habits.second_reserved_word = true;
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, tree.root));
    EXPECT_THAT(rig.events(EventKind::call_entry_recognised), SizeIs(1));
}

TEST_F(OneDriver, AStaticCallEntryIsNoAllocation) {
    rig.im(1).habits.static_call_entry = true;
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, tree.root));
    EXPECT_THAT(rig.events(EventKind::call_entry_recognised), IsEmpty());
    EXPECT_THAT(rig.events(EventKind::offload_entry_recognised), SizeIs(3));
}

TEST_F(OneDriver, AnEntryThatIsNeverGivenBackStaysRecognised) {
    rig.im(1).habits.keep_call_entry = true;
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, tree.root));
    EXPECT_THAT(rig.events(EventKind::call_entry_recognised), SizeIs(1));
    EXPECT_THAT(rig.events(EventKind::call_entry_released), IsEmpty());
    EXPECT_FALSE(trace().region(rig.events(EventKind::call_entry_recognised)[0]->region).died.valid());
}

TEST_F(OneDriver, OverlappingOperationsHaveEntriesOfTheirOwn) {
    rig.target().habits.complete = Habits::Complete::on_request;
    ASSERT_TRUE(rig.boot());
    Tree first(rig), second(rig);
    rig.start(ChimneyInitiate, first.root);
    rig.start(ChimneyInitiate, second.root);
    EXPECT_EQ(rig.ndis->operations_in_progress(), 2u);
    EXPECT_THAT(rig.events(EventKind::call_entry_recognised), SizeIs(2));
    for (auto* block : {first.root, first.middle, first.leaf, second.root, second.middle, second.leaf}) block->Status = NDIS_STATUS_FAILURE;
    rig.finish_held(1);
    ASSERT_EQ(rig.completed.size(), 1u);
    EXPECT_EQ(rig.completed[0].root, second.root);
    rig.finish_held(0);
    EXPECT_EQ(rig.completed.back().root, first.root);
    EXPECT_EQ(rig.ndis->operations_in_progress(), 0u);
}

TEST_F(OneDriver, ObjectsNobodyNamedAreNumberedByLayerAndCanBeNamedLater) {
    ASSERT_TRUE(rig.boot());
    auto* connection = rig.object(TcpOffloadState);
    auto* block = rig.block(connection);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, block));
    const trace::RegionId region = rig.events(EventKind::operation_started)[0]->region;
    EXPECT_EQ(label(region), "T1");
    rig.ndis->name_handle(connection->handle, "web server");
    EXPECT_EQ(label(region), "web server");
    EXPECT_EQ(label(rig.events(EventKind::offload_entry_recognised)[0]->region), "web server at IM 1");
}

TEST_F(OneDriver, ATreeThatTheOwnerFreesInItsCompletionDiesWithIt) {
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, tree.root));
    rig.free(tree.root);
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
    for (const trace::Region& region : trace().regions()) {
        if (region.kind == trace::RegionKind::block_list) {
            EXPECT_TRUE(region.died.valid());
        }
    }
}

TEST_F(OneDriver, RoutingIsBySourceHandleEvenWithTheWrongMiniportHandle) {  // IM-105
    rig.im(1).habits.wrong_miniport_handle = true;
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, tree.root));
    EXPECT_EQ(rig.completed.back().root, tree.root);
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
}

TEST(NoHandlerBelow, TheHostIsCompletedInsideTheCall) {  // IM-104
    Rig rig(1);
    rig.im(1).habits.chimney = false;
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    rig.start(ChimneyInitiate, tree.root);
    ASSERT_EQ(rig.completed.size(), 1u);
    EXPECT_TRUE(rig.completed[0].inside_call);
    for (auto* block : {tree.root, tree.middle, tree.leaf}) EXPECT_EQ(block->Status, NDIS_STATUS_NOT_SUPPORTED);
    EXPECT_EQ(tree.neighbor->handle->NdisReserved[0], nullptr);
    EXPECT_THAT(rig.events(EventKind::conversion), IsEmpty());
    EXPECT_THAT(rig.events(EventKind::operation_finished), SizeIs(1));
    EXPECT_EQ(rig.events(EventKind::operation_finished)[0]->status, NDIS_STATUS_NOT_SUPPORTED);
}

TEST(NoHandlerBelow, AnIntermediateDriverPassesTheFailureUp) {
    Rig rig(1);
    rig.target().habits.chimney = false;
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    rig.start(ChimneyInitiate, tree.root);
    ASSERT_EQ(rig.completed.size(), 1u);
    EXPECT_EQ(rig.completed[0].status, NDIS_STATUS_NOT_SUPPORTED);
    EXPECT_EQ(tree.neighbor->handle->MiniportOffloadContext, nullptr);
    EXPECT_EQ(tree.neighbor->handle->NdisReserved[0], rig.host().bindings[0]->handle) << "written even though the offload failed";
    EXPECT_THAT(rig.events(EventKind::offload_entry_released), SizeIs(3));
    EXPECT_THAT(rig.events(EventKind::call_entry_released), SizeIs(1));
}

TEST(CompletionInsideTheCall, WorksAtEveryDepth) {
    Rig rig(3);
    rig.target().habits.complete = Habits::Complete::inside;
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    rig.start(ChimneyInitiate, tree.root);
    ASSERT_EQ(rig.completed.size(), 1u);
    EXPECT_TRUE(rig.completed[0].inside_call);
    EXPECT_THAT(rig.events(EventKind::conversion), SizeIs(14));
}

TEST(DataPath, TransfersAndEventsTravelTheChainOfHandles) {  // IM-106, IM-107
    Rig rig(2);
    ASSERT_TRUE(rig.boot());
    Tree tree(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, tree.root));
    std::vector<NET_BUFFER_LIST> lists(3);
    lists[0].Next = &lists[1];
    rig.as(0, [&] { EXPECT_EQ(NdisOffloadTcpSend(tree.connection->handle, &lists[0]), NDIS_STATUS_PENDING); });
    rig.run();
    EXPECT_THAT(rig.host().lists_completed, ElementsAre(&lists[0], &lists[1]));
    EXPECT_EQ(lists[0].SourceHandle, rig.host().bindings[0]->handle);
    ASSERT_EQ(rig.im(1).contexts_seen.size(), 1u);
    EXPECT_EQ(rig.im(1).contexts_seen[0], tree.connection->handle->MiniportOffloadContext);
    auto* entry = static_cast<OffloadEntry*>(rig.im(1).contexts_seen[0]);
    auto* below = static_cast<OffloadEntry*>(rig.im(2).contexts_seen[0]);
    EXPECT_EQ(entry->handle.MiniportOffloadContext, below);
    rig.as(rig.target_layer(), [&] {
        machine::RaisedIrql raised(rig.machine, machine::dispatch_level);
        rig.target().ndis.NdisTcpOffloadEventHandler(&below->handle, TcpIndicateAbort, 0);
        ULONG consumed = 0;
        EXPECT_EQ(rig.target().ndis.NdisTcpOffloadReceiveHandler(&below->handle, &lists[2], NDIS_STATUS_SUCCESS, &consumed),
                  NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED);
        EXPECT_EQ(consumed, 5u);
        NDIS_MINIPORT_OFFLOAD_BLOCK_LIST block{};
        NdisMOffloadEventIndicate(rig.target_adapter, &block, NeighborReachabilityQuery);
    });
    ASSERT_EQ(rig.host().events.size(), 2u);
    EXPECT_EQ(rig.host().events[0].first, tree.connection->handle);
    EXPECT_EQ(rig.host().events[1].second, static_cast<ULONG>(NeighborReachabilityQuery));
    rig.as(0, [&] { NdisOffloadTcpReceiveReturn(rig.host().bindings[0]->handle, &lists[2]); });
    EXPECT_THAT(rig.target().lists_completed, ElementsAre(&lists[2]));
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
}

TEST(DataPath, ACompletionOfTwoVirtualMiniportsIsSplitForTheHostsTwoBindings) {
    Rig rig(1);
    rig.im(1).habits.virtual_miniports = 2;
    ASSERT_TRUE(rig.boot());
    ASSERT_EQ(rig.host().bindings.size(), 2u);
    Tree first(rig), second(rig);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, first.root, 0));
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, second.root, 1));
    EXPECT_EQ(first.connection->handle->NdisReserved[0], rig.host().bindings[0]->handle);
    EXPECT_EQ(second.connection->handle->NdisReserved[0], rig.host().bindings[1]->handle);
    std::vector<NET_BUFFER_LIST> lists(3);
    lists[0].SourceHandle = lists[2].SourceHandle = rig.host().bindings[0]->handle;
    lists[1].SourceHandle = rig.host().bindings[1]->handle;
    lists[0].Next = &lists[1];
    lists[1].Next = &lists[2];
    rig.as(1, [&] { rig.im(1).ndis.NdisTcpOffloadSendComplete(rig.im(1).adapters[0]->handle, &lists[0]); });
    std::size_t handlers = 0;
    for (const auto* event : rig.events(EventKind::enter)) handlers += rig.text(*event) == "ProtocolTcpOffloadSendComplete";
    EXPECT_EQ(handlers, 3u);
    EXPECT_THAT(rig.host().lists_completed, ElementsAre(&lists[0], &lists[1], &lists[2]));
}

}  // namespace
}  // namespace chimneylab::ndis::test
