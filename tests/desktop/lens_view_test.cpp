// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lens on screen: geometry without a window, then the widget with real key and mouse events.
#include <gtest/gtest.h>

#include <QAccessible>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>

#include "app/desktop/inspector/member_card.h"
#include "app/desktop/lens/lens_bar.h"
#include "app/desktop/lens/lens_view.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;
using trace::Landmark;

struct Bench {
    PlaybackModel playback;
    Theme theme;
    LensModel lens{playback};
    LensView view{playback, lens, theme};
    LensBar bar{lens, view};

    explicit Bench(QSize size = {736, 266}) {
        theme.choose(Theme::Choice::light);
        view.resize(size);
        view.show();
        bar.show();
        (void)QTest::qWaitForWindowExposed(&view);
        trace::synthetic::Options options;
        options.intermediate_drivers = 2;
        options.connections = 2;
        options.operations = {trace::OperationKind::initiate, trace::OperationKind::query};
        options.told_as_by_ndis = true;
        playback.open(testing::synthetic_session(options));
        playback.seek(EventId(0));
    }
    // Onto the n-th conversion by stepping, as PgDn does.
    void to_conversion(int n) {
        for (int i = 0; i < n; ++i) ASSERT_TRUE(playback.step(Landmark::conversion, 1));
    }
    [[nodiscard]] QPoint middle_of(const QRectF& in_drawing) const {
        return view.to_viewport(in_drawing).center().toPoint();
    }
    [[nodiscard]] const LensGeometry& geometry() const { return view.geometry_of_lens(); }
};

bool overlap_free(const std::vector<QRectF>& boxes) {
    for (std::size_t i = 0; i < boxes.size(); ++i)
        for (std::size_t j = i + 1; j < boxes.size(); ++j)
            if (boxes[i].intersects(boxes[j])) return false;
    return true;
}

TEST(LensGeometry, NothingOverlapsAtAnyConversionBlockScaleOrSize) {
    trace::synthetic::Options options;
    options.intermediate_drivers = 3;
    options.connections = 2;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::terminate};
    const SessionPointer session = testing::synthetic_session(options);
    for (const trace::Conversion& conversion : session->history->conversions()) {
        for (const trace::OperationBlock& block : session->history->operation(conversion.operation)->blocks) {
            const LensPicture picture = build_lens(*session->history, conversion, block.block);
            for (const LensScale scale : {LensScale::compact, LensScale::bytes}) {
                for (const layout::Arch arch : {layout::Arch::x64, layout::Arch::x86}) {
                    for (const QSizeF room : {QSizeF(300, 120), QSizeF(736, 266), QSizeF(1900, 1000)}) {
                        const LensGeometry g = place_lens(picture, scale, arch, room);
                        std::vector<QRectF> all{g.header_in, g.header_out};
                        for (const LensCell& cell : g.cells) {
                            all.push_back(cell.in);
                            all.push_back(cell.out);
                        }
                        for (const LensStateCell& cell : g.states) {
                            all.push_back(cell.in);
                            all.push_back(cell.out);
                        }
                        for (const LensBoxCell& cell : g.boxes) all.push_back(cell.box);
                        EXPECT_TRUE(overlap_free(all)) << "event " << conversion.event.value;
                        const QRectF whole(QPointF(0, 0), g.size);
                        for (const QRectF& each : all)
                            EXPECT_TRUE(whole.contains(each))
                                << each.top() << " " << each.bottom() << " of " << g.size.height();
                        for (const LensLink& link : g.links) {
                            EXPECT_TRUE(whole.contains(link.from));
                            EXPECT_TRUE(whole.contains(link.to));
                            EXPECT_LT(link.from.x(), link.to.x()) << "every arrow reads from left to right";
                        }
                        // All nineteen members are there, each once.
                        int members = 0;
                        for (const LensCell& cell : g.cells) members += cell.count;
                        EXPECT_EQ(members, 19);
                    }
                }
            }
        }
    }
}

TEST(LensGeometry, ToScaleEveryByteHasTheSameHeight) {
    const Bench bench;
    const LensPicture& picture = bench.lens.picture();
    for (const layout::Arch arch : {layout::Arch::x64, layout::Arch::x86}) {
        const LensGeometry g = place_lens(picture, LensScale::bytes, arch, QSizeF(900, 700));
        const bool x86 = arch == layout::Arch::x86;
        const auto offset = [&](const LensRow& row) { return x86 ? row.x86_offset : row.offset; };
        const double scale = (g.cells.back().in.top() - g.cells.front().in.top()) / offset(picture.rows.back());
        for (std::size_t i = 0; i < g.cells.size(); ++i) {
            EXPECT_NEAR(g.cells[i].in.top() - g.cells.front().in.top(), offset(picture.rows[i]) * scale, 0.01);
            EXPECT_NEAR(g.cells[i].in.height() + 1, (x86 ? picture.rows[i].x86_size : picture.rows[i].size) * scale,
                        0.01);
            EXPECT_GE(g.cells[i].in.height(), 11) << "a line of words fits";
        }
        EXPECT_EQ(g.gaps.size(), x86 ? 0U : 3U) << "x64 has three gaps, x86 none";
    }
}

