// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window, driven as a person drives it: real key and mouse events, also at the wrong moment and twice.
#include <QApplication>
#include <QDockWidget>
#include <QMenuBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <set>

#include <gtest/gtest.h>

#include "app/desktop/bytes/bytes_view.h"
#include "app/desktop/event_list/event_list_view.h"
#include "app/desktop/handle_chain/chain_view.h"
#include "app/desktop/inspector/member_card.h"
#include "app/desktop/inspector/member_inspector.h"
#include "app/desktop/ledger/ledger_view.h"
#include "app/desktop/lens/lens_bar.h"
#include "app/desktop/library/library_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/narration/narration_view.h"
#include "app/desktop/stage/stage_view.h"
#include "app/desktop/transport/transport_bar.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;
using trace::EventKind;

struct WindowLab {
    std::unique_ptr<MainWindow> window;
    explicit WindowLab(const char* scenario = "one", QSize size = {1366, 768}) : WindowLab(scenario, size, nullptr) {}
    WindowLab(const char* scenario, QSize size, std::unique_ptr<QSettings> settings) {
        window = std::make_unique<MainWindow>(testing::synthetic_source(), std::move(settings));
        window->choose_theme(Theme::Choice::light);
        window->resize(size);
        window->show();
        (void)QTest::qWaitForWindowActive(window.get());
        EXPECT_TRUE(QTest::qWaitFor([&] { return window->library_model().rowCount() > 0; }));
        if (scenario != nullptr) open(scenario);
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

TEST(Window, EveryPaneIsFilledOnTheFirstScenario) {
    WindowLab lab;
    EXPECT_FALSE(lab.window->stage_model().scene().empty());
    EXPECT_TRUE(lab.window->stage_model().scene().card.shown);
    EXPECT_GT(lab.window->event_model().rowCount(), 10);
    EXPECT_GT(lab.window->member_model().rowCount(), 10);
    EXPECT_FALSE(lab.window->narration()->text().isEmpty());
    EXPECT_EQ(lab.window->library_model().current(), QStringLiteral("one"));
    EXPECT_FALSE(lab.playback().playing());
    for (const char* name : {"library", "stage", "members", "narration", "findings", "events"}) EXPECT_TRUE(lab.window->pane(name)->isVisible()) << name;
}

TEST(Window, WithoutASessionEveryPaneSaysWhatToDo) {
    WindowLab lab(nullptr);
    EXPECT_TRUE(lab.window->stage_model().scene().empty());
    EXPECT_TRUE(lab.window->narration()->text().contains(QStringLiteral("Space")));
    lab.key(Qt::Key_Space);
    lab.key(Qt::Key_Right);
    lab.key(Qt::Key_End);
    EXPECT_FALSE(lab.playback().playing());
    EXPECT_FALSE(lab.window->grab().isNull());
}

TEST(Window, ArrowKeysStepForwardAndBackWhereTheyCameFrom) {
    WindowLab lab;
    const auto start = lab.at();
    lab.key(Qt::Key_Right);
    EXPECT_EQ(lab.at(), start + 1);
    lab.key(Qt::Key_Right);
    lab.key(Qt::Key_Left);
    lab.key(Qt::Key_Left);
    EXPECT_EQ(lab.at(), start);
    lab.key(Qt::Key_End);
    EXPECT_EQ(lab.at(), lab.playback().event_count() - 1);
    lab.key(Qt::Key_Right);
    EXPECT_EQ(lab.at(), lab.playback().event_count() - 1);
    lab.key(Qt::Key_Home);
    EXPECT_EQ(lab.at(), 0U);
    lab.key(Qt::Key_Left);
    EXPECT_EQ(lab.at(), 0U);
}

TEST(Window, PageKeysGoFromConversionToConversion) {
    WindowLab lab;
    lab.key(Qt::Key_PageDown);
    const auto first = lab.at();
    EXPECT_EQ(lab.playback().trace()->event(EventId(first)).kind, EventKind::conversion);
    lab.key(Qt::Key_PageDown);
    EXPECT_GT(lab.at(), first);
    lab.key(Qt::Key_PageUp);
    EXPECT_EQ(lab.at(), first);
}

TEST(Window, LettersGoToCallEntriesAndBookmarks) {
    WindowLab lab;
    lab.key(Qt::Key_C);
    EXPECT_EQ(lab.playback().trace()->event(lab.playback().position()).kind, EventKind::call_entry_recognised);
    const auto there = lab.at();
    lab.key(Qt::Key_B);
    lab.key(Qt::Key_End);
    lab.key(Qt::Key_B, Qt::ShiftModifier);
    EXPECT_EQ(lab.at(), there);
    lab.key(Qt::Key_B);  // clears it again
    lab.key(Qt::Key_End);
    lab.key(Qt::Key_B, Qt::ShiftModifier);
    EXPECT_EQ(lab.at(), lab.playback().event_count() - 1);
    lab.key(Qt::Key_F);  // no finding in this run
    EXPECT_EQ(lab.at(), lab.playback().event_count() - 1);
}

TEST(Window, DownGoesIntoTheNextCallAndUpComesOut) {
    WindowLab lab;
    const auto depth = [&] { return lab.playback().history()->open_calls(lab.playback().position()).size(); };
    const auto before = depth();
    lab.key(Qt::Key_Down);
    EXPECT_GT(depth(), before);
    const EventId inside = lab.playback().history()->open_calls(lab.playback().position()).back();
    lab.key(Qt::Key_Up);
    EXPECT_EQ(lab.playback().position(), lab.playback().trace()->leave_of(inside));
}

TEST(Window, SpacePlaysAndPausesAndTheClockMovesIt) {
    WindowLab lab;
    const auto start = lab.at();
    lab.key(Qt::Key_Space);
    EXPECT_TRUE(lab.playback().playing());
    EXPECT_TRUE(QTest::qWaitFor([&] { return lab.at() > start + 1; }, 8'000));
    lab.key(Qt::Key_Space);
    EXPECT_FALSE(lab.playback().playing());
    const auto stopped = lab.at();
    QTest::qWait(300);
    EXPECT_EQ(lab.at(), stopped);
    lab.key(Qt::Key_Space);
    lab.key(Qt::Key_Space);
    lab.key(Qt::Key_Space);
    EXPECT_TRUE(lab.playback().playing());
    lab.key(Qt::Key_Right);  // stepping takes over from playing
    EXPECT_FALSE(lab.playback().playing());
}

TEST(Window, EveryTransportButtonDoesWhatItSays) {
    WindowLab lab;
    QList<TransportButton*> buttons = lab.window->transport()->findChildren<TransportButton*>();
    ASSERT_EQ(buttons.size(), 5);
    const auto press = [&](int index) { QTest::mouseClick(buttons[index], Qt::LeftButton); };
    press(4);
    EXPECT_EQ(lab.at(), lab.playback().event_count() - 1);
    EXPECT_FALSE(buttons[4]->isEnabled());
    press(0);
    EXPECT_EQ(lab.at(), 0U);
    EXPECT_FALSE(buttons[0]->isEnabled());
    press(3);
    EXPECT_EQ(lab.at(), 1U);
    press(1);
    EXPECT_EQ(lab.at(), 0U);
    press(2);
    EXPECT_TRUE(lab.playback().playing());
    press(2);
    EXPECT_FALSE(lab.playback().playing());
    for (TransportButton* button : buttons) {
        EXPECT_FALSE(button->accessibleName().isEmpty());
        EXPECT_FALSE(button->toolTip().isEmpty());
    }
}

TEST(Window, DraggingTheScrubberIsImmediateAndStopsPlaying) {
    WindowLab lab("five");
    Scrubber* scrubber = lab.window->transport()->scrubber();
    lab.playback().play();
    const int y = scrubber->height() / 2;
    QTest::mousePress(scrubber, Qt::LeftButton, Qt::NoModifier, QPoint(scrubber->width() / 4, y));
    EXPECT_FALSE(lab.playback().playing());
    const auto quarter = lab.at();
    EXPECT_NEAR(scrubber->x_of(EventId(quarter)), scrubber->width() / 4.0, 4) << "the cursor stands under the pointer";
    QTest::mouseMove(scrubber, QPoint(scrubber->width() / 2, y));
    EXPECT_NEAR(scrubber->x_of(EventId(lab.at())), scrubber->width() / 2.0, 4);
    EXPECT_GT(lab.at(), quarter);
    EXPECT_FALSE(lab.window->stage_view()->moving()) << "scrubbing does not animate";
    QTest::mouseMove(scrubber, QPoint(scrubber->width() * 5, y));  // far outside
    EXPECT_EQ(lab.at(), lab.playback().event_count() - 1);
    QTest::mouseMove(scrubber, QPoint(-500, y));
    EXPECT_EQ(lab.at(), 0U);
    QTest::mouseRelease(scrubber, Qt::LeftButton, Qt::NoModifier, QPoint(5, y));
    QTest::mouseMove(scrubber, QPoint(scrubber->width() / 2, y));
    EXPECT_EQ(lab.at(), 0U) << "not held any more";
}

TEST(Window, ClickingAnEventRowGoesThereAndTheListFollows) {
    WindowLab lab("five");
    QTableView* table = lab.window->event_view()->table();
    const QModelIndex row = lab.window->event_model().index(12, EventListModel::what);
    table->scrollTo(row);
    QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::NoModifier, table->visualRect(row).center());
    EXPECT_EQ(lab.at(), 12U);
    QTest::keyClick(table, Qt::Key_Down);
    EXPECT_EQ(lab.at(), 13U) << "in the list the arrow keys belong to the list";
    lab.key(Qt::Key_End);
    EXPECT_EQ(table->currentIndex().row(), lab.window->event_model().rowCount() - 1);
    EXPECT_TRUE(table->viewport()->rect().intersects(table->visualRect(table->currentIndex())));
}

TEST(Window, TypingAFilterNarrowsTheListAndNonsenseIsToldInPlace) {
    WindowLab lab("five");
    QLineEdit* filter = lab.window->event_view()->filter();
    filter->setFocus();
    const auto at = lab.at();
    QTest::keyClicks(filter, QStringLiteral("kind:conversion"));  // letters and the colon are text here, not shortcuts
    QTest::keyClick(filter, Qt::Key_Return);
    EXPECT_EQ(lab.at(), at);
    EXPECT_EQ(lab.window->event_model().rowCount(), 50);
    QTest::keyClicks(filter, QStringLiteral(" ("));
    QTest::keyClick(filter, Qt::Key_Return);
    EXPECT_EQ(lab.window->event_model().rowCount(), 50);
    EXPECT_TRUE(filter->property("problem").toBool());
    filter->clear();
    QTest::keyClick(filter, Qt::Key_Return);
    EXPECT_EQ(lab.window->event_model().rowCount(), static_cast<int>(lab.playback().event_count()));
    EXPECT_FALSE(filter->property("problem").toBool());
}

TEST(Window, ClickingBlocksAndEntriesOnTheStageChoosesTheirMemory) {
    WindowLab lab;
    lab.key(Qt::Key_C);
    StageView* stage = lab.window->stage_view();
    stage->advance(1000);  // let the card arrive
    const StageScene scene = lab.window->stage_model().scene();
    ASSERT_GE(scene.card.blocks.size(), 3U);
    const QPointF block = scene.card.box.topLeft() + scene.card.blocks[2].box.center();
    QTest::mouseClick(stage->viewport(), Qt::LeftButton, Qt::NoModifier, block.toPoint());
    EXPECT_EQ(lab.playback().region(), scene.card.blocks[2].region);
    EXPECT_TRUE(lab.window->member_model().region_name().contains(QStringLiteral("T1")));
    const auto slot = std::find_if(scene.slots.begin(), scene.slots.end(), [](const StageSlot& s) { return s.region.valid(); });
    ASSERT_NE(slot, scene.slots.end());
    QTest::mouseClick(stage->viewport(), Qt::LeftButton, Qt::NoModifier, slot->box.center().toPoint());
    EXPECT_EQ(lab.playback().region(), slot->region);
    QTest::mouseClick(stage->viewport(), Qt::LeftButton, Qt::NoModifier, QPoint(4, 4));
    EXPECT_FALSE(lab.playback().region_chosen()) << "a click beside everything goes back to the root";
}

TEST(Window, ClickingAFunctionNameGoesToItsCall) {
    WindowLab lab;
    const StageScene scene = lab.window->stage_model().scene();
    const StageRung& last = scene.rungs.back();
    ASSERT_EQ(last.tense, Tense::future);
    QTest::mouseClick(lab.window->stage_view()->viewport(), Qt::LeftButton, Qt::NoModifier, last.text.center().toPoint());
    EXPECT_EQ(lab.playback().position(), last.event);
}

TEST(Window, AStepMovesTheCardAndAJumpDoesNot) {
    WindowLab lab;
    StageView* stage = lab.window->stage_view();
    stage->advance(1000);
    const QPointF before = stage->drawn_card().topLeft();
    lab.playback().step(trace::Landmark::call, 1);
    const QPointF target = lab.window->stage_model().scene().card.box.topLeft();
    ASSERT_NE(before, target);
    EXPECT_TRUE(stage->moving());
    EXPECT_EQ(stage->drawn_card().topLeft(), before);
    stage->advance(110);
    EXPECT_GT(stage->drawn_card().top(), before.y());
    EXPECT_LT(stage->drawn_card().top(), target.y());
    stage->advance(2000);
    EXPECT_EQ(stage->drawn_card().topLeft(), target);
    EXPECT_FALSE(stage->moving());
    // Backward as good as forward.
    lab.playback().step(trace::Landmark::call, -1);
    EXPECT_TRUE(stage->moving());
    stage->advance(2000);
    EXPECT_EQ(stage->drawn_card().topLeft(), before);
    lab.window->set_reduced_motion(true);
    lab.playback().step(trace::Landmark::call, 1);
    EXPECT_FALSE(stage->moving());
    EXPECT_EQ(stage->drawn_card().topLeft(), target);
}

TEST(Window, ChoosingInTheLibraryOpensAndTwiceDoesNoHarm) {
    WindowLab lab;
    QListView* list = lab.window->library_view()->list();
    QSignalSpy shown(lab.window.get(), &MainWindow::session_shown);
    const QModelIndex row = lab.window->library_model().index(lab.window->library_model().row_of(QStringLiteral("five")));
    QTest::mouseClick(list->viewport(), Qt::LeftButton, Qt::NoModifier, list->visualRect(row).center());
    QTest::mouseClick(list->viewport(), Qt::LeftButton, Qt::NoModifier, list->visualRect(row).center());
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0 && !lab.window->loader().busy(); }));
    EXPECT_EQ(lab.window->library_model().current(), QStringLiteral("five"));
    EXPECT_EQ(lab.playback().trace()->layers().size(), 4U);
}

