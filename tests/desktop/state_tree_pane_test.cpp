// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The state trees in the window, by mouse and keys.
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include "app/desktop/main_window/main_window.h"
#include "app/desktop/state_tree/state_tree_pane.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

TEST(StateTreePane, AClickChoosesTheBlockForEveryView) {
    MainWindow window(testing::synthetic_source(), nullptr);
    window.resize(1366, 768);
    window.show();
    QSignalSpy shown(&window, &MainWindow::session_shown);
    window.open_scenario(QStringLiteral("five"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 10'000));
    ASSERT_TRUE(window.show_alone(QStringLiteral("state_trees")));
    QTest::qWait(20);
    StateTreePane& pane = *window.state_trees();
    window.playback().seek(window.playback().history()->operations()[0].finished);
    QTreeView* blocks = pane.blocks();
    ASSERT_EQ(pane.block_model().tree().rows.size(), 3U);
    const StateTreeRow last = pane.block_model().tree().rows[2];
    const QModelIndex index = pane.block_model().index_of(last.region);
    ASSERT_TRUE(blocks->visualRect(index).isValid()) << "the tree is open";
    QTest::mouseClick(blocks->viewport(), Qt::LeftButton, Qt::NoModifier, blocks->visualRect(index).center());
    EXPECT_EQ(window.playback().region(), last.region);
    QTest::keyClick(blocks, Qt::Key_Up);
    EXPECT_EQ(window.playback().region(), pane.block_model().tree().rows[1].region) << "in the tree the arrow keys belong to the tree";
    const auto at = window.playback().position();
    QTest::keyClick(blocks, Qt::Key_Home);
    EXPECT_EQ(window.playback().position(), at);
    // What is chosen elsewhere is selected here.
    window.playback().choose_region(last.region);
    EXPECT_EQ(pane.block_model().row(blocks->currentIndex())->region, last.region);

    QTreeView* target = pane.target();
    ASSERT_EQ(pane.target_model().tree().rows.size(), 3U);
    const StateTreeRow held = pane.target_model().tree().rows[1];
    const QModelIndex there = pane.target_model().index_of(held.region);
    QTest::mouseClick(target->viewport(), Qt::LeftButton, Qt::NoModifier, target->visualRect(there).center());
    EXPECT_EQ(window.playback().region(), held.region) << "the handle through which the target is known";
    QTest::keyClick(target, Qt::Key_Return);
    EXPECT_EQ(window.playback().position(), held.event) << "Return goes to where it was offloaded";
}

TEST(StateTreePane, WithoutASessionItSaysWhatWouldBeThere) {
    MainWindow window(testing::synthetic_source(), nullptr);
    window.show();
    StateTreePane& pane = *window.state_trees();
    EXPECT_EQ(pane.block_model().rowCount(), 0);
    EXPECT_TRUE(pane.block_model().tree().empty.contains(QStringLiteral("Run a scenario")));
    QTest::keyClick(pane.blocks(), Qt::Key_Return);
    EXPECT_FALSE(pane.blocks()->accessibleName().isEmpty());
}

}  // namespace
}  // namespace chimneylab::desktop
