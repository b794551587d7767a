// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/units.h"

#include <algorithm>

namespace chimneylab::verifier {

std::span<const Unit> units() {
    static const std::vector<Unit> all = [] {
        std::vector<Unit> together;
        for (const auto group :
             {registration_units(), tree_units(), propagation_units(), handle_units(), ownership_units(),
              completion_units(), entry_units(), net_buffer_list_units(), indication_units(), transfer_units(),
              list_units(), received_data_units(), host_stack_units(),
              offload_target_units(), wire_units(), ndis_units(), machine_units()})
            together.insert(together.end(), group.begin(), group.end());
        std::ranges::stable_sort(together, {}, &Unit::rule);
        return together;
    }();
    return all;
}

}  // namespace chimneylab::verifier
