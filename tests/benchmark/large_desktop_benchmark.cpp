// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Frames over ten million events: a session on disk, opened as the window opens it. The time line as one pans and zooms it, by
// layers (waterfall) and as a whole (scrubber), the sequence diagram and the event list as they are scrolled, the stage as it
// moves. Goal as for the shorter sessions: 99 of 100 frames within a sixtieth of a second of processor time, at 1920 × 1080
// with software rendering.
#include <benchmark/benchmark.h>

#include <QScrollBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "app/desktop/charts/time_panes.h"
#include "app/desktop/event_list/event_list_view.h"
#include "app/desktop/sequence/sequence_pane.h"
#include "app/desktop/stage/stage_view.h"
#include "app/desktop/transport/scrubber.h"
#include "engine/session/session.h"
#include "tests/benchmark/comparison.h"
#include "tests/benchmark/desktop_frames.h"
#include "tests/benchmark/large_session.h"

namespace chimneylab::desktop {
namespace {

constexpr std::uint64_t ten_million = 10'000'000;

void desktop_ten_million(benchmark::State& state) {
    prepare_application();
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath(QStringLiteral("large.chimney")).toStdString();
    std::uint64_t recorded = 0;
    benchmark_support::record_large_run(file, ten_million, recorded);
    auto opened = session::open(file);
    if (!folder.isValid() || !std::holds_alternative<session::Opened>(opened)) {
        state.SkipWithError("the session could not be written");
        return;
    }
    const SessionPointer session = make_session(std::make_shared<const trace::Trace>(std::move(std::get<session::Opened>(opened).trace)), {}, {}, {}, {});
    const auto size = static_cast<std::uint32_t>(session->trace->size());
    Theme theme;
    theme.choose(Theme::Choice::light);
    PlaybackModel playback;
    StageModel stage_model(playback);
    EventListModel events(playback);
    SequenceModel sequence_model(playback, events);
    TimingModel timing(playback);
    playback.open(session);
    playback.seek(trace::EventId(size / 2));
    const auto shown = [&](QWidget& view, QSize room) {
        view.setPalette(theme.palette());
        view.setStyleSheet(theme.style_sheet());
        view.resize(room);
        view.show();
        for (int i = 0; i < 3; ++i) QCoreApplication::processEvents();
    };
    constexpr QSize whole(1920, 1080);
    (void)QTest::qWaitFor([&] { return !sequence_model.indexing(); }, 300'000);
    for (auto _ : state) {
        const auto row = [&](const std::string& name, const FrameTimes& times) { benchmark_support::compare_also(state, name, times.worst, frame_milliseconds, 1, "ms"); };
        {
            StageView view(playback, stage_model, theme);
            shown(view, whole);
            row("stage_animation", frame_times(view, [&](int i) {
                if (i % 12 == 0) playback.step(i % 36 == 0 ? trace::Landmark::conversion : trace::Landmark::call, 1);
                view.advance(16.7);
            }));
        }
        {
            Scrubber view(playback, theme);
            shown(view, {1920, 56});
            row("scrub", frame_times(view, [&](int i) { playback.seek(trace::EventId(size / 2 + static_cast<std::uint32_t>(i) * 97)); }));
            row("resize_time_line", frame_times(view, [&](int i) { view.resize(1200 + i * 17 % 720, 56); }));
        }
        {
            SequencePane pane(playback, sequence_model, theme);
            shown(pane, whole);
            QScrollBar* const bar = pane.view()->verticalScrollBar();
            row("sequence_scroll", frame_times(pane, [&](int i) { bar->setValue(i % 50 == 0 ? bar->maximum() / 10 * (i / 50 % 10) : bar->value() + 61); }));
            pane.view()->show_whole();
            row("sequence_zoom", frame_times(pane, [&](int i) { pane.view()->zoom(i / 100 % 2 == 0 ? 1.12 : 1 / 1.12); }));
        }
        {
            EventListView view(playback, events, theme);
            shown(view, whole);
            QScrollBar* const bar = view.table()->verticalScrollBar();
            row("event_list_scroll", frame_times(view, [&](int i) { bar->setValue(i % 50 == 0 ? bar->maximum() / 10 * (i / 50 % 10) : bar->value() + 61); }));
        }
        timing.require();
        (void)QTest::qWaitFor([&] { return timing.timing() != nullptr; }, 600'000);
        // From the whole run down to a thousandth and back, and along it in between.
        const auto move = [&](int i) {
            const TimeSpan span = timing.visible();
            if (i % 4 == 3) timing.show_span({span.from + 0.03 * span.length(), span.to + 0.03 * span.length()});
            else timing.zoom(i / 100 % 2 == 0 ? 1 / 1.1 : 1.1, span.from + 0.4 * span.length());
        };
        {
            WaterfallPane pane(playback, timing, theme);
            shown(pane, whole);
            timing.show_whole();
            row("waterfall_pan", frame_times(pane, move));
        }
        {
            EntryMapPane pane(playback, timing, theme);
            shown(pane, whole);
            timing.show_whole();
            row("entry_map_pan", frame_times(pane, move));
            pane.view()->fit_rows(true);
            row("entry_map_fitted_pan", frame_times(pane, move));
        }
    }
    state.counters["events"] = size;
}
BENCHMARK(desktop_ten_million)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chimneylab::desktop
