// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The stage as geometry and words: what must be true of every picture, at every event.
#include <gtest/gtest.h>

#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/stage_ladder.h"
#include "app/desktop/models/stage_model.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;
using trace::Landmark;

struct Stage {
    PlaybackModel playback;
    StageModel model{playback};
    explicit Stage(const trace::synthetic::Options& options, QSizeF room = {752, 310}) {
        model.set_room(room, StageMetrics{6.03, 5.6});
        playback.open(testing::synthetic_session(options, QStringLiteral("stage")));
    }
    const StageScene& scene() const { return model.scene(); }
};

trace::synthetic::Options initiate(unsigned drivers) {
    trace::synthetic::Options options;
    options.intermediate_drivers = drivers;
    return options;
}

TEST(Ladder, HasEveryCallOfTheWayDownAndUp) {
    for (unsigned drivers = 0; drivers <= 8; ++drivers) {
        const SessionPointer session = testing::synthetic_session(initiate(drivers), QStringLiteral("ladder"));
        const trace::Operation& operation = session->history->operations().front();
        const auto ladder = ladder_of(*session->history, operation);
        ASSERT_EQ(ladder.size(), 4 * (drivers + 1)) << drivers;
        EventId before(0);
        for (const LadderCall& call : ladder) {
            ASSERT_EQ(call.events.size(), 1U) << call.function.toStdString();
            EXPECT_GT(call.events.front(), before) << "a ladder is climbed in order";
            before = call.events.front();
        }
        EXPECT_EQ(ladder.front().function, QStringLiteral("NdisInitiateOffload"));
        EXPECT_EQ(ladder.back().function, QStringLiteral("ProtocolInitiateOffloadComplete"));
    }
}

TEST(Stage, HasALaneALayerAndABoundaryBetweenEachTwo) {
    for (unsigned drivers = 0; drivers <= 8; ++drivers) {
        Stage stage(initiate(drivers));
        ASSERT_EQ(stage.scene().lanes.size(), drivers + 2);
        ASSERT_EQ(stage.scene().boundaries.size(), drivers + 1);
        for (std::size_t i = 0; i < stage.scene().boundaries.size(); ++i) {
            const StageBoundary& boundary = stage.scene().boundaries[i];
            EXPECT_GT(boundary.y, stage.scene().lanes[i].box.bottom());
            EXPECT_LT(boundary.y, stage.scene().lanes[i + 1].box.top());
        }
        EXPECT_LE(stage.scene().lanes.back().box.bottom(), stage.scene().size.height());
    }
}

// Nothing that must be read lies over something else that must be read, at any event, for any number of drivers.
TEST(Stage, NothingOverlapsAnywhere) {
    for (const unsigned drivers : {0U, 1U, 2U, 5U, 8U}) {
        for (const QSizeF room : {QSizeF(640, 260), QSizeF(752, 310), QSizeF(1400, 800)}) {
            Stage stage(initiate(drivers), room);
            stage.playback.first();
            do {
                const StageScene& scene = stage.scene();
                for (std::size_t i = 0; i < scene.rungs.size(); ++i) {
                    const QRectF& text = scene.rungs[i].text;
                    EXPECT_LE(text.right(), scene.size.width()) << scene.rungs[i].function.toStdString();
                    EXPECT_FALSE(scene.card.shown && scene.card.box.intersects(text)) << scene.rungs[i].function.toStdString();
                    for (std::size_t j = i + 1; j < scene.rungs.size(); ++j) {
                        EXPECT_FALSE(text.adjusted(0, 3, 0, -3).intersects(scene.rungs[j].text.adjusted(0, 3, 0, -3)));
                    }
                    for (const StageSlot& slot : scene.slots) EXPECT_FALSE(slot.box.intersects(text));
                }
                for (const StageSlot& slot : scene.slots) {
                    EXPECT_TRUE(scene.lanes[static_cast<std::size_t>(slot.layer)].box.contains(slot.box)) << "a slot lies in the lane that owns it";
                    EXPECT_GE(slot.box.top(), scene.lanes[static_cast<std::size_t>(slot.layer)].box.top() + 20) << "under the title";
                }
                if (scene.card.shown) {
                    EXPECT_TRUE(QRectF(QPointF(), scene.size).contains(scene.card.box));
                    for (const StageBoundary& b : scene.boundaries) EXPECT_FALSE(scene.card.box.intersects(b.pill));
                }
            } while (stage.playback.step(Landmark::event, 1) && !::testing::Test::HasFailure());
        }
    }
}

