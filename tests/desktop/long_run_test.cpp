// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a long run asks of the models: filters and searches beside the window, of which the latest counts and which can be
// cancelled; a time line and jumps that walk no trace.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include "app/desktop/models/event_list_model.h"
#include "app/desktop/models/event_search.h"
#include "app/desktop/models/timeline_index.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;
using trace::EventKind;

// Long enough for a worker thread. Made once; sessions are only read.
SessionPointer long_session() {
    static const SessionPointer session = [] {
        trace::synthetic::Options options;
        options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
        const std::size_t once = trace::synthetic::make_trace(options).size();
        options.repeat = static_cast<unsigned>(2 * EventFilter::at_once / once);
        return testing::synthetic_session(options, QStringLiteral("A long run"));
    }();
    return session;
}

trace::Filter filter_of(const char* expression) { return std::get<trace::Filter>(trace::Filter::compile(expression)); }

std::vector<EventId> that_fit(const trace::Trace& trace, const char* expression) {
    const trace::Filter filter = filter_of(expression);
    std::vector<EventId> found;
    for (std::uint32_t i = 0; i < trace.size(); ++i)
        if (filter.matches(trace, EventId(i))) found.emplace_back(i);
    return found;
}

struct LongRunLab {
    PlaybackModel playback;
    EventListModel events{playback};
    QAbstractItemModelTester tester{&events, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QSignalSpy changed{&playback.filter(), &EventFilter::changed};
    LongRunLab() {
        playback.open(long_session());
        EXPECT_GT(playback.event_count(), EventFilter::at_once);
    }
    EventFilter& filter() { return playback.filter(); }
    void wait() { ASSERT_TRUE(QTest::qWaitFor([&] { return !filter().working(); }, 30'000)); }
};

TEST(LongRun, AFilterReplacesTheRowsWhenItIsReadyAndNotBefore) {
    LongRunLab lab;
    const int before = lab.events.rowCount();
    EXPECT_EQ(lab.filter().set_expression(QStringLiteral("kind:conversion")), QString());
    EXPECT_TRUE(lab.filter().working());
    EXPECT_EQ(lab.events.rowCount(), before) << "what was there stays";
    EXPECT_FALSE(lab.filter().active());
    EXPECT_TRUE(lab.filter().passes(EventId(0)));
    lab.wait();
    EXPECT_EQ(lab.changed.count(), 1);
    const auto fit = that_fit(*lab.playback.trace(), "kind:conversion");
    ASSERT_EQ(lab.events.rowCount(), static_cast<int>(fit.size()));
    for (int row = 0; row < lab.events.rowCount(); ++row) ASSERT_EQ(lab.events.event_at(row), fit[static_cast<std::size_t>(row)]);
    EXPECT_FALSE(lab.filter().passes(EventId(0)));
    EXPECT_TRUE(lab.filter().passes(fit.back()));
    // Back to everything needs no work at all.
    lab.filter().clear();
    EXPECT_FALSE(lab.filter().working());
    EXPECT_EQ(lab.events.rowCount(), before);
}

TEST(LongRun, TheLatestFilterWins) {
    LongRunLab lab;
    for (const char* expression : {"kind:enter", "layer:im1", "status:FAILURE", "kind:call_entry_released"}) lab.filter().set_expression(QString::fromLatin1(expression));
    lab.wait();
    EXPECT_EQ(lab.changed.count(), 1) << "the others were never shown";
    EXPECT_EQ(lab.events.rowCount(), static_cast<int>(that_fit(*lab.playback.trace(), "kind:call_entry_released").size()));
    EXPECT_EQ(lab.filter().expression(), QStringLiteral("kind:call_entry_released"));
}

TEST(LongRun, CancellingAFilterGoesBackToTheOneInForce) {
    LongRunLab lab;
    lab.filter().set_expression(QStringLiteral("kind:conversion"));
    lab.wait();
    const int rows = lab.events.rowCount();
    QSignalSpy settings(&lab.filter(), &EventFilter::settings_changed);
    lab.filter().show_only_completions(true);
    lab.filter().set_expression(QStringLiteral("kind:enter"));
    ASSERT_TRUE(lab.filter().working());
    lab.filter().cancel();
    EXPECT_FALSE(lab.filter().working());
    EXPECT_EQ(lab.filter().expression(), QStringLiteral("kind:conversion"));
    EXPECT_FALSE(lab.filter().only_completions());
    EXPECT_EQ(settings.count(), 3);
    QTest::qWait(50);
    EXPECT_EQ(lab.changed.count(), 1) << "nothing of it arrives later";
    EXPECT_EQ(lab.events.rowCount(), rows);
}

TEST(LongRun, AnotherSessionDropsTheFilteringOfTheOld) {
    LongRunLab lab;
    lab.filter().set_expression(QStringLiteral("kind:conversion"));
    ASSERT_TRUE(lab.filter().working());
    trace::synthetic::Options options;
    options.operations = {trace::OperationKind::initiate};
    const SessionPointer other = testing::synthetic_session(options, QStringLiteral("Short"));
    lab.playback.open(other);
    EXPECT_FALSE(lab.filter().working()) << "a short run is filtered at once";
    EXPECT_EQ(lab.events.rowCount(), static_cast<int>(that_fit(*other->trace, "kind:conversion").size()));
    lab.playback.open(long_session());
    EXPECT_TRUE(lab.filter().working()) << "a filter outlives the session";
    EXPECT_EQ(lab.events.rowCount(), static_cast<int>(lab.playback.event_count()));
    lab.wait();
    EXPECT_EQ(lab.events.rowCount(), static_cast<int>(that_fit(*lab.playback.trace(), "kind:conversion").size()));
    lab.filter().set_expression(QStringLiteral("kind:enter"));
    lab.playback.open(nullptr);
    EXPECT_EQ(lab.events.rowCount(), 0);
}

TEST(LongRun, ASearchGoesFarBothWaysAndTheLatestCounts) {
    const SessionPointer session = long_session();
    const auto fit = that_fit(*session->trace, "kind:run_finished");
    ASSERT_EQ(fit.size(), 1U);
    EventSearch search;
    std::vector<EventId> found;
    QObject::connect(&search, &EventSearch::found, [&](EventId event) { found.push_back(event); });
    const auto wait = [&] { return QTest::qWaitFor([&] { return !search.working(); }, 30'000); };
    search.start(session, filter_of("kind:run_finished"), EventId(0), 1);
    EXPECT_TRUE(search.working());
    ASSERT_TRUE(wait());
    EXPECT_EQ(found, fit);
    search.start(session, filter_of("kind:run_started"), fit.front(), -1);
    ASSERT_TRUE(wait());
    EXPECT_EQ(found.back(), EventId(0));
    search.start(session, filter_of("name:NoSuchFunction"), EventId(0), 1);
    search.start(session, filter_of("kind:conversion"), EventId(0), 1);
    ASSERT_TRUE(wait());
    ASSERT_EQ(found.size(), 3U) << "the first of the two was overtaken";
    EXPECT_EQ(found.back(), that_fit(*session->trace, "kind:conversion").front());
    search.start(session, filter_of("name:NoSuchFunction"), EventId(0), 1);
    ASSERT_TRUE(wait());
    EXPECT_FALSE(found.back().valid());
    search.start(session, filter_of("kind:run_finished"), EventId(0), 1, EventId(EventSearch::at_once + 500));
    ASSERT_TRUE(wait());
    EXPECT_FALSE(found.back().valid()) << "not beyond the limit";
    const std::size_t before = found.size();
    search.start(session, filter_of("name:NoSuchFunction"), EventId(0), 1);
    search.cancel();
    QTest::qWait(30);
    EXPECT_EQ(found.size(), before) << "a cancelled search finds nothing";
}

TEST(LongRun, TheTimeLineKnowsTheMostTellingEventOfAnyStretch) {
    const trace::Trace& trace = *long_session()->trace;
    const TimelineIndex& index = *long_session()->timeline;
    ASSERT_EQ(index.size(), trace.size());
    const auto simple = [&](std::uint32_t first, std::uint32_t last) {
        TimelineIndex::Telling best;
        for (std::uint32_t i = first; i < last; ++i) {
            const auto each = index.most_telling(i, i + 1);
            if (each.weight > best.weight) best = each;
        }
        return best;
    };
    EXPECT_EQ(index.most_telling(5, 5).weight, TimelineIndex::nothing);
    const auto size = index.size();
    for (const auto& [first, last] : {std::pair{0u, 1u}, {0u, 15u}, {3u, 18u}, {16u, 32u}, {15u, 4097u}, {100u, 70'001u}, {size - 40, size}, {size - 3, size + 90}, {0u, size}}) {
        const auto told = index.most_telling(first, last), truth = simple(first, std::min(last, size));
        EXPECT_EQ(told.weight, truth.weight) << first << " … " << last;
        EXPECT_EQ(told.event, truth.event) << first << " … " << last;
    }
    const auto conversion = that_fit(trace, "kind:conversion").front();
    EXPECT_EQ(index.most_telling(conversion.value, conversion.value + 1).weight, TimelineIndex::conversion);
}

}  // namespace
}  // namespace chimneylab::desktop
