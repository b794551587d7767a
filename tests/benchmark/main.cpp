// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Google Benchmark's program with the options of `./lab bench`: --filter WORD runs the benchmarks whose name contains
// the word, --json FILE writes the table to a file as well. Exit code 1 when a goal is missed. Google's own options
// (--benchmark_…) go through; with --benchmark_format the output is Google's.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/benchmark/table_reporter.h"

int main(int count, char** arguments) {
    std::vector<std::string> words{arguments[0]};
    std::string json;
    bool plain = false;
    for (int i = 1; i < count; ++i) {
        const std::string word = arguments[i];
        const auto value_of = [&](const std::string& option, std::string& value) {
            if (word.starts_with(option + "=")) {
                value = word.substr(option.size() + 1);
            } else if (word == option && i + 1 < count) {
                value = arguments[++i];
            } else {
                return false;
            }
            return true;
        };
        std::string value;
        if (value_of("--filter", value)) {
            words.push_back("--benchmark_filter=" + value);
        } else if (value_of("--json", value)) {
            json = value;
        } else if (word == "--filter" || word == "--json") {
            std::fprintf(stderr, "bench: %s needs a value\n", word.c_str());
            return 2;
        } else {
            plain = plain || word.starts_with("--benchmark_format") || word.starts_with("--benchmark_list");
            words.push_back(word);
        }
    }
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    int passed_on = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
    benchmark::Initialize(&passed_on, pointers.data());
    if (benchmark::ReportUnrecognizedArguments(passed_on, pointers.data())) return 2;
    chimneylab::benchmark_support::TableReporter table;
    const std::size_t run = plain ? benchmark::RunSpecifiedBenchmarks() : benchmark::RunSpecifiedBenchmarks(&table);
    benchmark::Shutdown();
    if (run == 0) {
        std::fputs("bench: no benchmark has that word in its name; --benchmark_list_tests lists them\n", stderr);
        return 2;
    }
    if (!json.empty()) {
        if (const std::string problem = table.write_json(json); !problem.empty()) {
            std::fprintf(stderr, "bench: %s\n", problem.c_str());
            return 2;
        }
    }
    // Qt's input devices do not outlive an application that ends with the process: leave before they are taken apart.
    std::fflush(nullptr);
    std::_Exit(table.missed() ? 1 : 0);
}
