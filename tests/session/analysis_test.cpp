// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What ANALYSIS.md tells people to type: every query in the sqlite3 shell, and the Python program, on a session.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "engine/trace/history.h"
#include "engine/trace/text.h"
#include "tests/session/session_folder.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::session {
namespace {

class Analysis : public SessionFolder {
protected:
    void SetUp() override {
        SessionFolder::SetUp();
        trace::synthetic::Options options;
        options.intermediate_drivers = 2;
        options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
        options.repeat = 4;
        run = trace::synthetic::make_trace(options);
        ASSERT_FALSE(save(run, file()));
    }

    // The blocks of the page in this language.
    static std::vector<std::string> blocks(const std::string& language) {
        std::vector<std::string> found;
        std::istringstream page(read(CHIMNEYLAB_SESSION_ANALYSIS));
        bool inside = false;
        for (std::string line; std::getline(page, line);) {
            if (line == "```" + language) {
                inside = true;
                found.emplace_back();
            } else if (line == "```") {
                inside = false;
            } else if (inside) {
                found.back() += line + "\n";
            }
        }
        return found;
    }

    struct Told {
        int status = -1;
        std::string text;
    };
    static Told run_program(const std::string& command) {
        Told told;
        FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
        if (pipe == nullptr) return told;
        char buffer[4096];
        for (std::size_t size = 0; (size = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) told.text.append(buffer, size);
        told.status = ::pclose(pipe);
        return told;
    }
    static bool installed(const char* program) {
        return run_program(std::string("command -v ") + program).status == 0;
    }

    trace::Trace run;
};

TEST_F(Analysis, the_shell_answers_every_query_of_the_page) {
    if (!installed("sqlite3")) GTEST_SKIP() << "the sqlite3 shell is not installed";
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the shell cannot load an extension that was built with a sanitizer";
#endif
    const std::vector<std::string> queries = blocks("sql");
    ASSERT_GE(queries.size(), 7u);
    std::vector<std::string> answers;
    for (const std::string& query : queries) {
        write(file("query.sql"), query);
        const std::string extension = query.starts_with("-- extension") ? " -cmd '.load " CHIMNEYLAB_SQLITE_EXTENSION "'" : "";
        const Told told =
            run_program("sqlite3 -bail -readonly" + extension + " " + file().string() + " < " + file("query.sql").string());
        EXPECT_EQ(told.status, 0) << query << told.text;
        EXPECT_FALSE(told.text.empty()) << query;
        answers.push_back(told.text);
    }
    const trace::History history(run);
    std::map<std::string, std::vector<std::uint64_t>> latencies;
    for (const trace::Operation& each : history.operations())
        latencies[std::string(trace::to_text(each.kind))].push_back(history.latency(each)->virtual_time);
    std::string expected;
    for (auto& [kind, times] : latencies) {
        std::ranges::sort(times);
        expected += kind + "|" + std::to_string(times.size()) + "|0|" + std::to_string(times.front()) + "|" +
                    std::to_string(times.back()) + "\n";
    }
    EXPECT_EQ(answers[0], expected);
    EXPECT_EQ(answers[3], "IM 1|" + std::to_string(history.call_entry_slots(1)) + "\nIM 2|" +
                              std::to_string(history.call_entry_slots(2)) + "\n");
    EXPECT_THAT(answers.back(), testing::HasSubstr("|operation_finished|"));
}

TEST_F(Analysis, the_python_program_of_the_page_tells_the_truth) {
    if (!installed("python3")) GTEST_SKIP() << "python3 is not installed";
    const std::vector<std::string> programs = blocks("python");
    ASSERT_EQ(programs.size(), 1u);
    EXPECT_LE(std::ranges::count(programs[0], '\n'), 25);
    write(file("own.py"), programs[0]);
    const Told told = run_program("python3 -W error " + file("own.py").string() + " " + file().string());
    ASSERT_EQ(told.status, 0) << told.text;

    // The same from the trace: a layer's time without that of the layer below.
    const trace::History history(run);
    std::map<std::pair<std::string, std::string>, std::vector<std::uint64_t>> own;
    for (const trace::Operation& each : history.operations())
        for (trace::LayerIndex layer = 1; layer < run.layers().size(); ++layer) {
            const auto here = history.layer_latency(each, layer, false);
            const auto below = history.layer_latency(each, static_cast<trace::LayerIndex>(layer + 1), false);
            if (here)
                own[{std::string(trace::to_text(each.kind)), history.layer_name(layer)}].push_back(
                    here->virtual_time - (below ? below->virtual_time : 0));
        }
    std::istringstream lines(told.text);
    std::string line;
    std::getline(lines, line);  // the heading
    for (auto& [of, times] : own) {
        ASSERT_TRUE(std::getline(lines, line)) << of.first << " of " << of.second << " is missing";
        std::ranges::sort(times);
        const std::size_t middle = times.size() / 2;
        const double median = times.size() % 2 == 1 ? static_cast<double>(times[middle])
                                                    : static_cast<double>(times[middle - 1] + times[middle]) / 2;
        char wanted[200];
        std::snprintf(wanted, sizeof wanted, "%-11s %-15s %5zu %10.0f %10llu ", of.first.c_str(), of.second.c_str(),
                      times.size(), median, static_cast<unsigned long long>(times.back()));
        EXPECT_THAT(line, testing::StartsWith(wanted));
    }
    EXPECT_FALSE(std::getline(lines, line)) << line;
}

}  // namespace
}  // namespace chimneylab::session