TEST(Window, ARefusedScenarioIsToldAndWhatWasShownStays) {
    WindowLab lab;
    const auto before = lab.playback().session();
    QSignalSpy refused(lab.window.get(), &MainWindow::session_refused);
    lab.window->open_scenario(QStringLiteral("refused"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return refused.count() > 0; }));
    EXPECT_TRUE(lab.window->notice()->isVisible());
    EXPECT_TRUE(lab.window->notice()->text().contains(QStringLiteral("x1.yaml:12:5")));
    EXPECT_EQ(lab.playback().session(), before);
    QTest::mouseClick(lab.window->notice()->button(), Qt::LeftButton);
    EXPECT_FALSE(lab.window->notice()->isVisible());
}

TEST(Window, ALongRunCanBeCancelledAndTheWindowStaysAlive) {
    WindowLab lab;
    lab.window->open_scenario(QStringLiteral("endless"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return lab.window->notice()->isVisible(); }));
    const auto before = lab.at();
    lab.key(Qt::Key_Right);
    EXPECT_EQ(lab.at(), before + 1) << "the window goes on working";
    QTest::mouseClick(lab.window->notice()->button(), Qt::LeftButton);
    EXPECT_FALSE(lab.window->loader().busy());
    EXPECT_FALSE(lab.window->notice()->isVisible());
}

