// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Call entries, handle chain and bytes: the models against the trace, the views with real key and mouse events.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QHeaderView>
#include <QScrollBar>
#include <QTest>
#include <algorithm>
#include <set>

#include "app/desktop/bytes/bytes_view.h"
#include "app/desktop/handle_chain/chain_view.h"
#include "app/desktop/ledger/ledger_view.h"
#include "app/desktop/models/region_bytes.h"
#include "engine/trace/value_text.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;

trace::synthetic::Options run(unsigned drivers = 2, bool leak = false) {
    trace::synthetic::Options options;
    options.intermediate_drivers = drivers;
    options.connections = 2;
    options.repeat = 2;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
    options.leak_call_entry = leak;
    options.told_as_by_ndis = true;
    return options;
}

// --- call entries ---

TEST(CallEntryModel, TellsEveryEntryAtEveryEvent) {
    PlaybackModel playback;
    CallEntryModel entries(playback);
    QAbstractItemModelTester tester(&entries, QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(entries.rowCount(), 0);
    playback.open(testing::synthetic_session(run()));
    ASSERT_EQ(entries.rowCount(), 12);
    for (std::uint32_t event = 0; event < playback.event_count(); ++event) {
        playback.seek(EventId(event));
        std::set<trace::RegionId> held;
        for (trace::LayerIndex layer = 0; layer < 4; ++layer)
            for (const std::uint32_t index : playback.history()->live_call_entries(layer, EventId(event)))
                held.insert(playback.history()->call_entries()[index].region);
        for (int row = 0; row < entries.rowCount(); ++row) {
            const trace::CallEntry& entry = *entries.entry(row);
            EXPECT_EQ(entries.state_of(entry) == CallEntryState::held, held.contains(entry.region))
                << "row " << row << " at " << event;
        }
    }
    playback.last();
    for (int row = 0; row < entries.rowCount(); ++row) {
        EXPECT_EQ(entries.state_of(*entries.entry(row)), CallEntryState::released);
        const QString restored = entries.index(row, CallEntryModel::restored).data().toString();
        EXPECT_TRUE(restored.contains(QStringLiteral("event"))) << restored.toStdString();
        EXPECT_FALSE(restored.contains(QStringLiteral("✖"))) << "a correct driver restores all three";
        EXPECT_FALSE(entries.index(row, CallEntryModel::remembers).data().toString().isEmpty());
    }
    EXPECT_TRUE(entries.summary().startsWith(QStringLiteral("0 held, 12 released")));
    playback.first();
    for (int row = 0; row < entries.rowCount(); ++row)
        EXPECT_EQ(entries.state_of(*entries.entry(row)), CallEntryState::to_come);
}

TEST(CallEntryModel, ALeakIsToldByWordsAndMarkWhereverOneStands) {
    PlaybackModel playback;
    CallEntryModel entries(playback);
    playback.open(testing::synthetic_session(run(1, true)));
    playback.last();
    int leaked = 0;
    for (int row = 0; row < entries.rowCount(); ++row) {
        if (entries.state_of(*entries.entry(row)) != CallEntryState::leaked) continue;
        ++leaked;
        EXPECT_TRUE(entries.index(row, CallEntryModel::state).data().toString().contains(QStringLiteral("✖ leaked")));
        EXPECT_TRUE(entries.index(row, CallEntryModel::state).data(CallEntryModel::leaks_role).toBool());
        playback.seek(entries.entry(row)->recognised);
        EXPECT_TRUE(
            entries.index(row, CallEntryModel::state).data().toString().contains(QStringLiteral("never released")));
        playback.last();
    }
    EXPECT_EQ(leaked, 1);
    EXPECT_TRUE(entries.summary().contains(QStringLiteral("✖ 1 never released")));
    entries.show_words(QStringLiteral("leaked"));
    EXPECT_EQ(entries.rowCount(), 1);
}

TEST(CallEntryModel, SortsAndFiltersWithoutLosingARow) {
    PlaybackModel playback;
    CallEntryModel entries(playback);
    QAbstractItemModelTester tester(&entries, QAbstractItemModelTester::FailureReportingMode::Fatal);
    playback.open(testing::synthetic_session(run()));
    playback.last();
    for (int column = 0; column < CallEntryModel::column_count; ++column) {
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            entries.sort(column, order);
            std::set<const trace::CallEntry*> seen;
            for (int row = 0; row < entries.rowCount(); ++row) seen.insert(entries.entry(row));
            EXPECT_EQ(seen.size(), 12U);
        }
    }
    entries.sort(CallEntryModel::driver, Qt::DescendingOrder);
    EXPECT_EQ(entries.entry(0)->layer, 2);
    EXPECT_EQ(entries.entry(11)->layer, 1);
    entries.show_layer(1);
    EXPECT_EQ(entries.rowCount(), 6);
    entries.show_words(QStringLiteral("query"));
    EXPECT_EQ(entries.rowCount(), 2);
    entries.show_words(QStringLiteral("no such word"));
    EXPECT_EQ(entries.rowCount(), 0);
    entries.show_words(QString());
    entries.show_layer(-1);
    entries.show_held_only(true);
    EXPECT_EQ(entries.rowCount(), 0);
    playback.seek(playback.history()->call_entries()[1].recognised);
    EXPECT_EQ(entries.rowCount(), 2) << "both drivers hold the entry of the initiate";
}

