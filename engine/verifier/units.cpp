// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/units.h"

#include <algorithm>

#include "engine/verifier/strict_readings.h"
#include "engine/verifier/twins.h"

namespace chimneylab::verifier {

std::span<const Unit> units() {
    static const std::vector<Unit> all = [] {
        std::vector<Unit> together;
        for (const auto group :
             {registration_units(), tree_units(), propagation_units(), handle_units(), ownership_units(),
              completion_units(), entry_units(), net_buffer_list_units(), indication_units(), transfer_units(),
              list_units(), received_data_units(), host_stack_units(),
              offload_target_units(), capability_units(), obligation_units(), hardware_failure_units(), connection_state_units(),
              relation_units(), strict_units(), waiting_data_units(), received_stream_units(), neighbor_units(), wire_units(), wire_header_units(),
              wire_timer_units(), wire_receive_units(), wire_close_units(), wire_host_units(), administration_units(), ndis_units(), machine_units()})
            together.insert(together.end(), group.begin(), group.end());
        std::ranges::stable_sort(together, {}, &Unit::rule);
        return together;
    }();
    return all;
}

const StrictReading* strict_reading_alone(const Rule& rule) {
    if (std::ranges::any_of(twins(), [&](const Twin& twin) { return twin.twin == rule.id; })) return nullptr;
    const StrictReading* reading = nullptr;
    for (const Unit& unit : units()) {
        if (unit.rule != rule.id) continue;
        if (unit.strict.empty()) return nullptr;
        reading = find_strict_reading(unit.strict);
    }
    return reading;
}

}  // namespace chimneylab::verifier