TEST(Window, ClosingInTheMiddleOfARunAndOfPlayingEnds) {
    WindowLab lab;
    lab.playback().play();
    lab.window->open_scenario(QStringLiteral("endless"));
    lab.window->close();
    EXPECT_FALSE(lab.playback().playing());
    lab.window.reset();  // joins the worker
    SUCCEED();
}

TEST(Window, StartingAnotherRunDropsTheFirst) {
    WindowLab lab;
    lab.window->open_scenario(QStringLiteral("endless"));
    lab.open("five");
    EXPECT_EQ(lab.window->library_model().current(), QStringLiteral("five"));
    EXPECT_FALSE(lab.window->loader().busy());
}

TEST(Window, PanesCloseComeBackAndTakeTheWholeWindow) {
    WindowLab lab;
    PanelDock* stage = lab.window->pane("stage");
    PanelDock* events = lab.window->pane("events");
    events->close();
    EXPECT_FALSE(events->isVisible());
    events->toggleViewAction()->trigger();
    EXPECT_TRUE(events->isVisible());
    const int width = stage->width();
    QTest::mouseDClick(stage->title_bar(), Qt::LeftButton, Qt::NoModifier, QPoint(40, 12));
    EXPECT_EQ(lab.window->maximised_pane(), stage);
    EXPECT_FALSE(events->isVisible());
    QTest::qWait(50);
    EXPECT_GT(stage->width(), width);
    QTest::mouseDClick(stage->title_bar(), Qt::LeftButton, Qt::NoModifier, QPoint(40, 12));
    EXPECT_EQ(lab.window->maximised_pane(), nullptr);
    EXPECT_TRUE(events->isVisible());
}

