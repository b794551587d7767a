// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The state trees as rows: the block list of an operation, and what the offload target holds.
#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/state_tree_model.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;
using trace::OperationKind;

trace::synthetic::Options life(unsigned drivers, unsigned repeat = 1) {
    trace::synthetic::Options options;
    options.intermediate_drivers = drivers;
    options.connections = 2;
    options.repeat = repeat;
    options.operations = {OperationKind::initiate, OperationKind::query, OperationKind::terminate};
    return options;
}

QStringList first_cells(const StateTree& tree) {
    QStringList cells;
    for (const StateTreeRow& row : tree.rows) cells << row.cells.front();
    return cells;
}

TEST(OffloadedObjects, AreHeldFromPublicationToTheCompletedTerminate) {
    for (const unsigned drivers : {0U, 1U, 3U}) {
        const SessionPointer session = testing::synthetic_session(life(drivers), QStringLiteral("life"));
        const OffloadedObjects objects(*session->history);
        ASSERT_EQ(objects.all().size(), 4U) << drivers;
        const auto& operations = session->history->operations();
        EXPECT_TRUE(objects.held_at(operations[0].started).empty());
        EXPECT_EQ(objects.held_at(operations[0].finished).size(), 4U);
        EXPECT_EQ(objects.held_at(operations[2].started).size(), 4U);
        EXPECT_TRUE(objects.held_at(operations[2].finished).empty());
        for (const OffloadedObject& object : objects.all()) {
            EXPECT_EQ(object.initiated, operations[0].id);
            EXPECT_EQ(object.terminated, operations[2].id);
            const auto target = session->trace->layers().size() - 1;
            EXPECT_EQ(session->trace->event(object.published).layer, target) << "the target's own publication, not one further up";
        }
    }
}

TEST(OffloadedObjects, WhatFailedIsNotHeld) {
    trace::synthetic::Options options = life(1);
    options.operations = {OperationKind::initiate};
    options.fail_last_block = true;
    const SessionPointer session = testing::synthetic_session(options, QStringLiteral("fails"));
    const OffloadedObjects objects(*session->history);
    QStringList names;
    for (const OffloadedObject& object : objects.all()) names << to_qstring(session->trace->text(object.name));
    EXPECT_TRUE(names.contains(QStringLiteral("T1")));
    EXPECT_FALSE(names.contains(QStringLiteral("T2")));
}

TEST(OffloadedObjects, LookingUpIsTheSameAsLookingAtAll) {
    const SessionPointer session = testing::synthetic_session(life(1, 12), QStringLiteral("many"));
    const OffloadedObjects objects(*session->history);
    for (std::uint32_t i = 0; i < session->trace->size(); i += 7) {
        std::vector<std::uint32_t> expected;
        for (std::uint32_t each = 0; each < objects.all().size(); ++each) {
            const OffloadedObject& object = objects.all()[each];
            if (object.published <= EventId(i) && (!object.ended.valid() || object.ended > EventId(i))) expected.push_back(each);
        }
        EXPECT_EQ(objects.held_at(EventId(i)), expected) << i;
    }
}

TEST(TargetTree, HangsConnectionsUnderTheirPathUnderItsNeighbor) {
    const SessionPointer session = testing::synthetic_session(life(2), QStringLiteral("tree"));
    const OffloadedObjects objects(*session->history);
    const auto& query = session->history->operations()[1];
    const StateTree tree = target_tree(*session->history, objects, query.crossings.front());
    ASSERT_EQ(tree.rows.size(), 4U);
    const QStringList cells = first_cells(tree);
    EXPECT_TRUE(cells[0].startsWith(QStringLiteral("N1"))) << cells[0].toStdString();
    EXPECT_TRUE(cells[0].contains(QStringLiteral("neighbor")));
    EXPECT_TRUE(cells[1].contains(QStringLiteral("path")));
    EXPECT_TRUE(cells[2].contains(QStringLiteral("TCP connection")));
    EXPECT_EQ(tree.rows[0].parent, -1);
    EXPECT_EQ(tree.rows[1].parent, 0);
    EXPECT_EQ(tree.rows[2].parent, 1);
    EXPECT_EQ(tree.rows[3].parent, 1);
    bool under_way = false;
    for (const StateTreeRow& row : tree.rows) under_way = under_way || row.cells[3].contains(QStringLiteral("query"));
    EXPECT_TRUE(under_way) << "the query in progress is said beside what it is about";
}

