// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The language of the scenarios' texts: chosen in the menu, applied at once, remembered.
#include <gtest/gtest.h>

#include <QAction>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/desktop/main_window/main_window.h"
#include "app/desktop/narration/narration_view.h"
#include "app/desktop/program/engine_source.h"
#include "engine/trace/fingerprint.h"

namespace chimneylab::desktop {
namespace {

const LibraryEntry* entry_of(const std::vector<LibraryEntry>& library, const QString& id) {
    for (const LibraryEntry& entry : library)
        if (entry.id == id) return &entry;
    return nullptr;
}

TEST(ScenarioLanguage, ASessionSpeaksEachOfThemWithoutBeingMadeAgain) {
    const SessionSource source = engine_source();
    ASSERT_EQ(source.languages.size(), 3U);
    LoadControl control;
    control.progress = [](int) {};
    const LoadOutcome ran = source.scenario({QStringLiteral("m1"), {}, {}, {}})(control);
    ASSERT_TRUE(ran.session) << ran.problem.toStdString();
    const trace::EventId at = ran.session->opening;
    const QString english = ran.session->scenario_words(at);
    ASSERT_FALSE(english.isEmpty());
    source.tell_in(QStringLiteral("ja"));
    const QString japanese = ran.session->scenario_words(at);
    source.tell_in(QStringLiteral("sv"));
    const QString swedish = ran.session->scenario_words(at);
    EXPECT_TRUE(japanese.contains(QStringLiteral("ホストスタック"))) << japanese.toStdString();
    EXPECT_TRUE(swedish.contains(QStringLiteral("Värdstacken"))) << swedish.toStdString();
    EXPECT_EQ(entry_of(source.library(), QStringLiteral("m1"))->title, QStringLiteral("Ett slutförande på väg upp"));
    // What was recorded does not depend on it.
    const LoadOutcome again = source.scenario({QStringLiteral("m1"), {}, {}, {}})(control);
    ASSERT_TRUE(again.session) << again.problem.toStdString();
    EXPECT_EQ(again.session->title, ran.session->title);
    EXPECT_EQ(trace::fingerprint(*again.session->trace), trace::fingerprint(*ran.session->trace));
    EXPECT_EQ(again.session->scenario_words(at), swedish);
    source.tell_in({});  // the system's: the tests run in English
    EXPECT_EQ(ran.session->scenario_words(at), english);
    source.tell_in(QStringLiteral("xx"));
    EXPECT_EQ(ran.session->scenario_words(at), english);
}

TEST(ScenarioLanguage, IsChosenInTheMenuAppliedAtOnceAndRemembered) {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("settings.ini"));
    const auto title = [](MainWindow& window) {
        const LibraryEntry* entry = window.library_model().entry(QStringLiteral("m1"));
        return entry ? entry->title : QString();
    };
    {
        MainWindow window(engine_source(), std::make_unique<QSettings>(file, QSettings::IniFormat));
        window.show();
        QSignalSpy shown(&window, &MainWindow::session_shown);
        window.open_scenario(QStringLiteral("m1"));
        ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0 && !title(window).isEmpty(); }, 30'000));
        EXPECT_EQ(title(window), QStringLiteral("One completion travels up"));
        const trace::EventId at = window.playback().position();
        EXPECT_TRUE(window.findChild<QAction*>(QStringLiteral("language_system"))->isChecked());
        // Twice, and another one before the first is there: the last one counts.
        QAction* japanese = window.findChild<QAction*>(QStringLiteral("language_ja"));
        window.findChild<QAction*>(QStringLiteral("language_sv"))->trigger();
        japanese->trigger();
        japanese->trigger();
        EXPECT_TRUE(japanese->isChecked());
        EXPECT_TRUE(window.narration()->text().contains(QStringLiteral("ホストスタック"))) << window.narration()->text().toStdString();
        EXPECT_EQ(window.playback().position(), at);
        ASSERT_TRUE(QTest::qWaitFor([&] { return title(window) == QStringLiteral("ひとつの完了が上へ戻る"); }, 30'000));
        EXPECT_EQ(window.library_model().current(), QStringLiteral("m1"));
        window.close();
    }
    MainWindow window(engine_source(), std::make_unique<QSettings>(file, QSettings::IniFormat));
    window.restore_arrangement();
    window.show();
    ASSERT_TRUE(QTest::qWaitFor([&] { return title(window) == QStringLiteral("ひとつの完了が上へ戻る"); }, 30'000));
    EXPECT_TRUE(window.findChild<QAction*>(QStringLiteral("language_ja"))->isChecked());
    window.findChild<QAction*>(QStringLiteral("language_system"))->trigger();
    EXPECT_TRUE(QTest::qWaitFor([&] { return title(window) == QStringLiteral("One completion travels up"); }, 30'000));
}

}  // namespace
}  // namespace chimneylab::desktop
