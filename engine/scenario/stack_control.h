// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What an administrator does to a stack that is up: pause and restart adapters, take bindings away and give them back,
// halt, unload and load. Each call returns when it is done; pending work runs meanwhile where a driver lets NDIS wait. All
// virtual miniports of a layer go together. Private to engine/scenario.
#pragma once

#include <span>
#include <string>

#include "engine/scenario/host_stack_client.h"
#include "engine/scenario/machine_builder.h"

namespace chimneylab::scenario {

class StackControl {
public:
    StackControl(BuiltMachine& built, const MachineDescription& description, std::span<const LoadedDriver> drivers,
                 const LoadedEnds& ends)
        : built_(built), description_(description), drivers_(drivers), ends_(ends) {}

    // pause … load, as the step says.
    Refusal act(const Step& step);

private:
    Refusal pause(std::size_t layer);
    Refusal restart(std::size_t layer);
    Refusal set_power(std::size_t layer, bool on);
    Refusal unbind(std::size_t layer);
    Refusal bind(std::size_t layer);
    Refusal halt(std::size_t layer);
    // The adapters that the layer has, or, for one that creates them when it is bound, would have.
    [[nodiscard]] const std::vector<std::string>& adapters_of(std::size_t layer) const { return built_.adapters[layer]; }
    [[nodiscard]] std::vector<std::string> wanted_below(std::size_t layer) const;

    BuiltMachine& built_;
    const MachineDescription& description_;
    std::span<const LoadedDriver> drivers_;
    const LoadedEnds& ends_;
};

}  // namespace chimneylab::scenario
