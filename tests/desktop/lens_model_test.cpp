// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the lens says about a conversion, against the bytes of the trace.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <algorithm>

#include "app/desktop/models/lens_model.h"
#include "app/desktop/models/member_explanation.h"
#include "app/desktop/models/region_bytes.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::ConversionKind;
using trace::EventId;
using trace::RegionId;
namespace at_offset = trace::block_offset;

trace::synthetic::Options two_drivers(bool as_by_ndis = true) {
    trace::synthetic::Options options;
    options.intermediate_drivers = 2;
    options.connections = 2;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
    options.told_as_by_ndis = as_by_ndis;
    return options;
}

const LensRow& row_at(const LensPicture& picture, std::uint32_t offset) {
    const auto found = std::ranges::find(picture.rows, offset, &LensRow::offset);
    EXPECT_NE(found, picture.rows.end());
    return *found;
}

const LensBox& box_at(const LensPicture& picture, const LensEnd& end) {
    return picture.boxes.at(static_cast<std::size_t>(end.box));
}

std::vector<LensPicture> pictures(const trace::History& history, ConversionKind kind) {
    std::vector<LensPicture> all;
    for (const trace::Conversion& conversion : history.conversions())
        if (conversion.kind == kind) all.push_back(build_lens(history, conversion, {}));
    return all;
}

// The same run as told by a driver that does not write one member at one event.
SessionPointer without_change(const trace::Trace& original, EventId event, RegionId region, std::uint32_t offset) {
    trace::Trace made;
    for (std::uint32_t i = 0; i < original.string_count(); ++i) made.intern(original.text(trace::StringId(i)));
    made.set_layers({original.layers().begin(), original.layers().end()});
    made.set_description(original.description());
    for (std::uint32_t i = 0; i < original.region_count(); ++i)
        made.add_region(original.region(RegionId(i)), original.initial_bytes(original.region(RegionId(i))));
    for (std::uint32_t i = 0; i < original.size(); ++i) {
        std::vector<trace::Change> kept;
        for (trace::Change change : original.changes(original.event(EventId(i)))) {
            if (i == event.value && change.region == region && change.offset >= offset && change.offset < offset + 8)
                continue;
            const auto before = original.before(change), after = original.after(change);
            change.before = made.store_bytes(before);
            change.after = made.store_bytes(after);
            kept.push_back(change);
        }
        made.append(original.event(EventId(i)), kept);
    }
    return make_session(std::make_shared<const trace::Trace>(std::move(made)), {}, {}, {}, {});
}

TEST(RegionBytes, AgreeWithACursorAtEveryEventOfEveryRegion) {
    const SessionPointer session = testing::synthetic_session(two_drivers());
    const trace::Trace& trace = *session->trace;
    trace::Cursor cursor(trace), early(trace), late(trace);
    early.seek(EventId(static_cast<std::uint32_t>(trace.size() / 3)));
    late.seek(EventId(static_cast<std::uint32_t>(trace.size() - 1)));
    for (std::uint32_t event = 0; event < trace.size(); event += 3) {
        cursor.seek(EventId(event));
        for (std::uint32_t region = 0; region < trace.region_count(); ++region) {
            const auto expected = cursor.bytes(RegionId(region));
            if (expected.empty()) continue;
            const auto found = region_bytes(*session->history, RegionId(region), EventId(event));
            ASSERT_TRUE(std::ranges::equal(found, expected)) << "region " << region << " at event " << event;
            // From a cursor before, at and behind, too.
            for (const trace::Cursor* other : {&cursor, &early, &late})
                ASSERT_TRUE(std::ranges::equal(region_bytes(*session->history, RegionId(region), EventId(event), other),
                                               expected))
                    << "region " << region << " at event " << event;
        }
    }
    EXPECT_TRUE(region_bytes(*session->history, RegionId(), EventId(1)).empty());
    EXPECT_TRUE(region_bytes(*session->history, RegionId(static_cast<std::uint32_t>(trace.region_count())), EventId(1))
                    .empty());
}

