// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The units of each group of rules. Only units.cpp puts them together.
#pragma once

#include "engine/verifier/scene.h"

namespace chimneylab::verifier {

[[nodiscard]] std::span<const Unit> registration_units();      // IM-001 … IM-014
[[nodiscard]] std::span<const Unit> tree_units();              // IM-016 … IM-026
[[nodiscard]] std::span<const Unit> propagation_units();       // IM-027 … IM-033, IM-041, IM-109, IM-112
[[nodiscard]] std::span<const Unit> handle_units();            // IM-034 … IM-040, IM-054 … IM-056, IM-060
[[nodiscard]] std::span<const Unit> ownership_units();         // IM-043 … IM-048, IM-066
[[nodiscard]] std::span<const Unit> completion_units();        // IM-049 … IM-053, IM-057 … IM-059, IM-070, IM-123
[[nodiscard]] std::span<const Unit> entry_units();             // IM-061 … IM-065
[[nodiscard]] std::span<const Unit> net_buffer_list_units();   // IM-042, IM-067 … IM-069, IM-113, IM-114
[[nodiscard]] std::span<const Unit> indication_units();        // IM-071, IM-072, IM-116
[[nodiscard]] std::span<const Unit> transfer_units();          // IM-074, IM-076, IM-077, IM-088 … IM-090, IM-122
[[nodiscard]] std::span<const Unit> list_units();              // IM-073, IM-075, IM-078 … IM-087, IM-095, IM-110, IM-111, IM-115
[[nodiscard]] std::span<const Unit> received_data_units();     // IM-091 … IM-094, IM-096 … IM-100
[[nodiscard]] std::span<const Unit> host_stack_units();        // HS-… beyond the twins of the IM rules
[[nodiscard]] std::span<const Unit> offload_target_units();    // OT-… likewise
[[nodiscard]] std::span<const Unit> capability_units();        // HS-005, HS-006, HS-079, OT-006, OT-007, OT-017, OT-024 … OT-026
[[nodiscard]] std::span<const Unit> obligation_units();        // HS-010, HS-039, HS-048, HS-054, HS-055
[[nodiscard]] std::span<const Unit> hardware_failure_units();  // OT-037, OT-040, OT-047, OT-048
[[nodiscard]] std::span<const Unit> connection_state_units();  // OT-078, OT-086, OT-097, OT-098, OT-100, OT-101
[[nodiscard]] std::span<const Unit> relation_units();          // HS-015, HS-042 … HS-044, HS-047
[[nodiscard]] std::span<const Unit> strict_units();            // strict readings of rules that are otherwise mild
[[nodiscard]] std::span<const Unit> waiting_data_units();      // HS-027, OT-034
[[nodiscard]] std::span<const Unit> received_stream_units();   // OT-076, OT-083, OT-126
[[nodiscard]] std::span<const Unit> neighbor_units();          // HS-071 … HS-073, OT-104, OT-106
[[nodiscard]] std::span<const Unit> wire_units();              // HS-… and OT-… that show in frames
[[nodiscard]] std::span<const Unit> wire_header_units();       // addresses, tags and cached variables in frames
[[nodiscard]] std::span<const Unit> wire_timer_units();        // what is sent again, probes, and when
[[nodiscard]] std::span<const Unit> wire_receive_units();      // what is received, acknowledged and delivered
[[nodiscard]] std::span<const Unit> wire_close_units();        // closing, invalidation, upload
[[nodiscard]] std::span<const Unit> wire_host_units();         // HS-… at the hand-over, either way
[[nodiscard]] std::span<const Unit> administration_units();    // HS-007, HS-008, HS-036, HS-060, HS-078, IM-117, OT-107, OT-110, OT-121
[[nodiscard]] std::span<const Unit> ndis_units();              // IM-101 … IM-108
[[nodiscard]] std::span<const Unit> machine_units();           // MEM-001 …

}  // namespace chimneylab::verifier