TEST(Window, LayoutsShowTheirPanesAndLearnIsTheFirst) {
    WindowLab lab;
    EXPECT_EQ(lab.window->pane_layout(), layout_learn);
    const int stage_width = lab.window->pane("stage")->width();
    lab.key(Qt::Key_1, Qt::ControlModifier | Qt::AltModifier);
    QTest::qWait(30);
    EXPECT_EQ(lab.window->pane_layout(), layout_teach);
    EXPECT_FALSE(lab.window->pane("library")->isVisible());
    EXPECT_FALSE(lab.window->pane("events")->isVisible());
    EXPECT_TRUE(lab.window->pane("narration")->isVisible());
    EXPECT_GT(lab.window->pane("stage")->width(), stage_width + 100);
    lab.key(Qt::Key_2, Qt::ControlModifier | Qt::AltModifier);
    QTest::qWait(30);
    EXPECT_TRUE(lab.window->pane("library")->isVisible());
    EXPECT_TRUE(lab.window->pane("events")->isVisible());
    EXPECT_NEAR(lab.window->pane("stage")->width(), stage_width, 4);
}

TEST(Window, TheArrangementIsRemembered) {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("lab.ini"));
    {
        WindowLab lab("one", {1366, 768}, std::make_unique<QSettings>(file, QSettings::IniFormat));
        lab.window->pane("members")->close();
        lab.playback().set_speed(5);
        lab.window->close();
    }
    MainWindow again(testing::synthetic_source(), std::make_unique<QSettings>(file, QSettings::IniFormat));
    again.restore_arrangement();
    again.show();
    EXPECT_FALSE(again.pane("members")->isVisible());
    EXPECT_TRUE(again.pane("library")->isVisible());
    EXPECT_DOUBLE_EQ(again.playback().speed(), 5);
}