TEST(Lens, EveryMemberOfEveryBlockAtEveryConversionHoldsWhatMemoryHolds) {
    for (const bool as_by_ndis : {false, true}) {
        const SessionPointer session = testing::synthetic_session(two_drivers(as_by_ndis));
        const trace::History& history = *session->history;
        trace::Cursor cursor(*session->trace);
        ASSERT_EQ(history.conversions().size(), 30U);
        for (const trace::Conversion& conversion : history.conversions()) {
            cursor.seek(conversion.event);
            for (const trace::OperationBlock& block : history.operation(conversion.operation)->blocks) {
                const LensPicture picture = build_lens(history, conversion, block.block);
                ASSERT_EQ(picture.block, block.block);
                ASSERT_EQ(picture.rows.size(), 19U);
                for (const LensRow& row : picture.rows) {
                    EXPECT_EQ(row.value_out, cursor.word(block.block, row.offset, row.size));
                    EXPECT_EQ(row.changed, row.value_in != row.value_out);
                    EXPECT_EQ(row.renamed, row.offset == at_offset::slot_a || row.offset == at_offset::slot_b);
                    EXPECT_TRUE(row.flaw.isEmpty()) << row.name_out.toStdString() << ": " << row.flaw.toStdString();
                    EXPECT_NE(row.origin, LensOrigin::by_driver)
                        << row.name_out.toStdString() << " at event " << conversion.event.value;
                    EXPECT_EQ(row.origin == LensOrigin::same, !row.changed && row.origin != LensOrigin::by_ndis &&
                                                                  row.origin != LensOrigin::derived &&
                                                                  row.origin != LensOrigin::supplied);
                    for (const LensEnd* end : {&row.from, &row.kept, &row.leads}) {
                        if (!end->valid()) continue;
                        ASSERT_LT(end->box, static_cast<int>(picture.boxes.size()));
                        ASSERT_LT(end->line, static_cast<int>(box_at(picture, *end).lines.size()));
                    }
                }
            }
        }
    }
}

TEST(Lens, OnTheWayDownTheDriverSavesTheRootsWordsAndSuppliesItsOwn) {
    const SessionPointer session = testing::synthetic_session(two_drivers());
    const trace::History& history = *session->history;
    const auto down = pictures(history, ConversionKind::miniport_to_protocol_by_driver);
    ASSERT_EQ(down.size(), 6U);
    for (const LensPicture& picture : down) {
        EXPECT_EQ(picture.structure_in, QStringLiteral("NDIS_MINIPORT_OFFLOAD_BLOCK_LIST"));
        EXPECT_EQ(picture.structure_out, QStringLiteral("NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST"));
        const LensRow& source = row_at(picture, at_offset::source_handle);
        ASSERT_TRUE(source.kept.valid());
        EXPECT_EQ(box_at(picture, source.kept).kind, LensBox::Kind::call_entry);
        const LensLine& saved = box_at(picture, source.kept).lines.at(static_cast<std::size_t>(source.kept.line));
        EXPECT_EQ(saved.name, QStringLiteral("SourceHandle"));
        ASSERT_TRUE(saved.offset);
        EXPECT_EQ(region_word(history, box_at(picture, source.kept).region, *saved.offset, picture.conversion),
                  source.value_in);
        const LensRow& reserved = row_at(picture, at_offset::im_reserved_0);
        EXPECT_TRUE(reserved.changed);
        EXPECT_EQ(reserved.origin, LensOrigin::supplied);
        EXPECT_EQ(reserved.from.line, -1) << "the entry itself: its address";
        EXPECT_EQ(reserved.value_out, box_at(picture, reserved.from).address);
        const LensRow& slot_b = row_at(picture, at_offset::slot_b);
        EXPECT_EQ(slot_b.name_in, QStringLiteral("NdisOffloadHandle"));
        EXPECT_EQ(slot_b.name_out, QStringLiteral("OffloadHandle"));
        EXPECT_EQ(slot_b.origin, LensOrigin::supplied);
        ASSERT_TRUE(slot_b.kept.valid());
        EXPECT_EQ(box_at(picture, slot_b.kept).kind, LensBox::Kind::offload_entry);
        const LensLine& upper = box_at(picture, slot_b.kept).lines.at(static_cast<std::size_t>(slot_b.kept.line));
        EXPECT_EQ(region_word(history, box_at(picture, slot_b.kept).region, *upper.offset, picture.conversion),
                  slot_b.value_in);
    }
    EXPECT_FALSE(row_at(down.front(), at_offset::slot_b).kept_before) << "the initiate saves the upper handle";
    EXPECT_TRUE(row_at(down.back(), at_offset::slot_b).kept_before) << "the terminate finds it saved";
}

