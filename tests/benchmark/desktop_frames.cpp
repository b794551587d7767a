// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmark/desktop_frames.h"

#include <QApplication>
#include <QImage>
#include <QPainter>
#include <QStyleFactory>
#include <algorithm>

#include "tests/benchmark/baseline.h"
#include "tests/benchmark/comparison.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {

namespace {
constexpr int frames = 400;
}  // namespace

void prepare_application() {
    static int count = 1;
    static char name[] = "chimneylab-benchmark";
    static char* arguments[] = {name, nullptr};
    static const bool prepared = [] {
        qputenv("QT_QPA_PLATFORM", "offscreen");
        if (qEnvironmentVariableIsEmpty("XDG_RUNTIME_DIR")) qputenv("XDG_RUNTIME_DIR", QByteArray("/tmp"));
        return true;
    }();
    (void)prepared;
    static QApplication application(count, arguments);
    static const bool styled = [] {
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
        return true;
    }();
    (void)styled;
}

SessionPointer long_session() {
    static const SessionPointer session = [] {
        trace::synthetic::Options options;
        options.intermediate_drivers = 2;
        using trace::OperationKind;
        options.operations = {OperationKind::initiate, OperationKind::query, OperationKind::update, OperationKind::invalidate, OperationKind::terminate};
        options.repeat = 1;
        const std::size_t once = trace::synthetic::make_trace(options).size();
        options.repeat = static_cast<unsigned>(1'050'000 / once);
        return testing::synthetic_session(options, QStringLiteral("A long run"));
    }();
    return session;
}

FrameTimes frame_times(QWidget& widget, const std::function<void(int)>& change) {
    QImage picture(1920, 1080, QImage::Format_ARGB32_Premultiplied);
    std::vector<double> times;
    for (int i = -20; i < frames; ++i) {  // the first ones fill caches of fonts and glyphs
        const double start = benchmark_support::processor_time_ns();
        change(i + 20);
        widget.render(&picture);
        if (i >= 0) times.push_back((benchmark_support::processor_time_ns() - start) / 1e6);
    }
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) { return times[std::min(times.size() - 1, static_cast<std::size_t>(share * static_cast<double>(times.size())))]; };
    return {at(0.5), at(0.99)};
}

void measure_frames(benchmark::State& state, QWidget& widget, const std::function<void(int)>& change) {
    FrameTimes times;
    for (auto _ : state) times = frame_times(widget, change);
    benchmark_support::compare(state, times.worst, frame_milliseconds, 1, "ms");
    state.counters["typical"] = times.typical;
    state.counters["events"] = static_cast<double>(long_session()->trace->size());
}

}  // namespace chimneylab::desktop
