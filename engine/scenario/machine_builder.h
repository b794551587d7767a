// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// From the description of a machine to one that is up: offload target and its adapter, the intermediate drivers from
// the bottom up, each bound to the first virtual miniport of the one below, and the host stack bound to every virtual
// miniport of the topmost (or to the adapter itself). Boot runs in fifo order whatever the schedule; it ends with
// everything Running and the schedule in force. A driver that refuses ends the boot; what it was is told in `failure`.
// One thread at a time, like the machine.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/machine/machine.h"
#include "engine/ndis/ndis.h"
#include "engine/scenario/run.h"
#include "engine/scenario/scenario.h"

namespace chimneylab::scenario {

struct BuiltMachine {
    std::unique_ptr<machine::Machine> machine;
    std::unique_ptr<ndis::Ndis> ndis;  // destroyed before the machine
    trace::LayerIndex host_stack = 0;
    trace::LayerIndex offload_target = 0;
    // By layer, from the host stack (none) to the target: device names of its adapters, in the order in which the layer
    // above binds to them. A driver that is gone keeps its place: the names are those it creates when it is bound again.
    std::vector<std::vector<std::string>> adapters;
    std::string failure;                     // empty: the machine is up

    BuiltMachine() = default;
    BuiltMachine(BuiltMachine&&) = default;
    BuiltMachine& operator=(BuiltMachine&&) = default;
    ~BuiltMachine();
};

// `drivers` that have an entry take the places of the topmost intermediate drivers, whatever the description names there.
[[nodiscard]] BuiltMachine build_machine(const MachineDescription& description, const machine::MachineOptions& options,
                                         std::span<const LoadedDriver> drivers = {}, const LoadedEnds& ends = {});

// Loads the driver of one layer into a machine that is up. Empty, or why it did not start.
[[nodiscard]] std::string load_driver(BuiltMachine& built, const MachineDescription& description,
                                      std::span<const LoadedDriver> drivers, const LoadedEnds& ends, std::size_t layer);

}  // namespace chimneylab::scenario
