// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Every scenario that comes with the lab, and every variant of it. The correct run is silent and meets its expectations;
// a variant that is another correct run likewise; a faulty one trips exactly the rules that it declares, as first causes, and all of
// them at the driver that is at fault. Each run has a process of its own, since drivers with mistakes may bring it down.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>

#include "driver-bridge/host/faulty_drivers.h"
#include "engine/scenario/library.h"
#include "engine/scenario/run.h"
#include "engine/verifier/verifier.h"

namespace chimneylab {
namespace {

struct Case {
    const scenario::Scenario* scenario = nullptr;
    const scenario::Variant* variant = nullptr;  // none: the correct run
};

const scenario::Library& library() {
    static const scenario::Library loaded = scenario::load_library();
    return loaded;
}

// What brings its process down needs one that is watched: crash_test.cpp.
bool ends_its_process(const scenario::Variant& variant) {
    return std::ranges::any_of(variant.breaks, [](const std::string& rule) { return rule == "MEM-013" || rule == "MEM-014"; });
}

std::vector<Case> cases() {
    std::vector<Case> all;
    for (const scenario::Scenario& item : library().scenarios) {
        all.push_back({&item, nullptr});
        for (const scenario::Variant& variant : item.variants)
            if (!ends_its_process(variant)) all.push_back({&item, &variant});
    }
    return all;
}

// The layers whose driver has a mistake.
std::set<std::string> faulty_layers(const Case& test) {
    std::set<std::string> layers;
    if (!test.variant) return layers;
    if (test.variant->intermediate_drivers) {
        for (const scenario::IntermediateDriver& driver : *test.variant->intermediate_drivers)
            if (driver.driver != "reference") layers.insert(driver.name);
    }
    // Reusing memory after a completion is a host stack's right, and so is any Status on the way down; they bring mistakes of the
    // target to light.
    for (const auto& [layer, driver] : test.variant->drivers)
        if (driver != "reference" && driver != "host-reuses-addresses" && driver != "host-marks-status") layers.insert(layer);
    return layers;
}

// What the child tells: one line per word, "rule IM-050 IM 2", "exit 1", then free text.
std::string report(const Case& test) {
    driver_host::FaultyDrivers drivers;
    scenario::RunOptions options;
    options.variant = test.variant ? test.variant->name : std::string();
    options.load_driver = [&](std::string_view name, trace::LayerIndex) { return drivers.load(name); };
    const scenario::RunResult result = scenario::run(*test.scenario, options);
    const auto violations = verifier::verify(result.trace);
    std::ostringstream text;
    text << "exit " << (violations.empty() ? result.exit_code() : std::max(1, result.exit_code())) << "\n";
    const auto name = [&](trace::LayerIndex layer) {
        const auto layers = result.trace.layers();
        return layer < layers.size() ? std::string(result.trace.text(layers[layer].name)) : std::string("-");
    };
    for (const verifier::Violation& each : violations)
        if (each.first_cause) text << "rule " << each.rule << " " << name(each.layer) << "\n";
    for (const verifier::Violation& each : violations)
        text << "  " << (each.first_cause ? "* " : "  ") << each.rule << " @" << each.event.value << " "
             << result.trace.text(result.trace.event(each.event).name) << ", " << name(each.layer) << " [" << each.member << "] "
             << each.explanation << " (expected " << each.expected_text << ", seen " << each.seen_text << ")\n";
    for (const scenario::Problem& problem : result.problems) text << "  problem: " << problem.to_text() << "\n";
    if (!result.failure.empty()) text << "  failure: " << result.failure << "\n";
    for (const scenario::ExpectationResult& expectation : result.expectations)
        if (!expectation.met) text << "  not met: " << expectation.text << ": " << expectation.detail << "\n";
    for (const machine::Finding& finding : result.findings) text << "  finding: " << finding.explanation << "\n";
    for (const scenario::Leak& leak : result.leaks) text << "  leak: " << leak.what << "\n";
    return text.str();
}

std::string report_of_child(const Case& test) {
    int ends[2];
    if (pipe(ends) != 0) return "no pipe\n";
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        alarm(60);
        const std::string text = report(test);
        for (std::size_t at = 0; at < text.size();) {
            const ssize_t written = write(ends[1], text.data() + at, text.size() - at);
            if (written <= 0) break;
            at += static_cast<std::size_t>(written);
        }
        _exit(0);
    }
    close(ends[1]);
    std::string text;
    char buffer[4096];
    for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) text += "crashed with signal " + std::to_string(WTERMSIG(status)) + "\n";
    return text;
}