TEST(LedgerView, ClicksJumpAndSlotsAgreeWithTheTable) {
    PlaybackModel playback;
    Theme theme;
    CallEntryModel entries(playback);
    LedgerView view(playback, entries, theme);
    view.resize(760, 280);
    view.show();
    playback.open(testing::synthetic_session(run()));
    playback.seek(playback.history()->call_entries()[1].recognised);
    ASSERT_EQ(view.slot_lines()->lines().size(), 2U);
    int filled = 0;
    for (const auto& line : view.slot_lines()->lines())
        for (const auto& slot : line.boxes) {
            if (!slot.region.valid()) continue;
            ++filled;
            EXPECT_EQ(entries.state_of(*playback.history()->call_entry_of(slot.region)), CallEntryState::held);
        }
    EXPECT_EQ(filled, 2);
    const auto click = [&](int row, int column) {
        const QModelIndex cell = entries.index(row, column);
        view.table()->scrollTo(cell);
        QTest::mouseClick(view.table()->viewport(), Qt::LeftButton, Qt::NoModifier,
                          view.table()->visualRect(cell).center());
    };
    const trace::CallEntry& third = *entries.entry(3);
    click(3, CallEntryModel::driver);
    EXPECT_EQ(playback.position(), third.recognised);
    EXPECT_EQ(playback.region(), third.region);
    click(3, CallEntryModel::restored);
    const trace::Conversion* back = playback.history()->conversion_at(playback.position());
    ASSERT_NE(back, nullptr);
    EXPECT_EQ(back->kind, trace::ConversionKind::protocol_to_miniport_by_driver);
    EXPECT_EQ(back->converter, third.layer);
    click(3, CallEntryModel::state);
    EXPECT_EQ(playback.position(), third.released);
    // A slot chooses its entry and the table follows.
    playback.seek(third.recognised);
    for (const auto& line : view.slot_lines()->lines())
        for (const auto& slot : line.boxes)
            if (slot.region == third.region)
                QTest::mouseClick(view.slot_lines(), Qt::LeftButton, Qt::NoModifier, slot.box.center().toPoint());
    EXPECT_EQ(playback.region(), third.region);
    EXPECT_EQ(view.table()->currentIndex().row(), 3);
    // The header sorts, the filter narrows.
    QTest::mouseClick(
        view.table()->horizontalHeader()->viewport(), Qt::LeftButton, Qt::NoModifier,
        QPoint(view.table()->horizontalHeader()->sectionViewportPosition(CallEntryModel::operation) + 10, 8));
    EXPECT_EQ(entries.sorted_column(), CallEntryModel::operation);
    view.filter()->setFocus();
    QTest::keyClicks(view.filter(), QStringLiteral("terminate"));
    EXPECT_EQ(entries.rowCount(), 4);
    QTest::mouseClick(view.held_only(), Qt::LeftButton);
    EXPECT_LE(entries.rowCount(), 4);
    playback.open({});
    EXPECT_FALSE(view.grab().isNull());
}

