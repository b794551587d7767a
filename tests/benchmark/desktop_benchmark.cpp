// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Frames: how long a view takes from a tick, a turn of the wheel or a step to the finished picture, at 1920 × 1080 with
// software rendering, over a session of a million events. Goal: 99 of 100 frames within a sixtieth of a second.
// Processor time of the GUI thread, so that a busy machine does not spoil the figures.
#include <benchmark/benchmark.h>

#include <QScrollBar>
#include <QTableView>
#include <QTest>
#include <algorithm>

#include "app/desktop/event_list/event_list_view.h"
#include "app/desktop/lens/lens_view.h"
#include "app/desktop/models/call_entry_model.h"
#include "app/desktop/models/event_search.h"
#include "app/desktop/models/finding_model.h"
#include "app/desktop/models/handle_chain_model.h"
#include "app/desktop/models/hex_model.h"
#include "app/desktop/models/member_model.h"
#include "app/desktop/narration/narration_view.h"
#include "app/desktop/sequence/sequence_pane.h"
#include "app/desktop/stage/stage_view.h"
#include "app/desktop/state_tree/state_tree_pane.h"
#include "app/desktop/transport/scrubber.h"
#include "tests/benchmark/baseline.h"
#include "tests/benchmark/comparison.h"
#include "tests/benchmark/desktop_frames.h"

