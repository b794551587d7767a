// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Looks for an order of events, and for failures of the environment, in which a driver breaks a rule. A run is a list of
// choices (scenario::Choice), one at each point where something is pending; the run without any follows the schedule fifo. A
// deviation is a choice that is not what fifo would take: another item, a block that fails at the target, an allocation that
// fails. First every run with one deviation is tried, then those with two, and so on; what is left of the budget goes to random
// deviations. What is found is told with the fewest deviations that still show it, as choices that give the same run again.
// No global state, any thread; the same questions have the same answers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/scenario/run.h"
#include "engine/verifier/rules.h"

namespace chimneylab::explorer {

// A run to its end. `crash` says why there is none.
struct Outcome {
    scenario::RunResult result;
    std::string crash;
    trace::LayerIndex crashed_layer = trace::machine_layer;
};

// Runs the scenario with these choices, then with fifo, and tells every choice point (scenario::RunOptions::every_point).
using Runner = std::function<Outcome(const std::vector<scenario::Choice>& choices)>;

struct Options {
    std::size_t budget = 1000;         // runs
    std::size_t most_deviations = 3;   // in one run
    bool failures = true;              // false: other orders only
    std::uint64_t seed = 1;            // of the random part
    const std::atomic<bool>* cancel = nullptr;
    std::function<void(std::size_t runs)> progress;
};

struct Found {
    std::string rule;  // "IM-112"; empty: a crash
    verifier::Severity severity = verifier::Severity::fatal;
    trace::LayerIndex layer = trace::machine_layer;
    std::string layer_name;
    std::string explanation;
    std::vector<scenario::Choice> choices;
    std::vector<std::string> deviations;  // in words, in their order
    std::size_t seen_in = 0;  // runs
};

struct Exploration {
    std::size_t runs = 0;
    std::size_t different = 0;      // by fingerprint
    std::size_t points = 0;         // of the run without deviations
    std::size_t complete_up_to = 0;  // every run with as many deviations was made, or is the same as another one
    std::vector<Found> found;       // in the order in which they were found
    std::vector<scenario::Problem> problems;  // the scenario cannot be run
};

[[nodiscard]] Exploration explore(const Runner& run, const Options& options = {});

// In this process, with the lab's own drivers.
[[nodiscard]] Runner in_this_process(const scenario::Scenario& scenario, const std::string& variant = {});

}  // namespace chimneylab::explorer