// --- handle chain ---

trace::RegionId host_handle_of(const trace::History& history, const char* object) {
    for (std::uint32_t i = 0; i < history.trace().region_count(); ++i) {
        const trace::Region& region = history.trace().region(trace::RegionId(i));
        if (region.kind == trace::RegionKind::offload_handle && region.owner == trace::host_stack_layer &&
            trace::object_name(history, trace::RegionId(i)) == object)
            return trace::RegionId(i);
    }
    return {};
}

TEST(HandleChain, LinksFromTheHostToTheTargetWhileTheObjectIsOffloaded) {
    const SessionPointer session = testing::synthetic_session(run());
    const trace::History& history = *session->history;
    const trace::Operation& query = history.operations()[1];
    ASSERT_EQ(query.kind, trace::OperationKind::query);
    for (const char* object : {"N1", "P1", "T1", "T2"}) {
        const HandleChain chain = build_handle_chain(history, host_handle_of(history, object), query.started);
        ASSERT_EQ(chain.nodes.size(), 4U);
        EXPECT_TRUE(chain.offloaded) << object;
        EXPECT_EQ(chain.flaws, 0);
        std::uint64_t above = chain.nodes[0].handle_address;
        for (std::size_t i = 1; i + 1 < chain.nodes.size(); ++i) {
            const ChainNode& node = chain.nodes[i];
            EXPECT_TRUE(node.exists);
            EXPECT_EQ(chain.nodes[i - 1].down.value, node.address) << "the handle above leads here";
            ASSERT_TRUE(node.up.offset);
            EXPECT_EQ(region_word(history, node.region, *node.up.offset, query.started), above)
                << "and here the handle above is stored";
            EXPECT_EQ(node.binding.state, ChainState::linked);
            above = node.handle_address;
        }
        EXPECT_TRUE(chain.nodes.back().exists);
    }
}

TEST(HandleChain, IsOpenBeforeTheInitiateAndNeverBrokenInACorrectRun) {
    const SessionPointer session = testing::synthetic_session(run());
    const trace::History& history = *session->history;
    const trace::RegionId handle = host_handle_of(history, "T1");
    bool was_open = false, was_linked = false;
    for (std::uint32_t event = history.operations()[0].started.value; event < session->trace->size(); ++event) {
        const HandleChain chain = build_handle_chain(history, handle, EventId(event));
        QString flaws;
        for (const ChainNode& node : chain.nodes)
            for (const ChainLink* link : {&node.binding, &node.down, &node.up})
                if (!link->flaw.isEmpty())
                    flaws +=
                        QStringLiteral(" %1 (%2): %3, holds %4;").arg(node.title, node.memory, link->flaw, link->text);
        EXPECT_EQ(chain.flaws, 0) << "event " << event << ":" << flaws.toStdString();
        was_open = was_open || (!was_linked && chain.nodes[0].down.state == ChainState::open);
        was_linked = was_linked || chain.offloaded;
    }
    EXPECT_TRUE(was_open);
    EXPECT_TRUE(was_linked);
    EXPECT_TRUE(build_handle_chain(history, {}, EventId(3)).empty());
}

