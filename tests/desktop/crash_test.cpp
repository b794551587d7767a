// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A driver of a person's own that really crashes, hangs or leaves, run from the window: what it was and where is told, the
// run up to there can be looked at, and the desktop goes on as if nothing had happened.
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include "app/desktop/findings/findings_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/program/engine_source.h"
#include "app/desktop/stage/stage_view.h"

namespace chimneylab::desktop {
namespace {

using trace::EventKind;

struct CrashLab {
    std::unique_ptr<MainWindow> window;
    CrashLab() {
        qputenv("CHIMNEYLAB_HOST", HOST_PROGRAM);
        qputenv("CHIMNEYLAB_SYMBOLS", SYMBOLS_PROGRAM);
        window = std::make_unique<MainWindow>(engine_source(), nullptr);
        window->choose_theme(Theme::Choice::light);
        window->resize(1366, 768);
        window->show();
        window->set_reduced_motion(true);
        (void)QTest::qWaitForWindowActive(window.get());
        EXPECT_TRUE(QTest::qWaitFor([&] { return window->library_model().rowCount() > 0; }, 10'000));
        wait_for([&] { window->open_scenario(QStringLiteral("m1")); });
    }
    template <typename Action>
    void wait_for(Action action) {
        QSignalSpy shown(window.get(), &MainWindow::session_shown);
        action();
        ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 30'000)) << window->notice()->text().toStdString();
    }
    void run(const char* defect) {
        qputenv("DEFECT", defect);
        wait_for([&] { window->run_with_driver(QStringLiteral(DEFECTS_DRIVER)); });
    }
    PlaybackModel& playback() { return window->playback(); }
    QString said() const { return window->notice()->text(); }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) { QTest::keyClick(window->stage_view(), key, modifiers); }
};

TEST(CrashingDriver, IsToldAndTheRunUpToThereIsShown) {
    CrashLab lab;
    const auto whole = lab.playback().event_count();
    lab.run("null-dereference");
    ASSERT_TRUE(lab.window->notice()->isVisible());
    for (const char* words : {"defects-gcc.so", "wrote to address 0, through a NULL pointer", "DereferenceNull", "defects.c:", "inside MiniportInitiateOffload", "after event "})
        EXPECT_TRUE(lab.said().contains(QLatin1String(words))) << words << " in: " << lab.said().toStdString();
    const SessionPointer session = lab.playback().session();
    ASSERT_TRUE(session);
    EXPECT_GT(session->trace->size(), 100U);
    EXPECT_LT(session->trace->size(), whole);
    EXPECT_TRUE(session->crash_report.contains(QLatin1String("DereferenceNull")));
    // One stands at the end, where it happened, with its finding in front.
    const trace::EventId last(lab.playback().event_count() - 1);
    EXPECT_EQ(lab.playback().position(), last);
    EXPECT_EQ(session->trace->event(last).kind, EventKind::finding);
    EXPECT_TRUE(lab.window->pane("findings")->in_front());
    ASSERT_EQ(session->findings.rows.size(), 1U);
    EXPECT_EQ(session->findings.rows.front().rule, QStringLiteral("MEM-013"));
    EXPECT_EQ(lab.window->findings_view()->chosen(), 0);
    // Backward from the crash to the beginning and on again.
    while (lab.playback().position().value > 0) {
        const auto before = lab.playback().position();
        lab.key(Qt::Key_PageUp);
        if (lab.playback().position() == before) lab.key(Qt::Key_Home);
        ASSERT_LT(lab.playback().position(), before);
    }
    lab.key(Qt::Key_F);
    EXPECT_EQ(lab.playback().position(), last);
    // The same scenario with the reference driver runs as ever; the notice does not linger.
    lab.wait_for([&] { lab.window->open_scenario(QStringLiteral("m1")); });
    EXPECT_EQ(lab.playback().event_count(), whole);
    EXPECT_FALSE(lab.window->notice()->isVisible());
}

TEST(CrashingDriver, EveryEndIsToldInItsOwnWords) {
    CrashLab lab;
    for (const auto& [defect, words] : {std::pair{"abort", "called abort()"}, {"exit", "exit code 0"}, {"divide", "divided by zero"}, {"driver-entry", "DriverEntry"}, {"kill-itself", "signal 9 (SIGKILL)"}}) {
        lab.run(defect);
        EXPECT_TRUE(lab.window->notice()->isVisible()) << defect;
        EXPECT_TRUE(lab.said().contains(QLatin1String(words))) << defect << ": " << lab.said().toStdString();
        EXPECT_FALSE(lab.playback().session()->findings.rows.empty()) << defect;
        EXPECT_EQ(lab.playback().position().value + 1, lab.playback().event_count());
    }
}

TEST(CrashingDriver, ByHandTheCrashEndsTheBranchAndTheChoicesStay) {
    CrashLab lab;
    lab.run("timer");
    EXPECT_TRUE(lab.said().contains(QLatin1String("TimerFires"))) << lab.said().toStdString();
    lab.wait_for([&] { lab.key(Qt::Key_M, Qt::ControlModifier); });
    BranchModel& branches = lab.window->branch_model();
    ASSERT_TRUE(branches.active());
    for (int i = 0; i < 40 && branches.current_branch()->stopped(); ++i) lab.wait_for([&] { QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return); });
    EXPECT_FALSE(branches.current_branch()->stopped());
    EXPECT_TRUE(lab.said().contains(QLatin1String("TimerFires"))) << lab.said().toStdString();
    EXPECT_FALSE(branches.current_branch()->choices.isEmpty());
    EXPECT_FALSE(lab.playback().session()->findings.rows.empty());
}

TEST(CrashingDriver, AHangCanBeCancelledAndTheRunBeforeItStays) {
    CrashLab lab;
    const SessionPointer before = lab.playback().session();
    qputenv("DEFECT", "endless-loop");
    lab.window->run_with_driver(QStringLiteral(DEFECTS_DRIVER));
    QTest::qWait(300);
    EXPECT_TRUE(lab.window->loader().busy());
    lab.key(Qt::Key_Right);  // the window answers meanwhile
    EXPECT_GT(lab.playback().position(), before->opening);
    lab.key(Qt::Key_Escape);
    EXPECT_FALSE(lab.window->loader().busy());
    EXPECT_EQ(lab.playback().session(), before);
    EXPECT_FALSE(lab.window->notice()->isVisible());
    // Closed in the middle of it: the driver's process is ended with the window.
    lab.window->run_with_driver(QStringLiteral(DEFECTS_DRIVER));
    QTest::qWait(300);
    lab.window->close();
    lab.window.reset();
}

}  // namespace
}  // namespace chimneylab::desktop
