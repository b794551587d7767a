// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The charts in the window, by mouse and keys: what they hold, where a click leads, what they say to a screen reader, what
// stands in their place when there is nothing, and the files they write.
#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QDir>
#include <QFile>
#include <QHeaderView>
#include <QImage>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>
#include <QXmlStreamReader>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "app/desktop/charts/latency_pane.h"
#include "app/desktop/charts/load_pane.h"
#include "app/desktop/charts/time_panes.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;

struct ChartLab {
    std::unique_ptr<MainWindow> window;
    explicit ChartLab(const char* pane, unsigned repeat = 6, bool leak = false, QSize size = {1366, 768}) {
        window = std::make_unique<MainWindow>(testing::synthetic_source(), nullptr);
        window->choose_theme(Theme::Choice::light);
        window->resize(size);
        window->show();
        (void)QTest::qWaitForWindowActive(window.get());
        EXPECT_TRUE(QTest::qWaitFor([&] { return window->library_model().rowCount() > 0; }));
        open(repeat, leak);
        EXPECT_TRUE(window->show_alone(QString::fromLatin1(pane)));
        EXPECT_TRUE(QTest::qWaitFor([&] { return window->timing_model().timing() != nullptr; }, 10'000));
        settle();
    }
    void open(unsigned repeat, bool leak) {
        trace::synthetic::Options options;
        using trace::OperationKind;
        options.intermediate_drivers = 2;
        options.operations = {OperationKind::initiate, OperationKind::query, OperationKind::update, OperationKind::terminate};
        options.repeat = repeat;
        options.leak_call_entry = leak;
        window->playback().open(testing::synthetic_session(options, QStringLiteral("A run")));
    }
    static void settle() { QTest::qWait(40); }  // docks take their sizes step by step
    PlaybackModel& playback() { return window->playback(); }
    const Timing& timing() { return *window->timing_model().timing(); }
    std::uint32_t at() { return playback().position().value; }
    static void click(QAbstractScrollArea* view, QPointF at) { QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::NoModifier, at.toPoint()); }
    static void wheel(QAbstractScrollArea* view, QPointF at, int by, Qt::KeyboardModifiers modifiers) {
        QWheelEvent event(at, view->viewport()->mapToGlobal(at), {}, {0, by}, Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(view->viewport(), &event);
    }
};

int pixels_of(const QWidget& widget, const QColor& colour, int tolerance = 12) {
    const QImage picture = const_cast<QWidget&>(widget).grab().toImage();
    int found = 0;
    for (int y = 0; y < picture.height(); ++y) {
        for (int x = 0; x < picture.width(); ++x) {
            const QColor here = picture.pixelColor(x, y);
            if (std::abs(here.red() - colour.red()) + std::abs(here.green() - colour.green()) + std::abs(here.blue() - colour.blue()) < tolerance) ++found;
        }
    }
    return found;
}

TEST(LatencyChart, AClickOnABarGoesToItsFirstEvent) {
    ChartLab lab("latency");
    LatencyView& view = *lab.window->latency_pane()->view();
    ASSERT_GE(view.bars().size(), 2u);
    std::size_t held = 0;
    const std::vector<HistogramBar> bars = view.bars();
    for (const HistogramBar& bar : bars) {
        held += bar.count;
        lab.click(&view, {(view.x_of(bar.low) + view.x_of(bar.high)) / 2, view.plot().bottom() - 14});
        EXPECT_EQ(lab.playback().position(), view.samples()[bar.first].event);
    }
    EXPECT_EQ(held, view.samples().size());
    EXPECT_EQ(held, lab.playback().history()->operations().size());
    EXPECT_GT(pixels_of(view, lab.window->theme().tokens().changed), 60) << "the present event's line";
}

TEST(LatencyChart, ThePresentOperationIsMarkedAmongTheOthers) {
    ChartLab lab("latency");
    LatencyView& view = *lab.window->latency_pane()->view();
    for (const trace::Operation& operation : lab.playback().history()->operations()) {
        lab.playback().seek(operation.conversions.empty() ? operation.started : lab.playback().history()->conversions()[operation.conversions.front()].event);
        const int sample = view.present_sample();
        ASSERT_GE(sample, 0);
        EXPECT_EQ(view.samples()[static_cast<std::size_t>(sample)].event, operation.started);
        EXPECT_EQ(view.samples()[static_cast<std::size_t>(sample)].value, lab.playback().history()->latency(operation)->virtual_time);
    }
}

TEST(LatencyChart, KeysWalkTheBarsAndReturnGoesThere) {
    ChartLab lab("latency");
    LatencyView& view = *lab.window->latency_pane()->view();
    view.setFocus();
    QTest::keyClick(&view, Qt::Key_Down);
    EXPECT_EQ(view.accessible_current_row(), 0);
    QTest::keyClick(&view, Qt::Key_Down);
    EXPECT_EQ(view.accessible_current_row(), 1);
    QTest::keyClick(&view, Qt::Key_Return);
    EXPECT_EQ(lab.playback().position(), view.samples()[view.bars()[1].first].event);
    const auto before = lab.at();
    QTest::keyClick(&view, Qt::Key_Right);
    EXPECT_EQ(lab.at(), lab.playback().nearest_shown(EventId(before + 1)).value) << "left and right stay the window's";
    const double whole = view.range().length();
    QTest::keyClick(&view, Qt::Key_Plus);
    EXPECT_LT(view.range().length(), whole);
    QTest::keyClick(&view, Qt::Key_0);
    EXPECT_EQ(view.range().length(), whole);
    EXPECT_EQ(lab.playback().speed(), 1.0) << "plus is the chart's while it has the focus";
    lab.wheel(&view, view.plot().center(), 240, Qt::ControlModifier);
    EXPECT_LT(view.range().length(), whole);
}

TEST(LatencyChart, EverySubjectAndSeriesIsOfferedAndDrawn) {
    ChartLab lab("latency");
    LatencyPane& pane = *lab.window->latency_pane();
    std::set<int> subjects;
    for (const report::Series& each : lab.timing().statistics.series) subjects.insert(static_cast<int>(each.subject));
    ASSERT_EQ(pane.subject_box()->count(), static_cast<int>(subjects.size()));
    EXPECT_GE(subjects.size(), 7u) << "operations, layers, drivers, conversions, call entries";
    for (int i = 0; i < pane.subject_box()->count(); ++i) {
        pane.subject_box()->setCurrentIndex(i);
        Q_EMIT pane.subject_box()->activated(i);
        for (int k = 0; k < pane.series_box()->count(); ++k) {
            pane.series_box()->setCurrentIndex(k);
            Q_EMIT pane.series_box()->activated(k);
            EXPECT_FALSE(pane.view()->bars().empty()) << pane.subject_box()->currentText().toStdString() << ", " << pane.series_box()->currentText().toStdString();
            EXPECT_TRUE(pane.words().startsWith(QLatin1String("p50 "))) << pane.words().toStdString();
        }
    }
    pane.show_subject(report::Subject::operation);
    pane.show_percentiles(true);
    ChartLab::settle();
    int curves = 0;
    for (const QLineSeries* curve : pane.view()->curves()) {
        if (!curve->isVisible()) continue;
        ++curves;
        EXPECT_LE(curve->count(), 2 * pane.view()->viewport()->width());
        EXPECT_FALSE(curve->name().isEmpty());
    }
    EXPECT_EQ(curves, 1 + 4) << "all, and four kinds";
    std::set<int> looks;
    for (const QLineSeries* curve : pane.view()->curves()) {
        if (curve->isVisible()) looks.insert(static_cast<int>(curve->pen().style()) * 100 + static_cast<int>(curve->pen().widthF() * 10));
    }
    EXPECT_GE(looks.size(), 4u) << "told apart without colour";
}

TEST(Charts, VirtualAndMeasuredTimesAreNeverInOneFigure) {
    ChartLab lab("latency");
    LatencyPane& pane = *lab.window->latency_pane();
    QSignalSpy summary(&pane, &LatencyPane::summary_changed);
    EXPECT_EQ(pane.clock_box()->currentText(), QStringLiteral("virtual"));
    EXPECT_TRUE(pane.view()->accessibleName().contains(QLatin1String("virtual time")));
    EXPECT_FALSE(pane.words().contains(QLatin1String("recorder")));
    const int measured = pane.clock_box()->findText(QStringLiteral("measured"));
    ASSERT_GE(measured, 0);
    pane.clock_box()->setCurrentIndex(measured);
    Q_EMIT pane.clock_box()->activated(measured);
    ASSERT_TRUE(QTest::qWaitFor([&] { return lab.window->timing_model().timing() != nullptr; }, 10'000));
    EXPECT_TRUE(pane.view()->accessibleName().contains(QLatin1String("measured time")));
    EXPECT_TRUE(pane.words().contains(QLatin1String("recorder"))) << "its cost stands beside the figures";
    EXPECT_TRUE(summary.back().front().toString().startsWith(QLatin1String("measured")));
    EXPECT_EQ(pane.view()->samples().back().value, lab.timing().all_of(report::Subject::operation)->max());
    // The other charts went along.
    ASSERT_TRUE(lab.window->show_alone(QStringLiteral("occupancy")));
    ChartLab::settle();
    EXPECT_EQ(lab.window->occupancy_pane()->clock_box()->currentText(), QStringLiteral("measured"));
    EXPECT_TRUE(lab.window->occupancy_pane()->words().contains(QLatin1String("recorder")));
}

TEST(OccupancyChart, ShowsTheHighWaterAndAClickGoesToTheStep) {
    ChartLab lab("occupancy");
    LoadPane& pane = *lab.window->occupancy_pane();
    LoadView& view = *pane.view();
    EXPECT_TRUE(pane.curve_box()->currentText().startsWith(QLatin1String("call entries"))) << pane.curve_box()->currentText().toStdString();
    ASSERT_NE(view.curve(), nullptr);
    lab.window->timing_model().show_whole();
    const auto& steps = view.curve()->steps;
    for (const std::size_t i : {std::size_t{0}, steps.size() / 2, steps.size() - 1}) {
        lab.click(&view, {view.x_of(static_cast<double>(steps[i].time)), view.plot().center().y()});
        EXPECT_EQ(lab.timing().time_of(lab.playback().position()), lab.timing().time_of(steps[i].event));
    }
    for (int i = 0; i < pane.curve_box()->count(); ++i) {
        pane.curve_box()->setCurrentIndex(i);
        Q_EMIT pane.curve_box()->activated(i);
        ASSERT_EQ(QString::fromStdString(view.curve()->name), pane.curve_box()->currentText());
        double most = 0;
        for (const QPointF& point : view.line()->points()) most = std::max(most, point.y());
        const auto& figures = lab.timing().statistics.occupancy[static_cast<std::size_t>(i)];
        EXPECT_EQ(most, static_cast<double>(figures.high_water));
        EXPECT_TRUE(pane.words().contains(QStringLiteral("at event %1").arg(figures.high_water_at.value))) << pane.words().toStdString();
    }
}

TEST(OccupancyChart, UpAndDownGoFromStepToStep) {
    ChartLab lab("occupancy");
    LoadView& view = *lab.window->occupancy_pane()->view();
    lab.playback().first();
    view.setFocus();
    for (std::size_t i = 0; i < 4; ++i) {
        QTest::keyClick(&view, Qt::Key_Down);
        EXPECT_EQ(lab.playback().position(), view.curve()->steps[i].event);
        EXPECT_EQ(view.accessible_current_row(), static_cast<int>(i));
    }
    lab.playback().forward();
    QTest::keyClick(&view, Qt::Key_Up);
    EXPECT_EQ(lab.playback().position(), view.curve()->steps[3].event) << "from between two, back is the one before";
    QTest::keyClick(&view, Qt::Key_Up);
    EXPECT_EQ(lab.playback().position(), view.curve()->steps[2].event);
}

TEST(ThroughputChart, AClickOnABarGoesToTheFirstOperationThatEndedInIt) {
    ChartLab lab("throughput");
    LoadView& view = *lab.window->throughput_pane()->view();
    lab.window->timing_model().show_whole();
    std::size_t operations = 0;
    int clicked = 0;
    const std::vector<ThroughputBar> bars = view.bars();
    for (const ThroughputBar& bar : bars) {
        operations += bar.operations;
        if (bar.operations == 0) continue;
        // The last bar may reach beyond the end of the run.
        lab.click(&view, {std::min(view.x_of((bar.from + bar.to) / 2), view.plot().right() - 1), view.plot().bottom() - 4});
        EXPECT_EQ(lab.playback().position(), lab.timing().load.finishes[bar.first].event);
        ++clicked;
    }
    EXPECT_GT(clicked, 3);
    EXPECT_EQ(operations, lab.timing().statistics.throughput.operations);
}

TEST(WaterfallChart, AClickGoesToTheBarsEventAndChoosesItsOperation) {
    ChartLab lab("waterfall", 1);
    WaterfallView& view = *lab.window->waterfall_pane()->view();
    const trace::History& history = *lab.playback().history();
    for (std::uint32_t i = 0; i < history.operations().size(); ++i) {
        for (std::size_t lane = 0; lane < 4; ++lane) {
            const QRectF box = view.bar_rect(i, lane);
            ASSERT_FALSE(box.isEmpty());
            // In its open part, or for the target in what is filled, away from the marks of conversions.
            double x = box.center().x();
            for (int tries = 0; tries < 40 && (!view.hit({x, box.center().y()}).event.valid() || history.conversion_at(view.hit({x, box.center().y()}).event) != nullptr); ++tries) x = box.left() + box.width() * (tries + 1) / 42;
            const TimeCanvas::Hit hit = view.hit({x, box.center().y()});
            EXPECT_EQ(hit.operation, history.operations()[i].id);
            lab.click(&view, {x, box.center().y()});
            EXPECT_EQ(lab.playback().position(), hit.event);
            ASSERT_NE(lab.playback().operation(), nullptr);
            EXPECT_EQ(lab.playback().operation()->id, history.operations()[i].id);
        }
    }
}

TEST(WaterfallChart, ZoomsDownToASingleConversion) {
    ChartLab lab("waterfall", 3);
    WaterfallView& view = *lab.window->waterfall_pane()->view();
    const trace::Conversion& wanted = lab.playback().history()->conversions()[5];
    lab.playback().seek(wanted.event);
    view.setFocus();
    for (int i = 0; i < 40; ++i) QTest::keyClick(&view, Qt::Key_Plus);
    EXPECT_LT(lab.window->timing_model().visible().length(), 200) << "nanoseconds";
    const QPointF mark = view.mark_at(5);
    ASSERT_TRUE(view.plot().contains(mark));
    EXPECT_EQ(view.hit(mark).event, wanted.event);
    lab.playback().first();
    ASSERT_NE(lab.playback().position(), wanted.event);
    lab.playback().seek(wanted.event);
    lab.click(&view, view.mark_at(5));
    EXPECT_EQ(lab.playback().position(), wanted.event);
    lab.window->waterfall_pane()->view()->zoom_to_operation();
    const auto began = static_cast<double>(lab.timing().time_of(lab.playback().operation()->started));
    EXPECT_LE(lab.window->timing_model().visible().from, began);
    QTest::keyClick(&view, Qt::Key_0);
    EXPECT_EQ(lab.window->timing_model().visible(), lab.timing().whole());
    // Dragging moves along, and is no click.
    lab.window->timing_model().zoom(0.1, lab.timing().whole().to / 2);
    const TimeSpan before = lab.window->timing_model().visible();
    const auto event = lab.at();
    const QPoint from = view.plot().center().toPoint();
    QTest::mousePress(view.viewport(), Qt::LeftButton, Qt::NoModifier, from);
    QTest::mouseMove(view.viewport(), from + QPoint(60, 0));
    QTest::mouseMove(view.viewport(), from + QPoint(120, 0));
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, Qt::NoModifier, from + QPoint(120, 0));
    EXPECT_LT(lab.window->timing_model().visible().from, before.from);
    EXPECT_EQ(lab.at(), event);
}

TEST(WaterfallChart, ALongRunTakesAFewShapesForEachPixel) {
    ChartLab lab("waterfall", 120);
    ASSERT_GT(lab.playback().history()->operations().size(), 400u);
    WaterfallView& view = *lab.window->waterfall_pane()->view();
    lab.window->timing_model().show_whole();
    (void)view.grab();
    const auto rows = lab.timing().waterfall.lanes() * lab.timing().waterfall.rows();
    EXPECT_GT(view.drawn(), 20u);
    EXPECT_LT(view.drawn(), static_cast<std::size_t>(view.plot().width()) * rows * 2);
}

TEST(EntryMapChart, LeaksAndReuseAreMarkedByShapeAndTextAndAClickChoosesTheEntry) {
    ChartLab lab("entry_map", 2, true);
    EntryMapView& view = *lab.window->entry_map_pane()->view();
    EXPECT_TRUE(lab.window->pane("entry_map")->title_bar()->toolTip().contains(QLatin1String("leaked"))) << "the title says so";
    const auto entries = lab.playback().history()->call_entries();
    lab.window->timing_model().show_whole();
    std::uint32_t leaked = 0;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        if (!entries[i].released.valid()) leaked = i;
        const QRectF box = view.life_rect(i);
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->value() + static_cast<int>(std::max(0.0, box.bottom() - view.viewport()->height())));
        lab.click(&view, view.life_rect(i).center());
        EXPECT_EQ(lab.playback().position(), entries[i].recognised);
        EXPECT_EQ(lab.playback().region(), entries[i].region);
    }
    EXPECT_TRUE(view.accessible_row_text(static_cast<int>(leaked)).contains(QLatin1String("leaked")));
    EXPECT_TRUE(view.hit(view.life_rect(leaked).center()).words.contains(QLatin1String("leaked")));
    EXPECT_GT(pixels_of(view, lab.window->theme().tokens().changed), 40);
}

TEST(EntryMapChart, EveryAddressIsInSightWhenItShallBe) {
    ChartLab lab("entry_map", 120);
    EntryMapView& view = *lab.window->entry_map_pane()->view();
    ASSERT_GT(lab.timing().entries.rows().size(), 0u);
    view.fit_rows(true);
    EXPECT_EQ(view.verticalScrollBar()->maximum(), 0);
    lab.window->timing_model().show_whole();
    (void)view.grab();
    EXPECT_GT(view.drawn(), 0u);
    EXPECT_LT(view.drawn(), static_cast<std::size_t>(view.plot().width() * view.plot().height()));
}

// All panes alike.
struct NamedPane {
    const char* name;
    ChartPane* pane;
};
std::vector<NamedPane> panes_of(MainWindow& window) {
    return {{"latency", window.latency_pane()}, {"occupancy", window.occupancy_pane()}, {"throughput", window.throughput_pane()}, {"waterfall", window.waterfall_pane()}, {"entry_map", window.entry_map_pane()}};
}

TEST(Charts, ATableSaysTheSameAndLeadsToTheEvents) {
    ChartLab lab("latency", 4);
    for (const NamedPane& each : panes_of(*lab.window)) {
        ASSERT_TRUE(lab.window->show_alone(QString::fromLatin1(each.name)));
        ChartLab::settle();
        ChartPane& pane = *each.pane;
        const QAbstractItemModelTester tester(&pane.table_model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
        QTest::mouseClick(pane.table_button(), Qt::LeftButton);
        ASSERT_TRUE(pane.table()->isVisible()) << each.name;
        ASSERT_GT(pane.table_model().rowCount(), 0) << each.name;
        for (int column = 0; column < pane.table_model().columnCount(); ++column) EXPECT_FALSE(pane.table_model().headerData(column, Qt::Horizontal).toString().isEmpty());
        const int row = pane.table_model().rowCount() / 2;
        pane.table()->setFocus();
        pane.table()->setCurrentIndex(pane.table_model().index(row, 0));
        QTest::keyClick(pane.table(), Qt::Key_Return);
        EXPECT_EQ(lab.at(), pane.table_model().index(row, 0).data(FigureTableModel::event_role).toUInt()) << each.name;
        QTest::mouseClick(pane.table_button(), Qt::LeftButton);
        EXPECT_FALSE(pane.table()->isVisible());
    }
}

TEST(Charts, AScreenReaderWalksTheRowsOfEveryChart) {
    ChartLab lab("latency", 4);
    for (const NamedPane& each : panes_of(*lab.window)) {
        ASSERT_TRUE(lab.window->show_alone(QString::fromLatin1(each.name)));
        ChartLab::settle();
        QAbstractScrollArea* chart = nullptr;
        for (QAbstractScrollArea* area : each.pane->findChildren<QAbstractScrollArea*>()) {
            if (dynamic_cast<ChartRows*>(area) != nullptr) chart = area;
        }
        ASSERT_NE(chart, nullptr) << each.name;
        QAccessibleInterface* reader = QAccessible::queryAccessibleInterface(chart);
        ASSERT_NE(reader, nullptr);
        EXPECT_EQ(reader->role(), QAccessible::List) << each.name;
        EXPECT_TRUE(reader->text(QAccessible::Name).contains(QLatin1String("virtual time"))) << each.name << ": " << reader->text(QAccessible::Name).toStdString();
        EXPECT_FALSE(reader->text(QAccessible::Description).isEmpty()) << each.name;
        ASSERT_GT(reader->childCount(), 0) << each.name;
        for (const int row : {0, reader->childCount() - 1}) {
            ASSERT_NE(reader->child(row), nullptr);
            EXPECT_GT(reader->child(row)->text(QAccessible::Name).size(), 8) << each.name;
        }
    }
}

TEST(Charts, EmptyOnesSayWhatWouldBeThereAndHowToGetIt) {
    MainWindow window(testing::synthetic_source(), nullptr);
    window.resize(1366, 768);
    window.show();
    for (const NamedPane& each : panes_of(window)) {
        ASSERT_TRUE(window.show_alone(QString::fromLatin1(each.name)));
        ChartLab::settle();
        EXPECT_TRUE(each.pane->message().contains(QLatin1String("Run a scenario"))) << each.name << ": " << each.pane->message().toStdString();
        EXPECT_FALSE(each.pane->export_button()->isEnabled());
        EXPECT_FALSE(each.pane->table_button()->isEnabled());
    }
    // A session in which no operation was asked for.
    trace::synthetic::Options nothing;
    nothing.operations.clear();
    window.playback().open(testing::synthetic_session(nothing, QStringLiteral("Nothing")));
    for (const NamedPane& each : panes_of(window)) {
        if (each.pane == window.occupancy_pane()) continue;  // drivers hold memory all the same
        ASSERT_TRUE(window.show_alone(QString::fromLatin1(each.name)));
        ChartLab::settle();
        EXPECT_TRUE(each.pane->message().contains(QLatin1String("session"))) << each.name << ": " << each.pane->message().toStdString();
    }
}

TEST(Charts, LongWorkShowsProgressAndCanBeCancelled) {
    ChartLab lab("latency", 1);
    LatencyPane& pane = *lab.window->latency_pane();
    lab.open(150, false);
    ASSERT_TRUE(lab.window->timing_model().busy());
    EXPECT_TRUE(pane.message().contains(QLatin1String("Working out")));
    ASSERT_TRUE(pane.message_button()->isVisible());
    QTest::mouseClick(pane.message_button(), Qt::LeftButton);
    EXPECT_FALSE(lab.window->timing_model().busy());
    EXPECT_TRUE(pane.message().contains(QLatin1String("stopped")));
    QTest::mouseClick(pane.message_button(), Qt::LeftButton);
    ASSERT_TRUE(QTest::qWaitFor([&] { return lab.window->timing_model().timing() != nullptr; }, 30'000));
    EXPECT_TRUE(pane.message().isEmpty());
    EXPECT_EQ(pane.view()->samples().size(), 600u);
}

TEST(Charts, PicturesDrawingsAndTablesAreWritten) {
    QTemporaryDir folder;
    ChartLab lab("latency", 4);
    for (const NamedPane& each : panes_of(*lab.window)) {
        ASSERT_TRUE(lab.window->show_alone(QString::fromLatin1(each.name)));
        ChartLab::settle();
        for (const char* ending : {"png", "svg", "csv"}) {
            const QString path = folder.filePath(QStringLiteral("%1.%2").arg(QLatin1String(each.name), QLatin1String(ending)));
            each.pane->export_to(path);
            ASSERT_TRUE(QTest::qWaitFor([&] { return QFile::exists(path); }, 10'000)) << path.toStdString();
        }
        ASSERT_TRUE(QTest::qWaitFor([&] { return lab.window->notice()->text().contains(QLatin1String(".csv")); }));
        const QImage picture(folder.filePath(QLatin1String(each.name) + QStringLiteral(".png")));
        ASSERT_FALSE(picture.isNull());
        EXPECT_GE(picture.width(), 1900);
        std::set<QRgb> colours;
        for (int y = 60; y < picture.height(); y += 3) {
            for (int x = 0; x < picture.width(); x += 3) colours.insert(picture.pixel(x, y));
        }
        EXPECT_GT(colours.size(), 8u) << each.name << ": something is drawn below the title";
        QFile drawing(folder.filePath(QLatin1String(each.name) + QStringLiteral(".svg")));
        ASSERT_TRUE(drawing.open(QIODevice::ReadOnly));
        QXmlStreamReader reader(&drawing);
        QString words;
        int shapes = 0;
        while (!reader.atEnd()) {
            if (reader.readNext() == QXmlStreamReader::Characters) words += reader.text();
            else if (reader.isStartElement() && (reader.name() == QLatin1String("path") || reader.name() == QLatin1String("rect") || reader.name() == QLatin1String("polyline"))) ++shapes;
        }
        EXPECT_FALSE(reader.hasError()) << reader.errorString().toStdString();
        EXPECT_TRUE(words.contains(QLatin1String("virtual time"))) << each.name << ": the figure says whose time it is";
        EXPECT_GT(shapes, 5) << each.name;
        QFile table(folder.filePath(QLatin1String(each.name) + QStringLiteral(".csv")));
        ASSERT_TRUE(table.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = table.readAll().trimmed().split('\n');
        EXPECT_GT(lines.size(), 1) << each.name;
        EXPECT_TRUE(lines.front().contains(',')) << each.name;
    }
    // What cannot be written is told, and nothing is left behind.
    lab.window->latency_pane()->export_to(folder.filePath(QStringLiteral("no/such/folder.png")));
    EXPECT_TRUE(QTest::qWaitFor([&] { return lab.window->notice()->text().contains(QLatin1String("cannot be written")); }, 5'000)) << lab.window->notice()->text().toStdString();
}

TEST(Charts, AreDrawnInEveryThemeAndSize) {
    for (const QSize size : {QSize(1366, 768), QSize(1920, 1080)}) {
        ChartLab lab("latency", 3, true, size);
        for (const Theme::Choice theme : {Theme::Choice::light, Theme::Choice::dark, Theme::Choice::high_contrast}) {
            lab.window->choose_theme(theme);
            const Tokens& t = lab.window->theme().tokens();
            for (const NamedPane& each : panes_of(*lab.window)) {
                ASSERT_TRUE(lab.window->show_alone(QString::fromLatin1(each.name)));
                ChartLab::settle();
                EXPECT_GT(pixels_of(*each.pane, t.changed), 50) << each.name << ": the present event, in theme " << static_cast<int>(theme);
                EXPECT_GT(pixels_of(*each.pane, t.quiet_text, 60), 30) << each.name << ": labels of the axes, in theme " << static_cast<int>(theme);
            }
        }
    }
}

}  // namespace
}  // namespace chimneylab::desktop