TEST(LensGeometry, TwoElementsInOneRowTellBothValuesWhereTheyDiffer) {
    Bench bench;
    // Below IM 1 ImReserved holds its call entry and 0; at NDIS's conversion nothing happens to either.
    bench.playback.seek(bench.playback.history()->conversions()[2].event);
    const LensPicture& picture = bench.lens.picture();
    ASSERT_EQ(picture.kind, trace::ConversionKind::protocol_to_miniport_by_ndis);
    const int cell = bench.geometry().cell_of_offset(picture, trace::block_offset::im_reserved_0);
    ASSERT_GE(cell, 0);
    const LensCell& it = bench.geometry().cells[static_cast<std::size_t>(cell)];
    ASSERT_EQ(it.count, 2);
    EXPECT_EQ(cell_name(picture, it, true), QStringLiteral("ImReserved[0..1]"));
    EXPECT_TRUE(cell_value(picture, it, true).endsWith(QStringLiteral(", NULL")))
        << cell_value(picture, it, true).toStdString();
    EXPECT_TRUE(bench.view.accessible_row_text(cell).contains(QStringLiteral("ImReserved[1]")));
}

TEST(LensView, AStepTellsMemberByMemberAndAJumpShowsTheWhole) {
    Bench bench;
    bench.to_conversion(2);
    ASSERT_GT(bench.view.beats(), 2);
    EXPECT_EQ(bench.view.told(), 0);
    EXPECT_TRUE(bench.view.moving());
    bench.view.advance(61);
    EXPECT_EQ(bench.view.told(), 1);
    bench.view.advance(700);
    EXPECT_EQ(bench.view.told(), bench.view.beats()) << "never longer than 700 ms";
    EXPECT_FALSE(bench.view.moving());
    bench.playback.seek(bench.playback.history()->conversions()[4].event);
    EXPECT_EQ(bench.view.told(), bench.view.beats());
    EXPECT_FALSE(bench.view.moving());
    // Away and back by single steps: told again.
    bench.playback.forward();
    EXPECT_EQ(bench.view.told(), bench.view.beats());
    bench.playback.back();
    EXPECT_EQ(bench.view.told(), 0);
}

TEST(LensView, ReducedMotionIsStill) {
    Bench bench;
    bench.view.set_reduced_motion(true);
    bench.to_conversion(2);
    EXPECT_FALSE(bench.view.moving());
    EXPECT_EQ(bench.view.told(), bench.view.beats());
}

TEST(LensView, InCalmModeEachMemberWaitsForAKey) {
    Bench bench;
    QTest::mouseClick(bench.bar.calm(), Qt::LeftButton);
    ASSERT_TRUE(bench.view.calm());
    bench.to_conversion(2);
    EXPECT_FALSE(bench.view.moving());
    bench.view.advance(5000);
    EXPECT_EQ(bench.view.told(), 0) << "it waits";
    EXPECT_TRUE(bench.view.notice().contains(QStringLiteral("Press N")));
    EXPECT_TRUE(bench.bar.next()->isVisible());
    const int beats = bench.view.beats();
    for (int i = 1; i <= beats; ++i) {
        QTest::keyClick(&bench.view, Qt::Key_Return);
        bench.view.advance(1000);
        EXPECT_EQ(bench.view.told(), i);
        const int cell = bench.geometry().beats[static_cast<std::size_t>(i - 1)];
        EXPECT_EQ(bench.geometry().cell_of_offset(bench.lens.picture(), bench.playback.member()), cell)
            << "the member told is the one explained";
        const LensRow& row =
            bench.lens.picture()
                .rows[static_cast<std::size_t>(bench.geometry().cells[static_cast<std::size_t>(cell)].first)];
        EXPECT_TRUE(bench.view.notice().contains(row.name_out + QLatin1Char(':')))
            << "and said in words: " << bench.view.notice().toStdString();
    }
    EXPECT_FALSE(bench.bar.next()->isVisible());
    EXPECT_FALSE(bench.view.tell_next());
    // Pressing faster than the arrows fly loses nothing.
    bench.playback.step(Landmark::conversion, 1);
    for (int i = 0; i < bench.view.beats(); ++i) QTest::keyClick(&bench.view, Qt::Key_Return);
    bench.view.advance(1000);
    EXPECT_EQ(bench.view.told(), bench.view.beats());
}

