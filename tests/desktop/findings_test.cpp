// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Findings as a person meets them: the tree and its filters, going to one, and the marks that every view puts.
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include "app/desktop/event_list/event_list_view.h"
#include "app/desktop/findings/findings_view.h"
#include "app/desktop/findings/rule_book_view.h"
#include "app/desktop/library/library_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/models/rule_model.h"
#include "app/desktop/narration/narration_view.h"
#include "app/desktop/stage/stage_view.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;

SessionPointer leaking() {
    trace::synthetic::Options options;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query};
    options.leak_call_entry = true;
    return testing::synthetic_session(options, QStringLiteral("leaking"));
}

SessionPointer correct() { return testing::synthetic_session({}, QStringLiteral("correct")); }

// A session with this many findings, `under` of them under the first one: what the views do does not depend on who found it.
SessionPointer with_findings(std::size_t under) {
    const SessionPointer sound = correct();
    auto made = make_session(sound->trace, {}, {}, {}, {});
    const trace::Operation& operation = made->history->operations().front();
    made->findings = {};
    const auto add = [&](const char* rule, verifier::Severity severity, EventId event, trace::LayerIndex layer, bool first) {
        Finding finding;
        finding.rule = QString::fromLatin1(rule);
        finding.severity = severity;
        finding.event = finding.noticed = event;
        finding.operation = operation.id;
        finding.layer = layer;
        finding.layer_name = QString::fromStdString(made->history->layer_name(layer));
        finding.block = operation.root;
        finding.block_name = QStringLiteral("N1");
        finding.member = QStringLiteral("ImReserved[0]");
        finding.offset = 0x60;
        finding.explanation = QStringLiteral("The saved word was not put back.");
        finding.expected = QStringLiteral("01 00 00 00 00 00 00 00");
        finding.seen = QStringLiteral("02 00 00 00 00 00 00 00");
        finding.first_cause = first;
        made->findings.rows.push_back(finding);
        if (made->findings.events.empty() || made->findings.events.back() != event) made->findings.events.push_back(event);
    };
    const auto& crossings = operation.crossings;
    add("IM-051", verifier::Severity::fatal, crossings[crossings.size() - 2], 1, true);
    made->findings.groups.push_back({0, {}});
    for (std::size_t i = 0; i < under; ++i) {
        add("IM-055", verifier::Severity::warning, crossings.back(), i % 2 == 0 ? 0 : 1, false);
        made->findings.groups.front().consequences.push_back(static_cast<std::uint32_t>(i + 1));
    }
    return made;
}

TEST(Findings, TheCheckerJudgesEverySession) {
    EXPECT_TRUE(correct()->findings.rows.empty());
    EXPECT_GT(correct()->findings.rules_judged, 50U);
    const SessionPointer session = leaking();
    ASSERT_FALSE(session->findings.rows.empty());
    ASSERT_FALSE(session->findings.groups.empty());
    const Finding& first = session->findings.rows[session->findings.groups.front().first_cause];
    EXPECT_TRUE(session->is_finding(first.event));
    EXPECT_FALSE(first.explanation.isEmpty());
    EXPECT_EQ(session->findings.next(EventId(), 1), session->findings.events.front());
    EXPECT_FALSE(session->findings.next(session->findings.events.back(), 1).valid());
}

