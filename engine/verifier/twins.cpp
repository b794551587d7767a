// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/twins.h"

namespace chimneylab::verifier {

std::span<const Twin> twins() {
    constexpr auto host = trace::LayerRole::host_stack, target = trace::LayerRole::offload_target;
    // The first of a rule and role is what is meant when a unit does not say more; the others are what it may say.
    static constexpr Twin all[] = {
        {"IM-001", target, "OT-001"}, {"IM-002", target, "OT-001"}, {"IM-003", host, "HS-001"},   {"IM-004", host, "HS-001"},
        {"IM-005", host, "HS-002"},   {"IM-005", target, "OT-001"}, {"IM-006", host, "HS-002"},   {"IM-007", host, "HS-001"},
        {"IM-007", target, "OT-001"}, {"IM-008", host, "HS-002"},   {"IM-008", target, "OT-001"}, {"IM-010", target, "OT-002"},
        {"IM-011", target, "OT-002"}, {"IM-012", target, "OT-002"}, {"IM-016", host, "HS-011"},   {"IM-017", host, "HS-012"},
        {"IM-018", host, "HS-013"},   {"IM-019", host, "HS-075"},   {"IM-019", host, "HS-059"},   {"IM-019", host, "HS-021"},   {"IM-019", host, "HS-034"},
        {"IM-020", host, "HS-017"},   {"IM-023", host, "HS-019"},   {"IM-023", host, "HS-020"},   {"IM-024", host, "HS-033"},
        {"IM-024", host, "HS-021"},   {"IM-025", host, "HS-040"},   {"IM-025", host, "HS-041"},   {"IM-026", host, "HS-049"},
        {"IM-026", host, "HS-050"},   {"IM-048", target, "OT-009"}, {"IM-049", target, "OT-009"},
        {"IM-055", target, "OT-019"}, {"IM-058", target, "OT-012"}, {"IM-058", target, "OT-021"}, {"IM-059", target, "OT-011"},
        {"IM-066", target, "OT-013"}, {"IM-068", target, "OT-027"}, {"IM-069", target, "OT-054"}, {"IM-070", target, "OT-009"},
        {"IM-071", target, "OT-063"}, {"IM-071", target, "OT-051"}, {"IM-076", target, "OT-065"}, {"IM-076", target, "OT-074"},
        {"IM-076", target, "OT-088"}, {"IM-076", target, "OT-089"}, {"IM-077", target, "OT-087"}, {"IM-084", target, "OT-070"},
        {"IM-086", host, "HS-061"},   {"IM-087", host, "HS-062"},   {"IM-087", target, "OT-089"}, {"IM-088", host, "HS-033"},
        {"IM-088", host, "HS-059"},   {"IM-090", target, "OT-103"}, {"IM-093", target, "OT-081"}, {"IM-094", host, "HS-067"},
        {"IM-096", host, "HS-068"},   {"IM-097", target, "OT-105"}, {"IM-099", target, "OT-080"}, {"IM-100", host, "HS-068"},
        {"IM-100", host, "HS-057"},   {"IM-113", host, "HS-028"},   {"IM-113", target, "OT-054"}, {"IM-123", target, "OT-022"},
    };
    return all;
}

std::string_view twin_of(std::string_view rule, trace::LayerRole role) {
    for (const Twin& each : twins())
        if (each.rule == rule && each.role == role) return each.twin;
    return {};
}

}  // namespace chimneylab::verifier
