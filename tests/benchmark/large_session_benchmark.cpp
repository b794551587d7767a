// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A session of ten million events: recording it, opening it to a first complete picture, any event with the bytes of its
// region, a filter over everything, and the memory of a process that does all of this and nothing else; then, each in a process
// of its own, what the views need beside that (the history) and judging it. Names ending in _cpu are processor time, of all
// threads, which a busy machine does not spoil; the others are the clock on the wall.
#include <benchmark/benchmark.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <random>

#include "engine/session/session.h"
#include "engine/trace/cursor.h"
#include "engine/trace/filter.h"
#include "engine/trace/history.h"
#include "engine/verifier/verifier.h"
#include "tests/benchmark/comparison.h"
#include "tests/benchmark/large_session.h"

namespace chimneylab {
namespace {

constexpr std::uint64_t ten_million = 10'000'000;

enum Figure : std::size_t {
    record_s,
    record_cpu,
    open_s,
    open_cpu,
    seek_p50_ms,
    seek_p99_ms,
    seek_p99_cpu_ms,
    filter_s,
    filter_cpu,
    filter_found,
    work_s,
    work_cpu,
    memory_mb,
    events,
    figures
};
using Figures = std::array<double, figures>;

double since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double processor_s() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double peak_memory_mb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    return 0;
}

// In a process of its own, so that its memory is its own.
template <typename Work>
Figures apart(Work work) {
    int ends[2];
    Figures found{};
    if (::pipe(ends) != 0) return found;
    const pid_t child = ::fork();
    if (child == 0) {
        work(found);
        found[memory_mb] = peak_memory_mb();
        const bool told = ::write(ends[1], found.data(), sizeof found) == sizeof found;
        ::_exit(told ? 0 : 1);
    }
    ::close(ends[1]);
    if (::read(ends[0], found.data(), sizeof found) != sizeof found) found = {};
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return found;
}

void use(const std::filesystem::path& file, Figures& found) {
    auto start = std::chrono::steady_clock::now();
    double start_cpu = processor_s();
    auto made = session::open(file);
    if (!std::holds_alternative<session::Opened>(made)) return;
    const session::Opened& opened = std::get<session::Opened>(made);
    const trace::Trace& trace = opened.trace;
    // The first picture: the whole time line at two points a pixel, and the first screen of events.
    const auto level = opened.overview.level(opened.overview.level_for(static_cast<std::uint32_t>(trace.size()), 2000));
    std::uint64_t drawn = 0;
    for (const trace::Bucket& each : level) drawn += each.calls + each.findings;
    for (std::uint32_t i = 0; i < 60; ++i) drawn += trace.text(trace.event(trace::EventId(i)).name).size();
    benchmark::DoNotOptimize(drawn);
    found[open_s] = since(start);
    found[open_cpu] = processor_s() - start_cpu;
    found[events] = static_cast<double>(trace.size());

    std::mt19937 random(1);
    std::vector<double> seeks, seeks_cpu;
    trace::Cursor cursor(trace);
    for (int i = 0; i < 1000; ++i) {
        start = std::chrono::steady_clock::now();
        start_cpu = processor_s();
        cursor.seek(trace::EventId(static_cast<std::uint32_t>(random() % trace.size())));
        const trace::Event& event = trace.event(cursor.position());
        if (event.region.valid()) benchmark::DoNotOptimize(cursor.bytes(event.region).size());
        benchmark::DoNotOptimize(cursor.open_calls().size());
        seeks.push_back(since(start) * 1000);
        seeks_cpu.push_back((processor_s() - start_cpu) * 1000);
    }
    std::ranges::sort(seeks);
    std::ranges::sort(seeks_cpu);
    found[seek_p99_cpu_ms] = seeks_cpu[seeks_cpu.size() * 99 / 100];
    found[seek_p50_ms] = seeks[seeks.size() / 2];
    found[seek_p99_ms] = seeks[seeks.size() * 99 / 100];

    const auto filter = std::get<trace::Filter>(trace::Filter::compile("kind:conversion layer:im1"));
    start = std::chrono::steady_clock::now();
    start_cpu = processor_s();
    std::uint64_t passed = 0;
    for (std::uint32_t i = 0; i < trace.size(); ++i) passed += filter.matches(trace, trace::EventId(i)) ? 1 : 0;
    found[filter_s] = since(start);
    found[filter_cpu] = processor_s() - start_cpu;
    found[filter_found] = static_cast<double>(passed);
}

// The whole session opened and given to somebody who walks through it.
template <typename Walk>
void walk_through(const std::filesystem::path& file, Figures& found, Walk walk) {
    auto made = session::open(file);
    if (!std::holds_alternative<session::Opened>(made)) return;
    const trace::Trace& trace = std::get<session::Opened>(made).trace;
    const auto start = std::chrono::steady_clock::now();
    const double start_cpu = processor_s();
    walk(trace);
    found[work_s] = since(start);
    found[work_cpu] = processor_s() - start_cpu;
    found[events] = static_cast<double>(trace.size());
}

void ten_million_events(benchmark::State& state) {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("chimneylab-" + std::to_string(getpid()) + "-large.chimney");
    for (auto _ : state) {
        const Figures recorded = apart([&](Figures& found) {
            std::uint64_t count = 0;
            const double start_cpu = processor_s();
            found[record_s] = benchmark_support::record_large_run(file, ten_million, count);
            found[record_cpu] = processor_s() - start_cpu;
            found[events] = static_cast<double>(count);
        });
        const Figures used = apart([&](Figures& found) { use(file, found); });
        const Figures told = apart([&](Figures& found) {
            walk_through(file, found, [](const trace::Trace& trace) {
                const trace::History history(trace);
                benchmark::DoNotOptimize(history.operations().size());
            });
        });
        const Figures judged = apart([&](Figures& found) {
            walk_through(file, found, [](const trace::Trace& trace) { benchmark::DoNotOptimize(verifier::verify(trace).size()); });
        });
        std::error_code error;
        const auto size = static_cast<double>(std::filesystem::file_size(file, error));
        if (used[events] != recorded[events] || used[events] == 0) {
            state.SkipWithError("the session could not be recorded or read");
            break;
        }
        using benchmark_support::compare_also;
        const double count = recorded[events];
        // Five million a second are 200 ns each.
        compare_also(state, "record_an_event", recorded[record_s] * 1e9 / count, 200, 1.0, "ns");
        compare_also(state, "record_an_event_cpu", recorded[record_cpu] * 1e9 / count, 200, 0, "ns");
        compare_also(state, "record_memory", recorded[memory_mb], 500, 1.0, "MB");
        compare_also(state, "on_disk_an_event", size / count, 48, 1.0, "B");
        compare_also(state, "open_to_first_picture", used[open_s] * 1000, 500, 1.0, "ms");
        compare_also(state, "open_cpu", used[open_cpu] * 1000, 500, 0, "ms");
        compare_also(state, "any_event_p50", used[seek_p50_ms], 16, 1.0, "ms");
        compare_also(state, "any_event_p99", used[seek_p99_ms], 16, 1.0, "ms");
        compare_also(state, "filter_everything", used[filter_s] * 1000, 1000, 1.0, "ms");
        compare_also(state, "filter_cpu", used[filter_cpu] * 1000, 1000, 0, "ms");
        compare_also(state, "memory", used[memory_mb], 500, 1.0, "MB");
        compare_also(state, "history", told[work_s] * 1000, used[filter_s] * 1000, 0, "ms");
        compare_also(state, "history_cpu", told[work_cpu] * 1000, used[filter_cpu] * 1000, 0, "ms");
        compare_also(state, "history_memory", told[memory_mb], 500, 1.0, "MB");
        compare_also(state, "judging", judged[work_s] * 1000, used[filter_s] * 1000, 0, "ms");
        compare_also(state, "judging_cpu", judged[work_cpu] * 1000, used[filter_cpu] * 1000, 0, "ms");
        compare_also(state, "judging_memory", judged[memory_mb], 500, 1.0, "MB");
    }
    std::error_code error;
    std::filesystem::remove(file, error);
}
BENCHMARK(ten_million_events)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace chimneylab