TEST(Findings, TheTreeKeepsTheModelsPromises) {
    PlaybackModel playback;
    FindingModel model(playback);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(model.rowCount(), 0);
    playback.open(with_findings(5));
    ASSERT_EQ(model.rowCount(), 1);
    const QModelIndex first = model.index(0, 0);
    EXPECT_EQ(model.rowCount(first), 5);
    EXPECT_EQ(model.index_of(0), first);
    EXPECT_EQ(model.index_of(3).parent(), first);
    EXPECT_EQ(model.index_of(3).row(), 2);
    playback.seek(playback.session()->findings.rows[0].event);
    EXPECT_TRUE(first.data(FindingModel::here_role).toBool());
    model.set_filter({QStringLiteral("im-055 host"), {}, {}, {}});
    EXPECT_EQ(model.rowCount(model.index(0, 0)), 3) << "the first cause stays while a consequence passes";
    model.set_filter({{}, verifier::Severity::fatal, {}, {}});
    EXPECT_EQ(model.shown(), 1);
    model.set_filter({{}, {}, QStringLiteral("IM-055"), trace::LayerIndex{1}});
    EXPECT_EQ(model.rowCount(model.index(0, 0)), 2);
    model.set_filter({QStringLiteral("nothing has this"), {}, {}, {}});
    EXPECT_EQ(model.rowCount(), 0);
    EXPECT_FALSE(model.index_of(0).isValid());
    playback.open(leaking());
    model.set_filter({});
    EXPECT_EQ(model.shown(), model.all());
    playback.open(nullptr);
    EXPECT_EQ(model.all(), 0);
}

