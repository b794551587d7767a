// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A person's notes: in the window by mouse and keys, in the session's file by the engine's own reader, and not lost when
// the file refuses them.
#include <QAbstractItemModelTester>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include "app/desktop/event_list/event_list_view.h"
#include "app/desktop/main_window/bookmarks_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/models/event_list_model.h"
#include "app/desktop/narration/narration_view.h"
#include "app/desktop/notes/notes_view.h"
#include "app/desktop/program/engine_source.h"
#include "app/desktop/stage/stage_view.h"
#include "app/desktop/transport/scrubber.h"
#include "app/desktop/transport/transport_bar.h"
#include "engine/session/notes.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;

session::NoteContents notes_in(const QString& file) {
    auto read = session::read_notes(file.toStdString());
    EXPECT_TRUE(std::holds_alternative<session::NoteContents>(read));
    return std::holds_alternative<session::NoteContents>(read) ? std::get<session::NoteContents>(read) : session::NoteContents{};
}

struct NoteLab {
    QTemporaryDir folder;
    std::unique_ptr<MainWindow> window;
    NoteLab() { make(); }
    void make() {
        SessionSource source = testing::synthetic_source();
        SessionSource engine = engine_source();
        source.file = engine.file;
        source.save = engine.save;
        source.note_store = engine.note_store;
        window = std::make_unique<MainWindow>(source, nullptr);
        window->choose_theme(Theme::Choice::light);
        window->resize(1366, 768);
        window->show();
        (void)QTest::qWaitForWindowActive(window.get());
        EXPECT_TRUE(QTest::qWaitFor([&] { return window->library_model().rowCount() > 0; }));
    }
    QString path(const char* name = "a.chimney") const { return folder.filePath(QString::fromLatin1(name)); }
    QString make_file(const char* name = "a.chimney") {
        trace::synthetic::Options options;
        options.operations = {trace::OperationKind::initiate, trace::OperationKind::query};
        const QString file = path(name);
        EXPECT_FALSE(session::save(trace::synthetic::make_trace(options), file.toStdString()));
        return file;
    }
    void open_file(const QString& file) {
        QSignalSpy shown(window.get(), &MainWindow::session_shown);
        window->open_file(file);
        ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 10'000));
    }
    void open(const char* scenario) {
        QSignalSpy shown(window.get(), &MainWindow::session_shown);
        window->open_scenario(QString::fromLatin1(scenario));
        ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 10'000));
    }
    NoteBook& book() { return window->note_book(); }
    NotesView& view() { return *window->notes_view(); }
    PlaybackModel& playback() { return window->playback(); }
    void key(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) { QTest::keyClick(window->stage_view(), static_cast<Qt::Key>(key), modifiers); }
    void type(const char* text) { QTest::keyClicks(view().editor(), QString::fromLatin1(text)); }
    void disk() {
        book().wait_for_disk();
        QTest::qWait(5);
    }
};