namespace chimneylab::desktop {
namespace {

// The views as a window holds them, each as large as the screen, over one long session.
struct Bench {
    Bench() {
        session = long_session();
        theme.choose(Theme::Choice::light);
        stage_model = std::make_unique<StageModel>(playback);
        events = std::make_unique<EventListModel>(playback);
        lens_model = std::make_unique<LensModel>(playback);
        sequence_model = std::make_unique<SequenceModel>(playback, *events);
        playback.open(session);
        playback.seek(trace::EventId(static_cast<std::uint32_t>(session->trace->size() / 2)));
        (void)QTest::qWaitFor([this] { return !sequence_model->indexing(); }, 60'000);
    }
    template <typename View>
    View* shown(View* view) {
        view->setPalette(theme.palette());
        view->setStyleSheet(theme.style_sheet());
        view->resize(1920, 1080);
        view->show();
        QCoreApplication::processEvents();
        return view;
    }
    Theme theme;
    PlaybackModel playback;
    SessionPointer session;
    std::unique_ptr<StageModel> stage_model;
    std::unique_ptr<EventListModel> events;
    std::unique_ptr<LensModel> lens_model;
    std::unique_ptr<SequenceModel> sequence_model;
};

Bench& bench() {
    prepare_application();
    static Bench one;
    return one;
}

void desktop_stage_animation(benchmark::State& state) {
    Bench& b = bench();
    StageView view(b.playback, *b.stage_model, b.theme);
    b.shown(&view);
    measure_frames(state, view, [&](int i) {
        // A step every twelve frames, moving in between.
        if (i % 12 == 0) b.playback.step(i % 36 == 0 ? trace::Landmark::conversion : trace::Landmark::call, 1);
        view.advance(16.7);
    });
}
BENCHMARK(desktop_stage_animation)->Iterations(1)->Unit(benchmark::kMillisecond);

void desktop_lens_animation(benchmark::State& state) {
    Bench& b = bench();
    LensView view(b.playback, *b.lens_model, b.theme);
    b.shown(&view);
    measure_frames(state, view, [&](int i) {
        if (i % 30 == 0) b.playback.step(trace::Landmark::conversion, 1);
        view.advance(16.7);
    });
}
BENCHMARK(desktop_lens_animation)->Iterations(1)->Unit(benchmark::kMillisecond);

void desktop_sequence_scroll(benchmark::State& state) {
    Bench& b = bench();
    SequencePane pane(b.playback, *b.sequence_model, b.theme);
    b.shown(&pane);
    QScrollBar* bar = pane.view()->verticalScrollBar();
    measure_frames(state, pane, [&](int i) { bar->setValue(i % 50 == 0 ? bar->maximum() / 10 * (i / 50 % 10) : bar->value() + 61); });
}
BENCHMARK(desktop_sequence_scroll)->Iterations(1)->Unit(benchmark::kMillisecond);

void desktop_sequence_zoom(benchmark::State& state) {
    Bench& b = bench();
    SequencePane pane(b.playback, *b.sequence_model, b.theme);
    b.shown(&pane);
    pane.view()->show_whole();
    // From the whole run to single rows and back, and again.
    measure_frames(state, pane, [&](int i) { pane.view()->zoom(i / 100 % 2 == 0 ? 1.12 : 1 / 1.12); });
}
BENCHMARK(desktop_sequence_zoom)->Iterations(1)->Unit(benchmark::kMillisecond);

void desktop_sequence_zoom_by_time(benchmark::State& state) {
    Bench& b = bench();
    SequencePane pane(b.playback, *b.sequence_model, b.theme);
    b.shown(&pane);
    pane.view()->set_by_time(true);
    pane.view()->show_whole();
    measure_frames(state, pane, [&](int i) { pane.view()->zoom(i / 150 % 2 == 0 ? 1.1 : 1 / 1.1); });
}
BENCHMARK(desktop_sequence_zoom_by_time)->Iterations(1)->Unit(benchmark::kMillisecond);

void desktop_event_list_scroll(benchmark::State& state) {
    Bench& b = bench();
    EventListView view(b.playback, *b.events, b.theme);
    b.shown(&view);
    QScrollBar* bar = view.table()->verticalScrollBar();
    measure_frames(state, view, [&](int i) { bar->setValue(i % 50 == 0 ? bar->maximum() / 10 * (i / 50 % 10) : bar->value() + 61); });
}
BENCHMARK(desktop_event_list_scroll)->Iterations(1)->Unit(benchmark::kMillisecond);

// Stepping with every view open: what a person feels who holds an arrow key down. The stage is rendered, all follow.
void desktop_step(benchmark::State& state) {
    Bench& b = bench();
    StageView stage(b.playback, *b.stage_model, b.theme);
    EventListView list(b.playback, *b.events, b.theme);
    SequencePane sequence(b.playback, *b.sequence_model, b.theme);
    StateTreePane trees(b.playback, b.theme);
    b.shown(&stage);
    measure_frames(state, stage, [&](int) { b.playback.step(trace::Landmark::event, 1); });
}
BENCHMARK(desktop_step)->Iterations(1)->Unit(benchmark::kMillisecond);

void desktop_scrub(benchmark::State& state) {
    Bench& b = bench();
    Scrubber view(b.playback, b.theme);
    b.shown(&view);
    view.resize(1920, 56);
    const auto half = static_cast<std::uint32_t>(b.session->trace->size() / 2);
    measure_frames(state, view, [&](int i) { b.playback.seek(trace::EventId(half + static_cast<std::uint32_t>(i) * 97)); });
}
BENCHMARK(desktop_scrub)->Iterations(1)->Unit(benchmark::kMillisecond);

// Jumps all over a million events, with every view open, as a click into the time line or a finding makes them.
void desktop_jump(benchmark::State& state) {
    Bench& b = bench();
    Scrubber view(b.playback, b.theme);
    StageView stage(b.playback, *b.stage_model, b.theme);
    LensView lens(b.playback, *b.lens_model, b.theme);
    EventListView list(b.playback, *b.events, b.theme);
    SequencePane sequence(b.playback, *b.sequence_model, b.theme);
    StateTreePane trees(b.playback, b.theme);
    NarrationView narration(b.playback, b.theme);
    b.shown(&view);
    b.shown(&stage);
    view.resize(1920, 56);
    (void)QTest::qWaitFor([] { return false; }, 300);  // the state trees read the run beside the window
    const std::uint64_t size = b.session->trace->size();
    measure_frames(state, stage, [&](int i) { b.playback.seek(trace::EventId(static_cast<std::uint32_t>(static_cast<std::uint64_t>(i) * 618'033'989 % size))); });
}
BENCHMARK(desktop_jump)->Iterations(1)->Unit(benchmark::kMillisecond);

// The cursor alone: from one end to the middle, the other end and back.
void desktop_jump_end_to_end(benchmark::State& state) {
    Bench& b = bench();
    Scrubber view(b.playback, b.theme);
    b.shown(&view);
    view.resize(1920, 56);
    const auto size = static_cast<std::uint32_t>(b.session->trace->size());
    measure_frames(state, view, [&](int i) { b.playback.seek(trace::EventId(i % 2 == 0 ? size / 2 : i % 4 == 1 ? size - 1 : 0)); });
}
BENCHMARK(desktop_jump_end_to_end)->Iterations(1)->Unit(benchmark::kMillisecond);

// The time line while the window changes its width: each width asks anew what every column of pixels holds.
void desktop_resize_time_line(benchmark::State& state) {
    Bench& b = bench();
    Scrubber view(b.playback, b.theme);
    b.shown(&view);
    measure_frames(state, view, [&](int i) { view.resize(1200 + i * 17 % 720, 56); });
}
BENCHMARK(desktop_resize_time_line)->Iterations(1)->Unit(benchmark::kMillisecond);

// Processor time of the longest stretch in which the window answers nobody, while `act` and what it sets going runs to
// its end; the worst of some rounds.
template <typename Act, typename Done>
void measure_stretches(benchmark::State& state, const Act& act, const Done& done) {
    double longest = 0;
    int rounds = 0;
    for (auto _ : state) {
        for (int round = 0; round < 12; ++round) {
            const auto stretch = [&](const auto& what) {
                const double start = benchmark_support::processor_time_ns();
                what();
                longest = std::max(longest, (benchmark_support::processor_time_ns() - start) / 1e6);
            };
            stretch([&] { act(round); });
            while (!done()) stretch([] { QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20); });
            stretch([] { QCoreApplication::processEvents(); });
            ++rounds;
        }
    }
    benchmark_support::compare(state, longest, frame_milliseconds, 1, "ms");
    state.counters["events"] = static_cast<double>(bench().session->trace->size());
}

// A filter over all events, asked for and taken back: it is worked out beside the window.
void desktop_filter(benchmark::State& state) {
    Bench& b = bench();
    EventListView view(b.playback, *b.events, b.theme);
    Scrubber line(b.playback, b.theme);
    b.shown(&view);
    measure_stretches(
        state,
        [&](int round) {
            const char* const expressions[] = {"kind:enter", "", "layer:im1", "name:*Complete*"};
            b.playback.filter().set_expression(QString::fromLatin1(expressions[round % 4]));
        },
        [&] { return !b.playback.filter().working() && !b.sequence_model->indexing(); });
    b.playback.filter().clear();
    (void)QTest::qWaitFor([&] { return !b.sequence_model->indexing(); }, 60'000);
}
BENCHMARK(desktop_filter)->Iterations(1)->Unit(benchmark::kMillisecond);

// Opening the session, which was read beside the window, with every view there is.
void desktop_open(benchmark::State& state) {
    Bench& b = bench();
    Scrubber line(b.playback, b.theme);
    EventListView list(b.playback, *b.events, b.theme);
    StateTreePane trees(b.playback, b.theme);
    NarrationView narration(b.playback, b.theme);
    MemberModel members(b.playback);
    HexModel bytes(b.playback);
    CallEntryModel entries(b.playback);
    HandleChainModel chain(b.playback);
    FindingModel findings(b.playback);
    b.shown(&list);
    line.resize(1920, 56);
    measure_stretches(
        state, [&](int round) { b.playback.open(round % 2 == 0 ? nullptr : b.session); }, [&] { return !b.sequence_model->indexing(); });
}
BENCHMARK(desktop_open)->Iterations(1)->Unit(benchmark::kMillisecond);

// A search through all events for what is not there.
void desktop_search(benchmark::State& state) {
    Bench& b = bench();
    EventSearch search;
    measure_stretches(
        state, [&](int) { search.start(b.session, std::get<trace::Filter>(trace::Filter::compile("name:NoSuchFunction")), trace::EventId(0), 1); },
        [&] { return !search.working(); });
}
BENCHMARK(desktop_search)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chimneylab::desktop
