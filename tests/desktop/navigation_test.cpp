// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Getting about with the keyboard: landmarks, conditions, bookmarks, the command palette, layouts of one's own.
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "app/desktop/findings/rule_book_view.h"
#include "app/desktop/main_window/bookmarks_view.h"
#include "app/desktop/main_window/command_palette.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/menu_corner.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/main_window/until_bar.h"
#include "app/desktop/models/bookmark_model.h"
#include "app/desktop/models/event_filter.h"
#include "app/desktop/models/palette_model.h"
#include "app/desktop/stage/stage_view.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;
using trace::EventKind;

struct NavigationLab {
    std::unique_ptr<MainWindow> window;
    explicit NavigationLab(std::unique_ptr<QSettings> settings = nullptr) {
        window = std::make_unique<MainWindow>(testing::synthetic_source(), std::move(settings));
        window->choose_theme(Theme::Choice::light);
        window->resize(1366, 768);
        window->show();
        (void)QTest::qWaitForWindowActive(window.get());
        EXPECT_TRUE(QTest::qWaitFor([&] { return window->library_model().rowCount() > 0; }));
    }
    void open(const char* scenario) {
        QSignalSpy shown(window.get(), &MainWindow::session_shown);
        window->open_scenario(QString::fromLatin1(scenario));
        ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 10'000));
    }
    PlaybackModel& playback() { return window->playback(); }
    std::uint32_t at() { return playback().position().value; }
    void key(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) { QTest::keyClick(window->stage_view(), static_cast<Qt::Key>(key), modifiers); }
};

TEST(Navigation, EGoesFromCompletionToCompletion) {
    NavigationLab lab;
    lab.open("five");
    lab.key(Qt::Key_E);
    const auto first = lab.at();
    EXPECT_TRUE(is_completion(*lab.playback().trace(), EventId(first)));
    lab.key(Qt::Key_E);
    EXPECT_GT(lab.at(), first);
    lab.key(Qt::Key_E, Qt::ShiftModifier);
    EXPECT_EQ(lab.at(), first);
}

TEST(Navigation, MGoesToTheNextChangeOfTheChosenMember) {
    NavigationLab lab;
    lab.open("one");
    lab.playback().choose_member(0x80);  // SourceHandle
    const trace::RegionId region = lab.playback().region();
    lab.key(Qt::Key_M);
    const auto first = lab.at();
    bool changes = false;
    for (const trace::Change& change : lab.playback().trace()->changes(lab.playback().trace()->event(EventId(first)))) {
        changes = changes || (change.region == region && change.offset < 0x88 && change.offset + change.length > 0x80);
    }
    EXPECT_TRUE(changes) << "the event it went to changed those bytes";
    lab.key(Qt::Key_M);
    EXPECT_GT(lab.at(), first);
    lab.key(Qt::Key_M, Qt::ShiftModifier);
    EXPECT_EQ(lab.at(), first);
}

TEST(Navigation, RunsUntilAConditionAndSaysWhenItNeverComes) {
    NavigationLab lab;
    lab.open("five");
    lab.key(Qt::Key_Home);
    lab.key(Qt::Key_U, Qt::ControlModifier);
    UntilBar* bar = lab.window->until_bar();
    ASSERT_TRUE(bar->isVisible());
    QTest::keyClicks(bar->field(), QStringLiteral("conversion layer:im2"));
    QTest::keyClick(bar->field(), Qt::Key_Return);
    const auto first = lab.at();
    EXPECT_EQ(lab.playback().trace()->event(EventId(first)).kind, EventKind::conversion);
    QTest::keyClick(bar->field(), Qt::Key_Return);
    const auto second = lab.at();
    EXPECT_GT(second, first);
    QTest::keyClick(bar->field(), Qt::Key_Return, Qt::ShiftModifier);
    EXPECT_EQ(lab.at(), first);
    QTest::keyClick(bar->field(), Qt::Key_Escape);
    EXPECT_FALSE(bar->isVisible());
    lab.key(Qt::Key_U);
    EXPECT_EQ(lab.at(), second) << "U goes on with the same condition";
    lab.key(Qt::Key_U, Qt::ControlModifier);
    bar->field()->clear();
    QTest::keyClicks(bar->field(), QStringLiteral("name:NoSuchFunction"));
    QTest::keyClick(bar->field(), Qt::Key_Return);
    EXPECT_EQ(lab.at(), second);
    EXPECT_FALSE(bar->word().isEmpty());
    bar->field()->clear();
    QTest::keyClicks(bar->field(), QStringLiteral("kind:("));
    QTest::keyClick(bar->field(), Qt::Key_Return);
    EXPECT_TRUE(bar->word().contains(QStringLiteral("column")));
}

