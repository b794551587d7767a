// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "app/command_line/run_report.h"
#include "app/command_line/tell.h"
#include "app/command_line/trace_input.h"
#include "engine/report/statistics.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/text.h"

namespace chimneylab::command_line {

namespace {

using report::Clock;
using report::Series;
using report::Statistics;
using trace::duration_text;

Json number_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json as_json(const trace::History& history, const Series& series, const report::RecorderCost* cost) {
    const report::Distribution& times = series.times;
    Json histogram = Json::array(), outliers = Json::array();
    for (const report::Bucket& bucket : times.histogram())
        histogram.push_back({{"from", bucket.from}, {"to", bucket.to}, {"count", bucket.count}});
    for (const report::Sample& sample : times.outliers())
        outliers.push_back({{"event", sample.event.value}, {"ns", sample.value}});
    Json json{{"subject", to_text(series.subject)},
              {"name", series.name},
              {"kind", series.kind == trace::OperationKind::none ? Json(nullptr) : Json(trace::to_text(series.kind))},
              {"layer", series.layer == trace::machine_layer ? Json(nullptr) : Json(history.layer_name(series.layer))},
              {"driver", series.driver.empty() ? Json(nullptr) : Json(series.driver)},
              {"conversion",
               series.conversion == trace::ConversionKind::none ? Json(nullptr) : Json(trace::to_text(series.conversion))},
              {"count", times.count()},
              {"min", times.min()},
              {"median", times.median()},
              {"p90", times.percentile(90)},
              {"p99", times.percentile(99)},
              {"p99_9", times.percentile(99.9)},
              {"max", times.max()},
              {"mean", times.mean()},
              {"histogram", std::move(histogram)},
              {"outliers", std::move(outliers)}};
    const double events = static_cast<double>(series.events_within) / static_cast<double>(times.count());
    json["events_within"] = events;
    if (cost) json["recorder_ns"] = events * cost->per_event;
    return json;
}

Json as_json(const trace::History& history, const Statistics& all, const report::RecorderCost* cost) {
    Json series = Json::array(), occupancy = Json::array(), allocations = Json::array();
    for (const Series& each : all.series) series.push_back(as_json(history, each, cost));
    for (const report::Occupancy& each : all.occupancy) {
        occupancy.push_back({{"what", to_text(each.what)},
                             {"name", each.name},
                             {"taken", each.taken},
                             {"high_water", each.high_water},
                             {"high_water_event", each.high_water_at.valid() ? Json(each.high_water_at.value) : Json(nullptr)},
                             {"mean", each.mean},
                             {"overlapping_ns", each.overlapping},
                             {"at_end", each.at_end}});
    }
    for (const report::Allocations& each : all.allocations) {
        allocations.push_back({{"layer", each.name},
                               {"count", each.count},
                               {"freed", each.freed},
                               {"bytes", each.bytes},
                               {"per_second", number_or_null(each.per_second)}});
    }
    Json json{{"unit", "ns"},
              {"duration", all.duration},
              {"unfinished", all.unfinished},
              {"throughput",
               {{"operations", all.throughput.operations},
                {"blocks", all.throughput.blocks},
                {"time", all.throughput.time},
                {"operations_per_second", number_or_null(all.throughput.operations_per_second)},
                {"blocks_per_second", number_or_null(all.throughput.blocks_per_second)}}},
              {"series", std::move(series)},
              {"occupancy", std::move(occupancy)},
              {"allocations", std::move(allocations)}};
    if (cost) json["recorder"] = {{"ns_per_event", cost->per_event}, {"events_recorded_to_measure_it", cost->events}};
    return json;
}

// How the times spread, for series that have enough of them: a line for each bucket, its bar as long as its share.
void tell_histogram(const report::Distribution& times, Console& console) {
    constexpr std::size_t enough = 5, most_lines = 8, longest_bar = 32;
    if (times.count() < enough || times.min() == times.max()) return;
    const std::vector<report::Bucket> buckets = times.histogram(most_lines);
    std::size_t largest = 0;
    for (const report::Bucket& each : buckets) largest = std::max(largest, each.count);
    const auto right = [](const std::string& text) {
        return std::string(display_width(text) < 11 ? 11 - display_width(text) : 0, ' ') + text;
    };
    for (const report::Bucket& each : buckets) {
        // Eighths of a character, so that short bars still tell twice from once; what is there is always seen.
        static constexpr std::string_view eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
        const std::size_t length = each.count == 0 ? 0 : std::max<std::size_t>(1, each.count * longest_bar * 8 / largest);
        std::string bar;
        for (std::size_t i = 0; i < length / 8; ++i) bar += "█";
        bar += eighths[length % 8];
        const std::string from = right(duration_text(each.from)), to = right(duration_text(each.to));
        console.out << "  " << console.terminal.in(Tone::dim, fmt::format("  {} up to {} ", from, to))
                    << fmt::format("{}{}{}\n", bar, bar.empty() ? "" : " ", each.count);
    }
}

void tell_series(const Statistics& all, const report::RecorderCost* cost, Console& console) {
    report::Subject subject{};
    bool first = true;
    std::size_t width = 24;
    for (const Series& each : all.series) width = std::max(width, std::min<std::size_t>(display_width(each.name), 58));
    for (const Series& each : all.series) {
        if (first || each.subject != subject) {
            console.out << "\n  " << console.terminal.in(Tone::strong, report::subject_title(each.subject)) << "\n  "
                        << console.terminal.in(
                               Tone::dim, padded("", width) + fmt::format(" {:>7} {:>11} {:>11} {:>11} {:>11} {:>11} {:>11}", "count",
                                                                          "min", "median", "p90", "p99", "p99.9", "max") +
                                              (cost ? fmt::format(" {:>11}", "recorder") : ""))
                        << "\n";
        }
        first = false;
        subject = each.subject;
        const report::Distribution& times = each.times;
        const auto text = [](report::Nanoseconds value) {
            const std::string written = duration_text(value);
            return std::string(display_width(written) < 11 ? 11 - display_width(written) : 0, ' ') + written;
        };
        std::string line = "  " + padded(printable(each.name), width) +
                           fmt::format(" {:>7} {} {} {} {} {} {}", times.count(), text(times.min()), text(times.median()),
                                       text(times.percentile(90)), text(times.percentile(99)), text(times.percentile(99.9)),
                                       text(times.max()));
        if (cost) {
            const double per_piece = static_cast<double>(each.events_within) / static_cast<double>(times.count()) * cost->per_event;
            line += " " + text(static_cast<report::Nanoseconds>(per_piece + 0.5));
        }
        console.out << line << "\n";
        if (const auto apart = times.outliers(3); !apart.empty()) {
            std::string events;
            for (const report::Sample& sample : apart)
                events += fmt::format("{}event {} ({})", events.empty() ? "" : ", ", sample.event.value, duration_text(sample.value));
            console.out << "  " << console.terminal.in(Tone::dim, "  stands apart: " + events) << "\n";
        }
        tell_histogram(times, console);
    }
}

void tell(const Statistics& all, const report::RecorderCost* cost, Console& console) {
    section(fmt::format("{} time", all.clock == Clock::virtual_time ? "Virtual" : "Measured"), console);
    if (all.clock == Clock::virtual_time) {
        console.out << folded("The model's clock: good for order and proportion, the same on every run of this schedule.",
                              console.terminal.width, "  ", "  ")
                    << "\n";
    } else {
        console.out << folded(fmt::format("Nanoseconds of the machine that ran it, recording included. Recording one event of this "
                                          "session costs about {:.0f} ns (measured now, on this machine, over {} events); the last "
                                          "column says how much of the time that is on average.",
                                          cost->per_event, cost->events),
                              console.terminal.width, "  ", "  ")
                    << "\n";
    }
    console.out << fmt::format("  {} from the first event to the last, {} operations finished, {} not\n", duration_text(all.duration),
                               all.throughput.operations, all.unfinished);
    if (all.throughput.operations_per_second) {
        console.out << fmt::format("  {:.0f} operations and {:.0f} blocks a second while operations were under way ({})\n",
                                   *all.throughput.operations_per_second, *all.throughput.blocks_per_second,
                                   duration_text(all.throughput.time));
    }
    tell_series(all, cost, console);

    console.out << "\n  " << console.terminal.in(Tone::strong, "How many at once") << "\n  "
                << console.terminal.in(Tone::dim, padded("", 34) + fmt::format(" {:>9} {:>10} {:>9} {:>9} {:>13}", "taken", "most",
                                                                               "mean", "at end", "overlapping"))
                << "\n";
    for (const report::Occupancy& each : all.occupancy) {
        console.out << "  " << padded(printable(each.name), 34)
                    << fmt::format(" {:>9} {:>10} {:>9.2f} {:>9}", each.taken, each.high_water, each.mean, each.at_end);
        if (each.what != report::Occupancy::What::pool_bytes)
            console.out << "   " << duration_text(each.overlapping);
        console.out << console.terminal.in(Tone::dim, fmt::format("  most at event {}", each.high_water_at.value)) << "\n";
    }
    console.out << "\n  " << console.terminal.in(Tone::strong, "Pool allocations") << "\n";
    for (const report::Allocations& each : all.allocations) {
        console.out << "  " << padded(printable(each.name), 24)
                    << fmt::format(" {:>7}, {} freed, {} bytes", each.count, each.freed, each.bytes);
        if (each.per_second) console.out << fmt::format(", {:.0f} a second", *each.per_second);
        console.out << "\n";
    }
}

}  // namespace

int tell_statistics(const StatsOptions& options, Console& console) {
    const std::optional<trace::Trace> trace = trace_of(options.input, console);
    if (!trace) return exit_bad_input;
    const trace::History history(*trace);
    const Statistics in_virtual = report::statistics(history, Clock::virtual_time);
    std::optional<Statistics> measured;
    report::RecorderCost cost;
    if (options.timing) {
        measured = report::statistics(history, Clock::measured_time);
        cost = report::measure_recorder_cost(*trace);
    }
    if (options.json) {
        const trace::RunDescription& run = trace->description();
        Json json{{"input", options.input.name},
                  {"scenario", run.scenario},
                  {"variant", run.variant},
                  {"schedule", run.schedule},
                  {"fingerprint", trace::fingerprint_text(trace::fingerprint(*trace))},
                  {"events", trace->size()},
                  {"virtual", as_json(history, in_virtual, nullptr)}};
        if (measured) json["measured"] = as_json(history, *measured, &cost);
        console.out << json_text(json);
        return exit_done;
    }
    tell_heading(history, nullptr, console);
    tell(in_virtual, nullptr, console);
    if (measured)
        tell(*measured, &cost, console);
    else
        console.out << "\n" << console.terminal.in(Tone::dim, "Measured times are told with --timing.") << "\n";
    return exit_done;
}

}  // namespace chimneylab::command_line
