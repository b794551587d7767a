// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The narration says what the picture shows, can be copied whole, and follows.
#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include "app/desktop/main_window/main_window.h"
#include "app/desktop/models/stage_words.h"
#include "app/desktop/narration/narration_view.h"
#include "app/desktop/stage/stage_view.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

// Nothing that can be read on the stage is missing from its words, at any event.
TEST(StageWords, AreEqualInContentToThePicture) {
    trace::synthetic::Options options;
    options.intermediate_drivers = 2;
    options.connections = 2;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
    PlaybackModel playback;
    StageModel stage(playback);
    playback.open(testing::synthetic_session(options, QStringLiteral("words")));
    EXPECT_TRUE(stage_words(StageScene()).isEmpty());
    playback.first();
    do {
        const StageScene& scene = stage.scene();
        const QString words = stage_words(scene);
        const auto says = [&](const QString& what) { EXPECT_TRUE(words.contains(what)) << what.toStdString() << " is missing at " << playback.position().value << ": " << words.toStdString(); };
        if (scene.card.shown) {
            says(scene.card.type);
            says(scene.card.headline);
            for (const CardBlock& block : scene.card.blocks) {
                says(block.label);
                says(block.role);
                if (!block.status.isEmpty()) says(block.status);
            }
            for (const CardSlot& slot : scene.card.slots) {
                says(slot.name);
                says(slot.meaning);
            }
            says(scene.card.finished ? QStringLiteral("back from its way") : scene.card.upward ? QStringLiteral("way up") : QStringLiteral("way down"));
        }
        for (const StageSlot& slot : scene.slots) {
            if (slot.region.valid()) says(QStringLiteral("#%1").arg(slot.number));
        }
        for (const StageLane& lane : scene.lanes) {
            if (lane.running) says(lane.title + QStringLiteral(" is running"));
        }
        if (scene.arrow) says(scene.arrow->words);
    } while (playback.step(trace::Landmark::event, 1) && !::testing::Test::HasFailure());
}

TEST(NarrationView, TellsBeforeAndAfterAndIsCopiedWhole) {
    MainWindow window(testing::synthetic_source(), nullptr);
    window.resize(1366, 768);
    window.show();
    (void)QTest::qWaitForWindowActive(&window);
    NarrationView& narration = *window.narration();
    EXPECT_FALSE(narration.copy_action()->isEnabled());
    EXPECT_TRUE(narration.whole_text().isEmpty());
    QSignalSpy shown(&window, &MainWindow::session_shown);
    window.open_scenario(QStringLiteral("five"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 10'000));
    window.playback().step(trace::Landmark::conversion, 1);
    trace::Narrator narrator(*window.playback().history());
    const trace::EventId at = window.playback().position();
    const auto heading = [&](std::uint32_t event) { return QString::fromStdString(narrator.heading(trace::EventId(event))); };
    const QString all = narration.toPlainText();
    EXPECT_TRUE(all.contains(heading(at.value - 1)));
    EXPECT_TRUE(all.contains(heading(at.value + 1)));
    EXPECT_TRUE(all.contains(stage_words(window.stage_model().scene())));

    QGuiApplication::clipboard()->setText(QStringLiteral("before"));
    QTest::keyClick(window.stage_view(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    const QString copied = QGuiApplication::clipboard()->text();
    EXPECT_EQ(copied, narration.whole_text());
    EXPECT_TRUE(copied.contains(heading(at.value)));
    EXPECT_TRUE(copied.contains(QString::fromStdString(narrator.sentence(at))));
    EXPECT_TRUE(copied.startsWith(window.playback().session()->title));
    EXPECT_EQ(narration.accessibleDescription(), copied) << "a screen reader is told the same";
    window.playback().forward();
    EXPECT_NE(narration.accessibleDescription(), copied) << "it follows";
}

}  // namespace
}  // namespace chimneylab::desktop