TEST(Lens, OnTheWayUpItRestoresBitForBitWhatCameIn) {
    const SessionPointer session = testing::synthetic_session(two_drivers());
    const trace::History& history = *session->history;
    for (const LensPicture& picture : pictures(history, ConversionKind::protocol_to_miniport_by_driver)) {
        const LensRow& source = row_at(picture, at_offset::source_handle);
        EXPECT_EQ(source.origin, LensOrigin::restored);
        EXPECT_EQ(box_at(picture, source.from).kind, LensBox::Kind::call_entry);
        const LensRow& reserved = row_at(picture, at_offset::im_reserved_0);
        EXPECT_EQ(reserved.origin, LensOrigin::restored);
        EXPECT_TRUE(reserved.leads.valid()) << "what came in is the way to the call entry";
        const LensRow& slot_b = row_at(picture, at_offset::slot_b);
        EXPECT_EQ(slot_b.origin, LensOrigin::restored);
        EXPECT_EQ(box_at(picture, slot_b.from).kind, LensBox::Kind::offload_entry);
        const LensRow& slot_a = row_at(picture, at_offset::slot_a);
        EXPECT_EQ(slot_a.origin, LensOrigin::derived);
        EXPECT_EQ(slot_a.value_out, slot_b.value_out + 8);
        EXPECT_EQ(slot_a.name_out, QStringLiteral("MiniportOffloadContext"));
        // What leaves upward is what arrived from above, word for word but for Status.
        const trace::Conversion* conversion = history.conversion_at(picture.conversion);
        const EventId arrived = history.operation(conversion->operation)->passage(conversion->converter)->arrived;
        for (const LensRow& row : picture.rows) {
            // Status and MiniportReserved are the target's to write.
            if (row.offset == at_offset::status || row.offset == at_offset::miniport_reserved_0 ||
                row.offset == at_offset::miniport_reserved_0 + 8)
                continue;
            EXPECT_EQ(row.value_out, word_of(region_bytes(history, picture.block, arrived), row.offset, row.size));
        }
    }
}

TEST(Lens, NdisWritesOnTheWayDownAndNothingOnTheWayUp) {
    const SessionPointer session = testing::synthetic_session(two_drivers());
    const auto down = pictures(*session->history, ConversionKind::protocol_to_miniport_by_ndis);
    for (const LensPicture& picture : down) {
        EXPECT_EQ(row_at(picture, at_offset::source_handle).origin, LensOrigin::by_ndis);
        const LensRow& slot_a = row_at(picture, at_offset::slot_a);
        EXPECT_EQ(slot_a.origin, LensOrigin::derived);
        EXPECT_EQ(box_at(picture, slot_a.from).kind, LensBox::Kind::handle);
    }
    const auto handle = std::ranges::find(down.front().boxes, LensBox::Kind::handle, &LensBox::kind);
    ASSERT_NE(handle, down.front().boxes.end());
    EXPECT_TRUE(handle->lines.front().written) << "NDIS notes the binding in a handle that has none yet";
    const auto again = std::ranges::find(down.back().boxes, LensBox::Kind::handle, &LensBox::kind);
    EXPECT_FALSE(again->lines.front().written) << "and never again";
    const auto up = pictures(*session->history, ConversionKind::miniport_to_protocol_by_ndis);
    ASSERT_EQ(up.size(), 9U);
    for (const LensPicture& picture : up) {
        EXPECT_EQ(picture.changed_rows(), 0);
        EXPECT_TRUE(row_at(picture, at_offset::source_handle).leads.valid());
    }
}

TEST(Lens, ABlockOtherThanTheRootHasNoPartInTheCallEntry) {
    const SessionPointer session = testing::synthetic_session(two_drivers());
    const trace::History& history = *session->history;
    const trace::Conversion& conversion = history.conversions()[1];
    const auto& blocks = history.operation(conversion.operation)->blocks;
    ASSERT_EQ(blocks.size(), 4U);
    const LensPicture picture = build_lens(history, conversion, blocks[3].block);
    EXPECT_EQ(picture.block_name, QStringLiteral("T2"));
    ASSERT_EQ(picture.boxes.size(), 1U);
    EXPECT_EQ(picture.boxes.front().kind, LensBox::Kind::offload_entry);
    EXPECT_FALSE(row_at(picture, at_offset::im_reserved_0).changed);
    ASSERT_EQ(picture.blocks.size(), 4U);
    EXPECT_TRUE(picture.blocks.front().root);
    EXPECT_TRUE(std::ranges::all_of(picture.blocks, &LensBlock::changed)) << "slot B of every block";
}