TEST(Stage, ThereIsOneCardAndItHasTheNameThatTheListHasNow) {
    Stage stage(initiate(2));
    EXPECT_TRUE(stage.scene().card.shown);
    EXPECT_EQ(stage.scene().card.type, QStringLiteral("PROTOCOL"));
    QStringList names;
    while (stage.playback.step(Landmark::conversion, 1)) {
        EXPECT_TRUE(stage.scene().card.converted_now);
        names << stage.scene().card.type;
    }
    const QStringList expected = {QStringLiteral("MINIPORT"), QStringLiteral("PROTOCOL"), QStringLiteral("MINIPORT"), QStringLiteral("PROTOCOL"),
                                  QStringLiteral("MINIPORT"), QStringLiteral("PROTOCOL"), QStringLiteral("MINIPORT"), QStringLiteral("PROTOCOL"),
                                  QStringLiteral("MINIPORT"), QStringLiteral("PROTOCOL")};
    EXPECT_EQ(names, expected);
}

TEST(Stage, SlotsAreNamedByTheConversion) {
    Stage stage(initiate(1));
    ASSERT_EQ(stage.scene().card.slots.size(), 2U);
    EXPECT_EQ(stage.scene().card.slots[0].name, QStringLiteral("NdisReserved[2]"));
    EXPECT_EQ(stage.scene().card.slots[1].name, QStringLiteral("OffloadHandle"));
    ASSERT_TRUE(stage.playback.step(Landmark::conversion, 1));
    EXPECT_EQ(stage.scene().card.slots[0].name, QStringLiteral("MiniportOffloadContext"));
    EXPECT_EQ(stage.scene().card.slots[1].name, QStringLiteral("NdisOffloadHandle"));
    EXPECT_TRUE(stage.scene().card.slots[0].renamed);
    EXPECT_TRUE(stage.scene().card.slots[0].changed) << "NDIS writes slot A";
    EXPECT_FALSE(stage.scene().card.slots[1].changed) << "slot B keeps its value and only gets another name";
}

TEST(Stage, GoesDownOnOneLineAndUpOnTheOther) {
    Stage stage(initiate(2));
    double lowest = 0;
    bool came_up = false;
    while (stage.playback.step(Landmark::call, 1)) {
        const StageScene& scene = stage.scene();
        if (!scene.card.shown || scene.card.finished) continue;
        if (!scene.card.upward) {
            EXPECT_FALSE(came_up) << "once on its way up it does not go down again";
            EXPECT_GE(scene.card.box.center().y() + 0.5, lowest);
            lowest = scene.card.box.center().y();
            EXPECT_TRUE(scene.down.current);
        } else {
            came_up = true;
            EXPECT_LE(scene.card.box.center().y() - 0.5, lowest);
            lowest = scene.card.box.center().y();
        }
    }
    EXPECT_TRUE(came_up);
}

TEST(Stage, PastPresentAndFutureOfTheLadderFollowTheCursor) {
    Stage stage(initiate(1));
    stage.playback.first();
    do {
        int present = 0;
        for (const StageRung& rung : stage.scene().rungs) {
            if (rung.tense == Tense::present) ++present;
            EXPECT_EQ(rung.tense == Tense::future, rung.event > stage.playback.position()) << rung.function.toStdString();
        }
        EXPECT_LE(present, 1);
    } while (stage.playback.step(Landmark::event, 1));
}