TEST(Window, SurvivesEverySizeAndResizingWhilePlaying) {
    WindowLab lab("deep");
    lab.playback().set_speed(50);
    lab.playback().play();
    for (const QSize size : {QSize(900, 560), QSize(1366, 768), QSize(1920, 1080), QSize(3840, 2160), QSize(1000, 600)}) {
        lab.window->resize(size);
        QTest::qWait(30);
        EXPECT_FALSE(lab.window->grab().isNull());
    }
}

TEST(Window, EveryActionHasATextAndNoShortcutIsGivenTwice) {
    WindowLab lab;
    std::set<QString> seen;
    for (QAction* action : lab.window->actions()) {
        EXPECT_FALSE(action->text().isEmpty());
        for (const QKeySequence& key : action->shortcuts()) {
            EXPECT_TRUE(seen.insert(key.toString()).second) << key.toString().toStdString() << " " << action->text().toStdString();
        }
    }
    for (const char* needed : {"Space", "Left", "Right", "Up", "Down", "PgUp", "PgDown", "Home", "End", "C", "F", "B", "Ctrl+O", "Ctrl+S"}) {
        EXPECT_TRUE(seen.count(QString::fromLatin1(needed))) << needed;
    }
}

TEST(Window, ViewsHaveAccessibleNames) {
    WindowLab lab;
    for (QWidget* widget : {static_cast<QWidget*>(lab.window->stage_view()), static_cast<QWidget*>(lab.window->event_view()->table()),
                            static_cast<QWidget*>(lab.window->inspector()->table()), static_cast<QWidget*>(lab.window->library_view()->list()),
                            static_cast<QWidget*>(lab.window->transport()->scrubber()), static_cast<QWidget*>(lab.window->narration()),
                            static_cast<QWidget*>(lab.window->lens_view()), static_cast<QWidget*>(lab.window->bytes_view()),
                            static_cast<QWidget*>(lab.window->ledger()->table()), static_cast<QWidget*>(lab.window->chain_view()->picture())}) {
        EXPECT_FALSE(widget->accessibleName().isEmpty());
    }
}