TEST(Navigation, BookmarksAreListedNotedAndTakenAway) {
    NavigationLab lab;
    lab.open("one");
    BookmarkModel& bookmarks = lab.window->bookmark_model();
    QAbstractItemModelTester tester(&bookmarks, QAbstractItemModelTester::FailureReportingMode::Fatal);
    lab.window->choose_layout(layout_debug);
    lab.key(Qt::Key_PageDown);
    const auto there = lab.at();
    lab.key(Qt::Key_B);
    lab.key(Qt::Key_End);
    lab.key(Qt::Key_B);
    ASSERT_EQ(bookmarks.rowCount(), 2);
    EXPECT_EQ(bookmarks.event_at(0).value, there);
    EXPECT_TRUE(bookmarks.setData(bookmarks.index(0), QStringLiteral("here it turns"), Qt::EditRole));
    EXPECT_TRUE(bookmarks.index(0).data().toString().contains(QStringLiteral("here it turns")));
    lab.key(Qt::Key_B, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(lab.at(), there);
    QListView* list = lab.window->findChild<BookmarksView*>()->list();
    QTest::qWait(20);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, Qt::NoModifier, list->visualRect(bookmarks.index(1)).center());
    EXPECT_EQ(lab.at(), lab.playback().event_count() - 1);
    list->setCurrentIndex(bookmarks.index(1));
    QTest::keyClick(list, Qt::Key_Delete);
    EXPECT_EQ(bookmarks.rowCount(), 1);
    const SessionPointer first = lab.playback().session();
    lab.open("five");
    EXPECT_EQ(bookmarks.rowCount(), 0);
    lab.playback().open(first);
    EXPECT_EQ(bookmarks.rowCount(), 1) << "a session that comes back finds its own";
}

TEST(Navigation, TheMenuBarHasTheSearchAndTheLayoutInSight) {
    NavigationLab lab;
    lab.open("one");
    MenuCorner* corner = lab.window->menu_corner();
    EXPECT_TRUE(corner->search()->text().contains(QStringLiteral("Ctrl+K")));
    EXPECT_TRUE(corner->layouts()->text().startsWith(QStringLiteral("Learn")));
    QTest::mouseClick(corner->search(), Qt::LeftButton);
    EXPECT_TRUE(lab.window->command_palette()->isVisible());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    EXPECT_FALSE(lab.window->command_palette()->isVisible());
    lab.key(Qt::Key_3, Qt::ControlModifier | Qt::AltModifier);
    EXPECT_EQ(lab.window->pane_layout(), layout_debug);
    EXPECT_TRUE(corner->layouts()->text().startsWith(QStringLiteral("Debug")));
    EXPECT_EQ(corner->layouts()->accessibleName(), QStringLiteral("Layout: Debug"));
    corner->layouts()->menu()->actions().front()->trigger();
    EXPECT_EQ(lab.window->pane_layout(), layout_teach);
}

TEST(Palette, BestMatchesComeFirst) {
    EXPECT_GT(PaletteModel::score(QStringLiteral("Next conversion"), QStringLiteral("next")), PaletteModel::score(QStringLiteral("The next one"), QStringLiteral("next")));
    EXPECT_GT(PaletteModel::score(QStringLiteral("The next one"), QStringLiteral("next")), PaletteModel::score(QStringLiteral("Annexation text"), QStringLiteral("next")));
    EXPECT_EQ(PaletteModel::score(QStringLiteral("Play"), QStringLiteral("zz")), 0);
    EXPECT_GT(PaletteModel::score(QStringLiteral("Next conversion"), QStringLiteral("conv next")), 0);
    PaletteModel palette;
    QAbstractItemModelTester tester(&palette, QAbstractItemModelTester::FailureReportingMode::Fatal);
    palette.set_entries({{QStringLiteral("command"), QStringLiteral("Play"), {}, [] {}}, {QStringLiteral("rule"), QStringLiteral("IM-050"), QStringLiteral("SourceHandle"), [] {}}});
    EXPECT_EQ(palette.rowCount(), 2);
    palette.set_letters(QStringLiteral("sourcehandle"));
    ASSERT_EQ(palette.rowCount(), 1) << "the words of a rule find it too";
    EXPECT_EQ(palette.index(0).data().toString(), QStringLiteral("IM-050"));
}

