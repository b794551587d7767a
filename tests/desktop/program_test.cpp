// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The program from outside: its arguments, its exit codes, its pictures; and the real scenarios in the real window.
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "app/desktop/library/library_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/program/arguments.h"
#include "app/desktop/program/engine_source.h"
#include "engine/session/session.h"

namespace chimneylab::desktop {
namespace {

struct Outcome {
    int exit_code = -1;
    QString out, err;
};

Outcome run(const QStringList& words, bool display = false, int patience = 60'000) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("QT_QPA_PLATFORM"));
    if (!display) {
        environment.remove(QStringLiteral("DISPLAY"));
        environment.remove(QStringLiteral("WAYLAND_DISPLAY"));
    }
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(CHIMNEYLAB_PROGRAM), words);
    Outcome outcome;
    if (!process.waitForFinished(patience)) {
        process.kill();
        process.waitForFinished();
        return outcome;
    }
    outcome.exit_code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
    outcome.out = QString::fromUtf8(process.readAllStandardOutput());
    outcome.err = QString::fromUtf8(process.readAllStandardError());
    return outcome;
}

TEST(Arguments, AreRead) {
    const auto parsed = parse_arguments({QStringLiteral("--scenario"), QStringLiteral("m2"), QStringLiteral("--event=38"), QStringLiteral("--size"),
                                         QStringLiteral("1366x768"), QStringLiteral("--theme"), QStringLiteral("dark"), QStringLiteral("--scale"), QStringLiteral("2")});
    EXPECT_EQ(parsed.problem, QString());
    EXPECT_EQ(parsed.arguments.scenario, QStringLiteral("m2"));
    EXPECT_EQ(parsed.arguments.event, 38U);
    EXPECT_EQ(parsed.arguments.size, QSize(1366, 768));
    EXPECT_EQ(parsed.arguments.theme, Theme::Choice::dark);
    EXPECT_DOUBLE_EQ(parsed.arguments.scale, 2);
    EXPECT_EQ(parse_arguments({QStringLiteral("--tour"), QStringLiteral("folder")}).arguments.tour, QStringLiteral("folder"));
    EXPECT_EQ(parse_arguments({QStringLiteral("--pane=stage")}).arguments.pane, QStringLiteral("stage"));
    const auto found = parse_arguments({QStringLiteral("--scenario"), QStringLiteral("m8"), QStringLiteral("--variant"), QStringLiteral("v"), QStringLiteral("--schedule=lifo"),
                                        QStringLiteral("--choices"), QStringLiteral("0,0=FAILURE"), QStringLiteral("--driver"), QStringLiteral("a.so"),
                                        QStringLiteral("--driver"), QStringLiteral("b.so")});
    EXPECT_EQ(found.problem, QString());
    EXPECT_EQ(found.arguments.variant, QStringLiteral("v"));
    EXPECT_EQ(found.arguments.schedule, QStringLiteral("lifo"));
    EXPECT_EQ(found.arguments.choices, QStringLiteral("0,0=FAILURE"));
    EXPECT_EQ(found.arguments.drivers, QStringList({QStringLiteral("a.so"), QStringLiteral("b.so")}));
}

TEST(Arguments, WrongOnesAreToldInOneLine) {
    const QList<QStringList> wrong = {{QStringLiteral("--size"), QStringLiteral("abc")},
                                      {QStringLiteral("--size"), QStringLiteral("1x1")},
                                      {QStringLiteral("--size"), QStringLiteral("99999x99999")},
                                      {QStringLiteral("--event"), QStringLiteral("-1")},
                                      {QStringLiteral("--event"), QStringLiteral("12x")},
                                      {QStringLiteral("--theme"), QStringLiteral("pink")},
                                      {QStringLiteral("--scale"), QStringLiteral("nan")},
                                      {QStringLiteral("--scale"), QStringLiteral("100")},
                                      {QStringLiteral("--scenario")},
                                      {QStringLiteral("--scenario=")},
                                      {QStringLiteral("--choices"), QStringLiteral("0")},
                                      {QStringLiteral("--scenario=m8"), QStringLiteral("--choices"), QStringLiteral("first")},
                                      {QStringLiteral("--scenario=m8"), QStringLiteral("--schedule"), QStringLiteral("sideways")},
                                      {QStringLiteral("--nonsense")},
                                      {QStringLiteral("-x")},
                                      {QStringLiteral("a.chimney"), QStringLiteral("b.chimney")},
                                      {QStringLiteral("--scenario"), QStringLiteral("m1"), QStringLiteral("a.chimney")}};
    for (const QStringList& words : wrong) {
        const QString problem = parse_arguments(words).problem;
        EXPECT_FALSE(problem.isEmpty()) << words.join(QLatin1Char(' ')).toStdString();
        EXPECT_FALSE(problem.contains(QLatin1Char('\n')));
    }
}

TEST(Program, RefusesBadUsageWithOneLineAndTwo) {
    for (const QStringList& words : {QStringList{QStringLiteral("--size"), QStringLiteral("abc")}, QStringList{QStringLiteral("--nonsense")},
                                     QStringList{QStringLiteral("--scenario"), QStringLiteral("no such scenario"), QStringLiteral("--screenshot"), QStringLiteral("x.png")},
                                     QStringList{QStringLiteral("/no/such/file.chimney"), QStringLiteral("--screenshot"), QStringLiteral("x.png")},
                                     QStringList{}}) {
        const Outcome outcome = run(words);
        EXPECT_EQ(outcome.exit_code, 2) << words.join(QLatin1Char(' ')).toStdString() << outcome.err.toStdString();
        EXPECT_EQ(outcome.err.trimmed().count(QLatin1Char('\n')), 0) << outcome.err.toStdString();
        EXPECT_FALSE(outcome.err.trimmed().isEmpty());
    }
    EXPECT_EQ(run({QStringLiteral("--help")}).exit_code, 0);
    EXPECT_EQ(run({QStringLiteral("--version")}).exit_code, 0);
}

TEST(Program, RendersAMomentWithoutADisplay) {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("m1.png"));
    const Outcome outcome = run({QStringLiteral("--scenario"), QStringLiteral("m1"), QStringLiteral("--screenshot"), file, QStringLiteral("--size"),
                                 QStringLiteral("1366x768"), QStringLiteral("--theme"), QStringLiteral("light")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err.toStdString();
    const QImage picture(file);
    EXPECT_EQ(picture.size(), QSize(1366, 768));
    std::map<QRgb, int> colours;
    for (int y = 0; y < picture.height(); ++y) {
        for (int x = 0; x < picture.width(); ++x) ++colours[picture.pixel(x, y)];
    }
    const Tokens& t = light_tokens();
    for (const QColor& colour : {t.host_stack, t.intermediate_driver, t.offload_target}) EXPECT_GT(colours[colour.rgb()], 60) << colour.name().toStdString();
    EXPECT_GT(colours[t.panel.rgb()], 200'000);
}

TEST(Program, TheTourShowsEveryPaneLightAndDarkAndItsPageNamesEveryPicture) {
    QTemporaryDir folder;
    const Outcome outcome = run({QStringLiteral("--tour"), folder.path()}, false, 280'000);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err.toStdString();
    QFile page(folder.filePath(QStringLiteral("index.html")));
    ASSERT_TRUE(page.open(QIODevice::ReadOnly));
    const QString html = QString::fromUtf8(page.readAll());
    MainWindow window(engine_source(), nullptr);
    QStringList wanted = {QStringLiteral("main"), QStringLiteral("sequence-whole"), QStringLiteral("layout-teach"), QStringLiteral("main-200")};
    for (const PanelDock* pane : window.panes()) wanted << pane->objectName().replace(QLatin1Char('_'), QLatin1Char('-'));
    for (const QString& name : wanted) {
        QList<QImage> both;
        for (const char* theme : {"light", "dark"}) {
            const QString file = name + QLatin1Char('-') + QLatin1String(theme) + QStringLiteral(".png");
            const QImage picture(folder.filePath(file));
            ASSERT_FALSE(picture.isNull()) << file.toStdString();
            EXPECT_TRUE(html.contains(QLatin1Char('"') + file + QLatin1Char('"'))) << file.toStdString();
            EXPECT_GT(picture.colorCount(), 40) << file.toStdString() << " shows something";
            both << picture;
        }
        EXPECT_NE(both[0], both[1]);
    }
    EXPECT_FALSE(QImage(folder.filePath(QStringLiteral("main-high-contrast.png"))).isNull());
    EXPECT_EQ(QImage(folder.filePath(QStringLiteral("main-200-light.png"))).size(), QSize(2732, 1536));
}

TEST(Program, TheSameMomentGivesTheSamePicture) {
    QTemporaryDir folder;
    QList<QImage> pictures;
    for (const char* name : {"a.png", "b.png"}) {
        const QString file = folder.filePath(QLatin1String(name));
        ASSERT_EQ(run({QStringLiteral("--scenario"), QStringLiteral("m2"), QStringLiteral("--screenshot"), file, QStringLiteral("--theme"), QStringLiteral("dark")}).exit_code, 0);
        pictures << QImage(file);
    }
    EXPECT_FALSE(pictures[0].isNull());
    EXPECT_EQ(pictures[0], pictures[1]);
}

TEST(Program, ScaleTwoIsTwiceAsManyPixels) {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("two.png"));
    ASSERT_EQ(run({QStringLiteral("--scenario"), QStringLiteral("m1"), QStringLiteral("--screenshot"), file, QStringLiteral("--scale"), QStringLiteral("2")}).exit_code, 0);
    EXPECT_EQ(QImage(file).size(), QSize(2732, 1536));
}

TEST(Program, AnEventThatIsNotThereIsRefused) {
    QTemporaryDir folder;
    const Outcome outcome = run({QStringLiteral("--scenario"), QStringLiteral("m1"), QStringLiteral("--event"), QStringLiteral("999999"), QStringLiteral("--screenshot"),
                                 folder.filePath(QStringLiteral("x.png"))});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_TRUE(outcome.err.contains(QStringLiteral("999999"))) << outcome.err.toStdString();
    EXPECT_FALSE(QFileInfo::exists(folder.filePath(QStringLiteral("x.png"))));
}

TEST(Engine, EveryScenarioOfTheLibraryFillsTheWindow) {
    MainWindow window(engine_source(), nullptr);
    window.show();
    ASSERT_TRUE(QTest::qWaitFor([&] { return window.library_model().rowCount() > 0; }, 20'000));
    for (const LibraryEntry& entry : window.library_model().entries()) {
        QSignalSpy shown(&window, &MainWindow::session_shown);
        window.open_scenario(entry.id);
        ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 30'000)) << entry.id.toStdString();
        EXPECT_TRUE(window.stage_model().scene().card.shown) << entry.id.toStdString();
        EXPECT_GT(window.member_model().rowCount(), 5) << entry.id.toStdString();
        EXPECT_GT(window.event_model().rowCount(), 50) << entry.id.toStdString();
        EXPECT_FALSE(window.playback().history()->operations().empty());
        for (const Expectation& expectation : window.playback().session()->expectations) {
            EXPECT_TRUE(expectation.met) << entry.id.toStdString() << ": " << expectation.text.toStdString() << " " << expectation.detail.toStdString();
        }
    }
}

TEST(Engine, EveryConversionByADriverShowsItsCallEntry) {
    MainWindow window(engine_source(), nullptr);
    window.show();
    QSignalSpy shown(&window, &MainWindow::session_shown);
    window.open_scenario(QStringLiteral("m2"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 30'000));
    PlaybackModel& playback = window.playback();
    int saves = 0;
    int restores = 0;
    playback.first();
    while (playback.step(trace::Landmark::conversion, 1)) {
        const auto& arrow = window.stage_model().scene().arrow;
        const auto kind = static_cast<trace::ConversionKind>(playback.trace()->event(playback.position()).detail);
        if (kind == trace::ConversionKind::miniport_to_protocol_by_driver) {
            ASSERT_TRUE(arrow && arrow->meaning == StageArrow::Meaning::saves) << playback.position().value;
            ++saves;
        } else if (kind == trace::ConversionKind::protocol_to_miniport_by_driver) {
            ASSERT_TRUE(arrow && arrow->meaning == StageArrow::Meaning::restores) << playback.position().value;
            ++restores;
        }
    }
    EXPECT_GE(saves, 2);
    EXPECT_EQ(saves, restores);
}

TEST(Engine, ASendIsShownOnItsOwnWayDown) {
    MainWindow window(engine_source(), nullptr);
    window.show();
    QSignalSpy shown(&window, &MainWindow::session_shown);
    window.open_scenario(QStringLiteral("m4"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 30'000));
    PlaybackModel& playback = window.playback();
    trace::EventId send;
    for (std::uint32_t i = 0; i < playback.event_count() && !send.valid(); ++i) {
        const trace::Event& event = playback.trace()->event(trace::EventId(i));
        if (event.kind == trace::EventKind::enter && playback.trace()->text(event.name) == "MiniportTcpOffloadSend") send = trace::EventId(i);
    }
    ASSERT_TRUE(send.valid());
    playback.seek(send);
    const StageScene& scene = window.stage_model().scene();
    EXPECT_FALSE(scene.card.shown) << "a send carries no block list";
    ASSERT_EQ(scene.rungs.size(), 4U);
    EXPECT_EQ(scene.rungs[0].function, QStringLiteral("NdisOffloadTcpSend"));
    EXPECT_EQ(scene.rungs[0].tense, Tense::past);
    EXPECT_EQ(scene.rungs[1].function, QStringLiteral("MiniportTcpOffloadSend"));
    EXPECT_EQ(scene.rungs[1].tense, Tense::present);
    EXPECT_EQ(scene.rungs[2].tense, Tense::future);
}

TEST(Engine, ASavedRunOpensAgainAsItWas) {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("m1.chimney"));
    const SessionSource source = engine_source();
    LoadControl control;
    control.progress = [](int) {};
    const LoadOutcome ran = source.scenario({QStringLiteral("m1"), {}, {}, {}})(control);
    ASSERT_TRUE(ran.session) << ran.problem.toStdString();
    ASSERT_EQ(source.save(*ran.session, file, {}), QString());
    const LoadOutcome read = source.file(file)(control);
    ASSERT_TRUE(read.session) << read.problem.toStdString();
    EXPECT_EQ(read.session->trace->size(), ran.session->trace->size());
    EXPECT_EQ(read.session->title, ran.session->title);
    EXPECT_EQ(read.session->opening, ran.session->opening);
    QFile broken(file);
    ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
    broken.write("this is no session");
    broken.close();
    const LoadOutcome refused = source.file(file)(control);
    EXPECT_FALSE(refused.session);
    EXPECT_FALSE(refused.problem.isEmpty());
}

LoadOutcome run_request(const RunRequest& request) {
    LoadControl control;
    control.progress = [](int) {};
    return engine_source().scenario(request)(control);
}

TEST(Engine, AVariantWithAMistakeInItRunsInTheHostAndBreaksWhatItDeclares) {
    int tried = 0;
    for (const LibraryEntry& entry : engine_source().library()) {
        if (entry.id != QLatin1String("m2")) continue;
        for (const LibraryVariant& variant : entry.variants) {
            if (variant.breaks.isEmpty()) continue;
            const LoadOutcome outcome = run_request({entry.id, variant.name, {}, {}});
            ASSERT_TRUE(outcome.session) << variant.name.toStdString() << ": " << outcome.problem.toStdString();
            EXPECT_EQ(outcome.session->variant, variant.name);
            for (const QString& rule : variant.breaks) {
                const auto& rows = outcome.session->findings.rows;
                EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [&](const Finding& each) { return each.rule == rule; }))
                    << variant.name.toStdString() << " does not break " << rule.toStdString();
            }
            ++tried;
        }
    }
    EXPECT_GT(tried, 1);
}

TEST(Engine, TheListScrollsToAScenarioThatWasOpenedByName) {
    MainWindow window(engine_source(), nullptr);
    window.resize(1366, 768);
    window.show();
    ASSERT_TRUE(QTest::qWaitFor([&] { return window.library_model().rowCount() > 20; }, 20'000));
    QSignalSpy shown(&window, &MainWindow::session_shown);
    window.open_scenario(QStringLiteral("s25"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 60'000));
    const QListView* list = window.library_view()->list();
    EXPECT_TRUE(QTest::qWaitFor([&] { return list->viewport()->rect().contains(list->visualRect(list->currentIndex())); }, 5'000));
    EXPECT_EQ(list->currentIndex().data(LibraryModel::id_role).toString(), QStringLiteral("s25"));
}

TEST(Engine, ADriverThatIsNotThereIsToldAndNothingIsLost) {
    const LoadOutcome outcome = run_request({QStringLiteral("m1"), {}, {}, {QStringLiteral("/nowhere/driver.so")}});
    EXPECT_FALSE(outcome.session);
    EXPECT_TRUE(outcome.problem.contains(QStringLiteral("/nowhere/driver.so"))) << outcome.problem.toStdString();
}

TEST(Engine, AManualRunOfAFaultyVariantAsksInTheHostToo) {
    QString faulty;
    for (const LibraryEntry& entry : engine_source().library()) {
        if (entry.id != QLatin1String("m2")) continue;
        for (const LibraryVariant& variant : entry.variants) {
            if (faulty.isEmpty() && !variant.breaks.isEmpty()) faulty = variant.name;
        }
    }
    ASSERT_FALSE(faulty.isEmpty());
    RunRequest request{QStringLiteral("m2"), faulty, {}, {}};
    request.manual = true;
    const LoadOutcome asked = run_request(request);
    ASSERT_TRUE(asked.session) << asked.problem.toStdString();
    EXPECT_TRUE(asked.session->stopped_at_choice);
    ASSERT_EQ(asked.session->choice_points.size(), 1U);
    EXPECT_FALSE(asked.session->choice_points.front().pending.empty());
    request.choices << QStringLiteral("0");
    request.schedule_goes_on = true;
    const LoadOutcome ended = run_request(request);
    ASSERT_TRUE(ended.session) << ended.problem.toStdString();
    EXPECT_FALSE(ended.session->stopped_at_choice);
    EXPECT_FALSE(ended.session->findings.rows.empty());
}

}  // namespace
}  // namespace chimneylab::desktop