TEST(Window, TheLensFollowsTheTransportAndEveryViewMarksTheSameMember) {
    WindowLab lab("five");
    lab.key(Qt::Key_PageDown);
    lab.key(Qt::Key_PageDown);
    ASSERT_TRUE(lab.window->lens_model().picture().here);
    EXPECT_EQ(lab.window->lens_model().picture().conversion.value, lab.at());
    LensView* lens = lab.window->lens_view();
    EXPECT_TRUE(lens->isVisible());
    lens->advance(2000);
    const int cell = lens->geometry_of_lens().cell_of_offset(lab.window->lens_model().picture(), trace::block_offset::im_reserved_0);
    ASSERT_GE(cell, 0);
    const QRectF place = lens->to_viewport(lens->geometry_of_lens().cells[static_cast<std::size_t>(cell)].out);
    QTest::mouseClick(lens->viewport(), Qt::LeftButton, Qt::NoModifier, place.center().toPoint());
    EXPECT_EQ(lab.playback().member(), trace::block_offset::im_reserved_0);
    EXPECT_EQ(lab.window->member_card()->explanation().name, QStringLiteral("ImReserved[0]"));
    const QTableView* table = lab.window->inspector()->table();
    EXPECT_EQ(table->model()->index(table->currentIndex().row(), MemberModel::member).data().toString(), QStringLiteral("ImReserved[0]"));
    // In calm mode N tells the next member, from anywhere in the window.
    lab.window->lens_bar()->calm()->click();
    lab.key(Qt::Key_PageDown);
    ASSERT_EQ(lens->told(), 0);
    lab.key(Qt::Key_N);
    lens->advance(1000);
    EXPECT_EQ(lens->told(), 1);
}

