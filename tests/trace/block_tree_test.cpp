// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/block_tree.h"

#include <gmock/gmock.h>

#include "engine/trace/value_text.h"
#include "tests/trace/synthetic_machine.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::trace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(BlockTree, shows_type_slots_and_meaning_along_the_ladder) {
    const Trace trace = synthetic::one_completion_travels_up();
    const History history(trace);
    const Operation& operation = history.operations()[0];
    Cursor cursor(trace);

    cursor.seek(operation.passage(1)->arrived);
    BlockTree tree = block_tree(history, cursor, operation.root);
    EXPECT_EQ(tree.type, BlockType::miniport);
    EXPECT_EQ(tree.holder, 1);
    ASSERT_EQ(tree.blocks.size(), 3u);
    EXPECT_TRUE(tree.problems.empty());
    const BlockView& connection = tree.blocks[2];
    EXPECT_EQ(connection.label, "T1");
    EXPECT_EQ(connection.role, BlockRole::new_offload);
    EXPECT_EQ(connection.state_type, 17);
    EXPECT_EQ(connection.depth, 2u);
    EXPECT_EQ(connection.parent, 1u);
    EXPECT_THAT(tree.blocks[0].dependents, ElementsAre(1u));
    EXPECT_TRUE(connection.following_state.valid());
    EXPECT_FALSE(connection.status_written);
    EXPECT_EQ(connection.a.name, "MiniportOffloadContext");
    EXPECT_EQ(connection.a.meaning, "&T1.MiniportOffloadContext of the host stack");
    EXPECT_EQ(connection.b.name, "NdisOffloadHandle");
    EXPECT_EQ(connection.b.meaning, "handle T1 of the host stack");

    cursor.seek(operation.passage(1)->handed_on);
    tree = block_tree(history, cursor, operation.root);
    EXPECT_EQ(tree.type, BlockType::protocol);
    EXPECT_EQ(tree.blocks[2].b.name, "OffloadHandle");
    EXPECT_EQ(tree.blocks[2].b.meaning, "handle T1 of IM 1");
    EXPECT_EQ(tree.blocks[2].a.name, "NdisReserved[2]");

    cursor.seek(operation.passage(1)->completed);
    tree = block_tree(history, cursor, operation.root);
    EXPECT_EQ(tree.blocks[2].b.meaning, "handle T1 of the host stack");
    EXPECT_TRUE(tree.blocks[2].status_written);
    EXPECT_EQ(tree.blocks[2].status, 0);
}

TEST(BlockTree, follows_siblings_after_dependents) {
    synthetic::Options options;
    options.connections = 2;
    const Trace trace = make_trace(options);
    const History history(trace);
    Cursor cursor(trace);
    cursor.seek(history.operations()[0].started);
    const BlockTree tree = current_block_tree(history, cursor);
    ASSERT_EQ(tree.blocks.size(), 4u);
    EXPECT_THAT(tree.blocks[1].dependents, ElementsAre(2u, 3u));
    EXPECT_EQ(tree.blocks[3].label, "T2");
    EXPECT_EQ(tree.blocks[3].depth, 2u);
}

TEST(BlockTree, before_the_first_operation_there_is_none) {
    const Trace trace = synthetic::one_completion_travels_up();
    const History history(trace);
    Cursor cursor(trace);
    EXPECT_TRUE(current_block_tree(history, cursor).blocks.empty());
    cursor.step_forward();
    EXPECT_TRUE(current_block_tree(history, cursor).blocks.empty());
}

TEST(BlockTree, a_cycle_and_a_wild_link_are_told_and_not_followed) {
    synthetic::Bench bench;
    std::array<Address, 3> blocks{};
    std::array<RegionId, 3> regions;
    for (Address& each : blocks) each = bench.memory.allocate(block_offset::size);
    bench.memory.write(blocks[0] + block_offset::dependent_block_list, blocks[1]);
    bench.memory.write(blocks[1] + block_offset::next_block, blocks[2]);
    bench.memory.write(blocks[2] + block_offset::next_block, blocks[1]);
    bench.memory.write(blocks[2] + block_offset::dependent_block_list, 0xFFFFFA8000FFF000);
    for (std::size_t i = 0; i < 3; ++i)
        regions[i] = bench.watch(RegionKind::block_list, 0, blocks[i], block_offset::size, "B" + std::to_string(i));
    Event event;
    event.kind = EventKind::operation_started;
    event.operation = OperationId(0);
    event.operation_kind = OperationKind::query;
    event.region = regions[0];
    bench.recorder.append(event);
    const Trace trace = bench.recorder.take();
    const History history(trace);
    EXPECT_EQ(history.operations()[0].blocks.size(), 3u);
    Cursor cursor(trace);
    cursor.step_forward();
    const BlockTree tree = block_tree(history, cursor, regions[0]);
    EXPECT_EQ(tree.blocks.size(), 3u);
    EXPECT_THAT(tree.problems,
                ElementsAre(HasSubstr("NextBlock of B2 leads back to B1"),
                            HasSubstr("DependentBlockList of B2 points to memory that is no watched block")));
}

