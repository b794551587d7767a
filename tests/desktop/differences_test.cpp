// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Two sessions compared in the window: where they part, both sides, and times with how certain a difference is.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include "app/desktop/differences/differences_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/program/engine_source.h"
#include "engine/session/session.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;
using trace::OperationKind;

trace::Trace trace_of(unsigned repeat, bool leak, bool fail) {
    trace::synthetic::Options options;
    options.intermediate_drivers = 2;
    options.operations = {OperationKind::initiate, OperationKind::query, OperationKind::terminate};
    options.repeat = repeat;
    options.leak_call_entry = leak;
    options.connections = 2;
    options.fail_last_block = fail;
    if (fail) options.operations = {OperationKind::initiate};  // what failed cannot be queried
    if (fail) options.repeat = 1;
    return trace::synthetic::make_trace(options);
}

struct DifferenceLab {
    QTemporaryDir folder;
    std::unique_ptr<MainWindow> window;
    DifferenceLab() {
        SessionSource source = testing::synthetic_source();
        source.file = engine_source().file;
        window = std::make_unique<MainWindow>(source, nullptr);
        window->resize(1366, 768);
        window->show();
        (void)QTest::qWaitForWindowActive(window.get());
    }
    QString file(const char* name, const trace::Trace& trace) {
        const QString path = folder.filePath(QString::fromLatin1(name));
        EXPECT_FALSE(session::save(trace, path.toStdString()));
        return path;
    }
    void open(const QString& path) {
        QSignalSpy shown(window.get(), &MainWindow::session_shown);
        window->open_file(path);
        ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 10'000));
    }
    DifferencesView& view() { return *window->differences_view(); }
    void compare(const QString& path) {
        window->compare_with(path);
        ASSERT_TRUE(QTest::qWaitFor([&] { return view().divergence_model().differences() != nullptr && view().divergence_model().differences()->b_name == path.section(QLatin1Char('/'), -1); }, 20'000));
        QTest::qWait(5);
    }
};

TEST(Differences, ASessionAndItselfHaveNone) {
    DifferenceLab lab;
    const QString file = lab.file("a.chimney", trace_of(10, false, false));
    lab.open(file);
    EXPECT_FALSE(lab.view().isVisible());
    lab.compare(file);
    EXPECT_TRUE(lab.view().isVisible()) << "the pane comes to the front";
    EXPECT_TRUE(lab.view().verdict().contains(QLatin1String("the same history"))) << lab.view().verdict().toStdString();
    EXPECT_EQ(lab.view().divergence_model().rowCount(), 0);
    const QAbstractItemModelTester tester(&lab.view().timing_model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    QTest::mouseClick(lab.view().times_button(), Qt::LeftButton);
    ASSERT_TRUE(lab.view().times()->isVisible());
    ASSERT_GT(lab.view().timing_model().rowCount(), 3);
    for (int row = 0; row < lab.view().timing_model().rowCount(); ++row) {
        EXPECT_FALSE(lab.view().timing_model().index(row, TimingDifferenceModel::verdict).data().toString().startsWith(QLatin1String("differs")));
        EXPECT_EQ(lab.view().timing_model().index(row, TimingDifferenceModel::relative).data().toString(), QStringLiteral("+0.0 %"));
    }
}

TEST(Differences, TheFirstEventThatDiffersIsShownWithBothSidesAndLeadsThere) {
    DifferenceLab lab;
    const QString good = lab.file("good.chimney", trace_of(2, false, false)), leaky = lab.file("leaky.chimney", trace_of(2, true, false));
    lab.open(good);
    lab.compare(leaky);
    const QAbstractItemModelTester tester(&lab.view().divergence_model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    DivergenceModel& model = lab.view().divergence_model();
    ASSERT_GE(model.rowCount(), 1);
    const auto& first = model.differences()->comparison.divergences.front();
    EXPECT_FALSE(model.index(0, DivergenceModel::chain).data().toString().isEmpty());
    EXPECT_FALSE(model.index(0, DivergenceModel::what).data().toString().isEmpty());
    EXPECT_TRUE(lab.view().verdict().contains(QLatin1String("differ")));
    const SessionPointer a = model.differences()->a, b = model.differences()->b;
    int row = 0;
    while (row < model.rowCount() && model.differences()->comparison.divergences[static_cast<std::size_t>(row)].b.valid() == false) ++row;
    // Side B brings the other session on stage, side A the first one back.
    if (row < model.rowCount()) {
        QTableView* table = lab.view().divergences();
        QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::NoModifier, table->visualRect(model.index(row, DivergenceModel::side_b)).center());
        EXPECT_EQ(lab.window->playback().session(), b);
        EXPECT_EQ(lab.window->playback().position().value, model.index(row, 0).data(DivergenceModel::b_event_role).toUInt());
    }
    if (first.a.valid()) {
        lab.view().divergences()->setFocus();
        lab.view().divergences()->setCurrentIndex(model.index(0, DivergenceModel::side_a));
        QTest::keyClick(lab.view().divergences(), Qt::Key_Return);
        EXPECT_EQ(lab.window->playback().session(), a);
        EXPECT_EQ(lab.window->playback().position(), first.a);
    }
    EXPECT_TRUE(first.a.valid() || row < model.rowCount()) << "one of the two was tried";
}

TEST(Differences, AFileThatIsNoSessionIsToldAndWhatWasThereStays) {
    DifferenceLab lab;
    const QString good = lab.file("good.chimney", trace_of(1, false, false));
    lab.open(good);
    lab.compare(good);
    const DifferencesPointer before = lab.view().divergence_model().differences();
    QFile nonsense(lab.folder.filePath(QStringLiteral("nonsense.chimney")));
    ASSERT_TRUE(nonsense.open(QIODevice::WriteOnly));
    nonsense.write("no session at all");
    nonsense.close();
    lab.window->compare_with(nonsense.fileName());
    ASSERT_TRUE(QTest::qWaitFor([&] { return lab.window->notice()->text().contains(QLatin1String("nonsense.chimney")); }, 10'000));
    EXPECT_EQ(lab.view().divergence_model().differences(), before);
    // And after it a good one works.
    const QString other = lab.file("other.chimney", trace_of(2, false, true));
    lab.compare(other);
    EXPECT_GT(lab.view().divergence_model().rowCount(), 0);
}

}  // namespace
}  // namespace chimneylab::desktop
