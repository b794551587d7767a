// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/machine_builder.h"

#include "engine/host_stack/host_stack_driver.h"
#include "engine/intermediate_driver/reference_driver.h"
#include "engine/offload_target/offload_target_driver.h"

namespace chimneylab::scenario {

namespace {

constexpr const char* adapter_name = "\\DEVICE\\{adapter-0}";

// A driver that a scenario can name.
struct LinkedDriver {
    std::string_view name;
    PDRIVER_INITIALIZE entry;
};
constexpr LinkedDriver linked_drivers[] = {
    {"reference", ChimneyReferenceIntermediateDriverEntry},
};

PDRIVER_INITIALIZE linked_driver(std::string_view name) {
    for (const LinkedDriver& driver : linked_drivers) {
        if (driver.name == name) return driver.entry;
    }
    return nullptr;
}

// The virtual miniport's device name tells the floor and the number: \DEVICE\{im2-1}.
std::string virtual_miniport_name(std::size_t floor, unsigned number) {
    return "\\DEVICE\\{im" + std::to_string(floor) + "-" + std::to_string(number) + "}";
}

class Builder {
public:
    Builder(const MachineDescription& description, const machine::MachineOptions& options,
            std::span<const LoadedDriver> drivers, const LoadedEnds& ends)
        : description_(description), drivers_(drivers), ends_(ends) {
        built_.machine = std::make_unique<machine::Machine>(options);
        built_.machine->set_order_in_force(false);
    }

    BuiltMachine build() {
        add_layers();
        built_.ndis = std::make_unique<ndis::Ndis>(*built_.machine);
        if (boot()) built_.machine->set_order_in_force(true);
        return std::move(built_);
    }

private:
    void add_layers() {
        built_.host_stack = built_.machine->add_layer(trace::LayerRole::host_stack, "host stack", name_of(ends_.host_stack));
        for (std::size_t i = 0; i < description_.intermediate_drivers.size(); ++i) {
            const IntermediateDriver& driver = description_.intermediate_drivers[i];
            built_.machine->add_layer(trace::LayerRole::intermediate_driver, driver.name,
                                      replaced(i) ? drivers_[i].name : driver.driver);
        }
        built_.offload_target =
            built_.machine->add_layer(trace::LayerRole::offload_target, "offload target", name_of(ends_.offload_target));
    }

    [[nodiscard]] static std::string name_of(const LoadedDriver& end) { return end.entry ? end.name : "chimneylab"; }
    [[nodiscard]] bool replaced(std::size_t floor) const { return floor < drivers_.size() && drivers_[floor].entry; }

    bool fail(std::string what) {
        built_.failure = std::move(what);
        return false;
    }

    bool load(std::size_t layer) {
        built_.failure = load_driver(built_, description_, drivers_, ends_, layer);
        return built_.failure.empty();
    }

    bool boot() {
        const std::size_t floors = description_.intermediate_drivers.size();
        built_.adapters.assign(floors + 2, {});
        if (!load(floors + 1)) return false;
        if (built_.ndis->add_physical_adapter(built_.offload_target, adapter_name) != NDIS_STATUS_SUCCESS) {
            return fail("the offload target did not initialise its adapter");
        }
        built_.adapters[floors + 1] = {adapter_name};
        for (std::size_t i = floors; i-- > 0;) {
            const IntermediateDriver& driver = description_.intermediate_drivers[i];
            const auto layer = static_cast<trace::LayerIndex>(i + 1);
            const std::string& below = built_.adapters[layer + 1].front();
            if (!load(layer)) return false;
            // What an installation would have written: which virtual miniports the driver is to create on this adapter.
            std::vector<std::string> names;
            for (unsigned number = 1; number <= driver.virtual_miniports; ++number) {
                names.push_back(virtual_miniport_name(i + 1, number));
            }
            built_.machine->configuration().set_multi_text(
                "protocol\\" + built_.ndis->protocol_name(layer) + "\\adapter\\" + below, "UpperBindings", names);
            if (!built_.ndis->bind(layer, below)) return fail(driver.name + " did not bind to " + below);
            std::vector<std::string> up = built_.ndis->virtual_adapters(layer);
            if (up.size() != driver.virtual_miniports) {
                return fail(driver.name + " brought up " + std::to_string(up.size()) + " of " +
                            std::to_string(driver.virtual_miniports) + " virtual miniports");
            }
            built_.adapters[layer] = std::move(up);
        }
        if (!load(0)) return false;
        for (const std::string& adapter : built_.adapters[1]) {
            if (!built_.ndis->bind(built_.host_stack, adapter))
                return fail("the host stack did not bind to " + adapter);
        }
        built_.ndis->restart_stack();
        return true;
    }

    const MachineDescription& description_;
    std::span<const LoadedDriver> drivers_;
    const LoadedEnds& ends_;
    BuiltMachine built_;
};

}  // namespace

BuiltMachine::~BuiltMachine() { ndis.reset(); }

BuiltMachine build_machine(const MachineDescription& description, const machine::MachineOptions& options,
                           std::span<const LoadedDriver> drivers, const LoadedEnds& ends) {
    return Builder(description, options, drivers, ends).build();
}

std::string load_driver(BuiltMachine& built, const MachineDescription& description, std::span<const LoadedDriver> drivers,
                        const LoadedEnds& ends, std::size_t layer) {
    const std::size_t floors = description.intermediate_drivers.size();
    ndis::DriverDescription driver;
    driver.layer = static_cast<trace::LayerIndex>(layer);
    if (layer == 0) {
        driver.name = "chimney-host-stack";
        driver.entry = ends.host_stack.entry ? ends.host_stack.entry : ChimneyHostStackDriverEntry;
        if (ends.host_stack.entry) driver.image = ends.host_stack.name;
    } else if (layer > floors) {
        driver.name = "chimney-offload-target";
        driver.entry = description.chimney_handlers ? ChimneyOffloadTargetDriverEntry : ChimneyPlainTargetDriverEntry;
        if (ends.offload_target.entry) {
            driver.entry = ends.offload_target.entry;
            driver.image = ends.offload_target.name;
        }
    } else {
        const IntermediateDriver& wanted = description.intermediate_drivers[layer - 1];
        const bool replaced = layer <= drivers.size() && drivers[layer - 1].entry;
        driver.name = "chimney-im-" + std::to_string(layer);
        driver.entry = replaced ? drivers[layer - 1].entry : linked_driver(wanted.driver);
        if (replaced) driver.image = drivers[layer - 1].name;
        if (!driver.entry) return "there is no driver '" + wanted.driver + "' for " + wanted.name;
    }
    if (built.ndis->load_driver(driver) == STATUS_SUCCESS) return {};
    return "DriverEntry of " + built.machine->layer_name(driver.layer) + " refused to start";
}

}  // namespace chimneylab::scenario