TEST(Palette, FindsCommandsRulesScenariosAndEventsByNumber) {
    NavigationLab lab;
    lab.open("one");
    const auto type = [&](const char* letters) {
        lab.key(Qt::Key_K, Qt::ControlModifier);
        EXPECT_TRUE(lab.window->command_palette()->isVisible());
        QTest::keyClicks(lab.window->command_palette()->field(), QString::fromLatin1(letters));
    };
    const auto enter = [&] { QTest::keyClick(lab.window->command_palette()->field(), Qt::Key_Return); };
    type("17");
    enter();
    EXPECT_EQ(lab.at(), 17U);
    EXPECT_FALSE(lab.window->command_palette()->isVisible());
    type("to the last event");
    enter();
    EXPECT_EQ(lab.at(), lab.playback().event_count() - 1);
    type("IM-052");
    enter();
    EXPECT_EQ(lab.window->rule_book()->shown(), QStringLiteral("IM-052"));
    EXPECT_TRUE(lab.window->pane("rules")->isVisible());
    QSignalSpy shown(lab.window.get(), &MainWindow::session_shown);
    type("eight floors");
    enter();
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 10'000));
    EXPECT_EQ(lab.window->library_model().current(), QStringLiteral("deep"));
    type("nothing whatever has this");
    EXPECT_EQ(lab.window->palette_model().rowCount(), 0);
    enter();
    QTest::keyClick(lab.window->command_palette()->field(), Qt::Key_Escape);
    EXPECT_FALSE(lab.window->command_palette()->isVisible());
}

TEST(Navigation, EveryPaneIsReachedByKeyboard) {
    NavigationLab lab;
    lab.open("one");
    lab.window->pane("events")->close();
    for (PanelDock* pane : lab.window->panes()) {
        QAction* go = lab.window->findChild<QAction*>(QStringLiteral("go_") + pane->objectName());
        ASSERT_NE(go, nullptr) << pane->objectName().toStdString();
        go->trigger();
        EXPECT_TRUE(pane->isVisible()) << pane->objectName().toStdString();
    }
}

TEST(Navigation, EveryActionStandsInAMenuAndTheSheetShowsItsKey) {
    NavigationLab lab;
    lab.open("one");
    std::set<const QAction*> in_menus;
    const std::function<void(const QMenu*)> walk = [&](const QMenu* menu) {
        for (const QAction* each : menu->actions()) {
            in_menus.insert(each);
            if (each->menu() != nullptr) walk(each->menu());
        }
    };
    for (const QAction* each : lab.window->menuBar()->actions()) walk(each->menu());
    for (const QAction* each : lab.window->actions()) EXPECT_TRUE(in_menus.count(each)) << each->objectName().toStdString();
    lab.key(Qt::Key_F1);
    QTextBrowser* sheet = nullptr;
    for (QTextBrowser* each : lab.window->findChildren<QTextBrowser*>()) {
        if (each->accessibleName() == QLatin1String("Keyboard")) sheet = each;
    }
    ASSERT_NE(sheet, nullptr);
    const QString text = sheet->toPlainText();
    for (const char* key : {"Space", "PgDown", "Ctrl+K", "Ctrl+M", "Ctrl+Alt+1", "Shift+F"}) EXPECT_TRUE(text.contains(QString::fromLatin1(key))) << key;
}

TEST(Layouts, OnesOwnIsRemembered) {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("lab.ini"));
    {
        NavigationLab lab(std::make_unique<QSettings>(file, QSettings::IniFormat));
        lab.window->pane("members")->close();
        lab.window->findChild<QAction*>(QStringLiteral("remember_layout"))->trigger();
        lab.window->choose_layout(layout_teach);
        EXPECT_TRUE(lab.window->pane("members")->isVisible());
    }
    NavigationLab again(std::make_unique<QSettings>(file, QSettings::IniFormat));
    EXPECT_TRUE(again.window->pane("members")->isVisible());
    again.key(Qt::Key_4, Qt::ControlModifier | Qt::AltModifier);
    EXPECT_FALSE(again.window->pane("members")->isVisible());
}

}  // namespace
}  // namespace chimneylab::desktop
