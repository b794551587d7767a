// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/benchmark/table_reporter.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace chimneylab::benchmark_support {
namespace {

std::string figure(double value, const std::string& unit) {
    if (value == 0) return "";
    return fmt::format("{:.{}f} {}", value, value < 10 ? 2 : value < 100 ? 1 : 0, unit);
}

double counter(const benchmark::BenchmarkReporter::Run& run, const char* name) {
    const auto found = run.counters.find(name);
    return found == run.counters.end() ? 0 : found->second.value;
}

// Why a benchmark was not run; empty if it was. The library renamed its members in version 1.8.
template <typename Run>
std::string trouble(const Run& run) {
    if constexpr (requires { run.error_occurred; }) {
        return run.error_occurred ? run.error_message : std::string{};
    } else {
        return run.skipped ? run.skip_message : std::string{};
    }
}

}  // namespace

bool TableReporter::ReportContext(const Context&) {
    fmt::print("{:<44} {:>14} {:>14} {:>8} {:>7}  {}\n", "name", "ours", "reference", "ratio", "goal", "verdict");
    return true;
}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
    for (const Run& run : runs) {
        if (run.run_type != Run::RT_Iteration) continue;
        if (add_rows_of(run)) continue;
        TableRow row;
        row.name = run.run_name.function_name + (run.run_name.args.empty() ? "" : "/" + run.run_name.args);
        row.unit = run.report_label;
        row.problem = trouble(run);
        if (!row.problem.empty()) {
            row.ours = 0;
        } else if (run.counters.contains("ours")) {
            row.ours = counter(run, "ours");
            row.reference = counter(run, "reference");
            row.goal = counter(run, "goal");
            if (run.counters.contains("typical")) {
                TableRow typical = row;
                typical.name += " p50";
                typical.ours = counter(run, "typical");
                add(typical);
                row.name += " p99";
            }
        } else {
            row.ours = run.GetAdjustedCPUTime();
            row.unit = benchmark::GetTimeUnitString(run.time_unit);
        }
        add(row);
    }
}

// compare_also(): "100|name|unit|ours" and so on; the number keeps their order.
bool TableReporter::add_rows_of(const Run& run) {
    bool any = false;
    for (const auto& [key, ours] : run.counters) {
        if (!key.ends_with("|ours") || !trouble(run).empty()) continue;
        any = true;
        const std::string prefix = key.substr(0, key.size() - 4);
        const std::size_t name = prefix.find('|') + 1, unit = prefix.find('|', name) + 1;
        TableRow row;
        row.name = run.run_name.function_name + "/" + prefix.substr(name, unit - name - 1);
        row.unit = prefix.substr(unit, prefix.size() - unit - 1);
        row.ours = ours.value;
        row.reference = counter(run, (prefix + "reference").c_str());
        row.goal = counter(run, (prefix + "goal").c_str());
        add(std::move(row));
    }
    return any;
}

void TableReporter::add(TableRow row) {
    if (!row.problem.empty()) {
        row.verdict = "failed: " + row.problem;
    } else if (row.goal > 0) {
        row.verdict = row.ratio() <= row.goal ? "met" : "missed";
    } else {
        row.verdict = "for information";
    }
    missed_ = missed_ || row.verdict == "missed" || !row.problem.empty();
    fmt::print("{:<44} {:>14} {:>14} {:>8} {:>7}  {}\n", row.name, figure(row.ours, row.unit), figure(row.reference, row.unit),
               row.reference > 0 ? fmt::format("{:.2f}", row.ratio()) : "", row.goal > 0 ? fmt::format("{:.2f}", row.goal) : "", row.verdict);
    std::fflush(stdout);
    rows_.push_back(std::move(row));
}

void TableReporter::Finalize() {}

std::string TableReporter::write_json(const std::filesystem::path& file) const {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const TableRow& row : rows_) {
        rows.push_back({{"name", row.name}, {"unit", row.unit}, {"ours", row.ours}, {"reference", row.reference}, {"ratio", row.ratio()},
                        {"goal", row.goal}, {"verdict", row.verdict}});
    }
    std::ofstream out(file);
    out << nlohmann::ordered_json{{"benchmarks", rows}}.dump(2) << '\n';
    out.flush();
    return out ? std::string{} : file.string() + " cannot be written: choose a folder that exists";
}

}  // namespace chimneylab::benchmark_support
