// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sequence pane in the window, by mouse and keys; and the files it exports.
#include <QDir>
#include <QFile>
#include <QHelpEvent>
#include <QImage>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolTip>
#include <QWheelEvent>
#include <QXmlStreamReader>

#include <gtest/gtest.h>

#include "app/desktop/event_list/event_list_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/sequence/sequence_export.h"
#include "app/desktop/sequence/sequence_pane.h"
#include "app/desktop/sequence/sequence_painter.h"
#include "app/desktop/stage/stage_view.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;

struct SequenceLab {
    std::unique_ptr<MainWindow> window;
    explicit SequenceLab(const char* scenario = "five", QSize size = {1366, 768}) {
        window = std::make_unique<MainWindow>(testing::synthetic_source(), nullptr);
        window->choose_theme(Theme::Choice::light);
        window->resize(size);
        window->show();
        (void)QTest::qWaitForWindowActive(window.get());
        EXPECT_TRUE(QTest::qWaitFor([&] { return window->library_model().rowCount() > 0; }));
        QSignalSpy shown(window.get(), &MainWindow::session_shown);
        window->open_scenario(QString::fromLatin1(scenario));
        EXPECT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 10'000));
        EXPECT_TRUE(window->show_alone(QStringLiteral("sequence")));
        QTest::qWait(20);
        view().setFocus();
    }
    SequenceView& view() { return *window->sequence_pane()->view(); }
    PlaybackModel& playback() { return window->playback(); }
    std::uint32_t at() { return playback().position().value; }
    void key(Qt::Key key) { QTest::keyClick(&view(), key); }
    QPoint point_of(EventId event) {
        return {view().viewport()->width() / 2, static_cast<int>(view().axis().y_of(event) - view().top() + sequence_header_height)};
    }
};

TEST(SequenceView, AClickGoesToTheEventUnderThePointer) {
    SequenceLab lab;
    for (const std::uint32_t away : {3U, 7U, 1U}) {
        const EventId wanted(lab.at() + away);
        ASSERT_TRUE(lab.view().viewport()->rect().contains(lab.point_of(wanted)));
        const double top = lab.view().top();
        QTest::mouseClick(lab.view().viewport(), Qt::LeftButton, Qt::NoModifier, lab.point_of(wanted));
        EXPECT_EQ(lab.playback().position(), wanted);
        EXPECT_EQ(lab.view().top(), top) << "what was clicked stays under the pointer";
    }
    const auto before = lab.at();
    QTest::mouseClick(lab.view().viewport(), Qt::LeftButton, Qt::NoModifier, QPoint(200, 8));  // the titles
    EXPECT_EQ(lab.at(), before);
}

TEST(SequenceView, ArrowKeysStepAndTheViewFollows) {
    SequenceLab lab;
    const auto start = lab.at();
    for (int i = 0; i < 60; ++i) lab.key(Qt::Key_Down);
    EXPECT_EQ(lab.at(), start + 60);
    EXPECT_GE(lab.view().scene().present_y, 0) << "the present event is in sight";
    lab.key(Qt::Key_Up);
    EXPECT_EQ(lab.at(), start + 59);
    lab.key(Qt::Key_End);
    EXPECT_EQ(lab.at(), lab.playback().event_count() - 1);
    EXPECT_GE(lab.view().scene().present_y, 0);
    lab.key(Qt::Key_Home);
    EXPECT_EQ(lab.at(), 0U);
    EXPECT_EQ(lab.view().top(), 0);
}

TEST(SequenceView, ScrollingAwayStopsFollowingAndAButtonLeadsBack) {
    SequenceLab lab;
    lab.playback().seek(EventId(100));
    EXPECT_TRUE(lab.view().following());
    EXPECT_FALSE(lab.view().back_button()->isVisible());
    const auto at = lab.at();
    lab.key(Qt::Key_PageDown);
    lab.key(Qt::Key_PageDown);
    lab.key(Qt::Key_PageDown);
    EXPECT_EQ(lab.at(), at) << "page keys scroll here";
    EXPECT_FALSE(lab.view().following());
    ASSERT_TRUE(lab.view().back_button()->isVisible());
    const double away = lab.view().top();
    lab.playback().forward();
    EXPECT_EQ(lab.view().top(), away) << "somebody who reads elsewhere is left alone";
    QTest::mouseClick(lab.view().back_button(), Qt::LeftButton);
    EXPECT_TRUE(lab.view().following());
    EXPECT_FALSE(lab.view().back_button()->isVisible());
    EXPECT_GE(lab.view().scene().present_y, 0);
    lab.key(Qt::Key_PageUp);
    lab.key(Qt::Key_PageUp);
    lab.key(Qt::Key_Return);
    EXPECT_TRUE(lab.view().following());
}

