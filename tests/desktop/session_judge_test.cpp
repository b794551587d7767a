// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A session that stays on the disk: shown before it is judged, with what its file told of an earlier judgement; judged
// beside the window, which may be stopped and taken up again; and read on request only as far as somebody still wants it.
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "app/desktop/models/finding_model.h"
#include "app/desktop/models/timeline_index.h"
#include "engine/session/session.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;

struct LongSession {
    QTemporaryDir folder;
    std::shared_ptr<const trace::Trace> trace;
    std::filesystem::path file;

    explicit LongSession(unsigned repeat = 4) {
        trace::synthetic::Options options;
        options.operations = {trace::OperationKind::initiate, trace::OperationKind::query};
        options.repeat = repeat;
        options.leak_call_entry = true;
        file = folder.filePath(QStringLiteral("long.chimney")).toStdString();
        EXPECT_FALSE(session::save(trace::synthetic::make_trace(options), file));
        auto opened = session::open(file, {.most_in_memory = 0});
        trace = std::make_shared<const trace::Trace>(std::move(std::get<session::Opened>(opened).trace));
        EXPECT_NE(trace->paged(), nullptr);
    }
    std::shared_ptr<Session> made() const { return make_session(trace, {}, {}, {}, {}); }
};

TEST(SessionJudge, PutsInWhatTheCheckerFinds) {
    const LongSession longer;
    const auto session = longer.made();
    EXPECT_TRUE(session->unjudged);
    EXPECT_TRUE(session->findings.rows.empty());
    const Findings expected = find_broken_promises(*session->history);
    ASSERT_FALSE(expected.rows.empty());

    PlaybackModel playback;
    FindingModel model(playback);
    QSignalSpy judged(&model.judge(), &SessionJudge::judged), shown(&playback, &PlaybackModel::shown_events_changed);
    playback.open(session);
    EXPECT_TRUE(model.judge().outstanding());
    ASSERT_TRUE(QTest::qWaitFor([&] { return judged.count() == 1; }, 30'000));
    EXPECT_FALSE(model.judge().outstanding());
    EXPECT_FALSE(model.judge().judging());
    EXPECT_GE(shown.count(), 1);
    ASSERT_EQ(session->findings.rows.size(), expected.rows.size());
    EXPECT_EQ(model.all(), static_cast<int>(expected.rows.size()));
    for (std::size_t i = 0; i < expected.rows.size(); ++i) {
        EXPECT_EQ(session->findings.rows[i].rule, expected.rows[i].rule);
        EXPECT_EQ(session->findings.rows[i].event, expected.rows[i].event);
    }
    const EventId broken = expected.events.front();
    EXPECT_EQ(session->timeline->most_telling(broken.value, broken.value + 1).weight, TimelineIndex::finding);
    EXPECT_EQ(session->timeline->most_telling(0, session->timeline->size()).weight, TimelineIndex::finding);
}

TEST(SessionJudge, MayBeStoppedAndTakenUpAgain) {
    const LongSession longer(300);
    const auto session = longer.made();
    PlaybackModel playback;
    FindingModel model(playback);
    QSignalSpy judged(&model.judge(), &SessionJudge::judged);
    playback.open(session);
    EXPECT_TRUE(model.judge().judging());
    model.judge().stop();
    EXPECT_FALSE(model.judge().judging());
    EXPECT_TRUE(model.judge().outstanding());
    QTest::qWait(50);
    EXPECT_EQ(judged.count(), 0);
    model.judge().start();
    ASSERT_TRUE(QTest::qWaitFor([&] { return judged.count() == 1; }, 60'000));
    EXPECT_FALSE(session->findings.rows.empty());
    model.judge().start();
    EXPECT_FALSE(model.judge().judging()) << "there is nothing left to be judged";
}

TEST(SessionJudge, AnotherSessionOnShowIsTheOneThatIsJudged) {
    const LongSession first(300), second;
    const auto forgotten = first.made(), wanted = second.made();
    PlaybackModel playback;
    FindingModel model(playback);
    QSignalSpy judged(&model.judge(), &SessionJudge::judged);
    playback.open(forgotten);
    playback.open(wanted);
    ASSERT_TRUE(QTest::qWaitFor([&] { return judged.count() == 1; }, 30'000));
    EXPECT_FALSE(wanted->unjudged);
    EXPECT_TRUE(forgotten->unjudged);
    EXPECT_TRUE(forgotten->findings.rows.empty());
}

TEST(SessionJudge, WhatTheFileToldIsShownUntilThen) {
    const LongSession longer;
    std::vector<session::StoredViolation> rows;
    const auto add = [&](const char* rule, const char* severity, std::uint32_t event, const char* explanation, std::optional<std::uint32_t> cause) {
        session::StoredViolation row;
        row.rule = rule;
        row.severity = severity;
        row.event = row.noticed = EventId(event);
        row.layer = 1;
        row.explanation = explanation;
        row.source = "Page";
        row.cause = cause;
        rows.push_back(row);
    };
    add("IM-050", "fatal", 9, "Why.", 1);
    rows.back().block = "T1";
    rows.back().member = "SourceHandle";
    add("IM-001", "warning", 4, "First.", {});
    add("IM-002", "error", 4'000'000, "Not of this trace.", {});
    add("IM-003", "?", 9, "In circles.", 3);
    ASSERT_FALSE(session::store_violations(longer.file, rows));
    auto read = session::read_violations(longer.file);
    ASSERT_TRUE(std::holds_alternative<std::vector<session::StoredViolation>>(read));
    const auto& stored = std::get<std::vector<session::StoredViolation>>(read);
    ASSERT_EQ(stored.size(), rows.size());
    EXPECT_EQ(stored[0].cause, 1u);
    EXPECT_EQ(stored[0].member, "SourceHandle");
    EXPECT_EQ(stored[1].block, "");

    const auto session = longer.made();
    adopt_findings(*session, tell_stored(*session->history, stored));
    const Findings& found = session->findings;
    ASSERT_EQ(found.rows.size(), 3u);
    EXPECT_EQ(found.rows[0].rule, QStringLiteral("IM-001"));
    EXPECT_EQ(found.rows[0].severity, verifier::Severity::warning);
    EXPECT_TRUE(found.rows[0].first_cause);
    EXPECT_EQ(found.rows[1].place(), QStringLiteral("T1.SourceHandle"));
    EXPECT_EQ(found.rows[1].severity, verifier::Severity::fatal);
    EXPECT_FALSE(found.rows[1].first_cause);
    EXPECT_TRUE(found.rows[2].first_cause) << "what follows from itself follows from nothing";
    EXPECT_EQ(found.events, (std::vector<EventId>{EventId(4), EventId(9)}));
    ASSERT_EQ(found.groups.size(), 2u);
    EXPECT_EQ(found.groups[0].first_cause, 0u);
    EXPECT_EQ(found.groups[0].consequences, (std::vector<std::uint32_t>{1}));
    EXPECT_EQ(session->timeline->most_telling(9, 10).weight, TimelineIndex::finding);
}

TEST(SessionJudge, ReadingASessionThatNobodyWantsAnyMoreEnds) {
    const LongSession longer(1500);
    ASSERT_GT(longer.trace->size(), 100'000u);
    std::vector<int> told;
    const auto session = make_session(longer.trace, {}, {}, {}, {}, [&](int percent) {
        told.push_back(percent);
        return true;
    });
    ASSERT_NE(session, nullptr);
    EXPECT_GE(told.size(), 3u);
    EXPECT_TRUE(std::ranges::is_sorted(told));
    EXPECT_LE(told.back(), 100);
    int asked = 0;
    EXPECT_EQ(make_session(longer.trace, {}, {}, {}, {}, [&](int) { return ++asked < 2; }), nullptr);
    EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace chimneylab::desktop