TEST(Stage, CallEntriesFillAndEmptyWithTheirEvents) {
    Stage stage(initiate(2));
    const auto held = [&] {
        int count = 0;
        for (const StageSlot& slot : stage.scene().slots) count += slot.region.valid() ? 1 : 0;
        return count;
    };
    EXPECT_EQ(held(), 0);
    const auto& entries = stage.playback.history()->call_entries();
    ASSERT_EQ(entries.size(), 2U);
    stage.playback.seek(entries[0].recognised);
    EXPECT_EQ(held(), 1);
    stage.playback.seek(entries[1].recognised);
    EXPECT_EQ(held(), 2);
    stage.playback.last();
    EXPECT_EQ(held(), 0);
}

TEST(Stage, ALeakedCallEntryIsASlotThatStays) {
    trace::synthetic::Options options = initiate(1);
    options.leak_call_entry = true;
    Stage stage(options);
    stage.playback.last();
    int held = 0;
    for (const StageSlot& slot : stage.scene().slots) held += slot.region.valid() ? 1 : 0;
    EXPECT_EQ(held, 1);
}

TEST(Stage, TheDriversConversionsShowWhatIsSavedAndRestored) {
    Stage stage(initiate(1));
    bool saved = false;
    bool restored = false;
    bool by_ndis = false;
    while (stage.playback.step(Landmark::conversion, 1)) {
        const auto kind = static_cast<trace::ConversionKind>(stage.playback.trace()->event(stage.playback.position()).detail);
        const auto& arrow = stage.scene().arrow;
        if (kind == trace::ConversionKind::miniport_to_protocol_by_driver) {
            ASSERT_TRUE(arrow.has_value());
            EXPECT_EQ(arrow->meaning, StageArrow::Meaning::saves);
            EXPECT_LT(arrow->to.x(), arrow->from.x()) << "into the slot";
            saved = true;
        } else if (kind == trace::ConversionKind::protocol_to_miniport_by_driver) {
            ASSERT_TRUE(arrow.has_value());
            EXPECT_EQ(arrow->meaning, StageArrow::Meaning::restores);
            EXPECT_GT(arrow->to.x(), arrow->from.x()) << "into the card";
            restored = true;
        } else if (kind == trace::ConversionKind::protocol_to_miniport_by_ndis) {
            ASSERT_TRUE(arrow.has_value());
            EXPECT_EQ(arrow->meaning, StageArrow::Meaning::ndis_writes);
            by_ndis = true;
        } else {
            EXPECT_FALSE(arrow.has_value()) << "on the way up NDIS changes not one byte";
        }
    }
    EXPECT_TRUE(saved && restored && by_ndis);
}

TEST(Stage, TheTreeIsWholeAndFailuresAreMarked) {
    trace::synthetic::Options options = initiate(1);
    options.connections = 2;
    options.fail_last_block = true;
    Stage stage(options);
    EXPECT_EQ(stage.scene().card.blocks.size(), 4U);
    const EventId finished = stage.playback.history()->operations().front().finished;
    ASSERT_TRUE(finished.valid());
    stage.playback.seek(finished);
    int failed = 0;
    for (const CardBlock& block : stage.scene().card.blocks) failed += block.failed ? 1 : 0;
    EXPECT_EQ(failed, 1);
    EXPECT_TRUE(stage.scene().card.finished);
    // After the host has freed the tree the picture still has all of it.
    stage.playback.last();
    EXPECT_EQ(stage.scene().card.blocks.size(), 4U);
}

TEST(Stage, IsAPureFunctionOfThePlace) {
    Stage stage(initiate(2));
    stage.playback.seek(EventId(60));
    const QRectF there = stage.scene().card.box;
    const QString name = stage.scene().card.type;
    stage.playback.last();
    stage.playback.first();
    stage.playback.seek(EventId(60));
    EXPECT_EQ(stage.scene().card.box, there);
    EXPECT_EQ(stage.scene().card.type, name);
}

TEST(Stage, IsEmptyWithoutASession) {
    PlaybackModel playback;
    StageModel model(playback);
    EXPECT_TRUE(model.scene().empty());
    playback.open(testing::synthetic_session(initiate(1), QStringLiteral("x")));
    EXPECT_FALSE(model.scene().empty());
    playback.open(nullptr);
    EXPECT_TRUE(model.scene().empty());
}

}  // namespace
}  // namespace chimneylab::desktop
