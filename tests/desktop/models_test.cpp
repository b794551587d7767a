// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The models without a window.
#include <QSignalSpy>
#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "app/desktop/models/event_list_model.h"
#include "app/desktop/models/event_text.h"
#include "app/desktop/models/library_model.h"
#include "app/desktop/models/member_model.h"
#include "app/desktop/models/playback_model.h"
#include "engine/trace/member_layout.h"
#include "engine/trace/recorder.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;
using trace::EventKind;
using trace::Landmark;

SessionPointer five(unsigned drivers) {
    trace::synthetic::Options options;
    options.intermediate_drivers = drivers;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::update,
                          trace::OperationKind::invalidate, trace::OperationKind::terminate};
    return testing::synthetic_session(options, QStringLiteral("five"));
}

TEST(Playback, WithoutASessionNothingMoves) {
    PlaybackModel playback;
    playback.play();
    playback.forward();
    playback.seek(EventId(3));
    playback.first();
    playback.last();
    EXPECT_FALSE(playback.step(Landmark::conversion, 1));
    EXPECT_FALSE(playback.call_in());
    EXPECT_FALSE(playback.playing());
    EXPECT_FALSE(playback.position().valid());
    EXPECT_EQ(playback.operation(), nullptr);
}

TEST(Playback, OpensAtTheFirstCallOfTheHostStack) {
    PlaybackModel playback;
    playback.open(five(1));
    const trace::Event& event = playback.trace()->event(playback.position());
    EXPECT_EQ(event.kind, EventKind::enter);
    EXPECT_EQ(playback.trace()->text(event.name), "NdisInitiateOffload");
    EXPECT_FALSE(playback.playing());
}

TEST(Playback, BackUndoesForwardForEveryByte) {
    PlaybackModel playback;
    playback.open(five(2));
    const auto region = playback.region();
    ASSERT_TRUE(region.valid());
    playback.first();
    std::vector<std::vector<std::byte>> seen;
    do {
        const auto bytes = playback.cursor()->bytes(region);
        seen.emplace_back(bytes.begin(), bytes.end());
    } while (playback.step(Landmark::event, 1));
    for (std::size_t i = seen.size(); i-- > 0;) {
        const auto bytes = playback.cursor()->bytes(region);
        EXPECT_EQ(std::vector<std::byte>(bytes.begin(), bytes.end()), seen[i]) << "at event " << i;
        playback.step(Landmark::event, -1);
    }
}

TEST(Playback, StepsStopOnExactlyTheirKind) {
    PlaybackModel playback;
    playback.open(five(1));
    playback.first();
    int conversions = 0;
    while (playback.step(Landmark::conversion, 1)) {
        EXPECT_EQ(playback.trace()->event(playback.position()).kind, EventKind::conversion);
        ++conversions;
    }
    // One IM: four of its own, NDIS's way down to it is one of them; host's completion is the last. Five operations.
    EXPECT_EQ(conversions, 5 * 6);
    int back = 0;
    while (playback.step(Landmark::conversion, -1)) ++back;
    EXPECT_EQ(back, conversions - 1);
    playback.first();
    int entries = 0;
    while (playback.step(Landmark::call_entry, 1)) ++entries;
    EXPECT_EQ(entries, 10) << "one call entry recognised and released for each of five operations";
    EXPECT_FALSE(playback.can_step(Landmark::finding, 1));
}

TEST(Playback, SeekClampsAndTellsOnce) {
    PlaybackModel playback;
    playback.open(five(1));
    QSignalSpy moved(&playback, &PlaybackModel::position_changed);
    playback.seek(EventId(1'000'000));
    EXPECT_EQ(playback.position().value, playback.event_count() - 1);
    playback.seek(playback.position());
    EXPECT_EQ(moved.count(), 1);
    playback.last();
    EXPECT_EQ(moved.count(), 1);
}

