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

#include "app/desktop/event_list/event_list_view.h"
#include "app/desktop/lens/lens_view.h"
#include "app/desktop/sequence/sequence_pane.h"
#include "app/desktop/stage/stage_view.h"
#include "app/desktop/state_tree/state_tree_pane.h"
#include "app/desktop/transport/scrubber.h"
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

// The farthest way: from one end to the middle of a million events.
void desktop_jump(benchmark::State& state) {
    Bench& b = bench();
    Scrubber view(b.playback, b.theme);
    b.shown(&view);
    view.resize(1920, 56);
    const auto size = static_cast<std::uint32_t>(b.session->trace->size());
    measure_frames(state, view, [&](int i) { b.playback.seek(trace::EventId(i % 2 == 0 ? size / 2 : i % 4 == 1 ? size - 1 : 0)); });
}
BENCHMARK(desktop_jump)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chimneylab::desktop
