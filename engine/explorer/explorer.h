// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Looks for an order of events, and for failures of the environment, in which a driver breaks a rule. A schedule is a list of
// choices (scenario::Choice), one at each point where something is pending; the one without any follows fifo. A deviation is a
// choice that is not what fifo would take: another item, a block that fails at the target, an allocation that fails.
// A space that by all appearances fits into the budget is run through from end to end, each choice made once. In a larger one
// every schedule with one deviation is tried first, then those with two, and so on; if the budget does not suffice for all, its
// last quarter goes to random ones. What is found is told with few deviations, none of which can be left out, as choices that
// give the same run again.
//
// Two reductions, both off with Options::reduction false:
// - Partial order: of two orders of work that has nothing to do with each other one is run (sleep sets, depth_first.h; what is
//   independent, footprint.h). In spaces that are run through.
// - Equal states: a schedule that comes to a state in which another was before, with the same work done, the same work pending,
//   the same bytes in the pool and the same rules broken, ends there and counts as pruned, because its rest was made.
//
// No global state, any thread, several threads inside; the same questions have the same answers, whatever the number of those, as
// long as the pool's bytes, pointers into the run's own memory apart, do not depend on where that memory lies.
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
// Called on several threads at once.
using Runner = std::function<Outcome(const std::vector<scenario::Choice>& choices)>;

struct Options {
    std::size_t budget = 1000;         // schedules that are run
    std::size_t most_deviations = 64;  // in one of them
    bool failures = true;              // false: other orders only
    bool reduction = true;             // false: nothing is pruned
    std::uint64_t seed = 1;            // of the random part
    std::size_t workers = 2;           // threads, at least 1
    const std::atomic<bool>* cancel = nullptr;
    std::function<void(std::size_t schedules)> progress;  // now and then, on the caller's thread
};

struct Found {
    std::string rule;  // "IM-112"; empty: a crash
    verifier::Severity severity = verifier::Severity::fatal;
    trace::LayerIndex layer = trace::machine_layer;
    std::string layer_name;
    std::string explanation;
    trace::EventId event;  // where it broke, in the run that `choices` give; none for a crash
    std::vector<scenario::Choice> choices;
    std::vector<std::size_t> deviates;    // places of the deviations among the choices
    std::vector<std::string> deviations;  // in words, in their order
    std::size_t seen_in = 0;  // schedules
};

struct Exploration {
    std::size_t schedules = 0;       // run to their ends
    std::size_t pruned = 0;          // begun, but not run to their ends: another one has the same rest
    std::size_t skipped = 0;         // choices not made: the schedules after them are others with independent work exchanged
    std::size_t different = 0;       // schedules, by event history
    std::size_t violating = 0;       // schedules in which something is wrong
    std::size_t points = 0;          // of the schedule without deviations
    std::size_t complete_up_to = 0;  // every schedule with as many deviations was run, or is as another one
    bool complete = false;           // there are no others
    bool checkpointed = false;       // runs shared their beginnings
    // Numbers for what was left at the ends (bytes of the pool, work done, rules broken), whatever came before in which order;
    // ascending, each once. Comparable within one build. Empty when runs were made elsewhere.
    std::vector<std::uint64_t> end_states;
    std::vector<Found> found;        // in the order in which they were found
    std::vector<scenario::Problem> problems;  // the scenario cannot be run
};

[[nodiscard]] Exploration explore(const Runner& run, const Options& options = {});

// Loads a driver that the scenario names and that is not linked into this program (scenario::RunOptions::load_driver); images
// live as long as the function object.
using LoadDriver = std::function<scenario::LoadedDriver(std::string_view name, trace::LayerIndex layer)>;

// In this process, which a driver that crashes takes with it; schedules share their beginnings where that is possible. Every
// worker has images of its own, from a LoadDriver of its own.
[[nodiscard]] Exploration explore(const scenario::Scenario& scenario, const std::string& variant, const Options& options = {},
                                  const std::function<LoadDriver()>& drivers = {});

// Every run from its beginning, in this process, with the lab's own drivers.
[[nodiscard]] Runner in_this_process(const scenario::Scenario& scenario, const std::string& variant = {});

}  // namespace chimneylab::explorer