TEST(Lens, ADriverThatForgetsAMemberIsShownWithTheRuleItBreaks) {
    const SessionPointer correct = testing::synthetic_session(two_drivers());
    struct Mistake {
        std::uint32_t offset;
        const char* rule;
    };
    for (const Mistake& mistake : {Mistake{at_offset::source_handle, "IM-050"},
                                   Mistake{at_offset::im_reserved_0, "IM-051"}, Mistake{at_offset::slot_b, "IM-052"}}) {
        const trace::Conversion* up = nullptr;
        for (const trace::Conversion& each : correct->history->conversions())
            if (each.kind == ConversionKind::protocol_to_miniport_by_driver && up == nullptr) up = &each;
        ASSERT_NE(up, nullptr);
        const SessionPointer broken = without_change(*correct->trace, up->event, up->root, mistake.offset);
        const LensPicture picture = build_lens(*broken->history, *broken->history->conversion_at(up->event), {});
        const LensRow& row = row_at(picture, mistake.offset);
        EXPECT_FALSE(row.changed);
        EXPECT_EQ(row.rule, QString::fromLatin1(mistake.rule));
        EXPECT_FALSE(row.flaw.isEmpty());
        EXPECT_EQ(std::ranges::count_if(
                      picture.rows,
                      [](const LensRow& each) { return !each.flaw.isEmpty() && each.offset != at_offset::slot_a; }),
                  1);
    }
}

TEST(Lens, X86PlacesComeFromTheComputedLayout) {
    const SessionPointer session = testing::synthetic_session(two_drivers());
    const LensPicture picture = build_lens(*session->history, session->history->conversions()[0], {});
    EXPECT_EQ(picture.block_size, 152U);
    EXPECT_EQ(picture.block_size_x86, 76U);
    const std::pair<std::uint32_t, std::uint32_t> expected[] = {
        {0x00, 0x00}, {0x08, 0x04}, {0x10, 0x08}, {0x18, 0x0C}, {0x20, 0x10}, {0x28, 0x14}, {0x30, 0x18}, {0x38, 0x1C},
        {0x40, 0x20}, {0x48, 0x24}, {0x60, 0x30}, {0x68, 0x34}, {0x78, 0x3C}, {0x80, 0x40}, {0x88, 0x44}, {0x90, 0x48}};
    for (const auto& [x64, x86] : expected) {
        EXPECT_EQ(row_at(picture, x64).x86_offset, x86) << row_at(picture, x64).name_out.toStdString();
        EXPECT_EQ(row_at(picture, x64).x86_size, 4U);
    }
}

TEST(StateLayout, IsWhatTheSharedAccessorSays) {
    struct Expected {
        std::uint8_t type;
        layout::Arch arch;
        std::vector<std::pair<std::uint32_t, std::uint32_t>> parts;
    };
    using layout::Arch;
    const Expected all[] = {{4, Arch::x64, {{0, 44}, {44, 44}, {88, 12}}},
                            {4, Arch::x86, {{0, 44}, {44, 44}, {88, 12}}},
                            {8, Arch::x64, {{0, 24}, {24, 12}, {36, 8}}},
                            {12, Arch::x86, {{0, 16}, {16, 12}, {28, 8}}},
                            {17, Arch::x86, {{0, 24}, {24, 44}, {68, 108}}},
                            {14, Arch::x64, {{0, 44}}},
                            {0, Arch::x64, {}},
                            {16, Arch::x64, {}},
                            {254, Arch::x64, {}}};
    for (const Expected& each : all) {
        const auto parts = state_layout(each.type, each.arch);
        ASSERT_EQ(parts.size(), each.parts.size()) << int(each.type);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            EXPECT_EQ(parts[i].offset, each.parts[i].first) << parts[i].structure.toStdString();
            EXPECT_EQ(parts[i].size, each.parts[i].second) << parts[i].structure.toStdString();
        }
    }
    const auto tcp = state_layout(17, Arch::x64);
    EXPECT_EQ(tcp.at(2).offset, 72U) << "the delegated structure is aligned to 8";
    EXPECT_EQ(tcp.at(2).word, QStringLiteral("delegated"));
}

