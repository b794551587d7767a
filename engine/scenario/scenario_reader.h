// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Document tree → Scenario, part by part. Private to engine/scenario: others use load.h.
#pragma once

#include "engine/scenario/field_reader.h"
#include "engine/scenario/scenario.h"

namespace chimneylab::scenario {

class ScenarioReader {
public:
    explicit ScenarioReader(Problems& problems) : fields_(problems), problems_(problems) {}
    // For patterns that are about a scenario which has been read already.
    ScenarioReader(Problems& problems, Scenario about) : fields_(problems), problems_(problems), scenario_(std::move(about)) {}
    [[nodiscard]] Scenario read(const Node& root);

    // read_texts.cpp
    EventPattern read_pattern(const Node& node);

private:
    // read_machine.cpp
    void read_machine(const Node& node);
    std::vector<IntermediateDriver> read_intermediate_drivers(const Node* node);
    void read_capacities(const Node* node);
    TargetSettings read_target_settings(const Node* node);
    std::vector<TargetFailure> read_failures(const Node* node);

    // read_faults.cpp
    std::vector<Fault> read_faults(const Node* node);
    std::optional<Fault> read_fault(const Node& node);
    std::string read_driver_layer(const Node& node, FaultKind kind);
    void read_allocation_fault(Fault& fault, const MappingFields& fields);
    void read_operation_fault(Fault& fault, const MappingFields& fields);
    void check_failing_status(const Node& node, OperationKind operation, std::int32_t status);

    // read_objects.cpp
    void read_objects(const Node& node);
    void read_neighbor(const std::string& name, const Node& node);
    void read_path(const std::string& name, const Node& node);
    void read_connection(const std::string& name, const Node& node);
    template <typename Read>
    void read_named(const Node* node, std::string_view what, Read read);
    bool read_address(const Node* node, std::string_view what, bool& ipv6, std::array<std::uint8_t, 16>& address);

    // read_steps.cpp
    void read_steps(const Node& node);
    void read_step(const Node& node);
    void read_operation(Step& step, const MappingFields& fields, const Node& value);
    void read_transfer(Step& step, const MappingFields& fields, const Node& value);
    void read_indication(Step& step, const MappingFields& fields, const Node& value);
    void read_changes(Step& step, const Node& node);
    void read_send_data(Step& step, const Node& node);
    void read_virtual_miniport(Step& step, const MappingFields& fields);
    void read_switches(Step& step, const MappingFields& fields, const Node& value);
    void read_request(Step& step, const MappingFields& fields, const Node& value);
    void read_administration(Step& step, const Node& value);
    std::string read_object_name(const Node* node, StateLayer layer);
    bool in_tree(const Step& step, std::string_view object) const;

    // read_network.cpp
    network::LinkSettings read_link(const Node& node, const network::LinkSettings& from);
    void read_network_step(Step& step, const MappingFields& fields, const Node& value);
    std::optional<Expectation> read_received(Expectation expectation, const Node& node);

    // read_texts.cpp
    std::string read_layer_name(const Node* node);
    void read_narration(const Node* node);
    void read_questions(const Node* node);
    std::vector<Expectation> read_expectations(const Node* node);
    std::optional<Expectation> read_expectation(const Node& node);
    void read_entries(Expectation& expectation, const Node& node);
    void read_variants(const Node* node);
    void read_variant_drivers(Variant& variant, const Node& node);

    [[nodiscard]] std::vector<std::string_view> object_names() const;
    [[nodiscard]] std::vector<std::string_view> step_names() const;

    FieldReader fields_;
    Problems& problems_;
    Scenario scenario_;
    std::optional<network::LinkSettings> last_link_;  // of the last step that changed it
};

}  // namespace chimneylab::scenario
