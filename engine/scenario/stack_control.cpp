// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/stack_control.h"

#include <algorithm>

namespace chimneylab::scenario {

Refusal StackControl::act(const Step& step) {
    const auto count = static_cast<std::size_t>(built_.machine->layer_count());
    std::size_t layer = 0;
    while (layer < count && built_.machine->layer_name(static_cast<trace::LayerIndex>(layer)) != step.layer) ++layer;
    if (layer == count) return "this machine has no layer '" + step.layer + "'";
    switch (step.action) {
        case StepAction::pause:
            return pause(layer);
        case StepAction::restart:
            return restart(layer);
        case StepAction::unbind:
            return unbind(layer);
        case StepAction::bind:
            return bind(layer);
        case StepAction::halt:
            return halt(layer);
        case StepAction::sleep:
        case StepAction::wake:
            return set_power(layer, step.action == StepAction::wake);
        case StepAction::unload:
            built_.ndis->unload(static_cast<trace::LayerIndex>(layer));
            return {};
        default:
            return load_driver(built_, description_, drivers_, ends_, layer);
    }
}

// The topmost driver and the layers between bind to the first adapter below; the host stack to all of them.
std::vector<std::string> StackControl::wanted_below(std::size_t layer) const {
    std::vector<std::string> below = adapters_of(layer + 1);
    if (layer > 0 && !below.empty()) below.resize(1);
    return below;
}

Refusal StackControl::pause(std::size_t layer) {
    for (const std::string& adapter : adapters_of(layer)) {
        if (built_.ndis->adapter_state(adapter) != ndis::AdapterState::running) return adapter + " is not running";
        built_.ndis->pause(adapter);
    }
    return {};
}

Refusal StackControl::restart(std::size_t layer) {
    for (const std::string& adapter : adapters_of(layer)) {
        if (!built_.ndis->restart(adapter)) return adapter + " did not restart";
    }
    return {};
}

// From the top down into sleep, from below up out of it.
Refusal StackControl::set_power(std::size_t layer, bool on) {
    for (std::size_t i = 1; i <= layer; ++i) {
        for (const std::string& adapter : adapters_of(on ? layer + 1 - i : i)) {
            if (built_.ndis->set_power(adapter, on) != NDIS_STATUS_SUCCESS) return adapter + (on ? " does not wake up" : " does not go to sleep");
        }
    }
    return {};
}

Refusal StackControl::unbind(std::size_t layer) {
    const auto protocol = static_cast<trace::LayerIndex>(layer);
    for (const std::string& adapter : wanted_below(layer)) {
        if (!built_.ndis->unbind(protocol, adapter))
            return built_.machine->layer_name(protocol) + " is not bound to " + adapter;
    }
    return {};
}

Refusal StackControl::bind(std::size_t layer) {
    const auto protocol = static_cast<trace::LayerIndex>(layer);
    const auto there = built_.ndis->adapters();
    for (const std::string& adapter : wanted_below(layer)) {
        if (std::none_of(there.begin(), there.end(), [&](const ndis::AdapterView& view) { return view.name == adapter; }))
            return "there is no adapter " + adapter + " below " + built_.machine->layer_name(protocol);
        if (built_.ndis->binding_state(protocol, adapter) != ndis::BindingState::unbound)
            return built_.machine->layer_name(protocol) + " is bound to " + adapter + " already";
        if (!built_.ndis->bind(protocol, adapter))
            return built_.machine->layer_name(protocol) + " did not bind to " + adapter;
    }
    return {};
}

Refusal StackControl::halt(std::size_t layer) {
    for (const std::string& adapter : adapters_of(layer)) {
        if (built_.ndis->adapter_state(adapter) == ndis::AdapterState::halted) return adapter + " is halted already";
        built_.ndis->halt(adapter);
    }
    return {};
}

}  // namespace chimneylab::scenario