TEST(LensModel, FollowsThePlaybackAndSaysWhenItIsNotThere) {
    PlaybackModel playback;
    LensModel lens(playback);
    QAbstractItemModelTester tester(&lens, QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_TRUE(lens.picture().empty());
    EXPECT_FALSE(lens.empty_text().isEmpty());
    playback.open(testing::synthetic_session(two_drivers()));
    const auto conversions = playback.history()->conversions();
    playback.seek(EventId(0));
    ASSERT_FALSE(lens.picture().empty());
    EXPECT_EQ(lens.picture().conversion, conversions.front().event) << "the first one to come";
    EXPECT_FALSE(lens.picture().here);
    EXPECT_TRUE(lens.picture().notice.contains(QStringLiteral("still to come")));
    for (std::uint32_t event = 0; event < playback.event_count(); ++event) {
        playback.seek(EventId(event));
        const trace::Conversion* here = playback.history()->conversion_at(EventId(event));
        EXPECT_EQ(lens.picture().here, here != nullptr);
        EXPECT_EQ(lens.picture().notice.isEmpty(), here != nullptr);
        if (here != nullptr) {
            EXPECT_EQ(lens.picture().conversion, here->event);
        }
        EXPECT_EQ(lens.rowCount(), 19);
    }
    for (int row = 0; row < lens.rowCount(); ++row) EXPECT_FALSE(lens.row_text(row).isEmpty());
    playback.open({});
    EXPECT_TRUE(lens.picture().empty());
    EXPECT_EQ(lens.rowCount(), 0);
}

TEST(LensModel, ShowsTheBlockInFocusAndForgetsItWithTheNextTree) {
    PlaybackModel playback;
    LensModel lens(playback);
    playback.open(testing::synthetic_session(two_drivers()));
    playback.seek(playback.history()->conversions()[1].event);
    ASSERT_EQ(lens.picture().blocks.size(), 4U);
    lens.choose_block(lens.picture().blocks[2].region);
    EXPECT_EQ(lens.picture().block, lens.picture().blocks[2].region);
    EXPECT_EQ(playback.region(), lens.picture().block);
    playback.step(trace::Landmark::conversion, 1);
    EXPECT_EQ(lens.picture().block, lens.picture().blocks[2].region) << "the same block at the next conversion";
    lens.choose_block(lens.picture().blocks[0].region);
    EXPECT_FALSE(playback.region_chosen()) << "the root is what one sees without choosing";
}

TEST(LensModel, AnotherSessionIsNeverShownWithTheOldPicture) {
    PlaybackModel playback;
    LensModel lens(playback);
    playback.open(testing::synthetic_session(two_drivers()));
    playback.seek(playback.history()->conversions()[1].event);
    const EventId at = playback.position();
    trace::synthetic::Options other = two_drivers();
    other.intermediate_drivers = 1;
    playback.open(testing::synthetic_session(other));
    playback.seek(at);
    EXPECT_EQ(lens.picture().of, 6);
}

TEST(MemberExplanation, SaysWhatTheMemberHoldsWhereItCameFromAndWhoWroteIt) {
    PlaybackModel playback;
    LensModel lens(playback);
    EXPECT_FALSE(explain_member(playback, lens).known);
    playback.open(testing::synthetic_session(two_drivers()));
    const trace::Conversion* up = nullptr;
    for (const trace::Conversion& each : playback.history()->conversions())
        if (each.kind == ConversionKind::protocol_to_miniport_by_driver && up == nullptr) up = &each;
    playback.seek(up->event);
    playback.choose_member(at_offset::source_handle);
    MemberExplanation e = explain_member(playback, lens);
    ASSERT_TRUE(e.known);
    EXPECT_EQ(e.name, QStringLiteral("SourceHandle"));
    EXPECT_TRUE(e.changed);
    EXPECT_TRUE(e.meaning_before.contains(QStringLiteral("IM 2"))) << e.meaning_before.toStdString();
    EXPECT_NE(e.meaning_before, e.meaning_after);
    EXPECT_TRUE(e.origin.contains(QStringLiteral("restored from")));
    EXPECT_TRUE(e.rules.contains(QStringLiteral("IM-050")));
    EXPECT_TRUE(e.last_writer.startsWith(QStringLiteral("IM 2")));
    EXPECT_EQ(e.last_written, up->event);
    ASSERT_TRUE(e.previous.valid());
    EXPECT_LT(e.previous, up->event);
    playback.choose_member(at_offset::slot_b + 3);
    e = explain_member(playback, lens);
    EXPECT_EQ(e.name, QStringLiteral("NdisOffloadHandle")) << "any byte of a member is that member";
    EXPECT_EQ(e.other_name, QStringLiteral("OffloadHandle"));
    playback.choose_member(9999);
    EXPECT_TRUE(explain_member(playback, lens).known)
        << "an offset of another structure falls back to a member that exists";
}

}  // namespace
}  // namespace chimneylab::desktop
