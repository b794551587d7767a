// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Google Benchmark's program with a shorter word for its most used option: --filter WORD.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

int main(int count, char** arguments) {
    std::vector<std::string> words(arguments, arguments + count);
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i] == "--filter" && i + 1 < words.size()) {
            words[i] = "--benchmark_filter=" + words[i + 1];
            words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        } else if (words[i].rfind("--filter=", 0) == 0) {
            words[i] = "--benchmark_filter=" + words[i].substr(9);
        }
    }
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    int passed_on = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
    benchmark::Initialize(&passed_on, pointers.data());
    if (benchmark::ReportUnrecognizedArguments(passed_on, pointers.data())) return 2;
    if (benchmark::RunSpecifiedBenchmarks() == 0) return 1;
    benchmark::Shutdown();
    return 0;
}