TEST(HandleChainModel, FollowsTheFocusUntilAnObjectIsPicked) {
    PlaybackModel playback;
    HandleChainModel model(playback);
    EXPECT_TRUE(model.chain().empty());
    playback.open(testing::synthetic_session(run()));
    EXPECT_EQ(model.objects(),
              QStringList({QStringLiteral("N1"), QStringLiteral("P1"), QStringLiteral("T1"), QStringLiteral("T2")}));
    const trace::Operation& query = playback.history()->operations()[1];
    playback.seek(query.crossings.back());
    playback.choose_region(query.blocks[2].block);
    EXPECT_EQ(model.chain().object, QStringLiteral("T1"));
    playback.choose_region(query.blocks[3].block);
    EXPECT_EQ(model.chain().object, QStringLiteral("T2"));
    model.pick(QStringLiteral("N1"));
    playback.choose_region({});
    playback.forward();
    EXPECT_EQ(model.chain().object, QStringLiteral("N1"));
    model.pick(QString());
    for (std::size_t node = 0; node < model.chain().nodes.size(); ++node)
        EXPECT_FALSE(model.node_text(static_cast<int>(node)).isEmpty());
}

TEST(ChainView, PicksByKeyAndOpensMemoryByClick) {
    PlaybackModel playback;
    Theme theme;
    HandleChainModel model(playback);
    ChainView view(playback, model, theme);
    view.resize(760, 300);
    view.show();
    EXPECT_FALSE(view.grab().isNull());
    playback.open(testing::synthetic_session(run()));
    playback.seek(playback.history()->operations()[1].crossings.back());
    view.objects()->setFocus();
    QTest::keyClick(view.objects(), Qt::Key_Down);
    QTest::keyClick(view.objects(), Qt::Key_Down);
    EXPECT_EQ(model.chain().object, QStringLiteral("P1"));
    for (const QSize size : {QSize(760, 300), QSize(360, 500), QSize(200, 120)}) {
        view.resize(size);
        QTest::qWait(20);
        ChainPicture* picture = view.picture();
        ASSERT_EQ(picture->geometry_of_chain().nodes.size(), 4U);
        for (std::size_t i = 0; i + 1 < 4; ++i)
            EXPECT_FALSE(
                picture->geometry_of_chain().nodes[i].box.intersects(picture->geometry_of_chain().nodes[i + 1].box));
    }
    view.resize(900, 340);
    QTest::qWait(20);
    const auto& node = view.picture()->geometry_of_chain().nodes[1];
    const auto line = std::ranges::find(node.lines, ChainGeometry::Line::What::context, &ChainGeometry::Line::what);
    ASSERT_NE(line, node.lines.end());
    QTest::mouseClick(view.picture()->viewport(), Qt::LeftButton, Qt::NoModifier,
                      view.picture()->to_viewport(line->box.center()).toPoint());
    EXPECT_EQ(playback.region(), model.chain().nodes[1].handle);
    EXPECT_EQ(playback.member(), trace::handle_offset::miniport_offload_context);
    EXPECT_EQ(model.chain().object, QStringLiteral("P1")) << "looking into its memory keeps the object";
    view.picture()->setFocus();
    QTest::keyClick(view.picture(), Qt::Key_Up);
    QTest::keyClick(view.picture(), Qt::Key_Return);
    EXPECT_EQ(playback.region(), model.chain().nodes[0].region);
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(view.picture());
    ASSERT_NE(list, nullptr);
    ASSERT_EQ(list->childCount(), 4);
    EXPECT_TRUE(
        list->child(1)->text(QAccessible::Name).contains(QStringLiteral("MiniportOffloadContext leads down to")));
}

// --- bytes ---

TEST(HexModel, EveryByteBelongsToOneMemberAndIsThatOfTheCursor) {
    PlaybackModel playback;
    HexModel hex(playback);
    EXPECT_TRUE(hex.picture().empty());
    playback.open(testing::synthetic_session(run()));
    for (std::uint32_t event = 0; event < playback.event_count(); event += 2) {
        playback.seek(EventId(event));
        const HexPicture& picture = hex.picture();
        if (picture.empty()) continue;
        ASSERT_EQ(picture.before.size(), picture.after.size());
        ASSERT_EQ(picture.span_of.size(), picture.after.size());
        std::uint32_t done = 0;
        for (const HexSpan& span : picture.spans) {
            ASSERT_EQ(span.offset, done) << span.name.toStdString();
            done += span.size;
        }
        ASSERT_EQ(done, picture.after.size());
        const auto now = playback.cursor()->bytes(playback.region());
        ASSERT_GE(picture.after.size(), now.size());
        EXPECT_TRUE(std::equal(now.begin(), now.end(), picture.after.begin()));
        for (std::size_t byte = 0; byte < picture.after.size(); ++byte)
            EXPECT_EQ(picture.changed[byte], picture.before[byte] != picture.after[byte]);
    }
}

