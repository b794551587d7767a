// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Frames of the charts while one pans and zooms over a session of a million events, at 1920 × 1080 with software
// rendering; and how long their figures take to be worked out, which is done beside the window.
#include <QTest>

#include "app/desktop/charts/latency_pane.h"
#include "app/desktop/charts/load_pane.h"
#include "app/desktop/charts/time_panes.h"
#include "tests/benchmark/baseline.h"
#include "tests/benchmark/comparison.h"
#include "tests/benchmark/desktop_frames.h"

namespace chimneylab::desktop {
namespace {

struct Charts {
    Charts() {
        theme.choose(Theme::Choice::light);
        playback.open(long_session());
        playback.seek(trace::EventId(static_cast<std::uint32_t>(long_session()->trace->size() / 2)));
        timing.require();
        (void)QTest::qWaitFor([this] { return timing.timing() != nullptr; }, 120'000);
    }
    template <typename Pane>
    void show(Pane& pane) {
        pane.setPalette(theme.palette());
        pane.setStyleSheet(theme.style_sheet());
        pane.resize(1920, 1080);
        pane.show();
        for (int i = 0; i < 3; ++i) QCoreApplication::processEvents();
        timing.show_whole();
    }
    // From the whole run down to a thousandth and back, and along it in between.
    void move(int i) {
        const TimeSpan span = timing.visible();
        if (i % 4 == 3) timing.show_span({span.from + 0.03 * span.length(), span.to + 0.03 * span.length()});
        else timing.zoom(i / 100 % 2 == 0 ? 1 / 1.1 : 1.1, span.from + 0.4 * span.length());
    }
    Theme theme;
    PlaybackModel playback;
    TimingModel timing{playback};
};

Charts& charts() {
    prepare_application();
    static Charts one;
    return one;
}

void desktop_chart_latency_zoom(benchmark::State& state) {
    Charts& c = charts();
    LatencyPane pane(c.playback, c.timing, c.theme);
    c.show(pane);
    pane.show_subject(report::Subject::conversion);
    measure_frames(state, pane, [&](int i) { pane.view()->zoom(i / 60 % 2 == 0 ? 1 / 1.03 : 1.03, pane.view()->range().from + 0.4 * pane.view()->range().length()); });
}
BENCHMARK(desktop_chart_latency_zoom)->Iterations(1)->Unit(benchmark::kMillisecond);

void desktop_chart_percentiles_zoom(benchmark::State& state) {
    Charts& c = charts();
    LatencyPane pane(c.playback, c.timing, c.theme);
    c.show(pane);
    pane.show_percentiles(true);
    measure_frames(state, pane, [&](int i) { pane.view()->zoom(i / 60 % 2 == 0 ? 1 / 1.03 : 1.03, pane.view()->range().from + 0.4 * pane.view()->range().length()); });
}
BENCHMARK(desktop_chart_percentiles_zoom)->Iterations(1)->Unit(benchmark::kMillisecond);

void desktop_chart_occupancy_pan(benchmark::State& state) {
    Charts& c = charts();
    LoadPane pane(LoadView::Figure::occupancy, c.playback, c.timing, c.theme);
    c.show(pane);
    measure_frames(state, pane, [&](int i) { c.move(i); });
}
BENCHMARK(desktop_chart_occupancy_pan)->Iterations(1)->Unit(benchmark::kMillisecond);

void desktop_chart_throughput_pan(benchmark::State& state) {
    Charts& c = charts();
    LoadPane pane(LoadView::Figure::throughput, c.playback, c.timing, c.theme);
    c.show(pane);
    measure_frames(state, pane, [&](int i) { c.move(i); });
}
BENCHMARK(desktop_chart_throughput_pan)->Iterations(1)->Unit(benchmark::kMillisecond);

void desktop_chart_waterfall_pan(benchmark::State& state) {
    Charts& c = charts();
    WaterfallPane pane(c.playback, c.timing, c.theme);
    c.show(pane);
    measure_frames(state, pane, [&](int i) { c.move(i); });
}
BENCHMARK(desktop_chart_waterfall_pan)->Iterations(1)->Unit(benchmark::kMillisecond);

void desktop_chart_entry_map_pan(benchmark::State& state) {
    Charts& c = charts();
    EntryMapPane pane(c.playback, c.timing, c.theme);
    c.show(pane);
    pane.view()->fit_rows(true);
    measure_frames(state, pane, [&](int i) { c.move(i); });
}
BENCHMARK(desktop_chart_entry_map_pan)->Iterations(1)->Unit(benchmark::kMillisecond);

// All figures of a million events, against opening them (the history, without which there is nothing to show at all).
void desktop_chart_figures(benchmark::State& state) {
    const SessionPointer session = long_session();
    double figures = 0, history = 0;
    for (auto _ : state) {
        double start = benchmark_support::processor_time_ns();
        const trace::History again(*session->trace);
        history = (benchmark_support::processor_time_ns() - start) / 1e6;
        benchmark::DoNotOptimize(again.operations().size());
        start = benchmark_support::processor_time_ns();
        const TimingPointer made = make_timing(session, ClockKind::virtual_time);
        figures = (benchmark_support::processor_time_ns() - start) / 1e6;
        benchmark::DoNotOptimize(made.get());
    }
    benchmark_support::compare(state, figures, history, 1, "ms");
}
BENCHMARK(desktop_chart_figures)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chimneylab::desktop