TEST(LensView, UpAndDownGoThroughTheMembersAndStayWithinThem) {
    Bench bench;
    bench.to_conversion(2);
    bench.view.advance(2000);
    bench.view.setFocus();
    QTest::mouseClick(bench.view.viewport(), Qt::LeftButton, Qt::NoModifier,
                      bench.middle_of(bench.geometry().cells.front().in));
    EXPECT_EQ(bench.playback.member(), 0U);
    QTest::keyClick(&bench.view, Qt::Key_Up);
    EXPECT_EQ(bench.playback.member(), 0U);
    QTest::keyClick(&bench.view, Qt::Key_Down);
    EXPECT_EQ(bench.playback.member(), trace::block_offset::next_block);
    for (int i = 0; i < 40; ++i) QTest::keyClick(&bench.view, Qt::Key_Down);
    EXPECT_EQ(bench.playback.member(), trace::block_offset::net_buffer_list_chain);
    const QRectF last = bench.view.to_viewport(bench.geometry().cells.back().in);
    EXPECT_LE(last.bottom(), bench.view.viewport()->height() + 1) << "the chosen row is in sight";
}

TEST(LensView, AClickChoosesAMemberOnEitherSideAndTheCardExplainsIt) {
    Bench bench;
    MemberCard card(bench.playback, bench.lens, bench.theme);
    bench.to_conversion(2);
    bench.view.advance(2000);
    const int cell = bench.geometry().cell_of_offset(bench.lens.picture(), trace::block_offset::slot_b);
    ASSERT_GE(cell, 0);
    QTest::mouseClick(bench.view.viewport(), Qt::LeftButton, Qt::NoModifier,
                      bench.middle_of(bench.geometry().cells[static_cast<std::size_t>(cell)].out));
    EXPECT_EQ(bench.playback.member(), trace::block_offset::slot_b);
    EXPECT_TRUE(card.text().contains(QStringLiteral("OffloadHandle")));
    EXPECT_TRUE(card.text().contains(QStringLiteral("IM-035")));
    EXPECT_TRUE(card.text().contains(QStringLiteral("written by")));
    EXPECT_TRUE(card.text().contains(QStringLiteral("Comparison of Offload Block List Types")));
    ASSERT_TRUE(card.next()->isEnabled());
    const EventId here = bench.playback.position();
    QTest::mouseClick(card.next(), Qt::LeftButton);
    EXPECT_GT(bench.playback.position(), here);
    EXPECT_EQ(card.explanation().offset, trace::block_offset::slot_b);
    EXPECT_TRUE(card.explanation().changed) << "the event that was gone to changes this member";
    QTest::mouseClick(card.previous(), Qt::LeftButton);
    EXPECT_EQ(bench.playback.position(), here);
}

TEST(LensView, AClickOnABoxOpensItsMemory) {
    Bench bench;
    bench.to_conversion(2);
    bench.view.advance(2000);
    const auto& boxes = bench.lens.picture().boxes;
    const auto entry = std::ranges::find(boxes, LensBox::Kind::call_entry, &LensBox::kind);
    ASSERT_NE(entry, boxes.end());
    const trace::RegionId region = entry->region;
    QTest::mouseClick(bench.view.viewport(), Qt::LeftButton, Qt::NoModifier,
                      bench.middle_of(bench.geometry().boxes[static_cast<std::size_t>(entry - boxes.begin())].title));
    EXPECT_EQ(bench.playback.region(), region);
    EXPECT_TRUE(bench.lens.picture().blocks.front().root);
    EXPECT_EQ(bench.lens.picture().block, bench.lens.picture().blocks.front().region) << "the lens stays with the root";
}

TEST(LensView, BetweenConversionsItSaysSoAndGoesThere) {
    Bench bench;
    bench.to_conversion(2);
    bench.playback.forward();
    ASSERT_FALSE(bench.lens.picture().here);
    ASSERT_FALSE(bench.view.notice_rect().isEmpty());
    const EventId conversion = bench.lens.picture().conversion;
    QTest::mouseClick(bench.view.viewport(), Qt::LeftButton, Qt::NoModifier, bench.view.notice_rect().center());
    EXPECT_EQ(bench.playback.position(), conversion);
    EXPECT_TRUE(bench.view.notice_rect().isEmpty());
    bench.playback.forward();
    bench.view.setFocus();
    QTest::keyClick(&bench.view, Qt::Key_Return);
    EXPECT_EQ(bench.playback.position(), conversion);
}