class EveryRun : public testing::TestWithParam<Case> {};

TEST_P(EveryRun, TripsWhatItDeclares) {
    const Case& test = GetParam();
    const std::string text = report_of_child(test);
    std::set<std::string> seen, at;
    std::string exit_code;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first, rule, layer;
        words >> first >> rule;
        std::getline(words >> std::ws, layer);
        if (first == "rule" && line[0] != ' ') {
            seen.insert(rule);
            at.insert(layer);
        }
        if (first == "exit" && line[0] != ' ') exit_code = rule;
    }
    const std::set<std::string> declared =
        test.variant ? std::set<std::string>(test.variant->breaks.begin(), test.variant->breaks.end()) : std::set<std::string>();
    EXPECT_EQ(seen, declared) << text;
    EXPECT_EQ(exit_code, declared.empty() ? "0" : "1") << text;
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("crashed")));
    const std::set<std::string> faulty = faulty_layers(test);
    // A strict reading may find fault with what is correct by the mild one.
    if (!test.variant || test.variant->strict.empty())
        EXPECT_EQ(faulty.empty() || declared.empty(), declared.empty() || declared.begin()->starts_with("INJ"));
    if (!faulty.empty()) EXPECT_EQ(at, faulty) << text;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, EveryRun, testing::ValuesIn(cases()), [](const auto& test) {
    std::string name = test.param.scenario->id + (test.param.variant ? "_" + test.param.variant->name : "_correct");
    std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return name;
});

void PrintTo(const Case& value, std::ostream* out) {
    *out << value.scenario->id << (value.variant ? " " + value.variant->name : std::string());
}

TEST(EveryScenario, HasAFaultyVariant) {
    EXPECT_TRUE(library().problems.empty());
    EXPECT_GE(library().scenarios.size(), 12u);
    for (const scenario::Scenario& item : library().scenarios)
        EXPECT_TRUE(std::any_of(item.variants.begin(), item.variants.end(), [](const auto& v) { return !v.breaks.empty(); })) << item.id;
}

// What a scenario says it is about and what its variants break is what the catalogue says of the rules.
TEST(EveryScenario, AgreesWithTheCatalogue) {
    for (const scenario::Scenario& item : library().scenarios) {
        for (const std::string& id : item.rules) {
            const verifier::Rule* rule = verifier::find(id);
            ASSERT_NE(rule, nullptr) << item.id << " " << id;
            EXPECT_THAT(verifier::scenarios_of(*rule), testing::Contains(item.id)) << id;
        }
        for (const scenario::Variant& variant : item.variants)
            for (const std::string& id : variant.breaks)
                EXPECT_THAT(item.rules, testing::Contains(id)) << item.id << " " << variant.name;
    }
    std::set<std::string> shipped;
    for (const scenario::Scenario& item : library().scenarios) shipped.insert(item.id);
    for (const verifier::Rule& rule : verifier::catalogue()) {
        for (const std::string_view id : verifier::scenarios_of(rule)) {
            if (!shipped.contains(std::string(id))) continue;  // of the library to come
            const auto& scenarios = library().scenarios;
            const auto found = std::find_if(scenarios.begin(), scenarios.end(), [&](const auto& item) { return item.id == id; });
            EXPECT_THAT(found->rules, testing::Contains(std::string(rule.id))) << id;
        }
    }
}

}  // namespace
}  // namespace chimneylab