TEST(Window, TheLensKeepsItsChoices) {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("lab.ini"));
    {
        WindowLab lab("one", {1366, 768}, std::make_unique<QSettings>(file, QSettings::IniFormat));
        lab.window->lens_bar()->arch()->click();
        lab.window->lens_bar()->scale()->click();
        lab.window->close();
    }
    MainWindow again(testing::synthetic_source(), std::make_unique<QSettings>(file, QSettings::IniFormat));
    again.restore_arrangement();
    EXPECT_EQ(again.lens_model().arch(), layout::Arch::x86);
    EXPECT_EQ(again.lens_view()->scale(), LensScale::bytes);
    EXPECT_FALSE(again.lens_view()->calm());
}

// --- pictures ---

int pixels_of(const QImage& image, const QColor& colour) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) count += image.pixelColor(x, y).rgb() == colour.rgb() ? 1 : 0;
    }
    return count;
}

TEST(Picture, HasTheColoursOfEveryLayerInBothThemes) {
    WindowLab lab;
    for (const auto choice : {Theme::Choice::light, Theme::Choice::dark}) {
        lab.window->choose_theme(choice);
        lab.key(Qt::Key_Home);
        lab.key(Qt::Key_C);
        lab.window->stage_view()->advance(2000);
        const QImage image = lab.window->stage_view()->grab().toImage();
        const Tokens& t = lab.window->theme().tokens();
        EXPECT_GT(pixels_of(image, t.host_stack), 60);
        EXPECT_GT(pixels_of(image, t.intermediate_driver), 60);
        EXPECT_GT(pixels_of(image, t.offload_target), 60);
        EXPECT_GT(pixels_of(image, t.call_entry_fill), 60) << "the call entry's slot is filled";
        EXPECT_EQ(pixels_of(image, t.changed_fill), 0) << "nothing has changed in this step";
        lab.key(Qt::Key_PageDown);
        lab.window->stage_view()->advance(2000);
        EXPECT_GT(pixels_of(lab.window->stage_view()->grab().toImage(), t.changed_fill), 200) << "the conversion is shown";
    }
}

TEST(Picture, TheWindowWearsTheTokensOfItsTheme) {
    WindowLab lab;
    for (const auto choice : {Theme::Choice::light, Theme::Choice::dark, Theme::Choice::high_contrast}) {
        lab.window->choose_theme(choice);
        QTest::qWait(20);
        const QImage image = lab.window->grab().toImage();
        const Tokens& t = lab.window->theme().tokens();
        const int all = image.width() * image.height();
        EXPECT_GT(pixels_of(image, t.panel) + pixels_of(image, t.raised) + pixels_of(image, t.background), all / 2);
        const Tokens& other = t.dark ? light_tokens() : dark_tokens();
        EXPECT_LT(pixels_of(image, other.panel), all / 50) << "nothing is left of the other theme";
    }
}

TEST(Picture, IsTheSameBackwardAsForward) {
    WindowLab lab("five");
    lab.window->set_reduced_motion(true);
    lab.playback().seek(EventId(60));
    const QImage there = lab.window->stage_view()->grab().toImage();
    lab.key(Qt::Key_Right);
    lab.key(Qt::Key_Right);
    EXPECT_NE(lab.window->stage_view()->grab().toImage(), there);
    lab.key(Qt::Key_Left);
    lab.key(Qt::Key_Left);
    QTest::mouseMove(lab.window.get(), QPoint(1, 1));
    EXPECT_EQ(lab.window->stage_view()->grab().toImage(), there);
}

}  // namespace
}  // namespace chimneylab::desktop