TEST(Findings, TheRuleBookIsWholeAndCounts) {
    PlaybackModel playback;
    RuleModel rules(playback);
    QAbstractItemModelTester tester(&rules, QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(rules.rowCount(), static_cast<int>(verifier::catalogue().size()));
    playback.open(with_findings(2));
    EXPECT_EQ(rules.times_broken(QStringLiteral("IM-055")), 2);
    rules.set_filter(QStringLiteral("im-05"));
    EXPECT_EQ(rules.rowCount(), 10);
    EXPECT_EQ(rules.index(rules.row_of(QStringLiteral("IM-055"))).data(RuleModel::broken_role).toInt(), 2);
    EXPECT_EQ(rules.row_of(QStringLiteral("IM-001")), -1);
}

TEST(Findings, RulesAreNamedWhereTheyAreJudged) {
    const SessionPointer session = correct();
    const trace::Operation& operation = session->history->operations().front();
    const auto has = [&](EventId event, std::string_view rule) {
        const auto rules = rules_judged_at(*session->history, event);
        return std::find(rules.begin(), rules.end(), rule) != rules.end();
    };
    const trace::Passage* driver = operation.passage(1);
    ASSERT_NE(driver, nullptr);
    EXPECT_TRUE(has(driver->completed, "IM-050")) << "SourceHandle is looked at when the driver completes";
    EXPECT_TRUE(has(driver->handed_on, "IM-031"));
    EXPECT_FALSE(has(driver->handed_on, "IM-050"));
    EXPECT_TRUE(rules_judged_at(*session->history, EventId(0)).empty());
}

TEST(Findings, TheSharedFilterMarksFindingsAndCompletions) {
    PlaybackModel playback;
    playback.open(with_findings(3));
    const auto count = [&] {
        std::size_t passing = 0;
        for (std::uint32_t i = 0; i < playback.event_count(); ++i) passing += playback.filter().passes(EventId(i)) ? 1 : 0;
        return passing;
    };
    EXPECT_EQ(count(), playback.event_count());
    playback.filter().show_only_findings(true);
    EXPECT_EQ(count(), 2U);
    playback.filter().show_only_completions(true);
    EXPECT_GT(count(), 4U) << "marks add to each other";
    EXPECT_EQ(playback.filter().set_expression(QStringLiteral("layer:host")), QString());
    EXPECT_LT(count(), 5U) << "the expression narrows what the marks let through";
    playback.open(correct());
    EXPECT_TRUE(playback.filter().active()) << "a filter outlives the session";
    playback.filter().clear();
    EXPECT_FALSE(playback.filter().active());
}

struct FindingsLab {
    std::unique_ptr<MainWindow> window;
    FindingsLab() {
        window = std::make_unique<MainWindow>(testing::synthetic_source(), nullptr);
        window->choose_theme(Theme::Choice::light);
        window->resize(1366, 768);
        window->show();
        (void)QTest::qWaitForWindowActive(window.get());
        EXPECT_TRUE(QTest::qWaitFor([&] { return window->library_model().rowCount() > 0; }));
    }
    void open(const char* scenario, const char* variant = "") {
        QSignalSpy shown(window.get(), &MainWindow::session_shown);
        window->open_scenario(QString::fromLatin1(scenario), QString::fromLatin1(variant));
        ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 10'000));
    }
    void key(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) { QTest::keyClick(window->stage_view(), static_cast<Qt::Key>(key), modifiers); }
};

TEST(FindingsPane, ACorrectRunSaysSoAndOffersWhatBreaksSomething) {
    FindingsLab lab;
    lab.open("one");
    EXPECT_TRUE(lab.window->findings_view()->none()->text().contains(QStringLiteral("none in this run")));
    EXPECT_TRUE(lab.window->findings_view()->none()->text().contains(lab.window->theme().tokens().fine.name()));
    EXPECT_FALSE(lab.window->findings_view()->tree()->isVisible());
    EXPECT_TRUE(lab.window->stage_model().scene().findings.empty());
}

TEST(FindingsPane, FGoesFromFindingToFindingAndEveryViewMarksIt) {
    FindingsLab lab;
    lab.window->playback().open(with_findings(2));
    MainWindow& window = *lab.window;
    FindingsView& view = *window.findings_view();
    ASSERT_TRUE(view.tree()->isVisible());
    const auto& rows = window.playback().session()->findings.rows;
    lab.key(Qt::Key_F);
    EXPECT_EQ(window.playback().position(), rows[0].event);
    EXPECT_EQ(view.chosen(), 0);
    EXPECT_EQ(window.playback().region(), rows[0].block) << "its block is chosen";
    EXPECT_TRUE(view.page()->toPlainText().contains(QStringLiteral("IM-051")));
    EXPECT_TRUE(view.page()->toPlainText().contains(QStringLiteral("N1.ImReserved[0]")));
    const StageScene& scene = window.stage_model().scene();
    ASSERT_EQ(scene.findings.size(), 1U);
    EXPECT_TRUE(scene.findings.front().here);
    EXPECT_EQ(scene.findings.front().layer, 1);
    EXPECT_EQ(scene.card.broken_finding, 0);
    EXPECT_TRUE(window.narration()->rules_text().contains(QStringLiteral("✖ IM-051 broken here")));
    const int row = window.event_model().row_of(rows[0].event);
    EXPECT_TRUE(window.event_model().index(row, 0).data(EventListModel::finding_role).toBool());
    lab.key(Qt::Key_F);
    EXPECT_EQ(view.chosen(), 1);
    lab.key(Qt::Key_F);
    EXPECT_EQ(view.chosen(), 2) << "several at one event are visited one by one";
    lab.key(Qt::Key_F);
    EXPECT_EQ(view.chosen(), 2) << "there is no further one";
    lab.key(Qt::Key_F, Qt::ShiftModifier);
    lab.key(Qt::Key_F, Qt::ShiftModifier);
    EXPECT_EQ(view.chosen(), 0);
    // A click on the lane's mark leads to the finding as well.
    lab.key(Qt::Key_End);
    const StageFinding mark = window.stage_model().scene().findings.front();
    QTest::mouseClick(window.stage_view()->viewport(), Qt::LeftButton, Qt::NoModifier, mark.box.center().toPoint());
    EXPECT_EQ(view.chosen(), mark.finding);
}

TEST(FindingsPane, ClickAndEnterGoThereAndTheFiltersWork) {
    FindingsLab lab;
    lab.window->playback().open(with_findings(4));
    MainWindow& window = *lab.window;
    FindingsView& view = *window.findings_view();
    QTreeView* tree = view.tree();
    QTest::qWait(20);
    const QModelIndex child = window.finding_model().index_of(2);
    tree->scrollTo(child);
    QTest::mouseClick(tree->viewport(), Qt::LeftButton, Qt::NoModifier, tree->visualRect(child).center());
    EXPECT_EQ(window.playback().position(), window.playback().session()->findings.rows[2].event);
    lab.key(Qt::Key_Home);
    tree->setFocus();
    tree->setCurrentIndex(window.finding_model().index_of(0));
    EXPECT_EQ(window.playback().position().value, 0U) << "choosing with the arrow keys reads, Enter goes";
    QTest::keyClick(tree, Qt::Key_Return);
    EXPECT_EQ(window.playback().position(), window.playback().session()->findings.rows[0].event);
    ASSERT_EQ(view.severity()->count(), 3);
    view.severity()->setFocus();
    QTest::keyClick(view.severity(), Qt::Key_Down);
    EXPECT_EQ(window.finding_model().shown(), 1) << "fatal alone";
    QTest::keyClick(view.severity(), Qt::Key_Up);
    EXPECT_EQ(window.finding_model().shown(), 5);
    view.filter()->setFocus();
    QTest::keyClicks(view.filter(), QStringLiteral("no such words"));
    EXPECT_EQ(window.finding_model().shown(), 0);
    EXPECT_TRUE(view.none()->isVisible());
    lab.key(Qt::Key_F);
    EXPECT_GE(view.chosen(), 0) << "going to a finding shows it in spite of the filter";
    EXPECT_TRUE(view.filter()->text().isEmpty());
}

TEST(FindingsPane, ARuleIsReadOnDemand) {
    FindingsLab lab;
    lab.window->playback().open(with_findings(1));
    lab.key(Qt::Key_F);
    Q_EMIT lab.window->findings_view()->page()->anchorClicked(QUrl(QStringLiteral("rule:IM-051")));
    EXPECT_TRUE(lab.window->pane("rules")->isVisible());
    EXPECT_EQ(lab.window->rule_book()->shown(), QStringLiteral("IM-051"));
    const QString page = lab.window->rule_book()->page()->toPlainText();
    for (const char* part : {"IM-051", "ImReserved", "documented", "broken", "source", "looked at"}) {
        EXPECT_TRUE(page.contains(QString::fromLatin1(part))) << part << "\n" << page.toStdString();
    }
}

TEST(Variants, StandUnderTheScenarioOnStageAndRun) {
    FindingsLab lab;
    lab.open("leak");
    LibraryModel& library = lab.window->library_model();
    QAbstractItemModelTester tester(&library, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const int row = library.row_of(QStringLiteral("leak"), QStringLiteral("kept"));
    ASSERT_EQ(row, library.row_of(QStringLiteral("leak")) + 1);
    EXPECT_EQ(library.index(row).data(LibraryModel::breaks_role).toStringList(), QStringList{QStringLiteral("IM-037")});
    QListView* list = lab.window->library_view()->list();
    QSignalSpy shown(lab.window.get(), &MainWindow::session_shown);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, Qt::NoModifier, list->visualRect(library.index(row)).center());
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }));
    EXPECT_EQ(library.current_variant(), QStringLiteral("kept"));
    lab.open("one");
    EXPECT_EQ(library.row_of(QStringLiteral("leak"), QStringLiteral("kept")), -1) << "those of the scenario on stage only";
    library.set_filter(QStringLiteral("IM-037"));
    EXPECT_GE(library.row_of(QStringLiteral("leak"), QStringLiteral("kept")), 0) << "a rule finds the variant that breaks it";
}

TEST(Schedules, AreChosenTypedAndNonsenseGoesBack) {
    FindingsLab lab;
    lab.open("one");
    QComboBox* box = lab.window->library_view()->schedule();
    QSignalSpy wanted(lab.window->library_view(), &LibraryView::schedule_wanted);
    const auto type = [&](const char* words) {
        box->lineEdit()->setFocus();
        box->lineEdit()->selectAll();
        QTest::keyClicks(box->lineEdit(), QString::fromLatin1(words));
        QTest::keyClick(box->lineEdit(), Qt::Key_Return);
    };
    QSignalSpy shown(lab.window.get(), &MainWindow::session_shown);
    type("7");
    ASSERT_EQ(wanted.count(), 1);
    EXPECT_EQ(wanted.front().front().toString(), QStringLiteral("seed:7"));
    EXPECT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; })) << "the scenario on stage is run again";
    type("sometimes");
    EXPECT_EQ(wanted.count(), 1);
    EXPECT_EQ(box->currentText(), QStringLiteral("seed:7"));
}

}  // namespace
}  // namespace chimneylab::desktop
