// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/explorer.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include "engine/explorer/checkpointed_walk.h"
#include "engine/explorer/driver_images.h"
#include "engine/explorer/replayed_walk.h"
#include "engine/explorer/search.h"

namespace chimneylab::explorer {

using scenario::Choice;

Exploration explore(const Runner& run, const Options& options) {
    KeptRuns runs(run);
    Workers workers(std::max<std::size_t>(options.workers, 1), [&] { return std::make_unique<ReplayedWalk>(runs); });
    return Search(workers, options, 1).go();
}

namespace {

scenario::RunOptions from_the_beginning(const std::string& variant, const std::vector<Choice>& choices) {
    scenario::RunOptions options;
    options.variant = variant;
    options.schedule = machine::Schedule{};
    options.choices = choices;
    options.dispatch_limit = most_dispatches;
    options.schedule_goes_on = true;
    options.every_point = true;
    return options;
}

// One set of images, so one run at a time.
Runner with_images(const scenario::Scenario& scenario, const std::string& variant, std::shared_ptr<DriverImages> images) {
    return [&scenario, variant, images = std::move(images), mutex = std::make_shared<std::mutex>()](const std::vector<Choice>& choices) {
        const std::lock_guard lock(*mutex);
        scenario::RunOptions options = from_the_beginning(variant, choices);
        options.load_driver = [&images](std::string_view name, trace::LayerIndex layer) { return images->load(name, layer); };
        images->as_loaded();
        Outcome outcome;
        outcome.result = scenario::run(scenario, options);
        return outcome;
    };
}

}  // namespace

Exploration explore(const scenario::Scenario& scenario, const std::string& variant, const Options& options, const std::function<LoadDriver()>& drivers) {
    try {
        Workers workers(std::max<std::size_t>(options.workers, 1), [&]() -> std::unique_ptr<Walk> {
            std::unique_ptr<RunMemory> memory = RunMemory::reserve();
            if (!memory) throw CheckpointedWalk::NotPossible{};
            return std::make_unique<CheckpointedWalk>(std::move(memory), scenario, variant, drivers ? drivers() : LoadDriver());
        });
        Exploration exploration = Search(workers, options, 64).go();
        exploration.checkpointed = true;
        return exploration;
    } catch (const CheckpointedWalk::NotPossible&) {
        if (!drivers) return explore(in_this_process(scenario, variant), options);
        return explore(with_images(scenario, variant, std::make_shared<DriverImages>(drivers())), options);
    }
}

Runner in_this_process(const scenario::Scenario& scenario, const std::string& variant) {
    return [&scenario, variant](const std::vector<Choice>& choices) {
        Outcome outcome;
        outcome.result = scenario::run(scenario, from_the_beginning(variant, choices));
        return outcome;
    };
}

}  // namespace chimneylab::explorer