TEST(Notes, AWritesANoteThatStandsEverywhereAndInTheFile) {
    NoteLab lab;
    const QString file = lab.make_file();
    lab.open_file(file);
    const QAbstractItemModelTester tester(&lab.view().model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    const EventId at(12);
    lab.playback().seek(at);
    lab.key(Qt::Key_A);
    ASSERT_TRUE(lab.view().editor()->isVisible());
    ASSERT_TRUE(lab.view().editor()->hasFocus());
    lab.type("Why is this handle zero?");
    EXPECT_EQ(lab.playback().position(), at) << "letters are written, not carried out";
    ASSERT_EQ(lab.book().annotations().size(), 1u);
    // The list, the event list, the narration, the time line.
    EXPECT_TRUE(lab.view().model().index(0).data().toString().contains(QLatin1String("Why is this"))) << lab.view().model().index(0).data().toString().toStdString();
    EventListModel& events = lab.window->event_model();
    const QModelIndex row = events.index(events.row_of(at), EventListModel::what);
    EXPECT_TRUE(row.data(EventListModel::note_role).toBool());
    EXPECT_TRUE(row.data(Qt::AccessibleTextRole).toString().contains(QLatin1String("Note: Why is this")));
    EXPECT_FALSE(events.index(events.row_of(EventId(13)), EventListModel::what).data(EventListModel::note_role).toBool());
    EXPECT_TRUE(lab.window->narration()->notes_text().contains(QLatin1String("Why is this")));
    EXPECT_TRUE(lab.window->narration()->whole_text().contains(QLatin1String("Why is this")));
    const QImage strip = lab.window->transport()->scrubber()->grab().toImage();
    const QColor accent = lab.window->theme().tokens().accent;
    int marked = 0;
    const int x = static_cast<int>(lab.window->transport()->scrubber()->x_of(at));
    for (int dy = 0; dy < 10; ++dy) marked += strip.pixelColor(x - 2, dy) == accent ? 1 : 0;
    EXPECT_GT(marked, 2) << "a sheet above the strip";
    lab.playback().seek(EventId(14));
    EXPECT_TRUE(lab.window->narration()->notes_text().isEmpty());
    QTest::keyClick(lab.view().editor(), Qt::Key_Escape);
    lab.disk();
    const session::NoteContents kept = notes_in(file);
    ASSERT_EQ(kept.annotations.size(), 1u);
    EXPECT_EQ(kept.annotations[0].text, "Why is this handle zero?");
    EXPECT_EQ(kept.annotations[0].event, at);
    EXPECT_TRUE(lab.view().state_words().startsWith(QLatin1String("Kept in a.chimney"))) << lab.view().state_words().toStdString();
}

TEST(Notes, ChangedAndDeletedOnesAreSoInTheFile) {
    NoteLab lab;
    const QString file = lab.make_file();
    lab.open_file(file);
    for (const std::uint32_t event : {10u, 20u, 30u}) {
        lab.playback().seek(EventId(event));
        lab.key(Qt::Key_A);
        lab.type("one");
        QTest::keyClick(lab.view().editor(), Qt::Key_Escape);
    }
    lab.disk();
    // The same event again opens what is there.
    lab.playback().seek(EventId(20));
    lab.key(Qt::Key_A);
    lab.type(" more");
    EXPECT_EQ(lab.book().annotations().size(), 3u);
    QTest::keyClick(lab.view().editor(), Qt::Key_Escape);
    // Del in the list takes one away.
    lab.view().list()->setFocus();
    lab.view().list()->setCurrentIndex(lab.view().model().index(0));
    QTest::keyClick(lab.view().list(), Qt::Key_Delete);
    lab.disk();
    session::NoteContents kept = notes_in(file);
    ASSERT_EQ(kept.annotations.size(), 2u);
    EXPECT_EQ(kept.annotations[0].text, "one more");
    EXPECT_EQ(kept.annotations[1].event, EventId(30));
    // Opened again, changed again: the same note, not a second one.
    lab.open("one");
    lab.open_file(file);
    ASSERT_EQ(lab.view().model().rowCount(), 2);
    QTest::mouseClick(lab.view().list()->viewport(), Qt::LeftButton, Qt::NoModifier, lab.view().list()->visualRect(lab.view().model().index(1)).center());
    EXPECT_EQ(lab.playback().position(), EventId(30));
    lab.view().editor()->setFocus();
    lab.type("!");
    lab.disk();
    kept = notes_in(file);
    ASSERT_EQ(kept.annotations.size(), 2u);
    EXPECT_TRUE(QString::fromStdString(kept.annotations[1].text).contains(QLatin1Char('!')));
    // A note in which nothing is left is none.
    lab.view().editor()->selectAll();
    QTest::keyClick(lab.view().editor(), Qt::Key_Delete);
    QTest::keyClick(lab.view().editor(), Qt::Key_Escape);
    lab.disk();
    EXPECT_EQ(notes_in(file).annotations.size(), 1u);
}

TEST(Notes, OnAnOperationIsReadThroughoutTheOperation) {
    NoteLab lab;
    const QString file = lab.make_file();
    lab.open_file(file);
    const trace::Operation& query = lab.playback().history()->operations()[1];
    lab.playback().seek(lab.playback().history()->conversions()[query.conversions[1]].event);
    lab.key(Qt::Key_A, Qt::ShiftModifier);
    lab.type("look at the status");
    QTest::keyClick(lab.view().editor(), Qt::Key_Return, Qt::ControlModifier);
    EXPECT_TRUE(lab.view().model().index(0).data().toString().startsWith(QLatin1String("operation 2 query"))) << lab.view().model().index(0).data().toString().toStdString();
    for (const std::uint32_t conversion : query.conversions) {
        lab.playback().seek(lab.playback().history()->conversions()[conversion].event);
        EXPECT_TRUE(lab.window->narration()->notes_text().contains(QLatin1String("look at the status")));
    }
    lab.playback().seek(lab.playback().history()->operations()[0].started);
    EXPECT_TRUE(lab.window->narration()->notes_text().isEmpty()) << "not with another operation";
    lab.disk();
    const session::NoteContents kept = notes_in(file);
    ASSERT_EQ(kept.annotations.size(), 1u);
    EXPECT_EQ(kept.annotations[0].event, query.started);
    EXPECT_EQ(kept.annotations[0].last_event, query.finished);
}

TEST(Notes, BookmarksAnswersAndTheArrangementComeBackWithTheFile) {
    NoteLab lab;
    const QString file = lab.make_file();
    lab.open_file(file);
    lab.playback().seek(EventId(25));
    lab.key(Qt::Key_B);
    BookmarkModel& bookmarks = lab.window->bookmark_model();
    ASSERT_TRUE(bookmarks.setData(bookmarks.index(0), QStringLiteral("here it breaks"), Qt::EditRole));
    lab.book().set_answer({"what-does-ndis-write", "SourceHandle", true, {}});
    lab.playback().seek(EventId(33));
    lab.window->pane("findings")->close();
    lab.window->findChild<QAction*>(QStringLiteral("keep_arrangement"))->trigger();
    lab.disk();
    lab.window.reset();
    lab.make();
    EXPECT_FALSE(lab.window->pane("findings")->isHidden());
    lab.open_file(file);
    EXPECT_EQ(lab.playback().position(), EventId(33)) << "where one was";
    EXPECT_TRUE(lab.window->pane("findings")->isHidden()) << "the panes as they stood";
    ASSERT_EQ(lab.window->bookmark_model().rowCount(), 1);
    EXPECT_EQ(lab.window->bookmark_model().event_at(0), EventId(25));
    EXPECT_TRUE(lab.window->bookmark_model().index(0).data().toString().contains(QLatin1String("here it breaks")));
    ASSERT_NE(lab.book().answer(QStringLiteral("what-does-ndis-write")), nullptr);
    EXPECT_EQ(lab.book().answer(QStringLiteral("what-does-ndis-write"))->answer, "SourceHandle");
    // Cleared again, also in the file.
    lab.playback().seek(EventId(25));
    lab.key(Qt::Key_B);
    lab.disk();
    EXPECT_TRUE(notes_in(file).bookmarks.empty());
}

TEST(Notes, ARunWithoutAFileKeepsThemUntilItIsSavedAndThenInTheFile) {
    NoteLab lab;
    lab.open("one");
    lab.playback().seek(EventId(5));
    lab.key(Qt::Key_A);
    lab.type("kept in memory");
    QTest::keyClick(lab.view().editor(), Qt::Key_Escape);
    EXPECT_TRUE(lab.view().state_words().contains(QLatin1String("Ctrl+S"))) << lab.view().state_words().toStdString();
    NoteBook::Snapshot snapshot = lab.book().snapshot();
    // While the file is being written the person goes on.
    ASSERT_EQ(engine_source().save(*lab.playback().session(), lab.path("run.chimney"), snapshot.contents), QString());
    lab.playback().seek(EventId(6));
    lab.key(Qt::Key_A);
    lab.type("meanwhile");
    QTest::keyClick(lab.view().editor(), Qt::Key_Escape);
    lab.book().saved_as(lab.path("run.chimney"), snapshot);
    lab.playback().seek(EventId(5));
    lab.key(Qt::Key_A);
    lab.type(" and on disk");
    QTest::keyClick(lab.view().editor(), Qt::Key_Escape);
    lab.disk();
    const session::NoteContents kept = notes_in(lab.path("run.chimney"));
    ASSERT_EQ(kept.annotations.size(), 2u);
    EXPECT_EQ(kept.annotations[0].text, "kept in memory and on disk");
    EXPECT_EQ(kept.annotations[1].text, "meanwhile");
    EXPECT_TRUE(lab.book().all_kept());
}

TEST(Notes, AFileThatCannotBeWrittenIsToldOnceAndNothingIsLost) {
    NoteLab lab;
    const QString file = lab.make_file("theirs.chimney");
    lab.open_file(file);
    // Taken away under our hands and replaced by something that is no session: no right needed to be refused.
    ASSERT_TRUE(QFile::remove(file));
    ASSERT_TRUE(QDir().mkdir(file));
    QSignalSpy problems(&lab.book(), &NoteBook::problem);
    for (const std::uint32_t event : {10u, 20u}) {
        lab.playback().seek(EventId(event));
        lab.key(Qt::Key_A);
        lab.type("mine");
        QTest::keyClick(lab.view().editor(), Qt::Key_Escape);
        lab.disk();
    }
    EXPECT_EQ(problems.count(), 1) << "one clear message";
    EXPECT_TRUE(lab.window->notice()->text().contains(QLatin1String("theirs.chimney"))) << lab.window->notice()->text().toStdString();
    EXPECT_TRUE(lab.window->notice()->text().contains(QLatin1String("Ctrl+S")));
    EXPECT_EQ(lab.view().model().rowCount(), 2);
    EXPECT_TRUE(lab.view().state_words().contains(QLatin1String("Not kept")));
    // Another session comes: they are kept aside, as a session of their own.
    const QString aside = lab.path("kept");
    lab.window->set_keep_folder(aside);
    QSignalSpy kept(&lab.book(), &NoteBook::kept_aside);
    lab.open("one");
    ASSERT_TRUE(QTest::qWaitFor([&] { return kept.count() > 0; }, 10'000));
    const session::NoteContents notes = notes_in(kept.front().front().toString());
    ASSERT_EQ(notes.annotations.size(), 2u);
    EXPECT_EQ(notes.annotations[1].text, "mine");
    EXPECT_TRUE(QFileInfo(kept.front().front().toString()).absolutePath() == QFileInfo(aside).absoluteFilePath());
    lab.open_file(kept.front().front().toString());
    EXPECT_EQ(lab.view().model().rowCount(), 2);
}

TEST(Notes, ClosingTheWindowKeepsWhatWasJustTyped) {
    NoteLab lab;
    const QString file = lab.make_file();
    lab.open_file(file);
    lab.playback().seek(EventId(7));
    lab.key(Qt::Key_A);
    lab.type("last words");
    lab.window.reset();
    ASSERT_EQ(notes_in(file).annotations.size(), 1u);
    EXPECT_EQ(notes_in(file).annotations[0].text, "last words");
    lab.make();
    lab.window->set_keep_folder(lab.path("kept"));
    lab.open("one");
    lab.key(Qt::Key_A);
    lab.type("of a run");
    lab.window.reset();
    const QStringList aside = QDir(lab.path("kept")).entryList({QStringLiteral("*.chimney")});
    ASSERT_EQ(aside.size(), 1);
    EXPECT_EQ(notes_in(QDir(lab.path("kept")).filePath(aside.front())).annotations.front().text, "of a run");
}

TEST(Notes, AnEmptyNoteIsNone) {
    NoteLab lab;
    const QString file = lab.make_file();
    const QByteArray before = [&] { QFile read(file); EXPECT_TRUE(read.open(QIODevice::ReadOnly)); return read.readAll(); }();
    lab.open_file(file);
    lab.key(Qt::Key_A);
    QTest::keyClick(lab.view().editor(), Qt::Key_Escape);
    EXPECT_EQ(lab.view().model().rowCount(), 0);
    lab.disk();
    QFile after(file);
    ASSERT_TRUE(after.open(QIODevice::ReadOnly));
    EXPECT_EQ(after.readAll(), before) << "looking at a session does not touch it";
}

TEST(Notes, NumbersOfEventsThatAreNotThereDoNoHarm) {
    NoteLab lab;
    const QString file = lab.make_file();
    {
        auto opened = session::Notes::open(file.toStdString());
        auto& notes = std::get<session::Notes>(opened);
        session::Annotation wild;
        wild.event = EventId(4'000'000);
        wild.text = "from nowhere";
        ASSERT_FALSE(notes.add(wild));
        ASSERT_FALSE(notes.set(session::Bookmark{EventId(5'000'000), "x"}));
        ASSERT_FALSE(notes.set(session::LayoutValue{"desktop/event", "99999999"}));
        ASSERT_FALSE(notes.set(session::LayoutValue{"desktop/arrangement", "nonsense"}));
    }
    lab.open_file(file);
    EXPECT_EQ(lab.view().model().rowCount(), 0);
    EXPECT_EQ(lab.window->bookmark_model().rowCount(), 0);
    EXPECT_EQ(lab.playback().position(), lab.playback().session()->opening);
    EXPECT_EQ(notes_in(file).annotations.size(), 1u) << "not shown, but not thrown away";
}

}  // namespace
}  // namespace chimneylab::desktop
