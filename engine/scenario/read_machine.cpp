// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/scenario/scenario_reader.h"

namespace chimneylab::scenario {

namespace {

struct CapacityKey {
    std::string_view key;
    std::uint32_t Capacities::*member;
};
constexpr CapacityKey capacity_keys[] = {
    {"neighbors", &Capacities::neighbors},
    {"paths", &Capacities::paths},
    {"connections", &Capacities::connections},
    {"source_hardware_addresses", &Capacities::source_hardware_addresses},
    {"source_ip_addresses", &Capacities::source_ip_addresses},
    {"vlan_entries", &Capacities::vlan_entries},
    {"maximum_receive_window", &Capacities::maximum_receive_window},
    {"transmit_buffer_bytes", &Capacities::transmit_buffer_bytes},
    {"receive_buffer_bytes", &Capacities::receive_buffer_bytes},
    {"host_memory_objects", &Capacities::host_memory_objects},
    {"interface_vlan_id", &Capacities::interface_vlan_id},
};

}  // namespace

void ScenarioReader::read_machine(const Node& node) {
    const MappingFields fields(node, mapping_format("machine"), problems_);
    if (const auto mode = fields_.word(fields.find("mode"), machine_mode_words())) {
        scenario_.machine.mode = static_cast<MachineMode>(*mode);
    }
    scenario_.machine.intermediate_drivers = read_intermediate_drivers(fields.find("intermediate_drivers"));
    read_capacities(fields.find("capacities"));
    scenario_.machine.target = read_target_settings(fields.find("target"));
    if (const auto there = fields_.yes_or_no(fields.find("chimney_handlers"), "chimney_handlers"))
        scenario_.machine.chimney_handlers = *there;
    scenario_.machine.faults = read_faults(fields.find("faults"));
    if (const Node* network = fields.find("network")) scenario_.machine.network = read_link(*network, {});
}

std::vector<IntermediateDriver> ScenarioReader::read_intermediate_drivers(const Node* node) {
    std::vector<IntermediateDriver> drivers;
    for (const Node* item : fields_.list(node, "the list of intermediate drivers", Bounds::intermediate_drivers)) {
        const MappingFields fields(*item, mapping_format("intermediate_driver"), problems_);
        IntermediateDriver driver;
        driver.name = "IM " + std::to_string(drivers.size() + 1);
        if (const Node* name = fields.find("name")) {
            if (auto text = fields_.name(name, "the name of an intermediate driver")) driver.name = std::move(*text);
            const bool taken = driver.name == "host stack" || driver.name == "offload target" ||
                               driver.name == "NDIS" || driver.name == "machine" ||
                               driver.name == "intermediate driver" ||
                               std::any_of(drivers.begin(), drivers.end(),
                                           [&](const IntermediateDriver& other) { return other.name == driver.name; });
            if (taken)
                fields_.problem(*name, "the name " + in_quotes(driver.name) + " is taken by another layer",
                                "Choose another name.");
        }
        if (const Node* which = fields.find("driver")) {
            if (auto text = fields_.text(which, "the driver", 200)) driver.driver = std::move(*text);
            if (!known_driver(driver.driver, trace::LayerRole::intermediate_driver)) {
                fields_.problem(*which, "there is no driver " + in_quotes(driver.driver),
                                suggest(driver.driver, driver_words().texts()));
            }
        }
        if (const auto count = fields_.number(fields.find("virtual_miniports"), "the number of virtual miniports", 1,
                                              Bounds::virtual_miniports)) {
            driver.virtual_miniports = static_cast<unsigned>(*count);
        }
        drivers.push_back(std::move(driver));
    }
    return drivers;
}

void ScenarioReader::read_capacities(const Node* node) {
    if (!node) return;
    const MappingFields fields(*node, mapping_format("capacities"), problems_);
    for (const CapacityKey& key : capacity_keys) {
        if (const auto value = fields_.number(fields.find(key.key), key.key, 0, 0xFFFFFFFF)) {
            scenario_.machine.capacities.*key.member = static_cast<std::uint32_t>(*value);
        }
    }
}

TargetSettings ScenarioReader::read_target_settings(const Node* node) {
    TargetSettings settings;
    if (!node) return settings;
    const MappingFields fields(*node, mapping_format("target"), problems_);
    if (const auto word = fields_.word(fields.find("completion"), completion_words())) {
        settings.completion = static_cast<CompletionMode>(*word);
    }
    settings.per_operation = fields_.duration(fields.find("per_operation"), "the latency of an operation");
    settings.per_block = fields_.duration(fields.find("per_block"), "the latency of a block");
    settings.send_acknowledged = fields_.duration(fields.find("send_acknowledged"), "the latency of a send");
    settings.indication = fields_.duration(fields.find("indication"), "the latency of an indication");
    settings.hold_sends = fields_.yes_or_no(fields.find("hold_sends"), "hold_sends");
    settings.return_send_data = fields_.yes_or_no(fields.find("return_send_data"), "return_send_data");
    settings.failures = read_failures(fields.find("failures"));
    return settings;
}

std::vector<TargetFailure> ScenarioReader::read_failures(const Node* node) {
    std::vector<TargetFailure> failures;
    for (const Node* item : fields_.list(node, "the list of failures", 256)) {
        const MappingFields fields(*item, mapping_format("failure"), problems_);
        TargetFailure failure;
        if (const auto word = fields_.word(fields.find("operation"), operation_words())) {
            failure.operation = static_cast<OperationKind>(*word);
        }
        if (const Node* object = fields.find("object")) {
            if (auto name = fields_.name(object, "the object that fails")) {
                // Objects are read before settings of steps, but after the machine: load checks the name at the end.
                failure.object = std::move(*name);
                failure.where = object->where;
            }
        }
        if (const auto count = fields_.number(fields.find("occurrence"), "the occurrence", 1, 1000000)) {
            failure.occurrence = static_cast<unsigned>(*count);
        }
        if (const auto status = fields_.word(fields.find("status"), status_words())) {
            failure.status = static_cast<std::int32_t>(*status);
            check_failing_status(*fields.find("status"), failure.operation, failure.status);
        }
        failures.push_back(std::move(failure));
    }
    return failures;
}

}  // namespace chimneylab::scenario
