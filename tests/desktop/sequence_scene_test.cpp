// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sequence diagram without a window: which lifelines, which rows, what a picture of any part of a run must hold.
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include "app/desktop/models/sequence_model.h"
#include "app/desktop/models/sequence_scene.h"
#include "engine/trace/function_catalogue.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;
using trace::EventKind;
using trace::LayerRole;
using Kind = SequenceMark::Kind;

trace::synthetic::Options all_five(unsigned drivers, unsigned repeat = 1) {
    using trace::OperationKind;
    trace::synthetic::Options options;
    options.intermediate_drivers = drivers;
    options.operations = {OperationKind::initiate, OperationKind::query, OperationKind::update, OperationKind::invalidate, OperationKind::terminate};
    options.repeat = repeat;
    return options;
}

struct Diagram {
    SessionPointer session;
    std::shared_ptr<const SequenceIndex> index;
    explicit Diagram(SessionPointer its, std::vector<EventId> shown = {})
        : session(std::move(its)), index(std::make_shared<SequenceIndex>(*session->history, shown, shown.empty())) {}
    explicit Diagram(const trace::synthetic::Options& options) : Diagram(testing::synthetic_session(options, QStringLiteral("sequence"))) {}
    [[nodiscard]] const trace::Trace& trace() const { return *session->trace; }
    [[nodiscard]] SequenceAxis axis(double scale = 24, bool by_time = false) const { return {index.get(), by_time, scale}; }
    [[nodiscard]] SequenceScene whole(double scale = 24, EventId at = {}) const { return part(axis(scale), 0, axis(scale).height(), at); }
    [[nodiscard]] static SequenceScene part(const SequenceAxis& axis, double top, double height, EventId at = {}, double width = 900) {
        SequenceRequest request;
        request.axis = axis;
        request.top = top;
        request.room = QSizeF(width, height);
        request.at = at;
        return build_sequence(request);
    }
};

// A call of a work item's kind: what the hand-made traces do not have.
SessionPointer run_with_a_timer(bool finished = true) {
    trace::Recorder recorder;
    std::uint64_t now = 0;
    recorder.set_clock([&now] { return now += 100; });
    recorder.trace().set_layers({{LayerRole::host_stack, recorder.intern("Host stack"), {}},
                                 {LayerRole::intermediate_driver, recorder.intern("IM 1"), {}},
                                 {LayerRole::offload_target, recorder.intern("Offload target"), {}}});
    const auto event = [&](EventKind kind, trace::LayerIndex layer, trace::LayerIndex other, const char* name) {
        trace::Event made;
        made.kind = kind;
        made.layer = layer;
        made.other_layer = other;
        made.name = recorder.intern(name);
        return made;
    };
    recorder.append(event(EventKind::step_started, trace::machine_layer, trace::machine_layer, "The step"));
    trace::Event queued = event(EventKind::work_queued, 2, 2, "timer of the target");
    queued.subject = 7;
    recorder.append(queued);
    for (int i = 0; i < 5; ++i) recorder.append(event(EventKind::irql_changed, 2, trace::machine_layer, ""));
    if (!finished) return make_session(std::make_shared<const trace::Trace>(recorder.take()), {}, {}, {}, {});
    trace::Event started = event(EventKind::work_started, 2, trace::machine_layer, "timer of the target");
    started.subject = 7;
    const EventId start = recorder.append(started);
    const EventId call = recorder.enter(event(EventKind::enter, trace::ndis_layer, 2, "NdisMInitiateOffloadComplete"));
    const EventId inner = recorder.enter(event(EventKind::enter, 1, trace::ndis_layer, "ProtocolInitiateOffloadComplete"));
    recorder.leave(inner, 0, false);
    recorder.leave(call, 0, false);
    trace::Event done = event(EventKind::work_finished, 2, trace::machine_layer, "timer of the target");
    done.partner = start;
    recorder.append(done);
    return make_session(std::make_shared<const trace::Trace>(recorder.take()), {}, {}, {}, {});
}

TEST(SequenceColumns, OneForEachLayerAndOneForNdisBetweenTwo) {
    for (unsigned drivers = 0; drivers <= 8; ++drivers) {
        const Diagram diagram(all_five(drivers));
        const SequenceColumns& columns = diagram.index->columns();
        ASSERT_EQ(columns.count(), 2 * static_cast<int>(drivers + 2) - 1);
        for (int i = 0; i < columns.count(); ++i) {
            EXPECT_EQ(columns.all()[static_cast<std::size_t>(i)].layer == trace::ndis_layer, i % 2 == 1);
        }
    }
}