TEST(HexModel, ABlockIsShownWithItsStateAndTheStateChoosesItsOwnMembers) {
    PlaybackModel playback;
    HexModel hex(playback);
    playback.open(testing::synthetic_session(run()));
    const trace::Operation& initiate = playback.history()->operations()[0];
    playback.seek(initiate.crossings[1]);
    playback.choose_region(initiate.blocks[2].block);
    const HexPicture& picture = hex.picture();
    ASSERT_EQ(picture.state_begins, 152U);
    ASSERT_GT(picture.after.size(), 152U);
    EXPECT_EQ(picture.spans[1].name, QStringLiteral("padding"));
    hex.choose_span(picture.span_of[160]);
    EXPECT_EQ(playback.trace()->region(playback.region()).kind, trace::RegionKind::following_state);
    EXPECT_EQ(hex.picture().state_begins, 152U) << "the block is still there";
    ASSERT_GE(hex.chosen_span(), 0);
    EXPECT_LE(hex.picture().spans[static_cast<std::size_t>(hex.chosen_span())].offset, 160U);
}

TEST(BytesView, ClickAndKeysChooseMembersAndChangesAreMarked) {
    PlaybackModel playback;
    Theme theme;
    theme.choose(Theme::Choice::light);
    HexModel hex(playback);
    BytesView view(playback, hex, theme);
    view.resize(740, 260);
    view.show();
    EXPECT_FALSE(view.grab().isNull());
    playback.open(testing::synthetic_session(run()));
    const trace::Conversion& down = playback.history()->conversions()[1];
    playback.seek(down.event);
    EXPECT_TRUE(hex.summary().contains(QStringLiteral("changed")));
    view.verticalScrollBar()->setValue(0);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, Qt::NoModifier,
                      view.byte_rect(trace::block_offset::slot_a + 3, true).center().toPoint());
    EXPECT_EQ(playback.member(), trace::block_offset::slot_a);
    view.setFocus();
    QTest::keyClick(&view, Qt::Key_Down);
    EXPECT_EQ(playback.member(), trace::block_offset::slot_b);
    QTest::keyClick(&view, Qt::Key_Up);
    EXPECT_EQ(playback.member(), trace::block_offset::slot_a);
    for (int i = 0; i < 100; ++i) QTest::keyClick(&view, Qt::Key_Down);
    EXPECT_EQ(hex.chosen_span(), static_cast<int>(hex.picture().spans.size()) - 1);
    const auto last = static_cast<std::uint32_t>(hex.picture().after.size() - 1);
    EXPECT_TRUE(QRectF(view.viewport()->rect()).contains(view.byte_rect(last, false).center()))
        << "the chosen member is in sight";
    for (const auto choice : {Theme::Choice::light, Theme::Choice::dark}) {
        theme.choose(choice);
        playback.seek(EventId(down.event.value + 1));
        playback.seek(down.event);
        const QImage image = view.grab().toImage();
        int marked = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                marked += image.pixelColor(x, y).rgb() == theme.tokens().changed_fill.rgb() ? 1 : 0;
        EXPECT_GT(marked, 100);
    }
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(&view);
    ASSERT_NE(list, nullptr);
    EXPECT_EQ(list->childCount(), static_cast<int>(hex.picture().spans.size()));
    EXPECT_TRUE(list->child(0)->text(QAccessible::Name).startsWith(QStringLiteral("Header")));
    // Beside everything a click does nothing.
    const auto member = playback.member();
    QTest::mouseClick(view.viewport(), Qt::LeftButton, Qt::NoModifier, QPoint(4, 4));
    EXPECT_EQ(playback.member(), member);
}

}  // namespace
}  // namespace chimneylab::desktop