TEST(SequenceView, ZoomKeepsWhatIsUnderThePointer) {
    SequenceLab lab;
    lab.playback().seek(EventId(120));
    const QPoint pointer = lab.point_of(EventId(125));
    const auto turn = [&](int delta) {
        QWheelEvent wheel(pointer, lab.view().viewport()->mapToGlobal(pointer), {}, QPoint(0, delta), Qt::NoButton, Qt::ControlModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(lab.view().viewport(), &wheel);
    };
    const double scale = lab.view().axis().scale;
    turn(120);
    EXPECT_GT(lab.view().axis().scale, scale);
    EXPECT_NEAR(lab.point_of(EventId(125)).y(), pointer.y(), 2);
    turn(-240);
    EXPECT_LT(lab.view().axis().scale, scale);
    EXPECT_NEAR(lab.point_of(EventId(125)).y(), pointer.y(), 2);
    for (int i = 0; i < 40; ++i) lab.key(Qt::Key_Minus);
    EXPECT_EQ(lab.view().verticalScrollBar()->maximum(), 0) << "as far out as the whole run";
    EXPECT_TRUE(lab.view().axis().folded());
    for (int i = 0; i < 60; ++i) lab.key(Qt::Key_Plus);
    EXPECT_DOUBLE_EQ(lab.view().axis().scale, SequenceAxis::tallest_row);
}

TEST(SequenceView, TheAxisMayBeTime) {
    SequenceLab lab;
    lab.playback().seek(EventId(140));
    QTest::mouseClick(lab.window->sequence_pane()->by_time(), Qt::LeftButton);
    ASSERT_TRUE(lab.view().axis().by_time);
    EXPECT_GE(lab.view().scene().present_y, 0) << "the present event stays in sight";
    const auto& trace = *lab.playback().trace();
    const double a = lab.view().axis().y_of(EventId(140));
    const double b = lab.view().axis().y_of(EventId(150));
    EXPECT_NEAR((b - a) / lab.view().axis().scale * 1000, static_cast<double>(trace.event(EventId(150)).virtual_time - trace.event(EventId(140)).virtual_time), 0.5);
    QTest::mouseClick(lab.window->sequence_pane()->by_order(), Qt::LeftButton);
    EXPECT_FALSE(lab.view().axis().by_time);
    EXPECT_GE(lab.view().scene().present_y, 0);
}

TEST(SequenceView, HoveringNamesTheEvent) {
    SequenceLab lab;
    const EventId event(lab.at() + 2);
    const QPoint point = lab.point_of(event);
    QTest::mouseMove(lab.view().viewport(), point);
    QHelpEvent help(QEvent::ToolTip, point, lab.view().viewport()->mapToGlobal(point));
    QCoreApplication::sendEvent(lab.view().viewport(), &help);
    EXPECT_TRUE(QToolTip::text().contains(event_text(*lab.playback().history(), event).what)) << QToolTip::text().toStdString();
    EXPECT_TRUE(QToolTip::text().contains(QString::number(event.value)));
    QToolTip::hideText();
}

TEST(SequenceView, SharesTheFilterOfTheEventList) {
    SequenceLab lab;
    EXPECT_EQ(lab.playback().filter().set_expression(QStringLiteral("conversion")), QString());
    EXPECT_EQ(lab.view().axis().index->row_count(false), 50U);
    EXPECT_TRUE(lab.view().scene().arrows.empty());
    lab.key(Qt::Key_Home);
    EXPECT_EQ(lab.playback().trace()->event(lab.playback().position()).kind, trace::EventKind::conversion);
    EXPECT_EQ(lab.playback().filter().set_expression(QStringLiteral("depth>900")), QString());
    EXPECT_EQ(lab.view().axis().index->row_count(false), 0U);
    EXPECT_FALSE(lab.view().grab().isNull()) << "an empty diagram says so";
    lab.key(Qt::Key_Down);
    lab.key(Qt::Key_Home);
    lab.key(Qt::Key_Plus);
    EXPECT_EQ(lab.playback().filter().set_expression(QString()), QString());
    EXPECT_FALSE(lab.view().scene().arrows.empty());
}

int pixels_in(const QImage& image, const QColor& colour) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) count += image.pixelColor(x, y).rgb() == colour.rgb() ? 1 : 0;
    }
    return count;
}

TEST(SequenceView, ThePictureHasTheOperationsColoursAndTheConversions) {
    SequenceLab lab;
    for (const auto choice : {Theme::Choice::light, Theme::Choice::dark}) {
        lab.window->choose_theme(choice);
        const Tokens& t = lab.window->theme().tokens();
        for (const std::size_t which : {0U, 1U}) {
            lab.playback().seek(lab.playback().history()->operations()[which].crossings.back());
            const QImage image = lab.view().grab().toImage();
            EXPECT_GT(pixels_in(image, operation_colour(t, static_cast<int>(which) + 1)), 300);
            EXPECT_GT(pixels_in(image, t.changed), 100) << "conversions and the present line";
        }
    }
    std::set<std::pair<int, int>> looks;
    for (int number = 1; number <= 30; ++number) {
        looks.insert({operation_colour(lab.window->theme().tokens(), number).rgb(), static_cast<int>(operation_pattern(number))});
    }
    EXPECT_EQ(looks.size(), 30U) << "thirty operations in a row look different";
}

