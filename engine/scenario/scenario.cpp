// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/scenario.h"

#include <algorithm>

namespace chimneylab::scenario {

namespace {

template <typename Item>
const Item* named(const std::vector<Item>& items, std::string_view name) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.name == name; });
    return found == items.end() ? nullptr : &*found;
}

}  // namespace

const Neighbor* Objects::neighbor(std::string_view name) const { return named(neighbors, name); }
const Path* Objects::path(std::string_view name) const { return named(paths, name); }
const Connection* Objects::connection(std::string_view name) const { return named(connections, name); }

std::optional<StateLayer> Objects::layer_of(std::string_view name) const {
    if (neighbor(name)) return StateLayer::neighbor;
    if (path(name)) return StateLayer::path;
    if (connection(name)) return StateLayer::connection;
    return std::nullopt;
}

OperationKind Step::operation() const {
    switch (action) {
        case StepAction::initiate:
            return OperationKind::initiate;
        case StepAction::query:
            return OperationKind::query;
        case StepAction::update:
            return OperationKind::update;
        case StepAction::invalidate:
            return OperationKind::invalidate;
        case StepAction::terminate:
            return OperationKind::terminate;
        default:
            return OperationKind::none;
    }
}

const Variant* Scenario::variant(std::string_view name) const { return named(variants, name); }
const Step* Scenario::step(std::string_view name) const { return named(steps, name); }

std::vector<std::string> Scenario::layer_names() const {
    std::vector<std::string> names{"host stack"};
    for (const IntermediateDriver& driver : machine.intermediate_drivers) names.push_back(driver.name);
    names.push_back("offload target");
    return names;
}

std::span<const std::string_view> known_drivers() {
    static constexpr std::string_view drivers[] = {"reference"};
    return drivers;
}

}  // namespace chimneylab::scenario