TEST(SequenceColumns, ACallGoesFromOneLifelineToItsNeighbour) {
    const Diagram diagram(all_five(2));
    const SequenceColumns& columns = diagram.index->columns();
    int calls = 0;
    for (std::uint32_t i = 0; i < diagram.trace().size(); ++i) {
        const trace::Event& event = diagram.trace().event(EventId(i));
        if (event.kind != EventKind::enter || !event.operation.valid()) continue;
        ++calls;
        const int from = columns.caller_of(EventId(i));
        const int to = columns.of_event(EventId(i));
        const trace::Function* function = trace::find_function(diagram.trace().text(event.name));
        ASSERT_NE(function, nullptr);
        EXPECT_EQ(to - from, function->direction == trace::Direction::down ? 1 : -1) << function->name;
    }
    EXPECT_EQ(calls, 5 * 12);
}

TEST(SequenceIndex, FindsEveryEventInItsRowAndBack) {
    const Diagram diagram(all_five(1));
    for (const bool folded : {false, true}) {
        std::uint32_t events = 0;
        for (std::uint32_t row = 0; row < diagram.index->row_count(folded); ++row) {
            EXPECT_EQ(diagram.index->row_of(diagram.index->first(row, folded), folded), row);
            events += diagram.index->events_in(row, folded);
        }
        EXPECT_EQ(events, diagram.trace().size()) << "no event is lost by folding";
    }
    EXPECT_LT(diagram.index->row_count(true), diagram.index->row_count(false));
}

TEST(SequenceIndex, FoldsOnlyBookkeeping) {
    const Diagram diagram(all_five(2));
    for (std::uint32_t row = 0; row < diagram.index->row_count(true); ++row) {
        if (diagram.index->events_in(row, true) == 1) continue;
        for (std::uint32_t i = 0; i < diagram.index->events_in(row, true); ++i) {
            EXPECT_TRUE(is_minor(diagram.trace().event(EventId(diagram.index->first(row, true).value + i)).kind));
        }
    }
}

TEST(SequenceIndex, AFilterLeavesRowsOut) {
    const SessionPointer session = testing::synthetic_session(all_five(1), QStringLiteral("filtered"));
    const auto conversions = session->history->landmarks(trace::Landmark::conversion);
    const Diagram diagram(session, {conversions.begin(), conversions.end()});
    EXPECT_EQ(diagram.index->row_count(false), conversions.size());
    EXPECT_TRUE(diagram.index->has_row(conversions.front()));
    EXPECT_FALSE(diagram.index->has_row(EventId(0)));
    const SequenceScene scene = diagram.whole();
    EXPECT_EQ(std::count_if(scene.marks.begin(), scene.marks.end(), [](const SequenceMark& m) { return m.kind == Kind::conversion; }),
              static_cast<std::ptrdiff_t>(conversions.size()));
    EXPECT_TRUE(scene.arrows.empty());
    EXPECT_TRUE(scene.bars.empty()) << "calls that are filtered out are not drawn";
}