TEST(Playback, PlaysOnItsOwnClockToTheEndAndStops) {
    PlaybackModel playback;
    playback.open(five(1));
    playback.play();
    const auto start = playback.position();
    const double wait = playback.dwell(start);
    playback.advance(wait / 2);
    EXPECT_EQ(playback.position(), start);
    playback.advance(wait / 2 + 1);
    EXPECT_EQ(playback.position().value, start.value + 1);
    for (int i = 0; i < 100'000 && playback.playing(); ++i) playback.advance(100);
    EXPECT_FALSE(playback.playing());
    EXPECT_EQ(playback.position().value, playback.event_count() - 1);
    playback.play();  // at the end: starts over
    EXPECT_EQ(playback.position(), playback.session()->opening);
    EXPECT_TRUE(playback.playing());
}

TEST(Playback, SpeedScalesAndIsClamped) {
    PlaybackModel playback;
    playback.set_speed(1000);
    EXPECT_DOUBLE_EQ(playback.speed(), PlaybackModel::fastest);
    playback.set_speed(0.0001);
    EXPECT_DOUBLE_EQ(playback.speed(), PlaybackModel::slowest);
    playback.open(five(1));
    playback.set_speed(50);
    playback.play();
    playback.advance(playback.dwell(playback.position()) / 50 + 0.1);
    EXPECT_EQ(playback.position().value, playback.session()->opening.value + 1);
}

// A trace of which every second event is an IRQL change.
SessionPointer with_irql_changes() {
    trace::Recorder recorder;
    trace::Event run;
    run.kind = EventKind::run_started;
    recorder.append(run);
    for (int i = 0; i < 5; ++i) {
        trace::Event irql;
        irql.kind = EventKind::irql_changed;
        irql.detail = 2;
        recorder.append(irql);
        trace::Event word;
        word.kind = EventKind::message;
        word.name = recorder.intern("word");
        recorder.append(word);
    }
    return make_session(std::make_shared<const trace::Trace>(recorder.take()), {}, {}, {}, {});
}

TEST(Playback, PassesOverIrqlChangesUntilTheyAreWanted) {
    PlaybackModel playback;
    EventListModel events(playback);
    playback.open(with_irql_changes());
    EXPECT_EQ(events.rowCount(), 6);
    playback.first();
    playback.forward();
    EXPECT_EQ(playback.position(), EventId(2));
    playback.back();
    EXPECT_EQ(playback.position(), EventId(0));
    playback.seek(EventId(3));
    EXPECT_EQ(playback.position(), EventId(3)) << "by number they can be reached";
    EXPECT_NE(playback.nearest_shown(EventId(3)), EventId(3));
    playback.filter().set_expression(QStringLiteral("irql_changed"));
    EXPECT_EQ(events.rowCount(), 5);
    playback.filter().set_expression({});
    playback.show_irql_changes(true);
    EXPECT_EQ(events.rowCount(), 11);
    playback.first();
    playback.forward();
    EXPECT_EQ(playback.position(), EventId(1));
}

TEST(Playback, ChosenRegionIsForgottenWhereItDoesNotExist) {
    PlaybackModel playback;
    playback.open(five(1));
    const auto& entry = playback.history()->call_entries().front();
    playback.seek(entry.recognised);
    playback.choose_region(entry.region);
    EXPECT_EQ(playback.region(), entry.region);
    playback.seek(EventId(0));
    EXPECT_FALSE(playback.region_chosen());
}

TEST(Playback, ANewSessionReplacesEverything) {
    PlaybackModel playback;
    playback.open(five(1));
    playback.last();
    playback.play();
    playback.open(five(0));
    EXPECT_FALSE(playback.playing());
    EXPECT_EQ(playback.position(), playback.session()->opening);
    playback.open(nullptr);
    EXPECT_EQ(playback.event_count(), 0U);
    EXPECT_FALSE(playback.region().valid());
}

TEST(EventList, HasARowAnEventAndFindsItsWay) {
    PlaybackModel playback;
    EventListModel events(playback);
    EXPECT_EQ(events.rowCount(), 0);
    playback.open(five(1));
    EXPECT_EQ(events.rowCount(), static_cast<int>(playback.event_count()));
    EXPECT_EQ(events.row_of(EventId(7)), 7);
    EXPECT_EQ(events.event_at(7), EventId(7));
    EXPECT_FALSE(events.event_at(-1).valid());
    EXPECT_FALSE(events.event_at(events.rowCount()).valid());
    for (int row = 0; row < events.rowCount(); ++row) {
        EXPECT_FALSE(events.index(row, EventListModel::what).data().toString().isEmpty()) << row;
    }
}

TEST(EventList, FilterShowsOnlyWhatPasses) {
    PlaybackModel playback;
    EventListModel events(playback);
    playback.open(five(1));
    EXPECT_EQ(playback.filter().set_expression(QStringLiteral("kind:conversion")), QString());
    EXPECT_EQ(events.rowCount(), 30);
    for (int row = 0; row < events.rowCount(); ++row) {
        EXPECT_EQ(playback.trace()->event(events.event_at(row)).kind, EventKind::conversion);
    }
    // Between two shown events the row is that of the one before.
    const EventId second = events.event_at(1);
    EXPECT_EQ(events.row_of(second), 1);
    EXPECT_EQ(events.row_of(EventId(second.value + 1)), second.value + 1 == events.event_at(2).value ? 2 : 1);
    EXPECT_EQ(events.row_of(EventId(0)), -1);
    EXPECT_EQ(playback.filter().set_expression({}), QString());
    EXPECT_EQ(events.rowCount(), static_cast<int>(playback.event_count()));
}

TEST(EventList, AWrongFilterIsToldAndTheOldOneStays) {
    PlaybackModel playback;
    EventListModel events(playback);
    playback.open(five(1));
    playback.filter().set_expression(QStringLiteral("kind:conversion"));
    const int before = events.rowCount();
    EXPECT_TRUE(playback.filter().set_expression(QStringLiteral("kind:nonsense (")).contains(QStringLiteral("column")));
    EXPECT_EQ(events.rowCount(), before);
}

TEST(Members, NamesFollowTheConversion) {
    PlaybackModel playback;
    MemberModel members(playback);
    playback.open(five(1));
    EXPECT_EQ(members.structure_name(), QStringLiteral("NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST"));
    ASSERT_TRUE(playback.step(Landmark::conversion, 1));
    EXPECT_EQ(members.structure_name(), QStringLiteral("NDIS_MINIPORT_OFFLOAD_BLOCK_LIST"));
    const auto slot_a = std::find_if(members.rows().begin(), members.rows().end(), [](const MemberRow& r) { return r.offset == trace::block_offset::slot_a; });
    ASSERT_NE(slot_a, members.rows().end());
    EXPECT_EQ(slot_a->name, QStringLiteral("MiniportOffloadContext"));
    EXPECT_TRUE(slot_a->changed) << "NDIS writes slot A on the way down";
    EXPECT_NE(slot_a->before, slot_a->after);
    EXPECT_EQ(slot_a->size, 8U);
    const auto header = members.rows().begin();
    EXPECT_FALSE(header->changed);
    EXPECT_EQ(header->before, header->after);
}

TEST(Members, BytesAreThoseOfTheCursorAndTheStepBefore) {
    PlaybackModel playback;
    MemberModel members(playback);
    playback.open(five(2));
    const auto region = playback.region();
    playback.first();
    while (playback.step(Landmark::event, 1)) {
        if (playback.region() != region) continue;
        trace::Cursor before(*playback.trace());
        before.seek(EventId(playback.position().value - 1));
        const auto now = playback.cursor()->bytes(region);
        const auto then = before.bytes(region);
        for (const MemberRow& row : members.rows()) {
            ASSERT_EQ(std::memcmp(row.after.constData(), now.data() + row.offset, row.size), 0);
            if (!then.empty()) {
                ASSERT_EQ(std::memcmp(row.before.constData(), then.data() + row.offset, row.size), 0) << playback.position().value;
            }
            EXPECT_EQ(row.changed, row.before != row.after) << row.name.toStdString() << " at " << playback.position().value;
        }
    }
}

TEST(Members, ADriversOwnEntryIsShownInWords) {
    PlaybackModel playback;
    MemberModel members(playback);
    playback.open(five(1));
    const auto& entry = playback.history()->call_entries().front();
    playback.seek(entry.recognised);
    playback.choose_region(entry.region);
    ASSERT_FALSE(members.rows().empty());
    EXPECT_EQ(members.rows().front().name, QStringLiteral("+0x00"));
    EXPECT_EQ(members.rowCount(), static_cast<int>((playback.trace()->region(entry.region).size + 7) / 8));
}

TEST(Members, FindsWhoChangedAMember) {
    PlaybackModel playback;
    MemberModel members(playback);
    playback.open(five(1));
    int source_handle = -1;
    for (int row = 0; row < members.rowCount(); ++row) {
        if (members.rows()[static_cast<std::size_t>(row)].offset == trace::block_offset::source_handle) source_handle = row;
    }
    ASSERT_GE(source_handle, 0);
    const EventId next = members.change_of(source_handle, 1);
    ASSERT_TRUE(next.valid());
    playback.seek(next);
    EXPECT_TRUE(members.rows()[static_cast<std::size_t>(source_handle)].changed);
}

TEST(Library, HeadingsCannotBeChosenAndFiltersNarrow) {
    LibraryModel library;
    library.set_entries({{QStringLiteral("m1"), QStringLiteral("M1"), QStringLiteral("One"), QStringLiteral("Part"), QStringLiteral("ladders"), {}, {}},
                         {QStringLiteral("m2"), QStringLiteral("M2"), QStringLiteral("Two"), QStringLiteral("Part"), {}, {}, {}}});
    EXPECT_EQ(library.rowCount(), 3);
    EXPECT_EQ(library.flags(library.index(0)), Qt::NoItemFlags);
    EXPECT_EQ(library.row_of(QStringLiteral("M2")), 2);
    library.set_filter(QStringLiteral("ladder"));
    EXPECT_EQ(library.rowCount(), 2);
    EXPECT_EQ(library.index(1).data(LibraryModel::id_role).toString(), QStringLiteral("m1"));
    library.set_filter(QStringLiteral("nothing has this"));
    EXPECT_EQ(library.rowCount(), 0);
}

TEST(EventText, TimesHaveTheirUnitOnce) {
    EXPECT_EQ(microseconds_text(41'250), QStringLiteral("41.250"));
    EXPECT_EQ(microseconds_text(7), QStringLiteral("0.007"));
}

}  // namespace
}  // namespace chimneylab::desktop
