// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A manual run in the window, on the real machine: choosing, forking, both branches kept and compared.
#include <QAbstractItemModelTester>
#include <QFile>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include "app/desktop/choices/choices_view.h"
#include "app/desktop/choices/comparison_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/program/engine_source.h"
#include "app/desktop/stage/stage_view.h"
#include "engine/trace/fingerprint.h"

namespace chimneylab::desktop {
namespace {

constexpr const char* two_at_once = R"(id: small
title: Two at once
teaches: The order of completions.
machine:
  intermediate_drivers:
    - { driver: reference }
objects:
  neighbors:
    N1: { DlDestinationAddress: 02-00-5e-10-00-01 }
  paths:
    P1: { neighbor: N1, SourceAddress: 192.0.2.10, DestinationAddress: 198.51.100.7 }
  connections:
    T1: { path: P1 }
    T2: { path: P1 }
steps:
  - { name: offload, initiate: "N1{P1{T1,T2}}" }
  - { name: first, query: "T1", settle: false }
  - { name: second, query: "T2" }
)";

struct ChoicesLab {
    QTemporaryDir folder;
    QByteArray before = qgetenv("CHIMNEYLAB_SCENARIOS");
    std::unique_ptr<MainWindow> window;
    ChoicesLab() {
        QFile file(folder.filePath(QStringLiteral("small.yaml")));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(two_at_once);
        file.close();
        qputenv("CHIMNEYLAB_SCENARIOS", folder.path().toLocal8Bit());
        window = std::make_unique<MainWindow>(engine_source(), nullptr);
        window->choose_theme(Theme::Choice::light);
        window->resize(1366, 768);
        window->show();
        window->set_reduced_motion(true);
        (void)QTest::qWaitForWindowActive(window.get());
        EXPECT_TRUE(QTest::qWaitFor([&] { return window->library_model().rowCount() > 0; }, 10'000));
        wait_for([&] { window->open_scenario(QStringLiteral("small")); });
    }
    ~ChoicesLab() { qputenv("CHIMNEYLAB_SCENARIOS", before); }
    template <typename Action>
    void wait_for(Action action) {
        QSignalSpy shown(window.get(), &MainWindow::session_shown);
        action();
        ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 20'000)) << window->notice()->text().toStdString();
    }
    ChoicesView& choices() { return *window->choices_view(); }
    BranchModel& branches() { return window->branch_model(); }
    const Branch& branch() { return *branches().current_branch(); }
    void begin() {
        wait_for([&] { QTest::keyClick(window->stage_view(), Qt::Key_M, Qt::ControlModifier); });
    }
    // Takes the first item until two operations wait for the target at once.
    void to_the_two() {
        for (int i = 0; i < 50 && completing() < 2; ++i) {
            ASSERT_TRUE(branch().stopped());
            wait_for([&] { QTest::mouseClick(choices().take(), Qt::LeftButton); });
        }
        ASSERT_EQ(completing(), 2);
    }
    int completing() {
        int count = 0;
        for (const PendingChoice& each : branch().session->choice_points.back().pending) count += each.blocks.isEmpty() ? 0 : 1;
        return count;
    }
};

TEST(ChoicesPane, AsksAtEveryPointAndTheSameChoicesGiveTheSameRun) {
    ChoicesLab lab;
    QAbstractItemModelTester tester(&lab.branches(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_FALSE(lab.branches().active());
    EXPECT_TRUE(lab.choices().begin()->isEnabled());
    lab.begin();
    ASSERT_TRUE(lab.branches().active());
    EXPECT_TRUE(lab.window->pane("choices")->isVisible());
    EXPECT_TRUE(lab.branch().stopped());
    ASSERT_GT(lab.choices().pending()->topLevelItemCount(), 0);
    EXPECT_EQ(lab.window->playback().position().value, lab.window->playback().event_count() - 1) << "it stands where it is asked";
    lab.wait_for([&] { QTest::keyClick(lab.choices().pending(), Qt::Key_Return); });
    EXPECT_EQ(lab.branch().choices, QStringList{QStringLiteral("0")});
    const auto fingerprint = trace::fingerprint(*lab.window->playback().trace());
    const QStringList choices = lab.branch().choices;
    lab.begin();
    lab.wait_for([&] { QTest::keyClick(lab.choices().pending(), Qt::Key_Return); });
    EXPECT_EQ(lab.branch().choices, choices);
    EXPECT_EQ(trace::fingerprint(*lab.window->playback().trace()), fingerprint);
    lab.wait_for([&] { QTest::mouseClick(lab.choices().go_on(), Qt::LeftButton); });
    EXPECT_FALSE(lab.branch().stopped());
    EXPECT_TRUE(lab.window->playback().session()->findings.rows.empty());
}

// Ctrl+M and then Enter, Enter …: the question has the keyboard, wherever it was before.
TEST(ChoicesPane, EnterTakesWithoutAClickAndTheArrowKeysChoose) {
    ChoicesLab lab;
    lab.begin();
    EXPECT_EQ(QApplication::focusWidget(), lab.choices().pending());
    lab.wait_for([&] { QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return); });
    EXPECT_EQ(lab.branch().choices, QStringList{QStringLiteral("0")});
    while (lab.completing() < 2) {
        ASSERT_EQ(QApplication::focusWidget(), lab.choices().pending());
        lab.wait_for([&] { QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return); });
    }
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down);
    lab.wait_for([&] { QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return); });
    EXPECT_EQ(lab.branch().choices.back(), QStringLiteral("1"));
}

TEST(ChoicesPane, SaysWhyThereIsNoStatusAndOffersOnlyFaultsThatCanBe) {
    ChoicesLab lab;
    lab.begin();
    const QComboBox* status = lab.choices().status();
    const auto* faults = qobject_cast<const QStandardItemModel*>(lab.choices().fault()->model());
    ASSERT_NE(faults, nullptr);
    const int drop = lab.choices().fault()->findData(QStringLiteral("!drop"));
    bool with = false, without = false;
    for (int guard = 0; guard < 50 && lab.branch().stopped() && !(with && without); ++guard) {
        QTreeWidget* pending = lab.choices().pending();
        const auto& point = lab.branch().session->choice_points.back();
        for (int row = 0; row < pending->topLevelItemCount(); ++row) {
            pending->setCurrentItem(pending->topLevelItem(row));
            const bool completes = !point.pending[static_cast<std::size_t>(row)].blocks.isEmpty();
            (completes ? with : without) = true;
            EXPECT_EQ(status->isEnabled(), completes);
            EXPECT_EQ(status->currentText(), completes ? QStringLiteral("target's own status") : QStringLiteral("no status"));
            EXPECT_EQ(faults->item(drop)->isEnabled(), completes);
            EXPECT_FALSE(status->toolTip().isEmpty());
            EXPECT_EQ(lab.choices().why()->isVisible(), !completes);
        }
        lab.wait_for([&] { QTest::keyClick(pending, Qt::Key_Return); });
    }
    EXPECT_TRUE(with);
}

TEST(ChoicesPane, AnotherChoiceAtAnEarlierPointForksAndBothBranchesStay) {
    ChoicesLab lab;
    lab.begin();
    lab.to_the_two();
    const int point = static_cast<int>(lab.branch().choices.size());
    lab.wait_for([&] { QTest::keyClick(lab.choices().pending(), Qt::Key_Return); });
    lab.wait_for([&] { lab.branches().let_schedule_go_on(); });
    ASSERT_EQ(lab.branches().rowCount(), 1);
    const SessionPointer first = lab.branch().session;
    lab.choices().history()->setCurrentRow(0);
    lab.choices().history()->setCurrentRow(point);
    EXPECT_EQ(lab.choices().point(), point);
    EXPECT_EQ(lab.window->playback().position(), first->choice_points[static_cast<std::size_t>(point)].after);
    QTreeWidget* pending = lab.choices().pending();
    ASSERT_EQ(pending->topLevelItemCount(), 2);
    pending->setCurrentItem(pending->topLevelItem(1));
    lab.wait_for([&] { QTest::keyClick(pending, Qt::Key_Return); });
    ASSERT_EQ(lab.branches().rowCount(), 2);
    EXPECT_EQ(lab.branch().parent, 0);
    EXPECT_EQ(lab.branch().parted_at, point);
    EXPECT_EQ(lab.branches().branches()[0].session, first) << "the other branch is kept";
    lab.wait_for([&] { lab.branches().let_schedule_go_on(); });
    const SessionPointer second = lab.branch().session;
    EXPECT_NE(trace::fingerprint(*first->trace), trace::fingerprint(*second->trace));
    const trace::EventId parting = lab.branches().parting(0, 1);
    EXPECT_EQ(parting, first->choice_points[static_cast<std::size_t>(point)].after);
    Q_EMIT lab.choices().comparison_wanted(0, 1);
    ComparisonModel& comparison = lab.window->comparison_model();
    EXPECT_TRUE(lab.window->pane("comparison")->isVisible());
    ASSERT_GT(comparison.rowCount(), 10);
    EXPECT_GT(comparison.differing_rows(), 0);
    EXPECT_LT(comparison.differing_rows(), comparison.rowCount()) << "what both do stands on one row";
    EXPECT_GT(comparison.event_at(0, false), parting);
    QTest::qWait(30);
    QTableView* table = lab.window->comparison_view()->table();
    QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::NoModifier, table->visualRect(comparison.index(0, ComparisonModel::left_what)).center());
    if (comparison.event_at(0, false).valid()) {
        EXPECT_EQ(lab.window->playback().session(), first);
        EXPECT_EQ(lab.window->playback().position(), comparison.event_at(0, false));
    }
}

TEST(ChoicesPane, AStatusReachesTheHostAndWhatCannotBeIsTakenBack) {
    ChoicesLab lab;
    lab.begin();
    while (lab.completing() == 0) lab.wait_for([&] { QTest::keyClick(lab.choices().pending(), Qt::Key_Return); });
    ASSERT_GT(lab.choices().status()->count(), 1);
    lab.choices().status()->setCurrentIndex(1);
    lab.wait_for([&] { QTest::mouseClick(lab.choices().take(), Qt::LeftButton); });
    EXPECT_TRUE(lab.branch().choices.back().contains(QStringLiteral("=FAILURE")));
    const auto events = lab.window->playback().trace()->events();
    EXPECT_GT(events.size(), 0U);
    const QStringList before = lab.branch().choices;
    QSignalSpy refused(lab.window.get(), &MainWindow::session_refused);
    lab.branches().choose(static_cast<int>(before.size()), QStringLiteral("77"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return refused.count() > 0; }, 20'000));
    EXPECT_EQ(lab.branch().choices, before);
    EXPECT_TRUE(lab.window->notice()->text().contains(QStringLiteral("item 77")));
}

}  // namespace
}  // namespace chimneylab::desktop
