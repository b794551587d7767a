// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the machine found by itself joins the list under identifiers of its own.
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

void found(const Scene& scene, const Report& report) {
    if (rule_of(static_cast<trace::FindingKind>(scene.event.detail)) != &report.rule()) return;
    Draft draft = report.draft(scene);
    if (scene.event.region.valid()) draft.block(scene.event.region);
    if (scene.event.subject != 0) draft.seen_only(scene.event.subject);
    if (!scene.event.operation.valid())
        if (const OperationRecord* operation = scene.model.operation_in_frame(scene.driver)) draft.operation(*operation);
    report.add(std::move(draft), std::string(scene.replay().trace().text(scene.event.name)));
}

constexpr Unit all[] = {
    {"MEM-001", Moment::found_by_machine, found}, {"MEM-002", Moment::found_by_machine, found},
    {"MEM-003", Moment::found_by_machine, found}, {"MEM-004", Moment::found_by_machine, found},
    {"MEM-005", Moment::found_by_machine, found}, {"MEM-006", Moment::found_by_machine, found},
    {"MEM-007", Moment::found_by_machine, found}, {"MEM-008", Moment::found_by_machine, found},
    {"MEM-009", Moment::found_by_machine, found}, {"MEM-010", Moment::found_by_machine, found},
    {"MEM-011", Moment::found_by_machine, found}, {"MEM-012", Moment::found_by_machine, found},
    {"MEM-013", Moment::found_by_machine, found}, {"MEM-014", Moment::found_by_machine, found},
};

}  // namespace

std::span<const Unit> machine_units() { return all; }

}  // namespace chimneylab::verifier