struct Exported {
    QTemporaryDir folder;
    QString word, problem;
    QStringList files;
    void run(SequenceLab& lab, SequencePane::Part part, const QString& name) {
        LoadWork work;
        QObject::connect(lab.window->sequence_pane(), &SequencePane::export_wanted, lab.window.get(), [&](const QString&, const LoadWork& its) { work = its; }, Qt::SingleShotConnection);
        // The window's own exporter runs as well: wait for it, then do the same here and look at the outcome.
        lab.window->sequence_pane()->export_to(part, folder.filePath(name));
        QTest::qWait(50);
        LoadControl control;
        const LoadOutcome outcome = work(control);
        word = outcome.word;
        problem = outcome.problem;
        QTest::qWait(100);
        files = QDir(folder.path()).entryList(QDir::Files);
    }
};

TEST(SequenceExport, TheWholeDiagramBecomesPagesOfReadableText) {
    SequenceLab lab;
    Exported exported;
    exported.run(lab, SequencePane::Part::whole, QStringLiteral("all.svg"));
    EXPECT_EQ(exported.problem, QString());
    ASSERT_GT(exported.files.size(), 2);
    QStringList names;
    for (const QString& file : exported.files) {
        QFile svg(exported.folder.filePath(file));
        ASSERT_TRUE(svg.open(QIODevice::ReadOnly));
        QXmlStreamReader xml(&svg);
        while (!xml.atEnd()) {
            xml.readNext();
            if (xml.isStartElement() && xml.name() == QLatin1String("text")) names << xml.readElementText(QXmlStreamReader::IncludeChildElements).trimmed();
        }
        EXPECT_FALSE(xml.hasError()) << file.toStdString() << xml.errorString().toStdString();
        EXPECT_TRUE(names.contains(QStringLiteral("IM 2"))) << "every page has the titles";
    }
    std::size_t calls = 0;
    for (const trace::Event& event : lab.playback().trace()->events()) {
        if (event.kind == trace::EventKind::enter && event.operation.valid()) ++calls;
    }
    const auto drawn = std::count_if(names.begin(), names.end(), [](const QString& text) { return text.contains(QLatin1String("Offload")) && !text.contains(QLatin1Char(' ')); });
    EXPECT_EQ(drawn, static_cast<std::ptrdiff_t>(calls)) << "every call of an operation stands on exactly one page, unabridged";
}

TEST(SequenceExport, OneOperationAndTheVisiblePartAreOnePicture) {
    SequenceLab lab;
    Exported operation;
    operation.run(lab, SequencePane::Part::operation, QStringLiteral("one.png"));
    EXPECT_EQ(operation.problem, QString());
    ASSERT_FALSE(operation.files.isEmpty());
    const QImage page(operation.folder.filePath(operation.files.front()));
    EXPECT_GT(page.width(), 1'500) << "twice the size of the screen";
    EXPECT_GT(pixels_in(page, operation_colour(light_tokens(), 1)), 1'000);
    Exported visible;
    visible.run(lab, SequencePane::Part::visible, QStringLiteral("part"));
    EXPECT_EQ(visible.files, QStringList{QStringLiteral("part.svg")}) << "without an ending it is SVG";
}

TEST(SequenceExport, TellsWhatIsWrongAndLeavesNothingHalfDone) {
    SequenceLab lab;
    SequenceExport what{SequenceLook(lab.window->theme())};
    what.session = lab.playback().session();
    what.index = std::make_shared<SequenceIndex>(*what.session->history, std::vector<EventId>(), true);
    LoadControl control;
    EXPECT_TRUE(export_sequence(what, QStringLiteral("/no/such/folder/x.svg"))(control).problem.contains(QStringLiteral(".svg cannot be written")));
    QTemporaryDir folder;
    int percent = -1;
    control.progress = [&](int now) {
        EXPECT_GE(now, percent);
        percent = now;
        if (now > 20) control.cancel = true;
    };
    const LoadOutcome cancelled = export_sequence(what, folder.filePath(QStringLiteral("x.svg")))(control);
    EXPECT_FALSE(cancelled.problem.isEmpty());
    EXPECT_GT(percent, 20);
    EXPECT_TRUE(QDir(folder.path()).entryList(QDir::Files).isEmpty()) << "pages already written are taken back";
    LoadControl other;
    what.by_time = true;
    what.scale = 100'000;
    EXPECT_TRUE(export_sequence(what, folder.filePath(QStringLiteral("x.svg")))(other).problem.contains(QStringLiteral("200")));
    EXPECT_TRUE(QDir(folder.path()).entryList(QDir::Files).isEmpty());
}

}  // namespace
}  // namespace chimneylab::desktop
