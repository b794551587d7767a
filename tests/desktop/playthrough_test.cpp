// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scenarios that are taught, played from the first event to the last and back: at every event every view has something
// true to show, nothing is wrong in a run of correct drivers, and what is shown does not depend on where one came from.
#include <QLabel>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>

#include <gtest/gtest.h>

#include "app/desktop/lens/lens_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/models/offloaded_objects.h"
#include "app/desktop/models/stage_ladder.h"
#include "app/desktop/models/stage_words.h"
#include "app/desktop/models/state_tree_rows.h"
#include "app/desktop/narration/narration_view.h"
#include "app/desktop/program/engine_source.h"
#include "app/desktop/stage/stage_view.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;

SessionPointer run_of(const std::string& scenario) {
    RunRequest request;
    request.scenario = QString::fromStdString(scenario);
    LoadControl control;
    control.progress = [](int) {};
    const LoadOutcome outcome = engine_source().scenario(request)(control);
    EXPECT_TRUE(outcome.problem.isEmpty()) << outcome.problem.toStdString();
    return outcome.session;
}

QString words_of(const QAbstractItemModel& model) {
    QStringList words;
    for (int row = 0; row < model.rowCount(); ++row) {
        for (int column = 0; column < model.columnCount(); ++column) words << model.index(row, column).data().toString();
    }
    return words.join(QLatin1Char('|'));
}

QString words_of(const StateTree& tree) {
    QStringList words{tree.title, tree.empty};
    for (const StateTreeRow& row : tree.rows) {
        for (const QString& cell : row.cells) words << cell;
    }
    return words.join(QLatin1Char('|'));
}

// Everything the views would show, without a window.
struct Views {
    PlaybackModel playback;
    StageModel stage{playback};
    EventListModel events{playback};
    MemberModel members{playback};
    LensModel lens{playback};
    CallEntryModel entries{playback};
    HandleChainModel chain{playback};
    HexModel bytes{playback};
    std::unique_ptr<trace::Narrator> narrator;
    std::unique_ptr<OffloadedObjects> objects;

    explicit Views(const SessionPointer& session) {
        playback.open(session);
        narrator = std::make_unique<trace::Narrator>(*session->history);
        objects = std::make_unique<OffloadedObjects>(*session->history);
    }
    StateTree block_tree() const { return block_list_tree(*playback.history(), *playback.cursor(), playback.operation()); }
    StateTree held_by_target() const { return target_tree(*playback.history(), *objects, playback.position()); }
    QString told() {
        const EventId at = playback.position();
        QStringList parts{QString::fromStdString(narrator->heading(at)), QString::fromStdString(narrator->sentence(at))};
        if (playback.session()->scenario_words) parts << playback.session()->scenario_words(at);
        const StageScene& scene = stage.scene();
        parts << scene.subtitle << scene.present << stage_words(scene) << scene.card.type << scene.card.headline;
        parts << lens.summary() << words_of(lens) << members.structure_name() << words_of(members);
        parts << entries.summary() << words_of(entries) << chain.summary();
        for (int node = 0; node < static_cast<int>(chain.chain().nodes.size()); ++node) parts << chain.node_text(node);
        parts << bytes.summary() << QString::fromLatin1(QByteArray(reinterpret_cast<const char*>(bytes.picture().after.data()), static_cast<qsizetype>(bytes.picture().after.size())).toHex());
        parts << words_of(block_tree()) << words_of(held_by_target());
        return parts.join(QLatin1Char('\n'));
    }
    // Nothing empty where something is, nothing wrong in a correct run.
    void look() {
        const EventId at = playback.position();
        const std::string where = "at event " + std::to_string(at.value);
        const std::string sentence = narrator->sentence(at);
        EXPECT_FALSE(sentence.empty()) << where;
        static const QRegularExpression unfilled(QStringLiteral("\\{[a-z_]+\\}"));
        EXPECT_FALSE(unfilled.match(QString::fromStdString(sentence)).hasMatch()) << sentence;
        if (playback.session()->scenario_words) EXPECT_FALSE(unfilled.match(playback.session()->scenario_words(at)).hasMatch()) << where;
        EXPECT_EQ(events.event_at(events.row_of(at)), at) << where;
        const StageScene& scene = stage.scene();
        ASSERT_FALSE(scene.empty()) << where;
        EXPECT_FALSE(scene.present.isEmpty()) << where;
        EXPECT_FALSE(scene.arrow && scene.arrow->words.isEmpty()) << where;
        if (scene.card.shown) EXPECT_TRUE(QRectF(QPointF(), scene.size).contains(scene.card.box)) << where << ": the card sticks out of the stage";
        EXPECT_TRUE(scene.findings.empty()) << where;
        if (at < playback.session()->opening) return;
        // Calls that carry no block list have the stage for themselves.
        if (passing_call(*playback.history(), at).empty()) {
            EXPECT_TRUE(scene.card.shown) << where;
            EXPECT_FALSE(scene.card.blocks.empty()) << where;
        }
        ASSERT_FALSE(lens.picture().empty()) << where;
        for (const LensRow& row : lens.picture().rows) {
            EXPECT_FALSE(row.name_in.isEmpty() || row.name_out.isEmpty()) << where;
            EXPECT_TRUE(row.flaw.isEmpty()) << where << ": " << row.flaw.toStdString();
        }
        EXPECT_FALSE(members.rows().empty()) << where;
        EXPECT_FALSE(bytes.picture().empty()) << where;
        EXPECT_FALSE(chain.chain().empty()) << where;
        for (std::size_t node = 0; chain.chain().flaws > 0 && node < chain.chain().nodes.size(); ++node) ADD_FAILURE() << where << ": " << chain.node_text(static_cast<int>(node)).toStdString();
        const StateTree blocks = block_tree();
        EXPECT_FALSE(blocks.title.isEmpty()) << where;
        EXPECT_FALSE(blocks.rows.empty() && blocks.empty.isEmpty()) << where;
        const trace::Operation* operation = playback.operation();
        if (playback.trace()->event(at).kind == trace::EventKind::offload_entry_released)
            EXPECT_FALSE(operation->finished.valid() && operation->finished < at) << where << ": on stage is what made the entry, not what ends it";
        if (operation != nullptr && operation->finished.valid() && at >= operation->finished)
            EXPECT_TRUE(std::ranges::none_of(blocks.rows, &StateTreeRow::pending)) << where << ": a completed operation has statuses";
        const StateTree held = held_by_target();
        EXPECT_FALSE(held.rows.empty() && held.empty.isEmpty()) << where;
    }
};