TEST(BlockListTree, SaysRoleStatusAndWhatBecomesOfEveryBlock) {
    trace::synthetic::Options options = life(1);
    options.operations = {OperationKind::initiate};
    options.fail_last_block = true;
    PlaybackModel playback;
    playback.open(testing::synthetic_session(options, QStringLiteral("fails")));
    const trace::Operation& operation = playback.history()->operations().front();
    playback.seek(operation.crossings.front());
    StateTree tree = block_list_tree(*playback.history(), *playback.cursor(), playback.operation());
    ASSERT_EQ(tree.rows.size(), 4U);
    for (const StateTreeRow& row : tree.rows) {
        EXPECT_EQ(row.cells[1], QStringLiteral("new offload"));
        EXPECT_TRUE(row.pending);
        EXPECT_FALSE(row.failed);
        EXPECT_EQ(row.cells[3], QStringLiteral("to be offloaded"));
    }
    playback.seek(operation.finished);
    tree = block_list_tree(*playback.history(), *playback.cursor(), playback.operation());
    EXPECT_EQ(tree.rows[2].cells[3], QStringLiteral("offloaded"));
    EXPECT_TRUE(tree.rows[3].failed);
    EXPECT_EQ(tree.rows[3].cells[2], QStringLiteral("RESOURCES"));
    EXPECT_EQ(tree.rows[3].cells[3], QStringLiteral("stays with the host stack"));
}

TEST(BlockListTree, TellsPlaceholdersAndLinkersFromNewOffloads) {
    trace::synthetic::Options options = life(1, 2);
    options.operations = {OperationKind::initiate};
    options.linker_path = true;
    PlaybackModel playback;
    playback.open(testing::synthetic_session(options, QStringLiteral("linker")));
    const trace::Operation& second = playback.history()->operations()[1];
    playback.seek(second.finished);
    const StateTree tree = block_list_tree(*playback.history(), *playback.cursor(), playback.operation());
    ASSERT_GE(tree.rows.size(), 3U);
    EXPECT_EQ(tree.rows[0].cells[1], QStringLiteral("placeholder"));
    EXPECT_EQ(tree.rows[0].cells[3], QStringLiteral("only holds the tree together"));
    EXPECT_EQ(tree.rows[1].cells[1], QStringLiteral("linker"));
    EXPECT_TRUE(tree.rows[1].cells[3].contains(QStringLiteral("offloaded before")));
}

TEST(StateTreeModel, IsATreeAtEveryEventAndKeepsItsShape) {
    PlaybackModel playback;
    playback.open(testing::synthetic_session(life(2), QStringLiteral("walk")));
    const OffloadedObjects objects(*playback.history());
    StateTreeModel blocks;
    StateTreeModel target;
    QAbstractItemModelTester block_tester(&blocks, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QAbstractItemModelTester target_tester(&target, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QSignalSpy resets(&blocks, &QAbstractItemModel::modelReset);
    playback.first();
    do {
        blocks.set_tree(block_list_tree(*playback.history(), *playback.cursor(), playback.operation()));
        target.set_tree(target_tree(*playback.history(), objects, playback.position()));
        for (const StateTreeRow& row : blocks.tree().rows) {
            const QModelIndex found = blocks.index_of(row.region);
            ASSERT_TRUE(found.isValid());
            EXPECT_EQ(blocks.row(found)->cells, row.cells);
            EXPECT_EQ(blocks.data(found), row.cells.front());
        }
    } while (playback.step(trace::Landmark::event, 1));
    EXPECT_LE(resets.count(), 7) << "only another operation makes another tree";
    EXPECT_TRUE(blocks.data(blocks.index(0, 0), Qt::AccessibleTextRole).toString().contains(QStringLiteral("role")));
}

}  // namespace
}  // namespace chimneylab::desktop