TEST(LensBar, TogglesLayoutAndScaleAndPicksBlocks) {
    Bench bench;
    bench.to_conversion(2);
    EXPECT_EQ(bench.bar.blocks()->count(), 4);
    EXPECT_EQ(bench.bar.blocks()->currentIndex(), 0);
    bench.bar.blocks()->setFocus();
    QTest::keyClick(bench.bar.blocks(), Qt::Key_Down);
    EXPECT_EQ(bench.lens.picture().block, bench.lens.picture().blocks[1].region);
    QTest::mouseClick(bench.bar.scale(), Qt::LeftButton);
    EXPECT_EQ(bench.view.scale(), LensScale::bytes);
    EXPECT_EQ(bench.geometry().cells.size(), 19U);
    EXPECT_GT(bench.view.verticalScrollBar()->maximum(), 0);
    QTest::mouseClick(bench.bar.arch(), Qt::LeftButton);
    EXPECT_EQ(bench.lens.arch(), layout::Arch::x86);
    EXPECT_EQ(bench.bar.arch()->text(), QStringLiteral("x86"));
    EXPECT_EQ(bench.lens.data(bench.lens.index(12, LensModel::offset)).toString(), QStringLiteral("0x30"));
    QTest::mouseClick(bench.bar.scale(), Qt::LeftButton);
    EXPECT_EQ(bench.view.scale(), LensScale::compact);
}

TEST(LensView, EveryRowIsReadableWithoutThePicture) {
    Bench bench;
    bench.to_conversion(2);
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(&bench.view);
    ASSERT_NE(list, nullptr);
    EXPECT_EQ(list->role(), QAccessible::List);
    ASSERT_EQ(list->childCount(), static_cast<int>(bench.geometry().cells.size()));
    bool found = false;
    for (int i = 0; i < list->childCount(); ++i) {
        QAccessibleInterface* row = list->child(i);
        ASSERT_NE(row, nullptr);
        EXPECT_EQ(row, list->child(i)) << "the same object each time";
        EXPECT_EQ(list->indexOfChild(row), i);
        const QString text = row->text(QAccessible::Name);
        EXPECT_FALSE(text.isEmpty());
        found = found || (text.contains(QStringLiteral("NdisOffloadHandle, called OffloadHandle afterwards")) &&
                          text.contains(QStringLiteral("supplied by")));
    }
    EXPECT_TRUE(found);
    EXPECT_FALSE(bench.view.accessibleName().isEmpty());
    for (QWidget* control : {static_cast<QWidget*>(bench.bar.blocks()), static_cast<QWidget*>(bench.bar.arch()),
                             static_cast<QWidget*>(bench.bar.scale()), static_cast<QWidget*>(bench.bar.calm())})
        EXPECT_FALSE(control->accessibleName().isEmpty());
}

int pixels_of(const QImage& image, const QColor& colour) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) count += image.pixelColor(x, y).rgb() == colour.rgb() ? 1 : 0;
    return count;
}

TEST(LensView, DrawsInEveryThemeWithTheMarksOfWhatChanged) {
    Bench bench;
    bench.view.set_reduced_motion(true);
    for (const auto choice : {Theme::Choice::light, Theme::Choice::dark, Theme::Choice::high_contrast}) {
        bench.theme.choose(choice);
        bench.view.setStyleSheet(bench.theme.style_sheet());
        bench.view.setPalette(bench.theme.palette());
        const Tokens& t = bench.theme.tokens();
        bench.playback.seek(bench.playback.history()->conversions()[1].event);
        const QImage changed = bench.view.grab().toImage();
        EXPECT_GT(pixels_of(changed, t.changed_fill), 500);
        EXPECT_GT(pixels_of(changed, t.call_entry_fill), 500) << "the call entry's box";
        // On the way up NDIS changes nothing: not one mark.
        for (const trace::Conversion& conversion : bench.playback.history()->conversions()) {
            if (conversion.kind != trace::ConversionKind::miniport_to_protocol_by_ndis) continue;
            bench.playback.seek(conversion.event);
            EXPECT_EQ(pixels_of(bench.view.grab().toImage(), t.changed_fill), 0);
            break;
        }
    }
}

TEST(LensView, WithoutASessionItSaysWhatToDoAndNoKeyHarms) {
    Bench bench;
    bench.playback.open({});
    for (const int key : {Qt::Key_Up, Qt::Key_Down, Qt::Key_Return})
        QTest::keyClick(&bench.view, static_cast<Qt::Key>(key));
    QTest::mouseClick(bench.view.viewport(), Qt::LeftButton, Qt::NoModifier, QPoint(50, 50));
    EXPECT_FALSE(bench.view.tell_next());
    EXPECT_FALSE(bench.view.grab().isNull());
    EXPECT_EQ(bench.view.accessible_row_count(), 0);
}

}  // namespace
}  // namespace chimneylab::desktop