// The pyramid of summaries says the same as the rows it summarises.
TEST(SequenceIndex, ASummaryIsTheSumOfItsRows) {
    const Diagram diagram(all_five(2, 20));
    const std::uint32_t rows = diagram.index->row_count(false);
    ASSERT_GT(rows, 4'000U);
    for (const auto& [from, to] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{{0, rows}, {0, 1}, {17, 18}, {15, 33}, {100, 3'999}, {255, 257}, {rows - 3, rows}, {5, 5}}) {
        SequenceSummary expected;
        for (std::uint32_t row = from; row < to; ++row) expected.add(diagram.index->summary(row, row + 1));
        const SequenceSummary sum = diagram.index->summary(from, to);
        EXPECT_EQ(sum.open, expected.open) << from << " … " << to;
        EXPECT_EQ(sum.running, expected.running);
        EXPECT_EQ(sum.conversions, expected.conversions);
        EXPECT_EQ(sum.entries, expected.entries);
        EXPECT_EQ(sum.first_operation, expected.first_operation);
        EXPECT_EQ(sum.last_operation, expected.last_operation);
    }
}

TEST(SequenceIndex, KnowsWhichWorkWasQueuedWhere) {
    const Diagram diagram(run_with_a_timer());
    const EventId queued(1);
    const EventId started = diagram.index->started_of(queued);
    ASSERT_TRUE(started.valid());
    EXPECT_EQ(diagram.trace().event(started).kind, EventKind::work_started);
    EXPECT_EQ(diagram.index->queued_of(started), queued);
    EXPECT_EQ(diagram.index->links(EventId(3), EventId(4), 10).size(), 1U) << "the wait overlaps a part in which neither end lies";
    EXPECT_TRUE(diagram.index->links(EventId(started.value + 1), EventId(started.value + 2), 10).empty());
    const Diagram never(run_with_a_timer(false));
    EXPECT_FALSE(never.index->started_of(queued).valid());
    EXPECT_EQ(never.index->links(EventId(4), EventId(5), 10).size(), 1U) << "what never ran waits to the end";
}

TEST(SequenceAxis, GivesBackTheEventWhoseLineIsThere) {
    const Diagram diagram(all_five(1));
    for (const bool by_time : {false, true}) {
        for (const double scale : {44.0, 24.0, 13.0, 3.0}) {
            const SequenceAxis axis = diagram.axis(by_time ? scale * 10 : scale, by_time);
            double before = -1;
            for (std::uint32_t row = 0; row < axis.row_count(); ++row) {
                const EventId event = axis.index->first(row, axis.folded());
                const double y = axis.y_of(event);
                EXPECT_GT(y, before);
                EXPECT_LT(y, axis.height());
                EXPECT_EQ(axis.event_at(y), event) << y;
                before = y;
            }
        }
    }
}

TEST(SequenceAxis, TheWholeRunFits) {
    const Diagram diagram(all_five(2, 5));
    for (const bool by_time : {false, true}) {
        SequenceAxis axis = diagram.axis(24, by_time);
        axis.scale = axis.fitting(600);
        EXPECT_LE(axis.height(), 601);
        EXPECT_GT(axis.height(), 590);
        EXPECT_GE(axis.clamped(0, 600), axis.scale) << "farther out there is nothing to see";
    }
}

TEST(SequenceScene, DrawsEveryCallAndEveryReturn) {
    const Diagram diagram(all_five(2));
    const SequenceScene scene = diagram.whole();
    EXPECT_FALSE(scene.overview);
    std::size_t calls = 0;
    std::size_t returns = 0;
    std::size_t work = 0;
    for (const trace::Event& event : diagram.trace().events()) {
        if (event.kind == EventKind::work_started) ++work;
        if (event.kind == EventKind::enter) ++calls;
        if (event.kind == EventKind::leave) ++returns;
    }
    EXPECT_EQ(scene.arrows.size(), calls + returns);
    EXPECT_EQ(scene.bars.size(), calls + work);
    for (const SequenceArrow& arrow : scene.arrows) {
        EXPECT_EQ(arrow.returns, diagram.trace().event(arrow.event).kind == EventKind::leave);
        EXPECT_NE(arrow.from, arrow.to);
    }
}

TEST(SequenceScene, BarsNestAsTheCallsNest) {
    const Diagram diagram(all_five(2));
    const SequenceScene scene = diagram.whole();
    for (const SequenceBar& bar : scene.bars) {
        EXPECT_TRUE(bar.begins);
        const EventId parent = diagram.trace().event(bar.event).parent;
        if (!parent.valid()) continue;
        const auto outer = std::find_if(scene.bars.begin(), scene.bars.end(), [&](const SequenceBar& b) { return b.event == parent; });
        ASSERT_NE(outer, scene.bars.end());
        EXPECT_LT(outer - scene.bars.begin(), &bar - scene.bars.data()) << "outer before inner";
        EXPECT_GT(bar.box.top(), outer->box.top());
        EXPECT_LE(bar.box.bottom(), outer->box.bottom());
        for (const SequenceBar& other : scene.bars) {
            if (other.column != bar.column || &other == &bar) continue;
            const bool apart = other.box.bottom() <= bar.box.top() || other.box.top() >= bar.box.bottom();
            EXPECT_TRUE(apart || other.level != bar.level) << "two open calls on one lifeline stand beside one another";
        }
    }
}

TEST(SequenceScene, SaysWhichOperationEachCallBelongsTo) {
    const Diagram diagram(all_five(1));
    const SequenceScene scene = diagram.whole();
    std::set<int> numbers;
    for (const SequenceArrow& arrow : scene.arrows) {
        EXPECT_EQ(arrow.operation, operation_ordinal(*diagram.session->history, diagram.trace().event(arrow.event).operation));
        if (arrow.operation > 0) numbers.insert(arrow.operation);
    }
    EXPECT_EQ(numbers, (std::set<int>{1, 2, 3, 4, 5}));
    for (const SequenceLabel& label : scene.labels) {
        const trace::Event& event = diagram.trace().event(label.event);
        if (event.kind == EventKind::enter) {
            EXPECT_EQ(label.operation > 0, event.operation.valid()) << label.text.toStdString();
        }
    }
}

TEST(SequenceScene, MarksConversionsAndCallEntriesWhereTheyHappen) {
    const Diagram diagram(all_five(2));
    const SequenceScene scene = diagram.whole();
    std::size_t conversions = 0;
    std::size_t held = 0;
    std::size_t released = 0;
    for (const SequenceMark& mark : scene.marks) {
        const trace::Event& event = diagram.trace().event(mark.event);
        if (mark.kind == Kind::conversion) {
            ++conversions;
            EXPECT_EQ(mark.column % 2 == 1, event.layer == trace::ndis_layer) << "NDIS converts between two layers, a driver in its own";
        }
        if (mark.kind == Kind::entry_held || mark.kind == Kind::entry_released) {
            EXPECT_EQ(mark.column, 2 * static_cast<int>(event.layer));
            ++(mark.kind == Kind::entry_held ? held : released);
        }
    }
    EXPECT_EQ(conversions, diagram.session->history->conversions().size());
    EXPECT_EQ(held, diagram.session->history->call_entries().size());
    EXPECT_EQ(released, held);
}

TEST(SequenceScene, WorkThatWaitedIsTiedToWhatItStarts) {
    const Diagram diagram(run_with_a_timer());
    const SequenceScene scene = diagram.whole();
    ASSERT_EQ(scene.waits.size(), 1U);
    const SequenceAxis axis = diagram.axis();
    EXPECT_DOUBLE_EQ(scene.waits[0].top, axis.y_of(EventId(1)));
    EXPECT_DOUBLE_EQ(scene.waits[0].bottom, axis.y_of(diagram.index->started_of(EventId(1))));
    ASSERT_EQ(scene.headings.size(), 1U);
    EXPECT_EQ(scene.headings[0].text, QStringLiteral("The step"));
    // The completion is inside the timer's work on the target's lifeline, and not inside any call from above.
    const auto work = std::find_if(scene.bars.begin(), scene.bars.end(), [&](const SequenceBar& bar) { return diagram.trace().event(bar.event).kind == EventKind::work_started; });
    ASSERT_NE(work, scene.bars.end());
    EXPECT_EQ(work->column, 4);
    EXPECT_EQ(work->level, 0);
}

TEST(SequenceScene, EveryPartShowsWhatTheWholeShowsThere) {
    const Diagram diagram(all_five(2));
    const SequenceAxis axis = diagram.axis();
    const SequenceScene whole = diagram.whole();
    for (double top = 0; top + 300 < axis.height(); top += 130) {
        const SequenceScene part = Diagram::part(axis, top, 300);
        std::size_t arrows = 0;
        for (const SequenceArrow& arrow : whole.arrows) arrows += arrow.y >= top && arrow.y < top + 300 ? 1 : 0;
        std::size_t drawn = 0;
        for (const SequenceArrow& arrow : part.arrows) drawn += arrow.y >= 0 && arrow.y < 300 ? 1 : 0;
        EXPECT_EQ(drawn, arrows);
        // Every call that is open somewhere in the part has its bar, also when both its ends are out of sight.
        for (const SequenceBar& bar : whole.bars) {
            if (bar.box.bottom() <= top || bar.box.top() >= top + 300) continue;
            EXPECT_TRUE(std::any_of(part.bars.begin(), part.bars.end(), [&](const SequenceBar& b) { return b.event == bar.event; })) << bar.event.value;
        }
        for (const SequenceBar& bar : part.bars) {
            EXPECT_LE(bar.box.bottom(), 305) << "nothing is drawn miles outside";
            EXPECT_GE(bar.box.top(), -5);
        }
    }
}

TEST(SequenceScene, LabelsStayInsideAndApart) {
    for (const unsigned drivers : {0U, 2U, 8U}) {
        const Diagram diagram(all_five(drivers));
        for (const double width : {300.0, 900.0}) {
            for (const double scale : {24.0, 13.0}) {
                const SequenceScene scene = Diagram::part(diagram.axis(scale), 0, 1500, {}, width);
                ASSERT_FALSE(scene.labels.empty());
                for (std::size_t i = 0; i < scene.labels.size(); ++i) {
                    EXPECT_GE(scene.labels[i].box.left(), scene.gutter);
                    EXPECT_LE(scene.labels[i].box.right(), scene.size.width());
                    for (std::size_t j = i + 1; j < scene.labels.size(); ++j) {
                        EXPECT_FALSE(scene.labels[i].box.adjusted(0, 1, 0, -1).intersects(scene.labels[j].box)) << scene.labels[i].text.toStdString();
                    }
                }
            }
        }
    }
}

TEST(SequenceScene, WhatComesAfterThePresentEventIsFuture) {
    const Diagram diagram(all_five(1));
    const EventId at(60);
    const SequenceScene scene = diagram.whole(24, at);
    EXPECT_DOUBLE_EQ(scene.present_y, diagram.axis().y_of(at));
    for (const SequenceArrow& arrow : scene.arrows) EXPECT_EQ(arrow.future, arrow.event > at);
    for (const SequenceMark& mark : scene.marks) EXPECT_EQ(mark.future, mark.event > at);
    EXPECT_LT(Diagram::part(diagram.axis(), 5'000, 300, at).present_y, 0) << "out of sight";
}

TEST(SequenceScene, FarOutItCostsPixelsAndNotEvents) {
    const Diagram diagram(all_five(2, 60));
    ASSERT_GT(diagram.trace().size(), 15'000U);
    for (const bool by_time : {false, true}) {
        SequenceAxis axis = diagram.axis(24, by_time);
        axis.scale = axis.fitting(500);
        const SequenceScene scene = Diagram::part(axis, 0, 500);
        EXPECT_TRUE(scene.overview);
        EXPECT_TRUE(scene.arrows.empty());
        EXPECT_FALSE(scene.bars.empty());
        EXPECT_LE(scene.bars.size(), 500U * 7);
        std::set<int> columns;
        for (const SequenceBar& bar : scene.bars) {
            EXPECT_TRUE(bar.overview);
            columns.insert(bar.column);
        }
        EXPECT_EQ(columns.size(), 7U) << "every lifeline has been inside a call";
        EXPECT_TRUE(std::any_of(scene.marks.begin(), scene.marks.end(), [](const SequenceMark& mark) { return mark.kind == Kind::conversion; }));
    }
}

TEST(SequenceScene, MarksWhatACheckerFound) {
    const Diagram diagram(all_five(1));
    const std::vector<EventId> found = {EventId(40)};
    SequenceRequest request;
    request.axis = diagram.axis();
    request.room = QSizeF(900, request.axis.height());
    request.findings = found;
    for (const double scale : {24.0, 0.5}) {
        request.axis.scale = scale;
        const SequenceScene scene = build_sequence(request);
        EXPECT_EQ(std::count_if(scene.marks.begin(), scene.marks.end(), [](const SequenceMark& mark) { return mark.kind == Kind::finding; }), 1) << scale;
    }
}

TEST(SequenceModel, AnOperationAloneHasItsCallsAndNoOthers) {
    const SessionPointer session = testing::synthetic_session(all_five(1), QStringLiteral("one"));
    const trace::Operation& second = session->history->operations()[1];
    const auto index = SequenceModel::index_of_operation(session, second.id);
    ASSERT_NE(index, nullptr);
    std::size_t calls = 0;
    for (std::uint32_t row = 0; row < index->row_count(false); ++row) {
        const trace::Event& event = session->trace->event(index->first(row, false));
        if (event.operation.valid()) {
            EXPECT_EQ(event.operation, second.id);
        }
        if (event.kind == EventKind::enter) ++calls;
    }
    EXPECT_EQ(calls, second.crossings.size());
    EXPECT_EQ(SequenceModel::index_of_operation(session, trace::OperationId(999)), nullptr);
}

TEST(SequenceModel, ALongRunIsIndexedBesideTheWindowAndOvertakenByTheNext) {
    PlaybackModel playback;
    EventListModel events(playback);
    SequenceModel model(playback, events);
    const SessionPointer big = testing::synthetic_session(all_five(2, 250), QStringLiteral("long"));
    ASSERT_GT(big->trace->size(), SequenceModel::at_once);
    playback.open(big);
    EXPECT_TRUE(model.indexing());
    EXPECT_EQ(model.index(), nullptr);
    ASSERT_TRUE(QTest::qWaitFor([&] { return !model.indexing(); }, 20'000));
    EXPECT_EQ(model.index()->row_count(false), big->trace->size());
    playback.open(nullptr);
    EXPECT_EQ(model.index(), nullptr);
    playback.open(big);
    const SessionPointer small = testing::synthetic_session(all_five(1), QStringLiteral("short"));
    playback.open(small);
    EXPECT_FALSE(model.indexing());
    QTest::qWait(300);
    ASSERT_NE(model.index(), nullptr);
    EXPECT_EQ(&model.index()->history(), small->history.get()) << "the long run's index came too late";
}

}  // namespace
}  // namespace chimneylab::desktop
