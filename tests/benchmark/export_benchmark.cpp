// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What leaves the lab, and how fast: each format's time for one event of a trace of a hundred thousand. Goal: a million
// events in ten seconds. SVG and HTML draw a few pages, whatever the trace is, and are told for the whole file.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include "engine/report/exchange.h"
#include "tests/benchmark/baseline.h"
#include "tests/benchmark/comparison.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab {
namespace {

constexpr double goal_ns = 10'000;

trace::Trace hundred_thousand_events() {
    trace::synthetic::Options options;
    options.intermediate_drivers = 2;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
    options.repeat = 700;
    return trace::synthetic::make_trace(options);
}

void export_an_event(benchmark::State& state) {
    const trace::Trace trace = hundred_thousand_events();
    const trace::History history(trace);
    std::string pattern = (std::filesystem::temp_directory_path() / "chimneylab-export-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        state.SkipWithError("no temporary folder");
        return;
    }
    const std::filesystem::path folder = pattern;
    for (auto _ : state) {
        for (const std::string_view word : report::format_words()) {
            const std::filesystem::path file = folder / word;
            const double start = benchmark_support::processor_time_ns();
            if (const auto problem = report::export_to(history, *report::parse_format(word), file)) {
                state.SkipWithError(problem->what.c_str());
                break;
            }
            const double spent = benchmark_support::processor_time_ns() - start;
            if (word == "svg" || word == "html")
                benchmark_support::compare_also(state, std::string(word) + "_file", spent / 1e6, 1000, 1.0, "ms");
            else
                benchmark_support::compare_also(state, std::string(word), spent / static_cast<double>(trace.size()), goal_ns,
                                                1.0, "ns");
        }
    }
    std::error_code error;
    std::filesystem::remove_all(folder, error);
}
BENCHMARK(export_an_event)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace chimneylab