TEST(ValueText, says_what_a_number_means_at_that_moment) {
    const Trace trace = synthetic::five_operations(2);
    const History history(trace);
    const Operation& initiate = history.operations()[0];
    const CallEntry& entry = history.call_entries()[0];
    const Address address = trace.region(entry.region).address;
    EXPECT_EQ(value_text(history, initiate.started, 0), "NULL");
    EXPECT_EQ(value_text(history, initiate.started, 7), "0x7");
    EXPECT_EQ(value_text(history, entry.recognised, address), "call entry #1 of IM 1");
    EXPECT_EQ(value_text(history, entry.recognised, address + 0x18), "call entry #1 of IM 1 + 0x18");
    EXPECT_EQ(value_meaning(history, entry.released, address).kind, ValueKind::freed_memory);
    EXPECT_EQ(value_text(history, entry.released, address),
              "freed memory 'ImCe' of IM 1 (it was call entry #1 of IM 1)");
    EXPECT_EQ(value_text(history, entry.allocated, address), "call entry #1 of IM 1")
        << "what it is going to be can be said";
    EventId context;  // the offload target's own memory: watched by nobody
    for (std::uint32_t i = 0; i < trace.size() && !context.valid(); ++i)
        if (trace.event(EventId(i)).kind == EventKind::memory_allocated && trace.event(EventId(i)).layer == 3)
            context = EventId(i);
    EXPECT_EQ(value_text(history, context, trace.event(context).subject), "memory 'OtCx' of the offload target");
    EXPECT_EQ(value_meaning(history, initiate.started, address).kind, ValueKind::number) << "nobody knows the future";
    EXPECT_EQ(value_meaning(history, initiate.started, 0xDEDEDEDEDEDEDEDE).kind, ValueKind::poison);
    const Binding& top = history.bindings().back();
    EXPECT_EQ(value_text(history, initiate.started, top.handle), "binding Host stack → IM 1");
    EXPECT_EQ(region_text(history, initiate.root), "block N1");
    const OffloadEntry& offload = history.offload_entries()[0];
    EXPECT_EQ(context_text(history, offload.recognised, trace.region(offload.region).address),
              "offload entry N1 of IM 1");
}

TEST(MemberChanges, give_whole_values_before_and_after) {
    const Trace trace = synthetic::one_completion_travels_up();
    const History history(trace);
    const Operation& operation = history.operations()[0];
    Cursor cursor(trace);
    for (std::uint32_t i = 0; i < trace.size(); ++i) {
        cursor.seek(EventId(i));
        const auto changes = member_changes(cursor, history.block_type(operation, EventId(i)));
        EXPECT_EQ(changes.empty(), trace.event(EventId(i)).change_count == 0);
        Cursor earlier(trace);
        if (i > 0) earlier.seek(EventId(i - 1));
        for (const MemberChange& change : changes) {
            EXPECT_NE(change.before, change.after);
            EXPECT_EQ(cursor.word(change.region, change.member.offset, change.member.size), change.after);
            if (const auto before = earlier.word(change.region, change.member.offset, change.member.size)) {
                EXPECT_EQ(*before, change.before);
            }
        }
    }
    cursor.seek(history.conversions()[1].event);
    const auto by_driver = member_changes(cursor, BlockType::protocol);
    std::vector<std::string_view> names;
    for (const MemberChange& change : by_driver)
        if (change.region == operation.root) names.push_back(change.member.name);
    EXPECT_THAT(names, ElementsAre("OffloadHandle", "ImReserved[0]"));
}

}  // namespace
}  // namespace chimneylab::trace