class Played : public ::testing::TestWithParam<const char*> {};

TEST_P(Played, ForwardAndBackEveryViewTellsTheSameAndNothingIsWrong) {
    const SessionPointer session = run_of(GetParam());
    ASSERT_TRUE(session);
    EXPECT_TRUE(session->crash_report.isEmpty());
    EXPECT_TRUE(session->findings.rows.empty());
    for (const Expectation& each : session->expectations) EXPECT_TRUE(each.met) << each.text.toStdString();
    Views views(session);
    views.playback.first();
    std::vector<std::pair<EventId, size_t>> told;
    while (true) {
        views.look();
        if (HasFailure()) return;
        told.emplace_back(views.playback.position(), qHash(views.told()));
        if (!views.playback.can_step(trace::Landmark::event, 1)) break;
        views.playback.forward();
    }
    EXPECT_EQ(views.playback.position().value + 1, views.playback.event_count());
    for (int row = 0; row < views.entries.rowCount(); ++row) EXPECT_EQ(views.entries.state_of(*views.entries.entry(row)), CallEntryState::released);
    EXPECT_FALSE(views.playback.session()->history->conversions().empty());
    for (auto step = told.rbegin(); step != told.rend(); ++step) {
        ASSERT_EQ(views.playback.position(), step->first);
        ASSERT_EQ(qHash(views.told()), step->second) << "other things are told when one comes back to event " << step->first.value;
        views.playback.back();
    }
    EXPECT_FALSE(views.playback.can_step(trace::Landmark::event, -1));
    // And by jumps, whichever way.
    for (std::size_t i = 0; i < told.size(); i += told.size() / 17 + 1) {
        const auto& [event, words] = told[i * 7919 % told.size()];
        views.playback.seek(event);
        EXPECT_EQ(qHash(views.told()), words) << "a jump to event " << event.value;
    }
}

INSTANTIATE_TEST_SUITE_P(Taught, Played, ::testing::Values("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"), [](const auto& tested) { return std::string(tested.param); });

// In the window, with the keys a person uses, at the smallest promised size.
class InTheWindow : public ::testing::TestWithParam<const char*> {};

TEST_P(InTheWindow, TheKeysGoFromConversionToConversionAndBackAndEveryPaneKeepsItsPlace) {
    MainWindow window(engine_source(), nullptr);
    window.choose_theme(Theme::Choice::light);
    window.set_reduced_motion(true);
    window.resize(1366, 768);
    window.show();
    (void)QTest::qWaitForWindowActive(&window);
    QSignalSpy shown(&window, &MainWindow::session_shown);
    ASSERT_TRUE(QTest::qWaitFor([&] { return window.library_model().rowCount() > 0; }, 10'000));
    QTest::qWait(30);
    const auto places = [&] {
        QStringList all;
        for (PanelDock* pane : window.panes()) {
            if (!pane->in_front()) continue;
            const QRect at = pane->geometry();
            all << QStringLiteral("%1 %2,%3 %4×%5").arg(pane->objectName()).arg(at.x()).arg(at.y()).arg(at.width()).arg(at.height());
        }
        return all;
    };
    const std::string before = places().join('\n').toStdString();
    window.open_scenario(QString::fromLatin1(GetParam()));
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 20'000)) << window.notice()->text().toStdString();
    QTest::qWait(30);
    EXPECT_EQ(places().join('\n').toStdString(), before) << "a run moves no pane";
    std::vector<std::pair<EventId, QString>> stops;
    for (const Qt::Key key : {Qt::Key_PageDown, Qt::Key_E}) {
        QTest::keyClick(window.stage_view(), Qt::Key_Home);
        while (true) {
            const EventId here = window.playback().position();
            QTest::keyClick(window.stage_view(), key);
            if (window.playback().position() == here) break;
            stops.emplace_back(window.playback().position(), window.narration()->whole_text());
            EXPECT_FALSE(stops.back().second.isEmpty());
            EXPECT_FALSE(window.narration()->text().isEmpty());
            EXPECT_FALSE(window.lens_model().picture().empty());
            if (stops.size() % 8 == 0) {
                window.grab();
                ASSERT_EQ(places().join('\n').toStdString(), before) << "event " << window.playback().position().value;
            }
        }
    }
    EXPECT_GT(stops.size(), 6U);
    for (const auto& [event, words] : stops) {
        window.playback().seek(event);
        EXPECT_EQ(window.narration()->whole_text(), words);
    }
}

INSTANTIATE_TEST_SUITE_P(Taught, InTheWindow, ::testing::Values("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"), [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace chimneylab::desktop
