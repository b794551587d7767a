// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/scenario.h"

#include <algorithm>

#include "engine/faulty_drivers/faults.h"
#include "engine/faulty_drivers/host_stack_faults.h"
#include "engine/faulty_drivers/offload_target_faults.h"

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

// Also by its name with hyphens for blanks, which no shell needs quotes for: kept-at-terminate, "kept at terminate".
const Variant* Scenario::variant(std::string_view name) const {
    if (const Variant* exact = named(variants, name)) return exact;
    const auto hyphenated = [](std::string_view text) {
        std::string word(text);
        std::ranges::replace(word, ' ', '-');
        return word;
    };
    const auto found = std::ranges::find(variants, hyphenated(name), [&](const Variant& each) { return hyphenated(each.name); });
    return found == variants.end() ? nullptr : &*found;
}
const Step* Scenario::step(std::string_view name) const { return named(steps, name); }

std::vector<std::string> Scenario::layer_names() const {
    std::vector<std::string> names{"host stack"};
    for (const IntermediateDriver& driver : machine.intermediate_drivers) names.push_back(driver.name);
    names.push_back("offload target");
    return names;
}

namespace {

#define CHIMNEYLAB_FAULT_ROW(name, word, does) {word, does, false},
#define CHIMNEYLAB_HOST_ROW(name, word, does) {word, does, false, trace::LayerRole::host_stack},
#define CHIMNEYLAB_TARGET_ROW(name, word, does) {word, does, false, trace::LayerRole::offload_target},
constexpr KnownDriver drivers[] = {{"reference", "keeps every rule", true},
                                   CHIMNEYLAB_FAULTS(CHIMNEYLAB_FAULT_ROW)
                                   CHIMNEYLAB_HOST_STACK_FAULTS(CHIMNEYLAB_HOST_ROW)
                                   CHIMNEYLAB_OFFLOAD_TARGET_FAULTS(CHIMNEYLAB_TARGET_ROW)};
#undef CHIMNEYLAB_FAULT_ROW
#undef CHIMNEYLAB_HOST_ROW
#undef CHIMNEYLAB_TARGET_ROW

}  // namespace

std::span<const KnownDriver> known_drivers() { return drivers; }

const KnownDriver* known_driver(std::string_view name) {
    const auto found = std::find_if(std::begin(drivers), std::end(drivers),
                                    [&](const KnownDriver& driver) { return driver.name == name; });
    return found == std::end(drivers) ? nullptr : found;
}

const KnownDriver* known_driver(std::string_view name, trace::LayerRole role) {
    const KnownDriver* known = known_driver(name);
    return known && (known->linked || known->role == role) ? known : nullptr;
}

bool needs_driver_host(const Scenario& scenario, std::string_view variant_name) {
    const Variant* variant = scenario.variant(variant_name);
    if (variant)
        for (const auto& [layer, driver] : variant->drivers)
            if (const KnownDriver* known = known_driver(driver); (layer == "host stack" || layer == "offload target") && known && !known->linked)
                return true;
    const std::vector<IntermediateDriver>& floors = variant && variant->intermediate_drivers
                                                        ? *variant->intermediate_drivers
                                                        : scenario.machine.intermediate_drivers;
    return std::any_of(floors.begin(), floors.end(),
                       [&](const IntermediateDriver& floor) {
                           std::string_view name = floor.driver;
                           if (variant) {
                               for (const auto& [layer, driver] : variant->drivers)
                                   if (layer == floor.name) name = driver;
                           }
                           const KnownDriver* known = known_driver(name);
                           return !known || !known->linked;
                       });
}

}  // namespace chimneylab::scenario
