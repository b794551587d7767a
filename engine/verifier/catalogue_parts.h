// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The parts of the rule catalogue, one per group of rules. Only catalogue.cpp puts them together.
#pragma once

#include "engine/verifier/rules.h"

namespace chimneylab::verifier {

// The words in the columns of the parts' tables, which stand in this namespace too.
namespace rules {
inline constexpr std::uint8_t d = documented, b = behaviour, i = inferred;
inline constexpr Severity fatal = Severity::fatal, error = Severity::error, warning = Severity::warning, note = Severity::note;
inline constexpr bool yes = true, no = false;
}  // namespace rules

[[nodiscard]] std::span<const Rule> host_stack_rules();             // HS-001 … HS-079
[[nodiscard]] std::span<const Rule> offload_target_rules();         // OT-001 … OT-133
[[nodiscard]] std::span<const Rule> registration_and_tree_rules();  // IM-001 … IM-026
[[nodiscard]] std::span<const Rule> operation_rules();              // IM-027 … IM-072
[[nodiscard]] std::span<const Rule> transfer_rules();               // IM-073 … IM-108
[[nodiscard]] std::span<const Rule> further_rules();                // IM-109 … IM-123
[[nodiscard]] std::span<const Rule> injected_fault_rules();         // INJ-001 …
[[nodiscard]] std::span<const Rule> machine_rules();                // MEM-001 …

}  // namespace chimneylab::verifier
