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
            std::span<const LoadedDriver> drivers)
        : description_(description), drivers_(drivers) {
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
        built_.host_stack = built_.machine->add_layer(trace::LayerRole::host_stack, "host stack", "chimneylab");
        for (std::size_t i = 0; i < description_.intermediate_drivers.size(); ++i) {
            const IntermediateDriver& driver = description_.intermediate_drivers[i];
            built_.machine->add_layer(trace::LayerRole::intermediate_driver, driver.name,
                                      replaced(i) ? drivers_[i].name : driver.driver);
        }
        built_.offload_target =
            built_.machine->add_layer(trace::LayerRole::offload_target, "offload target", "chimneylab");
    }

    [[nodiscard]] bool replaced(std::size_t floor) const { return floor < drivers_.size() && drivers_[floor].entry; }

    bool fail(std::string what) {
        built_.failure = std::move(what);
        return false;
    }

    bool load(trace::LayerIndex layer, std::string name, PDRIVER_INITIALIZE entry, std::string image = {}) {
        ndis::DriverDescription driver;
        driver.layer = layer;
        driver.name = name;
        driver.entry = entry;
        driver.image = std::move(image);
        if (built_.ndis->load_driver(driver) == STATUS_SUCCESS) return true;
        return fail("DriverEntry of " + built_.machine->layer_name(layer) + " refused to start");
    }

    bool boot() {
        if (!load(built_.offload_target, "chimney-offload-target", ChimneyOffloadTargetDriverEntry)) return false;
        if (built_.ndis->add_physical_adapter(built_.offload_target, adapter_name) != NDIS_STATUS_SUCCESS) {
            return fail("the offload target did not initialise its adapter");
        }
        std::vector<std::string> below{adapter_name};
        const std::size_t floors = description_.intermediate_drivers.size();
        for (std::size_t i = floors; i-- > 0;) {
            const IntermediateDriver& driver = description_.intermediate_drivers[i];
            const auto layer = static_cast<trace::LayerIndex>(i + 1);
            const PDRIVER_INITIALIZE entry = replaced(i) ? drivers_[i].entry : linked_driver(driver.driver);
            if (!entry) return fail("there is no driver '" + driver.driver + "' for " + driver.name);
            if (!load(layer, "chimney-im-" + std::to_string(i + 1), entry, replaced(i) ? drivers_[i].name : std::string()))
                return false;
            // What an installation would have written: which virtual miniports the driver is to create on this adapter.
            std::vector<std::string> names;
            for (unsigned number = 1; number <= driver.virtual_miniports; ++number) {
                names.push_back(virtual_miniport_name(i + 1, number));
            }
            built_.machine->configuration().set_multi_text(
                "protocol\\" + built_.ndis->protocol_name(layer) + "\\adapter\\" + below.front(), "UpperBindings",
                names);
            if (!built_.ndis->bind(layer, below.front()))
                return fail(driver.name + " did not bind to " + below.front());
            below = built_.ndis->virtual_adapters(layer);
            if (below.size() != driver.virtual_miniports) {
                return fail(driver.name + " brought up " + std::to_string(below.size()) + " of " +
                            std::to_string(driver.virtual_miniports) + " virtual miniports");
            }
        }
        if (!load(built_.host_stack, "chimney-host-stack", ChimneyHostStackDriverEntry)) return false;
        for (const std::string& adapter : below) {
            if (!built_.ndis->bind(built_.host_stack, adapter))
                return fail("the host stack did not bind to " + adapter);
        }
        built_.host_adapters = below;
        built_.ndis->restart_stack();
        return true;
    }

    const MachineDescription& description_;
    std::span<const LoadedDriver> drivers_;
    BuiltMachine built_;
};

}  // namespace

BuiltMachine::~BuiltMachine() { ndis.reset(); }

BuiltMachine build_machine(const MachineDescription& description, const machine::MachineOptions& options,
                           std::span<const LoadedDriver> drivers) {
    return Builder(description, options, drivers).build();
}

}  // namespace chimneylab::scenario
