// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Live sessions in the window: what a producer sends is what the views show, while it comes and afterwards.
#include <QHeaderView>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "app/desktop/event_list/event_list_view.h"
#include "app/desktop/event_list/event_row_delegate.h"
#include "app/desktop/live/driver_build.h"
#include "app/desktop/live/live_bar.h"
#include "app/desktop/live/live_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/models/growing_index.h"
#include "app/desktop/models/live_sessions.h"
#include "app/desktop/models/shown_events.h"
#include "app/desktop/models/timeline_index.h"
#include "app/desktop/narration/narration_view.h"
#include "driver-bridge/producer/replay.h"
#include "engine/session/session.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/integrity.h"
#include "tests/desktop/synthetic_source.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::desktop {
namespace {

trace::Trace long_trace(unsigned repeat, bool leak = false) {
    trace::synthetic::Options options;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
    options.repeat = repeat;
    options.leak_call_entry = leak;
    return trace::synthetic::make_trace(options);
}

// Parts of so many events, as a recording makes them.
std::vector<session::Part> parts_of(const trace::Trace& trace, std::size_t events) {
    std::vector<session::Part> parts;
    session::Part part;
    std::uint32_t region = 0;
    std::size_t name = 0;
    for (std::uint32_t i = 0; i < trace.size(); ++i) {
        for (; name < trace.string_count(); ++name) part.names.emplace_back(trace.text(trace::StringId(static_cast<std::uint32_t>(name))));
        for (; region < trace.region_count() && trace.region(trace::RegionId(region)).born.value <= i; ++region) {
            part.copy_region(trace, trace::RegionId(region));
            part.regions.back().died = {};
        }
        part.copy_event(trace, trace::EventId(i));
        for (std::uint32_t r = 0; r < region; ++r)
            if (trace.region(trace::RegionId(r)).died == trace::EventId(i)) part.amendments.push_back({trace::RegionId(r), trace::EventId(i), trace.region(trace::RegionId(r)).label});
        if (part.events.size() < events && i + 1 < trace.size()) continue;
        parts.push_back(part);
        part.follow_on();
    }
    return parts;
}

TEST(LiveWindow, GrowsIntoTheSessionItIsGiven) {
    const trace::Trace original = long_trace(3);
    LiveWindow window(1'000'000);
    window.describe(original.description(), {original.layers().begin(), original.layers().end()});
    for (const session::Part& part : parts_of(original, 17)) window.take(part);
    EXPECT_EQ(trace::integrity_problem(*window.trace()).value_or(""), "");
    EXPECT_EQ(trace::fingerprint(*window.trace()), trace::fingerprint(original));
}

// What lives, where it lies and what it holds, at the end.
std::multiset<std::pair<trace::Address, std::string>> memory_at_end(const trace::Trace& trace, trace::EventId end) {
    std::multiset<std::pair<trace::Address, std::string>> memory;
    trace::Cursor cursor(trace);
    cursor.seek(end);
    for (std::uint32_t r = 0; r < trace.region_count(); ++r) {
        if (!cursor.alive(trace::RegionId(r))) continue;
        const auto bytes = cursor.bytes(trace::RegionId(r));
        memory.emplace(trace.region(trace::RegionId(r)).address, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    }
    return memory;
}

TEST(LiveWindow, ANewWindowKnowsWhatTheMemoryHolds) {
    const trace::Trace original = long_trace(6);
    LiveWindow window(100);
    window.describe(original.description(), {original.layers().begin(), original.layers().end()});
    int windows = 1;
    for (const session::Part& part : parts_of(original, 13)) {
        windows += window.would_begin_anew(part) ? 1 : 0;
        window.take(part);
        ASSERT_EQ(trace::integrity_problem(*window.trace()).value_or(""), "");
        EXPECT_LE(window.trace()->size(), 100u);
        EXPECT_EQ(memory_at_end(original, trace::EventId(static_cast<std::uint32_t>(window.session_events() - 1))),
                  memory_at_end(*window.trace(), trace::EventId(static_cast<std::uint32_t>(window.trace()->size() - 1))));
    }
    EXPECT_GT(windows, 3);
}

TEST(LiveWindow, WhatWasPassedOverIsKnownAllTheSame) {
    const trace::Trace original = long_trace(30);
    LiveWindow window(1'000'000);
    window.describe(original.description(), {original.layers().begin(), original.layers().end()});
    const std::vector<session::Part> parts = parts_of(original, 13);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool show = i < 5 || i + 5 >= parts.size();
        window.take(parts[i], show);
        if (show) ASSERT_EQ(trace::integrity_problem(*window.trace()).value_or(""), "");
    }
    EXPECT_EQ(window.session_events(), original.size());
    EXPECT_EQ(window.first_event() + window.trace()->size(), original.size());
    EXPECT_EQ(memory_at_end(original, trace::EventId(static_cast<std::uint32_t>(original.size() - 1))),
              memory_at_end(*window.trace(), trace::EventId(static_cast<std::uint32_t>(window.trace()->size() - 1))));
}

class LiveWindowTest : public ::testing::Test {
protected:
    LiveWindowTest() {
        window_.live_sessions().set_folder(folder_.path());
        window_.resize(1200, 800);
        window_.show();
    }
    LiveSessions& live() { return window_.live_sessions(); }
    PlaybackModel& playback() { return window_.playback(); }
    void listen() { ASSERT_EQ(live().listen(QStringLiteral("tcp:127.0.0.1:0")), QString()); }
    // Sends the trace from a thread of its own, as fast as asked.
    std::thread send(const trace::Trace& trace, double rate = 0) {
        bridge::ReplayOptions options;
        options.endpoint = std::get<bridge::Endpoint>(bridge::parse_endpoint(live().endpoint().toStdString()));
        options.events_per_second = rate;
        options.cancel = &cancel_;
        return std::thread([&trace, options] { (void)bridge::replay(trace, options); });
    }
    template <typename Condition>
    bool await(Condition condition) { return QTest::qWaitFor(condition, 20'000); }

    // For people to look at: CHIMNEYLAB_PICTURES names a folder.
    void picture(const QString& name, const char* pane) {
        const QString folder = qEnvironmentVariable("CHIMNEYLAB_PICTURES");
        if (folder.isEmpty()) return;
        window_.choose_layout(layout_debug);
        window_.show_alone(QLatin1String(pane));
        for (const auto& [theme, word] : {std::pair(Theme::Choice::light, "light"), std::pair(Theme::Choice::dark, "dark")}) {
            window_.choose_theme(theme);
            QTest::qWait(600);
            window_.grab().save(QStringLiteral("%1/%2-%3.png").arg(folder, name, QLatin1String(word)));
        }
    }
    QTemporaryDir folder_;
    std::atomic<bool> cancel_{false};
    MainWindow window_{testing::synthetic_source(), nullptr};
};

TEST_F(LiveWindowTest, WhatAProducerSendsIsWhatTheViewsShow) {
    const trace::Trace original = long_trace(10, true);
    listen();
    live().attach_next();
    std::thread producer = send(original);
    ASSERT_TRUE(await([&] { return live().rowCount() == 1 && live().ended(live().number_at(0)) && playback().session() && !live().growing() && playback().event_count() == original.size(); }));
    producer.join();
    EXPECT_EQ(trace::fingerprint(*playback().trace()), trace::fingerprint(original));
    // Derived step by step, and the same as derived at once.
    const trace::History whole(*playback().trace());
    EXPECT_EQ(playback().history()->operations().size(), whole.operations().size());
    EXPECT_EQ(playback().history()->conversions().size(), whole.conversions().size());
    EXPECT_TRUE(await([&] { return !playback().session()->findings.rows.empty(); })) << "the checker judges beside the window";
    EXPECT_EQ(playback().session()->findings.rows.size(), find_broken_promises(whole).rows.size());
    EXPECT_GT(window_.event_model().rowCount(), 0);
    // And it is on the disk.
    const auto file = live().file_of(live().attached()).toStdString();
    ASSERT_TRUE(await([&] {
        const auto opened = session::open(file);
        const auto* session = std::get_if<session::Opened>(&opened);
        return session != nullptr && session->condition == session::Condition::complete;
    }));
    const auto loaded = session::load(file);
    EXPECT_EQ(trace::fingerprint(std::get<trace::Trace>(loaded)), trace::fingerprint(original));
}

TEST_F(LiveWindowTest, FollowsBrowsesBackAndPauses) {
    const trace::Trace original = long_trace(40);
    listen();
    live().attach_next();
    std::thread producer = send(original, 2000);
    ASSERT_TRUE(await([&] { return playback().session() && live().growing() && playback().event_count() > 50; }));
    EXPECT_TRUE(live().following());
    EXPECT_TRUE(window_.live_bar()->isVisible());
    EXPECT_TRUE(window_.live_bar()->follow_button()->isChecked());
    picture(QStringLiteral("streaming"), "live");
    live().follow(true);
    // Going back ends following; the session grows on and the place stays.
    playback().seek(trace::EventId(10));
    EXPECT_FALSE(live().following());
    const std::uint32_t then = playback().event_count();
    ASSERT_TRUE(await([&] { return playback().event_count() > then + 50; }));
    EXPECT_EQ(playback().position(), trace::EventId(10));
    // A filter holds for what comes.
    EXPECT_EQ(playback().filter().set_expression(QStringLiteral("kind:conversion")), QString());
    const int rows = window_.event_model().rowCount();
    ASSERT_TRUE(await([&] { return window_.event_model().rowCount() > rows; }));
    for (int row = 0; row < window_.event_model().rowCount(); ++row)
        ASSERT_EQ(playback().trace()->event(window_.event_model().event_at(row)).kind, trace::EventKind::conversion);
    playback().filter().clear();
    // Paused: the picture stands, the recording does not.
    live().pause_view(true);
    const std::uint32_t held = playback().event_count();
    const auto recorded = [&] { return live().state_of(live().attached())->events; };
    ASSERT_TRUE(await([&] { return recorded() > held + 100; }));
    EXPECT_EQ(playback().event_count(), held);
    EXPECT_FALSE(live().growing());
    live().pause_view(false);
    EXPECT_TRUE(live().following());
    ASSERT_TRUE(await([&] { return playback().event_count() > held + 100; }));
    cancel_ = true;
    producer.join();
    ASSERT_TRUE(await([&] { return live().ended(live().attached()) && !live().growing(); }));
    EXPECT_EQ(trace::integrity_problem(*playback().trace()).value_or(""), "");
}

// Paints rows and counts them.
class CountingDelegate : public EventRowDelegate {
public:
    using EventRowDelegate::EventRowDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        ++cells;
        EventRowDelegate::paint(painter, option, index);
    }
    mutable std::uint64_t cells = 0;
};

class PaintCount : public QObject {
public:
    explicit PaintCount(QWidget* watched) : QObject(watched) { watched->installEventFilter(this); }
    bool eventFilter(QObject*, QEvent* event) override {
        paints += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
    std::uint64_t paints = 0;
};

// However fast it streams, a frame costs what it shows: no bound here is one of time.
TEST_F(LiveWindowTest, AFrameCostsWhatItShowsAndNotWhatHasCome) {
    const trace::Trace original = long_trace(720);
    ASSERT_GT(original.size(), 100'000u);
    listen();
    live().attach_next();
    QTableView* table = window_.event_view()->table();
    CountingDelegate rows(window_.theme());
    table->setItemDelegate(&rows);
    const PaintCount paints(table->viewport());
    QSignalSpy moved(&playback(), &PlaybackModel::position_changed), opened(&playback(), &PlaybackModel::session_changed);
    QSignalSpy shown(&playback(), &PlaybackModel::shown_events_changed), filtered(&playback().filter(), &EventFilter::changed);
    QSignalSpy inserted(&window_.event_model(), &QAbstractItemModel::rowsInserted), reset(&window_.event_model(), &QAbstractItemModel::modelReset);
    QSignalSpy lens(&window_.lens_model(), &LensModel::picture_changed);
    std::thread producer = send(original, 50'000);
    ASSERT_TRUE(await([&] { return live().rowCount() == 1 && live().ended(live().number_at(0)) && playback().session() && !live().growing(); }));
    producer.join();
    EXPECT_EQ(window_.event_model().rowCount(), static_cast<int>(playback().event_count()));
    const int frames = static_cast<int>(moved.count());
    // One insertion a frame, at the end; the list begins anew only when another session is opened and when this one has ended.
    EXPECT_LE(inserted.count(), frames);
    EXPECT_LE(reset.count(), opened.count() + filtered.count());
    EXPECT_LE(filtered.count(), 2);
    EXPECT_LE(shown.count(), 2);
    // What is told in words and figures is told in turn.
    EXPECT_LE(lens.count(), opened.count() * 3 + frames / 5 + 3);
    // Only rows in sight are laid out.
    const int in_sight = table->viewport()->height() / table->verticalHeader()->defaultSectionSize() + 2;
    EXPECT_LE(rows.cells, paints.paints * static_cast<std::uint64_t>(in_sight * EventListModel::column_count));
    EXPECT_GT(rows.cells, 0u);
    table->setItemDelegate(nullptr);
}

TEST_F(LiveWindowTest, WhatIsToldInTurnIsToldWhenTheStreamRests) {
    const trace::Trace original = long_trace(40);
    listen();
    live().attach_next();
    std::thread producer = send(original, 2000);
    ASSERT_TRUE(await([&] { return playback().session() && live().following() && playback().event_count() > 200; }));
    EXPECT_TRUE(playback().follows_stream());
    live().control(live().attached(), chimney_wire_pause);
    ASSERT_TRUE(await([&] { return live().state_of(live().attached())->producer_state == chimney_wire_paused; }));
    // Nothing moves any more, and still everybody hears of the newest event.
    const auto told = [&] {
        return window_.narration()->whole_text().contains(QStringLiteral("event %1 of %2,").arg(playback().position().value).arg(playback().event_count() - 1));
    };
    EXPECT_TRUE(await([&] { return playback().event_count() == live().state_of(live().attached())->events && told(); }));
    cancel_ = true;
    live().control(live().attached(), chimney_wire_stop);
    producer.join();
}

TEST_F(LiveWindowTest, ALongSessionGoesOnInTheNextWindow) {
    const trace::Trace original = long_trace(1500);
    ASSERT_GT(original.size(), LiveSessions::window_events);
    listen();
    live().attach_next();
    std::thread producer = send(original, 100'000);
    ASSERT_TRUE(await([&] { return live().rowCount() == 1 && live().ended(live().number_at(0)) && playback().session() && !live().growing(); }));
    producer.join();
    EXPECT_EQ(live().state_of(live().attached())->events, original.size());
    EXPECT_LT(playback().event_count(), LiveSessions::window_events);
    EXPECT_EQ(window_.event_model().rowCount(), static_cast<int>(playback().event_count()));
    EXPECT_EQ(trace::integrity_problem(*playback().trace()).value_or(""), "");
    EXPECT_EQ(playback().position().value, playback().event_count() - 1) << "followed to the end";
    EXPECT_EQ(playback().session()->timeline->size(), playback().event_count());
    EXPECT_FALSE(live().window_text().isEmpty());
}

TEST(GrowingIndex, IsWhatOneWalkOverTheWholeGives) {
    const trace::Trace original = long_trace(20, true);
    LiveWindow window(1'000'000);
    window.describe(original.description(), {original.layers().begin(), original.layers().end()});
    auto session = std::make_shared<Session>();
    session->trace = window.trace();
    GrowingIndex index(session);
    for (const session::Part& part : parts_of(original, 23)) {
        window.take(part);
        index.extend();
        index.show_frames();
        Session whole;
        whole.trace = window.trace();
        index_for_views(whole);
        ASSERT_EQ(session->deepest, whole.deepest);
        ASSERT_EQ(session->usually_shown->filtered, whole.usually_shown->filtered);
        ASSERT_EQ(session->usually_shown->shown, whole.usually_shown->shown);
        const std::uint32_t size = whole.timeline->size();
        ASSERT_EQ(session->timeline->size(), size);
        for (std::uint32_t first = 0; first < size; first += 1 + size / 7)
            for (std::uint32_t last = first; last <= size; last += 1 + size / 5) {
                const auto grown = session->timeline->most_telling(first, last), walked = whole.timeline->most_telling(first, last);
                ASSERT_EQ(grown.event, walked.event);
                ASSERT_EQ(grown.weight, walked.weight);
            }
    }
    EXPECT_EQ(index.looked_at(), original.size()) << "each event once";
}

TEST(DelayFigure, CountsEveryEventOnce) {
    DelayFigure figure;
    EXPECT_EQ(figure.within(0.99), 0);
    figure.add(10.2, 990);
    figure.add(80.0, 10);
    EXPECT_EQ(figure.events(), 1000u);
    EXPECT_EQ(figure.within(0.99), 10.5);
    EXPECT_EQ(figure.within(0.995), 80.5);
    EXPECT_EQ(figure.worst(), 80.0);
    figure.add(5000, 1000);
    EXPECT_EQ(figure.within(0.99), 5000.0) << "beyond the last step: the worst that was seen";
    DelayFigure other;
    other.add(1, 8000);
    other.add(figure);
    EXPECT_EQ(other.events(), 10'000u);
    EXPECT_EQ(other.within(0.5), 1.5);
}

TEST_F(LiveWindowTest, TheTransportHoldsAndStepsAProducer) {
    const trace::Trace original = long_trace(40);
    listen();
    live().attach_next();
    std::thread producer = send(original, 500);
    ASSERT_TRUE(await([&] { return playback().session() && playback().event_count() > 20; }));
    QTest::mouseClick(window_.live_bar()->hold_button(), Qt::LeftButton);
    const auto state = [&] { return live().state_of(live().attached()); };
    ASSERT_TRUE(await([&] { return state()->producer_state == chimney_wire_paused; }));
    QTest::qWait(200);
    const auto events = state()->events;
    QTest::mouseClick(window_.live_bar()->step_button(), Qt::LeftButton);
    ASSERT_TRUE(await([&] { return state()->events == events + 1; }));
    ASSERT_TRUE(await([&] { return playback().event_count() == events + 1; }));
    QTest::mouseClick(window_.live_bar()->stop_button(), Qt::LeftButton);
    ASSERT_TRUE(await([&] { return live().ended(live().attached()); }));
    producer.join();
    EXPECT_EQ(live().state_of(live().attached())->reason, chimney_wire_stopped);
}

TEST_F(LiveWindowTest, WhatIsPressedTwiceIsDoneOnce) {
    const trace::Trace original = long_trace(200);
    listen();
    std::thread producer = send(original, 2000);
    ASSERT_TRUE(await([&] { return live().rowCount() == 1; }));
    const std::uint32_t number = live().number_at(0);
    for (int i = 0; i < 3; ++i) {
        live().attach(number);
        live().attach(number);
        ASSERT_TRUE(await([&] { return playback().session() && live().growing() && live().following(); }));
        LiveBar* bar = window_.live_bar();
        ASSERT_TRUE(bar->isVisible());
        for (int press = 0; press < 2; ++press) QTest::mouseClick(bar->pause_button(), Qt::LeftButton);  // holds, and goes on
        EXPECT_FALSE(live().view_paused());
        EXPECT_TRUE(live().following());
        for (int press = 0; press < 3; ++press) QTest::mouseClick(bar->follow_button(), Qt::LeftButton);
        EXPECT_FALSE(live().following());
        QTest::mouseClick(bar->follow_button(), Qt::LeftButton);
        EXPECT_TRUE(live().following());
        const std::uint32_t then = playback().event_count();
        ASSERT_TRUE(await([&] { return playback().event_count() > then + 20; })) << "it still comes";
        live().detach();
        live().detach();
        EXPECT_FALSE(live().growing());
        EXPECT_FALSE(playback().follows_stream());
        EXPECT_FALSE(bar->isVisible());
        EXPECT_EQ(trace::integrity_problem(*playback().trace()).value_or(""), "");
    }
    cancel_ = true;
    producer.join();
    ASSERT_TRUE(await([&] { return live().ended(number); }));
}

TEST_F(LiveWindowTest, WhatCameIsKeptWhenTheWindowIsClosedWhileItStreams) {
    const trace::Trace original = long_trace(200);
    auto window = std::make_unique<MainWindow>(testing::synthetic_source(), nullptr);
    LiveSessions& its = window->live_sessions();
    its.set_folder(folder_.path());
    window->show();
    ASSERT_EQ(its.listen(QStringLiteral("tcp:127.0.0.1:0")), QString());
    its.attach_next();
    bridge::ReplayOptions options;
    options.endpoint = std::get<bridge::Endpoint>(bridge::parse_endpoint(its.endpoint().toStdString()));
    options.events_per_second = 5000;
    options.cancel = &cancel_;
    std::thread producer([&original, options] { (void)bridge::replay(original, options); });
    ASSERT_TRUE(await([&] { return window->playback().session() && its.following() && window->playback().event_count() > 500; }));
    const auto seen = window->playback().event_count();
    const std::string file = its.file_of(its.attached()).toStdString();
    window->close();
    window.reset();
    cancel_ = true;
    producer.join();
    const auto loaded = session::load(file);
    ASSERT_TRUE(std::holds_alternative<trace::Trace>(loaded));
    EXPECT_GE(std::get<trace::Trace>(loaded).size(), seen) << "what was seen is in the file";
    EXPECT_EQ(trace::integrity_problem(std::get<trace::Trace>(loaded)).value_or(""), "");
}

TEST_F(LiveWindowTest, ListeningSaysWhatIsWrong) {
    LiveView& view = *window_.live_view();
    picture(QStringLiteral("empty"), "live");
    picture(QStringLiteral("driver-empty"), "driver");
    view.endpoint()->setText(QStringLiteral("here"));
    QTest::mouseClick(view.listen(), Qt::LeftButton);
    EXPECT_FALSE(live().listening());
    EXPECT_TRUE(view.word()->text().contains(QStringLiteral("tcp:"))) << view.word()->text().toStdString();
    view.endpoint()->setText(QStringLiteral("tcp:0.0.0.0:0"));
    EXPECT_TRUE(view.token()->isVisibleTo(&view)) << "beyond this computer a token is needed";
    QTest::mouseClick(view.listen(), Qt::LeftButton);
    EXPECT_FALSE(live().listening());
    view.endpoint()->setText(QStringLiteral("tcp:127.0.0.1:0"));
    QTest::mouseClick(view.listen(), Qt::LeftButton);
    EXPECT_TRUE(live().listening());
    QTest::mouseClick(view.listen(), Qt::LeftButton);
    EXPECT_FALSE(live().listening());
}

TEST(CompilerLines, LeadToTheirPlace) {
    const BuildMessage error = read_compiler_line(QStringLiteral("/home/me/demo/call_entry.c:140:5: error: expected ';' before '}' token"), QStringLiteral("/home/me/demo"));
    EXPECT_EQ(error.kind, BuildMessage::Kind::error);
    EXPECT_EQ(error.file, QStringLiteral("/home/me/demo/call_entry.c"));
    EXPECT_EQ(error.line, 140);
    const BuildMessage relative = read_compiler_line(QStringLiteral("binding.c:7: warning: unused"), QStringLiteral("/d"));
    EXPECT_EQ(relative.kind, BuildMessage::Kind::warning);
    EXPECT_EQ(relative.file, QStringLiteral("/d/binding.c"));
    EXPECT_EQ(relative.line, 7);
    EXPECT_EQ(read_compiler_line(QStringLiteral("[ 50%] Building C object"), {}).file, QString());
}

}  // namespace
}  // namespace chimneylab::desktop
