// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Prints what the benchmarks found as one table: name, ours, reference, ratio, goal, verdict; and gives it as JSON.
// Rows come from comparison.h; a benchmark without a comparison shows its processor time.
#pragma once

#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>
#include <vector>

namespace chimneylab::benchmark_support {

struct TableRow {
    std::string name, unit, verdict, problem;
    double ours = 0, reference = 0, goal = 0;
    [[nodiscard]] double ratio() const { return reference > 0 ? ours / reference : 0; }
};

class TableReporter : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context& context) override;
    void ReportRuns(const std::vector<Run>& runs) override;
    void Finalize() override;

    // A goal was missed, or a benchmark could not be run.
    [[nodiscard]] bool missed() const { return missed_; }
    // Empty when written.
    [[nodiscard]] std::string write_json(const std::filesystem::path& file) const;

private:
    void add(TableRow row);
    bool add_rows_of(const Run& run);

    std::vector<TableRow> rows_;
    bool missed_ = false;
};

}  // namespace chimneylab::benchmark_support
